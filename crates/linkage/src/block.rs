//! Which pairs are worth comparing: those that share a key of some kind.
//!
//! Every kind of key is walked in turn; a pair is met at the first key it shares and never again. Blocks that are too large are not
//! dropped: their records are put in two orders of likeness and each is compared with those near it, and the report says so.

use crate::people::{People, Person, Value};
use rayon::prelude::*;
use rustc_hash::{FxHashSet, FxHasher};
use serde::Serialize;
use std::hash::Hasher;
use std::ops::Range;

/// A block of more records than this is walked by windows.
const BLOCK_MAX: usize = 160;
/// How many neighbours each record of a large block is compared with, in each order.
const WINDOW: usize = 12;
/// Keys of one record.
const SLOTS: usize = 32;
/// A broad kind of key is used where it brings no more pairs than so many for each record.
const BROAD_MAX: u64 = 5;

/// A kind of key: what must agree, its places among a record's keys, whether it is used only where it brings few pairs, and whether it is
/// worth keeping beside a record that others are looked up among.
#[derive(Clone, Debug)]
pub struct Kind {
    /// What must agree.
    pub name: &'static str,
    slots: Range<usize>,
    is_broad: bool,
    is_kept: bool,
}

const fn kind(name: &'static str, slots: Range<usize>) -> Kind {
    Kind { name, slots, is_broad: false, is_kept: false }
}

/// Of those that find another record of the same person, the fewest that find nearly all who are found by any.
const fn kept(name: &'static str, slots: Range<usize>) -> Kind {
    Kind { name, slots, is_broad: false, is_kept: true }
}

const fn broad(name: &'static str, slots: Range<usize>) -> Kind {
    Kind { name, slots, is_broad: true, is_kept: false }
}

/// Kinds of key, in the order they are walked.
pub const KINDS: [Kind; 23] = [
    kept("NHS number", 0..1),
    kept("unique pupil number", 1..2),
    kept("National Insurance number", 2..3),
    kept("number", 3..4),
    kept("email", 4..5),
    kept("telephone and first letter", 5..6),
    kept("date of birth and sound of surname", 6..8),
    kept("date of birth and sound of forename", 8..10),
    kept("postcode and sound of forename", 10..12),
    kind("home and first letter", 12..13),
    kind("postcode and year of birth", 13..14),
    kept("sounds of names and year of birth", 14..17),
    kind("sounds of names, day and month of birth", 17..18),
    kept("sounds of names and district", 18..20),
    kind("date of birth, day and month either way, and initials", 20..21),
    kind("date of birth and district", 21..22),
    kept("house, street and sound of forename", 22..23),
    kind("form of forename, sound of surname and year of birth", 23..27),
    kept("home", 27..28),
    Kind { name: "names", slots: 28..29, is_broad: true, is_kept: true },
    broad("date of birth", 29..30),
    broad("postcode", 30..31),
    broad("street", 31..32),
];

/// What one kind of key brought.
#[derive(Clone, Debug, Default, Serialize)]
pub struct KindReport {
    /// What must agree.
    pub kind: &'static str,
    /// Blocks of two records or more.
    pub blocks: u64,
    /// Records in the largest.
    pub largest: u64,
    /// Blocks that were walked by windows, and the pairs in them that were not compared.
    pub windowed: u64,
    /// Pairs of windowed blocks that were not near each other.
    pub left_out: u64,
    /// Pairs that no earlier kind had brought.
    pub pairs: u64,
    /// Whether it was not used, because it would have brought too many.
    pub is_left_out: bool,
}

/// Every record's keys.
#[derive(Debug)]
pub struct Keys<'a> {
    people: &'a People,
    keys: Vec<[u32; SLOTS]>,
    /// Pairs of large blocks that were met, the smaller place above.
    near: FxHashSet<u64>,
}

fn key(kind: u32, parts: &[u32]) -> u32 {
    if parts.contains(&0) {
        return 0;
    }
    let mut hasher = FxHasher::default();
    hasher.write_u32(kind);
    parts.iter().for_each(|part| hasher.write_u32(*part));
    let hash = hasher.finish().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    u32::try_from(hash >> 32).unwrap_or(1).max(1)
}

/// Numbers of sounds and values that do not depend on the order in which records came.
struct Stable {
    sounds: Vec<u32>,
    values: Vec<u32>,
}

fn keys_of(people: &People, stable: &Stable, person: &Person) -> [u32; SLOTS] {
    let mut keys = [0; SLOTS];
    let names = &people.names;
    let about =
        |words: &[crate::names::Word], at: usize| words.get(at).filter(|word| word.is_some()).map(|word| names.about(*word));
    let sound = |words: &[crate::names::Word], at: usize| {
        about(words, at).filter(|about| !about.is_initial()).map_or(0, |about| stable.sounds[about.sound as usize])
    };
    let (first, second) = (sound(&person.forenames, 0), sound(&person.forenames, 1));
    let (last, other) = (sound(&person.surnames, 0), sound(&person.surnames, 1));
    let initial = about(&person.forenames, 0).map_or(0, |about| about.initial);
    let last_initial = about(&person.surnames, 0).map_or(0, |about| about.initial);
    let (born, year) = (person.born.0, person.born.year());
    let day_and_month = if person.born.is_known() { born % 10_000 } else { 0 };
    let number = |value: Value| stable.values[value.0 as usize];
    let (postcode, house) = (number(person.postcode), number(person.house));
    for (at, value) in person.numbers.iter().enumerate() {
        keys[at] = key(1 + u32::try_from(at).unwrap_or(0), &[number(*value)]);
    }
    // Names either way round: the smaller sound first.
    let names_key = |kind: u32, a: u32, b: u32, rest: u32| key(kind, &[a.min(b), a.max(b), rest]);
    keys[4] = key(5, &[number(person.email)]);
    keys[5] = key(6, &[number(person.phone), initial]);
    keys[6] = key(7, &[born, last]);
    keys[7] = key(7, &[born, other]);
    keys[8] = key(8, &[born, first]);
    keys[9] = key(8, &[born, second]);
    keys[10] = key(9, &[postcode, first]);
    keys[11] = key(9, &[postcode, second]);
    keys[12] = key(10, &[postcode, house, initial]);
    keys[13] = key(11, &[postcode, year]);
    keys[14] = names_key(12, first, last, year);
    keys[15] = names_key(12, first, other, year);
    keys[16] = names_key(12, second, last, year);
    keys[17] = names_key(13, first, last, day_and_month);
    keys[18] = names_key(14, first, last, number(person.outward));
    keys[19] = names_key(14, first, other, number(person.outward));
    let (day, month) = (person.born.day(), person.born.month());
    keys[20] = key(15, &[year, day.min(month), day.max(month), initial.min(last_initial), initial.max(last_initial)]);
    keys[21] = key(16, &[born, number(person.outward)]);
    keys[22] = key(17, &[house, number(person.street), first]);
    let groups = about(&person.forenames, 0).map_or([0; 4], |about| about.groups);
    for (at, group) in groups.into_iter().enumerate() {
        keys[23 + at] = key(18, &[u32::from(group), last, year]);
    }
    keys[27] = key(19, &[postcode, house]);
    keys[28] = names_key(20, first, last, 1);
    keys[29] = key(21, &[born]);
    keys[30] = key(22, &[postcode]);
    keys[31] = key(23, &[number(person.street)]);
    keys
}

/// Returns the keys of one record to be kept or looked up, each with its kind's place in [`KINDS`] above it: who shares one may be one
/// person.
pub fn keys(people: &People, at: u32) -> Vec<i64> {
    let stable = Stable { sounds: people.names.sounds().stable(), values: people.values.stable() };
    let of = keys_of(people, &stable, people.row(at));
    let kinds = KINDS.iter().zip(0_i64..).filter(|(kind, _)| kind.is_kept);
    let known =
        kinds.flat_map(|(kind, at)| of[kind.slots.clone()].iter().map(move |key| (at, *key))).filter(|(_, key)| *key != 0);
    let mut keys: Vec<i64> = known.map(|(kind, key)| (kind << 32) | i64::from(key)).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Whether a kept key is made of names and the date of birth alone, and of nothing that tells where somebody is or how to reach them.
pub fn is_of_name_and_birth(key: i64) -> bool {
    const KINDS_OF_THEM: [&str; 4] = [
        "date of birth and sound of surname",
        "date of birth and sound of forename",
        "sounds of names and year of birth",
        "names",
    ];
    usize::try_from(key >> 32).ok().and_then(|kind| KINDS.get(kind)).is_some_and(|kind| KINDS_OF_THEM.contains(&kind.name))
}

/// Whom a pair is told to, one visitor for each part of the work.
pub trait Visit: Default + Send {
    /// Meets a pair for the first time.
    fn pair(&mut self, a: u32, b: u32);
    /// Takes in what another visitor has.
    fn merge(&mut self, other: Self);
}

impl<'a> Keys<'a> {
    /// Makes every record's keys.
    pub fn new(people: &'a People) -> Self {
        let stable = Stable { sounds: people.names.sounds().stable(), values: people.values.stable() };
        let keys = people.rows.par_iter().map(|person| keys_of(people, &stable, person)).collect();
        Self { people, keys, near: FxHashSet::default() }
    }

    /// Meets every pair that shares a key, once, `with` a visitor for each part; returns what they have and what each kind brought.
    pub fn walk<V: Visit>(mut self, with: impl Fn() -> V + Sync) -> (V, Vec<KindReport>) {
        let mut all = V::default();
        let mut reports = Vec::with_capacity(KINDS.len());
        for (kind, Kind { name, slots, is_broad, .. }) in KINDS.iter().enumerate() {
            let sorted = self.sorted(slots.clone());
            let (large, small): (Vec<Range<usize>>, Vec<Range<usize>>) =
                blocks(&sorted).into_iter().partition(|block| block.len() > BLOCK_MAX);
            let mut report = KindReport { kind: name, ..KindReport::default() };
            let pairs: u64 = small.iter().map(|block| (block.len() * (block.len() - 1) / 2) as u64).sum();
            if *is_broad && (!large.is_empty() || pairs > BROAD_MAX * self.keys.len() as u64) {
                reports.push(KindReport { is_left_out: true, ..report });
                // Who shares it has not met by it.
                slots.clone().for_each(|slot| self.keys.iter_mut().for_each(|keys| keys[slot] = 0));
                continue;
            }
            for block in large {
                let mut visitor = with();
                self.large_block(kind, &sorted[block], (&mut visitor, &mut report));
                all.merge(visitor);
            }
            let parts: Vec<(V, KindReport)> = small
                .par_chunks(2048)
                .map(|chunk| {
                    let (mut visitor, mut report) = (with(), KindReport::default());
                    for block in chunk {
                        self.block(kind, &sorted[block.clone()], (&mut visitor, &mut report));
                    }
                    (visitor, report)
                })
                .collect();
            for (visitor, part) in parts {
                all.merge(visitor);
                report.blocks += part.blocks;
                report.largest = report.largest.max(part.largest);
                report.pairs += part.pairs;
            }
            reports.push(report);
        }
        (all, reports)
    }

    /// Returns keys of a kind with their records, in order: the key above, the record below.
    fn sorted(&self, slots: Range<usize>) -> Vec<u64> {
        let mut sorted: Vec<u64> = Vec::with_capacity(self.keys.len());
        for (keys, at) in self.keys.iter().zip(0_u64..) {
            let mut before = 0;
            for key in &keys[slots.clone()] {
                if *key != 0 && *key != before {
                    sorted.push((u64::from(*key) << 32) | at);
                    before = *key;
                }
            }
        }
        sorted.par_sort_unstable();
        sorted.dedup();
        sorted
    }

    fn block<V: Visit>(&self, kind: usize, block: &[u64], (visitor, report): (&mut V, &mut KindReport)) {
        report.blocks += 1;
        report.largest = report.largest.max(block.len() as u64);
        let key = key_of(block[0]);
        for (at, a) in block.iter().enumerate() {
            for b in &block[at + 1..] {
                let (a, b) = (row_of(*a), row_of(*b));
                if !self.met_before(kind, key, (a, b)) {
                    report.pairs += 1;
                    visitor.pair(a.min(b), a.max(b));
                }
            }
        }
    }

    /// Walks a large block by windows, and forgets its key: who was not near another may meet them by a later key.
    fn large_block<V: Visit>(&mut self, kind: usize, block: &[u64], (visitor, report): (&mut V, &mut KindReport)) {
        let key = key_of(block[0]);
        let rows: Vec<u32> = block.iter().map(|entry| row_of(*entry)).collect();
        for at in &rows {
            for slot in &mut self.keys[*at as usize][KINDS[kind].slots.clone()] {
                if *slot == key {
                    *slot = 0;
                }
            }
        }
        let near = self.near(&rows);
        report.blocks += 1;
        report.windowed += 1;
        report.largest = report.largest.max(rows.len() as u64);
        report.left_out += (rows.len() as u64) * (rows.len() as u64 - 1) / 2 - near.len() as u64;
        for (a, b) in near {
            if !self.met_before(kind, 0, (a, b)) && self.near.insert((u64::from(a) << 32) | u64::from(b)) {
                report.pairs += 1;
                visitor.pair(a, b);
            }
        }
    }

    /// Pairs of a large block that are near each other in one of two orders: by home and birth, and by name and birth.
    fn near(&self, rows: &[u32]) -> Vec<(u32, u32)> {
        let text = |value: Value| crate::text::hash(self.people.values.get(value.0));
        let word = |word: crate::names::Word| self.people.names.text(word);
        let mut pairs = Vec::with_capacity(rows.len() * WINDOW * 2);
        let mut by_home = rows.to_vec();
        by_home.sort_by_cached_key(|at| {
            let person = self.people.row(*at);
            (text(person.postcode), text(person.house), text(person.phone), person.born, *at)
        });
        let mut by_name = rows.to_vec();
        by_name.sort_by_cached_key(|at| {
            let person = self.people.row(*at);
            (word(person.surnames[0]), word(person.forenames[0]), person.born, text(person.postcode), *at)
        });
        for order in [by_home, by_name] {
            for (at, a) in order.iter().enumerate() {
                pairs.extend(order[at + 1..].iter().take(WINDOW).map(|b| (*a.min(b), *a.max(b))));
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }

    /// Whether a pair shares a key of an earlier kind, or a smaller one of this kind.
    fn met_before(&self, kind: usize, key: u32, (a, b): (u32, u32)) -> bool {
        let (left, right) = (&self.keys[a as usize], &self.keys[b as usize]);
        // Places that agree, one bit each: most pairs are told by this alone.
        let mut agree = 0_u32;
        for at in 0..SLOTS {
            agree |= u32::from(left[at] == right[at] && left[at] != 0) << at;
        }
        if agree & ((1 << KINDS[kind].slots.start) - 1) != 0 {
            return true;
        }
        let shares = |slots: &Range<usize>, below: u32| {
            left[slots.clone()].iter().any(|one| *one != 0 && *one < below && right[slots.clone()].contains(one))
        };
        SEVERAL.iter().take_while(|several| **several < kind).any(|several| shares(&KINDS[*several].slots, u32::MAX))
            || shares(&KINDS[kind].slots, key)
            || !self.near.is_empty() && self.near.contains(&((u64::from(a.min(b)) << 32) | u64::from(a.max(b))))
    }
}

/// Kinds of which a record has several keys.
const SEVERAL: [usize; 6] = [6, 7, 8, 11, 13, 17];

fn key_of(entry: u64) -> u32 {
    u32::try_from(entry >> 32).unwrap_or(0)
}

fn row_of(entry: u64) -> u32 {
    u32::try_from(entry & u64::from(u32::MAX)).unwrap_or(0)
}

/// Returns the blocks of two records or more.
fn blocks(sorted: &[u64]) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    let mut from = 0;
    for at in 1..=sorted.len() {
        if at == sorted.len() || sorted[at] >> 32 != sorted[from] >> 32 {
            if at - from > 1 {
                blocks.push(from..at);
            }
            from = at;
        }
    }
    blocks
}

//! One record at a time: whom it is of, among those who share a key with it.
//!
//! The same rules gather it that gather all records at once, with the rarities and the model of an earlier counting: so what is placed
//! one by one comes to nearly the same as a batch, and the next batch mends the rest.

use crate::block;
use crate::cluster::{Decisions, Evidence, Thresholds, gather};
use crate::explain::{Explanation, explain_beside};
use crate::frequencies::Frequencies;
use crate::model::{Class, Model, Scorer};
use crate::names::forms_of;
use crate::people::{NUMBERS, People, Raw};
use crate::score::{Among, Pair};
use crate::standard;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// So many other forms of a forename are looked up.
const FORMS_MAX: usize = 12;

/// A record that owns its texts; see [`Raw`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of Raw")]
#[serde(default)]
pub struct Record {
    pub source: String,
    pub first_name: String,
    pub middle_name: String,
    pub last_name: String,
    pub born: String,
    pub sex: String,
    pub house: String,
    pub street: String,
    pub postcode: String,
    pub phone: String,
    pub email: String,
    pub numbers: [String; NUMBERS],
    pub verified: [bool; NUMBERS],
}

impl Record {
    /// Returns the record under a name of its own.
    pub fn raw<'a>(&'a self, id: &'a str) -> Raw<'a> {
        Raw {
            id,
            source: &self.source,
            first_name: &self.first_name,
            middle_name: &self.middle_name,
            last_name: &self.last_name,
            born: &self.born,
            sex: &self.sex,
            house: &self.house,
            street: &self.street,
            postcode: &self.postcode,
            phone: &self.phone,
            email: &self.email,
            numbers: [0, 1, 2, 3].map(|at| self.numbers[at].as_str()),
            verified: self.verified,
        }
    }

    /// Returns the keys it is found by: see [`block::keys`].
    pub fn keys(&self) -> Vec<i64> {
        let mut people = People::default();
        match people.push(&self.raw("record")) {
            Ok(()) => block::keys(&people, 0),
            Err(_) => Vec::new(),
        }
    }

    /// Returns the keys by which to look for it: its own, and those it would have under other forms of the forename.
    pub fn keys_to_look_up(&self) -> Vec<i64> {
        let mut first = String::new();
        standard::fold(&self.first_name, &mut first);
        let first = first.split(' ').next().unwrap_or_default();
        let mut people = People::default();
        let forms = forms_of(first).into_iter().take(FORMS_MAX);
        for (at, form) in std::iter::once(self.first_name.as_str()).chain(forms).enumerate() {
            // No two of these ids are alike.
            people.push(&Raw { first_name: form, ..self.raw(&at.to_string()) }).unwrap_or_default();
        }
        let mut keys: Vec<i64> = (0..people.len() as u32).flat_map(|at| block::keys(&people, at)).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}

/// What was counted and estimated before.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Known {
    frequencies: Frequencies,
    model: Model,
    #[serde(skip)]
    scorer: OnceLock<Scorer>,
}

impl Known {
    /// Returns what is known of how rare values are, and of how records of one person compare.
    pub fn new(frequencies: Frequencies, model: Model) -> Self {
        Self { frequencies, model, scorer: OnceLock::new() }
    }

    /// Returns how rare values are.
    pub fn frequencies(&self) -> &Frequencies {
        &self.frequencies
    }

    /// Returns what weighs comparisons, made once.
    pub fn scorer(&self) -> &Scorer {
        self.scorer.get_or_init(|| self.model.scorer())
    }
}

/// Somebody whom a record may be of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// The caller's number for them.
    pub group: u32,
    /// The weight: log2 of the odds.
    pub weight: f32,
    /// Which of their records agrees best, by its place among those given.
    pub best: usize,
}

/// Whom a record is of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Placed {
    /// Who, where it is sure enough.
    pub joined: Option<u32>,
    /// Whom it may be of, the likeliest first.
    pub candidates: Vec<Candidate>,
}

/// The record and those it is compared with, made small together; the record is the first.
fn people(record: &Record, others: &[(u32, &Record)]) -> People {
    let mut people = People::default();
    // No two of these names are alike.
    people.push(&record.raw("record")).unwrap_or_default();
    for (at, (_, other)) in others.iter().enumerate() {
        people.push(&other.raw(&at.to_string())).unwrap_or_default();
    }
    people
}

/// Finds whom a record is of, among others' records, each with its person's number; those below `floor` are left out.
///
/// Cost: the record is compared with each of the others, and people are weighed whole; nothing else is read.
pub fn place(record: &Record, others: &[(u32, &Record)], known: &Known, (thresholds, floor): (Thresholds, f32)) -> Placed {
    let people = people(record, others);
    let rarity = known.frequencies.rarity(&people);
    let comparer = crate::compare::Comparer::new(&people, &rarity);
    let scorer = known.scorer();
    let pairs: Vec<Pair> =
        (1..people.len() as u32).map(|at| Pair { a: 0, b: at, weight: scorer.weight(comparer.compare(0, at)) as f32 }).collect();
    let mut decisions = Decisions::default();
    let mut first: FxHashMap<u32, u32> = FxHashMap::default();
    for ((group, _), at) in others.iter().zip(1_u32..) {
        let of_group = *first.entry(*group).or_insert(at);
        if of_group != at {
            decisions.same(of_group, at);
        }
    }
    let evidence = Evidence { people: &people, rarity: &rarity, scorer, decisions: &decisions, before: &[], among: Among::All };
    let clusters = gather(evidence, &pairs, thresholds);
    let group = |at: u32| others[at as usize - 1].0;
    let mut candidates: FxHashMap<u32, Candidate> = FxHashMap::default();
    for pair in clusters.pairs.iter().filter(|pair| pair.a == 0 && pair.weight >= floor) {
        let one = Candidate { group: group(pair.b), weight: pair.weight, best: pair.b as usize - 1 };
        let best = candidates.entry(one.group).or_insert(one);
        if one.weight > best.weight {
            *best = one;
        }
    }
    let mut candidates: Vec<Candidate> = candidates.into_values().collect();
    candidates.sort_by(|x, y| y.weight.total_cmp(&x.weight).then(x.best.cmp(&y.best)));
    let joined = (1..people.len() as u32).find(|at| clusters.of[*at as usize] == clusters.of[0]).map(group);
    Placed { joined, candidates }
}

/// Explains how a record compares with another, beside what they would be `or_else`, or else be likeliest to be.
pub fn why(record: &Record, other: &Record, known: &Known, or_else: Option<Class>) -> Explanation {
    let people = people(record, &[(0, other)]);
    let rarity = known.frequencies.rarity(&people);
    let mut explanation = explain_beside(&people, &rarity, (&known.model, known.scorer()), (0, 1), or_else);
    if !known.frequencies.is_counted() {
        // How many others share a value was not counted yet.
        explanation.parts.iter_mut().for_each(|part| part.one_in = None);
    }
    explanation
}

/// More records that share one key than this are not compared by it: they share others, or say too little.
const SHARED_MAX: usize = 160;

/// People and their records, to which records are added one at a time.
#[derive(Debug)]
pub struct Index {
    known: Known,
    thresholds: Thresholds,
    records: Vec<(u32, Record)>,
    of_group: FxHashMap<u32, Vec<u32>>,
    of_key: FxHashMap<i64, Vec<u32>>,
    groups: u32,
}

impl Index {
    /// Returns an index without records.
    pub fn new(known: Known, thresholds: Thresholds) -> Self {
        Self { known, thresholds, records: Vec::new(), of_group: FxHashMap::default(), of_key: FxHashMap::default(), groups: 0 }
    }

    /// Finds whom a record is of, and leaves everything as it is.
    pub fn find(&self, record: &Record, floor: f32) -> Placed {
        let near: FxHashSet<u32> = record
            .keys_to_look_up()
            .iter()
            .filter_map(|key| self.of_key.get(key))
            .filter(|shared| shared.len() <= SHARED_MAX)
            .flatten()
            .map(|at| self.records[*at as usize].0)
            .collect();
        let mut near: Vec<u32> = near.iter().flat_map(|group| &self.of_group[group]).copied().collect();
        near.sort_unstable();
        let others: Vec<(u32, &Record)> =
            near.iter().map(|at| &self.records[*at as usize]).map(|(group, record)| (*group, record)).collect();
        place(record, &others, &self.known, (self.thresholds, floor))
    }

    /// Adds a record to the person it is of, or to a new one; returns the person's number.
    pub fn add(&mut self, record: Record) -> u32 {
        let group = self.find(&record, self.thresholds.join).joined.unwrap_or_else(|| {
            self.groups += 1;
            self.groups
        });
        let at = self.records.len() as u32;
        for key in record.keys() {
            self.of_key.entry(key).or_default().push(at);
        }
        self.of_group.entry(group).or_default().push(at);
        self.records.push((group, record));
        group
    }
}

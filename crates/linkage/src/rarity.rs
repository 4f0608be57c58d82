//! How common each value is: to agree on a rare one says more.
//!
//! Two strangers of one surname are likelier to share a forename than any two: names go by family background and by generation. How much
//! likelier is counted, for each surname and each forename, among people who are plainly not the same.

use crate::names::Word;
use crate::people::{People, Person, Value};
use crate::standard::Born;
use rustc_hash::FxHashMap;

/// The codes of rarity: a value that a share `s` of all records have is `round(-log2 s * 4/3)`.
const STEPS_PER_BIT: f64 = 4.0 / 3.0;
const CODE_MAX: f64 = 31.0;
/// A full name that more records have than one person is likely to is some people's.
const OF_ONE_PERSON: u32 = 6;
/// A forename is counted by generation where at least so many of it were born.
const OF_GENERATION: u32 = 12;
/// What is counted of one name weighs as much as what is counted of all after so many agreements.
const PRIOR: f64 = 2.0;

/// Returns the share of records that have a value of this code.
pub fn share(code: u8) -> f64 {
    (-f64::from(code) / STEPS_PER_BIT).exp2()
}

fn code_of(share: f64) -> u8 {
    (-share.max(1e-12).log2() * STEPS_PER_BIT).round().clamp(0.0, CODE_MAX) as u8
}

/// The share of others who have a value: two of those who do are the pair that is compared, and half a record stands for what was not
/// seen.
pub(crate) fn code(count: u32, all: usize) -> u8 {
    code_of((f64::from(count.saturating_sub(2)) + 0.5) / (all.max(1)) as f64)
}

/// How rare the values of one record are that are no words.
#[derive(Clone, Copy, Debug, Default)]
pub struct RowRarity {
    /// Its home: postcode and house.
    pub home: u8,
    /// Its telephone.
    pub phone: u8,
    /// Its email.
    pub email: u8,
}

/// How rare every value is.
#[derive(Debug, Default)]
pub struct Rarity {
    pub(crate) forenames: Vec<u8>,
    pub(crate) surnames: Vec<u8>,
    /// By sound, for names that are written in several ways.
    pub(crate) forename_sounds: FxHashMap<u32, u8>,
    pub(crate) surname_sounds: FxHashMap<u32, u8>,
    /// Forenames among those born in twenty years.
    pub(crate) of_generation: FxHashMap<(u32, u32), u8>,
    /// Forename and surname together, where many have both.
    pub(crate) names: FxHashMap<(u32, u32), u8>,
    pub(crate) ties: Ties,
    pub(crate) born: FxHashMap<u32, u8>,
    pub(crate) rows: Vec<RowRarity>,
    pub(crate) year: u32,
}

/// How much likelier two strangers of one surname share a forename, in codes; and of one forename, a surname.
#[derive(Debug, Default)]
pub(crate) struct Ties {
    pub(crate) of_surname: Vec<(f32, f32)>,
    pub(crate) of_forename: Vec<(f32, f32)>,
}

fn generation(born: Born) -> u32 {
    born.year() / 20
}

fn home(person: &Person) -> (u32, u32) {
    (person.postcode.0, person.house.0)
}

impl Rarity {
    /// Counts the values of all records.
    pub fn count(people: &People) -> Self {
        let all = people.len();
        let mut counted = Counted::new(people);
        people.rows.iter().for_each(|person| counted.add(people, person));
        // A share is of those of whom it is known.
        let known = |is_known: fn(&Person) -> bool| people.rows.iter().filter(|person| is_known(person)).count();
        let homes = known(|person| person.postcode.is_some());
        let (phones, emails) = (known(|person| person.phone.is_some()), known(|person| person.email.is_some()));
        let of_row = |person: &Person| RowRarity {
            home: code(counted.homes.get(&home(person)).copied().unwrap_or(1), homes),
            phone: code(counted.values[person.phone.0 as usize], phones),
            email: code(counted.values[person.email.0 as usize], emails),
        };
        let codes = |counts: &[u32]| counts.iter().map(|count| code(*count, all)).collect::<Vec<u8>>();
        let of_map = |counts: &FxHashMap<u32, u32>| counts.iter().map(|(value, count)| (*value, code(*count, all))).collect();
        let share_of = |words: &[u32]| words.iter().map(|count| f64::from(*count) / all.max(1) as f64).collect::<Vec<f64>>();
        let generations = counted.generation_sizes();
        Self {
            forenames: codes(&counted.forenames),
            surnames: codes(&counted.surnames),
            forename_sounds: of_map(&counted.forename_sounds),
            surname_sounds: of_map(&counted.surname_sounds),
            of_generation: counted
                .of_generation
                .iter()
                .filter(|(_, count)| **count >= OF_GENERATION)
                .map(|((word, when), count)| ((*word, *when), code(*count, generations[when] as usize)))
                .collect(),
            names: counted
                .names
                .iter()
                .filter(|(_, count)| **count > OF_ONE_PERSON)
                .map(|(names, count)| (*names, code(*count - OF_ONE_PERSON, all)))
                .collect(),
            ties: Ties {
                of_surname: ties(
                    people,
                    |person| person.surnames[0],
                    |person| person.forenames[0],
                    &share_of(&counted.forenames),
                ),
                of_forename: ties(
                    people,
                    |person| person.forenames[0],
                    |person| person.surnames[0],
                    &share_of(&counted.surnames),
                ),
            },
            born: of_map(&counted.born),
            rows: people.rows.iter().map(of_row).collect(),
            year: latest_year(&counted.born, all),
        }
    }

    /// Returns how rare a forename is among those born about then.
    pub fn forename(&self, word: Word, born: Born) -> u8 {
        let ever = self.forenames.get(word.0 as usize).copied().unwrap_or(0);
        if !born.is_known() {
            return ever;
        }
        self.of_generation.get(&(word.0, generation(born))).map_or(ever, |then| ever.min(*then))
    }

    /// Returns how rare a surname is.
    pub fn surname(&self, word: Word) -> u8 {
        self.surnames.get(word.0 as usize).copied().unwrap_or(0)
    }

    /// Returns how rare a sound is among forenames.
    pub fn forename_sound(&self, sound: u32) -> u8 {
        self.forename_sounds.get(&sound).copied().unwrap_or(CODE_MAX as u8)
    }

    /// Returns how rare a sound is among surnames.
    pub fn surname_sound(&self, sound: u32) -> u8 {
        self.surname_sounds.get(&sound).copied().unwrap_or(CODE_MAX as u8)
    }

    /// Returns how rare a forename is among those of a surname, when it is so rare among all.
    pub fn with_surname(&self, forename: (Word, u8), surname: (Word, u8)) -> u8 {
        let tie = |ties: &[(f32, f32)], word: Word| ties.get(word.0 as usize).copied().unwrap_or((0.0, 1.0));
        let (of_surname, weight) = tie(&self.ties.of_surname, surname.0);
        let (of_forename, other) = tie(&self.ties.of_forename, forename.0);
        let tied = (of_surname * weight + of_forename * other) / (weight + other);
        let alone = f32::from(forename.1) - tied.max(0.0);
        let both = self.names.get(&(forename.0.0, surname.0.0));
        let counted = both.map_or(f32::MAX, |both| f32::from(both.saturating_sub(surname.1)));
        alone.min(counted).round().clamp(0.0, CODE_MAX as f32) as u8
    }

    /// Returns how rare a date of birth is.
    pub fn born(&self, born: Born) -> u8 {
        self.born.get(&born.0).copied().unwrap_or(0)
    }

    /// Returns the year of these records, as the youngest tell it: nobody is born later, but for slips.
    pub fn year(&self) -> u32 {
        self.year
    }

    /// Returns how rare the other values of a record are.
    pub fn of_row(&self, at: u32) -> RowRarity {
        self.rows.get(at as usize).copied().unwrap_or_default()
    }
}

/// The year in which, or before which, all but one in a thousand were born.
fn latest_year(born: &FxHashMap<u32, u32>, all: usize) -> u32 {
    let mut years: Vec<(u32, u32)> = born.iter().map(|(born, count)| (Born(*born).year(), *count)).collect();
    years.sort_unstable_by(|x, y| y.cmp(x));
    let mut later = 0_usize;
    for (year, count) in years {
        later += count as usize;
        if later * 1000 > all {
            return year;
        }
    }
    0
}

/// Counts on the way to rarities.
struct Counted {
    forenames: Vec<u32>,
    surnames: Vec<u32>,
    forename_sounds: FxHashMap<u32, u32>,
    surname_sounds: FxHashMap<u32, u32>,
    of_generation: FxHashMap<(u32, u32), u32>,
    names: FxHashMap<(u32, u32), u32>,
    born: FxHashMap<u32, u32>,
    homes: FxHashMap<(u32, u32), u32>,
    values: Vec<u32>,
}

impl Counted {
    fn new(people: &People) -> Self {
        Self {
            forenames: vec![0; people.names.len()],
            surnames: vec![0; people.names.len()],
            forename_sounds: FxHashMap::default(),
            surname_sounds: FxHashMap::default(),
            of_generation: FxHashMap::default(),
            names: FxHashMap::default(),
            born: FxHashMap::default(),
            homes: FxHashMap::default(),
            values: vec![0; people.values.len()],
        }
    }

    fn add(&mut self, people: &People, person: &Person) {
        for word in person.forenames() {
            self.forenames[word.0 as usize] += 1;
            *self.forename_sounds.entry(people.names.about(word).sound).or_default() += 1;
            if person.born.is_known() {
                *self.of_generation.entry((word.0, generation(person.born))).or_default() += 1;
            }
        }
        for word in person.surnames() {
            self.surnames[word.0 as usize] += 1;
            *self.surname_sounds.entry(people.names.about(word).sound).or_default() += 1;
        }
        if person.forenames[0].is_some() && person.surnames[0].is_some() {
            *self.names.entry((person.forenames[0].0, person.surnames[0].0)).or_default() += 1;
        }
        *self.born.entry(person.born.0).or_default() += 1;
        *self.homes.entry(home(person)).or_default() += 1;
        self.values[person.phone.0 as usize] += 1;
        self.values[person.email.0 as usize] += 1;
    }

    fn generation_sizes(&self) -> FxHashMap<u32, u32> {
        let mut sizes: FxHashMap<u32, u32> = FxHashMap::default();
        for (born, count) in &self.born {
            *sizes.entry(generation(Born(*born))).or_default() += count;
        }
        sizes
    }
}

/// Returns for each word of one kind how much likelier it makes agreeing on the other, in codes, and how much was counted.
fn ties(people: &People, group: impl Fn(&Person) -> Word, other: impl Fn(&Person) -> Word, shares: &[f64]) -> Vec<(f32, f32)> {
    // By the letters of the word and not by its number: the same whatever order the records came in.
    let order: Vec<u64> = (0..people.names.len()).map(|word| crate::text::hash(people.names.text(Word(word as u32)))).collect();
    let mut by_word: Vec<(u32, u32)> =
        people.rows.iter().zip(0_u32..).map(|(person, at)| (group(person).0, at)).filter(|(word, _)| *word != 0).collect();
    by_word.sort_unstable_by_key(|(word, at)| (order[*word as usize], *at));
    let mut counted = vec![(0.0, 0.0); people.names.len()];
    let mut all = (0.0, 0.0);
    for near in 1..=3 {
        for (at, (word, a)) in by_word.iter().enumerate() {
            let Some((_, b)) = by_word.get(at + near).filter(|(next, _)| next == word) else { continue };
            let (left, right) = (people.row(*a), people.row(*b));
            if !are_plainly_two(left, right) {
                continue;
            }
            let agreed = f64::from(u8::from(other(left) == other(right)));
            let by_chance = shares[other(left).0 as usize];
            let (agreements, chances): &mut (f64, f64) = &mut counted[*word as usize];
            *agreements += agreed;
            *chances += by_chance;
            all.0 += agreed;
            all.1 += by_chance;
        }
    }
    let usual = ((all.0 + 1.0) / (all.1 + 1.0)).max(1.0);
    let tie = |(agreements, chances): (f64, f64)| {
        let likelier = (agreements + PRIOR) / (chances + PRIOR / usual);
        ((likelier.log2() * STEPS_PER_BIT) as f32, (chances.min(20.0) + 0.2) as f32)
    };
    counted.into_iter().map(tie).collect()
}

/// Whether two records are of two people who do not live together, beyond doubt: years apart, and nothing but a name in common.
fn are_plainly_two(left: &Person, right: &Person) -> bool {
    let has_all = |person: &Person| person.forenames[0].is_some() && person.surnames[0].is_some() && person.born.is_known();
    let years = left.born.year().abs_diff(right.born.year());
    let differ = |a: Value, b: Value| !a.is_some() || a != b;
    let places = left.postcode.is_some() && right.postcode.is_some() && left.postcode != right.postcode;
    let texts = [(left.phone, right.phone), (left.email, right.email), (left.street, right.street), (left.house, right.house)];
    let is_day_apart = left.born.0 % 10_000 != right.born.0 % 10_000;
    has_all(left)
        && has_all(right)
        && places
        && is_day_apart
        && (3..20).contains(&years)
        && texts.into_iter().all(|(a, b)| differ(a, b))
        && left.numbers.iter().zip(right.numbers).all(|(a, b)| differ(*a, b))
}

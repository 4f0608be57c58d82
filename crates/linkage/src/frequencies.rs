//! How rare values are, kept without the records they were counted in: for a record that comes later, or somebody who is looked for.
//!
//! What is as rare as what was never seen is left out; so it is small, says little of anybody, and can be read.

use crate::names::Word;
use crate::people::{People, Person, Value};
use crate::rarity::{Rarity, RowRarity, Ties, code};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A tie that was counted of less than this says no more than the usual one.
const TIE_FROM: f32 = 0.5;

/// Rarities of values, by their texts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Frequencies {
    records: usize,
    year: u32,
    forenames: BTreeMap<String, u8>,
    surnames: BTreeMap<String, u8>,
    forename_sounds: BTreeMap<String, u8>,
    surname_sounds: BTreeMap<String, u8>,
    /// By forename and twenty years: "kate 99".
    of_generation: BTreeMap<String, u8>,
    /// By forename and surname: "kate smith".
    names: BTreeMap<String, u8>,
    of_surname: BTreeMap<String, (f32, f32)>,
    of_forename: BTreeMap<String, (f32, f32)>,
    usual_ties: [(f32, f32); 2],
    born: BTreeMap<u32, u8>,
    /// Homes, telephones and emails that are shared by many more than usual.
    of_many: BTreeMap<String, u8>,
    usual: Usual,
}

/// How rare a home, a telephone and an email usually are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Usual {
    home: u8,
    phone: u8,
    email: u8,
}

fn both(people: &People, (forename, surname): (u32, u32)) -> String {
    format!("{} {}", people.names.text(Word(forename)), people.names.text(Word(surname)))
}

/// The texts by which a record's home, telephone and email are kept; empty where there is none.
fn places(people: &People, person: &Person) -> [String; 3] {
    let text = |value: Value| people.values.get(value.0);
    let of =
        |kind: &str, has: bool, words: [&str; 2]| if has { format!("{kind} {} {}", words[0], words[1]) } else { String::new() };
    [
        of("home", person.postcode.is_some(), [text(person.postcode), text(person.house)]),
        of("phone", person.phone.is_some(), [text(person.phone), ""]),
        of("email", person.email.is_some(), [text(person.email), ""]),
    ]
}

/// Returns the code that half of those who have one are at or above.
fn median(mut codes: Vec<u8>, unseen: u8) -> u8 {
    codes.sort_unstable();
    codes.get(codes.len() / 2).copied().unwrap_or(unseen)
}

/// Nothing was counted of a word, and it says next to nothing.
const NO_TIE: (f32, f32) = (0.0, 0.2);

impl Frequencies {
    /// Returns what to go by before anything was counted among so many records: every value is rare.
    pub fn uncounted(records: usize) -> Self {
        let unseen = code(0, records);
        let usual = Usual { home: unseen, phone: unseen, email: unseen };
        Self { records, usual_ties: [NO_TIE; 2], usual, ..Self::default() }
    }

    /// Keeps what was counted in `people`.
    pub fn of(rarity: &Rarity, people: &People) -> Self {
        let unseen = code(0, people.len());
        // The first word is none: nothing was counted of it.
        let usual = |ties: &[(f32, f32)]| ties.first().copied().unwrap_or(NO_TIE);
        let usual_ties = [usual(&rarity.ties.of_surname), usual(&rarity.ties.of_forename)];
        let words = |codes: &[u8]| -> BTreeMap<String, u8> {
            let seen = codes.iter().zip(0_u32..).filter(|(code, _)| **code < unseen);
            seen.map(|(code, word)| (people.names.text(Word(word)).to_owned(), *code))
                .filter(|(word, _)| !word.is_empty())
                .collect()
        };
        let sounds = |codes: &FxHashMap<u32, u8>| -> BTreeMap<String, u8> {
            let seen = codes.iter().filter(|(_, code)| **code < unseen);
            seen.map(|(sound, code)| (people.names.sounds().get(*sound).to_owned(), *code)).collect()
        };
        let ties = |ties: &[(f32, f32)]| -> BTreeMap<String, (f32, f32)> {
            let round = |part: f32| (part * 100.0).round() / 100.0;
            let counted = ties.iter().zip(0_u32..).filter(|((_, weight), _)| *weight >= TIE_FROM);
            counted
                .map(|((tie, weight), word)| (people.names.text(Word(word)).to_owned(), (round(*tie), round(*weight))))
                .collect()
        };
        let with = |of: fn(&RowRarity) -> u8, has: fn(&Person) -> bool| {
            median(
                rarity.rows.iter().zip(&people.rows).filter(|(_, person)| has(person)).map(|(row, _)| of(row)).collect(),
                unseen,
            )
        };
        let usual = Usual {
            home: with(|row| row.home, |person| person.postcode.is_some()),
            phone: with(|row| row.phone, |person| person.phone.is_some()),
            email: with(|row| row.email, |person| person.email.is_some()),
        };
        let mut of_many = BTreeMap::new();
        for (person, row) in people.rows.iter().zip(&rarity.rows) {
            let codes = [(row.home, usual.home), (row.phone, usual.phone), (row.email, usual.email)];
            for (place, (code, usual)) in places(people, person).into_iter().zip(codes) {
                if !place.is_empty() && code < usual {
                    of_many.insert(place, code);
                }
            }
        }
        Self {
            records: people.len(),
            year: rarity.year,
            forenames: words(&rarity.forenames),
            surnames: words(&rarity.surnames),
            forename_sounds: sounds(&rarity.forename_sounds),
            surname_sounds: sounds(&rarity.surname_sounds),
            of_generation: rarity
                .of_generation
                .iter()
                .map(|((word, when), code)| (format!("{} {when}", people.names.text(Word(*word))), *code))
                .collect(),
            names: rarity.names.iter().map(|(names, code)| (both(people, *names), *code)).collect(),
            of_surname: ties(&rarity.ties.of_surname),
            of_forename: ties(&rarity.ties.of_forename),
            usual_ties,
            born: rarity
                .born
                .iter()
                .filter(|(born, code)| **born != 0 && **code < unseen)
                .map(|(born, code)| (*born, *code))
                .collect(),
            of_many,
            usual,
        }
    }

    /// Returns how rare the values of these records are, who need not be among those that were counted.
    pub fn rarity(&self, people: &People) -> Rarity {
        let unseen = code(0, self.records);
        let texts: Vec<&str> = (0..people.names.len()).map(|word| people.names.text(Word(word as u32))).collect();
        let words = |codes: &BTreeMap<String, u8>| texts.iter().map(|word| codes.get(*word).copied().unwrap_or(unseen)).collect();
        let sounds = |codes: &BTreeMap<String, u8>| {
            let numbers = 0..people.names.sounds().len() as u32;
            numbers.map(|sound| (sound, codes.get(people.names.sounds().get(sound)).copied().unwrap_or(unseen))).collect()
        };
        let ties = |ties: &BTreeMap<String, (f32, f32)>, usual: (f32, f32)| {
            texts.iter().map(|word| ties.get(*word).copied().unwrap_or(usual)).collect()
        };
        let (mut of_generation, mut names, mut born) = (FxHashMap::default(), FxHashMap::default(), FxHashMap::default());
        for person in &people.rows {
            let when = person.born.year() / 20;
            for word in person.forenames().filter(|_| person.born.is_known()) {
                if let Some(code) = self.of_generation.get(&format!("{} {when}", people.names.text(word))) {
                    of_generation.insert((word.0, when), *code);
                }
            }
            // Which of the forenames and surnames two records agree on is not known beforehand.
            let pair = (person.forenames[0].0, person.surnames[0].0);
            if let Some(code) = self.names.get(&both(people, pair)) {
                names.insert(pair, *code);
            }
            born.insert(person.born.0, self.born.get(&person.born.0).copied().unwrap_or(unseen));
        }
        let rows = people.rows.iter().map(|person| {
            let [home, phone, email] = places(people, person).map(|place| self.of_many.get(&place).copied());
            RowRarity {
                home: home.unwrap_or(self.usual.home),
                phone: phone.unwrap_or(self.usual.phone),
                email: email.unwrap_or(self.usual.email),
            }
        });
        Rarity {
            forenames: words(&self.forenames),
            surnames: words(&self.surnames),
            forename_sounds: sounds(&self.forename_sounds),
            surname_sounds: sounds(&self.surname_sounds),
            of_generation,
            names,
            ties: Ties {
                of_surname: ties(&self.of_surname, self.usual_ties[0]),
                of_forename: ties(&self.of_forename, self.usual_ties[1]),
            },
            born,
            rows: rows.collect(),
            year: self.year,
        }
    }

    /// Returns whether anything was counted.
    pub fn is_counted(&self) -> bool {
        !self.born.is_empty() || !self.surnames.is_empty() || !self.forenames.is_empty()
    }

    /// Returns how many records were counted.
    pub fn records(&self) -> usize {
        self.records
    }
}

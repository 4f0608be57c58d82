//! Records of people, standardised and made small: a million in a hundred megabytes.

use crate::names::{Names, Word};
use crate::standard::{self, Born};
use crate::text::{self, Texts};
use rustc_hash::FxHashSet;

/// A field's value; 0 is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Value(pub u32);

impl Value {
    /// Returns whether there is one.
    pub fn is_some(self) -> bool {
        self.0 != 0
    }
}

/// Kinds of number that somebody is known by: NHS number, unique pupil number, National Insurance number, and one of the caller's own.
pub const NUMBERS: usize = 4;
/// Forenames that are compared; further ones are not.
pub const FORENAMES_MAX: usize = 4;
/// Words of a surname that are compared; further ones are not.
pub const SURNAMES_MAX: usize = 3;

/// A record as it was written: every field may be empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Raw<'a> {
    /// What the record is called; no two alike.
    pub id: &'a str,
    /// Which agency or system it comes from.
    pub source: &'a str,
    /// First name or names.
    pub first_name: &'a str,
    /// Further forenames, or initials.
    pub middle_name: &'a str,
    /// Last name.
    pub last_name: &'a str,
    /// Date of birth.
    pub born: &'a str,
    /// Sex: F or female, M or male, or 2 and 1 as some systems write it.
    pub sex: &'a str,
    /// House number or name.
    pub house: &'a str,
    /// Street.
    pub street: &'a str,
    /// Postcode.
    pub postcode: &'a str,
    /// Telephone.
    pub phone: &'a str,
    /// Email.
    pub email: &'a str,
    /// Numbers, in the order of [`NUMBERS`].
    pub numbers: [&'a str; NUMBERS],
    /// Which of them were checked with whoever gives them out.
    pub verified: [bool; NUMBERS],
}

/// A record, standardised.
#[derive(Clone, Copy, Debug, Default)]
pub struct Person {
    /// Forenames in order, those of the first-name column first.
    pub forenames: [Word; FORENAMES_MAX],
    /// How many are of the first-name column.
    pub firsts: u8,
    /// `b'F'`, `b'M'` or 0.
    pub sex: u8,
    /// The source's number.
    pub source: u16,
    /// Words of the surname.
    pub surnames: [Word; SURNAMES_MAX],
    /// Date of birth.
    pub born: Born,
    /// Postcode without its space.
    pub postcode: Value,
    /// The outward part of the postcode.
    pub outward: Value,
    /// House.
    pub house: Value,
    /// Street.
    pub street: Value,
    /// Telephone.
    pub phone: Value,
    /// Email.
    pub email: Value,
    /// Numbers.
    pub numbers: [Value; NUMBERS],
    /// A bit for each number that was verified.
    pub verified: u8,
}

impl Person {
    /// Returns the forenames there are.
    pub fn forenames(&self) -> impl Iterator<Item = Word> + '_ {
        self.forenames.iter().copied().take_while(|word| word.is_some())
    }

    /// Returns the words of the surname there are.
    pub fn surnames(&self) -> impl Iterator<Item = Word> + '_ {
        self.surnames.iter().copied().take_while(|word| word.is_some())
    }

    /// Returns whether both have a verified number of one kind, and not the same: they are two people, whatever else agrees.
    pub fn has_other_verified_number(&self, other: &Self) -> bool {
        let verified = self.verified & other.verified;
        (0..NUMBERS).any(|at| verified & (1 << at) != 0 && self.numbers[at] != other.numbers[at])
    }

    /// Returns whether there is nothing to compare it by.
    pub fn is_blank(&self) -> bool {
        let has_name = self.forenames[0].is_some() || self.surnames[0].is_some();
        !(has_name || self.born.is_known() || self.email.is_some() || self.numbers.iter().any(|number| number.is_some()))
    }
}

/// Records, and the texts they share. In an order that does not depend on the order they came in.
#[derive(Debug, Default)]
pub struct People {
    /// The records.
    pub rows: Vec<Person>,
    /// Words of names.
    pub names: Names,
    /// Texts of every other field.
    pub values: Texts,
    /// Sources.
    pub sources: Texts,
    ids: Texts,
    id_of: Vec<u32>,
    /// The file each record came from.
    files: Vec<u16>,
    file: u16,
    has_ids_of_files: bool,
    buffer: String,
    house: String,
}

/// A number that more records have is nobody's.
const NUMBER_OF_MANY: u32 = 100;
/// Between the number of a file and the id of a record in it.
const OF_FILE: char = '\u{1f}';

/// Particles that are not told apart: "de la Cruz" and "Cruz", "Al-Rashid" and "Rashid".
const PARTICLES: [&str; 15] = ["al", "el", "ul", "bin", "ibn", "bint", "de", "la", "le", "van", "der", "von", "di", "da", "del"];

impl People {
    /// Keeps a record.
    ///
    /// # Errors
    /// The id, when another record has it.
    pub fn push(&mut self, raw: &Raw<'_>) -> Result<(), String> {
        let before = self.ids.len();
        let id = if self.has_ids_of_files {
            self.ids.keep(&format!("{}{OF_FILE}{}", self.file, raw.id))
        } else {
            self.ids.keep(raw.id)
        };
        if raw.id.is_empty() || self.ids.len() == before {
            return Err(raw.id.to_owned());
        }
        self.id_of.push(id);
        let mut person = Person {
            source: u16::try_from(self.sources.keep(raw.source)).unwrap_or(u16::MAX),
            sex: sex(raw.sex),
            born: Born::read(raw.born).filter(|born| born.0 != 19_000_101).unwrap_or_default(),
            ..Person::default()
        };
        self.keep_names(raw, &mut person);
        self.keep_address(raw, &mut person);
        standard::phone(raw.phone, &mut self.buffer);
        person.phone = Value(self.values.keep(&self.buffer));
        standard::email(raw.email, &mut self.buffer);
        person.email = Value(self.values.keep(&self.buffer));
        for (kept, written) in person.numbers.iter_mut().zip(raw.numbers) {
            standard::number(written, &mut self.buffer);
            *kept = Value(self.values.keep(&self.buffer));
        }
        for (at, number) in person.numbers.iter().enumerate() {
            person.verified |= u8::from(raw.verified[at] && number.is_some()) << at;
        }
        self.rows.push(person);
        self.files.push(self.file);
        Ok(())
    }

    fn keep_names(&mut self, raw: &Raw<'_>, person: &mut Person) {
        let mut at = 0;
        for (written, is_first) in [(raw.first_name, true), (raw.middle_name, false)] {
            standard::fold(written, &mut self.buffer);
            for word in self.buffer.split(' ').filter(|word| standard::is_name(word)) {
                if at < FORENAMES_MAX {
                    person.forenames[at] = self.names.keep(word);
                    at += 1;
                    person.firsts += u8::from(is_first);
                }
            }
        }
        standard::fold(raw.last_name, &mut self.buffer);
        let words: Vec<&str> = self.buffer.split(' ').filter(|word| standard::is_name(word)).collect();
        let has_others = words.iter().any(|word| !PARTICLES.contains(word));
        let kept = words.into_iter().filter(|word| !has_others || !PARTICLES.contains(word));
        for (place, word) in person.surnames.iter_mut().zip(kept) {
            *place = self.names.keep(word);
        }
    }

    fn keep_address(&mut self, raw: &Raw<'_>, person: &mut Person) {
        let outward = standard::postcode(raw.postcode, &mut self.buffer);
        if outward > 0 {
            person.outward = Value(self.values.keep(&self.buffer[..outward]));
            if self.buffer.len() > outward {
                person.postcode = Value(self.values.keep(&self.buffer));
            }
        }
        standard::house(raw.house, &mut self.house);
        // A house without a place is nowhere; its number is kept beside what tells where it is.
        person.house = Value(self.values.keep(&self.house));
        standard::street(raw.street, &mut self.buffer);
        if self.house.is_empty() {
            // "12 High Street" in one field.
            let (first, rest) = self.buffer.split_once(' ').unwrap_or(("", ""));
            if first.starts_with(|c: char| c.is_ascii_digit()) {
                person.house = Value(self.values.keep(first));
                self.buffer = rest.to_owned();
            }
        }
        person.street = Value(self.values.keep(&self.buffer));
    }

    /// Forgets numbers that more records have than one person is likely to: "not known" in figures.
    fn forget_numbers_of_many(&mut self) {
        let mut counts = vec![0_u32; self.values.len()];
        self.rows.iter().flat_map(|person| person.numbers).for_each(|number| counts[number.0 as usize] += 1);
        for person in &mut self.rows {
            for (at, number) in person.numbers.iter_mut().enumerate() {
                if counts[number.0 as usize] > NUMBER_OF_MANY {
                    *number = Value(0);
                    person.verified &= !(1 << at);
                }
            }
        }
    }

    /// Puts the records in an order that is the same however they came: neighbours next to each other, else as good as chance.
    pub fn settle(&mut self) {
        self.forget_numbers_of_many();
        let places = self.rows.iter().map(|person| text::hash(self.values.get(person.postcode.0)));
        let ids = self.id_of.iter().map(|id| text::hash(self.ids.get(*id)));
        let mut order: Vec<(u64, u64, u32)> = places.zip(ids).zip(0_u32..).map(|((place, id), at)| (place, id, at)).collect();
        order.sort_unstable();
        self.rows = order.iter().map(|(_, _, at)| self.rows[*at as usize]).collect();
        self.id_of = order.iter().map(|(_, _, at)| self.id_of[*at as usize]).collect();
        self.files = order.iter().map(|(_, _, at)| self.files[*at as usize]).collect();
    }

    /// Takes the file that each record came from for its source, whatever its column says.
    pub fn take_files_for_sources(&mut self) {
        for (person, file) in self.rows.iter_mut().zip(&self.files) {
            person.source = *file;
        }
    }

    /// Says that the records from now on come from another file.
    pub fn next_file(&mut self) {
        self.file += 1;
    }

    /// Returns how many records there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Lets two files each have a record of one id: they are two records.
    pub fn have_ids_of_files(&mut self) {
        self.has_ids_of_files = true;
    }

    /// Returns what a record is called.
    pub fn id(&self, at: u32) -> &str {
        let id = self.ids.get(self.id_of[at as usize]);
        if self.has_ids_of_files { id.split_once(OF_FILE).map_or(id, |(_, id)| id) } else { id }
    }

    /// Returns which file a record came from, the first being 1.
    pub fn file(&self, at: u32) -> u16 {
        self.files[at as usize]
    }

    /// Returns the record of a place.
    pub fn row(&self, at: u32) -> &Person {
        &self.rows[at as usize]
    }

    /// Returns where the record of an id is.
    pub fn find(&self, id: &str) -> Option<u32> {
        (0..u32::try_from(self.len()).unwrap_or(u32::MAX)).find(|at| self.id(*at) == id)
    }

    /// Returns how many records have nothing to be compared by, and how many sources there are.
    pub fn blank_and_sources(&self) -> (usize, usize) {
        let blank = self.rows.iter().filter(|person| person.is_blank()).count();
        let sources: FxHashSet<u16> = self.rows.iter().map(|person| person.source).collect();
        (blank, sources.len())
    }
}

fn sex(written: &str) -> u8 {
    match written.trim().to_ascii_lowercase().as_str() {
        "f" | "female" | "girl" | "woman" | "2" => b'F',
        "m" | "male" | "boy" | "man" | "1" => b'M',
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_standardised_and_an_id_is_taken_once() {
        let mut people = People::default();
        let raw = Raw {
            id: "1",
            source: "gp",
            first_name: "Baby",
            middle_name: "Mary Ann",
            last_name: "Al-Rashid",
            born: "1900-01-01",
            house: "Flat 3, 12",
            postcode: "BD3 9QX",
            ..Raw::default()
        };
        people.push(&raw).unwrap();
        assert_eq!(people.push(&raw), Err("1".to_owned()));
        let person = people.rows[0];
        assert_eq!(person.forenames().map(|word| people.names.text(word)).collect::<Vec<_>>(), ["mary", "ann"]);
        assert_eq!(person.firsts, 0);
        assert_eq!(person.surnames().map(|word| people.names.text(word)).collect::<Vec<_>>(), ["rashid"]);
        assert!(!person.born.is_known(), "the first day of 1900 is what systems write for not known");
        assert_eq!(people.values.get(person.outward.0), "BD3");
    }

    #[test]
    fn the_order_of_records_does_not_depend_on_the_order_they_came_in() {
        let build = |ids: &[&str]| {
            let mut people = People::default();
            for id in ids {
                people.push(&Raw { id, ..Raw::default() }).unwrap();
            }
            people.settle();
            (0..3).map(|at| people.id(at).to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(build(&["a", "b", "c"]), build(&["c", "a", "b"]));
    }
}

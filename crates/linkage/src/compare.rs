//! Two records compared, field by field: each field comes to a level, and where the value agrees, to how rare the value is.
//!
//! A comparison is one number, a [`Pattern`]: training counts patterns, and scoring adds a weight for each of its fields.

use crate::names::{About, Names, Word};
use crate::people::{NUMBERS, People, Person, Value};
use crate::rarity::Rarity;
use crate::standard::Born;
use rapidfuzz::distance::{jaro_winkler, osa};

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The first forename, and the others where they stand in for it.
    Forename,
    /// The surname.
    Surname,
    /// Forenames after the first.
    Middle,
    /// Date of birth.
    Born,
    /// Sex.
    Sex,
    /// Postcode, house and street.
    Address,
    /// Telephone.
    Phone,
    /// Email.
    Email,
    /// NHS number.
    NhsNumber,
    /// Unique pupil number.
    Upn,
    /// National Insurance number.
    Nino,
    /// A number of the caller's own.
    Number,
    /// Whether both are of one source.
    Source,
}

/// A field's place in a pattern, its levels and their names: level 0 is missing; levels up to `rare` say how rare the value is.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// The field.
    pub field: Field,
    /// Its name.
    pub name: &'static str,
    /// The levels' names, "missing" first.
    pub levels: &'static [&'static str],
    /// The levels 1 to this one agree on a value whose rarity counts.
    pub rare: u8,
    shift: u32,
    bits: u32,
    rarity_bits: u32,
}

const NUMBER_LEVELS: &[&str] = &["missing", "the same", "one slip apart", "different"];

macro_rules! shapes {
    ($($field:ident $name:literal $levels:expr, rare $rare:literal at $shift:literal bits $bits:literal + $rarity:literal;)*) => {
        /// Every field, in the order of [`Field`].
        pub const SHAPES: [Shape; 13] = [$(Shape {
            field: Field::$field, name: $name, levels: $levels, rare: $rare, shift: $shift, bits: $bits, rarity_bits: $rarity,
        }),*];
    };
}

shapes! {
    Forename "forename" &["missing", "the same", "the same, as another forename", "a form of one name", "surname and forename exchanged",
        "much alike", "an initial", "somewhat alike", "different"], rare 3 at 0 bits 4 + 5;
    Surname "surname" &["missing", "the same", "shared in part", "sounds the same", "surname and forename exchanged", "much alike",
        "somewhat alike", "different"], rare 3 at 9 bits 3 + 5;
    Middle "middle name" &["missing", "the same", "an initial", "alike", "different"], rare 0 at 17 bits 3 + 0;
    Born "date of birth" &["missing", "the same day", "day and month exchanged", "the same year, and 1 January for one", "one digit apart",
        "two parts of three", "the same year", "up to two years apart", "up to twelve years apart", "further apart"], rare 1 at 20 bits 4 + 5;
    Sex "sex" &["missing", "the same", "different"], rare 0 at 29 bits 2 + 0;
    Address "address" &["missing", "the same home", "the same postcode, house not known", "postcode one slip apart, same house",
        "the same postcode, another house", "the same house and street", "the same district", "elsewhere"], rare 1 at 31 bits 3 + 5;
    Phone "telephone" &["missing", "the same", "one slip apart", "different"], rare 1 at 39 bits 2 + 5;
    Email "email" &["missing", "the same", "much alike", "different"], rare 1 at 46 bits 2 + 5;
    NhsNumber "NHS number" NUMBER_LEVELS, rare 0 at 53 bits 2 + 0;
    Upn "unique pupil number" NUMBER_LEVELS, rare 0 at 55 bits 2 + 0;
    Nino "National Insurance number" NUMBER_LEVELS, rare 0 at 57 bits 2 + 0;
    Number "number" NUMBER_LEVELS, rare 0 at 59 bits 2 + 0;
    Source "source" &["missing", "one source", "two sources"], rare 0 at 61 bits 2 + 0;
}

/// How two records compare, in 63 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pattern(pub u64);

impl Pattern {
    /// Returns the level of a field.
    pub fn level(self, field: Field) -> u8 {
        let shape = &SHAPES[field as usize];
        u8::try_from((self.0 >> shape.shift) & ((1 << shape.bits) - 1)).unwrap_or(0)
    }

    /// Returns how rare the value is on which a field agrees, as [`crate::rarity::share`] reads it.
    pub fn rarity(self, field: Field) -> u8 {
        let shape = &SHAPES[field as usize];
        u8::try_from((self.0 >> (shape.shift + shape.bits)) & ((1 << shape.rarity_bits) - 1)).unwrap_or(0)
    }

    fn set(&mut self, field: Field, (level, rarity): (u8, u8)) {
        let shape = &SHAPES[field as usize];
        self.0 |= u64::from(level) << shape.shift;
        if level > 0 && level <= shape.rare {
            self.0 |= u64::from(rarity) << (shape.shift + shape.bits);
        }
    }

    /// Returns the number that a field's level and rarity make: below 512.
    pub(crate) fn code(self, shape: &Shape) -> usize {
        usize::try_from((self.0 >> shape.shift) & ((1 << (shape.bits + shape.rarity_bits)) - 1)).unwrap_or(0)
    }
}

impl Shape {
    /// Returns how many codes a field has.
    pub(crate) fn codes(&self) -> usize {
        1 << (self.bits + self.rarity_bits)
    }

    /// Returns a code's level and rarity.
    pub(crate) fn decode(&self, code: usize) -> (usize, u8) {
        (code & ((1 << self.bits) - 1), u8::try_from(code >> self.bits).unwrap_or(0))
    }
}

/// What comparing needs besides the two records.
#[derive(Clone, Copy, Debug)]
pub struct Comparer<'a> {
    people: &'a People,
    rarity: &'a Rarity,
    has_sources: bool,
}

impl<'a> Comparer<'a> {
    /// Returns what compares records of `people`.
    pub fn new(people: &'a People, rarity: &'a Rarity) -> Self {
        Self { people, rarity, has_sources: people.sources.len() > 2 }
    }

    /// Compares two records, by their places.
    pub fn compare(&self, a: u32, b: u32) -> Pattern {
        let (left, right) = (self.people.row(a), self.people.row(b));
        let mut pattern = Pattern::default();
        let (mut forename, on) = self.forename(left, right);
        let (surname, on_surname) = self.surname(left, right);
        if on.is_some() && on_surname.is_some() {
            forename.1 = self.rarity.with_surname((on, forename.1), (on_surname, surname.1));
        }
        pattern.set(Field::Forename, forename);
        pattern.set(Field::Surname, surname);
        if forename.0 != 2 {
            pattern.set(Field::Middle, (self.middle(left, right), 0));
        }
        pattern.set(Field::Born, (self.born(left, right), self.rarity.born(left.born.max(right.born))));
        pattern.set(Field::Sex, (same_or_not(left.sex, right.sex), 0));
        pattern.set(Field::Address, (self.address(left, right), self.rarity.of_row(a).home));
        pattern.set(Field::Phone, (self.text(left.phone, right.phone, 1), self.rarity.of_row(a).phone));
        pattern.set(Field::Email, (self.text(left.email, right.email, 2), self.rarity.of_row(a).email));
        let numbers = [Field::NhsNumber, Field::Upn, Field::Nino, Field::Number];
        for (at, field) in numbers.into_iter().enumerate().take(NUMBERS) {
            pattern.set(field, (self.text(left.numbers[at], right.numbers[at], 1), 0));
        }
        if self.has_sources {
            pattern.set(Field::Source, (if left.source == right.source { 1 } else { 2 }, 0));
        }
        pattern
    }

    /// Returns whether two records come from two sources.
    pub(crate) fn are_of_two_sources(&self, a: u32, b: u32) -> bool {
        self.people.row(a).source != self.people.row(b).source
    }

    fn names(&self) -> &Names {
        &self.people.names
    }

    fn alike(&self, a: Word, b: Word) -> f64 {
        jaro_winkler::similarity(self.names().bytes(a).iter().copied(), self.names().bytes(b).iter().copied())
    }

    /// Returns the rarest of several words; of equally rare ones the first in the alphabet, whichever record they come from.
    fn rarest(&self, words: impl Iterator<Item = (u8, Word)>) -> Option<(u8, Word)> {
        words.max_by(|x, y| x.0.cmp(&y.0).then_with(|| self.names().bytes(y.1).cmp(self.names().bytes(x.1))))
    }

    /// Whether two words are written forms of one name, as far as can be told without comparing letters.
    fn is_form(&self, a: Word, b: Word) -> bool {
        let (left, right) = (self.names().about(a), self.names().about(b));
        left.shares_form(right) || (left.sound == right.sound && left.sound_length >= 3) || self.begins(left, right, (a, b))
    }

    /// Whether one is the beginning of the other: "Alex", "Alexandra".
    fn begins(&self, left: &About, right: &About, (a, b): (Word, Word)) -> bool {
        left.initial == right.initial && left.length.min(right.length) >= 4 && {
            let (a, b) = (self.names().bytes(a), self.names().bytes(b));
            a.starts_with(b) || b.starts_with(a)
        }
    }

    /// Compares forenames: the level, how rare, and the word they agree on.
    fn forename(&self, left: &Person, right: &Person) -> ((u8, u8), Word) {
        let (a, b) = (left.forenames[0], right.forenames[0]);
        if !a.is_some() || !b.is_some() {
            return ((0, 0), Word(0));
        }
        let (about_a, about_b) = (self.names().about(a), self.names().about(b));
        let is_initial = about_a.is_initial() || about_b.is_initial();
        let born =
            if left.born.is_known() && right.born.is_known() { left.born.min(right.born) } else { left.born.max(right.born) };
        if a == b && !is_initial {
            return ((1, self.rarity.forename(a, born)), a);
        }
        let whole = |word: &Word| !self.names().about(*word).is_initial();
        // The rarest of those they share: the same whichever record comes first.
        let shared = left.forenames().filter(whole).filter(|word| right.forenames().any(|other| other == *word));
        if let Some((rare, word)) = self.rarest(shared.map(|word| (self.rarity.forename(word, born), word))) {
            return ((2, rare), word);
        }
        if is_initial {
            let of = |person: &Person, initial: u32| person.forenames().any(|word| self.names().about(word).initial == initial);
            let matches = about_a.initial == about_b.initial || of(left, about_b.initial) && of(right, about_a.initial);
            return ((if matches { 6 } else { 8 }, 0), Word(0));
        }
        if self.is_form(a, b) {
            let commoner = self.rarity.forename_sound(about_a.sound).min(self.rarity.forename_sound(about_b.sound));
            return ((3, commoner), self.rarest([(0, a), (0, b)].into_iter()).map_or(a, |(_, word)| word));
        }
        if left.surnames().any(|word| word == b) || right.surnames().any(|word| word == a) {
            return ((4, 0), Word(0));
        }
        let alike = self.alike(a, b);
        let others = || {
            let pairs = left.forenames().flat_map(|word| right.forenames().map(move |other| (word, other)));
            pairs.skip(1).any(|(word, other)| whole(&word) && whole(&other) && self.is_form(word, other))
        };
        (
            (
                if alike >= 0.9 {
                    5
                } else if alike >= 0.8 || others() {
                    7
                } else {
                    8
                },
                0,
            ),
            Word(0),
        )
    }

    /// Compares surnames: the level, how rare, and the word they agree on.
    fn surname(&self, left: &Person, right: &Person) -> ((u8, u8), Word) {
        let (a, b) = (left.surnames[0], right.surnames[0]);
        if !a.is_some() || !b.is_some() {
            return ((0, 0), Word(0));
        }
        if left.surnames == right.surnames {
            return ((1, left.surnames().map(|word| self.rarity.surname(word)).max().unwrap_or(0)), a);
        }
        let shared = left.surnames().filter(|word| right.surnames().any(|other| other == *word));
        if let Some((rare, word)) = self.rarest(shared.map(|word| (self.rarity.surname(word), word))) {
            return ((2, rare), word);
        }
        let (mut best, mut form) = (0.0_f64, None);
        for (word, other) in left.surnames().flat_map(|word| right.surnames().map(move |other| (word, other))) {
            if self.is_form(word, other) {
                let of = |word: Word| self.rarity.surname_sound(self.names().about(word).sound);
                let commoner = of(word).min(of(other));
                form = self.rarest(form.into_iter().chain([(commoner, word), (commoner, other)]));
            } else if form.is_none() {
                best = best.max(self.alike(word, other));
            }
        }
        if let Some((rare, word)) = form {
            return ((3, rare), word);
        }
        let of_forenames = |person: &Person, word: Word| person.forenames().any(|forename| forename == word);
        if left.surnames().any(|word| of_forenames(right, word)) || right.surnames().any(|word| of_forenames(left, word)) {
            return ((4, 0), Word(0));
        }
        (
            (
                if best >= 0.9 {
                    5
                } else if best >= 0.8 {
                    6
                } else {
                    7
                },
                0,
            ),
            Word(0),
        )
    }

    fn middle(&self, left: &Person, right: &Person) -> u8 {
        let (a, b) = (left.forenames[1], right.forenames[1]);
        if !a.is_some() || !b.is_some() {
            return 0;
        }
        let (about_a, about_b) = (self.names().about(a), self.names().about(b));
        if about_a.is_initial() || about_b.is_initial() {
            return if about_a.initial == about_b.initial { 2 } else { 4 };
        }
        if left.forenames().skip(1).any(|word| right.forenames().skip(1).any(|other| other == word)) {
            return 1;
        }
        if self.is_form(a, b) || self.alike(a, b) >= 0.85 { 3 } else { 4 }
    }

    /// Compares dates of birth; where one is not known, whether the other is of a child and this of somebody who has been sixteen: a
    /// National Insurance number is given in the year before that birthday (gov.uk/national-insurance/your-national-insurance-number).
    fn born(&self, left: &Person, right: &Person) -> u8 {
        let is_child = |person: &Person| person.born.is_known() && person.born.year() + 14 > self.rarity.year();
        let has_worked = |person: &Person| !person.born.is_known() && person.numbers[2].is_some();
        if is_child(left) && has_worked(right) || is_child(right) && has_worked(left) {
            return 9;
        }
        born(left.born, right.born)
    }

    fn address(&self, left: &Person, right: &Person) -> u8 {
        let same = |a: Value, b: Value| a.is_some() && a == b;
        let is_same_house = same(left.house, right.house);
        if left.postcode.is_some() && right.postcode.is_some() {
            if left.postcode == right.postcode {
                let is_unknown = !left.house.is_some() || !right.house.is_some();
                return if is_same_house {
                    1
                } else if is_unknown {
                    2
                } else {
                    4
                };
            }
            if is_same_house && self.slips(left.postcode, right.postcode) <= 1 {
                return 3;
            }
        }
        if is_same_house && same(left.street, right.street) {
            return 5;
        }
        match (left.outward.is_some() && right.outward.is_some(), left.outward == right.outward) {
            (false, _) => 0,
            (true, true) => 6,
            (true, false) => 7,
        }
    }

    /// Compares two texts: missing, the same, within so many slips, different.
    fn text(&self, a: Value, b: Value, slips: usize) -> u8 {
        match (a.is_some() && b.is_some(), a == b) {
            (false, _) => 0,
            (true, true) => 1,
            (true, false) => {
                if self.slips(a, b) <= slips {
                    2
                } else {
                    3
                }
            }
        }
    }

    /// How many letters are wrong, left out, put in or exchanged with their neighbour.
    fn slips(&self, a: Value, b: Value) -> usize {
        let (a, b) = (self.people.values.bytes(a.0), self.people.values.bytes(b.0));
        if a.len().abs_diff(b.len()) > 2 {
            return 3;
        }
        osa::distance_with_args(a.iter().copied(), b.iter().copied(), &osa::Args::default().score_cutoff(2)).unwrap_or(3)
    }
}

fn same_or_not(a: u8, b: u8) -> u8 {
    match (a, b) {
        (0, _) | (_, 0) => 0,
        (a, b) if a == b => 1,
        _ => 2,
    }
}

/// Compares two dates of birth.
fn born(a: Born, b: Born) -> u8 {
    if !a.is_known() || !b.is_known() {
        return 0;
    }
    if a == b {
        return 1;
    }
    let is_year = a.year() == b.year();
    let (is_month, is_day) = (a.month() == b.month(), a.day() == b.day());
    let years = a.year().abs_diff(b.year());
    if is_year && a.month() == b.day() && a.day() == b.month() {
        2
    } else if is_year && (a.is_new_year() || b.is_new_year()) {
        3
    } else if digits_apart(a.0, b.0) == 1 || are_exchanged(a.0, b.0) {
        4
    } else if u8::from(is_year) + u8::from(is_month) + u8::from(is_day) == 2 {
        5
    } else {
        match years {
            0 => 6,
            1..=2 => 7,
            3..=12 => 8,
            _ => 9,
        }
    }
}

/// Whether two neighbouring digits are exchanged.
fn are_exchanged(a: u32, b: u32) -> bool {
    (0..7).any(|place| {
        let unit = 10_u32.pow(place);
        let (low, high) = (a / unit % 10, a / unit / 10 % 10);
        low != high && a - high * unit * 10 - low * unit + low * unit * 10 + high * unit == b
    })
}

fn digits_apart(mut a: u32, mut b: u32) -> u32 {
    let mut apart = 0;
    while a > 0 || b > 0 {
        apart += u32::from(a % 10 != b % 10);
        a /= 10;
        b /= 10;
    }
    apart
}

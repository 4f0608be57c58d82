//! The model: how often each level of each field is seen between two records of one person, of two people of one household, and of two
//! strangers; and how many such pairs there are.
//!
//! Fellegi and Sunter (1969) weigh a pair by how much likelier its comparison is between records of one person than between records of
//! two. Two members of a household agree on surname, home and telephone as one person does: taken for strangers, they outvote a forename
//! and a birthday that clash. So there are two ways of not being the same: as strangers, who agree by chance, and as kin, who agree
//! because they are kin. The weight is
//!
//! ```text
//! log2  n_same P(comparison | same)  /  ( n_kin P(comparison | kin) + n_strangers P(comparison | strangers) )
//! ```
//!
//! and the probability follows from it. To agree on a value that a share `s` of records have is, by chance, of probability `s` (Winkler
//! 1989: rarer values say more); between kin it is by cause with a probability of its own, and else by chance.

use crate::compare::{Field, Pattern, SHAPES};
use crate::rarity::share;
use serde::{Deserialize, Serialize};

/// How the two records of a pair stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Records of one person.
    Same,
    /// Records of two people of one household.
    Kin,
    /// Records of two people who have nothing to do with each other.
    Strangers,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 3] = [Self::Same, Self::Kin, Self::Strangers];
}

/// How often each level of one field is seen, level 0 (missing) left out of account, in each class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldModel {
    /// The field's name.
    pub field: String,
    /// The levels' names.
    pub levels: Vec<String>,
    /// Between records of one person.
    pub same: Vec<f64>,
    /// Between records of two people of one household.
    pub kin: Vec<f64>,
    /// Between strangers; for levels whose rarity counts, the share of the value takes its place.
    pub strangers: Vec<f64>,
}

impl FieldModel {
    /// Returns how often a level is seen in a class.
    pub fn of(&self, class: Class) -> &[f64] {
        match class {
            Class::Same => &self.same,
            Class::Kin => &self.kin,
            Class::Strangers => &self.strangers,
        }
    }

    pub(crate) fn of_mut(&mut self, class: Class) -> &mut [f64] {
        match class {
            Class::Same => &mut self.same,
            Class::Kin => &mut self.kin,
            Class::Strangers => &mut self.strangers,
        }
    }
}

/// What is known of how records compare.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Pairs of records of one person that there are, as estimated.
    pub same: f64,
    /// Pairs of records of two people of one household.
    pub kin: f64,
    /// Pairs of any records.
    pub pairs: f64,
    /// The fields, in the order of [`SHAPES`].
    pub fields: Vec<FieldModel>,
}

/// Where estimation begins: what is usual of records of English agencies, levels from 1 on. Each row sums to about 1.
const BEGIN_SAME: [&[f64]; 13] = [
    &[0.80, 0.04, 0.05, 0.01, 0.04, 0.01, 0.02, 0.03],
    &[0.85, 0.04, 0.02, 0.01, 0.03, 0.01, 0.04],
    &[0.70, 0.20, 0.03, 0.07],
    &[0.90, 0.02, 0.02, 0.03, 0.01, 0.005, 0.005, 0.005, 0.005],
    &[0.99, 0.01],
    &[0.55, 0.03, 0.02, 0.02, 0.02, 0.12, 0.24],
    &[0.60, 0.02, 0.38],
    &[0.85, 0.05, 0.10],
    &[0.98, 0.01, 0.01],
    &[0.98, 0.01, 0.01],
    &[0.98, 0.01, 0.01],
    &[0.98, 0.01, 0.01],
    &[0.20, 0.80],
];
const BEGIN_KIN: [&[f64]; 13] = [
    &[0.02, 0.02, 0.02, 0.01, 0.02, 0.02, 0.06, 0.83],
    &[0.65, 0.10, 0.02, 0.01, 0.02, 0.02, 0.18],
    &[0.05, 0.08, 0.02, 0.85],
    &[0.015, 0.0005, 0.001, 0.004, 0.005, 0.01, 0.10, 0.35, 0.5145],
    &[0.50, 0.50],
    &[0.55, 0.03, 0.02, 0.02, 0.02, 0.12, 0.24],
    &[0.35, 0.01, 0.64],
    &[0.02, 0.05, 0.93],
    &[0.003, 0.002, 0.995],
    &[0.001, 0.002, 0.997],
    &[0.003, 0.002, 0.995],
    &[0.003, 0.002, 0.995],
    &[0.20, 0.80],
];

impl Model {
    /// Returns what estimation begins from, for so many records.
    pub fn begin(records: usize) -> Self {
        let records = records as f64;
        let with_missing = |levels: &[f64]| std::iter::once(1.0).chain(levels.iter().copied()).collect::<Vec<f64>>();
        let fields = SHAPES.iter().map(|shape| {
            let at = shape.field as usize;
            let levels: Vec<String> = shape.levels.iter().map(|level| (*level).to_owned()).collect();
            let chance = 1.0 / (levels.len() - 1) as f64;
            let strangers = with_missing(&vec![chance; levels.len() - 1]);
            let (same, kin) = (with_missing(BEGIN_SAME[at]), with_missing(BEGIN_KIN[at]));
            FieldModel { field: shape.name.to_owned(), levels, same, kin, strangers }
        });
        Self { same: records, kin: records, pairs: (records * (records - 1.0) / 2.0).max(1.0), fields: fields.collect() }
    }

    /// Checks a model that was read: the fields and levels of this program, probabilities and counts that can be.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), String> {
        let named: Vec<&str> = self.fields.iter().map(|field| field.field.as_str()).collect();
        let expected: Vec<&str> = SHAPES.iter().map(|shape| shape.name).collect();
        if named != expected {
            return Err(format!("its fields are {named:?}; they must be {expected:?}"));
        }
        for (field, shape) in self.fields.iter().zip(&SHAPES) {
            for class in Class::ALL {
                let levels = field.of(class);
                if levels.len() != shape.levels.len() || levels.iter().any(|level| !(0.0..=1.0).contains(level)) {
                    return Err(format!("{} needs {} probabilities from 0 to 1 in each class", field.field, shape.levels.len()));
                }
            }
        }
        let is_count = |count: f64| count.is_finite() && count >= 1.0;
        if [self.same, self.kin, self.pairs].into_iter().all(is_count) {
            Ok(())
        } else {
            Err("its counts of pairs must be 1 or more".to_owned())
        }
    }

    /// Returns how likely a level is in a class; `rarity` counts where the level agrees on a value.
    pub fn likelihood(&self, class: Class, field: Field, level: usize, rarity: u8) -> f64 {
        if level == 0 {
            return 1.0;
        }
        let of_class = self.fields[field as usize].of(class)[level];
        if level > usize::from(SHAPES[field as usize].rare) {
            return of_class;
        }
        let chance = share(rarity);
        match class {
            Class::Same => of_class,
            Class::Kin => of_class + (1.0 - of_class) * chance,
            Class::Strangers => chance,
        }
    }

    /// Returns how many pairs of a class there are.
    pub fn count(&self, class: Class) -> f64 {
        match class {
            Class::Same => self.same,
            Class::Kin => self.kin,
            Class::Strangers => (self.pairs - self.same - self.kin).max(1.0),
        }
    }

    /// Returns what scores patterns fast.
    pub fn scorer(&self) -> Scorer {
        let tables = SHAPES
            .iter()
            .map(|shape| {
                (0..shape.codes())
                    .map(|code| {
                        let (level, rarity) = shape.decode(code);
                        let is_level = level < shape.levels.len();
                        Class::ALL.map(|class| if is_level { self.likelihood(class, shape.field, level, rarity) } else { 1.0 })
                    })
                    .collect()
            })
            .collect();
        Scorer { tables, counts: Class::ALL.map(|class| self.count(class)) }
    }
}

/// A model's likelihoods for each code of each field.
#[derive(Clone, Debug)]
pub struct Scorer {
    tables: Vec<Vec<[f64; 3]>>,
    counts: [f64; 3],
}

impl Scorer {
    /// Returns how many pairs of each class would compare so, by the model.
    pub fn expected(&self, pattern: Pattern) -> [f64; 3] {
        let mut expected = self.counts;
        for (shape, table) in SHAPES.iter().zip(&self.tables) {
            let of_code = &table[pattern.code(shape)];
            for (product, likelihood) in expected.iter_mut().zip(of_code) {
                *product *= likelihood;
            }
        }
        expected
    }

    /// Returns the weight of a pattern: log2 of the odds that it is one person, under the rule of generations.
    pub fn weight(&self, pattern: Pattern) -> f64 {
        let [same, kin, strangers] = self.expected(pattern);
        let most = if may_be_kin(same, kin) && is_of_two_generations(pattern) { TWO_AT_MOST } else { 100.0 };
        (same / (kin + strangers)).log2().clamp(-100.0, most)
    }

    /// Whether two records are likelier those of kin than of one person or of strangers.
    pub fn are_kin(&self, pattern: Pattern) -> bool {
        let [same, kin, strangers] = self.expected(pattern);
        kin > same && kin > strangers
    }

    /// Whether two records are kept apart by the rule of generations, unless a person decides.
    pub fn are_two_generations(&self, pattern: Pattern) -> bool {
        let [same, kin, _] = self.expected(pattern);
        is_of_two_generations(pattern) && may_be_kin(same, kin)
    }

    /// Whether two records look like twins': born on one day, with forenames that have nothing to do with each other, and nothing that
    /// says otherwise. One odd record may be an alias; two people with records of their own are not.
    pub fn are_like_twins(&self, pattern: Pattern) -> bool {
        let [same, kin, _] = self.expected(pattern);
        pattern.level(Field::Born) == 1 && pattern.level(Field::Forename) == 8 && !says_one(pattern) && may_be_kin(same, kin)
    }
}

/// What a parent and a child of one name weigh at most: 1 in 33.
const TWO_AT_MOST: f64 = -5.0;

/// Whether kin are likely enough to be thought of: in records without families they are not.
fn may_be_kin(same: f64, kin: f64) -> bool {
    kin * 256.0 > same
}

fn says_one(pattern: Pattern) -> bool {
    let numbers = [Field::NhsNumber, Field::Upn, Field::Nino, Field::Number];
    numbers.into_iter().any(|field| pattern.level(field) == 1)
}

/// The rule of generations: who are born more than twelve years apart are two people, a parent and a child of one name it may be, unless a
/// number says otherwise; then a person decides. To merge them is worse than to keep somebody's two
/// records apart for a while.
fn is_of_two_generations(pattern: Pattern) -> bool {
    pattern.level(Field::Born) == 9 && !says_one(pattern)
}

/// Returns the probability of a weight.
pub fn probability(weight: f64) -> f64 {
    1.0 / (1.0 + (-weight).exp2())
}

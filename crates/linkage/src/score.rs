//! Every pair worth comparing, compared and weighed.

use crate::block::{Keys, KindReport, Visit};
use crate::compare::{Comparer, Pattern};
use crate::model::Model;
use crate::people::People;
use crate::rarity::Rarity;
use rayon::prelude::*;

/// Two records and how they compare, by their places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The first.
    pub a: u32,
    /// The second.
    pub b: u32,
    /// How they compare.
    pub pattern: Pattern,
}

/// Two records and how likely they are one person, by their places.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The first.
    pub a: u32,
    /// The second.
    pub b: u32,
    /// log2 of the odds that they are one person.
    pub weight: f32,
}

/// Among whom one person is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Among {
    /// All records.
    #[default]
    All,
    /// Records of two sources, none of which has a person twice.
    Sources,
}

#[derive(Default)]
struct Comparing<'a> {
    comparer: Option<Comparer<'a>>,
    among: Among,
    compared: Vec<Compared>,
}

impl Visit for Comparing<'_> {
    fn pair(&mut self, a: u32, b: u32) {
        let Some(comparer) = &self.comparer else { return };
        if self.among == Among::All || comparer.are_of_two_sources(a, b) {
            self.compared.push(Compared { a, b, pattern: comparer.compare(a, b) });
        }
    }

    fn merge(&mut self, other: Self) {
        self.compared.extend(other.compared);
    }
}

/// Compares every pair that shares a key; returns them, and what each kind of key brought.
pub fn compare(people: &People, rarity: &Rarity, among: Among) -> (Vec<Compared>, Vec<KindReport>) {
    let comparer = Some(Comparer::new(people, rarity));
    let (compared, kinds) = Keys::new(people).walk(|| Comparing { comparer, among, compared: Vec::new() });
    (compared.compared, kinds)
}

/// Weighs pairs; keeps those above `floor`.
pub fn weigh(compared: &[Compared], model: &Model, floor: f64) -> Vec<Pair> {
    let scorer = model.scorer();
    let weighed = compared.par_iter().map(|pair| Pair { a: pair.a, b: pair.b, weight: scorer.weight(pair.pattern) as f32 });
    weighed.filter(|pair| f64::from(pair.weight) >= floor).collect()
}

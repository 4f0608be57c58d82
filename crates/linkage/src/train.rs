//! Estimation from the data itself, without labels: chance from random pairs, the rest by expectation and maximisation.
//!
//! Pairs that share no key are left out of the counting, and counted in: whatever compares like them is taken for strangers' (its
//! probability of being one person is next to nothing). See Winkler (1988) for EM of Fellegi and Sunter's parameters.

use crate::compare::{Comparer, Field, Pattern, SHAPES};
use crate::model::{Class, Model};
use crate::people::People;
use crate::rarity::{Rarity, share};
use crate::score::{Among, Compared};
use rustc_hash::FxHashMap;

/// Pairs of strangers that chance is counted from, about.
const SAMPLE: usize = 500_000;
/// Kin are estimated where so many pairs share a home.
const HOMES_SEEN: f64 = 50.0;
const ROUNDS_MAX: usize = 40;
/// What it begins from weighs as much as so many pairs.
const PRIOR_PAIRS: f64 = 20.0;

/// Estimates a model from records and how the pairs that share a key compare.
pub fn train(people: &People, rarity: &Rarity, compared: &[Compared], among: Among) -> Model {
    let mut model = Model::begin(people.len());
    model.pairs = pairs(people, among).max(1.0);
    chance(people, (&Comparer::new(people, rarity), among), &mut model);
    let mut of_pattern: FxHashMap<Pattern, u32> = FxHashMap::default();
    compared.iter().for_each(|pair| *of_pattern.entry(pair.pattern).or_default() += 1);
    let mut counts: Vec<(Pattern, f64)> = of_pattern.into_iter().map(|(pattern, count)| (pattern, f64::from(count))).collect();
    // Sums come out the same in every run.
    counts.sort_unstable_by_key(|(pattern, _)| *pattern);
    for _ in 0..ROUNDS_MAX {
        let before = model.same;
        round(&counts, &mut model);
        if ((model.same - before) / before.max(1.0)).abs() < 1e-4 {
            break;
        }
    }
    if among == Among::Sources {
        // Every pair is of two sources: it says nothing.
        let source = &mut model.fields[Field::Source as usize];
        Class::ALL.into_iter().for_each(|class| source.of_mut(class)[1..].fill(0.5));
    }
    model
}

/// Returns a number that looks like chance and is the same in every run (the finisher of SplitMix64).
fn mixed(at: u64) -> u64 {
    let mut z = (at + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Returns how many pairs there are to choose from.
fn pairs(people: &People, among: Among) -> f64 {
    let of = |records: f64| records * (records - 1.0) / 2.0;
    let all = of(people.len() as f64);
    if among == Among::All {
        return all;
    }
    let mut of_source: FxHashMap<u16, f64> = FxHashMap::default();
    people.rows.iter().for_each(|person| *of_source.entry(person.source).or_default() += 1.0);
    all - of_source.into_values().map(of).sum::<f64>()
}

/// Counts how strangers compare: records far from each other in an order that is as good as chance.
fn chance(people: &People, (comparer, among): (&Comparer<'_>, Among), model: &mut Model) {
    let records = people.len() as u64;
    let mut levels: Vec<Vec<f64>> = SHAPES.iter().map(|shape| vec![0.0; shape.levels.len()]).collect();
    let pairs = if records < 2 { 0 } else { (records * (records - 1)).min(SAMPLE as u64) };
    for at in 0..pairs {
        let (a, b) = (mixed(at * 2) % records, mixed(at * 2 + 1) % records);
        if a == b {
            continue;
        }
        if among == Among::Sources && !comparer.are_of_two_sources(a as u32, b as u32) {
            continue;
        }
        let pattern = comparer.compare(a as u32, b as u32);
        for (shape, levels) in SHAPES.iter().zip(&mut levels) {
            levels[usize::from(pattern.level(shape.field))] += 1.0;
        }
    }
    for (levels, field) in levels.iter().zip(&mut model.fields) {
        let all: f64 = levels[1..].iter().sum();
        let of = field.of_mut(Class::Strangers);
        for (level, count) in levels.iter().enumerate().skip(1) {
            of[level] = (count + 0.5) / (all + 0.5 * (levels.len() - 1) as f64);
        }
    }
    // Two people do not have one number; how seldom they are written with one, no sample tells.
    for field in [Field::NhsNumber, Field::Upn, Field::Nino, Field::Number] {
        let of = model.fields[field as usize].of_mut(Class::Strangers);
        let once = 1.5 / records.max(2) as f64;
        (of[1], of[2]) = (once.min(of[1]), (3.0 * once).min(of[2]));
    }
}

/// What one round has counted of a class: pairs, and how often each field had each level.
struct Counted {
    pairs: f64,
    levels: Vec<Vec<f64>>,
}

impl Default for Counted {
    fn default() -> Self {
        Self { pairs: 0.0, levels: SHAPES.iter().map(|shape| vec![0.0; shape.levels.len()]).collect() }
    }
}

/// One round: what each pattern's pairs are likely to be, and from that, how often each class has each level.
///
/// Kin are counted where they share a home, because every such pair is met, whatever else agrees: elsewhere only those are met who
/// agree on something. Where kin live apart, they do so as one person's records do: the family has moved between them.
fn round(counts: &[(Pattern, f64)], model: &mut Model) {
    let scorer = model.scorer();
    let (mut same, mut kin) = (Counted::default(), Counted::default());
    for (pattern, count) in counts {
        let expected = scorer.expected(*pattern);
        let all: f64 = expected.iter().sum();
        if all <= 0.0 {
            continue;
        }
        let (of_same, of_kin) = (count * expected[0] / all, count * expected[1] / all);
        let is_home = pattern.level(Field::Address) == 1;
        same.pairs += of_same;
        kin.pairs += if is_home { of_kin } else { 0.0 };
        for shape in &SHAPES {
            let level = pattern.level(shape.field);
            let at = shape.field as usize;
            same.levels[at][usize::from(level)] += of_same;
            if is_home {
                let by_cause = &model.fields[at].kin;
                kin.levels[at][usize::from(level)] +=
                    of_kin * by_cause_share(by_cause, level, (shape.rare, pattern.rarity(shape.field)));
            }
        }
    }
    let begin = Model::begin(2);
    // Where no homes are known, nothing is learnt of kin, and they are not taken for one person.
    let knows_homes = same.levels[Field::Address as usize][1] + kin.pairs > HOMES_SEEN;
    for (counted, class) in [(&same, Class::Same), (&kin, Class::Kin)] {
        if class == Class::Kin && !knows_homes {
            continue;
        }
        for (at, levels) in counted.levels.iter().enumerate() {
            let all: f64 = levels[1..].iter().sum();
            let prior = begin.fields[at].of(class).to_vec();
            let of = model.fields[at].of_mut(class);
            for (level, count) in levels.iter().enumerate().skip(1) {
                of[level] = (count + PRIOR_PAIRS * prior[level]) / (all + PRIOR_PAIRS);
            }
        }
    }
    for (field, level, most) in KIN_MOST {
        let kin = &mut model.fields[field as usize].kin;
        kin[level] = kin[level].min(most);
    }
    let address = &mut model.fields[Field::Address as usize];
    address.kin = address.same.clone();
    let at_home = address.same[1];
    model.same = same.pairs.max(1.0);
    model.kin = if knows_homes { (kin.pairs / at_home).max(1.0) } else { model.same };
}

/// What kin are: two people, who do not have one number, seldom one birthday, and seldom one forename or one written the other way round.
/// Where there are few of them, nothing else keeps estimation from taking the odd records of one person for kin.
const KIN_MOST: [(Field, usize, f64); 16] = [
    (Field::Forename, 1, 0.10),
    (Field::Forename, 2, 0.20),
    (Field::Forename, 3, 0.05),
    (Field::Forename, 4, 0.03),
    (Field::Forename, 5, 0.03),
    (Field::Surname, 4, 0.03),
    (Field::Born, 1, 0.04),
    (Field::Born, 2, 0.002),
    (Field::Born, 3, 0.02),
    (Field::Born, 4, 0.02),
    (Field::Email, 1, 0.60),
    (Field::NhsNumber, 1, 0.01),
    (Field::Upn, 1, 0.01),
    (Field::Nino, 1, 0.01),
    (Field::Number, 1, 0.01),
    (Field::Number, 2, 0.01),
];

/// Kin who agree by chance tell nothing of how often kin agree because they are.
fn by_cause_share(kin: &[f64], level: u8, (rare, rarity): (u8, u8)) -> f64 {
    if level == 0 || level > rare {
        return 1.0;
    }
    let by_cause = kin[usize::from(level)];
    by_cause / (by_cause + (1.0 - by_cause) * share(rarity))
}

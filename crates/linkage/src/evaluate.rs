//! How right it was, when the truth is known: precision and recall of pairs and of clusters, and calibration.

use crate::score::Pair;
use rustc_hash::FxHashMap;
use serde::Serialize;

/// How right pairs or clusters are.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Measure {
    /// Of those said to be one person, how many are.
    pub precision: f64,
    /// Of those who are one person, how many were said to be.
    pub recall: f64,
    /// Their harmonic mean.
    pub f1: f64,
}

impl Measure {
    fn new(right: f64, said: f64, all: f64) -> Self {
        let (precision, recall) = (right / said.max(1.0), right / all.max(1.0));
        Self { precision, recall, f1: 2.0 * right / (said + all).max(1.0) }
    }
}

/// One tenth of the scale of probabilities: what was said, and what was so.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Calibrated {
    /// Pairs said to be of such a probability.
    pub pairs: u64,
    /// The mean of what was said.
    pub said: f64,
    /// The share that was so.
    pub so: f64,
}

/// How right it was.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Evaluation {
    /// Pairs above even odds.
    pub pairs: Measure,
    /// Pairs at the threshold that would have been best.
    pub best: Measure,
    /// That threshold, in weight.
    pub best_weight: f32,
    /// The recall where 99 of 100 said are right.
    pub recall_at_99: f64,
    /// Clusters, by their pairs.
    pub clusters: Measure,
    /// Calibration: below .01, .1, .3, .5, .7, .9, .99, .999 and above.
    pub calibration: Vec<Calibrated>,
}

const STEPS: [f64; 8] = [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999];

fn pairs_in(counts: impl Iterator<Item = u64>) -> f64 {
    counts.map(|count| (count * count.saturating_sub(1) / 2) as f64).sum()
}

/// Compares pairs and clusters with the truth: a number for each record's person.
pub fn evaluate(pairs: &[Pair], clusters: &[u32], truth: &[u32]) -> Evaluation {
    let mut of_person: FxHashMap<u32, u64> = FxHashMap::default();
    truth.iter().for_each(|person| *of_person.entry(*person).or_default() += 1);
    let all = pairs_in(of_person.values().copied());
    let mut sorted = pairs.to_vec();
    sorted.sort_unstable_by(|x, y| y.weight.total_cmp(&x.weight));
    let mut evaluation = Evaluation { calibration: vec![Calibrated::default(); STEPS.len() + 1], ..Evaluation::default() };
    let (mut right, mut said) = (0.0, 0.0);
    for (at, pair) in sorted.iter().enumerate() {
        let is_right = truth[pair.a as usize] == truth[pair.b as usize];
        let probability = crate::model::probability(f64::from(pair.weight));
        let step = STEPS.iter().position(|step| probability < *step).unwrap_or(STEPS.len());
        let calibrated = &mut evaluation.calibration[step];
        calibrated.pairs += 1;
        calibrated.said += probability;
        calibrated.so += f64::from(u8::from(is_right));
        right += f64::from(u8::from(is_right));
        said += 1.0;
        if sorted.get(at + 1).is_some_and(|next| next.weight == pair.weight) {
            continue;
        }
        let measure = Measure::new(right, said, all);
        if measure.f1 > evaluation.best.f1 {
            (evaluation.best, evaluation.best_weight) = (measure, pair.weight);
        }
        if pair.weight >= 0.0 {
            evaluation.pairs = measure;
        }
        if measure.precision >= 0.99 {
            evaluation.recall_at_99 = measure.recall;
        }
    }
    for calibrated in &mut evaluation.calibration {
        calibrated.said /= calibrated.pairs.max(1) as f64;
        calibrated.so /= calibrated.pairs.max(1) as f64;
    }
    let (mut of_cluster, mut of_both): (FxHashMap<u32, u64>, FxHashMap<(u32, u32), u64>) = Default::default();
    for (cluster, person) in clusters.iter().zip(truth) {
        *of_cluster.entry(*cluster).or_default() += 1;
        *of_both.entry((*cluster, *person)).or_default() += 1;
    }
    evaluation.clusters = Measure::new(pairs_in(of_both.into_values()), pairs_in(of_cluster.into_values()), all);
    evaluation
}

//! `evaluate`.

use anyhow::{Context, Result};
use clap::Args;
use linkage::evaluate::{Measure, evaluate};
use linkage::score::Pair;
use std::collections::HashMap;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct Evaluate {
    /// Pairs, as `dedupe` writes them.
    #[arg(long, value_name = "FILE")]
    pairs: PathBuf,
    /// Clusters, as `dedupe` writes them: one row for every record.
    #[arg(long, value_name = "FILE")]
    clusters: PathBuf,
    /// The truth: a CSV of each record's id and its person.
    #[arg(long, value_name = "FILE")]
    truth: PathBuf,
    /// Tell it as JSON.
    #[arg(long)]
    json: bool,
}

/// Texts by number, in the order they come.
#[derive(Default)]
struct Numbers(HashMap<String, u32>);

impl Numbers {
    fn of(&mut self, text: &str) -> u32 {
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        *self.0.entry(text.to_owned()).or_insert(next)
    }
}

impl Evaluate {
    pub(super) fn run(&self) -> Result<()> {
        let (mut ids, mut persons, mut names) = (Numbers::default(), Numbers::default(), Numbers::default());
        let mut truth = Vec::new();
        for row in rows(&self.truth)? {
            let row = row.with_context(|| self.truth.display().to_string())?;
            ids.of(&row[0]);
            truth.push(persons.of(&row[1]));
        }
        let place = |id: &str| ids.0.get(id).copied().with_context(|| format!("the truth has no record {id}"));
        let mut clusters: Vec<u32> = vec![0; truth.len()];
        for row in rows(&self.clusters)? {
            let row = row.with_context(|| self.clusters.display().to_string())?;
            clusters[place(&row[0])? as usize] = names.of(&row[1]);
        }
        let mut pairs = Vec::new();
        for row in rows(&self.pairs)? {
            let row = row.with_context(|| self.pairs.display().to_string())?;
            let weight: f32 = row[2].parse().with_context(|| format!("'{}' is no weight", &row[2]))?;
            pairs.push(Pair { a: place(&row[0])?, b: place(&row[1])?, weight });
        }
        let told = evaluate(&pairs, &clusters, &truth);
        if self.json {
            println!("{}", serde_json::to_string_pretty(&told)?);
            return Ok(());
        }
        let say = |what: &str, measure: Measure| {
            println!("{what:<24} precision {:.4}  recall {:.4}  F1 {:.4}", measure.precision, measure.recall, measure.f1);
        };
        say("pairs above even odds", told.pairs);
        say(&format!("pairs above {:.2}", told.best_weight), told.best);
        say("clusters", told.clusters);
        println!("recall where 99 of 100 pairs are right: {:.4}", told.recall_at_99);
        println!("said probability, and how many were so:");
        for step in told.calibration.iter().filter(|step| step.pairs > 0) {
            println!("  {:.3}  {:.3}  of {} pairs", step.said, step.so, step.pairs);
        }
        Ok(())
    }
}

fn rows(path: &PathBuf) -> Result<impl Iterator<Item = csv::Result<csv::StringRecord>>> {
    let reader = csv::Reader::from_path(path).with_context(|| path.display().to_string())?;
    Ok(reader.into_records())
}

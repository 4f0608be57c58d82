//! `evaluate`.

use anyhow::{Context, Result, bail};
use clap::Args;
use linkage::evaluate::{Measure, evaluate};
use linkage::score::Pair;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

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
            let [id, person] = cells(&row, &self.truth)?;
            if ids.of(id) as usize != truth.len() {
                bail!("{}: two rows have the id {id}", self.truth.display());
            }
            truth.push(persons.of(person));
        }
        let place = |id: &str| ids.0.get(id).copied().with_context(|| format!("the truth has no record {id}"));
        // A record that no row names is alone.
        let alone = u32::MAX - u32::try_from(truth.len()).unwrap_or(0);
        let mut clusters: Vec<u32> = (0..u32::try_from(truth.len()).unwrap_or(0)).map(|at| alone + at).collect();
        for row in rows(&self.clusters)? {
            let row = row.with_context(|| self.clusters.display().to_string())?;
            let [id, cluster] = cells(&row, &self.clusters)?;
            clusters[place(id)? as usize] = names.of(cluster);
        }
        let mut pairs = Vec::new();
        for row in rows(&self.pairs)? {
            let row = row.with_context(|| self.pairs.display().to_string())?;
            let [a, b, weight] = cells(&row, &self.pairs)?;
            let weight: f32 = weight.parse().with_context(|| format!("'{weight}' is no weight"))?;
            pairs.push(Pair { a: place(a)?, b: place(b)?, weight });
        }
        let told = evaluate(&pairs, &clusters, &truth);
        if self.json {
            super::tell!("{}", serde_json::to_string_pretty(&told)?);
            return Ok(());
        }
        let say = |what: &str, measure: Measure| {
            super::tell!("{what:<24} precision {:.4}  recall {:.4}  F1 {:.4}", measure.precision, measure.recall, measure.f1);
        };
        say("pairs above even odds", told.pairs);
        say(&format!("pairs above {:.2}", told.best_weight), told.best);
        say("clusters", told.clusters);
        super::tell!("recall where 99 of 100 pairs are right: {:.4}", told.recall_at_99);
        super::tell!("said probability, and how many were so:");
        for step in told.calibration.iter().filter(|step| step.pairs > 0) {
            super::tell!("  {:.3}  {:.3}  of {} pairs", step.said, step.so, step.pairs);
        }
        Ok(())
    }
}

fn cells<'a, const N: usize>(row: &'a csv::StringRecord, path: &Path) -> Result<[&'a str; N]> {
    let cells: Vec<&str> = row.iter().take(N).collect();
    cells.try_into().map_err(|_| anyhow::anyhow!("{}: a row has fewer than {N} columns", path.display()))
}

fn rows(path: &PathBuf) -> Result<impl Iterator<Item = csv::Result<csv::StringRecord>>> {
    let reader = csv::Reader::from_path(path).with_context(|| path.display().to_string())?;
    Ok(reader.into_records())
}

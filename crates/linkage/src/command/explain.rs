//! `explain`.

use super::{Mapping, model};
use anyhow::{Context, Result, bail};
use clap::Args;
use linkage::explain::{cohesion, explain};
use linkage::people::People;
use linkage::rarity::Rarity;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Files of records: all of them, because rarity counts.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    mapping: Mapping,
    /// The model, as `train` or `--save-model` kept it.
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
    /// The ids of two records, or of all of a cluster.
    #[arg(long, num_args = 2.., required = true)]
    ids: Vec<String>,
    /// Where the picture of two records goes, as SVG.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Tell it as JSON.
    #[arg(long)]
    json: bool,
}

impl Explain {
    pub(super) fn run(&self) -> Result<()> {
        let people = self.mapping.people(&self.files, linkage::score::Among::All)?;
        let (rarity, model) = (Rarity::count(&people), model(&self.model)?);
        let places: Vec<u32> = self
            .ids
            .iter()
            .map(|id| people.find(id).with_context(|| format!("no record has the id {id}")))
            .collect::<Result<_>>()?;
        let [a, b] = places.as_slice() else {
            let cohesion = cohesion(&people, &rarity, &model, &places);
            if self.json {
                super::tell!("{}", serde_json::to_string_pretty(&cohesion)?);
                return Ok(());
            }
            return tell_links(&people, &cohesion);
        };
        if a == b {
            bail!("both ids are of one record");
        }
        let explanation = explain(&people, &rarity, &model, (*a, *b));
        if let Some(path) = &self.svg {
            std::fs::write(path, explanation.svg()).with_context(|| path.display().to_string())?;
        }
        if self.json {
            super::tell!("{}", serde_json::to_string_pretty(&explanation)?);
            return Ok(());
        }
        super::tell!("{}\n\n{:>7.1}  any two records", explanation.words(), explanation.begins);
        for part in &explanation.parts {
            super::tell!("{:>+7.1}  {}: {}  [{} | {}]", part.bits, part.field, part.level, part.left, part.right);
        }
        super::tell!("{:>+7.1}  the other way of being two people\n{:>7.1}  weight", explanation.rest, explanation.weight);
        Ok(())
    }
}

fn tell_links(people: &People, cohesion: &linkage::explain::Cohesion) -> Result<()> {
    super::tell!(
        "{} records, {:.1} bits a pair on the whole; what holds them together, the weakest first:",
        cohesion.records,
        cohesion.mean
    );
    for (a, b, weight) in &cohesion.links {
        super::tell!("{weight:>7.1}  {} and {}", people.id(*a), people.id(*b));
    }
    if let Some((a, b, weight)) = cohesion.least {
        super::tell!("Those that agree least: {} and {}, {weight:.1} bits", people.id(a), people.id(b));
    }
    Ok(())
}

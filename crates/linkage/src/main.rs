//! The command line of `linkage`.

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use linkage::cluster::{Clusters, Decisions, Evidence, Thresholds, gather};
use linkage::evaluate::evaluate;
use linkage::files::{Columns, read_csv};
use linkage::model::{Model, probability};
use linkage::people::People;
use linkage::rarity::Rarity;
use linkage::score::{compare, weigh};
use linkage::train::train;
use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;

/// Finds records that are of one person.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Finds records of one person within files.
    Dedupe(Dedupe),
}

#[derive(Debug, clap::Args)]
struct Dedupe {
    /// Files of records, as CSV.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The column with each record's id.
    #[arg(long, default_value = "rec_id")]
    id: String,
    /// Which column holds which field, as TOML.
    #[arg(long)]
    columns: Option<PathBuf>,
    /// Where the pairs go.
    #[arg(long)]
    pairs: Option<PathBuf>,
    /// Where the clusters go.
    #[arg(long)]
    clusters: Option<PathBuf>,
    /// A model that was kept; estimated from the records when none is given.
    #[arg(long)]
    model: Option<PathBuf>,
    /// Where the model goes.
    #[arg(long)]
    save_model: Option<PathBuf>,
    /// The truth, for trying: a CSV of id and person.
    #[arg(long)]
    truth: Option<PathBuf>,
    /// Pairs below this weight are not kept.
    #[arg(long, default_value_t = -6.0, allow_hyphen_values = true)]
    floor: f64,
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Dedupe(arguments) => dedupe(&arguments),
    }
}

fn dedupe(arguments: &Dedupe) -> Result<()> {
    let mut columns = match &arguments.columns {
        Some(path) => toml::from_str(&std::fs::read_to_string(path)?).with_context(|| path.display().to_string())?,
        None => Columns::default(),
    };
    columns.id.clone_from(&arguments.id);
    let mut people = People::default();
    for file in &arguments.files {
        let rows = read_csv(&mut people, file, &columns)?;
        eprintln!("{}: {rows} records", file.display());
    }
    people.settle();
    let rarity = Rarity::count(&people);
    let (compared, kinds) = compare(&people, &rarity);
    let model: Model = match &arguments.model {
        Some(path) => serde_json::from_str(&std::fs::read_to_string(path)?).with_context(|| path.display().to_string())?,
        None => train(&people, &rarity, &compared),
    };
    eprintln!("model: {:.0} pairs of one person, {:.0} of kin", model.same, model.kin);
    if let Some(path) = &arguments.save_model {
        std::fs::write(path, serde_json::to_string_pretty(&model)?)?;
    }
    let pairs = weigh(&compared, &model, arguments.floor);
    for kind in &kinds {
        eprintln!("  {:>9} pairs by {} (largest block {}, {} windowed)", kind.pairs, kind.kind, kind.largest, kind.windowed);
    }
    eprintln!("{} pairs compared, {} kept", compared.len(), pairs.len());
    drop(compared);
    let clusters = gather(
        Evidence { people: &people, rarity: &rarity, model: &model, decisions: &Decisions::default(), before: &[] },
        &pairs,
        Thresholds::default(),
    );
    if let Some(path) = &arguments.truth {
        tell(&people, &clusters, path)?;
    }
    write(arguments, &people, &clusters)
}

fn tell(people: &People, clusters: &Clusters, path: &PathBuf) -> Result<()> {
    let mut reader = csv::Reader::from_path(path)?;
    let mut of: HashMap<String, u32> = HashMap::new();
    for row in reader.records() {
        let row = row?;
        of.insert(row[0].to_owned(), row[1].parse()?);
    }
    let truth: Vec<u32> = (0..people.len())
        .map(|at| of.get(people.id(at as u32)).copied().context("an id without truth"))
        .collect::<Result<_>>()?;
    let told = evaluate(&clusters.pairs, &clusters.of, &truth);
    println!("{}", serde_json::to_string_pretty(&told)?);
    Ok(())
}

fn write(arguments: &Dedupe, people: &People, clusters: &Clusters) -> Result<()> {
    if let Some(path) = &arguments.pairs {
        let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
        writeln!(file, "id_a,id_b,weight,probability")?;
        for pair in &clusters.pairs {
            let weight = f64::from(pair.weight);
            writeln!(file, "{},{},{weight:.3},{:.6}", people.id(pair.a), people.id(pair.b), probability(weight))?;
        }
    }
    if let Some(path) = &arguments.clusters {
        let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
        writeln!(file, "id,cluster")?;
        for (at, cluster) in (0_u32..).zip(&clusters.of) {
            writeln!(file, "{},{}", people.id(at), people.id(*cluster))?;
        }
    }
    Ok(())
}

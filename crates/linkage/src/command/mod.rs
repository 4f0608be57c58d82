//! The commands, and what they share: reading records, estimating or reading a model, writing what was found.

/// Prints a line; who reads it may have stopped reading.
macro_rules! tell {
    ($($said:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($said)*);
    }};
}
use tell;

mod evaluate;
mod explain;
mod find;
mod profile;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use linkage::files::{Columns, read};
use linkage::model::Model;
use linkage::people::People;
use linkage::score::Among;
use std::path::{Path, PathBuf};

/// Finds records that are of one person.
#[derive(Debug, Parser)]
#[command(version, about, after_help = "Start with:  linkage dedupe people.csv --pairs pairs.csv --clusters clusters.csv")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Finds records of one person, within and across files.
    Dedupe(find::Dedupe),
    /// Finds the records of one file that are of a person of another; neither has a person twice.
    Link(find::Link),
    /// Estimates a model from records, to be read and used again.
    Train(find::Train),
    /// Says why two records have their weight, or what holds several together.
    Explain(explain::Explain),
    /// Compares pairs and clusters with the truth.
    Evaluate(evaluate::Evaluate),
    /// Tells what the files hold, what is missing and what does not read.
    Profile(profile::Profile),
}

/// Which column holds which field.
#[derive(Debug, Args)]
struct Mapping {
    /// The column with each record's id.
    #[arg(long)]
    id: Option<String>,
    /// Which column holds which field, as TOML: `born = "date_of_birth"`.
    #[arg(long, value_name = "FILE")]
    columns: Option<PathBuf>,
}

impl Mapping {
    fn read(&self) -> Result<Columns> {
        let mut columns = match &self.columns {
            Some(path) => toml::from_str(&text(path)?).with_context(|| path.display().to_string())?,
            None => Columns::default(),
        };
        if let Some(id) = &self.id {
            columns.id.clone_from(id);
        }
        Ok(columns)
    }

    fn people(&self, files: &[PathBuf], among: Among) -> Result<People> {
        let columns = self.read()?;
        let mut people = People::default();
        if among == Among::Sources {
            people.have_ids_of_files();
        }
        for file in files {
            let rows = read(&mut people, file, &columns)?;
            eprintln!("{}: {rows} records", file.display());
        }
        if among == Among::Sources {
            people.take_files_for_sources();
        }
        people.settle();
        let (blank, _) = people.blank_and_sources();
        if blank > 0 {
            eprintln!("{blank} records have nothing to be compared by: no name, date of birth, email or number");
        }
        Ok(people)
    }
}

fn text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| path.display().to_string())
}

fn model(path: &Path) -> Result<Model> {
    let model: Model = serde_json::from_str(&text(path)?).with_context(|| path.display().to_string())?;
    model.check().map_err(|e| anyhow::anyhow!("{}: {e}", path.display()))?;
    Ok(model)
}

/// Does what was asked.
pub(crate) fn run(arguments: Arguments) -> Result<()> {
    match arguments.command {
        Command::Dedupe(dedupe) => dedupe.run(),
        Command::Link(link) => link.run(),
        Command::Train(train) => train.run(),
        Command::Explain(explain) => explain.run(),
        Command::Evaluate(evaluate) => evaluate.run(),
        Command::Profile(profile) => profile.run(),
    }
}

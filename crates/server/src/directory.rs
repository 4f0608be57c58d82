//! The command line of the service directory: where postcodes are, and reading directories of others.

use crate::build::{self, Places};
use anyhow::{Context, Result, bail};
use clap::Subcommand;
use directory::place;
use interchange::open_referral::reading::{self, Fetcher};
use serde_json::json;
use std::path::{Path, PathBuf};

/// What is done with the directory.
#[derive(Debug, Subcommand)]
pub enum DirectoryCommand {
    /// Read where postcodes are: CSV with the columns pcds, lat and long, as the postcode directory of the Office for National Statistics has.
    Postcodes {
        /// The file.
        file: PathBuf,
    },
    /// Read a directory of somebody else now.
    Read {
        /// The source, as directory.toml names it.
        source: String,
    },
}

/// Does it; returns what is told to programs, and in words.
///
/// # Errors
/// When it cannot be done; what to do is said.
pub async fn run(places: &Places, command: DirectoryCommand) -> Result<(serde_json::Value, String)> {
    let area = build::area(&places.area)?;
    let world = build::world(places, &area).await?;
    match command {
        DirectoryCommand::Postcodes { file } => {
            let open = std::fs::File::open(&file).with_context(|| format!("{} cannot be read", file.display()))?;
            let told = |so_far: place::Imported| eprint!("\r{} postcodes", so_far.placed);
            let imported = place::import(&world, std::io::BufReader::new(open), told).await?;
            eprintln!();
            let words = format!("{} postcodes are placed; {} have no place in the file.", imported.placed, imported.without);
            Ok((json!({ "placed": imported.placed, "without": imported.without }), words))
        }
        DirectoryCommand::Read { source } => {
            let Some(source) = area.directory.source.iter().find(|one| one.id == source) else {
                bail!("There is no source {source}: name it in directory.toml");
            };
            let Some(read) = reading::read(&world, &area, source, &Fetcher::default()).await? else {
                bail!("{} is being read already", source.name);
            };
            let words = format!(
                "{}: {} in its list, {} changed, {} withdrawn, {} put aside. {}",
                source.name, read.listed, read.changed, read.withdrawn, read.refused, read.problem
            );
            let told = json!({ "listed": read.listed, "changed": read.changed, "withdrawn": read.withdrawn, "refused": read.refused,
                "problem": read.problem });
            Ok((told, words.trim().to_owned()))
        }
    }
}

/// Reads the postcodes that an area brings with it, where it does.
///
/// # Errors
/// When the file does not read.
pub async fn postcodes_of_area(world: &access::World, folder: &Path) -> Result<()> {
    let file = folder.join("postcodes.csv");
    if file.exists() {
        place::import(world, std::fs::File::open(&file)?, |_| {}).await?;
    }
    Ok(())
}

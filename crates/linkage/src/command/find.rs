//! `dedupe`, `link` and `train`.

use super::{Mapping, model};
use anyhow::{Context, Result};
use clap::Args;
use linkage::block::KindReport;
use linkage::cluster::{Clusters, Decisions, Evidence, Thresholds, gather};
use linkage::files::{Cell, Sheet};
use linkage::model::{Model, probability};
use linkage::people::People;
use linkage::rarity::Rarity;
use linkage::score::{Among, Compared, compare, weigh};
use linkage::train::train;
use std::path::PathBuf;

/// Whom a record may be is weighed from here on, whatever is written.
const FLOOR: f64 = -6.0;

#[derive(Debug, Args)]
pub(super) struct Dedupe {
    /// Files of records: CSV with a first row of names, or Parquet.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    how: How,
}

#[derive(Debug, Args)]
pub(super) struct Link {
    /// The first file.
    left: PathBuf,
    /// The second file.
    right: PathBuf,
    #[command(flatten)]
    how: How,
}

#[derive(Debug, Args)]
pub(super) struct Train {
    /// Files of records.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    mapping: Mapping,
    /// Where the model goes, as JSON.
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
}

#[derive(Debug, Args)]
struct How {
    #[command(flatten)]
    mapping: Mapping,
    /// Where the pairs go: id_a, id_b, weight, probability; Parquet where the name ends so.
    #[arg(long, value_name = "FILE")]
    pairs: Option<PathBuf>,
    /// Where the clusters go: id, cluster.
    #[arg(long, value_name = "FILE")]
    clusters: Option<PathBuf>,
    /// A model that was kept; without one it is estimated from these records.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Where the estimated model goes, as JSON.
    #[arg(long, value_name = "FILE")]
    save_model: Option<PathBuf>,
    /// Pairs below this weight (log2 of the odds) are not kept.
    #[arg(long, default_value_t = -6.0, allow_hyphen_values = true)]
    floor: f64,
    /// Records are joined from this weight on.
    #[arg(long, default_value_t = 0.0, allow_hyphen_values = true)]
    join: f32,
    /// Tell what each kind of key brought.
    #[arg(long)]
    report: bool,
}

impl Dedupe {
    pub(super) fn run(&self) -> Result<()> {
        find(&self.files, &self.how, Among::All)
    }
}

impl Link {
    pub(super) fn run(&self) -> Result<()> {
        find(&[self.left.clone(), self.right.clone()], &self.how, Among::Sources)
    }
}

impl Train {
    pub(super) fn run(&self) -> Result<()> {
        let people = self.mapping.people(&self.files, Among::All)?;
        let rarity = Rarity::count(&people);
        let (compared, _) = compare(&people, &rarity, Among::All);
        save(&train(&people, &rarity, &compared, Among::All), &self.model)
    }
}

fn save(model: &Model, path: &PathBuf) -> Result<()> {
    std::fs::write(path, serde_json::to_string_pretty(model)?).with_context(|| path.display().to_string())
}

fn find(files: &[PathBuf], how: &How, among: Among) -> Result<()> {
    let people = how.mapping.people(files, among)?;
    let rarity = Rarity::count(&people);
    let (compared, kinds) = compare(&people, &rarity, among);
    eprintln!("{} pairs compared", compared.len());
    if how.report {
        tell(&kinds);
    }
    let model = known_model(how, &people, (&rarity, &compared, among))?;
    let pairs = weigh(&compared, &model, how.floor.min(FLOOR));
    drop(compared);
    let decisions = Decisions::default();
    let scorer = model.scorer();
    let evidence = Evidence { people: &people, rarity: &rarity, scorer: &scorer, decisions: &decisions, before: &[], among };
    let thresholds = Thresholds { join: how.join, ..Thresholds::default() };
    let clusters = gather(evidence, &pairs, thresholds);
    let found = clusters.of.iter().zip(0_u32..).filter(|(cluster, at)| *cluster == at).count();
    eprintln!("{found} people; {} pairs likely enough were not joined: look at those first", clusters.disputed.len());
    write(how, &people, (&clusters, among))
}

fn known_model(how: &How, people: &People, (rarity, compared, among): (&Rarity, &[Compared], Among)) -> Result<Model> {
    if let Some(path) = &how.model {
        return model(path);
    }
    let model = train(people, rarity, compared, among);
    eprintln!("estimated: {:.0} pairs of one person, {:.0} of kin", model.same, model.kin);
    if let Some(path) = &how.save_model {
        save(&model, path)?;
    }
    Ok(model)
}

fn tell(kinds: &[KindReport]) {
    for kind in kinds.iter().filter(|kind| kind.blocks > 0 || kind.is_left_out) {
        let note = match (kind.is_left_out, kind.windowed) {
            (true, _) => "  not used: it would bring too many".to_owned(),
            (false, 0) => String::new(),
            (false, blocks) => format!("  {blocks} large blocks walked by windows, {} pairs not compared by it", kind.left_out),
        };
        eprintln!("{:>10} pairs by {} (the largest block has {}){note}", kind.pairs, kind.kind, kind.largest);
    }
}

fn write(how: &How, people: &People, (clusters, among): (&Clusters, Among)) -> Result<()> {
    if let Some(path) = &how.pairs {
        let mut sheet = Sheet::create(path, &[("id_a", true), ("id_b", true), ("weight", false), ("probability", false)])?;
        for pair in clusters.pairs.iter().filter(|pair| f64::from(pair.weight) >= how.floor) {
            let weight = f64::from(pair.weight);
            let numbers = [Cell::Number(weight, 3), Cell::Number(probability(weight), 6)];
            // In linking, the first file's record first.
            let (a, b) = if people.file(pair.a) <= people.file(pair.b) { (pair.a, pair.b) } else { (pair.b, pair.a) };
            sheet.row(&[Cell::Text(people.id(a)), Cell::Text(people.id(b)), numbers[0], numbers[1]])?;
        }
        sheet.finish()?;
    }
    if let Some(path) = &how.clusters {
        let columns = [("id", true), ("cluster", true), ("file", true)];
        // Where two files may have one id, the file tells them apart.
        let is_link = among == Among::Sources;
        let mut sheet = Sheet::create(path, if is_link { &columns } else { &columns[..2] })?;
        for (at, cluster) in (0_u32..).zip(&clusters.of) {
            let (file, of_cluster) = (people.file(at).to_string(), people.file(*cluster).to_string());
            let name = if is_link { format!("{of_cluster}:{}", people.id(*cluster)) } else { people.id(*cluster).to_owned() };
            let cells = [Cell::Text(people.id(at)), Cell::Text(&name), Cell::Text(&file)];
            sheet.row(if is_link { &cells } else { &cells[..2] })?;
        }
        sheet.finish()?;
    }
    Ok(())
}

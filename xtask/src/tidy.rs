//! The rules of the house that the compiler does not know.

use crate::rules;
use crate::source::{self, Source};
use anyhow::{Context, Result, bail};
use std::path::Path;

const LINES_MAX: usize = 600;
/// Bottom to top: a crate uses only those before it.
const ORDER: [&str; 16] = [
    "kernel",
    "linkage",
    "store",
    "access",
    "area",
    "directory",
    "govuk",
    "web",
    "families",
    "processes",
    "frontline",
    "strategy",
    "governance",
    "desk",
    "interchange",
    "server",
];
const SQL: [&str; 5] = ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "CREATE TABLE "];

/// Checks everything and tells every fault.
pub(crate) fn check(root: &Path) -> Result<()> {
    let sources = source::all(root)?;
    let mut faults = Vec::new();
    for source in &sources {
        file(source, &mut faults);
    }
    directions(root, &mut faults)?;
    rules::faults(&sources, &mut faults);
    words(root, &mut faults)?;
    if faults.is_empty() {
        println!("tidy: {} files", sources.len());
        Ok(())
    } else {
        bail!("tidy found:\n{}", faults.join("\n"))
    }
}

fn file(source: &Source, faults: &mut Vec<String>) {
    let Source { path, text } = source;
    if !text.starts_with("//!") {
        faults.push(format!("{path}: begin with //! and what the file is for"));
    }
    let lines = text.lines().count();
    if lines > LINES_MAX {
        faults.push(format!("{path}: {lines} lines; {LINES_MAX} are the most"));
    }
    let name = path.rsplit('/').next().unwrap_or_default();
    let may_hold_sql = name == "store.rs"
        || name == "tests.rs"
        || path.contains("/tests/")
        || path.contains("/benches/")
        || path.starts_with("crates/store/")
        || path.starts_with("crates/testkit/")
        || path.starts_with("xtask/");
    if !may_hold_sql {
        for (at, line) in text.lines().enumerate() {
            let code = line.trim_start();
            if !code.starts_with("//") && SQL.iter().any(|word| code.contains(&format!("\"{word}"))) {
                faults.push(format!("{path}:{}: SQL stands in a feature's store.rs alone", at + 1));
            }
        }
    }
    if !path.starts_with("xtask/") {
        for (at, line) in text.lines().enumerate() {
            if line.contains("#[allow(") || line.contains("#[ignore") {
                faults.push(format!("{path}:{}: expect with a reason instead of allowing; no test is skipped", at + 1));
            }
        }
    }
}

/// A crate names only crates below it; tests may use the testkit.
fn directions(root: &Path, faults: &mut Vec<String>) -> Result<()> {
    for entry in std::fs::read_dir(root.join("crates"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let path = root.join("crates").join(&name).join("Cargo.toml");
        let manifest = std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let place = ORDER.iter().position(|known| *known == name);
        if place.is_none() && name != "testkit" {
            faults.push(format!("crates/{name}: give it a place in the order of the crates"));
        }
        let own = manifest.split("[dev-dependencies]").next().unwrap_or_default();
        for line in own.lines() {
            let Some(used) = line.split('.').next().map(str::trim).and_then(|used| ORDER.iter().position(|known| *known == used))
            else {
                continue;
            };
            if place.is_some_and(|place| used >= place) {
                faults.push(format!("crates/{name} uses {}, which is not below it", ORDER[used]));
            }
        }
    }
    Ok(())
}

/// Words that a family may read must not be on a page.
fn words(root: &Path, faults: &mut Vec<String>) -> Result<()> {
    const NEVER: [&str; 4] = [" NFA ", " DNA ", "the subject ", "the client "];
    for source in templates(&root.join("crates"))? {
        let text = std::fs::read_to_string(&source)?;
        for word in NEVER.iter().filter(|word| text.contains(**word)) {
            faults.push(format!("{}: say the family, or names, not '{}'", source.display(), word.trim()));
        }
    }
    Ok(())
}

fn templates(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with("node_modules") {
            found.extend(templates(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "html") {
            found.push(path);
        }
    }
    Ok(found)
}

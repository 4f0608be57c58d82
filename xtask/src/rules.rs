//! The rules that the code cites, and the tests that cite them back: `docs/rules.md` is made of them.

use crate::source::{self, Source};
use anyhow::{Result, bail};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// A rule: where it stands, what it says, which tests cite it.
#[derive(Default)]
struct Rule {
    functions: Vec<(String, String)>,
    tests: Vec<(String, String)>,
}

/// Returns rules by the paragraph they cite.
fn collect(sources: &[Source]) -> BTreeMap<String, Rule> {
    let mut rules: BTreeMap<String, Rule> = BTreeMap::new();
    for source in sources.iter().filter(|source| !source.path.starts_with("xtask/")) {
        let lines: Vec<&str> = source.text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let Some(cited) = line.trim_start().strip_prefix("/// Rule ") else { continue };
            let cited = cited.replace('\\', "");
            let Some((para, words)) = cited.strip_prefix('[').and_then(|rest| rest.split_once(']')) else { continue };
            let function = lines[at..].iter().find_map(|line| name_of(line));
            let place = (source.path.clone(), function.unwrap_or_default());
            let words = words.trim_start_matches(':').trim();
            let rule = rules.entry(para.to_owned()).or_default();
            if words.is_empty() {
                rule.tests.push(place);
            } else {
                rule.functions.push((format!("{}, `{}`", place.0, place.1), words.to_owned()));
            }
        }
    }
    rules
}

fn name_of(line: &str) -> Option<String> {
    let rest = line.split("fn ").nth(1)?;
    if line.trim_start().starts_with("//") {
        return None;
    }
    Some(rest.split(['(', '<']).next().unwrap_or_default().to_owned())
}

/// Notes every rule without a test and every test that cites no rule.
pub(crate) fn faults(sources: &[Source], faults: &mut Vec<String>) {
    for (para, rule) in collect(sources) {
        if rule.tests.is_empty() {
            for (place, _) in &rule.functions {
                faults.push(format!("rule [{para}] in {place} has no test that cites it"));
            }
        }
        if rule.functions.is_empty() {
            for (path, test) in &rule.tests {
                faults.push(format!("{path}: the test {test} cites rule [{para}], which no function states"));
            }
        }
    }
}

fn document(root: &Path) -> Result<String> {
    let mut text = String::from(
        "# The rules, and where they are\n\nMade from the code by `cargo xtask rules`. Numbers are paragraphs of *Think Family* (2008); \
         `ours-` are our own, explained in `docs/decisions`.\n",
    );
    for (para, rule) in collect(&source::all(root)?) {
        writeln!(text, "\n## {para}\n")?;
        for (place, words) in &rule.functions {
            writeln!(text, "- {words} ({place})")?;
        }
        for (path, test) in &rule.tests {
            writeln!(text, "  - tested: {} ({path})", test.replace('_', " "))?;
        }
    }
    Ok(text)
}

/// Writes the document.
pub(crate) fn write(root: &Path) -> Result<()> {
    Ok(std::fs::write(root.join("docs/rules.md"), document(root)?)?)
}

/// Checks that the document is what the code says now.
pub(crate) fn check(root: &Path) -> Result<()> {
    if std::fs::read_to_string(root.join("docs/rules.md")).unwrap_or_default() == document(root)? {
        println!("rules: docs/rules.md is fresh");
        Ok(())
    } else {
        bail!("docs/rules.md is stale: run cargo xtask rules")
    }
}

//! No dependency has a known weakness: the lock file against a copy of the RustSec advisory database on this machine.
//!
//! The database is `https://github.com/rustsec/advisory-db` (public domain); any copy of it will do, and its age is told.

use anyhow::{Context, Result, bail};
use semver::{Version, VersionReq};
use serde::Deserialize;
use std::path::Path;

/// What an advisory says, as far as it matters here.
#[derive(Debug, Deserialize)]
struct Advisory {
    advisory: About,
    #[serde(default)]
    versions: Versions,
}

#[derive(Debug, Deserialize)]
struct About {
    id: String,
    package: String,
    date: String,
    withdrawn: Option<String>,
    informational: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Versions {
    #[serde(default)]
    patched: Vec<VersionReq>,
    #[serde(default)]
    unaffected: Vec<VersionReq>,
}

#[derive(Debug, Deserialize)]
struct Lock {
    package: Vec<Package>,
}

#[derive(Debug, Deserialize)]
struct Package {
    name: String,
    version: Version,
}

impl Advisory {
    /// Reads the front matter of an advisory's page.
    fn read(page: &str) -> Result<Self> {
        let front = page.split("```toml").nth(1).and_then(|rest| rest.split("```").next()).context("no front matter")?;
        Ok(toml::from_str(front)?)
    }

    fn concerns(&self, package: &Package) -> bool {
        let is_safe = self.versions.patched.iter().chain(&self.versions.unaffected).any(|safe| safe.matches(&package.version));
        self.advisory.package == package.name && self.advisory.withdrawn.is_none() && !is_safe
    }

    /// Whether it is about who looks after a package and not about a weakness in it.
    fn is_notice(&self) -> bool {
        matches!(self.advisory.informational.as_deref(), Some("unmaintained" | "notice"))
    }
}

/// Checks every package of the lock file against the database in `folder`.
pub(crate) fn check(root: &Path, folder: &Path) -> Result<()> {
    let lock: Lock = toml::from_str(&std::fs::read_to_string(root.join("Cargo.lock"))?)?;
    let crates = folder.join("crates");
    if !crates.is_dir() {
        bail!("{} is no copy of the advisory database: it has no folder 'crates'", folder.display());
    }
    let (mut weak, mut notices, mut newest) = (Vec::new(), Vec::new(), String::new());
    for entry in std::fs::read_dir(&crates)? {
        let entry = entry?;
        let named: Vec<&Package> = lock.package.iter().filter(|package| *entry.file_name() == *package.name).collect();
        for page in std::fs::read_dir(entry.path())? {
            let path = page?.path();
            if path.extension().is_none_or(|extension| extension != "md") {
                continue;
            }
            let advisory = Advisory::read(&std::fs::read_to_string(&path)?).with_context(|| path.display().to_string())?;
            newest = newest.max(advisory.advisory.date.clone());
            for package in named.iter().filter(|package| advisory.concerns(package)) {
                let line = format!("{} {}: {}", package.name, package.version, advisory.advisory.id);
                if advisory.is_notice() { notices.push(line) } else { weak.push(line) }
            }
        }
    }
    println!("advisories: {} packages, the newest advisory is of {newest}; not looked after: {notices:?}", lock.package.len());
    if weak.is_empty() { Ok(()) } else { bail!("known weaknesses:\n{}", weak.join("\n")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn concerns(versions: &str, version: &str) -> bool {
        let page = format!(
            "```toml\n[advisory]\nid = \"RUSTSEC-2026-0001\"\npackage = \"a\"\ndate = \"2026-01-01\"\n[versions]\n{versions}\n```\n# A\n"
        );
        Advisory::read(&page).unwrap().concerns(&Package { name: "a".to_owned(), version: version.parse().unwrap() })
    }

    #[test]
    fn a_version_is_weak_unless_it_is_patched_or_was_never_affected() {
        let versions = "patched = [\">= 1.2.3\"]\nunaffected = [\"< 1.0.0\"]";
        assert!(concerns(versions, "1.2.2"));
        assert!(!concerns(versions, "1.2.3"));
        assert!(!concerns(versions, "0.9.0"));
        assert!(concerns("patched = []", "9.9.9"));
    }
}

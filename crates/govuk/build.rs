//! Fetches the components' package when it is absent, and lays out what is embedded: templates, style sheet, script.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

#[expect(clippy::disallowed_methods, reason = "a build script is told where to build by its environment")]
fn main() -> Result<(), Box<dyn Error>> {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?).join("govuk");
    println!("cargo::rerun-if-changed=package-lock.json");
    println!("cargo::rerun-if-changed=build.rs");
    let package = here.join("node_modules/govuk-frontend");
    let wanted = fs::read_to_string(here.join("package.json"))?;
    let installed = fs::read_to_string(package.join("package.json")).unwrap_or_default();
    let version =
        installed.lines().find_map(|line| line.trim().strip_prefix("\"version\": \"")).and_then(|v| v.split('"').next());
    if version.is_none_or(|version| !wanted.contains(version)) {
        let status =
            Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&here).status()?;
        if !status.success() {
            return Err("npm ci failed: the pages need the package govuk-frontend".into());
        }
    }
    let dist = package.join("dist/govuk");
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    for folder in ["components", "macros"] {
        copy_templates(&dist.join(folder), &out.join("govuk").join(folder))?;
    }
    fs::create_dir_all(out.join("assets"))?;
    let css = fs::read_to_string(dist.join("govuk-frontend.min.css"))?;
    fs::write(out.join("assets/govuk-frontend.css"), without_fonts(&css))?;
    fs::copy(dist.join("govuk-frontend.min.js"), out.join("assets/govuk-frontend.js"))?;
    Ok(())
}

fn copy_templates(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_templates(&entry.path(), &target)?;
        } else if entry.path().extension().is_some_and(|ending| ending == "njk") || entry.file_name() == "fixtures.json" {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// The licence of the typeface GDS Transport is for gov.uk alone: its faces and its name are taken out.
fn without_fonts(css: &str) -> String {
    let mut kept = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(at) = rest.find("@font-face{") {
        kept.push_str(&rest[..at]);
        rest = rest[at..].find('}').map_or("", |end| &rest[at + end + 1..]);
    }
    kept.push_str(rest);
    kept.replace("\"GDS Transport\",", "").replace("GDS Transport,", "")
}

//! Every dependency's licence is one that ours allows; read from what cargo has on this machine, without the network.

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;

/// Licences that may be combined with MIT or Apache-2.0 without conditions on our own code.
const ALLOWED: [&str; 14] = [
    "MIT",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "Unicode-3.0",
    "0BSD",
    "CC0-1.0",
    "Unlicense",
    "BSL-1.0",
    "MPL-2.0",
    "MIT-0",
    "Apache-2.0 WITH LLVM-exception",
];

/// Checks every package of the lock file.
pub(crate) fn check(root: &Path) -> Result<()> {
    // What runs elsewhere only may not be on this machine; it is checked where it runs.
    let version = String::from_utf8(Command::new("rustc").arg("-vV").output()?.stdout)?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc does not say where it runs")?;
    let arguments = ["metadata", "--format-version", "1", "--offline", "--filter-platform", host];
    let output = Command::new("cargo").args(arguments).current_dir(root).output()?;
    if !output.status.success() {
        bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    let mut faults = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let licence = package["license"].as_str().unwrap_or_default();
        if !is_allowed(licence) {
            faults.push(format!("{name}: '{licence}'"));
        }
    }
    if faults.is_empty() {
        println!("licences: {} packages", packages.len());
        Ok(())
    } else {
        bail!("licences that are not on the list:\n{}", faults.join("\n"))
    }
}

/// Whether an expression can be met: one side of every OR, both sides of every AND.
fn is_allowed(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ").replace(['(', ')'], " ");
    if expression.trim().is_empty() {
        return false;
    }
    expression.split(" AND ").all(|part| part.split(" OR ").any(|licence| ALLOWED.contains(&licence.trim())))
}

//! `cargo xtask`: the project's own checks, and the documents that are made from the code.

mod advisories;
mod licences;
mod rules;
mod source;
mod tidy;

use anyhow::{Result, bail};
use std::path::{Path, PathBuf};

fn main() -> Result<()> {
    // Where cargo runs it, not where it was built: two copies of the project may share one target folder.
    #[expect(clippy::disallowed_methods, reason = "this is no setting of the product")]
    let here = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
    let root = Path::new(&here).parent().map_or_else(PathBuf::new, Path::to_path_buf);
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["tidy"] => tidy::check(&root),
        ["rules"] => rules::write(&root),
        ["rules", "--check"] => rules::check(&root),
        ["licences"] => licences::check(&root),
        ["advisories", folder] => advisories::check(&root, Path::new(folder)),
        _ => bail!("Usage: cargo xtask tidy | rules [--check] | licences | advisories FOLDER"),
    }
}

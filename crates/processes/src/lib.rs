//! Ring 3 of the report: integrated processes (3.20 to 3.30).
//!
//! [`feeds`] brings agencies' extracts in; [`matching`] says who is one person in them;
//! [`belonging`] who may belong to a family; [`made_up`] writes extracts of people who never lived, to try with.

pub mod belonging;
pub mod feeds;
pub mod made_up;
pub mod matching;

use rust_embed::RustEmbed;
use std::borrow::Cow;
use web::TemplateSource;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/src"]
#[include = "*/templates/*.html"]
struct Templates;

/// This crate's templates.
pub const TEMPLATES: TemplateSource = TemplateSource { name: "processes", get: template };

fn template(path: &str) -> Option<Cow<'static, [u8]>> {
    Templates::get(path).map(|file| file.data)
}

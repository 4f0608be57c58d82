//! Ring 3 of the report: integrated processes (3.20 to 3.30).
//!
//! [`feeds`] brings agencies' extracts in; [`matching`] says who is one person in them;
//! [`belonging`] who may belong to a family; [`agreements`] keeps what people agreed to, [`sharing`] walks through whether to tell
//! somebody, [`requests`] asks another agency; [`shielding`] shields where somebody is at once; [`signals`] notices a change that somebody should look at; [`index`] says who works with a child, [`brokering`] writes to services that it does not name, [`watch`]
//! notices unusual looks; [`made_up`] writes extracts of people who never lived, to try with.

pub mod agreements;
pub mod belonging;
pub mod brokering;
pub mod feeds;
pub mod index;
pub mod made_up;
pub mod matching;
pub mod requests;
pub mod sharing;
pub mod shielding;
pub mod signals;
pub mod watch;

use axum::Router;
use rust_embed::RustEmbed;
use std::borrow::Cow;
use web::{Sample, Shared, TemplateSource};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/src"]
#[include = "*/templates/*.html"]
struct Templates;

/// This crate's templates.
pub const TEMPLATES: TemplateSource = TemplateSource { name: "processes", get: template };

fn template(path: &str) -> Option<Cow<'static, [u8]>> {
    Templates::get(path).map(|file| file.data)
}

/// This crate's pages.
pub fn routes() -> Router<Shared> {
    agreements::pages::routes()
        .merge(belonging::pages::routes())
        .merge(brokering::pages::routes())
        .merge(index::pages::routes())
        .merge(watch::pages::routes())
        .merge(feeds::pages::routes())
        .merge(matching::pages::routes())
        .merge(requests::pages::routes())
        .merge(shielding::pages::routes())
        .merge(signals::pages::routes())
        .merge(sharing::pages::routes())
        .merge(sharing::stop_pages::routes())
        .merge(sharing::record_pages::routes())
}

/// Every state of every page of this crate.
pub fn samples() -> Vec<Sample> {
    [
        agreements::samples::samples(),
        belonging::samples::samples(),
        brokering::samples::samples(),
        index::samples::samples(),
        watch::samples::samples(),
        feeds::samples::samples(),
        matching::samples::samples(),
        requests::samples::samples(),
        sharing::samples::samples(),
        shielding::samples::samples(),
        signals::samples::samples(),
    ]
    .concat()
}

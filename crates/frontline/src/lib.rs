//! Ring 2 of the report: integrated frontline delivery (3.8 to 3.19).
//!
//! Read [`referrals`] first: it is the example that every feature follows. Then [`contacts`], [`services`], [`plans`], [`leads`], [`levels`], [`contingencies`], [`visits`],
//! [`contracts`], [`ways`], [`meetings`], [`notices`], [`offline`] and [`closings`].
//!
//! Invariant: a contact, a referral or a visit that is not at its end has an owner and a next date; the database refuses one without.

pub mod closings;
pub mod contacts;
pub mod contingencies;
pub mod contracts;
pub mod forms;
mod giving;
pub mod leads;
pub mod levels;
pub mod meetings;
pub mod notices;
pub mod offline;
pub mod plans;
pub mod referrals;
pub mod services;
pub mod visits;
pub mod ways;

use axum::Router;
use rust_embed::RustEmbed;
use std::borrow::Cow;
use web::{Shared, TemplateSource};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/src"]
#[include = "*/templates/*.html"]
struct Templates;

/// This crate's templates.
pub const TEMPLATES: TemplateSource = TemplateSource { name: "frontline", get: template };

fn template(path: &str) -> Option<Cow<'static, [u8]>> {
    Templates::get(path).map(|file| file.data)
}

/// This crate's pages.
pub fn routes() -> Router<Shared> {
    contacts::pages::routes()
        .merge(referrals::pages::routes())
        .merge(services::pages::routes())
        .merge(services::public::routes())
        .merge(services::sources::routes())
        .merge(plans::pages::routes())
        .merge(leads::pages::routes())
        .merge(plans::entry_pages::routes())
        .merge(plans::said::pages::routes())
        .merge(plans::enforcement::pages::routes())
        .merge(plans::change_pages::routes())
        .merge(plans::copy_page::routes())
        .merge(levels::pages::routes())
        .merge(contingencies::pages::routes())
        .merge(contracts::pages::routes())
        .merge(contracts::forms::routes())
        .merge(contracts::papers::routes())
        .merge(contracts::links::pages::routes())
        .merge(closings::pages::routes())
        .merge(meetings::pages::routes())
        .merge(meetings::minute_pages::routes())
        .merge(visits::pages::routes())
        .merge(visits::forms::routes())
        .merge(visits::home::routes())
        .merge(offline::pages::routes())
        .merge(notices::pages::routes())
        .merge(ways::pages::routes())
}

/// Every state of every page of this crate.
pub fn samples() -> Vec<web::Sample> {
    [
        contacts::samples::samples(),
        referrals::samples::samples(),
        services::samples::samples(),
        plans::samples::samples(),
        leads::samples::samples(),
        levels::samples::samples(),
        contingencies::samples::samples(),
        contracts::samples::samples(),
        closings::samples::samples(),
        meetings::samples::samples(),
        visits::samples::samples(),
        offline::samples::samples(),
        notices::samples::samples(),
        ways::samples::samples(),
    ]
    .concat()
}

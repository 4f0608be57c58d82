//! The practitioners' door: composed pages, each from what the rings below it offer.
//!
//! Read in this order: [`sign_in`], [`home`], [`calendar`] (for somebody's own calendar program), [`search`], [`person`] (the family on a page), [`details`] (who somebody is), [`story`] (what happened, in order), [`looked`] (who looked), [`as_known`] (what was known, to whom and when), [`questions`] (what is visible to whom, and why), [`facts`] (why can I see this),
//! [`practitioners`], [`skills`], [`absences`] (who covers for whom), [`journal`], [`area_pages`] (what else belongs to the area as a whole).

pub mod absences;
pub mod area_pages;
pub mod as_known;
pub mod calendar;
pub mod details;
pub mod facts;
pub mod home;
pub mod journal;
pub mod looked;
pub mod person;
pub mod practitioners;
pub mod questions;
pub mod search;
pub mod sign_in;
pub mod skills;
pub mod story;

use axum::Router;
use rust_embed::RustEmbed;
use std::borrow::Cow;
use web::{Shared, TemplateSource};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/src"]
#[include = "*/templates/*.html"]
struct Templates;

/// This crate's templates.
pub const TEMPLATES: TemplateSource = TemplateSource { name: "desk", get: template };

fn template(path: &str) -> Option<Cow<'static, [u8]>> {
    Templates::get(path).map(|file| file.data)
}

/// This crate's pages.
pub fn routes() -> Router<Shared> {
    sign_in::routes()
        .merge(home::routes())
        .merge(calendar::pages::routes())
        .merge(skills::pages::routes())
        .merge(absences::pages::routes())
        .merge(search::routes())
        .merge(person::routes())
        .merge(details::routes())
        .merge(story::pages::routes())
        .merge(looked::pages::routes())
        .merge(as_known::pages::routes())
        .merge(questions::pages::routes())
        .merge(facts::routes())
        .merge(practitioners::routes())
        .merge(journal::routes())
        .merge(area_pages::routes())
}

/// Every state of every page of this crate.
pub fn samples() -> Vec<web::Sample> {
    [
        sign_in::samples(),
        home::samples(),
        calendar::pages::samples(),
        skills::pages::samples(),
        absences::pages::samples(),
        search::samples(),
        person::samples::samples(),
        details::samples::samples(),
        story::samples::samples(),
        looked::samples::samples(),
        as_known::samples::samples(),
        questions::samples::samples(),
        facts::samples(),
        practitioners::samples::samples(),
        journal::samples::samples(),
        area_pages::samples(),
    ]
    .concat()
}

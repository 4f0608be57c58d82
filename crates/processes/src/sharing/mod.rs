//! Deciding to share: whether to tell somebody what is known of a person, walked step by step, and kept with its reasons whichever way
//! it goes (report 3.27 to 3.29).
//!
//! Read in this order: [`decision`] (types), [`path`] (the questions and what follows from the answers; pure), [`rules`] (items,
//! labels and what a record needs; pure), [`actions`], [`tasks`] (what decisions leave to do), `store`, [`pages`] (the path), [`stop_pages`] (past it) and [`record_pages`] (what was kept), [`samples`], `tests`.
//!
//! Invariant: a decision is written once; what becomes of it is added beside it.
//! Invariant: the recipient sees the items that were picked, as long as the grant lasts, and never more.
//! Invariant: no step of the path stands between somebody in danger and who can help them.

pub mod actions;
pub mod decision;
pub mod items;
pub mod pages;
pub mod path;
pub mod record_pages;
pub mod rules;
pub mod samples;
mod steps;
pub mod stop_pages;
mod store;
pub mod tasks;
#[cfg(test)]
mod tests;

pub use actions::{ShareError, decide, end, reconsider, take_over};
pub use decision::{Decision, DecisionId, Ground, Label, NewDecision, Outcome, Protection, Told};
pub use store::{HANDED, OWED};
pub use tasks::send_back;

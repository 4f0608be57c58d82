//! Looks that somebody answers for: one's own name, a colleague, out of hours, many in an hour, somebody whom nobody works with
//! (report 3.30 and note 16).
//!
//! Nothing here accuses anybody, and nothing is kept from anybody because of it: a named person looks at it and says what came of it.
//!
//! Read in this order: [`rules`] (pure), [`actions`], `store`, [`pages`], [`samples`], `tests`.
//!
//! Invariant: every alert has an owner, who is not the one who looked, and a day.

pub mod actions;
pub mod pages;
pub mod rules;
pub mod samples;
mod store;
#[cfg(test)]
mod tests;

pub use actions::{Alert, AlertId, notice};
pub use rules::Pattern;
pub use store::{HANDED, delete_seen};

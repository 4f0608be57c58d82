//! Finding somebody: by name in any order, part of a name, date of birth or age, address, identifier, telephone.
//!
//! Read in this order: [`query`] (what was typed), `store`, [`actions`].
//!
//! Invariant: a hidden fact changes nothing of what a search answers: not the people, the order or the count.

pub mod actions;
pub mod query;
pub(crate) mod store;
#[cfg(test)]
mod tests;

pub use actions::{Found, SearchResult, alike, find, find_to, names_of};
pub use query::{Query, Wanted};

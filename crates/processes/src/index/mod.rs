//! The practitioner index: who works with this child, and how to reach them; nothing else (report 3.30 and note 16).
//!
//! It has no records of its own. It is read from the work that is recorded anyway and from what agencies' extracts say, so that nothing is
//! typed twice and nothing is kept twice.
//!
//! Read in this order: [`entry`] (types), [`rules`] (pure), [`actions`], `store`, [`pages`], [`samples`], `tests`.
//!
//! Invariant: no case content: not why, not since what happened, not a word that anybody wrote about them.
//! Invariant: nobody browses: whoever looks says whom, with enough to go on, and why; few are found, and only what was found can be opened.

pub mod actions;
pub mod entry;
pub mod pages;
pub mod rules;
pub mod samples;
mod store;
#[cfg(test)]
mod tests;

pub use actions::{IndexError, look, open};
pub use entry::{Entry, Involved, LookId, Sought};
pub use store::delete_looks;

//! If things get worse: who does what, whom to call first, what the children know; agreed beforehand (report, Annex B).
//!
//! It is found in one click from the family's page, by whoever may read it, at night as well. It needs no plan, and outlives one.
//!
//! Read in this order: [`contingency`] (types and rules), [`actions`] (one function a verb), `store` (the only SQL), [`pages`],
//! [`samples`], `tests`.
//!
//! Invariant: what was agreed is never changed: it ends with a reason, and something new is agreed.

pub mod actions;
pub mod contingency;
pub mod pages;
pub mod samples;
mod store;
#[cfg(test)]
mod tests;

pub use actions::{ContingencyError, agree, count_of, end, load};
pub use contingency::{Contingency, ContingencyId, NewContingency};

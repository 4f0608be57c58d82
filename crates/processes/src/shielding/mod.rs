//! Shielding at once: whoever works with somebody in danger shields where they are; a safeguarding lead decides within a day, and looks again
//! whether it is still needed (report 3.30 and note 16; SI 2007/2182, regulation 6).
//!
//! Read in this order: [`actions`], `store`, [`pages`], [`samples`], `tests`.
//!
//! Invariant: a shield that a practitioner put up stands until a person has decided, however late that is.

pub mod actions;
pub mod pages;
pub mod samples;
mod store;
#[cfg(test)]
mod tests;

pub use actions::{ShieldTask, ShieldTaskId, count_open, ended, owned_by, review_later, take_over};
pub use store::HANDED;

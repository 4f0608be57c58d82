//! Looking somebody up by all that is known of them, forgivingly: nicknames, misspellings, a day and month exchanged, an old address.
//!
//! Read in this order: [`profile`] (what is known of somebody, as the matching engine reads it), `store` (keys beside every person),
//! [`actions`].
//!
//! Invariant: keys only say who is worth a look; who is shown, and in which order, is weighed from what the viewer may read, and nothing else.
//! Invariant: only ordinary facts have keys; keys are never taken away, so that a link can be undone.

pub mod actions;
pub mod profile;
pub(crate) mod store;
#[cfg(test)]
mod tests;

pub use actions::{Likely, known, look_up, to_match};
pub use linkage::place::{Known, Record};
pub use store::{latest_known, save_known, sources_after};

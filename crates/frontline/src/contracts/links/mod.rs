//! Agreeing by a link: it is sent the way that is safe for whom it is for, and opens only with a number that they were told.
//!
//! Read in this order: [`link`] (types), [`rules`] (pure), [`actions`] (sending one, taking it back, and what whoever opens it sees and says),
//! `store` (the only SQL), [`pages`], [`samples`], `tests`.
//!
//! Invariant: a message holds a link and no number, nobody's name and no reason; the number is told by whoever sent it, in words.
//! Invariant: a link shows what its sender may put on paper now, and nothing where they know of anybody of the family who is shielded.
//! Invariant: a link that is wrong, over, used, taken back or locked looks like one that never was.

pub mod actions;
pub mod link;
pub mod pages;
pub mod rules;
pub mod samples;
pub(crate) mod store;
#[cfg(test)]
mod tests;

pub use actions::{LinkError, Shown, answer, look, of_contracts, send, take_back};
pub use link::{Link, LinkId};

//! Signals: a change of circumstance that an agency's extract or a practitioner recorded, for one named person to look at (report 3.28).
//!
//! A signal is a proposal. It rests on facts that its owner may read, says which and how old they are, and decides nothing; nothing is
//! counted up into a score, and nobody is put before anybody else.
//!
//! Read in this order: [`signal`] (types), [`rules`] (what a signal rests on, pure), [`run`] (looking through what was recorded),
//! [`actions`] (looking at one, and saying what comes of it), `store`, [`pages`], [`samples`], `tests`.
//!
//! Invariant: a signal never rests on what its owner may not read.
//! Invariant: the same thing that happened raises one signal of a kind, however often it is loaded.

pub mod actions;
pub mod pages;
pub mod rules;
pub mod run;
pub mod samples;
pub mod signal;
mod store;
#[cfg(test)]
mod tests;

pub use actions::{count_open, look_around, look_at, owned_by, take_over};
pub use signal::{Answer, Signal, SignalId};
pub use store::OWED;

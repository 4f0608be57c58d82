//! Who leads for a family, and how the lead is handed over (report 3.17: one named practitioner whom the family knows).
//!
//! The lead of a family is its owner: whoever answers for its next step. Handing over is offered with what the next one must know,
//! and accepted; until then whoever led still leads.
//!
//! Read in this order: [`handover`] (types), [`rules`] (pure), [`actions`] (one function a verb), `store` (the only SQL), [`pages`],
//! [`samples`], `tests`.
//!
//! Invariant: a family has exactly one lead at any moment, also while it is handed over.
//! Invariant: at most one handover of a family is open.

pub mod actions;
pub mod handover;
pub mod pages;
pub mod rules;
pub mod samples;
mod store;
#[cfg(test)]
mod tests;

pub(crate) use actions::end;
pub use actions::{
    LeadError, align, answer, answered_to, count_open, decline_of, late, load, offer, offered_by, offered_to, open_of, take_over,
    withdraw,
};
pub use handover::{Handover, HandoverId, NewHandover, State};
pub use store::{ANSWERED, HANDED, OFFERED, WAITING};

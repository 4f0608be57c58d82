//! Visits, appointments, calls, messages and letters: planned, and what came of them (report 3.16: persistent, assertive support).
//!
//! A family that is not there, or does not want to be met, is tried again: a visit that was missed or refused always opens the next one.
//! Whom anybody saw, and when, is known of each of the family, whichever agency saw them.
//!
//! Read in this order: [`visit`] (types), [`rules`] and [`reading`] (pure), [`actions`] (one function a verb), `store` (the only SQL),
//! [`pages`] (one visit, and what is planned), [`forms`] (planning, and saying what came of it), [`home`] (a note from the home page, and
//! who was not seen), [`samples`], `tests`.
//!
//! Invariant: a visit that is planned has somebody who makes it, and a day.
//! Invariant: a visit that was missed or refused has a next one; the database refuses one without.
//! Invariant: a visit is read by whoever may know of everybody it is about, and changes no byte for anybody else.

pub mod actions;
pub mod forms;
pub mod home;
pub mod pages;
pub mod reading;
pub mod rules;
pub mod samples;
mod store;
#[cfg(test)]
mod tests;
pub mod visit;

pub use actions::{VisitError, count_open, end, late, load, move_on, of_people, owned_by, plan, record, seen_last, take_over};
pub use store::{HANDED, NEWS};
pub use visit::{Met, Next, Outcome, Plan, State, Visit, VisitId, Way};

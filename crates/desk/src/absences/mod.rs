//! When somebody is away, and who covers for them: no family is without anybody meanwhile (report 3.15, 3.40).
//!
//! Whoever is away, or manages them, says from when until when and who of their agency covers. On those days the one who covers finds on their home
//! page what falls to the other, as far as they may read it; what they may not read stays on the manager's. Whoever covers is not away themself.
//! What a service is asked meanwhile is given to somebody who is there.
//!
//! Read in this order: [`absence`] (types and rules), [`actions`], `store` (the only SQL), [`pages`], `tests`.
//!
//! Invariant: nobody is away without somebody who covers (the database refuses it).
//! Invariant: covering opens nothing: whoever covers reads what they may read anyway.

pub mod absence;
pub mod actions;
pub mod pages;
mod store;
#[cfg(test)]
mod tests;

pub use absence::{Absence, AbsenceId, NewAbsence};
pub use actions::{AbsenceError, count_open, covered_by, of_these};

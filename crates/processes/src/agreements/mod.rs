//! Agreements: what somebody said yes or no to, told apart from the lawful basis on which an agency holds what it knows (report 3.27).
//!
//! Three records that are often taken for one are three here: an agreement to be supported, an agreement that lifts confidentiality
//! (both in [`agreement`]), and the lawful basis of each agency for each purpose, which no family gives or takes back
//! (`sharing.toml` of the area).
//!
//! Read in this order: [`agreement`] (types), [`rules`] (pure), [`actions`], `store`, [`pages`], [`samples`], `tests`.
//!
//! Invariant: an agreement in force has somebody who asks again before it ends.
//! Invariant: taking an agreement back ends, in the same transaction, whatever was opened because of it.

pub mod actions;
pub mod agreement;
pub mod pages;
pub mod rules;
pub mod samples;
mod store;
#[cfg(test)]
mod tests;

pub use actions::{AgreementError, load, of_person, owned_by, record, said_about, take_over, withdraw};
pub use agreement::{About, Agreement, AgreementId, Answer, Ended, EndedHow, Giver, NewAgreement};
pub use store::{HANDED, OWED};

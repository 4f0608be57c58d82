//! The contract: what the family promises, what each agency promises, and what happens if either does not (report 3.18).
//!
//! It is taken from the plan, so that nothing is typed twice and what became of each promise is what became of the plan's action. Both sides'
//! promises are kept in sight alike, and those that agencies did not keep are shown first to whoever answers for the area.
//!
//! Read in this order: [`contract`] (types), [`rules`] (pure), [`actions`] (one function a verb), `store` (the only SQL), [`pages`] (the
//! contract) and [`forms`] (making one, and answering), [`links`] (agreeing by a link), [`papers`] (what was signed on paper,
//! scanned), [`samples`], `tests`.
//!
//! Invariant: a contract is never changed: another takes its place. Who promised what until when stays as it was promised, whatever becomes of
//! the plan's action.
//! Invariant: an agency's answer is given by one of its own practitioners.
//! Invariant: who has a part in it is whoever has a promise in it that the reader may read; there is no other list.

pub mod actions;
pub mod contract;
pub mod forms;
pub mod links;
pub mod pages;
pub mod papers;
pub mod rules;
pub mod samples;
mod store;
#[cfg(test)]
mod tests;

pub(crate) use actions::end_with_support;
pub use actions::{
    ContractError, Opened, Read, Waiting, answer, broken_by_agencies, count_open, end, late, load, make, of_people, waiting_for,
};
pub use contract::{Answer, Contract, ContractId, Kept, NewAnswer, NewContract, Party, Promise, Way};
pub use store::{AGREED_TO, OWED, PROMISED};

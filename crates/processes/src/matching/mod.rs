//! Matching: who is one person in the records of several agencies, proposed by the engine and said by people.
//!
//! Read in this order: [`mod@unit`] (what is matched), [`engine`] (all of it at once, pure), [`run`] (the job), [`actions`] (the queue, what
//! people say, undoing), `store`, [`pages`], [`samples`]. What a link does is in [`families::links`]; `docs/matching.md` says it in plain
//! words.
//!
//! Invariant: what somebody said stands, whatever the next run finds.
//! Invariant: nobody who is shielded is placed or linked by a weight alone; sensitive services' records take no part.
//! Invariant: whoever may not link somebody sees no proposal about them.

pub mod actions;
pub mod engine;
pub mod pages;
pub mod run;
pub mod samples;
pub(crate) mod store;
#[cfg(test)]
mod tests;
pub mod unit;

pub use actions::{Answer, Decision, Proposal, Review};
pub use store::HANDED;
pub use unit::Unit;

::store::record_id!(
    /// Two who may be one person.
    ProposalId
);

//! The index as a custodian: another organisation's system asks whether this area works with somebody (existence), or who does (content).
//!
//! It follows the manner of the Department for Education's Single Unique Identifier work (agreements per organisation, purpose and dates; two
//! modes; an organisation learns of no record unless existence may be disclosed; a stale agreement answers nothing). That design is not final:
//! everything that depends on it is in this folder, and nothing else in the product knows of it.
//!
//! Read in this order: [`agreement`] (what an organisation may ask, pure), [`actions`] (answering), `store`, [`api`], `tests`.
//!
//! Invariant: not there, not to be known, and not to be told are one answer.
//! Invariant: without an agreement in force that allows it, nothing is looked up at all.

pub mod actions;
pub mod agreement;
pub mod api;
mod store;
#[cfg(test)]
mod tests;

pub use store::delete_answers;

::store::record_id!(
    /// An organisation outside the area whose system may ask.
    OrganisationId
);

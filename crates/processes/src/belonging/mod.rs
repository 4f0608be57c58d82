//! Who may belong to a family that is supported: proposed from shared homes and stated relationships, for somebody to confirm.
//!
//! Read in this order: [`find`] (who, pure), [`actions`], `store`, [`pages`], [`samples`].
//!
//! Invariant: nobody joins a family but by somebody's word; what somebody said stands, whatever the next run finds.
//! Invariant: whoever may not link somebody of a family, or the person, sees no proposal about them.

pub mod actions;
pub mod find;
pub mod pages;
pub mod samples;
pub(crate) mod store;
#[cfg(test)]
mod tests;

pub use store::HANDED;

::store::record_id!(
    /// Somebody who may belong to a family.
    BelongingId
);

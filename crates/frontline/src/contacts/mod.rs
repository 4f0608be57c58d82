//! Contacts: no wrong door (report 2.3, 2.4, 3.8). Anyone in any agency records what was seen or said, in under a minute.
//!
//! Read in this order: [`rules`] (pure), [`actions`], `store`, [`pages`], [`samples`].
//!
//! Invariant: a contact without an outcome has an owner and a next date.

pub mod actions;
pub mod pages;
pub mod rules;
pub mod samples;
mod store;
#[cfg(test)]
mod tests;

pub use actions::{ContactError, decide, load, record, take_over};
pub use rules::{Contact, ContactId, NewContact, Parent};
pub use store::{HANDED, NEWS, OWED, RECORDED};

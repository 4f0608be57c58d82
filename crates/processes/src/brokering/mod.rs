//! Messages to services that the practitioner index does not name: the message is passed on, and the service decides (report 3.30 and note
//! 16; SI 2007/2182, regulation 11).
//!
//! No person stands between: nobody has to be told which service it is for the message to reach it.
//!
//! Read in this order: [`actions`], `store`, [`pages`], [`samples`], `tests`.
//!
//! Invariant: whoever sends a message learns nothing of the service but what the service writes.
//! Invariant: a message that is not answered has somebody of the service who answers, and a day.

pub mod actions;
pub mod pages;
pub mod samples;
mod store;
#[cfg(test)]
mod tests;

pub use actions::{Message, MessageError, MessageId, answer, send};
pub use store::{ASKED, HANDED, MADE, OWED, delete_answered};

//! Notes taken where there is no connection: kept on the device, sent once when there is one, and written down from here (report 2.6, 3.16).
//!
//! The device keeps the day's visits and what was typed, encrypted, for whoever signed in on it. A note that arrives becomes its author's to see
//! to by a day: they write down from it what came of the visit, also where somebody else did so meanwhile, or put it away.
//!
//! Read in this order: [`note`] (types), [`actions`], `store` (the only SQL), [`pages`] (the notes, and what a device asks), [`samples`], `tests`;
//! in the browser, `web/src/assets/offline.js` and `offline-worker.js`.
//!
//! Invariant: a note comes once, however often it is sent.
//! Invariant: a note is its author's alone.

pub mod actions;
pub mod note;
pub mod pages;
pub mod samples;
mod store;
#[cfg(test)]
mod tests;

pub use actions::{NoteError, count_open, late, load, receive, settle, waiting_for};
pub use note::{NewNote, Note, NoteId};
pub use store::OWED;

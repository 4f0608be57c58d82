//! Notices: telling people outside the product that there is news, the way that is safe for them (report 2.3, 3.10; safe contact: note 16).
//!
//! Read in this order: [`notice`] (types), [`rules`] (pure: who is told, what is safe, when), [`actions`] (telling of a step, told in person, choosing),
//! [`safe`] (what somebody said is safe), [`outgoing`] (what is sent, and what became of it), `store` (the only SQL), [`pages`], [`samples`], `tests`.
//!
//! Messages leave through `interchange::post`; nothing here knows how.
//!
//! Invariant: a message names nobody and says no reason: it says that there is news, and where to sign in.
//! Invariant: nothing is sent to somebody of a family who has not said that it is safe; somebody who knows them tells them then, by a day.
//! Invariant: nobody is told of what they may not know.

pub mod actions;
pub mod notice;
pub mod outgoing;
pub mod pages;
pub mod rules;
pub mod safe;
pub mod samples;
mod store;
#[cfg(test)]
mod tests;

pub use actions::{NoticeError, told};
pub use notice::{Notice, NoticeId, State};
pub use store::HANDED;
pub(crate) use store::UNTOLD;

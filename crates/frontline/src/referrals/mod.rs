//! Referrals: asking a service to support somebody, and always knowing what became of it (report 2.3, 3.10, 3.42).
//!
//! This is the example that every feature follows. Read in this order:
//! [`referral`] (types and states), [`rules`] (pure), [`actions`] (one function a verb), [`between`] (what passes until support ends), `store` (the only SQL),
//! [`telling`] (who is told), `suggestions` (services for a need, with why), [`pages`] (asking, and the list), `show` (one referral), [`samples`] (every state of every page), `tests`.
//!
//! Used by practitioners who ask, by services that answer, and by whoever is named when nobody does.
//!
//! Invariant: a referral that has not ended has an owner and a next date.
//! Invariant: the receiver sees the items that were picked, and no more.

pub mod actions;
pub mod between;
pub mod jobs;
#[cfg(test)]
mod loop_tests;
pub mod pages;
pub mod referral;
pub mod rules;
pub mod samples;
mod show;
mod store;
mod suggestions;
pub mod telling;
#[cfg(test)]
mod tests;

pub use actions::{ActionError, accept, ask, decline, end, load, start, withdraw};
pub use referral::{Line, Referral, ReferralId, State};
pub(crate) use show::show_again;
pub use store::{ASKED, HANDED, MADE, QUESTIONS, SENT, TO_TELL, list_asked};

//! Ending support for a family, and beginning it again (report 3.16): with why, what goes on without it, and what the family says.
//!
//! A missed appointment or a refusal ends nothing. Where a family was not reached or does not want support, whoever asks says what was tried and
//! what was tried differently, and somebody who manages the lead agrees, or asks to go on. Everybody who helps is told.
//!
//! Read in this order: [`closing`] (types), [`rules`] (pure), [`actions`] (one function a verb), `store` (the only SQL), [`pages`],
//! [`samples`], `tests`.
//!
//! Invariant: support ends only once nothing of the plan is open that whoever ends it can read, and nobody is offered the lead.
//! Invariant: nobody agrees to what they asked themselves (the database refuses it).

pub mod actions;
pub mod closing;
pub mod pages;
pub mod rules;
pub mod samples;
mod store;
#[cfg(test)]
mod tests;

pub use actions::{
    ClosingError, answer, ask, begin_again, count_open, late, load, news_of, of_people, read_news, take_over, to_answer, withdraw,
};
pub use closing::{Closing, ClosingId, NewClosing, News, State};
pub use store::{NEWS, TO_ANSWER};

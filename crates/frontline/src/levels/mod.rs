//! How much help a family needs, as somebody judges it: the area's own levels, step by step up and down (report 2.9, 2.10).
//!
//! A level is a judgement, with its reasons and what it rests on; nothing computes one. Where another lead is needed, the judgement holds from
//! the moment at which they accept: until then the family keeps its lead and its level.
//!
//! Read in this order: [`level`] (types), [`rules`] (pure), [`actions`] (one function a verb), `store` (the only SQL), [`pages`],
//! [`samples`], `tests`.
//!
//! Invariant: a judgement is never changed; a later one takes its place.
//! Invariant: a family's lead does not change with its level before the next one has accepted.

pub mod actions;
pub mod level;
pub mod pages;
pub mod rules;
pub mod samples;
mod store;
#[cfg(test)]
mod tests;

pub use actions::{LevelError, current_of, judge, load, of_people};
pub use level::{Judgement, JudgementId, NewJudgement, Told};

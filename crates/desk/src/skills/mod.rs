//! What practitioners can do: skills and languages, by which a colleague is found; training with its last day, for whoever manages (report 3.19).
//!
//! Skills and languages are what each says of themself. Training is recorded by somebody who manages the practitioner, until a day.
//!
//! Read in this order: [`skill`] (types and rules), [`actions`] (one function a verb), `store` (the only SQL), [`pages`], `tests`.
//!
//! Invariant: nobody records their own training (the database refuses it).
//! Invariant: whoever works for a service that is not named is found by that service alone.

pub mod actions;
pub mod pages;
pub mod skill;
mod store;
#[cfg(test)]
mod tests;

pub use actions::{SkillError, ending_of};
pub use skill::{Kind, Skill};

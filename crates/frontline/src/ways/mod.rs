//! How we work with each of a family: how they are best met, and the balance of support and challenge agreed with them (report 3.7, 3.16).
//!
//! Read in this order: [`way`] (types and what each must say, pure), [`actions`], `store` (the only SQL), [`pages`], [`samples`], `tests`.
//!
//! Invariant: what was said before stays to be read; the latest that a reader may read holds for them.
//! Invariant: it is read as a part of the family's plan is.

pub mod actions;
pub mod pages;
pub mod samples;
mod store;
#[cfg(test)]
mod tests;
pub mod way;

pub use actions::{WayError, agree, load, meet, of_people};
pub use way::{Approach, Balance, Says, Way, WayId};

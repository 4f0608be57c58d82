//! Questions anyone may ask: why can I see this, why not, who else can; and what is visible to whom, for whoever answers for how information is
//! used, with what a change of the rules would change before it is in force (report 3.27 to 3.30).
//!
//! Everything is answered from the rules themselves, in their own words.
//!
//! Read in this order: [`who`] (who else can), [`visible`] (what of somebody is visible to an agency), [`pages`], [`try_rules`], [`samples`],
//! `tests`.
//!
//! Invariant: an answer names nobody as working with somebody whom the asker may not know to work with them.

pub mod pages;
pub mod samples;
#[cfg(test)]
mod tests;
pub mod try_rules;
pub mod visible;
pub mod who;

//! "As it was known on": a family's page, its story, who somebody is and the index, as an agency could see them at a moment, for reviewers.
//!
//! The page is drawn by the very code that draws it today, over the part of the database that concerns the family, as that was then
//! ([`::store::slice`]), for a practitioner as they were then, at that time. So it cannot show what was not shown.
//!
//! Read in this order: `gather` (what concerns a family), `shields` (what is kept from the reviewer now is kept then),
//! `then` and `store` (whose view), `paper` (a page to read, with nothing to press), `pages`, `samples`, `tests`.
//!
//! Invariant: what a shield keeps from the reviewer today is not in what they are shown of any day.

mod gather;
pub mod pages;
mod paper;
pub mod samples;
mod shields;
mod store;
#[cfg(test)]
mod tests;
mod then;

//! Who looked at somebody, in plain words: for whoever works with them to show them, less what would put somebody at risk (report 3.30).
//!
//! Read in this order: [`rules`] (what is shown to whom; pure), `store`, [`pages`], [`samples`], `tests`.
//!
//! Invariant: that a service is sensitive, or tells where somebody is, is no more told by its looks than by its work.

pub mod pages;
pub mod rules;
pub mod samples;
mod store;
#[cfg(test)]
mod tests;

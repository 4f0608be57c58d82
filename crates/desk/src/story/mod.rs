//! The story: everything that is recorded of a person or their family, over all agencies, in the order in which it happened (report 3.22).
//!
//! Read in this order: [`compose`] (what is in it), [`pages`], [`samples`], `tests`.
//!
//! Invariant: what is in it is what the viewer may read wherever else it is shown; what they may not leaves no gap and no count.

pub mod compose;
pub mod pages;
pub mod samples;
#[cfg(test)]
mod tests;

//! Who can sign in: inviting somebody, changing what they are, recording and ending their clearance and training.
//!
//! Read in this order: `pages` (handlers), [`samples`].
//!
//! Invariant: nobody changes their own roles, clearance or training.

mod pages;
pub mod samples;
#[cfg(test)]
mod tests;

pub use pages::routes;

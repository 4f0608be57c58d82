//! Who can sign in: inviting somebody, changing what they are, recording and ending their clearance and training, and what happens when they leave.
//!
//! Read in this order: `leaving` (whose work is handed on), `pages` (handlers), [`samples`], `tests`.
//!
//! Invariant: nobody changes their own roles, clearance or training.
//! Invariant: nobody leaves without somebody who does what they did.

pub mod leaving;
mod pages;
pub mod samples;
#[cfg(test)]
mod tests;

pub use pages::routes;

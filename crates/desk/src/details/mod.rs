//! Who somebody is, in full: every name, address, number and relationship the viewer may read, added to and corrected here.
//!
//! Read in this order: [`typed`] (pure), `pages` (handlers), [`samples`].

pub(crate) mod pages;
pub mod samples;
#[cfg(test)]
mod tests;
pub mod typed;

pub use pages::{routes, where_corrected};

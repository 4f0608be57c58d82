//! The service directory's pages: finding a service, saying what places it has, what families find by themselves, and whose directories are read
//! (report 2.3, 2.9, Annex B). What a service is, and how it is found, is in the crate `directory`.
//!
//! Read in this order: [`mod@line`] (a service as a page shows it), [`wanted`] (what was asked for, read and checked), [`pages`] (practitioners),
//! [`public`] (families), [`sources`] (directories of others), [`samples`], `tests`.

pub mod line;
pub mod pages;
pub mod public;
pub mod samples;
pub mod sources;
#[cfg(test)]
mod tests;
pub mod wanted;

//! The program: routes, jobs, configuration and the command line, each on one page.
//!
//! Read in this order: [`routes`] (every page), [`jobs`] (everything that runs by itself), [`command`] (the command line),
//! [`build`] (how it is put together), [`demo`], [`gallery`].

pub mod build;
pub mod command;
pub mod demo;
pub mod directory;
pub mod gallery;
pub mod jobs;
mod merging;
pub mod retention;
pub mod routes;
pub mod serve;
#[cfg(test)]
mod tests;

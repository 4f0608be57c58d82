//! What somebody has planned, for their own calendar program: when, and nothing of whom.
//!
//! A calendar program cannot sign in, so it reads a secret address that its owner makes and takes back. Whoever learns the address learns
//! when somebody is busy; no name, no place and no word of a family is in it.
//!
//! Read in this order: [`mod@file`] (pure: what the calendar says), [`actions`], `store` (the only SQL), [`pages`], `tests`.
//!
//! Invariant: nothing that anybody wrote stands in a calendar.

pub mod actions;
pub mod file;
pub mod pages;
mod store;
#[cfg(test)]
mod tests;

//! The service directory in the Open Referral UK standard 3.0 (HSDS-UK): read by anybody, and read from others (report 2.3, 2.9).
//!
//! Read in this order: [`query`] (what is asked for, pure), [`written`] (what is answered, pure), [`api`] (the addresses), [`reading`] (directories
//! of others, over HTTP), `tests`.
//!
//! Invariant: only services that are public are told, and nothing that is not a service.
//! Invariant: a directory that does not answer, answers wrongly or without end changes nothing here but that somebody is told.

pub mod api;
pub mod query;
pub mod reading;
#[cfg(test)]
mod tests;
pub mod written;

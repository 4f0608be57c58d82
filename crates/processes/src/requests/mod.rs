//! Requests for information: one agency asks another what it knows of somebody, and always knows what became of that (report 3.27, 3.42).
//!
//! Whether it is told is decided on the path of [`crate::sharing`]; here is who asks, what for, who answers and by when.
//!
//! Read in this order: [`request`] (types), [`rules`] (pure), [`actions`], [`jobs`], `store`, [`pages`], [`samples`], `tests`.
//!
//! Invariant: an open request has somebody who answers and a last day.

pub mod actions;
pub mod jobs;
pub mod pages;
pub mod request;
pub mod rules;
pub mod samples;
mod store;
#[cfg(test)]
mod tests;

pub use actions::{RequestError, answered, ask, load, take_over, withdraw};
pub use request::{NewRequest, Request, RequestId, State};
pub use store::{ASKED, HANDED, MADE, OWED, SENT, WAITING};

//! Facts: everything that is known about a person, each with who said so, when, and who may read it.
//!
//! Read in this order: [`fact`] (types), [`rules`], [`actions`], `store`.

pub mod actions;
pub mod fact;
pub mod records;
pub mod rules;
pub(crate) mod store;
#[cfg(test)]
mod tests;
pub mod words;

pub use actions::{
    FactError, correct, end_grants, end_origin, extend_grants, grant, hold_grants, list_counted, list_ever, list_from, list_of,
    list_these, list_toward, load, open_from, readable_by, record, resource, resource_if_granted, why, withdraw, works_with,
};
pub use fact::{
    Answer, Audience, Class, Fact, FactId, Grant, Identifier, Kind, NewFact, Origin, Scheme, Shape, Standing, Verified,
};
pub use store::{FACT, grant_to_successor};

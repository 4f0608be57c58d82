//! Ring 1 of the report: families at the centre (3.4 to 3.7).
//!
//! Read in this order: [`people`] (who there is, and who may know), [`facts`] (what is known),
//! [`lookup`] (looking somebody up by all that is known), [`search`] (finding somebody), [`links`] (two people
//! who are one), [`family`] (families, their members and the team around them), [`news`] (what others wrote about them).
//!
//! Invariant: everything known about a person is a fact with an author, an agency, a standing and a class.
//! Invariant: facts are never overwritten; a correction supersedes.

pub mod facts;
pub mod family;
pub mod handing;
pub mod links;
pub mod lookup;
pub mod news;
pub mod people;
pub mod search;

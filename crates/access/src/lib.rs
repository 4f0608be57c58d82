//! Who may do what, and why: people who sign in, the policies, permits and the trail of looks.
//!
//! Read in this order: [`act`] (what can be asked), [`actor`] (who asks), [`resource`] (what for),
//! [`policies`] (the rules, in `policies/*.cedar`), [`narrow`] (the rules as SQL, for lists),
//! [`matrix`] (what a change of the rules would change), [`ctx`] (a request's context and permits), [`sign_in`], [`people`].
//!
//! Invariant: only [`ctx::Ctx::permit`] makes a [`ctx::Permit`], and only the policies decide.
//! Invariant: what a person may not know of looks like what is not there.
//! Invariant: no other crate names Cedar.

pub mod act;
pub mod actor;
pub mod ctx;
pub mod matrix;
pub mod narrow;
pub mod people;
pub mod policies;
pub mod resource;
pub mod sign_in;
#[cfg(test)]
mod tests;

pub use act::Act;
pub use actor::{Actor, AgencyId, PractitionerId, Role, TeamId};
pub use ctx::{AccessError, Ctx, Permit, World};
pub use narrow::{Narrowing, SqlMap};
pub use policies::{Decided, Policies};
pub use resource::{Attr, Resource, Thing};

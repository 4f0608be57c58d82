//! The service directory (report 2.3, 2.9, Annex B): what there is for a family, for whom, where, when, and whether there are places now.
//!
//! Read in this order: [`service`] (as the Open Referral UK standard writes it), [`ours`] (the area's own, from its configuration),
//! [`index`] (in memory), [`wanted`] (what fits, and what the standard's filters let through), [`place`] (distances, postcodes),
//! `store` (the only SQL), [`actions`], [`sources`] (directories of others).
//!
//! Used by practitioners who look for help with a family, by families, by services that say what places they have, and by other directories.
//!
//! Invariant: what a service does not say never hides it from somebody who looks for it.
//! Invariant: what is in memory is what the database had when it was asked.
//! Invariant: a service that a source withdraws is found no more, and is kept for whoever was referred to it.

pub mod actions;
pub mod index;
mod mend;
pub mod ours;
pub mod place;
pub mod service;
pub mod sources;
mod store;
#[cfg(test)]
mod tests;
pub mod wanted;

pub use actions::{Directory, Results, Shown, find, of_agency, of_code, of_ids, say_capacity, settle};
pub use index::{Entry, Index};
pub use ours::Taxonomy;
pub use place::{Position, of_postcode};
pub use service::Service;
pub use store::{Capacity, Stored};
pub use wanted::{Doubt, Filter, Found, Wanted};

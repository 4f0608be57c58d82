//! Two people who are one: linking them, and giving back to each what is theirs.
//!
//! Read in this order: [`moves`] (what belongs to a person, table by table), `store`, [`actions`].
//!
//! Invariant: what was the one's is the other's from the moment of the link, and nobody has anything to do with the first any more.
//! Invariant: undoing gives back exactly what was moved, and what the same records have said since.
//! Invariant: nobody is linked who is shielded from whoever links them, and nobody automatically who is shielded from anybody.

pub mod actions;
pub mod moves;
mod store;
#[cfg(test)]
mod tests;

pub use actions::{LinkError, NewLink, Since, last, link, list_of, now_known_as, place, since, undo};
use kernel::Timestamp;

::store::record_id!(
    /// A link between two people.
    LinkId
);

use crate::people::PersonId;

/// A link that is in force.
#[derive(Clone, Debug)]
pub struct Link {
    /// Which one.
    pub id: LinkId,
    /// Who they are known as.
    pub kept: PersonId,
    /// Who they were as well.
    pub linked: PersonId,
    /// The record, where one was placed.
    pub origin: Option<uuid::Uuid>,
    /// Why.
    pub reason: String,
    /// Who made it, by name; nobody where the area lets records be placed by their weight.
    pub made_by: Option<String>,
    /// When.
    pub made_at: Timestamp,
}

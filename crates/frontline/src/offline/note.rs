//! A note as it came from a device.

use crate::visits::VisitId;
use access::PractitionerId;
use kernel::{Date, Timestamp};

::store::record_id!(
    /// A note from a device; the device made the id.
    NoteId
);

/// A note as it came from a device.
#[derive(Clone, Debug)]
pub struct Note {
    /// Which one.
    pub id: NoteId,
    /// The visit it is about, where it was written under one.
    pub visit: Option<VisitId>,
    /// What it says.
    pub words: String,
    /// When it was written, by the device's clock.
    pub written_at: Timestamp,
    /// The day by which its author sees to it.
    pub settle_by: Date,
    /// Who wrote it.
    pub author: PractitionerId,
    /// Whether they have left since.
    pub author_left: bool,
    /// When it was seen to.
    pub settled_at: Option<Timestamp>,
}

/// Notes of one author past their day: whose, how many, and since when; never what they say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Late {
    /// Who wrote them.
    pub author: String,
    /// Whether they have left since.
    pub author_left: bool,
    /// How many.
    pub notes: i64,
    /// The day by which the first was to be seen to.
    pub settle_by: Date,
}

/// A note that a device sends.
#[derive(Clone, Debug)]
pub struct NewNote {
    /// The device's id for it.
    pub id: NoteId,
    /// The visit it is about, where it was written under one.
    pub visit: Option<VisitId>,
    /// What it says.
    pub words: String,
    /// When it was written, in milliseconds since 1970, by the device's clock.
    pub written_ms: i64,
}

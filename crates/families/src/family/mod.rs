//! Families: their members and network, the team around them, and who answers for the next step.
//!
//! Invariant: a family has an owner and a next date from its first moment (the database refuses one without).
//! Invariant: support for a family ends by [`close`] alone, and never by itself.

mod actions;
pub(crate) mod store;
#[cfg(test)]
mod tests;

use crate::people::PersonId;
use access::PractitionerId;
pub(crate) use actions::shield_families_of;
pub use actions::{
    FamilyError, add, around, begin_again, checked_next, circle, close, count_leaderless, count_led, count_open, create, hold,
    hold_in, join, join_team, late, lead_on, leave_team, mark_read, next_step, owned_by, seek_lead, shield, shield_as, take_lead,
    these, to_open, within, workers_of,
};
pub(crate) use store::{ANSWERS, LEADS};

use kernel::{Date, Timestamp};

::store::record_id!(
    /// A family.
    FamilyId
);

/// A family.
#[derive(Clone, Debug)]
pub struct Family {
    /// Which one.
    pub id: FamilyId,
    /// What it is called: as the family likes.
    pub name: String,
    /// Who answers for the next step.
    pub owner_id: PractitionerId,
    /// Their name.
    pub owner: String,
    /// What comes next.
    pub next_step: String,
    /// By when.
    pub next_on: Date,
    /// By when whoever answers for the next step finds somebody to lead; nothing where they lead.
    pub lead_by: Option<Date>,
    /// When support for them ended; nothing while they are in support.
    pub closed_at: Option<Timestamp>,
    /// Edits so far.
    pub version: i64,
}

/// Whether somebody belongs to the family, or stands by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Of the family.
    Member,
    /// Of its network: relatives, friends, neighbours.
    Network,
}

impl Part {
    /// Returns the stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Network => "network",
        }
    }
}

impl std::str::FromStr for Part {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "member" => Ok(Self::Member),
            "network" => Ok(Self::Network),
            _ => Err(()),
        }
    }
}

/// A member of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person: PersonId,
    /// How they belong.
    pub part: Part,
}

/// A practitioner of the team around a family.
#[derive(Clone, Debug)]
pub struct TeamMember {
    /// Who.
    pub id: PractitionerId,
    /// Their name.
    pub name: String,
    /// Their agency.
    pub agency: String,
    /// What they do.
    pub job: String,
    /// How to reach them.
    pub telephone: String,
    /// Their part.
    pub part: String,
    /// Since when.
    pub from_at: Timestamp,
}

/// A family, whom of it the viewer may know, and who helps.
#[derive(Clone, Debug)]
pub struct Around {
    /// The family.
    pub family: Family,
    /// Members and network, as far as the viewer may find them.
    pub members: Vec<Member>,
    /// The team around the family.
    pub team: Vec<TeamMember>,
    /// When the viewer last read this page.
    pub read_at: Option<Timestamp>,
}

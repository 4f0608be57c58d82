//! What a judgement of a family's level of need is.

use crate::leads::{self, HandoverId, NewHandover};
use crate::plans;
use access::{AgencyId, PractitionerId, Resource};
use families::facts::{Class, FactId};
use families::family::FamilyId;
use families::people::{self, PersonId};
use kernel::{Timestamp, stored_words};

::store::record_id!(
    /// A judgement of a family's level of need.
    JudgementId
);

stored_words! {
    /// Whether the family knows of it.
    Told {
        /// They agree.
        Agreed = "agreed",
        /// They were told, and see it otherwise.
        Told = "told",
        /// They were not told yet, and why.
        NotTold = "not_told",
    }
}

impl Told {
    /// Returns it in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Agreed => "The family agrees",
            Self::Told => "The family was told, and sees it otherwise",
            Self::NotTold => "The family was not told yet",
        }
    }
}

/// A judgement of a family's level of need.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// Which one.
    pub id: JudgementId,
    /// Of which family.
    pub family: FamilyId,
    /// Whom of it the one who judged reached it through.
    pub person: PersonId,
    /// The area's id of the level.
    pub level: String,
    /// Who may read it.
    pub class: Class,
    /// The agency of whoever judged.
    pub agency_id: AgencyId,
    /// Its name.
    pub agency: String,
    /// Whether that it knows somebody tells roughly where they are.
    pub agency_tells_place: bool,
    /// Who judged.
    pub author_id: PractitionerId,
    /// Their name.
    pub author: String,
    /// When.
    pub judged_at: Timestamp,
    /// Why.
    pub reason: String,
    /// Whether the family knows of it.
    pub told: Told,
    /// What the family says to it, or why it was not told.
    pub told_words: String,
    /// Where somebody else is to lead at this level: the offer, and how it stands.
    pub handover: Option<(HandoverId, leads::State)>,
    /// When it began to hold; never, where whoever was to lead has not accepted.
    pub holds_from: Option<Timestamp>,
    /// What it rests on.
    pub evidence: Vec<FactId>,
}

impl Judgement {
    /// Returns it as the access rules see it: it is read as a part of the family's plan is.
    pub fn resource(&self, person: &people::Standing) -> Resource {
        let agency = (self.agency_id, self.agency_tells_place);
        plans::part_of_plan(self.id.0, self.class, agency, self.author_id, person)
    }
}

/// A judgement to be kept.
#[derive(Clone, Debug)]
pub struct NewJudgement {
    /// The area's id of the level.
    pub level: String,
    /// Why.
    pub reason: String,
    /// Whether the family knows of it.
    pub told: Told,
    /// What the family says to it, or why it was not told.
    pub told_words: String,
    /// What it rests on.
    pub evidence: Vec<FactId>,
    /// Who is to lead at this level, where that is somebody else.
    pub lead: Option<NewHandover>,
}

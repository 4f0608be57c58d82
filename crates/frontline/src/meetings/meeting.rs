//! What a meeting is.

use crate::plans;
use access::{AgencyId, PractitionerId, Resource};
use families::facts::Class;
use families::family::FamilyId;
use families::people::{self, PersonId};
use kernel::{Date, Timestamp, stored_words};

::store::record_id!(
    /// A meeting of the team around a family.
    MeetingId
);

stored_words! {
    /// Where a meeting stands.
    State {
        /// It is to come.
        Planned = "planned",
        /// They met.
        Held = "held",
        /// It was called off.
        Cancelled = "cancelled",
    }
}

impl State {
    /// Returns it in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Planned => "Planned",
            Self::Held => "They met",
            Self::Cancelled => "Called off",
        }
    }
}

stored_words! {
    /// Whether somebody who is invited comes.
    Answer {
        /// They have not said.
        Asked = "asked",
        /// They come.
        Coming = "coming",
        /// They cannot come.
        NotComing = "not_coming",
    }
}

impl Answer {
    /// Returns it in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Asked => "Has not said yet",
            Self::Coming => "Comes",
            Self::NotComing => "Cannot come",
        }
    }
}

/// A practitioner who is invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// Who.
    pub id: PractitionerId,
    /// Their name and agency.
    pub name: String,
    /// Whether they come.
    pub answer: Answer,
    /// What they said to it: what the others should know, where they cannot come.
    pub answer_words: String,
    /// Whether they came.
    pub came: bool,
}

/// A meeting of the team around a family.
#[derive(Clone, Debug)]
pub struct Meeting {
    /// Which one.
    pub id: MeetingId,
    /// Of which family.
    pub family: FamilyId,
    /// Whom of it whoever arranged it reached it through.
    pub person: PersonId,
    /// Who may read it.
    pub class: Class,
    /// The agency of whoever convenes it.
    pub agency_id: AgencyId,
    /// Whether that somebody who convenes it or is invited knows the family tells roughly where they are.
    pub agency_tells_place: bool,
    /// Who convenes it.
    pub convener_id: PractitionerId,
    /// Their name and agency.
    pub convener: String,
    /// When it was arranged.
    pub recorded_at: Timestamp,
    /// On which day.
    pub planned_on: Date,
    /// At what time, as `14:30`; empty where none was agreed.
    pub planned_time: String,
    /// Where, or how to join.
    pub place: String,
    /// What it is about.
    pub about: String,
    /// Where it stands.
    pub state: State,
    /// The day they met.
    pub held_on: Option<Date>,
    /// Who else came: whoever is on no record.
    pub others: String,
    /// What was said; or why it was called off.
    pub words: String,
    /// When that was written, and by whom; nobody whose service is not named.
    pub ended: Option<(Timestamp, String)>,
    /// Edits so far.
    pub version: i64,
    /// The practitioners who are invited, in the order of their names.
    pub invited: Vec<Invited>,
    /// Whoever of the family is invited, and whether they came, as far as whoever loaded it may know of them.
    pub people: Vec<(PersonId, bool)>,
}

impl Meeting {
    /// Returns it as the access rules see it: it is read as a part of the family's plan is.
    pub fn resource(&self, person: &people::Standing) -> Resource {
        let agency = (self.agency_id, self.agency_tells_place);
        plans::part_of_plan(self.id.0, self.class, agency, self.convener_id, person)
    }

    /// Returns whether its day has passed and nobody wrote it down.
    pub fn is_late(&self, today: Date) -> bool {
        self.state == State::Planned && self.planned_on < today
    }
}

/// A meeting to be arranged.
#[derive(Clone, Debug)]
pub struct NewMeeting {
    /// On which day.
    pub on: Date,
    /// At what time, as `14:30`, or nothing.
    pub time: String,
    /// Where, or how to join.
    pub place: String,
    /// What it is about.
    pub about: String,
    /// The practitioners to be invited.
    pub practitioners: Vec<PractitionerId>,
    /// Whoever of the family is to be invited.
    pub people: Vec<PersonId>,
}

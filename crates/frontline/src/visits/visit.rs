//! What a visit is.

use access::{AgencyId, Attr, PractitionerId, Resource, Thing};
use families::facts::Class;
use families::people::{self, PersonId};
use kernel::{Date, Timestamp, stored_words};

::store::record_id!(
    /// A visit, an appointment, a call, a message or a letter.
    VisitId
);

stored_words! {
    /// How somebody meets a family, or tries to.
    Way { Home = "home", Appointment = "appointment", Doorstep = "doorstep", Call = "call", Message = "message", Letter = "letter" }
}

impl Way {
    /// Returns what it is called.
    pub fn words(self) -> &'static str {
        match self {
            Self::Home => "Home visit",
            Self::Appointment => "Appointment",
            Self::Doorstep => "Visit at the door",
            Self::Call => "Telephone call",
            Self::Message => "Message",
            Self::Letter => "Letter",
        }
    }

    /// Returns whether people are seen: on the telephone and in writing nobody is.
    pub fn is_in_person(self) -> bool {
        match self {
            Self::Home | Self::Appointment | Self::Doorstep => true,
            Self::Call | Self::Message | Self::Letter => false,
        }
    }
}

stored_words! {
    /// Where a visit stands.
    State {
        /// It is to be made.
        Planned = "planned",
        /// They met.
        Done = "done",
        /// Nobody was there, came or answered.
        Missed = "missed",
        /// They did not want to meet.
        Refused = "refused",
        /// It was called off by whoever was to make it.
        Cancelled = "cancelled",
    }
}

impl State {
    /// Returns where it stands, in words that a family might read.
    pub fn words(self) -> &'static str {
        match self {
            Self::Planned => "Planned",
            Self::Done => "They met",
            Self::Missed => "Nobody there, or no answer",
            Self::Refused => "They did not want to meet",
            Self::Cancelled => "Called off",
        }
    }

    /// Returns whether the family is still to be met: another try follows.
    pub fn is_tried_again(self) -> bool {
        matches!(self, Self::Missed | Self::Refused)
    }
}

/// Somebody whom a visit is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Met {
    /// Who.
    pub person: PersonId,
    /// Whether they were met: seen, where the visit was in person.
    pub is_met: bool,
    /// How they see it themselves, in their own words: of a child, what the child says.
    pub view: String,
}

/// A visit.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Which one.
    pub id: VisitId,
    /// Through whom the family is reached.
    pub person: PersonId,
    /// Whom it is about.
    pub people: Vec<Met>,
    /// How.
    pub way: Way,
    /// Who may read it.
    pub class: Class,
    /// The agency of whoever planned or recorded it.
    pub agency_id: AgencyId,
    /// Its name.
    pub agency: String,
    /// Whether that its author's or its owner's agency knows somebody tells roughly where they are.
    pub agency_tells_place: bool,
    /// Who planned or recorded it.
    pub author_id: PractitionerId,
    /// Their name.
    pub author: String,
    /// When.
    pub recorded_at: Timestamp,
    /// Who makes it.
    pub owner_id: PractitionerId,
    /// Their name and agency.
    pub owner: (String, String),
    /// On which day.
    pub planned_on: Date,
    /// At what time, as `14:30`; empty where none was agreed.
    pub planned_time: String,
    /// How to approach the family: who is trusted, where, in which language.
    pub approach: String,
    /// Where it stands.
    pub state: State,
    /// The day it happened, or was tried.
    pub happened_on: Option<Date>,
    /// What was said and done.
    pub words: String,
    /// When that was written, and by whom; nobody whose agency names a sensitive service or tells a place.
    pub ended: Option<(Timestamp, String)>,
    /// The next try.
    pub next: Option<VisitId>,
    /// Edits so far.
    pub version: i64,
}

impl Visit {
    /// Returns whether its day has passed and nobody said what came of it.
    pub fn is_late(&self, today: Date) -> bool {
        self.state == State::Planned && self.planned_on < today
    }

    /// Returns it as the access rules see it, with everybody it is about, whoever it is reached through first.
    pub fn resource(&self, standings: &[people::Standing]) -> Resource {
        let mut attrs = vec![
            ("class", Attr::Text(self.class.as_str().to_owned())),
            ("agencyTellsPlace", Attr::Flag(self.agency_tells_place)),
            ("agency", Attr::One("Agency", self.agency_id.0)),
            ("author", Attr::One("Practitioner", self.author_id.0)),
            ("owner", Attr::One("Practitioner", self.owner_id.0)),
            ("person", Attr::One("Person", self.person.0)),
        ];
        attrs.extend(people::shields_of_all(standings));
        let thing = Thing { kind: "Visit", id: self.id.0, attrs };
        let beside = standings.iter().take(1).map(people::Standing::thing).collect();
        Resource { thing, beside, subject_id: Some(self.person.0), hide_refusal: true }
    }
}

/// A visit to be planned.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Through whom the family is reached.
    pub person: PersonId,
    /// Whom it is about.
    pub people: Vec<PersonId>,
    /// How, when, by whom.
    pub next: Next,
    /// Whether it is kept in the author's agency.
    pub is_private: bool,
}

/// When, how and by whom a family is met next.
#[derive(Clone, Debug)]
pub struct Next {
    /// How.
    pub way: Way,
    /// Who makes it.
    pub owner: PractitionerId,
    /// On which day.
    pub on: Date,
    /// At what time, as `14:30`; empty where none is agreed.
    pub time: String,
    /// How to approach the family.
    pub approach: String,
}

/// What came of a visit.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// How they met, or tried to.
    pub way: Way,
    /// Where it stands now.
    pub state: State,
    /// The day.
    pub happened_on: Date,
    /// What was said and done.
    pub words: String,
    /// Whom it is about, and who was met.
    pub people: Vec<Met>,
    /// The next try: needed where nobody was met.
    pub next: Option<Next>,
}

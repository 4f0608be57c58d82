//! What a referral is, and the states it passes through.

use access::{AgencyId, Attr, PractitionerId, Resource, Thing};
use families::facts::Class;
use families::people::{self, PersonId};
use kernel::{Date, Timestamp};
use std::str::FromStr;
use uuid::Uuid;

::store::record_id!(
    /// A request for support.
    ReferralId
);

/// Where a referral stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Sent, and not answered.
    Asked,
    /// Accepted; support has not begun.
    Waiting,
    /// Support has begun.
    Started,
    /// Support has ended, with an outcome.
    Ended,
    /// Declined, with a reason and a better door.
    Declined,
    /// Taken back by whoever sent it.
    Withdrawn,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 6] = [Self::Asked, Self::Waiting, Self::Started, Self::Ended, Self::Declined, Self::Withdrawn];

    /// Returns the stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Waiting => "waiting",
            Self::Started => "started",
            Self::Ended => "ended",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Returns the state in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Asked => "Waiting for an answer",
            Self::Waiting => "Accepted, not started",
            Self::Started => "Support has started",
            Self::Ended => "Ended",
            Self::Declined => "Declined",
            Self::Withdrawn => "Withdrawn",
        }
    }

    /// Returns whether nothing more is to be done.
    pub fn is_final(self) -> bool {
        match self {
            Self::Ended | Self::Declined | Self::Withdrawn => true,
            Self::Asked | Self::Waiting | Self::Started => false,
        }
    }
}

impl FromStr for State {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or(())
    }
}

/// A request for support.
#[derive(Clone, Debug)]
pub struct Referral {
    /// Which one.
    pub id: ReferralId,
    /// For whom.
    pub person: PersonId,
    /// The service's code in the directory.
    pub service: String,
    /// What it was called when it was asked.
    pub service_name: String,
    /// Who asked.
    pub sender_id: PractitionerId,
    /// Their name.
    pub sender: String,
    /// Their agency.
    pub from_agency_id: AgencyId,
    /// Its name.
    pub from_agency: String,
    /// The agency that was asked.
    pub to_agency_id: AgencyId,
    /// Whether that one of the two agencies knows somebody tells roughly where they are.
    pub agency_tells_place: bool,
    /// Whether that it is there names a sensitive service.
    pub class: Class,
    /// The need, a term.
    pub need: String,
    /// What the sender wrote.
    pub words: String,
    /// Where it stands.
    pub state: State,
    /// When it was sent.
    pub asked_at: Timestamp,
    /// The last day on which it is answered in time.
    pub answer_by: Date,
    /// Who answers for the next step; nobody once it has ended.
    pub owner_id: Option<PractitionerId>,
    /// Their name.
    pub owner: Option<String>,
    /// The day of the next step.
    pub next_on: Option<Date>,
    /// When it was accepted or declined.
    pub decided_at: Option<Timestamp>,
    /// Why it was declined.
    pub decline_reason: String,
    /// The service that may fit better.
    pub better_door: String,
    /// How support ended.
    pub outcome: String,
    /// And in words.
    pub outcome_words: String,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// When it went to the named owner because nobody answered.
    pub escalated_at: Option<Timestamp>,
    /// When the sender saw the answer.
    pub sender_told_at: Option<Timestamp>,
    /// Edits so far.
    pub version: i64,
}

impl Referral {
    /// Returns the service's name.
    pub fn service_words(&self) -> &str {
        if self.service_name.is_empty() { &self.service } else { &self.service_name }
    }

    /// Returns the referral as the access rules see it. That it is there is told to nobody it does not concern.
    pub fn resource(&self, person: &people::Standing) -> Resource {
        let mut attrs = vec![
            ("class", Attr::Text(self.class.as_str().to_owned())),
            ("agencyTellsPlace", Attr::Flag(self.agency_tells_place)),
            ("sender", Attr::One("Practitioner", self.sender_id.0)),
            ("fromAgency", Attr::One("Agency", self.from_agency_id.0)),
            ("toAgency", Attr::One("Agency", self.to_agency_id.0)),
            ("person", Attr::One("Person", self.person.0)),
        ];
        if let Some(owner) = self.owner_id {
            attrs.push(("owner", Attr::One("Practitioner", owner.0)));
        }
        let thing = Thing { kind: "Referral", id: self.id.0, attrs };
        Resource { thing, beside: vec![person.thing()], subject_id: Some(self.person.0), hide_refusal: true }
    }
}

/// A referral to be sent.
#[derive(Clone, Debug)]
pub struct NewReferral {
    /// For whom.
    pub person: PersonId,
    /// The contact it follows from.
    pub contact: Option<Uuid>,
    /// The service's code in the directory.
    pub service: String,
    /// The need, a term.
    pub need: String,
    /// What the receiver should know, in the sender's words.
    pub words: String,
    /// What is shared, item by item.
    pub items: Vec<families::facts::FactId>,
}

/// A referral in a list.
#[derive(Clone, Debug)]
pub struct Line {
    /// The referral.
    pub referral: Referral,
    /// For whom, by the name the viewer may read.
    pub name: String,
}

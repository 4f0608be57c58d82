//! What a referral is, and the states it passes through.

use access::{AgencyId, Attr, PractitionerId, Resource, Thing};
use families::facts::Class;
use families::people::{self, PersonId};
use kernel::{Date, Timestamp, stored_words};
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
    /// The service asks the sender for more before it answers.
    AskedBack,
    /// Accepted; support has not begun.
    Waiting,
    /// Support has begun.
    Started,
    /// Support has ended, with an outcome.
    Ended,
    /// Declined, with a reason and a better door.
    Declined,
    /// Passed on to another service, with the family's agreement.
    PassedOn,
    /// Taken back by whoever sent it, or another service was first.
    Withdrawn,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Asked,
        Self::AskedBack,
        Self::Waiting,
        Self::Started,
        Self::Ended,
        Self::Declined,
        Self::PassedOn,
        Self::Withdrawn,
    ];

    /// Returns the stored word: one that asks back has a question beside it, and one that is passed on has where to.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked | Self::AskedBack => "asked",
            Self::Waiting => "waiting",
            Self::Started => "started",
            Self::Ended => "ended",
            Self::Declined | Self::PassedOn => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Returns the state in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Asked => "Waiting for an answer",
            Self::AskedBack => "The service asks for more first",
            Self::Waiting => "Accepted, not started",
            Self::Started => "Support has started",
            Self::Ended => "Ended",
            Self::Declined => "Declined",
            Self::PassedOn => "Passed on to another service",
            Self::Withdrawn => "Withdrawn",
        }
    }

    /// Returns whether nothing more is to be done.
    pub fn is_final(self) -> bool {
        match self {
            Self::Ended | Self::Declined | Self::PassedOn | Self::Withdrawn => true,
            Self::Asked | Self::AskedBack | Self::Waiting | Self::Started => false,
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
    /// Who leads for the family of whom it is for, where somebody does.
    pub lead_id: Option<PractitionerId>,
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
    /// What the service asks the sender before it answers; empty when it asks nothing.
    pub question: String,
    /// The place in the service's waiting list, as the service said.
    pub wait_place: Option<u16>,
    /// The day on which support is to start, as the service said.
    pub starts_on: Option<Date>,
    /// The services that were asked together, of which the first to accept supports.
    pub round: Option<Uuid>,
    /// The referral as which it was passed on.
    pub passed_to: Option<ReferralId>,
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
        if let Some(lead) = self.lead_id {
            attrs.push(("lead", Attr::One("Practitioner", lead.0)));
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

stored_words! {
    /// A step of a referral.
    EventKind {
        /// The service takes it on.
        Accepted = "accepted",
        /// The service cannot.
        Declined = "declined",
        /// The service asks the sender for more.
        AskedBack = "asked_back",
        /// The sender answers.
        Replied = "replied",
        /// The service says when it starts.
        SaidWhen = "said_when",
        /// Support has begun.
        Started = "started",
        /// They were not there when they were to be met.
        Missed = "missed",
        /// It was passed on to another service.
        PassedOn = "passed_on",
        /// Support has ended.
        Ended = "ended",
        /// The sender took it back.
        Withdrawn = "withdrawn",
        /// Another service that was asked with it was first.
        FirstElsewhere = "first_elsewhere",
        /// It was given to a colleague within the service.
        Given = "given",
    }
}

impl EventKind {
    /// Returns it in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Accepted => "Accepted",
            Self::Declined => "Declined",
            Self::AskedBack => "Asked for more",
            Self::Replied => "Answered",
            Self::SaidWhen => "Said when it starts",
            Self::Started => "Support started",
            Self::Missed => "Missed",
            Self::PassedOn => "Passed on to another service",
            Self::Ended => "Support ended",
            Self::Withdrawn => "Taken back",
            Self::Given => "Given to a colleague",
            Self::FirstElsewhere => "Another service was able to sooner",
        }
    }
}

/// A step that was taken.
#[derive(Clone, Debug)]
pub struct Event {
    /// What.
    pub kind: EventKind,
    /// What was said.
    pub words: String,
    /// Who took it; nobody where the product did.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// A referral in a list.
#[derive(Clone, Debug)]
pub struct Line {
    /// The referral.
    pub referral: Referral,
    /// For whom, by the name the viewer may read.
    pub name: String,
}

//! What a request for information is.

use access::{AgencyId, Attr, PractitionerId, Resource, Thing};
use families::facts::Class;
use families::people::{PersonId, Standing};
use kernel::{Date, Timestamp, stored_words};

::store::record_id!(
    /// A request for information.
    RequestId
);

stored_words! {
    /// Where a request stands.
    State { Open = "open", Answered = "answered", Withdrawn = "withdrawn" }
}

impl State {
    /// Returns the state in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Open => "Waiting for an answer",
            Self::Answered => "Answered",
            Self::Withdrawn => "Taken back",
        }
    }
}

/// A request to be made.
#[derive(Clone, Debug)]
pub struct NewRequest {
    /// About whom.
    pub person: PersonId,
    /// The agency that is asked.
    pub to_agency: AgencyId,
    /// What for, by id.
    pub purpose: String,
    /// Kinds of information, by id; none for whatever matters.
    pub information: Vec<String>,
    /// What is asked, and why.
    pub words: String,
    /// Whether somebody is at risk until it is answered.
    pub urgent: bool,
}

/// A request as it is read.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which one.
    pub id: RequestId,
    /// What it asks.
    pub new: NewRequest,
    /// Who asks.
    pub asker_id: PractitionerId,
    /// Their name.
    pub asker: String,
    /// What they do.
    pub asker_job: String,
    /// How to reach them.
    pub asker_telephone: String,
    /// For which agency.
    pub from_agency_id: AgencyId,
    /// Its name.
    pub from_agency: String,
    /// The agency that is asked, by name.
    pub to_agency: String,
    /// Whether one of the two agencies knows somebody by where they are.
    pub agency_tells_place: bool,
    /// Whether that it is there names a sensitive service.
    pub class: Class,
    /// When it was made.
    pub asked_at: Timestamp,
    /// The last day on which it is answered in time.
    pub answer_by: Date,
    /// Where it stands.
    pub state: State,
    /// Who answers.
    pub owner_id: Option<PractitionerId>,
    /// Their name.
    pub owner: Option<String>,
    /// When it was passed on because nobody answered.
    pub escalated_at: Option<Timestamp>,
    /// Edits so far.
    pub version: i64,
}

impl Request {
    /// Returns the request as the access rules see it. That it is there is told to nobody it does not concern.
    pub fn resource(&self, person: &Standing) -> Resource {
        let mut attrs = vec![
            ("class", Attr::Text(self.class.as_str().to_owned())),
            ("agencyTellsPlace", Attr::Flag(self.agency_tells_place)),
            ("asker", Attr::One("Practitioner", self.asker_id.0)),
            ("fromAgency", Attr::One("Agency", self.from_agency_id.0)),
            ("toAgency", Attr::One("Agency", self.new.to_agency.0)),
            ("person", Attr::One("Person", self.new.person.0)),
        ];
        if let Some(owner) = self.owner_id {
            attrs.push(("owner", Attr::One("Practitioner", owner.0)));
        }
        let thing = Thing { kind: "ShareRequest", id: self.id.0, attrs };
        Resource { thing, beside: vec![person.thing()], subject_id: Some(self.new.person.0), hide_refusal: true }
    }
}

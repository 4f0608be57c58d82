//! What a handover is.

use access::{Attr, PractitionerId, Resource, Thing};
use families::family::FamilyId;
use families::people::{self, PersonId};
use kernel::{Date, Timestamp, stored_words};

::store::record_id!(
    /// An offer of the lead for a family.
    HandoverId
);

stored_words! {
    /// Where a handover stands.
    State { Offered = "offered", Accepted = "accepted", Declined = "declined", Withdrawn = "withdrawn" }
}

impl State {
    /// Returns the state in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Offered => "Waiting for an answer",
            Self::Accepted => "Accepted",
            Self::Declined => "Declined",
            Self::Withdrawn => "Taken back",
        }
    }
}

/// An offer of the lead for a family.
#[derive(Clone, Debug)]
pub struct Handover {
    /// Which one.
    pub id: HandoverId,
    /// Of which family.
    pub family: FamilyId,
    /// What the family is called.
    pub family_name: String,
    /// Whom of it the one who offered reached it through.
    pub person: PersonId,
    /// Who led.
    pub from: PractitionerId,
    /// Their name.
    pub from_name: String,
    /// Who manages them.
    pub managers: Vec<PractitionerId>,
    /// Who is to lead.
    pub to: PractitionerId,
    /// Their name.
    pub to_name: String,
    /// What the next one must know.
    pub words: String,
    /// Why they lead for more families than the area's protocol says.
    pub over_words: String,
    /// Who offered it.
    pub offered_by_id: PractitionerId,
    /// Their name.
    pub offered_by: String,
    /// When.
    pub offered_at: Timestamp,
    /// The last day on which it is answered in time.
    pub answer_by: Date,
    /// Where it stands.
    pub state: State,
    /// What was said to it.
    pub answer_words: String,
    /// Edits so far.
    pub version: i64,
}

impl Handover {
    /// Returns it as the access rules see it. That it is there is told to nobody it does not concern.
    pub fn resource(&self, person: &people::Standing) -> Resource {
        resource(self.id, (self.from, self.to, &self.managers), person)
    }
}

/// Returns a handover as the access rules see it.
pub(super) fn resource(
    id: HandoverId,
    (from, to, managers): (PractitionerId, PractitionerId, &[PractitionerId]),
    person: &people::Standing,
) -> Resource {
    let attrs = vec![
        ("from", Attr::One("Practitioner", from.0)),
        ("to", Attr::One("Practitioner", to.0)),
        ("managers", Attr::Many("Practitioner", managers.iter().map(|one| one.0).collect())),
        ("person", Attr::One("Person", person.id.0)),
    ];
    let thing = Thing { kind: "Handover", id: id.0, attrs };
    Resource { thing, beside: vec![person.thing()], subject_id: Some(person.id.0), hide_refusal: true }
}

/// A handover to be offered.
#[derive(Clone, Debug)]
pub struct NewHandover {
    /// Who is to lead.
    pub to: PractitionerId,
    /// What they must know.
    pub words: String,
    /// Why they are to lead for more families than the area's protocol says.
    pub over_words: String,
}

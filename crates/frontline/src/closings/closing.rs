//! What it is to end support for a family.

use crate::levels::Told;
use crate::plans;
use crate::visits::VisitId;
use access::{AgencyId, Attr, PractitionerId, Resource, Thing};
use families::facts::Class;
use families::family::FamilyId;
use families::people::{self, PersonId};
use kernel::{Date, Timestamp, stored_words};

::store::record_id!(
    /// That somebody asked to end support for a family.
    ClosingId
);

stored_words! {
    /// Where it stands.
    State {
        /// Somebody who manages the lead is to agree.
        Asked = "asked",
        /// Support has ended.
        Agreed = "agreed",
        /// Support goes on.
        Declined = "declined",
        /// Whoever asked, or manages them, took it back.
        Withdrawn = "withdrawn",
    }
}

impl State {
    /// Returns it in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Asked => "Waiting for a manager to agree",
            Self::Agreed => "Support ended",
            Self::Declined => "Not agreed: support goes on",
            Self::Withdrawn => "Taken back",
        }
    }
}

stored_words! {
    /// What whoever helps a family is told.
    News {
        /// Support ended.
        Ended = "ended",
        /// Whoever asked to end it: support goes on.
        GoesOn = "goes_on",
        /// Support begins again.
        BegunAgain = "begun_again",
    }
}

impl News {
    /// Returns it in words, to stand behind the family's name.
    pub fn words(self) -> &'static str {
        match self {
            Self::Ended => "support has ended",
            Self::GoesOn => "it was not agreed to end support",
            Self::BegunAgain => "support has begun again",
        }
    }
}

/// That somebody asked to end support for a family, and what came of it.
#[derive(Clone, Debug)]
pub struct Closing {
    /// Which one.
    pub id: ClosingId,
    /// Of which family.
    pub family: FamilyId,
    /// Whom of it the one who asked reached it through.
    pub person: PersonId,
    /// Who may read it.
    pub class: Class,
    /// The agency of whoever asked.
    pub agency_id: AgencyId,
    /// Its name.
    pub agency: String,
    /// Whether that it knows somebody tells roughly where they are.
    pub agency_tells_place: bool,
    /// Who asked.
    pub author_id: PractitionerId,
    /// Their name.
    pub author: String,
    /// When.
    pub asked_at: Timestamp,
    /// Who leads the family now.
    pub lead_id: PractitionerId,
    /// Their name.
    pub lead: String,
    /// Why: the area's id.
    pub reason: String,
    /// Why, in words.
    pub words: String,
    /// What goes on without this support, and whom the family can turn to.
    pub goes_on: String,
    /// What was tried differently.
    pub differently: String,
    /// Whether the family knows of it.
    pub told: Told,
    /// What they say to it, or why they were not told.
    pub told_words: String,
    /// Whether a manager has to agree.
    pub needs_manager: bool,
    /// Where it stands.
    pub state: State,
    /// The last day on which it is answered in time.
    pub decide_by: Option<Date>,
    /// When it was answered or taken back, and by whom.
    pub decided: Option<(Timestamp, String)>,
    /// What was said to it.
    pub decided_words: String,
    /// Edits so far.
    pub version: i64,
    /// What was tried: visits at which nobody was met.
    pub attempts: Vec<VisitId>,
}

impl Closing {
    /// Returns it as the rules of reading see it: it is read as a part of the family's plan is.
    pub fn resource(&self, person: &people::Standing) -> Resource {
        let agency = (self.agency_id, self.agency_tells_place);
        plans::part_of_plan(self.id.0, self.class, agency, self.author_id, person)
    }
}

/// Returns the ending of support as the rules of asking and answering see it.
pub(super) fn decision(
    id: ClosingId,
    (lead, managers): (PractitionerId, &[PractitionerId]),
    author: Option<(PractitionerId, Class)>,
    person: &people::Standing,
) -> Resource {
    let mut attrs = vec![
        ("lead", Attr::One("Practitioner", lead.0)),
        ("managers", Attr::Many("Practitioner", managers.iter().map(|one| one.0).collect())),
        ("person", Attr::One("Person", person.id.0)),
    ];
    attrs.push(("sensitive", Attr::Flag(author.is_some_and(|(_, class)| class == Class::SensitiveService))));
    attrs.extend(author.map(|(author, _)| ("author", Attr::One("Practitioner", author.0))));
    let thing = Thing { kind: "Closing", id: id.0, attrs };
    Resource { thing, beside: vec![person.thing()], subject_id: Some(person.id.0), hide_refusal: true }
}

/// Support that somebody asks to end.
#[derive(Clone, Debug)]
pub struct NewClosing {
    /// Why: the area's id.
    pub reason: String,
    /// Why, in words.
    pub words: String,
    /// What goes on without this support, and whom the family can turn to.
    pub goes_on: String,
    /// What was tried differently.
    pub differently: String,
    /// Whether the family knows of it.
    pub told: Told,
    /// What they say to it, or why they were not told.
    pub told_words: String,
}

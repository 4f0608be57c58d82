//! What a plan is, and what is written in it.

use super::enforcement::Measure;
use super::said::{About, Eyes};
use access::{AgencyId, Attr, PractitionerId, Resource, Thing};
use families::facts::{Class, FactId};
use families::family::FamilyId;
use families::people::{self, PersonId};
use kernel::{Date, Timestamp, stored_words};
use uuid::Uuid;

::store::record_id!(
    /// A family's plan.
    PlanId
);
::store::record_id!(
    /// One part of a plan.
    EntryId
);

stored_words! {
    /// What a part of a plan is.
    EntryKind {
        /// Something that somebody does until a day.
        Action = "action",
        /// A need that is left for now, and why.
        NotNow = "not_now",
        /// What was said when the plan was looked at together.
        Review = "review",
    }
}

stored_words! {
    /// Whether an action helps or holds to something: both stand side by side.
    Side { Support = "support", Enforcement = "enforcement" }
}

stored_words! {
    /// Where a part of a plan stands.
    State {
        /// An action that is to be done.
        Open = "open",
        /// It was done.
        Done = "done",
        /// It is not done after all.
        Dropped = "dropped",
        /// Something that was said, and stays said.
        Kept = "kept",
    }
}

/// A family's plan.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Which one.
    pub id: PlanId,
    /// Whose.
    pub family: FamilyId,
    /// When.
    pub begun_at: Timestamp,
    /// When it is looked at together again.
    pub review_on: Date,
    /// When it was closed, and why.
    pub closed: Option<(Timestamp, String)>,
    /// Edits so far.
    pub version: i64,
}

/// One part of a plan.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Which one.
    pub id: EntryId,
    /// In which plan.
    pub plan: PlanId,
    /// Of which family.
    pub family: FamilyId,
    /// Whom it is about.
    pub person: PersonId,
    /// What it is.
    pub kind: EntryKind,
    /// Who may read it.
    pub class: Class,
    /// The agency of whoever wrote it.
    pub agency_id: AgencyId,
    /// Its name.
    pub agency: String,
    /// Whether that its author's or its owner's agency knows somebody tells roughly where they are.
    pub agency_tells_place: bool,
    /// Who wrote it.
    pub author_id: PractitionerId,
    /// Their name.
    pub author: String,
    /// When.
    pub recorded_at: Timestamp,
    /// The need it is for.
    pub need: Option<FactId>,
    /// What it says.
    pub words: String,
    /// Support or enforcement.
    pub side: Side,
    /// How it holds somebody to something, where it does.
    pub measure: Option<Measure>,
    /// Who answers for it.
    pub owner_id: Option<PractitionerId>,
    /// Their name and agency.
    pub owner: Option<(String, String)>,
    /// Who of the family does it, where that is not who answers for it.
    pub doer: Option<PersonId>,
    /// The volunteer who does it, and how they are reached; empty where none does.
    pub volunteer: String,
    /// By when.
    pub by_on: Option<Date>,
    /// The day of the review it belongs to.
    pub held_on: Option<Date>,
    /// Where it stands.
    pub state: State,
    /// When it was done or dropped, who says so (nobody whose agency names a sensitive service or tells a place), and in which words.
    pub ended: Option<(Timestamp, String, String)>,
    /// Edits so far.
    pub version: i64,
}

impl Entry {
    /// Returns whether an action's day has passed.
    pub fn is_late(&self, today: Date) -> bool {
        self.state == State::Open && self.by_on.is_some_and(|on| on < today)
    }

    /// Returns where an action stands, in words: what holds somebody to something is not done, it ends.
    pub fn stands(&self) -> &'static str {
        match (self.state, &self.measure) {
            (State::Done, None) => "Done",
            (State::Done, Some(_)) => "It has run its course",
            (State::Dropped, None) => "Not done after all",
            (State::Dropped, Some(_)) => "It ended early",
            (State::Open | State::Kept, None) => "To do",
            (State::Open | State::Kept, Some(_)) => "It holds",
        }
    }

    /// Returns it as the access rules see it. That it is there is told to nobody who may not read it.
    pub fn resource(&self, person: &people::Standing, doer: Option<&people::Standing>) -> Resource {
        let mut attrs = vec![
            ("class", Attr::Text(self.class.as_str().to_owned())),
            ("agencyTellsPlace", Attr::Flag(self.agency_tells_place)),
            ("agency", Attr::One("Agency", self.agency_id.0)),
            ("author", Attr::One("Practitioner", self.author_id.0)),
            ("person", Attr::One("Person", self.person.0)),
        ];
        let mut beside = vec![person.thing()];
        if let Some(owner) = self.owner_id {
            attrs.push(("owner", Attr::One("Practitioner", owner.0)));
        }
        if let Some(doer) = doer.filter(|doer| doer.id != person.id) {
            attrs.push(("other", Attr::One("Person", doer.id.0)));
            beside.push(doer.thing());
        }
        let thing = Thing { kind: "PlanEntry", id: self.id.0, attrs };
        Resource { thing, beside, subject_id: Some(self.person.0), hide_refusal: true }
    }
}

/// Returns something as the access rules see it that is read as a part of a family's plan is; in lists, see `as_part_of_plan!`.
pub(crate) fn part_of_plan(
    id: Uuid,
    class: Class,
    (agency, tells_place): (AgencyId, bool),
    author: PractitionerId,
    person: &people::Standing,
) -> Resource {
    let attrs = vec![
        ("class", Attr::Text(class.as_str().to_owned())),
        ("agencyTellsPlace", Attr::Flag(tells_place)),
        ("agency", Attr::One("Agency", agency.0)),
        ("author", Attr::One("Practitioner", author.0)),
        ("person", Attr::One("Person", person.id.0)),
    ];
    let thing = Thing { kind: "PlanEntry", id, attrs };
    Resource { thing, beside: vec![person.thing()], subject_id: Some(person.id.0), hide_refusal: true }
}

/// An open action, as little of it as says what somebody has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToDo {
    /// Which one.
    pub id: EntryId,
    /// Whom it is about.
    pub person: PersonId,
    /// What is to be done.
    pub words: String,
    /// Who answers for it.
    pub owner_id: PractitionerId,
    /// Who of the family does it, where that is not who answers for it.
    pub doer: Option<PersonId>,
    /// The volunteer who does it, and how they are reached; empty where none does.
    pub volunteer: String,
    /// By when.
    pub by_on: Date,
    /// Edits so far.
    pub version: i64,
}

/// An action to be written in a plan.
#[derive(Clone, Debug)]
pub struct NewAction {
    /// Whom it is about.
    pub person: PersonId,
    /// The need it is for.
    pub need: Option<FactId>,
    /// What is done.
    pub words: String,
    /// Support or enforcement.
    pub side: Side,
    /// Who answers for it.
    pub owner: PractitionerId,
    /// Who of the family does it.
    pub doer: Option<PersonId>,
    /// The volunteer who does it, and how they are reached; empty where none does.
    pub volunteer: String,
    /// By when.
    pub by_on: Date,
    /// Whether it is kept off others' copies of the plan.
    pub is_private: bool,
}

/// How a need or somebody does, as one of those who looked at the plan sees it.
#[derive(Clone, Debug)]
pub struct How {
    /// Of what.
    pub about: About,
    /// Who sees it so.
    pub eyes: Eyes,
    /// A step of the area's scale; empty where none was chosen.
    pub scale: String,
    /// In words.
    pub words: String,
}

impl How {
    /// Returns whether anything was said, by a step or in words: the rest is left out.
    pub fn says_something(&self) -> bool {
        !self.scale.is_empty() || !self.words.trim().is_empty()
    }
}

/// What was said when the plan was looked at together.
#[derive(Clone, Debug)]
pub struct NewReview {
    /// The day.
    pub held_on: Date,
    /// What was said, in words.
    pub words: String,
    /// How each need and each person does.
    pub progress: Vec<How>,
    /// When it is looked at again.
    pub next_on: Date,
}

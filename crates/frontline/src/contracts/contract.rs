//! What a contract is, what is promised in it, and what its parties say to it.

use crate::plans::{self, EntryId, State};
use access::{AgencyId, PractitionerId, Resource};
use families::facts::Class;
use families::family::FamilyId;
use families::people::{self, PersonId};
use kernel::{Date, Timestamp, stored_words};

::store::record_id!(
    /// A contract of a family with those who help it.
    ContractId
);
::store::record_id!(
    /// What a party said to a contract.
    AnswerId
);

stored_words! {
    /// How somebody said that they agree, or do not.
    Way {
        /// By signing on the screen.
        Signed = "signed",
        /// By saying so.
        Said = "said",
        /// On paper, which is kept.
        Paper = "paper",
        /// An agency's own practitioner, here.
        Here = "here",
    }
}

impl Way {
    /// The ways in which one of the family answers.
    pub const OF_FAMILY: [Self; 3] = [Self::Signed, Self::Said, Self::Paper];

    /// Returns it in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Signed => "Signed here",
            Self::Said => "Said so",
            Self::Paper => "Signed on paper",
            Self::Here => "Said so here",
        }
    }
}

/// Who promises something: one of the family, or an agency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// One of the family.
    Person(PersonId),
    /// An agency.
    Agency(AgencyId),
}

/// What became of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kept {
    /// Its day has passed, and it is not done.
    Late,
    /// Somebody said that it is not done after all.
    Not,
    /// It was done, after its day.
    AfterItsDay,
    /// It was done in time.
    Yes,
    /// Its day has not come.
    ToDo,
}

impl Kept {
    /// Returns it in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Late => "Late",
            Self::Not => "Not kept",
            Self::AfterItsDay => "Kept, late",
            Self::Yes => "Kept",
            Self::ToDo => "To do",
        }
    }

    /// Returns whether a promise was broken, or is being broken now.
    pub fn is_broken(self) -> bool {
        matches!(self, Self::Late | Self::Not)
    }
}

/// Something that is promised: an action of the plan, as it was when it was promised.
#[derive(Clone, Debug)]
pub struct Promise {
    /// In which contract.
    pub contract: ContractId,
    /// Which action of the plan.
    pub entry: EntryId,
    /// Whom it is about.
    pub person: PersonId,
    /// Who of the family promises it; an agency does, where this is nobody.
    pub doer: Option<PersonId>,
    /// Who answers for it: promises it for their agency, or asks the one of the family how it goes.
    pub owner_id: PractitionerId,
    /// Their name.
    pub owner: String,
    /// Their agency.
    pub agency_id: AgencyId,
    /// Its name.
    pub agency: String,
    /// The volunteer who does it for that agency, and how they are reached; empty where none does.
    pub volunteer: String,
    /// What is promised.
    pub words: String,
    /// By when.
    pub by_on: Date,
    /// Where the action stands now, and since when.
    pub state: State,
    /// When it was done or dropped.
    pub ended_at: Option<Timestamp>,
    /// What was said then.
    pub ended_words: String,
}

impl Promise {
    /// Returns who promises it.
    pub fn party(&self) -> Party {
        self.doer.map_or(Party::Agency(self.agency_id), Party::Person)
    }
}

/// What a party said to a contract.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Which one.
    pub id: AnswerId,
    /// To which contract.
    pub contract: ContractId,
    /// Who.
    pub party: Party,
    /// Whether they agree.
    pub agrees: bool,
    /// How they said so.
    pub way: Way,
    /// What they said to it.
    pub words: String,
    /// The strokes of the signature, as an SVG path in a box of 600 by 200; empty where nothing was signed here.
    pub signature: String,
    /// Whether they said so themselves, by a link.
    pub by_link: bool,
    /// Whether the actor's agency keeps the paper that was signed.
    pub has_paper: bool,
    /// Who wrote it down (nobody whose agency names a sensitive service or tells a place), and when.
    pub recorded: (String, Timestamp),
}

/// A contract of a family with those who help it.
#[derive(Clone, Debug)]
pub struct Contract {
    /// Which one.
    pub id: ContractId,
    /// Of which family.
    pub family: FamilyId,
    /// Whom of it whoever made it reached it through.
    pub person: PersonId,
    /// Who may read it.
    pub class: Class,
    /// The agency of whoever made it.
    pub agency_id: AgencyId,
    /// Its name.
    pub agency: String,
    /// Whether that it knows somebody tells roughly where they are.
    pub agency_tells_place: bool,
    /// Who made it.
    pub author_id: PractitionerId,
    /// Their name.
    pub author: String,
    /// When.
    pub recorded_at: Timestamp,
    /// What happens if the family does not do what it promised.
    pub if_family: String,
    /// What happens if an agency does not.
    pub if_agencies: String,
    /// The day by which everybody says whether they agree.
    pub agree_by: Date,
    /// When it ended, and why.
    pub ended: Option<(Timestamp, String)>,
}

impl Contract {
    /// Returns it as the access rules see it: it is read as a part of the family's plan is.
    pub fn resource(&self, person: &people::Standing) -> Resource {
        let agency = (self.agency_id, self.agency_tells_place);
        plans::part_of_plan(self.id.0, self.class, agency, self.author_id, person)
    }
}

/// A contract to be made.
#[derive(Clone, Debug)]
pub struct NewContract {
    /// The contract whose place it takes, as whoever makes it saw it.
    pub before: Option<ContractId>,
    /// The actions of the plan that are promised.
    pub promises: Vec<EntryId>,
    /// What happens if the family does not do what it promised.
    pub if_family: String,
    /// What happens if an agency does not.
    pub if_agencies: String,
}

/// What a party says to a contract.
#[derive(Clone, Debug)]
pub struct NewAnswer {
    /// Who.
    pub party: Party,
    /// Whether they agree.
    pub agrees: bool,
    /// How they said so.
    pub way: Way,
    /// What they said to it.
    pub words: String,
    /// The strokes of the signature, as an SVG path in a box of 600 by 200.
    pub signature: String,
}

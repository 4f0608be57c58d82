//! People: that they are there, and how whoever asks stands to them.
//!
//! What is known about them is in [`crate::facts`]; here is what the access rules ask about a person.

mod actions;
pub(crate) mod store;

use access::{Attr, PractitionerId, Resource, Thing};
pub use actions::{
    AskError, around_workers, ask, asked_by_team, create, create_as, load, note_opened, of_worker, open, shield, shield_as,
    shielded, shields, spread, unshield, unshielded, unspread,
};
use kernel::Timestamp;
pub use store::PERSON;
use uuid::Uuid;

::store::record_id!(
    /// Somebody.
    PersonId
);
::store::record_id!(
    /// A shield around somebody.
    ShieldId
);

/// How agencies and practitioners stand to a person: what the access rules ask.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Who.
    pub id: PersonId,
    /// That they are known at all is kept from everybody but the named.
    pub restricted: bool,
    /// Where they are is kept from everybody but the named.
    pub location_shielded: bool,
    pub(crate) known: Vec<Uuid>,
    pub(crate) workers: Vec<Uuid>,
    pub(crate) managers: Vec<Uuid>,
    pub(crate) team: Vec<Uuid>,
    pub(crate) askers: Vec<Uuid>,
    pub(crate) named: Vec<Uuid>,
    pub(crate) named_for_place: Vec<Uuid>,
}

impl Standing {
    /// Returns whether a practitioner works with them.
    pub fn has_workers(&self) -> bool {
        !self.workers.is_empty()
    }

    /// Returns whether a practitioner is named for where they are.
    pub fn is_named_for_place(&self, practitioner: PractitionerId) -> bool {
        self.named_for_place.contains(&practitioner.0)
    }

    /// Returns whether any agency works with them.
    pub fn is_known(&self) -> bool {
        !self.known.is_empty()
    }

    /// Returns whether a practitioner is named for them: may know of them whatever is shielded.
    pub fn is_named(&self, practitioner: PractitionerId) -> bool {
        self.named.contains(&practitioner.0)
    }

    /// Returns every practitioner who stands to them in some way: works with them, is in their team, asked, is named, or manages one who does.
    pub fn practitioners(&self) -> Vec<PractitionerId> {
        let all = [&self.workers, &self.team, &self.askers, &self.named, &self.named_for_place, &self.managers];
        all.into_iter().flatten().map(|id| PractitionerId(*id)).collect()
    }

    /// Returns the person as the access rules see them.
    pub fn thing(&self) -> Thing {
        let practitioners = |ids: &[Uuid]| Attr::Many("Practitioner", ids.to_vec());
        Thing {
            kind: "Person",
            id: self.id.0,
            attrs: vec![
                ("restricted", Attr::Flag(self.restricted)),
                ("locationShielded", Attr::Flag(self.location_shielded)),
                ("known", Attr::Many("Agency", self.known.clone())),
                ("workers", practitioners(&self.workers)),
                ("managers", practitioners(&self.managers)),
                ("team", practitioners(&self.team)),
                ("askers", practitioners(&self.askers)),
                ("named", practitioners(&self.named)),
                ("namedForPlace", practitioners(&self.named_for_place)),
            ],
        }
    }

    /// Returns the person as something that is asked for.
    ///
    /// [`open`] decides whether a refusal must look like absence.
    pub fn resource(&self) -> Resource {
        Resource { thing: self.thing(), beside: Vec::new(), subject_id: Some(self.id.0), hide_refusal: true }
    }
}

/// Returns what the access rules ask of several people who are spoken of at once: whether one of them is shielded, and who is named for
/// each of them who is.
pub fn shields_of_all(standings: &[Standing]) -> Vec<(&'static str, Attr)> {
    let named = |shielded: fn(&Standing) -> bool, named: fn(&Standing) -> &[Uuid]| {
        let mut sets = standings.iter().filter(|standing| shielded(standing)).map(named);
        let first = sets.next().map(<[Uuid]>::to_vec);
        let is_shielded = Attr::Flag(first.is_some());
        let all = sets.fold(first.unwrap_or_default(), |mut all, set| {
            all.retain(|id| set.contains(id));
            all
        });
        (is_shielded, Attr::Many("Practitioner", all))
    };
    let (any_restricted, named_for_all) = named(|one| one.restricted, |one| &one.named);
    let (any_place, named_for_places) = named(|one| one.location_shielded, |one| &one.named_for_place);
    vec![
        ("anyRestricted", any_restricted),
        ("namedForAll", named_for_all),
        ("anyPlaceShielded", any_place),
        ("namedForAllPlaces", named_for_places),
    ]
}

/// A reason for looking that somebody gave.
#[derive(Clone, Debug)]
pub struct Asking {
    /// At whom.
    pub person: PersonId,
    /// Who looked.
    pub practitioner: String,
    /// A reason of the area's list.
    pub reason_code: String,
    /// In words.
    pub reason: String,
    /// When.
    pub asked_at: Timestamp,
}

/// What a shield keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShieldKind {
    /// Where somebody is.
    Location,
    /// That somebody is known.
    Existence,
}

impl ShieldKind {
    /// Returns the stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Location => "location",
            Self::Existence => "existence",
        }
    }
}

impl std::str::FromStr for ShieldKind {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Location, Self::Existence].into_iter().find(|kind| kind.as_str() == text).ok_or(())
    }
}

/// A shield that is in force.
#[derive(Clone, Debug)]
pub struct Shield {
    /// Which one.
    pub id: ShieldId,
    /// What it keeps.
    pub kind: ShieldKind,
    /// Why.
    pub reason: String,
    /// Who decided it, by name.
    pub decided_by: String,
    /// Since when.
    pub from_at: Timestamp,
    /// Who may still know, by name.
    pub named: Vec<String>,
}

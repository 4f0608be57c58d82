//! What is kept of how somebody is worked with, and what it must say. Pure.

use crate::plans;
use access::{AgencyId, PractitionerId, Resource};
use area::Area;
use families::facts::Class;
use families::family::FamilyId;
use families::people::{self, PersonId};
use kernel::Timestamp;
use kernel::text::{self, TextError};

::store::record_id!(
    /// Something kept of how somebody is worked with.
    WayId
);

/// Longest words of a part, in characters.
pub const WORDS_MAX: usize = 1000;

/// How somebody is best met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Approach {
    /// Who goes.
    pub who_goes: String,
    /// Whom they trust.
    pub trusted: String,
    /// When and where suits them.
    pub when_where: String,
    /// In which language, one of the area's list; empty where nothing was said.
    pub language: String,
    /// What is better left.
    pub avoid: String,
}

/// The balance of support and challenge that is agreed with somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// How much of each: one of the area's list.
    pub mix: String,
    /// What they can count on.
    pub support: String,
    /// What is expected of them.
    pub expected: String,
    /// What may follow where it is not kept.
    pub otherwise: String,
    /// With whom it was agreed.
    pub agreed_with: String,
}

/// What is said of how somebody is worked with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// How they are best met.
    Approach(Approach),
    /// The balance agreed with them.
    Balance(Balance),
}

/// Something kept of how somebody is worked with.
#[derive(Clone, Debug)]
pub struct Way {
    /// Which one.
    pub id: WayId,
    /// Of which family.
    pub family: FamilyId,
    /// Whom it is about.
    pub person: PersonId,
    /// What it says.
    pub says: Says,
    /// Who may read it.
    pub class: Class,
    /// The agency of whoever wrote it.
    pub agency_id: AgencyId,
    /// Its name.
    pub agency: String,
    /// Whether that it knows somebody tells roughly where they are.
    pub agency_tells_place: bool,
    /// Who wrote it.
    pub author_id: PractitionerId,
    /// Their name.
    pub author: String,
    /// When.
    pub recorded_at: Timestamp,
}

impl Way {
    /// Returns it as the access rules see it: it is read as a part of the family's plan is.
    pub fn resource(&self, person: &people::Standing) -> Resource {
        plans::part_of_plan(self.id.0, self.class, (self.agency_id, self.agency_tells_place), self.author_id, person)
    }
}

/// What is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WayRule {
    /// A text that does not read.
    #[error("{1} {2}")]
    Text(&'static str, &'static str, TextError),
    /// Something that is not on the area's list.
    #[error("Choose one of the answers")]
    NoSuchChoice(&'static str),
    /// Nothing at all.
    #[error("Write at least one of these")]
    Nothing,
}

impl WayRule {
    /// Returns the field of the form that it is about.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Text(field, ..) | Self::NoSuchChoice(field) => field,
            Self::Nothing => "trusted",
        }
    }
}

fn if_any(field: &'static str, called: &'static str, words: &str) -> Result<String, WayRule> {
    text::note_if_any(words, WORDS_MAX).map_err(|e| WayRule::Text(field, called, e))
}

fn needed(field: &'static str, called: &'static str, words: &str) -> Result<String, WayRule> {
    text::note(words, WORDS_MAX).map_err(|e| WayRule::Text(field, called, e))
}

/// Returns what is said with its words in order.
///
/// Rule \[3.16\]: whoever does not open the door is met in another way: by whom they trust, when and where suits them, in their language.
/// Rule \[3.7\]: support and challenge go together: what is expected of somebody stands beside what they can count on.
///
/// # Errors
/// [`WayRule`] says what is wrong.
pub fn check(says: Says, area: &Area) -> Result<Says, WayRule> {
    match says {
        Says::Approach(new) => {
            let new = Approach {
                who_goes: if_any("who_goes", "Who goes", &new.who_goes)?,
                trusted: if_any("trusted", "Whom they trust", &new.trusted)?,
                when_where: if_any("when_where", "When and where", &new.when_where)?,
                avoid: if_any("avoid", "What is better left", &new.avoid)?,
                language: new.language,
            };
            if !new.language.is_empty() && !area.setting.languages.iter().any(|one| one.id == new.language) {
                return Err(WayRule::NoSuchChoice("language"));
            }
            if new == Approach::default() { Err(WayRule::Nothing) } else { Ok(Says::Approach(new)) }
        }
        Says::Balance(new) => {
            if !area.plans.balance.iter().any(|choice| choice.id == new.mix) {
                return Err(WayRule::NoSuchChoice("mix"));
            }
            Ok(Says::Balance(Balance {
                mix: new.mix,
                support: needed("support", "What they can count on", &new.support)?,
                expected: needed("expected", "What is expected of them", &new.expected)?,
                otherwise: if_any("otherwise", "What may follow", &new.otherwise)?,
                agreed_with: if_any("agreed_with", "With whom it was agreed", &new.agreed_with)?,
            }))
        }
    }
}

/// Returns how somebody is best met, in one line.
pub fn in_a_line(approach: &Approach, area: &Area) -> String {
    let language = if approach.language.is_empty() { String::new() } else { format!("in {}", area.language(&approach.language)) };
    let trusted = if approach.trusted.is_empty() { String::new() } else { format!("trusts {}", approach.trusted) };
    let avoid = if approach.avoid.is_empty() { String::new() } else { format!("not: {}", approach.avoid) };
    let parts = [&approach.who_goes, &trusted, &approach.when_where, &language, &avoid];
    parts.into_iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join("; ")
}

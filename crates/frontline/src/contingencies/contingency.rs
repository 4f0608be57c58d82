//! What is agreed for when things get worse, and what it must say. Pure.

use crate::plans;
use access::{AgencyId, PractitionerId, Resource};
use area::files::Plans;
use families::facts::Class;
use families::people::{self, PersonId};
use kernel::Timestamp;
use kernel::text::{self, TextError};

::store::record_id!(
    /// Something agreed for when things get worse.
    ContingencyId
);

/// Longest words of a part, in characters.
pub const WORDS_MAX: usize = 2000;

/// Something agreed for when things get worse.
#[derive(Clone, Debug)]
pub struct Contingency {
    /// Which one.
    pub id: ContingencyId,
    /// Who becomes unwell, goes to prison, comes back.
    pub person: PersonId,
    /// What happens: one of the area's list.
    pub situation: String,
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
    /// Who does what.
    pub who_does: String,
    /// Whom to call first, and how.
    pub call_first: String,
    /// What the children know of it.
    pub children_know: String,
    /// With whom it was agreed.
    pub agreed_with: String,
    /// When it ended, and why.
    pub ended: Option<(Timestamp, String)>,
}

impl Contingency {
    /// Returns it as the access rules see it: it is read as a part of the family's plan is.
    pub fn resource(&self, person: &people::Standing) -> Resource {
        let agency = (self.agency_id, self.agency_tells_place);
        plans::part_of_plan(self.id.0, self.class, agency, self.author_id, person)
    }
}

/// Something to be agreed.
#[derive(Clone, Debug)]
pub struct NewContingency {
    /// Who becomes unwell, goes to prison, comes back.
    pub person: PersonId,
    /// What happens: one of the area's list.
    pub situation: String,
    /// Who does what.
    pub who_does: String,
    /// Whom to call first, and how.
    pub call_first: String,
    /// What the children know of it.
    pub children_know: String,
    /// With whom it was agreed.
    pub agreed_with: String,
    /// Whether it is kept in the author's agency.
    pub is_private: bool,
}

/// What is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContingencyRule {
    /// A text that does not read.
    #[error("{1} {2}")]
    Text(&'static str, &'static str, TextError),
    /// Something that is not on the area's list.
    #[error("Choose what might happen")]
    NoSuchSituation,
}

impl ContingencyRule {
    /// Returns the field of the form that it is about.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Text(field, ..) => field,
            Self::NoSuchSituation => "situation",
        }
    }
}

/// Returns what is to be agreed with its words in order.
///
/// Rule \[Annex B\]: who does what if things get worse is agreed beforehand, with whom to call first.
///
/// # Errors
/// [`ContingencyRule`] says what is wrong.
pub fn check(mut new: NewContingency, plans: &Plans) -> Result<NewContingency, ContingencyRule> {
    if !plans.if_worse.iter().any(|choice| choice.id == new.situation) {
        return Err(ContingencyRule::NoSuchSituation);
    }
    let needed = |field, called, words: &str| text::note(words, WORDS_MAX).map_err(|e| ContingencyRule::Text(field, called, e));
    let if_any =
        |field, called, words: &str| text::note_if_any(words, WORDS_MAX).map_err(|e| ContingencyRule::Text(field, called, e));
    new.who_does = needed("who_does", "Who does what", &new.who_does)?;
    new.call_first = needed("call_first", "Whom to call first", &new.call_first)?;
    new.children_know = if_any("children_know", "What the children know", &new.children_know)?;
    new.agreed_with = if_any("agreed_with", "With whom it was agreed", &new.agreed_with)?;
    Ok(new)
}

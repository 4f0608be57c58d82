//! What is said of a plan by several eyes: what is to be different, how it goes, what went well (report 3.16 to 3.18).
//!
//! How a need goes is seen differently by a mother, her son's school and a nurse; the plan shows each view beside the others, whose it is
//! and from when, and adds nothing up. The same is said of each person, and what went well is kept by itself, however small.
//!
//! Read in this order: this file (types, pure rules), [`actions`], `store` (the only SQL), [`lines`] (as pages show it), [`pages`] (saying it), `tests`.
//!
//! Invariant: what was said stays said: a later one takes its place for the same eyes, and both can be read.
//! Invariant: it is read as a part of the plan is, and by nobody who may not know whose eyes they are.

pub mod actions;
pub mod lines;
pub mod pages;
pub(super) mod store;
#[cfg(test)]
mod tests;

pub use store::NEWS;

use super::PlanId;
use super::rules::{PlanRule, WORDS_MAX};
use access::{AgencyId, PractitionerId};
use area::Area;
use families::facts::{Class, FactId};
use families::people::PersonId;
use kernel::text;
use kernel::{Date, Timestamp, stored_words};
use std::fmt;
use std::str::FromStr;

::store::record_id!(
    /// Something that is said of a plan.
    SaidId
);

stored_words! {
    /// What it is.
    SaidKind {
        /// What is to be different for a need, in the family's words.
        Outcome = "outcome",
        /// How it goes, on the area's own scale or in words.
        Progress = "progress",
        /// What went well.
        Success = "success",
    }
}

/// Longest name of somebody else who sees it so, in characters.
const EYES_MAX: usize = 100;

/// Of what something is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Of a need, and so of whoever has it.
    Need(FactId),
    /// Of somebody, in all.
    Person(PersonId),
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Need(id) => write!(f, "need-{id}"),
            Self::Person(id) => write!(f, "person-{id}"),
        }
    }
}

impl FromStr for About {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (kind, id) = text.split_once('-').ok_or(())?;
        match kind {
            "need" => id.parse().map(Self::Need).map_err(|_| ()),
            "person" => id.parse().map(Self::Person).map_err(|_| ()),
            _ => Err(()),
        }
    }
}

/// Who sees it so.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Eyes {
    /// Whoever writes it down.
    #[default]
    Author,
    /// One of the family.
    Family(PersonId),
    /// Somebody else, by their name and what they are: a teacher, a neighbour, a volunteer.
    Other(String),
}

/// Something to be said of a plan.
#[derive(Clone, Debug)]
pub struct NewSaid {
    /// What it is.
    pub kind: SaidKind,
    /// Of what.
    pub about: About,
    /// Who sees it so.
    pub eyes: Eyes,
    /// A step of the area's scale; empty where none was chosen.
    pub scale: String,
    /// In words.
    pub words: String,
    /// Of which day.
    pub on: Date,
    /// Whether it is kept in the author's agency.
    pub is_private: bool,
}

/// Something that is said of a plan.
#[derive(Clone, Debug)]
pub struct Said {
    /// Which one.
    pub id: SaidId,
    /// Of which plan.
    pub plan: PlanId,
    /// Whom it is about.
    pub person: PersonId,
    /// The need it is about; nothing where it is about somebody in all.
    pub need: Option<FactId>,
    /// What it is.
    pub kind: SaidKind,
    /// Who may read it.
    pub class: Class,
    /// The agency of whoever wrote it down.
    pub agency_id: AgencyId,
    /// Its name.
    pub agency: String,
    /// Who wrote it down.
    pub author_id: PractitionerId,
    /// Their name.
    pub author: String,
    /// When.
    pub recorded_at: Timestamp,
    /// Who sees it so.
    pub eyes: Eyes,
    /// A step of the area's scale; empty where none was chosen.
    pub scale: String,
    /// In words.
    pub words: String,
    /// Of which day.
    pub on: Date,
}

impl Said {
    /// Returns how a view is told from those of others of the same thing: by whose eyes it is.
    pub fn seen_by(&self) -> (Eyes, Option<PractitionerId>) {
        (self.eyes.clone(), Some(self.author_id).filter(|_| self.eyes == Eyes::Author))
    }
}

/// Returns what is to be said with its words in order.
///
/// Rule \[3.18\]: how a plan goes is said in words and on the area's own scale, for each need and each person, by whoever sees it.
///
/// # Errors
/// [`PlanRule`] says what is wrong.
pub fn check(new: NewSaid, today: Date, area: &Area) -> Result<NewSaid, PlanRule> {
    let is_on_scale = |step: &str| area.plans.progress.iter().any(|choice| choice.id == step);
    let may_have = |step: &str| step.is_empty() || (new.kind == SaidKind::Progress && is_on_scale(step));
    if !may_have(&new.scale) {
        return Err(PlanRule::NoSuchStep);
    }
    let read = if new.scale.is_empty() { text::note } else { text::note_if_any };
    let words = read(&new.words, WORDS_MAX).map_err(|e| PlanRule::Text("words", "What you say of it", e))?;
    let eyes = match new.eyes {
        Eyes::Other(name) => {
            Eyes::Other(text::line(&name, EYES_MAX).map_err(|e| PlanRule::Text("eyes-other", "Who sees it so", e))?)
        }
        eyes => eyes,
    };
    if new.on > today { Err(PlanRule::DayToCome) } else { Ok(NewSaid { words, eyes, ..new }) }
}

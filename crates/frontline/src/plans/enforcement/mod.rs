//! What holds somebody to something: a Parenting Contract or Order, a tenancy action, a condition of a sentence (report 3.7, 3.17, Annex B).
//!
//! It stands in the one plan beside the support that helps to keep to it: what is required, who ordered it or with whom it is agreed, from
//! when and until when, and what may follow where it is not kept. Where it was not kept, the plan says what happened and who does what
//! about it, by a day. The kinds are the area's own.
//!
//! It is an action of the plan on the side of enforcement, which whoever it holds does and a practitioner answers for: it is read, handed
//! on, late and ended as every other action is.
//!
//! Read in this order: this file (types, pure rules), [`actions`], `store` (the only SQL), [`lines`] (as pages show it), [`pages`], `tests`.
//!
//! Invariant: that it was not kept is never written down without what is done about it, which somebody answers for.
//! Invariant: that it was not kept is read by whoever reads what was not kept, and by nobody else.

pub mod actions;
pub mod lines;
pub mod pages;
pub(super) mod store;
#[cfg(test)]
mod tests;

use super::EntryId;
use super::rules::{PlanRule, WORDS_MAX};
use access::PractitionerId;
use area::Area;
use families::facts::FactId;
use families::people::PersonId;
use kernel::text;
use kernel::{Date, Timestamp};
use std::collections::BTreeSet;

::store::record_id!(
    /// That something was not kept.
    BreachId
);

/// Longest name of a court, a landlord or a school, in characters.
const AUTHORITY_MAX: usize = 200;

/// What an action that holds somebody to something has beyond others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// One of the area's kinds.
    pub kind: String,
    /// Who ordered it, or with whom it is agreed.
    pub authority: String,
    /// From which day on.
    pub from_on: Date,
    /// What may follow where it is not kept.
    pub if_not: String,
}

/// What is to hold somebody to something.
#[derive(Clone, Debug)]
pub struct NewMeasure {
    /// Whom it holds.
    pub person: PersonId,
    /// The need it is for.
    pub need: Option<FactId>,
    /// What is required of them.
    pub terms: String,
    /// What it is, by whom, from when, and what may follow.
    pub measure: Measure,
    /// The last day on which it holds.
    pub until_on: Date,
    /// Who answers for it: the responsible officer of an order.
    pub owner: PractitionerId,
    /// Whether it is kept off others' copies of the plan.
    pub is_private: bool,
}

/// That something was not kept, to be written down with what is done about it.
#[derive(Clone, Debug)]
pub struct NewBreach {
    /// The day.
    pub happened_on: Date,
    /// What happened.
    pub words: String,
    /// What is done about it.
    pub answer: String,
    /// Who answers for that.
    pub owner: PractitionerId,
    /// By when.
    pub by_on: Date,
}

/// That something was not kept.
#[derive(Clone, Debug)]
pub struct Breach {
    /// Which one.
    pub id: BreachId,
    /// What was not kept.
    pub entry: EntryId,
    /// The day.
    pub happened_on: Date,
    /// What happened.
    pub words: String,
    /// The action that answers it.
    pub answer: Option<EntryId>,
    /// Who says so, with their agency; empty where the agency names a sensitive service or tells a place.
    pub author: String,
    /// When they did.
    pub recorded_at: Timestamp,
}

/// What stands beside what holds people to something: when it was not kept, and what is done about it.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// When they were not kept, the latest first.
    pub breaches: Vec<Breach>,
    /// What answers them, as far as the reader may read it.
    pub answers: Vec<super::Entry>,
    /// Those of which the reader may not know by whom they are: it would tell where somebody is whose place is shielded.
    pub placeless: BTreeSet<EntryId>,
}

/// Returns what holds somebody to something with its words in order.
///
/// Rule \[3.17\]: enforcement stands in the one plan, with what it requires, by whose authority, and until when.
///
/// # Errors
/// [`PlanRule`] says what is wrong.
pub fn check(new: NewMeasure, area: &Area) -> Result<NewMeasure, PlanRule> {
    let Measure { kind, authority, from_on, if_not } = new.measure;
    if !area.plans.enforcement.iter().any(|known| known.id == kind) {
        return Err(PlanRule::NoSuchMeasure);
    }
    let terms = text::note(&new.terms, WORDS_MAX).map_err(|e| PlanRule::Text("words", "What is required", e))?;
    let authority =
        text::line(&authority, AUTHORITY_MAX).map_err(|e| PlanRule::Text("authority", "Who ordered or agreed it", e))?;
    let if_not = text::note(&if_not, WORDS_MAX).map_err(|e| PlanRule::Text("if-not", "What may follow", e))?;
    if new.until_on < from_on {
        return Err(PlanRule::EndsBeforeItBegins);
    }
    Ok(NewMeasure { terms, measure: Measure { kind, authority, from_on, if_not }, ..new })
}

/// Returns that something was not kept with its words in order.
///
/// Rule \[3.7\]: where somebody did not keep to something, it is said what happened, and what is done about it.
///
/// # Errors
/// [`PlanRule`] says what is wrong.
pub fn check_breach(new: NewBreach, (held, until): (&Measure, Option<Date>), today: Date) -> Result<NewBreach, PlanRule> {
    let words = text::note(&new.words, WORDS_MAX).map_err(|e| PlanRule::Text("happened", "What happened", e))?;
    if new.happened_on > today {
        return Err(PlanRule::DayToCome);
    }
    let is_over = until.is_some_and(|until| new.happened_on > until);
    if new.happened_on < held.from_on || is_over { Err(PlanRule::NotInForce) } else { Ok(NewBreach { words, ..new }) }
}

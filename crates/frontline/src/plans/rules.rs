//! What may be written in a plan, and what it still lacks. Pure.

use super::plan::{Entry, EntryKind, How, NewAction, NewReview, State};
use area::Area;
use area::files::Plans;
use families::facts::{Class, FactId};
use families::people::PersonId;
use kernel::Date;
use kernel::text::{self, TextError};
use kernel::working_days::BankHolidays;

/// Longest words of a part of a plan, in characters.
pub const WORDS_MAX: usize = 1000;
/// Longest name of a volunteer with how they are reached, in characters.
const VOLUNTEER_MAX: usize = 200;
/// Longest words of a review, in characters.
pub const REVIEW_MAX: usize = 5000;

/// What is wrong with a part of a plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanRule {
    /// A text that does not read.
    #[error("{1} {2}")]
    Text(&'static str, &'static str, TextError),
    /// A day that has passed is none to do something by.
    #[error("Choose a day from today on")]
    InThePast(&'static str),
    /// A review is of today or earlier.
    #[error("The day you met cannot be in the future")]
    InTheFuture,
    /// What is seen on a day that has not come.
    #[error("Choose today or a day before it")]
    DayToCome,
    /// A step that the area's scale does not have.
    #[error("Choose how it goes")]
    NoSuchStep,
    /// What holds somebody to something is of one of the area's kinds.
    #[error("Choose what it is")]
    NoSuchMeasure,
    /// What holds somebody to something ends after it begins.
    #[error("The last day cannot be before the first")]
    EndsBeforeItBegins,
    /// Before and after it held, nobody was to keep to it.
    #[error("Choose a day on which it held")]
    NotInForce,
}

impl PlanRule {
    /// Returns the field of the form that it is about.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Text(field, ..) | Self::InThePast(field) => field,
            Self::InTheFuture => "held",
            Self::DayToCome | Self::NotInForce => "on",
            Self::NoSuchStep => "progress",
            Self::NoSuchMeasure => "kind",
            Self::EndsBeforeItBegins => "by",
        }
    }
}

/// Returns an action with its words in order.
///
/// Rule \[3.17\]: everything in a plan is somebody's to do, by a day.
///
/// # Errors
/// [`PlanRule`] says what is wrong.
pub fn check_action(new: NewAction, today: Date) -> Result<NewAction, PlanRule> {
    let words = text::note(&new.words, WORDS_MAX).map_err(|e| PlanRule::Text("words", "What will be done", e))?;
    let volunteer = if new.volunteer.trim().is_empty() { Ok(String::new()) } else { text::line(&new.volunteer, VOLUNTEER_MAX) };
    let volunteer = volunteer.map_err(|e| PlanRule::Text("volunteer", "Who the volunteer is", e))?;
    if new.by_on < today { Err(PlanRule::InThePast("by")) } else { Ok(NewAction { words, volunteer, ..new }) }
}

/// Returns a review with its words in order, and without those of which nothing was said.
///
/// Rule \[3.18\]: a plan is reviewed with the family, and says how each need goes.
///
/// # Errors
/// [`PlanRule`] says what is wrong.
pub fn check_review(mut new: NewReview, today: Date, area: &Area) -> Result<NewReview, PlanRule> {
    new.words = text::note(&new.words, REVIEW_MAX).map_err(|e| PlanRule::Text("words", "What was said", e))?;
    new.progress.retain(How::says_something);
    for how in &mut new.progress {
        if !how.scale.is_empty() && !area.plans.progress.iter().any(|choice| choice.id == how.scale) {
            return Err(PlanRule::NoSuchStep);
        }
        how.words = text::note_if_any(&how.words, WORDS_MAX).map_err(|e| PlanRule::Text("progress", "How it goes", e))?;
    }
    if new.held_on > today {
        return Err(PlanRule::InTheFuture);
    }
    if new.next_on < today { Err(PlanRule::InThePast("next")) } else { Ok(new) }
}

/// Returns who may read a part of a plan: as few as may read the need it is for, and fewer where somebody keeps it from others' copies or
/// a sensitive service has a part in it.
///
/// Rule \[3.30\]: a plan that many read tells none of them what is kept from them (note 16).
pub fn class_of(need: Option<Class>, is_private: bool, is_of_sensitive: bool) -> Class {
    let own = match (is_of_sensitive, is_private) {
        (true, _) => Class::SensitiveService,
        (false, true) => Class::Confidential,
        (false, false) => Class::Ordinary,
    };
    own.max(need.unwrap_or(Class::Ordinary))
}

/// Returns the needs that the plan neither acts on nor says why not, in their order.
///
/// Rule \[3.17\]: the plan covers every need of the family, or says why one is left for now.
pub fn unaddressed(needs: &[FactId], entries: &[Entry]) -> Vec<FactId> {
    let is_addressed = |need: &FactId| {
        entries.iter().any(|entry| {
            entry.need == Some(*need)
                && match entry.kind {
                    // What holds somebody to something helps nobody by itself.
                    EntryKind::Action => entry.state != State::Dropped && entry.measure.is_none(),
                    EntryKind::NotNow => true,
                    EntryKind::Review => false,
                }
        })
    };
    needs.iter().copied().filter(|need| !is_addressed(need)).collect()
}

/// Returns whether a part of a plan stands on the copy of one of the family, or on the one for all: what is confidential stands on the copy
/// of whoever does it, and on no other.
///
/// Rule \[3.27\]: what is one member's alone is not told to another by what hangs in the kitchen.
pub fn is_on_copy(entry: &Entry, whose: Option<PersonId>) -> bool {
    match entry.class {
        Class::Ordinary => true,
        Class::Confidential => whose.is_some() && entry.doer == whose,
        Class::SensitiveService | Class::Restricted => false,
    }
}

/// Returns the day on which a plan is looked at again.
///
/// Rule \[3.18\]: a plan has a review, on a day.
pub fn review_on(today: Date, plans: &Plans, holidays: &BankHolidays) -> Date {
    holidays.add(today, plans.review_working_days)
}

/// Returns the day that an action is done by unless somebody says otherwise.
///
/// Rule \[3.40\]: what is to be done has a day from its first moment.
pub fn act_by(today: Date, plans: &Plans, holidays: &BankHolidays) -> Date {
    holidays.add(today, plans.action_working_days)
}

//! When support for a family may end. Pure.

use super::closing::NewClosing;
use crate::levels::Told;
use crate::visits::{self, Visit};
use area::files::{ClosingReason, Plans};
use kernel::Date;
use kernel::text::{self, TextError};
use kernel::working_days::BankHolidays;

/// Longest words of a part, in characters.
pub const WORDS_MAX: usize = 2000;

/// What is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClosingRule {
    /// A text that does not read.
    #[error("{1} {2}")]
    Text(&'static str, &'static str, TextError),
    /// A reason that is not the area's.
    #[error("Choose why support ends")]
    NoSuchReason,
    /// Too little was tried.
    #[error(
        "{0} tries are written down since they were last met, and the area’s protocol asks for {1}: try again first, differently"
    )]
    TooFewTries(usize, u16),
}

impl ClosingRule {
    /// Returns the field of the form that it is about.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Text(field, ..) => field,
            Self::NoSuchReason | Self::TooFewTries(..) => "reason",
        }
    }
}

/// Returns the area's reason of that id.
pub fn reason<'a>(plans: &'a Plans, id: &str) -> Option<&'a ClosingReason> {
    plans.closing.iter().find(|reason| reason.id == id)
}

/// Returns what was tried since somebody was met last: visits that were missed or refused, the latest first. `made` are the family's.
///
/// Rule \[3.16\]: what counts as trying is what was tried and written down.
pub fn tries(made: &[Visit]) -> Vec<&Visit> {
    let day = |visit: &&Visit| visit.happened_on;
    let met = made.iter().filter(|visit| visit.state == visits::State::Done).filter_map(|visit| visit.happened_on).max();
    let mut tried: Vec<&Visit> =
        made.iter().filter(|visit| visit.state.is_tried_again()).filter(|visit| visit.happened_on > met).collect();
    tried.sort_by_key(|visit| std::cmp::Reverse((day(visit), visit.id)));
    tried
}

/// Returns the area's reason, once enough was tried since the family was met last.
///
/// # Errors
/// [`ClosingRule::NoSuchReason`]; [`ClosingRule::TooFewTries`].
pub fn check_tries<'a>(id: &str, plans: &'a Plans, tried: usize) -> Result<&'a ClosingReason, ClosingRule> {
    let reason = reason(plans, id).ok_or(ClosingRule::NoSuchReason)?;
    if tried < usize::from(reason.tries) { Err(ClosingRule::TooFewTries(tried, reason.tries)) } else { Ok(reason) }
}

/// Returns support that is to end with its words in order.
///
/// Rule \[3.16\]: support does not end because a family did not open the door: what was tried, and what was tried differently, comes first.
///
/// # Errors
/// [`ClosingRule`] says what is wrong.
pub fn check(mut new: NewClosing, plans: &Plans, tried: usize) -> Result<NewClosing, ClosingRule> {
    let reason = check_tries(&new.reason, plans, tried)?;
    let needed = |field, called, words: &str| text::note(words, WORDS_MAX).map_err(|e| ClosingRule::Text(field, called, e));
    let if_any =
        |field, called, words: &str| text::note_if_any(words, WORDS_MAX).map_err(|e| ClosingRule::Text(field, called, e));
    new.words = needed("words", "Why support ends", &new.words)?;
    new.goes_on = needed("goes_on", "What goes on, and whom they can turn to", &new.goes_on)?;
    let differently = "What was tried differently";
    new.differently = match reason.needs_manager {
        true => needed("differently", differently, &new.differently)?,
        false => if_any("differently", differently, &new.differently)?,
    };
    let told = "What they say, or why not";
    new.told_words = match new.told {
        Told::NotTold => needed("told_words", told, &new.told_words)?,
        Told::Agreed | Told::Told => if_any("told_words", told, &new.told_words)?,
    };
    Ok(new)
}

/// Returns the last day on which a manager answers in time.
///
/// Rule \[3.40\]: what is asked is answered by a day; until then support goes on.
pub fn decide_by(today: Date, plans: &Plans, holidays: &BankHolidays) -> Date {
    holidays.add(today, plans.closing_working_days)
}

//! What may be planned and written of a visit. Pure.

use super::visit::{Next, Outcome, State};
use area::files::Plans;
use families::facts::Class;
use kernel::Date;
use kernel::text::{self, TextError};
use kernel::working_days::BankHolidays;

/// Longest words of what was said and done, in characters.
pub const WORDS_MAX: usize = 10_000;
/// Longest words of how to approach a family, and of how somebody sees it themselves, in characters.
pub const APPROACH_MAX: usize = 1000;

/// What is wrong with a visit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VisitRule {
    /// A text that does not read.
    #[error("{1} {2}")]
    Text(&'static str, &'static str, TextError),
    /// A day that has passed is none to plan for.
    #[error("Choose a day from today on")]
    InThePast,
    /// What happened, happened today or earlier.
    #[error("The day cannot be in the future")]
    InTheFuture,
    /// A time that does not read.
    #[error("Type the time with hours and minutes, as 14:30, or leave it empty")]
    NoSuchTime,
    /// What came of it was not chosen.
    #[error("Choose what came of it")]
    NoOutcome,
    /// Nobody was met, and nobody tries again.
    #[error("Say when you try again, and how: a family that was not met is not left")]
    NoNextTry,
    /// Somebody's own words, of whom it is not said that they were met.
    #[error("Tick everybody whose own words you wrote")]
    UnmetView,
    /// They met, and nobody was met.
    #[error("Tick who was met, or say that nobody was there")]
    NobodyMet,
    /// It is about nobody.
    #[error("Tick whom it is about")]
    AboutNobody,
}

impl VisitRule {
    /// Returns the field of the form that it is about.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Text(field, ..) => field,
            Self::InThePast => "next",
            Self::InTheFuture => "happened",
            Self::NoSuchTime => "time",
            Self::NoOutcome | Self::NoNextTry => "state",
            Self::NobodyMet | Self::UnmetView => "met",
            Self::AboutNobody => "person",
        }
    }
}

/// Returns when, how and by whom a family is met next, with its words in order.
///
/// # Errors
/// [`VisitRule`] says what is wrong.
pub fn check_next(next: Next, today: Date) -> Result<Next, VisitRule> {
    let time = time_of(&next.time).ok_or(VisitRule::NoSuchTime)?;
    let approach =
        text::note_if_any(&next.approach, APPROACH_MAX).map_err(|e| VisitRule::Text("approach", "How to approach them", e))?;
    if next.on < today { Err(VisitRule::InThePast) } else { Ok(Next { time, approach, ..next }) }
}

/// Returns a time of day as `14:30`, from what people type: `2pm`, `14.30`, `9:05`; empty for nothing; nothing for what is no time.
pub fn time_of(typed: &str) -> Option<String> {
    let lower = typed.trim().to_lowercase().replace('.', ":");
    if lower.is_empty() {
        return Some(String::new());
    }
    let (digits, half) = match (lower.strip_suffix("am"), lower.strip_suffix("pm")) {
        (Some(digits), _) => (digits.trim(), Some(0)),
        (_, Some(digits)) => (digits.trim(), Some(12)),
        _ => (lower.as_str(), None),
    };
    let (hour, minute) = match digits.split_once(':') {
        Some((hour, minute)) if minute.len() == 2 => (hour.parse::<u8>().ok()?, minute.parse::<u8>().ok()?),
        Some(_) => return None,
        // A bare number is an hour only where it says which half of the day.
        None => (half.and_then(|_| digits.parse::<u8>().ok())?, 0),
    };
    let hour = match half {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(half) => hour % 12 + half,
    };
    (hour < 24 && minute < 60).then(|| format!("{hour:02}:{minute:02}"))
}

/// Returns what came of a visit, with its words in order.
///
/// Rule \[3.16\]: a family that did not open the door is tried again, on a day, by somebody; that never closes anything.
///
/// # Errors
/// [`VisitRule`] says what is wrong.
pub fn check_outcome(mut new: Outcome, today: Date) -> Result<Outcome, VisitRule> {
    new.words = text::note(&new.words, WORDS_MAX).map_err(|e| VisitRule::Text("words", "What happened", e))?;
    if new.people.is_empty() {
        return Err(VisitRule::AboutNobody);
    }
    if new.happened_on > today {
        return Err(VisitRule::InTheFuture);
    }
    for met in &mut new.people {
        met.is_met &= new.state == State::Done;
        if !met.is_met && !met.view.trim().is_empty() {
            return Err(VisitRule::UnmetView);
        }
        let view = text::note_if_any(&met.view, APPROACH_MAX).map_err(|e| VisitRule::Text("met", "How somebody sees it", e))?;
        met.view = view;
    }
    new.next = new.next.map(|next| check_next(next, today)).transpose()?;
    match new.state {
        State::Planned => Err(VisitRule::NoOutcome),
        State::Done if !new.people.iter().any(|met| met.is_met) => Err(VisitRule::NobodyMet),
        State::Missed | State::Refused if new.next.is_none() => Err(VisitRule::NoNextTry),
        State::Done | State::Missed | State::Refused | State::Cancelled => Ok(new),
    }
}

/// Returns who may read a visit: fewer where a sensitive service makes it, or its author keeps it in their agency.
pub fn class_of(is_private: bool, is_of_sensitive: bool) -> Class {
    match (is_of_sensitive, is_private) {
        (true, _) => Class::SensitiveService,
        (false, true) => Class::Confidential,
        (false, false) => Class::Ordinary,
    }
}

/// Returns the day that a family is tried again on, unless somebody says otherwise.
///
/// Rule \[3.16\]: persistence has a day.
pub fn again_on(today: Date, plans: &Plans, holidays: &BankHolidays) -> Date {
    holidays.add(today, plans.try_again_working_days)
}

/// Returns whether somebody has not been seen for as long as the area's protocol says is too long.
///
/// Rule \[3.16\]: whoever nobody has seen rises to the top.
pub fn is_long_unseen(seen_on: Option<Date>, today: Date, plans: &Plans) -> bool {
    seen_on.is_none_or(|on| days_since(on, today) >= i32::from(plans.unseen_days))
}

/// Returns the days from one day to another.
pub fn days_since(on: Date, today: Date) -> i32 {
    today.since(on).map_or(0, |span| span.get_days())
}

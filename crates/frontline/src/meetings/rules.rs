//! What a meeting must say. Pure.

use super::meeting::NewMeeting;
use crate::visits::rules::time_of;
use kernel::Date;
use kernel::text::{self, TextError};

/// Longest place, in characters.
pub const PLACE_MAX: usize = 200;
/// Longest words, in characters.
pub const WORDS_MAX: usize = 4000;

/// What is wrong with a meeting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MeetingRule {
    /// A text that does not read.
    #[error("{1} {2}")]
    Text(&'static str, &'static str, TextError),
    /// A day that has passed.
    #[error("A meeting is planned for today or later")]
    InThePast,
    /// A time that is none.
    #[error("Type the time like 14:30, or leave it out")]
    NoTime,
    /// Nobody is invited.
    #[error("Invite somebody: a meeting of one is none")]
    NobodyInvited,
    /// A day that has not come.
    #[error("They met today or before")]
    NotYet,
}

impl MeetingRule {
    /// Returns the field of the form that it is about.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Text(field, ..) => field,
            Self::InThePast => "next",
            Self::NoTime => "time",
            Self::NobodyInvited => "who",
            Self::NotYet => "held",
        }
    }
}

/// Returns a meeting with its words in order.
///
/// Rule \[3.17\]: the team around a family meets on a day that everybody knows, with whoever is of it.
///
/// # Errors
/// [`MeetingRule`] says what is wrong.
pub fn check(mut new: NewMeeting, today: Date) -> Result<NewMeeting, MeetingRule> {
    new.time = time_of(&new.time).ok_or(MeetingRule::NoTime)?;
    check_day(new.on, today)?;
    new.place = line_if_any("place", "Where", &new.place)?;
    new.about = line_if_any("about", "What it is about", &new.about)?;
    if new.practitioners.is_empty() && new.people.is_empty() { Err(MeetingRule::NobodyInvited) } else { Ok(new) }
}

/// Refuses a day that has passed.
///
/// # Errors
/// [`MeetingRule::InThePast`].
pub fn check_day(on: Date, today: Date) -> Result<(), MeetingRule> {
    if on < today { Err(MeetingRule::InThePast) } else { Ok(()) }
}

/// Returns what was said, in order.
///
/// # Errors
/// [`MeetingRule`] says what is wrong.
pub fn check_held(held_on: Date, (words, others): (&str, &str), today: Date) -> Result<(String, String), MeetingRule> {
    if held_on > today {
        return Err(MeetingRule::NotYet);
    }
    let words = text::note(words, WORDS_MAX).map_err(|e| MeetingRule::Text("words", "What was said", e))?;
    Ok((words, line_if_any("others", "Who else came", others)?))
}

fn line_if_any(field: &'static str, called: &'static str, words: &str) -> Result<String, MeetingRule> {
    if words.trim().is_empty() {
        return Ok(String::new());
    }
    text::line(words, PLACE_MAX).map_err(|e| MeetingRule::Text(field, called, e))
}

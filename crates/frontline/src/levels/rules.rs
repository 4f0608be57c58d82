//! What a judgement must say, and what a level asks for. Pure.

use super::level::{Judgement, NewJudgement, Told};
use area::files::Level;
use kernel::text::{self, TextError};
use kernel::working_days::BankHolidays;
use kernel::{Date, clock};

/// Longest reason, in characters.
pub const REASON_MAX: usize = 2000;

/// What is wrong with a judgement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LevelRule {
    /// A text that does not read.
    #[error("{1} {2}")]
    Text(&'static str, &'static str, TextError),
    /// A level that the area does not have.
    #[error("Choose a level")]
    NoSuchLevel,
    /// It is their level already.
    #[error("This is their level already: choose another, or leave it as it is")]
    Same,
    /// A judgement rests on something.
    #[error("Tick what it rests on: a judgement without anything that is known is a guess")]
    NothingKnown,
}

impl LevelRule {
    /// Returns the field of the form that it is about.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Text(field, ..) => field,
            Self::NoSuchLevel | Self::Same => "level",
            Self::NothingKnown => "evidence",
        }
    }
}

/// Returns a judgement with its words in order.
///
/// Rule \[2.9\]: how much help a family gets fits what it needs, by a judgement with reasons.
///
/// # Errors
/// [`LevelRule`] says what is wrong.
pub fn check(mut new: NewJudgement, levels: &[Level], current: Option<&str>) -> Result<NewJudgement, LevelRule> {
    let Some(at) = levels.iter().position(|level| level.id == new.level) else { return Err(LevelRule::NoSuchLevel) };
    if current == Some(new.level.as_str()) {
        return Err(LevelRule::Same);
    }
    new.reason = text::note(&new.reason, REASON_MAX).map_err(|e| LevelRule::Text("reason", "Why", e))?;
    let read = if new.told == Told::NotTold { text::note } else { text::note_if_any };
    new.told_words =
        read(&new.told_words, REASON_MAX).map_err(|e| LevelRule::Text("told_words", "What they say, or why not", e))?;
    // The lowest level is that nothing more is known than of anybody.
    if at > 0 && new.evidence.is_empty() { Err(LevelRule::NothingKnown) } else { Ok(new) }
}

/// Returns which way a level lies from another: "Step up", "Step down"; "First judgement" where there was none.
pub fn direction(levels: &[Level], from: Option<&str>, to: &str) -> &'static str {
    let place = |id: &str| levels.iter().position(|level| level.id == id);
    match (from.and_then(place), place(to)) {
        (Some(from), Some(to)) if to > from => "Step up",
        (Some(from), Some(to)) if to < from => "Step down",
        (Some(_), _) => "The same",
        (None, _) => "First judgement",
    }
}

/// Returns the judgement that holds: of those that hold, the one that came last.
pub fn current(judgements: &[Judgement]) -> Option<&Judgement> {
    judgements.iter().filter(|one| one.holds_from.is_some()).max_by_key(|one| (one.holds_from, one.judged_at, one.id))
}

/// Returns the last day on which a plan is begun in time, where the level asks for one.
///
/// Rule \[3.17\]: a family that needs more than one service has a plan, by a day.
pub fn plan_by(level: &Level, judgement: &Judgement, holidays: &BankHolidays) -> Option<Date> {
    let from = clock::local_day(judgement.holds_from?);
    level.plan_working_days.map(|days| holidays.add(from, days))
}

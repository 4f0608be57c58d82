//! When somebody is away, and what it must say. Pure.

use access::PractitionerId;
use kernel::Date;

::store::record_id!(
    /// A time that somebody is away.
    AbsenceId
);

/// Longest time that somebody is away, in days: whoever is away for longer hands over.
pub const DAYS_MAX: i32 = 366;

/// A time that somebody is away.
#[derive(Clone, Debug)]
pub struct Absence {
    /// Which one.
    pub id: AbsenceId,
    /// Who.
    pub practitioner: PractitionerId,
    /// Their name.
    pub name: String,
    /// The first day.
    pub from_on: Date,
    /// The last day.
    pub to_on: Date,
    /// Who covers.
    pub cover: PractitionerId,
    /// Their name.
    pub cover_name: String,
    /// Whether they have left since.
    pub cover_left: bool,
    /// What they should know.
    pub words: String,
}

impl Absence {
    /// Returns whether it is now.
    pub fn is_on(&self, today: Date) -> bool {
        self.from_on <= today && today <= self.to_on
    }

    /// Returns whether it shares a day with another time.
    pub fn overlaps(&self, (from, to): (Date, Date)) -> bool {
        self.from_on <= to && from <= self.to_on
    }
}

/// A time that somebody will be away.
#[derive(Clone, Debug)]
pub struct NewAbsence {
    /// Who.
    pub practitioner: PractitionerId,
    /// The first day.
    pub from_on: Date,
    /// The last day.
    pub to_on: Date,
    /// Who covers.
    pub cover: PractitionerId,
    /// What they should know.
    pub words: String,
}

/// What is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AbsenceRule {
    /// It is over, ends before it begins, or is too long.
    #[error("Type a last day from today on, not before the first, and at most a year after it")]
    Days,
    /// Nobody covers for themself.
    #[error("Choose somebody else to cover")]
    CoversThemself,
    /// They are away on some of these days already.
    #[error("They are away on some of these days already: end that first")]
    AwayAlready,
    /// Whoever should cover is away on some of these days.
    #[error("Whoever you chose is away on some of these days: choose somebody else")]
    CoverAway,
    /// They cover for somebody on some of these days.
    #[error("They cover for {0} on some of these days: find somebody else to do that first")]
    CoversFor(String),
}

impl AbsenceRule {
    /// Returns the field of the form that it is about.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Days => "to",
            Self::CoversThemself | Self::CoverAway => "cover",
            Self::AwayAlready | Self::CoversFor(_) => "who",
        }
    }
}

/// Checks a time that somebody will be away against the times that they and whoever covers are away or cover for somebody.
///
/// Rule \[3.40\]: nobody is away without somebody who is there.
///
/// # Errors
/// [`AbsenceRule`] says what is wrong.
pub fn check(new: &NewAbsence, today: Date, others: &[Absence]) -> Result<(), AbsenceRule> {
    let days = new.to_on.since(new.from_on).map_or(i32::MAX, |span| span.get_days());
    if new.to_on < today || !(0..=DAYS_MAX).contains(&days) {
        return Err(AbsenceRule::Days);
    }
    if new.cover == new.practitioner {
        return Err(AbsenceRule::CoversThemself);
    }
    let at_once = |other: &&Absence| other.overlaps((new.from_on, new.to_on));
    let is_away = |who: PractitionerId| others.iter().filter(at_once).any(|other| other.practitioner == who);
    if is_away(new.practitioner) {
        return Err(AbsenceRule::AwayAlready);
    }
    if is_away(new.cover) {
        return Err(AbsenceRule::CoverAway);
    }
    match others.iter().filter(at_once).find(|other| other.cover == new.practitioner) {
        Some(covered) => Err(AbsenceRule::CoversFor(covered.name.clone())),
        None => Ok(()),
    }
}

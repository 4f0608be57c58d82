//! Who may lead for how many families, and by when an offer is answered. Pure.

use access::Role;
use area::files::{LeadsMost, Plans};
use kernel::Date;
use kernel::working_days::BankHolidays;
use std::collections::BTreeSet;
use std::fmt;

/// Longest words of a handover, in characters.
pub const WORDS_MAX: usize = 2000;

/// How many families somebody leads for, and how many they lead for at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caseload {
    /// For how many they lead.
    pub led: u16,
    /// For how many at most, by the area's protocol.
    pub most: u16,
    /// The name of the level of need that is counted; without, all are.
    pub level: Option<String>,
}

impl fmt::Display for Caseload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { led, most, level } = self;
        let level = level.as_ref().map(|level| format!(" of the level “{level}”")).unwrap_or_default();
        write!(f, "They lead for {led} families{level} already, and the area’s protocol says {most} at most")
    }
}

/// Returns for how many families of a level somebody of these roles leads at most, by the area's protocol; without a level, for how many in all;
/// nothing where it says none.
///
/// Rule \[3.17\]: a lead has few enough families to be there for each.
pub fn most_led(roles: &BTreeSet<Role>, plans: &Plans, level: Option<&str>) -> Option<u16> {
    let is_theirs = |limit: &&LeadsMost| limit.level.as_deref() == level && roles.iter().any(|role| role.as_str() == limit.role);
    plans.leads.iter().filter(is_theirs).map(|limit| limit.families).max()
}

/// Why somebody who leads for as many families as they may is not given one more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Over {
    /// Their manager has to give it, with a reason.
    #[error("{0}: a manager can give them one more, with a reason")]
    NotByAManager(Caseload),
    /// A reason is missing.
    #[error("{0}: say why they take one more")]
    NoReason(Caseload),
}

/// Returns why somebody is given one more family, where that needs saying.
///
/// Rule \[3.17\]: more families than the protocol says are led for a reason that a manager gives, and answers for.
///
/// # Errors
/// [`Over`] when it is one too many, and nobody who may has said why.
pub fn check_led(loads: &[Caseload], is_manager: bool, reason: &str) -> Result<(), Over> {
    match loads.iter().find(|load| load.led >= load.most) {
        Some(load) if !is_manager => Err(Over::NotByAManager(load.clone())),
        Some(load) if reason.is_empty() => Err(Over::NoReason(load.clone())),
        Some(_) | None => Ok(()),
    }
}

/// Returns the day by which somebody is found to lead for a family that comes together, or comes back.
///
/// Rule \[3.17\]: a family in support has one lead, or a named person who finds one by a day.
pub fn lead_by(today: Date, plans: &Plans, holidays: &BankHolidays) -> Date {
    holidays.add(today, plans.lead_working_days)
}

/// Returns the last day on which an offer is answered in time.
///
/// Rule \[3.40\]: what is offered is answered by a day; until then whoever led still leads.
pub fn answer_by(today: Date, plans: &Plans, holidays: &BankHolidays) -> Date {
    holidays.add(today, plans.handover_working_days)
}

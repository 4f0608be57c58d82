//! Who may lead for how many families, and by when an offer is answered. Pure.

use access::Role;
use area::files::Plans;
use kernel::Date;
use kernel::working_days::BankHolidays;
use std::collections::BTreeSet;

/// Longest words of a handover, in characters.
pub const WORDS_MAX: usize = 2000;

/// Returns for how many families somebody of these roles leads at most, by the area's protocol; nothing where it says none.
///
/// Rule \[3.17\]: a lead has few enough families to be there for each.
pub fn most_led(roles: &BTreeSet<Role>, plans: &Plans) -> Option<u16> {
    plans.leads.iter().filter(|limit| roles.iter().any(|role| role.as_str() == limit.role)).map(|limit| limit.families).max()
}

/// Why somebody who leads for as many families as they may is not given one more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Over {
    /// Their manager has to give it, with a reason.
    #[error(
        "They lead for {0} families already, and the area’s protocol says {1} at most: a manager can give them one more, with a reason"
    )]
    NotByAManager(u16, u16),
    /// A reason is missing.
    #[error("They lead for {0} families already, and the area’s protocol says {1} at most: say why they take one more")]
    NoReason(u16, u16),
}

/// Returns why somebody is given one more family, where that needs saying.
///
/// Rule \[3.17\]: more families than the protocol says are led for a reason that a manager gives, and answers for.
///
/// # Errors
/// [`Over`] when it is one too many, and nobody who may has said why.
pub fn check_led(led: u16, most: Option<u16>, is_manager: bool, reason: &str) -> Result<(), Over> {
    match most {
        Some(most) if led >= most && !is_manager => Err(Over::NotByAManager(led, most)),
        Some(most) if led >= most && reason.is_empty() => Err(Over::NoReason(led, most)),
        Some(_) | None => Ok(()),
    }
}

/// Returns the last day on which an offer is answered in time.
///
/// Rule \[3.40\]: what is offered is answered by a day; until then whoever led still leads.
pub fn answer_by(today: Date, plans: &Plans, holidays: &BankHolidays) -> Date {
    holidays.add(today, plans.handover_working_days)
}

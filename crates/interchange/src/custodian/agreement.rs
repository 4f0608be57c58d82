//! What an organisation may ask, by the area's agreements. Pure.

use area::custodian::{Custodian, Effect, Mode};
use kernel::Date;

/// What the agreements say to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// It may be asked.
    Yes,
    /// It may not, and why: nothing of whom it is about.
    No(&'static str),
}

/// Returns whether an organisation may ask in a mode for a purpose.
///
/// Rule \[3.30\]: what another organisation learns is agreed beforehand, for a purpose and a time; what is not agreed is not answered, and an
/// agreement that nobody has looked at in time answers nothing.
pub fn allows(custodian: &Custodian, (organisation, purpose): (&str, &str), mode: Mode, today: Date) -> Allowed {
    if today >= custodian.stale_from {
        return Allowed::No("the agreements are stale: nothing is answered until they are reviewed");
    }
    let in_force = custodian.agreement.iter().filter(|one| {
        one.organisation == organisation
            && one.purpose == purpose
            && one.mode == mode
            && one.valid_from <= today
            && today <= one.valid_until
    });
    let mut is_allowed = false;
    for one in in_force {
        match one.effect {
            // What is denied is denied, whatever else allows it.
            Effect::Deny => return Allowed::No("an agreement denies this"),
            Effect::Allow => is_allowed = true,
        }
    }
    if is_allowed { Allowed::Yes } else { Allowed::No("no agreement in force allows this") }
}

//! What may become of a referral, and by when. Pure.

use super::referral::{Referral, State};
use area::{Area, Clocks};
use kernel::working_days::BankHolidays;
use kernel::{Date, Timestamp, clock};

/// Longest words of a referral, in characters.
pub const WORDS_MAX: usize = 2000;

/// What somebody wants to become of a referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The service takes it on.
    Accept,
    /// The service cannot, and says why and who may.
    Decline {
        /// A reason of the area's list.
        reason: String,
        /// A service of the directory, when one may fit better.
        better_door: String,
        /// In words.
        words: String,
    },
    /// The service asks the sender for more before it answers.
    AskBack,
    /// The sender answers.
    Reply,
    /// The service says when it starts, and which place they have until then.
    SayWhen,
    /// They were not there when they were to be met.
    Missed,
    /// The service passes it on to another, with the family's agreement.
    PassOn,
    /// Support begins.
    Start,
    /// Support ends.
    End {
        /// An outcome of the area's list.
        outcome: String,
        /// In words.
        words: String,
    },
    /// The sender takes it back.
    Withdraw {
        /// In words.
        words: String,
    },
}

/// Why a step was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepRule {
    /// It stands elsewhere by now.
    #[error("This cannot be done any more: it is “{}” now", .0.words())]
    NotFrom(State),
    /// A reason or outcome that the area does not know.
    #[error("Choose one of the answers")]
    NoSuchChoice,
    /// The service that declines is no better door.
    #[error("Choose another service than the one that declines, or none")]
    SameDoor,
    /// A day that has passed is none to start on, or to try again.
    #[error("Choose a day from today on")]
    InThePast,
    /// A family that was not asked is passed on to nobody.
    #[error("Say who of the family agrees that it is passed on")]
    NotAgreed,
    /// Declining without a reason leaves a family at a closed door.
    #[error("Say in a few words what would help them instead")]
    NoWords,
}

/// Returns where a step leads.
///
/// Rule \[3.10\]: a referral is accepted, or declined with a reason and a better door; it never just ends.
/// Rule \[3.16\]: whoever misses what was arranged loses no place by it.
///
/// # Errors
/// [`StepRule`] says why not.
pub fn next_state(from: State, step: &Step, area: &Area) -> Result<State, StepRule> {
    let offered = |choices: &[area::files::Choice], id: &str| choices.iter().any(|choice| choice.id == id);
    match (from, step) {
        (State::Asked | State::AskedBack, Step::Accept) => Ok(State::Waiting),
        (State::Asked, Step::AskBack) => Ok(State::AskedBack),
        (State::AskedBack, Step::Reply) => Ok(State::Asked),
        (State::Waiting, Step::SayWhen) => Ok(State::Waiting),
        // Whoever is not there is tried again: nothing ends by it.
        (state @ (State::Waiting | State::Started), Step::Missed) => Ok(state),
        (State::Asked | State::AskedBack | State::Waiting, Step::PassOn) => Ok(State::PassedOn),
        (State::Asked | State::AskedBack | State::Waiting, Step::Decline { reason, better_door, words }) => {
            if !offered(&area.setting.decline_reasons, reason) {
                return Err(StepRule::NoSuchChoice);
            }
            if words.is_empty() && better_door.is_empty() { Err(StepRule::NoWords) } else { Ok(State::Declined) }
        }
        (State::Waiting, Step::Start) => Ok(State::Started),
        (State::Waiting | State::Started, Step::End { outcome, .. }) => {
            if offered(&area.setting.support_outcomes, outcome) {
                Ok(State::Ended)
            } else {
                Err(StepRule::NoSuchChoice)
            }
        }
        (State::Asked | State::AskedBack | State::Waiting, Step::Withdraw { .. }) => Ok(State::Withdrawn),
        (
            state,
            Step::Accept
            | Step::Decline { .. }
            | Step::AskBack
            | Step::Reply
            | Step::SayWhen
            | Step::Missed
            | Step::PassOn
            | Step::Start
            | Step::End { .. }
            | Step::Withdraw { .. },
        ) => Err(StepRule::NotFrom(state)),
    }
}

/// Returns the last day on which a referral is answered in time.
///
/// Rule \[3.42\]: agencies agree who answers, and by when; the protocol's clock runs in working days.
pub fn answer_by(asked_at: Timestamp, clocks: &Clocks, holidays: &BankHolidays) -> Date {
    holidays.add(clock::local_day(asked_at), clocks.referral_answer_working_days)
}

/// Returns the day on which an accepted referral is looked at again.
///
/// Rule \[3.40\]: work that goes on has an owner and a next date at any time.
pub fn look_again_on(today: Date, clocks: &Clocks, holidays: &BankHolidays) -> Date {
    holidays.add(today, clocks.referral_next_working_days)
}

/// Returns whether nobody answered in time, or nobody will because the service is gone, so that it goes to the named owner.
///
/// Rule \[3.42\]: an unanswered referral goes to a named owner; a service cannot drop one.
pub fn is_unanswered(referral: &Referral, is_gone: bool, today: Date) -> bool {
    let is_asked = matches!(referral.state, State::Asked | State::AskedBack) && referral.escalated_at.is_none();
    // While the sender is asked for more the service is not late, until the sender is.
    let is_late = match referral.state {
        State::AskedBack => referral.next_on.is_some_and(|on| today > on),
        _ => today > referral.answer_by,
    };
    is_asked && (is_gone || is_late)
}

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
    #[error("this cannot be done any more: it is “{}” now", .0.words())]
    NotFrom(State),
    /// A reason or outcome that the area does not know.
    #[error("choose one of the answers")]
    NoSuchChoice,
    /// The service that declines is no better door.
    #[error("choose another service than the one that declines, or none")]
    SameDoor,
    /// Declining without a reason leaves a family at a closed door.
    #[error("say in a few words what would help them instead")]
    NoWords,
}

/// Returns where a step leads.
///
/// Rule \[3.10\]: a referral is accepted, or declined with a reason and a better door; it never just ends.
///
/// # Errors
/// [`StepRule`] says why not.
pub fn next_state(from: State, step: &Step, area: &Area) -> Result<State, StepRule> {
    let offered = |choices: &[area::files::Choice], id: &str| choices.iter().any(|choice| choice.id == id);
    match (from, step) {
        (State::Asked, Step::Accept) => Ok(State::Waiting),
        (State::Asked | State::Waiting, Step::Decline { reason, better_door, words }) => {
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
        (State::Asked | State::Waiting, Step::Withdraw { .. }) => Ok(State::Withdrawn),
        (state, Step::Accept | Step::Decline { .. } | Step::Start | Step::End { .. } | Step::Withdraw { .. }) => {
            Err(StepRule::NotFrom(state))
        }
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

/// Returns whether nobody answered in time, so that it goes to the named owner.
///
/// Rule \[3.42\]: an unanswered referral goes to a named owner; a service cannot drop one.
pub fn is_unanswered(referral: &Referral, today: Date) -> bool {
    referral.state == State::Asked && referral.escalated_at.is_none() && today > referral.answer_by
}

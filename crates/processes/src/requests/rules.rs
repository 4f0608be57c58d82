//! What a request needs, and by when it is answered. Pure.

use super::request::{NewRequest, Request, State};
use area::sharing::Sharing;
use kernel::text::{self, TextError};
use kernel::working_days::BankHolidays;
use kernel::{Date, Timestamp, clock};

/// Longest words of a request, in characters.
pub const WORDS_MAX: usize = 2000;

/// What is wrong with a request, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestRule {
    /// Not one of the answers.
    #[error("Choose one of the answers")]
    Choose(&'static str),
    /// What is asked does not read.
    #[error("What you ask {0}")]
    Words(TextError),
}

impl RequestRule {
    /// Returns the field that it is about.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Choose(field) => field,
            Self::Words(_) => "words",
        }
    }
}

/// Checks a request and returns it tidied; every fault at once.
///
/// Rule \[3.27\]: whoever asks says what for, so that whoever is asked can decide.
///
/// # Errors
/// [`RequestRule`]s, each with its field.
pub fn check(mut new: NewRequest, sharing: &Sharing) -> Result<NewRequest, Vec<RequestRule>> {
    let mut faults = Vec::new();
    if sharing.purpose(&new.purpose).is_none() {
        faults.push(RequestRule::Choose("purpose"));
    }
    if new.information.iter().any(|id| !sharing.information.iter().any(|known| &known.id == id)) {
        faults.push(RequestRule::Choose("information"));
    }
    match text::note(&new.words, WORDS_MAX) {
        Ok(words) => new.words = words,
        Err(e) => faults.push(RequestRule::Words(e)),
    }
    if faults.is_empty() { Ok(new) } else { Err(faults) }
}

/// Returns the last day on which a request is answered in time: the same day where somebody is at risk until then.
///
/// Rule \[3.42\]: agencies agree who answers, and by when; the protocol's clock runs in working days.
pub fn answer_by(asked_at: Timestamp, urgent: bool, sharing: &Sharing, holidays: &BankHolidays) -> Date {
    let today = clock::local_day(asked_at);
    if urgent { today } else { holidays.add(today, sharing.request_answer_working_days) }
}

/// Returns whether nobody answered in time, so that it is passed on.
///
/// Rule \[3.42\]: what nobody answers goes to a named owner.
pub fn is_unanswered(request: &Request, today: Date) -> bool {
    request.state == State::Open && request.escalated_at.is_none() && today > request.answer_by
}

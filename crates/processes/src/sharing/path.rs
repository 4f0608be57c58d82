//! The questions of "May I share this?", and what follows from the answers. Pure.
//!
//! The table is that of practice (report 3.27 to 3.29, and the guidance that the area's `sharing.toml` cites): danger first; a clear
//! purpose; a duty in law; a risk of harm; what exactly; who agrees, of what was told in confidence; a last look.

use super::decision::Ground;
use crate::agreements::AgreementId;
use crate::agreements::rules::Said;
use crate::requests::RequestId;
use access::{AgencyId, PractitionerId};
use families::facts::FactId;
use kernel::stored_words;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

stored_words! {
    /// A page of the path.
    Step {
        Danger = "danger", Purpose = "purpose", Duty = "duty", Harm = "harm", Items = "items", Agreement = "agreement",
        Tests = "tests", Check = "check", Now = "now",
    }
}
stored_words! {
    /// What is said of agreement where it is needed.
    Asked {
        /// The right person agrees, and it is recorded.
        Rests = "rests",
        /// They will be asked first.
        WillAsk = "will_ask",
        /// Asking would put somebody at risk, or take too long, and the public interest outweighs it.
        PublicInterest = "public_interest",
        /// They do not agree, and nothing outweighs it.
        No = "no",
    }
}

/// What somebody answered so far, kept as their draft.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answers {
    /// The request that is answered.
    pub request: Option<Uuid>,
    /// Whether somebody is in danger now.
    pub danger: Option<bool>,
    /// The agency to be told.
    pub agency: Option<Uuid>,
    /// One practitioner of it alone.
    pub named: Option<Uuid>,
    /// Their name, as it was typed.
    pub named_words: String,
    /// Somebody who is of no agency here, or who it was of the agency.
    pub to_words: String,
    /// What for, by id; nothing when there is no rightful purpose.
    pub purpose: Option<String>,
    /// Whether a law or court order says so.
    pub duty: Option<bool>,
    /// Which.
    pub duty_words: String,
    /// Whether somebody is at risk of harm.
    pub harm: Option<bool>,
    /// What the worry is.
    pub harm_words: String,
    /// What was picked; with the reason for what is protected.
    pub items: Option<BTreeMap<Uuid, String>>,
    /// What they are told in words, where it does not go through here.
    pub said_words: String,
    /// What was left out, and why.
    pub withheld_words: String,
    /// What is said of agreement.
    pub asked: String,
    /// Why, in words.
    pub asked_words: String,
    /// What holds, by id.
    pub tests: Vec<String>,
    /// How it gets there, by id.
    pub method: String,
    /// Whether the family was told.
    pub told: String,
    /// How, or why not.
    pub told_words: String,
    /// When to look again.
    pub review: String,
}

impl Answers {
    /// Returns the agency to be told.
    pub fn agency_id(&self) -> Option<AgencyId> {
        self.agency.map(AgencyId)
    }

    /// Returns the one practitioner to be told.
    pub fn named_id(&self) -> Option<PractitionerId> {
        self.named.map(PractitionerId)
    }

    /// Returns the request that is answered.
    pub fn request_id(&self) -> Option<RequestId> {
        self.request.map(RequestId)
    }

    /// Returns whether a duty in law or a risk of harm outranks agreement, and lists.
    pub fn is_urgent(&self) -> bool {
        self.duty == Some(true) || self.harm == Some(true)
    }

    /// Returns the facts that were picked.
    pub fn picked(&self) -> Vec<FactId> {
        self.items.iter().flatten().map(|(id, _)| FactId(*id)).collect()
    }
}

/// What is true of the items that were picked, whatever anybody answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Situation {
    /// Of each that was told in confidence, what was said about telling this agency.
    pub confidential: Vec<Said>,
}

impl Situation {
    /// Returns the agreement that covers everything that was told in confidence, where one does.
    pub fn covering(&self) -> Option<AgreementId> {
        let agreed = |said: &Said| match said {
            Said::Agreed(id) => Some(*id),
            Said::Refused(_) | Said::NoMore(_) | Said::Disputed(_) | Said::Unclear | Said::NotAsked => None,
        };
        let all: Option<Vec<AgreementId>> = self.confidential.iter().map(agreed).collect();
        all.and_then(|all| all.first().copied())
    }
}

/// Returns the question that comes next.
///
/// Rule \[3.27\]: one question after the other, in the order in which practice asks them; what is decided by one is not asked by the next.
pub fn next(answers: &Answers, situation: &Situation) -> Step {
    match answers.danger {
        None => return Step::Danger,
        // Nothing of the path stands between them and help.
        Some(true) => return Step::Now,
        Some(false) => {}
    }
    if answers.purpose.is_none() || (answers.agency.is_none() && answers.to_words.is_empty()) {
        return Step::Purpose;
    }
    match (answers.duty, answers.harm) {
        (None, _) => return Step::Duty,
        (Some(false), None) => return Step::Harm,
        (Some(_), _) => {}
    }
    if answers.items.is_none() {
        return Step::Items;
    }
    if needs_agreement(answers, situation) && answers.asked.parse::<Asked>().is_err() {
        return Step::Agreement;
    }
    if answers.method.is_empty() { Step::Tests } else { Step::Check }
}

/// Returns whether agreement has to be asked about: nothing outranks it, and something was told in confidence.
///
/// Rule \[3.28\]: a duty in law and a risk of significant harm need no agreement.
pub fn needs_agreement(answers: &Answers, situation: &Situation) -> bool {
    !answers.is_urgent() && !situation.confidential.is_empty()
}

/// Why nothing is shared, as the answers stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// Something has not been answered.
    #[error("Answer this first")]
    Unanswered(Step),
    /// They will be asked.
    #[error("They will be asked first: keep it as put off until then")]
    AskFirst,
    /// They do not agree, and nothing outweighs it.
    #[error("They do not agree, and nothing outweighs that: keep it as not shared")]
    NotAgreed,
    /// What was said to be agreed is not.
    #[error("No agreement that is recorded covers all of this: record it, or choose another answer")]
    NotCovered,
}

/// Returns what lets it be shared, and the agreement it rests on.
///
/// Rule \[3.27\]: normally with explicit agreement. Rule \[3.28\]: without it where somebody is in danger, and always with a reason.
///
/// # Errors
/// [`Stop`] when nothing does.
pub fn ground(answers: &Answers, situation: &Situation) -> Result<(Ground, Option<AgreementId>), Stop> {
    match next(answers, situation) {
        Step::Check => {}
        unanswered => return Err(Stop::Unanswered(unanswered)),
    }
    if answers.duty == Some(true) {
        return Ok((Ground::Duty, None));
    }
    if answers.harm == Some(true) {
        return Ok((Ground::Harm, None));
    }
    if situation.confidential.is_empty() {
        return Ok((Ground::NotConfidential, None));
    }
    match answers.asked.parse::<Asked>() {
        Ok(Asked::Rests) => situation.covering().map(|id| (Ground::Agreement, Some(id))).ok_or(Stop::NotCovered),
        Ok(Asked::PublicInterest) => Ok((Ground::PublicInterest, None)),
        Ok(Asked::WillAsk) => Err(Stop::AskFirst),
        Ok(Asked::No) => Err(Stop::NotAgreed),
        Err(()) => Err(Stop::Unanswered(Step::Agreement)),
    }
}

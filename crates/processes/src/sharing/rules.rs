//! What an item is to whoever reads it, what is left out unless a reason is given, and what a record of a decision needs. Pure.

use super::decision::{Ground, Label, NewDecision, Outcome, Protection, Told};
use area::sharing::Sharing;
use families::facts::{Fact, Kind, Standing};
use families::people::{PersonId, ShieldKind};
use kernel::text::{self, TextError};
use kernel::{Date, names};

/// Longest words of a decision, in characters.
pub const WORDS_MAX: usize = 2000;
const LINE_MAX: usize = 200;

/// What is wrong with a decision, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShareRule {
    /// Not one of the answers.
    #[error("Choose one of the answers")]
    Choose(&'static str),
    /// A text that does not read.
    #[error("{1} {2}")]
    Text(&'static str, &'static str, TextError),
    /// Nobody would get it.
    #[error("Choose an agency, or write who was told")]
    NoRecipient,
    /// A named practitioner is of another agency.
    #[error("Choose somebody of that agency, or everybody of it who works with them")]
    NotOfAgency,
    /// Nothing is shared.
    #[error("Pick what they need to know, or write what you told them")]
    Nothing,
    /// What is protected needs a reason of its own.
    #[error("Say why they need this: {0}")]
    NoReason(&'static str),
    /// Why is what stands up afterwards.
    #[error("Say what you are worried about, or which law: this is what stands up afterwards")]
    NoGround,
    /// Not telling the family has a reason.
    #[error("Say why the family is not told")]
    NotToldWhy,
    /// Refusing, putting off and asking have a reason.
    #[error("Say why, in a few words")]
    NoWhy,
    /// What was told in confidence is not covered.
    #[error("Something that you picked was told in confidence, and nobody who can has agreed that they are told it")]
    NotCovered,
    /// A shield keeps it from whoever is told.
    #[error("A shield keeps this from them: ring them, or have whoever decided the shield name them")]
    Shielded,
    /// Nobody would see it.
    #[error("Nobody of that agency can sign in here: ring them")]
    NobodyReceives,
    /// One does not decide to tell oneself.
    #[error("Choose another agency than your own")]
    OwnAgency,
    /// Whoever is asked for advice may not know of them.
    #[error("They may not know of this person: ask somebody who is named for them")]
    AdviserMayNot,
    /// One of the tests does not hold.
    #[error("Tick each that holds. If one does not, pick less, put it right, or do not share")]
    Untested,
    /// Nobody was asked.
    #[error("Choose whom to ask")]
    NoAdviser,
    /// What is put off has a day.
    #[error("Say by which day you decide")]
    NoDay,
    /// A day that has passed.
    #[error("The day must be today or later")]
    Past,
    /// A day that has not come.
    #[error("The day must be today or earlier")]
    Ahead,
}

impl ShareRule {
    /// Returns the field that it is about.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Choose(field) | Self::Text(field, ..) => field,
            Self::NoRecipient | Self::OwnAgency | Self::NobodyReceives | Self::Shielded => "agency",
            Self::NotOfAgency => "named",
            Self::Nothing | Self::NoReason(_) | Self::NotCovered => "items",
            Self::NoGround => "worry",
            Self::NotToldWhy => "told_words",
            Self::NoWhy => "reason",
            Self::Untested => "tests",
            Self::NoAdviser | Self::AdviserMayNot => "adviser",
            Self::NoDay | Self::Past => "review",
            Self::Ahead => "happened",
        }
    }
}

/// Returns what an item is, to whoever reads it: what somebody saw is not what they were told, nor what they think.
///
/// Rule \[3.28\]: fact, what was told, and opinion are told apart.
pub fn label(standing: Standing) -> Label {
    match standing {
        Standing::Seen | Standing::Records => Label::Fact,
        Standing::Told => Label::Told,
        Standing::Opinion => Label::Opinion,
    }
}

/// Returns why an item is left out unless a reason is given for it.
///
/// Rule \[3.30\]: addresses, other people, whoever told it, and whoever is shielded are left out unless somebody chooses them, with a
/// reason (note 16).
pub fn protection(fact: &Fact, shielded: &[(PersonId, ShieldKind)], (own, others): (&str, &[String])) -> Protection {
    if shielded.iter().any(|(person, _)| *person == fact.new.person) {
        return Protection::Shielded;
    }
    let is_told_by_another = !fact.new.told_by.is_empty() && !mentions(&fact.new.told_by, &[own.to_owned()]);
    match fact.new.kind {
        Kind::Address | Kind::Phone | Kind::Email | Kind::School => Protection::Place,
        Kind::Name
        | Kind::Birth
        | Kind::Sex
        | Kind::Identifier
        | Kind::Language
        | Kind::Relationship
        | Kind::Involvement
        | Kind::Narrative
        | Kind::Strength
        | Kind::Aspiration
        | Kind::Need
        | Kind::Circumstance
        | Kind::Risk
        | Kind::Event => {
            if is_told_by_another || mentions(&fact.new.words, others) {
                Protection::ThirdParty
            } else {
                Protection::None
            }
        }
    }
}

/// Returns whether a text names one of several people, by the first of their names.
pub fn mentions(words: &str, others: &[String]) -> bool {
    let folded = names::folded_words(words);
    others.iter().any(|other| {
        let first = names::folded_words(other).into_iter().next().unwrap_or_default();
        first.chars().count() >= 3 && folded.contains(&first)
    })
}

/// Checks the record of a decision and returns it tidied; every fault at once.
///
/// Rule \[3.29\]: whether it is shared or not, what was decided is kept with why.
///
/// # Errors
/// [`ShareRule`]s, each with its field.
pub fn check(mut new: NewDecision, today: Date, sharing: &Sharing) -> Result<NewDecision, Vec<ShareRule>> {
    let mut faults = Vec::new();
    texts(&mut new, &mut faults);
    if !new.purpose.is_empty() && sharing.purpose(&new.purpose).is_none() {
        faults.push(ShareRule::Choose("purpose"));
    }
    if new.happened_on > today {
        faults.push(ShareRule::Ahead);
    }
    if new.review_on.is_some_and(|on| on < today) {
        faults.push(ShareRule::Past);
    }
    match new.outcome {
        Outcome::Shared | Outcome::Part => {
            // Whoever shares in part says what was left out.
            new.outcome = if new.withheld_words.is_empty() { Outcome::Shared } else { Outcome::Part };
            shared(&new, sharing, &mut faults);
        }
        Outcome::Refused | Outcome::Deferred | Outcome::Advice => {
            (new.ground, new.agreement, new.told) = (None, None, Told::Unsaid);
            new.items.clear();
            if new.reason.is_empty() {
                faults.push(ShareRule::NoWhy);
            }
            if new.outcome == Outcome::Deferred && new.review_on.is_none() {
                faults.push(ShareRule::NoDay);
            }
            if new.outcome == Outcome::Advice && new.adviser.is_none() {
                faults.push(ShareRule::NoAdviser);
            }
        }
    }
    if faults.is_empty() { Ok(new) } else { Err(faults) }
}

fn shared(new: &NewDecision, sharing: &Sharing, faults: &mut Vec<ShareRule>) {
    if new.to.agency.is_none() && new.to.words.is_empty() {
        faults.push(ShareRule::NoRecipient);
    }
    if !sharing.method.iter().any(|method| method.id == new.to.method) {
        faults.push(ShareRule::Choose("method"));
    }
    // What goes through here goes to an agency of the area.
    if new.to.method == "here" && new.to.agency.is_none() {
        faults.push(ShareRule::NoRecipient);
    }
    if new.items.is_empty() && (new.said_words.is_empty() || new.to.method == "here") {
        faults.push(ShareRule::Nothing);
    }
    if new.purpose.is_empty() {
        faults.push(ShareRule::Choose("purpose"));
    }
    let needs_words = match new.ground {
        None => true,
        Some(Ground::Emergency | Ground::Duty | Ground::Harm | Ground::PublicInterest) => new.ground_words.is_empty(),
        Some(Ground::Agreement | Ground::NotConfidential) => false,
    };
    if needs_words {
        faults.push(ShareRule::NoGround);
    }
    match new.told {
        Told::Unsaid => faults.push(ShareRule::Choose("told")),
        Told::No if new.told_words.is_empty() => faults.push(ShareRule::NotToldWhy),
        Told::Yes | Told::Later | Told::No => {}
    }
    // Where somebody is at risk, or the law requires it, no list is in the way; what was needed is judged from what is written here.
    let is_urgent = matches!(new.ground, Some(Ground::Emergency | Ground::Harm | Ground::Duty));
    if !is_urgent && sharing.test.iter().any(|test| !new.tests.contains(&test.id)) {
        faults.push(ShareRule::Untested);
    }
}

fn texts(new: &mut NewDecision, faults: &mut Vec<ShareRule>) {
    let mut tidy = |field, called, text: &mut String, is_line: bool| {
        let tidied = if is_line { text::line(text, LINE_MAX) } else { text::note(text, WORDS_MAX) };
        match tidied {
            Ok(tidied) => *text = tidied,
            Err(TextError::Empty) => text.clear(),
            Err(e) => faults.push(ShareRule::Text(field, called, e)),
        }
    };
    tidy("worry", "What you wrote", &mut new.ground_words, false);
    tidy("asked_words", "What you wrote about agreement", &mut new.agreement_words, false);
    tidy("to_words", "Who was told", &mut new.to.words, true);
    tidy("said", "What you told them", &mut new.said_words, false);
    tidy("withheld", "What you left out", &mut new.withheld_words, false);
    tidy("reason", "Why", &mut new.reason, false);
    tidy("answer", "What they are told", &mut new.answer_words, false);
    tidy("told_words", "What you wrote about telling the family", &mut new.told_words, false);
    for item in &mut new.items {
        tidy("items", "A reason", &mut item.why, false);
    }
}

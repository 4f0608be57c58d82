//! Who can agree to what, until when, and what an agreement lifts. Pure.

use super::agreement::{About, Agreement, AgreementId, Answer, EndedHow, Giver, NewAgreement};
use access::AgencyId;
use area::sharing::Sharing;
use families::people::PersonId;
use kernel::text::{self, TextError};
use kernel::{Date, Span, Timestamp};
use std::collections::BTreeMap;

/// Longest reasons, exceptions and words, in characters.
pub const WORDS_MAX: usize = 2000;
const LINE_MAX: usize = 200;

/// What is wrong with an agreement, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AgreementRule {
    /// Not one of the answers.
    #[error("Choose one of the answers")]
    Choose(&'static str),
    /// A text that does not read.
    #[error("{1} {2}")]
    Text(&'static str, &'static str, TextError),
    /// A child's competence, or a right to decide for somebody, is a judgement that has reasons.
    #[error("Say why you judge that they can decide this: what they understood, or how you know that they may decide")]
    NoJudgement,
    /// Somebody this young cannot agree for themself.
    #[error("They are too young to agree for themself here: somebody with parental responsibility can")]
    TooYoung,
    /// Somebody this old agrees for themself.
    #[error("They are a child: choose the child themself, or somebody with parental responsibility")]
    NotAnAdult,
    /// What one says takes nothing from what another said.
    #[error("Somebody else said this before, or was asked something else: record it beside, not in its place")]
    AnotherGiver,
    /// Nobody was named.
    #[error("Choose who said it")]
    NoGiver,
    /// Nothing, to nobody, is no agreement.
    #[error("Choose what may be passed on")]
    NoInformation,
    /// Nothing, to nobody, is no agreement.
    #[error("Choose who may be told")]
    NoAgency,
    /// Somebody heard it, and is not named.
    #[error("Name who else heard it")]
    NoWitness,
    /// It has not been said yet.
    #[error("The day must be today or earlier")]
    NotYet,
    /// It would have ended before it is recorded.
    #[error("The last day must be today or later")]
    OverAlready,
    /// Longer than the area lets an agreement last.
    #[error("It can last through {} at most: then they are asked again", kernel::british::day(*.0))]
    TooLong(Date),
}

impl AgreementRule {
    /// Returns the field that it is about.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Choose(field) | Self::Text(field, ..) => field,
            Self::NoJudgement => "judgement",
            Self::TooYoung | Self::NotAnAdult | Self::AnotherGiver => "giver",
            Self::NoGiver => "giver_person",
            Self::NoInformation => "information",
            Self::NoAgency => "agency",
            Self::NoWitness => "witness",
            Self::NotYet => "given",
            Self::OverAlready | Self::TooLong(_) => "until",
        }
    }
}

/// Returns the last day that an agreement given on a day may last through.
///
/// Rule \[3.27\]: an agreement is for a time, and then they are asked again.
pub fn latest_until(given_on: Date, sharing: &Sharing) -> Date {
    given_on.checked_add(Span::new().months(i64::from(sharing.agreement_months))).unwrap_or(Date::MAX)
}

/// Returns the day from which somebody asks again: before the last day, and not before today.
///
/// Rule \[3.27\]: whoever answers for an agreement hears before it ends.
pub fn ask_on(until_on: Date, today: Date, sharing: &Sharing) -> Date {
    let warned = until_on.checked_sub(Span::new().days(i64::from(sharing.agreement_warn_days))).unwrap_or(today);
    warned.max(today)
}

/// Checks an agreement and returns it tidied; every fault at once, so that one page can say them all.
///
/// Rule \[3.27\]: the right person agrees, to something, for somebody to be told, after it was explained to them.
///
/// # Errors
/// [`AgreementRule`]s, each with its field.
pub fn check(
    mut new: NewAgreement,
    today: Date,
    age_years: Option<(i16, i16)>,
    sharing: &Sharing,
) -> Result<NewAgreement, Vec<AgreementRule>> {
    let mut faults = Vec::new();
    texts(&mut new, &mut faults);
    let offered = |choices: &[area::files::Choice], id: &str| choices.iter().any(|choice| choice.id == id);
    if !offered(&sharing.explained, &new.explained) {
        faults.push(AgreementRule::Choose("explained"));
    }
    match sharing.evidence.iter().find(|evidence| evidence.id == new.evidence) {
        None => faults.push(AgreementRule::Choose("evidence")),
        Some(evidence) if evidence.witness && new.witness.is_empty() => faults.push(AgreementRule::NoWitness),
        Some(_) => {}
    }
    if new.information.iter().any(|id| !sharing.information.iter().any(|known| &known.id == id)) {
        faults.push(AgreementRule::Choose("information"));
    }
    giver(&new, age_years, sharing, &mut faults);
    if new.about == About::Confidentiality && new.answer == Answer::Agreed {
        if new.information.is_empty() {
            faults.push(AgreementRule::NoInformation);
        }
        if new.agencies.is_empty() {
            faults.push(AgreementRule::NoAgency);
        }
    }
    dates(&mut new, today, sharing, &mut faults);
    if faults.is_empty() { Ok(new) } else { Err(faults) }
}

fn texts(new: &mut NewAgreement, faults: &mut Vec<AgreementRule>) {
    let mut tidy = |field, called, text: &mut String, limit: Option<usize>| {
        let tidied = limit.map_or_else(|| text::note(text, WORDS_MAX), |limit| text::line(text, limit));
        match tidied {
            Ok(tidied) => *text = tidied,
            Err(TextError::Empty) => text.clear(),
            Err(e) => faults.push(AgreementRule::Text(field, called, e)),
        }
    };
    tidy("judgement", "Why they can decide", &mut new.judgement, None);
    tidy("exceptions", "What not", &mut new.exceptions, None);
    tidy("words", "What they said", &mut new.words, None);
    tidy("witness", "Who else heard it", &mut new.witness, Some(LINE_MAX));
}

/// Rule \[3.27\]: an adult agrees for themself, a child who understands what is asked for themself, else one person with parental
/// responsibility; that somebody can is a judgement with its reasons, never a date of birth alone.
fn giver(new: &NewAgreement, age_years: Option<(i16, i16)>, sharing: &Sharing, faults: &mut Vec<AgreementRule>) {
    let at_most = age_years.map(|(_, most)| u16::try_from(most).unwrap_or(0));
    match new.giver {
        Giver::Adult if at_most.is_some_and(|years| years < sharing.adult_from_years) => faults.push(AgreementRule::NotAnAdult),
        Giver::Adult => {}
        Giver::Child if at_most.is_some_and(|years| years < sharing.child_may_agree_from_years) => {
            faults.push(AgreementRule::TooYoung);
        }
        Giver::Responsible if new.giver_person.is_none() => faults.push(AgreementRule::NoGiver),
        Giver::Child | Giver::Responsible => {}
    }
    if new.giver != Giver::Adult && new.judgement.is_empty() {
        faults.push(AgreementRule::NoJudgement);
    }
}

fn dates(new: &mut NewAgreement, today: Date, sharing: &Sharing, faults: &mut Vec<AgreementRule>) {
    if new.given_on > today {
        faults.push(AgreementRule::NotYet);
    }
    if new.answer == Answer::Refused {
        // A no needs no last day: it holds until they say otherwise.
        new.until_on = None;
        return;
    }
    let latest = latest_until(new.given_on, sharing);
    let until_on = new.until_on.unwrap_or(latest);
    if until_on < today {
        faults.push(AgreementRule::OverAlready);
    } else if until_on > latest {
        faults.push(AgreementRule::TooLong(latest));
    }
    new.until_on = Some(until_on);
}

/// Where an agreement stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// In force.
    InForce,
    /// In force, and they are to be asked again.
    AskAgain,
    /// Its day has passed.
    Over,
    /// They said no.
    Refused,
    /// They took it back.
    Withdrawn,
    /// They were asked again since.
    Replaced,
    /// It was let end.
    LetEnd,
}

impl Stage {
    /// Returns the stage in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::InForce => "Agreed",
            Self::AskAgain => "Agreed, ask again",
            Self::Over => "Its time is over",
            Self::Refused => "Refused",
            Self::Withdrawn => "Taken back",
            Self::Replaced => "Asked again since",
            Self::LetEnd => "Ended",
        }
    }
}

/// Returns where an agreement stands on a day.
///
/// Rule \[3.27\]: an agreement that was taken back or whose time is over lifts nothing.
pub fn stage(agreement: &Agreement, today: Date) -> Stage {
    match (&agreement.ended, agreement.new.answer) {
        (Some(ended), _) => match ended.how {
            EndedHow::Withdrawn => Stage::Withdrawn,
            EndedHow::Replaced => Stage::Replaced,
            EndedHow::LetEnd => Stage::LetEnd,
        },
        (None, Answer::Refused) => Stage::Refused,
        (None, Answer::Agreed) if agreement.new.until_on.is_some_and(|until| until < today) => Stage::Over,
        (None, Answer::Agreed) if agreement.ask_on.is_some_and(|on| on <= today) => Stage::AskAgain,
        (None, Answer::Agreed) => Stage::InForce,
    }
}

/// What was said about telling one agency one kind of information.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// They agree.
    Agreed(AgreementId),
    /// They refuse.
    Refused(AgreementId),
    /// They agreed once, and no more.
    NoMore(AgreementId),
    /// One says yes and another says no: somebody senior decides.
    Disputed(AgreementId),
    /// What the asker may read is not all that was said: they are asked again, or somebody senior decides.
    Unclear,
    /// Nobody was asked.
    NotAsked,
}

/// Returns what was said about telling an agency a kind of information about one person: of each who was asked, what they said last.
///
/// Rule \[3.27\]: agreement is to what was asked, for whom it was asked, and no further.
pub fn said(agreements: &[Agreement], (agency, information): (AgencyId, &str), today: Date) -> Said {
    let mut last: BTreeMap<Option<PersonId>, &Agreement> = BTreeMap::new();
    for agreement in agreements.iter().filter(|one| speaks_of(one, agency, information)) {
        let known = last.entry(agreement.new.giver_person).or_insert(agreement);
        if said_at(agreement) > said_at(known) {
            *known = agreement;
        }
    }
    // Where nobody needs to ask again, what was agreed still holds as long as it was agreed for.
    let stage = |one: &Agreement, today| match stage(one, today) {
        Stage::LetEnd if one.new.until_on.is_some_and(|until| until >= today) => Stage::InForce,
        stage => stage,
    };
    let with = |fits: fn(Stage) -> bool| last.values().find(|one| fits(stage(one, today))).map(|one| one.id);
    let agreed = with(|stage| matches!(stage, Stage::InForce | Stage::AskAgain));
    let refused = with(|stage| stage == Stage::Refused);
    let no_more = with(|stage| matches!(stage, Stage::Over | Stage::Withdrawn | Stage::LetEnd | Stage::Replaced));
    let withdrawn = with(|stage| stage == Stage::Withdrawn);
    match (agreed, refused.or(withdrawn), no_more) {
        (Some(_), Some(against), _) => Said::Disputed(against),
        (Some(agreed), None, _) => Said::Agreed(agreed),
        (None, Some(_), _) if refused.is_some() => refused.map_or(Said::NotAsked, Said::Refused),
        (None, _, Some(over)) => Said::NoMore(over),
        (None, _, None) => Said::NotAsked,
    }
}

/// When it was said, and which was recorded last of what was said on one day.
fn said_at(agreement: &Agreement) -> (Date, Timestamp, AgreementId) {
    (agreement.new.given_on, agreement.recorded_at, agreement.id)
}

/// A refusal that names no information or no agency is of all.
fn speaks_of(agreement: &Agreement, agency: AgencyId, information: &str) -> bool {
    let new = &agreement.new;
    let refused = new.answer == Answer::Refused;
    new.about == About::Confidentiality
        && (new.agencies.contains(&agency) || (refused && new.agencies.is_empty()))
        && (new.information.iter().any(|one| one == information) || (refused && new.information.is_empty()))
}

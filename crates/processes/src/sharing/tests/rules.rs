//! The table of the path, labels, and what a record needs: pure.

use super::{day, decision, id, sharing};
use crate::agreements::AgreementId;
use crate::agreements::rules::Said;
use crate::sharing::decision::{Ground, Label, NewDecision, Outcome, Recipient, Told};
use crate::sharing::path::{self, Answers, Asked, Situation, Step, Stop};
use crate::sharing::rules::{self, ShareRule};
use families::facts::Standing;
use families::people::PersonId;
use proptest::prelude::*;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Everything answered, nobody in danger, nothing that outranks agreement.
fn answered() -> Answers {
    Answers {
        danger: Some(false),
        agency: Some(id(2)),
        purpose: Some("support".to_owned()),
        duty: Some(false),
        harm: Some(false),
        items: Some(BTreeMap::from([(id(5), String::new())])),
        method: "here".to_owned(),
        ..Answers::default()
    }
}

fn said(said: &[Said]) -> Situation {
    Situation { confidential: said.to_vec() }
}

const AGREED: Said = Said::Agreed(AgreementId(Uuid::from_u128(9)));
const REFUSED: Said = Said::Refused(AgreementId(Uuid::from_u128(8)));

/// Rule [3.27]
#[test]
fn one_question_follows_the_other_in_the_order_of_practice() {
    let mut answers = Answers::default();
    let none = Situation::default();
    let mut asked = Vec::new();
    let full = Answers { asked: Asked::Rests.as_str().to_owned(), ..answered() };
    loop {
        let step = path::next(&answers, &said(&[AGREED]));
        asked.push(step);
        match step {
            Step::Danger => answers.danger = full.danger,
            Step::Purpose => (answers.agency, answers.purpose) = (full.agency, full.purpose.clone()),
            Step::Duty => answers.duty = full.duty,
            Step::Harm => answers.harm = full.harm,
            Step::Items => answers.items = full.items.clone(),
            Step::Agreement => answers.asked.clone_from(&full.asked),
            Step::Tests => answers.method.clone_from(&full.method),
            Step::Check | Step::Now => break,
        }
    }
    let order = [Step::Danger, Step::Purpose, Step::Duty, Step::Harm, Step::Items, Step::Agreement, Step::Tests, Step::Check];
    assert_eq!(asked, order);
    assert_eq!(path::next(&answered(), &none), Step::Check, "where nothing was told in confidence, agreement is not asked about");
    let someone = Answers { agency: None, to_words: "Her aunt".to_owned(), ..answered() };
    assert_eq!(path::next(&someone, &none), Step::Check);
}

/// Rule [3.28]
#[test]
fn danger_a_duty_in_law_and_a_risk_of_harm_need_no_agreement() {
    let refused = said(&[REFUSED]);
    assert_eq!(path::next(&Answers { danger: Some(true), ..Answers::default() }, &refused), Step::Now);
    let duty = Answers { duty: Some(true), harm: None, ..answered() };
    assert_eq!(path::ground(&duty, &refused), Ok((Ground::Duty, None)));
    let harm = Answers { harm: Some(true), ..answered() };
    assert_eq!(path::ground(&harm, &refused), Ok((Ground::Harm, None)));
    assert!(!path::needs_agreement(&harm, &refused) && path::needs_agreement(&answered(), &refused));
}

/// Rule [3.27]
#[test]
fn otherwise_what_was_told_in_confidence_is_shared_with_agreement_or_for_a_reason_that_outweighs_it() {
    let ground = |asked: &str, situation: &Situation| path::ground(&Answers { asked: asked.to_owned(), ..answered() }, situation);
    assert_eq!(ground("", &said(&[])), Ok((Ground::NotConfidential, None)));
    assert_eq!(ground("", &said(&[AGREED])), Err(Stop::Unanswered(Step::Agreement)));
    assert_eq!(ground("rests", &said(&[AGREED])), Ok((Ground::Agreement, Some(AgreementId(id(9))))));
    assert_eq!(ground("rests", &said(&[AGREED, Said::NotAsked])), Err(Stop::NotCovered), "an agreement to one is not to both");
    assert_eq!(ground("rests", &said(&[REFUSED])), Err(Stop::NotCovered));
    assert_eq!(ground("public_interest", &said(&[REFUSED])), Ok((Ground::PublicInterest, None)));
    assert_eq!(ground("will_ask", &said(&[Said::NotAsked])), Err(Stop::AskFirst));
    assert_eq!(ground("no", &said(&[REFUSED])), Err(Stop::NotAgreed));
}

proptest! {
    /// Whatever is answered, what was told in confidence is never shared without a ground that the answers name.
    #[test]
    fn nothing_told_in_confidence_is_shared_by_answering_less(
        danger in proptest::option::of(any::<bool>()), duty in proptest::option::of(any::<bool>()),
        harm in proptest::option::of(any::<bool>()), asked in "(rests|will_ask|public_interest|no|)", known in 0..4_u8,
    ) {
        let situation = said(&[[AGREED, REFUSED, Said::NotAsked, Said::NoMore(AgreementId(id(7)))][usize::from(known)]]);
        let answers = Answers { danger, duty, harm, asked: asked.clone(), ..answered() };
        let allowed = match path::ground(&answers, &situation) {
            Err(_) => true,
            Ok((Ground::Duty, _)) => duty == Some(true),
            Ok((Ground::Harm, _)) => harm == Some(true),
            Ok((Ground::Agreement, resting)) => known == 0 && asked == "rests" && resting.is_some(),
            Ok((Ground::PublicInterest, _)) => asked == "public_interest",
            Ok((Ground::Emergency | Ground::NotConfidential, _)) => false,
        };
        prop_assert!(allowed);
        prop_assert!(danger == Some(false) || path::ground(&answers, &situation).is_err());
    }
}

/// Rule [3.28]
#[test]
fn what_was_seen_is_told_apart_from_what_was_said_and_from_what_somebody_thinks() {
    assert_eq!(rules::label(Standing::Seen), Label::Fact);
    assert_eq!(rules::label(Standing::Records), Label::Fact);
    assert_eq!(rules::label(Standing::Told), Label::Told);
    assert_eq!(rules::label(Standing::Opinion), Label::Opinion);
}

/// Rule [3.30]
#[test]
fn a_text_that_names_somebody_else_tells_of_them() {
    let others = ["Marek Barlow".to_owned(), "Jo Barlow".to_owned()];
    assert!(rules::mentions("She says that marek came round", &others));
    assert!(!rules::mentions("Market day; a jo", &others), "part of a word and two letters are no name");
}

fn faults(new: NewDecision) -> Vec<ShareRule> {
    rules::check(new, day("2026-11-02"), &sharing()).err().unwrap_or_default()
}

/// Rule [3.29]
#[test]
fn sharing_and_not_sharing_are_both_kept_with_why() {
    let nobody = PersonId(id(1));
    assert_eq!(faults(decision(nobody)), []);
    let refuse = |reason: &str| NewDecision { outcome: Outcome::Refused, reason: reason.to_owned(), ..decision(nobody) };
    assert_eq!(faults(refuse("")), [ShareRule::NoWhy]);
    assert_eq!(faults(refuse("She said no")), []);
    let later = NewDecision { outcome: Outcome::Deferred, reason: "I ask her first".to_owned(), ..decision(nobody) };
    assert_eq!(faults(later), [ShareRule::NoDay]);
    let advice = NewDecision { outcome: Outcome::Advice, reason: "May I?".to_owned(), ..decision(nobody) };
    assert_eq!(faults(advice), [ShareRule::NoAdviser]);
    let silent = NewDecision { told: Told::No, ..decision(nobody) };
    assert_eq!(faults(silent), [ShareRule::NotToldWhy]);
    let part = NewDecision { withheld_words: "Her health".to_owned(), ..decision(nobody) };
    assert_eq!(rules::check(part, day("2026-11-02"), &sharing()).unwrap().outcome, Outcome::Part);
}

/// Rule [3.29]
#[test]
fn a_record_that_would_not_stand_up_is_refused_at_its_fields() {
    let nobody = PersonId(id(1));
    let danger = |worry: &str| NewDecision {
        ground: Some(Ground::Emergency),
        ground_words: worry.to_owned(),
        tests: Vec::new(),
        purpose: "protect".to_owned(),
        ..decision(nobody)
    };
    assert_eq!(faults(danger("The baby is alone")), [], "in danger nobody goes through a list");
    assert_eq!(faults(danger("")), [ShareRule::NoGround]);
    assert_eq!(faults(NewDecision { tests: Vec::new(), ..decision(nobody) }), [ShareRule::Untested]);
    assert_eq!(faults(NewDecision { said_words: String::new(), ..decision(nobody) }), [ShareRule::Nothing]);
    let here = Recipient { method: "here".to_owned(), ..decision(nobody).to };
    assert_eq!(faults(NewDecision { to: here, ..decision(nobody) }), [ShareRule::NoRecipient, ShareRule::Nothing]);
    let harm =
        NewDecision { ground: Some(Ground::Harm), ground_words: "The stairs".to_owned(), tests: Vec::new(), ..decision(nobody) };
    assert_eq!(faults(harm), [], "nor where somebody is at risk");
    assert_eq!(faults(NewDecision { to: Recipient::default(), ..decision(nobody) }).len(), 2, "nobody, and no way");
    assert_eq!(faults(NewDecision { happened_on: day("2026-11-03"), ..decision(nobody) }), [ShareRule::Ahead]);
}

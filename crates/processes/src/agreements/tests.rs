//! Agreements, tried: rules first, then actions on both engines.

use super::actions::{self, AgreementError};
use super::agreement::{About, Agreement, AgreementId, Answer, Ended, EndedHow, Giver, NewAgreement};
use super::rules::{self, AgreementRule, Said, Stage};
use access::{AccessError, Act, AgencyId, Ctx, PractitionerId};
use area::Area;
use area::sharing::Sharing;
use families::facts::{self, Class, NewFact};
use families::people::{self, PersonId, ShieldKind};
use kernel::Date;
use std::path::Path;
use testkit::{TestWorld, on_both_engines};
use uuid::Uuid;

fn sharing() -> Sharing {
    Area::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")).unwrap().sharing
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

const TODAY: &str = "2026-11-02";

fn yes(person: PersonId, agencies: Vec<AgencyId>) -> NewAgreement {
    NewAgreement {
        person,
        about: About::Confidentiality,
        answer: Answer::Agreed,
        giver: Giver::Adult,
        giver_person: None,
        judgement: String::new(),
        information: vec!["home_money".to_owned()],
        agencies,
        exceptions: "Not her father".to_owned(),
        explained: "talked".to_owned(),
        language: "en".to_owned(),
        evidence: "said".to_owned(),
        witness: String::new(),
        words: "If it helps with the flat".to_owned(),
        given_on: day(TODAY),
        until_on: None,
    }
}

fn nobody() -> PersonId {
    PersonId(Uuid::from_u128(1))
}

fn agency() -> AgencyId {
    AgencyId(Uuid::from_u128(2))
}

fn faults(new: NewAgreement, age: Option<(i16, i16)>) -> Vec<AgreementRule> {
    rules::check(new, day(TODAY), age, &sharing()).err().unwrap_or_default()
}

/// Rule [3.27]
#[test]
fn an_adult_agrees_for_themself_and_a_child_when_somebody_judges_that_they_understand() {
    let by = |giver, judgement: &str, giver_person| NewAgreement {
        giver,
        judgement: judgement.to_owned(),
        giver_person,
        ..yes(nobody(), vec![agency()])
    };
    let mother = Some(PersonId(Uuid::from_u128(9)));
    assert_eq!(faults(by(Giver::Adult, "", None), Some((34, 34))), []);
    assert_eq!(faults(by(Giver::Adult, "", None), None), [], "an adult's age need not be known");
    assert_eq!(faults(by(Giver::Adult, "", None), Some((9, 9))), [AgreementRule::NotAnAdult]);
    assert_eq!(faults(by(Giver::Child, "", None), Some((14, 14))), [AgreementRule::NoJudgement]);
    assert_eq!(faults(by(Giver::Child, "She said it back in her words", None), Some((14, 14))), []);
    assert_eq!(faults(by(Giver::Child, "She said it back", None), Some((9, 9))), [AgreementRule::TooYoung]);
    assert_eq!(faults(by(Giver::Responsible, "On the birth certificate", None), None), [AgreementRule::NoGiver]);
    assert_eq!(faults(by(Giver::Responsible, "", mother), None), [AgreementRule::NoJudgement]);
    assert_eq!(faults(by(Giver::Responsible, "On the birth certificate", mother), Some((9, 9))), []);
}

/// Rule [3.27]
#[test]
fn every_fault_is_told_at_once_and_at_its_field() {
    let bare = NewAgreement {
        information: Vec::new(),
        agencies: Vec::new(),
        explained: String::new(),
        evidence: "witnessed".to_owned(),
        given_on: day("2026-11-03"),
        ..yes(nobody(), Vec::new())
    };
    let fields: Vec<&str> = faults(bare, None).iter().map(AgreementRule::field).collect();
    assert_eq!(fields, ["explained", "witness", "information", "agency", "given"]);
}

/// Rule [3.27]
#[test]
fn an_agreement_lasts_as_long_as_the_area_lets_it_and_is_asked_for_before_it_ends() {
    let sharing = sharing();
    let checked = rules::check(yes(nobody(), vec![agency()]), day(TODAY), None, &sharing).unwrap();
    assert_eq!(checked.until_on, Some(day("2027-11-02")));
    assert_eq!(rules::latest_until(day("2028-02-29"), &sharing), day("2029-02-28"));
    assert_eq!(rules::ask_on(day("2027-11-02"), day(TODAY), &sharing), day("2027-10-05"));
    assert_eq!(rules::ask_on(day("2026-11-05"), day(TODAY), &sharing), day(TODAY), "not before today");
    let until = |on: &str| NewAgreement { until_on: Some(day(on)), ..yes(nobody(), vec![agency()]) };
    assert_eq!(faults(until("2027-11-03"), None), [AgreementRule::TooLong(day("2027-11-02"))]);
    assert_eq!(faults(until("2026-11-01"), None), [AgreementRule::OverAlready]);
    let no = NewAgreement { answer: Answer::Refused, ..until("2026-11-01") };
    assert_eq!(rules::check(no, day(TODAY), None, &sharing).unwrap().until_on, None, "a no holds until they say otherwise");
}

fn agreement(id: u128, new: NewAgreement) -> Agreement {
    Agreement {
        id: AgreementId(Uuid::from_u128(id)),
        ask_on: new.until_on,
        recorded_at: format!("{}T0{id}:00:00Z", new.given_on).parse().unwrap(),
        new,
        agency_names: Vec::new(),
        agency_tells_place: false,
        class: Class::Ordinary,
        author_id: PractitionerId(Uuid::from_u128(3)),
        author: String::new(),
        agency_id: agency(),
        agency: String::new(),
        owner_id: None,
        owner: None,
        ended: None,
        version: 1,
    }
}

fn ended(mut agreement: Agreement, how: EndedHow) -> Agreement {
    agreement.ended = Some(Ended { at: agreement.recorded_at, by: String::new(), how, words: String::new() });
    agreement
}

/// Rule [3.27]
#[test]
fn an_agreement_lifts_what_it_names_for_whom_it_names_and_while_it_lasts() {
    let until = |on: &str| NewAgreement { until_on: Some(day(on)), ..yes(nobody(), vec![agency()]) };
    let one = agreement(1, until("2026-12-01"));
    let said = |known: &[Agreement], who: u128, what: &str, on: &str| {
        rules::said(known, (AgencyId(Uuid::from_u128(who)), what), day(on))
    };
    let id = one.id;
    let known = [one.clone()];
    assert_eq!(said(&known, 2, "home_money", TODAY), Said::Agreed(id));
    assert_eq!(said(&known, 2, "home_money", "2026-12-01"), Said::Agreed(id), "through its last day");
    assert_eq!(said(&known, 2, "home_money", "2026-12-02"), Said::NoMore(id));
    assert_eq!(said(&known, 2, "health", TODAY), Said::NotAsked);
    assert_eq!(said(&known, 7, "home_money", TODAY), Said::NotAsked);
    assert_eq!(said(&[ended(one.clone(), EndedHow::Withdrawn)], 2, "home_money", TODAY), Said::NoMore(id));
    let support = agreement(1, NewAgreement { about: About::Support, ..until("2026-12-01") });
    assert_eq!(said(&[support], 2, "home_money", TODAY), Said::NotAsked, "support is another question");
    let no = agreement(2, NewAgreement { answer: Answer::Refused, information: vec![], agencies: vec![], ..until("2026-12-01") });
    assert_eq!(said(&[one.clone(), no.clone()], 2, "home_money", TODAY), Said::Refused(no.id), "what they said last counts");
    let mother = agreement(3, NewAgreement { giver_person: Some(PersonId(Uuid::from_u128(9))), ..until("2026-12-01") });
    assert_eq!(said(&[no.clone(), mother], 2, "home_money", TODAY), Said::Disputed(no.id), "one says no and the other yes");
}

/// Rule [3.27]
#[test]
fn an_agreement_that_was_taken_back_lifts_nothing() {
    let one = agreement(1, NewAgreement { until_on: Some(day("2026-12-01")), ..yes(nobody(), vec![agency()]) });
    assert_eq!(rules::stage(&one, day(TODAY)), Stage::InForce);
    assert_eq!(rules::stage(&one, day("2026-12-01")), Stage::AskAgain);
    assert_eq!(rules::stage(&one, day("2026-12-02")), Stage::Over);
    for (how, stage) in
        [(EndedHow::Withdrawn, Stage::Withdrawn), (EndedHow::Replaced, Stage::Replaced), (EndedHow::LetEnd, Stage::LetEnd)]
    {
        assert_eq!(rules::stage(&ended(one.clone(), how), day(TODAY)), stage);
    }
}

async fn somebody(ctx: &mut Ctx, name: &str) -> PersonId {
    let person = people::create(ctx).await.unwrap();
    let (_, permit) = people::open(ctx, Act::RecordContact, person).await.unwrap();
    facts::record(ctx, &permit, NewFact::name(person, name, "Barlow")).await.unwrap();
    facts::works_with(ctx, &permit, "tenancy", None).await.unwrap();
    person
}

async fn recorded(w: &TestWorld, who: &str, new: NewAgreement) -> AgreementId {
    let mut ctx = w.ctx(who).await;
    let id = actions::record(&mut ctx, &w.area, new, None).await.unwrap();
    ctx.commit().await.unwrap();
    id
}

async fn amy(w: &TestWorld) -> PersonId {
    let mut ctx = w.ctx("Helen").await;
    let amy = somebody(&mut ctx, "Amy").await;
    ctx.commit().await.unwrap();
    amy
}

#[tokio::test]
async fn what_somebody_agreed_is_taken_back_by_any_who_work_with_them_and_only_once() {
    on_both_engines(async |w: TestWorld| {
        let amy = amy(&w).await;
        let id = recorded(&w, "Helen", yes(amy, vec![w.actor("Grace").agency_id])).await;

        let mut ctx = w.ctx("Grace").await;
        assert!(
            actions::of_person(&mut ctx, amy).await.unwrap().is_empty(),
            "it is not known to whoever has nothing to do with her"
        );
        assert!(matches!(actions::load(&mut ctx, id).await, Err(AccessError::Hidden(_))));
        people::ask(&mut ctx, amy, ("asked", "She rang us"), 8).await.unwrap();
        let opened = actions::load(&mut ctx, id).await.unwrap();
        assert_eq!((opened.name.as_str(), opened.may_withdraw), ("Amy Barlow", true));
        assert_eq!(opened.agreement.agency_names, ["Open Hand Family Charity"]);
        actions::withdraw(&mut ctx, &w.area, (id, 1), "").await.unwrap();
        ctx.commit().await.unwrap();

        let mut ctx = w.ctx("Helen").await;
        assert!(matches!(actions::withdraw(&mut ctx, &w.area, (id, 1), "").await, Err(AgreementError::Changed)));
        let known = actions::of_person(&mut ctx, amy).await.unwrap();
        assert_eq!(rules::stage(&known[0], w.world.clock.today()), Stage::Withdrawn);
        assert_eq!(known[0].ended.as_ref().map(|ended| ended.by.as_str()), Some("Grace Okafor"));
        assert_eq!(actions::count_open(&mut ctx).await.unwrap(), (0, 0, 0));
    })
    .await;
}

#[tokio::test]
async fn whoever_recorded_it_is_reminded_to_ask_again_and_what_is_said_then_takes_its_place() {
    on_both_engines(async |w: TestWorld| {
        let amy = amy(&w).await;
        let new = NewAgreement { until_on: Some(day("2026-11-20")), ..yes(amy, vec![w.actor("Grace").agency_id]) };
        let id = recorded(&w, "Helen", new).await;
        let helen = w.actor("Helen").id;
        let mut ctx = w.ctx("Helen").await;
        assert_eq!(actions::owned_by(&mut ctx, &[helen]).await.unwrap().len(), 1, "it ends within the days of warning");
        let again = actions::record(&mut ctx, &w.area, yes(amy, vec![w.actor("Grace").agency_id]), Some((id, 1))).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        assert!(actions::owned_by(&mut ctx, &[helen]).await.unwrap().is_empty());
        let before = actions::load(&mut ctx, id).await.unwrap().agreement;
        assert_eq!(before.ended.map(|ended| ended.how), Some(EndedHow::Replaced));
        assert_eq!(actions::load(&mut ctx, again).await.unwrap().agreement.ask_on, Some(day("2027-10-05")));
        let second = actions::record(&mut ctx, &w.area, yes(amy, vec![w.actor("Grace").agency_id]), Some((id, 1))).await;
        assert!(matches!(second, Err(AgreementError::Changed)), "two who ask again do not both take its place");
    })
    .await;
}

#[tokio::test]
async fn an_agreement_that_names_a_sensitive_service_names_it_to_nobody_else() {
    on_both_engines(async |w: TestWorld| {
        let amy = amy(&w).await;
        let lantern = w.actor("Lena").agency_id;
        let id = recorded(&w, "Helen", yes(amy, vec![lantern])).await;
        let mut ctx = w.ctx("Helen").await;
        assert_eq!(actions::of_person(&mut ctx, amy).await.unwrap().len(), 1);
        drop(ctx);
        for other in ["Tariq", "Moira", "Grace"] {
            let mut ctx = w.ctx(other).await;
            people::ask(&mut ctx, amy, ("asked", "Asked"), 8).await.unwrap();
            assert!(actions::of_person(&mut ctx, amy).await.unwrap().is_empty(), "{other}");
            assert!(matches!(actions::load(&mut ctx, id).await, Err(AccessError::Hidden(_))), "{other}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_shielded_mother_agreed_for_her_son_does_not_name_her() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let (mother, son) = (somebody(&mut ctx, "Amy").await, somebody(&mut ctx, "Josh").await);
        let (_, permit) = people::open(&mut ctx, Act::RecordFact, mother).await.unwrap();
        facts::record(&mut ctx, &permit, NewFact::relationship(mother, "parent", son)).await.unwrap();
        ctx.commit().await.unwrap();
        let new = NewAgreement {
            giver: Giver::Responsible,
            giver_person: Some(mother),
            judgement: "On the birth certificate".to_owned(),
            ..yes(son, vec![w.actor("Grace").agency_id])
        };
        let id = recorded(&w, "Helen", new).await;
        let mut ctx = w.ctx("Moira").await;
        people::shield(&mut ctx, mother, ShieldKind::Existence, "He looks for her", &[w.actor("Moira").id]).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        assert!(actions::of_person(&mut ctx, son).await.unwrap().is_empty());
        assert!(matches!(actions::load(&mut ctx, id).await, Err(AccessError::Hidden(_))));
        drop(ctx);
        let mut ctx = w.ctx("Moira").await;
        assert_eq!(actions::load(&mut ctx, id).await.unwrap().giver.as_deref(), Some("Amy Barlow"));
    })
    .await;
}

#[tokio::test]
async fn nobody_is_named_as_having_agreed_who_is_nobody_to_them() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let (stranger, son) = (somebody(&mut ctx, "Mal").await, somebody(&mut ctx, "Josh").await);
        let new = NewAgreement {
            giver: Giver::Responsible,
            giver_person: Some(stranger),
            judgement: "He says so".to_owned(),
            ..yes(son, vec![w.actor("Grace").agency_id])
        };
        let refused = actions::record(&mut ctx, &w.area, new, None).await;
        let Err(AgreementError::Rules(faults)) = refused else { panic!("{refused:?}") };
        assert_eq!(faults, [AgreementRule::NoGiver]);
    })
    .await;
}

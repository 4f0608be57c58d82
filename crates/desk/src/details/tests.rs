//! Details, tried: what is typed becomes a fact, and a fact comes back into its boxes.

use super::typed::{self, KINDS};
use crate::person::page;
use access::Act;
use area::Area;
use families::facts::{self, Answer, Class, Kind, NewFact, Shape};
use families::people::{self, PersonId};
use std::path::Path;
use testkit::{TestWorld, on_both_engines};
use uuid::Uuid;
use web::{FieldErrors, Form};

fn area() -> Area {
    Area::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")).unwrap()
}

fn read(kind: Kind, typed: &str) -> (NewFact, Vec<String>) {
    let mut errors = FieldErrors::default();
    let person = PersonId(Uuid::from_u128(1));
    let fact = typed::read(person, kind, &Form::parse(typed).unwrap(), None, (&area(), &mut errors));
    (fact, errors.0.into_iter().map(|error| error.field).collect())
}

const RIGHT: [(Kind, &str); 9] = [
    (Kind::Name, "term=known_as&forenames=Ma%C5%82gorzata&surname=O%27Neill&from-year=2019"),
    (Kind::Birth, "born-day=3&born-month=5&born-year=1992"),
    (Kind::Sex, "sex=F"),
    (Kind::Address, "term=second_home&lines=2+Mill+Lane&town=Shipley&postcode=BD18+3QX&until-year=2020&until-month=4"),
    (Kind::Phone, "words=07700+900001&standing=told&told_by=her+sister"),
    (Kind::Email, "words=amy%40example.com"),
    (Kind::Language, "words=Polish&interpreter=yes"),
    (Kind::School, "words=Hill+Primary&from-year=2022&from-month=9"),
    (Kind::Identifier, "scheme=nhs_number&value=943+476+5919&verified=verified"),
];

#[test]
fn what_is_typed_becomes_a_fact_that_comes_back_into_the_boxes_as_the_same_fact() {
    assert_eq!(RIGHT.map(|(kind, _)| kind), KINDS.map(|(kind, _)| kind));
    for (kind, typed) in RIGHT {
        let (fact, errors) = read(kind, typed);
        assert!(errors.is_empty(), "{kind:?}: {errors:?}");
        let body: Vec<String> =
            typed::boxes(&fact).iter().map(|(name, value)| format!("{name}={}", web::in_query(value))).collect();
        let (again, errors) = read(kind, &body.join("&"));
        assert!(errors.is_empty(), "{kind:?} again: {errors:?}");
        assert!(typed::says_the_same(&fact, &again), "{fact:?} {again:?}");
        assert_eq!((fact.standing, fact.told_by), (again.standing, again.told_by));
    }
}

#[test]
fn what_cannot_be_is_said_at_its_own_field() {
    for (kind, typed, field) in [
        (Kind::Name, "term=usual", "forenames"),
        (Kind::Name, "forenames=Amy", "term"),
        (Kind::Birth, "born-day=31&born-month=2&born-year=1992", "born"),
        (Kind::Birth, "", "born"),
        (Kind::Sex, "sex=X", "sex"),
        (Kind::Address, "term=home", "lines"),
        (Kind::Phone, "words=123", "words"),
        (Kind::Email, "words=amy", "words"),
        (Kind::Language, "", "words"),
        (Kind::Identifier, "scheme=nhs_number&value=485+777+3456", "value"),
        (Kind::Identifier, "value=9434765919", "scheme"),
        (Kind::School, "words=Hill&from-month=13&from-year=2020", "from"),
        (Kind::Address, "answer=none&lines=22+New+Road", "answer"),
    ] {
        assert_eq!(read(kind, typed).1, [field], "{kind:?} {typed}");
    }
}

/// Rule [3.21]
#[test]
fn not_known_not_asked_refused_and_none_need_nothing_more_typed_and_stay_four_answers() {
    for answer in [Answer::Unknown, Answer::NotAsked, Answer::Refused, Answer::None] {
        for (kind, _) in KINDS {
            let (fact, errors) = read(kind, &format!("answer={}", answer.as_str()));
            assert_eq!((fact.answer, fact.shape, errors.len()), (answer, Shape::Plain, 0));
        }
    }
}

#[test]
fn what_stays_within_the_agency_is_confidential_and_who_somebody_is_never() {
    assert_eq!(read(Kind::Phone, "words=07700+900001&ours=yes").0.class, Class::Confidential);
    assert_eq!(read(Kind::Birth, "born-year=1992&ours=yes").0.class, Class::Ordinary);
    assert_eq!(read(Kind::Name, "term=usual&forenames=Amy&ours=yes").0.class, Class::Ordinary);
}

#[tokio::test]
async fn somebody_has_two_homes_at_once_and_one_that_is_over_is_gone_from_the_family_page() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let person = people::create(&mut ctx).await.unwrap();
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
        facts::record(&mut ctx, &permit, NewFact::name(person, "Josh", "Abel")).await.unwrap();
        facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
        let mut typed = Vec::new();
        for form in
            ["term=home&lines=1+Hill+Street&until-year=2020", "term=home&lines=3+Park+Row", "term=second_home&lines=2+Mill+Lane"]
        {
            let fact = NewFact { person, ..read(Kind::Address, form).0 };
            typed.push(facts::record(&mut ctx, &permit, fact).await.unwrap());
        }
        let shown = |page: page::FamilyPage| serde_json::to_value(page).unwrap()["people"][0]["addresses"].clone();
        let known = shown(page::compose(&mut ctx, &w.area, person).await.unwrap());
        assert_eq!(known, serde_json::json!(["3 Park Row", "2 Mill Lane (second home)"]));
        let over = NewFact { person, ..read(Kind::Address, "term=second_home&lines=2+Mill+Lane&until-year=2021").0 };
        facts::correct(&mut ctx, typed[2], over).await.unwrap();
        let refused = NewFact { person, ..read(Kind::Address, "answer=refused").0 };
        facts::record(&mut ctx, &permit, refused).await.unwrap();
        let known = shown(page::compose(&mut ctx, &w.area, person).await.unwrap());
        assert_eq!(known, serde_json::json!(["3 Park Row"]));
        ctx.commit().await.unwrap();
    })
    .await;
}

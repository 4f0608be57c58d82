//! What another area's system is answered, and that it learns of nobody whom it must not know.

use super::actions::{self, Answer, Organisation, Question};
use super::agreement::{Allowed, allows};
use access::{Act, Ctx};
use area::Area;
use area::custodian::{Effect, Mode};
use families::facts::{self, Identifier, NewFact, Scheme, Shape, Verified};
use families::family;
use families::people::{self, PersonId, ShieldKind};
use processes::index::Entry;
use std::path::Path;
use testkit::{TestWorld, on_both_engines};

const NUMBER: &str = "9434765919";

fn example() -> Area {
    Area::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")).unwrap()
}

/// Rule [3.30]
#[test]
fn what_is_not_agreed_is_denied_what_is_denied_beats_what_is_allowed_and_what_is_stale_answers_nothing() {
    let mut custodian = example().custodian;
    let ask = |custodian: &area::custodian::Custodian, who: &str, what: &str, mode, day: &str| {
        allows(custodian, (who, what), mode, day.parse().unwrap()) == Allowed::Yes
    };
    assert!(ask(&custodian, "wharfedale", "safeguarding", Mode::Content, "2026-11-02"));
    assert!(!ask(&custodian, "wharfedale", "benefits", Mode::Content, "2026-11-02"), "another purpose");
    assert!(!ask(&custodian, "elsewhere", "safeguarding", Mode::Content, "2026-11-02"), "another organisation");
    assert!(!ask(&custodian, "wharfedale", "safeguarding", Mode::Content, "2027-05-01"), "content was agreed for half a year");
    assert!(ask(&custodian, "wharfedale", "safeguarding", Mode::Existence, "2027-05-01"));
    assert!(!ask(&custodian, "wharfedale", "safeguarding", Mode::Existence, "2027-11-01"), "nobody has looked at it since");
    let mut denied = custodian.agreement[0].clone();
    denied.effect = Effect::Deny;
    custodian.agreement.push(denied);
    assert!(!ask(&custodian, "wharfedale", "safeguarding", Mode::Existence, "2026-11-02"));
}

async fn child(w: &TestWorld, worker: &str, known: Option<PersonId>) -> PersonId {
    let mut ctx = w.ctx(worker).await;
    let id = match known {
        Some(known) => known,
        None => people::create(&mut ctx).await.unwrap(),
    };
    let (_, permit) = people::open(&mut ctx, Act::RecordContact, id).await.unwrap();
    facts::record(&mut ctx, &permit, NewFact::name(id, "Josh", "Barlow")).await.unwrap();
    facts::record(&mut ctx, &permit, NewFact::birth(id, "2017-09-08".parse().unwrap())).await.unwrap();
    let number = Identifier { scheme: Scheme::NhsNumber, value: NUMBER.to_owned(), verified: Verified::Verified };
    let number = NewFact { shape: Shape::Identifier(number), ..NewFact::plain(id, facts::Kind::Identifier, "", "") };
    facts::record(&mut ctx, &permit, number).await.unwrap();
    facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
    ctx.commit().await.unwrap();
    id
}

async fn wharfedale(w: &TestWorld) -> Organisation {
    let token = actions::add(&w.world, "wharfedale", "Wharfedale Council").await.unwrap();
    assert_eq!(actions::who_has(&w.world, "guessed").await.unwrap(), None);
    actions::who_has(&w.world, &token).await.unwrap().unwrap()
}

async fn ask(w: &TestWorld, of: &Organisation, mode: Mode) -> Answer {
    let question = Question { number: NUMBER.parse().unwrap(), purpose: "safeguarding".to_owned(), mode };
    actions::answer(&w.world, &w.area, of, &question).await.unwrap()
}

/// Rule [3.30]
#[tokio::test]
async fn another_area_is_told_that_somebody_works_with_a_child_and_who_as_far_as_they_are_disclosed() {
    on_both_engines(async |w: TestWorld| {
        let of = wharfedale(&w).await;
        assert_eq!(ask(&w, &of, Mode::Existence).await, Answer::NotDisclosed, "nobody has the number");
        let josh = child(&w, "Sunita", None).await;
        assert_eq!(ask(&w, &of, Mode::Existence).await, Answer::Held(None));
        let Answer::Held(Some(entries)) = ask(&w, &of, Mode::Content).await else { panic!("it is agreed") };
        assert!(
            matches!(&entries[..], [Entry::Open { practitioner: Some((name, _)), .. }] if name == "Sunita Rao"),
            "{entries:?}"
        );
        assert!(actions::end(&w.world, "wharfedale").await.unwrap());
        let mut ctx = w.ctx("Moira").await;
        family::shield(&mut ctx, josh, ShieldKind::Location, "He is looking for them", &[]).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(ask(&w, &of, Mode::Existence).await, Answer::NotDisclosed, "that this area knows him would tell where he is");
        assert_eq!(ask(&w, &of, Mode::Content).await, Answer::NotDisclosed);
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn a_sensitive_service_alone_is_no_record_and_who_must_not_be_known_is_not_there() {
    on_both_engines(async |w: TestWorld| {
        let of = wharfedale(&w).await;
        let josh = child(&w, "Lena", None).await;
        assert_eq!(ask(&w, &of, Mode::Existence).await, Answer::NotDisclosed, "nothing but a sensitive service");
        child(&w, "Sunita", Some(josh)).await;
        assert_eq!(ask(&w, &of, Mode::Existence).await, Answer::Held(None));
        let mut ctx = w.ctx("Moira").await;
        family::shield(&mut ctx, josh, ShieldKind::Existence, "He is looking for him", &[]).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(ask(&w, &of, Mode::Existence).await, Answer::NotDisclosed);
    })
    .await;
}

#[tokio::test]
async fn whoever_asks_too_often_waits_and_opens_nothing_else() {
    on_both_engines(async |w: TestWorld| {
        let of = wharfedale(&w).await;
        let josh = child(&w, "Sunita", None).await;
        for _ in 0..w.area.custodian.asked_in_a_minute {
            ask(&w, &of, Mode::Existence).await;
        }
        assert_eq!(ask(&w, &of, Mode::Existence).await, Answer::TooOften(60));
        w.world.clock.advance_seconds(61);
        assert_eq!(ask(&w, &of, Mode::Existence).await, Answer::Held(None));
        let mut ctx = Ctx::read(&w.world, actions::system_of(&of)).await.unwrap();
        for act in [Act::OpenPerson, Act::FindPerson, Act::RecordContact, Act::ReadLooks, Act::SeeVisibility] {
            assert!(people::open(&mut ctx, act, josh).await.is_err(), "{}", act.as_str());
        }
        assert!(facts::list_of(&mut ctx, &[josh], Some(&[facts::Kind::Name, facts::Kind::Address])).await.unwrap().is_empty());
    })
    .await;
}

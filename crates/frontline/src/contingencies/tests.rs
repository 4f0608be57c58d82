//! What is agreed for when things get worse, tried: rules first, then actions on both engines.

use super::actions::{self, ContingencyError};
use super::contingency::{self, ContingencyId, ContingencyRule, NewContingency};
use access::{AccessError, Act};
use families::facts::{self, NewFact};
use families::family::{self, FamilyId};
use families::people::{self, PersonId, ShieldKind};
use testkit::{TestWorld, on_both_engines};

fn new(person: PersonId) -> NewContingency {
    NewContingency {
        person,
        situation: "unwell".to_owned(),
        who_does: "Rose takes Josh to hers".to_owned(),
        call_first: "Rose, 07700 900123".to_owned(),
        children_know: String::new(),
        agreed_with: "Amy and Rose".to_owned(),
        is_private: false,
    }
}

/// Rule [Annex B]
#[test]
fn what_is_agreed_says_who_does_what_and_whom_to_call_first() {
    let area = area::Area::load(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")).unwrap();
    let person = PersonId(uuid::Uuid::from_u128(1));
    let check = |new| contingency::check(new, &area.plans).map(|_| ());
    assert_eq!(check(new(person)), Ok(()));
    assert_eq!(check(NewContingency { situation: "flood".to_owned(), ..new(person) }), Err(ContingencyRule::NoSuchSituation));
    assert_eq!(check(NewContingency { call_first: " ".to_owned(), ..new(person) }).unwrap_err().field(), "call_first");
    assert_eq!(check(NewContingency { who_does: String::new(), ..new(person) }).unwrap_err().field(), "who_does");
}

/// Amy, whose family Sunita leads for and Helen works with.
async fn amy(w: &TestWorld) -> (PersonId, FamilyId) {
    let mut ctx = w.ctx("Sunita").await;
    let amy = people::create(&mut ctx).await.unwrap();
    let (_, permit) = people::open(&mut ctx, Act::RecordContact, amy).await.unwrap();
    facts::record(&mut ctx, &permit, NewFact::name(amy, "Amy", "Barlow")).await.unwrap();
    facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
    let next = ("Visit", "2026-11-09".parse().unwrap());
    let family = family::create(&mut ctx, "The Barlow family", amy, next).await.unwrap();
    ctx.commit().await.unwrap();
    let mut ctx = w.ctx("Helen").await;
    let (_, permit) = people::open(&mut ctx, Act::RecordContact, amy).await.unwrap();
    facts::works_with(&mut ctx, &permit, "tenancy", None).await.unwrap();
    ctx.commit().await.unwrap();
    (amy, family)
}

async fn agreed(w: &TestWorld, who: &str, of: (PersonId, FamilyId)) -> Vec<ContingencyId> {
    let mut ctx = w.ctx(who).await;
    let counted = actions::count_of(&mut ctx, &[of.1]).await.unwrap().remove(&of.1).unwrap_or(0);
    let Ok(opened) = actions::load(&mut ctx, of).await else { return Vec::new() };
    let holds: Vec<ContingencyId> = opened.agreed.iter().filter(|one| one.ended.is_none()).map(|one| one.id).collect();
    assert_eq!(holds.len(), counted, "what is counted on the family's page is what is read");
    holds
}

/// Rule [Annex B]
#[tokio::test]
async fn what_is_agreed_is_found_by_whoever_helps_the_family_and_in_danger_by_whoever_gives_a_reason() {
    on_both_engines(async |w: TestWorld| {
        let of = amy(&w).await;
        let mut ctx = w.ctx("Sunita").await;
        let id = actions::agree(&mut ctx, &w.area, of, new(of.0)).await.unwrap();
        let kept = actions::agree(&mut ctx, &w.area, of, NewContingency { is_private: true, ..new(of.0) }).await.unwrap();
        let stranger = people::create(&mut ctx).await.unwrap();
        let tried = actions::agree(&mut ctx, &w.area, of, new(stranger)).await;
        assert!(matches!(tried, Err(ContingencyError::NotOfFamily)));
        ctx.commit().await.unwrap();
        assert_eq!(agreed(&w, "Sunita", of).await, [id, kept]);
        assert_eq!(agreed(&w, "Helen", of).await, [id], "what is kept in an agency is nobody else's");
        assert_eq!(agreed(&w, "Ben", of).await, []);
        let mut ctx = w.ctx("Ben").await;
        people::ask(&mut ctx, of.0, ("danger", "The children are alone"), 8).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(agreed(&w, "Ben", of).await, [id], "at night, with a reason that is written down");
        let mut ctx = w.ctx("Ben").await;
        let tried = actions::end(&mut ctx, id, "Not so").await;
        assert!(matches!(tried, Err(ContingencyError::Access(AccessError::Hidden(_) | AccessError::Refused(_)))));
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn what_is_agreed_for_somebody_shielded_is_there_for_whoever_is_named_and_nobody_else() {
    on_both_engines(async |w: TestWorld| {
        let of = amy(&w).await;
        let mut ctx = w.ctx("Sunita").await;
        let id = actions::agree(&mut ctx, &w.area, of, new(of.0)).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        people::shield(&mut ctx, of.0, ShieldKind::Existence, "Somebody looks for her", &[w.actor("Moira").id]).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Sunita").await;
        assert!(actions::count_of(&mut ctx, &[of.1]).await.unwrap().is_empty());
        assert!(matches!(actions::end(&mut ctx, id, "Over").await, Err(ContingencyError::Access(AccessError::Hidden(_)))));
        drop(ctx);
        assert_eq!(agreed(&w, "Moira", of).await, [id]);
    })
    .await;
}

/// Rule [Annex B]
#[tokio::test]
async fn what_does_not_hold_any_more_ends_once_with_a_reason_and_stays_to_be_read() {
    on_both_engines(async |w: TestWorld| {
        let of = amy(&w).await;
        let mut ctx = w.ctx("Sunita").await;
        let id = actions::agree(&mut ctx, &w.area, of, new(of.0)).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        assert!(matches!(actions::end(&mut ctx, id, " ").await, Err(ContingencyError::Rule(_))));
        actions::end(&mut ctx, id, "Rose moved away").await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Sunita").await;
        assert!(matches!(actions::end(&mut ctx, id, "She did").await, Err(ContingencyError::Changed)));
        let opened = actions::load(&mut ctx, of).await.unwrap();
        assert_eq!(opened.agreed[0].ended.as_ref().map(|(_, why)| why.as_str()), Some("Rose moved away"));
    })
    .await;
}

/// Rule [Annex B]
#[tokio::test]
async fn whoever_is_asked_about_one_at_night_finds_what_is_agreed_for_when_another_comes_back_unless_a_shield_keeps_it() {
    on_both_engines(async |w: TestWorld| {
        let of = amy(&w).await;
        let mut ctx = w.ctx("Sunita").await;
        let kyle = people::create(&mut ctx).await.unwrap();
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, kyle).await.unwrap();
        facts::record(&mut ctx, &permit, NewFact::name(kyle, "Kyle", "Barlow")).await.unwrap();
        facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
        family::join(&mut ctx, (of.1, of.0), kyle, family::Part::Member).await.unwrap();
        let id =
            actions::agree(&mut ctx, &w.area, of, NewContingency { situation: "returns".to_owned(), ..new(kyle) }).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(agreed(&w, "Dan", of).await, []);
        let mut ctx = w.ctx("Dan").await;
        people::ask(&mut ctx, of.0, ("danger", "He is at the door"), 8).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(agreed(&w, "Dan", of).await, [id]);
        let mut ctx = w.ctx("Moira").await;
        people::shield(&mut ctx, kyle, ShieldKind::Existence, "Somebody looks for him", &[w.actor("Moira").id]).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(agreed(&w, "Dan", of).await, []);
    })
    .await;
}

//! News of families, tried on both engines.

use super::{FACTS, News, of};
use crate::facts::{self, Class, Kind, NewFact};
use crate::family::{self, FamilyId};
use crate::people::{self, PersonId, ShieldKind};
use access::Act;
use testkit::{TestWorld, on_both_engines};

/// Amy, of whom Sunita put together a family which Helen helps.
async fn barlows(w: &TestWorld) -> (PersonId, FamilyId) {
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

async fn writes(w: &TestWorld, who: &str, person: PersonId, class: Class) {
    w.world.clock.advance_seconds(60);
    let mut ctx = w.ctx(who).await;
    let (_, permit) = people::open(&mut ctx, Act::RecordFact, person).await.unwrap();
    let new = NewFact { class, ..NewFact::plain(person, Kind::Need, "rent_arrears", "Three months behind") };
    facts::record(&mut ctx, &permit, new).await.unwrap();
    ctx.commit().await.unwrap();
    w.world.clock.advance_seconds(60);
}

async fn news(w: &TestWorld, who: &str) -> Vec<News> {
    let mut ctx = w.ctx(who).await;
    of(&mut ctx, &[FACTS]).await.unwrap()
}

async fn reads(w: &TestWorld, who: &str, person: PersonId) {
    let mut ctx = w.ctx(who).await;
    family::mark_read(&mut ctx, person).await.unwrap();
    ctx.commit().await.unwrap();
}

/// Rule [3.40]
#[tokio::test]
async fn what_others_wrote_is_news_until_the_family_was_read_and_what_one_wrote_is_not() {
    on_both_engines(async |w: TestWorld| {
        let (amy, family) = barlows(&w).await;
        reads(&w, "Sunita", amy).await;
        assert_eq!(news(&w, "Sunita").await, []);
        writes(&w, "Sunita", amy, Class::Ordinary).await;
        assert_eq!(news(&w, "Sunita").await, [], "her own");
        writes(&w, "Helen", amy, Class::Ordinary).await;
        writes(&w, "Helen", amy, Class::Ordinary).await;
        let told = news(&w, "Sunita").await;
        assert_eq!(told.iter().map(|one| (one.family, one.things)).collect::<Vec<_>>(), [(family, 2)]);
        reads(&w, "Sunita", amy).await;
        assert_eq!(news(&w, "Sunita").await, []);
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn what_somebody_may_not_read_is_no_news_to_them() {
    on_both_engines(async |w: TestWorld| {
        let (amy, _) = barlows(&w).await;
        reads(&w, "Sunita", amy).await;
        writes(&w, "Helen", amy, Class::Confidential).await;
        assert_eq!(news(&w, "Sunita").await, [], "what is between Amy and her landlord");
        writes(&w, "Helen", amy, Class::Ordinary).await;
        assert_eq!(news(&w, "Sunita").await.len(), 1);
        let mut ctx = w.ctx("Moira").await;
        let named = [w.actor("Moira").id];
        family::shield(&mut ctx, amy, ShieldKind::Existence, "Whoever looks for her", &named).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(news(&w, "Sunita").await, [], "that she is there is not told by news of her");
    })
    .await;
}

/// Rule [3.40]
#[tokio::test]
async fn whoever_has_no_part_in_a_family_has_no_news_of_it_and_what_is_old_is_none() {
    on_both_engines(async |w: TestWorld| {
        let (amy, family) = barlows(&w).await;
        writes(&w, "Helen", amy, Class::Ordinary).await;
        let helens = news(&w, "Helen").await;
        assert_eq!(helens.iter().map(|one| one.family).collect::<Vec<_>>(), [family], "she works with Amy");
        assert!(news(&w, "Sunita").await.iter().any(|one| one.family == family), "though she never said that she had read it");
        assert_eq!(news(&w, "Ben").await, []);
        w.world.clock.advance_seconds(29 * 86_400);
        assert_eq!(news(&w, "Sunita").await, []);
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn that_somebody_shielded_belongs_to_a_family_is_not_told_by_its_news_to_who_worked_with_them() {
    on_both_engines(async |w: TestWorld| {
        let (amy, family) = barlows(&w).await;
        let mut ctx = w.ctx("Ben").await;
        let zoe = people::create(&mut ctx).await.unwrap();
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, zoe).await.unwrap();
        facts::record(&mut ctx, &permit, NewFact::name(zoe, "Zoe", "Barlow")).await.unwrap();
        facts::works_with(&mut ctx, &permit, "Teaches", None).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Sunita").await;
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, zoe).await.unwrap();
        facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
        family::join(&mut ctx, (family, amy), zoe, family::Part::Member).await.unwrap();
        ctx.commit().await.unwrap();
        writes(&w, "Sunita", zoe, Class::Ordinary).await;
        assert!(news(&w, "Ben").await.iter().any(|one| one.family == family));
        let mut ctx = w.ctx("Moira").await;
        let named = [w.actor("Moira").id, w.actor("Sunita").id];
        family::shield(&mut ctx, zoe, ShieldKind::Existence, "Whoever looks for her", &named).await.unwrap();
        ctx.commit().await.unwrap();
        writes(&w, "Helen", amy, Class::Ordinary).await;
        assert_eq!(news(&w, "Ben").await, [], "he knew the family by her alone");
    })
    .await;
}

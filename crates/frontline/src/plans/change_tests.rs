//! Two versions of a plan beside each other, tried on both engines.

use super::actions;
use super::changes::{self, Changes, Version};
use super::plan::{How, NewAction, NewReview, Side};
use super::said::{About, Eyes};
use access::{Act, Ctx};
use families::facts::{self, Class, FactId, Kind, NewFact};
use families::family::{self, FamilyId};
use families::people::{self, PersonId};
use testkit::{TestWorld, on_both_engines};

const DAY: i64 = 24 * 3600;

type Of = (PersonId, FamilyId);

async fn amy(w: &TestWorld) -> (Of, FactId) {
    let mut ctx = w.ctx("Sunita").await;
    let amy = people::create(&mut ctx).await.unwrap();
    let (_, permit) = people::open(&mut ctx, Act::RecordContact, amy).await.unwrap();
    facts::record(&mut ctx, &permit, NewFact::name(amy, "Amy", "Barlow")).await.unwrap();
    facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
    let need = need(&mut ctx, amy, Class::Ordinary).await;
    let next = ("Visit", "2026-11-09".parse().unwrap());
    let family = family::create(&mut ctx, "The Barlow family", amy, next).await.unwrap();
    actions::begin(&mut ctx, &w.area, (amy, family)).await.unwrap();
    ctx.commit().await.unwrap();
    let mut ctx = w.ctx("Helen").await;
    let (_, permit) = people::open(&mut ctx, Act::RecordContact, amy).await.unwrap();
    facts::works_with(&mut ctx, &permit, "tenancy", None).await.unwrap();
    ctx.commit().await.unwrap();
    ((amy, family), need)
}

async fn need(ctx: &mut Ctx, person: PersonId, class: Class) -> FactId {
    let (_, permit) = people::open(ctx, Act::RecordFact, person).await.unwrap();
    let fact = NewFact { class, ..NewFact::plain(person, Kind::Need, "rent_arrears", "Three months behind") };
    facts::record(ctx, &permit, fact).await.unwrap()
}

fn action(w: &TestWorld, of: Of, words: &str, need: Option<FactId>) -> NewAction {
    NewAction {
        person: of.0,
        need,
        words: words.to_owned(),
        side: Side::Support,
        owner: w.actor("Sunita").id,
        doer: None,
        volunteer: String::new(),
        by_on: "2026-11-16".parse().unwrap(),
        is_private: false,
    }
}

/// They look at the plan together and say how the need goes.
async fn looked_at(w: &TestWorld, of: Of, (need, step): (FactId, &str)) {
    let mut ctx = w.ctx("Sunita").await;
    let version = actions::load(&mut ctx, of).await.unwrap().plan.unwrap().version;
    let today = ctx.clock.today();
    let progress = vec![How { about: About::Need(need), eyes: Eyes::Author, scale: step.to_owned(), words: String::new() }];
    let new = NewReview { held_on: today, words: "We met".to_owned(), progress, next_on: today };
    actions::review(&mut ctx, &w.area, (of, version), new).await.unwrap();
    ctx.commit().await.unwrap();
    w.world.clock.advance_seconds(DAY);
}

async fn versions(w: &TestWorld, who: &str, of: Of) -> Vec<Version> {
    let mut ctx = w.ctx(who).await;
    let opened = actions::load(&mut ctx, of).await.unwrap();
    changes::versions(&opened, ctx.now())
}

async fn compared(w: &TestWorld, who: &str, of: Of, (from, to): (usize, usize)) -> Changes {
    let versions = versions(w, who, of).await;
    let mut ctx = w.ctx(who).await;
    let opened = actions::load(&mut ctx, of).await.unwrap();
    let (from, to) = (versions[from].at, versions[to].at);
    let days = [actions::days_at(&mut ctx, &opened, from).await.unwrap(), actions::days_at(&mut ctx, &opened, to).await.unwrap()];
    changes::between(&opened, (from, to), &days)
}

/// Rule [3.18]
#[tokio::test]
async fn what_was_written_done_moved_and_how_a_need_went_between_two_reviews_is_seen() {
    on_both_engines(async |w: TestWorld| {
        let (of, rent) = amy(&w).await;
        w.world.clock.advance_seconds(DAY);
        let mut ctx = w.ctx("Sunita").await;
        let kept = actions::add(&mut ctx, of, action(&w, of, "Agree what is paid", Some(rent))).await.unwrap();
        let done = actions::add(&mut ctx, of, action(&w, of, "Ring the landlord", None)).await.unwrap();
        ctx.commit().await.unwrap();
        w.world.clock.advance_seconds(DAY);
        looked_at(&w, of, (rent, "same")).await;
        let mut ctx = w.ctx("Sunita").await;
        let owner = ctx.actor.id;
        actions::move_on(&mut ctx, (kept, 1), owner, "2026-12-01".parse().unwrap()).await.unwrap();
        actions::end(&mut ctx, (done, 1), true, "He agreed").await.unwrap();
        actions::add(&mut ctx, of, action(&w, of, "Pay the first week", None)).await.unwrap();
        ctx.commit().await.unwrap();
        w.world.clock.advance_seconds(DAY);
        looked_at(&w, of, (rent, "better")).await;
        let words = |entries: &[super::Entry]| entries.iter().map(|entry| entry.words.clone()).collect::<Vec<_>>();
        let since = compared(&w, "Sunita", of, (1, 2)).await;
        assert_eq!(words(&since.written), ["Pay the first week"]);
        assert_eq!(words(&since.done), ["Ring the landlord"]);
        assert_eq!(
            since.moved.iter().map(|(one, day)| (one.id, day.to_string())).collect::<Vec<_>>(),
            [(kept, "2026-11-16".to_owned())]
        );
        let steps: Vec<(Option<&str>, &str)> = since
            .progress
            .iter()
            .map(|(before, after)| (before.as_ref().map(|one| one.scale.as_str()), after.scale.as_str()))
            .collect();
        assert_eq!(steps, [(Some("same"), "better")]);
        let before = compared(&w, "Sunita", of, (0, 1)).await;
        assert_eq!(words(&before.written), ["Agree what is paid", "Ring the landlord"], "what was done later was open then");
        assert!(before.done.is_empty() && before.moved.is_empty());
        assert!(before.written.iter().all(|entry| entry.ended.is_none()), "nor is it told that it was done");
        assert_eq!(before.written[0].by_on.unwrap().to_string(), "2026-11-16", "by when it was to be done then");
        let nothing = compared(&w, "Sunita", of, (2, 3)).await;
        assert!(nothing.written.is_empty() && nothing.done.is_empty() && nothing.moved.is_empty() && nothing.progress.is_empty());
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn versions_tell_nobody_what_the_plan_does_not() {
    on_both_engines(async |w: TestWorld| {
        let (of, _) = amy(&w).await;
        w.world.clock.advance_seconds(DAY);
        let mut ctx = w.ctx("Sunita").await;
        let hidden = need(&mut ctx, of.0, Class::Confidential).await;
        actions::add(&mut ctx, of, action(&w, of, "For few", Some(hidden))).await.unwrap();
        ctx.commit().await.unwrap();
        looked_at(&w, of, (hidden, "worse")).await;
        let seen = compared(&w, "Helen", of, (0, 2)).await;
        assert!(seen.written.is_empty() && seen.progress.is_empty() && seen.known.is_empty(), "{seen:?}");
        let own = compared(&w, "Sunita", of, (0, 2)).await;
        assert_eq!((own.written.len(), own.progress.len(), own.known.len()), (1, 1, 1));
    })
    .await;
}

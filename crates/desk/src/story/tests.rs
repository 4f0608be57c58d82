//! The story, tried: in order, with what was put right, and nothing of what the viewer may not read.

use super::compose::{About, Entry, Wanted, compose};
use access::{Act, Ctx};
use families::facts::{self, Class, Kind, NewFact};
use families::people::{self, PersonId};
use testkit::{TestWorld, on_both_engines};

async fn ann(w: &TestWorld) -> PersonId {
    let mut ctx = w.ctx("Helen").await;
    let person = people::create(&mut ctx).await.unwrap();
    let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
    facts::record(&mut ctx, &permit, NewFact::name(person, "Ann", "Abel")).await.unwrap();
    facts::works_with(&mut ctx, &permit, "tenancy", None).await.unwrap();
    ctx.commit().await.unwrap();
    person
}

async fn told(ctx: &mut Ctx, w: &TestWorld, person: PersonId, about: Option<About>) -> Vec<Entry> {
    let wanted = Wanted { focus: person, is_whole: false, about, is_oldest_first: true };
    compose(ctx, &w.area, wanted).await.unwrap()
}

/// Rule [3.22]
#[tokio::test]
async fn the_story_is_told_in_the_order_in_which_it_happened_with_who_says_so_and_what_was_put_right() {
    on_both_engines(async |w: TestWorld| {
        let ann = ann(&w).await;
        let mut ctx = w.ctx("Helen").await;
        let (_, permit) = people::open(&mut ctx, Act::RecordFact, ann).await.unwrap();
        let rent = NewFact {
            holds_from: Some("2025-03".parse().unwrap()),
            ..NewFact::plain(ann, Kind::Need, "rent_arrears", "Three months")
        };
        let rent = facts::record(&mut ctx, &permit, rent).await.unwrap();
        let earlier = NewFact { holds_from: Some("2024".parse().unwrap()), ..NewFact::plain(ann, Kind::Strength, "in_work", "") };
        facts::record(&mut ctx, &permit, earlier).await.unwrap();
        ctx.commit().await.unwrap();
        w.world.clock.advance_seconds(2 * 24 * 3600);
        let mut ctx = w.ctx("Helen").await;
        let right = NewFact { holds_from: Some("2025-03".parse().unwrap()), ..NewFact::plain(ann, Kind::Need, "", "One month") };
        facts::correct(&mut ctx, rent, NewFact { term: "rent_arrears".to_owned(), ..right }).await.unwrap();
        ctx.commit().await.unwrap();

        let mut ctx = w.ctx("Tariq").await;
        let entries = told(&mut ctx, &w, ann, None).await;
        let days: Vec<&str> = entries.iter().map(|entry| entry.on.as_str()).collect();
        assert_eq!(days, ["2024", "March 2025", "March 2025", "2 November 2026"]);
        let put_right: Vec<&str> =
            entries.iter().map(|entry| entry.put_right.as_str()).filter(|words| !words.is_empty()).collect();
        assert_eq!(put_right, ["Put right on 4 November 2026: Behind with the rent or mortgage: One month"]);
        assert_eq!(entries[1].source, "seen by Helen Marsh, Hillside Homes");
        assert_eq!(entries[1].known, "2 November 2026", "when it was known is told beside when it happened");
        assert_eq!(told(&mut ctx, &w, ann, Some(About::Good)).await.len(), 1);
    })
    .await;
}

/// Rule [3.22]
#[tokio::test]
async fn what_somebody_may_not_read_is_not_in_the_story_they_are_told() {
    on_both_engines(async |w: TestWorld| {
        let ann = ann(&w).await;
        let mut ctx = w.ctx("Helen").await;
        let (_, permit) = people::open(&mut ctx, Act::RecordFact, ann).await.unwrap();
        let secret = NewFact { class: Class::Confidential, ..NewFact::plain(ann, Kind::Risk, "domestic_abuse", "She told me") };
        facts::record(&mut ctx, &permit, secret).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Grace").await;
        people::ask(&mut ctx, ann, ("asked", "She rang us"), 8).await.unwrap();
        assert!(told(&mut ctx, &w, ann, Some(About::Hard)).await.is_empty());
        drop(ctx);
        let mut ctx = w.ctx("Helen").await;
        assert_eq!(told(&mut ctx, &w, ann, Some(About::Hard)).await.len(), 1);
    })
    .await;
}

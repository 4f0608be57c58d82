//! The family on a page, tried.

use super::{page, relate};
use access::{Act, Ctx};
use families::facts::{self, Kind, NewFact};
use families::family;
use families::people::{self, PersonId, ShieldKind};
use testkit::{TestWorld, on_both_engines};

async fn somebody(ctx: &mut Ctx, forename: &str, born: &str) -> PersonId {
    let person = people::create(ctx).await.unwrap();
    let (_, permit) = people::open(ctx, Act::RecordContact, person).await.unwrap();
    facts::record(ctx, &permit, NewFact::name(person, forename, "Abel")).await.unwrap();
    facts::record(ctx, &permit, NewFact::birth(person, born.parse().unwrap())).await.unwrap();
    facts::works_with(ctx, &permit, "Works with", None).await.unwrap();
    person
}

async fn shown(ctx: &mut Ctx, w: &TestWorld, person: PersonId) -> serde_json::Value {
    serde_json::to_value(page::compose(ctx, &w.area, person).await.unwrap()).unwrap()
}

/// Rule [1.3]
/// Rule [2.5]
#[tokio::test]
async fn a_mother_is_shown_with_her_children_and_a_child_with_its_mother() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let (ann, ben) = (somebody(&mut ctx, "Ann", "1990-05-12").await, somebody(&mut ctx, "Ben", "2018-03-01").await);
        relate(&mut ctx, ben, "birth_child", ann).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Tariq").await;
        let of_ann = shown(&mut ctx, &w, ann).await;
        assert_eq!(
            (of_ann["people"][1]["name"].as_str(), of_ann["people"][1]["relation"].as_str()),
            (Some("Ben Abel"), Some("child"))
        );
        let of_ben = shown(&mut ctx, &w, ben).await;
        assert_eq!(of_ben["people"][1]["relation"], "mother or father");
    })
    .await;
}

/// Rule [2.7]
#[tokio::test]
async fn a_child_who_cares_for_a_relative_shows_as_a_young_carer() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let (ann, ben) = (somebody(&mut ctx, "Ann", "1990-05-12").await, somebody(&mut ctx, "Ben", "2014-03-01").await);
        relate(&mut ctx, ben, "cares_for", ann).await.unwrap();
        assert_eq!(shown(&mut ctx, &w, ann).await["young_carers"][0], "Ben Abel");
    })
    .await;
}

/// Rule [3.21]
#[tokio::test]
async fn what_was_not_asked_is_shown_until_it_is_answered_even_by_a_refusal() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let ann = somebody(&mut ctx, "Ann", "1990-05-12").await;
        let asks = |page: &serde_json::Value| page["unknown"].to_string().contains("parent or carer");
        assert!(asks(&shown(&mut ctx, &w, ann).await));
        let (_, permit) = people::open(&mut ctx, Act::RecordFact, ann).await.unwrap();
        let refused = NewFact { answer: facts::Answer::Refused, ..NewFact::plain(ann, Kind::Circumstance, "parent_of", "") };
        facts::record(&mut ctx, &permit, refused).await.unwrap();
        assert!(!asks(&shown(&mut ctx, &w, ann).await));
    })
    .await;
}

#[tokio::test]
async fn a_shielded_child_leaves_no_gap_on_the_familys_page() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let (ann, ben) = (somebody(&mut ctx, "Ann", "1990-05-12").await, somebody(&mut ctx, "Ben", "2018-03-01").await);
        family::create(&mut ctx, "The Abels", ann, ("Visit", "2026-12-01".parse().unwrap())).await.unwrap();
        let without = shown(&mut ctx, &w, ann).await;
        relate(&mut ctx, ben, "birth_child", ann).await.unwrap();
        assert_ne!(shown(&mut ctx, &w, ann).await, without);
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        people::shield(&mut ctx, ben, ShieldKind::Existence, "Placed for safety", &[w.actor("Sunita").id]).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        assert_eq!(shown(&mut ctx, &w, ann).await, without, "nothing tells Helen that Ben is there");
    })
    .await;
}

#[tokio::test]
async fn nobody_gets_into_a_family_by_making_up_a_relative() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let ann = somebody(&mut ctx, "Ann", "1990-05-12").await;
        family::create(&mut ctx, "The Abels", ann, ("Visit", "2026-12-01".parse().unwrap())).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Dan").await;
        let made_up = somebody(&mut ctx, "Nobody", "2020-01-01").await;
        assert!(relate(&mut ctx, made_up, "birth_child", ann).await.is_err());
        assert!(shown(&mut ctx, &w, made_up).await["families"].as_array().unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_shield_of_place_covers_the_family_and_work_with_a_shielded_person_shows_in_no_team() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let (ann, ben) = (somebody(&mut ctx, "Ann", "1990-05-12").await, somebody(&mut ctx, "Ben", "2018-03-01").await);
        family::create(&mut ctx, "The Abels", ann, ("Visit", "2026-12-01".parse().unwrap())).await.unwrap();
        relate(&mut ctx, ben, "birth_child", ann).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        family::shield(&mut ctx, ann, ShieldKind::Location, "He is looking for them", &[w.actor("Moira").id]).await.unwrap();
        assert!(people::load(&mut ctx, ben).await.unwrap().location_shielded);
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        people::shield(&mut ctx, ben, ShieldKind::Existence, "Placed", &[w.actor("Sunita").id, w.actor("Moira").id])
            .await
            .unwrap();
        family::join_team(&mut ctx, ben, "Guardian of Ben", uuid::Uuid::from_u128(7)).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        assert!(!shown(&mut ctx, &w, ann).await.to_string().contains("Guardian"));
    })
    .await;
}

#[tokio::test]
async fn a_hidden_sibling_does_not_stop_a_shield_of_place() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let (ann, ben) = (somebody(&mut ctx, "Ann", "1990-05-12").await, somebody(&mut ctx, "Ben", "2018-03-01").await);
        family::create(&mut ctx, "The Abels", ann, ("Visit", "2026-12-01".parse().unwrap())).await.unwrap();
        relate(&mut ctx, ben, "birth_child", ann).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        people::shield(&mut ctx, ben, ShieldKind::Existence, "Placed", &[w.actor("Sunita").id]).await.unwrap();
        family::shield(&mut ctx, ann, ShieldKind::Location, "He is looking for them", &[w.actor("Moira").id]).await.unwrap();
        assert!(people::load(&mut ctx, ann).await.unwrap().location_shielded);
    })
    .await;
}

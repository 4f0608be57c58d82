//! Families, tried.

use super::{FamilyError, Part, around, checked_next, create, join, mark_read, next_step};
use crate::facts::{self, NewFact};
use crate::people::{self, PersonId};
use access::{AccessError, Act, Ctx};
use kernel::Date;
use testkit::{TestWorld, on_both_engines};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// Rule [3.16]
#[test]
fn a_next_step_in_the_past_is_none() {
    assert!(matches!(checked_next(day("2026-11-01"), day("2026-11-02")), Err(FamilyError::NextInThePast)));
    assert_eq!(checked_next(day("2026-11-02"), day("2026-11-02")).unwrap(), day("2026-11-02"));
}

async fn somebody(ctx: &mut Ctx, forename: &str) -> PersonId {
    let person = people::create(ctx).await.unwrap();
    let (_, permit) = people::open(ctx, Act::RecordContact, person).await.unwrap();
    facts::record(ctx, &permit, NewFact::name(person, forename, "Abel")).await.unwrap();
    facts::works_with(ctx, &permit, "Works with", None).await.unwrap();
    person
}

/// Rule [3.40]
#[tokio::test]
async fn a_family_has_an_owner_and_a_next_date_and_the_database_refuses_one_without() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let ann = somebody(&mut ctx, "Ann").await;
        assert!(matches!(create(&mut ctx, "Abels", ann, ("", day("2026-12-01"))).await, Err(FamilyError::Text(..))));
        let id = create(&mut ctx, "Abels", ann, ("Visit", day("2026-12-01"))).await.unwrap();
        ctx.commit().await.unwrap();
        for column in ["owner_id", "next_on"] {
            let mut tx = w.world.db.begin().await.unwrap();
            let sql = format!("UPDATE family SET {column} = NULL WHERE area_id = $1");
            assert!(tx.execute(&sql, store::vals![w.world.area_id]).await.is_err(), "{column}");
        }
        let mut ctx = w.ctx("Helen").await;
        assert_eq!(around(&mut ctx, ann).await.unwrap()[0].family.id, id);
    })
    .await;
}

/// Rule [3.19]
#[tokio::test]
async fn whoever_takes_up_work_with_somebody_is_seen_by_the_others_and_once() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let ann = somebody(&mut ctx, "Ann").await;
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, ann).await.unwrap();
        facts::works_with(&mut ctx, &permit, "Again", None).await.unwrap();
        let seen = facts::list_of(&mut ctx, &[ann], Some(&[facts::Kind::Involvement])).await.unwrap();
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0].author.as_deref(), Some("Helen Marsh"));
    })
    .await;
}

#[tokio::test]
async fn two_people_who_set_the_next_step_do_not_overwrite_each_other_and_the_second_sees_the_first() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let ann = somebody(&mut ctx, "Ann").await;
        let id = create(&mut ctx, "Abels", ann, ("Visit", day("2026-12-01"))).await.unwrap();
        next_step(&mut ctx, ann, id, 1, ("Ring her sister", day("2026-12-02"))).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Tariq").await;
        match next_step(&mut ctx, ann, id, 1, ("Write a letter", day("2026-12-03"))).await {
            Err(FamilyError::Changed(theirs)) => assert_eq!(theirs.next_step, "Ring her sister"),
            other => panic!("{other:?}"),
        }
        next_step(&mut ctx, ann, id, 2, ("Write a letter", day("2026-12-03"))).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_family_is_not_there_for_whom_none_of_its_members_is() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let (ann, ben) = (somebody(&mut ctx, "Ann").await, somebody(&mut ctx, "Ben").await);
        let id = create(&mut ctx, "Abels", ann, ("Visit", day("2026-12-01"))).await.unwrap();
        join(&mut ctx, (id, ann), ben, Part::Member).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Grace").await;
        assert!(matches!(
            next_step(&mut ctx, ann, id, 1, ("x", day("2026-12-01"))).await,
            Err(FamilyError::Access(AccessError::Refused(_)))
        ));
        assert!(mark_read(&mut ctx, ben).await.is_err());
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn whoever_joins_a_family_is_under_its_shield_of_place_and_brings_theirs_along() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Moira").await;
        let people = ["Ann", "Ben", "Cat"];
        let mut ids = Vec::new();
        for name in people {
            ids.push(somebody(&mut ctx, name).await);
        }
        let named = [w.actor("Sunita").id, w.actor("Moira").id];
        people::shield(&mut ctx, ids[1], people::ShieldKind::Location, "He is looking for them", &named).await.unwrap();
        let family = create(&mut ctx, "Abels", ids[0], ("Visit", day("2026-12-01"))).await.unwrap();
        for joined in [ids[1], ids[2]] {
            join(&mut ctx, (family, ids[0]), joined, Part::Member).await.unwrap();
        }
        for id in ids {
            let standing = people::load(&mut ctx, id).await.unwrap();
            assert!(standing.location_shielded);
            assert!(named.iter().all(|named| standing.named_for_place.contains(&named.0)));
        }
        ctx.commit().await.unwrap();
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn a_shield_of_place_hides_which_school_knows_a_child_and_the_teacher_in_the_team() {
    on_both_engines(async |w: TestWorld| {
        assert!(w.area.agencies["school"].tells_place && w.actor("Ben").agency == w.area.agencies["school"].name);
        let mut ctx = w.ctx("Ben").await;
        let child = somebody(&mut ctx, "Ben").await;
        create(&mut ctx, "Abels", child, ("Visit", day("2026-12-01"))).await.unwrap();
        ctx.commit().await.unwrap();
        let seen = async |name: &str| {
            let mut ctx = w.ctx(name).await;
            people::ask(&mut ctx, child, ("worried", "A test of the shield"), 1).await.unwrap();
            let team = around(&mut ctx, child).await.unwrap().remove(0).team.len();
            (team, facts::list_of(&mut ctx, &[child], Some(&[facts::Kind::Involvement])).await.unwrap().len())
        };
        assert_eq!(seen("Helen").await, (1, 1));
        let mut ctx = w.ctx("Moira").await;
        let named = [w.actor("Sunita").id, w.actor("Moira").id];
        people::shield(&mut ctx, child, people::ShieldKind::Location, "He is looking for them", &named).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(seen("Helen").await, (0, 0));
        assert_eq!(seen("Sunita").await, (1, 1));
    })
    .await;
}

#[tokio::test]
async fn whoever_works_with_somebody_finds_them_on_their_list_and_a_new_shield_of_place_reaches_the_whole_family() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Moira").await;
        let (ann, ben) = (somebody(&mut ctx, "Ann").await, somebody(&mut ctx, "Ben").await);
        assert_eq!(people::of_worker(&mut ctx).await.unwrap().len(), 2);
        let family = create(&mut ctx, "Abels", ann, ("Visit", day("2026-12-01"))).await.unwrap();
        join(&mut ctx, (family, ann), ben, Part::Member).await.unwrap();
        let [moira, sunita, helen] = ["Moira", "Sunita", "Helen"].map(|name| w.actor(name).id);
        for (why, named) in [("He is looking", vec![moira, sunita, helen]), ("Helen knows him", vec![moira, sunita])] {
            super::shield(&mut ctx, ann, people::ShieldKind::Location, why, &named).await.unwrap();
        }
        let standing = people::load(&mut ctx, ben).await.unwrap();
        assert!(standing.location_shielded && !standing.named_for_place.contains(&helen.0));
        super::shield(&mut ctx, ann, people::ShieldKind::Existence, "Placed", &[moira]).await.unwrap();
        assert_eq!(people::shields(&mut ctx, ann).await.unwrap().len(), 2);
        ctx.commit().await.unwrap();
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn however_many_live_at_a_postcode_a_shield_of_place_is_put_up_and_reaches_whoever_lives_in_that_home() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Moira").await;
        let mut at_home = Vec::new();
        for (forename, lines) in
            [("Ann", "4 Mill Lane"), ("Ben", "4, Mill Lane"), ("Cat", "9 Mill Lane"), ("Dan", "4 Mill Lane, Otley")]
        {
            let id = somebody(&mut ctx, forename).await;
            let (_, permit) = people::open(&mut ctx, Act::RecordContact, id).await.unwrap();
            let shape = facts::Shape::Address { lines: lines.into(), town: "Otley".into(), postcode: "LS21 1AA".into() };
            let home = NewFact { shape, ..NewFact::plain(id, facts::Kind::Address, "home", "") };
            facts::record(&mut ctx, &permit, home).await.unwrap();
            at_home.push(id);
        }
        let moira = w.actor("Moira").id;
        super::shield(&mut ctx, at_home[0], people::ShieldKind::Location, "He is looking", &[moira]).await.unwrap();
        let mut shielded = Vec::new();
        for id in at_home {
            shielded.push(people::load(&mut ctx, id).await.unwrap().location_shielded);
        }
        assert_eq!(shielded, [true, true, false, true]);
        ctx.commit().await.unwrap();
    })
    .await;
}

//! Shielding at once, tried: it stands from the first moment, over whoever would betray them, and a lead decides.

use super::actions::{self, Answer, ShieldError, TaskKind};
use access::{AccessError, Act, Ctx};
use families::facts::{self, Kind, NewFact, Shape};
use families::people::{self, PersonId};
use testkit::{TestWorld, on_both_engines};

async fn at_mill_lane(w: &TestWorld, name: &str, forename: &str) -> PersonId {
    let mut ctx = w.ctx(name).await;
    let id = people::create(&mut ctx).await.unwrap();
    let (_, permit) = people::open(&mut ctx, Act::RecordContact, id).await.unwrap();
    facts::record(&mut ctx, &permit, NewFact::name(id, forename, "Barlow")).await.unwrap();
    let shape = Shape::Address { lines: "4 Mill Lane".into(), town: "Otley".into(), postcode: "LS21 1AA".into() };
    let home = NewFact { shape, ..NewFact::plain(id, Kind::Address, "home", "") };
    facts::record(&mut ctx, &permit, home).await.unwrap();
    facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
    ctx.commit().await.unwrap();
    id
}

async fn sees_address(w: &TestWorld, name: &str, person: PersonId) -> bool {
    let mut ctx = Ctx::read(&w.world, w.actor(name)).await.unwrap();
    let known = facts::list_of(&mut ctx, &[person], Some(&[Kind::Address])).await.unwrap();
    !known.is_empty()
}

/// Rule [3.30]
#[tokio::test]
async fn whoever_works_with_somebody_shields_where_they_are_at_once_and_whoever_lives_there() {
    on_both_engines(async |w: TestWorld| {
        let amy = at_mill_lane(&w, "Sunita", "Amy").await;
        // Her sister lives there as well, and is of no family here.
        let eve = at_mill_lane(&w, "Dan", "Eve").await;
        assert!(sees_address(&w, "Sunita", amy).await && sees_address(&w, "Dan", eve).await);
        let mut ctx = w.ctx("Sunita").await;
        assert!(matches!(actions::ask(&mut ctx, &w.area, amy, " ").await, Err(ShieldError::Text(_))));
        actions::ask(&mut ctx, &w.area, amy, "He rang the school and asked for her").await.unwrap();
        ctx.commit().await.unwrap();
        assert!(sees_address(&w, "Sunita", amy).await && sees_address(&w, "Moira", amy).await);
        assert!(!sees_address(&w, "Dan", eve).await, "where Eve lives is where Amy lives");
        let mut ctx = w.ctx("Grace").await;
        let asked = actions::ask(&mut ctx, &w.area, amy, "Curious").await;
        assert!(matches!(asked, Err(ShieldError::Access(AccessError::Hidden(_) | AccessError::Refused(_)))), "no work with her");
        drop(ctx);

        let moira = w.actor("Moira").id;
        let mut ctx = w.ctx("Moira").await;
        let [task] = &actions::owned_by(&mut ctx, &[moira]).await.unwrap()[..] else { panic!("one to decide") };
        assert_eq!((task.kind, task.due_on.to_string().as_str()), (TaskKind::Decide, "2026-11-03"));
        actions::decide(&mut ctx, &w.area, task.id, (Answer::Kept, "He is in the area")).await.unwrap();
        assert!(matches!(actions::decide(&mut ctx, &w.area, task.id, (Answer::Ended, "Again")).await, Err(ShieldError::Decided)));
        ctx.commit().await.unwrap();
        w.world.clock.advance_seconds(180 * 24 * 3600);
        let mut ctx = w.ctx("Moira").await;
        let [review] = &actions::owned_by(&mut ctx, &[moira]).await.unwrap()[..] else { panic!("one to look at again") };
        assert_eq!(review.kind, TaskKind::Review);
        actions::decide(&mut ctx, &w.area, review.id, (Answer::Ended, "He is abroad for good")).await.unwrap();
        ctx.commit().await.unwrap();
        assert!(sees_address(&w, "Dan", eve).await, "it ended for both");
    })
    .await;
}

//! Who may belong to a family, tried, and the attacks on it.

use super::actions::{self, SayError};
use crate::feeds::tests::{AMY_AT_GP, file, load};
use crate::matching::run::run;
use access::{AccessError, Act};
use families::facts::{self, NewFact};
use families::family::{self, FamilyId, Part};
use families::people::{self, PersonId, ShieldKind};
use families::search::{self, Query};
use testkit::{TestWorld, on_both_engines};

const DAN_AT_GP: &str = "5,gp,Daniel,,Okoro,1990-04-01,M,1,Hill Street,Shipley,BD18 3QX,,,9434765870,,,2024.5";

async fn find(w: &TestWorld, typed: &str) -> PersonId {
    let mut ctx = w.ctx("Moira").await;
    search::find(&mut ctx, &Query::parse(typed, w.world.clock.today()), "contact").await.unwrap().found[0].id
}

/// Amy's family, and Dan, who lives with her.
async fn family(w: &TestWorld) -> (FamilyId, PersonId, PersonId) {
    let folder = tempfile::tempdir().unwrap();
    load(w, "gp", &file(folder.path(), "gp.csv", &[AMY_AT_GP, DAN_AT_GP])).await;
    let (amy, dan) = (find(w, "amy barlow").await, find(w, "daniel okoro").await);
    let mut ctx = w.ctx("Moira").await;
    let id = family::create(&mut ctx, "Barlow", amy, ("Visit", w.world.clock.today())).await.unwrap();
    ctx.commit().await.unwrap();
    (id, amy, dan)
}

async fn waiting(w: &TestWorld, name: &str) -> Vec<actions::Opened> {
    let mut ctx = w.ctx(name).await;
    actions::list(&mut ctx).await.unwrap()
}

/// Rule [3.21]
#[tokio::test]
async fn whoever_lives_with_a_family_joins_it_by_somebodys_word_alone() {
    on_both_engines(async |w: TestWorld| {
        let (_, amy, dan) = family(&w).await;
        assert_eq!(run(&w.world, &w.area, None).await.unwrap().belonging, 1);
        let proposal = waiting(&w, "Joy").await.remove(0).proposal;
        assert_eq!((proposal.person, proposal.family_name.as_str()), (dan, "Barlow"));
        let mut ctx = w.ctx("Joy").await;
        actions::say(&mut ctx, proposal.id, Some(Part::Member), ("Her partner", proposal.version)).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        let around = family::around(&mut ctx, amy).await.unwrap();
        assert!(around[0].members.iter().any(|member| member.person == dan));
        drop(ctx);
        assert_eq!(run(&w.world, &w.area, None).await.unwrap().belonging, 0);
        assert!(waiting(&w, "Joy").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn whoever_was_said_not_to_belong_is_not_proposed_again_and_is_said_so_once() {
    on_both_engines(async |w: TestWorld| {
        let (_, amy, dan) = family(&w).await;
        let mut ctx = w.ctx("Moira").await;
        let (_, permit) = people::open(&mut ctx, Act::RecordFact, dan).await.unwrap();
        facts::record(&mut ctx, &permit, NewFact::relationship(dan, "partner", amy)).await.unwrap();
        ctx.commit().await.unwrap();
        run(&w.world, &w.area, None).await.unwrap();
        let proposal = waiting(&w, "Joy").await.remove(0).proposal;
        assert_eq!(proposal.because.len(), 2, "{proposal:?}");
        for again in [false, true] {
            let mut ctx = w.ctx("Joy").await;
            let said = actions::say(&mut ctx, proposal.id, None, ("He has moved out", proposal.version)).await;
            if again {
                assert!(matches!(said, Err(SayError::Access(AccessError::Hidden(_)) | SayError::Changed)));
            } else {
                said.unwrap();
                ctx.commit().await.unwrap();
            }
        }
        run(&w.world, &w.area, None).await.unwrap();
        assert!(waiting(&w, "Joy").await.is_empty());
    })
    .await;
}

/// The attack: that somebody lives with a family tells where a woman in a refuge is.
#[tokio::test]
async fn a_shield_of_anybody_of_a_family_keeps_its_proposals_from_whoever_is_not_named() {
    on_both_engines(async |w: TestWorld| {
        let (_, amy, _) = family(&w).await;
        run(&w.world, &w.area, None).await.unwrap();
        let proposal = waiting(&w, "Joy").await.remove(0).proposal;
        let mut ctx = w.ctx("Moira").await;
        people::shield(&mut ctx, amy, ShieldKind::Location, "Refuge", &[w.actor("Moira").id]).await.unwrap();
        ctx.commit().await.unwrap();
        assert!(waiting(&w, "Joy").await.is_empty());
        assert_eq!(waiting(&w, "Moira").await.len(), 1);
        let mut ctx = w.ctx("Joy").await;
        assert!(actions::open(&mut ctx, proposal.id).await.is_err());
        assert!(actions::say(&mut ctx, proposal.id, Some(Part::Member), ("Her partner", proposal.version)).await.is_err());
        drop(ctx);
        let mut ctx = w.ctx("Helen").await;
        assert!(actions::list(&mut ctx).await.is_err(), "and a practitioner has no such list");
    })
    .await;
}

//! Skills, tried on both engines.

use super::actions::{self, SkillError};
use super::skill::{self, Kind, Skill, SkillId};
use access::AccessError;
use kernel::Date;
use testkit::{TestWorld, on_both_engines};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// Rule [3.19]
#[test]
fn training_that_ends_soon_or_has_ended_is_due() {
    let until = |on: Option<&str>| Skill {
        id: SkillId(uuid::Uuid::nil()),
        practitioner: access::PractitionerId(uuid::Uuid::nil()),
        kind: Kind::Training,
        code: "abuse".to_owned(),
        valid_until: on.map(day),
        recorded_at: "2026-01-01T00:00:00Z".parse().unwrap(),
    };
    let is_due = |on| skill::is_due(&until(on), day("2026-11-02"), 60);
    assert!(is_due(Some("2026-10-01")));
    assert!(is_due(Some("2027-01-01")));
    assert!(!is_due(Some("2027-01-02")));
    assert!(!is_due(None), "what has no last day does not end");
}

async fn found(w: &TestWorld, who: &str, wanted: (Kind, &str)) -> Vec<String> {
    let mut ctx = w.ctx(who).await;
    actions::find_colleagues(&mut ctx, wanted).await.unwrap().into_iter().map(|one| one.name).collect()
}

/// Rule [3.19]
#[tokio::test]
async fn a_colleague_is_found_by_what_they_say_they_can_do() {
    on_both_engines(async |w: TestWorld| {
        for who in ["Grace", "Lena"] {
            let mut ctx = w.ctx(who).await;
            actions::say(&mut ctx, &w.area, (Kind::Language, "pl")).await.unwrap();
            actions::say(&mut ctx, &w.area, (Kind::Language, "pl")).await.unwrap();
            ctx.commit().await.unwrap();
        }
        assert_eq!(
            found(&w, "Helen", (Kind::Language, "pl")).await,
            ["Grace Okafor"],
            "said twice is known once; Lantern is not named"
        );
        assert_eq!(found(&w, "Lena", (Kind::Language, "pl")).await, ["Grace Okafor", "Lena Kowalska"]);
        let mut ctx = w.ctx("Grace").await;
        let unknown = actions::say(&mut ctx, &w.area, (Kind::Skill, "juggling")).await;
        assert!(matches!(unknown, Err(SkillError::NoSuchSkill)));
        let polish = actions::own(&mut ctx).await.unwrap().remove(0).id;
        drop(ctx);
        let mut ctx = w.ctx("Helen").await;
        assert!(matches!(actions::take_back(&mut ctx, polish).await, Err(AccessError::Hidden(_))), "not hers to take back");
        drop(ctx);
        let mut ctx = w.ctx("Grace").await;
        actions::take_back(&mut ctx, polish).await.unwrap();
        ctx.commit().await.unwrap();
        assert!(found(&w, "Helen", (Kind::Language, "pl")).await.is_empty());
        let mut ctx = w.ctx("Sam").await;
        assert!(actions::find_colleagues(&mut ctx, (Kind::Language, "pl")).await.is_err(), "analysts see figures");
    })
    .await;
}

/// Rule [3.19]
#[tokio::test]
async fn training_is_recorded_by_whoever_manages_and_by_nobody_for_themselves() {
    on_both_engines(async |w: TestWorld| {
        let helen = w.actor("Helen").id;
        let abuse = ("abuse", day("2026-12-01"));
        for who in ["Helen", "Moira", "Grace"] {
            let mut ctx = w.ctx(who).await;
            assert!(actions::record_training(&mut ctx, &w.area, helen, abuse).await.is_err(), "{who} does not manage Helen");
        }
        let mut ctx = w.ctx("Helen").await;
        assert!(matches!(actions::say(&mut ctx, &w.area, (Kind::Training, "abuse")).await, Err(SkillError::NoSuchSkill)));
        drop(ctx);
        let mut ctx = w.ctx("Tariq").await;
        let past = actions::record_training(&mut ctx, &w.area, helen, ("abuse", day("2026-10-01"))).await;
        assert!(matches!(past, Err(SkillError::Ended)));
        let tariq = ctx.actor.id;
        let own = actions::record_training(&mut ctx, &w.area, tariq, abuse).await;
        assert!(matches!(own, Err(SkillError::NotOfTeam)));
        actions::record_training(&mut ctx, &w.area, helen, abuse).await.unwrap();
        assert_eq!(actions::ending_of(&mut ctx, &w.area, &[helen]).await.unwrap().len(), 1, "a manager sees what ends soon");
        actions::record_training(&mut ctx, &w.area, helen, ("abuse", day("2028-12-01"))).await.unwrap();
        assert!(actions::ending_of(&mut ctx, &w.area, &[helen]).await.unwrap().is_empty(), "taken again, it does not end soon");
        ctx.commit().await.unwrap();
        assert_eq!(found(&w, "Grace", (Kind::Training, "abuse")).await, ["Helen Marsh"]);
    })
    .await;
}

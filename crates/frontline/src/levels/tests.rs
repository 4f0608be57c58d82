//! Levels of need, tried: rules first, then actions on both engines.

use super::actions::{self, LevelError};
use super::level::{JudgementId, NewJudgement, Told};
use super::rules::{self, LevelRule};
use crate::leads::rules::Over;
use crate::leads::{self, LeadError, NewHandover};
use access::{AccessError, Act};
use area::Area;
use area::files::LeadsMost;
use families::facts::{self, FactId, Kind, NewFact};
use families::family::{self, FamilyId};
use families::people::{self, PersonId};
use testkit::{TestWorld, on_both_engines};

fn area() -> Area {
    Area::load(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")).unwrap()
}

fn new(level: &str, evidence: Vec<FactId>) -> NewJudgement {
    NewJudgement {
        level: level.to_owned(),
        reason: "Three services, and none knew of the other".to_owned(),
        told: Told::Agreed,
        told_words: String::new(),
        evidence,
        lead: None,
    }
}

/// Rule [2.9]
#[test]
fn a_judgement_has_a_reason_and_rests_on_something_and_is_another_than_before() {
    let levels = area().levels;
    let fact = vec![FactId(uuid::Uuid::from_u128(1))];
    let check = |new, current| rules::check(new, &levels, current).map(|_| ());
    assert_eq!(check(new("intensive", fact.clone()), None), Ok(()));
    assert_eq!(check(new("intensive", Vec::new()), None), Err(LevelRule::NothingKnown));
    assert_eq!(check(new("universal", Vec::new()), Some("intensive")), Ok(()), "nothing more is needed than of anybody");
    assert_eq!(check(new("intensive", fact.clone()), Some("intensive")), Err(LevelRule::Same));
    assert_eq!(check(new("high", fact.clone()), None), Err(LevelRule::NoSuchLevel));
    let untold = NewJudgement { told: Told::NotTold, ..new("intensive", fact.clone()) };
    assert_eq!(check(untold, None).unwrap_err().field(), "told_words");
    let silent = NewJudgement { reason: " ".to_owned(), ..new("intensive", fact) };
    assert_eq!(check(silent, None).unwrap_err().field(), "reason");
}

/// Rule [2.10]
#[test]
fn a_level_lies_up_or_down_from_another_in_the_areas_order() {
    let levels = area().levels;
    assert_eq!(rules::direction(&levels, None, "early_help"), "First judgement");
    assert_eq!(rules::direction(&levels, Some("early_help"), "specialist"), "Step up");
    assert_eq!(rules::direction(&levels, Some("specialist"), "universal"), "Step down");
}

/// Amy, whose family Sunita leads for, and a need of hers.
async fn amy(w: &TestWorld) -> ((PersonId, FamilyId), FactId) {
    let mut ctx = w.ctx("Sunita").await;
    let amy = people::create(&mut ctx).await.unwrap();
    let (_, permit) = people::open(&mut ctx, Act::RecordContact, amy).await.unwrap();
    facts::record(&mut ctx, &permit, NewFact::name(amy, "Amy", "Barlow")).await.unwrap();
    facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
    let (_, permit) = people::open(&mut ctx, Act::RecordFact, amy).await.unwrap();
    let need = facts::record(&mut ctx, &permit, NewFact::plain(amy, Kind::Need, "rent_arrears", "")).await.unwrap();
    let next = ("Visit", "2026-11-09".parse().unwrap());
    let family = family::create(&mut ctx, "The Barlow family", amy, next).await.unwrap();
    ctx.commit().await.unwrap();
    ((amy, family), need)
}

async fn holds(w: &TestWorld, who: &str, of: (PersonId, FamilyId)) -> Option<String> {
    let mut ctx = w.ctx(who).await;
    actions::current_of(&mut ctx, &[of.1]).await.unwrap().pop().map(|one| one.level)
}

/// Judges without a new lead, as whoever saw this as the last judgement.
async fn judged(w: &TestWorld, (of, need): ((PersonId, FamilyId), FactId), last: Option<JudgementId>) -> JudgementId {
    let mut ctx = w.ctx("Sunita").await;
    let id = actions::judge(&mut ctx, &w.area, (of, last), new("early_help", vec![need])).await.unwrap();
    ctx.commit().await.unwrap();
    id
}

/// Rule [2.10]
#[tokio::test]
async fn a_family_steps_up_when_whoever_is_to_lead_has_accepted_and_not_before() {
    on_both_engines(async |w: TestWorld| {
        let (of, need) = amy(&w).await;
        let first = judged(&w, (of, need), None).await;
        assert_eq!(holds(&w, "Sunita", of).await.as_deref(), Some("early_help"));
        let lead = NewHandover { to: w.actor("Grace").id, words: "Ring first".to_owned(), over_words: String::new() };
        let mut ctx = w.ctx("Sunita").await;
        let step = NewJudgement { lead: Some(lead.clone()), ..new("intensive", vec![need]) };
        actions::judge(&mut ctx, &w.area, (of, Some(first)), step.clone()).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(holds(&w, "Sunita", of).await.as_deref(), Some("early_help"), "the family keeps its level and its lead");
        let mut ctx = w.ctx("Grace").await;
        let offered = leads::offered_to(&mut ctx, &[w.actor("Grace").id]).await.unwrap().remove(0);
        leads::answer(&mut ctx, &w.area, (offered.id, 1), (false, "I am away")).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(holds(&w, "Sunita", of).await.as_deref(), Some("early_help"), "what was declined does not hold");
        let mut ctx = w.ctx("Sunita").await;
        let last = actions::load(&mut ctx, of).await.unwrap().judgements.last().map(|one| one.id);
        actions::judge(&mut ctx, &w.area, (of, last), step).await.unwrap();
        ctx.commit().await.unwrap();
        w.world.clock.advance_seconds(3600);
        let mut ctx = w.ctx("Grace").await;
        let offered = leads::offered_to(&mut ctx, &[w.actor("Grace").id]).await.unwrap().remove(0);
        leads::answer(&mut ctx, &w.area, (offered.id, 1), (true, "")).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(holds(&w, "Grace", of).await.as_deref(), Some("intensive"));
        let mut ctx = w.ctx("Grace").await;
        let on = actions::review_on(&mut ctx, &w.area, of.1).await.unwrap();
        assert_eq!(on.to_string(), "2026-12-14", "its plan is looked at again as the level asks");
        let grace = ctx.actor.id;
        for (level, led) in [("intensive", 1), ("early_help", 0)] {
            assert_eq!(actions::count_led(&mut ctx, grace, level).await.unwrap(), led, "{level}");
        }
    })
    .await;
}

/// Rule [3.17]
#[tokio::test]
async fn whoever_leads_as_many_of_a_level_as_the_area_says_is_given_one_more_by_a_manager_with_a_reason() {
    on_both_engines(async |w: TestWorld| {
        let (of, need) = amy(&w).await;
        let mut area = Area::clone(&w.area);
        area.plans.leads.push(LeadsMost { role: "practitioner".to_owned(), level: Some("intensive".to_owned()), families: 0 });
        let lead = |over_words: &str| {
            Some(NewHandover { to: w.actor("Grace").id, words: "Ring first".to_owned(), over_words: over_words.to_owned() })
        };
        let mut ctx = w.ctx("Sunita").await;
        let step = NewJudgement { lead: lead("She knows them"), ..new("intensive", vec![need]) };
        let not_by_her = actions::judge(&mut ctx, &area, (of, None), step).await;
        let Err(LevelError::Lead(LeadError::Over(Over::NotByAManager(load)))) = not_by_her else { panic!("{not_by_her:?}") };
        assert_eq!((load.led, load.most, load.level.as_deref()), (0, 0, Some("Intensive family help")));
        let step = NewJudgement { lead: lead(""), ..new("early_help", vec![need]) };
        assert!(actions::judge(&mut ctx, &area, (of, None), step).await.is_ok(), "of another level they may lead one more");
    })
    .await;
}

/// Rule [2.9]
#[tokio::test]
async fn of_two_who_judge_at_once_the_second_sees_what_the_first_wrote() {
    on_both_engines(async |w: TestWorld| {
        let (of, need) = amy(&w).await;
        judged(&w, (of, need), None).await;
        let mut ctx = w.ctx("Sunita").await;
        let second = actions::judge(&mut ctx, &w.area, (of, None), new("intensive", vec![need])).await;
        assert!(matches!(second, Err(LevelError::Changed)));
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn a_level_is_read_by_whoever_helps_the_family_and_judged_by_nobody_else() {
    on_both_engines(async |w: TestWorld| {
        let (of, need) = amy(&w).await;
        let first = judged(&w, (of, need), None).await;
        for stranger in ["Helen", "Ben", "Grace"] {
            assert_eq!(holds(&w, stranger, of).await, None, "{stranger}");
            let mut ctx = w.ctx(stranger).await;
            let tried = actions::judge(&mut ctx, &w.area, (of, Some(first)), new("intensive", vec![need])).await;
            assert!(matches!(tried, Err(LevelError::Access(AccessError::Refused(_) | AccessError::Hidden(_)))), "{stranger}");
        }
        let mut ctx = w.ctx("Sunita").await;
        let other = FactId(uuid::Uuid::from_u128(7));
        let tried = actions::judge(&mut ctx, &w.area, (of, Some(first)), new("intensive", vec![other])).await;
        assert!(matches!(tried, Err(LevelError::NoSuchEvidence)));
        let lead = NewHandover { to: w.actor("Lena").id, words: "Ring first".to_owned(), over_words: String::new() };
        let step = NewJudgement { lead: Some(lead), ..new("intensive", vec![need]) };
        let tried = actions::judge(&mut ctx, &w.area, (of, Some(first)), step).await;
        assert!(matches!(tried, Err(LevelError::Lead(LeadError::CannotLead))));
    })
    .await;
}

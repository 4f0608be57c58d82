//! Handovers, tried: rules first, then actions on both engines.

use super::actions::{self, LeadError};
use super::handover::{HandoverId, NewHandover, State};
use super::rules::{self, Caseload, Over};
use access::{AccessError, Act, Ctx, PractitionerId, Role};
use families::facts::{self, NewFact};
use families::family::{self, FamilyId};
use families::people::{self, PersonId, ShieldKind};
use std::collections::BTreeSet;
use testkit::{TestWorld, on_both_engines};

/// Rule [3.17]
#[test]
fn one_family_more_than_the_protocol_says_is_given_by_a_manager_with_a_reason() {
    let load = |led, level: Option<&str>| Caseload { led, most: 12, level: level.map(str::to_owned) };
    assert_eq!(rules::check_led(&[load(11, None)], false, ""), Ok(()));
    assert_eq!(rules::check_led(&[load(12, None)], false, "She knows them"), Err(Over::NotByAManager(load(12, None))));
    assert_eq!(rules::check_led(&[load(12, None)], true, ""), Err(Over::NoReason(load(12, None))));
    assert_eq!(rules::check_led(&[load(12, None)], true, "She knows them"), Ok(()));
    assert_eq!(rules::check_led(&[], false, ""), Ok(()));
    let of_level = load(12, Some("Specialist"));
    let over = rules::check_led(&[load(11, None), of_level.clone()], true, "").unwrap_err();
    assert_eq!(over, Over::NoReason(of_level));
    assert!(over.to_string().starts_with("They lead for 12 families of the level “Specialist” already"), "{over}");
}

/// Rule [3.40]
#[test]
fn an_offer_is_answered_within_the_areas_working_days() {
    let area = area::Area::load(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")).unwrap();
    assert_eq!(rules::answer_by("2026-11-02".parse().unwrap(), &area.plans, &area.holidays).to_string(), "2026-11-09");
    let most = |role, level| rules::most_led(&BTreeSet::from([role]), &area.plans, level);
    assert_eq!((most(Role::Practitioner, None), most(Role::Practitioner, Some("specialist"))), (Some(12), Some(8)));
    assert_eq!((most(Role::Auditor, None), most(Role::Practitioner, Some("early_help"))), (None, None));
}

/// A family that Sunita leads for.
async fn barlows(w: &TestWorld) -> (PersonId, FamilyId) {
    let mut ctx = w.ctx("Sunita").await;
    let amy = people::create(&mut ctx).await.unwrap();
    let (_, permit) = people::open(&mut ctx, Act::RecordContact, amy).await.unwrap();
    facts::record(&mut ctx, &permit, NewFact::name(amy, "Amy", "Barlow")).await.unwrap();
    facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
    let family = family::create(&mut ctx, "The Barlow family", amy, ("Visit", "2026-11-09".parse().unwrap())).await.unwrap();
    ctx.commit().await.unwrap();
    (amy, family)
}

fn to(w: &TestWorld, name: &str) -> NewHandover {
    NewHandover { to: w.actor(name).id, words: "Ring before you visit".to_owned(), over_words: String::new() }
}

async fn offered(w: &TestWorld, of: (PersonId, FamilyId), name: &str) -> HandoverId {
    let mut ctx = w.ctx("Sunita").await;
    let id = actions::offer(&mut ctx, &w.area, of, to(w, name)).await.unwrap();
    ctx.commit().await.unwrap();
    id
}

async fn lead(w: &TestWorld, who: &str, amy: PersonId) -> PractitionerId {
    let mut ctx = w.ctx(who).await;
    family::around(&mut ctx, amy).await.unwrap()[0].family.owner_id
}

fn is_hidden<T>(answer: &Result<T, LeadError>) -> bool {
    matches!(answer, Err(LeadError::Access(AccessError::Hidden(_) | AccessError::Refused(_))))
}

async fn may_open(ctx: &mut Ctx, amy: PersonId) -> bool {
    people::open(ctx, Act::OpenPerson, amy).await.is_ok()
}

/// Rule [3.17]
#[tokio::test]
async fn a_family_keeps_its_lead_until_the_next_one_has_accepted() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        let id = offered(&w, of, "Grace").await;
        assert_eq!(lead(&w, "Sunita", of.0).await, w.actor("Sunita").id);
        let mut ctx = w.ctx("Grace").await;
        assert!(!may_open(&mut ctx, of.0).await, "an offer opens no family");
        let mine = actions::offered_to(&mut ctx, &[w.actor("Grace").id]).await.unwrap();
        assert_eq!(mine.iter().map(|one| one.id).collect::<Vec<_>>(), [id]);
        drop(ctx);
        let mut ctx = w.ctx("Sunita").await;
        assert!(matches!(actions::offer(&mut ctx, &w.area, of, to(&w, "Dan")).await, Err(LeadError::OfferedAlready)));
        drop(ctx);
        let mut ctx = w.ctx("Grace").await;
        actions::answer(&mut ctx, &w.area, (id, 1), (true, "Gladly")).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Grace").await;
        assert!(may_open(&mut ctx, of.0).await, "whoever leads is in the team around the family");
        let standing = people::load(&mut ctx, of.0).await.unwrap();
        assert!(standing.practitioners().contains(&w.actor("Owen").id), "whoever manages the lead manages this work of theirs");
        assert!(matches!(actions::answer(&mut ctx, &w.area, (id, 2), (false, "No")).await, Err(LeadError::Changed)));
        drop(ctx);
        assert_eq!(lead(&w, "Grace", of.0).await, w.actor("Grace").id);
        let mut ctx = w.ctx("Sunita").await;
        assert!(is_hidden(&actions::offer(&mut ctx, &w.area, of, to(&w, "Dan")).await), "whoever led leads no more");
        assert_eq!(actions::count_open(&mut ctx).await.unwrap(), (0, 0, 0));
    })
    .await;
}

/// Rule [3.17]
#[tokio::test]
async fn whoever_declines_says_why_and_the_lead_stays_where_it_is() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        let id = offered(&w, of, "Grace").await;
        let mut ctx = w.ctx("Grace").await;
        assert!(matches!(actions::answer(&mut ctx, &w.area, (id, 1), (false, " ")).await, Err(LeadError::Text(..))));
        actions::answer(&mut ctx, &w.area, (id, 1), (false, "I am away in December: ask Owen")).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(lead(&w, "Sunita", of.0).await, w.actor("Sunita").id);
        let mut ctx = w.ctx("Sunita").await;
        let me = w.actor("Sunita").id;
        assert_eq!(actions::answered_to(&mut ctx, &[me]).await.unwrap()[0].answer_words, "I am away in December: ask Owen");
        actions::mark_told(&mut ctx, id).await.unwrap();
        assert!(actions::answered_to(&mut ctx, &[me]).await.unwrap().is_empty());
        ctx.commit().await.unwrap();
        let again = offered(&w, of, "Owen").await;
        let mut ctx = w.ctx("Sunita").await;
        actions::withdraw(&mut ctx, (again, 1)).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Owen").await;
        assert!(matches!(actions::answer(&mut ctx, &w.area, (again, 1), (true, "")).await, Err(LeadError::Changed)));
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn an_offer_is_there_for_those_it_concerns_and_for_nobody_who_may_not_know_the_family() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        let id = offered(&w, of, "Grace").await;
        for stranger in ["Helen", "Ben", "Owen"] {
            let mut ctx = w.ctx(stranger).await;
            assert!(matches!(actions::load(&mut ctx, id).await, Err(AccessError::Hidden(_))), "{stranger}");
            assert!(is_hidden(&actions::answer(&mut ctx, &w.area, (id, 1), (true, "")).await), "{stranger}");
            assert!(actions::open_of(&mut ctx, of.1).await.unwrap().is_none(), "{stranger}");
        }
        let mut ctx = w.ctx("Moira").await;
        people::shield(&mut ctx, of.0, ShieldKind::Existence, "Somebody looks for her", &[w.actor("Moira").id]).await.unwrap();
        actions::take_over(&mut ctx, of.0).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Grace").await;
        assert!(matches!(actions::load(&mut ctx, id).await, Err(AccessError::Hidden(_))));
        assert!(actions::offered_to(&mut ctx, &[w.actor("Grace").id]).await.unwrap().is_empty());
        drop(ctx);
        let mut ctx = w.ctx("Moira").await;
        assert_eq!(actions::load(&mut ctx, id).await.unwrap().handover.state, State::Withdrawn, "nobody waits for Grace");
        assert!(matches!(actions::offer(&mut ctx, &w.area, of, to(&w, "Grace")).await, Err(LeadError::CannotLead)));
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn a_sensitive_service_is_named_to_no_family_as_its_lead() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        let mut ctx = w.ctx("Sunita").await;
        assert!(matches!(actions::offer(&mut ctx, &w.area, of, to(&w, "Lena")).await, Err(LeadError::CannotLead)));
        assert!(matches!(actions::offer(&mut ctx, &w.area, of, to(&w, "Sunita")).await, Err(LeadError::LeadsAlready)));
    })
    .await;
}

/// A family that Sunita put together, and for which she finds a lead.
async fn leaderless(w: &TestWorld) -> (PersonId, FamilyId) {
    let of = barlows(w).await;
    let mut ctx = w.ctx("Sunita").await;
    let by = rules::lead_by(ctx.clock.today(), &w.area.plans, &w.area.holidays);
    family::seek_lead(&mut ctx, of.1, by).await.unwrap();
    ctx.commit().await.unwrap();
    of
}

async fn stands(w: &TestWorld, of: (PersonId, FamilyId)) -> (Option<String>, i64, u16) {
    let mut ctx = w.ctx("Sunita").await;
    let around = family::around(&mut ctx, of.0).await.unwrap().remove(0);
    let led = family::count_led(&mut ctx, w.actor("Sunita").id).await.unwrap();
    (around.family.lead_by.map(|on| on.to_string()), around.family.version, led)
}

/// Rule [3.17]
#[tokio::test]
async fn a_family_without_a_lead_has_somebody_who_finds_one_by_a_day_and_they_may_take_it_once() {
    on_both_engines(async |w: TestWorld| {
        let of = leaderless(&w).await;
        let (by, version, led) = stands(&w, of).await;
        assert_eq!((by.as_deref(), led), (Some("2026-11-09"), 0), "she answers for it, and leads for none");
        let take = async |who: &str, version: i64| {
            let mut ctx = w.ctx(who).await;
            actions::take(&mut ctx, &w.area, of, (version, "")).await?;
            ctx.commit().await.unwrap();
            Ok::<(), LeadError>(())
        };
        assert!(take("Helen", version).await.is_err(), "it is not hers to take");
        assert!(matches!(take("Sunita", version - 1).await, Err(LeadError::Changed)));
        take("Sunita", version).await.unwrap();
        let (by, version, led) = stands(&w, of).await;
        assert_eq!((by, led), (None, 1));
        assert!(matches!(take("Sunita", version).await, Err(LeadError::Changed)), "she leads already");
        let mut ctx = w.ctx("Sunita").await;
        assert_eq!(family::count_leaderless(&mut ctx).await.unwrap(), (0, 0, 0));
    })
    .await;
}

/// Rule [3.17]
#[tokio::test]
async fn whoever_accepts_the_lead_of_a_family_that_had_none_leads_and_a_day_that_has_passed_is_late() {
    on_both_engines(async |w: TestWorld| {
        let of = leaderless(&w).await;
        let mut ctx = w.ctx("Sunita").await;
        assert_eq!(family::count_leaderless(&mut ctx).await.unwrap(), (1, 0, 0));
        drop(ctx);
        let id = offered(&w, of, "Helen").await;
        w.world.clock.advance_seconds(8 * 86_400);
        let mut ctx = w.ctx("Helen").await;
        assert_eq!(family::count_leaderless(&mut ctx).await.unwrap(), (1, 1, 0));
        actions::answer(&mut ctx, &w.area, (id, 1), (true, "")).await.unwrap();
        assert_eq!(family::count_leaderless(&mut ctx).await.unwrap(), (0, 0, 0));
        assert_eq!(family::count_led(&mut ctx, w.actor("Helen").id).await.unwrap(), 1);
    })
    .await;
}

/// Rule [3.17]
#[tokio::test]
async fn whoever_manages_the_one_who_answers_for_a_family_says_that_they_lead_and_nobody_else_does() {
    on_both_engines(async |w: TestWorld| {
        let of = leaderless(&w).await;
        let version = stands(&w, of).await.1;
        let mut ctx = w.ctx("Tariq").await;
        assert!(actions::take(&mut ctx, &w.area, of, (version, "")).await.is_err(), "he does not manage her");
        drop(ctx);
        let mut ctx = w.ctx("Moira").await;
        actions::take(&mut ctx, &w.area, of, (version, "She knows them")).await.unwrap();
        ctx.commit().await.unwrap();
        let (by, _, led) = stands(&w, of).await;
        assert_eq!((by, led), (None, 1), "she leads, whom her manager named");
    })
    .await;
}

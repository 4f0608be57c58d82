//! Ending support, tried: rules first, then actions on both engines.

use super::actions::{self, ClosingError};
use super::closing::{ClosingId, NewClosing, News, State};
use super::rules::{self, ClosingRule};
use crate::leads::{self, NewHandover};
use crate::levels::Told;
use crate::plans::{self, NewAction, Side};
use crate::visits::{self, Met, Next, Outcome, Way};
use access::{AccessError, Act};
use area::Area;
use families::facts::{self, NewFact};
use families::family::{self, FamilyError, FamilyId};
use families::people::{self, PersonId, ShieldKind};
use testkit::{TestWorld, on_both_engines};

fn area() -> Area {
    Area::load(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")).unwrap()
}

fn new(reason: &str) -> NewClosing {
    NewClosing {
        reason: reason.to_owned(),
        words: "Josh is at school every day".to_owned(),
        goes_on: "The school, and Rose".to_owned(),
        differently: "Rose came along".to_owned(),
        told: Told::Agreed,
        told_words: String::new(),
    }
}

/// Rule [3.16]
#[test]
fn an_ending_says_why_and_what_goes_on_and_where_nobody_was_reached_what_was_tried() {
    let plans = area().plans;
    let check = |new, tried| rules::check(new, &plans, tried).map(|_| ());
    assert_eq!(check(new("reached"), 0), Ok(()));
    assert_eq!(check(new("because"), 0), Err(ClosingRule::NoSuchReason));
    assert_eq!(check(new("not_reached"), 2), Err(ClosingRule::TooFewTries(2, 3)));
    assert_eq!(check(new("not_reached"), 3), Ok(()));
    let same = NewClosing { differently: " ".to_owned(), ..new("not_reached") };
    assert_eq!(check(same, 3).unwrap_err().field(), "differently");
    let alone = NewClosing { goes_on: String::new(), ..new("reached") };
    assert_eq!(check(alone, 0).unwrap_err().field(), "goes_on");
    let untold = NewClosing { told: Told::NotTold, ..new("reached") };
    assert_eq!(check(untold, 0).unwrap_err().field(), "told_words");
}

/// Amy, whose family Sunita leads for and Helen helps.
async fn amy(w: &TestWorld) -> (PersonId, FamilyId) {
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
    facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
    ctx.commit().await.unwrap();
    (amy, family)
}

/// Somebody tries to meet them and does not.
async fn tries(w: &TestWorld, of: (PersonId, FamilyId), state: visits::State, on: &str) {
    let mut ctx = w.ctx("Sunita").await;
    let owner = ctx.actor.id;
    let next = Next { way: Way::Home, owner, on: "2026-12-01".parse().unwrap(), time: String::new(), approach: String::new() };
    let people = vec![Met { person: of.0, is_met: state == visits::State::Done, view: String::new() }];
    let next = state.is_tried_again().then_some(next);
    let happened_on = on.parse().unwrap();
    let outcome = Outcome { way: Way::Home, state, happened_on, words: "The curtains were drawn".to_owned(), people, next };
    visits::record(&mut ctx, of.0, outcome, false).await.unwrap();
    ctx.commit().await.unwrap();
}

async fn asked(w: &TestWorld, who: &str, of: (PersonId, FamilyId), reason: &str) -> Result<ClosingId, ClosingError> {
    let mut ctx = w.ctx(who).await;
    let id = actions::ask(&mut ctx, &w.area, of, new(reason)).await?;
    ctx.commit().await.unwrap();
    Ok(id)
}

async fn led_by_sunita(w: &TestWorld) -> u16 {
    let mut ctx = w.ctx("Sunita").await;
    let sunita = ctx.actor.id;
    family::count_led(&mut ctx, sunita).await.unwrap()
}

async fn news_of(w: &TestWorld, who: &str) -> Vec<News> {
    let mut ctx = w.ctx(who).await;
    let id = ctx.actor.id;
    actions::news_of(&mut ctx, &[id]).await.unwrap().into_iter().map(|(_, news, ..)| news).collect()
}

/// Rule [3.16]
#[tokio::test]
async fn support_ends_with_the_plan_and_the_lead_is_free_and_whoever_helps_is_told() {
    on_both_engines(async |w: TestWorld| {
        let of = amy(&w).await;
        let mut ctx = w.ctx("Sunita").await;
        plans::begin(&mut ctx, &w.area, of).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(led_by_sunita(&w).await, 1);
        asked(&w, "Sunita", of, "reached").await.unwrap();
        assert_eq!(led_by_sunita(&w).await, 0, "a family that is let go counts for nobody");
        assert_eq!(news_of(&w, "Helen").await, [News::Ended]);
        assert_eq!(news_of(&w, "Sunita").await, [], "whoever did it knows");
        let mut ctx = w.ctx("Helen").await;
        let opened = actions::load(&mut ctx, of).await.unwrap();
        assert!(opened.around.family.closed_at.is_some());
        assert_eq!(opened.asked[0].words, "Josh is at school every day");
        assert!(plans::load(&mut ctx, of).await.unwrap().plan.unwrap().closed.is_some());
        actions::read_news(&mut ctx, of.1).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(news_of(&w, "Helen").await, []);
        let mut ctx = w.ctx("Moira").await;
        assert_eq!(family::late(&mut ctx).await.unwrap().len(), 0);
        assert_eq!(family::count_open(&mut ctx).await.unwrap().0, 0);
        let again = plans::begin(&mut ctx, &w.area, of).await;
        assert!(matches!(again, Err(plans::PlanError::Ended)), "nothing is planned for a family that is let go");
    })
    .await;
}

/// Rule [3.16]
#[tokio::test]
async fn support_does_not_end_while_an_action_of_the_plan_is_open() {
    on_both_engines(async |w: TestWorld| {
        let of = amy(&w).await;
        let mut ctx = w.ctx("Sunita").await;
        plans::begin(&mut ctx, &w.area, of).await.unwrap();
        let action = NewAction {
            person: of.0,
            need: None,
            words: "Football on Saturdays".to_owned(),
            side: Side::Support,
            owner: ctx.actor.id,
            doer: None,
            volunteer: String::new(),
            by_on: "2026-12-24".parse().unwrap(),
            is_private: false,
        };
        let entry = plans::add(&mut ctx, of, action).await.unwrap();
        ctx.commit().await.unwrap();
        assert!(matches!(asked(&w, "Sunita", of, "reached").await, Err(ClosingError::ActionsOpen(1))));
        let mut ctx = w.ctx("Sunita").await;
        plans::end(&mut ctx, (entry, 1), true, "He scored").await.unwrap();
        ctx.commit().await.unwrap();
        asked(&w, "Sunita", of, "reached").await.unwrap();
    })
    .await;
}

/// Rule [3.16]
#[tokio::test]
async fn a_family_that_was_not_reached_is_let_go_after_tries_and_by_another_who_manages_the_lead() {
    on_both_engines(async |w: TestWorld| {
        let of = amy(&w).await;
        tries(&w, of, visits::State::Missed, "2026-10-01").await;
        tries(&w, of, visits::State::Done, "2026-10-05").await;
        tries(&w, of, visits::State::Missed, "2026-10-12").await;
        tries(&w, of, visits::State::Refused, "2026-10-19").await;
        let few = asked(&w, "Sunita", of, "not_reached").await;
        assert!(
            matches!(few, Err(ClosingError::Rule(ClosingRule::TooFewTries(2, 3)))),
            "what was before they were met counts not"
        );
        tries(&w, of, visits::State::Missed, "2026-10-26").await;
        let id = asked(&w, "Sunita", of, "not_reached").await.unwrap();
        assert_eq!(led_by_sunita(&w).await, 1, "nothing ends by being asked");
        assert!(matches!(asked(&w, "Sunita", of, "reached").await, Err(ClosingError::AskedAlready)));
        let mut ctx = w.ctx("Sunita").await;
        let own = actions::answer(&mut ctx, &w.area, (id, 1), (true, "")).await;
        assert!(matches!(own, Err(ClosingError::Access(AccessError::Hidden(_)))), "nobody agrees to what they asked");
        drop(ctx);
        let mut ctx = w.ctx("Moira").await;
        let silent = actions::answer(&mut ctx, &w.area, (id, 1), (false, " ")).await;
        assert!(matches!(silent, Err(ClosingError::NoReason(_))));
        actions::answer(&mut ctx, &w.area, (id, 1), (false, "Try the school gate")).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(news_of(&w, "Sunita").await, [News::GoesOn]);
        let id = asked(&w, "Sunita", of, "not_reached").await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        actions::answer(&mut ctx, &w.area, (id, 1), (true, "")).await.unwrap();
        let twice = actions::answer(&mut ctx, &w.area, (id, 1), (true, "")).await;
        assert!(matches!(twice, Err(ClosingError::Changed)));
        ctx.commit().await.unwrap();
        assert_eq!(led_by_sunita(&w).await, 0);
        let mut ctx = w.ctx("Helen").await;
        let last = actions::load(&mut ctx, of).await.unwrap().asked.pop().unwrap();
        assert_eq!((last.state, last.attempts.len()), (State::Agreed, 3));
    })
    .await;
}

/// Rule [3.40]
#[tokio::test]
async fn whoever_meets_the_family_again_begins_support_again_and_leads() {
    on_both_engines(async |w: TestWorld| {
        let of = amy(&w).await;
        asked(&w, "Sunita", of, "moved").await.unwrap();
        let on = "2026-11-09".parse().unwrap();
        let mut ctx = w.ctx("Helen").await;
        let version = actions::load(&mut ctx, of).await.unwrap().around.family.version;
        let blank = actions::begin_again(&mut ctx, of, version, ("", on), on).await;
        assert!(matches!(blank, Err(FamilyError::Text(..))));
        actions::begin_again(&mut ctx, of, version, ("Ring Amy", on), on).await.unwrap();
        let again = actions::begin_again(&mut ctx, of, version, ("Ring Amy", on), on).await;
        assert!(matches!(again, Err(FamilyError::Changed(_))));
        ctx.commit().await.unwrap();
        assert_eq!(news_of(&w, "Sunita").await, [News::BegunAgain]);
        let mut ctx = w.ctx("Helen").await;
        let helen = ctx.actor.id;
        let led = family::owned_by(&mut ctx, &[helen]).await.unwrap();
        assert_eq!(led[0].0.next_step, "Ring Amy");
    })
    .await;
}

/// Rule [3.17]
#[tokio::test]
async fn only_whoever_leads_or_manages_the_lead_ends_support_and_a_shield_hides_it() {
    on_both_engines(async |w: TestWorld| {
        let of = amy(&w).await;
        for who in ["Helen", "Grace", "Ruth"] {
            let refused = asked(&w, who, of, "reached").await;
            assert!(matches!(refused, Err(ClosingError::Access(_))), "{who}");
        }
        for on in ["2026-10-12", "2026-10-19", "2026-10-26"] {
            tries(&w, of, visits::State::Missed, on).await;
        }
        let id = asked(&w, "Sunita", of, "not_reached").await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        actions::answer(&mut ctx, &w.area, (id, 1), (false, "Try the school gate")).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(news_of(&w, "Sunita").await, [News::GoesOn]);
        let id = asked(&w, "Sunita", of, "not_reached").await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        let moira = ctx.actor.id;
        family::shield(&mut ctx, of.0, ShieldKind::Existence, "She fled", &[moira]).await.unwrap();
        actions::take_over(&mut ctx, of.0).await.unwrap();
        let taken = actions::load(&mut ctx, of).await.unwrap().asked.pop().unwrap();
        assert_eq!(taken.state, State::Withdrawn, "whoever may know of her asks anew");
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Sunita").await;
        let hidden = actions::withdraw(&mut ctx, (id, 1)).await;
        assert!(matches!(hidden, Err(ClosingError::Access(AccessError::Hidden(_)))));
        assert!(actions::of_people(&mut ctx, &[of.0]).await.unwrap().is_empty());
        drop(ctx);
        assert_eq!(news_of(&w, "Sunita").await, []);
    })
    .await;
}

/// Rule [3.16]
#[tokio::test]
async fn a_family_that_was_met_meanwhile_is_not_let_go_as_one_that_was_not_reached() {
    on_both_engines(async |w: TestWorld| {
        let of = amy(&w).await;
        for on in ["2026-10-12", "2026-10-19", "2026-10-26"] {
            tries(&w, of, visits::State::Missed, on).await;
        }
        let id = asked(&w, "Sunita", of, "not_reached").await.unwrap();
        tries(&w, of, visits::State::Done, "2026-10-30").await;
        let mut ctx = w.ctx("Moira").await;
        let met = actions::answer(&mut ctx, &w.area, (id, 1), (true, "")).await;
        assert!(matches!(met, Err(ClosingError::Rule(ClosingRule::TooFewTries(0, 3)))));
    })
    .await;
}

/// Rule [3.40]
#[tokio::test]
async fn what_waits_is_answered_by_whoever_manages_the_lead_there_is_now() {
    on_both_engines(async |w: TestWorld| {
        let of = amy(&w).await;
        for on in ["2026-10-12", "2026-10-19", "2026-10-26"] {
            tries(&w, of, visits::State::Missed, on).await;
        }
        let id = asked(&w, "Sunita", of, "not_reached").await.unwrap();
        let mut ctx = w.ctx("Sunita").await;
        let new = NewHandover { to: w.actor("Helen").id, words: "Ring first".to_owned(), over_words: String::new() };
        let offered = leads::offer(&mut ctx, &w.area, of, new).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        leads::answer(&mut ctx, &w.area, (offered, 1), (true, "")).await.unwrap();
        ctx.commit().await.unwrap();
        let waits_for = async |who: &str| {
            let mut ctx = w.ctx(who).await;
            let me = ctx.actor.id;
            actions::to_answer(&mut ctx, &[me]).await.unwrap().len()
        };
        assert_eq!((waits_for("Moira").await, waits_for("Tariq").await), (0, 1));
        let mut ctx = w.ctx("Tariq").await;
        let (moira, tariq) = (w.actor("Moira").id, w.actor("Tariq").id);
        let whom: Vec<_> =
            actions::to_answer(&mut ctx, &[moira, tariq]).await.unwrap().into_iter().map(|(who, ..)| who).collect();
        assert_eq!(whom, [tariq], "asked at once, it waits for the one whom it waits for");
        drop(ctx);
        let mut ctx = w.ctx("Tariq").await;
        actions::answer(&mut ctx, &w.area, (id, 1), (true, "")).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        let helen = ctx.actor.id;
        assert_eq!(family::count_led(&mut ctx, helen).await.unwrap(), 0);
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn a_service_that_is_not_named_has_its_own_manager_agree_and_stands_in_nobodys_way() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Lena").await;
        let amy = people::create(&mut ctx).await.unwrap();
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, amy).await.unwrap();
        facts::record(&mut ctx, &permit, NewFact::name(amy, "Amy", "Barlow")).await.unwrap();
        facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
        let next = ("Visit", "2026-11-09".parse().unwrap());
        let family = family::create(&mut ctx, "The Barlow family", amy, next).await.unwrap();
        for on in ["2026-10-12", "2026-10-19", "2026-10-26"] {
            let next = Next {
                way: Way::Home,
                owner: ctx.actor.id,
                on: "2026-12-01".parse().unwrap(),
                time: String::new(),
                approach: String::new(),
            };
            let people = vec![Met { person: amy, is_met: false, view: String::new() }];
            let words = "Nobody opened".to_owned();
            let missed = visits::State::Missed;
            let outcome =
                Outcome { way: Way::Home, state: missed, happened_on: on.parse().unwrap(), words, people, next: Some(next) };
            visits::record(&mut ctx, amy, outcome, false).await.unwrap();
        }
        actions::ask(&mut ctx, &w.area, (amy, family), new("not_reached")).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        assert!(actions::late(&mut ctx).await.unwrap().is_empty(), "a safeguarding lead is not told which service asks");
        let opened = actions::load(&mut ctx, (amy, family)).await.unwrap();
        assert!(opened.asked.is_empty() && !opened.may_answer);
        actions::ask(&mut ctx, &w.area, (amy, family), new("reached")).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        assert!(actions::load(&mut ctx, (amy, family)).await.unwrap().around.family.closed_at.is_some());
    })
    .await;
}

//! Visits, tried: rules and reading first, then actions on both engines.

use super::actions::{self, VisitError};
use super::reading::{self, Known};
use super::rules::{self, VisitRule};
use super::visit::{Met, Next, Outcome, Plan, State, VisitId, Way};
use access::{AccessError, Act, Ctx};
use families::facts::{self, NewFact};
use families::family::{self, Part};
use families::people::{self, PersonId, ShieldKind};
use kernel::Date;
use proptest::prelude::*;
use testkit::{TestWorld, on_both_engines};
use uuid::Uuid;

fn on(day: &str) -> Date {
    day.parse().unwrap()
}

#[test]
fn a_time_of_day_is_read_as_people_type_it() {
    for (typed, read) in
        [("", ""), ("14:30", "14:30"), ("2.30pm", "14:30"), ("9:05", "09:05"), ("12am", "00:00"), ("12 pm", "12:00")]
    {
        assert_eq!(rules::time_of(typed).as_deref(), Some(read), "{typed}");
    }
    for typed in ["14", "25:00", "13pm", "noon", "9:5", "9:60"] {
        assert_eq!(rules::time_of(typed), None, "{typed}");
    }
}

fn outcome(state: State, people: Vec<Met>, next: Option<Next>) -> Outcome {
    Outcome { way: Way::Home, state, happened_on: on("2026-11-02"), words: "They said hello".to_owned(), people, next }
}

fn somebody() -> Met {
    Met { person: PersonId(Uuid::from_u128(1)), is_met: true, view: String::new() }
}

/// Rule [3.16]
#[test]
fn a_family_that_was_not_met_is_tried_again() {
    let today = on("2026-11-02");
    for state in [State::Missed, State::Refused] {
        assert_eq!(rules::check_outcome(outcome(state, vec![somebody()], None), today).unwrap_err(), VisitRule::NoNextTry);
    }
    assert!(rules::check_outcome(outcome(State::Done, vec![somebody()], None), today).is_ok());
    assert!(rules::check_outcome(outcome(State::Cancelled, vec![somebody()], None), today).is_ok());
    let unmet = Met { is_met: false, ..somebody() };
    assert_eq!(rules::check_outcome(outcome(State::Done, vec![unmet], None), today).unwrap_err(), VisitRule::NobodyMet);
    let plans = area::Area::load(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")).unwrap();
    assert_eq!(rules::again_on(today, &plans.plans, &plans.holidays), on("2026-11-05"));
}

/// Rule [3.16]
#[test]
fn whoever_nobody_has_seen_is_longest_unseen() {
    let area = area::Area::load(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")).unwrap();
    let today = on("2026-11-30");
    assert!(rules::is_long_unseen(None, today, &area.plans));
    assert!(rules::is_long_unseen(Some(on("2026-11-01")), today, &area.plans));
    assert!(rules::is_long_unseen(Some(on("2026-11-02")), today, &area.plans));
    assert!(!rules::is_long_unseen(Some(on("2026-11-03")), today, &area.plans));
}

fn barlow(n: u128, name: &str, is_child: bool) -> Known {
    Known { person: PersonId(Uuid::from_u128(n)), name: format!("{name} Barlow"), is_child }
}

fn family_of_four() -> Vec<Known> {
    vec![barlow(1, "Amy", false), barlow(2, "Josh", true), barlow(3, "Mia", true), barlow(4, "Rose", false)]
}

fn read(note: &str) -> (Way, String, State, Vec<u128>) {
    // A Wednesday.
    let read = reading::read(note, on("2026-11-04"), &family_of_four());
    (read.way, read.on.to_string(), read.state, read.met.iter().map(|person| person.0.as_u128()).collect())
}

/// Rule [3.14]
#[test]
fn a_note_in_a_hurry_says_how_when_what_came_of_it_and_who_was_met() {
    let today = "2026-11-04".to_owned();
    let cases = [
        ("Visited the family today, saw both children", (Way::Home, today.clone(), State::Done, vec![2, 3])),
        ("Saw Amy and Josh yesterday", (Way::Home, "2026-11-03".to_owned(), State::Done, vec![1, 2])),
        ("Rang Amy on Monday, no answer", (Way::Call, "2026-11-02".to_owned(), State::Missed, vec![])),
        ("Called round on Friday: nobody in", (Way::Home, "2026-10-30".to_owned(), State::Missed, vec![])),
        ("Texted Amy. She said she did not want a visit", (Way::Home, today.clone(), State::Refused, vec![])),
        ("Spoke with Rose on the phone", (Way::Call, today.clone(), State::Done, vec![4])),
        ("Saw Amy, Josh and Mia", (Way::Home, today.clone(), State::Done, vec![1, 2, 3])),
        ("Visited the Barlows, both children seen", (Way::Home, today.clone(), State::Done, vec![2, 3])),
        ("Saw Josh, next visit Friday", (Way::Home, today.clone(), State::Done, vec![2])),
        ("Saw Amy. Josh not in school", (Way::Home, today.clone(), State::Done, vec![1])),
        ("Amy and Mia were there", (Way::Home, today.clone(), State::Done, vec![1, 3])),
    ];
    for (note, expected) in cases {
        assert_eq!(read(note), expected, "{note}");
    }
}

/// Rule [3.16]
#[test]
fn nobody_is_thought_seen_where_a_note_could_mean_another_thing() {
    for note in [
        "Spoke about Josh with his teacher",
        "Visited. Josh was not there",
        "Did not see Josh or Mia",
        "Saw the children",
        "Amy told me of Mia",
        "Saw all but not the children",
        "Josh's teacher rang",
        "Saw nobody, Josh and Mia were out",
        "Saw Amy. Josh and Mia have a cold",
        "Saw Amy, Josh was at work with Mia",
        "Saw Amy, both children at school",
        "Saw Amy, Josh at school",
        "Did not get to speak with Josh",
        "Amy hasn't seen Josh since Sunday",
        "Neither Amy nor Josh was there",
        "Amy is struggling to cope with Josh",
        "Josh was in hospital",
        "Amy saw Josh in prison",
        "Amy has seen Josh and Mia",
        "",
    ] {
        let met = read(note).3;
        assert!(!met.contains(&2) && !met.contains(&3), "{note}: {met:?}");
    }
    let twins = [barlow(1, "Mia", true), barlow(2, "Mia", true)];
    assert!(reading::read("Saw Mia", on("2026-11-04"), &twins).met.is_empty(), "a name of two names nobody");
}

/// Rule [3.14]
#[test]
fn whom_a_note_is_about_is_read_from_its_names() {
    let known = vec![
        barlow(1, "Amy", false),
        barlow(2, "Josh", true),
        Known { person: PersonId(Uuid::from_u128(9)), name: "Amy Dean".to_owned(), is_child: false },
    ];
    let named = |note: &str| -> Vec<u128> { reading::named(note, &known).iter().map(|one| one.person.0.as_u128()).collect() };
    assert_eq!(named("Visited the Barlows, saw both children"), [1, 2]);
    assert_eq!(named("Saw Amy Dean"), [9]);
    assert_eq!(named("Rang Amy"), [1, 9], "who is meant is asked");
    assert_eq!(named("Nobody in"), Vec::<u128>::new());
}

proptest! {
    /// Rule [3.16]
    #[test]
    fn any_note_is_read_and_names_only_whom_it_was_given(note in ".{0,200}", day in 0_i32..4000) {
        let family = family_of_four();
        let today = on("2026-01-01").checked_add(kernel::Span::new().days(day)).unwrap();
        let read = reading::read(&note, today, &family);
        prop_assert!(read.on <= today);
        prop_assert!(read.met.iter().all(|person| family.iter().any(|known| known.person == *person)));
        prop_assert!(read.state == State::Done || read.met.is_empty());
    }

    #[test]
    fn what_is_read_as_a_time_reads_as_itself(typed in "[0-9apm:. ]{0,7}") {
        if let Some(time) = rules::time_of(&typed) {
            prop_assert_eq!(rules::time_of(&time), Some(time));
        }
    }
}

/// Amy and Josh, whom Sunita works with; Helen works with Amy.
async fn barlows(w: &TestWorld) -> (PersonId, PersonId) {
    let mut ctx = w.ctx("Sunita").await;
    let mut people = Vec::new();
    for forename in ["Amy", "Josh"] {
        let person = people::create(&mut ctx).await.unwrap();
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
        facts::record(&mut ctx, &permit, NewFact::name(person, forename, "Barlow")).await.unwrap();
        facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
        people.push(person);
    }
    let next = ("Visit", on("2026-11-09"));
    let family = family::create(&mut ctx, "The Barlow family", people[0], next).await.unwrap();
    family::join(&mut ctx, (family, people[0]), people[1], Part::Member).await.unwrap();
    ctx.commit().await.unwrap();
    let mut ctx = w.ctx("Helen").await;
    let (_, permit) = people::open(&mut ctx, Act::RecordContact, people[0]).await.unwrap();
    facts::works_with(&mut ctx, &permit, "tenancy", None).await.unwrap();
    ctx.commit().await.unwrap();
    (people[0], people[1])
}

fn next(w: &TestWorld, owner: &str, day: &str) -> Next {
    Next { way: Way::Home, owner: w.actor(owner).id, on: on(day), time: "2pm".to_owned(), approach: "Ring first".to_owned() }
}

fn met(person: PersonId, is_met: bool) -> Met {
    Met { person, is_met, view: String::new() }
}

async fn planned(w: &TestWorld, (amy, josh): (PersonId, PersonId)) -> VisitId {
    let mut ctx = w.ctx("Sunita").await;
    let new = Plan { person: amy, people: vec![amy, josh], next: next(w, "Helen", "2026-11-03"), is_private: false };
    let id = actions::plan(&mut ctx, new).await.unwrap();
    ctx.commit().await.unwrap();
    id
}

/// Rule [3.16]
#[tokio::test]
async fn a_visit_that_was_missed_opens_the_next_one_and_the_database_refuses_to_let_it_rest() {
    on_both_engines(async |w: TestWorld| {
        let (amy, josh) = barlows(&w).await;
        let id = planned(&w, (amy, josh)).await;
        let mut ctx = w.ctx("Helen").await;
        assert_eq!(actions::owned_by(&mut ctx, &[w.actor("Helen").id]).await.unwrap()[0].planned_time, "14:00");
        let people = vec![met(amy, false), met(josh, false)];
        let without = actions::end(&mut ctx, (id, 1), outcome(State::Missed, people.clone(), None)).await;
        assert!(matches!(without, Err(VisitError::Rule(VisitRule::NoNextTry))));
        let again = Some(next(&w, "Helen", "2026-11-05"));
        actions::end(&mut ctx, (id, 1), outcome(State::Missed, people.clone(), again)).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        let opened = actions::load(&mut ctx, id).await.unwrap();
        let tried = actions::load(&mut ctx, opened.visit.next.unwrap()).await.unwrap();
        assert_eq!((tried.visit.state, tried.visit.planned_on), (State::Planned, on("2026-11-05")));
        assert_eq!(tried.before.map(|before| before.id), Some(id));
        assert!(actions::seen_last(&mut ctx, &[amy, josh]).await.unwrap().is_empty());
        let twice = actions::end(&mut ctx, (id, 1), outcome(State::Done, vec![met(amy, true)], None)).await;
        assert!(matches!(twice, Err(VisitError::Changed)));
        let let_rest = "UPDATE visit SET state = 'missed', next_id = NULL, words = 'x', happened_on = '2026-11-05', ended_at = 1, ended_by = owner_id";
        assert!(ctx.tx.execute(let_rest, &[]).await.is_err());
    })
    .await;
}

/// Rule [3.16]
#[tokio::test]
async fn whoever_was_seen_by_any_agency_was_seen_and_nobody_is_seen_on_the_telephone() {
    on_both_engines(async |w: TestWorld| {
        let (amy, josh) = barlows(&w).await;
        let mut ctx = w.ctx("Helen").await;
        let view = Met { view: "I like it when Gran comes".to_owned(), ..met(josh, true) };
        let seen = outcome(State::Done, vec![met(amy, false), view], None);
        let id = actions::record(&mut ctx, amy, seen, false).await.unwrap();
        let called = Outcome { way: Way::Call, ..outcome(State::Done, vec![met(amy, true)], None) };
        actions::record(&mut ctx, amy, called, false).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Sunita").await;
        let seen = actions::seen_last(&mut ctx, &[amy, josh]).await.unwrap();
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [(josh, on("2026-11-02"))]);
        let made = actions::of_people(&mut ctx, &[josh], 10).await.unwrap();
        assert_eq!(made.iter().map(|visit| visit.id).collect::<Vec<_>>(), [id]);
        assert_eq!(made[0].people[1].view, "I like it when Gran comes");
        assert_eq!(actions::count_open(&mut ctx).await.unwrap(), (0, 0, 0));
    })
    .await;
}

async fn is_hidden(ctx: &mut Ctx, id: VisitId, people: &[PersonId]) -> bool {
    let is_listed = actions::of_people(ctx, people, 10).await.unwrap().iter().any(|visit| visit.id == id);
    assert!(!is_listed);
    matches!(actions::load(ctx, id).await, Err(AccessError::Hidden(_)))
}

/// Rule [3.30]
#[tokio::test]
async fn a_visit_is_read_by_whoever_may_know_of_everybody_it_is_about_and_by_nobody_else() {
    on_both_engines(async |w: TestWorld| {
        let (amy, josh) = barlows(&w).await;
        let id = planned(&w, (amy, josh)).await;
        for stranger in ["Ben", "Grace", "Ruth"] {
            assert!(is_hidden(&mut w.ctx(stranger).await, id, &[amy, josh]).await, "{stranger}");
        }
        let mut ctx = w.ctx("Sunita").await;
        let to_stranger = Plan { person: amy, people: vec![amy], next: next(&w, "Ben", "2026-11-04"), is_private: false };
        assert!(matches!(actions::plan(&mut ctx, to_stranger).await, Err(VisitError::OwnerMayNotKnow)));
        drop(ctx);
        let mut ctx = w.ctx("Sunita").await;
        let private = Plan { person: amy, people: vec![amy], next: next(&w, "Sunita", "2026-11-04"), is_private: true };
        let kept = actions::plan(&mut ctx, private).await.unwrap();
        ctx.commit().await.unwrap();
        assert!(is_hidden(&mut w.ctx("Helen").await, kept, &[amy, josh]).await, "what is kept in an agency is nobody else's");
        let mut ctx = w.ctx("Moira").await;
        people::shield(&mut ctx, josh, ShieldKind::Existence, "Somebody looks for him", &[w.actor("Moira").id]).await.unwrap();
        actions::take_over(&mut ctx, josh).await.unwrap();
        ctx.commit().await.unwrap();
        assert!(is_hidden(&mut w.ctx("Helen").await, id, &[amy, josh]).await, "Josh is told by a visit to him and Amy");
        assert!(is_hidden(&mut w.ctx("Sunita").await, id, &[amy, josh]).await);
        let mut ctx = w.ctx("Moira").await;
        let visit = actions::load(&mut ctx, id).await.unwrap().visit;
        assert_eq!(visit.owner_id, w.actor("Moira").id, "nobody waits for somebody who may not know");
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn a_visit_through_somebody_shielded_about_another_is_there_for_nobody_but_the_named() {
    on_both_engines(async |w: TestWorld| {
        let (amy, josh) = barlows(&w).await;
        let mut ctx = w.ctx("Sunita").await;
        let plan = |owner: &str| Plan { person: josh, people: vec![amy], next: next(&w, owner, "2026-11-03"), is_private: false };
        let id = actions::plan(&mut ctx, plan("Sunita")).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        people::shield(&mut ctx, josh, ShieldKind::Existence, "Somebody looks for him", &[w.actor("Moira").id]).await.unwrap();
        actions::take_over(&mut ctx, josh).await.unwrap();
        ctx.commit().await.unwrap();
        for name in ["Sunita", "Helen"] {
            assert!(is_hidden(&mut w.ctx(name).await, id, &[amy, josh]).await, "{name}");
        }
        let mut ctx = w.ctx("Moira").await;
        assert_eq!(actions::load(&mut ctx, id).await.unwrap().visit.owner_id, w.actor("Moira").id);
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn the_next_try_stays_whose_the_first_was_whoever_writes_what_came_of_it() {
    on_both_engines(async |w: TestWorld| {
        let (amy, josh) = barlows(&w).await;
        let id = planned(&w, (amy, josh)).await;
        let mut ctx = w.ctx("Helen").await;
        let again = Some(next(&w, "Helen", "2026-11-05"));
        actions::end(&mut ctx, (id, 1), outcome(State::Missed, vec![met(amy, false)], again)).await.unwrap();
        let next = actions::load(&mut ctx, id).await.unwrap().next.unwrap();
        assert_eq!((next.author_id, next.agency_id), (w.actor("Sunita").id, w.actor("Sunita").agency_id));
    })
    .await;
}

/// Rule [3.16]
#[test]
fn what_a_child_says_is_never_dropped_without_a_word() {
    let said = Met { is_met: false, view: "I miss Dad".to_owned(), ..somebody() };
    let done = rules::check_outcome(outcome(State::Done, vec![somebody(), said], None), on("2026-11-02"));
    assert_eq!(done.unwrap_err(), VisitRule::UnmetView);
}

/// Rule [3.40]
#[tokio::test]
async fn a_visit_is_given_another_day_or_somebody_else_who_may_know() {
    on_both_engines(async |w: TestWorld| {
        let (amy, josh) = barlows(&w).await;
        let id = planned(&w, (amy, josh)).await;
        let mut ctx = w.ctx("Helen").await;
        assert!(matches!(
            actions::move_on(&mut ctx, (id, 1), next(&w, "Ben", "2026-11-04")).await,
            Err(VisitError::OwnerMayNotKnow)
        ));
        let passed = actions::move_on(&mut ctx, (id, 1), next(&w, "Helen", "2026-11-01")).await;
        assert!(matches!(passed, Err(VisitError::Rule(VisitRule::InThePast))));
        actions::move_on(&mut ctx, (id, 1), next(&w, "Sunita", "2026-11-04")).await.unwrap();
        assert!(matches!(actions::move_on(&mut ctx, (id, 1), next(&w, "Helen", "2026-11-04")).await, Err(VisitError::Changed)));
        ctx.commit().await.unwrap();
        w.world.clock.advance_seconds(5 * 24 * 3600);
        let mut ctx = w.ctx("Sunita").await;
        assert_eq!(actions::late(&mut ctx).await.unwrap().iter().map(|visit| visit.id).collect::<Vec<_>>(), [id]);
        assert_eq!(actions::count_open(&mut ctx).await.unwrap(), (1, 1, 0));
    })
    .await;
}

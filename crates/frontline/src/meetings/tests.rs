//! Meetings, tried: rules first, then actions on both engines.

use super::actions::{self, MeetingError};
use super::meeting::{Answer, MeetingId, NewMeeting, State};
use super::minutes::{self, Minutes, OfAction};
use super::rules::{self, MeetingRule};
use crate::plans::{self, NewAction, PlanError, Side};
use access::{AccessError, Act};
use families::facts::{self, Kind, NewFact};
use families::family::{self, FamilyId, Part};
use families::people::{self, PersonId, ShieldKind};
use kernel::Date;
use testkit::{TestWorld, on_both_engines};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn new(people: &[PersonId]) -> NewMeeting {
    NewMeeting {
        on: day("2026-11-02"),
        time: "2pm".to_owned(),
        place: "The library".to_owned(),
        about: String::new(),
        practitioners: Vec::new(),
        people: people.to_vec(),
    }
}

/// Rule [3.17]
#[test]
fn a_meeting_has_a_day_and_somebody_who_is_invited() {
    let today = day("2026-11-02");
    let amy = PersonId(uuid::Uuid::from_u128(1));
    let checked = rules::check(new(&[amy]), today).unwrap();
    assert_eq!(checked.time, "14:00");
    assert_eq!(rules::check(new(&[]), today).unwrap_err(), MeetingRule::NobodyInvited);
    let before = NewMeeting { on: day("2026-11-01"), ..new(&[amy]) };
    assert_eq!(rules::check(before, today).unwrap_err(), MeetingRule::InThePast);
    let late = NewMeeting { time: "soon".to_owned(), ..new(&[amy]) };
    assert_eq!(rules::check(late, today).unwrap_err(), MeetingRule::NoTime);
    assert_eq!(rules::check_held(day("2026-11-03"), ("We met", ""), today).unwrap_err(), MeetingRule::NotYet);
    assert_eq!(rules::check_held(today, (" ", ""), today).unwrap_err().field(), "words");
}

struct Barlows {
    amy: PersonId,
    josh: PersonId,
    family: FamilyId,
}

impl Barlows {
    fn of(&self) -> (PersonId, FamilyId) {
        (self.amy, self.family)
    }
}

/// Amy and Josh, whose family Sunita leads for and Helen and Ben of the school help, with a need.
async fn barlows(w: &TestWorld) -> Barlows {
    let mut ctx = w.ctx("Sunita").await;
    let mut made = Vec::new();
    for name in ["Amy", "Josh"] {
        let person = people::create(&mut ctx).await.unwrap();
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
        facts::record(&mut ctx, &permit, NewFact::name(person, name, "Barlow")).await.unwrap();
        facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
        made.push(person);
    }
    let (amy, josh) = (made[0], made[1]);
    let (_, permit) = people::open(&mut ctx, Act::RecordFact, amy).await.unwrap();
    facts::record(&mut ctx, &permit, NewFact::plain(amy, Kind::Need, "rent_arrears", "")).await.unwrap();
    let family = family::create(&mut ctx, "The Barlow family", amy, ("Visit", day("2026-11-09"))).await.unwrap();
    family::join(&mut ctx, (family, amy), josh, Part::Member).await.unwrap();
    ctx.commit().await.unwrap();
    for who in ["Helen", "Ben"] {
        let mut ctx = w.ctx(who).await;
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, amy).await.unwrap();
        facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
        ctx.commit().await.unwrap();
    }
    Barlows { amy, josh, family }
}

async fn arranged(w: &TestWorld, of: &Barlows, who: &[&str]) -> Result<MeetingId, MeetingError> {
    let mut ctx = w.ctx("Sunita").await;
    let practitioners = who.iter().map(|name| w.actor(name).id).collect();
    let id = actions::arrange(&mut ctx, of.of(), NewMeeting { practitioners, ..new(&[of.amy, of.josh]) }).await?;
    ctx.commit().await.unwrap();
    Ok(id)
}

async fn planned_for(w: &TestWorld, who: &str) -> usize {
    let mut ctx = w.ctx(who).await;
    let me = ctx.actor.id;
    actions::planned_for(&mut ctx, &[me]).await.unwrap().len()
}

/// Rule [3.17]
#[tokio::test]
async fn whoever_helps_is_invited_finds_it_and_says_whether_they_come() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        let id = arranged(&w, &of, &["Helen"]).await.unwrap();
        assert_eq!((planned_for(&w, "Sunita").await, planned_for(&w, "Helen").await), (1, 1));
        assert_eq!(planned_for(&w, "Ben").await, 0, "who is not invited has nothing to do");
        let mut ctx = w.ctx("Helen").await;
        actions::answer(&mut ctx, (id, 1), (false, "The rent is paid")).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(planned_for(&w, "Helen").await, 0);
        let mut ctx = w.ctx("Ben").await;
        let uninvited = actions::answer(&mut ctx, (id, 1), (true, "")).await;
        assert!(matches!(uninvited, Err(MeetingError::Changed)));
        drop(ctx);
        let mut ctx = w.ctx("Sunita").await;
        let helen = actions::load(&mut ctx, id).await.unwrap().meeting.invited.remove(0);
        assert_eq!((helen.answer, helen.answer_words.as_str()), (Answer::NotComing, "The rent is paid"));
        actions::move_on(&mut ctx, (id, 1), (day("2026-11-03"), "15:00", "The school")).await.unwrap();
        let again = actions::move_on(&mut ctx, (id, 1), (day("2026-11-04"), "", "")).await;
        assert!(matches!(again, Err(MeetingError::Changed)), "whoever read it before it moved is told");
        ctx.commit().await.unwrap();
        assert_eq!(planned_for(&w, "Helen").await, 1, "another day may suit");
        let mut ctx = w.ctx("Helen").await;
        let stale = actions::answer(&mut ctx, (id, 1), (true, "")).await;
        assert!(matches!(stale, Err(MeetingError::Changed)), "what was said to one day counts for no other");
        drop(ctx);
        let mut ctx = w.ctx("Sunita").await;
        assert!(actions::cancel(&mut ctx, (id, 2), "").await.is_err());
        actions::cancel(&mut ctx, (id, 2), "Mia is ill").await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(planned_for(&w, "Sunita").await, 0);
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn nobody_is_invited_who_is_not_known_to_help_or_whose_service_is_not_named() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        let mut ctx = w.ctx("Lena").await;
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, of.amy).await.unwrap();
        facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
        ctx.commit().await.unwrap();
        for who in ["Grace", "Lena"] {
            let refused = arranged(&w, &of, &[who]).await;
            assert!(matches!(refused, Err(MeetingError::CannotInvite)), "{who}: the same words, whether or not they help");
        }
        let mut ctx = w.ctx("Grace").await;
        let stranger = actions::arrange(&mut ctx, of.of(), new(&[of.amy])).await;
        assert!(matches!(stranger, Err(MeetingError::Access(AccessError::Hidden(_) | AccessError::Refused(_)))));
    })
    .await;
}

/// Writes a meeting down, with what became of one action.
fn minutes_of(of: &Barlows, w: &TestWorld, actions: Vec<OfAction>) -> Minutes {
    let action = NewAction {
        person: of.josh,
        need: None,
        words: "Football on Saturdays".to_owned(),
        side: Side::Support,
        owner: w.actor("Helen").id,
        doer: Some(of.josh),
        volunteer: String::new(),
        by_on: day("2026-12-24"),
        is_private: false,
    };
    Minutes {
        held_on: day("2026-11-02"),
        practitioners: vec![w.actor("Helen").id],
        people: vec![of.amy],
        others: "Kay".to_owned(),
        words: "Amy is proud of Josh".to_owned(),
        progress: Vec::new(),
        actions,
        new: vec![(0, action)],
        next_on: day("2026-11-30"),
        next_time: Some("2pm".to_owned()),
    }
}

/// Rule [3.18]
#[tokio::test]
async fn what_is_written_down_of_a_meeting_stands_in_the_plan_and_the_next_one_is_arranged() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        let mut ctx = w.ctx("Sunita").await;
        plans::begin(&mut ctx, &w.area, of.of()).await.unwrap();
        let rent =
            NewAction { person: of.amy, doer: None, owner: ctx.actor.id, ..minutes_of(&of, &w, Vec::new()).new.remove(0).1 };
        let rent = plans::add(&mut ctx, of.of(), rent).await.unwrap();
        ctx.commit().await.unwrap();
        let id = arranged(&w, &of, &["Helen"]).await.unwrap();
        let why_not = OfAction { id: rent, version: 1, is_done: false, words: String::new() };
        let mut ctx = w.ctx("Sunita").await;
        let silent = minutes::minute(&mut ctx, &w.area, (id, 1), minutes_of(&of, &w, vec![why_not.clone()])).await;
        assert!(matches!(silent, Err(MeetingError::OfAction(at, PlanError::Rule(_))) if at == rent));
        drop(ctx);
        let mut ctx = w.ctx("Sunita").await;
        assert_eq!(actions::load(&mut ctx, id).await.unwrap().meeting.state, State::Planned, "all of it or nothing");
        let done = OfAction { is_done: true, ..why_not };
        minutes::minute(&mut ctx, &w.area, (id, 1), minutes_of(&of, &w, vec![done.clone()])).await.unwrap();
        let twice = minutes::minute(&mut ctx, &w.area, (id, 1), minutes_of(&of, &w, vec![done])).await;
        assert!(matches!(twice, Err(MeetingError::Changed)));
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        let held = actions::load(&mut ctx, id).await.unwrap().meeting;
        assert_eq!((held.state, held.invited[0].came), (State::Held, true));
        assert_eq!(held.people, [(of.amy, true), (of.josh, false)]);
        let plan = plans::load(&mut ctx, of.of()).await.unwrap();
        assert_eq!(plan.plan.unwrap().review_on, day("2026-11-30"));
        let states: Vec<_> = plan.entries.iter().map(|entry| (entry.words.as_str(), entry.state)).collect();
        assert!(states.contains(&("Football on Saturdays", plans::State::Open)), "{states:?}");
        assert!(states.contains(&("Football on Saturdays", plans::State::Done)));
        assert!(states.iter().any(|(words, _)| *words == "Amy is proud of Josh"));
        let next = actions::of_family(&mut ctx, of.family).await.unwrap().pop().unwrap();
        assert_eq!((next.planned_on, next.planned_time.as_str(), next.state), (day("2026-11-30"), "14:00", State::Planned));
        assert_eq!((next.invited.len(), next.people.len()), (1, 2), "the same people");
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn a_shield_hides_a_meeting_and_whoever_of_the_family_must_not_be_known_and_hands_it_on() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        let id = arranged(&w, &of, &["Helen", "Ben"]).await.unwrap();
        let shield = async |person, kind| {
            let mut ctx = w.ctx("Moira").await;
            let moira = ctx.actor.id;
            family::shield(&mut ctx, person, kind, "Somebody is looking for them", &[moira]).await.unwrap();
            actions::take_over(&mut ctx, person).await.unwrap();
            ctx.commit().await.unwrap();
        };
        shield(of.josh, ShieldKind::Existence).await;
        let mut ctx = w.ctx("Helen").await;
        let seen = actions::load(&mut ctx, id).await.unwrap().meeting;
        assert_eq!(seen.people, [(of.amy, false)], "Josh is not there for Helen");
        drop(ctx);
        let mut ctx = w.ctx("Aisha").await;
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, of.amy).await.unwrap();
        facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
        ctx.commit().await.unwrap();
        shield(of.amy, ShieldKind::Location).await;
        let mut ctx = w.ctx("Helen").await;
        let told = actions::load(&mut ctx, id).await;
        assert!(matches!(told, Err(AccessError::Hidden(_))), "that a school is invited tells where they are");
        assert!(actions::of_family(&mut ctx, of.family).await.unwrap().is_empty());
        drop(ctx);
        shield(of.amy, ShieldKind::Existence).await;
        assert_eq!((planned_for(&w, "Sunita").await, planned_for(&w, "Moira").await), (0, 1));
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn where_a_family_that_must_not_be_found_meets_is_told_to_those_who_come_and_to_nobody_by_writing_it_down() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        for who in ["Grace", "Dan"] {
            let mut ctx = w.ctx(who).await;
            let (_, permit) = people::open(&mut ctx, Act::RecordContact, of.amy).await.unwrap();
            facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
            ctx.commit().await.unwrap();
        }
        let id = arranged(&w, &of, &["Grace"]).await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        let named = [ctx.actor.id, w.actor("Sunita").id];
        family::shield(&mut ctx, of.amy, ShieldKind::Location, "Somebody is looking for them", &named).await.unwrap();
        ctx.commit().await.unwrap();
        let place = async |who: &str| {
            let mut ctx = w.ctx(who).await;
            let shown = actions::load(&mut ctx, id).await.unwrap().meeting.place;
            let listed = actions::of_family(&mut ctx, of.family).await.unwrap().remove(0).place;
            assert_eq!(shown, listed);
            shown
        };
        assert_eq!(place("Grace").await, "The library", "whoever is invited knows where to come");
        assert_eq!(place("Dan").await, "");
        let mut ctx = w.ctx("Dan").await;
        actions::move_on(&mut ctx, (id, 1), (day("2026-11-02"), "15:00", "")).await.unwrap();
        let written = Minutes { new: Vec::new(), ..minutes_of(&of, &w, Vec::new()) };
        minutes::minute(&mut ctx, &w.area, (id, 2), written).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(place("Sunita").await, "The library", "it is not lost by whoever may not read it");
        let mut ctx = w.ctx("Dan").await;
        let next = actions::of_family(&mut ctx, of.family).await.unwrap().pop().unwrap();
        assert_eq!(next.place, "");
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn whoever_came_to_convene_a_meeting_with_the_lead_is_not_told_where_a_family_that_must_not_be_found_meets() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        let id = arranged(&w, &of, &[]).await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        let named = [ctx.actor.id, w.actor("Sunita").id];
        family::shield(&mut ctx, of.amy, ShieldKind::Location, "Somebody is looking for them", &named).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Dan").await;
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, of.amy).await.unwrap();
        facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
        actions::hand_on(&mut ctx, of.family, w.actor("Sunita").id).await.unwrap();
        let handed = actions::load(&mut ctx, id).await.unwrap();
        assert_eq!((handed.meeting.convener_id, handed.meeting.place.as_str()), (ctx.actor.id, ""));
        assert!(handed.may_write_down);
    })
    .await;
}

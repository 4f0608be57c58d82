//! What holds somebody to something, tried: rules first, then actions on both engines.

use super::actions::{beside, hold, not_kept};
use super::lines::side_by_side;
use super::{Beside, Measure, NewBreach, NewMeasure, check, check_breach};
use crate::plans::rules::{self, PlanRule};
use crate::plans::tests::somebody;
use crate::plans::{Entry, EntryId, PlanError, State, actions, pages};
use access::{AccessError, Act};
use families::facts::{self, Kind, NewFact};
use families::family::{self, FamilyId, Part};
use families::people::{self, PersonId, ShieldKind};
use kernel::Date;
use testkit::{TestWorld, on_both_engines};

/// Amy and Josh, whom Sunita and Helen work with, and their plan.
struct Barlows {
    amy: PersonId,
    josh: PersonId,
    family: FamilyId,
}

async fn barlows(w: &TestWorld) -> Barlows {
    let mut ctx = w.ctx("Sunita").await;
    let (amy, josh) = (somebody(&mut ctx, "Amy").await, somebody(&mut ctx, "Josh").await);
    let next = ("Visit", day("2026-11-09"));
    let family = family::create(&mut ctx, "The Barlow family", amy, next).await.unwrap();
    family::join(&mut ctx, (family, amy), josh, Part::Member).await.unwrap();
    actions::begin(&mut ctx, &w.area, (amy, family)).await.unwrap();
    ctx.commit().await.unwrap();
    let mut ctx = w.ctx("Helen").await;
    for person in [amy, josh] {
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
        facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
    }
    ctx.commit().await.unwrap();
    Barlows { amy, josh, family }
}

fn day(day: &str) -> Date {
    day.parse().unwrap()
}

fn measure() -> Measure {
    Measure {
        kind: "parenting_contract".to_owned(),
        authority: " Bridge Lane Primary School ".to_owned(),
        from_on: day("2026-11-02"),
        if_not: "The school asks for an order".to_owned(),
    }
}

fn held(w: &TestWorld, person: PersonId, owner: &str) -> NewMeasure {
    NewMeasure {
        person,
        need: None,
        terms: "At school by nine".to_owned(),
        measure: measure(),
        until_on: day("2027-05-02"),
        owner: w.actor(owner).id,
        is_private: false,
    }
}

fn breach(w: &TestWorld, owner: &str) -> NewBreach {
    NewBreach {
        happened_on: day("2026-11-02"),
        words: "He was not there".to_owned(),
        answer: "Somebody walks with him".to_owned(),
        owner: w.actor(owner).id,
        by_on: day("2026-11-06"),
    }
}

async fn holds(w: &TestWorld, who: &str, of: &Barlows, new: NewMeasure) -> Result<EntryId, PlanError> {
    let mut ctx = w.ctx(who).await;
    let id = hold(&mut ctx, &w.area, (of.amy, of.family), new).await?;
    ctx.commit().await.unwrap();
    Ok(id)
}

async fn breaks(w: &TestWorld, who: &str, (of, id): (&Barlows, EntryId), new: NewBreach) -> Result<(), PlanError> {
    let mut ctx = w.ctx(who).await;
    not_kept(&mut ctx, ((of.amy, of.family), id), new).await?;
    ctx.commit().await.unwrap();
    Ok(())
}

/// What a plan shows somebody of what was not kept: what happened, who says so, and what is done about it.
async fn broken_for(w: &TestWorld, who: &str, of: &Barlows) -> Vec<(String, String, String)> {
    let mut ctx = w.ctx(who).await;
    let opened = actions::load(&mut ctx, (of.amy, of.family)).await.unwrap();
    let beside = beside(&mut ctx, &opened.entries).await.unwrap();
    let answer = |id: Option<EntryId>| beside.answers.iter().find(|entry| Some(entry.id) == id).cloned();
    let words = |entry: Option<Entry>| entry.map_or_else(String::new, |entry| entry.words);
    beside.breaches.iter().map(|one| (one.words.clone(), one.author.clone(), words(answer(one.answer)))).collect()
}

/// Rule [3.17]
#[tokio::test]
async fn what_holds_somebody_has_a_kind_of_the_area_an_authority_terms_and_days_in_their_order() {
    on_both_engines(async |w: TestWorld| {
        let new = || held(&w, PersonId(uuid::Uuid::nil()), "Helen");
        assert_eq!(check(new(), &w.area).unwrap().measure.authority, "Bridge Lane Primary School");
        let with = |measure: Measure| check(NewMeasure { measure, ..new() }, &w.area).unwrap_err().field();
        assert_eq!(with(Measure { kind: "stocks".to_owned(), ..measure() }), "kind");
        assert_eq!(with(Measure { authority: String::new(), ..measure() }), "authority");
        assert_eq!(with(Measure { if_not: String::new(), ..measure() }), "if-not");
        assert_eq!(check(NewMeasure { terms: String::new(), ..new() }, &w.area).unwrap_err().field(), "words");
        let backwards = NewMeasure { until_on: day("2026-11-01"), ..new() };
        assert_eq!(check(backwards, &w.area).unwrap_err(), PlanRule::EndsBeforeItBegins);
        let at = |happened_on: &str| {
            check_breach(
                NewBreach { happened_on: day(happened_on), ..breach(&w, "Helen") },
                (&measure(), Some(day("2026-11-04"))),
                day("2026-11-05"),
            )
        };
        assert!(at("2026-11-04").is_ok());
        assert_eq!(at("2026-11-05").unwrap_err(), PlanRule::NotInForce, "it had ended");
        assert_eq!(at("2026-11-06").unwrap_err(), PlanRule::DayToCome);
        assert_eq!(at("2026-11-01").unwrap_err(), PlanRule::NotInForce);
    })
    .await;
}

/// Rule [3.7]
#[tokio::test]
async fn what_is_required_of_somebody_stands_beside_what_helps_them_and_is_theirs_to_do() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        holds(&w, "Helen", &of, held(&w, of.josh, "Helen")).await.unwrap();
        let mut ctx = w.ctx("Sunita").await;
        let opened = actions::load(&mut ctx, (of.amy, of.family)).await.unwrap();
        let names = pages::names_of(&opened);
        let lines = side_by_side(&w.area, (&opened, &Beside::default()), &names, ctx.clock.today());
        let [josh] = lines.as_slice() else { panic!("it holds Josh alone") };
        assert!(josh.name.contains("Josh") && josh.support.is_empty());
        let [held] = josh.measures.as_slice() else { panic!("one thing holds him") };
        assert_eq!(held.kind, "Parenting Contract");
        assert_eq!(held.by, "Agreed with Bridge Lane Primary School");
        assert_eq!(held.holds, "From 2 November 2026 until 2 May 2027");
        assert!(held.line.who.contains("Josh") && held.line.asks.contains("Helen"));
    })
    .await;
}

/// Rule [3.7]
#[tokio::test]
async fn what_was_not_kept_is_never_written_without_what_is_done_about_it_by_somebody_and_by_a_day() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        let id = holds(&w, "Sunita", &of, held(&w, of.josh, "Helen")).await.unwrap();
        let nothing_done = NewBreach { answer: " ".to_owned(), ..breach(&w, "Helen") };
        assert!(breaks(&w, "Sunita", (&of, id), nothing_done).await.is_err());
        let too_late = NewBreach { by_on: day("2026-11-01"), ..breach(&w, "Helen") };
        assert!(breaks(&w, "Sunita", (&of, id), too_late).await.is_err());
        assert!(broken_for(&w, "Sunita", &of).await.is_empty(), "half of it is not kept");
        breaks(&w, "Sunita", (&of, id), breach(&w, "Helen")).await.unwrap();
        let told = broken_for(&w, "Helen", &of).await;
        let [(what, who, answer)] = told.as_slice() else { panic!("it was not kept once") };
        assert_eq!((what.as_str(), answer.as_str()), ("He was not there", "Somebody walks with him"));
        assert!(who.contains("Sunita"));
        let mut ctx = w.ctx("Helen").await;
        let to_do = actions::owned_by(&mut ctx, &[w.actor("Helen").id]).await.unwrap();
        assert!(to_do.iter().any(|one| one.words == "Somebody walks with him" && one.by_on == day("2026-11-06")));
    })
    .await;
}

/// Rule [3.17]
#[tokio::test]
async fn what_ended_holds_nobody_and_cannot_be_broken_any_more() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        let id = holds(&w, "Sunita", &of, held(&w, of.josh, "Helen")).await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        let ended = actions::end(&mut ctx, (id, 1), true, "").await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(ended.state, State::Open, "it is returned as it was");
        assert!(matches!(breaks(&w, "Sunita", (&of, id), breach(&w, "Helen")).await, Err(PlanError::Changed)));
        let mut ctx = w.ctx("Sunita").await;
        let opened = actions::load(&mut ctx, (of.amy, of.family)).await.unwrap();
        assert!(side_by_side(&w.area, (&opened, &Beside::default()), &pages::names_of(&opened), ctx.clock.today()).is_empty());
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn what_is_kept_from_somebody_cannot_be_broken_by_them_and_its_breach_is_not_told() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        let private = NewMeasure { is_private: true, ..held(&w, of.josh, "Sunita") };
        let id = holds(&w, "Sunita", &of, private).await.unwrap();
        breaks(&w, "Sunita", (&of, id), breach(&w, "Sunita")).await.unwrap();
        assert_eq!(broken_for(&w, "Sunita", &of).await.len(), 1);
        assert!(broken_for(&w, "Helen", &of).await.is_empty());
        let guessed = breaks(&w, "Helen", (&of, id), breach(&w, "Helen")).await;
        assert!(matches!(guessed, Err(PlanError::Access(AccessError::Hidden(_)))));
        let mut ctx = w.ctx("Helen").await;
        let opened = actions::load(&mut ctx, (of.amy, of.family)).await.unwrap();
        assert!(opened.entries.is_empty(), "nor is what is done about it");
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn who_says_it_was_not_kept_is_not_named_where_their_agency_tells_a_place() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        let id = holds(&w, "Sunita", &of, held(&w, of.josh, "Sunita")).await.unwrap();
        breaks(&w, "Helen", (&of, id), breach(&w, "Sunita")).await.unwrap();
        let told = broken_for(&w, "Sunita", &of).await;
        assert_eq!(told[0].1, "", "which landlord says so would tell where he lives, once that is shielded");
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn what_is_done_about_it_is_no_more_the_writers_agencys_to_read_than_what_was_not_kept() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        let private = NewMeasure { is_private: true, ..held(&w, of.josh, "Helen") };
        let id = holds(&w, "Sunita", &of, private).await.unwrap();
        breaks(&w, "Helen", (&of, id), breach(&w, "Helen")).await.unwrap();
        let read_by = async |who: &str| {
            let mut ctx = w.ctx(who).await;
            actions::of_people(&mut ctx, &[of.amy, of.josh])
                .await
                .unwrap()
                .into_iter()
                .map(|entry| entry.words)
                .collect::<Vec<_>>()
        };
        assert_eq!(read_by("Helen").await.len(), 2, "she answers for both");
        assert!(read_by("Tariq").await.is_empty(), "her manager reads neither");
    })
    .await;
}

/// Rule [3.7]
#[tokio::test]
async fn what_answers_it_is_for_whoever_it_holds_though_the_need_is_anothers_and_is_gone() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        let mut ctx = w.ctx("Sunita").await;
        let (_, permit) = people::open(&mut ctx, Act::RecordFact, of.josh).await.unwrap();
        let need = NewFact::plain(of.josh, Kind::Need, "rent_arrears", "Late at school");
        let need = facts::record(&mut ctx, &permit, need).await.unwrap();
        ctx.commit().await.unwrap();
        let id = holds(&w, "Sunita", &of, NewMeasure { need: Some(need), ..held(&w, of.amy, "Helen") }).await.unwrap();
        let shown = async || {
            let mut ctx = w.ctx("Sunita").await;
            let opened = actions::load(&mut ctx, (of.amy, of.family)).await.unwrap();
            let beside = beside(&mut ctx, &opened.entries).await.unwrap();
            let lines = side_by_side(&w.area, (&opened, &beside), &pages::names_of(&opened), ctx.clock.today());
            let [amy] = lines.as_slice() else { panic!("it holds Amy alone") };
            assert!(amy.name.contains("Amy"));
            let missing = rules::unaddressed(&[need], &opened.entries);
            (amy.support.iter().map(|line| line.words.clone()).collect::<Vec<_>>(), missing.len())
        };
        assert_eq!(shown().await, (Vec::new(), 1), "what is required answers no need");
        let mut ctx = w.ctx("Sunita").await;
        let taken_back = facts::withdraw(&mut ctx, need, "Of another boy").await;
        taken_back.unwrap();
        ctx.commit().await.unwrap();
        breaks(&w, "Sunita", (&of, id), breach(&w, "Helen")).await.unwrap();
        assert_eq!(shown().await.0, ["Somebody walks with him"]);
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn by_whom_it_is_and_what_a_landlord_says_of_it_are_not_told_once_the_place_is_shielded() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        let id = holds(&w, "Sunita", &of, held(&w, of.josh, "Sunita")).await.unwrap();
        breaks(&w, "Helen", (&of, id), breach(&w, "Sunita")).await.unwrap();
        let told = async |who: &str| {
            let mut ctx = w.ctx(who).await;
            let opened = actions::load(&mut ctx, (of.amy, of.family)).await.unwrap();
            let beside = beside(&mut ctx, &opened.entries).await.unwrap();
            (beside.breaches.len(), beside.placeless.contains(&id))
        };
        assert_eq!(told("Sunita").await, (1, false));
        let mut ctx = w.ctx("Moira").await;
        let named = [w.actor("Moira").id];
        family::shield(&mut ctx, of.josh, ShieldKind::Location, "Whoever looks for him", &named).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(told("Sunita").await, (0, true));
        assert_eq!(told("Moira").await, (1, false), "she is named");
    })
    .await;
}

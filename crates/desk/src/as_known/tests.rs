//! What a reviewer is shown, and what no reviewer is. That it is what was served on that day is tried with the whole product.

use super::paper;
use super::then::Then;
use access::{Act, Ctx};
use families::facts::{self, Kind, NewFact, Shape};
use families::family;
use families::links::{self, NewLink};
use families::people::{self, PersonId, ShieldKind};
use frontline::visits::{self, Next, Plan, Way};
use std::sync::Arc;
use testkit::{TestWorld, on_both_engines};
use web::{App, Pages, Settings, Shared};

fn app(w: &TestWorld) -> Shared {
    let pages = Pages::load(Arc::clone(&w.area), &[frontline::TEMPLATES, processes::TEMPLATES, crate::TEMPLATES]).unwrap();
    let settings = Settings { demo: false, uploads: std::env::temp_dir(), journal_key: Vec::new() };
    Arc::new(App {
        world: w.world.clone(),
        area: Arc::clone(&w.area),
        directory: Default::default(),
        pages: Arc::new(pages),
        settings,
    })
}

async fn somebody(ctx: &mut Ctx, forename: &str) -> PersonId {
    let id = people::create(ctx).await.unwrap();
    let (_, permit) = people::open(ctx, Act::RecordContact, id).await.unwrap();
    facts::record(ctx, &permit, NewFact::name(id, forename, "Barlow")).await.unwrap();
    facts::works_with(ctx, &permit, "Works with", None).await.unwrap();
    id
}

/// What Sunita's page of Amy was at a moment, for Nadia.
async fn seen(w: &TestWorld, person: PersonId, at: kernel::Timestamp) -> String {
    let mut ctx = Ctx::read(&w.world, w.actor("Nadia")).await.unwrap();
    people::open(&mut ctx, Act::SeeAsKnown, person).await.unwrap();
    let sunita = w.actor("Sunita");
    let then = Then::new(&mut ctx, &app(w), person, (at, sunita.agency_id, Some(sunita.id))).await.unwrap();
    let actor = then.actor(sunita.id).await.unwrap().unwrap();
    let answer = crate::person::pages::of(then.visitor(actor, "/"), person).await.unwrap();
    let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    paper::of(&String::from_utf8_lossy(&bytes), |_| None)
}

/// Rule [3.30]
#[tokio::test]
async fn where_somebody_fled_to_is_shown_of_no_day_and_who_must_not_be_known_never_was_there() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Sunita").await;
        let (amy, josh) = (somebody(&mut ctx, "Amy").await, somebody(&mut ctx, "Josh").await);
        let (_, permit) = people::open(&mut ctx, Act::RecordFact, amy).await.unwrap();
        let shape = Shape::Address { lines: "4 Mill Lane".into(), town: "Otley".into(), postcode: "LS21 1AA".into() };
        let home = NewFact { shape, ..NewFact::plain(amy, Kind::Address, "home", "") };
        facts::record(&mut ctx, &permit, home).await.unwrap();
        facts::record(&mut ctx, &permit, NewFact::plain(amy, Kind::Strength, "warm_home", "")).await.unwrap();
        let (_, permit) = people::open(&mut ctx, Act::RecordFact, josh).await.unwrap();
        facts::record(&mut ctx, &permit, NewFact::relationship(josh, "birth_child", amy)).await.unwrap();
        // A visit to both tells of both, and what is planned that one does for the other does.
        let owner = ctx.actor.id;
        let on = "2026-11-03".parse().unwrap();
        let next = Next { way: Way::Home, owner, on, time: String::new(), approach: String::new() };
        visits::plan(&mut ctx, Plan { person: amy, people: vec![amy, josh], next, is_private: false }).await.unwrap();
        ctx.commit().await.unwrap();
        let before = w.world.clock.now();
        let page = seen(&w, amy, before).await;
        assert!(page.contains("4 Mill Lane") && page.contains("Josh") && page.contains("Home visit to"), "{page}");

        w.world.clock.advance_seconds(3600);
        let mut ctx = w.ctx("Moira").await;
        let named = [w.actor("Moira").id];
        family::shield(&mut ctx, amy, ShieldKind::Location, "He is looking for her", &named).await.unwrap();
        family::shield(&mut ctx, josh, ShieldKind::Existence, "He is looking for him", &named).await.unwrap();
        ctx.commit().await.unwrap();
        let page = seen(&w, amy, before).await;
        assert!(page.contains("Amy Barlow"), "{page}");
        for hidden in ["Mill Lane", "Otley", "Josh", "Home visit"] {
            assert!(!page.contains(hidden), "{hidden}: {page}");
        }
        let mut ctx = Ctx::read(&w.world, w.actor("Nadia")).await.unwrap();
        assert!(people::open(&mut ctx, Act::SeeAsKnown, josh).await.is_err());
    })
    .await;
}

/// Rule [3.22]
#[tokio::test]
async fn only_a_reviewer_looks_back_and_the_family_can_ask_that_they_did() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let amy = somebody(&mut ctx, "Amy").await;
        ctx.commit().await.unwrap();
        for name in ["Helen", "Tariq", "Moira", "Ruth", "Ravi", "Sam", "Joy"] {
            let mut ctx = Ctx::read(&w.world, w.actor(name)).await.unwrap();
            assert!(people::open(&mut ctx, Act::SeeAsKnown, amy).await.is_err(), "{name}");
        }
        let mut ctx = Ctx::read(&w.world, w.actor("Nadia")).await.unwrap();
        assert!(people::open(&mut ctx, Act::OpenPerson, amy).await.is_err(), "a reviewer does not work with the family");
        people::open(&mut ctx, Act::SeeAsKnown, amy).await.unwrap();
        ctx.seen().await.unwrap();
        assert_eq!(crate::looked::rules::words("see_as_known"), "looked back at what was known at a moment, for a review");
    })
    .await;
}

#[test]
fn a_page_to_read_has_nothing_to_press_and_leads_nowhere_else() {
    let html = "<html><main id=\"m\"><h1>Amy</h1><a class=\"x\" href=\"/facts/1\">Rent</a><a href=\"/people/2\" class=\"y\">Josh</a>\
                <a href=\"/contacts/new\" role=\"button\" class=\"b\">Record</a><form method=\"post\"><input><button>Go</button></form>\
                <button>Press</button></main></html>";
    let read = paper::of(html, |link| (link == "/people/2").then(|| "/then".to_owned()));
    assert_eq!(read, "<h1>Amy</h1><a class=\"x\">Rent</a><a href=\"/then\" class=\"y\">Josh</a>");
}

/// Rule [3.30]
#[tokio::test]
async fn whoever_was_linked_since_to_somebody_shielded_never_was_there_either() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Sunita").await;
        let (amy, josh) = (somebody(&mut ctx, "Amy").await, somebody(&mut ctx, "Josh").await);
        let (_, permit) = people::open(&mut ctx, Act::RecordFact, josh).await.unwrap();
        facts::record(&mut ctx, &permit, NewFact::relationship(josh, "birth_child", amy)).await.unwrap();
        ctx.commit().await.unwrap();
        let before = w.world.clock.now();
        assert!(seen(&w, amy, before).await.contains("Josh"));

        w.world.clock.advance_seconds(3600);
        let mut ctx = w.ctx("Moira").await;
        let known_as = somebody(&mut ctx, "Joshua").await;
        let new = NewLink { reason: "One birthday", weight: None, seconded_by: None };
        links::link(&mut ctx, known_as, josh, new).await.unwrap();
        let named = [ctx.actor.id];
        family::shield(&mut ctx, known_as, ShieldKind::Existence, "He is looking for him", &named).await.unwrap();
        ctx.commit().await.unwrap();
        let page = seen(&w, amy, before).await;
        assert!(page.contains("Amy Barlow") && !page.contains("Josh"), "{page}");
    })
    .await;
}

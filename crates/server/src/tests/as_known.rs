//! What is shown as it was known is what was served on that day: a random history, replayed, every moment of it compared.

use super::unseen::{self, ACTORS, NAMES, Step};
use super::{Site, site_of};
use access::Ctx;
use axum::http::StatusCode;
use families::facts::{self, Kind, NewFact};
use families::family;
use families::links::{self, LinkId, NewLink};
use families::people::{PersonId, ShieldKind};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use regex::Regex;
use testkit::TestWorld;

/// What happens in a history: what happens in that of who may not know, and what changes what is there already.
#[derive(Clone, Debug)]
enum Event {
    Step(Step),
    Link(usize, usize),
    Undo,
    Correct(usize, usize),
    Withdraw(usize, usize),
    NextStep(usize, usize),
    Read(usize, usize),
    Decide(usize),
    Role(usize),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let (actor, person) = (0..ACTORS.len(), 0..NAMES.len());
    let steps = unseen::steps().prop_map(|steps| steps.into_iter().take(3).map(Event::Step).collect::<Vec<_>>());
    let change = prop_oneof![
        (person.clone(), person.clone()).prop_map(|(p, o)| Event::Link(p, o)),
        Just(Event::Undo),
        (actor.clone(), person.clone()).prop_map(|(a, p)| Event::Correct(a, p)),
        (actor.clone(), person.clone()).prop_map(|(a, p)| Event::Withdraw(a, p)),
        (actor.clone(), person.clone()).prop_map(|(a, p)| Event::NextStep(a, p)),
        (actor.clone(), person.clone()).prop_map(|(a, p)| Event::Read(a, p)),
        actor.clone().prop_map(Event::Decide),
        actor.prop_map(Event::Role),
    ];
    prop::collection::vec((steps, change), 2..5)
        .prop_map(|parts| parts.into_iter().flat_map(|(steps, change)| steps.into_iter().chain([change])).collect())
}

/// Somebody's page as somebody was sent it, at a moment.
struct Served {
    at: kernel::Timestamp,
    who: &'static str,
    person: PersonId,
    page: &'static str,
    main: Option<String>,
}

const PAGES: [(&str, &str); 4] = [("family", ""), ("story", "/story?whole=yes"), ("details", "/details"), ("plan", "/plan")];
const VIEWERS: [&str; 4] = ["Helen", "Sunita", "Lena", "Moira"];

/// Plays a history, keeps what some are served after each event, and compares it with what is shown of then.
async fn replay(world: TestWorld, events: &[Event]) {
    let site = site_of(world);
    let w = &site.world;
    let mut persons = Vec::new();
    for (at, name) in NAMES.iter().enumerate() {
        persons.push(unseen::somebody(w, ACTORS[at % ACTORS.len()], name).await);
    }
    let (mut served, mut linked) = (Vec::new(), Vec::new());
    for (turn, event) in events.iter().enumerate() {
        // Hours and days go by.
        w.world.clock.advance_seconds(7 * 3600 + 13);
        happen(w, &persons, event, &mut linked).await;
        let viewer = VIEWERS[turn % VIEWERS.len()];
        for shift in 0..2 {
            let person = &persons[(turn + shift) % persons.len()];
            let (page, path) = PAGES[(turn + shift) % PAGES.len()];
            served.push(serve(&site, viewer, *person, (page, path)).await);
        }
        w.world.clock.advance_seconds(1);
    }
    w.world.clock.advance_seconds(3600);
    end_shields(w, &persons).await;
    for one in &served {
        let shown = shown(&site, one).await;
        assert_eq!(one.main, shown, "{} of {} for {} at {}", one.page, one.person, one.who, one.at);
    }
}

async fn happen(w: &TestWorld, persons: &[PersonId], event: &Event, linked: &mut Vec<LinkId>) {
    let who = match event {
        Event::Step(step) => return unseen::play(w, persons, step).await,
        Event::Correct(a, _) | Event::Withdraw(a, _) | Event::NextStep(a, _) | Event::Read(a, _) => ACTORS[*a],
        Event::Decide(a) => ACTORS[*a],
        Event::Link(..) | Event::Undo | Event::Role(_) => "Moira",
    };
    let mut ctx = w.ctx(who).await;
    if change(&mut ctx, w, persons, event, linked).await.is_some() {
        ctx.commit().await.unwrap();
    }
}

async fn change(ctx: &mut Ctx, w: &TestWorld, persons: &[PersonId], event: &Event, linked: &mut Vec<LinkId>) -> Option<()> {
    match event {
        Event::Step(_) => None,
        Event::Link(p, o) => {
            let new = NewLink { reason: "Same number", weight: None, seconded_by: None };
            linked.push(links::link(ctx, persons[*p], persons[*o], new).await.ok()?);
            Some(())
        }
        Event::Undo => links::undo(ctx, linked.pop()?, "Two people after all", &[]).await.ok().map(|_| ()),
        Event::Correct(_, p) => {
            let known = facts::list_of(ctx, &[persons[*p]], Some(&[Kind::Need, Kind::Address, Kind::Phone])).await.ok()?;
            let fact = known.first()?;
            facts::correct(ctx, fact.id, NewFact { words: "Put right".to_owned(), ..fact.new.clone() }).await.ok().map(|_| ())
        }
        Event::Withdraw(_, p) => {
            let known = facts::list_of(ctx, &[persons[*p]], Some(&[Kind::Need, Kind::Strength])).await.ok()?;
            facts::withdraw(ctx, known.first()?.id, "Never so").await.ok()
        }
        Event::NextStep(_, p) => {
            let family = family::around(ctx, persons[*p]).await.ok()?.into_iter().next()?.family;
            let on = ctx.clock.today().saturating_add(kernel::Span::new().days(9));
            family::next_step(ctx, persons[*p], family.id, family.version, ("Ring the school", on)).await.ok()
        }
        Event::Read(_, p) => family::mark_read(ctx, persons[*p]).await.ok(),
        Event::Decide(_) => {
            let me = ctx.actor.id;
            if let Some(contact) = frontline::contacts::actions::owned_by(ctx, &[me]).await.ok()?.first() {
                let outcome = ("advice", "Told them where to go");
                return frontline::contacts::decide(ctx, &w.area, contact.id, outcome).await.ok().map(|_| ());
            }
            if let Some(action) = frontline::plans::owned_by(ctx, &[me]).await.ok()?.first() {
                return frontline::plans::end(ctx, (action.id, action.version), true, "It went well").await.ok().map(|_| ());
            }
            let referral = frontline::referrals::actions::owned_by(ctx, &[me]).await.ok()?.into_iter().next()?;
            frontline::referrals::actions::accept(ctx, &w.area, referral.id, referral.version).await.ok()
        }
        Event::Role(a) => {
            let id = w.actor(ACTORS[*a]).id;
            let roles = [access::Role::Practitioner, access::Role::ServiceCoordinator];
            let now = ctx.now();
            access::people::save_roles(&mut ctx.tx, ctx.area_id, id, &roles, now).await.ok()
        }
    }
}

async fn serve(site: &Site, who: &'static str, person: PersonId, (page, path): (&'static str, &str)) -> Served {
    let cookie = site.cookie(who).await;
    let (status, _, body) = site.ask("GET", &format!("/people/{person}{path}"), Some(&cookie), "").await;
    assert!(!status.is_server_error(), "{body}");
    let main = (status == StatusCode::OK).then(|| read(&body, r"(?s)<main[^>]*>(.*)</main>"));
    Served { at: site.world.world.clock.now(), who, person, page, main }
}

async fn shown(site: &Site, one: &Served) -> Option<String> {
    let actor = site.world.actor(one.who);
    let code = site.world.area.agencies.values().find(|agency| agency.name == actor.agency).unwrap().code.clone();
    let local = one.at.in_tz("Europe/London").unwrap();
    let path = format!(
        "/people/{}/as-known?agency={code}&on-day={}&on-month={}&on-year={}&time={:02}:{:02}&why=test&who={}&page={}",
        one.person,
        local.day(),
        local.month(),
        local.year(),
        local.hour(),
        local.minute(),
        actor.id,
        one.page
    );
    let cookie = site.cookie("Nadia").await;
    let (status, _, body) = site.ask("GET", &path, Some(&cookie), "").await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body.contains("class=\"tf-paper\"").then(|| read(&body, r#"(?s)<section class="tf-paper"[^>]*>(.*)</section>"#))
}

/// What there is to read in a page: without forms, buttons, and where links lead.
fn read(body: &str, part: &str) -> String {
    let main = Regex::new(part).unwrap().captures(body).map_or_else(String::new, |found| found[1].to_owned());
    let out = r#"(?s)<form\b.*?</form>|<a\b[^>]*role="button"[^>]*>.*?</a>|<button\b.*?</button>|\shref="[^"]*""#;
    Regex::new(out).unwrap().replace_all(&main, "").trim().to_owned()
}

async fn end_shields(w: &TestWorld, persons: &[PersonId]) {
    for person in persons {
        for kind in [ShieldKind::Existence, ShieldKind::Location] {
            let mut tx = w.world.db.begin().await.unwrap();
            let end = "UPDATE shield SET ended_at = $3 WHERE area_id = $1 AND person_id = $2 AND kind = $4 AND ended_at IS NULL";
            let values = ::store::vals![w.world.area_id, *person, w.world.clock.now(), kind.as_str()];
            tx.execute(end, values).await.unwrap();
            tx.commit(&w.world.ids).await.unwrap();
        }
    }
}

fn run(cases: u32, world: impl AsyncFn() -> Option<TestWorld>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, max_shrink_iters: 12, ..Config::default() });
    runner
        .run(&events(), |events| {
            runtime.block_on(async {
                if let Some(world) = world().await {
                    replay(world, &events).await;
                }
            });
            Ok(())
        })
        .unwrap();
}

/// Rule [3.22]
#[test]
fn what_is_shown_as_it_was_known_is_what_was_served_on_that_day() {
    run(6, async || Some(testkit::sqlite().await));
}

/// Rule [3.22]
#[test]
fn what_is_shown_as_it_was_known_is_what_was_served_on_that_day_on_postgresql() {
    run(3, testkit::postgres);
}

//! What somebody may not know changes nothing of what they are sent: random histories, whole pages, byte for byte.

use super::{Site, helping, site_of};
use access::{AccessError, Act, Actor, AgencyId, Ctx};
use families::facts::{self, Class, FactId, Kind, NewFact, Shape};
use families::family::{self, Part};
use families::people::{self, PersonId, ShieldKind};
use frontline::contacts::{self, ContactId, NewContact, Parent};
use frontline::referrals::{self, ReferralId};
use processes::agreements::{self, About, AgreementId, Answer, Giver, NewAgreement};
use processes::requests::{self, NewRequest, RequestId};
use processes::sharing::decision::{Picked, Recipient};
use processes::sharing::{self, DecisionId};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use testkit::TestWorld;
use testkit::unseen::{self, Unseen};

pub(super) const NAMES: [&str; 5] = ["Abel", "Baker", "Carter", "Dyer", "Evans"];
pub(super) const ACTORS: [&str; 8] = ["Helen", "Sunita", "Grace", "Ben", "Lena", "Moira", "Aisha", "Dan"];
const VIEWERS: [&str; 9] = ["Helen", "Sunita", "Grace", "Ben", "Lena", "Moira", "Tariq", "Joy", "Ruth"];

/// One thing that somebody does to somebody.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Contact(usize, usize),
    Fact(usize, usize, usize, usize),
    Relate(usize, usize, usize),
    Family(usize, usize),
    Join(usize, usize, usize),
    Refer(usize, usize, usize),
    Ask(usize, usize),
    Shield(usize, bool, usize),
    Agree(usize, usize, usize, Option<usize>),
    Inquire(usize, usize, usize),
    Share(usize, usize, usize),
    Plan(usize, usize, usize, bool),
    Visit(usize, usize, usize, usize),
    Level(usize, usize, usize),
    IfWorse(usize, usize, usize, bool),
    Offer(usize, usize, usize),
    Answer(usize, bool),
    Close(usize, usize, usize),
    Meet(usize, usize, usize, usize),
    Promise(usize, usize, bool),
    Turn(usize, usize, usize),
}

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let (actor, person) = (0..ACTORS.len(), 0..NAMES.len());
    prop::collection::vec(
        prop_oneof![
            (actor.clone(), person.clone()).prop_map(|(a, p)| Step::Contact(a, p)),
            (actor.clone(), person.clone(), 0_usize..7, 0_usize..3).prop_map(|(a, p, k, c)| Step::Fact(a, p, k, c)),
            (actor.clone(), person.clone(), person.clone()).prop_map(|(a, p, o)| Step::Relate(a, p, o)),
            (actor.clone(), person.clone()).prop_map(|(a, p)| Step::Family(a, p)),
            (actor.clone(), person.clone(), person.clone()).prop_map(|(a, p, o)| Step::Join(a, p, o)),
            (actor.clone(), person.clone(), 0_usize..2).prop_map(|(a, p, s)| Step::Refer(a, p, s)),
            (actor.clone(), person.clone()).prop_map(|(a, p)| Step::Ask(a, p)),
            (actor.clone(), person.clone(), actor.clone(), prop::option::of(person.clone()))
                .prop_map(|(a, p, to, giver)| Step::Agree(a, p, to, giver)),
            (actor.clone(), person.clone(), actor.clone()).prop_map(|(a, p, to)| Step::Inquire(a, p, to)),
            (actor.clone(), person.clone(), actor.clone()).prop_map(|(a, p, to)| Step::Share(a, p, to)),
            (actor.clone(), person.clone(), person.clone(), any::<bool>()).prop_map(|(a, p, o, x)| Step::Plan(a, p, o, x)),
            (actor.clone(), person.clone(), person.clone(), 0_usize..4).prop_map(|(a, p, o, s)| Step::Visit(a, p, o, s)),
            (actor.clone(), person.clone(), 0_usize..3).prop_map(|(a, p, l)| Step::Level(a, p, l)),
            (actor.clone(), person.clone(), person.clone(), any::<bool>()).prop_map(|(a, p, o, x)| Step::IfWorse(a, p, o, x)),
            (actor.clone(), person.clone(), actor.clone()).prop_map(|(a, p, to)| Step::Offer(a, p, to)),
            (actor.clone(), any::<bool>()).prop_map(|(a, accepts)| Step::Answer(a, accepts)),
            (actor.clone(), person.clone(), 0_usize..4).prop_map(|(a, p, how)| Step::Close(a, p, how)),
            (actor.clone(), person.clone(), person.clone(), actor.clone()).prop_map(|(a, p, o, to)| Step::Meet(a, p, o, to)),
            (actor.clone(), person.clone(), any::<bool>()).prop_map(|(a, p, agrees)| Step::Promise(a, p, agrees)),
            (actor.clone(), person.clone(), 0_usize..4).prop_map(|(a, p, how)| Step::Turn(a, p, how)),
            (person, any::<bool>(), actor).prop_map(|(p, e, a)| Step::Shield(p, e, a)),
        ],
        5..30,
    )
}

pub(super) async fn somebody(w: &TestWorld, actor: &str, surname: &str) -> PersonId {
    let mut ctx = w.ctx(actor).await;
    let person = people::create(&mut ctx).await.unwrap();
    let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
    facts::record(&mut ctx, &permit, NewFact::name(person, "Ann", surname)).await.unwrap();
    facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
    ctx.commit().await.unwrap();
    person
}

/// Does one step as far as the rules let the actor; what they refuse is not done.
pub(super) async fn play(w: &TestWorld, persons: &[PersonId], step: &Step) {
    let who = match step {
        Step::Contact(a, _) | Step::Fact(a, ..) | Step::Relate(a, ..) | Step::Family(a, _) | Step::Join(a, ..) => ACTORS[*a],
        Step::Visit(a, ..)
        | Step::Close(a, ..)
        | Step::Promise(a, ..)
        | Step::Turn(a, ..)
        | Step::Meet(a, ..)
        | Step::Level(a, ..)
        | Step::IfWorse(a, ..)
        | Step::Offer(a, ..)
        | Step::Answer(a, _)
        | Step::Plan(a, ..)
        | Step::Refer(a, ..)
        | Step::Ask(a, _)
        | Step::Agree(a, ..)
        | Step::Inquire(a, ..)
        | Step::Share(a, ..) => ACTORS[*a],
        Step::Shield(..) => "Moira",
    };
    let mut ctx = w.ctx(who).await;
    if take(&mut ctx, w, persons, step).await.is_some() {
        ctx.commit().await.unwrap();
    }
}

async fn take(ctx: &mut Ctx, w: &TestWorld, persons: &[PersonId], step: &Step) -> Option<()> {
    match step {
        Step::Contact(_, p) => contacts::record(ctx, &w.area, contact(persons[*p])).await.ok().map(|_| ()),
        Step::Fact(_, p, kind, class) => {
            let (_, permit) = people::open(ctx, Act::RecordContact, persons[*p]).await.ok()?;
            facts::record(ctx, &permit, fact(persons[*p], *kind, *class)).await.ok().map(|_| ())
        }
        Step::Relate(_, p, o) => desk::person::relate(ctx, persons[*p], "birth_child", persons[*o]).await.ok(),
        Step::Family(_, p) => {
            let next = ("Visit", "2026-12-01".parse().unwrap());
            family::create(ctx, "The family", persons[*p], next).await.ok().map(|_| ())
        }
        Step::Join(_, p, o) => {
            let around = family::around(ctx, persons[*p]).await.ok()?;
            family::join(ctx, (around.first()?.family.id, persons[*p]), persons[*o], Part::Member).await.ok()
        }
        Step::Refer(_, p, s) => {
            let service = ["tenancy_support", "lantern_families"][*s].to_owned();
            let needs = facts::list_of(ctx, &[persons[*p]], Some(&[Kind::Need])).await.ok()?;
            let items = needs.iter().filter(|fact| fact.agency_id == ctx.actor.agency_id).map(|fact| fact.id).collect();
            let new = referrals::referral::NewReferral {
                person: persons[*p],
                contact: None,
                service,
                need: "rent_arrears".to_owned(),
                words: "Please help".to_owned(),
                items,
            };
            referrals::ask(ctx, &w.area, new).await.ok().map(|_| ())
        }
        Step::Ask(_, p) => people::ask(ctx, persons[*p], ("worried", "The neighbours rang"), 8).await.ok(),
        Step::Shield(p, existence, named) => {
            let kind = if *existence { ShieldKind::Existence } else { ShieldKind::Location };
            let named = [w.actor(ACTORS[*named]).id];
            family::shield(ctx, persons[*p], kind, "Somebody is looking for them", &named).await.ok()
        }
        Step::Agree(_, p, to, giver) => {
            let new = agreement(persons[*p], w.actor(ACTORS[*to]).agency_id, giver.map(|giver| persons[giver]));
            agreements::record(ctx, &w.area, new, None).await.ok().map(|_| ())
        }
        Step::Inquire(_, p, to) => {
            let new = NewRequest {
                person: persons[*p],
                to_agency: w.actor(ACTORS[*to]).agency_id,
                purpose: "protect".to_owned(),
                information: Vec::new(),
                words: "What do you know?".to_owned(),
                urgent: true,
            };
            requests::ask(ctx, &w.area, new).await.ok().map(|_| ())
        }
        Step::Meet(..)
        | Step::Promise(..)
        | Step::Turn(..)
        | Step::Close(..)
        | Step::IfWorse(..)
        | Step::Level(..)
        | Step::Visit(..)
        | Step::Offer(..)
        | Step::Answer(..)
        | Step::Plan(..) => helping::take(ctx, w, persons, step).await,
        Step::Share(_, p, to) => {
            let agency = Some(w.actor(ACTORS[*to]).agency_id);
            let to = Recipient { agency, named: None, words: String::new(), method: "here".to_owned() };
            share(ctx, w, persons[*p], to).await
        }
    }
}

fn contact(person: PersonId) -> NewContact {
    NewContact {
        person,
        channel: "visit".to_owned(),
        happened_on: "2026-11-02".parse().unwrap(),
        narrative: "The house was cold.".to_owned(),
        standing: facts::Standing::Seen,
        told_by: String::new(),
        terms: vec!["rent_arrears".to_owned(), "warm_home".to_owned()],
        parent: Parent::Yes,
        outcome: String::new(),
    }
}

fn agreement(person: PersonId, to: AgencyId, giver: Option<PersonId>) -> NewAgreement {
    NewAgreement {
        person,
        about: About::Confidentiality,
        answer: Answer::Agreed,
        giver: if giver.is_some() { Giver::Responsible } else { Giver::Adult },
        giver_person: giver,
        judgement: "They said so".to_owned(),
        information: vec!["home_money".to_owned(), "reach".to_owned()],
        agencies: vec![to],
        exceptions: String::new(),
        explained: "talked".to_owned(),
        language: "en".to_owned(),
        evidence: "said".to_owned(),
        witness: String::new(),
        words: String::new(),
        given_on: "2026-11-02".parse().unwrap(),
        until_on: Some("2026-11-20".parse().unwrap()),
    }
}

/// Shares everything that the actor can of somebody and their family, with what is protected; answers a request where there is one.
pub(super) async fn share(ctx: &mut Ctx, w: &TestWorld, person: PersonId, to: Recipient) -> Option<()> {
    let offered = sharing::items::offered(ctx, &w.area, person).await.ok()?;
    let asked = requests::actions::of_person(ctx, person).await.ok()?;
    let new = sharing::NewDecision {
        person,
        request: asked.iter().find(|one| one.new.to_agency == ctx.actor.agency_id).map(|one| one.id),
        outcome: sharing::Outcome::Shared,
        purpose: "protect".to_owned(),
        ground: Some(sharing::Ground::Harm),
        ground_words: "The baby".to_owned(),
        agreement: None,
        agreement_words: String::new(),
        to,
        said_words: String::new(),
        withheld_words: String::new(),
        reason: String::new(),
        answer_words: String::new(),
        told: sharing::Told::Later,
        told_words: String::new(),
        tests: w.area.sharing.test.iter().map(|test| test.id.clone()).collect(),
        items: offered.iter().map(|one| Picked { fact: one.fact.id, why: "Needed".to_owned() }).collect(),
        happened_on: "2026-11-02".parse().unwrap(),
        review_on: None,
        adviser: None,
    };
    sharing::decide(ctx, &w.area, new).await.ok().map(|_| ())
}

fn fact(person: PersonId, kind: usize, class: usize) -> NewFact {
    let class = [Class::Ordinary, Class::Confidential, Class::SensitiveService][class];
    let kinds = [Kind::Address, Kind::Phone, Kind::Birth, Kind::Language, Kind::School, Kind::Need, Kind::Strength];
    let mut fact = NewFact { class, ..NewFact::plain(person, kinds[kind], "", "07700 900123") };
    match fact.kind {
        Kind::Address => {
            fact.shape = Shape::Address { lines: "1 Hill".into(), town: "Otley".into(), postcode: "LS21 1AA".into() }
        }
        Kind::Birth => fact = NewFact { class, ..NewFact::birth(person, "1990-05-12".parse().unwrap()) },
        Kind::Need => "rent_arrears".clone_into(&mut fact.term),
        Kind::Strength => "warm_home".clone_into(&mut fact.term),
        _ => {}
    }
    fact
}

pub(super) fn is_hidden<T>(answer: &Result<T, AccessError>) -> bool {
    matches!(answer, Err(AccessError::Hidden(_) | AccessError::Refused(_)))
}

/// Returns everything that the viewer may not know of.
async fn unseen_by(w: &TestWorld, viewer: &Actor) -> Vec<Unseen> {
    let mut ctx = Ctx::read(&w.world, viewer.clone()).await.unwrap();
    let mut unseen = Vec::new();
    for id in unseen::ids_of(w, "referral").await {
        if is_hidden(&referrals::load(&mut ctx, ReferralId(id)).await) {
            unseen.push(Unseen::Referral(id));
        }
    }
    for id in unseen::ids_of(w, "contact").await {
        if is_hidden(&contacts::load(&mut ctx, ContactId(id)).await) {
            unseen.push(Unseen::Contact(id));
        }
    }
    for id in unseen::ids_of(w, "agreement").await {
        if is_hidden(&agreements::load(&mut ctx, AgreementId(id)).await) {
            unseen.push(Unseen::Agreement(id));
        }
    }
    // What was decided about a request that somebody may read is theirs to know: whether, not why.
    let mut answered = Vec::new();
    for id in unseen::ids_of(w, "share_request").await {
        match requests::load(&mut ctx, RequestId(id)).await {
            Ok(opened) => answered.extend(opened.answers.iter().map(|answer| answer.decision.0)),
            Err(_) => unseen.push(Unseen::Request(id)),
        }
    }
    for id in unseen::ids_of(w, "share_decision").await {
        let is_received = sharing::actions::shared_with_us(&mut ctx).await.unwrap().iter().any(|one| one.id.0 == id);
        if is_hidden(&sharing::actions::load(&mut ctx, DecisionId(id)).await) && !is_received && !answered.contains(&id) {
            unseen.push(Unseen::Decision(id));
        }
    }
    for id in unseen::ids_of(w, "fact").await {
        if is_hidden(&facts::load(&mut ctx, FactId(id)).await) {
            unseen.push(Unseen::Fact(id));
        }
    }
    unseen.extend(helping::unseen_by(w, &mut ctx).await);
    for (family_id, practitioner, through) in unseen::parts(w).await {
        let around = family::around(&mut ctx, PersonId(through)).await.unwrap();
        let is_shown = around.iter().flat_map(|around| &around.team).any(|member| member.id.0 == practitioner);
        if !is_shown && practitioner != viewer.id.0 {
            unseen.push(Unseen::Part(family_id, practitioner));
        }
    }
    for id in unseen::ids_of(w, "person").await {
        if is_hidden(&people::open(&mut ctx, Act::FindPerson, PersonId(id)).await) {
            unseen.push(Unseen::Person(id));
        }
    }
    unseen
}

/// Returns everything that somebody is sent who tries every page, with what is new in each page taken out.
async fn sent(site: &Site, cookie: &str, pages: &[String]) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for path in pages {
        let (status, location, body) = site.ask("GET", path, Some(cookie), "").await;
        assert!(!status.is_server_error(), "{path}: {body}");
        let lines = body.lines().map(|line| line.split("name=\"once\"").next().unwrap_or_default()).collect::<Vec<_>>();
        all.push((path.clone(), format!("{status} {location}\n{}", lines.join("\n"))));
    }
    all
}

const PERSON_PAGES: [&str; 18] = [
    "/safe-contact",
    "/visits/plan",
    "/visits/record",
    "/plan",
    "/story?whole=yes",
    "",
    "/details",
    "/contacts/new",
    "/support",
    "/support?need=child_mental_health",
    "/support?need=no_qualifications",
    "/shield",
    "/agreements",
    "/agreements/new",
    "/share-now",
    "/share-not",
    "/shares",
    "/ask-agency",
];

const PLAN_PAGES: [&str; 17] = [
    "/plan/changes?from=begun",
    "/working-with",
    "/if-worse",
    "/level",
    "/plan",
    "/plan/action",
    "/plan/review",
    "/plan/said/progress",
    "/plan/said/outcome",
    "/plan/enforcement",
    "/plan/copy",
    "/contract",
    "/contract/new",
    "/contract/copy",
    "/lead",
    "/meetings",
    "/closing",
];

/// Every page there is for the things of this world; the counts over all work of `/nobody-forgotten` are for everything, on purpose.
async fn pages(w: &TestWorld) -> Vec<String> {
    let of_ones_own = ["/", "/referrals", "/people/new", "/sharing", "/danger", "/visits", "/not-seen", "/not-seen?team=yes"];
    let mut pages: Vec<String> = of_ones_own.into_iter().chain(["/calendar", "/away"]).map(str::to_owned).collect();
    for query in ["ann", "abel", "ann baker", "LS21 1AA", "12 May 1990", "07700900123", "otley"] {
        pages.push(format!("/search?why=worried&q={}", web::in_query(query)));
    }
    for id in unseen::ids_of(w, "person").await {
        pages.extend(PERSON_PAGES.map(|page| format!("/people/{id}{page}")));
        for family in unseen::ids_of(w, "family").await {
            pages.extend(PLAN_PAGES.map(|page| format!("/people/{id}/families/{family}{page}")));
            let of = format!("/people/{id}/families/{family}");
            pages.extend(["approach", "balance"].map(|kind| format!("{of}/working-with/{kind}/{id}")));
            for contract in unseen::ids_of(w, "contract").await {
                pages.push(format!("{of}/contract/{contract}/person-{id}"));
                pages.extend(
                    unseen::ids_of(w, "agency").await.iter().map(|agency| format!("{of}/contract/{contract}/agency-{agency}")),
                );
            }
        }
    }
    let folders = [
        ("contact", "contacts"),
        ("practitioner", "work"),
        ("referral", "referrals"),
        ("plan_entry", "plan-actions"),
        ("handover", "handovers"),
        ("visit", "visits"),
        ("fact", "facts"),
        ("agreement", "agreements"),
        ("share_request", "share-requests"),
        ("share_decision", "shares"),
        ("meeting", "meetings"),
    ];
    for (kind, folder) in folders {
        pages.extend(unseen::ids_of(w, kind).await.into_iter().map(|id| format!("/{folder}/{id}")));
    }
    for (kind, folder, page) in [("visit", "visits", "outcome"), ("meeting", "meetings", "minutes")] {
        pages.extend(unseen::ids_of(w, kind).await.into_iter().map(|id| format!("/{folder}/{id}/{page}")));
    }
    pages
}

/// Plays a history in a world of its own, and compares every page with and without what the viewer may not know.
async fn compare(world: TestWorld, steps: &[Step], viewer: &str) {
    let site = site_of(world);
    let w = &site.world;
    // Where they live is known, so that a suggested service is nearer to one than to another.
    let postcodes =
        "pcds,lat,long\nLS21 1AA,53.905,-1.691\nBD18 2JL,53.833,-1.776\nHX1 1AA,53.722,-1.861\nLS28 7AA,53.796,-1.662\n";
    directory::place::import(&w.world, postcodes.as_bytes(), |_| {}).await.unwrap();
    let mut persons = Vec::new();
    for (at, name) in NAMES.iter().enumerate() {
        persons.push(somebody(w, ACTORS[at % ACTORS.len()], name).await);
    }
    for step in steps {
        play(w, &persons, step).await;
    }
    let cookie = site.cookie(viewer).await;
    let pages = pages(w).await;
    let with = sent(&site, &cookie, &pages).await;
    unseen::take_out(w, &unseen_by(w, &w.actor(viewer)).await).await;
    let without = sent(&site, &cookie, &pages).await;
    for (with, without) in with.iter().zip(&without) {
        assert_eq!(with, without, "{viewer}");
    }
}

fn run(cases: u32, world: impl AsyncFn() -> Option<TestWorld>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, max_shrink_iters: 60, ..Config::default() });
    runner
        .run(&(steps(), 0..VIEWERS.len()), |(steps, viewer)| {
            runtime.block_on(async {
                if let Some(world) = world().await {
                    compare(world, &steps, VIEWERS[viewer]).await;
                }
            });
            Ok(())
        })
        .unwrap();
}

#[test]
fn what_somebody_may_not_know_changes_no_byte_of_any_page_they_are_sent() {
    run(8, async || Some(testkit::sqlite().await));
}

#[test]
fn what_somebody_may_not_know_changes_no_byte_of_any_page_on_postgresql() {
    run(4, testkit::postgres);
}

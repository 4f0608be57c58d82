//! A practitioner's week at the size of an area: what home, the plan, who was not seen and a day's clocks cost, on both engines.
//!
//! `cargo bench -p server --bench week -- 100000`: so many families in support, one practitioner for twenty of them, teams of ten; each family has four
//! people, a plan, visits and a referral. Pages are asked for as a browser would, without a network between.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark that cannot begin has failed; it prints what it measures"
)]

use access::{AgencyId, PractitionerId, sign_in};
use axum::body::Body;
use axum::http::{Request, header};
use http_body_util::BodyExt;
use kernel::Timestamp;
use server::routes::{TEMPLATES, router};
use std::sync::Arc;
use std::time::Instant;
use store::{Val, vals};
use testkit::TestWorld;
use tower::ServiceExt;
use uuid::Uuid;
use web::{App, Pages, Settings, Shared};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const FAMILIES_EACH: usize = 20;
const TEAM: usize = 10;
const PEOPLE: usize = 4;
/// So many families are written together.
const TOGETHER: usize = 200;
/// So many pages of a kind are asked for.
const ASKED: usize = 200;

/// CPU seconds of this program so far.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

/// An id that says what it is of.
fn id(kind: u32, at: usize) -> Uuid {
    Uuid::from_u128((u128::from(kind) << 96) | (7 << 76) | (8 << 60) | at as u128)
}

fn practitioner(at: usize) -> PractitionerId {
    PractitionerId(id(1, at))
}

/// Rows of one table, written together.
struct Rows {
    head: &'static str,
    width: usize,
    values: Vec<Val>,
}

impl Rows {
    fn new(head: &'static str, width: usize) -> Self {
        Self { head, width, values: Vec::new() }
    }

    fn add(&mut self, row: &[Val]) {
        assert_eq!(row.len(), self.width, "{}", self.head);
        self.values.extend_from_slice(row);
    }

    async fn write(&mut self, tx: &mut store::Tx) {
        for some in self.values.chunks(self.width * (900 / self.width)) {
            let row = |at: usize| {
                let places: Vec<String> = (1..=self.width).map(|column| format!("${}", at * self.width + column)).collect();
                format!("({})", places.join(", "))
            };
            let rows: Vec<String> = (0..some.len() / self.width).map(row).collect();
            tx.execute(&format!("INSERT INTO {} VALUES {}", self.head, rows.join(", ")), some).await.unwrap();
        }
        self.values.clear();
    }
}

/// The practitioners: each in a team, the first of which manages it.
async fn staff(w: &TestWorld, agencies: &[AgencyId], count: usize) {
    let (area, now) = (w.world.area_id, w.world.clock.now());
    let mut practitioners =
        Rows::new("practitioner (area_id, practitioner_id, agency_id, name, job, email, telephone, version)", 8);
    let mut roles = Rows::new("practitioner_role (area_id, practitioner_id, role)", 3);
    let mut credentials = Rows::new("credential (area_id, practitioner_id, kind, valid_until, recorded_at)", 5);
    let mut teams = Rows::new("team (area_id, team_id, agency_id, name)", 4);
    let mut members = Rows::new("team_member (area_id, team_id, practitioner_id, part)", 4);
    let mut tx = w.world.db.begin().await.unwrap();
    for at in 0..count {
        let (me, agency) = (practitioner(at), agencies[(at / TEAM) % agencies.len()]);
        let name = format!("Worker {at}");
        practitioners.add(vals![area, me, agency, &name, "Family worker", &format!("w{at}@example.org"), "", 1_i64]);
        let is_manager = at % TEAM == 0;
        roles.add(vals![area, me, if is_manager { "team_manager" } else { "practitioner" }]);
        for kind in ["clearance", "training"] {
            credentials.add(vals![area, me, kind, "2030-01-01", now]);
        }
        if is_manager {
            teams.add(vals![area, id(2, at / TEAM), agency, &format!("Team {at}")]);
        }
        members.add(vals![area, id(2, at / TEAM), me, if is_manager { "manager" } else { "member" }]);
    }
    for rows in [&mut practitioners, &mut roles, &mut credentials, &mut teams, &mut members] {
        rows.write(&mut tx).await;
    }
    tx.commit_unhurried(&w.world.ids).await.unwrap();
}

/// Every table that a family is written in, those that others are of first.
struct Tables {
    person: Rows,
    fact: Rows,
    name: Rows,
    involvement: Rows,
    family: Rows,
    member: Rows,
    team: Rows,
    plan: Rows,
    entry: Rows,
    visit: Rows,
    met: Rows,
    referral: Rows,
}

impl Tables {
    fn new() -> Self {
        Self {
            person: Rows::new("person (area_id, person_id, created_at)", 3),
            fact: Rows::new(
                "fact (area_id, fact_id, person_id, kind, term, answer, words, standing, told_by, author_id, agency_id, class, recorded_at)",
                13,
            ),
            name: Rows::new("name_fact (area_id, fact_id, forenames, surname)", 4),
            involvement: Rows::new("involvement (area_id, fact_id, person_id, agency_id, practitioner_id)", 5),
            family: Rows::new("family (area_id, family_id, name, owner_id, next_step, next_on, created_at, version)", 8),
            member: Rows::new("family_member (area_id, family_id, person_id, part, from_at)", 5),
            team: Rows::new("family_team (area_id, family_id, practitioner_id, through_id, part, from_at)", 6),
            plan: Rows::new("plan (area_id, plan_id, family_id, begun_by, begun_at, review_on, version)", 7),
            entry: Rows::new(
                "plan_entry (area_id, entry_id, plan_id, person_id, kind, class, agency_id, author_id, recorded_at, need_id, words, side, \
                 scale, owner_id, by_on, state, version)",
                17,
            ),
            visit: Rows::new(
                "visit (area_id, visit_id, person_id, way, class, agency_id, author_id, recorded_at, owner_id, planned_on, state, happened_on, \
                 words, ended_at, ended_by, version)",
                16,
            ),
            met: Rows::new("visit_person (area_id, visit_id, place, person_id, is_met)", 5),
            referral: Rows::new(
                "referral (area_id, referral_id, person_id, service, sender_id, from_agency_id, to_agency_id, class, need, words, state, \
                 asked_at, answer_by, owner_id, next_on, decline_reason, better_door, outcome, outcome_words, version)",
                20,
            ),
        }
    }

    async fn write(&mut self, tx: &mut store::Tx) {
        let all = [
            &mut self.person,
            &mut self.fact,
            &mut self.name,
            &mut self.involvement,
            &mut self.family,
            &mut self.member,
            &mut self.team,
            &mut self.plan,
            &mut self.entry,
            &mut self.visit,
            &mut self.met,
            &mut self.referral,
        ];
        for rows in all {
            rows.write(tx).await;
        }
    }
}

/// Whoever leads a family and helps it.
#[derive(Clone, Copy)]
struct Worker {
    id: PractitionerId,
    agency: AgencyId,
}

struct Maker<'a> {
    w: &'a TestWorld,
    at: usize,
    now: Timestamp,
    facts: usize,
}

impl Maker<'_> {
    fn fact(&mut self, t: &mut Tables, person: Uuid, by: Worker, (kind, term, words): (&str, &str, &str)) -> Uuid {
        let fact = id(20, self.at * 32 + self.facts);
        self.facts += 1;
        let area = self.w.world.area_id;
        t.fact.add(vals![area, fact, person, kind, term, "known", words, "seen", "", by.id, by.agency, "ordinary", self.now]);
        fact
    }

    fn works_with(&mut self, t: &mut Tables, person: Uuid, by: Worker) {
        let fact = self.fact(t, person, by, ("involvement", "", "Works with"));
        t.involvement.add(vals![self.w.world.area_id, fact, person, by.agency, by.id]);
    }

    /// Adds a family with everything that is known and done.
    fn add(&mut self, t: &mut Tables, (lead, helper): (Worker, Worker)) {
        let (area, at, now) = (self.w.world.area_id, self.at, self.now);
        let family = id(5, at);
        let people: Vec<Uuid> = (0..PEOPLE).map(|one| id(4, at * PEOPLE + one)).collect();
        t.family.add(vals![
            area,
            family,
            &format!("Family {at}"),
            lead.id,
            "Ring them",
            &format!("2026-11-{:02}", 3 + at % 25),
            now,
            1_i64
        ]);
        for (place, person) in people.iter().enumerate() {
            t.person.add(vals![area, *person, now]);
            let name = self.fact(t, *person, lead, ("name", "usual", ""));
            t.name.add(vals![area, name, &format!("Person{place}"), &format!("Surname{at}")]);
            self.works_with(t, *person, lead);
            t.member.add(vals![area, family, *person, "member", now]);
        }
        self.works_with(t, people[0], helper);
        let need = self.fact(t, people[0], lead, ("need", "rent_arrears", "Behind with the rent"));
        self.fact(t, people[1], lead, ("need", "attendance", "Often away from school"));
        self.fact(t, people[0], helper, ("strength", "relatives_help", "Her sister helps"));
        self.fact(t, people[0], lead, ("aspiration", "", "A garden for the children"));
        for worker in [lead, helper] {
            t.team.add(vals![area, family, worker.id, people[0], "Helps", now]);
        }
        self.plan(t, (family, &people, need), (lead, helper));
        self.visits(t, &people, (lead, helper));
        self.referral(t, people[0], (lead, helper));
    }

    fn plan(&self, t: &mut Tables, (family, people, need): (Uuid, &[Uuid], Uuid), (lead, helper): (Worker, Worker)) {
        let (area, at, now) = (self.w.world.area_id, self.at, self.now);
        let plan = id(6, at);
        t.plan.add(vals![area, plan, family, lead.id, now, &format!("2026-12-{:02}", 1 + at % 28), 1_i64]);
        for (one, owner) in [lead, helper, lead, lead].into_iter().enumerate() {
            let need = (one < 2).then_some(need);
            let (is_open, by) = (one != 3, format!("2026-11-{:02}", 1 + (at + one * 7) % 28));
            let state = if is_open { "open" } else { "kept" };
            let kind = if is_open { "action" } else { "review" };
            let (owner_id, by) = if is_open { (Some(owner.id), Some(by)) } else { (None, None) };
            t.entry.add(vals![
                area,
                id(7, at * 8 + one),
                plan,
                people[one % 2],
                kind,
                "ordinary",
                lead.agency,
                lead.id,
                now,
                need,
                "What is done about it",
                "support",
                "",
                owner_id,
                by,
                state,
                1_i64
            ]);
        }
    }

    fn visits(&self, t: &mut Tables, people: &[Uuid], (lead, helper): (Worker, Worker)) {
        let (area, at, now) = (self.w.world.area_id, self.at, self.now);
        for (one, (worker, is_done)) in [(lead, true), (helper, true), (lead, false)].into_iter().enumerate() {
            let visit = id(8, at * 4 + one);
            let on = format!("2026-{}-{:02}", if is_done { 10 } else { 11 }, 1 + (at * 3 + one * 5) % 28);
            let (happened, ended, by, words) =
                if is_done { (Some(on.clone()), Some(now), Some(worker.id), "They were well") } else { (None, None, None, "") };
            let state = if is_done { "done" } else { "planned" };
            t.visit.add(vals![
                area,
                visit,
                people[0],
                "home",
                "ordinary",
                worker.agency,
                worker.id,
                now,
                worker.id,
                &on,
                state,
                happened,
                words,
                ended,
                by,
                1_i64
            ]);
            for (place, person) in people.iter().take(2 + one % 2).enumerate() {
                t.met.add(vals![area, visit, place as i64, *person, i64::from(is_done)]);
            }
        }
    }

    /// One referral a family, of which one in a hundred waits longer than it may.
    fn referral(&self, t: &mut Tables, person: Uuid, (lead, helper): (Worker, Worker)) {
        let (area, at, now) = (self.w.world.area_id, self.at, self.now);
        let by = if at.is_multiple_of(100) { "2026-10-30" } else { "2026-11-20" };
        let state = if at.is_multiple_of(100) { "asked" } else { "waiting" };
        t.referral.add(vals![
            area,
            id(9, at),
            person,
            "tenancy_support",
            lead.id,
            lead.agency,
            helper.agency,
            "ordinary",
            "rent_arrears",
            "",
            state,
            now,
            by,
            helper.id,
            by,
            "",
            "",
            "",
            "",
            1_i64
        ]);
    }
}

async fn families(w: &TestWorld, agencies: &[AgencyId], (count, staff): (usize, usize)) {
    let now = w.world.clock.now();
    let worker = |at: usize| Worker { id: practitioner(at % staff), agency: agencies[(at % staff / TEAM) % agencies.len()] };
    let mut tables = Tables::new();
    for start in (0..count).step_by(TOGETHER) {
        let mut tx = w.world.db.begin().await.unwrap();
        for at in start..count.min(start + TOGETHER) {
            let lead = at / FAMILIES_EACH;
            Maker { w, at, now, facts: 0 }.add(&mut tables, (worker(lead), worker(lead + TEAM + 3)));
        }
        tables.write(&mut tx).await;
        tx.commit_unhurried(&w.world.ids).await.unwrap();
    }
}

fn app_of(w: &TestWorld, uploads: &std::path::Path) -> Shared {
    let pages = Pages::load(Arc::clone(&w.area), &TEMPLATES).unwrap();
    let journal_key = store::keys::SigningKey::from_seed(&[7; 32]).unwrap().public();
    let settings = Settings { demo: false, uploads: uploads.to_owned(), journal_key };
    Arc::new(App {
        world: w.world.clone(),
        area: Arc::clone(&w.area),
        directory: Default::default(),
        pages: Arc::new(pages),
        settings,
    })
}

/// Asks for pages, each as somebody, and prints what they cost.
async fn ask(app: &Shared, (engine, families, what): (&str, usize, &str), asked: &[(PractitionerId, String)]) {
    let router = router(app.clone());
    let mut cookies = Vec::new();
    for (who, _) in asked {
        cookies.push(sign_in::as_made_up_person(&app.world, *who).await.unwrap().0);
    }
    let mut times = Vec::new();
    let (mut cpu, mut began) = (0.0, 0.0);
    // What is first is not counted: policies are read, and pages.
    for (at, ((_, path), cookie)) in asked.iter().zip(&cookies).enumerate() {
        if at == asked.len() / 10 {
            (cpu, began) = (cpu_seconds(), 0.0);
            times.clear();
        }
        let request = Request::get(path.as_str())
            .header(header::COOKIE, format!("{}={cookie}", web::around::SESSION_COOKIE))
            .body(Body::empty())
            .unwrap();
        let wall = Instant::now();
        let answer = router.clone().oneshot(request).await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        let bytes = answer.into_body().collect().await.unwrap().to_bytes().len();
        times.push(wall.elapsed().as_secs_f64() * 1000.0);
        began += bytes as f64;
    }
    let cpu = (cpu_seconds() - cpu) * 1000.0 / times.len() as f64;
    times.sort_by(f64::total_cmp);
    let at = |part: f64| times[((times.len() as f64 * part) as usize).min(times.len() - 1)];
    let kilobytes = began / times.len() as f64 / 1000.0;
    println!("| {engine} | {families} | {what} | {:.1} | {:.1} | {cpu:.1} | {kilobytes:.0} |", at(0.5), at(0.99));
}

async fn measure(w: TestWorld, engine: &str, count: usize) {
    let mut tx = w.world.db.read().await.unwrap();
    let agencies = access::people::list_agencies(&mut tx, w.world.area_id).await.unwrap();
    drop(tx);
    let codes = ["social", "housing", "openhand", "council", "jobs"];
    let agencies: Vec<AgencyId> =
        codes.iter().map(|code| agencies.iter().find(|agency| agency.code == *code).unwrap().id).collect();
    let people = (count / FAMILIES_EACH).max(TEAM * codes.len());
    staff(&w, &agencies, people).await;
    families(&w, &agencies, (count, people)).await;
    if engine == "PostgreSQL" {
        // What its own housekeeping does within minutes; SQLite is given no statistics, so that a plan does not move.
        let mut tx = w.world.db.begin().await.unwrap();
        tx.execute("ANALYZE", vals![]).await.unwrap();
        tx.commit(&w.world.ids).await.unwrap();
    }
    if engine == "SQLite" {
        // What was loaded is written back into the database within seconds, as in a running area.
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let app = app_of(&w, folder.path());
    let led = count / FAMILIES_EACH;
    let step = (led / ASKED).max(1);
    let chosen: Vec<usize> = (0..led).step_by(step).take(ASKED).collect();
    let workers = || chosen.iter().map(|at| if at % TEAM == 0 { at + 1 } else { *at }.min(led - 1));
    let managers = || chosen.iter().map(|at| at / TEAM * TEAM);
    let of = |at: usize| (practitioner(at), "/".to_owned());
    ask(&app, (engine, count, "home, a practitioner’s"), &workers().map(of).collect::<Vec<_>>()).await;
    ask(&app, (engine, count, "home, a manager’s of ten"), &managers().map(of).collect::<Vec<_>>()).await;
    let plan = |at: usize| {
        let family = at * FAMILIES_EACH;
        (practitioner(at), format!("/people/{}/families/{}/plan", id(4, family * PEOPLE), id(5, family)))
    };
    ask(&app, (engine, count, "a family’s plan"), &workers().map(plan).collect::<Vec<_>>()).await;
    let unseen = |at: usize| (practitioner(at), "/not-seen".to_owned());
    ask(&app, (engine, count, "not seen, a team’s"), &managers().map(unseen).collect::<Vec<_>>()).await;
    let (cpu, wall) = (cpu_seconds(), Instant::now());
    let mut tx = w.world.db.begin().await.unwrap();
    let mut handed = 0;
    loop {
        let some = frontline::referrals::jobs::escalate(&w.world, &w.area, &mut tx).await.unwrap();
        handed += some;
        if some == 0 {
            break;
        }
    }
    processes::requests::jobs::escalate(&w.world, &mut tx).await.unwrap();
    tx.commit(&w.world.ids).await.unwrap();
    println!(
        "| {engine} | {count} | a day’s clocks: {handed} referrals handed on | {:.1} s | | {:.1} s | |",
        wall.elapsed().as_secs_f64(),
        cpu_seconds() - cpu
    );
}

fn main() {
    let count = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(10_000);
    let only = std::env::args().nth(2);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    println!("| engine | families | page | p50 ms | p99 ms | CPU ms each | kB |\n| --- | --- | --- | --- | --- | --- | --- |");
    runtime.block_on(async {
        if only.as_deref() != Some("postgres") {
            measure(testkit::sqlite().await, "SQLite", count).await;
        }
        if only.as_deref() != Some("sqlite")
            && let Some(world) = testkit::postgres().await
        {
            measure(world, "PostgreSQL", count).await;
        }
    });
}

//! Signals over many rows: what looking through a large extract costs, on both engines.
//!
//! `cargo bench -p processes --bench signals -- 1000000`: so many people, each with one thing that happened; one in two hundred is something
//! that the example area looks for.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark that cannot begin has failed; it prints what it measures"
)]

use access::AgencyId;
use families::facts::records::{self, Said};
use families::facts::{Kind, NewFact, Shape, Standing};
use families::people::PersonId;
use kernel::Date;
use processes::signals::run;
use std::time::Instant;
use testkit::TestWorld;
use uuid::Uuid;

const TOGETHER: usize = 500;
/// One row in so many is a signal.
const TOLD: usize = 200;

/// CPU seconds of this program so far.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

/// The hospital, and the council.
type Agencies = [AgencyId; 2];

fn said(at: usize, w: &TestWorld, agencies: Agencies, on: Date) -> Said {
    let (person, origin) = (PersonId(w.world.ids.uuid(&w.world.clock)), Uuid::from_u128(at as u128 + 1));
    let is_told = at.is_multiple_of(TOLD);
    let (agency_id, term) = if is_told { (agencies[0], "domestic_abuse") } else { (agencies[1], "homeless_asked") };
    let kind = if is_told { Kind::Risk } else { Kind::Event };
    let base = |kind, term: &str| NewFact {
        standing: Standing::Records,
        origin: Some(origin),
        ..NewFact::plain(person, kind, term, "")
    };
    let shape = Shape::Name { forenames: format!("A{at}"), surname: format!("B{}", at % 5000) };
    let facts = vec![
        NewFact { shape, ..base(Kind::Name, "usual") },
        NewFact { holds_from: Some("1990-05-12".parse().unwrap()), ..base(Kind::Birth, "") },
        NewFact { holds_from: Some(on.into()), ..base(kind, term) },
        NewFact { shape: Shape::Involvement { practitioner: None }, ..base(Kind::Involvement, "") },
    ];
    Said { agency_id, origin, spoke_before: false, facts }
}

async fn measure(w: TestWorld, engine: &str, rows: usize) {
    let mut tx = w.world.db.read().await.unwrap();
    let agencies = access::people::list_agencies(&mut tx, w.world.area_id).await.unwrap();
    drop(tx);
    let agencies = ["hospital", "council"].map(|code| agencies.iter().find(|agency| agency.code == code).unwrap().id);
    let on: Date = "2026-11-01".parse().unwrap();
    for start in (0..rows).step_by(TOGETHER) {
        let some: Vec<Said> = (start..rows.min(start + TOGETHER)).map(|at| said(at, &w, agencies, on)).collect();
        let people: Vec<PersonId> = some.iter().map(|one| one.facts[0].person).collect();
        let mut tx = w.world.db.begin().await.unwrap();
        records::insert_people(&mut tx, w.world.area_id, &people, w.world.clock.now()).await.unwrap();
        records::keep(&mut tx, &w.world, &some).await.unwrap();
        tx.commit_unhurried(&w.world.ids).await.unwrap();
        w.world.clock.advance_seconds(1);
    }
    for again in ["first", "again"] {
        let (cpu, wall) = (cpu_seconds(), Instant::now());
        let tally = run::run(&w.world, &w.area, None).await.unwrap();
        println!(
            "| {engine} | {rows} | look through, {again} | {:.1} CPU s | {:.1} s | {} raised |",
            cpu_seconds() - cpu,
            wall.elapsed().as_secs_f64(),
            tally.raised
        );
    }
}

fn main() {
    let rows = std::env::args().filter_map(|word| word.parse().ok()).next().unwrap_or(100_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        measure(testkit::sqlite().await, "SQLite", rows).await;
        if let Some(world) = testkit::postgres().await {
            measure(world, "PostgreSQL", rows).await;
        }
    });
}

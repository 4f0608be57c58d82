//! The service directory at size: reading a directory of others, and searching what was read, on both engines.
//!
//! `cargo bench -p interchange --bench directory -- 20000`: so many made-up services, told by a source in this same program (its CPU is counted
//! too, so that the figure is at most too high), read over HTTP, read again unchanged, and searched in six ways.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark that cannot begin has failed; it prints what it measures"
)]

use area::Area;
use area::services::{Day, Source};
use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::get;
use directory::{Directory, Position, Wanted};
use interchange::open_referral::reading::{self, Fetcher};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Instant;
use testkit::TestWorld;
use uuid::Uuid;

const WORDS: [&str; 12] =
    ["club", "advice", "children", "parents", "debt", "play", "carers", "health", "housing", "english", "work", "friends"];
const TOWNS: [&str; 6] = ["Shipley", "Bingley", "Halifax", "Otley", "Batley", "Pudsey"];
const DAYS: [&str; 5] = ["MO", "TU", "WE", "TH", "FR"];
const LANGUAGES: [&str; 3] = ["en", "pl", "ur"];
/// Each search is made so many times.
const TIMES: usize = 200;

/// CPU seconds of this program so far.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

fn id(kind: u128, at: usize) -> Uuid {
    Uuid::from_u128((kind << 64) | (at as u128 + 1))
}

fn word(at: usize, salt: usize) -> &'static str {
    WORDS[(at.wrapping_mul(2_654_435_761) >> (salt % 20)) % WORDS.len()]
}

fn head(at: usize) -> Value {
    json!({ "id": id(1, at), "name": format!("{} and {} {at}", word(at, 3), word(at, 7)), "status": "active",
            "last_modified": "2026-01-01T00:00:00Z" })
}

#[expect(clippy::cast_precision_loss, reason = "a place on a made-up map")]
fn service(at: usize) -> Value {
    let town = TOWNS[at % TOWNS.len()];
    let (north, east) = (53.7 + (at % 997) as f64 / 5000.0, -1.9 + (at % 991) as f64 / 4000.0);
    let mut service = head(at);
    let more = json!({
        "description": format!("{} for {} and {} in {town}, each week, with {} and a warm welcome", word(at, 1), word(at, 2), word(at, 5), word(at, 9)),
        "minimum_age": at % 12, "maximum_age": 12 + at % 60, "fees": "Free",
        "organization": { "id": id(2, at % 500), "name": format!("{} of {town}", word(at, 11)), "description": "A charity" },
        "schedules": [{ "id": id(3, at), "freq": "WEEKLY", "byday": DAYS[at % DAYS.len()], "opens_at": "09:00", "closes_at": "12:00" }],
        "languages": [{ "id": id(4, at), "code": LANGUAGES[at % LANGUAGES.len()], "name": "" }],
        "service_at_locations": [{ "id": id(5, at), "location": { "id": id(6, at), "location_type": "physical", "name": format!("{town} Hall {at}"),
            "latitude": north, "longitude": east, "addresses": [{ "id": id(7, at), "address_1": "1 High Street", "city": town,
            "state_province": "West Yorkshire", "postal_code": "BD18 2JL", "country": "GB", "address_type": "physical" }] } }],
        "attributes": [{ "id": id(8, at), "taxonomy_term": { "id": id(9, at % 40), "name": format!("Category {}", at % 40), "description": "x",
            "taxonomy": "Made up", "taxonomy_id": id(10, 0) } }]
    });
    service.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    service
}

/// Serves a directory of so many services; returns it as a source.
async fn serve(count: usize) -> Source {
    let list = move |Query(query): Query<HashMap<String, String>>| async move {
        let (page, size): (usize, usize) = (query["page"].parse().unwrap(), query["per_page"].parse().unwrap());
        let contents: Vec<Value> = ((page - 1) * size..(page * size).min(count)).map(head).collect();
        json!({ "total_items": count, "total_pages": count.div_ceil(size), "last_page": page * size >= count, "contents": contents }).to_string()
    };
    let one = |Path(id): Path<Uuid>| async move {
        let at = usize::try_from(id.as_u128() & u128::from(u64::MAX)).unwrap() - 1;
        service(at).to_string()
    };
    let router = Router::new().route("/services", get(list)).route("/services/{id}", get(one));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let meets: String = (0..40).step_by(4).map(|at| format!("\"Category {at}\" = [\"debt\"]\n")).collect();
    toml::from_str(&format!(
        "id = \"made_up\"\nname = \"Made up\"\nurl = \"http://{address}\"\nlicence = \"None\"\npublish = true\n[meets]\n{meets}"
    ))
    .unwrap()
}

async fn measure(w: TestWorld, engine: &str, count: usize) {
    let source = serve(count).await;
    let mut area = Area::clone(&w.area);
    area.directory.source.push(source.clone());
    for again in ["first", "again, unchanged"] {
        w.world.clock.advance_seconds(60);
        let (cpu, wall) = (cpu_seconds(), Instant::now());
        let read = reading::read(&w.world, &area, &source, &Fetcher::default()).await.unwrap().unwrap();
        let (cpu, wall) = (cpu_seconds() - cpu, wall.elapsed().as_secs_f64());
        println!(
            "| {engine} | {count} | read, {again} | {cpu:.1} CPU s | {wall:.1} s | {} changed {} |",
            read.changed, read.problem
        );
    }
    let directory = Directory::default();
    let near = Position::of_degrees(53.83, -1.78);
    let all = || Wanted::default();
    let searches: [(&str, Wanted); 6] = [
        ("nothing asked for", all()),
        ("two words", Wanted { words: "debt adv".into(), ..all() }),
        ("the nearest of all", Wanted { near, ..all() }),
        ("a word, nearest", Wanted { words: "children".into(), near, ..all() }),
        (
            "a need, nearest, age, language, day",
            Wanted { need: Some("debt".into()), near, ages: vec![9], language: Some("pl".into()), day: Some(Day::TU), ..all() },
        ),
        ("suggested for a need", Wanted { need: Some("debt".into()), near, ages: vec![9, 34], suggested: true, ..all() }),
    ];
    for (name, wanted) in &searches {
        let mut millis = Vec::with_capacity(TIMES);
        let (mut found, cpu) = (0, cpu_seconds());
        for _ in 0..TIMES {
            let wall = Instant::now();
            let mut tx = w.world.db.read().await.unwrap();
            let results = directory::find(&directory, (&mut tx, w.world.area_id), &area, wanted, (0, 20)).await.unwrap();
            found = results.count;
            millis.push(wall.elapsed().as_secs_f64() * 1000.0);
        }
        let first = millis[0];
        millis.sort_by(f64::total_cmp);
        println!(
            "| {engine} | {count} | search: {name} ({found} fit) | p50 {:.1} ms | p99 {:.1} ms | {:.2} CPU ms each; first {first:.0} ms |",
            millis[TIMES / 2],
            millis[TIMES * 99 / 100 - 1],
            (cpu_seconds() - cpu) * 1000.0 / TIMES as f64
        );
    }
}

#[tokio::main]
async fn main() {
    let count = std::env::args().filter_map(|arg| arg.parse().ok()).next().unwrap_or(20_000);
    measure(testkit::sqlite().await, "SQLite", count).await;
    if let Some(w) = testkit::postgres().await {
        measure(w, "PostgreSQL", count).await;
    }
}

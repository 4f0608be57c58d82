//! Finding one person among many by a noisy record, and not finding somebody who is not there, on both engines.
//!
//! `cargo bench -p families --bench lookup -- people.csv truth.csv`: the columns of `linkage dedupe`, and each record's id and person. Every
//! record is loaded as somebody of their own, as if nothing had been brought together yet: the hardest case.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot begin has failed; it prints what it measures"
)]

use access::Act;
use csv::StringRecord;
use families::facts::records::{self, Said};
use families::facts::{Identifier, Kind, NewFact, Scheme, Shape, Standing, Verified};
use families::lookup::{Known, Record, known, look_up, save_known};
use families::people::PersonId;
use linkage::frequencies::Frequencies;
use linkage::people::People;
use linkage::rarity::Rarity;
use linkage::score::{Among, compare};
use linkage::train::train;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Instant;
use testkit::TestWorld;
use uuid::Uuid;

/// So many are looked up who are there, and so many who are not.
const ASKED: usize = 1000;
/// One person in so many is left out of the data, to be looked up in vain.
const LEFT_OUT: u64 = 101;
/// So many others are looked up first.
const WARM: usize = 500;
const TOGETHER: usize = 500;

/// A record with its person of the truth.
struct Row {
    person: u64,
    source: String,
    record: Record,
    town: String,
}

fn rows(people: &str, truth: &str) -> Vec<Row> {
    let mut persons: HashMap<String, u64> = HashMap::new();
    for row in csv::Reader::from_path(truth).unwrap().records() {
        let row = row.unwrap();
        persons.insert(row[0].to_owned(), row[1].parse().unwrap());
    }
    let mut reader = csv::Reader::from_path(people).unwrap();
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let columns = [
        "rec_id",
        "source",
        "first_name",
        "middle_name",
        "last_name",
        "dob",
        "sex",
        "house",
        "street",
        "postcode",
        "phone",
        "email",
        "nhs",
        "upn",
        "nino",
        "town",
    ]
    .map(at);
    let read = |row: StringRecord| {
        let get = |column: usize| row[columns[column]].to_owned();
        Row {
            person: persons[&row[columns[0]]],
            source: get(1),
            town: get(15),
            record: Record {
                source: String::new(),
                first_name: get(2),
                middle_name: get(3),
                last_name: get(4),
                born: get(5),
                sex: get(6),
                house: get(7),
                street: get(8),
                postcode: get(9),
                phone: get(10),
                email: get(11),
                numbers: [get(12), get(13), get(14), String::new()],
                verified: [false; 4],
            },
        }
    };
    reader.records().map(|row| read(row.unwrap())).collect()
}

/// Numbers that look like chance and are the same in every run.
fn mixed(at: u64) -> u64 {
    let z = (at + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z ^ (z >> 31)
}

fn facts(person: PersonId, origin: Uuid, row: &Row) -> Vec<NewFact> {
    let record = &row.record;
    let base = |kind, term: &str, words: &str| NewFact {
        standing: Standing::Records,
        origin: Some(origin),
        ..NewFact::plain(person, kind, term, words)
    };
    let forenames = format!("{} {}", record.first_name, record.middle_name).trim().to_owned();
    let mut facts = Vec::new();
    if !(forenames.is_empty() && record.last_name.is_empty()) {
        facts.push(NewFact {
            shape: Shape::Name { forenames, surname: record.last_name.clone() },
            ..base(Kind::Name, "usual", "")
        });
    }
    if let Ok(born) = record.born.parse() {
        facts.push(NewFact { holds_from: Some(born), ..base(Kind::Birth, "", "") });
    }
    if !record.sex.is_empty() {
        facts.push(base(Kind::Sex, &record.sex, ""));
    }
    if !record.postcode.is_empty() || !record.street.is_empty() {
        let lines = format!("{} {}", record.house, record.street).trim().to_owned();
        let shape = Shape::Address { lines, town: row.town.clone(), postcode: record.postcode.clone() };
        facts.push(NewFact { shape, ..base(Kind::Address, "home", "") });
    }
    for (words, kind) in [(&record.phone, Kind::Phone), (&record.email, Kind::Email)] {
        if !words.is_empty() {
            facts.push(base(kind, "", words));
        }
    }
    for (value, scheme) in record.numbers.iter().zip([Scheme::NhsNumber, Scheme::Upn, Scheme::Nino]) {
        if !value.is_empty() {
            let identifier = Identifier { scheme, value: value.clone(), verified: Verified::Unverified };
            facts.push(NewFact { shape: Shape::Identifier(identifier), ..base(Kind::Identifier, "", "") });
        }
    }
    facts.push(NewFact { shape: Shape::Involvement { practitioner: None }, ..base(Kind::Involvement, "", "Knows") });
    facts
}

async fn load(w: &TestWorld, rows: &[&Row]) -> Vec<PersonId> {
    let mut tx = w.world.db.begin().await.unwrap();
    let agencies: BTreeMap<String, access::AgencyId> = access::people::list_agencies(&mut tx, w.world.area_id)
        .await
        .unwrap()
        .into_iter()
        .map(|agency| (agency.code, agency.id))
        .collect();
    drop(tx);
    let mut ids = Vec::with_capacity(rows.len());
    for some in rows.chunks(TOGETHER) {
        let mut tx = w.world.db.begin().await.unwrap();
        let new: Vec<PersonId> = some.iter().map(|_| PersonId(w.world.ids.uuid(&w.world.clock))).collect();
        records::insert_people(&mut tx, w.world.area_id, &new, w.world.clock.now()).await.unwrap();
        let said: Vec<Said> = some
            .iter()
            .zip(&new)
            .map(|(row, person)| {
                let origin = w.world.ids.uuid(&w.world.clock);
                let facts = facts(*person, origin, row);
                Said { agency_id: agencies[&row.source], origin, spoke_before: false, facts }
            })
            .collect();
        records::keep(&mut tx, &w.world, &said).await.unwrap();
        tx.commit_unhurried(&w.world.ids).await.unwrap();
        ids.extend(new);
    }
    ids
}

/// What is known of how records compare here, estimated without the truth.
fn learnt(rows: &[&Row]) -> Known {
    let mut people = People::default();
    for (at, row) in rows.iter().enumerate() {
        people.push(&row.record.raw(&at.to_string())).unwrap();
    }
    people.settle();
    let rarity = Rarity::count(&people);
    let (compared, _) = compare(&people, &rarity, Among::All);
    let model = train(&people, &rarity, &compared, Among::All);
    Known::new(Frequencies::of(&rarity, &people), model)
}

fn at(times: &[f64], share: f64) -> f64 {
    times[((times.len() as f64 * share) as usize).min(times.len() - 1)]
}

async fn measure(engine: &str, w: &TestWorld, rows: &[Row]) {
    let there: Vec<&Row> = rows.iter().filter(|row| !mixed(row.person).is_multiple_of(LEFT_OUT)).collect();
    let left_out: Vec<&Row> = rows.iter().filter(|row| mixed(row.person).is_multiple_of(LEFT_OUT)).collect();
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
    let now = Instant::now;
    let began = now();
    let ids = load(w, &there).await;
    let loaded = began.elapsed().as_secs_f64();
    let mut tx = w.world.db.begin().await.unwrap();
    save_known(&mut tx, w.world.area_id, w.world.ids.uuid(&w.world.clock), &learnt(&there), w.world.clock.now()).await.unwrap();
    tx.commit(&w.world.ids).await.unwrap();
    // What a database does by itself in the night after it was loaded.
    let mut tx = w.world.db.begin().await.unwrap();
    tx.execute("ANALYZE", store::vals![]).await.unwrap();
    tx.commit(&w.world.ids).await.unwrap();
    println!("{engine}: {} people loaded in {loaded:.0} s", there.len());
    let mut of_person: HashMap<u64, BTreeSet<&str>> = HashMap::new();
    for row in &there {
        of_person.entry(row.person).or_default().insert(&row.source);
    }
    // Whoever has a record in another source can be found by this one.
    let mut asked: Vec<usize> = (0..there.len()).filter(|at| of_person[&there[*at].person].len() > 1).collect();
    asked.sort_by_key(|at| mixed(*at as u64 + 7));
    asked.truncate(ASKED + WARM);
    let persons: HashMap<PersonId, u64> = ids.iter().zip(&there).map(|(id, row)| (*id, row.person)).collect();
    let (mut times, mut first, mut among_ten) = (Vec::new(), 0, 0);
    let mut ctx = access::Ctx::read(&w.world, w.actor("Moira")).await.unwrap();
    ctx.permit(Act::Search, &access::Resource::area()).unwrap();
    known(&mut ctx.tx, w.world.area_id).await.unwrap();
    // Each statement is planned once on a connection.
    let warm = asked.split_off(asked.len().min(ASKED));
    for at in &warm {
        look_up(&mut ctx, std::slice::from_ref(&there[*at].record), 11).await.unwrap();
    }
    for at in &asked {
        let began = now();
        let found = look_up(&mut ctx, std::slice::from_ref(&there[*at].record), 11).await.unwrap();
        times.push(began.elapsed().as_secs_f64() * 1000.0);
        let others: Vec<u64> = found.iter().filter(|one| one.id != ids[*at]).take(10).map(|one| persons[&one.id]).collect();
        first += usize::from(others.first() == Some(&there[*at].person));
        among_ten += usize::from(others.contains(&there[*at].person));
    }
    times.sort_by(f64::total_cmp);
    let all = asked.len() as f64;
    println!(
        "{engine}: found first {:.3}, among ten {:.3}; p50 {:.1} ms, p95 {:.1}, p99 {:.1}",
        first as f64 / all,
        among_ten as f64 / all,
        at(&times, 0.5),
        at(&times, 0.95),
        at(&times, 0.99)
    );
    let asked: Vec<&&Row> = left_out.iter().take(ASKED).collect();
    let mut weights = Vec::with_capacity(asked.len());
    for row in &asked {
        let found = look_up(&mut ctx, std::slice::from_ref(&row.record), 1).await.unwrap();
        weights.push(found.first().map_or(f32::MIN, |one| one.weight));
    }
    let above = |from: f32| weights.iter().filter(|weight| **weight >= from).count();
    println!(
        "{engine}: of {} who are not there, {} are likelier somebody who is than not; {} are with 1,000 to 1",
        asked.len(),
        above(0.0),
        above(10.0)
    );
}

#[tokio::main]
async fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let [people, truth] = args.as_slice() else {
        println!("say which records, and the truth: cargo bench -p families --bench lookup -- people.csv truth.csv");
        return;
    };
    let rows = rows(people, truth);
    measure("SQLite", &testkit::sqlite().await, &rows).await;
    if let Some(w) = testkit::postgres().await {
        measure("PostgreSQL", &w, &rows).await;
    }
}

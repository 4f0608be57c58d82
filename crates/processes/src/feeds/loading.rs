//! Loading a file: streamed, in slices that commit, so that a run can be stopped, crash and go on.

use super::matching::{self, Match};
use super::reading::{self, BadRow, Columns, Record};
use super::store::{self, Tally};
use super::{Run, RunId};
use ::store::journal::{Entry, Outcome};
use ::store::{StoreError, Tx};
use access::{AgencyId, World};
use area::files::Field;
use area::{Area, FeedSource};
use csv::{ByteRecord, Position, ReaderBuilder};
use families::facts::{self, Kind, NewFact, Shape, Standing, records};
use families::people::PersonId;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use uuid::Uuid;

/// The job's name in the queue.
pub const LOAD: &str = "feeds.load";
const ROWS_TOGETHER: usize = 250;
const RAW_MAX_BYTES: usize = 20_000;

/// Why a file could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file as a whole is not what it must be.
    #[error("{0}")]
    File(String),
    /// The store failed: what was committed stays, and the run goes on from there.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Loads the next rows of a run, at most `batches` times 250, and returns how far it is.
///
/// # Errors
/// [`LoadError::File`] ends the run; [`LoadError::Store`] can be tried again.
pub async fn load_slice(world: &World, area: &Area, id: RunId, batches: usize) -> Result<Run, LoadError> {
    let mut tx = world.db.begin().await?;
    let run = store::load_run(&mut tx, world.area_id, id).await?.ok_or_else(|| LoadError::File("The run is gone".to_owned()))?;
    if run.is_over() {
        return Ok(run);
    }
    let result = match Loader::open(&mut tx, world, area, &run).await {
        Ok(mut loader) => {
            drop(tx);
            loader.run(batches).await
        }
        Err(e) => {
            drop(tx);
            Err(e)
        }
    };
    if let Err(LoadError::File(problem)) = &result {
        let mut tx = world.db.begin().await?;
        store::fail_run(&mut tx, world.area_id, id, problem, world.clock.now()).await?;
        tx.commit(&world.ids).await?;
    }
    result?;
    let mut tx = world.db.read().await?;
    store::load_run(&mut tx, world.area_id, id).await?.ok_or_else(|| LoadError::File("The run is gone".to_owned()))
}

/// What rows of one agency need: its columns, its id, and whether that it knows somebody is sensitive.
#[derive(Clone, Copy)]
struct Part<'a> {
    feed: &'a FeedSource,
    agency_id: AgencyId,
    sensitive: bool,
}

/// A row with its line: its cells, or what is wrong with it and as much of it as can be kept.
type ReadRow = (i64, Result<Vec<String>, (BadRow, String)>);

struct Loader<'a> {
    world: &'a World,
    feed: &'a FeedSource,
    parts: BTreeMap<String, Part<'a>>,
    run: Run,
    columns: Columns,
    reader: csv::Reader<File>,
}

impl<'a> Loader<'a> {
    async fn open(tx: &mut Tx, world: &'a World, area: &'a Area, run: &Run) -> Result<Self, LoadError> {
        let feed = area.feeds.get(&run.source).ok_or_else(|| LoadError::File(format!("There is no source {}", run.source)))?;
        let mut parts = BTreeMap::new();
        for (name, part) in &area.feeds {
            let Some(code) = &part.agency else { continue };
            if (feed.source_column.is_some() || *name == run.source)
                && let Some(agency) = store::find_agency(tx, world.area_id, code.as_ref()).await?
            {
                let sensitive = area.agencies.get(code.as_ref()).is_some_and(|agency| agency.sensitive);
                parts.insert(name.clone(), Part { feed: part, agency_id: agency, sensitive });
            }
        }
        let path = std::path::Path::new(&run.file_path);
        refuse_other_formats(path)?;
        let file = File::open(path).map_err(|_| LoadError::File("The file is gone: load it again".to_owned()))?;
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
        let header = first_row(&mut reader)?;
        let needed: Vec<&FeedSource> = parts.values().map(|part| part.feed).collect();
        let columns = reading::columns(&header, feed, &needed).map_err(LoadError::File)?;
        if run.bytes_read > 0 {
            let mut position = Position::new();
            position.set_byte(u64::try_from(run.bytes_read).unwrap_or(0));
            position.set_line(u64::try_from(run.line).unwrap_or(1));
            reader.seek(position).map_err(|e| LoadError::File(e.to_string()))?;
        }
        Ok(Self { world, feed, parts, run: run.clone(), columns, reader })
    }

    async fn run(&mut self, batches: usize) -> Result<(), LoadError> {
        for _ in 0..batches {
            let rows = self.next_rows()?;
            let is_last = rows.len() < ROWS_TOGETHER;
            let mut tx = self.world.db.begin().await?;
            let mut tally = Tally::default();
            for (line, row) in &rows {
                self.keep(&mut tx, *line, row, &mut tally).await?;
            }
            let position = self.reader.position().clone();
            let at = (i64::try_from(position.byte()).unwrap_or(0), i64::try_from(position.line()).unwrap_or(0));
            let state = store::save_progress(
                &mut tx,
                self.world.area_id,
                self.run.id,
                (&tally, at),
                is_last.then(|| self.world.clock.now()),
            )
            .await?;
            self.journal(&mut tx, &tally, is_last);
            tx.commit(&self.world.ids).await?;
            if is_last || state != "running" {
                break;
            }
        }
        Ok(())
    }

    fn journal(&self, tx: &mut Tx, tally: &Tally, is_last: bool) {
        tx.journal(Entry {
            area_id: self.world.area_id,
            at: self.world.clock.now(),
            act: "load_feed".to_owned(),
            outcome: Outcome::Done,
            actor_id: None,
            agency_id: None,
            subject_id: Some(self.run.id.0),
            rule: "area.feeds".to_owned(),
            payload: serde_json::json!({ "new": tally.rows_new, "same": tally.rows_same, "bad": tally.rows_bad, "last": is_last }),
        });
    }

    fn next_rows(&mut self) -> Result<Vec<ReadRow>, LoadError> {
        let mut rows = Vec::with_capacity(ROWS_TOGETHER);
        let mut record = ByteRecord::new();
        while rows.len() < ROWS_TOGETHER {
            match self.reader.read_byte_record(&mut record) {
                Ok(true) => {
                    let line = record.position().map_or(0, |position| i64::try_from(position.line()).unwrap_or(0));
                    let decoded: Result<Vec<String>, BadRow> = record.iter().map(reading::decode).collect();
                    rows.push((line, decoded.map_err(|bad| (bad, raw(&record)))));
                }
                Ok(false) => break,
                // The disk failed, not the row: the run goes on from the last batch when it is tried again.
                Err(e) => return Err(StoreError::Driver(format!("the file could not be read: {e}")).into()),
            }
        }
        Ok(rows)
    }

    async fn keep(
        &self,
        tx: &mut Tx,
        line: i64,
        row: &Result<Vec<String>, (BadRow, String)>,
        tally: &mut Tally,
    ) -> Result<(), LoadError> {
        let read = match row {
            Err((bad, raw)) => Err((bad.clone(), raw.clone())),
            Ok(row) => self.read(row).map_err(|bad| (bad, raw_of(row))),
        };
        match read {
            Err((bad, raw)) => {
                tally.rows_bad += 1;
                Ok(store::insert_bad_row(tx, self.world.area_id, self.run.id, (line, &raw), &bad).await?)
            }
            Ok((source, record)) => self.keep_record(tx, &source, record, tally).await,
        }
    }

    fn read(&self, row: &[String]) -> Result<(String, Record), BadRow> {
        let today = self.world.clock.today();
        let Some(at) = self.columns.source else {
            return Ok((self.run.source.clone(), reading::read(row, &self.columns, self.feed, today)?));
        };
        let name = row.get(at).map_or("", |name| name.trim());
        let Some(part) = self.parts.get(name) else {
            return Err(BadRow {
                column: self.columns.header[at].clone(),
                reason: format!("names a source that is not known: {name}"),
            });
        };
        Ok((name.to_owned(), reading::read(row, &self.columns, part.feed, today)?))
    }

    async fn keep_record(&self, tx: &mut Tx, source: &str, record: Record, tally: &mut Tally) -> Result<(), LoadError> {
        let Some(Part { feed, agency_id, sensitive }) = self.parts.get(source).copied() else { return Ok(()) };
        let (area_id, hash) = (self.world.area_id, record.content_hash());
        let known = store::find_record(tx, area_id, source, &record.key).await?;
        if known.as_ref().is_some_and(|known| known.content_hash == hash) {
            tally.rows_same += 1;
            return Ok(());
        }
        let person = match known.as_ref().and_then(|known| known.person) {
            Some(person) => Some(person),
            None => match matching::find(tx, area_id, &record, feed).await? {
                Match::Person(person) => Some(person),
                Match::New => {
                    tally.people_new += 1;
                    let person = PersonId(self.world.ids.uuid(&self.world.clock));
                    records::insert_person(tx, area_id, person, self.world.clock.now()).await?;
                    Some(person)
                }
                Match::Wait => None,
            },
        };
        let kept = store::Kept { source, record: &record, hash: &hash, person, run: self.run.id, at: self.world.clock.now() };
        store::save_record(tx, area_id, &kept).await?;
        if let Some(person) = person {
            tally.rows_matched += 1;
            let facts = facts_of(&record, feed, person, (origin(source, &record.key), sensitive));
            records::keep(tx, self.world, agency_id, facts).await?;
        }
        tally.rows_new += 1;
        Ok(())
    }
}

/// Returns the id under which the facts of one record are kept together.
pub fn origin(source: &str, key: &str) -> Uuid {
    let digest = ring::digest::digest(&ring::digest::SHA256, format!("{source}\n{key}").as_bytes());
    uuid::Builder::from_custom_bytes(digest.as_ref()[..16].try_into().unwrap_or([0; 16])).into_uuid()
}

/// Returns what a record says about a person, as facts from records.
pub fn facts_of(record: &Record, feed: &FeedSource, person: PersonId, of: (Uuid, bool)) -> Vec<NewFact> {
    let base = |kind, term: &str, words: &str| NewFact {
        standing: Standing::Records,
        origin: Some(of.0),
        ..NewFact::plain(person, kind, term, words)
    };
    let get = |field| record.get(field);
    let forenames = format!("{} {}", get(Field::FirstName), get(Field::MiddleName)).trim().to_owned();
    let shape = Shape::Name { forenames, surname: get(Field::LastName).to_owned() };
    let mut facts = vec![NewFact { shape, ..base(Kind::Name, "usual", "") }];
    if let Some(born) = record.born() {
        facts.push(NewFact { holds_from: Some(born), ..base(Kind::Birth, "", "") });
    }
    if !get(Field::Sex).is_empty() {
        facts.push(base(Kind::Sex, get(Field::Sex), ""));
    }
    let lines = format!("{} {}", get(Field::House), get(Field::Street)).trim().to_owned();
    if !(lines.is_empty() && get(Field::Town).is_empty() && get(Field::Postcode).is_empty()) {
        let shape = Shape::Address { lines, town: get(Field::Town).to_owned(), postcode: get(Field::Postcode).to_owned() };
        facts.push(NewFact { shape, ..base(Kind::Address, "home", "") });
    }
    for (field, kind) in [(Field::Phone, Kind::Phone), (Field::Email, Kind::Email)] {
        if !get(field).is_empty() {
            facts.push(base(kind, "", get(field)));
        }
    }
    for identifier in matching::identifiers(record, feed) {
        facts.push(NewFact { shape: Shape::Identifier(identifier), ..base(Kind::Identifier, "", "") });
    }
    facts.push(NewFact { shape: Shape::Involvement { practitioner: None }, ..base(Kind::Involvement, "", "Knows") });
    let kept_as = |fact: NewFact| NewFact { class: facts::rules::class_of(fact.kind, fact.class, of.1), ..fact };
    facts.into_iter().map(|fact| kept_as(facts::rules::check(fact.clone(), kernel::Date::MAX).unwrap_or(fact))).collect()
}

fn raw(record: &ByteRecord) -> String {
    raw_of(&record.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect::<Vec<_>>())
}

fn raw_of(row: &[String]) -> String {
    let json = serde_json::to_string(row).unwrap_or_default().replace("\\u0000", "");
    if json.len() > RAW_MAX_BYTES { "[]".to_owned() } else { json }
}

fn first_row(reader: &mut csv::Reader<File>) -> Result<Vec<String>, LoadError> {
    let mut record = ByteRecord::new();
    let there = reader.read_byte_record(&mut record).map_err(|e| LoadError::File(format!("The first row does not read: {e}")))?;
    if !there {
        return Err(LoadError::File("The file is empty".to_owned()));
    }
    let header: Result<Vec<String>, BadRow> = record.iter().map(reading::decode).collect();
    header.map_err(|bad| LoadError::File(bad.reason))
}

/// A zip or a spreadsheet named .csv is told apart by its first bytes.
fn refuse_other_formats(path: &std::path::Path) -> Result<(), LoadError> {
    let mut start = [0_u8; 4];
    let mut file = File::open(path).map_err(|_| LoadError::File("The file is gone: load it again".to_owned()))?;
    let read = file.read(&mut start).map_err(|e| LoadError::File(e.to_string()))?;
    match &start[..read] {
        [b'P', b'K', 3 | 5, 4 | 6] => {
            Err(LoadError::File("This is a zip file or a spreadsheet, not CSV: save it as CSV and load that".to_owned()))
        }
        [0x1f, 0x8b, ..] => Err(LoadError::File("This file is packed: unpack it and load the CSV in it".to_owned())),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            Err(LoadError::File("This file is in UTF-16: save it as “CSV UTF-8” and load that".to_owned()))
        }
        _ => Ok(()),
    }
}

//! Loading a file: streamed, in slices that commit, so that a run can be stopped, crash and go on.

use super::batch::{self, Part, ReadRecord};
use super::reading::{self, BadRow, Columns};
use super::store::{self, Tally};
use super::{Run, RunId};
use ::store::journal::{Entry, Outcome};
use ::store::{StoreError, Tx};
use access::World;
use area::{Area, FeedSource};
use csv::{ByteRecord, Position, ReaderBuilder};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;

/// The job's name in the queue.
pub const LOAD: &str = "feeds.load";
const ROWS_TOGETHER: usize = 250;
/// So many batches reach the disk together; whoever else writes gets in between two of them.
const BATCHES_TO_DISK: usize = 16;
/// A file of so many lines changes how the database should look things up.
const MANY_LINES: i64 = 1_000;
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

/// A row with its line: its cells, or what is wrong with it and as much of it as can be kept.
type ReadRow = (i64, Result<Vec<String>, (BadRow, String)>);

struct Loader<'a> {
    world: &'a World,
    parts: BTreeMap<&'a str, Part<'a>>,
    run: Run,
    columns: Columns,
    reader: csv::Reader<File>,
}

impl<'a> Loader<'a> {
    async fn open(tx: &mut Tx, world: &'a World, area: &'a Area, run: &Run) -> Result<Self, LoadError> {
        let feed = area.feeds.get(&run.source).ok_or_else(|| LoadError::File(format!("There is no source {}", run.source)))?;
        let path = std::path::Path::new(&run.file_path);
        refuse_other_formats(path)?;
        let file = File::open(path).map_err(|_| LoadError::File("The file is gone: load it again".to_owned()))?;
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
        let header = first_row(&mut reader)?;
        let sources: Vec<(&str, &FeedSource)> = area.feeds.iter().map(|(name, feed)| (name.as_str(), feed)).collect();
        // A file of several agencies says who people are; what happened comes in files of its own.
        let is_loaded =
            |(name, one): &(&str, &FeedSource)| *name == run.source || (feed.source_column.is_some() && one.events.is_empty());
        let sources: Vec<_> = sources.into_iter().filter(|one| one.1.agency.is_some() && is_loaded(one)).collect();
        let needed: Vec<&FeedSource> = sources.iter().map(|(_, feed)| *feed).collect();
        let columns = reading::columns(&header, feed, &needed).map_err(LoadError::File)?;
        let mut parts = BTreeMap::new();
        for (name, feed) in sources {
            parts.insert(name, part(tx, world, area, (name, feed, &columns)).await?);
        }
        if run.bytes_read > 0 {
            let mut position = Position::new();
            position.set_byte(u64::try_from(run.bytes_read).unwrap_or(0));
            position.set_line(u64::try_from(run.line).unwrap_or(1));
            reader.seek(position).map_err(|e| LoadError::File(e.to_string()))?;
        }
        Ok(Self { world, parts, run: run.clone(), columns, reader })
    }

    async fn run(&mut self, batches: usize) -> Result<(), LoadError> {
        for batch in 1..=batches {
            let rows = self.next_rows()?;
            let is_last = rows.len() < ROWS_TOGETHER;
            let mut tx = self.world.db.begin().await?;
            if self.run.header.is_empty() {
                self.run.header.clone_from(&self.columns.header);
                store::save_header(&mut tx, self.world.area_id, self.run.id, &self.run.header).await?;
            }
            let tally = self.keep(&mut tx, &rows).await?;
            let position = self.reader.position().clone();
            let at = (i64::try_from(position.byte()).unwrap_or(0), i64::try_from(position.line()).unwrap_or(0));
            let state = store::save_progress(
                &mut tx,
                self.world.area_id,
                (self.run.id, self.run.bytes_read),
                (&tally, at),
                is_last.then(|| self.world.clock.now()),
            )
            .await?;
            self.run.bytes_read = at.0;
            self.journal(&mut tx, &tally, is_last);
            let is_over = is_last || state != "running";
            if is_over || batch == batches || batch.is_multiple_of(BATCHES_TO_DISK) {
                tx.commit(&self.world.ids).await?;
            } else {
                tx.commit_unhurried(&self.world.ids).await?;
            }
            if is_over {
                if at.1 >= MANY_LINES {
                    let mut tx = self.world.db.begin().await?;
                    tx.look_at_tables().await?;
                    tx.commit(&self.world.ids).await?;
                }
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

    async fn keep(&self, tx: &mut Tx, rows: &[ReadRow]) -> Result<Tally, LoadError> {
        let (mut good, mut bad) = (Vec::with_capacity(rows.len()), Vec::new());
        for (line, row) in rows {
            match row {
                Err((why, raw)) => bad.push((*line, raw.clone(), why.clone())),
                Ok(row) => match self.read(row) {
                    Ok(record) => good.push(record),
                    Err(why) => bad.push((*line, raw_of(row), why)),
                },
            }
        }
        let mut tally = batch::keep(tx, self.world, self.run.id, &good).await?;
        tally.rows_bad = i64::try_from(bad.len()).unwrap_or(0);
        store::insert_bad_rows(tx, self.world.area_id, self.run.id, bad).await?;
        Ok(tally)
    }

    fn read(&self, row: &[String]) -> Result<ReadRecord<'_>, BadRow> {
        let name = match self.columns.source {
            None => self.run.source.as_str(),
            Some(at) => row.get(at).map_or("", |name| name.trim()),
        };
        let part = self.parts.get(name).ok_or_else(|| BadRow {
            column: self.columns.source.map_or_else(String::new, |at| self.columns.header[at].clone()),
            reason: format!("names a source that is not known: {name}"),
        })?;
        let record = reading::read(row, &self.columns, (&part.places, part.feed), self.world.clock.today())?;
        Ok(ReadRecord { part, hash: record.content_hash(), record })
    }
}

async fn part<'a>(
    tx: &mut Tx,
    world: &World,
    area: &'a Area,
    (source, feed, columns): (&'a str, &'a FeedSource, &Columns),
) -> Result<Part<'a>, LoadError> {
    let code = feed.agency.as_ref().map_or("", |code| code.as_ref());
    let agency_id = store::find_agency(tx, world.area_id, code).await?;
    let agency_id = agency_id.ok_or_else(|| LoadError::File(format!("The agency {code} of {} is not here yet", feed.name)))?;
    Ok(Part::new(area, (source, feed), columns.places(feed), agency_id))
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

//! Directories of others: what a reading of one changes here. How their entries come is not known here.
//!
//! A reading looks at the source's whole list. What is new or different is kept, what is not a service is put aside with what is wrong with it,
//! and what the list has no more is withdrawn; but where the list broke off, or too much is gone at once, nothing is withdrawn and somebody is told.

use crate::service::Service;
use crate::store::{self, Kept, Refused};
pub use crate::store::{Reading, ReadingId, Refused as RefusedEntry};
use ::store::{AreaId, StoreResult, Tx};
use access::World;
use area::Area;
use area::services::Source;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The most of a refused entry that is kept, in characters: enough to see what is wrong.
const ENTRY_SHOWN: usize = 4000;
/// A reading that has not ended by then was broken off with the program, or never will end.
pub const READING_SECONDS_MAX: i64 = 2 * 3600;
/// Ids are asked for so many at once.
const TOGETHER: usize = 500;

/// What a source's list says of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its id, as the source writes it.
    pub id: String,
    /// When the source changed it; empty where it does not say.
    pub modified: String,
}

/// An entry, or why it did not come.
#[derive(Clone, Debug)]
pub struct Came {
    /// What the list says of it.
    pub listed: Listed,
    /// Its JSON; a problem where it could not be fetched.
    pub entry: Result<String, String>,
}

/// Begins a reading of a source; nothing while another one of it goes on.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn begin(world: &World, source: &Source) -> StoreResult<Option<Reading>> {
    let mut tx = world.db.begin().await?;
    tx.alone(world.area_id, "directory_reading").await?;
    let now = world.clock.now();
    let last = store::last_reading(&mut tx, world.area_id, &source.id).await?;
    if last.is_some_and(|last| last.ended_at.is_none() && now.as_second() - last.began_at.as_second() < READING_SECONDS_MAX) {
        return Ok(None);
    }
    let reading = Reading {
        id: ReadingId(world.ids.uuid(&world.clock)),
        source: source.id.clone(),
        began_at: now,
        ended_at: None,
        listed: 0,
        changed: 0,
        withdrawn: 0,
        refused: 0,
        problem: String::new(),
        is_too_much: false,
    };
    store::insert_reading(&mut tx, world.area_id, &reading).await?;
    tx.commit(&world.ids).await?;
    Ok(Some(reading))
}

/// Marks those of a page of the source's list that are as they were, and returns the others: their entries are wanted.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn look_at_list(
    world: &World,
    source: &Source,
    reading: &mut Reading,
    listed: Vec<Listed>,
) -> StoreResult<Vec<Listed>> {
    reading.listed += i64::try_from(listed.len()).unwrap_or(i64::MAX);
    let id_of = |one: &Listed| Uuid::parse_str(&one.id).ok();
    let ids: Vec<Uuid> = listed.iter().filter_map(id_of).collect();
    if ids.is_empty() {
        return Ok(listed);
    }
    let mut tx = world.db.begin().await?;
    let mut known = HashMap::new();
    for some in ids.chunks(TOGETHER) {
        known.extend(store::known(&mut tx, world.area_id, some).await?);
    }
    let agencies = store::agencies(&mut tx, world.area_id).await?;
    let is_same = |one: &Listed| {
        let known = id_of(one).and_then(|id| known.get(&id));
        known.is_some_and(|known| {
            let agency = || {
                let service = if source.agencies.is_empty() { None } else { serde_json::from_str(&known.record).ok() };
                service.and_then(|service| agency_of(source, &service)).and_then(|code| agencies.get(code)).copied()
            };
            !one.modified.is_empty()
                && known.modified == one.modified
                && known.source == source.id
                && !known.is_withdrawn
                && known.is_public == source.publish
                && known.agency_id == agency()
        })
    };
    let (same, wanted): (Vec<Listed>, Vec<Listed>) = listed.into_iter().partition(is_same);
    let same: Vec<Uuid> = same.iter().filter_map(id_of).collect();
    for some in same.chunks(TOGETHER) {
        store::save_seen(&mut tx, world.area_id, &source.id, some, reading.began_at).await?;
    }
    tx.commit(&world.ids).await?;
    Ok(wanted)
}

fn agency_of<'a>(source: &'a Source, service: &Service) -> Option<&'a str> {
    let organization = service.organization.as_ref()?.id.as_deref()?;
    source.agencies.get(organization).map(|code| code.as_ref().as_str())
}

/// Keeps entries that came, and puts aside those that are no services.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn take(world: &World, source: &Source, reading: &mut Reading, came: Vec<Came>) -> StoreResult<()> {
    let read: Vec<(Came, Result<Service, String>)> = came
        .into_iter()
        .map(|one| {
            let service = service_of(&one);
            (one, service)
        })
        .collect();
    let mut tx = world.db.begin().await?;
    let ids: Vec<Uuid> = read.iter().filter_map(|(one, _)| Uuid::parse_str(&one.listed.id).ok()).collect();
    let known = if ids.is_empty() { HashMap::new() } else { store::known(&mut tx, world.area_id, &ids).await? };
    let agencies = store::agencies(&mut tx, world.area_id).await?;
    let change_no = store::next_change(&mut tx, world.area_id).await?;
    for (one, service) in read {
        let before = Uuid::parse_str(&one.listed.id).ok().and_then(|id| known.get(&id));
        let is_of_another = before.is_some_and(|before| before.source != source.id);
        let service = match service {
            Ok(service) if !is_of_another => service,
            Ok(_) => {
                let problem = "id: a service of another directory has it".to_owned();
                put_aside(&mut tx, world, (source, reading), one, problem).await?;
                continue;
            }
            Err(problem) => {
                put_aside(&mut tx, world, (source, reading), one, problem).await?;
                continue;
            }
        };
        let agency_id = agency_of(source, &service).and_then(|code| agencies.get(code)).copied();
        let (record, code) = (service.written().to_string(), service.id.to_string());
        let kept = Kept {
            id: service.id,
            code: &code,
            source: &source.id,
            agency_id,
            is_public: source.publish,
            record: &record,
            modified: &one.listed.modified,
        };
        if before.is_some_and(|before| before.is(&kept)) {
            store::save_seen(&mut tx, world.area_id, &source.id, &[service.id], reading.began_at).await?;
        } else {
            reading.changed += 1;
            store::save(&mut tx, world.area_id, &kept, (change_no, reading.began_at)).await?;
        }
    }
    tx.commit(&world.ids).await
}

/// Reads an entry that came: a service that is what it was listed as.
fn service_of(came: &Came) -> Result<Service, String> {
    let entry = came.entry.as_deref().map_err(Clone::clone)?;
    let service = Service::read(entry).map_err(|e| e.to_string())?;
    if service.id.to_string() == came.listed.id.to_ascii_lowercase() {
        Ok(service)
    } else {
        Err(format!("id: it is listed as {} and says {} of itself", came.listed.id, service.id))
    }
}

/// Puts an entry aside; what was known of it before stands until its source mends it.
async fn put_aside(
    tx: &mut Tx,
    world: &World,
    (source, reading): (&Source, &mut Reading),
    one: Came,
    problem: String,
) -> StoreResult<()> {
    reading.refused += 1;
    let entry = one.entry.unwrap_or_default().chars().filter(|c| *c != '\0').take(ENTRY_SHOWN).collect();
    let id = Uuid::parse_str(&one.listed.id).ok();
    let refused = Refused { entry_id: one.listed.id, problem, entry, first_at: reading.began_at };
    store::save_refused(tx, world.area_id, &source.id, &refused, reading.began_at).await?;
    match id {
        Some(id) => store::save_seen(tx, world.area_id, &source.id, &[id], reading.began_at).await,
        None => Ok(()),
    }
}

/// Ends a reading: withdraws what the source lists no more, unless its list broke off or too much is gone at once.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn end(world: &World, area: &Area, reading: &mut Reading, broken: Option<String>) -> StoreResult<()> {
    let mut tx = world.db.begin().await?;
    let (area_id, now) = (world.area_id, world.clock.now());
    let (here, gone) = store::count_unseen(&mut tx, area_id, &reading.source, reading.began_at).await?;
    match broken {
        Some(problem) => reading.problem = problem,
        None if is_too_much(area, here, gone) => {
            reading.is_too_much = true;
            reading.problem = format!("{gone} of {here} services are not in its list any more: none was withdrawn");
        }
        None => {
            if gone > 0 {
                let withdrawn = store::withdraw_unseen(&mut tx, area_id, &reading.source, (reading.began_at, now)).await?;
                reading.withdrawn = i64::try_from(withdrawn).unwrap_or(i64::MAX);
            }
            store::forget_mended(&mut tx, area_id, &reading.source, reading.began_at).await?;
        }
    }
    reading.ended_at = Some(now);
    store::save_reading(&mut tx, area_id, reading).await?;
    tx.commit(&world.ids).await
}

/// Returns whether more is gone at once than the area believes without asking.
fn is_too_much(area: &Area, here: i64, gone: i64) -> bool {
    gone * 100 > here * i64::from(area.directory.gone_percent_max) && gone > 1
}

/// Withdraws what a reading did not find, because somebody says that it is gone: only of the last reading, which has ended, and withdrew nothing
/// because that was too much at once.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn withdraw_gone(
    tx: &mut Tx,
    area_id: AreaId,
    (source, id): (&str, ReadingId),
    now: kernel::Timestamp,
) -> StoreResult<Option<u64>> {
    let last = store::last_reading(tx, area_id, source).await?;
    let Some(mut reading) = last.filter(|last| last.id == id && last.ended_at.is_some() && last.is_too_much) else {
        return Ok(None);
    };
    let withdrawn = store::withdraw_unseen(tx, area_id, source, (reading.began_at, now)).await?;
    reading.withdrawn += i64::try_from(withdrawn).unwrap_or(i64::MAX);
    (reading.problem, reading.is_too_much) = (String::new(), false);
    store::save_reading(tx, area_id, &reading).await?;
    Ok(Some(withdrawn))
}

/// How a source stands: its last reading, how many services it has here, how many its list has no more, and what was put aside.
#[derive(Clone, Debug)]
pub struct Stands {
    /// The last reading.
    pub reading: Option<Reading>,
    /// Services of it that can be found.
    pub here: i64,
    /// Of them, those that its list has no more.
    pub gone: i64,
    /// Entries that are no services.
    pub refused: Vec<Refused>,
}

/// Returns how a source stands.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn stands(tx: &mut Tx, area_id: AreaId, source: &str) -> StoreResult<Stands> {
    let reading = store::last_reading(tx, area_id, source).await?;
    let since = reading.as_ref().map_or(kernel::Timestamp::MIN, |reading| reading.began_at);
    let (here, gone) = store::count_unseen(tx, area_id, source, since).await?;
    Ok(Stands { reading, here, gone, refused: store::list_refused(tx, area_id, source).await? })
}

/// Returns the sources that are to be read now: never read, or long enough ago.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn due<'a>(world: &World, area: &'a Area) -> StoreResult<Vec<&'a Source>> {
    let mut tx = world.db.read().await?;
    let apart = i64::from(area.directory.every_hours) * 3600;
    let mut due = Vec::new();
    let mut seen = HashSet::new();
    for source in area.directory.source.iter().filter(|source| seen.insert(&source.id)) {
        let last = store::last_reading(&mut tx, world.area_id, &source.id).await?;
        if last.is_none_or(|last| world.clock.now().as_second() - last.began_at.as_second() >= apart) {
            due.push(source);
        }
    }
    Ok(due)
}

//! Starting, stopping and going on with a run; taking up a record that waits.

use super::batch::{self, Part};
use super::loading;
use super::matching;
use super::reading::Record;
use super::store;
use super::{Run, RunId};
use ::store::{StoreError, StoreResult, Tx, jobs};
use access::{AccessError, Act, Ctx, PractitionerId, Resource, World};
use area::Area;
use families::facts::records;
use families::links::{self, actions::Placing};
use families::people::{self, PersonId};
use families::search::Query;
use std::collections::BTreeSet;
use uuid::Uuid;

/// A file to be loaded.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// The run's id, under which the file was kept.
    pub id: RunId,
    /// The source.
    pub source: String,
    /// What the file was called.
    pub file_name: String,
    /// Where it is kept.
    pub file_path: String,
    /// Its size.
    pub file_bytes: i64,
}

/// Starts a run; a job loads it.
///
/// # Errors
/// [`AccessError`] when the actor may not.
pub async fn start(ctx: &mut Ctx, new: NewRun) -> Result<RunId, AccessError> {
    ctx.permit(Act::LoadFeed, &Resource::area())?;
    ctx.detail(serde_json::json!({ "run": new.id.0, "source": new.source, "bytes": new.file_bytes }));
    let (by, now) = (Some(ctx.actor.id), ctx.now());
    let id = new.id;
    insert(&mut ctx.tx, ctx.area_id, new, (by, now)).await?;
    enqueue(ctx, id).await?;
    Ok(id)
}

/// Writes a run that somebody, or the command line, has started.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn insert(
    tx: &mut Tx,
    area_id: ::store::AreaId,
    new: NewRun,
    by: (Option<PractitionerId>, kernel::Timestamp),
) -> StoreResult<()> {
    let run = Run {
        id: new.id,
        source: new.source,
        file_name: new.file_name,
        file_path: new.file_path,
        file_bytes: new.file_bytes,
        header: Vec::new(),
        state: "running".to_owned(),
        problem: String::new(),
        bytes_read: 0,
        line: 0,
        rows_new: 0,
        rows_same: 0,
        rows_bad: 0,
        rows_matched: 0,
        people_new: 0,
        started_at: by.1,
        loaded_by: None,
    };
    store::insert_run(tx, area_id, &run, by.0, by.1).await
}

async fn enqueue(ctx: &mut Ctx, id: RunId) -> Result<(), AccessError> {
    let key = id.to_string();
    let job =
        jobs::NewJob { kind: loading::LOAD, key: Some(&key), payload: serde_json::json!({ "run": id.0 }), run_at: ctx.now() };
    let job_id = ctx.ids.uuid(&ctx.clock);
    jobs::enqueue(&mut ctx.tx, ctx.area_id, job_id, job).await?;
    Ok(())
}

/// Stops a run after the rows it is reading; what was read stays.
///
/// # Errors
/// [`AccessError`] when the actor may not.
pub async fn stop(ctx: &mut Ctx, id: RunId) -> Result<(), AccessError> {
    ctx.permit(Act::LoadFeed, &Resource::area())?;
    ctx.detail(serde_json::json!({ "run": id.0, "stop": true }));
    store::move_run(&mut ctx.tx, ctx.area_id, id, ("running", "stopping")).await?;
    Ok(())
}

/// Goes on with a run that was stopped, where it was.
///
/// # Errors
/// [`AccessError`] when the actor may not.
pub async fn go_on(ctx: &mut Ctx, id: RunId) -> Result<(), AccessError> {
    ctx.permit(Act::LoadFeed, &Resource::area())?;
    ctx.detail(serde_json::json!({ "run": id.0, "go_on": true }));
    if store::move_run(&mut ctx.tx, ctx.area_id, id, ("stopped", "running")).await? {
        enqueue(ctx, id).await?;
    }
    Ok(())
}

/// Loads a run as a job, slice by slice, keeping the job's lease.
///
/// # Errors
/// [`loading::LoadError`]: of the store, tried again from the last batch; of the file, the run tells it.
pub async fn run_job(world: &World, area: &Area, job: &jobs::Job) -> Result<(), loading::LoadError> {
    let Some(id) = job.payload["run"].as_str().and_then(|id| id.parse().ok()) else { return Ok(()) };
    loop {
        match loading::load_slice(world, area, id, 40).await {
            Ok(run) if run.is_over() => {
                if run.rows_new > 0 {
                    let mut tx = world.db.begin().await?;
                    crate::matching::run::enqueue(&mut tx, world, run.id).await?;
                    crate::signals::run::enqueue(&mut tx, world.area_id, (&world.clock, &world.ids)).await?;
                    tx.commit(&world.ids).await?;
                }
                let mut tx = world.db.read().await?;
                if run.state == "done" && !store::is_any_cut(&mut tx, world.area_id, run.id).await? {
                    forget_file(&run);
                }
                return Ok(());
            }
            Ok(_) => {
                let mut tx = world.db.begin().await?;
                jobs::renew(&mut tx, job, world.clock.now()).await?;
                tx.commit(&world.ids).await?;
            }
            Err(loading::LoadError::File(_)) => return Ok(()),
            Err(e) => return Err(e),
        }
    }
}

/// Deletes an uploaded file once every row of it is a record or in quarantine; a file of the command line's is its owner's.
fn forget_file(run: &Run) {
    let path = std::path::Path::new(&run.file_path);
    if path.file_stem().is_some_and(|stem| *stem == *run.id.to_string()) && std::fs::remove_file(path).is_err() {
        tracing::warn!(run = %run.id, "an uploaded file could not be deleted");
    }
}

/// Returns the runs, the newest first.
///
/// # Errors
/// [`AccessError`] when the actor may not.
pub async fn list(ctx: &mut Ctx) -> Result<Vec<Run>, AccessError> {
    ctx.permit(Act::ReadFeed, &Resource::area())?;
    Ok(store::list_runs(&mut ctx.tx, ctx.area_id).await?)
}

/// Returns how many records of each source wait to be somebody's.
///
/// # Errors
/// [`AccessError`] when the actor may not.
pub async fn count_waiting(ctx: &mut Ctx) -> Result<Vec<(String, i64)>, AccessError> {
    ctx.permit(Act::ReadFeed, &Resource::area())?;
    Ok(store::count_waiting(&mut ctx.tx, ctx.area_id).await?)
}

/// Returns a run.
///
/// # Errors
/// [`AccessError`] when the actor may not; [`AccessError::Hidden`] when there is none.
pub async fn load(ctx: &mut Ctx, id: RunId) -> Result<Run, AccessError> {
    ctx.permit(Act::ReadFeed, &Resource::area())?;
    store::load_run(&mut ctx.tx, ctx.area_id, id).await?.ok_or(AccessError::Hidden(None))
}

/// A record that waits, found by somebody of the agency that sent it.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The source.
    pub source: String,
    /// The record.
    pub record: Record,
}

const WAITING_MAX: usize = 10;

/// Returns the records of the actor's own agency that wait and match a search, at most 10.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn find_waiting(ctx: &mut Ctx, area: &Area, query: &Query) -> Result<Vec<Waiting>, AccessError> {
    let mut waiting = Vec::new();
    if !query.is_enough() {
        return Ok(waiting);
    }
    for (source, feed) in &area.feeds {
        let Some(code) = &feed.agency else { continue };
        if store::find_agency(&mut ctx.tx, ctx.area_id, code.as_ref()).await? != Some(ctx.actor.agency_id) {
            continue;
        }
        let mut keys: Option<BTreeSet<String>> = None;
        for wanted in &query.wanted {
            let mut found = BTreeSet::new();
            for range in &wanted.ranges() {
                found.extend(store::list_waiting(&mut ctx.tx, ctx.area_id, source, range).await?);
            }
            keys = Some(keys.map_or_else(|| found.clone(), |keys| keys.intersection(&found).cloned().collect()));
        }
        for key in keys.into_iter().flatten().take(WAITING_MAX) {
            if let Some(record) = store::find_waiting(&mut ctx.tx, ctx.area_id, source, &key).await? {
                waiting.push(Waiting { source: source.clone(), record });
            }
        }
    }
    waiting.truncate(WAITING_MAX);
    Ok(waiting)
}

/// A waiting record by its source and key, and whose it is, when somebody recognised them.
#[derive(Clone, Copy, Debug)]
pub struct TakeUp<'a> {
    /// The source.
    pub source: &'a str,
    /// The record's key.
    pub key: &'a str,
    /// Somebody who is here already; somebody new when nobody is named.
    pub person: Option<PersonId>,
}

/// Takes up a record of the actor's own agency: it is somebody who is here, or becomes somebody.
///
/// # Errors
/// [`AccessError::Hidden`] when no such record of the actor's agency waits, or no such person is there for the actor.
pub async fn take_up(ctx: &mut Ctx, world: &World, area: &Area, what: TakeUp<'_>) -> Result<PersonId, AccessError> {
    let feed = area.feeds.get(what.source).ok_or(AccessError::Hidden(None))?;
    let code = feed.agency.as_ref().ok_or(AccessError::Hidden(None))?;
    if store::find_agency(&mut ctx.tx, ctx.area_id, code.as_ref()).await? != Some(ctx.actor.agency_id) {
        return Err(AccessError::Hidden(None));
    }
    ctx.tx.alone(ctx.area_id, "whose records are").await?;
    let record = store::find_waiting(&mut ctx.tx, ctx.area_id, what.source, what.key).await?.ok_or(AccessError::Hidden(None))?;
    let person = match what.person {
        Some(person) => people::open(ctx, Act::RecordContact, person).await?.0.id,
        None => people::create(ctx).await?,
    };
    ctx.detail(serde_json::json!({ "source": what.source, "record": what.key, "person": person.0 }));
    if !store::save_person(&mut ctx.tx, ctx.area_id, what.source, &record, person).await? {
        return Err(AccessError::Hidden(None));
    }
    keep_placed(&mut ctx.tx, world, area, (what.source, &record), person).await?;
    if what.person.is_some() {
        let origin = batch::origin(what.source, what.key);
        let (record, by) = ((what.source, what.key), Some(ctx.actor.id));
        let reason = "Somebody of the agency whose record it is recognised them";
        let placing = Placing { person, record, origin, reason, weight: None, by };
        links::place(&mut ctx.tx, world, placing).await?;
    }
    Ok(person)
}

/// Returns a record that waits, for the matching of records: whoever asks for it asks the rules.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub(crate) async fn waiting(tx: &mut Tx, area_id: ::store::AreaId, (source, key): (&str, &str)) -> StoreResult<Option<Record>> {
    store::find_waiting(tx, area_id, source, key).await
}

/// Places a record that waits with a person and keeps what it says; returns what its facts carry as their origin, nothing when it waits no
/// more.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn place(tx: &mut Tx, world: &World, area: &Area, record: (&str, &str), person: PersonId) -> StoreResult<Option<Uuid>> {
    let (source, key) = record;
    tx.alone(world.area_id, "whose records are").await?;
    let Some(record) = store::find_waiting(tx, world.area_id, source, key).await? else { return Ok(None) };
    if !store::save_person(tx, world.area_id, source, &record, person).await? {
        return Ok(None);
    }
    keep_placed(tx, world, area, (source, &record), person).await?;
    Ok(Some(batch::origin(source, key)))
}

/// Keeps what a record says of the person it was placed with.
async fn keep_placed(
    tx: &mut Tx,
    world: &World,
    area: &Area,
    (source, record): (&str, &Record),
    person: PersonId,
) -> StoreResult<()> {
    let feed = area.feeds.get(source).ok_or_else(|| StoreError::Corrupt(format!("there is no source {source}")))?;
    let code = feed.agency.as_ref().map_or("", |code| code.as_ref());
    let agency_id = store::find_agency(tx, world.area_id, code).await?;
    let agency_id = agency_id.ok_or_else(|| StoreError::Corrupt(format!("there is no agency {code}")))?;
    let part = Part::new(area, (source, feed), Vec::new(), agency_id);
    let said = batch::says(&part, record, (person, matching::identifiers(record, feed)), false);
    records::keep(tx, world, &[said]).await
}

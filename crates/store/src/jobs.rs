//! Jobs and the outbox: enqueued in the transaction whose work they carry on, run at least once.
//!
//! Invariant: a job may run twice; what it does must be harmless the second time.

use crate::db::{Engine, Tx};
use crate::{AreaId, StoreResult, vals};
use kernel::Timestamp;
use kernel::clock::Clock;
use kernel::ids::Ids;
use uuid::Uuid;

/// After this many failures a job gives up and waits for a person.
pub const ATTEMPTS_MAX: i64 = 6;
const LEASE_SECONDS: i64 = 300;
const BACKOFF_FIRST_SECONDS: i64 = 10;

/// A job that was claimed.
#[derive(Clone, Debug)]
pub struct Job {
    /// Which one.
    pub id: Uuid,
    /// Its area.
    pub area_id: AreaId,
    /// What kind of work.
    pub kind: String,
    /// What it needs to know, JSON.
    pub payload: serde_json::Value,
    /// How often it was tried before.
    pub attempts: i64,
}

/// A job to be put in the queue.
#[derive(Clone, Debug)]
pub struct NewJob<'a> {
    /// What kind of work.
    pub kind: &'a str,
    /// While one with this key waits, a second is not added.
    pub key: Option<&'a str>,
    /// What it needs to know, JSON.
    pub payload: serde_json::Value,
    /// Not before.
    pub run_at: Timestamp,
}

/// Puts a job in the queue, unless one of its kind and key waits already.
///
/// # Errors
/// [`crate::StoreError`] from the engine.
pub async fn enqueue(tx: &mut Tx, area_id: AreaId, id: Uuid, job: NewJob<'_>) -> StoreResult<()> {
    tx.execute(
        "INSERT INTO job (area_id, job_id, kind, job_key, payload, run_at, attempts) VALUES ($1, $2, $3, $4, $5, $6, 0) \
         ON CONFLICT DO NOTHING",
        vals![area_id, id, job.kind, job.key, job.payload.to_string(), job.run_at],
    )
    .await?;
    Ok(())
}

/// Claims the job that has waited longest, for a few minutes; nothing when none is due.
///
/// # Errors
/// [`crate::StoreError`] from the engine.
pub async fn claim(tx: &mut Tx, area_id: AreaId, now: Timestamp) -> StoreResult<Option<Job>> {
    let find = match tx.engine() {
        Engine::Sqlite => {
            "SELECT job_id, kind, payload, attempts FROM job WHERE area_id = $1 AND done_at IS NULL AND gave_up_at IS NULL \
             AND run_at <= $2 AND (lease_until IS NULL OR lease_until < $2) ORDER BY run_at, job_id LIMIT 1"
        }
        Engine::Postgres => {
            "SELECT job_id, kind, payload, attempts FROM job WHERE area_id = $1 AND done_at IS NULL AND gave_up_at IS NULL \
             AND run_at <= $2 AND (lease_until IS NULL OR lease_until < $2) ORDER BY run_at, job_id LIMIT 1 FOR UPDATE SKIP LOCKED"
        }
    };
    let Some(row) = tx.query_opt(find, vals![area_id, now]).await? else { return Ok(None) };
    let id: Uuid = row.get("job_id")?;
    if row.get::<i64>("attempts")? >= ATTEMPTS_MAX {
        // It ended its worker every time: claiming it again would end another.
        let give_up = "UPDATE job SET gave_up_at = $3, last_error = COALESCE(last_error, 'its worker ended') WHERE area_id = $1 AND job_id = $2";
        tx.execute(give_up, vals![area_id, id, now]).await?;
        return Ok(None);
    }
    let lease_until = now.as_microsecond() + LEASE_SECONDS * 1_000_000;
    let take = "UPDATE job SET lease_until = $3, attempts = attempts + 1 WHERE area_id = $1 AND job_id = $2";
    tx.execute(take, vals![area_id, id, lease_until]).await?;
    let payload: String = row.get("payload")?;
    Ok(Some(Job {
        id,
        area_id,
        kind: row.get("kind")?,
        payload: serde_json::from_str(&payload).map_err(|e| crate::StoreError::Corrupt(format!("job payload: {e}")))?,
        attempts: row.get("attempts")?,
    }))
}

/// Keeps a claimed job for a few minutes more: for work that takes long.
///
/// # Errors
/// [`crate::StoreError`] from the engine.
pub async fn renew(tx: &mut Tx, job: &Job, now: Timestamp) -> StoreResult<()> {
    let lease_until = now.as_microsecond() + LEASE_SECONDS * 1_000_000;
    let renew = "UPDATE job SET lease_until = $3 WHERE area_id = $1 AND job_id = $2 AND done_at IS NULL";
    tx.execute(renew, vals![job.area_id, job.id, lease_until]).await?;
    Ok(())
}

/// Marks a job done, in the transaction of what it did.
///
/// # Errors
/// [`crate::StoreError`] from the engine.
pub async fn finish(tx: &mut Tx, job: &Job, now: Timestamp) -> StoreResult<()> {
    let done = "UPDATE job SET done_at = $3, lease_until = NULL WHERE area_id = $1 AND job_id = $2";
    tx.execute(done, vals![job.area_id, job.id, now]).await?;
    Ok(())
}

/// Notes that a job failed: it is tried again, ever later, and gives up after [`ATTEMPTS_MAX`].
///
/// # Errors
/// [`crate::StoreError`] from the engine.
pub async fn fail(tx: &mut Tx, job: &Job, error: &str, now: Timestamp) -> StoreResult<()> {
    let tried = job.attempts + 1;
    let wait_seconds = BACKOFF_FIRST_SECONDS << (3 * (tried - 1)).min(20);
    let again = now.as_microsecond() + wait_seconds * 1_000_000;
    let gave_up_at = (tried >= ATTEMPTS_MAX).then_some(now);
    tx.execute(
        "UPDATE job SET last_error = $3, run_at = $4, lease_until = NULL, gave_up_at = $5 WHERE area_id = $1 AND job_id = $2",
        vals![job.area_id, job.id, error, again, gave_up_at],
    )
    .await?;
    Ok(())
}

/// A job that gave up.
#[derive(Clone, Debug, serde::Serialize)]
pub struct GaveUp {
    /// Which one.
    pub id: Uuid,
    /// What kind of work.
    pub kind: String,
    /// What went wrong the last time.
    pub error: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it gave up.
    #[serde(skip)]
    pub at: Timestamp,
}

/// Returns the jobs that gave up, the newest first, at most 100.
///
/// # Errors
/// [`crate::StoreError`] from the engine.
pub async fn list_gave_up(tx: &mut Tx, area_id: AreaId) -> StoreResult<Vec<GaveUp>> {
    let rows = tx
        .query(
            "SELECT job_id, kind, last_error, attempts, gave_up_at FROM job WHERE area_id = $1 AND gave_up_at IS NOT NULL \
             ORDER BY gave_up_at DESC, job_id LIMIT 100",
            vals![area_id],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(GaveUp {
                id: row.get("job_id")?,
                kind: row.get("kind")?,
                error: row.get("last_error")?,
                attempts: row.get("attempts")?,
                at: row.get("gave_up_at")?,
            })
        })
        .collect()
}

/// Puts a job that gave up back in the queue, as new; returns whether it was there.
///
/// # Errors
/// [`crate::StoreError`] from the engine.
pub async fn try_again(tx: &mut Tx, area_id: AreaId, id: Uuid, now: Timestamp) -> StoreResult<bool> {
    let again = "UPDATE job SET gave_up_at = NULL, attempts = 0, run_at = $3 WHERE area_id = $1 AND job_id = $2 AND gave_up_at IS NOT NULL";
    Ok(tx.execute(again, vals![area_id, id, now]).await? == 1)
}

/// Puts a job in the queue to run now: the common case.
///
/// # Errors
/// [`crate::StoreError`] from the engine.
pub async fn enqueue_now(
    tx: &mut Tx,
    area_id: AreaId,
    source: (&Clock, &Ids),
    kind: &str,
    payload: serde_json::Value,
) -> StoreResult<()> {
    let (clock, ids) = source;
    let job = NewJob { kind, key: None, payload, run_at: clock.now() };
    enqueue(tx, area_id, ids.uuid(clock), job).await
}

/// Returns which of these kinds of job, each its own key, do not wait in the queue.
///
/// # Errors
/// [`crate::StoreError`] from the engine.
pub async fn not_waiting(tx: &mut Tx, area_id: AreaId, kinds: &[&str]) -> StoreResult<Vec<String>> {
    let mut missing = Vec::new();
    for kind in kinds {
        let find =
            "SELECT job_id FROM job WHERE area_id = $1 AND kind = $2 AND job_key = $2 AND done_at IS NULL AND gave_up_at IS NULL";
        if tx.query_opt(find, vals![area_id, *kind]).await?.is_none() {
            missing.push((*kind).to_owned());
        }
    }
    Ok(missing)
}

/// Returns whether a job is due.
///
/// # Errors
/// [`crate::StoreError`] from the engine.
pub async fn is_any_due(tx: &mut Tx, area_id: AreaId, now: Timestamp) -> StoreResult<bool> {
    let find = "SELECT job_id FROM job WHERE area_id = $1 AND done_at IS NULL AND gave_up_at IS NULL AND run_at <= $2 \
                AND (lease_until IS NULL OR lease_until < $2) ORDER BY run_at, job_id LIMIT 1";
    Ok(tx.query_opt(find, vals![area_id, now]).await?.is_some())
}

/// Deletes jobs that were done before a moment; returns how many, `most` at most. One that gave up waits for somebody.
///
/// # Errors
/// [`crate::StoreError`] from the engine.
pub async fn delete_done(tx: &mut Tx, area_id: AreaId, before: Timestamp, most: usize) -> StoreResult<u64> {
    let delete = format!(
        "DELETE FROM job WHERE area_id = $1 AND job_id IN \
         (SELECT j.job_id FROM job j WHERE j.area_id = $1 AND j.done_at < $2 ORDER BY j.done_at, j.job_id LIMIT {most})"
    );
    tx.execute(&delete, vals![area_id, before]).await
}

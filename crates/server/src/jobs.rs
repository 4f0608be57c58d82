//! Everything that runs by itself: jobs that requests put in the queue, and what is done every so often.

use crate::retention;
use access::World;
use area::Area;
use desk::practitioners::leaving;
use frontline::notices::outgoing as notices;
use frontline::referrals::jobs as referrals;
use frontline::services::sources as directories;
use interchange::open_referral::reading::{self, Fetcher};
use interchange::post::{Post, run as post};
use kernel::Timestamp;
use processes::feeds::{actions as feeds, loading};
use processes::matching::run as matching;
use processes::requests::jobs as requests;
use processes::signals::run as signals;
use std::sync::Arc;
use std::time::Duration;
use store::jobs::{self, Job, NewJob};
use store::keys::SigningKey;
use store::{StoreResult, journal, once};

const CHECKPOINT: &str = "journal.checkpoint";
const FORGET_KEYS: &str = "store.forget_keys";
const KEYS_KEPT_SECONDS: i64 = 7 * 24 * 3600;
const IDLE_MS: u64 = 500;

/// What is done every so often: the job and how many seconds apart.
const EVERY: [(&str, i64); 10] = [
    (notices::SEND, 60),
    (CHECKPOINT, 300),
    (referrals::ESCALATE, 3600),
    (requests::ESCALATE, 3600),
    (leaving::SETTLE, 3600),
    (signals::LOOK, 300),
    (FORGET_KEYS, 24 * 3600),
    (retention::DELETE, 24 * 3600),
    (matching::RUN, 24 * 3600),
    (directories::READ, 3600),
];

/// What jobs need.
#[derive(Clone)]
pub struct Worker {
    /// Database, clock, ids, rules.
    pub world: World,
    /// The area.
    pub area: Arc<Area>,
    /// The key of the journal's checkpoints.
    pub key: SigningKey,
    /// How messages leave.
    pub post: Arc<Post>,
}

impl Worker {
    /// Works until the program ends.
    pub async fn run(self) {
        loop {
            if let Err(e) = self.schedule().await {
                tracing::error!(problem = %e, "jobs could not be scheduled");
            }
            match self.work_once().await {
                Ok(true) => {}
                Ok(false) => tokio::time::sleep(Duration::from_millis(IDLE_MS)).await,
                Err(e) => {
                    tracing::error!(problem = %e, "the queue could not be read");
                    tokio::time::sleep(Duration::from_millis(IDLE_MS * 10)).await;
                }
            }
        }
    }

    /// Makes sure that what is done every so often waits in the queue.
    async fn schedule(&self) -> StoreResult<()> {
        let mut tx = self.world.db.read().await?;
        let missing = jobs::not_waiting(&mut tx, self.world.area_id, &EVERY.map(|(kind, _)| kind)).await?;
        drop(tx);
        if missing.is_empty() {
            return Ok(());
        }
        let mut tx = self.world.db.begin().await?;
        for (kind, seconds) in EVERY.into_iter().filter(|(kind, _)| missing.iter().any(|one| one == kind)) {
            let at = self.world.clock.now().as_microsecond() + seconds * 1_000_000;
            let run_at = Timestamp::from_microsecond(at).unwrap_or(Timestamp::MAX);
            let job = NewJob { kind, key: Some(kind), payload: serde_json::json!({}), run_at };
            jobs::enqueue(&mut tx, self.world.area_id, self.world.ids.uuid(&self.world.clock), job).await?;
        }
        tx.commit(&self.world.ids).await
    }

    /// Runs the job that has waited longest; returns whether there was one.
    ///
    /// # Errors
    /// [`store::StoreError`] when the queue cannot be read or written.
    pub async fn work_once(&self) -> StoreResult<bool> {
        let mut tx = self.world.db.read().await?;
        let is_due = jobs::is_any_due(&mut tx, self.world.area_id, self.world.clock.now()).await?;
        drop(tx);
        if !is_due {
            return Ok(false);
        }
        let mut tx = self.world.db.begin().await?;
        let job = jobs::claim(&mut tx, self.world.area_id, self.world.clock.now()).await?;
        tx.commit(&self.world.ids).await?;
        let Some(job) = job else { return Ok(false) };
        // A job that panics fails like any other, and does not end its worker.
        let (worker, running) = (self.clone(), job.clone());
        let done = tokio::spawn(async move { worker.run_job(&running).await }).await.unwrap_or_else(|e| Err(e.to_string()));
        let mut tx = self.world.db.begin().await?;
        match done {
            Ok(()) => jobs::finish(&mut tx, &job, self.world.clock.now()).await?,
            Err(problem) => {
                tracing::warn!(job = %job.kind, %problem, "a job failed");
                jobs::fail(&mut tx, &job, &problem, self.world.clock.now()).await?;
            }
        }
        tx.commit(&self.world.ids).await?;
        Ok(true)
    }

    async fn run_job(&self, job: &Job) -> Result<(), String> {
        let store = |e: store::StoreError| e.to_string();
        if job.kind == loading::LOAD {
            return feeds::run_job(&self.world, &self.area, job).await.map_err(|e| e.to_string());
        }
        if job.kind == matching::RUN {
            return matching::run(&self.world, &self.area, Some(job)).await.map(|_| ()).map_err(store);
        }
        if job.kind == signals::LOOK {
            return signals::run(&self.world, &self.area, Some(job)).await.map(|_| ()).map_err(store);
        }
        if job.kind == retention::DELETE {
            return retention::run(&self.world, &self.area, Some(job)).await.map_err(store);
        }
        if job.kind == directories::READ {
            // A slow directory of somebody else keeps no other job waiting; one that is read already is not read twice.
            let (worker, source) = (self.clone(), job.payload["source"].as_str().map(str::to_owned));
            tokio::spawn(async move {
                if let Err(e) = worker.read_directories(source.as_deref()).await {
                    tracing::error!(problem = %e, "a directory could not be read");
                }
            });
            return Ok(());
        }
        if job.kind == notices::SEND {
            // Nor does a slow mail server; what is being sent already is claimed.
            let worker = self.clone();
            tokio::spawn(async move {
                if let Err(e) = post::round(&worker.world, &worker.area, &worker.post).await {
                    tracing::error!(problem = %e, "messages could not be sent");
                }
            });
            return Ok(());
        }
        let now = self.world.clock.now();
        let mut tx = self.world.db.begin().await.map_err(store)?;
        match job.kind.as_str() {
            CHECKPOINT => journal::checkpoint(&mut tx, job.area_id, &self.key, now).await.map_err(store)?,
            referrals::ESCALATE => {
                referrals::escalate(&self.world, &self.area, &mut tx).await.map_err(store)?;
            }
            requests::ESCALATE => {
                requests::escalate(&self.world, &mut tx).await.map_err(store)?;
            }
            leaving::SETTLE => leaving::settle(&self.world, &mut tx).await.map_err(store)?,
            FORGET_KEYS => {
                let before = Timestamp::from_microsecond(now.as_microsecond() - KEYS_KEPT_SECONDS * 1_000_000);
                once::forget(&mut tx, job.area_id, before.unwrap_or(now)).await.map_err(store)?;
            }
            other => return Err(format!("nobody knows how to do {other}")),
        }
        tx.commit(&self.world.ids).await.map_err(store)
    }

    /// Reads the directories of others that are due; with a source, that one.
    async fn read_directories(&self, wanted: Option<&str>) -> StoreResult<()> {
        let sources = match wanted {
            Some(id) => self.area.directory.source.iter().filter(|source| source.id == id).collect(),
            None => directory::sources::due(&self.world, &self.area).await?,
        };
        let fetcher = Fetcher::default();
        for source in sources {
            reading::read(&self.world, &self.area, source, &fetcher).await?;
        }
        Ok(())
    }
}

//! What is kept no longer: deleted once a day, some at a time, and the journal keeps that it was there.
//!
//! No record of a family is deleted here: `docs/retention.md` lists what is kept how long, and by whose decision.

use access::World;
use access::sign_in::Over;
use area::Area;
use kernel::{Date, Span, Timestamp, clock};
use store::jobs::{self, Job};
use store::journal::{Entry, Outcome};
use store::{AreaId, StoreResult, Tx};

/// The job.
pub const DELETE: &str = "store.delete_kept";

/// So many are deleted together: nobody waits long to write.
const TOGETHER: usize = 2000;

/// What has a time for which it is kept.
#[derive(Clone, Copy, Debug)]
enum Kept {
    IndexLooks,
    LookAlerts,
    AnsweredMessages,
    SystemAnswers,
    Sessions,
    Invitations,
    SignInAttempts,
    Jobs,
}

impl Kept {
    const ALL: [Self; 8] = [
        Self::IndexLooks,
        Self::LookAlerts,
        Self::AnsweredMessages,
        Self::SystemAnswers,
        Self::Sessions,
        Self::Invitations,
        Self::SignInAttempts,
        Self::Jobs,
    ];

    fn words(self) -> &'static str {
        match self {
            Self::IndexLooks => "looks in the index",
            Self::LookAlerts => "alerts that were seen to",
            Self::AnsweredMessages => "messages that were answered",
            Self::SystemAnswers => "answers to other systems",
            Self::Sessions => "sessions that are over",
            Self::Invitations => "invitations that are over",
            Self::SignInAttempts => "attempts to sign in that block nobody",
            Self::Jobs => "jobs that are done",
        }
    }

    /// Returns how long it is kept.
    fn period(self, area: &Area) -> Span {
        let kept = &area.retention;
        let (months, days) = (|count: u16| Span::new().months(count), |count: u16| Span::new().days(count));
        match self {
            Self::IndexLooks | Self::LookAlerts => months(kept.index_looks_months),
            Self::AnsweredMessages => months(kept.answered_messages_months),
            Self::SystemAnswers => months(kept.system_answers_months),
            Self::Sessions | Self::Invitations | Self::SignInAttempts => days(kept.sessions_days),
            Self::Jobs => days(kept.jobs_days),
        }
    }

    async fn delete(self, tx: &mut Tx, area_id: AreaId, before: Timestamp) -> StoreResult<u64> {
        match self {
            Self::IndexLooks => processes::index::delete_looks(tx, area_id, before, TOGETHER).await,
            Self::LookAlerts => processes::watch::delete_seen(tx, area_id, before, TOGETHER).await,
            Self::AnsweredMessages => processes::brokering::delete_answered(tx, area_id, before, TOGETHER).await,
            Self::SystemAnswers => interchange::custodian::delete_answers(tx, area_id, before, TOGETHER).await,
            Self::Sessions => access::sign_in::delete_over(tx, area_id, Over::Session, (before, TOGETHER)).await,
            Self::Invitations => access::sign_in::delete_over(tx, area_id, Over::Invitation, (before, TOGETHER)).await,
            Self::SignInAttempts => access::sign_in::delete_over(tx, area_id, Over::Attempt, (before, TOGETHER)).await,
            Self::Jobs => jobs::delete_done(tx, area_id, before, TOGETHER).await,
        }
    }
}

/// Deletes what is kept no longer; what goes wrong with one kind keeps no other.
///
/// Rule \[3.30\]: what is kept about people is kept no longer than its use, and that somebody looked is never hidden.
///
/// # Errors
/// The first [`store::StoreError`] from the engine: what was deleted stays deleted, and the rest is tried again.
pub async fn run(world: &World, area: &Area, job: Option<&Job>) -> StoreResult<()> {
    let today = world.clock.today();
    let mut first = Ok(());
    for kept in Kept::ALL {
        if let Some(before) = start(today, kept.period(area)) {
            let done = delete(world, kept, (before, job)).await;
            first = first.and(done);
        }
    }
    first
}

async fn delete(world: &World, kept: Kept, (before, job): (Timestamp, Option<&Job>)) -> StoreResult<()> {
    loop {
        let mut tx = world.db.begin().await?;
        let deleted = kept.delete(&mut tx, world.area_id, before).await?;
        if deleted == 0 {
            return Ok(());
        }
        tx.journal(entry(world, kept, (before, deleted)));
        if let Some(job) = job {
            jobs::renew(&mut tx, job, world.clock.now()).await?;
        }
        tx.commit(&world.ids).await?;
    }
}

fn start(today: Date, period: Span) -> Option<Timestamp> {
    clock::start_of(today.checked_sub(period).ok()?)
}

fn entry(world: &World, kept: Kept, (before, deleted): (Timestamp, u64)) -> Entry {
    Entry {
        area_id: world.area_id,
        at: world.clock.now(),
        act: "delete_kept".to_owned(),
        outcome: Outcome::Done,
        actor_id: None,
        agency_id: None,
        subject_id: None,
        rule: "3.30".to_owned(),
        payload: serde_json::json!({ "what": kept.words(), "before": before.to_string(), "deleted": deleted }),
    }
}

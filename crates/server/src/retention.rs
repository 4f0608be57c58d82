//! What is kept no longer: deleted once a day, some at a time, and the journal keeps that it was there.
//!
//! No record of a family is deleted here: `docs/retention.md` lists what is kept how long, and by whose decision.

use access::World;
use area::Area;
use kernel::{Date, Span, Timestamp, clock};
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
    UnreadRows,
    Sessions,
    Jobs,
}

impl Kept {
    const ALL: [Self; 7] = [
        Self::IndexLooks,
        Self::LookAlerts,
        Self::AnsweredMessages,
        Self::SystemAnswers,
        Self::UnreadRows,
        Self::Sessions,
        Self::Jobs,
    ];

    fn words(self) -> &'static str {
        match self {
            Self::IndexLooks => "looks in the index",
            Self::LookAlerts => "alerts that were seen to",
            Self::AnsweredMessages => "messages that were answered",
            Self::SystemAnswers => "answers to other systems",
            Self::UnreadRows => "rows of extracts that were not read",
            Self::Sessions => "sessions that are over",
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
            Self::UnreadRows => months(kept.unread_rows_months),
            Self::Sessions => days(kept.sessions_days),
            Self::Jobs => days(kept.jobs_days),
        }
    }

    async fn delete(self, tx: &mut Tx, area_id: AreaId, before: Timestamp) -> StoreResult<u64> {
        match self {
            Self::IndexLooks => processes::index::delete_looks(tx, area_id, before, TOGETHER).await,
            Self::LookAlerts => processes::watch::delete_seen(tx, area_id, before, TOGETHER).await,
            Self::AnsweredMessages => processes::brokering::delete_answered(tx, area_id, before, TOGETHER).await,
            Self::SystemAnswers => interchange::custodian::delete_answers(tx, area_id, before, TOGETHER).await,
            Self::UnreadRows => processes::feeds::delete_bad_rows(tx, area_id, before, TOGETHER).await,
            Self::Sessions => access::sign_in::delete_over(tx, area_id, before, TOGETHER).await,
            Self::Jobs => store::jobs::delete_done(tx, area_id, before, TOGETHER).await,
        }
    }
}

/// Deletes what is kept no longer.
///
/// Rule \[3.30\]: what is kept about people is kept no longer than its use, and that somebody looked is never hidden.
///
/// # Errors
/// [`store::StoreError`] from the engine.
pub async fn run(world: &World, area: &Area) -> StoreResult<()> {
    let today = world.clock.today();
    for kept in Kept::ALL {
        let Some(before) = start(today, kept.period(area)) else { continue };
        loop {
            let mut tx = world.db.begin().await?;
            let deleted = kept.delete(&mut tx, world.area_id, before).await?;
            if deleted == 0 {
                break;
            }
            tx.journal(entry(world, kept, (before, deleted)));
            tx.commit(&world.ids).await?;
        }
    }
    Ok(())
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

//! What decisions leave to do: seeing that it arrives, advice, deciding after all, telling the family, looking again.

use super::actions::{ShareError, happen, permitted};
use super::decision::{DecisionId, EventKind, Ground, NewDecision, Outcome, Task, TaskId, TaskKind, Told};
use super::rules::WORDS_MAX;
use super::store::{self, NewTask, SHARE, TasksOf};
use ::store::{AreaId, StoreError, Tx};
use access::{AccessError, Act, Ctx, PractitionerId};
use area::Area;
use kernel::text;
use kernel::{Date, Timestamp};

/// Has whoever decided look again at what they shared with somebody by name who left before it was read: nobody else of the agency was to read it.
///
/// Rule \[3.28\]: what is shared arrives, or whoever shared it knows that it did not.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn send_back(tx: &mut Tx, area_id: AreaId, who: PractitionerId, at: Timestamp) -> Result<u64, StoreError> {
    let words = "Whom you shared it with left before it was read: decide whom to share it with instead.";
    store::send_back(tx, area_id, (who, words), at).await
}

/// Keeps what the decision leaves to do, with who answers for it and by when.
///
/// Rule \[3.40\]: what is left to do has an owner and a day from its first moment.
pub(super) async fn leave_to_do(
    ctx: &mut Ctx,
    area: &Area,
    (new, receiver): (&NewDecision, Option<PractitionerId>),
    decision: DecisionId,
) -> Result<(), StoreError> {
    let (today, me, sharing) = (ctx.clock.today(), ctx.actor.id, &area.sharing);
    let within = |days: u16| area.holidays.add(today, days);
    let mut tasks: Vec<(TaskKind, PractitionerId, Date)> = Vec::new();
    if let Some(receiver) = receiver {
        let at_risk = matches!(new.ground, Some(Ground::Emergency | Ground::Harm));
        tasks.push((TaskKind::Receive, receiver, if at_risk { today } else { within(sharing.receive_working_days) }));
    }
    if new.told == Told::Later {
        tasks.push((TaskKind::Tell, me, within(sharing.tell_family_working_days)));
    }
    match (new.outcome, new.review_on, new.adviser) {
        (Outcome::Deferred, Some(on), _) => tasks.push((TaskKind::Decide, me, on)),
        (Outcome::Advice, _, Some(adviser)) => {
            tasks.push((TaskKind::Advise, adviser, within(sharing.advice_answer_working_days)));
        }
        (Outcome::Shared | Outcome::Part, Some(on), _) => tasks.push((TaskKind::Review, me, on)),
        (Outcome::Shared | Outcome::Part | Outcome::Refused | Outcome::Deferred | Outcome::Advice, ..) => {}
    }
    for (kind, owner, due_on) in tasks {
        let words = if kind == TaskKind::Receive { "" } else { new.reason.as_str() };
        let task = NewTask { id: ctx.new_id(), decision, kind, owner, due_on, words };
        let now = ctx.now();
        store::insert_task(&mut ctx.tx, ctx.area_id, &task, now).await?;
    }
    Ok(())
}

/// Does what a decision left to do: gives advice, tells the family or keeps why not, looks again, needs it no more.
///
/// Whoever asked for advice is left to decide with it.
///
/// # Errors
/// [`ShareError::Text`] when nothing was said; [`ShareError::DoneAlready`]; [`ShareError::Access`].
pub async fn do_task(ctx: &mut Ctx, area: &Area, id: TaskId, (words, is_told): (&str, bool)) -> Result<DecisionId, ShareError> {
    let task = store::find_task(&mut ctx.tx, ctx.area_id, id).await?.ok_or(AccessError::Hidden(None))?;
    let act = match task.kind {
        TaskKind::Advise => Act::AdviseOnShare,
        TaskKind::Receive | TaskKind::Decide | TaskKind::Tell | TaskKind::Review => Act::EndShare,
    };
    let (decision, _) = permitted(ctx, act, task.decision).await?;
    let words = text::note(words, WORDS_MAX)?;
    ctx.detail(serde_json::json!({ "decision": task.decision.0, "did": task.kind.as_str() }));
    let by = (ctx.actor.id, ctx.now(), words.as_str());
    if !store::save_done(&mut ctx.tx, ctx.area_id, id, by).await? {
        return Err(ShareError::DoneAlready);
    }
    match task.kind {
        TaskKind::Advise => {
            let due_on = area.holidays.add(ctx.clock.today(), area.sharing.advice_answer_working_days);
            let next = NewTask {
                id: ctx.new_id(),
                decision: task.decision,
                kind: TaskKind::Decide,
                owner: decision.author_id,
                due_on,
                words: &words,
            };
            let now = ctx.now();
            store::insert_task(&mut ctx.tx, ctx.area_id, &next, now).await?;
        }
        TaskKind::Tell => {
            let kind = if is_told { EventKind::Told } else { EventKind::NotTold };
            happen(ctx, task.decision, kind, &words).await?;
        }
        TaskKind::Receive | TaskKind::Review | TaskKind::Decide => {
            happen(ctx, task.decision, EventKind::Reviewed, &words).await?
        }
    }
    Ok(task.decision)
}

/// Returns what decisions leave any of these to do, as far as the actor may know of it, the soonest first.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn owned_by(ctx: &mut Ctx, owners: &[PractitionerId]) -> Result<Vec<Task>, AccessError> {
    tasks(ctx, TasksOf::Owners(owners)).await
}

/// Returns what is past its day or has nobody who does it, as far as the actor may know of it.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn late(ctx: &mut Ctx) -> Result<Vec<Task>, AccessError> {
    let today = ctx.clock.today();
    tasks(ctx, TasksOf::Late(today)).await
}

async fn tasks(ctx: &mut Ctx, of: TasksOf<'_>) -> Result<Vec<Task>, AccessError> {
    let now: Timestamp = ctx.now();
    let mut tasks = Vec::new();
    // Whoever sees that it arrives reads what was shared, and not the record of why.
    for (act, arrives) in [(Act::ReadShareDecision, false), (Act::ReadShared, true)] {
        let narrowing = ctx.narrow(act, &SHARE)?;
        tasks.extend(store::list_open_tasks(&mut ctx.tx, ctx.area_id, (of, arrives), (&narrowing, now)).await?);
    }
    tasks.sort_by_key(|task| (task.due_on, task.id));
    Ok(tasks)
}

/// Returns how much decisions leave to do, how much of it is late, and how much has nobody who does it.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn count_open(ctx: &mut Ctx) -> Result<(i64, i64, i64), StoreError> {
    let today = ctx.clock.today();
    store::count_open(&mut ctx.tx, ctx.area_id, today).await
}

//! What is done with what holds somebody to something: writing it in the plan, and saying that it was not kept.

use super::{Breach, BreachId, NewBreach, NewMeasure, check, check_breach, store};
use crate::plans::plan::{Entry, EntryId, NewAction, Side, State};
use crate::plans::{PlanError, actions};
use ::store::StoreError;
use access::Ctx;
use area::Area;
use families::facts::Class;
use families::family::FamilyId;
use families::people::PersonId;

/// Writes in the plan what holds somebody to something.
///
/// Rule \[3.17\]: support and enforcement stand in one plan.
///
/// # Errors
/// [`PlanError`].
pub async fn hold(ctx: &mut Ctx, area: &Area, of: (PersonId, FamilyId), new: NewMeasure) -> Result<EntryId, PlanError> {
    let (opened, plan) = actions::to_write(ctx, of).await?;
    let NewMeasure { person, need, terms, measure, until_on, owner, is_private } = check(new, area)?;
    let action = NewAction {
        person,
        need,
        words: terms,
        side: Side::Enforcement,
        owner,
        // Whoever it holds does it; a need that is another's does not make it theirs.
        doer: Some(person),
        volunteer: String::new(),
        by_on: until_on,
        is_private,
    };
    let id = actions::write(ctx, (&opened, &plan), action, Class::Ordinary).await?;
    store::insert(&mut ctx.tx, ctx.area_id, id, &measure).await?;
    Ok(id)
}

/// Returns what holds somebody to something, of a plan that the actor may write in.
pub(super) async fn held(ctx: &mut Ctx, of: (PersonId, FamilyId), id: EntryId) -> Result<(actions::ToWrite, Entry), PlanError> {
    let to_write = actions::to_write(ctx, of).await?;
    let entry = to_write.0.entries.iter().find(|entry| entry.id == id && entry.measure.is_some()).cloned();
    let entry = entry.ok_or(access::AccessError::Hidden(None))?;
    if entry.state == State::Open { Ok((to_write, entry)) } else { Err(PlanError::Changed) }
}

/// Writes down that something was not kept, and what is done about it.
///
/// Rule \[3.7\]: where somebody did not keep to something, it is said what happened, and somebody answers for what is done about it, by a day.
///
/// # Errors
/// [`PlanError::Changed`] when it holds no more; [`PlanError`].
pub async fn not_kept(ctx: &mut Ctx, (of, id): ((PersonId, FamilyId), EntryId), new: NewBreach) -> Result<BreachId, PlanError> {
    let ((opened, plan), entry) = held(ctx, of, id).await?;
    let held = entry.measure.as_ref().ok_or(PlanError::Changed)?;
    let new = check_breach(new, held, ctx.clock.today())?;
    let action = NewAction {
        person: entry.person,
        need: entry.need,
        words: new.answer.clone(),
        side: Side::Support,
        owner: new.owner,
        doer: None,
        volunteer: String::new(),
        by_on: new.by_on,
        is_private: false,
    };
    // What answers it is read by no more than may read what was not kept.
    let answer = actions::write(ctx, (&opened, &plan), action, entry.class).await?;
    let breach = BreachId(ctx.new_id::<EntryId>().0);
    ctx.detail(serde_json::json!({ "plan": plan.id.0, "entry": id.0, "breach": breach.0, "answer": answer.0 }));
    let by = (ctx.actor.id, ctx.actor.agency_id, ctx.now());
    store::insert_breach(&mut ctx.tx, ctx.area_id, (breach, id, answer), &new, by).await?;
    Ok(breach)
}

/// Returns when any of these, which the actor has read, were not kept, the latest first.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn breaches_of(ctx: &mut Ctx, entries: &[Entry]) -> Result<Vec<Breach>, StoreError> {
    let held: Vec<EntryId> = entries.iter().filter(|entry| entry.measure.is_some()).map(|entry| entry.id).collect();
    if held.is_empty() { Ok(Vec::new()) } else { store::list_breaches(&mut ctx.tx, ctx.area_id, &held).await }
}

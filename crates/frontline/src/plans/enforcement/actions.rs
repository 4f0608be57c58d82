//! What is done with what holds somebody to something: writing it in the plan, and saying that it was not kept.

use super::{Beside, BreachId, NewBreach, NewMeasure, check, check_breach, store};
use crate::plans::plan::{Entry, EntryId, NewAction, Side, State};
use crate::plans::store::Of;
use crate::plans::{PlanError, actions};
use access::{AccessError, Ctx};
use area::Area;
use families::facts::{Class, FactId};
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
    let entry = entry.ok_or(AccessError::Hidden(None))?;
    if entry.state == State::Open { Ok((to_write, entry)) } else { Err(PlanError::Changed) }
}

/// Writes down that something was not kept, and what is done about it.
///
/// Rule \[3.7\]: where somebody did not keep to something, it is said what happened, and somebody answers for what is done about it, by a day.
///
/// # Errors
/// [`PlanError::Unnamed`] where the actor's service is not named to everybody who would read it; [`PlanError::Changed`] when it holds no more;
/// [`PlanError`].
pub async fn not_kept(ctx: &mut Ctx, (of, id): ((PersonId, FamilyId), EntryId), new: NewBreach) -> Result<BreachId, PlanError> {
    let ((opened, plan), entry) = held(ctx, of, id).await?;
    let held = entry.measure.as_ref().ok_or(PlanError::Changed)?;
    if ctx.actor.sensitive && entry.class < Class::SensitiveService {
        return Err(PlanError::Unnamed);
    }
    let new = check_breach(new, (held, entry.by_on), ctx.clock.today())?;
    let person = entry.doer.unwrap_or(entry.person);
    let is_theirs = |need: &FactId| actions::need_of(&opened, *need).is_ok_and(|fact| fact.new.person == person);
    let action = NewAction {
        person,
        // A need that was withdrawn meanwhile, or that whoever writes this may not read, is no part of the answer.
        need: entry.need.filter(is_theirs),
        words: new.answer.clone(),
        side: Side::Support,
        owner: new.owner,
        doer: None,
        volunteer: String::new(),
        by_on: new.by_on,
        is_private: false,
    };
    let answer = actions::write(ctx, (&opened, &plan), action, answered_as(ctx, &entry)).await?;
    let breach = BreachId(ctx.new_id::<EntryId>().0);
    ctx.detail(serde_json::json!({ "plan": plan.id.0, "entry": id.0, "breach": breach.0, "answer": answer.0 }));
    let by = (ctx.actor.id, ctx.actor.agency_id, ctx.now());
    store::insert_breach(&mut ctx.tx, ctx.area_id, (breach, id, answer), &new, by).await?;
    Ok(breach)
}

/// Returns who may read what answers something that was not kept: no more than read what was not kept. What another agency keeps from others does not
/// become the writer's agency's to read.
fn answered_as(ctx: &Ctx, entry: &Entry) -> Class {
    let is_kept_by_others = entry.class != Class::Ordinary && entry.agency_id != ctx.actor.agency_id;
    if is_kept_by_others { Class::Restricted } else { entry.class }
}

/// Returns what stands beside those of these, which the actor has read, that hold people to something.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn beside(ctx: &mut Ctx, entries: &[Entry]) -> Result<Beside, AccessError> {
    let held: Vec<EntryId> = entries.iter().filter(|entry| entry.measure.is_some()).map(|entry| entry.id).collect();
    if held.is_empty() {
        return Ok(Beside::default());
    }
    let me = ctx.actor.id;
    let placeless = store::list_placeless(&mut ctx.tx, ctx.area_id, me, &held).await?;
    let breaches = store::list_breaches(&mut ctx.tx, ctx.area_id, me, &held).await?;
    let answers: Vec<EntryId> = breaches.iter().filter_map(|breach| breach.answer).collect();
    // What answered one in an earlier plan is read as well.
    let answers = if answers.is_empty() { Vec::new() } else { actions::list(ctx, Of::These(&answers)).await? };
    Ok(Beside { breaches, answers, placeless })
}

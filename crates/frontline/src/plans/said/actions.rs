//! What is done with what is said of a plan: saying it, and reading it.

use super::store::{self, Of, PLAN_SAID};
use super::{About, Eyes, NewSaid, Said, SaidId, SaidKind, check};
use crate::plans::PlanError;
use crate::plans::actions::{self, Opened};
use crate::plans::plan::{EntryKind, Plan};
use crate::plans::rules;
use access::{AccessError, Act, Ctx};
use area::Area;
use families::family::FamilyId;
use families::people::PersonId;

/// Says something of the open plan of a family.
///
/// Rule \[3.18\]: how it goes is said for each need and each person, by every eye that sees it.
///
/// # Errors
/// [`PlanError`].
pub async fn say(ctx: &mut Ctx, area: &Area, of: (PersonId, FamilyId), new: NewSaid) -> Result<SaidId, PlanError> {
    let (opened, plan) = actions::to_write(ctx, of).await?;
    keep(ctx, area, (&opened, &plan), new).await
}

/// Keeps what is said of a plan that is open to write in.
pub(in crate::plans) async fn keep(
    ctx: &mut Ctx,
    area: &Area,
    (opened, plan): (&Opened, &Plan),
    new: NewSaid,
) -> Result<SaidId, PlanError> {
    let new = check(new, ctx.clock.today(), area)?;
    let people = opened.people();
    let (person, need, class) = match new.about {
        About::Need(need) => {
            let need = actions::need_of(opened, need)?;
            (need.new.person, Some(need.id), Some(actions::class_for(ctx, need)))
        }
        About::Person(_) if new.kind == SaidKind::Outcome => return Err(PlanError::NoSuchNeed),
        About::Person(person) => (person, None, None),
    };
    let seen_by = if let Eyes::Family(person) = new.eyes { Some(person) } else { None };
    if [Some(person), seen_by].into_iter().flatten().any(|person| !people.contains(&person)) {
        return Err(PlanError::NotOfFamily);
    }
    let class = rules::class_of(class, new.is_private, ctx.actor.sensitive);
    // What it is of has its own kind; that it is a part of a plan is all that `written` is asked for.
    let written = actions::written(ctx, plan.id, EntryKind::Review, class);
    let id = SaidId(written.id.0);
    ctx.detail(serde_json::json!({ "plan": plan.id.0, "said": id.0, "kind": new.kind.as_str() }));
    store::insert(&mut ctx.tx, ctx.area_id, (id, written), (person, need), &new).await?;
    Ok(id)
}

/// Returns what was said of a plan, as far as the actor may read it, in the order it was said.
pub(in crate::plans) async fn list(ctx: &mut Ctx, of: Of<'_>) -> Result<Vec<Said>, AccessError> {
    let narrowing = ctx.narrow(Act::ReadPlanEntry, &PLAN_SAID)?;
    let now = ctx.now();
    Ok(store::list(&mut ctx.tx, ctx.area_id, of, (&narrowing, now)).await?)
}

/// Returns what was said of people in plans, as far as the actor may read it, in the order it was said.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn of_people(ctx: &mut Ctx, people: &[PersonId]) -> Result<Vec<Said>, AccessError> {
    list(ctx, Of::People(people)).await
}

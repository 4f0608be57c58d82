//! What is done with what is agreed for when things get worse: agreeing, ending, finding it at night.

use super::contingency::{self, Contingency, ContingencyId, ContingencyRule, NewContingency};
use super::store::{self, CONTINGENCY};
use crate::plans::rules::class_of;
use ::store::StoreError;
use access::{AccessError, Act, Ctx};
use area::Area;
use families::family::{self, Around, FamilyId};
use families::people::{self, PersonId};
use kernel::text;
use std::collections::BTreeMap;

/// Why nothing was kept.
#[derive(Debug, thiserror::Error)]
pub enum ContingencyError {
    /// What is wrong with it.
    #[error(transparent)]
    Rule(#[from] ContingencyRule),
    /// Whom it is about is not of the family, as far as the actor may know.
    #[error("Choose somebody of the family")]
    NotOfFamily,
    /// Somebody else ended it in the meantime.
    #[error("Somebody else ended this in the meantime")]
    Changed,
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for ContingencyError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

/// What is agreed for a family, as far as the actor may read it.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The family, whom of it the actor may know, and who helps.
    pub around: Around,
    /// What holds, and what held, the latest first.
    pub agreed: Vec<Contingency>,
    /// Whether the actor may agree on something with them, and end it.
    pub may_write: bool,
}

/// Returns what is agreed for a family.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none for this actor.
pub async fn load(ctx: &mut Ctx, of: (PersonId, FamilyId)) -> Result<Opened, AccessError> {
    let (around, standing) = family::within(ctx, Act::OpenPerson, of).await?;
    let agreed = list(ctx, &[of.1]).await?.into_iter().map(|(_, one)| one).collect();
    let may_write = ctx.may(Act::WritePlan, &standing.resource())?;
    Ok(Opened { around, agreed, may_write })
}

async fn list(ctx: &mut Ctx, families: &[FamilyId]) -> Result<Vec<(FamilyId, Contingency)>, AccessError> {
    if families.is_empty() {
        return Ok(Vec::new());
    }
    let narrowing = ctx.narrow(Act::ReadPlanEntry, &CONTINGENCY)?;
    let now = ctx.now();
    Ok(store::list(&mut ctx.tx, ctx.area_id, families, (&narrowing, now)).await?)
}

/// Returns how much is agreed for each of these families, as far as the actor may read it.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn count_of(ctx: &mut Ctx, families: &[FamilyId]) -> Result<BTreeMap<FamilyId, usize>, AccessError> {
    let mut counts = BTreeMap::new();
    for (family, _) in list(ctx, families).await?.iter().filter(|(_, one)| one.ended.is_none()) {
        *counts.entry(*family).or_insert(0) += 1;
    }
    Ok(counts)
}

/// Keeps what is agreed for when things get worse.
///
/// Rule \[Annex B\]: who does what if things get worse is agreed beforehand, with whom to call first.
///
/// # Errors
/// [`ContingencyError`].
pub async fn agree(
    ctx: &mut Ctx,
    area: &Area,
    of: (PersonId, FamilyId),
    new: NewContingency,
) -> Result<ContingencyId, ContingencyError> {
    let (around, _) = family::within(ctx, Act::WritePlan, of).await?;
    if !around.members.iter().any(|member| member.person == new.person) {
        return Err(ContingencyError::NotOfFamily);
    }
    let new = contingency::check(new, &area.plans)?;
    let id: ContingencyId = ctx.new_id();
    ctx.detail(serde_json::json!({ "family": of.1.0, "contingency": id.0, "situation": new.situation }));
    let class = class_of(None, new.is_private, ctx.actor.sensitive);
    let (by, now) = (ctx.actor.clone(), ctx.now());
    store::insert(&mut ctx.tx, ctx.area_id, (id, of.1, class), &new, (&by, now)).await?;
    Ok(id)
}

/// Ends what was agreed, with why: it stays to be read as something that held once.
///
/// # Errors
/// [`ContingencyError::Changed`] when somebody was faster; [`ContingencyError`].
pub async fn end(ctx: &mut Ctx, id: ContingencyId, why: &str) -> Result<FamilyId, ContingencyError> {
    let (family, found) = store::find(&mut ctx.tx, ctx.area_id, id).await?.ok_or(AccessError::Hidden(None))?;
    let standing = people::load(ctx, found.person).await?;
    let permit = ctx.permit(Act::ChangePlanEntry, &found.resource(&standing))?;
    let why = text::note(why, contingency::WORDS_MAX)
        .map_err(|e| ContingencyRule::Text("ended_words", "Why it does not hold any more", e))?;
    ctx.detail(serde_json::json!({ "contingency": id.0, "ended": true }));
    let (by, now) = (ctx.actor.id, ctx.now());
    let saved = store::save_ended(&mut ctx.tx, ctx.area_id, &permit, (&why, by), now).await?;
    if saved { Ok(family) } else { Err(ContingencyError::Changed) }
}

//! What is done with how somebody is worked with: keeping it, reading it with the plan, and finding it when they are to be met.

use super::store::{self, Of, WAY};
use super::way::{self, Approach, Says, Way, WayId, WayRule};
use crate::plans::rules::class_of;
use ::store::StoreError;
use access::{AccessError, Act, Ctx};
use area::Area;
use families::facts::Class;
use families::family::{self, Around, FamilyId};
use families::people::PersonId;

/// Why nothing was kept.
#[derive(Debug, thiserror::Error)]
pub enum WayError {
    /// What is wrong with it.
    #[error(transparent)]
    Rule(#[from] WayRule),
    /// Whom it is about is not of the family, as far as the actor may know.
    #[error("Choose somebody of the family")]
    NotOfFamily,
    /// Somebody else kept one meanwhile.
    #[error("Somebody else wrote this down while you did: read theirs first")]
    Changed,
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for WayError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

/// How each of a family is worked with, as far as the actor may read it.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The family, and whom of it the actor may know.
    pub around: Around,
    /// Everything that was kept, the latest first.
    pub ways: Vec<Way>,
    /// Whether the actor may keep more.
    pub may_write: bool,
}

/// Returns how each of a family is worked with.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none for this actor.
pub async fn load(ctx: &mut Ctx, of: (PersonId, FamilyId)) -> Result<Opened, AccessError> {
    let (around, standing) = family::within(ctx, Act::OpenPerson, of).await?;
    let mut ways = list(ctx, Of::Family(of.1)).await?;
    ways.retain(|one| around.members.iter().any(|member| member.person == one.person));
    let may_write = ctx.may(Act::WritePlan, &standing.resource())?;
    Ok(Opened { around, ways, may_write })
}

async fn list(ctx: &mut Ctx, of: Of<'_>) -> Result<Vec<Way>, AccessError> {
    let narrowing = ctx.narrow(Act::ReadPlanEntry, &WAY)?;
    let now = ctx.now();
    Ok(store::list(&mut ctx.tx, ctx.area_id, of, (&narrowing, now)).await?)
}

/// Returns what was kept about these people, as far as the actor may read it, the latest first.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn of_people(ctx: &mut Ctx, people: &[PersonId]) -> Result<Vec<Way>, AccessError> {
    if people.is_empty() { Ok(Vec::new()) } else { list(ctx, Of::People(people)).await }
}

/// Returns how somebody is best met, from what everybody who helps may read: it is written beside visits, which others read.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn meet(ctx: &mut Ctx, person: PersonId) -> Result<Option<Approach>, AccessError> {
    let all = of_people(ctx, &[person]).await?;
    let for_all = all.into_iter().filter(|one| one.class == Class::Ordinary && !one.agency_tells_place);
    let approach = |one: Way| match one.says {
        Says::Approach(approach) => Some(approach),
        Says::Balance(_) => None,
    };
    Ok(for_all.filter_map(approach).next())
}

/// Keeps how somebody of a family is best met, or the balance agreed with them, in the place of `last`, which the actor has read.
///
/// # Errors
/// [`WayError::Changed`] when somebody was faster; [`WayError`].
pub async fn agree(
    ctx: &mut Ctx,
    area: &Area,
    of: (PersonId, FamilyId),
    (person, last): (PersonId, Option<WayId>),
    (says, is_private): (Says, bool),
) -> Result<WayId, WayError> {
    let (around, _) = family::within(ctx, Act::WritePlan, of).await?;
    if !around.members.iter().any(|member| member.person == person) {
        return Err(WayError::NotOfFamily);
    }
    let says = way::check(says, area)?;
    let id: WayId = ctx.new_id();
    ctx.detail(serde_json::json!({ "family": of.1.0, "way": id.0 }));
    ctx.tx.alone(ctx.area_id, &format!("ways of {person}")).await?;
    let held = list(ctx, Of::Family(of.1)).await?;
    if held.iter().find(|one| one.person == person && is_alike(&one.says, &says)).map(|one| one.id) != last {
        return Err(WayError::Changed);
    }
    let class = class_of(None, is_private, ctx.actor.sensitive);
    let (by, now) = (ctx.actor.clone(), ctx.now());
    store::insert(&mut ctx.tx, ctx.area_id, (id, of.1, person), (&says, class), (&by, now)).await?;
    Ok(id)
}

/// Returns whether two say the same kind of thing.
pub(super) fn is_alike(one: &Says, other: &Says) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}

//! Who is told of a referral's news, and what is left to tell.

use super::actions::{self, ActionError};
use super::referral::{Line, ReferralId};
use super::store::{self, Of};
use crate::notices;
use crate::notices::Notice;
use crate::notices::notice::News;
use access::{AccessError, Act, Ctx, Permit, PractitionerId};
use area::Area;

/// Tells whoever is concerned, outside the product too.
pub(super) async fn tell(ctx: &mut Ctx, area: &Area, (id, news): (ReferralId, News)) -> Result<(), ActionError> {
    match store::find(&mut ctx.tx, ctx.area_id, id).await? {
        Some(referral) => Ok(notices::actions::tell(ctx, area, &referral, news).await?),
        None => Ok(()),
    }
}

/// Asks whether the actor may tell whom a referral is for of it.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none for this actor.
pub(crate) async fn to_tell_family(ctx: &mut Ctx, id: ReferralId) -> Result<Permit, AccessError> {
    Ok(actions::permitted(ctx, Act::TellFamily, id).await?.1)
}

/// Returns the referrals whose person somebody is to tell, as far as the actor may read them, with by when.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn to_tell(ctx: &mut Ctx, owner: PractitionerId) -> Result<Vec<(Line, Notice)>, AccessError> {
    let left = notices::actions::to_tell(ctx, owner).await?;
    with_lines(ctx, left).await
}

/// Returns the referrals whose person should have been told by now, as far as the actor may read them.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn untold(ctx: &mut Ctx) -> Result<Vec<(Line, Notice)>, AccessError> {
    let left = notices::actions::untold(ctx).await?;
    with_lines(ctx, left).await
}

async fn with_lines(ctx: &mut Ctx, left: Vec<Notice>) -> Result<Vec<(Line, Notice)>, AccessError> {
    if left.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ReferralId> = left.iter().map(|notice| notice.referral).collect();
    let lines = actions::lines(ctx, Of::These(&ids)).await?;
    let line = |notice: Notice| Some((lines.iter().find(|line| line.referral.id == notice.referral)?.clone(), notice));
    Ok(left.into_iter().filter_map(line).collect())
}

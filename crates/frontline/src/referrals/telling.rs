//! Who is told of a referral's news, and what is left to tell.

use super::actions::{self, ActionError};
use super::referral::{Line, Referral, ReferralId};
use super::store::{self, Of};
use crate::notices;
use crate::notices::notice::News;
use crate::notices::{Notice, State};
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

/// Returns the referrals whose person any of these is to tell, as far as the actor may read them, the soonest first, with by when.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn to_tell(ctx: &mut Ctx, owners: &[PractitionerId]) -> Result<Vec<(Referral, Notice)>, AccessError> {
    let of = actions::referrals(ctx, Of::ToTell(owners)).await?;
    let mut left = with_notices(ctx, of).await?;
    left.retain(|(_, notice)| notice.state == State::ToTell && owners.contains(&notice.owner_id));
    Ok(left)
}

/// Returns the referrals whose person should have been told by now, as far as the actor may read them, the latest first.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn untold(ctx: &mut Ctx) -> Result<Vec<(Line, Notice)>, AccessError> {
    let today = ctx.clock.today();
    let of = actions::referrals(ctx, Of::Untold(today)).await?;
    let (of, notices): (Vec<Referral>, Vec<Notice>) = with_notices(ctx, of).await?.into_iter().unzip();
    Ok(actions::named(ctx, of).await?.into_iter().zip(notices).collect())
}

async fn with_notices(ctx: &mut Ctx, of: Vec<Referral>) -> Result<Vec<(Referral, Notice)>, AccessError> {
    let ids: Vec<ReferralId> = of.iter().map(|referral| referral.id).collect();
    let open = notices::actions::open_of(ctx, &ids).await?;
    let with = |notice: Notice| Some((of.iter().find(|referral| referral.id == notice.referral)?.clone(), notice));
    Ok(open.into_iter().filter_map(with).collect())
}

//! What is done with the address of somebody's calendar: making it, taking it back, reading it.

use super::file::{self, Planned};
use super::store;
use crate::home::sources;
use ::store::StoreError;
use access::sign_in::secrets;
use access::{AccessError, Act, Ctx, Resource, World};
use area::Area;
use frontline::{meetings, visits};
use kernel::Timestamp;

/// Makes the actor an address for their calendar, in place of the one before; it is shown once.
///
/// # Errors
/// [`AccessError`] when the actor may not.
pub async fn make(ctx: &mut Ctx) -> Result<String, AccessError> {
    ctx.permit(Act::SeeHome, &Resource::area())?;
    ctx.detail(serde_json::json!({ "calendar": "address made" }));
    let key = secrets::hex(&ctx.ids.secret());
    let (id, now) = (ctx.actor.id, ctx.now());
    store::save(&mut ctx.tx, ctx.area_id, id, &secrets::digest(&key), now).await?;
    Ok(key)
}

/// Takes the actor's address back: it is no address any more.
///
/// # Errors
/// [`AccessError`] when the actor may not.
pub async fn take_back(ctx: &mut Ctx) -> Result<(), AccessError> {
    ctx.permit(Act::SeeHome, &Resource::area())?;
    ctx.detail(serde_json::json!({ "calendar": "address taken back" }));
    let id = ctx.actor.id;
    Ok(store::remove(&mut ctx.tx, ctx.area_id, id).await?)
}

/// Returns since when the actor has an address.
///
/// # Errors
/// [`AccessError`] when the actor may not.
pub async fn since(ctx: &mut Ctx) -> Result<Option<Timestamp>, AccessError> {
    ctx.permit(Act::SeeHome, &Resource::area())?;
    let id = ctx.actor.id;
    Ok(store::find(&mut ctx.tx, ctx.area_id, id).await?)
}

/// Returns the calendar at an address; nothing where it is none, or whose it is may not sign in any more.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn read(world: &World, area: &Area, key: &str) -> Result<Option<String>, StoreError> {
    let mut tx = world.db.read().await?;
    let Some(id) = store::find_owner(&mut tx, world.area_id, &secrets::digest(key)).await? else { return Ok(None) };
    let actor = access::people::find_actor(&mut tx, world.area_id, id, world.clock.today()).await?;
    drop(tx);
    let Some(actor) = actor else { return Ok(None) };
    let mut ctx = Ctx::read(world, actor).await?;
    match compose(&mut ctx, area).await {
        Ok(calendar) => {
            ctx.seen().await?;
            Ok(Some(calendar))
        }
        // Whoever lost their clearance or training has no calendar: it looks as if there were none.
        Err(AccessError::Hidden(_) | AccessError::Refused(_)) => Ok(None),
        Err(AccessError::Store(e)) => Err(e),
        Err(e) => Err(StoreError::Corrupt(e.to_string())),
    }
}

async fn compose(ctx: &mut Ctx, area: &Area) -> Result<String, AccessError> {
    ctx.permit(Act::SeeHome, &Resource::area())?;
    ctx.detail(serde_json::json!({ "calendar": "read" }));
    let me = ctx.actor.id;
    let mut planned: Vec<Planned> = visits::owned_by(ctx, &[me]).await?.iter().map(Planned::from).collect();
    planned.extend(meetings::planned_for(ctx, &[me]).await?.iter().map(|(meeting, _)| Planned::from(meeting)));
    let due: Vec<_> = sources::dated(ctx, area, &[me]).await?.into_iter().filter_map(|due| due.on).collect();
    Ok(file::write(&area.setting.product, &planned, &due, ctx.now()))
}

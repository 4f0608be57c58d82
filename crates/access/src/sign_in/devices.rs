//! Devices that keep notes for somebody while there is no connection: whose each is, and whether it is to erase what it keeps.
//!
//! A device holds a secret that it was given while somebody was signed in, and shows it when it asks; we keep its digest. Signing out everywhere,
//! and whatever takes somebody's sessions back, has each of their devices erase what it keeps.

use super::{Session, Stage, secrets, store};
use crate::actor::PractitionerId;
use crate::ctx::{Ctx, World};
use crate::people;
use ::store::StoreResult;

/// What a device is told when it asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It keeps what it has.
    Keep(PractitionerId),
    /// It erases what it has.
    Erase,
}

/// Lets a device keep notes for the actor, and returns the secret that it is known by.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn register(ctx: &mut Ctx) -> StoreResult<String> {
    let secret = secrets::hex(&ctx.ids.secret());
    let (of, now) = (ctx.actor.id, ctx.now());
    store::insert_device(&mut ctx.tx, ctx.area_id, &secrets::digest(&secret), of, now).await?;
    Ok(secret)
}

/// Returns whether a device keeps what it has; one that nobody knows erases it.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn ask(world: &World, secret: &str) -> StoreResult<Kept> {
    let mut tx = world.db.read().await?;
    let owner = store::find_device(&mut tx, world.area_id, &secrets::digest(secret)).await?;
    Ok(owner.map_or(Kept::Erase, Kept::Keep))
}

/// Has a device erase what it keeps: whoever it kept notes for signs out on it.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn forget(world: &World, secret: &str) -> StoreResult<()> {
    let mut tx = world.db.begin().await?;
    store::erase_device(&mut tx, world.area_id, &secrets::digest(secret), world.clock.now()).await?;
    tx.commit(&world.ids).await
}

/// Returns whether a device may keep the day's visits: not of somebody whose clearance or training has ended.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn may_keep(world: &World, kept: Kept) -> StoreResult<bool> {
    let Kept::Keep(owner) = kept else { return Ok(false) };
    let mut tx = world.db.read().await?;
    let actor = people::find_actor(&mut tx, world.area_id, owner, world.clock.today()).await?;
    Ok(actor.is_some_and(|actor| actor.cleared && actor.trained))
}

/// Returns what forms of somebody's session carry, where the device is theirs and they are signed in.
pub fn csrf_of(session: Option<&Session>, kept: Kept) -> Option<&str> {
    let session = session.filter(|session| session.stage == Stage::SignedIn)?;
    (kept == Kept::Keep(session.actor.id)).then_some(session.csrf.as_str())
}

//! What is done with people: creating, opening, giving a reason for looking, shielding.

use super::store::{self, NewAsking, NewShield, PERSON};
use super::{Asking, PersonId, Shield, ShieldKind, Standing};
use ::store::StoreError;
use access::{AccessError, Act, Ctx, Permit, PractitionerId, Resource};
use kernel::{Timestamp, text};
use std::collections::BTreeSet;

const REASON_MAX: usize = 500;

/// Why a reason for looking was not taken.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The reason does not read.
    #[error("Your reason {0}")]
    Reason(#[from] text::TextError),
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for AskError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

/// Creates somebody who is not there yet; who they are is recorded as facts.
///
/// # Errors
/// [`AccessError`] when the actor may not.
pub async fn create(ctx: &mut Ctx) -> Result<PersonId, AccessError> {
    let id = ctx.new_id();
    create_as(ctx, id).await?;
    Ok(id)
}

/// Creates somebody under an id that was made for them.
///
/// # Errors
/// [`AccessError`] when the actor may not.
pub async fn create_as(ctx: &mut Ctx, id: PersonId) -> Result<(), AccessError> {
    ctx.permit(Act::CreatePerson, &Resource::area())?;
    let at = ctx.now();
    store::insert_all(&mut ctx.tx, ctx.area_id, &[id], at).await?;
    Ok(())
}

/// Returns how everybody stands to a person.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none.
pub async fn load(ctx: &mut Ctx, id: PersonId) -> Result<Standing, AccessError> {
    let now = ctx.now();
    if ctx.may_write() {
        store::hold(&mut ctx.tx, ctx.area_id, id).await?;
    }
    store::find_standing(&mut ctx.tx, ctx.area_id, id, now).await?.ok_or(AccessError::Hidden(None))
}

/// Asks the rules for an act on a person.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none, or none for this actor; [`AccessError::Refused`].
pub async fn open(ctx: &mut Ctx, act: Act, id: PersonId) -> Result<(Standing, Permit), AccessError> {
    let standing = load(ctx, id).await?;
    let mut resource = standing.resource();
    // Whoever may find somebody may be told that they may not open them; for anybody else there is nobody.
    resource.hide_refusal = !ctx.may(Act::FindPerson, &resource)?;
    let permit = ctx.permit(act, &resource)?;
    Ok((standing, permit))
}

/// Records why the actor looks at somebody they have no work with; it opens the person for some hours.
///
/// Rule \[3.27\]: whoever looks without working with somebody says why, for a time that ends.
///
/// # Errors
/// [`AskError::Reason`] when nothing was said; [`AskError::Access`] when the actor may not ask.
pub async fn ask(ctx: &mut Ctx, id: PersonId, reason: (&str, &str), hours: u16) -> Result<(), AskError> {
    let words = text::note(reason.1, REASON_MAX)?;
    let (_, permit) = open(ctx, Act::AskToOpen, id).await?;
    ctx.detail(serde_json::json!({ "reason": reason.0, "words": words, "hours": hours }));
    let now = ctx.now();
    let asking = NewAsking {
        id: ctx.ids.uuid(&ctx.clock),
        practitioner_id: ctx.actor.id,
        reason_code: reason.0,
        reason: &words,
        asked_at: now,
        until_at: now.as_microsecond() + i64::from(hours) * 3_600_000_000,
    };
    store::insert_asking(&mut ctx.tx, ctx.area_id, &permit, &asking).await?;
    Ok(())
}

/// Notes for whoever manages the actor that something opened somebody to them whom they had no work with.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn note_opened(ctx: &mut Ctx, permit: &Permit, code: &str, words: &str) -> Result<(), StoreError> {
    let now = ctx.now();
    let asking = NewAsking {
        id: ctx.ids.uuid(&ctx.clock),
        practitioner_id: ctx.actor.id,
        reason_code: code,
        reason: words,
        asked_at: now,
        until_at: now.as_microsecond(),
    };
    store::insert_asking(&mut ctx.tx, ctx.area_id, permit, &asking).await
}

/// Returns the reasons for looking that the actor's team gave in the last 30 days: whoever manages them sees them.
///
/// Rule \[3.40\]: whoever looks without working with somebody answers for it to somebody.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn asked_by_team(ctx: &mut Ctx) -> Result<Vec<Asking>, AccessError> {
    let narrowing = ctx.narrow(Act::FindPerson, &PERSON)?;
    let (manager, now) = (ctx.actor.id, ctx.now());
    let since = Timestamp::from_microsecond(now.as_microsecond() - 30 * 24 * 3_600_000_000).unwrap_or(now);
    Ok(store::list_askings_of_team(&mut ctx.tx, ctx.area_id, manager, since, (&narrowing, now)).await?)
}

/// Shields somebody at once: from now only the named see what the shield keeps.
///
/// Rule \[3.30\]: a shield is applied before anybody sees, searches, lists or prints (note 16).
///
/// # Errors
/// [`AskError::Reason`] when nothing was said; [`AskError::Access`] when the actor may not.
pub async fn shield(
    ctx: &mut Ctx,
    id: PersonId,
    kind: ShieldKind,
    reason: &str,
    named: &[PractitionerId],
) -> Result<(), AskError> {
    shield_as(ctx, (Act::ShieldPerson, id), kind, reason, named).await?;
    Ok(())
}

/// Shields somebody at once, by an act that may; returns the permit, by which the shield is put around whoever would betray them.
///
/// # Errors
/// [`AskError`] as for [`shield`].
pub async fn shield_as(
    ctx: &mut Ctx,
    (act, id): (Act, PersonId),
    kind: ShieldKind,
    reason: &str,
    named: &[PractitionerId],
) -> Result<Permit, AskError> {
    let reason = text::note(reason, REASON_MAX)?;
    let (_, permit) = open(ctx, act, id).await?;
    ctx.detail(serde_json::json!({ "kind": kind.as_str(), "reason": reason }));
    put(ctx, &permit, (id, kind), &reason, named).await?;
    Ok(permit)
}

/// Puts the shield of somebody around somebody else, who would betray them.
///
/// # Errors
/// [`AskError`] when the store fails.
pub async fn spread(
    ctx: &mut Ctx,
    permit: &Permit,
    (to, kind): (PersonId, ShieldKind),
    reason: &str,
    named: &[PractitionerId],
) -> Result<(), AskError> {
    let reason = text::note(reason, REASON_MAX)?;
    let details = serde_json::json!({ "kind": kind.as_str(), "reason": reason, "with": permit.id() });
    ctx.note("shield_person", ::store::journal::Outcome::Done, Some(to.0), details);
    put(ctx, permit, (to, kind), &reason, named).await
}

async fn put(
    ctx: &mut Ctx,
    permit: &Permit,
    (id, kind): (PersonId, ShieldKind),
    reason: &str,
    named: &[PractitionerId],
) -> Result<(), AskError> {
    // Two at once would both be in force.
    ctx.tx.alone(ctx.area_id, "shields").await?;
    let shield = NewShield { id: ctx.new_id(), person: id, kind, reason, decided_by: ctx.actor.id, from_at: ctx.now(), named };
    store::end_shield(&mut ctx.tx, ctx.area_id, permit, (id, kind), shield.from_at).await?;
    store::insert_shield(&mut ctx.tx, ctx.area_id, permit, &shield).await?;
    Ok(())
}

/// Returns whom these practitioners work with, and whoever is of a family with them, as far as the actor may find them; at most 2,000.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn around_workers(ctx: &mut Ctx, workers: &[PractitionerId]) -> Result<Vec<PersonId>, AccessError> {
    let narrowing = ctx.narrow(Act::FindPerson, &PERSON)?;
    let now = ctx.now();
    Ok(store::list_around_workers(&mut ctx.tx, ctx.area_id, workers, (&narrowing, now)).await?)
}

/// Returns whom the actor works with, the latest first, at most 60.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn of_worker(ctx: &mut Ctx) -> Result<Vec<PersonId>, AccessError> {
    let narrowing = ctx.narrow(Act::FindPerson, &PERSON)?;
    let (worker, now) = (ctx.actor.id, ctx.now());
    Ok(store::list_of_worker(&mut ctx.tx, ctx.area_id, worker, (&narrowing, now)).await?)
}

/// Returns the shields around somebody, for whoever may set and end them.
///
/// # Errors
/// [`AccessError`] when the actor may not.
pub async fn shields(ctx: &mut Ctx, id: PersonId) -> Result<Vec<Shield>, AccessError> {
    let (_, permit) = open(ctx, Act::ShieldPerson, id).await?;
    Ok(store::list_shields(&mut ctx.tx, ctx.area_id, &permit).await?)
}

/// Returns which of these people, all of whom the actor has found, are shielded and how: so that nobody passes it on.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn shielded(ctx: &mut Ctx, people: &[PersonId]) -> Result<Vec<(PersonId, ShieldKind)>, StoreError> {
    store::list_shielded(&mut ctx.tx, ctx.area_id, people).await
}

/// Returns which of these people are there, not known as somebody else by now, and shielded by nobody: of them nothing is kept from anybody because of a shield.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn unshielded(ctx: &mut Ctx, people: &[PersonId]) -> Result<BTreeSet<PersonId>, StoreError> {
    store::list_unshielded(&mut ctx.tx, ctx.area_id, people).await
}

/// Ends the shield of a kind around somebody; another kind stays.
///
/// # Errors
/// [`AskError::Access`] when the actor may not.
pub async fn unshield(ctx: &mut Ctx, id: PersonId, kind: ShieldKind) -> Result<(), AskError> {
    let (_, permit) = open(ctx, Act::ShieldPerson, id).await?;
    ctx.detail(serde_json::json!({ "ended": kind.as_str() }));
    end(ctx, &permit, (id, kind)).await
}

/// Ends the copy of somebody's shield that was put around somebody else.
///
/// # Errors
/// [`AskError`] when the store fails.
pub async fn unspread(ctx: &mut Ctx, permit: &Permit, (from, kind): (PersonId, ShieldKind)) -> Result<(), AskError> {
    assert!(permit.act() == Act::ShieldPerson, "only who may shield somebody ends a shield");
    let details = serde_json::json!({ "ended": kind.as_str(), "with": permit.id() });
    ctx.note("shield_person", ::store::journal::Outcome::Done, Some(from.0), details);
    end(ctx, permit, (from, kind)).await
}

async fn end(ctx: &mut Ctx, permit: &Permit, of: (PersonId, ShieldKind)) -> Result<(), AskError> {
    ctx.tx.alone(ctx.area_id, "shields").await?;
    let now = ctx.now();
    store::end_shield(&mut ctx.tx, ctx.area_id, permit, of, now).await?;
    Ok(())
}

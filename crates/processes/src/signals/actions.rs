//! Looking at a signal, and saying what comes of it.

use super::run;
use super::signal::{Answer, Signal, SignalId};
use super::store::{self, Counted, SIGNAL};
use ::store::StoreError;
use ::store::journal::Outcome;
use access::{AccessError, Act, Ctx, PractitionerId, Resource, World};
use families::facts::{self, Fact};
use families::family;
use families::people::{self, PersonId};
use kernel::text::{self, TextError};
use kernel::{Span, Timestamp};
use std::collections::BTreeSet;

const WORDS_MAX: usize = 1000;

/// Why what comes of a signal was not kept.
#[derive(Debug, thiserror::Error)]
pub enum SignalError {
    /// It does not read.
    #[error("What comes of it {0}")]
    Text(#[from] TextError),
    /// Somebody has said so in the meantime.
    #[error("Somebody has said what comes of it in the meantime")]
    Decided,
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for SignalError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

/// A signal, and what it rests on as far as the actor may read it.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The signal.
    pub signal: Signal,
    /// What it rests on, the latest first; what was put right since as well.
    pub rests_on: Vec<Fact>,
}

/// Has what is recorded of these people, and of theirs, looked through as soon as what is being done is kept.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn look_at(ctx: &mut Ctx, people: &[PersonId]) -> Result<(), StoreError> {
    run::enqueue_for(&mut ctx.tx, ctx.area_id, (&ctx.clock, &ctx.ids), people).await
}

/// Has what is recorded of somebody and of everybody of their families looked through: the actor may read more of them than anybody could before.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn look_around(ctx: &mut Ctx, person: PersonId) -> Result<(), AccessError> {
    let arounds = family::around(ctx, person).await?;
    let members = arounds.iter().flat_map(|around| &around.members).map(|member| member.person);
    let people: BTreeSet<PersonId> = members.chain([person]).collect();
    Ok(look_at(ctx, &people.into_iter().collect::<Vec<_>>()).await?)
}

/// Returns a signal that is the actor's to look at.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none for this actor.
pub async fn load(ctx: &mut Ctx, id: SignalId) -> Result<Opened, AccessError> {
    let signal = store::find(&mut ctx.tx, ctx.area_id, id).await?.ok_or(AccessError::Hidden(None))?;
    let resource = signal.resource(&people::load(ctx, signal.person).await?);
    ctx.permit(Act::ReadSignal, &resource)?;
    let ids = store::list_facts(&mut ctx.tx, ctx.area_id, id).await?;
    let rests_on = facts::list_these(ctx, &ids).await?;
    Ok(Opened { signal, rests_on })
}

/// Keeps what comes of a signal, in words: also why it does not matter.
///
/// Rule \[3.28\]: a person decides, and says why; what they say changes nothing by itself.
///
/// # Errors
/// [`SignalError::Decided`] when somebody was faster; [`SignalError::Text`]; [`SignalError::Access`].
pub async fn decide(ctx: &mut Ctx, id: SignalId, (answer, words): (Answer, &str)) -> Result<PersonId, SignalError> {
    let signal = store::find(&mut ctx.tx, ctx.area_id, id).await?.ok_or(AccessError::Hidden(None))?;
    let resource = signal.resource(&people::load(ctx, signal.person).await?);
    let permit = ctx.permit(Act::DecideSignal, &resource)?;
    let words = text::note(words, WORDS_MAX)?;
    ctx.detail(serde_json::json!({ "signal": id.0, "answer": answer.as_str() }));
    let by = (ctx.actor.id, ctx.now());
    let saved = store::save_answer(&mut ctx.tx, ctx.area_id, &permit, (answer, &words), by).await?;
    if saved { Ok(signal.person) } else { Err(SignalError::Decided) }
}

/// Returns the actor's signals: those that wait first, the latest first.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn mine(ctx: &mut Ctx) -> Result<Vec<Signal>, AccessError> {
    let me = ctx.actor.id;
    list(ctx, (&[me], false)).await
}

/// Returns the signals that wait for any of these, as far as the actor may know of them.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn owned_by(ctx: &mut Ctx, owners: &[PractitionerId]) -> Result<Vec<Signal>, AccessError> {
    list(ctx, (owners, true)).await
}

async fn list(ctx: &mut Ctx, of: (&[PractitionerId], bool)) -> Result<Vec<Signal>, AccessError> {
    let narrowing = ctx.narrow(Act::ReadSignal, &SIGNAL)?;
    let now = ctx.now();
    Ok(store::list(&mut ctx.tx, ctx.area_id, of, (&narrowing, now)).await?)
}

/// Gives the open signals of somebody to the actor, who has just shielded them, from owners who may not know of them any more.
///
/// Rule \[3.40\]: a shield leaves no work without somebody who can do it.
///
/// # Errors
/// [`AccessError`] when the actor may not shield them.
pub async fn take_over(ctx: &mut Ctx, world: &World, person: PersonId) -> Result<(), AccessError> {
    let (_, permit) = people::open(ctx, Act::ShieldPerson, person).await?;
    let (me, now) = (ctx.actor.clone(), ctx.now());
    for signal in store::list_shut_out(&mut ctx.tx, ctx.area_id, &permit).await? {
        let rests_on = store::list_facts(&mut ctx.tx, ctx.area_id, signal.id).await?;
        let readable = facts::readable_by(&mut ctx.tx, world, &me, &rests_on).await?;
        // It goes to nobody who may not read all of it: not to whoever decided the shield either.
        let to =
            if readable.len() == rests_on.len() { Some(me.id) } else { run::next_owner(&mut ctx.tx, world, &signal).await? };
        let details = serde_json::json!({ "signal": signal.id.0, "from": signal.owner_id.0, "to": to.map(|to| to.0) });
        match to {
            Some(to) => {
                store::pass_on(&mut ctx.tx, ctx.area_id, signal.id, to, (now, signal.due_on)).await?;
                ctx.note("pass_signal_on", Outcome::Done, Some(person.0), details);
            }
            None => ctx.note("signal_for_nobody", Outcome::Done, Some(person.0), details),
        }
    }
    Ok(())
}

/// Returns how many signals wait, how many are late, and how many have nobody who looks at them.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn count_open(ctx: &mut Ctx) -> Result<(i64, i64, i64), StoreError> {
    let today = ctx.clock.today();
    store::count_open(&mut ctx.tx, ctx.area_id, today).await
}

/// Returns how often each kind of signal was raised in the last year, and what came of it: figures without people.
///
/// # Errors
/// [`AccessError`] when the actor may not.
pub async fn counted(ctx: &mut Ctx) -> Result<Vec<Counted>, AccessError> {
    ctx.permit(Act::SeeEverybodyOwned, &Resource::area())?;
    let now = ctx.now();
    let since = now.checked_sub(Span::new().hours(365 * 24)).unwrap_or(Timestamp::MIN);
    Ok(store::count_of_each(&mut ctx.tx, ctx.area_id, since).await?)
}

//! What is done with notes from devices: taking one in, reading it, seeing to it.

use super::note::{Late, NewNote, Note, NoteId};
use super::store;
use crate::visits::rules::WORDS_MAX;
use ::store::StoreError;
use access::{AccessError, Act, Ctx, PractitionerId, Resource};
use area::Area;
use kernel::text::{self, TextError};
use kernel::{Timestamp, clock};

/// A device whose clock is ahead by more than this wrote its note when it came.
const AHEAD_SECONDS: i64 = 24 * 3600;

/// Why a note was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum NoteError {
    /// It does not read.
    #[error("The note {0}")]
    Text(#[from] TextError),
    /// Another note of the actor's has this id: more was typed since it was sent.
    #[error("Another note was sent under this id")]
    Taken,
    /// Why it is put away does not read.
    #[error("Why it is put away {0}")]
    Why(TextError),
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for NoteError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

/// Takes in a note of the actor's from a device; one that came before is not taken in again.
///
/// Rule \[3.40\]: what was noted on a doorstep has an owner and a day from the moment it arrives.
///
/// # Errors
/// [`NoteError`].
pub async fn receive(ctx: &mut Ctx, area: &Area, mut new: NewNote) -> Result<(), NoteError> {
    ctx.permit(Act::SeeHome, &Resource::area())?;
    new.words = text::note(&new.words, WORDS_MAX)?;
    // A visit that is not there is forgotten, and the note is not.
    if let Some(visit) = new.visit
        && !store::is_visit(&mut ctx.tx, ctx.area_id, visit).await?
    {
        new.visit = None;
    }
    let now = ctx.now();
    let latest = now.as_second() + AHEAD_SECONDS;
    let written = Timestamp::from_millisecond(new.written_ms).ok().filter(|at| at.as_second() <= latest);
    let written = written.unwrap_or(now);
    let settle_by = area.holidays.add(clock::local_day(now), area.clocks.contact_outcome_working_days);
    ctx.detail(serde_json::json!({ "note": new.id.0, "visit": new.visit.map(|id| id.0) }));
    let author = ctx.actor.id;
    let is_there = store::insert(&mut ctx.tx, ctx.area_id, (&new, author), (written, settle_by, now)).await?;
    if is_there { Ok(()) } else { Err(NoteError::Taken) }
}

/// Returns a note of the actor's own, or of somebody they managed who has left.
///
/// Rule \[3.40\]: what somebody noted before they left is seen to by whoever managed them.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none of theirs.
pub async fn load(ctx: &mut Ctx, id: NoteId) -> Result<Note, AccessError> {
    Ok(find(ctx, id).await?.0)
}

async fn find(ctx: &mut Ctx, id: NoteId) -> Result<(Note, PractitionerId), AccessError> {
    ctx.permit(Act::SeeHome, &Resource::area())?;
    ctx.detail(serde_json::json!({ "note": id.0 }));
    let me = ctx.actor.id;
    if let Some(own) = store::find(&mut ctx.tx, ctx.area_id, (id, me)).await? {
        return Ok((own, me));
    }
    let (note, author) = store::find_left(&mut ctx.tx, ctx.area_id, id).await?.ok_or(AccessError::Hidden(None))?;
    let managers = access::people::managers_of(&mut ctx.tx, ctx.area_id, author).await?;
    if managers.contains(&me) { Ok((note, author)) } else { Err(AccessError::Hidden(None)) }
}

/// Keeps that a note of the actor's was seen to: something was written down from it, or it was put away, and why.
///
/// # Errors
/// [`NoteError`].
pub async fn settle(ctx: &mut Ctx, id: NoteId, why: Option<&str>) -> Result<(), NoteError> {
    let (_, author) = find(ctx, id).await?;
    let words = match why {
        Some(why) => text::note(why, WORDS_MAX).map_err(NoteError::Why)?,
        None => String::new(),
    };
    ctx.detail(serde_json::json!({ "note": id.0, "settled": true }));
    let now = ctx.now();
    store::save_settled(&mut ctx.tx, ctx.area_id, (id, author), (&words, now)).await?;
    Ok(())
}

/// Returns the notes that wait for any of these: their author reads them, whoever manages them that they wait.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn waiting_for(ctx: &mut Ctx, authors: &[PractitionerId]) -> Result<Vec<Note>, StoreError> {
    store::list_waiting(&mut ctx.tx, ctx.area_id, authors).await
}

/// Returns whose notes are past their day, or whose author has left; what they say is nobody's to read here.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn late(ctx: &mut Ctx) -> Result<Vec<Late>, StoreError> {
    let today = ctx.clock.today();
    store::list_late(&mut ctx.tx, ctx.area_id, today).await
}

/// Returns how many notes wait for their author, how many are past their day, and how many have an author who has left.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn count_open(ctx: &mut Ctx) -> Result<(i64, i64, i64), StoreError> {
    let today = ctx.clock.today();
    store::count_open(&mut ctx.tx, ctx.area_id, today).await
}

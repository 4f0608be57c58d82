//! What is done with times away: saying so, coming back, seeing whom one covers for.

use super::absence::{self, Absence, AbsenceId, AbsenceRule, NewAbsence};
use super::store;
use ::store::StoreError;
use access::{AccessError, Act, Ctx, PractitionerId, Resource, Role};
use kernel::text::{self, TextError};

const WORDS_MAX: usize = 1000;

/// Why a time away was not kept.
#[derive(Debug, thiserror::Error)]
pub enum AbsenceError {
    /// What is wrong with it.
    #[error(transparent)]
    Rule(#[from] AbsenceRule),
    /// What whoever covers should know does not read.
    #[error("What they should know {0}")]
    Text(TextError),
    /// Whoever is away is neither the actor nor of their team.
    #[error("Choose yourself or somebody of your team")]
    NotOfTeam,
    /// Whoever should cover is not of the same agency.
    #[error("Choose somebody of your agency")]
    NotOfAgency,
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for AbsenceError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

/// For whom the actor can say that they are away, who can cover, and who is away.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The actor first, then their team.
    pub people: Vec<(PractitionerId, String)>,
    /// Whoever of the agency could cover.
    pub colleagues: Vec<(PractitionerId, String)>,
    /// When any of them is away, from today on.
    pub absences: Vec<Absence>,
}

/// Returns for whom the actor can say that they are away.
///
/// # Errors
/// [`AccessError`] when the actor works with no families.
pub async fn load(ctx: &mut Ctx) -> Result<Opened, AccessError> {
    ctx.permit(Act::SayAway, &Resource::area())?;
    let (me, agency) = (ctx.actor.id, ctx.actor.agency_id);
    let mut people = vec![(me, ctx.actor.name.clone())];
    if ctx.actor.is(Role::TeamManager) {
        people.extend(access::people::team_of(&mut ctx.tx, ctx.area_id, me).await?);
    }
    let ids: Vec<PractitionerId> = people.iter().map(|(id, _)| *id).collect();
    let today = ctx.clock.today();
    let mut absences = store::list(&mut ctx.tx, ctx.area_id, &ids, today).await?;
    absences.retain(|one| ids.contains(&one.practitioner));
    let colleagues = store::list_colleagues(&mut ctx.tx, ctx.area_id, agency).await?;
    Ok(Opened { people, colleagues, absences })
}

/// Keeps that the actor, or somebody of their team, will be away, and who covers.
///
/// Rule \[3.40\]: nobody is away without somebody who is there.
///
/// # Errors
/// [`AbsenceError`].
pub async fn say(ctx: &mut Ctx, mut new: NewAbsence) -> Result<AbsenceId, AbsenceError> {
    // One at a time: two who would cover for each other do not both find the other there.
    ctx.tx.alone(ctx.area_id, "absence").await?;
    let opened = load(ctx).await?;
    if !opened.people.iter().any(|(id, _)| *id == new.practitioner) {
        return Err(AbsenceError::NotOfTeam);
    }
    if !opened.colleagues.iter().any(|(id, _)| *id == new.cover) {
        return Err(AbsenceError::NotOfAgency);
    }
    let today = ctx.clock.today();
    let others = store::list(&mut ctx.tx, ctx.area_id, &[new.practitioner, new.cover], today).await?;
    absence::check(&new, today, &others)?;
    new.words = text::note_if_any(&new.words, WORDS_MAX).map_err(AbsenceError::Text)?;
    let id: AbsenceId = ctx.new_id();
    ctx.detail(serde_json::json!({
        "away": new.practitioner.0, "from": new.from_on.to_string(), "to": new.to_on.to_string(), "cover": new.cover.0
    }));
    let by = (ctx.actor.id, ctx.now());
    store::insert(&mut ctx.tx, ctx.area_id, (id, &new), by).await?;
    Ok(id)
}

/// Ends a time away: they are back, or do not go.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none that the actor said or can say.
pub async fn end(ctx: &mut Ctx, id: AbsenceId) -> Result<(), AccessError> {
    let opened = load(ctx).await?;
    let found = store::find(&mut ctx.tx, ctx.area_id, id).await?;
    let found = found.filter(|one| opened.people.iter().any(|(person, _)| *person == one.practitioner));
    let found = found.ok_or(AccessError::Hidden(None))?;
    ctx.detail(serde_json::json!({ "away": found.practitioner.0, "back": true }));
    let (by, now) = (ctx.actor.id, ctx.now());
    Ok(store::save_ended(&mut ctx.tx, ctx.area_id, (id, by), now).await?)
}

/// Returns for whom somebody covers from today on.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn covered_by(ctx: &mut Ctx, cover: PractitionerId) -> Result<Vec<Absence>, StoreError> {
    let today = ctx.clock.today();
    let mut all = store::list(&mut ctx.tx, ctx.area_id, &[cover], today).await?;
    all.retain(|one| one.cover == cover);
    Ok(all)
}

/// Returns who of these is away today.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn of_these(ctx: &mut Ctx, practitioners: &[PractitionerId]) -> Result<Vec<Absence>, StoreError> {
    let today = ctx.clock.today();
    let mut all = store::list(&mut ctx.tx, ctx.area_id, practitioners, today).await?;
    all.retain(|one| practitioners.contains(&one.practitioner) && one.is_on(today));
    Ok(all)
}

/// Returns how many are away now, and how many of them have nobody who covers any more.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn count_open(ctx: &mut Ctx) -> Result<(i64, i64, i64), StoreError> {
    let today = ctx.clock.today();
    store::count_open(&mut ctx.tx, ctx.area_id, today).await
}

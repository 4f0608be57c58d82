//! What is done with skills: saying what one can do, recording training, finding a colleague.

use super::skill::{self, Kind, Skill, SkillId};
use super::store::{self, Colleague};
use ::store::StoreError;
use access::{AccessError, Act, Ctx, PractitionerId, Resource};
use area::Area;
use kernel::Date;

/// Why a skill was not kept.
#[derive(Debug, thiserror::Error)]
pub enum SkillError {
    /// The area does not list it.
    #[error("Choose one of the list")]
    NoSuchSkill,
    /// Training that has ended already.
    #[error("Type a last day from today on")]
    Ended,
    /// Whose it is to be is not of a team that the actor manages.
    #[error("Choose somebody of your team")]
    NotOfTeam,
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for SkillError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

fn is_listed(area: &Area, kind: Kind, code: &str) -> Result<(), SkillError> {
    if skill::listed(area, kind).iter().any(|(id, _)| id == code) { Ok(()) } else { Err(SkillError::NoSuchSkill) }
}

/// Returns what the actor can do, as they and whoever manages them said.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn own(ctx: &mut Ctx) -> Result<Vec<Skill>, AccessError> {
    ctx.permit(Act::SeeAccount, &Resource::area())?;
    let me = ctx.actor.id;
    Ok(store::list_of_practitioners(&mut ctx.tx, ctx.area_id, &[me]).await?)
}

/// Keeps that the actor can do something, or speaks a language.
///
/// # Errors
/// [`SkillError`].
pub async fn say(ctx: &mut Ctx, area: &Area, (kind, code): (Kind, &str)) -> Result<(), SkillError> {
    ctx.permit(Act::KeepSkills, &Resource::area())?;
    if kind == Kind::Training {
        return Err(SkillError::NoSuchSkill);
    }
    is_listed(area, kind, code)?;
    let me = ctx.actor.id;
    let id: SkillId = ctx.new_id();
    ctx.detail(serde_json::json!({ "skill": code }));
    let new = Skill { id, practitioner: me, kind, code: code.to_owned(), valid_until: None, recorded_at: ctx.now() };
    Ok(store::insert(&mut ctx.tx, ctx.area_id, &new, me).await?)
}

/// Takes back that the actor can do something.
///
/// # Errors
/// [`AccessError::Hidden`] when it is not the actor's own, or training.
pub async fn take_back(ctx: &mut Ctx, id: SkillId) -> Result<(), AccessError> {
    ctx.permit(Act::KeepSkills, &Resource::area())?;
    let found = store::find(&mut ctx.tx, ctx.area_id, id).await?;
    let me = ctx.actor.id;
    let found = found.filter(|one| one.practitioner == me && one.kind != Kind::Training).ok_or(AccessError::Hidden(None))?;
    ctx.detail(serde_json::json!({ "skill": found.code, "taken_back": true }));
    let now = ctx.now();
    Ok(store::end(&mut ctx.tx, ctx.area_id, id, now).await?)
}

/// Returns whoever is of the teams that the actor manages, each with what they can do.
///
/// # Errors
/// [`AccessError`] when the actor manages nobody.
pub async fn of_team(ctx: &mut Ctx) -> Result<Vec<(PractitionerId, String, Vec<Skill>)>, AccessError> {
    ctx.permit(Act::RecordTraining, &Resource::area())?;
    let me = ctx.actor.id;
    let team = access::people::team_of(&mut ctx.tx, ctx.area_id, me).await?;
    let ids: Vec<PractitionerId> = team.iter().map(|(id, _)| *id).collect();
    let skills = store::list_of_practitioners(&mut ctx.tx, ctx.area_id, &ids).await?;
    let of = |id: PractitionerId| skills.iter().filter(|one| one.practitioner == id).cloned().collect();
    Ok(team.into_iter().map(|(id, name)| (id, name, of(id))).collect())
}

/// Records that somebody of the actor's team took training, which holds until a day.
///
/// Rule \[3.19\]: whoever works with families keeps what they need to know fresh.
///
/// # Errors
/// [`SkillError`].
pub async fn record_training(
    ctx: &mut Ctx,
    area: &Area,
    who: PractitionerId,
    (code, until): (&str, Date),
) -> Result<(), SkillError> {
    let team = of_team(ctx).await?;
    if !team.iter().any(|(id, ..)| *id == who) {
        return Err(SkillError::NotOfTeam);
    }
    is_listed(area, Kind::Training, code)?;
    if until < ctx.clock.today() {
        return Err(SkillError::Ended);
    }
    let id: SkillId = ctx.new_id();
    ctx.detail(serde_json::json!({ "practitioner": who.0, "training": code, "until": until.to_string() }));
    let (me, recorded_at) = (ctx.actor.id, ctx.now());
    let code = code.to_owned();
    let new = Skill { id, practitioner: who, kind: Kind::Training, code, valid_until: Some(until), recorded_at };
    Ok(store::insert(&mut ctx.tx, ctx.area_id, &new, me).await?)
}

/// Returns the training of these that has ended or ends soon, the first to end first.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn ending_of(ctx: &mut Ctx, area: &Area, who: &[PractitionerId]) -> Result<Vec<Skill>, StoreError> {
    let today = ctx.clock.today();
    let mut all = store::list_of_practitioners(&mut ctx.tx, ctx.area_id, who).await?;
    all.retain(|one| skill::is_due(one, today, area.skills.remind_days));
    all.sort_by_key(|one| one.valid_until);
    Ok(all)
}

/// Returns who can do something today; nobody of a service that is not named, unless it is the actor's own.
///
/// # Errors
/// [`AccessError`] when the actor does not work with families.
pub async fn find_colleagues(ctx: &mut Ctx, wanted: (Kind, &str)) -> Result<Vec<Colleague>, AccessError> {
    ctx.permit(Act::Search, &Resource::area())?;
    ctx.detail(serde_json::json!({ "colleagues": wanted.1 }));
    let of = (ctx.actor.agency_id, ctx.clock.today());
    Ok(store::list_colleagues(&mut ctx.tx, ctx.area_id, wanted, of).await?)
}

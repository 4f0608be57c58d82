//! What is done with visits: planning, saying what came of one, giving it another day, and asking whom nobody has seen.

use super::rules::{self, VisitRule};
use super::store::{self, Of, VISIT, Written};
use super::visit::{Next, Outcome, Plan, State, Visit, VisitId};
use ::store::StoreError;
use access::{AccessError, Act, Ctx, Permit, PractitionerId, Resource};
use families::facts::{self, Class, Kind, Shape};
use families::family;
use families::people::{self, PersonId, Standing};
use kernel::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Why nothing was kept.
#[derive(Debug, thiserror::Error)]
pub enum VisitError {
    /// What is wrong with it.
    #[error(transparent)]
    Rule(#[from] VisitRule),
    /// Somebody else wrote in the meantime.
    #[error("Somebody else wrote what came of this, or moved it, in the meantime: this is how it stands now")]
    Changed,
    /// Whom it is about is not of the family, as far as the actor may know.
    #[error("Choose people of the family")]
    NotOfFamily,
    /// Whoever is to make it may not know of whom it is about.
    #[error("Choose somebody who works with them and may know of everybody it is about")]
    OwnerMayNotKnow,
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for VisitError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

/// Everybody a visit is about, whoever it is reached through first; refused where one is not of their circle.
async fn circle(ctx: &mut Ctx, person: PersonId, about: &[PersonId]) -> Result<Vec<PersonId>, VisitError> {
    let arounds = family::around(ctx, person).await?;
    let known = family::circle(ctx, person, &arounds).await?;
    let is_known = about.iter().all(|one| known.contains(one));
    if is_known { Ok(known) } else { Err(VisitError::NotOfFamily) }
}

async fn standings(ctx: &mut Ctx, visit: &Visit) -> Result<Vec<Standing>, AccessError> {
    let mut standings = vec![people::load(ctx, visit.person).await?];
    for met in visit.people.iter().filter(|met| met.person != visit.person) {
        standings.push(people::load(ctx, met.person).await?);
    }
    Ok(standings)
}

async fn find(ctx: &mut Ctx, id: VisitId) -> Result<(Visit, Resource), AccessError> {
    let visit = store::find(&mut ctx.tx, ctx.area_id, id).await?.ok_or(AccessError::Hidden(None))?;
    let standings = standings(ctx, &visit).await?;
    let resource = visit.resource(&standings);
    Ok((visit, resource))
}

/// Returns who could make a visit, as far as the actor may know: themself, and whoever works with the family.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn helpers(ctx: &mut Ctx, person: PersonId) -> Result<BTreeSet<PractitionerId>, AccessError> {
    let arounds = family::around(ctx, person).await?;
    let circle = family::circle(ctx, person, &arounds).await?;
    let facts = facts::list_of(ctx, &circle, Some(&[Kind::Involvement])).await?;
    let working = facts.iter().filter(|fact| fact.ended_at.is_none()).filter_map(|fact| match fact.new.shape {
        Shape::Involvement { practitioner } => practitioner,
        _ => None,
    });
    let team = arounds.iter().flat_map(|around| around.team.iter().map(|member| member.id));
    Ok(working.chain(team).chain([ctx.actor.id]).collect())
}

/// Whoever makes a visit is one whom the actor may know to work with the family, may know of everybody it is about, and names no sensitive
/// service by making it. Whoever else is refused alike: an answer tells nobody who works with them.
async fn check_owner(
    ctx: &mut Ctx,
    visit: &Visit,
    (owner, known): (PractitionerId, Option<PractitionerId>),
) -> Result<(), VisitError> {
    let today = ctx.clock.today();
    let is_known = Some(owner) == known || helpers(ctx, visit.person).await?.contains(&owner);
    let to = access::people::find_actor(&mut ctx.tx, ctx.area_id, owner, today).await?.filter(|_| is_known);
    let to = to.ok_or(VisitError::OwnerMayNotKnow)?;
    if to.sensitive && visit.class < Class::SensitiveService {
        return Err(VisitError::OwnerMayNotKnow);
    }
    let standings = standings(ctx, visit).await?;
    let resource = Visit { owner_id: owner, ..visit.clone() }.resource(&standings);
    let decided = ctx.decide_for(&to, Act::ReadVisit, &resource).map_err(AccessError::from)?;
    if decided.allowed { Ok(()) } else { Err(VisitError::OwnerMayNotKnow) }
}

fn written(ctx: &Ctx, person: PersonId, class: Class) -> Written {
    let (agency_id, author_id, at) = (ctx.actor.agency_id, ctx.actor.id, ctx.now());
    Written { id: ctx.new_id(), person, class, agency_id, author_id, at }
}

/// Plans a visit to a family: how, when and by whom it is met.
///
/// Rule \[3.16\]: whoever meets a family next is named, with a day.
///
/// # Errors
/// [`VisitError`].
pub async fn plan(ctx: &mut Ctx, new: Plan) -> Result<VisitId, VisitError> {
    people::open(ctx, Act::RecordVisit, new.person).await?;
    if new.people.is_empty() {
        return Err(VisitRule::AboutNobody.into());
    }
    circle(ctx, new.person, &new.people).await?;
    let next = rules::check_next(new.next, ctx.clock.today())?;
    let class = rules::class_of(new.is_private, ctx.actor.sensitive);
    insert(ctx, written(ctx, new.person, class), (&new.people, &next), None).await
}

async fn insert(
    ctx: &mut Ctx,
    written: Written,
    (about, next): (&[PersonId], &Next),
    made_before: Option<PractitionerId>,
) -> Result<VisitId, VisitError> {
    store::insert(&mut ctx.tx, ctx.area_id, written, (about, next)).await?;
    let (visit, _) = find(ctx, written.id).await?;
    check_owner(ctx, &visit, (next.owner, made_before)).await?;
    ctx.detail(serde_json::json!({ "visit": written.id.0, "owner": next.owner.0, "on": next.on.to_string() }));
    Ok(written.id)
}

/// Records a visit that nobody had planned: what came of it, and what comes next.
///
/// Rule \[3.16\]: what was tried is written down whether or not anybody opened the door.
///
/// # Errors
/// [`VisitError`].
pub async fn record(ctx: &mut Ctx, person: PersonId, outcome: Outcome, is_private: bool) -> Result<VisitId, VisitError> {
    people::open(ctx, Act::RecordVisit, person).await?;
    let outcome = rules::check_outcome(outcome, ctx.clock.today())?;
    let about: Vec<PersonId> = outcome.people.iter().map(|met| met.person).collect();
    circle(ctx, person, &about).await?;
    let class = rules::class_of(is_private, ctx.actor.sensitive);
    let (way, owner, on) = (outcome.way, ctx.actor.id, outcome.happened_on);
    let as_planned = Next { way, owner, on, time: String::new(), approach: String::new() };
    let id = insert(ctx, written(ctx, person, class), (&about, &as_planned), None).await?;
    let (visit, resource) = find(ctx, id).await?;
    let permit = ctx.permit(Act::ChangeVisit, &resource)?;
    save_outcome(ctx, &permit, (&visit, 1), &outcome).await?;
    Ok(id)
}

/// Says what came of a visit that was planned, and what comes next.
///
/// Rule \[3.16\]: a visit that was missed or refused opens the next one in the same moment, and closes nothing.
///
/// # Errors
/// [`VisitError::Changed`] when somebody was faster; [`VisitError`].
pub async fn end(ctx: &mut Ctx, (id, version): (VisitId, i64), outcome: Outcome) -> Result<Visit, VisitError> {
    let (visit, permit) = to_change(ctx, (id, version)).await?;
    let outcome = rules::check_outcome(outcome, ctx.clock.today())?;
    let known = circle(ctx, visit.person, &[]).await?;
    // Whoever it was planned for stays in it, although they may have left the family since.
    let is_known = |person: PersonId| known.contains(&person) || visit.people.iter().any(|met| met.person == person);
    if !outcome.people.iter().all(|met| is_known(met.person)) {
        return Err(VisitError::NotOfFamily);
    }
    // Whoever comes into it is held as those are whom it was planned for: nobody is linked to somebody else meanwhile.
    for met in &outcome.people {
        people::load(ctx, met.person).await?;
    }
    save_outcome(ctx, &permit, (&visit, version), &outcome).await?;
    Ok(visit)
}

async fn to_change(ctx: &mut Ctx, (id, version): (VisitId, i64)) -> Result<(Visit, Permit), VisitError> {
    let (visit, resource) = find(ctx, id).await?;
    let permit = ctx.permit(Act::ChangeVisit, &resource)?;
    let is_as_read = visit.state == State::Planned && visit.version == version;
    if is_as_read { Ok((visit, permit)) } else { Err(VisitError::Changed) }
}

async fn save_outcome(
    ctx: &mut Ctx,
    permit: &Permit,
    (visit, version): (&Visit, i64),
    outcome: &Outcome,
) -> Result<(), VisitError> {
    let next = match &outcome.next {
        None => None,
        Some(next) => {
            let about: Vec<PersonId> = outcome.people.iter().map(|met| met.person).collect();
            // Whose it was it stays: whoever writes what came of it may be of another agency, and of one that is not named.
            let (agency_id, author_id, at) = (visit.agency_id, visit.author_id, ctx.now());
            let written = Written { id: ctx.new_id(), person: visit.person, class: visit.class, agency_id, author_id, at };
            Some(insert(ctx, written, (&about, next), Some(visit.owner_id)).await?)
        }
    };
    ctx.detail(serde_json::json!({ "visit": visit.id.0, "state": outcome.state.as_str(), "next": next.map(|id| id.0) }));
    let by = (ctx.actor.id, ctx.now());
    let saved = store::save_outcome(&mut ctx.tx, ctx.area_id, permit, (version, outcome, next), by).await?;
    if saved { Ok(()) } else { Err(VisitError::Changed) }
}

/// Gives a visit another day, another way, or somebody else to make it.
///
/// Rule \[3.40\]: what is handed on has a new owner in the same moment.
///
/// # Errors
/// [`VisitError::Changed`] when somebody was faster; [`VisitError`].
pub async fn move_on(ctx: &mut Ctx, at: (VisitId, i64), next: Next) -> Result<Visit, VisitError> {
    let (visit, permit) = to_change(ctx, at).await?;
    let next = rules::check_next(next, ctx.clock.today())?;
    check_owner(ctx, &visit, (next.owner, Some(visit.owner_id))).await?;
    ctx.detail(serde_json::json!({ "visit": visit.id.0, "owner": next.owner.0, "on": next.on.to_string() }));
    let now = ctx.now();
    let saved = store::save_moved(&mut ctx.tx, ctx.area_id, &permit, (at.1, &next), now).await?;
    if saved { Ok(visit) } else { Err(VisitError::Changed) }
}

/// A visit, what it followed and what follows, and what the actor may do with it.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The visit.
    pub visit: Visit,
    /// The one that was tried before, where the actor may read it.
    pub before: Option<Visit>,
    /// The next try, where the actor may read it.
    pub next: Option<Visit>,
    /// Whether the actor may say what came of it.
    pub may_change: bool,
    /// Whether the actor may open the family.
    pub may_open: bool,
}

/// Returns a visit.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none for this actor.
pub async fn load(ctx: &mut Ctx, id: VisitId) -> Result<Opened, AccessError> {
    let (visit, resource) = find(ctx, id).await?;
    ctx.permit(Act::ReadVisit, &resource)?;
    let beside = list(ctx, Of::Beside(id, visit.next)).await?;
    let before = beside.iter().find(|one| one.next == Some(id)).cloned();
    let next = beside.into_iter().find(|one| Some(one.id) == visit.next);
    let person = people::load(ctx, visit.person).await?.resource();
    let may_open = ctx.may(Act::OpenPerson, &person)?;
    let may_change = visit.state == State::Planned && ctx.may(Act::ChangeVisit, &resource)?;
    Ok(Opened { visit, before, next, may_change, may_open })
}

async fn list(ctx: &mut Ctx, of: Of<'_>) -> Result<Vec<Visit>, AccessError> {
    let narrowing = ctx.narrow(Act::ReadVisit, &VISIT)?;
    let now = ctx.now();
    Ok(store::list(&mut ctx.tx, ctx.area_id, of, (&narrowing, now)).await?)
}

/// Returns the visits that any of these is to make, as far as the actor may read them, the soonest first.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn owned_by(ctx: &mut Ctx, owners: &[PractitionerId]) -> Result<Vec<Visit>, AccessError> {
    list(ctx, Of::OwnedBy(owners)).await
}

/// Returns the visits about any of these people, as far as the actor may read them, the latest first.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn of_people(ctx: &mut Ctx, people: &[PersonId], at_most: u32) -> Result<Vec<Visit>, AccessError> {
    list(ctx, Of::People(people, at_most)).await
}

/// Returns the visits that are planned about any of these people, as far as the actor may read them, the soonest first.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn planned_for(ctx: &mut Ctx, people: &[PersonId]) -> Result<Vec<Visit>, AccessError> {
    list(ctx, Of::PlannedFor(people)).await
}

/// Returns planned visits whose day has passed or whose owner has left, as far as the actor may read them.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn late(ctx: &mut Ctx) -> Result<Vec<Visit>, AccessError> {
    let today = ctx.clock.today();
    list(ctx, Of::Late(today)).await
}

/// Returns the day on which anybody of any agency last saw each of these people, as far as the actor may read it.
///
/// Rule \[3.16\]: whoever nobody has seen is known, whichever agency was to see them.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn seen_last(ctx: &mut Ctx, people: &[PersonId]) -> Result<BTreeMap<PersonId, Date>, AccessError> {
    let narrowing = ctx.narrow(Act::ReadVisit, &VISIT)?;
    let now = ctx.now();
    Ok(store::list_seen(&mut ctx.tx, ctx.area_id, people, (&narrowing, now)).await?)
}

/// Hands the visits that are planned to somebody to the actor, who has just shielded them, from those who may not know of them any more.
///
/// Rule \[3.40\]: a shield leaves no work without somebody who can do it.
///
/// # Errors
/// [`AccessError`] when the actor may not shield them.
pub async fn take_over(ctx: &mut Ctx, person: PersonId) -> Result<(), AccessError> {
    let (_, permit) = people::open(ctx, Act::ShieldPerson, person).await?;
    let (to, now) = (ctx.actor.id, ctx.now());
    let taken = store::take_over(&mut ctx.tx, ctx.area_id, &permit, to, now).await?;
    ctx.detail(serde_json::json!({ "visits_taken_over": taken }));
    Ok(())
}

/// Returns how many visits are planned, how many are past their day, and how many have nobody to make them.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn count_open(ctx: &mut Ctx) -> Result<(i64, i64, i64), StoreError> {
    let today = ctx.clock.today();
    store::count_open(&mut ctx.tx, ctx.area_id, today).await
}

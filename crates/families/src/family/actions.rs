//! What is done with families.

use super::store;
use super::{Around, Family, FamilyId, Part};
use crate::facts::{self, Kind};
use crate::people::{self, AskError, PERSON, PersonId, ShieldKind};
use ::store::journal::Outcome;
use ::store::{AreaId, StoreError, Tx};
use access::{AccessError, Act, Ctx, Permit, PractitionerId};
use kernel::Date;
use kernel::text::{self, TextError};
use std::collections::BTreeSet;
use uuid::Uuid;

const NAME_MAX: usize = 100;
const STEP_MAX: usize = 500;

/// Why something about a family was not done.
#[derive(Debug, thiserror::Error)]
pub enum FamilyError {
    /// A text that does not read.
    #[error("{0} {1}")]
    Text(&'static str, TextError),
    /// Support for them has ended.
    #[error("Support for this family has ended: begin it again first")]
    Closed,
    /// A next step in the past is none.
    #[error("The next step needs a day from today on")]
    NextInThePast,
    /// Somebody else changed it in the meantime.
    #[error("Somebody else changed this while you were writing")]
    Changed(Box<Family>),
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for FamilyError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

/// Makes a family around somebody; the actor answers for its next step.
///
/// Rule \[3.40\]: a family has one accountable owner and a next date at any time.
///
/// # Errors
/// [`FamilyError`].
pub async fn create(ctx: &mut Ctx, name: &str, first: PersonId, next: (&str, Date)) -> Result<FamilyId, FamilyError> {
    let (_, permit) = people::open(ctx, Act::RecordFact, first).await?;
    let family = Family {
        id: ctx.new_id(),
        name: text::line(name, NAME_MAX).map_err(|e| FamilyError::Text("The family's name", e))?,
        owner_id: ctx.actor.id,
        owner: ctx.actor.name.clone(),
        next_step: text::line(next.0, STEP_MAX).map_err(|e| FamilyError::Text("The next step", e))?,
        next_on: checked_next(next.1, ctx.clock.today())?,
        lead_by: None,
        closed_at: None,
        version: 1,
    };
    ctx.detail(serde_json::json!({ "family": family.id.0 }));
    let now = ctx.now();
    store::insert(&mut ctx.tx, ctx.area_id, &family, now).await?;
    store::insert_member(&mut ctx.tx, ctx.area_id, family.id, (&permit, Part::Member), now).await?;
    join_as_lead(ctx, family.id, first).await?;
    Ok(family.id)
}

/// Returns the day of a next step, if it is one.
///
/// Rule \[3.16\]: a family is not forgotten: what comes next has a day that has not passed.
///
/// # Errors
/// [`FamilyError::NextInThePast`].
pub fn checked_next(on: Date, today: Date) -> Result<Date, FamilyError> {
    if on < today { Err(FamilyError::NextInThePast) } else { Ok(on) }
}

/// Adds somebody to a family that the actor reaches through one of its members, whom they may write about.
///
/// # Errors
/// [`FamilyError`].
pub async fn join(ctx: &mut Ctx, family: (FamilyId, PersonId), person: PersonId, part: Part) -> Result<(), FamilyError> {
    let (id, through) = family;
    people::open(ctx, Act::RecordFact, through).await?;
    if !store::list_of(&mut ctx.tx, ctx.area_id, through).await?.iter().any(|family| family.id == id) {
        return Err(AccessError::Hidden(None).into());
    }
    let (_, permit) = people::open(ctx, Act::RecordContact, person).await?;
    ctx.detail(serde_json::json!({ "family": id.0, "part": part.as_str() }));
    let now = ctx.now();
    store::insert_member(&mut ctx.tx, ctx.area_id, id, (&permit, part), now).await?;
    shield_together(ctx, id).await?;
    Ok(())
}

/// Adds somebody to a family after looking at both: whoever may link everybody of it and the person.
///
/// # Errors
/// [`FamilyError::Access`] where the actor may not link one of them.
pub async fn add(ctx: &mut Ctx, id: FamilyId, person: PersonId, part: Part) -> Result<(), FamilyError> {
    for member in store::list_persons(&mut ctx.tx, ctx.area_id, id).await? {
        people::open(ctx, Act::LinkPeople, member).await?;
    }
    let (_, permit) = people::open(ctx, Act::LinkPeople, person).await?;
    ctx.detail(serde_json::json!({ "family": id.0, "part": part.as_str() }));
    let now = ctx.now();
    store::insert_member(&mut ctx.tx, ctx.area_id, id, (&permit, part), now).await?;
    shield_together(ctx, id).await?;
    Ok(())
}

/// Gives the shield of place that one of a family has to those who have none: whoever joins would give the others away.
async fn shield_together(ctx: &mut Ctx, id: FamilyId) -> Result<(), StoreError> {
    let (Some(shield), unshielded) = store::find_unshielded(&mut ctx.tx, ctx.area_id, id).await? else { return Ok(()) };
    let now = ctx.now();
    for person in unshielded {
        let new = ctx.new_id();
        people::store::copy_shield(&mut ctx.tx, ctx.area_id, (shield, new), person, now).await?;
        ctx.note("shield_person", Outcome::Done, Some(person.0), serde_json::json!({ "kind": "location", "with": "the family" }));
    }
    Ok(())
}

/// Shields the families of somebody who was linked as they are shielded now: see [`join`].
pub(crate) async fn shield_families_of(ctx: &mut Ctx, person: PersonId) -> Result<(), StoreError> {
    for family in store::list_of(&mut ctx.tx, ctx.area_id, person).await? {
        shield_together(ctx, family.id).await?;
    }
    Ok(())
}

/// Returns whoever belongs to somebody, as far as the actor may know: their families and network, and those they are related to. Whoever
/// was asked for comes first; at most 40.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn circle(ctx: &mut Ctx, focus: PersonId, arounds: &[Around]) -> Result<Vec<PersonId>, AccessError> {
    let toward = facts::list_toward(ctx, &[focus]).await?;
    let own = facts::list_of(ctx, &[focus], Some(&[Kind::Relationship])).await?;
    let mut persons = vec![focus];
    persons.extend(arounds.iter().flat_map(|around| around.members.iter().map(|member| member.person)));
    persons.extend(toward.iter().map(|fact| fact.new.person));
    persons.extend(own.iter().filter_map(|fact| fact.new.other()));
    let mut seen = BTreeSet::new();
    persons.retain(|person| seen.insert(*person));
    persons.truncate(40);
    Ok(persons)
}

/// Puts the actor in the team around the families of somebody, for as long as what brought them there lasts.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn join_team(ctx: &mut Ctx, person: PersonId, part: &str, origin: Uuid) -> Result<(), StoreError> {
    let now = ctx.now();
    let part = store::NewPart { practitioner: ctx.actor.id, part, through: person, origin: Some(origin) };
    for family in store::list_of(&mut ctx.tx, ctx.area_id, person).await? {
        store::insert_team(&mut ctx.tx, ctx.area_id, family.id, &part, now).await?;
    }
    Ok(())
}

/// Shields somebody; where somebody is, is shielded of their whole family, because one of them would give the others away.
///
/// Rule \[3.30\]: a shield is applied to whoever would betray it (note 16).
///
/// # Errors
/// [`AskError`] as for [`people::shield`].
pub async fn shield(
    ctx: &mut Ctx,
    id: PersonId,
    kind: ShieldKind,
    reason: &str,
    named: &[PractitionerId],
) -> Result<(), AskError> {
    shield_as(ctx, (Act::ShieldPerson, id), kind, reason, named).await
}

/// Shields somebody, by an act that may, and whoever would betray them: the family, and whoever lives at the same address.
///
/// # Errors
/// [`AskError`] as for [`people::shield_as`].
pub async fn shield_as(
    ctx: &mut Ctx,
    (act, id): (Act, PersonId),
    kind: ShieldKind,
    reason: &str,
    named: &[PractitionerId],
) -> Result<(), AskError> {
    let before = people::store::find_reason(&mut ctx.tx, ctx.area_id, id, kind).await?;
    let permit = people::shield_as(ctx, (act, id), kind, reason, named).await?;
    if kind == ShieldKind::Existence {
        let (to, now) = (ctx.actor.id, ctx.now());
        store::take_over(&mut ctx.tx, ctx.area_id, id, to, now).await?;
        return Ok(());
    }
    let mut others = store::list_all_members(&mut ctx.tx, ctx.area_id, id).await?;
    others.extend(store::list_at_home(&mut ctx.tx, ctx.area_id, id).await?);
    others.sort();
    others.dedup();
    for other in others {
        // One who was shielded for a reason of their own keeps their own named; one who has this shield's copy gets the new one.
        let own = people::store::find_reason(&mut ctx.tx, ctx.area_id, other, kind).await?;
        if own.is_none() || own == before {
            people::spread(ctx, &permit, (other, kind), reason, named).await?;
        }
    }
    Ok(())
}

/// Ends the parts in teams that came from one origin, when what was done there has ended.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn leave_team(ctx: &mut Ctx, origin: Uuid) -> Result<(), StoreError> {
    let now = ctx.now();
    store::end_team(&mut ctx.tx, ctx.area_id, origin, now).await
}

/// Holds a family until the transaction ends, so that of two who do at once what is done once, the second sees the first.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn hold(ctx: &mut Ctx, id: FamilyId) -> Result<(), StoreError> {
    hold_in(&mut ctx.tx, ctx.area_id, id).await
}

/// Holds a family until a transaction ends in which nobody acts who has signed in.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn hold_in(tx: &mut Tx, area_id: AreaId, id: FamilyId) -> Result<(), StoreError> {
    store::hold(tx, area_id, id).await
}

/// Makes somebody lead for a family who has accepted it, in the place of whoever led; says whether they still did.
///
/// Rule \[3.17\]: the lead changes in one moment: at no time has a family none, or two.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn lead_on(
    ctx: &mut Ctx,
    permit: &Permit,
    (id, through): (FamilyId, PersonId),
    (from, to): (PractitionerId, PractitionerId),
) -> Result<bool, StoreError> {
    assert!(permit.act() == Act::AnswerHandover, "only whoever was offered the lead accepts it");
    let now = ctx.now();
    if !store::save_lead(&mut ctx.tx, ctx.area_id, id, (from, to), now).await? {
        return Ok(false);
    }
    store::end_parts(&mut ctx.tx, ctx.area_id, id, from, now).await?;
    let part = store::NewPart { practitioner: to, part: store::LEADS, through, origin: Some(permit.id()) };
    store::insert_team(&mut ctx.tx, ctx.area_id, id, &part, now).await?;
    Ok(true)
}

/// Says by when the actor, who answers for a family in support, finds somebody to lead for it.
///
/// Rule \[3.17\]: a family in support has one lead, or a named person who finds one by a day.
///
/// # Errors
/// [`FamilyError::Changed`] when somebody else answers for it by now; [`FamilyError`].
pub async fn seek_lead(ctx: &mut Ctx, id: FamilyId, by: Date) -> Result<(), FamilyError> {
    let family = store::find(&mut ctx.tx, ctx.area_id, id).await?.ok_or(AccessError::Hidden(None))?;
    let by = checked_next(by, ctx.clock.today())?;
    let now = ctx.now();
    ctx.detail(serde_json::json!({ "family": id.0, "lead_by": by.to_string() }));
    let mine = (id, ctx.actor.id, family.version);
    let saved = store::save_lead_by(&mut ctx.tx, ctx.area_id, mine, Some(by), now).await?;
    if saved { Ok(()) } else { Err(FamilyError::Changed(Box::new(family))) }
}

/// Makes whoever answers for a family and was to find somebody to lead, lead for it; says whether they still answer for it.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn take_lead(
    ctx: &mut Ctx,
    permit: &Permit,
    (id, through): (FamilyId, PersonId),
    (owner, version): (PractitionerId, i64),
) -> Result<bool, StoreError> {
    assert!(permit.act() == Act::OfferHandover, "only whoever may hand over the lead says who has it");
    let now = ctx.now();
    if !store::save_lead_by(&mut ctx.tx, ctx.area_id, (id, owner, version), None, now).await? {
        return Ok(false);
    }
    store::end_parts(&mut ctx.tx, ctx.area_id, id, owner, now).await?;
    let part = store::NewPart { practitioner: owner, part: store::LEADS, through, origin: Some(permit.id()) };
    store::insert_team(&mut ctx.tx, ctx.area_id, id, &part, now).await?;
    Ok(true)
}

/// Returns for how many families in support a lead is to be found, for how many the day has passed, and how many have nobody to find one.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn count_leaderless(ctx: &mut Ctx) -> Result<(i64, i64, i64), StoreError> {
    let today = ctx.clock.today();
    store::count_leaderless(&mut ctx.tx, ctx.area_id, today).await
}

/// Ends support for a family, by whoever may; says whether it had not ended, and the same one still led. Whoever led has no part in its team
/// by that any more.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn close(ctx: &mut Ctx, permit: &Permit, family: (FamilyId, PractitionerId)) -> Result<bool, StoreError> {
    assert!(matches!(permit.act(), Act::AskToClose | Act::AnswerClosing), "only whoever may end support ends it");
    let now = ctx.now();
    if !store::save_closed(&mut ctx.tx, ctx.area_id, family, now).await? {
        return Ok(false);
    }
    store::end_parts(&mut ctx.tx, ctx.area_id, family.0, family.1, now).await?;
    Ok(true)
}

/// Begins support for a family again; the actor, who may write about one of its members, answers for its next step.
///
/// Rule \[3.40\]: a family that comes back has somebody who answers for it from the first moment.
///
/// # Errors
/// [`FamilyError::Changed`] when it has not ended, or somebody was faster; [`FamilyError`].
pub async fn begin_again(
    ctx: &mut Ctx,
    (through, id): (PersonId, FamilyId),
    version: i64,
    next: (&str, Date),
) -> Result<(), FamilyError> {
    people::open(ctx, Act::RecordFact, through).await?;
    if !store::list_of(&mut ctx.tx, ctx.area_id, through).await?.iter().any(|family| family.id == id) {
        return Err(AccessError::Hidden(None).into());
    }
    let family = store::find(&mut ctx.tx, ctx.area_id, id).await?.ok_or(AccessError::Hidden(None))?;
    let family = Family {
        owner_id: ctx.actor.id,
        next_step: text::line(next.0, STEP_MAX).map_err(|e| FamilyError::Text("The next step", e))?,
        next_on: checked_next(next.1, ctx.clock.today())?,
        version,
        ..family
    };
    ctx.detail(serde_json::json!({ "family": id.0, "begun_again": true, "next_on": family.next_on.to_string() }));
    let now = ctx.now();
    if !store::save_begun_again(&mut ctx.tx, ctx.area_id, &family, now).await? {
        return Err(FamilyError::Changed(Box::new(family)));
    }
    join_as_lead(ctx, id, through).await?;
    Ok(())
}

/// Puts the actor, who answers for a family's next step, in its team; a sensitive service is not named there.
async fn join_as_lead(ctx: &mut Ctx, id: FamilyId, through: PersonId) -> Result<(), StoreError> {
    if ctx.actor.sensitive {
        return Ok(());
    }
    let now = ctx.now();
    let part = store::NewPart { practitioner: ctx.actor.id, part: store::ANSWERS, through, origin: None };
    store::insert_team(&mut ctx.tx, ctx.area_id, id, &part, now).await
}

/// Returns whoever helps a family, whoever may know of it: its team, and whoever works with one of its members. To tell them something that
/// each reads by what they may know; never to be shown.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn workers_of(ctx: &mut Ctx, id: FamilyId) -> Result<Vec<PractitionerId>, StoreError> {
    store::list_workers(&mut ctx.tx, ctx.area_id, id).await
}

/// Returns for how many families in support somebody leads.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn count_led(ctx: &mut Ctx, lead: PractitionerId) -> Result<u16, StoreError> {
    store::count_led(&mut ctx.tx, ctx.area_id, lead).await
}

/// Returns the families of somebody whose page the actor has opened.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn around(ctx: &mut Ctx, person: PersonId) -> Result<Vec<Around>, AccessError> {
    let narrowing = ctx.narrow(Act::FindPerson, &PERSON)?;
    let of_team = ctx.narrow(Act::ReadFact, &store::TEAM)?;
    let now = ctx.now();
    let mut all = Vec::new();
    for family in store::list_of(&mut ctx.tx, ctx.area_id, person).await? {
        let members = store::list_members(&mut ctx.tx, ctx.area_id, family.id, (&narrowing, now)).await?;
        let team = store::list_team(&mut ctx.tx, ctx.area_id, family.id, (&of_team, now)).await?;
        let read_at = store::find_read(&mut ctx.tx, ctx.area_id, ctx.actor.id, family.id).await?;
        all.push(Around { family, members, team, read_at });
    }
    Ok(all)
}

/// Marks a family's page as read until now.
///
/// # Errors
/// [`AccessError`] when the actor may not open the person it was reached through.
pub async fn mark_read(ctx: &mut Ctx, person: PersonId) -> Result<(), AccessError> {
    people::open(ctx, Act::OpenPerson, person).await?;
    let now = ctx.now();
    for family in store::list_of(&mut ctx.tx, ctx.area_id, person).await? {
        store::save_read(&mut ctx.tx, ctx.area_id, ctx.actor.id, family.id, now).await?;
    }
    Ok(())
}

/// Sets what comes next for a family, reached through one of its members.
///
/// # Errors
/// [`FamilyError::Changed`] carries what somebody else set in the meantime.
pub async fn next_step(
    ctx: &mut Ctx,
    through: PersonId,
    id: FamilyId,
    version: i64,
    next: (&str, Date),
) -> Result<(), FamilyError> {
    people::open(ctx, Act::RecordFact, through).await?;
    let of_person = store::list_of(&mut ctx.tx, ctx.area_id, through).await?;
    if !of_person.iter().any(|family| family.id == id) {
        return Err(AccessError::Hidden(None).into());
    }
    let mut family = store::find(&mut ctx.tx, ctx.area_id, id).await?.ok_or(AccessError::Hidden(None))?;
    if family.version != version {
        return Err(FamilyError::Changed(Box::new(family)));
    }
    if family.closed_at.is_some() {
        return Err(FamilyError::Closed);
    }
    let words = text::line(next.0, STEP_MAX).map_err(|e| FamilyError::Text("The next step", e))?;
    let on = checked_next(next.1, ctx.clock.today())?;
    ctx.detail(serde_json::json!({ "family": id.0, "next_on": on.to_string() }));
    let now = ctx.now();
    if !store::save_next(&mut ctx.tx, ctx.area_id, &family, (&words, on), now).await? {
        family = store::find(&mut ctx.tx, ctx.area_id, id).await?.ok_or(AccessError::Hidden(None))?;
        return Err(FamilyError::Changed(Box::new(family)));
    }
    Ok(())
}

/// Returns the families in support that any of these answers for, each with a member to reach it by whom they may find.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn owned_by(ctx: &mut Ctx, owners: &[PractitionerId]) -> Result<Vec<(Family, Option<PersonId>)>, AccessError> {
    list(ctx, Act::FindPerson, store::Of::OwnedBy(owners)).await
}

/// Returns the families whose next day has passed or whose owner has left, each with a member whom the actor may find.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn late(ctx: &mut Ctx) -> Result<Vec<(Family, PersonId)>, AccessError> {
    let today = ctx.clock.today();
    to_work_with(ctx, store::Of::Late(today)).await
}

/// Returns these families, each with a member whom the actor may find; at most 2,000.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn these(ctx: &mut Ctx, ids: &[FamilyId]) -> Result<Vec<(Family, PersonId)>, AccessError> {
    to_work_with(ctx, store::Of::These(ids)).await
}

/// Returns those of these families that the actor may open, each with a member to open it by; at most 2,000.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn to_open(ctx: &mut Ctx, ids: &[FamilyId]) -> Result<Vec<(Family, PersonId)>, AccessError> {
    let found = list(ctx, Act::OpenPerson, store::Of::These(ids)).await?;
    Ok(found.into_iter().filter_map(|(family, through)| through.map(|person| (family, person))).collect())
}

/// Returns a family that is reached through one of its members, as that member stands to the actor, who may do `act` with them.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none for this actor.
pub async fn within(
    ctx: &mut Ctx,
    act: Act,
    (through, id): (PersonId, FamilyId),
) -> Result<(Around, people::Standing), AccessError> {
    let (standing, _) = people::open(ctx, act, through).await?;
    let around = around(ctx, through).await?.into_iter().find(|around| around.family.id == id);
    Ok((around.ok_or(AccessError::Hidden(None))?, standing))
}

/// For those who work with families: whoever finds people to answer a question is shown no work with them.
async fn to_work_with(ctx: &mut Ctx, of: store::Of<'_>) -> Result<Vec<(Family, PersonId)>, AccessError> {
    let found = list(ctx, Act::RecordContact, of).await?;
    Ok(found.into_iter().filter_map(|(family, through)| through.map(|person| (family, person))).collect())
}

async fn list(ctx: &mut Ctx, act: Act, of: store::Of<'_>) -> Result<Vec<(Family, Option<PersonId>)>, AccessError> {
    let narrowing = ctx.narrow(act, &PERSON)?;
    let now = ctx.now();
    Ok(store::list(&mut ctx.tx, ctx.area_id, of, (&narrowing, now)).await?)
}

/// Returns how many families are in support, how many are past their next day, and how many have nobody who answers for them any more.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn count_open(ctx: &mut Ctx) -> Result<(i64, i64, i64), StoreError> {
    let today = ctx.clock.today();
    store::count_open(&mut ctx.tx, ctx.area_id, today).await
}

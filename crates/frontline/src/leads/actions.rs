//! What is done with the lead of a family: offering it, accepting or declining it, taking an offer back.

use super::handover::{self, Handover, HandoverId, NewHandover, State};
use super::rules::{self, Caseload, Over};
use super::store::{self, HANDOVER, Of, Offered};
use crate::{levels, meetings};
use ::store::{AreaId, StoreError, Tx};
use access::{AccessError, Act, Actor, Ctx, Permit, PractitionerId, Resource, Role};
use area::Area;
use families::facts::{self, FactError};
use families::family::{self, FamilyId};
use families::people::{self, PersonId};
use kernel::Timestamp;
use kernel::text::{self, TextError};

/// Why a lead was not offered or answered.
#[derive(Debug, thiserror::Error)]
pub enum LeadError {
    /// A text that does not read.
    #[error("{0} {1}")]
    Text(&'static str, TextError),
    /// They lead for as many families as they may.
    #[error(transparent)]
    Over(#[from] Over),
    /// Support for the family has ended.
    #[error("Support for this family has ended: begin it again first")]
    Ended,
    /// They lead already.
    #[error("They lead for this family already")]
    LeadsAlready,
    /// Somebody was offered it already.
    #[error("Somebody was offered the lead already: wait for the answer, or take the offer back")]
    OfferedAlready,
    /// They cannot lead: they may not know of the family, or their service is not named to others.
    #[error("Choose somebody who may know of this family, and whose name its members may be told")]
    CannotLead,
    /// Somebody else changed it in the meantime.
    #[error("Somebody else changed this in the meantime: this is how it stands now")]
    Changed,
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<FactError> for LeadError {
    fn from(e: FactError) -> Self {
        match e {
            FactError::Access(e) => Self::Access(e),
            FactError::Rule(_) | FactError::Superseded | FactError::Why(_) => Self::Changed,
        }
    }
}

impl From<StoreError> for LeadError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

/// Returns the family that is reached through one of its members, and who manages its lead.
async fn led(ctx: &mut Ctx, (through, id): (PersonId, FamilyId)) -> Result<(family::Family, Vec<PractitionerId>), AccessError> {
    let around = family::around(ctx, through).await?.into_iter().find(|around| around.family.id == id);
    let family = around.ok_or(AccessError::Hidden(None))?.family;
    let managers = access::people::managers_of(&mut ctx.tx, ctx.area_id, family.owner_id).await?;
    Ok((family, managers))
}

/// Returns whether the actor may offer the lead of a family to somebody.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn may_offer(ctx: &mut Ctx, of: (PersonId, FamilyId)) -> Result<bool, AccessError> {
    let standing = people::load(ctx, of.0).await?;
    let (family, managers) = led(ctx, of).await?;
    let to = family.owner_id;
    let resource = handover::resource(HandoverId(of.1.0), (family.owner_id, to, &managers), &standing);
    Ok(ctx.may(Act::OfferHandover, &resource)?)
}

/// Offers the lead of a family to somebody, with what they must know.
///
/// # Errors
/// [`LeadError`].
pub async fn offer(ctx: &mut Ctx, area: &Area, of: (PersonId, FamilyId), new: NewHandover) -> Result<HandoverId, LeadError> {
    let level = levels::current_of(ctx, &[of.1]).await?.pop().map(|held| held.level);
    offer_at(ctx, area, of, new, level.as_deref()).await
}

/// Offers the lead of a family that is at a level of need once the offer is accepted.
///
/// Rule \[3.17\]: the family keeps its lead until the next one has accepted: there is no gap.
///
/// # Errors
/// [`LeadError`].
pub(crate) async fn offer_at(
    ctx: &mut Ctx,
    area: &Area,
    of: (PersonId, FamilyId),
    new: NewHandover,
    level: Option<&str>,
) -> Result<HandoverId, LeadError> {
    let (standing, _) = people::open(ctx, Act::OpenPerson, of.0).await?;
    family::hold(ctx, of.1).await?;
    let (family, managers) = led(ctx, of).await?;
    let id: HandoverId = ctx.new_id();
    let resource = handover::resource(id, (family.owner_id, new.to, &managers), &standing);
    ctx.permit(Act::OfferHandover, &resource)?;
    let words = text::note(&new.words, rules::WORDS_MAX).map_err(|e| LeadError::Text("What they must know", e))?;
    let over_words =
        text::note_if_any(&new.over_words, rules::WORDS_MAX).map_err(|e| LeadError::Text("Why they take one more", e))?;
    if family.closed_at.is_some() {
        return Err(LeadError::Ended);
    }
    if new.to == family.owner_id {
        return Err(LeadError::LeadsAlready);
    }
    if store::is_open(&mut ctx.tx, ctx.area_id, of.1).await? {
        return Err(LeadError::OfferedAlready);
    }
    let to = receiver(ctx, new.to, &resource).await?;
    let is_manager = ctx.actor.is(Role::TeamManager) || ctx.actor.is(Role::SafeguardingLead);
    let loads = loads(ctx, area, &to, level).await?;
    rules::check_led(&loads, is_manager, &over_words)?;
    let today = ctx.clock.today();
    let offered = Offered {
        id,
        family: of.1,
        from: family.owner_id,
        by: ctx.actor.id,
        at: ctx.now(),
        answer_by: rules::answer_by(today, &area.plans, &area.holidays),
    };
    ctx.detail(
        serde_json::json!({ "family": of.1.0, "handover": id.0, "to": to.id.0, "leads_for": loads.first().map(|load| load.led), "why_more": over_words }),
    );
    let new = NewHandover { words, over_words, ..new };
    store::insert(&mut ctx.tx, ctx.area_id, of.0, &new, &offered).await?;
    Ok(id)
}

/// Makes whoever answers for a family, and was to find a lead, lead for it: they say so themself, or whoever manages them does.
///
/// Rule \[3.17\]: exactly one named practitioner leads, or a named person finds one by a day; one family more than the protocol says is given by a
/// manager, who says why.
///
/// # Errors
/// [`LeadError::Changed`] where somebody else answers for it, or it has a lead; [`LeadError`].
pub async fn take(
    ctx: &mut Ctx,
    area: &Area,
    of: (PersonId, FamilyId),
    (version, over_words): (i64, &str),
) -> Result<(), LeadError> {
    let (standing, _) = people::open(ctx, Act::OpenPerson, of.0).await?;
    family::hold(ctx, of.1).await?;
    let (family, managers) = led(ctx, of).await?;
    let resource = handover::resource(HandoverId(of.1.0), (family.owner_id, family.owner_id, &managers), &standing);
    let permit = ctx.permit(Act::OfferHandover, &resource)?;
    if family.lead_by.is_none() || family.closed_at.is_some() {
        return Err(LeadError::Changed);
    }
    let over_words = text::note_if_any(over_words, rules::WORDS_MAX).map_err(|e| LeadError::Text("Why they take one more", e))?;
    let lead = receiver(ctx, family.owner_id, &resource).await?;
    let level = levels::current_of(ctx, &[of.1]).await?.pop().map(|held| held.level);
    let is_manager = ctx.actor.is(Role::TeamManager) || ctx.actor.is(Role::SafeguardingLead);
    let loads = loads(ctx, area, &lead, level.as_deref()).await?;
    rules::check_led(&loads, is_manager, &over_words)?;
    ctx.detail(serde_json::json!({ "family": of.1.0, "leads_now": lead.id.0, "why_more": over_words }));
    if family::take_lead(ctx, &permit, (of.1, of.0), (lead.id, version)).await? { Ok(()) } else { Err(LeadError::Changed) }
}

/// Returns how many families somebody leads for in all, and of a level, where the area says for how many at most.
async fn loads(ctx: &mut Ctx, area: &Area, who: &Actor, level: Option<&str>) -> Result<Vec<Caseload>, StoreError> {
    let mut loads = Vec::new();
    if let Some(most) = rules::most_led(&who.roles, &area.plans, None) {
        loads.push(Caseload { led: family::count_led(ctx, who.id).await?, most, level: None });
    }
    let level = level.and_then(|level| area.levels.iter().find(|known| known.id == level));
    if let Some((level, most)) = level.and_then(|level| Some((level, rules::most_led(&who.roles, &area.plans, Some(&level.id))?)))
    {
        let led = levels::actions::count_led(ctx, who.id, &level.id).await?;
        loads.push(Caseload { led, most, level: Some(level.name.clone()) });
    }
    Ok(loads)
}

/// Returns whoever is to lead, if they can: they may know of the family, and may be named to it.
async fn receiver(ctx: &mut Ctx, to: PractitionerId, resource: &Resource) -> Result<Actor, LeadError> {
    let today = ctx.clock.today();
    let to = access::people::find_actor(&mut ctx.tx, ctx.area_id, to, today).await?.ok_or(LeadError::CannotLead)?;
    let may = ctx.decide_for(&to, Act::AnswerHandover, resource).map_err(AccessError::from)?.allowed;
    if may && !to.sensitive { Ok(to) } else { Err(LeadError::CannotLead) }
}

async fn permitted(ctx: &mut Ctx, act: Act, id: HandoverId) -> Result<(Handover, Permit, Resource), AccessError> {
    let found = store::find(&mut ctx.tx, ctx.area_id, id).await?.ok_or(AccessError::Hidden(None))?;
    let resource = found.resource(&people::load(ctx, found.person).await?);
    let permit = ctx.permit(act, &resource)?;
    Ok((found, permit, resource))
}

/// A handover, and what the actor may do with it.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The handover.
    pub handover: Handover,
    /// Whether the actor may accept or decline it.
    pub may_answer: bool,
    /// Whether the actor may take it back.
    pub may_withdraw: bool,
    /// Whether the actor may open the family.
    pub may_open: bool,
}

/// Returns a handover.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none for this actor.
pub async fn load(ctx: &mut Ctx, id: HandoverId) -> Result<Opened, AccessError> {
    let (handover, _, resource) = permitted(ctx, Act::ReadHandover, id).await?;
    let is_open = handover.state == State::Offered;
    let person = people::load(ctx, handover.person).await?.resource();
    Ok(Opened {
        may_answer: is_open && ctx.may(Act::AnswerHandover, &resource)?,
        may_withdraw: is_open && ctx.may(Act::OfferHandover, &resource)?,
        may_open: ctx.may(Act::OpenPerson, &person)?,
        handover,
    })
}

/// Keeps that whoever offered the lead has seen what was answered; the look itself is journalled by whatever shows it.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none for this actor.
pub async fn mark_told(ctx: &mut Ctx, id: HandoverId) -> Result<(), AccessError> {
    let found = store::find(&mut ctx.tx, ctx.area_id, id).await?.ok_or(AccessError::Hidden(None))?;
    let resource = found.resource(&people::load(ctx, found.person).await?);
    if found.offered_by_id == ctx.actor.id && ctx.may(Act::ReadHandover, &resource)? {
        let now = ctx.now();
        store::save_told(&mut ctx.tx, ctx.area_id, id, now).await?;
    }
    Ok(())
}

/// Accepts the lead of a family, or declines it and says why; whoever accepts leads from this moment, and not before.
///
/// Rule \[3.17\]: exactly one named practitioner leads, whom the family knows.
///
/// # Errors
/// [`LeadError::Changed`] when somebody was faster, or somebody else leads by now; [`LeadError`].
pub async fn answer(
    ctx: &mut Ctx,
    area: &Area,
    (id, version): (HandoverId, i64),
    (accepts, words): (bool, &str),
) -> Result<Handover, LeadError> {
    let (found, permit, _) = permitted(ctx, Act::AnswerHandover, id).await?;
    let words = match text::note_if_any(words, rules::WORDS_MAX) {
        Ok(words) if words.is_empty() && !accepts => return Err(LeadError::Text("Why you cannot", TextError::Empty)),
        read => read.map_err(|e| LeadError::Text("What you say to it", e))?,
    };
    let state = if accepts { State::Accepted } else { State::Declined };
    ctx.detail(serde_json::json!({ "family": found.family.0, "handover": id.0, "state": state.as_str() }));
    let now = ctx.now();
    if !store::save_answer(&mut ctx.tx, ctx.area_id, &permit, (version, state, &words), now).await? {
        return Err(LeadError::Changed);
    }
    if accepts {
        lead_on(ctx, area, &permit, &found).await?;
    }
    Ok(found)
}

/// Makes whoever accepted lead, and work with whom they were offered it through; what the one before did only as a lead ends.
async fn lead_on(ctx: &mut Ctx, area: &Area, permit: &Permit, found: &Handover) -> Result<(), LeadError> {
    // Others may have offered them one since: it is one too many when they accept it, not when it was offered.
    let level = levels::actions::level_once_led(ctx, found.family, found.id).await?;
    let me = ctx.actor.clone();
    let loads = loads(ctx, area, &me, level.as_deref()).await?;
    rules::check_led(&loads, !found.over_words.is_empty(), &found.over_words)?;
    if !family::lead_on(ctx, permit, (found.family, found.person), (found.from, found.to)).await? {
        return Err(LeadError::Changed);
    }
    end(ctx, (found.family, found.from)).await?;
    meetings::hand_on(ctx, found.family, found.from).await?;
    let (_, works) = people::open(ctx, Act::RecordContact, found.person).await?;
    facts::works_with(ctx, &works, "Leads for the family of", Some(found.id.0)).await?;
    // What nobody could read before may be a change for the new lead to look at.
    Ok(processes::signals::look_around(ctx, found.person).await?)
}

/// Ends what somebody did only as the lead of a family.
///
/// # Errors
/// [`StoreError`] from the engine.
pub(crate) async fn end(ctx: &mut Ctx, led: (FamilyId, PractitionerId)) -> Result<(), StoreError> {
    match store::find_accepted(&mut ctx.tx, ctx.area_id, led).await? {
        Some(accepted) => facts::end_origin(ctx, accepted.0).await,
        None => Ok(()),
    }
}

/// Takes an offer back.
///
/// # Errors
/// [`LeadError::Changed`] when it was answered in the meantime; [`LeadError::Access`].
pub async fn withdraw(ctx: &mut Ctx, (id, version): (HandoverId, i64)) -> Result<Handover, LeadError> {
    let (found, permit, _) = permitted(ctx, Act::OfferHandover, id).await?;
    ctx.detail(serde_json::json!({ "handover": id.0, "withdrawn": true }));
    let now = ctx.now();
    let saved = store::save_answer(&mut ctx.tx, ctx.area_id, &permit, (version, State::Withdrawn, ""), now).await?;
    if saved { Ok(found) } else { Err(LeadError::Changed) }
}

/// Takes back what was offered through somebody whom the actor has just shielded, to one who may not know of them any more.
///
/// # Errors
/// [`AccessError`] when the actor may not shield them.
pub async fn take_over(ctx: &mut Ctx, person: PersonId) -> Result<(), AccessError> {
    let (_, permit) = people::open(ctx, Act::ShieldPerson, person).await?;
    let now = ctx.now();
    let taken = store::take_back(&mut ctx.tx, ctx.area_id, &permit, now).await?;
    ctx.detail(serde_json::json!({ "handovers_taken_back": taken }));
    Ok(())
}

/// Declines what somebody who has left or is suspended was offered: whoever offered it is told, and offers it to somebody else.
///
/// # Errors
/// [`StoreError`] from the engine.
///
/// # Panics
/// With a permit to do something else than manage practitioners: a bug.
pub async fn decline_of(ctx: &mut Ctx, permit: &Permit, who: PractitionerId) -> Result<u64, StoreError> {
    assert!(permit.act() == Act::ManagePractitioners, "only whoever manages practitioners answers for one who has left");
    let now = ctx.now();
    store::decline_of(&mut ctx.tx, ctx.area_id, (who, "They are not at work any more: offer it to somebody else."), now).await
}

/// Has each offer of a lead made by whoever leads, after leads were handed on.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn align(tx: &mut Tx, area_id: AreaId, at: Timestamp) -> Result<(), StoreError> {
    store::align(tx, area_id, at).await
}

async fn list(ctx: &mut Ctx, of: Of<'_>) -> Result<Vec<Handover>, AccessError> {
    let narrowing = ctx.narrow(Act::ReadHandover, &HANDOVER)?;
    let now = ctx.now();
    Ok(store::list(&mut ctx.tx, ctx.area_id, of, (&narrowing, now)).await?)
}

/// Returns the leads that any of these is offered, as far as the actor may know of them, the soonest first.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn offered_to(ctx: &mut Ctx, to: &[PractitionerId]) -> Result<Vec<Handover>, AccessError> {
    list(ctx, Of::OfferedTo(to)).await
}

/// Returns the leads that any of these offered and nobody has answered, as far as the actor may know of them, the soonest first.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn offered_by(ctx: &mut Ctx, by: &[PractitionerId]) -> Result<Vec<Handover>, AccessError> {
    list(ctx, Of::OfferedBy(by)).await
}

/// Returns what was answered to offers of these who have not seen it, as far as the actor may know of it.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn answered_to(ctx: &mut Ctx, by: &[PractitionerId]) -> Result<Vec<Handover>, AccessError> {
    list(ctx, Of::Untold(by)).await
}

/// Returns the open handover of a family, if the actor may know of it.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn open_of(ctx: &mut Ctx, family: FamilyId) -> Result<Option<Handover>, AccessError> {
    Ok(list(ctx, Of::Family(family)).await?.pop())
}

/// Returns handovers whose day has passed, or that wait for somebody who has left, as far as the actor may know of them.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn late(ctx: &mut Ctx) -> Result<Vec<Handover>, AccessError> {
    let today = ctx.clock.today();
    list(ctx, Of::Late(today)).await
}

/// Returns how many handovers are open, how many are late, and how many wait for somebody who has left.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn count_open(ctx: &mut Ctx) -> Result<(i64, i64, i64), StoreError> {
    let today = ctx.clock.today();
    store::count_open(&mut ctx.tx, ctx.area_id, today).await
}

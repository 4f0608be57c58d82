//! One function a verb: find who it concerns, ask access, load, apply the rule, save.

use super::referral::{Event, EventKind, Line, NewReferral, Referral, ReferralId};
use super::rules::{self, Step, StepRule};
use super::store::{self, Of, REFERRAL, Sent};
use super::telling::tell;
use crate::contacts::rules::ContactRule;
use crate::contacts::{self, ContactError, ContactId};
use crate::notices;
use crate::notices::notice::{News, Notice};
use ::store::StoreError;
use ::store::journal::Outcome;
use access::{AccessError, Act, AgencyId, Ctx, Permit, PractitionerId};
use area::Area;
use families::facts::{self, Class, Fact, FactError, Grant};
use families::people::{self, PersonId};
use families::{family, search};
use kernel::text::{self, TextError};
use std::collections::BTreeSet;
use uuid::Uuid;

/// So many services are asked beside the first.
pub const OTHERS_MAX: usize = 9;
/// So many that an agency has not answered stand on home.
const UNANSWERED_SHOWN: usize = 20;
/// So many more are counted: where there are as many, there may be more.
pub const MORE_UNANSWERED_MAX: usize = store::UNANSWERED_READ - UNANSWERED_SHOWN;

/// Why a referral was not sent or moved.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// There is no such service.
    #[error("Choose a service")]
    NoService,
    /// Nobody answers for the service, so nobody would answer the family.
    #[error("Nobody answers for this service yet: choose another, or tell the service coordinator")]
    NobodyAnswers,
    /// The same agency has asked the same service, and support has not ended.
    #[error("Your agency has asked this service for them already, and it has not ended: see your referrals")]
    AskedAlready,
    /// The contact it follows from could not be brought to its outcome.
    #[error(transparent)]
    Contact(Box<ContactError>),
    /// A service of several is asked by itself alone.
    #[error("One of these services is asked by itself: untick the others")]
    NotTogether,
    /// A service that the sender asks, and nobody passes on to.
    #[error("This service is asked by the sender alone: decline, and name it as a better door")]
    NotPassedOn,
    /// Whom it is given to is none of the service's, or may not answer for it.
    #[error("Choose a colleague who may answer for it")]
    NotGiven,
    /// Something that was ticked was corrected meanwhile.
    #[error("Something that you ticked was corrected meanwhile: look at it again, and tick what still holds")]
    ItemsChanged,
    /// Another service that was asked with it accepted first.
    #[error("Another service that was asked with you was first: nothing more is to be done")]
    TakenAlready,
    /// A text that does not read.
    #[error("{0} {1}")]
    Text(&'static str, TextError),
    /// The step cannot be taken.
    #[error(transparent)]
    Step(#[from] StepRule),
    /// Somebody else moved it in the meantime.
    #[error("Somebody else changed this while you were deciding")]
    Changed,
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for ActionError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

impl From<FactError> for ActionError {
    fn from(e: FactError) -> Self {
        match e {
            FactError::Access(e) => Self::Access(e),
            FactError::Rule(_) | FactError::Superseded | FactError::Why(_) => Self::Changed,
        }
    }
}

/// Asks a service to support somebody, sharing the items that were picked and no more.
///
/// # Errors
/// [`ActionError`].
pub async fn ask(ctx: &mut Ctx, area: &Area, new: NewReferral) -> Result<ReferralId, ActionError> {
    ask_in(ctx, area, new, None).await
}

/// Asks several services that could each support somebody; the first to accept does, and the others are told that another was sooner.
///
/// Rule \[2.3\]: a family that needs help waits for the service that can, and for no list beside it.
///
/// # Errors
/// [`ActionError`]; nobody is asked then.
pub async fn ask_first_of(ctx: &mut Ctx, area: &Area, new: NewReferral, others: &[String]) -> Result<ReferralId, ActionError> {
    if others.len() > OTHERS_MAX {
        return Err(ActionError::NoService);
    }
    let round = ctx.ids.uuid(&ctx.clock);
    store::insert_round(&mut ctx.tx, ctx.area_id, round).await?;
    let codes: Vec<&str> = others.iter().map(String::as_str).chain([new.service.as_str()]).collect();
    if askable_together(ctx, new.person, &codes).await?.len() < codes.len() {
        return Err(ActionError::NotTogether);
    }
    for service in others {
        let other = NewReferral { service: service.clone(), ..new.clone() };
        ask_in(ctx, area, other, Some(round)).await?;
    }
    ask_in(ctx, area, new, Some(round)).await
}

/// Returns which services can be asked together for somebody: that one was sooner tells the others, and whoever reads theirs, that there is
/// another; so none that is not named is asked so, nor one that would tell where somebody is whose place is shielded.
pub(super) async fn askable_together(ctx: &mut Ctx, person: PersonId, codes: &[&str]) -> Result<BTreeSet<String>, AccessError> {
    let placed = people::load(ctx, person).await?.location_shielded;
    let agencies = access::people::list_agencies(&mut ctx.tx, ctx.area_id).await?;
    let mut can = BTreeSet::new();
    for code in codes {
        let service = directory::of_code(&mut ctx.tx, ctx.area_id, code).await?;
        let agency = service.and_then(|service| agencies.iter().find(|one| Some(one.id) == service.agency_id));
        if agency.is_some_and(|agency| !(agency.sensitive || placed && agency.tells_place)) && !ctx.actor.sensitive {
            can.insert((*code).to_owned());
        }
    }
    Ok(can)
}

/// Who is asked, and who answers there.
pub(super) struct Addressed {
    name: String,
    agency: AgencyId,
    owner: PractitionerId,
    is_sensitive: bool,
}

/// Returns who answers for a service.
pub(super) async fn addressed(ctx: &mut Ctx, code: &str) -> Result<Addressed, ActionError> {
    let service = directory::of_code(&mut ctx.tx, ctx.area_id, code).await?.filter(can_be_asked).ok_or(ActionError::NoService)?;
    let agency = service.agency_id.ok_or(ActionError::NobodyAnswers)?;
    let today = ctx.clock.today();
    let owner = match access::people::find_answerable(&mut ctx.tx, ctx.area_id, Some(agency), today).await? {
        Some(owner) => owner,
        None => {
            let coordinator = access::people::find_answerable(&mut ctx.tx, ctx.area_id, None, today).await?;
            coordinator.ok_or(ActionError::NobodyAnswers)?
        }
    };
    let agencies = access::people::list_agencies(&mut ctx.tx, ctx.area_id).await?;
    let is_sensitive = agencies.iter().any(|one| one.id == agency && one.sensitive);
    Ok(Addressed { name: service.service.name, agency, owner, is_sensitive })
}

/// Refuses to ask a service twice. Whoever may not know of the first one is not told of it by being refused the second.
pub(super) async fn asked_once(
    ctx: &mut Ctx,
    standing: &people::Standing,
    (service, from): (&str, AgencyId),
) -> Result<(), ActionError> {
    if let Some(open) = store::find_open(&mut ctx.tx, ctx.area_id, (standing.id, service), from).await?
        && let Some(open) = store::find(&mut ctx.tx, ctx.area_id, open).await?
        && ctx.may(Act::ReadReferral, &open.resource(standing)).map_err(AccessError::from)?
    {
        return Err(ActionError::AskedAlready);
    }
    Ok(())
}

/// Returns what is kept of a referral that somebody sends, besides their words.
pub(super) fn to_send(
    ctx: &Ctx,
    area: &Area,
    (to, round): (Addressed, Option<Uuid>),
    (sender_id, from_agency_id): (PractitionerId, AgencyId),
) -> Sent {
    let asked_at = ctx.now();
    Sent {
        id: ctx.new_id(),
        service_name: to.name,
        sender_id,
        from_agency_id,
        to_agency_id: to.agency,
        class: facts::rules::work_class(ctx.actor.sensitive || to.is_sensitive),
        owner_id: to.owner,
        asked_at,
        answer_by: rules::answer_by(asked_at, &area.clocks, &area.holidays),
        round,
    }
}

async fn ask_in(ctx: &mut Ctx, area: &Area, mut new: NewReferral, round: Option<Uuid>) -> Result<ReferralId, ActionError> {
    let (standing, permit) = people::open(ctx, Act::AskForSupport, new.person).await?;
    let to = addressed(ctx, &new.service).await?;
    new.words = optional("What you wrote", &new.words)?;
    let from = ctx.actor.agency_id;
    asked_once(ctx, &standing, (&new.service, from)).await?;
    let by = (ctx.actor.id, from);
    let sent = to_send(ctx, area, (to, round), by);
    ctx.detail(serde_json::json!({ "referral": sent.id.0, "service": new.service, "items": new.items.len() }));
    facts::grant(ctx, new.person, &new.items, &Grant::to_agency(sent.to_agency_id, sent.id.0)).await?;
    store::insert(&mut ctx.tx, ctx.area_id, &permit, &new, &sent).await?;
    tell(ctx, area, (sent.id, News::Asked)).await?;
    if let Some(contact) = new.contact {
        settle(ctx, area, (ContactId(contact), new.person)).await?;
    }
    Ok(sent.id)
}

/// Returns whether a service can be asked in the product, now.
pub(super) fn can_be_asked(service: &directory::Stored) -> bool {
    service.agency_id.is_some() && service.withdrawn_at.is_none() && service.service.is_active()
}

/// Brings the contact that a referral follows from to its outcome: a service was asked.
async fn settle(ctx: &mut Ctx, area: &Area, (contact, person): (ContactId, PersonId)) -> Result<(), ActionError> {
    let Some(outcome) = area.setting.contact_outcomes.iter().find(|choice| choice.by_referral) else { return Ok(()) };
    if contacts::load(ctx, contact).await?.contact.person != person {
        return Err(AccessError::Hidden(None).into());
    }
    match contacts::decide(ctx, area, contact, (&outcome.id, "")).await {
        Ok(_) | Err(ContactError::Rule(ContactRule::Decided)) => Ok(()),
        Err(ContactError::Access(e)) => Err(e.into()),
        Err(e) => Err(ActionError::Contact(Box::new(e))),
    }
}

/// Hands the open referrals for somebody to the actor, from owners whom a shield has just shut out.
///
/// Rule \[3.40\]: a shield leaves no work without somebody who can do it.
///
/// # Errors
/// [`AccessError`] when the actor may not shield them.
pub async fn take_over(ctx: &mut Ctx, person: PersonId) -> Result<(), AccessError> {
    let (_, permit) = people::open(ctx, Act::ShieldPerson, person).await?;
    let (to, now) = (ctx.actor.id, ctx.now());
    let taken = store::take_over(&mut ctx.tx, ctx.area_id, &permit, to, now).await?;
    ctx.detail(serde_json::json!({ "referrals_taken_over": taken }));
    Ok(())
}

pub(super) fn optional(what: &'static str, typed: &str) -> Result<String, ActionError> {
    text::note_if_any(typed, rules::WORDS_MAX).map_err(|e| ActionError::Text(what, e))
}

/// A referral, what was shared with it, and what the actor may do.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The referral.
    pub referral: Referral,
    /// What was shared, as far as the actor may read it.
    pub items: Vec<Fact>,
    /// For whom, by the name the actor may read.
    pub name: String,
    /// What the service is called that may fit better; empty where there is none.
    pub better_door: String,
    /// The steps that were taken, in their order.
    pub events: Vec<Event>,
    /// The referral as which it was passed on, where the actor may read it.
    pub passed_to: Option<ReferralId>,
    /// Whether the actor may answer it.
    pub may_decide: bool,
    /// Whether the actor may take it back.
    pub may_withdraw: bool,
    /// Whether the actor may tell whom it is for.
    pub may_tell: bool,
    /// How they were told, the latest first.
    pub notices: Vec<Notice>,
}

/// Returns a referral.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none for this actor.
pub async fn load(ctx: &mut Ctx, id: ReferralId) -> Result<Opened, AccessError> {
    let (referral, permit, standing) = permitted(ctx, Act::ReadReferral, id).await?;
    let items = store::list_items(&mut ctx.tx, ctx.area_id, &permit).await?;
    let events = store::list_events(&mut ctx.tx, ctx.area_id, &permit).await?;
    let mut passed_to = None;
    if let Some(on) = referral.passed_to
        && let Some(next) = store::find(&mut ctx.tx, ctx.area_id, on).await?
        && ctx.may(Act::ReadReferral, &next.resource(&standing))?
    {
        passed_to = Some(on);
    }
    let items = facts::list_these(ctx, &items).await?;
    let name = search::names_of(ctx, &[referral.person]).await?.pop().unwrap_or_default();
    let resource = referral.resource(&standing);
    let may_decide = ctx.may(Act::DecideReferral, &resource)?;
    let may_withdraw = ctx.may(Act::WithdrawReferral, &resource)?;
    let may_tell = ctx.may(Act::TellFamily, &resource)?;
    let notices = notices::actions::of_referral(ctx, &permit).await?;
    let better_door = match referral.better_door.as_str() {
        "" => None,
        door => directory::of_code(&mut ctx.tx, ctx.area_id, door).await?,
    };
    let better_door = better_door.map_or_else(|| referral.better_door.clone(), |door| door.service.name);
    Ok(Opened { referral, items, name, better_door, events, passed_to, may_decide, may_withdraw, may_tell, notices })
}

pub(super) async fn permitted(
    ctx: &mut Ctx,
    act: Act,
    id: ReferralId,
) -> Result<(Referral, Permit, people::Standing), AccessError> {
    let referral = store::find(&mut ctx.tx, ctx.area_id, id).await?.ok_or(AccessError::Hidden(None))?;
    let standing = people::load(ctx, referral.person).await?;
    let permit = ctx.permit(act, &referral.resource(&standing))?;
    Ok((referral, permit, standing))
}

/// Marks that the sender has seen the answer.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none for this actor.
pub async fn mark_told(ctx: &mut Ctx, id: ReferralId) -> Result<(), AccessError> {
    let (referral, permit, _) = permitted(ctx, Act::ReadReferral, id).await?;
    if referral.sender_id == ctx.actor.id {
        let now = ctx.now();
        store::save_told(&mut ctx.tx, ctx.area_id, &permit, now).await?;
    }
    Ok(())
}

/// Takes a referral on: whoever accepts answers for it, works with the person, and joins the team around the family.
///
/// # Errors
/// [`ActionError`].
pub async fn accept(ctx: &mut Ctx, area: &Area, id: ReferralId, version: i64) -> Result<(), ActionError> {
    let mut referral = step(ctx, area, (id, version), &Step::Accept).await?;
    let today = ctx.clock.today();
    referral.0.owner_id = Some(ctx.actor.id);
    referral.0.next_on = Some(rules::look_again_on(today, &area.clocks, &area.holidays));
    referral.0.decided_at = Some(ctx.now());
    referral.0.question.clear();
    be_first(ctx, area, &referral.0).await?;
    save(ctx, &referral).await?;
    event(ctx, area, id, (EventKind::Accepted, "")).await?;
    take_up_work(ctx, &referral.0).await
}

/// Takes the round that a referral was sent in, and takes the others of it back.
async fn be_first(ctx: &mut Ctx, area: &Area, referral: &Referral) -> Result<(), ActionError> {
    let Some(round) = referral.round else { return Ok(()) };
    if !store::take_round(&mut ctx.tx, ctx.area_id, round, referral.id).await? {
        return Err(ActionError::TakenAlready);
    }
    let now = ctx.now();
    let kind = EventKind::FirstElsewhere;
    for other in store::withdraw_others(&mut ctx.tx, ctx.area_id, (round, referral.id), (kind.words(), now)).await? {
        facts::end_origin(ctx, other.0).await?;
        let event = ctx.ids.uuid(&ctx.clock);
        store::insert_event(&mut ctx.tx, ctx.area_id, (event, other), (kind, ""), (None, now)).await?;
        tell(ctx, area, (other, News::Step(kind))).await?;
        let detail = serde_json::json!({ "referral": other.0, "first": referral.id.0 });
        ctx.note("withdraw_referral", Outcome::Done, Some(referral.person.0), detail);
    }
    Ok(())
}

/// Keeps a step that the actor took.
pub(super) async fn event(ctx: &mut Ctx, area: &Area, id: ReferralId, said: (EventKind, &str)) -> Result<(), ActionError> {
    let (event, by) = (ctx.ids.uuid(&ctx.clock), (Some(ctx.actor.id), ctx.now()));
    store::insert_event(&mut ctx.tx, ctx.area_id, (event, id), said, by).await?;
    tell(ctx, area, (id, News::Step(said.0))).await
}

async fn take_up_work(ctx: &mut Ctx, referral: &Referral) -> Result<(), ActionError> {
    let service = referral.service_words();
    let (standing, permit) = people::open(ctx, Act::RecordContact, referral.person).await?;
    let mut involvement =
        facts::NewFact::involvement(referral.person, Some(ctx.actor.id), Class::Ordinary, &format!("{service} for"));
    involvement.origin = Some(referral.id.0);
    facts::record(ctx, &permit, involvement).await?;
    // Neither a sensitive service nor work with a shielded person shows in a team.
    if !ctx.actor.sensitive && !standing.restricted {
        family::join_team(ctx, referral.person, service, referral.id.0).await?;
    }
    // What nobody could read before may be a change for them to look at.
    Ok(processes::signals::look_around(ctx, referral.person).await?)
}

/// Declines a referral, with a reason and a better door.
///
/// # Errors
/// [`ActionError`].
pub async fn decline(ctx: &mut Ctx, area: &Area, at: (ReferralId, i64), step_taken: Step) -> Result<(), ActionError> {
    let mut referral = step(ctx, area, at, &step_taken).await?;
    let Step::Decline { reason, better_door, words } = step_taken else { return Err(StepRule::NoSuchChoice.into()) };
    if better_door == referral.0.service {
        return Err(StepRule::SameDoor.into());
    }
    if !better_door.is_empty()
        && !directory::of_code(&mut ctx.tx, ctx.area_id, &better_door).await?.is_some_and(|door| can_be_asked(&door))
    {
        return Err(StepRule::NoSuchChoice.into());
    }
    referral.0.decline_reason = reason;
    referral.0.better_door = better_door;
    referral.0.outcome_words = optional("What you wrote", &words)?;
    event(ctx, area, at.0, (EventKind::Declined, &referral.0.outcome_words)).await?;
    close(ctx, &mut referral).await
}

/// Begins the support.
///
/// # Errors
/// [`ActionError`].
pub async fn start(ctx: &mut Ctx, area: &Area, id: ReferralId, version: i64) -> Result<(), ActionError> {
    let mut referral = step(ctx, area, (id, version), &Step::Start).await?;
    let today = ctx.clock.today();
    referral.0.next_on = Some(rules::look_again_on(today, &area.clocks, &area.holidays));
    save(ctx, &referral).await?;
    event(ctx, area, id, (EventKind::Started, "")).await
}

/// Ends the support, with an outcome.
///
/// # Errors
/// [`ActionError`].
pub async fn end(ctx: &mut Ctx, area: &Area, at: (ReferralId, i64), step_taken: Step) -> Result<(), ActionError> {
    let mut referral = step(ctx, area, at, &step_taken).await?;
    let Step::End { outcome, words } = step_taken else { return Err(StepRule::NoSuchChoice.into()) };
    referral.0.outcome = outcome;
    referral.0.outcome_words = optional("What you wrote", &words)?;
    event(ctx, area, at.0, (EventKind::Ended, &referral.0.outcome_words)).await?;
    close(ctx, &mut referral).await
}

/// Takes a referral back.
///
/// # Errors
/// [`ActionError`].
pub async fn withdraw(ctx: &mut Ctx, area: &Area, at: (ReferralId, i64), words: &str) -> Result<(), ActionError> {
    let words = optional("What you wrote", words)?;
    let (mut referral, permit, _) = permitted(ctx, Act::WithdrawReferral, at.0).await?;
    check_version(&referral, at.1)?;
    referral.state = rules::next_state(referral.state, &Step::Withdraw { words: words.clone() }, area)?;
    event(ctx, area, at.0, (EventKind::Withdrawn, &words)).await?;
    referral.outcome_words = words;
    close(ctx, &mut (referral, permit)).await
}

pub(super) async fn step(
    ctx: &mut Ctx,
    area: &Area,
    at: (ReferralId, i64),
    step: &Step,
) -> Result<(Referral, Permit), ActionError> {
    let (mut referral, permit, _) = permitted(ctx, Act::DecideReferral, at.0).await?;
    check_version(&referral, at.1)?;
    referral.state = rules::next_state(referral.state, step, area)?;
    ctx.detail(serde_json::json!({ "referral": referral.id.0, "state": referral.state.as_str() }));
    Ok((referral, permit))
}

pub(super) fn check_version(referral: &Referral, version: i64) -> Result<(), ActionError> {
    if referral.version == version { Ok(()) } else { Err(ActionError::Changed) }
}

pub(super) async fn close(ctx: &mut Ctx, referral: &mut (Referral, Permit)) -> Result<(), ActionError> {
    let now = ctx.now();
    referral.0.ended_at = Some(now);
    referral.0.decided_at = referral.0.decided_at.or(Some(now));
    referral.0.next_on = None;
    referral.0.question.clear();
    save(ctx, referral).await?;
    // What it opened ends with it: the items, the work, the part in the team.
    facts::end_origin(ctx, referral.0.id.0).await?;
    family::leave_team(ctx, referral.0.id.0).await?;
    Ok(())
}

pub(super) async fn save(ctx: &mut Ctx, referral: &(Referral, Permit)) -> Result<(), ActionError> {
    let now = ctx.now();
    if store::save_step(&mut ctx.tx, ctx.area_id, &referral.1, &referral.0, now).await? {
        Ok(())
    } else {
        Err(ActionError::Changed)
    }
}

/// Referrals of one practitioner, as their home page and list need them.
#[derive(Clone, Debug, Default)]
pub struct Mine {
    /// Theirs to answer or to carry on, the soonest first.
    pub owned: Vec<Line>,
    /// Sent by them.
    pub sent: Vec<Line>,
    /// Open at their agency.
    pub at_agency: Vec<Line>,
}

/// Returns the referrals that somebody answers for, as far as the actor may read them, the soonest first.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn owned_by(ctx: &mut Ctx, owners: &[PractitionerId]) -> Result<Vec<Referral>, AccessError> {
    referrals(ctx, Of::OwnedBy(owners)).await
}

/// Returns a practitioner's referrals.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn mine(ctx: &mut Ctx) -> Result<Mine, AccessError> {
    let (id, agency): (PractitionerId, AgencyId) = (ctx.actor.id, ctx.actor.agency_id);
    Ok(Mine {
        owned: lines(ctx, Of::OwnedBy(&[id])).await?,
        sent: sent(ctx).await?,
        at_agency: lines(ctx, Of::OpenAt(agency)).await?,
    })
}

/// Returns the first referrals that the actor's agency was asked for and nobody has answered, but for the actor's own, the soonest first; and
/// how many more there are, [`MORE_UNANSWERED_MAX`] at most.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn unanswered_at_agency(ctx: &mut Ctx) -> Result<(Vec<Line>, usize), AccessError> {
    let (agency, me) = (ctx.actor.agency_id, ctx.actor.id);
    let mut open = referrals(ctx, Of::UnansweredAt(agency, me)).await?;
    let more = open.len().saturating_sub(UNANSWERED_SHOWN);
    open.truncate(UNANSWERED_SHOWN);
    Ok((named(ctx, open).await?, more))
}

/// Returns the referrals that the actor sent.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn sent(ctx: &mut Ctx) -> Result<Vec<Line>, AccessError> {
    let id = ctx.actor.id;
    lines(ctx, Of::SentBy(id)).await
}

/// Returns the referrals that somebody sent, of which the service asks for more, as far as the actor may read them.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn asked_back_of(ctx: &mut Ctx, senders: &[PractitionerId]) -> Result<Vec<Referral>, AccessError> {
    referrals(ctx, Of::QuestionsTo(senders)).await
}

/// Returns the referrals for a person, as far as the actor may read them.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn of_people(ctx: &mut Ctx, people: &[PersonId]) -> Result<Vec<Line>, AccessError> {
    lines(ctx, Of::People(people)).await
}

/// Returns the referrals that have not ended and whose day has passed or whose owner has left, as far as the actor may read them.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn late(ctx: &mut Ctx) -> Result<Vec<Line>, AccessError> {
    let today = ctx.clock.today();
    lines(ctx, Of::Late(today)).await
}

pub(super) async fn lines(ctx: &mut Ctx, of: Of<'_>) -> Result<Vec<Line>, AccessError> {
    let found = referrals(ctx, of).await?;
    named(ctx, found).await
}

pub(super) async fn referrals(ctx: &mut Ctx, of: Of<'_>) -> Result<Vec<Referral>, AccessError> {
    let narrowing = ctx.narrow(Act::ReadReferral, &REFERRAL)?;
    let now = ctx.now();
    Ok(store::list(&mut ctx.tx, ctx.area_id, of, (&narrowing, now)).await?)
}

pub(super) async fn named(ctx: &mut Ctx, referrals: Vec<Referral>) -> Result<Vec<Line>, AccessError> {
    let persons: Vec<PersonId> = referrals.iter().map(|referral| referral.person).collect();
    let names = search::names_of(ctx, &persons).await?;
    Ok(referrals.into_iter().zip(names).map(|(referral, name)| Line { referral, name }).collect())
}

/// Returns how many referrals have not ended, how many are late, and how many have nobody who answers for them.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn count_open(ctx: &mut Ctx) -> Result<(i64, i64, i64), StoreError> {
    let today = ctx.clock.today();
    store::count_open(&mut ctx.tx, ctx.area_id, today).await
}

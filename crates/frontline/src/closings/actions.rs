//! What is done about ending support: asking, agreeing or not, taking it back, beginning again, telling whoever helps.

use super::closing::{self, Closing, ClosingId, NewClosing, News, State};
use super::rules::{self, ClosingRule};
use super::store::{self, Asked, CLOSING, Of, WAITING};
use crate::visits::{self, Visit, VisitId};
use crate::{contracts, leads, plans};
use ::store::StoreError;
use access::{AccessError, Act, Ctx, Permit, PractitionerId, Resource};
use area::Area;
use families::facts::{self, Class, FactError};
use families::family::{self, Around, Family, FamilyError, FamilyId, Part};
use families::people::{self, PersonId};
use kernel::Date;
use kernel::text::{self, TextError};

/// Of a family's visits, so many are looked at for what was tried.
const VISITS_MAX: u32 = 500;

/// Why support did not end.
#[derive(Debug, thiserror::Error)]
pub enum ClosingError {
    /// What is wrong with it.
    #[error(transparent)]
    Rule(#[from] ClosingRule),
    /// The answer says nothing.
    #[error("Why support goes on {0}")]
    NoReason(TextError),
    /// Actions of the plan are open.
    #[error("{0} actions of the plan are still open: say what became of each first")]
    ActionsOpen(usize),
    /// The lead is offered to somebody.
    #[error("Somebody was offered the lead: wait for the answer, or take the offer back")]
    LeadOffered,
    /// Somebody asked already.
    #[error("Somebody asked to end support already")]
    AskedAlready,
    /// Support has ended.
    #[error("Support for this family has ended already")]
    Ended,
    /// Somebody else was faster, or somebody else leads by now.
    #[error("Somebody else changed this in the meantime: this is how it stands now")]
    Changed,
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for ClosingError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

/// Whether support for a family ended or is to end, as far as the actor may read it.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The family, whom of it the actor may know, and who helps.
    pub around: Around,
    /// Every time that somebody asked, the latest last.
    pub asked: Vec<Closing>,
    /// The family's visits, the latest first: what was tried, and what is planned.
    pub visits: Vec<Visit>,
    /// How many actions of the plan are open that the actor can read.
    pub actions_open: usize,
    /// Whether somebody was offered the lead.
    pub lead_offered: bool,
    /// Whether the actor may ask to end support, or take it back.
    pub may_ask: bool,
    /// Whether the actor may answer what was asked last.
    pub may_answer: bool,
    /// Whether the actor may begin support again.
    pub may_begin_again: bool,
}

impl Opened {
    /// Returns the one that waits.
    pub fn waiting(&self) -> Option<&Closing> {
        self.asked.iter().find(|one| one.state == State::Asked)
    }

    /// Returns what was tried since the family was met last.
    pub fn tries(&self) -> Vec<&Visit> {
        rules::tries(&self.visits)
    }
}

/// Returns the resource of asking or answering, by who leads the family now.
async fn decision(
    ctx: &mut Ctx,
    id: ClosingId,
    (family, standing): (&Family, &people::Standing),
    author: Option<(PractitionerId, Class)>,
) -> Result<Resource, AccessError> {
    let managers = access::people::managers_of(&mut ctx.tx, ctx.area_id, family.owner_id).await?;
    Ok(closing::decision(id, (family.owner_id, &managers), author, standing))
}

/// Returns how support for a family stands.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none for this actor.
pub async fn load(ctx: &mut Ctx, of: (PersonId, FamilyId)) -> Result<Opened, AccessError> {
    let (around, standing) = family::within(ctx, Act::OpenPerson, of).await?;
    let asked = list(ctx, Of::Family(of.1)).await?;
    // Whoever stands by the family is not the family: meeting a neighbour is no meeting with them.
    let members = around.members.iter().filter(|member| member.part == Part::Member);
    let people: Vec<PersonId> = members.map(|member| member.person).collect();
    let visits = visits::of_people(ctx, &people, VISITS_MAX).await?;
    let actions_open = plans::load(ctx, of).await?.entries.iter().filter(|entry| entry.state == plans::State::Open).count();
    let lead_offered = leads::open_of(ctx, of.1).await?.is_some();
    let is_ended = around.family.closed_at.is_some();
    let resource = decision(ctx, ClosingId(of.1.0), (&around.family, &standing), None).await?;
    let may_ask = !is_ended && ctx.may(Act::AskToClose, &resource)?;
    let may_answer = match asked.iter().find(|one| one.state == State::Asked) {
        Some(one) => {
            let resource = decision(ctx, one.id, (&around.family, &standing), Some((one.author_id, one.class))).await?;
            ctx.may(Act::AnswerClosing, &resource)?
        }
        None => false,
    };
    let may_begin_again = is_ended && ctx.may(Act::RecordFact, &standing.resource())?;
    Ok(Opened { around, asked, visits, actions_open, lead_offered, may_ask, may_answer, may_begin_again })
}

async fn list(ctx: &mut Ctx, of: Of<'_>) -> Result<Vec<Closing>, AccessError> {
    let (read, answer) = (ctx.narrow(Act::ReadPlanEntry, &CLOSING)?, ctx.narrow(Act::AnswerClosing, &WAITING)?);
    let now = ctx.now();
    Ok(store::list(&mut ctx.tx, ctx.area_id, of, (&read, &answer, now)).await?)
}

/// Asks to end support for a family; it ends at once, or where the area's reason says so, once somebody who manages the lead has agreed.
///
/// Rule \[3.16\]: support does not end because a family did not open the door.
///
/// # Errors
/// [`ClosingError`].
pub async fn ask(ctx: &mut Ctx, area: &Area, of: (PersonId, FamilyId), new: NewClosing) -> Result<ClosingId, ClosingError> {
    family::hold(ctx, of.1).await?;
    let opened = load(ctx, of).await?;
    let (_, standing) = family::within(ctx, Act::OpenPerson, of).await?;
    let id: ClosingId = ctx.new_id();
    let resource = decision(ctx, id, (&opened.around.family, &standing), None).await?;
    let permit = ctx.permit(Act::AskToClose, &resource)?;
    if opened.around.family.closed_at.is_some() {
        return Err(ClosingError::Ended);
    }
    if opened.waiting().is_some() {
        return Err(ClosingError::AskedAlready);
    }
    // What waits that the actor may not know of does not stand in their way.
    let by = (ctx.actor.id, ctx.now());
    store::withdraw_waiting(&mut ctx.tx, ctx.area_id, ("family_id", of.1.0), by).await?;
    let attempts: Vec<VisitId> = opened.tries().iter().map(|visit| visit.id).collect();
    let new = rules::check(new, &area.plans, attempts.len())?;
    nothing_is_open(&opened)?;
    let needs_manager = rules::reason(&area.plans, &new.reason).is_some_and(|reason| reason.needs_manager);
    let today = ctx.clock.today();
    let class = if ctx.actor.sensitive { Class::SensitiveService } else { Class::Ordinary };
    let decide_by = needs_manager.then(|| rules::decide_by(today, &area.plans, &area.holidays));
    let asked = Asked { id, family: of.1, class, lead: opened.around.family.owner_id, decide_by, attempts };
    ctx.detail(
        serde_json::json!({ "family": of.1.0, "closing": id.0, "reason": new.reason, "needs_manager": needs_manager, "tries": asked.attempts.len() }),
    );
    let (by, now) = (ctx.actor.clone(), ctx.now());
    store::insert(&mut ctx.tx, ctx.area_id, of.0, (&new, &asked), (&by, now)).await?;
    if !needs_manager {
        end(ctx, &permit, of, asked.lead).await?;
    }
    Ok(id)
}

fn nothing_is_open(opened: &Opened) -> Result<(), ClosingError> {
    match (opened.actions_open, opened.lead_offered) {
        (0, false) => Ok(()),
        (0, true) => Err(ClosingError::LeadOffered),
        (open, _) => Err(ClosingError::ActionsOpen(open)),
    }
}

/// Ends support: the plan closes, whoever led leads no more, and whoever helps is told.
async fn end(ctx: &mut Ctx, permit: &Permit, of: (PersonId, FamilyId), lead: PractitionerId) -> Result<(), ClosingError> {
    let helping = family::workers_of(ctx, of.1).await?;
    if let Some(plan) = plans::load(ctx, of).await?.plan.filter(|plan| plan.closed.is_none()) {
        plans::close(ctx, (of, plan.version), "Support for the family ended").await.map_err(|e| match e {
            plans::PlanError::Access(e) => ClosingError::Access(e),
            _ => ClosingError::Changed,
        })?;
    }
    contracts::end_with_support(ctx, of.1).await?;
    if !family::close(ctx, permit, (of.1, lead)).await? {
        return Err(ClosingError::Changed);
    }
    leads::end(ctx, (of.1, lead)).await?;
    tell(ctx, (of.1, News::Ended), &helping).await
}

/// Tells whoever helps a family something, but for the actor, who knows.
async fn tell(ctx: &mut Ctx, news: (FamilyId, News), to: &[PractitionerId]) -> Result<(), ClosingError> {
    let to: Vec<PractitionerId> = to.iter().copied().filter(|who| *who != ctx.actor.id).collect();
    let now = ctx.now();
    Ok(store::insert_news(&mut ctx.tx, ctx.area_id, news, &to, now).await?)
}

/// Returns one that waits, and the family with the lead it has now, to answer or take back by this act.
async fn waiting(ctx: &mut Ctx, act: Act, id: ClosingId) -> Result<(Closing, Permit), AccessError> {
    let found = store::find(&mut ctx.tx, ctx.area_id, id).await?.ok_or(AccessError::Hidden(None))?;
    family::hold(ctx, found.family).await?;
    let (around, standing) = family::within(ctx, Act::OpenPerson, (found.person, found.family)).await?;
    let resource = decision(ctx, id, (&around.family, &standing), Some((found.author_id, found.class))).await?;
    let permit = ctx.permit(act, &resource)?;
    Ok((found, permit))
}

/// Agrees that support ends, or says why it goes on.
///
/// Rule \[3.16\]: somebody who manages the lead agrees before a family that was not reached is let go, and nobody to what they asked themselves.
///
/// # Errors
/// [`ClosingError::Changed`] when somebody was faster, or somebody else leads by now; [`ClosingError`].
pub async fn answer(
    ctx: &mut Ctx,
    area: &Area,
    (id, version): (ClosingId, i64),
    (agrees, words): (bool, &str),
) -> Result<Closing, ClosingError> {
    let (found, permit) = waiting(ctx, Act::AnswerClosing, id).await?;
    let words = match text::note_if_any(words, rules::WORDS_MAX) {
        Ok(words) if words.is_empty() && !agrees => return Err(ClosingError::NoReason(TextError::Empty)),
        read => read.map_err(ClosingError::NoReason)?,
    };
    let of = (found.person, found.family);
    let state = if agrees { State::Agreed } else { State::Declined };
    ctx.detail(serde_json::json!({ "family": of.1.0, "closing": id.0, "state": state.as_str() }));
    let (by, now) = (ctx.actor.id, ctx.now());
    if !store::save_answer(&mut ctx.tx, ctx.area_id, &permit, (version, state, &words), (by, now)).await? {
        return Err(ClosingError::Changed);
    }
    if agrees {
        let opened = load(ctx, of).await?;
        // They may have been met since it was asked.
        rules::check_tries(&found.reason, &area.plans, opened.tries().len())?;
        nothing_is_open(&opened)?;
        end(ctx, &permit, of, found.lead_id).await?;
    } else {
        tell(ctx, (of.1, News::GoesOn), &[found.author_id, found.lead_id]).await?;
    }
    Ok(found)
}

/// Takes back that somebody asked to end support.
///
/// # Errors
/// [`ClosingError::Changed`] when it was answered in the meantime; [`ClosingError::Access`].
pub async fn withdraw(ctx: &mut Ctx, (id, version): (ClosingId, i64)) -> Result<Closing, ClosingError> {
    let (found, permit) = waiting(ctx, Act::AskToClose, id).await?;
    ctx.detail(serde_json::json!({ "closing": id.0, "withdrawn": true }));
    let (by, now) = (ctx.actor.id, ctx.now());
    let answer = (version, State::Withdrawn, "");
    let saved = store::save_answer(&mut ctx.tx, ctx.area_id, &permit, answer, (by, now)).await?;
    if saved { Ok(found) } else { Err(ClosingError::Changed) }
}

/// Begins support for a family again, and tells whoever helps; the actor answers for it, and leads or finds who does by a day.
///
/// # Errors
/// As [`family::begin_again`].
pub async fn begin_again(
    ctx: &mut Ctx,
    of: (PersonId, FamilyId),
    version: i64,
    next: (&str, Date),
    lead_by: Date,
) -> Result<(), FamilyError> {
    family::begin_again(ctx, of, version, next).await?;
    family::seek_lead(ctx, of.1, lead_by).await?;
    let (_, works) = people::open(ctx, Act::RecordContact, of.0).await?;
    facts::works_with(ctx, &works, "Answers for the family of", None).await.map_err(|e| match e {
        FactError::Access(e) => FamilyError::Access(e),
        other => FamilyError::Access(StoreError::Corrupt(other.to_string()).into()),
    })?;
    processes::signals::look_around(ctx, of.0).await?;
    let helping = family::workers_of(ctx, of.1).await?;
    match tell(ctx, (of.1, News::BegunAgain), &helping).await {
        Err(ClosingError::Access(e)) => Err(e.into()),
        _ => Ok(()),
    }
}

/// Takes back what waits that was asked through somebody whom the actor has just shielded: whoever may know of them asks anew.
///
/// # Errors
/// [`AccessError`] when the actor may not shield them.
pub async fn take_over(ctx: &mut Ctx, person: PersonId) -> Result<(), AccessError> {
    people::open(ctx, Act::ShieldPerson, person).await?;
    let by = (ctx.actor.id, ctx.now());
    let taken = store::withdraw_waiting(&mut ctx.tx, ctx.area_id, ("person_id", person.0), by).await?;
    ctx.detail(serde_json::json!({ "closings_taken_back": taken }));
    Ok(())
}

/// Returns what these were told of families' support and have not read, as far as the actor may know those families.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn news_of(
    ctx: &mut Ctx,
    who: &[PractitionerId],
) -> Result<Vec<(PractitionerId, News, Family, PersonId)>, AccessError> {
    let told = store::list_news(&mut ctx.tx, ctx.area_id, who).await?;
    let ids: Vec<FamilyId> = told.iter().map(|(_, id, _)| *id).collect();
    let families = if ids.is_empty() { Vec::new() } else { family::to_open(ctx, &ids).await? };
    let of = |(whom, id, news): (PractitionerId, FamilyId, News)| {
        let (family, person) = families.iter().find(|(family, _)| family.id == id)?.clone();
        Some((whom, news, family, person))
    };
    Ok(told.into_iter().filter_map(of).collect())
}

/// Keeps that the actor has read what they were told of a family's support; the look itself is journalled by whatever shows it.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn read_news(ctx: &mut Ctx, family: FamilyId) -> Result<(), StoreError> {
    let (who, now) = (ctx.actor.id, ctx.now());
    store::save_read(&mut ctx.tx, ctx.area_id, (family, who), now).await
}

/// Returns the endings of support that wait for any of these to agree, as far as the actor may read them, each with whom it waits for.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn to_answer(ctx: &mut Ctx, who: &[PractitionerId]) -> Result<Vec<(PractitionerId, Closing, String)>, AccessError> {
    let waiting = list(ctx, Of::ToAnswer(who)).await?;
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ClosingId> = waiting.iter().map(|one| one.id).collect();
    let askable = store::list_askable(&mut ctx.tx, ctx.area_id, &ids, who).await?;
    let named = named(ctx, waiting).await?;
    let of = |(whom, id): (PractitionerId, ClosingId)| {
        let (closing, name) = named.iter().find(|(closing, _)| closing.id == id)?.clone();
        Some((whom, closing, name))
    };
    Ok(askable.into_iter().filter_map(of).collect())
}

/// Returns those that wait past their day, or that nobody manages who could agree, as far as the actor may read them.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn late(ctx: &mut Ctx) -> Result<Vec<(Closing, String)>, AccessError> {
    let today = ctx.clock.today();
    let waiting = list(ctx, Of::Late(today)).await?;
    named(ctx, waiting).await
}

/// Puts the family's name to each, as far as the actor may know of the family.
async fn named(ctx: &mut Ctx, waiting: Vec<Closing>) -> Result<Vec<(Closing, String)>, AccessError> {
    let ids: Vec<FamilyId> = waiting.iter().map(|one| one.family).collect();
    let families = if ids.is_empty() { Vec::new() } else { family::these(ctx, &ids).await? };
    let name = |id: FamilyId| families.iter().find(|(family, _)| family.id == id).map(|(family, _)| family.name.clone());
    Ok(waiting.into_iter().filter_map(|one| name(one.family).map(|name| (one, name))).collect())
}

/// Returns the endings of support that were asked for through people, as far as the actor may read them, in the order they were asked.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn of_people(ctx: &mut Ctx, people: &[PersonId]) -> Result<Vec<Closing>, AccessError> {
    list(ctx, Of::People(people)).await
}

/// Returns how many wait, how many are late, and of how many whoever leads has left.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn count_open(ctx: &mut Ctx) -> Result<(i64, i64, i64), StoreError> {
    let today = ctx.clock.today();
    store::count_open(&mut ctx.tx, ctx.area_id, today).await
}

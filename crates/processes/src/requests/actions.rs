//! What is done with requests for information: asking, answering, taking back.

use super::request::{NewRequest, Request, RequestId, State};
use super::rules::{self, RequestRule};
use super::store::{self, Made, Of, REQUEST};
use crate::sharing::{self, DecisionId, NewDecision, Outcome};
use ::store::StoreError;
use access::{AccessError, Act, Ctx, Permit, PractitionerId};
use area::Area;
use families::facts::rules::work_class;
use families::people::{self, PersonId};
use families::search;

/// Why a request was not made or moved.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// What is wrong with it.
    #[error("There is a problem with what you wrote")]
    Rules(Vec<RequestRule>),
    /// Nobody of the agency can sign in, so nobody would answer.
    #[error("Nobody of this agency answers here yet: ask them by telephone, or tell the service coordinator")]
    NobodyAnswers,
    /// Whoever would answer may not know of them.
    #[error("They are shielded, and whoever would answer is not named for them: have somebody of that agency named first")]
    Shielded,
    /// It was answered or taken back in the meantime.
    #[error("It has been answered or taken back in the meantime")]
    Ended,
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for RequestError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

/// Asks another agency what it knows of somebody. Whether it knows them is not told by asking.
///
/// # Errors
/// [`RequestError`].
pub async fn ask(ctx: &mut Ctx, area: &Area, new: NewRequest) -> Result<RequestId, RequestError> {
    let (standing, permit) = people::open(ctx, Act::AskForInformation, new.person).await?;
    let new = rules::check(new, &area.sharing).map_err(RequestError::Rules)?;
    let agencies = access::people::list_present_agencies(&mut ctx.tx, ctx.area_id).await?;
    let choose = || RequestError::Rules(vec![RequestRule::Choose("agency")]);
    let to = agencies.iter().find(|one| one.id == new.to_agency && one.id != ctx.actor.agency_id).ok_or_else(choose)?;
    let owner_id = access::people::find_answerable(&mut ctx.tx, ctx.area_id, Some(to.id), ctx.clock.today()).await?;
    let owner_id = owner_id.ok_or(RequestError::NobodyAnswers)?;
    if standing.restricted && !standing.is_named(owner_id) {
        return Err(RequestError::Shielded);
    }
    let asked_at = ctx.now();
    let made = Made {
        id: ctx.new_id(),
        asker_id: ctx.actor.id,
        from_agency_id: ctx.actor.agency_id,
        class: work_class(ctx.actor.sensitive || to.sensitive),
        owner_id,
        asked_at,
        answer_by: rules::answer_by(asked_at, new.urgent, &area.sharing, &area.holidays),
    };
    ctx.detail(serde_json::json!({ "request": made.id.0, "purpose": new.purpose }));
    store::insert(&mut ctx.tx, ctx.area_id, &permit, &new, &made).await?;
    Ok(made.id)
}

/// Ends a request that a decision answers: one about the person it is about, told to the agency that asked. What is only put off keeps it
/// open.
///
/// # Errors
/// [`RequestError::Ended`] when it was answered or taken back in the meantime; [`AccessError::Hidden`] when it is not this decision's, or
/// not this actor's to answer.
pub async fn answered(ctx: &mut Ctx, id: RequestId, decision: (DecisionId, &NewDecision)) -> Result<(), RequestError> {
    let (request, permit) = permitted(ctx, Act::AnswerShareRequest, id).await?;
    let new = decision.1;
    let is_of_it =
        request.new.person == new.person && (!new.outcome.is_shared() || new.to.agency == Some(request.from_agency_id));
    if !is_of_it {
        return Err(AccessError::Hidden(None).into());
    }
    ctx.detail(serde_json::json!({ "request": id.0, "decision": decision.0.0 }));
    if request.state != State::Open {
        return Err(RequestError::Ended);
    }
    match new.outcome {
        Outcome::Shared | Outcome::Part | Outcome::Refused => {
            let now = ctx.now();
            let saved = store::save_ended(&mut ctx.tx, ctx.area_id, &permit, State::Answered, now).await?;
            if saved { Ok(()) } else { Err(RequestError::Ended) }
        }
        Outcome::Deferred | Outcome::Advice => Ok(()),
    }
}

/// Hands the open requests about somebody who is shielded now to the actor, from owners who are not named for them.
///
/// # Errors
/// [`AccessError`] when the actor may not shield them.
pub async fn take_over(ctx: &mut Ctx, person: PersonId) -> Result<(), AccessError> {
    let (_, permit) = people::open(ctx, Act::ShieldPerson, person).await?;
    let (me, now) = (ctx.actor.id, ctx.now());
    Ok(store::take_over(&mut ctx.tx, ctx.area_id, &permit, me, now).await?)
}

/// Takes a request back.
///
/// # Errors
/// [`RequestError::Ended`] when it has been answered; [`RequestError::Access`].
pub async fn withdraw(ctx: &mut Ctx, id: RequestId) -> Result<(), RequestError> {
    let (_, permit) = permitted(ctx, Act::WithdrawShareRequest, id).await?;
    ctx.detail(serde_json::json!({ "request": id.0 }));
    let now = ctx.now();
    let saved = store::save_ended(&mut ctx.tx, ctx.area_id, &permit, State::Withdrawn, now).await?;
    if saved { Ok(()) } else { Err(RequestError::Ended) }
}

/// A request that somebody opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The request.
    pub request: Request,
    /// About whom, by the name the actor may read.
    pub name: String,
    /// What was decided about it, the newest first.
    pub answers: Vec<sharing::actions::Answer>,
    /// Whether the actor may answer it.
    pub may_answer: bool,
    /// Whether the actor may take it back.
    pub may_withdraw: bool,
}

/// Returns a request that the actor may read.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none for this actor.
pub async fn load(ctx: &mut Ctx, id: RequestId) -> Result<Opened, AccessError> {
    let (request, permit) = permitted(ctx, Act::ReadShareRequest, id).await?;
    let resource = request.resource(&people::load(ctx, request.new.person).await?);
    let is_open = request.state == State::Open;
    Ok(Opened {
        name: search::names_of(ctx, &[request.new.person]).await?.pop().unwrap_or_default(),
        answers: sharing::actions::answers_to(ctx, &permit).await?,
        may_answer: is_open && ctx.may(Act::AnswerShareRequest, &resource)?,
        may_withdraw: is_open && ctx.may(Act::WithdrawShareRequest, &resource)?,
        request,
    })
}

async fn permitted(ctx: &mut Ctx, act: Act, id: RequestId) -> Result<(Request, Permit), AccessError> {
    let request = store::find(&mut ctx.tx, ctx.area_id, id).await?.ok_or(AccessError::Hidden(None))?;
    let person = people::load(ctx, request.new.person).await?;
    let permit = ctx.permit(act, &request.resource(&person))?;
    Ok((request, permit))
}

/// Requests that concern the actor.
#[derive(Clone, Debug, Default)]
pub struct Mine {
    /// The actor's agency was asked.
    pub at_agency: Vec<Request>,
    /// The actor made them.
    pub made: Vec<Request>,
}

/// Returns the requests that concern the actor.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn mine(ctx: &mut Ctx) -> Result<Mine, AccessError> {
    let (me, agency) = (ctx.actor.id, ctx.actor.agency_id);
    Ok(Mine { at_agency: list(ctx, Of::OpenAt(agency)).await?, made: list(ctx, Of::MadeBy(me)).await? })
}

/// Returns the open requests that any of these answers for, as far as the actor may read them.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn owned_by(ctx: &mut Ctx, owners: &[PractitionerId]) -> Result<Vec<Request>, AccessError> {
    list(ctx, Of::OwnedBy(owners)).await
}

/// Returns the open requests that any of these made, as far as the actor may read them.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn waiting_of(ctx: &mut Ctx, askers: &[PractitionerId]) -> Result<Vec<Request>, AccessError> {
    list(ctx, Of::Waiting(askers)).await
}

/// Returns the requests about somebody, as far as the actor may read them.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn of_person(ctx: &mut Ctx, person: PersonId) -> Result<Vec<Request>, AccessError> {
    list(ctx, Of::Person(person)).await
}

/// Returns requests past their day, or that nobody is there to answer, as far as the actor may read them.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn late(ctx: &mut Ctx) -> Result<Vec<Request>, AccessError> {
    let today = ctx.clock.today();
    list(ctx, Of::Late(today)).await
}

async fn list(ctx: &mut Ctx, of: Of<'_>) -> Result<Vec<Request>, AccessError> {
    let narrowing = ctx.narrow(Act::ReadShareRequest, &REQUEST)?;
    let now = ctx.now();
    Ok(store::list(&mut ctx.tx, ctx.area_id, of, (&narrowing, now)).await?)
}

/// Returns how many requests are open, how many are late, and how many have nobody who answers.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn count_open(ctx: &mut Ctx) -> Result<(i64, i64, i64), StoreError> {
    let today = ctx.clock.today();
    store::count_open(&mut ctx.tx, ctx.area_id, today).await
}

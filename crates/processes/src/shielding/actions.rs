//! Asking for a shield, deciding about it, and looking again.

use super::store::{self, NewTask};
use ::store::StoreError;
use access::{AccessError, Act, Ctx, PractitionerId, Role};
use area::Area;
use families::family;
use families::people::{self, AskError, PERSON, PersonId, ShieldKind, Standing};
use kernel::text::{self, TextError};
use kernel::{Date, Span, Timestamp, stored_words};

const WORDS_MAX: usize = 500;

::store::record_id!(
    /// What a shield leaves to do.
    ShieldTaskId
);

stored_words! {
    /// What is to be done about a shield.
    TaskKind { Decide = "decide", Review = "review" }
}
stored_words! {
    /// What was decided about a shield.
    Answer { Kept = "kept", Ended = "ended" }
}

/// What a shield leaves to do.
#[derive(Clone, Debug)]
pub struct ShieldTask {
    /// Which one.
    pub id: ShieldTaskId,
    /// Of whom.
    pub person: PersonId,
    /// What.
    pub kind: TaskKind,
    /// What the shield keeps.
    pub shield: ShieldKind,
    /// Why it was put up.
    pub reason: String,
    /// Who asked for it, by name.
    pub asked_by: String,
    /// When.
    pub asked_at: Timestamp,
    /// Who decides.
    pub owner_id: PractitionerId,
    /// Their name.
    pub owner: String,
    /// By when.
    pub due_on: Date,
    /// What was decided, and why.
    pub answer: Option<(Answer, String)>,
}

/// Why a shield was not put up, or not decided about.
#[derive(Debug, thiserror::Error)]
pub enum ShieldError {
    /// What was written does not read.
    #[error("Why {0}")]
    Text(#[from] TextError),
    /// There is no safeguarding lead who could decide.
    #[error("There is no safeguarding lead who could decide: ring the safeguarding team")]
    NobodyDecides,
    /// There is no such shield any more.
    #[error("This shield has been ended in the meantime: put up a new one if it is needed")]
    Ended,
    /// Somebody has decided in the meantime.
    #[error("Somebody has decided in the meantime")]
    Decided,
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for ShieldError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

impl From<AskError> for ShieldError {
    fn from(e: AskError) -> Self {
        match e {
            AskError::Reason(e) => Self::Text(e),
            AskError::Access(e) => Self::Access(e),
        }
    }
}

/// Shields where somebody is, and whoever would betray them, at once; a safeguarding lead decides within a day.
///
/// Rule \[3.30\]: a shield is put up on request or by a practitioner, at once, and a named role decides (SI 2007/2182, regulation 6).
///
/// # Errors
/// [`ShieldError`].
pub async fn ask(ctx: &mut Ctx, area: &Area, person: PersonId, reason: &str) -> Result<(), ShieldError> {
    let (standing, _) = people::open(ctx, Act::AskForShield, person).await?;
    let leads = deciders(ctx, &standing).await?;
    let owner = *leads.iter().find(|lead| **lead != ctx.actor.id).or(leads.first()).ok_or(ShieldError::NobodyDecides)?;
    let due_on = area.holidays.add(ctx.clock.today(), area.index.shield_decide_working_days);
    if standing.location_shielded {
        // It stands as it is: whoever was named stays named, and nobody else is. A lead is asked to look at it.
        let reason = text::note(reason, WORDS_MAX)?;
        return Ok(insert(ctx, person, (TaskKind::Decide, ShieldKind::Location), &reason, (owner, due_on)).await?);
    }
    let mut named = leads;
    named.push(ctx.actor.id);
    family::shield_as(ctx, (Act::AskForShield, person), ShieldKind::Location, reason, &named).await?;
    Ok(insert(ctx, person, (TaskKind::Decide, ShieldKind::Location), reason, (owner, due_on)).await?)
}

/// Returns the safeguarding leads who may decide about a shield of somebody today.
async fn deciders(ctx: &mut Ctx, standing: &Standing) -> Result<Vec<PractitionerId>, AccessError> {
    let today = ctx.clock.today();
    let mut deciders = Vec::new();
    for lead in access::people::list_of_role(&mut ctx.tx, ctx.area_id, Role::SafeguardingLead).await? {
        let Some(actor) = access::people::find_actor(&mut ctx.tx, ctx.area_id, lead.id, today).await? else { continue };
        if ctx.decide_for(&actor, Act::ShieldPerson, &standing.resource())?.allowed {
            deciders.push(lead.id);
        }
    }
    Ok(deciders)
}

/// Has somebody look again, after some months, whether a shield that the actor put up is still needed.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn review_later(
    ctx: &mut Ctx,
    area: &Area,
    person: PersonId,
    shield: ShieldKind,
    reason: &str,
) -> Result<(), StoreError> {
    let months = Span::new().months(i64::from(area.index.shield_review_months));
    let due_on = ctx.clock.today().saturating_add(months);
    let owner = ctx.actor.id;
    insert(ctx, person, (TaskKind::Review, shield), reason, (owner, due_on)).await
}

async fn insert(
    ctx: &mut Ctx,
    person: PersonId,
    (kind, shield): (TaskKind, ShieldKind),
    reason: &str,
    (owner, due_on): (PractitionerId, Date),
) -> Result<(), StoreError> {
    let task = NewTask {
        id: ctx.new_id(),
        person,
        kind,
        shield,
        reason: reason.trim(),
        asked_by: ctx.actor.id,
        owner,
        due_on,
        asked_at: ctx.now(),
    };
    // One that waited for the same shield is answered by the new one.
    store::supersede(&mut ctx.tx, ctx.area_id, &task).await?;
    store::insert(&mut ctx.tx, ctx.area_id, &task).await?;
    Ok(())
}

/// Returns what is to be decided about a shield, for whoever may shield them.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none for this actor.
pub async fn load(ctx: &mut Ctx, id: ShieldTaskId) -> Result<ShieldTask, AccessError> {
    let task = store::find(&mut ctx.tx, ctx.area_id, id).await?.ok_or(AccessError::Hidden(None))?;
    people::open(ctx, Act::ShieldPerson, task.person).await?;
    Ok(task)
}

/// Keeps a shield, to be looked at again after some months; or ends it, and those of whoever has it only because of them.
///
/// Rule \[3.30\]: a named role decides about each shield, and looks again whether it is needed (note 16).
///
/// # Errors
/// [`ShieldError`].
pub async fn decide(ctx: &mut Ctx, area: &Area, id: ShieldTaskId, (answer, words): (Answer, &str)) -> Result<(), ShieldError> {
    let task = load(ctx, id).await?;
    let words = text::note(words, WORDS_MAX)?;
    ctx.detail(serde_json::json!({ "task": id.0, "answer": answer.as_str() }));
    let by = (ctx.actor.id, ctx.now());
    if !store::save_answer(&mut ctx.tx, ctx.area_id, id, (answer, &words), by).await? {
        return Err(ShieldError::Decided);
    }
    let in_force = people::shields(ctx, task.person).await?.iter().any(|shield| shield.kind == task.shield);
    match answer {
        Answer::Kept if !in_force => Err(ShieldError::Ended),
        Answer::Kept => Ok(review_later(ctx, area, task.person, task.shield, &task.reason).await?),
        Answer::Ended => {
            let (_, permit) = people::open(ctx, Act::ShieldPerson, task.person).await?;
            // Whoever has it only because of them: also one whom this lead may not know of.
            for person in store::list_shielded_with(&mut ctx.tx, ctx.area_id, &task).await? {
                people::unspread(ctx, &permit, (person, task.shield)).await?;
            }
            Ok(())
        }
    }
}

/// Answers what waited for a shield of somebody that the actor has just ended.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn ended(ctx: &mut Ctx, person: PersonId, shield: ShieldKind) -> Result<(), StoreError> {
    let by = (ctx.actor.id, ctx.now());
    store::end_open(&mut ctx.tx, ctx.area_id, (person, shield), by).await
}

/// Gives what is to be decided about somebody to the actor, who has just shielded them from whoever was to decide.
///
/// # Errors
/// [`AccessError`] when the actor may not shield them.
pub async fn take_over(ctx: &mut Ctx, person: PersonId) -> Result<(), AccessError> {
    people::open(ctx, Act::ShieldPerson, person).await?;
    let me = ctx.actor.id;
    Ok(store::take_over(&mut ctx.tx, ctx.area_id, person, me).await?)
}

/// Returns what any of these is to decide about shields, and what nobody has decided in time, as far as the actor may know of it.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn owned_by(ctx: &mut Ctx, owners: &[PractitionerId]) -> Result<Vec<ShieldTask>, AccessError> {
    let narrowing = ctx.narrow(Act::ShieldPerson, &PERSON)?;
    let now = ctx.now();
    // What is looked at again in months is no work of today's.
    let soon = ctx.clock.today().saturating_add(Span::new().days(14));
    let today = ctx.clock.today();
    Ok(store::list(&mut ctx.tx, ctx.area_id, (owners, soon, today), (&narrowing, now)).await?)
}

/// Returns how many decisions about shields wait, how many are late, and how many have nobody who decides.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn count_open(ctx: &mut Ctx) -> Result<(i64, i64, i64), StoreError> {
    let today = ctx.clock.today();
    store::count_open(&mut ctx.tx, ctx.area_id, today).await
}

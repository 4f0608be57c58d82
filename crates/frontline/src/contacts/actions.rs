//! What is done with contacts: recording one, and bringing it to its outcome.

use super::rules::{self, Contact, ContactId, ContactRule, NewContact};
use super::store::{self, CONTACT, Of, Recorded};
use crate::giving;
use ::store::StoreError;
use access::{AccessError, Act, Ctx, Permit, PractitionerId};
use area::Area;
use families::facts::{self, Fact, FactError};
use families::people::{self, PersonId};
use kernel::text::{self, TextError};

/// Why a contact was not recorded or decided.
#[derive(Debug, thiserror::Error)]
pub enum ContactError {
    /// What was typed cannot be.
    #[error(transparent)]
    Rule(#[from] ContactRule),
    /// A text that does not read.
    #[error("{0} {1}")]
    Text(&'static str, TextError),
    /// A fact that cannot be.
    #[error(transparent)]
    Fact(FactError),
    /// Whom it is given to is no colleague, or may not bring it to an outcome.
    #[error("Choose a colleague who may bring it to an outcome")]
    NotGiven,
    /// There is nobody to pass it on to.
    #[error("Nobody here has the role this is passed on to: ring them, and choose another outcome")]
    NobodyToHandTo,
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for ContactError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

impl From<FactError> for ContactError {
    fn from(e: FactError) -> Self {
        match e {
            FactError::Access(e) => Self::Access(e),
            FactError::Rule(_) | FactError::Superseded | FactError::Why(_) => Self::Fact(e),
        }
    }
}

/// Records a contact: the facts it leaves behind, who works with the person now, and who brings it to its outcome.
///
/// # Errors
/// [`ContactError`].
pub async fn record(ctx: &mut Ctx, area: &Area, new: NewContact) -> Result<ContactId, ContactError> {
    let (standing, permit) = people::open(ctx, Act::RecordContact, new.person).await?;
    let knew_them = ctx.may(Act::OpenPerson, &standing.resource()).map_err(AccessError::from)?;
    let today = ctx.clock.today();
    text::note(&new.narrative, rules::WORDS_MAX).map_err(|e| ContactError::Text("What was seen or said", e))?;
    rules::check(&new, area, today)?;
    let handed_to = handed_to(ctx, area, &new.outcome, new.person).await?;
    let recorded = Recorded {
        id: ctx.new_id(),
        author_id: ctx.actor.id,
        agency_id: ctx.actor.agency_id,
        class: facts::rules::work_class(ctx.actor.sensitive),
        handed_to,
        at: ctx.now(),
        next_on: rules::outcome_by(today, &area.clocks, &area.holidays),
    };
    ctx.detail(serde_json::json!({ "contact": recorded.id.0 }));
    store::insert(&mut ctx.tx, ctx.area_id, &permit, &new, &recorded).await?;
    for fact in rules::facts_of(&new, recorded.id, area) {
        facts::record(ctx, &permit, fact).await?;
    }
    if new.outcome.is_empty() || rules::continues(area, &new.outcome) {
        facts::works_with(ctx, &permit, "Works with", Some(recorded.id.0)).await?;
    }
    processes::signals::look_at(ctx, &[new.person]).await?;
    if !knew_them {
        // Whoever manages them sees that it opened somebody new to them.
        people::note_opened(ctx, &permit, "contact", "by recording a contact").await?;
    }
    Ok(recorded.id)
}

/// Returns who brings a contact to its end when an outcome passes it on.
async fn handed_to(ctx: &mut Ctx, area: &Area, outcome: &str, person: PersonId) -> Result<Option<PractitionerId>, ContactError> {
    let Some(role) = rules::hands_to(area, outcome) else { return Ok(None) };
    let agency = ctx.actor.agency_id;
    let to = store::find_of_role(&mut ctx.tx, ctx.area_id, role, (agency, person)).await?;
    to.map(Some).ok_or(ContactError::NobodyToHandTo)
}

/// Hands the open contacts about somebody to the actor, from owners whom a shield has just shut out.
///
/// Rule \[3.40\]: a shield leaves no work without somebody who can do it.
///
/// # Errors
/// [`AccessError`] when the actor may not shield them.
pub async fn take_over(ctx: &mut Ctx, person: PersonId) -> Result<(), AccessError> {
    let (_, permit) = people::open(ctx, Act::ShieldPerson, person).await?;
    let (to, now) = (ctx.actor.id, ctx.now());
    let taken = store::take_over(&mut ctx.tx, ctx.area_id, &permit, to, now).await?;
    ctx.detail(serde_json::json!({ "contacts_taken_over": taken }));
    Ok(())
}

/// A contact, the facts it left behind that the actor may read, and whether they may bring it to its outcome.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The contact.
    pub contact: Contact,
    /// Its facts.
    pub facts: Vec<Fact>,
    /// Whether the actor may decide.
    pub may_decide: bool,
    /// Whether the actor may give it to a colleague.
    pub may_give: bool,
}

/// Returns a contact.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none for this actor.
pub async fn load(ctx: &mut Ctx, id: ContactId) -> Result<Opened, AccessError> {
    let (contact, standing, _) = permitted(ctx, Act::ReadContact, id).await?;
    let facts = facts::list_from(ctx, id.0).await?;
    let may_decide = contact.outcome.is_none() && ctx.may(Act::DecideContact, &contact.resource(&standing))?;
    let may_give = may_decide && has_or_manages(ctx, &contact).await?;
    Ok(Opened { contact, facts, may_decide, may_give })
}

/// Returns whether the actor is to bring a contact to an outcome, or manages whoever is: what was passed on is not taken back by who passed it on.
async fn has_or_manages(ctx: &mut Ctx, contact: &Contact) -> Result<bool, StoreError> {
    let Some(owner) = contact.owner_id else { return Ok(false) };
    let managers = access::people::managers_of(&mut ctx.tx, ctx.area_id, owner).await?;
    Ok(owner == ctx.actor.id || managers.contains(&ctx.actor.id))
}

async fn permitted(ctx: &mut Ctx, act: Act, id: ContactId) -> Result<(Contact, people::Standing, Permit), AccessError> {
    let contact = store::find(&mut ctx.tx, ctx.area_id, id).await?.ok_or(AccessError::Hidden(None))?;
    let standing = people::load(ctx, contact.person).await?;
    let permit = ctx.permit(act, &contact.resource(&standing))?;
    Ok((contact, standing, permit))
}

/// Brings a contact to its outcome.
///
/// # Errors
/// [`ContactError`].
pub async fn decide(ctx: &mut Ctx, area: &Area, id: ContactId, outcome: (&str, &str)) -> Result<Contact, ContactError> {
    let (contact, _, permit) = permitted(ctx, Act::DecideContact, id).await?;
    if !area.setting.contact_outcomes.iter().any(|choice| choice.id == outcome.0) {
        return Err(ContactRule::NoSuchChoice.into());
    }
    let words = match text::note(outcome.1, rules::WORDS_MAX) {
        Ok(words) => words,
        Err(TextError::Empty) => String::new(),
        Err(e) => return Err(ContactError::Text("What you wrote", e)),
    };
    let now = ctx.now();
    if let Some(to) = handed_to(ctx, area, outcome.0, contact.person).await?.filter(|to| *to != ctx.actor.id) {
        let next_on = rules::outcome_by(ctx.clock.today(), &area.clocks, &area.holidays);
        let by = ctx.actor.id;
        let is_handed = store::save_handed(&mut ctx.tx, ctx.area_id, &permit, (by, to, &words), (now, next_on)).await?;
        return if is_handed { Ok(contact) } else { Err(ContactRule::Decided.into()) };
    }
    if !store::save_outcome(&mut ctx.tx, ctx.area_id, &permit, (outcome.0, &words), now).await? {
        return Err(ContactRule::Decided.into());
    }
    if !rules::continues(area, outcome.0) {
        facts::end_origin(ctx, id.0).await?;
    }
    Ok(contact)
}

/// Gives a contact to a colleague, who brings it to an outcome by the day that it has; says whether the actor may read it still.
///
/// Rule \[3.40\]: what is handed on has a new owner in the same moment.
///
/// # Errors
/// [`ContactError::NotGiven`] where they may not do it; [`ContactError`].
pub async fn give(ctx: &mut Ctx, area: &Area, id: ContactId, (to, words): (PractitionerId, &str)) -> Result<bool, ContactError> {
    let (contact, standing, permit) = permitted(ctx, Act::DecideContact, id).await?;
    let words = match text::note(words, rules::WORDS_MAX) {
        Ok(words) => words,
        Err(TextError::Empty) => String::new(),
        Err(e) => return Err(ContactError::Text("What they should know", e)),
    };
    if !has_or_manages(ctx, &contact).await? {
        return Err(ContactError::NotGiven);
    }
    let (agency, resource) = (ctx.actor.agency_id, contact.resource(&standing));
    let given = (Act::DecideContact, resource.clone());
    giving::given_to(ctx, (to, agency), given).await?.ok_or(ContactError::NotGiven)?;
    ctx.detail(serde_json::json!({ "contact": id.0, "given_to": to.0 }));
    let next_on = contact.next_on.unwrap_or_else(|| rules::outcome_by(ctx.clock.today(), &area.clocks, &area.holidays));
    // What was said when it was passed on before goes along.
    let said: Vec<&str> = [contact.handed_words.as_str(), &words].into_iter().filter(|words| !words.is_empty()).collect();
    let (by, now) = (ctx.actor.id, ctx.now());
    let handed = (by, to, said.join("\n"));
    if !store::save_given(&mut ctx.tx, ctx.area_id, &permit, (contact.version, handed), (now, next_on)).await? {
        return Err(ContactRule::Decided.into());
    }
    Ok(ctx.may(Act::ReadContact, &giving::owned_by(resource, to)).map_err(AccessError::from)?)
}

/// Returns the contacts that somebody is to bring to an outcome, as far as the actor may read them, the soonest first.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn owned_by(ctx: &mut Ctx, owners: &[PractitionerId]) -> Result<Vec<Contact>, AccessError> {
    list(ctx, Of::OwnedBy(owners)).await
}

/// Returns the contacts about a person, as far as the actor may read them, the newest first.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn of_people(ctx: &mut Ctx, people: &[PersonId], at_most: u32) -> Result<Vec<Contact>, AccessError> {
    list(ctx, Of::People(people, at_most)).await
}

/// Returns the contacts without an outcome whose day has passed or whose owner has left, as far as the actor may read them.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn late(ctx: &mut Ctx) -> Result<Vec<Contact>, AccessError> {
    let today = ctx.clock.today();
    list(ctx, Of::Late(today)).await
}

async fn list(ctx: &mut Ctx, of: Of<'_>) -> Result<Vec<Contact>, AccessError> {
    let narrowing = ctx.narrow(Act::ReadContact, &CONTACT)?;
    let now = ctx.now();
    Ok(store::list(&mut ctx.tx, ctx.area_id, of, (&narrowing, now)).await?)
}

/// Returns how many contacts have no outcome, how many are late, and how many have nobody who answers for them.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn count_open(ctx: &mut Ctx) -> Result<(i64, i64, i64), StoreError> {
    let today = ctx.clock.today();
    store::count_open(&mut ctx.tx, ctx.area_id, today).await
}

//! What is done with facts: recording, correcting, sharing, reading, and saying why they are seen.

use super::fact::{Audience, Class, Fact, FactId, Grant, Kind, NewFact, Shape, Standing};
use super::rules::{self, FactRule};
use super::store::{self, FACT, Of, Recorded};
use crate::lookup;
use crate::people::{self, PersonId};
use ::store::{StoreError, Tx};
use access::{AccessError, Act, Actor, Attr, Ctx, Decided, Permit, Resource, Thing, World};
use kernel::Timestamp;
use std::collections::BTreeSet;
use uuid::Uuid;

const WHY_MAX: usize = 500;

/// Why a fact was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum FactError {
    /// What was typed cannot be.
    #[error(transparent)]
    Rule(#[from] FactRule),
    /// Somebody corrected it in the meantime: theirs is now the one to correct.
    #[error("Somebody else has corrected this since you opened it")]
    Superseded,
    /// Why it is taken back does not read.
    #[error("Why it is not so {0}")]
    Why(#[from] kernel::text::TextError),
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for FactError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

/// Records a fact about a person, under a permit for that person.
///
/// # Errors
/// [`FactError::Rule`] when it cannot be.
pub async fn record(ctx: &mut Ctx, permit: &Permit, fact: NewFact) -> Result<FactId, FactError> {
    assert!(permit.id() == fact.person.0, "the permit must be for the person the fact is about");
    let mut fact = rules::check(fact, ctx.clock.today())?;
    fact.class = rules::class_of(fact.kind, fact.class, ctx.actor.sensitive);
    let recorded = Recorded { id: ctx.new_id(), author_id: Some(ctx.actor.id), agency_id: ctx.actor.agency_id, at: ctx.now() };
    store::insert(&mut ctx.tx, ctx.area_id, &fact, &recorded).await?;
    rekey(ctx, &fact).await?;
    Ok(recorded.id)
}

/// Has somebody found by what was just recorded of them.
async fn rekey(ctx: &mut Ctx, fact: &NewFact) -> Result<(), StoreError> {
    if lookup::profile::takes_part(fact) { lookup::store::rekey(&mut ctx.tx, ctx.area_id, fact.person).await } else { Ok(()) }
}

/// Records that the actor works with somebody, unless that is known already.
///
/// Rule \[3.19\]: whoever takes up work with somebody is seen by the others who work with them.
///
/// # Errors
/// [`FactError`] as for [`record`].
pub async fn works_with(ctx: &mut Ctx, permit: &Permit, words: &str, origin: Option<Uuid>) -> Result<(), FactError> {
    let person = PersonId(permit.id());
    let standing = people::load(ctx, person).await?;
    if standing.workers.contains(&ctx.actor.id.0) {
        return Ok(());
    }
    let involvement = NewFact { origin, ..NewFact::involvement(person, Some(ctx.actor.id), Class::Ordinary, words) };
    record(ctx, permit, involvement).await?;
    Ok(())
}

/// Ends what one origin opened: the involvement that came from it, and the grants.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn end_origin(ctx: &mut Ctx, origin: Uuid) -> Result<(), StoreError> {
    let now = ctx.now();
    store::end_involvement(&mut ctx.tx, ctx.area_id, origin, now).await?;
    store::end_grants(&mut ctx.tx, ctx.area_id, origin, None, now).await
}

/// Ends the grants that came from one decision or referral: of everything that was picked, or of these.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn end_grants(ctx: &mut Ctx, origin: Uuid, picked: Option<&[FactId]>) -> Result<(), StoreError> {
    let now = ctx.now();
    store::end_grants(&mut ctx.tx, ctx.area_id, origin, picked, now).await
}

/// Moves the end of the grants of something that was picked.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn extend_grants(ctx: &mut Ctx, picked: (Uuid, FactId), until_at: Option<Timestamp>) -> Result<(), StoreError> {
    let now = ctx.now();
    store::extend_grants(&mut ctx.tx, ctx.area_id, picked, until_at, now).await
}

/// Returns what is open because of one decision: each fact, and the one that was picked, in whose place it may be.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn open_from(ctx: &mut Ctx, origin: Uuid) -> Result<Vec<(FactId, FactId)>, StoreError> {
    let now = ctx.now();
    store::list_open_from(&mut ctx.tx, ctx.area_id, origin, now).await
}

/// Waits until nobody else opens or closes anything about somebody, and keeps others from it until this transaction ends: what was agreed
/// must not be taken back between being looked at and being used.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn hold_grants(ctx: &mut Ctx, person: PersonId) -> Result<(), StoreError> {
    ctx.tx.alone(ctx.area_id, &format!("grants of {person}")).await
}

/// Puts a fact in the place of one that was wrong; the wrong one stays, marked.
///
/// # Errors
/// [`FactError::Superseded`] when somebody was faster; [`FactError::Rule`]; [`FactError::Access`].
pub async fn correct(ctx: &mut Ctx, id: FactId, mut fact: NewFact) -> Result<FactId, FactError> {
    let (old, _) = permitted(ctx, Act::CorrectFact, id).await?;
    hold_grants(ctx, old.new.person).await?;
    fact.person = old.new.person;
    fact.kind = old.new.kind;
    fact.class = old.new.class;
    // A person's correction is their own: the next extract does not undo it.
    fact.origin = None;
    if fact.standing == Standing::Records {
        fact.standing = Standing::Seen;
    }
    let fact = rules::check(fact, ctx.clock.today())?;
    let recorded = Recorded { id: ctx.new_id(), author_id: Some(ctx.actor.id), agency_id: ctx.actor.agency_id, at: ctx.now() };
    store::insert(&mut ctx.tx, ctx.area_id, &fact, &recorded).await?;
    if !store::supersede(&mut ctx.tx, ctx.area_id, id, Some(recorded.id), recorded.at).await? {
        return Err(FactError::Superseded);
    }
    // Whoever was given what was wrong is given what is right.
    store::copy_grants(&mut ctx.tx, ctx.area_id, id, recorded.id, recorded.at).await?;
    rekey(ctx, &fact).await?;
    ctx.detail(serde_json::json!({ "fact": id.0, "by": recorded.id.0 }));
    Ok(recorded.id)
}

/// Takes back what somebody recorded about the wrong person, or that never was so: nothing takes its place, and it stays, marked.
///
/// What an agency's extract says is that agency's to take back.
///
/// # Errors
/// [`FactError::Superseded`] when somebody was faster; [`FactError::Why`] when nothing was said; [`FactError::Access`].
pub async fn withdraw(ctx: &mut Ctx, id: FactId, why: &str) -> Result<(), FactError> {
    let (old, _) = permitted(ctx, Act::CorrectFact, id).await?;
    if !old.may_be_withdrawn() {
        return Err(AccessError::Hidden(None).into());
    }
    let why = kernel::text::note(why, WHY_MAX)?;
    ctx.detail(serde_json::json!({ "fact": id.0, "withdrawn": why }));
    let now = ctx.now();
    if !store::supersede(&mut ctx.tx, ctx.area_id, id, None, now).await? {
        return Err(FactError::Superseded);
    }
    // What never was so is no more for whoever was told.
    store::end_grants_of(&mut ctx.tx, ctx.area_id, id, now).await?;
    Ok(())
}

/// Opens facts about a person to an agency. Only what the actor's own agency recorded, and the actor may read, can be given.
///
/// Rule \[3.27\]: what is shared is chosen item by item, and the recipient sees those and no more.
///
/// # Errors
/// [`AccessError::Hidden`] when one of the facts is not the actor's to read.
pub async fn grant(ctx: &mut Ctx, person: PersonId, ids: &[FactId], grant: &Grant) -> Result<(), AccessError> {
    let narrowing = ctx.narrow(Act::ReadFact, &FACT)?;
    let now = ctx.now();
    let readable = store::list(&mut ctx.tx, ctx.area_id, Of::Facts(ids), (&narrowing, now)).await?;
    let own_agency = ctx.actor.agency_id;
    let is_ours = |fact: &Fact| fact.new.person == person && fact.agency_id == own_agency && fact.superseded_at.is_none();
    if ids.iter().any(|id| !readable.iter().any(|fact| fact.id == *id && is_ours(fact))) {
        return Err(AccessError::Hidden(None));
    }
    for id in ids {
        store::insert_grant(&mut ctx.tx, ctx.area_id, *id, grant, now).await?;
    }
    Ok(())
}

/// Returns what the actor may read about these people now, the newest first.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail; never for what may not be read: that is not there.
pub async fn list_of(ctx: &mut Ctx, people: &[PersonId], kinds: Option<&[Kind]>) -> Result<Vec<Fact>, AccessError> {
    let narrowing = ctx.narrow(Act::ReadFact, &FACT)?;
    let now = ctx.now();
    let of = kinds.map_or(Of::People(people), |kinds| Of::Kinds(people, kinds));
    Ok(store::list(&mut ctx.tx, ctx.area_id, of, (&narrowing, now)).await?)
}

/// Returns what was ever recorded about these people, of these kinds, as far as the actor may read it: what was put right since as well.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn list_ever(ctx: &mut Ctx, people: &[PersonId], kinds: &[Kind]) -> Result<Vec<Fact>, AccessError> {
    let narrowing = ctx.narrow(Act::ReadFact, &FACT)?;
    let now = ctx.now();
    Ok(store::list(&mut ctx.tx, ctx.area_id, Of::Ever(people, kinds), (&narrowing, now)).await?)
}

/// Returns what the actor may read of what came from a contact or a run.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn list_from(ctx: &mut Ctx, origin: Uuid) -> Result<Vec<Fact>, AccessError> {
    let narrowing = ctx.narrow(Act::ReadFact, &FACT)?;
    let now = ctx.now();
    Ok(store::list(&mut ctx.tx, ctx.area_id, Of::Origin(origin), (&narrowing, now)).await?)
}

/// Returns these facts, as far as the actor may read them.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn list_these(ctx: &mut Ctx, ids: &[FactId]) -> Result<Vec<Fact>, AccessError> {
    let narrowing = ctx.narrow(Act::ReadFact, &FACT)?;
    let now = ctx.now();
    Ok(store::list(&mut ctx.tx, ctx.area_id, Of::Facts(ids), (&narrowing, now)).await?)
}

/// Returns everything that is known of somebody now, to count it by kind: for whoever may see what is visible to whom, not what it says. Where a
/// shield keeps somebody's place from them, nothing that would tell it.
///
/// # Errors
/// [`AccessError`] when the store fails.
pub async fn list_counted(ctx: &mut Ctx, permit: &Permit, tells_place: bool) -> Result<Vec<Fact>, AccessError> {
    assert!(permit.act() == Act::SeeVisibility, "only what is visible to whom is counted");
    let mut known = store::list_all(&mut ctx.tx, ctx.area_id, PersonId(permit.id())).await?;
    known.retain(|fact| tells_place || !(fact.agency_tells_place || rules::PLACES.contains(&fact.new.kind)));
    let mut counted = Vec::with_capacity(known.len());
    for fact in known {
        // How somebody is related to one who must not be known of is not counted; nor to one who was linked to somebody else.
        match fact.new.other() {
            None => counted.push(fact),
            Some(other) => match people::load(ctx, other).await {
                Ok(other) if !other.restricted || other.is_named(ctx.actor.id) => counted.push(fact),
                Ok(_) | Err(AccessError::Hidden(_)) => {}
                Err(e) => return Err(e),
            },
        }
    }
    Ok(counted)
}

/// Returns which of these facts a practitioner may read, whoever asks: for what is proposed to them.
///
/// # Errors
/// [`StoreError`] from the engine, and when the rules cannot be applied.
pub async fn readable_by(tx: &mut Tx, world: &World, somebody: &Actor, ids: &[FactId]) -> Result<BTreeSet<FactId>, StoreError> {
    let narrowing = world.policies.narrow(somebody, Act::ReadFact, &FACT).map_err(|e| StoreError::Corrupt(e.to_string()))?;
    if narrowing.is_nothing {
        return Ok(BTreeSet::new());
    }
    let readable = store::list(tx, world.area_id, Of::Facts(ids), (&narrowing, world.clock.now())).await?;
    Ok(readable.into_iter().map(|fact| fact.id).collect())
}

/// Returns the relationships in which these people are the other, as far as the actor may read them.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn list_toward(ctx: &mut Ctx, people: &[PersonId]) -> Result<Vec<Fact>, AccessError> {
    let narrowing = ctx.narrow(Act::ReadFact, &FACT)?;
    let now = ctx.now();
    Ok(store::list_toward(&mut ctx.tx, ctx.area_id, people, (&narrowing, now)).await?)
}

/// Returns a fact that the actor may read.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none for this actor.
pub async fn load(ctx: &mut Ctx, id: FactId) -> Result<Fact, AccessError> {
    Ok(permitted(ctx, Act::ReadFact, id).await?.0)
}

/// A fact with its history, the rules that let the actor read it, and the agencies it was shared with.
#[derive(Clone, Debug)]
pub struct Why {
    /// The fact.
    pub fact: Fact,
    /// What it replaced, as far as the actor may read it, the newest first.
    pub history: Vec<Fact>,
    /// The rules that decided.
    pub decided: Decided,
    /// Whether the actor may correct it.
    pub may_correct: bool,
    /// Whether the actor may take it back.
    pub may_withdraw: bool,
}

/// Returns why the actor can see a fact.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none for this actor.
pub async fn why(ctx: &mut Ctx, id: FactId) -> Result<Why, AccessError> {
    let (fact, resource) = permitted(ctx, Act::ReadFact, id).await?;
    let decided = ctx.decide(Act::ReadFact, &resource)?;
    let may_correct = fact.superseded_at.is_none() && ctx.may(Act::CorrectFact, &resource)?;
    let narrowing = ctx.narrow(Act::ReadFact, &FACT)?;
    let now = ctx.now();
    let history = store::list(&mut ctx.tx, ctx.area_id, Of::History(id), (&narrowing, now)).await?;
    let history = history.into_iter().filter(|earlier| earlier.id != id).collect();
    let may_withdraw = may_correct && fact.may_be_withdrawn();
    Ok(Why { fact, history, decided, may_correct, may_withdraw })
}

async fn permitted(ctx: &mut Ctx, act: Act, id: FactId) -> Result<(Fact, Resource), AccessError> {
    let fact = store::find(&mut ctx.tx, ctx.area_id, id).await?.ok_or(AccessError::Hidden(None))?;
    let resource = resource(ctx, &fact).await?;
    ctx.permit(act, &resource)?;
    Ok((fact, resource))
}

/// Returns a fact as the access rules would see it once it is opened to an agency, or to one practitioner of it alone: for a preview.
///
/// # Errors
/// [`AccessError::Store`].
pub async fn resource_if_granted(ctx: &mut Ctx, fact: &Fact, grant: &Grant) -> Result<Resource, AccessError> {
    let mut resource = resource(ctx, fact).await?;
    let (to, id) = match grant.audience {
        Audience::Agency => ("sharedWith", grant.to.0),
        Audience::Workers => ("sharedWithWorkers", grant.to.0),
        Audience::Named(practitioner) => ("sharedWithNamed", practitioner.0),
    };
    for (name, attr) in &mut resource.thing.attrs {
        if let (true, Attr::Many(_, ids)) = (*name == to, attr) {
            ids.push(id);
        }
    }
    Ok(resource)
}

/// Returns a fact as the access rules see it. That a fact is there is never told to whoever may not read it.
///
/// # Errors
/// [`AccessError::Store`].
pub async fn resource(ctx: &mut Ctx, fact: &Fact) -> Result<Resource, AccessError> {
    let person = people::load(ctx, fact.new.person).await?;
    let now = ctx.now();
    let grants = store::list_grants(&mut ctx.tx, ctx.area_id, fact.id, now).await?;
    let shared_with = |audience: &str| grants.iter().filter(|(to, _)| to == audience).map(|(_, id)| *id).collect::<Vec<_>>();
    let mut attrs = vec![
        ("kind", Attr::Text(fact.new.kind.as_str().to_owned())),
        ("class", Attr::Text(fact.new.class.as_str().to_owned())),
        ("agency", Attr::One("Agency", fact.agency_id.0)),
        ("agencyTellsPlace", Attr::Flag(fact.agency_tells_place)),
        ("person", Attr::One("Person", fact.new.person.0)),
        ("sharedWith", Attr::Many("Agency", shared_with("agency"))),
        ("sharedWithWorkers", Attr::Many("Agency", shared_with("workers"))),
        ("sharedWithNamed", Attr::Many("Practitioner", shared_with("named"))),
    ];
    if let Some(author) = fact.author_id {
        attrs.push(("author", Attr::One("Practitioner", author.0)));
    }
    let mut beside = vec![person.thing()];
    if let Shape::Relationship { other } = fact.new.shape {
        attrs.push(("other", Attr::One("Person", other.0)));
        beside.push(people::load(ctx, other).await?.thing());
    }
    let thing = Thing { kind: "Fact", id: fact.id.0, attrs };
    Ok(Resource { thing, beside, subject_id: Some(fact.new.person.0), hide_refusal: true })
}

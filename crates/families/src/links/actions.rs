//! Linking two people who are one, and undoing it.

use super::store::{self, NewLinkRow};
use super::{Link, LinkId};
use crate::facts::{self, Fact, FactId};
use crate::family;
use crate::lookup;
use crate::people::{self, PersonId, ShieldId};
use ::store::journal::Outcome;
use ::store::{AreaId, StoreError, StoreResult, Tx};
use access::{AccessError, Act, Ctx, PractitionerId, World};
use kernel::text::{self, TextError};
use uuid::Uuid;

/// Longest reason for a link, in characters.
pub const REASON_MAX: usize = 500;

/// Why two people were not linked, or a link not undone.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The reason does not read.
    #[error("Your reason {0}")]
    Reason(#[from] TextError),
    /// One of the two has been linked, or the link undone, in the meantime.
    #[error("Somebody else was faster: look again at who they are now")]
    Changed,
    /// Both are shielded, and not the same practitioners are named: whoever is named for one would be let into the other.
    #[error("Both are shielded, and different practitioners are named: agree who is named for both first")]
    NamedDiffer,
    /// A later link stands on this one.
    #[error("They were linked to somebody else since: undo that first")]
    Covered,
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for LinkError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

/// Why two people are linked.
#[derive(Clone, Copy, Debug)]
pub struct NewLink<'a> {
    /// In words.
    pub reason: &'a str,
    /// The weight it was proposed with.
    pub weight: Option<f32>,
    /// Who looked at it as well.
    pub seconded_by: Option<PractitionerId>,
}

/// Links a person (`linked`) to who they are known as (`kept`): whatever was theirs is the other's now.
///
/// Rule \[3.22\]: what is known of one person in several records is brought together, with a reason, and can be undone.
///
/// # Errors
/// [`LinkError::Access`] where the actor may not link one of the two; [`LinkError::Changed`]; [`LinkError::Reason`].
pub async fn link(ctx: &mut Ctx, kept: PersonId, linked: PersonId, new: NewLink<'_>) -> Result<LinkId, LinkError> {
    let reason = text::note(new.reason, REASON_MAX)?;
    people::open(ctx, Act::LinkPeople, linked).await?;
    ctx.detail(serde_json::json!({ "with": kept.0, "reason": reason }));
    people::open(ctx, Act::LinkPeople, kept).await?;
    let id: LinkId = ctx.new_id();
    ctx.detail(serde_json::json!({ "link": id.0, "with": linked.0, "reason": reason }));
    let at = ctx.now();
    let row = NewLinkRow {
        id,
        kept,
        linked,
        origin: None,
        weight: new.weight,
        reason: &reason,
        made_by: Some(ctx.actor.id),
        seconded_by: new.seconded_by,
        at,
    };
    if !are_named_alike(ctx, kept, linked).await? {
        return Err(LinkError::NamedDiffer);
    }
    if kept == linked || !store::insert(&mut ctx.tx, ctx.area_id, &row).await? {
        return Err(LinkError::Changed);
    }
    store::move_all(&mut ctx.tx, ctx.area_id, id, (linked, kept), at).await?;
    lookup::store::rekey(&mut ctx.tx, ctx.area_id, kept).await?;
    family::shield_families_of(ctx, kept).await?;
    Ok(id)
}

/// Whether a shield of one kind that both have names the same practitioners.
///
/// Rule \[3.30\]: being named for one shield passes no other (note 16).
async fn are_named_alike(ctx: &mut Ctx, one: PersonId, other: PersonId) -> Result<bool, StoreError> {
    let (of_one, of_other) =
        (store::shields_of(&mut ctx.tx, ctx.area_id, one).await?, store::shields_of(&mut ctx.tx, ctx.area_id, other).await?);
    let differ = |(_, kind, named): &(ShieldId, String, Vec<Uuid>)| {
        of_other.iter().any(|(_, of_kind, others)| of_kind == kind && others != named)
    };
    Ok(!of_one.iter().any(differ))
}

/// A record of an agency that is placed with a person.
#[derive(Clone, Copy, Debug)]
pub struct Placing<'a> {
    /// Whose it is.
    pub person: PersonId,
    /// The record, by its source and key.
    pub record: (&'a str, &'a str),
    /// What its facts carry as their origin.
    pub origin: Uuid,
    /// Why, in words.
    pub reason: &'a str,
    /// The weight it was placed with, where it was weighed.
    pub weight: Option<f32>,
    /// Who placed it; nobody where the area lets weights decide.
    pub by: Option<PractitionerId>,
}

/// Keeps a record's being placed with a person as a link that can be undone; the caller has marked the record as theirs, and records what
/// it says.
///
/// # Errors
/// [`StoreError::Busy`] when the person was linked to somebody else in the meantime; others from the engine.
pub async fn place(tx: &mut Tx, world: &World, placing: Placing<'_>) -> StoreResult<LinkId> {
    // Whoever it would be, should it turn out not to be this person.
    let linked = PersonId(world.ids.uuid(&world.clock));
    let at = world.clock.now();
    people::store::insert_all(tx, world.area_id, &[linked], at).await?;
    let row = NewLinkRow {
        id: LinkId(world.ids.uuid(&world.clock)),
        kept: placing.person,
        linked,
        origin: Some(placing.origin),
        weight: placing.weight,
        reason: placing.reason,
        made_by: placing.by,
        seconded_by: None,
        at,
    };
    if !store::insert(tx, world.area_id, &row).await? {
        return Err(StoreError::Busy("the person was linked to somebody else".to_owned()));
    }
    store::keep_record(tx, world.area_id, row.id, placing.record).await?;
    Ok(row.id)
}

/// Returns who is shielded of several people, and who decided it: nobody is linked to them by weight alone.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn shielded(tx: &mut Tx, area_id: AreaId, people: &[PersonId]) -> StoreResult<Vec<(PersonId, PractitionerId)>> {
    store::shielded(tx, area_id, people).await
}

/// Returns who somebody is known as since they were linked, or who they are: for what keeps a shield, which follows them whoever may find them.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn last(ctx: &mut Ctx, id: PersonId) -> Result<PersonId, StoreError> {
    let mut at = id;
    while let Some(kept) = store::linked_to(&mut ctx.tx, ctx.area_id, at).await? {
        at = kept;
    }
    Ok(at)
}

/// Returns who somebody is known as since they were linked, if the actor may find them.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn now_known_as(ctx: &mut Ctx, id: PersonId) -> Result<Option<PersonId>, AccessError> {
    let at = last(ctx, id).await?;
    if at == id {
        return Ok(None);
    }
    let standing = people::load(ctx, at).await?;
    Ok(ctx.may(Act::FindPerson, &standing.resource())?.then_some(at))
}

/// Returns the links that made somebody, the latest first, for whoever may undo them.
///
/// # Errors
/// [`AccessError`] when the actor may not link this person.
pub async fn list_of(ctx: &mut Ctx, id: PersonId) -> Result<Vec<Link>, AccessError> {
    people::open(ctx, Act::LinkPeople, id).await?;
    Ok(store::list_of(&mut ctx.tx, ctx.area_id, id).await?)
}

/// A link in force, and what people recorded about the person since.
#[derive(Clone, Debug)]
pub struct Since {
    /// The link.
    pub link: Link,
    /// What of it the actor may read.
    pub facts: Vec<Fact>,
    /// How much they may not: it stays with the person who is kept, until whoever recorded it says otherwise.
    pub unread: usize,
}

/// Returns a link in force and what people recorded about the person since, as far as the actor may read it: whose that is, only whoever
/// undoes the link can say.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none for this actor.
pub async fn since(ctx: &mut Ctx, id: LinkId) -> Result<Since, AccessError> {
    let link = store::find(&mut ctx.tx, ctx.area_id, id).await?.ok_or(AccessError::Hidden(None))?;
    people::open(ctx, Act::LinkPeople, link.kept).await?;
    let mut facts = facts::list_of(ctx, &[link.kept], None).await?;
    // Ids are in the order of time, also within one moment.
    facts.retain(|fact| fact.author_id.is_some() && fact.id.0 > link.id.0);
    let all = usize::try_from(store::count_since(&mut ctx.tx, ctx.area_id, &link).await?).unwrap_or(usize::MAX);
    let unread = all.saturating_sub(facts.len());
    Ok(Since { link, facts, unread })
}

/// Undoes a link: each has again what was theirs, what the same records have said since, and of what people recorded since what the actor
/// says is the linked person's. Returns the link that was undone.
///
/// # Errors
/// [`LinkError::Access`] where the actor may not; [`LinkError::Changed`]; [`LinkError::Covered`]; [`LinkError::Reason`].
pub async fn undo(ctx: &mut Ctx, id: LinkId, reason: &str, theirs: &[FactId]) -> Result<Link, LinkError> {
    let reason = text::note(reason, REASON_MAX)?;
    let Since { link, facts, .. } = since(ctx, id).await?;
    if theirs.iter().any(|fact| facts.iter().all(|since| since.id != *fact)) {
        return Err(AccessError::Hidden(None).into());
    }
    ctx.detail(serde_json::json!({ "link": id.0, "undone": reason, "apart": link.linked.0 }));
    ctx.tx.alone(ctx.area_id, "who is linked").await?;
    if store::is_covered(&mut ctx.tx, ctx.area_id, &link).await? {
        return Err(LinkError::Covered);
    }
    let now = ctx.now();
    if !store::mark_undone(&mut ctx.tx, ctx.area_id, &link, (ctx.actor.id, &reason, now)).await? {
        return Err(LinkError::Changed);
    }
    let shields = store::shields_of(&mut ctx.tx, ctx.area_id, link.kept).await?;
    store::move_back(&mut ctx.tx, ctx.area_id, &link, theirs, now).await?;
    // Whoever was shielded while they were one is shielded still, each of the two: too much is ended by a person, too little can kill.
    for person in [link.kept, link.linked] {
        let own = store::shields_of(&mut ctx.tx, ctx.area_id, person).await?;
        for (shield, kind, _) in &shields {
            if own.iter().all(|(_, of_kind, _)| of_kind != kind) {
                let copy: ShieldId = ctx.new_id();
                people::store::copy_shield(&mut ctx.tx, ctx.area_id, (*shield, copy), person, now).await?;
                ctx.note("shield_person", Outcome::Done, Some(person.0), serde_json::json!({ "kind": kind, "with": link.id.0 }));
            }
        }
        family::shield_families_of(ctx, person).await?;
    }
    lookup::store::rekey(&mut ctx.tx, ctx.area_id, link.linked).await?;
    ctx.note("link_people", Outcome::Done, Some(link.linked.0), serde_json::json!({ "undone": id.0, "reason": reason }));
    Ok(link)
}

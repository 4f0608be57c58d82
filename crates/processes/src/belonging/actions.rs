//! Finding who may belong to a family, and saying so.

use super::BelongingId;
use super::find::{Because, find};
use super::store;
use crate::matching::run::owner;
use ::store::journal::Outcome;
use ::store::{StoreError, StoreResult};
use access::{AccessError, Act, Ctx, Resource, World};
use area::Area;
use families::facts::Fact;
use families::family::{self, FamilyError, FamilyId, Part};
use families::lookup;
use families::people::{self, PERSON, PersonId};
use kernel::text::{self, TextError};
use kernel::{Date, Timestamp};
use std::collections::BTreeSet;

/// So many are shown: those that wait longest.
pub const SHOWN_MAX: usize = 50;
/// Longest reason, in characters.
pub const REASON_MAX: usize = 500;
const TOGETHER: usize = 200;

/// Somebody who may belong to a family.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// Which one.
    pub id: BelongingId,
    /// The family.
    pub family: FamilyId,
    /// What it is called.
    pub family_name: String,
    /// Who.
    pub person: PersonId,
    /// Why.
    pub because: BTreeSet<Because>,
    /// Who answers for saying so.
    pub owner: String,
    /// By when.
    pub due_on: Date,
    /// What changes with every change.
    pub version: i64,
}

/// A proposal with what tells those it speaks of apart.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The proposal.
    pub proposal: Proposal,
    /// The person's facts.
    pub person: Vec<Fact>,
    /// The facts of each member that a reason speaks of.
    pub members: Vec<(PersonId, Vec<Fact>)>,
}

/// Why nothing came of what somebody said.
#[derive(Debug, thiserror::Error)]
pub enum SayError {
    /// The reason does not read.
    #[error("Your reason {0}")]
    Reason(#[from] TextError),
    /// Somebody was faster.
    #[error("Somebody else has looked at it since you opened it")]
    Changed,
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for SayError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

/// Finds who may belong to families that are supported, after everybody was matched: `homes` are people who share one.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn propose(world: &World, area: &Area, homes: &[Vec<PersonId>], began: Timestamp) -> StoreResult<usize> {
    let mut tx = world.db.read().await?;
    let members = store::list_members(&mut tx, world.area_id).await?;
    let stated = store::list_stated(&mut tx, world.area_id).await?;
    drop(tx);
    let found: Vec<((FamilyId, PersonId), BTreeSet<Because>)> = find(&members, homes, &stated).into_iter().collect();
    for some in found.chunks(TOGETHER) {
        let mut tx = world.db.begin().await?;
        let owned = owner(&mut tx, world, area).await?;
        let rows: Vec<_> =
            some.iter().map(|(whom, because)| (BelongingId(world.ids.uuid(&world.clock)), *whom, because)).collect();
        store::save(&mut tx, world.area_id, &rows, (owned.owner, owned.due_on, owned.at)).await?;
        tx.commit(&world.ids).await?;
    }
    let mut tx = world.db.begin().await?;
    store::let_go(&mut tx, world.area_id, began).await?;
    tx.commit(&world.ids).await?;
    Ok(found.len())
}

/// Returns who may belong to a family, as far as the actor may say so.
///
/// # Errors
/// [`AccessError`] when the actor may not review.
pub async fn list(ctx: &mut Ctx) -> Result<Vec<Opened>, AccessError> {
    ctx.permit(Act::ReviewMatches, &Resource::area())?;
    let narrowing = ctx.narrow(Act::LinkPeople, &PERSON)?;
    let now = ctx.now();
    let proposals = store::list_open(&mut ctx.tx, ctx.area_id, (&narrowing, now), SHOWN_MAX).await?;
    let mut opened = Vec::with_capacity(proposals.len());
    for proposal in proposals {
        match with_facts(ctx, proposal).await {
            Ok(one) => opened.push(one),
            // A member it speaks of has been linked, has left or was shielded since: the next run proposes it anew, or not.
            Err(AccessError::Hidden(_) | AccessError::Refused(_)) => {}
            Err(e) => return Err(e),
        }
    }
    Ok(opened)
}

async fn with_facts(ctx: &mut Ctx, proposal: Proposal) -> Result<Opened, AccessError> {
    let person = to_match(ctx, proposal.person).await?;
    let mut members = Vec::new();
    for member in proposal.because.iter().map(Because::member).collect::<BTreeSet<_>>() {
        members.push((member, to_match(ctx, member).await?));
    }
    Ok(Opened { proposal, person, members })
}

/// Returns what tells somebody apart, and journals the look.
async fn to_match(ctx: &mut Ctx, person: PersonId) -> Result<Vec<Fact>, AccessError> {
    let standing = people::load(ctx, person).await?;
    if !ctx.may(Act::LinkPeople, &standing.resource())? {
        return Err(AccessError::Hidden(None));
    }
    ctx.note(Act::ReadToMatch.as_str(), Outcome::Seen, Some(person.0), serde_json::json!({}));
    lookup::to_match(ctx, person).await
}

/// Opens a proposal that waits.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none that the actor may decide.
pub async fn open(ctx: &mut Ctx, id: BelongingId) -> Result<Opened, AccessError> {
    ctx.permit(Act::ReviewMatches, &Resource::area())?;
    let narrowing = ctx.narrow(Act::LinkPeople, &PERSON)?;
    let now = ctx.now();
    let proposal = store::find(&mut ctx.tx, ctx.area_id, id, (&narrowing, now)).await?.ok_or(AccessError::Hidden(None))?;
    with_facts(ctx, proposal).await
}

/// Says that somebody belongs to a family, and how; or, without a part, that they do not.
///
/// # Errors
/// [`SayError`].
pub async fn say(ctx: &mut Ctx, id: BelongingId, part: Option<Part>, (reason, version): (&str, i64)) -> Result<(), SayError> {
    let reason = text::note(reason, REASON_MAX)?;
    let opened = open(ctx, id).await?;
    let proposal = opened.proposal;
    if let Some(part) = part {
        match family::add(ctx, proposal.family, proposal.person, part).await {
            Ok(()) => {}
            Err(FamilyError::Access(e)) => return Err(e.into()),
            Err(_) => return Err(SayError::Changed),
        }
    }
    let state = if part.is_some() { "belongs" } else { "apart" };
    let details = serde_json::json!({ "family": proposal.family.0, "said": part.map_or("no", Part::as_str), "reason": reason });
    ctx.note("decide_belonging", Outcome::Done, Some(proposal.person.0), details);
    let (by, now) = (ctx.actor.id, ctx.now());
    if store::save_said(&mut ctx.tx, ctx.area_id, (id, version), (state, by, &reason, now)).await? {
        Ok(())
    } else {
        Err(SayError::Changed)
    }
}

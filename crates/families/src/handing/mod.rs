//! Handing on: what falls to somebody falls to somebody else from the moment they leave or are suspended (report 3.40).
//!
//! Each folder says what of its tables falls to somebody ([`Handed`]); `desk::practitioners::leaving` hands all of it on. Read in this
//! order: this file, `store`.
//!
//! Invariant: nobody is handed what is about somebody whom a shield of existence hides from them; it goes to one who is named for them.
//! Invariant: a safeguarding lead who is there is named for each shield, while the area has one.
//! Invariant: whoever is named for somebody is handed what is about them, with whoever else that is about, and nothing besides.

mod store;
#[cfg(test)]
mod tests;

use crate::people::{PersonId, ShieldId};
use ::store::{AreaId, StoreResult, Tx};
use access::people::{find_actor, list_of_role};
use access::{Ctx, PractitionerId, Role};
use kernel::clock::Clock;
use kernel::ids::Ids;
use store::Which;
pub use store::{KNOWS, LEADS, WORKS_WITH, list_named_with};
use uuid::Uuid;

/// Rows of a table that fall to somebody until they have ended.
#[derive(Clone, Copy, Debug)]
pub struct Handed {
    /// The table: `contact`.
    pub table: &'static str,
    /// The column by which what they were is kept, where the table's past is kept.
    pub past: Option<&'static str>,
    /// The column with whose they are.
    pub owner: &'static str,
    /// Which have not ended: `outcome IS NULL`.
    pub open: &'static str,
    /// Who is handed them, as a condition on `$3`, after an `AND`: what needs a role is nobody's who lacks it. Empty where anybody may be.
    pub by: &'static str,
    /// Whom they are about, as a `SELECT` of persons: `SELECT contact.person_id`.
    pub about: &'static str,
    /// What else changes with whose they are: `, version = version + 1`. `$4` is when.
    pub also: &'static str,
}

/// Who does what somebody did, each what the ones before may not know of.
#[derive(Clone, Copy, Debug)]
pub struct Takers<'a> {
    /// Whoever was chosen.
    pub to: Option<PractitionerId>,
    /// Who is named with them for whoever is shielded, for that alone.
    pub named: &'a [PractitionerId],
    /// The safeguarding lead who is named for what nobody else may know of.
    pub lead: Option<PractitionerId>,
}

/// Who was named for a shield.
pub type Named = (PersonId, PractitionerId);

/// Hands on to a colleague that somebody works with a person, and their part in the team, where both came from one origin: a referral.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn origin(ctx: &mut Ctx, origin: Uuid, from_to: (PractitionerId, PractitionerId)) -> StoreResult<()> {
    let now = ctx.now();
    store::hand_origin(&mut ctx.tx, ctx.area_id, origin, from_to, now).await
}

/// Hands on everything of some tables that falls to somebody who is there no more, and their parts in teams. Returns how many rows, and for
/// whom the lead was named. With whom none of them may know that somebody worked, their agency still does. Done twice, it does nothing the
/// second time.
///
/// Rule \[3.40\]: nobody leaves without somebody who does what they did.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn on(
    tx: &mut Tx,
    area_id: AreaId,
    with: (&Clock, &Ids),
    (from, takers): (PractitionerId, Takers<'_>),
    all: &[Handed],
) -> StoreResult<(u64, Vec<Named>)> {
    let now = with.0.now();
    let mut count = 0;
    let mut named = Vec::new();
    let chosen = takers.to.into_iter().map(|to| (to, Which::All));
    for (to, which) in chosen.chain(takers.named.iter().map(|to| (*to, Which::Shielded))) {
        count += to_one(tx, area_id, (from, to), (all, which, now)).await?;
    }
    if let Some(lead) = takers.lead {
        // What is about several people may be hidden from each who is named for one of them.
        for handed in all {
            for (shield, person) in store::list_hiding(tx, area_id, handed, (from, lead)).await? {
                name(tx, area_id, with, ((shield, person), lead)).await?;
                named.push((person, lead));
            }
        }
        count += to_one(tx, area_id, (from, lead), (all, Which::All, now)).await?;
    }
    store::end_parts(tx, area_id, from, now).await?;
    Ok((count, named))
}

/// Returns whether anything of some tables, or a part in a team, falls to somebody still.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn is_any_left(tx: &mut Tx, area_id: AreaId, from: PractitionerId, all: &[Handed]) -> StoreResult<bool> {
    store::is_any_left(tx, area_id, from, all).await
}

async fn to_one(
    tx: &mut Tx,
    area_id: AreaId,
    between: (PractitionerId, PractitionerId),
    (all, which, now): (&[Handed], Which, kernel::Timestamp),
) -> StoreResult<u64> {
    let mut count = store::hand_team_parts(tx, area_id, between, (which, now)).await?;
    for handed in all {
        count += store::hand(tx, area_id, handed, between, (which, now)).await?;
    }
    Ok(count)
}

/// Sees that a safeguarding lead who is there is named for each shield: others who are named may know of somebody, but not end their shield,
/// nor name anybody. Returns who was named.
///
/// Rule \[ours-shield-work\]: a shield hides nobody from everybody who could help them.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn name_leads(
    tx: &mut Tx,
    area_id: AreaId,
    with: (&Clock, &Ids),
    preferred: Option<PractitionerId>,
) -> StoreResult<Vec<Named>> {
    let mut named = Vec::new();
    let Some(lead) = lead_of(tx, area_id, with.0, preferred).await? else { return Ok(named) };
    loop {
        let deserted = store::list_deserted(tx, area_id).await?;
        if deserted.is_empty() {
            return Ok(named);
        }
        for (shield, person) in deserted {
            name(tx, area_id, with, ((shield, person), lead)).await?;
            named.push((person, lead));
        }
    }
}

/// Returns the safeguarding lead who is named where nobody else can be: the preferred, if they are one; else the first who may work today.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn lead_of(
    tx: &mut Tx,
    area_id: AreaId,
    clock: &Clock,
    preferred: Option<PractitionerId>,
) -> StoreResult<Option<PractitionerId>> {
    let leads: Vec<_> = list_of_role(tx, area_id, Role::SafeguardingLead).await?.into_iter().map(|one| one.id).collect();
    if let Some(preferred) = preferred.filter(|one| leads.contains(one)) {
        return Ok(Some(preferred));
    }
    for lead in &leads {
        let actor = find_actor(tx, area_id, *lead, clock.today()).await?;
        if actor.is_some_and(|actor| actor.cleared && actor.trained) {
            return Ok(Some(*lead));
        }
    }
    Ok(leads.first().copied())
}

/// Names somebody for a shield besides who is: a copy takes its place, so that who was named until now stays known.
async fn name(
    tx: &mut Tx,
    area_id: AreaId,
    with: (&Clock, &Ids),
    ((shield, person), to): ((ShieldId, PersonId), PractitionerId),
) -> StoreResult<()> {
    let (copy, now) = (ShieldId(with.1.uuid(with.0)), with.0.now());
    crate::people::store::copy_shield(tx, area_id, (shield, copy), person, now).await?;
    store::replace_shield(tx, area_id, (shield, copy), to, now).await
}

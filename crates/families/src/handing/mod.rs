//! Handing on: what falls to somebody falls to somebody else from the moment they leave or are suspended (report 3.40).
//!
//! Each folder says what of its tables falls to somebody ([`Handed`]); `desk::practitioners::leaving` hands all of it on. Read in this
//! order: this file, `store`.
//!
//! Invariant: nobody is handed what is about somebody whom a shield of existence hides from them; it goes to one who is named for them.
//! Invariant: somebody who is there is named for each shield.

mod store;
#[cfg(test)]
mod tests;

use ::store::StoreError;
use ::store::journal::Outcome;
use access::people::list_of_role;
use access::{Act, Ctx, Permit, PractitionerId, Role};
use serde_json::json;
pub use store::{KNOWS, LEADS, WORKS_WITH};

/// Rows of a table that fall to somebody until they have ended.
#[derive(Clone, Copy, Debug)]
pub struct Handed {
    /// The table: `contact`.
    pub table: &'static str,
    /// The column by which what they were is kept, where the table's past is kept.
    pub past: Option<&'static str>,
    /// The column with whose they are.
    pub owner: &'static str,
    /// Which have not ended: `outcome IS NULL`. `$3` is who is handed them.
    pub open: &'static str,
    /// Whom they are about, as a `SELECT` of persons: `SELECT contact.person_id`.
    pub about: &'static str,
    /// What else changes with whose they are: `, version = version + 1`. `$4` is when.
    pub also: &'static str,
}

/// Hands on everything of some tables that falls to somebody who is there no more, and their parts in teams: to the first of `to` who may
/// know of it. Returns how many rows each was handed. With whom none of them may know that somebody worked, their agency still does.
///
/// Rule \[3.40\]: nobody leaves without somebody who does what they did.
///
/// # Errors
/// [`StoreError`] from the engine.
///
/// # Panics
/// With a permit to do something else than manage practitioners: a bug.
pub async fn on(
    ctx: &mut Ctx,
    permit: &Permit,
    (from, to): (PractitionerId, &[PractitionerId]),
    all: &[Handed],
) -> Result<Vec<(PractitionerId, u64)>, StoreError> {
    assert!(permit.act() == Act::ManagePractitioners, "only whoever manages practitioners hands their work on");
    let (area_id, now) = (ctx.area_id, ctx.now());
    let mut counts = Vec::with_capacity(to.len());
    for one in to {
        let mut count = store::hand_team_parts(&mut ctx.tx, area_id, (from, *one), now).await?;
        for handed in all {
            count += store::hand(&mut ctx.tx, area_id, handed, (from, *one), now).await?;
        }
        counts.push((*one, count));
    }
    store::end_parts(&mut ctx.tx, area_id, from, now).await?;
    Ok(counts)
}

/// Sees that somebody who is there is named for each shield that whoever left is named for, and returns who is named with them: whoever
/// decided first.
///
/// Rule \[ours-shield-work\]: a shield hides nobody from everybody who could help them.
///
/// # Errors
/// [`StoreError`] from the engine.
///
/// # Panics
/// With a permit to do something else than manage practitioners: a bug.
pub async fn named_instead(ctx: &mut Ctx, permit: &Permit, from: PractitionerId) -> Result<Vec<PractitionerId>, StoreError> {
    assert!(permit.act() == Act::ManagePractitioners, "only whoever manages practitioners has somebody named instead");
    let (area_id, now) = (ctx.area_id, ctx.now());
    let deserted = store::list_deserted(&mut ctx.tx, area_id, from).await?;
    if !deserted.is_empty() {
        let leads = list_of_role(&mut ctx.tx, area_id, Role::SafeguardingLead).await?;
        for (shield, person) in deserted {
            let Some(lead) = leads.first() else { break };
            let copy = crate::people::ShieldId(ctx.ids.uuid(&ctx.clock));
            crate::people::store::copy_shield(&mut ctx.tx, area_id, (shield, copy), person, now).await?;
            store::replace_shield(&mut ctx.tx, area_id, (shield, copy), lead.id, now).await?;
            ctx.note("name_for_shield", Outcome::Done, Some(person.0), json!({ "named": lead.id.0, "because_left": from.0 }));
        }
    }
    store::list_named_with(&mut ctx.tx, area_id, from).await
}

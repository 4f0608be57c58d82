//! Giving what is somebody's to do to a colleague: whoever takes on new work for a team sees to it that one of the team has it (report 3.40).
//!
//! Invariant: nothing is given to somebody who may not do it: it would be lost with them.

use crate::forms::Choice;
use ::store::StoreError;
use access::{AccessError, Act, AgencyId, Attr, Ctx, PractitionerId, Resource, Role};

/// Returns those of an agency whom something may be given to, by name, besides whoever has it.
///
/// # Errors
/// [`StoreError`] from the engine.
pub(crate) async fn colleagues(
    ctx: &mut Ctx,
    (agency, owner): (AgencyId, Option<PractitionerId>),
    chosen: &str,
) -> Result<Vec<Choice>, StoreError> {
    let mut known = access::people::list_colleagues(&mut ctx.tx, ctx.area_id, agency, Role::Practitioner).await?;
    for manager in access::people::list_colleagues(&mut ctx.tx, ctx.area_id, agency, Role::TeamManager).await? {
        if !known.iter().any(|one| one.id == manager.id) {
            known.push(manager);
        }
    }
    known.sort_by(|a, b| a.name.cmp(&b.name));
    let one = |known: access::people::Practitioner| {
        let id = known.id.to_string();
        Choice { chosen: id == chosen, id, words: known.name }
    };
    Ok(known.into_iter().filter(|known| Some(known.id) != owner).map(one).collect())
}

/// Returns the name of whom something is given to; nothing where they are not of the agency, or may not do it once it is theirs.
///
/// Rule \[3.40\]: what is handed on is handed to somebody who can do it.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub(crate) async fn given_to(
    ctx: &mut Ctx,
    (to, agency): (PractitionerId, AgencyId),
    (act, resource): (Act, Resource),
) -> Result<Option<String>, AccessError> {
    let today = ctx.clock.today();
    let Some(actor) = access::people::find_actor(&mut ctx.tx, ctx.area_id, to, today).await? else { return Ok(None) };
    let may = actor.agency_id == agency && ctx.decide_for(&actor, act, &owned_by(resource, to))?.allowed;
    Ok(may.then_some(actor.name))
}

/// Returns something as the access rules see it once it is another's.
pub(crate) fn owned_by(mut resource: Resource, owner: PractitionerId) -> Resource {
    resource.thing.attrs.retain(|(name, _)| *name != "owner");
    resource.thing.attrs.push(("owner", Attr::One("Practitioner", owner.0)));
    resource
}

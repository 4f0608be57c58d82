//! Who else can: groups that the rules let in, and practitioners whom the asker may know to work with somebody.

use access::policies::Rule;
use access::{AccessError, Act, Actor, AgencyId, Ctx, PractitionerId, Resource, Role};
use families::facts::{self, Kind, Shape};
use families::family;
use families::people::PersonId;
use serde::Serialize;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Those who are let in, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reader {
    /// Who.
    pub who: String,
    /// The rules that let them in.
    pub rules: Vec<Rule>,
}

/// Somebody of an agency who is one thing, and has no work with anybody.
fn anybody(agency: AgencyId, role: Role) -> Actor {
    Actor {
        id: PractitionerId(Uuid::nil()),
        agency_id: agency,
        name: String::new(),
        agency: String::new(),
        sensitive: false,
        roles: BTreeSet::from([role]),
        cleared: true,
        trained: true,
    }
}

/// Returns who else may do an act to something about somebody, as far as the asker may know of them.
///
/// Rule \[3.27\]: whoever may see something may know who else can, but for those whose work with them is itself kept from the asker.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn else_can(
    ctx: &mut Ctx,
    act: Act,
    resource: &Resource,
    (person, recorded_by): (PersonId, Option<AgencyId>),
) -> Result<Vec<Reader>, AccessError> {
    let involvements = facts::list_of(ctx, &[person], Some(&[Kind::Involvement])).await?;
    let mut readers = Vec::new();
    // What anybody anywhere may, and what a role may wherever it is.
    let nowhere = AgencyId(Uuid::nil());
    let everybody = ctx.decide_for(&anybody(nowhere, Role::Practitioner), act, resource)?;
    if everybody.allowed {
        readers.push(Reader { who: "Every practitioner with a reason to look".to_owned(), rules: everybody.rules });
        return Ok(readers);
    }
    for role in Role::ALL {
        let decided = ctx.decide_for(&anybody(nowhere, role), act, resource)?;
        if decided.allowed {
            readers.push(Reader { who: format!("Whoever is {} of this area", role.words()), rules: decided.rules });
        }
    }
    let may_know: BTreeSet<AgencyId> =
        involvements.iter().map(|fact| fact.agency_id).chain(recorded_by).chain([ctx.actor.agency_id]).collect();
    for agency in access::people::list_agencies(&mut ctx.tx, ctx.area_id).await? {
        let decided = ctx.decide_for(&anybody(agency.id, Role::Practitioner), act, resource)?;
        if decided.allowed && may_know.contains(&agency.id) {
            readers.push(Reader { who: format!("Everybody of {} who works with families", agency.name), rules: decided.rules });
        }
    }
    readers.extend(workers(ctx, act, resource, (person, &involvements, &readers)).await?);
    Ok(readers)
}

/// Returns the practitioners whom the asker may know to work with somebody, or to be in the team around them, and who may.
async fn workers(
    ctx: &mut Ctx,
    act: Act,
    resource: &Resource,
    (person, involvements, groups): (PersonId, &[facts::Fact], &[Reader]),
) -> Result<Vec<Reader>, AccessError> {
    let mut known: Vec<PractitionerId> = involvements
        .iter()
        .filter(|fact| fact.ended_at.is_none())
        .filter_map(|fact| match fact.new.shape {
            Shape::Involvement { practitioner } => practitioner,
            Shape::Plain | Shape::Name { .. } | Shape::Address { .. } | Shape::Identifier(_) | Shape::Relationship { .. } => None,
        })
        .collect();
    known.extend(family::around(ctx, person).await?.iter().flat_map(|around| around.team.iter().map(|member| member.id)));
    known.sort();
    known.dedup();
    let today = ctx.clock.today();
    let mut readers = Vec::new();
    for id in known.into_iter().filter(|id| *id != ctx.actor.id) {
        let Some(actor) = access::people::find_actor(&mut ctx.tx, ctx.area_id, id, today).await? else { continue };
        let decided = ctx.decide_for(&actor, act, resource)?;
        let is_of_group = groups.iter().any(|group| group.who.contains(&actor.agency));
        if decided.allowed && !is_of_group {
            readers.push(Reader { who: access::people::signature(&actor), rules: decided.rules });
        }
    }
    Ok(readers)
}

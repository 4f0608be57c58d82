//! What of somebody is visible to whom of an agency, and why: how many facts of each kind, never what they say.

use access::policies::Rule;
use access::{AccessError, Act, Actor, AgencyId, Ctx, PractitionerId, Role, World};
use families::facts::{self, Class, Fact, FactId, Kind};
use families::people::{self, PersonId};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

const READERS_MAX: usize = 20;

/// What one practitioner may read of what is known.
#[derive(Clone, Debug, Serialize)]
pub struct Reader {
    /// Who.
    pub who: String,
    /// The rules that let them open the page; none where they may not.
    pub opens: Vec<Rule>,
    /// How much of each kind.
    pub lines: Vec<Line>,
}

/// How much of one kind, recorded by one agency, somebody may read.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// What, and who recorded it.
    pub what: String,
    /// How many there are.
    pub count: usize,
    /// How many of them they may read.
    pub readable: usize,
    /// The rules that let them read those; those that keep them from all of it, where none is readable.
    pub rules: Vec<Rule>,
}

/// Returns what of somebody is visible to those of an agency who work with them, and to anybody else of it.
///
/// Rule \[3.27\]: whoever answers for how information is used can tell what is visible to whom, and by which rule.
///
/// # Errors
/// [`AccessError::Hidden`] when the actor may not ask about them.
pub async fn to_agency(ctx: &mut Ctx, world: &World, person: PersonId, agency: AgencyId) -> Result<Vec<Reader>, AccessError> {
    let (standing, permit) = people::open(ctx, Act::SeeVisibility, person).await?;
    ctx.detail(serde_json::json!({ "agency": agency.0 }));
    let tells_place = !standing.location_shielded || standing.is_named_for_place(ctx.actor.id);
    let tells =
        access::people::list_agencies(&mut ctx.tx, ctx.area_id).await?.iter().any(|one| one.id == agency && one.tells_place);
    if tells && !tells_place {
        // That a school or a landlord works with them, or does not, would tell where they are.
        return Ok(Vec::new());
    }
    let known = facts::list_counted(ctx, &permit, tells_place).await?;
    let today = ctx.clock.today();
    let mut readers = Vec::new();
    let mut ids: Vec<PractitionerId> = standing.practitioners();
    for role in [Role::Practitioner, Role::TeamManager, Role::SafeguardingLead] {
        let colleagues = access::people::list_colleagues(&mut ctx.tx, ctx.area_id, agency, role).await?;
        ids.extend(colleagues.iter().take(2).map(|one| one.id));
    }
    let mut seen = BTreeSet::new();
    ids.retain(|id| seen.insert(*id));
    for id in ids {
        let Some(actor) = access::people::find_actor(&mut ctx.tx, ctx.area_id, id, today).await? else { continue };
        if actor.agency_id != agency || readers.len() == READERS_MAX {
            continue;
        }
        let opens = ctx.decide_for(&actor, Act::OpenPerson, &standing.resource())?;
        let opens = if opens.allowed { opens.rules } else { Vec::new() };
        let lines = lines(ctx, world, &actor, &known).await?;
        readers.push(Reader { who: described(&actor, &standing), opens, lines });
    }
    Ok(readers)
}

fn described(actor: &Actor, standing: &people::Standing) -> String {
    let roles: Vec<&str> = actor.roles.iter().map(|role| role.words()).collect();
    let stands = if standing.practitioners().contains(&actor.id) { "" } else { ", who has no work with them" };
    format!("{}, {}{stands}", actor.name, roles.join(" and "))
}

async fn lines(ctx: &mut Ctx, world: &World, actor: &Actor, known: &[Fact]) -> Result<Vec<Line>, AccessError> {
    let ids: Vec<FactId> = known.iter().map(|fact| fact.id).collect();
    let readable = facts::readable_by(&mut ctx.tx, world, actor, &ids).await?;
    let mut groups: BTreeMap<(Kind, Class, String), Vec<&Fact>> = BTreeMap::new();
    for fact in known {
        groups.entry((fact.new.kind, fact.new.class, fact.agency.clone())).or_default().push(fact);
    }
    let mut lines = Vec::new();
    for ((kind, class, agency), facts) in groups {
        let can: Vec<&&Fact> = facts.iter().filter(|fact| readable.contains(&fact.id)).collect();
        let mut rules: Vec<Rule> = Vec::new();
        // One that they may read tells why; where they may read none, one that they may not.
        for fact in can.first().into_iter().copied().chain(facts.first().filter(|_| can.is_empty())) {
            let resource = facts::resource(ctx, fact).await?;
            rules.extend(ctx.decide_for(actor, Act::ReadFact, &resource)?.rules);
        }
        let what = format!("{}, {}, recorded by {agency}", kind.as_str(), class.as_str().replace('_', " "));
        lines.push(Line { what, count: facts.len(), readable: can.len(), rules });
    }
    Ok(lines)
}

//! What can be picked to share, what was said about it, and what the other would see.

use super::decision::{Label, Protection, Recipient};
use super::path::Situation;
use super::rules;
use crate::agreements;
use crate::agreements::rules::Said;
use access::{AccessError, Act, Actor, AgencyId, Ctx, PractitionerId, Role};
use area::Area;
use families::facts::{self, Audience, Class, Fact, FactId, Grant, Kind, words};
use families::people::{self, PersonId, ShieldKind};
use families::{family, search};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Something that can be picked.
#[derive(Clone, Debug)]
pub struct Offered {
    /// The fact.
    pub fact: Fact,
    /// About whom, by the name the actor may read.
    pub name: String,
    /// What it says.
    pub words: String,
    /// What it is to whoever reads it.
    pub label: Label,
    /// Why it is left out unless a reason is given.
    pub protection: Protection,
    /// The kind of information it belongs to, by id.
    pub information: String,
    /// Whether it was told in confidence.
    pub is_confidential: bool,
}

/// Returns what the actor's agency can share of somebody and whoever belongs to them: what it recorded itself, and the actor may read.
///
/// Rule \[3.28\]: an agency shares what it knows itself; what it was told by another is that one's to share.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn offered(ctx: &mut Ctx, area: &Area, focus: PersonId) -> Result<Vec<Offered>, AccessError> {
    let arounds = family::around(ctx, focus).await?;
    // Whoever belongs to them can be named in what is written, whether or not the actor works with them too.
    let circle = family::circle(ctx, focus, &arounds).await?;
    let names: BTreeMap<PersonId, String> = circle.iter().copied().zip(search::names_of(ctx, &circle).await?).collect();
    let mut persons = Vec::new();
    for person in circle {
        let standing = people::load(ctx, person).await?;
        if ctx.may(Act::DecideToShare, &standing.resource())? {
            persons.push(person);
        }
    }
    let shielded: Vec<(PersonId, ShieldKind)> = people::shielded(ctx, &persons).await?;
    let own_agency = ctx.actor.agency_id;
    let known = facts::list_of(ctx, &persons, None).await?;
    let mut offered: Vec<Offered> = known
        .into_iter()
        .filter(|fact| fact.agency_id == own_agency)
        .filter_map(|fact| {
            let others: Vec<String> =
                names.iter().filter(|(person, _)| **person != fact.new.person).map(|(_, name)| name.clone()).collect();
            let name = names.get(&fact.new.person).cloned().unwrap_or_default();
            let information = area.sharing.information_of(fact.new.kind.as_str(), &fact.new.term);
            Some(Offered {
                words: words_of(area, &fact)?,
                name: name.clone(),
                label: rules::label(fact.new.standing),
                protection: rules::protection(&fact, &shielded, (&name, &others)),
                information: information.map_or_else(String::new, |one| one.id.clone()),
                is_confidential: fact.new.class != Class::Ordinary,
                fact,
            })
        })
        .collect();
    // Whom it was asked about comes first, then their family; of each, what needs no reason first.
    offered.sort_by_key(|one| (one.fact.new.person != focus, one.name.clone(), one.protection != Protection::None));
    Ok(offered)
}

/// Returns what an item says to whoever is told; nothing for who somebody is, which goes with everything.
pub fn words_of(area: &Area, fact: &Fact) -> Option<String> {
    let number = || (fact.new.kind == Kind::Identifier).then(|| words::detail(area, fact));
    words::sentence(area, fact).or_else(number)
}

/// Returns what was said about telling an agency what was picked, of each item that was told in confidence.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn situation(
    ctx: &mut Ctx,
    offered: &[Offered],
    picked: &[FactId],
    to: Option<AgencyId>,
) -> Result<Situation, AccessError> {
    let mut confidential = Vec::new();
    for one in offered.iter().filter(|one| one.is_confidential && picked.contains(&one.fact.id)) {
        confidential.push(match to {
            Some(agency) => agreements::said_about(ctx, one.fact.new.person, (agency, &one.information)).await?,
            None => Said::NotAsked,
        });
    }
    Ok(Situation { confidential })
}

/// An item as the other would see it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// About whom.
    pub name: String,
    /// What it says.
    pub words: String,
    /// Whether it is fact, told or opinion.
    pub label: Label,
    /// Who said so, and how old that is: they see that too.
    pub source: String,
    /// Whether they would see it: a shield can keep it from them whoever shares it.
    pub is_seen: bool,
}

/// Returns exactly what the other would see, decided by the same rules that will decide when they look.
///
/// Rule \[3.28\]: whoever shares sees beforehand what the other will see, and the other sees no more.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn preview(ctx: &mut Ctx, offered: &[Offered], picked: &[FactId], to: &Recipient) -> Result<Vec<Shown>, AccessError> {
    let mut shown = Vec::new();
    let recipient = match to.agency {
        Some(agency) => Some((agency, recipient(ctx, agency, to.named).await?)),
        None => None,
    };
    let today = ctx.clock.today();
    for one in offered.iter().filter(|one| picked.contains(&one.fact.id)) {
        let is_seen = match &recipient {
            Some((agency, actor)) => {
                let grant = Grant { to: *agency, audience: Audience::Named(actor.id), origin: Uuid::nil(), until_at: None };
                let resource = facts::resource_if_granted(ctx, &one.fact, &grant).await?;
                ctx.decide_for(actor, Act::ReadFact, &resource)?.allowed
            }
            None => true,
        };
        let source = words::source(&one.fact, today);
        shown.push(Shown { name: one.name.clone(), words: one.words.clone(), label: one.label, source, is_seen });
    }
    Ok(shown)
}

/// Whoever sees first that it arrives: who is named, else who answers for the agency; where there is nobody yet, anybody of it.
async fn recipient(ctx: &mut Ctx, agency: AgencyId, named: Option<PractitionerId>) -> Result<Actor, AccessError> {
    let today = ctx.clock.today();
    let receiver = match named {
        Some(named) => Some(named),
        None => access::people::find_answerable(&mut ctx.tx, ctx.area_id, Some(agency), today).await?,
    };
    if let Some(receiver) = receiver
        && let Some(actor) = access::people::find_actor(&mut ctx.tx, ctx.area_id, receiver, today).await?
    {
        return Ok(actor);
    }
    Ok(Actor {
        id: PractitionerId(Uuid::nil()),
        agency_id: agency,
        name: String::new(),
        agency: String::new(),
        sensitive: false,
        roles: BTreeSet::from([Role::Practitioner]),
        cleared: true,
        trained: true,
    })
}

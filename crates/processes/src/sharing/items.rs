//! What can be picked to share, what was said about it, and what the other would see.

use super::decision::{Label, Protection, Recipient};
use super::path::Situation;
use super::rules;
use crate::agreements::rules::{Said, said};
use crate::agreements::{self, Agreement};
use access::{AccessError, Act, Actor, AgencyId, Ctx, PractitionerId, Role};
use area::Area;
use families::facts::{self, Class, Fact, FactId, Grant, words};
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
    let mut persons = Vec::new();
    for person in family::circle(ctx, focus, &arounds).await? {
        let standing = people::load(ctx, person).await?;
        if ctx.may(Act::DecideToShare, &standing.resource())? {
            persons.push(person);
        }
    }
    let names: BTreeMap<PersonId, String> = persons.iter().copied().zip(search::names_of(ctx, &persons).await?).collect();
    let shielded: Vec<(PersonId, ShieldKind)> = people::shielded(ctx, &persons).await?;
    let own_agency = ctx.actor.agency_id;
    let known = facts::list_of(ctx, &persons, None).await?;
    let mut offered: Vec<Offered> = known
        .into_iter()
        .filter(|fact| fact.agency_id == own_agency)
        .filter_map(|fact| {
            let others: Vec<String> =
                names.iter().filter(|(person, _)| **person != fact.new.person).map(|(_, name)| name.clone()).collect();
            let information = area.sharing.information_of(fact.new.kind.as_str(), &fact.new.term);
            Some(Offered {
                words: words::sentence(area, &fact)?,
                name: names.get(&fact.new.person).cloned().unwrap_or_default(),
                label: rules::label(fact.new.standing),
                protection: rules::protection(&fact, &shielded, &others),
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
    let today = ctx.clock.today();
    let chosen: Vec<&Offered> = offered.iter().filter(|one| one.is_confidential && picked.contains(&one.fact.id)).collect();
    let persons: BTreeSet<PersonId> = chosen.iter().map(|one| one.fact.new.person).collect();
    let mut known: BTreeMap<PersonId, Vec<Agreement>> = BTreeMap::new();
    for person in persons {
        known.insert(person, agreements::of_person(ctx, person).await?);
    }
    let of = |one: &&Offered| match (to, known.get(&one.fact.new.person)) {
        (Some(agency), Some(agreements)) => said(agreements, (agency, &one.information), today),
        (Some(_), None) | (None, _) => Said::NotAsked,
    };
    Ok(Situation { confidential: chosen.iter().map(of).collect() })
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
    for one in offered.iter().filter(|one| picked.contains(&one.fact.id)) {
        let is_seen = match &recipient {
            Some((agency, actor)) => {
                let grant = Grant { to: *agency, alone: to.named, origin: Uuid::nil(), until_at: None };
                let resource = facts::resource_if_granted(ctx, &one.fact, &grant).await?;
                ctx.decide_for(actor, Act::ReadFact, &resource)?.allowed
            }
            None => true,
        };
        shown.push(Shown { name: one.name.clone(), words: one.words.clone(), label: one.label, is_seen });
    }
    Ok(shown)
}

/// Whoever of an agency has no work with anybody yet; or the one who is named.
async fn recipient(ctx: &mut Ctx, agency: AgencyId, named: Option<PractitionerId>) -> Result<Actor, AccessError> {
    let today = ctx.clock.today();
    if let Some(named) = named
        && let Some(actor) = access::people::find_actor(&mut ctx.tx, ctx.area_id, named, today).await?
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

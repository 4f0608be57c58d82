//! Facts from agencies' records: recorded by nobody, so they need no permit; who loads them is for the feeds to ask.

use super::fact::{Fact, FactId, Kind, NewFact, Scheme, Shape};
use super::store::{self, Recorded};
use crate::lookup;
use crate::people::{self, PersonId};
use ::store::{AreaId, StoreResult, Tx};
use access::{AgencyId, World};
use kernel::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Adds people whom verified records name.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn insert_people(tx: &mut Tx, area_id: AreaId, ids: &[PersonId], at: Timestamp) -> StoreResult<()> {
    people::store::insert_all(tx, area_id, ids, at).await
}

/// What one record says about a person.
#[derive(Clone, Debug)]
pub struct Said {
    /// Whose record it is.
    pub agency_id: AgencyId,
    /// The record: its facts carry this as their origin.
    pub origin: Uuid,
    /// Whether it may have said something before.
    pub spoke_before: bool,
    /// What it says now.
    pub facts: Vec<NewFact>,
}

/// Keeps what records say now: what one said before and says no more is superseded, or withdrawn; what it says still is left alone.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn keep(tx: &mut Tx, world: &World, records: &[Said]) -> StoreResult<()> {
    let people = records.iter().filter(|said| said.spoke_before).flat_map(|said| &said.facts).map(|fact| fact.person).collect();
    let mut before: BTreeMap<Uuid, Vec<Fact>> = BTreeMap::new();
    for fact in store::list_of_records(tx, world.area_id, &people).await? {
        before.entry(fact.new.origin.unwrap_or_default()).or_default().push(fact);
    }
    let at = world.clock.now();
    let (mut new, mut superseded) = (Vec::new(), Vec::new());
    for said in records {
        let before = before.get(&said.origin).map_or(&[][..], Vec::as_slice);
        for fact in &said.facts {
            // What the record said last counts, though a person may have corrected it since: saying it again undoes nothing.
            let last = before.iter().find(|old| about(&old.new) == about(fact));
            if last.is_some_and(|old| !old.is_withdrawn() && says_the_same(&old.new, fact)) {
                continue;
            }
            let id = FactId(world.ids.uuid(&world.clock));
            new.push((fact, Recorded { id, author_id: None, agency_id: said.agency_id, at }));
            superseded.extend(last.map(|old| (old.id, Some(id))));
        }
        let is_said_no_more = |old: &&Fact| !said.facts.iter().any(|fact| about(fact) == about(&old.new));
        superseded.extend(before.iter().filter(is_said_no_more).map(|old| (old.id, None)));
    }
    let with_new: BTreeSet<Uuid> = new.iter().filter_map(|(fact, _)| fact.origin).collect();
    let has_new = |said: &&Said| with_new.contains(&said.origin);
    let keyed =
        records.iter().filter(has_new).filter_map(|said| said.facts.first().map(|fact| (fact.person, said.facts.as_slice())));
    lookup::store::insert_keys_of(tx, world.area_id, keyed).await?;
    store::insert_all(tx, world.area_id, &new).await?;
    for (old, by) in superseded {
        if let Some(new) = by {
            // Whoever was given what an agency's record said is given what it says now.
            store::copy_grants(tx, world.area_id, old, new, at).await?;
        }
        store::supersede(tx, world.area_id, old, by, at).await?;
    }
    Ok(())
}

/// A record says one thing about each of these.
fn about(fact: &NewFact) -> (Kind, Option<Scheme>) {
    match &fact.shape {
        Shape::Identifier(identifier) => (fact.kind, Some(identifier.scheme)),
        Shape::Plain | Shape::Name { .. } | Shape::Address { .. } | Shape::Relationship { .. } | Shape::Involvement { .. } => {
            (fact.kind, None)
        }
    }
}

fn says_the_same(old: &NewFact, new: &NewFact) -> bool {
    old.kind == Kind::Involvement
        || (old.shape == new.shape && old.words == new.words && old.term == new.term && old.holds_from == new.holds_from)
}

//! Facts from agencies' records: recorded by nobody, so they need no permit; who loads them is for the feeds to ask.

use super::fact::{FactId, Kind, NewFact, Shape};
use super::store::{self, Recorded};
use crate::people::{self, PersonId};
use ::store::{AreaId, StoreResult, Tx};
use access::{AgencyId, World};
use kernel::Timestamp;

/// Adds somebody whom a verified record names.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn insert_person(tx: &mut Tx, area_id: AreaId, id: PersonId, at: Timestamp) -> StoreResult<()> {
    people::store::insert(tx, area_id, id, at).await
}

/// Keeps what one record says now: what it said before and says no more is superseded, what it says still is left alone.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn keep(tx: &mut Tx, world: &World, agency_id: AgencyId, facts: Vec<NewFact>) -> StoreResult<()> {
    let Some(origin) = facts.first().and_then(|fact| fact.origin) else { return Ok(()) };
    let before = store::list_of_origin(tx, world.area_id, origin).await?;
    for fact in facts {
        // What the record said last counts, though a person may have corrected it since: saying it again undoes nothing.
        let last = before.iter().find(|(_, old)| is_about_the_same(old, &fact));
        if last.is_some_and(|(_, old)| says_the_same(old, &fact)) {
            continue;
        }
        let recorded = Recorded { id: FactId(world.ids.uuid(&world.clock)), author_id: None, agency_id, at: world.clock.now() };
        store::insert(tx, world.area_id, &fact, &recorded).await?;
        if let Some((old, _)) = last {
            store::supersede(tx, world.area_id, *old, recorded.id, recorded.at).await?;
        }
    }
    Ok(())
}

fn is_about_the_same(old: &NewFact, new: &NewFact) -> bool {
    let scheme = |fact: &NewFact| match &fact.shape {
        Shape::Identifier(identifier) => Some(identifier.scheme),
        Shape::Plain | Shape::Name { .. } | Shape::Address { .. } | Shape::Relationship { .. } | Shape::Involvement { .. } => {
            None
        }
    };
    old.kind == new.kind && scheme(old) == scheme(new)
}

fn says_the_same(old: &NewFact, new: &NewFact) -> bool {
    old.kind == Kind::Involvement
        || (old.shape == new.shape && old.words == new.words && old.term == new.term && old.holds_from == new.holds_from)
}

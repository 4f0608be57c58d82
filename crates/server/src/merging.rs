//! Agencies that are part of another now, as `agencies.toml` says: nothing that one of them was asked is asked of nobody.
//!
//! What is open goes to the other, with whoever worked there and whom they work with. What was recorded stays theirs who recorded it, and
//! whoever of the other works with the person reads it.

use access::people::merging::{self, OfAgency};
use access::{AgencyId, World, people};
use serde_json::json;
use std::collections::BTreeMap;
use store::journal::{Entry, Outcome};
use store::{StoreResult, Tx};

/// What is an agency's until it has ended.
const ALL: [OfAgency; 10] = [
    merging::PRACTITIONERS,
    families::handing::KNOWS,
    frontline::contacts::RECORDED,
    frontline::contracts::AGREED_TO,
    frontline::contracts::PROMISED,
    frontline::referrals::ASKED,
    frontline::referrals::SENT,
    processes::requests::ASKED,
    processes::requests::SENT,
    processes::brokering::ASKED,
];

/// Gives what is an agency's that is no more to the one that it is part of. Done twice, it does nothing the second time.
///
/// Rule \[3.42\]: what was asked of a service is not lost when its agency becomes part of another.
///
/// # Errors
/// [`store::StoreError`] from the engine.
pub(crate) async fn settle(world: &World) -> StoreResult<()> {
    let mut tx = world.db.begin().await?;
    let agencies = people::list_agencies(&mut tx, world.area_id).await?;
    let of_code: BTreeMap<&str, AgencyId> = agencies.iter().map(|agency| (agency.code.as_str(), agency.id)).collect();
    for agency in &agencies {
        let Some(to) = agency.merged_into.as_deref().and_then(|code| of_code.get(code)) else { continue };
        merge(world, &mut tx, (agency.id, *to)).await?;
    }
    tx.commit(&world.ids).await
}

async fn merge(world: &World, tx: &mut Tx, (from, to): (AgencyId, AgencyId)) -> StoreResult<()> {
    let (area_id, now) = (world.area_id, world.clock.now());
    let mut given = BTreeMap::new();
    for of in ALL {
        given.insert(format!("{} {}", of.table, of.column), merging::give(tx, area_id, &of, (from, to), now).await?);
    }
    let asked = frontline::referrals::list_asked(tx, area_id, to).await?;
    let read = families::facts::grant_to_successor(tx, area_id, (from, to), &asked, now).await?;
    given.insert("fact read".to_owned(), read);
    if given.values().all(|count| *count == 0) {
        return Ok(());
    }
    tx.journal(Entry {
        area_id,
        at: now,
        act: "merge_agency".to_owned(),
        outcome: Outcome::Done,
        actor_id: None,
        agency_id: Some(to.0),
        subject_id: None,
        rule: "3.42".to_owned(),
        payload: json!({ "from": from.0, "to": to.0, "given": given }),
    });
    Ok(())
}

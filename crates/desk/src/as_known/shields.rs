//! What a shield keeps from the reviewer today is taken out of every day they are shown.

use ::store::Row;
use ::store::slice::Slice;
use access::{AccessError, Ctx};
use families::people::{self, PersonId};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What tells where somebody is, or how to reach them.
const TELLS_PLACE: [&str; 4] = ["address", "phone", "email", "school"];
const OF_PERSON: [&str; 9] =
    ["person", "fact", "family_member", "contact", "referral", "agreement", "share_request", "share_decision", "asking"];
const AGENCIES: [&str; 3] = ["agency_id", "from_agency_id", "to_agency_id"];

/// Takes out who must not be known of, and where whoever is shielded so may be.
///
/// Rule \[3.30\]: a shield comes before everything, also before the past: where somebody fled to is no less dangerous for being old (note 16).
///
/// # Errors
/// [`AccessError`] when the store fails.
pub(super) async fn keep(ctx: &mut Ctx, slice: &mut Slice, focus: PersonId) -> Result<(), AccessError> {
    let (mut unknown, mut unplaced) = (BTreeSet::new(), BTreeSet::new());
    for id in slice.ids_anywhere(&["person_id", "other_id"]) {
        let Ok(standing) = people::load(ctx, PersonId(id)).await else {
            // Linked to somebody else since: whoever they are known as now is shielded for both.
            continue;
        };
        if standing.restricted && !standing.is_named(ctx.actor.id) && id != focus.0 {
            unknown.insert(id);
        }
        if standing.location_shielded && !standing.is_named_for_place(ctx.actor.id) {
            unplaced.insert(id);
        }
    }
    let telling: BTreeSet<Uuid> = access::people::list_agencies(&mut ctx.tx, ctx.area_id)
        .await?
        .into_iter()
        .filter(|agency| agency.tells_place)
        .map(|agency| agency.id.0)
        .collect();
    take_out(slice, &unknown, &unplaced, &telling);
    Ok(())
}

fn take_out(slice: &mut Slice, unknown: &BTreeSet<Uuid>, unplaced: &BTreeSet<Uuid>, telling: &BTreeSet<Uuid>) {
    let id = |row: &Row, column: &str| row.get::<Option<Uuid>>(column).ok().flatten();
    let is_of = |row: &Row, column: &str, people: &BTreeSet<Uuid>| id(row, column).is_some_and(|id| people.contains(&id));
    slice.remove("relationship_fact", |row| is_of(row, "other_id", unknown));
    let related: BTreeSet<Uuid> = slice.ids("relationship_fact", "fact_id").into_iter().collect();
    let is_relationship = |row: &Row| row.get::<String>("kind").is_ok_and(|kind| kind == "relationship");
    // What says how somebody is related to one who must not be known of goes with it.
    slice.remove("fact", |row| is_relationship(row) && id(row, "fact_id").is_none_or(|id| !related.contains(&id)));
    for table in OF_PERSON {
        slice.remove(table, |row| is_of(row, "person_id", unknown));
        slice.remove(table, |row| {
            let tells = row.get::<String>("kind").is_ok_and(|kind| TELLS_PLACE.contains(&kind.as_str()));
            let by_telling = AGENCIES.iter().any(|column| is_of(row, column, telling));
            is_of(row, "person_id", unplaced) && (tells || by_telling)
        });
    }
    slice.remove("family_team", |row| is_of(row, "through_id", unknown) || is_of(row, "through_id", unplaced));
    let known: BTreeSet<Uuid> = slice.ids("fact", "fact_id").into_iter().collect();
    slice.remove("involvement", |row| id(row, "fact_id").is_none_or(|id| !known.contains(&id)));
}

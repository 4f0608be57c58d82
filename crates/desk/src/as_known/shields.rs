//! What a shield keeps from the reviewer today is kept from every day they are shown.

use ::store::slice::Slice;
use ::store::{AreaId, Row, Val};
use access::{AccessError, Ctx};
use families::links;
use families::people::{self, PersonId, Standing};
use kernel::Timestamp;
use std::collections::BTreeSet;
use uuid::Uuid;

/// What tells where somebody is, or how to reach them.
const TELLS_PLACE: [&str; 4] = ["address", "phone", "email", "school"];
const OF_PERSON: [&str; 21] = [
    "person",
    "fact",
    "family_member",
    "contact",
    "referral",
    "agreement",
    "share_request",
    "share_decision",
    "plan_entry",
    "plan_said",
    "level_judgement",
    "contingency",
    "contract",
    "contract_answer",
    "closing",
    "meeting",
    "meeting_person",
    "handover",
    "visit",
    "asking",
    "shield",
];
const AGENCIES: [&str; 3] = ["agency_id", "from_agency_id", "to_agency_id"];

/// Takes out who must not be known of, and puts the shields of place of today around whoever has one, with nobody named: so that the rules
/// themselves hide what would tell where they are.
///
/// Rule \[3.30\]: a shield comes before everything, also before the past: where somebody fled to is no less dangerous for being old (note 16).
///
/// # Errors
/// [`AccessError`] when the store fails.
pub(super) async fn keep(ctx: &mut Ctx, slice: &mut Slice, focus: PersonId, at: Timestamp) -> Result<(), AccessError> {
    let (mut unknown, mut unplaced) = (BTreeSet::new(), BTreeSet::new());
    let everybody = slice.ids_anywhere(&["person_id", "other_id", "through_id"]);
    let unshielded = people::unshielded(ctx, &everybody.iter().copied().map(PersonId).collect::<Vec<_>>()).await?;
    for id in everybody.into_iter().filter(|id| !unshielded.contains(&PersonId(*id))) {
        let Some(standing) = now(ctx, PersonId(id)).await? else { continue };
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
    for person in unplaced {
        put(ctx, slice, ctx.area_id, (person, at))?;
    }
    Ok(())
}

/// Returns how everybody stands today to whoever somebody is known as; nothing when they are not there any more.
async fn now(ctx: &mut Ctx, id: PersonId) -> Result<Option<Standing>, AccessError> {
    let known_as = links::last(ctx, id).await?;
    match people::load(ctx, known_as).await {
        Ok(standing) => Ok(Some(standing)),
        Err(AccessError::Hidden(_)) => Ok(None),
        Err(e) => Err(e),
    }
}

fn put(ctx: &Ctx, slice: &mut Slice, area_id: AreaId, (person, at): (Uuid, Timestamp)) -> Result<(), AccessError> {
    let id = ctx.ids.uuid(&ctx.clock);
    let row = [
        ("area_id", Val::from(area_id)),
        ("shield_id", id.into()),
        ("person_id", person.into()),
        ("kind", "location".into()),
        ("reason", "Shielded today".into()),
        ("decided_by", Uuid::nil().into()),
        ("from_at", at.into()),
        ("ended_at", Val::Null),
    ];
    slice.put("shield", &id.to_string(), &row)?;
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
    // What a hidden person agreed to for somebody, and what names an agency that tells where somebody is, goes as well.
    let given: BTreeSet<Uuid> = ids_of(slice, "agreement_giver", "agreement_id", |row| is_of(row, "person_id", unknown));
    let naming: BTreeSet<Uuid> = ids_of(slice, "agreement_agency", "agreement_id", |row| is_of(row, "agency_id", telling));
    slice.remove("agreement", |row| {
        is_of(row, "agreement_id", &given) || (is_of(row, "agreement_id", &naming) && is_of(row, "person_id", unplaced))
    });
    // Of several whom one thing is about, one who must not be known of takes it along, and so does one whose place it would tell.
    let tellers: BTreeSet<Uuid> = ids_of(slice, "practitioner", "practitioner_id", |row| is_of(row, "agency_id", telling));
    let several = [
        ("visit", "visit_person", "visit_id"),
        ("plan_entry", "plan_doer", "entry_id"),
        ("plan_said", "plan_said_by", "said_id"),
    ];
    for (table, part, key) in several {
        let about = |slice: &Slice, people: &BTreeSet<Uuid>| {
            let mut about = ids_of(slice, part, key, |row| is_of(row, "person_id", people));
            about.extend(ids_of(slice, table, key, |row| is_of(row, "person_id", people)));
            about
        };
        let (hidden, placed) = (about(slice, unknown), about(slice, unplaced));
        slice.remove(table, |row| {
            let by_telling = is_of(row, "agency_id", telling) || is_of(row, "owner_id", &tellers);
            is_of(row, key, &hidden) || (is_of(row, key, &placed) && by_telling)
        });
    }
    let convened: BTreeSet<Uuid> = ids_of(slice, "meeting_invited", "meeting_id", |row| is_of(row, "practitioner_id", &tellers));
    slice.remove("meeting", |row| is_of(row, "meeting_id", &convened) && is_of(row, "person_id", unplaced));
    for table in OF_PERSON {
        slice.remove(table, |row| is_of(row, "person_id", unknown));
        slice.remove(table, |row| {
            let tells = row.get::<String>("kind").is_ok_and(|kind| TELLS_PLACE.contains(&kind.as_str()) || kind == "location");
            let by_telling = AGENCIES.iter().any(|column| is_of(row, column, telling));
            is_of(row, "person_id", unplaced) && (tells || by_telling)
        });
    }
    slice.remove("family_team", |row| is_of(row, "through_id", unknown) || is_of(row, "through_id", unplaced));
    let known: BTreeSet<Uuid> = slice.ids("fact", "fact_id").into_iter().collect();
    slice.remove("involvement", |row| id(row, "fact_id").is_none_or(|id| !known.contains(&id)));
    let shields: BTreeSet<Uuid> = slice.ids("shield", "shield_id").into_iter().collect();
    slice.remove("shield_named", |row| id(row, "shield_id").is_none_or(|id| !shields.contains(&id)));
}

fn ids_of(slice: &Slice, table: &str, column: &str, is_meant: impl Fn(&Row) -> bool) -> BTreeSet<Uuid> {
    slice.rows(table).filter(|row| is_meant(row)).filter_map(|row| row.get::<Option<Uuid>>(column).ok().flatten()).collect()
}

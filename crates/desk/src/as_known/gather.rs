//! What concerns a family, as it was at a moment: everything that its page, its story and the index are drawn from.

use ::store::slice::Slice;
use ::store::{AreaId, StoreError, StoreResult, Tx};
use families::people::PersonId;
use kernel::Timestamp;
use uuid::Uuid;

/// A page shows at most 40 people; so many may stand around them.
const PEOPLE_MAX: usize = 2000;

const OF_FACTS: [&str; 6] = ["name_fact", "address_fact", "identifier_fact", "relationship_fact", "involvement", "fact_grant"];
const OF_PEOPLE: [&str; 9] =
    ["person", "shield", "asking", "contact", "referral", "agreement", "share_request", "share_decision", "visit_person"];
const OF_FAMILIES: [&str; 10] = [
    "family",
    "family_team",
    "family_read",
    "plan",
    "handover",
    "level_judgement",
    "contingency",
    "contract",
    "closing",
    "meeting",
];
/// What is part of something else, and by which id; what is part of a part comes after it.
const PARTS: [&[(&str, &str, &str)]; 2] = [
    &[
        ("shield_named", "shield", "shield_id"),
        ("referral_event", "referral", "referral_id"),
        ("referral_item", "referral", "referral_id"),
        ("agreement_giver", "agreement", "agreement_id"),
        ("agreement_information", "agreement", "agreement_id"),
        ("agreement_agency", "agreement", "agreement_id"),
        ("share_item", "share_decision", "decision_id"),
        ("share_event", "share_decision", "decision_id"),
        ("share_task", "share_decision", "decision_id"),
        ("plan_entry", "plan", "plan_id"),
        ("plan_said", "plan", "plan_id"),
        ("level_evidence", "level_judgement", "judgement_id"),
        ("contract_promise", "contract", "contract_id"),
        ("contract_answer", "contract", "contract_id"),
        ("closing_attempt", "closing", "closing_id"),
        ("meeting_invited", "meeting", "meeting_id"),
        ("meeting_person", "meeting", "meeting_id"),
        ("visit", "visit_person", "visit_id"),
        ("person_link", "person", "person_id"),
    ],
    &[
        ("plan_measure", "plan_entry", "entry_id"),
        ("plan_breach", "plan_entry", "entry_id"),
        ("plan_doer", "plan_entry", "entry_id"),
        ("plan_said_by", "plan_said", "said_id"),
        ("visit_person", "visit", "visit_id"),
    ],
];
/// Every column that names a practitioner.
const PRACTITIONERS: [&str; 23] = [
    "practitioner_id",
    "author_id",
    "owner_id",
    "lead_id",
    "convener_id",
    "sender_id",
    "first_sender_id",
    "asker_id",
    "first_asker_id",
    "made_by",
    "begun_by",
    "from_id",
    "to_id",
    "offered_by",
    "closed_by",
    "decided_by",
    "handed_by",
    "ended_by",
    "by_id",
    "done_by",
    "to_named_id",
    "seconded_by",
    "recorded_by",
];

/// A table, the column by which its rows are of some subjects, and which.
type Part<'a> = ((&'static str, &'static str), &'a [Uuid]);

/// Returns everything that concerns somebody and whoever belongs to them, as it was at a moment.
///
/// # Errors
/// [`StoreError`] from the engine; [`StoreError::Corrupt`] when more people stand around them than can be shown.
pub(super) async fn around(tx: &mut Tx, area_id: AreaId, focus: PersonId, at: Timestamp) -> StoreResult<Slice> {
    let mut slice = Slice::new(at);
    let people = people(tx, area_id, &mut slice, focus).await?;
    slice.add(tx, area_id, ("fact", "person_id"), &people).await?;
    let (facts, families) = (slice.ids("fact", "fact_id"), slice.ids("family_member", "family_id"));
    let mut parts: Vec<Part<'_>> = OF_FACTS.iter().map(|table| ((*table, "fact_id"), facts.as_slice())).collect();
    parts.extend(OF_PEOPLE.iter().map(|table| ((*table, "person_id"), people.as_slice())));
    parts.extend(OF_FAMILIES.iter().map(|table| ((*table, "family_id"), families.as_slice())));
    slice.add_each(tx, area_id, &parts).await?;
    for some in PARTS {
        let ids: Vec<Vec<Uuid>> = some.iter().map(|(_, whole, id)| slice.ids(whole, id)).collect();
        let by =
            |(table, _, id): &(&'static str, &str, &'static str)| (*table, if *table == "person_link" { "kept_id" } else { *id });
        let parts: Vec<Part<'_>> = some.iter().map(by).zip(ids.iter().map(Vec::as_slice)).collect();
        slice.add_each(tx, area_id, &parts).await?;
    }
    // Whom a visit was about, or who was invited, may stand further off: their shields come along.
    let mut others = slice.ids("visit_person", "person_id");
    others.extend(slice.ids("meeting_person", "person_id"));
    slice.add_each(tx, area_id, &[(("person", "person_id"), &others), (("shield", "person_id"), &others)]).await?;
    let shields = slice.ids("shield", "shield_id");
    slice.add(tx, area_id, ("shield_named", "shield_id"), &shields).await?;
    workers(tx, area_id, &mut slice).await?;
    Ok(slice)
}

/// Returns whoever belongs to somebody's families or is related to them, and whoever belongs or is related to those.
async fn people(tx: &mut Tx, area_id: AreaId, slice: &mut Slice, focus: PersonId) -> StoreResult<Vec<Uuid>> {
    let mut people = vec![focus.0];
    for _ in 0..2 {
        slice.add_each(tx, area_id, &[(("family_member", "person_id"), &people), (("fact", "person_id"), &people)]).await?;
        let families = slice.ids("family_member", "family_id");
        slice
            .add_each(tx, area_id, &[(("family_member", "family_id"), &families), (("relationship_fact", "other_id"), &people)])
            .await?;
        let facts = slice.ids("fact", "fact_id");
        slice.add(tx, area_id, ("relationship_fact", "fact_id"), &facts).await?;
        let toward = slice.ids("relationship_fact", "fact_id");
        slice.add(tx, area_id, ("fact", "fact_id"), &toward).await?;
        people.extend(slice.ids("family_member", "person_id"));
        people.extend(slice.ids("relationship_fact", "other_id"));
        people.extend(slice.ids("fact", "person_id"));
        people.sort();
        people.dedup();
        if people.len() > PEOPLE_MAX {
            return Err(StoreError::Corrupt("more people stand around one than can be shown as they were".to_owned()));
        }
    }
    Ok(people)
}

/// Adds whoever works with anybody of them, their agencies, and who manages them.
async fn workers(tx: &mut Tx, area_id: AreaId, slice: &mut Slice) -> StoreResult<()> {
    let workers = slice.ids("involvement", "practitioner_id");
    slice.add(tx, area_id, ("team_member", "practitioner_id"), &workers).await?;
    let teams = slice.ids("team_member", "team_id");
    slice.add_each(tx, area_id, &[(("team_member", "team_id"), &teams), (("team", "team_id"), &teams)]).await?;
    let everybody = slice.ids_anywhere(&PRACTITIONERS);
    add_practitioners(tx, area_id, slice, &everybody).await?;
    let agencies: Vec<Uuid> = access::people::list_agencies(tx, area_id).await?.iter().map(|agency| agency.id.0).collect();
    slice.add(tx, area_id, ("agency", "agency_id"), &agencies).await
}

/// Adds practitioners as others see them, with their roles, clearance and training; nothing that they sign in by.
pub(super) async fn add_practitioners(tx: &mut Tx, area_id: AreaId, slice: &mut Slice, ids: &[Uuid]) -> StoreResult<()> {
    let of = ["practitioner", "practitioner_role", "credential"].map(|table| ((table, "practitioner_id"), ids));
    slice.add_each(tx, area_id, &of).await?;
    slice.blank("practitioner", &["password_hash", "second_factor"])
}

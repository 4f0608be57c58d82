//! The SQL of what is agreed for when things get worse.

use super::contingency::{Contingency, ContingencyId, NewContingency};
use access::{Actor, Narrowing, Permit, PractitionerId, SqlMap};
use families::facts::Class;
use families::family::FamilyId;
use kernel::Timestamp;
use store::past::{self, Subject};
use store::value::list as list_of;
use store::{AreaId, Row, StoreResult, Tx, Val, vals};

const AS_PLAN: SqlMap = crate::plans::as_part_of_plan!(
    "contingency",
    ("i.area_id", "i.person_id"),
    ("i.class", "i.agency_id", "i.author_id"),
    "a.tells_place = 1"
);

/// Whoever gave a reason for looking at anybody of the family finds it, whoever of them it is about: at night one is asked about, and another
/// comes back.
const ASKERS: (&str, &str) = (
    "person.askers",
    "EXISTS (SELECT 1 FROM family_member j JOIN asking k ON k.area_id = j.area_id AND k.person_id = j.person_id \
     WHERE j.area_id = i.area_id AND j.family_id = i.family_id AND j.part = 'member' AND j.ended_at IS NULL \
     AND k.practitioner_id = {} AND k.until_at > {now})",
);

/// What is agreed, in a list whose table is `i`.
pub(super) static CONTINGENCY: SqlMap = SqlMap {
    sets: &[
        AS_PLAN.sets[0],
        AS_PLAN.sets[1],
        AS_PLAN.sets[2],
        AS_PLAN.sets[3],
        ASKERS,
        AS_PLAN.sets[5],
        AS_PLAN.sets[6],
        AS_PLAN.sets[7],
        AS_PLAN.sets[8],
    ],
    ..AS_PLAN
};

const CONTINGENCIES: &str = "SELECT i.contingency_id, i.family_id, i.person_id, i.situation, i.class, i.agency_id, a.name AS agency, \
     a.tells_place, i.author_id, w.name AS author, i.recorded_at, i.who_does, i.call_first, i.children_know, i.agreed_with, i.ended_at, \
     i.ended_words FROM contingency i \
     JOIN practitioner w ON w.area_id = i.area_id AND w.practitioner_id = i.author_id \
     JOIN agency a ON a.area_id = i.area_id AND a.agency_id = i.agency_id ";

fn contingency(row: &Row) -> StoreResult<Contingency> {
    let ended = match row.get::<Option<Timestamp>>("ended_at")? {
        None => None,
        Some(at) => Some((at, row.get("ended_words")?)),
    };
    Ok(Contingency {
        id: row.id("contingency_id")?,
        person: row.id("person_id")?,
        situation: row.get("situation")?,
        class: row.parse("class")?,
        agency_id: row.id("agency_id")?,
        agency: row.get("agency")?,
        agency_tells_place: row.get("tells_place")?,
        author_id: row.id("author_id")?,
        author: row.get("author")?,
        recorded_at: row.get("recorded_at")?,
        who_does: row.get("who_does")?,
        call_first: row.get("call_first")?,
        children_know: row.get("children_know")?,
        agreed_with: row.get("agreed_with")?,
        ended,
    })
}

pub(super) async fn insert(
    tx: &mut Tx,
    area_id: AreaId,
    (id, family, class): (ContingencyId, FamilyId, Class),
    new: &NewContingency,
    (by, at): (&Actor, Timestamp),
) -> StoreResult<()> {
    let insert = "INSERT INTO contingency (area_id, contingency_id, family_id, person_id, situation, class, agency_id, author_id, \
                  recorded_at, who_does, call_first, children_know, agreed_with) \
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    let values = vals![
        area_id,
        id,
        family,
        new.person,
        &new.situation,
        class.as_str(),
        by.agency_id,
        by.id,
        at,
        &new.who_does,
        &new.call_first,
        &new.children_know,
        &new.agreed_with
    ];
    tx.execute(insert, values).await?;
    Ok(())
}

/// Returns one, with its family.
pub(super) async fn find(tx: &mut Tx, area_id: AreaId, id: ContingencyId) -> StoreResult<Option<(FamilyId, Contingency)>> {
    let sql = format!("{CONTINGENCIES} WHERE i.area_id = $1 AND i.contingency_id = $2");
    let row = tx.query_opt(&sql, vals![area_id, id]).await?;
    row.map(|row| Ok((row.id("family_id")?, contingency(&row)?))).transpose()
}

/// Ends one, unless somebody was faster.
pub(super) async fn save_ended(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    (words, by): (&str, PractitionerId),
    at: Timestamp,
) -> StoreResult<bool> {
    let kept = ("contingency", Subject::Column("person_id"));
    past::keep(tx, kept, ("contingency_id = $2", vals![area_id, permit.id()]), at).await?;
    let save = "UPDATE contingency SET ended_at = $3, ended_by = $4, ended_words = $5 \
                WHERE area_id = $1 AND contingency_id = $2 AND ended_at IS NULL";
    Ok(tx.execute(save, vals![area_id, permit.id(), at, by, words]).await? == 1)
}

/// Returns what is or was agreed for these families, as far as the narrowing lets through, the latest first; at most 1,000.
pub(super) async fn list(
    tx: &mut Tx,
    area_id: AreaId,
    families: &[FamilyId],
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<Vec<(FamilyId, Contingency)>> {
    let mut values = vec![Val::from(area_id)];
    let of = list_of(&mut values, families.iter().copied());
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let sql = format!(
        "{CONTINGENCIES} WHERE i.area_id = $1 AND i.family_id IN ({of}) AND {narrowed} \
         ORDER BY i.recorded_at DESC, i.contingency_id LIMIT 1000"
    );
    tx.query(&sql, &values).await?.iter().map(|row| Ok((row.id("family_id")?, contingency(row)?))).collect()
}

//! The SQL of enforcement.

use super::{Breach, BreachId, Measure, NewBreach};
use crate::plans::EntryId;
use access::{AgencyId, PractitionerId};
use kernel::Timestamp;
use std::collections::BTreeSet;
use store::value::list as list_of;
use store::{AreaId, Row, StoreResult, Tx, Val, vals};

/// Returns what holds somebody to something, where an action does.
pub(in crate::plans) fn measure(row: &Row) -> StoreResult<Option<Measure>> {
    let Some(kind) = row.get::<Option<String>>("measure_kind")? else { return Ok(None) };
    Ok(Some(Measure { kind, authority: row.get("authority")?, from_on: row.get("from_on")?, if_not: row.get("if_not")? }))
}

pub(super) async fn insert(tx: &mut Tx, area_id: AreaId, id: EntryId, new: &Measure) -> StoreResult<()> {
    let insert = "INSERT INTO plan_measure (area_id, entry_id, kind, authority, from_on, if_not) VALUES ($1, $2, $3, $4, $5, $6)";
    tx.execute(insert, vals![area_id, id, &new.kind, &new.authority, new.from_on, &new.if_not]).await?;
    Ok(())
}

/// Keeps that something was not kept, and the action that answers it.
pub(super) async fn insert_breach(
    tx: &mut Tx,
    area_id: AreaId,
    (id, entry, answer): (BreachId, EntryId, EntryId),
    new: &NewBreach,
    (author, agency, at): (PractitionerId, AgencyId, Timestamp),
) -> StoreResult<()> {
    tx.execute(
        "INSERT INTO plan_breach (area_id, breach_id, entry_id, happened_on, words, answer_id, agency_id, author_id, recorded_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        vals![area_id, id, entry, new.happened_on, &new.words, answer, agency, author, at],
    )
    .await?;
    Ok(())
}

/// Whoever does what `e` says, or whom it is about, is shielded by place, and `$2` is not named for it.
const PLACELESS: &str = "EXISTS (SELECT 1 FROM shield s WHERE s.area_id = e.area_id AND s.kind = 'location' AND s.ended_at IS NULL \
     AND (s.person_id = e.person_id OR s.person_id IN (SELECT q.person_id FROM plan_doer q WHERE q.area_id = e.area_id AND q.entry_id = e.entry_id)) \
     AND NOT EXISTS (SELECT 1 FROM shield_named n WHERE n.area_id = s.area_id AND n.shield_id = s.shield_id AND n.practitioner_id = $2))";

/// Returns those of these of which a reader may not know by whom they are.
pub(super) async fn list_placeless(
    tx: &mut Tx,
    area_id: AreaId,
    reader: PractitionerId,
    entries: &[EntryId],
) -> StoreResult<BTreeSet<EntryId>> {
    let mut values = vec![Val::from(area_id), reader.into()];
    let entries = list_of(&mut values, entries.iter().copied());
    let sql = format!("SELECT e.entry_id FROM plan_entry e WHERE e.area_id = $1 AND e.entry_id IN ({entries}) AND {PLACELESS}");
    tx.query(&sql, &values).await?.iter().map(|row| row.id("entry_id")).collect()
}

/// Returns when these were not kept, the latest first: only of those that a reader has read. What an agency says that tells a place is left out
/// where somebody's place is shielded from the reader.
pub(super) async fn list_breaches(
    tx: &mut Tx,
    area_id: AreaId,
    reader: PractitionerId,
    entries: &[EntryId],
) -> StoreResult<Vec<Breach>> {
    let mut values = vec![Val::from(area_id), reader.into()];
    let entries = list_of(&mut values, entries.iter().copied());
    let sql = format!(
        "SELECT b.breach_id, b.entry_id, b.happened_on, b.words, b.answer_id, b.recorded_at, \
         CASE WHEN a.sensitive = 1 OR a.tells_place = 1 THEN NULL ELSE w.name END AS author, a.name AS agency FROM plan_breach b \
         JOIN plan_entry e ON e.area_id = b.area_id AND e.entry_id = b.entry_id \
         JOIN practitioner w ON w.area_id = b.area_id AND w.practitioner_id = b.author_id \
         JOIN agency a ON a.area_id = b.area_id AND a.agency_id = b.agency_id \
         WHERE b.area_id = $1 AND b.entry_id IN ({entries}) AND NOT (a.tells_place = 1 AND b.author_id <> $2 AND {PLACELESS}) \
         ORDER BY b.happened_on DESC, b.recorded_at DESC, b.breach_id LIMIT 500"
    );
    let breach = |row: &Row| {
        let agency: String = row.get("agency")?;
        Ok(Breach {
            id: row.id("breach_id")?,
            entry: row.id("entry_id")?,
            happened_on: row.get("happened_on")?,
            words: row.get("words")?,
            answer: row.opt_id("answer_id")?,
            author: row.get::<Option<String>>("author")?.map_or_else(String::new, |author| format!("{author}, {agency}")),
            recorded_at: row.get("recorded_at")?,
        })
    };
    tx.query(&sql, &values).await?.iter().map(breach).collect()
}

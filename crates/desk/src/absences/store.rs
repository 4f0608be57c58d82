//! The SQL of times away.

use super::absence::{Absence, AbsenceId, NewAbsence};
use access::{AgencyId, PractitionerId};
use kernel::{Date, Timestamp};
use store::value::list as list_of;
use store::{AreaId, Row, StoreResult, Tx, Val, vals};

const ABSENCES: &str = "SELECT x.absence_id, x.practitioner_id, p.name, x.from_on, x.to_on, x.cover_id, c.name AS cover_name, \
     CASE WHEN c.left_at IS NULL THEN 0 ELSE 1 END AS cover_left, x.words FROM absence x \
     JOIN practitioner p ON p.area_id = x.area_id AND p.practitioner_id = x.practitioner_id \
     JOIN practitioner c ON c.area_id = x.area_id AND c.practitioner_id = x.cover_id ";

fn absence(row: &Row) -> StoreResult<Absence> {
    Ok(Absence {
        id: row.id("absence_id")?,
        practitioner: row.id("practitioner_id")?,
        name: row.get("name")?,
        from_on: row.get("from_on")?,
        to_on: row.get("to_on")?,
        cover: row.id("cover_id")?,
        cover_name: row.get("cover_name")?,
        cover_left: row.get("cover_left")?,
        words: row.get("words")?,
    })
}

pub(super) async fn insert(
    tx: &mut Tx,
    area_id: AreaId,
    (id, new): (AbsenceId, &NewAbsence),
    (by, at): (PractitionerId, Timestamp),
) -> StoreResult<()> {
    let insert = "INSERT INTO absence (area_id, absence_id, practitioner_id, from_on, to_on, cover_id, words, recorded_by, recorded_at) \
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = vals![area_id, id, new.practitioner, new.from_on, new.to_on, new.cover, &new.words, by, at];
    tx.execute(insert, values).await?;
    Ok(())
}

pub(super) async fn find(tx: &mut Tx, area_id: AreaId, id: AbsenceId) -> StoreResult<Option<Absence>> {
    let sql = format!("{ABSENCES} WHERE x.area_id = $1 AND x.absence_id = $2 AND x.ended_at IS NULL");
    tx.query_opt(&sql, vals![area_id, id]).await?.as_ref().map(absence).transpose()
}

pub(super) async fn save_ended(
    tx: &mut Tx,
    area_id: AreaId,
    (id, by): (AbsenceId, PractitionerId),
    at: Timestamp,
) -> StoreResult<()> {
    let save = "UPDATE absence SET ended_at = $3, ended_by = $4 WHERE area_id = $1 AND absence_id = $2 AND ended_at IS NULL";
    tx.execute(save, vals![area_id, id, at, by]).await?;
    Ok(())
}

/// Returns the times from today on that any of these are away or cover for somebody, the first first; at most 500.
pub(super) async fn list(tx: &mut Tx, area_id: AreaId, of: &[PractitionerId], today: Date) -> StoreResult<Vec<Absence>> {
    if of.is_empty() {
        return Ok(Vec::new());
    }
    let mut values = vec![Val::from(area_id), today.into()];
    let these = list_of(&mut values, of.iter().copied());
    let or_these = list_of(&mut values, of.iter().copied());
    let sql = format!(
        "{ABSENCES} WHERE x.area_id = $1 AND x.to_on >= $2 AND x.ended_at IS NULL \
         AND (x.practitioner_id IN ({these}) OR x.cover_id IN ({or_these})) ORDER BY x.from_on, x.absence_id LIMIT 500"
    );
    tx.query(&sql, &values).await?.iter().map(absence).collect()
}

/// Returns whoever of an agency could cover: who has not left, by name; at most 500.
pub(super) async fn list_colleagues(
    tx: &mut Tx,
    area_id: AreaId,
    agency: AgencyId,
) -> StoreResult<Vec<(PractitionerId, String)>> {
    let list = "SELECT p.practitioner_id, p.name FROM practitioner p WHERE p.area_id = $1 AND p.agency_id = $2 AND p.left_at IS NULL \
                ORDER BY p.name, p.practitioner_id LIMIT 500";
    let rows = tx.query(list, vals![area_id, agency]).await?;
    rows.iter().map(|row| Ok((row.id("practitioner_id")?, row.get("name")?))).collect()
}

/// Returns how many are away now, and how many of them have nobody who covers any more.
pub(super) async fn count_open(tx: &mut Tx, area_id: AreaId, today: Date) -> StoreResult<(i64, i64, i64)> {
    let count = "SELECT COUNT(*) AS away, COUNT(CASE WHEN c.left_at IS NOT NULL THEN 1 END) AS uncovered FROM absence x \
                 JOIN practitioner c ON c.area_id = x.area_id AND c.practitioner_id = x.cover_id \
                 WHERE x.area_id = $1 AND x.from_on <= $2 AND x.to_on >= $2 AND x.ended_at IS NULL";
    let row = tx.query_one(count, vals![area_id, today]).await?;
    Ok((row.get("away")?, 0, row.get("uncovered")?))
}

//! The SQL of who looked.

use access::{AgencyId, Permit, PractitionerId};
use families::people::PersonId;
use kernel::Timestamp;
use store::{AreaId, StoreResult, Tx, vals};
use uuid::Uuid;

/// An entry of the journal about somebody.
pub(super) struct Seen {
    pub(super) at: Timestamp,
    pub(super) who: String,
    pub(super) agency_id: AgencyId,
    pub(super) code: String,
    pub(super) agency: String,
    pub(super) tells_place: bool,
    pub(super) act: String,
}

/// Returns what practitioners did and looked at of somebody, the newest first, at most 1,000.
pub(super) async fn list(tx: &mut Tx, area_id: AreaId, permit: &Permit) -> StoreResult<Vec<Seen>> {
    let rows = tx
        .query(
            "SELECT e.seq, e.at, w.name AS who, a.agency_id, a.code, a.name AS agency, a.tells_place, e.act FROM journal_entry e \
             JOIN practitioner w ON w.area_id = e.area_id AND w.practitioner_id = e.actor_id \
             JOIN agency a ON a.area_id = e.area_id AND a.agency_id = e.agency_id \
             WHERE e.area_id = $1 AND e.subject_id = $2 AND e.outcome IN ('seen', 'done') \
             UNION ALL SELECT e.seq, e.at, 'Another area’s system' AS who, o.organisation_id, '' AS code, o.name AS agency, 1 AS tells_place, e.act \
             FROM journal_entry e JOIN organisation o ON o.area_id = e.area_id AND o.organisation_id = e.actor_id \
             WHERE e.area_id = $1 AND e.subject_id = $2 AND e.outcome IN ('seen', 'done') ORDER BY seq DESC LIMIT 1000",
            vals![area_id, permit.id()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Seen {
                at: row.get("at")?,
                who: row.get("who")?,
                agency_id: row.id("agency_id")?,
                code: row.get("code")?,
                agency: row.get("agency")?,
                tells_place: row.get("tells_place")?,
                act: row.get("act")?,
            })
        })
        .collect()
}

/// That a family is not told of an agency's looks.
pub(super) struct Withheld {
    pub(super) id: Uuid,
    pub(super) agency_id: AgencyId,
    pub(super) agency: String,
    pub(super) reason: String,
    pub(super) decided_by: String,
    pub(super) decided_at: Timestamp,
}

pub(super) async fn list_withheld(tx: &mut Tx, area_id: AreaId, permit: &Permit) -> StoreResult<Vec<Withheld>> {
    let rows = tx
        .query(
            "SELECT h.withheld_id, h.agency_id, a.name AS agency, h.reason, w.name AS decided_by, h.decided_at FROM look_withheld h \
             JOIN agency a ON a.area_id = h.area_id AND a.agency_id = h.agency_id \
             JOIN practitioner w ON w.area_id = h.area_id AND w.practitioner_id = h.decided_by \
             WHERE h.area_id = $1 AND h.person_id = $2 AND h.ended_at IS NULL ORDER BY a.name, h.withheld_id LIMIT 100",
            vals![area_id, permit.id()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Withheld {
                id: row.get("withheld_id")?,
                agency_id: row.id("agency_id")?,
                agency: row.get("agency")?,
                reason: row.get("reason")?,
                decided_by: row.get("decided_by")?,
                decided_at: row.get("decided_at")?,
            })
        })
        .collect()
}

/// Keeps that a family is not told of an agency's looks.
pub(super) async fn insert_withheld(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    (id, agency_id, reason): (Uuid, AgencyId, &str),
    (by, at): (PractitionerId, Timestamp),
) -> StoreResult<()> {
    let insert = "INSERT INTO look_withheld (area_id, withheld_id, person_id, agency_id, reason, decided_by, decided_at) \
                  VALUES ($1, $2, $3, $4, $5, $6, $7)";
    tx.execute(insert, vals![area_id, id, PersonId(permit.id()), agency_id, reason, by, at]).await?;
    Ok(())
}

/// Ends that a family is not told.
pub(super) async fn end_withheld(tx: &mut Tx, area_id: AreaId, permit: &Permit, id: Uuid, at: Timestamp) -> StoreResult<()> {
    let end =
        "UPDATE look_withheld SET ended_at = $4 WHERE area_id = $1 AND person_id = $2 AND withheld_id = $3 AND ended_at IS NULL";
    tx.execute(end, vals![area_id, permit.id(), id, at]).await?;
    Ok(())
}

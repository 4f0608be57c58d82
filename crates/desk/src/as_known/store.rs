//! The SQL of whose view it was.

use access::{AgencyId, PractitionerId, World};
use store::{StoreResult, Tx, vals};

/// Returns the practitioners of an agency who could have looked, by name: those who worked with anybody, or all.
pub(super) async fn list_who(
    tx: &mut Tx,
    world: &World,
    agency: AgencyId,
    only_workers: bool,
) -> StoreResult<Vec<(PractitionerId, String)>> {
    let now = world.clock.now();
    let workers = if only_workers {
        " AND (EXISTS (SELECT 1 FROM involvement v WHERE v.area_id = $1 AND v.practitioner_id = w.practitioner_id AND v.ended_at IS NULL) \
         OR EXISTS (SELECT 1 FROM family_team t WHERE t.area_id = $1 AND t.practitioner_id = w.practitioner_id AND t.ended_at IS NULL) \
         OR EXISTS (SELECT 1 FROM asking k WHERE k.area_id = $1 AND k.practitioner_id = w.practitioner_id AND k.until_at > $3) \
         OR EXISTS (SELECT 1 FROM shield_named n WHERE n.area_id = $1 AND n.practitioner_id = w.practitioner_id) \
         OR EXISTS (SELECT 1 FROM team_member m JOIN team_member o ON o.area_id = m.area_id AND o.team_id = m.team_id JOIN involvement v \
         ON v.area_id = o.area_id AND v.practitioner_id = o.practitioner_id AND v.ended_at IS NULL WHERE m.area_id = $1 \
         AND m.practitioner_id = w.practitioner_id AND m.part = 'manager') \
         OR EXISTS (SELECT 1 FROM practitioner_role r WHERE r.area_id = $1 AND r.practitioner_id = w.practitioner_id AND r.role = 'safeguarding_lead'))"
    } else {
        " AND $3 > 0"
    };
    let sql = format!(
        "SELECT w.practitioner_id, w.name FROM practitioner w WHERE w.area_id = $1 AND w.agency_id = $2 AND w.left_at IS NULL \
         AND EXISTS (SELECT 1 FROM practitioner_role x WHERE x.area_id = $1 AND x.practitioner_id = w.practitioner_id \
         AND x.role IN ('practitioner', 'team_manager', 'safeguarding_lead', 'service_coordinator')){workers} \
         ORDER BY w.name, w.practitioner_id LIMIT 200"
    );
    let rows = tx.query(&sql, vals![world.area_id, agency, now]).await?;
    rows.iter().map(|row| Ok((row.id("practitioner_id")?, row.get("name")?))).collect()
}

//! The SQL of skills.

use super::skill::{Kind, Skill, SkillId};
use access::{AgencyId, PractitionerId};
use kernel::{Date, Timestamp};
use store::value::list as list_of;
use store::{AreaId, Row, StoreResult, Tx, Val, vals};

const SKILLS: &str =
    "SELECT k.skill_id, k.practitioner_id, k.kind, k.code, k.valid_until, k.recorded_at FROM practitioner_skill k ";

fn skill(row: &Row) -> StoreResult<Skill> {
    Ok(Skill {
        id: row.id("skill_id")?,
        practitioner: row.id("practitioner_id")?,
        kind: row.parse("kind")?,
        code: row.get("code")?,
        valid_until: row.get("valid_until")?,
        recorded_at: row.get("recorded_at")?,
    })
}

/// Returns what these practitioners can do now.
pub(super) async fn list_of_practitioners(tx: &mut Tx, area_id: AreaId, ids: &[PractitionerId]) -> StoreResult<Vec<Skill>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut values = vec![Val::from(area_id)];
    let of = list_of(&mut values, ids.iter().copied());
    let sql = format!(
        "{SKILLS} WHERE k.area_id = $1 AND k.practitioner_id IN ({of}) AND k.ended_at IS NULL ORDER BY k.kind, k.code, k.skill_id LIMIT 5000"
    );
    tx.query(&sql, &values).await?.iter().map(skill).collect()
}

pub(super) async fn find(tx: &mut Tx, area_id: AreaId, id: SkillId) -> StoreResult<Option<Skill>> {
    let find = format!("{SKILLS} WHERE k.area_id = $1 AND k.skill_id = $2 AND k.ended_at IS NULL");
    tx.query_opt(&find, vals![area_id, id]).await?.as_ref().map(skill).transpose()
}

/// Keeps that somebody can do something, in the place of what was known of it.
pub(super) async fn insert(tx: &mut Tx, area_id: AreaId, new: &Skill, by: PractitionerId) -> StoreResult<()> {
    let end = "UPDATE practitioner_skill SET ended_at = $5 WHERE area_id = $1 AND practitioner_id = $2 AND kind = $3 AND code = $4 \
               AND ended_at IS NULL";
    let kind = new.kind.as_str();
    tx.execute(end, vals![area_id, new.practitioner, kind, &new.code, new.recorded_at]).await?;
    let insert = "INSERT INTO practitioner_skill (area_id, skill_id, practitioner_id, kind, code, valid_until, recorded_at, recorded_by) \
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = vals![area_id, new.id, new.practitioner, kind, &new.code, new.valid_until, new.recorded_at, by];
    tx.execute(insert, values).await?;
    Ok(())
}

pub(super) async fn end(tx: &mut Tx, area_id: AreaId, id: SkillId, at: Timestamp) -> StoreResult<()> {
    let end = "UPDATE practitioner_skill SET ended_at = $3 WHERE area_id = $1 AND skill_id = $2 AND ended_at IS NULL";
    tx.execute(end, vals![area_id, id, at]).await?;
    Ok(())
}

/// Somebody who can do what was looked for.
#[derive(Clone, Debug)]
pub struct Colleague {
    /// Their name.
    pub name: String,
    /// What they do.
    pub job: String,
    /// Their agency.
    pub agency: String,
    /// How to reach them.
    pub telephone: String,
    /// How to write to them.
    pub email: String,
}

/// Returns who can do something today, by name; of a service that is not named, only the viewer's own.
pub(super) async fn list_colleagues(
    tx: &mut Tx,
    area_id: AreaId,
    (kind, code): (Kind, &str),
    (agency, today): (AgencyId, Date),
) -> StoreResult<Vec<Colleague>> {
    let sql = "SELECT p.name, p.job, a.name AS agency, p.telephone, p.email FROM practitioner_skill k \
               JOIN practitioner p ON p.area_id = k.area_id AND p.practitioner_id = k.practitioner_id AND p.left_at IS NULL \
               JOIN agency a ON a.area_id = p.area_id AND a.agency_id = p.agency_id \
               WHERE k.area_id = $1 AND k.kind = $2 AND k.code = $3 AND k.ended_at IS NULL AND (k.valid_until IS NULL OR k.valid_until >= $5) \
               AND (a.sensitive = 0 OR a.agency_id = $4) ORDER BY p.name, p.practitioner_id LIMIT 200";
    let rows = tx.query(sql, vals![area_id, kind.as_str(), code, agency, today]).await?;
    rows.iter()
        .map(|row| {
            Ok(Colleague {
                name: row.get("name")?,
                job: row.get("job")?,
                agency: row.get("agency")?,
                telephone: row.get("telephone")?,
                email: row.get("email")?,
            })
        })
        .collect()
}

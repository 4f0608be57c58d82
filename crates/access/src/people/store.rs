//! The SQL of agencies and practitioners.

use super::merging::OfAgency;
use super::{Absent, Account, Agency, Credential, Gone, NewPractitioner, Practitioner, Why, holds};
use crate::actor::{Actor, AgencyId, PractitionerId, Role, TeamId};
use kernel::{Date, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use store::past::{self, Subject};
use store::{AreaId, Row, StoreResult, Tx, Val, vals};

/// Adds an agency, or renames the one of the same code; returns its id.
///
/// # Errors
/// [`store::StoreError`] from the engine.
pub async fn insert_agency(tx: &mut Tx, area_id: AreaId, agency: &Agency) -> StoreResult<AgencyId> {
    let row = tx
        .query_one(
            "INSERT INTO agency (area_id, agency_id, code, name, kind, sensitive, tells_place, merged_into) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (area_id, code) DO UPDATE SET name = excluded.name, kind = excluded.kind, sensitive = excluded.sensitive, \
             tells_place = excluded.tells_place, merged_into = excluded.merged_into RETURNING agency_id",
            vals![
                area_id, agency.id, &agency.code, &agency.name, &agency.kind, agency.sensitive, agency.tells_place,
                agency.merged_into.as_deref()
            ],
        )
        .await?;
    row.id("agency_id")
}

/// Returns the agencies of the area that are part of no other, by name, at most 1,000: whoever may be asked.
///
/// # Errors
/// [`store::StoreError`] from the engine.
pub async fn list_present_agencies(tx: &mut Tx, area_id: AreaId) -> StoreResult<Vec<Agency>> {
    let all = list_agencies(tx, area_id).await?;
    Ok(all.into_iter().filter(|agency| agency.merged_into.is_none()).collect())
}

/// Practitioners, in the agency that they work for; whoever is suspended comes back to it.
pub const PRACTITIONERS: OfAgency = OfAgency {
    table: "practitioner",
    past: Some("practitioner_id"),
    column: "agency_id",
    open: "(left_at IS NULL OR left_why = 'suspended')",
};

/// Makes an agency's rows of a table those of another; returns how many.
pub(super) async fn give_rows(
    tx: &mut Tx,
    area_id: AreaId,
    of: &OfAgency,
    (from, to): (AgencyId, AgencyId),
    at: Timestamp,
) -> StoreResult<u64> {
    let OfAgency { table, past, column, open } = of;
    let which = format!("{column} = $2 AND {open}");
    if let Some(subject) = past {
        let values = vals![area_id, from, to];
        // A mark that nothing stands for is refused by PostgreSQL.
        let values = if open.contains("$3") { values } else { &values[..2] };
        past::keep(tx, (table, Subject::Column(subject)), (&which, values), at).await?;
    }
    let save = format!("UPDATE {table} SET {column} = $3 WHERE area_id = $1 AND {which}");
    tx.execute(&save, vals![area_id, from, to]).await
}

/// Returns the agencies of the area, those too that are part of another now, by name, at most 1,000.
///
/// # Errors
/// [`store::StoreError`] from the engine.
pub async fn list_agencies(tx: &mut Tx, area_id: AreaId) -> StoreResult<Vec<Agency>> {
    let list = "SELECT agency_id, code, name, kind, sensitive, tells_place, merged_into FROM agency WHERE area_id = $1 \
                ORDER BY name, agency_id LIMIT 1000";
    let rows = tx.query(list, vals![area_id]).await?;
    rows.iter()
        .map(|row| {
            Ok(Agency {
                id: row.id("agency_id")?,
                code: row.get("code")?,
                name: row.get("name")?,
                kind: row.get("kind")?,
                sensitive: row.get("sensitive")?,
                tells_place: row.get("tells_place")?,
                merged_into: row.get("merged_into")?,
            })
        })
        .collect()
}

pub(super) async fn ensure_team(tx: &mut Tx, area_id: AreaId, team: (TeamId, AgencyId, &str)) -> StoreResult<TeamId> {
    let row = tx
        .query_one(
            "INSERT INTO team (area_id, team_id, agency_id, name) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (area_id, agency_id, name) DO UPDATE SET name = excluded.name RETURNING team_id",
            vals![area_id, team.0, team.1, team.2],
        )
        .await?;
    row.id("team_id")
}

/// Puts somebody in a team, as its manager or not.
///
/// # Errors
/// [`store::StoreError`] from the engine.
pub async fn insert_team_member(
    tx: &mut Tx,
    area_id: AreaId,
    team_id: TeamId,
    member: (PractitionerId, bool),
    at: Timestamp,
) -> StoreResult<()> {
    let part = if member.1 { "manager" } else { "member" };
    let which = "team_id = $2 AND practitioner_id = $3";
    past::keep(tx, ("team_member", Subject::Column("practitioner_id")), (which, vals![area_id, team_id, member.0]), at).await?;
    past::keep_absent(tx, area_id, ("team_member", &[team_id.into(), member.0.into()]), member.0.0, at).await?;
    tx.execute(
        "INSERT INTO team_member (area_id, team_id, practitioner_id, part) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (area_id, team_id, practitioner_id) DO UPDATE SET part = excluded.part",
        vals![area_id, team_id, member.0, part],
    )
    .await?;
    Ok(())
}

/// Adds a practitioner.
///
/// # Errors
/// [`store::StoreError::Constraint`] when somebody has the same email address.
pub async fn insert_practitioner(tx: &mut Tx, area_id: AreaId, new: &NewPractitioner<'_>) -> StoreResult<()> {
    tx.execute(
        "INSERT INTO practitioner (area_id, practitioner_id, agency_id, name, job, email, telephone, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 1)",
        vals![area_id, new.id, new.agency_id, new.name, new.job, new.email.trim().to_lowercase(), new.telephone],
    )
    .await?;
    Ok(())
}

/// Returns whether somebody of the area, here or gone, signs in with an email address.
///
/// # Errors
/// [`store::StoreError`] from the engine.
pub async fn is_email_taken(tx: &mut Tx, area_id: AreaId, email: &str) -> StoreResult<bool> {
    let find = "SELECT practitioner_id FROM practitioner WHERE area_id = $1 AND email = $2";
    Ok(tx.query_opt(find, vals![area_id, email.trim().to_lowercase()]).await?.is_some())
}

/// Puts somebody's roles in place of those they had.
///
/// # Errors
/// [`store::StoreError`] from the engine.
pub async fn save_roles(tx: &mut Tx, area_id: AreaId, id: PractitionerId, roles: &[Role], at: Timestamp) -> StoreResult<()> {
    let which = "practitioner_id = $2";
    past::keep(tx, ("practitioner_role", Subject::Column("practitioner_id")), (which, vals![area_id, id]), at).await?;
    for role in roles {
        past::keep_absent(tx, area_id, ("practitioner_role", &[id.into(), role.as_str().into()]), id.0, at).await?;
    }
    tx.execute("DELETE FROM practitioner_role WHERE area_id = $1 AND practitioner_id = $2", vals![area_id, id]).await?;
    for role in roles {
        let insert = "INSERT INTO practitioner_role (area_id, practitioner_id, role) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        tx.execute(insert, vals![area_id, id, role.as_str()]).await?;
    }
    Ok(())
}

/// Records clearance or training until a day; earlier records stay.
///
/// # Errors
/// [`store::StoreError`] from the engine.
pub async fn record_credential(
    tx: &mut Tx,
    area_id: AreaId,
    id: PractitionerId,
    credential: (Credential, Date),
    by: (Option<PractitionerId>, Timestamp),
) -> StoreResult<()> {
    tx.execute(
        "INSERT INTO credential (area_id, practitioner_id, kind, valid_until, recorded_at, recorded_by) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (area_id, practitioner_id, kind, recorded_at) DO UPDATE SET valid_until = excluded.valid_until",
        vals![area_id, id, credential.0.as_str(), credential.1, by.1, by.0],
    )
    .await?;
    Ok(())
}

async fn credentials(tx: &mut Tx, area_id: AreaId, id: PractitionerId) -> StoreResult<(Option<Date>, Option<Date>)> {
    let rows = tx
        .query(
            "SELECT kind, valid_until FROM credential WHERE area_id = $1 AND practitioner_id = $2 ORDER BY recorded_at DESC, kind LIMIT 50",
            vals![area_id, id],
        )
        .await?;
    let latest = |kind: &str| -> StoreResult<Option<Date>> {
        for row in &rows {
            if row.get::<String>("kind")? == kind {
                return row.get("valid_until").map(Some);
            }
        }
        Ok(None)
    };
    Ok((latest("clearance")?, latest("training")?))
}

async fn roles(tx: &mut Tx, area_id: AreaId, id: PractitionerId) -> StoreResult<BTreeSet<Role>> {
    let list = "SELECT role FROM practitioner_role WHERE area_id = $1 AND practitioner_id = $2 ORDER BY role LIMIT 20";
    tx.query(list, vals![area_id, id]).await?.iter().map(|row| row.parse("role")).collect()
}

/// Returns a practitioner as the policies see them today; nothing when they have left.
///
/// # Errors
/// [`store::StoreError`] from the engine.
pub async fn find_actor(tx: &mut Tx, area_id: AreaId, id: PractitionerId, today: Date) -> StoreResult<Option<Actor>> {
    let row = tx
        .query_opt(
            "SELECT p.agency_id, p.name, a.name AS agency, a.sensitive FROM practitioner p \
             JOIN agency a ON a.area_id = p.area_id AND a.agency_id = p.agency_id \
             WHERE p.area_id = $1 AND p.practitioner_id = $2 AND p.left_at IS NULL",
            vals![area_id, id],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let (cleared_until, trained_until) = credentials(tx, area_id, id).await?;
    Ok(Some(Actor {
        id,
        agency_id: row.id("agency_id")?,
        name: row.get("name")?,
        agency: row.get("agency")?,
        sensitive: row.get("sensitive")?,
        roles: roles(tx, area_id, id).await?,
        cleared: holds(cleared_until, today),
        trained: holds(trained_until, today),
    }))
}

macro_rules! anybody {
    ($of:literal) => {
        concat!(
            "SELECT p.practitioner_id, p.agency_id, a.name AS agency, p.name, p.job, p.email, p.telephone, p.password_hash, p.left_at, \
             p.left_why, o.name AS left_to FROM practitioner p JOIN agency a ON a.area_id = p.area_id AND a.agency_id = p.agency_id \
             LEFT JOIN practitioner o ON o.area_id = p.area_id AND o.practitioner_id = p.left_to WHERE p.area_id = $1",
            $of
        )
    };
}

/// Whoever is there or was there.
const ANYBODY: &str = anybody!("");
/// Whoever is there.
const PRACTITIONER: &str = anybody!(" AND p.left_at IS NULL");

fn practitioner(row: &Row) -> StoreResult<Practitioner> {
    Ok(Practitioner {
        id: row.id("practitioner_id")?,
        agency_id: row.id("agency_id")?,
        agency: row.get("agency")?,
        name: row.get("name")?,
        job: row.get("job")?,
        email: row.get("email")?,
        telephone: row.get("telephone")?,
    })
}

/// Returns everybody who can sign in, by agency and name, at most 500.
///
/// # Errors
/// [`store::StoreError`] from the engine.
pub async fn list_practitioners(tx: &mut Tx, area_id: AreaId) -> StoreResult<Vec<Account>> {
    let rows = tx.query(&format!("{PRACTITIONER} ORDER BY a.name, p.name, p.practitioner_id LIMIT 500"), vals![area_id]).await?;
    accounts(tx, area_id, &rows).await
}

/// Returns who has a text in their name, email address or agency, by name, at most 50.
///
/// # Errors
/// [`store::StoreError`] from the engine.
pub async fn find_practitioners(tx: &mut Tx, area_id: AreaId, text: &str) -> StoreResult<Vec<Account>> {
    found(tx, area_id, (PRACTITIONER, text)).await
}

/// Returns who has a text in their name, email address or agency, those who have left too, by name, at most 50.
///
/// # Errors
/// [`store::StoreError`] from the engine.
pub async fn find_accounts(tx: &mut Tx, area_id: AreaId, text: &str) -> StoreResult<Vec<Account>> {
    found(tx, area_id, (ANYBODY, text)).await
}

async fn found(tx: &mut Tx, area_id: AreaId, (whom, text): (&str, &str)) -> StoreResult<Vec<Account>> {
    let plain: String = text.trim().to_lowercase().chars().filter(|c| !matches!(c, '%' | '_' | '\\')).collect();
    let find = format!(
        "{whom} AND (lower(p.name) LIKE $2 OR p.email LIKE $2 OR lower(a.name) LIKE $2) ORDER BY p.name, p.practitioner_id LIMIT 50"
    );
    let rows = tx.query(&find, vals![area_id, format!("%{plain}%")]).await?;
    accounts(tx, area_id, &rows).await
}

/// Returns one practitioner as an administrator sees them, here or gone; nothing when there is none.
///
/// # Errors
/// [`store::StoreError`] from the engine.
pub async fn load_account(tx: &mut Tx, area_id: AreaId, id: PractitionerId) -> StoreResult<Option<Account>> {
    let rows = tx.query(&format!("{ANYBODY} AND p.practitioner_id = $2 LIMIT 1"), vals![area_id, id]).await?;
    Ok(accounts(tx, area_id, &rows).await?.pop())
}

fn gone(row: &Row) -> StoreResult<Option<Gone>> {
    let Some(at) = row.get::<Option<Timestamp>>("left_at")? else { return Ok(None) };
    let is_suspended = row.get::<Option<String>>("left_why")?.as_deref() == Some(Why::Suspended.as_str());
    let why = if is_suspended { Why::Suspended } else { Why::Left };
    Ok(Some(Gone { why, at, to: row.get::<Option<String>>("left_to")? }))
}

/// Keeps that somebody is there no more, why, and who does their work; or, without, that they are back.
pub(super) async fn save_gone(
    tx: &mut Tx,
    area_id: AreaId,
    id: PractitionerId,
    gone: Option<(Why, Option<PractitionerId>)>,
    at: Timestamp,
) -> StoreResult<()> {
    past::keep(tx, ("practitioner", Subject::Column("practitioner_id")), ("practitioner_id = $2", vals![area_id, id]), at)
        .await?;
    let (left_at, why, to) = gone.map_or((None, None, None), |(why, to)| (Some(at), Some(why.as_str()), to));
    let save = "UPDATE practitioner SET left_at = $3, left_why = $4, left_to = $5, version = version + 1 \
                WHERE area_id = $1 AND practitioner_id = $2";
    tx.execute(save, vals![area_id, id, left_at, why, to]).await?;
    Ok(())
}

/// Returns who has left or been suspended, the latest first, at most 20,000; whoever took over from them may be gone too, and who did from those.
///
/// # Errors
/// [`store::StoreError`] from the engine.
pub async fn list_absent(tx: &mut Tx, area_id: AreaId) -> StoreResult<Vec<Absent>> {
    let list = "SELECT p.practitioner_id, p.agency_id, CASE WHEN t.left_at IS NULL THEN t.practitioner_id \
                WHEN u.left_at IS NULL THEN u.practitioner_id END AS to_id FROM practitioner p \
                LEFT JOIN practitioner t ON t.area_id = p.area_id AND t.practitioner_id = p.left_to \
                LEFT JOIN practitioner u ON u.area_id = p.area_id AND u.practitioner_id = t.left_to \
                WHERE p.area_id = $1 AND p.left_at IS NOT NULL ORDER BY p.left_at DESC, p.practitioner_id LIMIT 20000";
    let absent =
        |row: &Row| Ok(Absent { who: row.id("practitioner_id")?, agency: row.id("agency_id")?, to: row.opt_id("to_id")? });
    tx.query(list, vals![area_id]).await?.iter().map(absent).collect()
}

/// Returns the teams that somebody manages, at most 50.
pub(super) async fn list_managed(tx: &mut Tx, area_id: AreaId, id: PractitionerId) -> StoreResult<Vec<TeamId>> {
    let list = "SELECT team_id FROM team_member WHERE area_id = $1 AND practitioner_id = $2 AND part = 'manager' ORDER BY team_id LIMIT 50";
    tx.query(list, vals![area_id, id]).await?.iter().map(|row| row.id("team_id")).collect()
}

/// Returns who of an agency is there besides somebody: those who manage them first, then by name; at most 500.
///
/// # Errors
/// [`store::StoreError`] from the engine.
pub async fn list_beside(
    tx: &mut Tx,
    area_id: AreaId,
    agency_id: AgencyId,
    id: PractitionerId,
) -> StoreResult<Vec<(Practitioner, bool)>> {
    let manages = "EXISTS (SELECT 1 FROM team_member t JOIN team_member m ON m.area_id = t.area_id AND m.team_id = t.team_id \
                   AND m.part = 'manager' WHERE t.area_id = p.area_id AND t.practitioner_id = $3 AND m.practitioner_id = p.practitioner_id)";
    let list = format!(
        "{} AND p.agency_id = $2 AND p.practitioner_id <> $3 ORDER BY manages DESC, p.name, p.practitioner_id LIMIT 500",
        PRACTITIONER.replacen("SELECT ", &format!("SELECT CASE WHEN {manages} THEN 1 ELSE 0 END AS manages, "), 1)
    );
    let rows = tx.query(&list, vals![area_id, agency_id, id]).await?;
    rows.iter().map(|row| Ok((practitioner(row)?, row.get("manages")?))).collect()
}

async fn accounts(tx: &mut Tx, area_id: AreaId, rows: &[Row]) -> StoreResult<Vec<Account>> {
    let mut accounts = Vec::with_capacity(rows.len());
    for row in rows {
        let practitioner = practitioner(row)?;
        let (cleared_until, trained_until) = credentials(tx, area_id, practitioner.id).await?;
        accounts.push(Account {
            roles: roles(tx, area_id, practitioner.id).await?.into_iter().collect(),
            cleared_until,
            trained_until,
            has_password: row.get::<Option<String>>("password_hash")?.is_some(),
            gone: gone(row)?,
            practitioner,
        });
    }
    Ok(accounts)
}

/// Returns one practitioner; nothing when there is none or they have left.
///
/// # Errors
/// [`store::StoreError`] from the engine.
pub async fn load_practitioner(tx: &mut Tx, area_id: AreaId, id: PractitionerId) -> StoreResult<Option<Practitioner>> {
    let row = tx.query_opt(&format!("{PRACTITIONER} AND p.practitioner_id = $2"), vals![area_id, id]).await?;
    row.as_ref().map(practitioner).transpose()
}

/// Returns those of some practitioners who have not left.
///
/// # Errors
/// [`store::StoreError`] from the engine.
pub async fn load_practitioners(
    tx: &mut Tx,
    area_id: AreaId,
    ids: &BTreeSet<PractitionerId>,
) -> StoreResult<BTreeMap<PractitionerId, Practitioner>> {
    let mut values = vec![Val::from(area_id)];
    let these = store::value::list(&mut values, ids.iter().copied());
    let rows = tx.query(&format!("{PRACTITIONER} AND p.practitioner_id IN ({these})"), &values).await?;
    rows.iter().map(|row| practitioner(row).map(|one| (one.id, one))).collect()
}

/// Returns the practitioners of an agency who have a role, by name, at most 200.
///
/// # Errors
/// [`store::StoreError`] from the engine.
pub async fn list_colleagues(tx: &mut Tx, area_id: AreaId, agency_id: AgencyId, role: Role) -> StoreResult<Vec<Practitioner>> {
    let rows = tx
        .query(
            &format!(
                "{PRACTITIONER} AND p.agency_id = $2 AND EXISTS (SELECT 1 FROM practitioner_role r WHERE r.area_id = p.area_id \
                 AND r.practitioner_id = p.practitioner_id AND r.role = $3) ORDER BY p.name, p.practitioner_id LIMIT 200"
            ),
            vals![area_id, agency_id, role.as_str()],
        )
        .await?;
    rows.iter().map(practitioner).collect()
}

/// Returns the practitioners who have a role and may sign in, by name, at most 200.
///
/// # Errors
/// [`store::StoreError`] from the engine.
pub async fn list_of_role(tx: &mut Tx, area_id: AreaId, role: Role) -> StoreResult<Vec<Practitioner>> {
    let sql = format!(
        "{PRACTITIONER} AND EXISTS (SELECT 1 FROM practitioner_role r WHERE r.area_id = p.area_id \
         AND r.practitioner_id = p.practitioner_id AND r.role = $2) ORDER BY p.name, p.practitioner_id LIMIT 200"
    );
    tx.query(&sql, vals![area_id, role.as_str()]).await?.iter().map(practitioner).collect()
}

/// Returns who is in the teams that somebody manages, themself left out, by name; at most 500.
///
/// # Errors
/// [`store::StoreError`] from the engine.
pub async fn team_of(tx: &mut Tx, area_id: AreaId, manager: PractitionerId) -> StoreResult<Vec<(PractitionerId, String)>> {
    let rows = tx
        .query(
            "SELECT DISTINCT p.practitioner_id, CASE WHEN p.left_at IS NULL THEN p.name ELSE p.name || ', not at work any more' END AS name FROM team_member m JOIN team_member t ON t.area_id = m.area_id AND t.team_id = m.team_id \
             JOIN practitioner p ON p.area_id = t.area_id AND p.practitioner_id = t.practitioner_id \
             WHERE m.area_id = $1 AND m.practitioner_id = $2 AND m.part = 'manager' AND t.practitioner_id <> $2 \
             ORDER BY name, p.practitioner_id LIMIT 500",
            vals![area_id, manager],
        )
        .await?;
    rows.iter().map(|row| Ok((row.id("practitioner_id")?, row.get("name")?))).collect()
}

/// Returns the managers of the teams that somebody is in, at most 20.
///
/// # Errors
/// [`store::StoreError`] from the engine.
pub async fn managers_of(tx: &mut Tx, area_id: AreaId, id: PractitionerId) -> StoreResult<Vec<PractitionerId>> {
    let rows = tx
        .query(
            "SELECT DISTINCT m.practitioner_id FROM team_member t JOIN team_member m ON m.area_id = t.area_id AND m.team_id = t.team_id \
             AND m.part = 'manager' WHERE t.area_id = $1 AND t.practitioner_id = $2 AND m.practitioner_id <> $2 \
             ORDER BY m.practitioner_id LIMIT 20",
            vals![area_id, id],
        )
        .await?;
    rows.iter().map(|row| row.id("practitioner_id")).collect()
}

/// Returns who answers for what an agency is asked: a manager of it, else anybody of it who works with families; of no agency, a service
/// coordinator of the area. Whoever has clearance and training today comes before whoever has not.
///
/// # Errors
/// [`store::StoreError`] from the engine.
pub async fn find_answerable(
    tx: &mut Tx,
    area_id: AreaId,
    agency_id: Option<AgencyId>,
    today: Date,
) -> StoreResult<Option<PractitionerId>> {
    let holds = |kind: &str| {
        format!(
            "EXISTS (SELECT 1 FROM credential c WHERE c.area_id = p.area_id AND c.practitioner_id = p.practitioner_id \
             AND c.kind = '{kind}' AND c.valid_until >= $2)"
        )
    };
    let mut values = vec![Val::from(area_id), Val::from(today)];
    let of = match agency_id {
        Some(agency_id) => {
            values.push(agency_id.into());
            "p.agency_id = $3 AND r.role IN ('team_manager', 'practitioner', 'service_coordinator')"
        }
        None => "r.role = 'service_coordinator'",
    };
    let sql = format!(
        "SELECT p.practitioner_id FROM practitioner p JOIN practitioner_role r ON r.area_id = p.area_id \
         AND r.practitioner_id = p.practitioner_id WHERE p.area_id = $1 AND p.left_at IS NULL AND {of} \
         ORDER BY CASE WHEN {} AND {} THEN 0 ELSE 1 END, CASE WHEN EXISTS (SELECT 1 FROM absence x WHERE x.area_id = p.area_id \
         AND x.practitioner_id = p.practitioner_id AND x.from_on <= $2 AND x.to_on >= $2 AND x.ended_at IS NULL) THEN 1 ELSE 0 END, \
         CASE WHEN r.role = 'team_manager' THEN 0 ELSE 1 END, p.practitioner_id LIMIT 1",
        holds("clearance"),
        holds("training")
    );
    tx.query_opt(&sql, &values).await?.map(|row| row.id("practitioner_id")).transpose()
}

//! The SQL of people, and of how practitioners stand to them.

use super::{Asking, PersonId, Shield, ShieldId, ShieldKind, Standing};
use access::{Narrowing, Permit, PractitionerId, SqlMap};
use kernel::Timestamp;
use std::collections::BTreeSet;
use store::{AreaId, Engine, StoreError, StoreResult, Tx, Val, vals};
use uuid::Uuid;

/// The sets of a person, as conditions on the row whose area and person columns are given.
///
/// `CROSS JOIN` has SQLite begin with the one person: it would begin with every family that the asker helps, for each row again.
/// `OFFSET 0` has PostgreSQL look each row's person up: without it, it reads everybody whom the asker's whole agency knows, for a page of twenty.
#[macro_export]
macro_rules! person_sets {
    ($prefix:literal, $area:literal, $person:literal) => {
        &[
            (
                concat!($prefix, "known"),
                concat!("EXISTS (SELECT 1 FROM involvement v WHERE v.area_id = ", $area, " AND v.person_id = ", $person,
                    " AND v.ended_at IS NULL AND v.agency_id = {} LIMIT 1 OFFSET 0)"),
            ),
            (
                concat!($prefix, "workers"),
                concat!("EXISTS (SELECT 1 FROM involvement v WHERE v.area_id = ", $area, " AND v.person_id = ", $person,
                    " AND v.ended_at IS NULL AND v.practitioner_id = {} LIMIT 1 OFFSET 0)"),
            ),
            (
                concat!($prefix, "managers"),
                concat!("EXISTS (SELECT 1 FROM involvement v CROSS JOIN team_member t CROSS JOIN team_member m WHERE v.area_id = ", $area,
                    " AND v.person_id = ", $person, " AND t.area_id = v.area_id AND t.practitioner_id = v.practitioner_id ",
                    "AND m.area_id = t.area_id AND m.team_id = t.team_id AND m.part = 'manager' AND v.ended_at IS NULL AND m.practitioner_id = {} LIMIT 1 OFFSET 0)"),
            ),
            (
                concat!($prefix, "team"),
                concat!("EXISTS (SELECT 1 FROM family_member h CROSS JOIN family_team t WHERE h.area_id = ", $area, " AND h.person_id = ", $person,
                    " AND t.area_id = h.area_id AND t.family_id = h.family_id AND t.ended_at IS NULL AND h.ended_at IS NULL AND t.practitioner_id = {} LIMIT 1 OFFSET 0)"),
            ),
            (
                concat!($prefix, "askers"),
                concat!("EXISTS (SELECT 1 FROM asking k WHERE k.area_id = ", $area, " AND k.person_id = ", $person,
                    " AND k.practitioner_id = {} AND k.until_at > {now} LIMIT 1 OFFSET 0)"),
            ),
            (
                concat!($prefix, "named"),
                concat!("EXISTS (SELECT 1 FROM shield s JOIN shield_named n ON n.area_id = s.area_id AND n.shield_id = s.shield_id WHERE s.area_id = ",
                    $area, " AND s.person_id = ", $person, " AND s.kind = 'existence' AND s.ended_at IS NULL AND n.practitioner_id = {})"),
            ),
            (
                concat!($prefix, "namedForPlace"),
                concat!("EXISTS (SELECT 1 FROM shield s JOIN shield_named n ON n.area_id = s.area_id AND n.shield_id = s.shield_id WHERE s.area_id = ",
                    $area, " AND s.person_id = ", $person, " AND s.kind = 'location' AND s.ended_at IS NULL AND n.practitioner_id = {})"),
            ),
        ]
    };
}

/// Whether a person is shielded, as conditions on the row whose area and person columns are given.
#[macro_export]
macro_rules! person_flags {
    ($prefix:literal, $area:literal, $person:literal) => {
        &[
            (
                concat!($prefix, "restricted"),
                concat!(
                    "EXISTS (SELECT 1 FROM shield s WHERE s.area_id = ",
                    $area,
                    " AND s.person_id = ",
                    $person,
                    " AND s.kind = 'existence' AND s.ended_at IS NULL)"
                ),
            ),
            (
                concat!($prefix, "locationShielded"),
                concat!(
                    "EXISTS (SELECT 1 FROM shield s WHERE s.area_id = ",
                    $area,
                    " AND s.person_id = ",
                    $person,
                    " AND s.kind = 'location' AND s.ended_at IS NULL)"
                ),
            ),
        ]
    };
}
/// People in a list whose table is `p`.
pub static PERSON: SqlMap = SqlMap {
    name: "person",
    columns: &[],
    flags: person_flags!("", "p.area_id", "p.person_id"),
    sets: person_sets!("", "p.area_id", "p.person_id"),
    presences: &[],
};

pub(crate) async fn insert_all(tx: &mut Tx, area_id: AreaId, ids: &[PersonId], at: Timestamp) -> StoreResult<()> {
    let rows = ids.iter().map(|id| [area_id.into(), (*id).into(), at.into()]).collect();
    tx.insert_all("INSERT INTO person (area_id, person_id, created_at)", rows, "").await
}

/// Keeps a person from being linked to somebody else until this transaction ends: what is written about them would be left behind.
pub(crate) async fn hold(tx: &mut Tx, area_id: AreaId, id: PersonId) -> StoreResult<()> {
    match tx.engine() {
        // There is one writer.
        Engine::Sqlite => Ok(()),
        Engine::Postgres => {
            let hold = "SELECT person_id FROM person WHERE area_id = $1 AND person_id = $2 FOR SHARE";
            tx.query_opt(hold, vals![area_id, id]).await.map(|_| ())
        }
    }
}

/// Returns how everybody stands to a person; nothing when there is none.
pub(crate) async fn find_standing(tx: &mut Tx, area_id: AreaId, id: PersonId, now: Timestamp) -> StoreResult<Option<Standing>> {
    let rows = tx
        .query(
            "SELECT 'person' AS relation, person_id AS id FROM person WHERE area_id = $1 AND person_id = $2 AND linked_to IS NULL \
             UNION ALL SELECT 'workers', practitioner_id FROM involvement \
               WHERE area_id = $1 AND person_id = $2 AND ended_at IS NULL AND practitioner_id IS NOT NULL \
             UNION ALL SELECT 'known', agency_id FROM involvement WHERE area_id = $1 AND person_id = $2 AND ended_at IS NULL \
             UNION ALL SELECT 'managers', m.practitioner_id FROM involvement v \
               JOIN team_member t ON t.area_id = v.area_id AND t.practitioner_id = v.practitioner_id \
               JOIN team_member m ON m.area_id = t.area_id AND m.team_id = t.team_id AND m.part = 'manager' \
               WHERE v.area_id = $1 AND v.person_id = $2 AND v.ended_at IS NULL \
             UNION ALL SELECT 'team', t.practitioner_id FROM family_member h \
               JOIN family_team t ON t.area_id = h.area_id AND t.family_id = h.family_id AND t.ended_at IS NULL \
               WHERE h.area_id = $1 AND h.person_id = $2 AND h.ended_at IS NULL \
             UNION ALL SELECT 'askers', practitioner_id FROM asking WHERE area_id = $1 AND person_id = $2 AND until_at > $3 \
             UNION ALL SELECT CASE WHEN s.kind = 'existence' THEN 'named' ELSE 'namedForPlace' END, n.practitioner_id FROM shield s \
               JOIN shield_named n ON n.area_id = s.area_id AND n.shield_id = s.shield_id \
               WHERE s.area_id = $1 AND s.person_id = $2 AND s.ended_at IS NULL \
             UNION ALL SELECT kind, shield_id FROM shield WHERE area_id = $1 AND person_id = $2 AND ended_at IS NULL \
             LIMIT 5000",
            vals![area_id, id, now],
        )
        .await?;
    // A shield must never be cut off: rather nobody than one too many.
    if rows.len() == 5000 {
        return Err(StoreError::Corrupt("more people stand to one person than can be read".to_owned()));
    }
    let mut standing = Standing {
        id,
        restricted: false,
        location_shielded: false,
        known: Vec::new(),
        workers: Vec::new(),
        managers: Vec::new(),
        team: Vec::new(),
        askers: Vec::new(),
        named: Vec::new(),
        named_for_place: Vec::new(),
    };
    let mut is_there = false;
    for row in &rows {
        let related: Uuid = row.get("id")?;
        let relation: String = row.get("relation")?;
        let set = match relation.as_str() {
            "workers" => &mut standing.workers,
            "known" => &mut standing.known,
            "managers" => &mut standing.managers,
            "team" => &mut standing.team,
            "askers" => &mut standing.askers,
            "named" => &mut standing.named,
            "namedForPlace" => &mut standing.named_for_place,
            "existence" => {
                standing.restricted = true;
                continue;
            }
            "location" => {
                standing.location_shielded = true;
                continue;
            }
            _ => {
                is_there = true;
                continue;
            }
        };
        if !set.contains(&related) {
            set.push(related);
        }
    }
    Ok(is_there.then_some(standing))
}

pub(super) struct NewAsking<'a> {
    pub(super) id: Uuid,
    pub(super) practitioner_id: PractitionerId,
    pub(super) reason_code: &'a str,
    pub(super) reason: &'a str,
    pub(super) asked_at: Timestamp,
    pub(super) until_at: i64,
}

pub(super) async fn insert_asking(tx: &mut Tx, area_id: AreaId, permit: &Permit, asking: &NewAsking<'_>) -> StoreResult<()> {
    tx.execute(
        "INSERT INTO asking (area_id, asking_id, practitioner_id, person_id, reason_code, reason, asked_at, until_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        vals![
            area_id,
            asking.id,
            asking.practitioner_id,
            permit.id(),
            asking.reason_code,
            asking.reason,
            asking.asked_at,
            asking.until_at
        ],
    )
    .await?;
    Ok(())
}

/// Returns the reasons for looking that members of the teams somebody manages gave since `since`, the newest first, at most 50.
pub(super) async fn list_askings_of_team(
    tx: &mut Tx,
    area_id: AreaId,
    manager: PractitionerId,
    since: Timestamp,
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<Vec<Asking>> {
    let mut values = vec![Val::from(area_id), Val::from(manager), Val::from(since)];
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let sql = format!(
        "SELECT p.person_id, w.name, p.reason_code, p.reason, p.asked_at FROM asking p \
         JOIN practitioner w ON w.area_id = p.area_id AND w.practitioner_id = p.practitioner_id \
         WHERE p.area_id = $1 AND p.asked_at > $3 AND p.practitioner_id <> $2 AND EXISTS (SELECT 1 FROM team_member t \
         JOIN team_member m ON m.area_id = t.area_id AND m.team_id = t.team_id AND m.part = 'manager' AND m.practitioner_id = $2 \
         WHERE t.area_id = p.area_id AND t.practitioner_id = p.practitioner_id) AND {narrowed} \
         ORDER BY p.asked_at DESC, p.asking_id LIMIT 50"
    );
    tx.query(&sql, &values)
        .await?
        .iter()
        .map(|row| {
            Ok(Asking {
                person: row.id("person_id")?,
                practitioner: row.get("name")?,
                reason_code: row.get("reason_code")?,
                reason: row.get("reason")?,
                asked_at: row.get("asked_at")?,
            })
        })
        .collect()
}

/// Returns whom a practitioner works with, as far as the viewer may find them, the latest first; at most 60.
pub(super) async fn list_of_worker(
    tx: &mut Tx,
    area_id: AreaId,
    worker: PractitionerId,
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<Vec<PersonId>> {
    let mut values = vec![Val::from(area_id), Val::from(worker)];
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let sql = format!(
        "SELECT p.person_id, MAX(f.recorded_at) AS latest FROM involvement p \
         JOIN fact f ON f.area_id = p.area_id AND f.fact_id = p.fact_id \
         WHERE p.area_id = $1 AND p.practitioner_id = $2 AND p.ended_at IS NULL AND {narrowed} \
         GROUP BY p.person_id ORDER BY latest DESC, p.person_id LIMIT 60"
    );
    tx.query(&sql, &values).await?.iter().map(|row| row.id("person_id")).collect()
}

/// Returns whom any of these practitioners works with and the members of their families, as far as the narrowing lets through.
pub(super) async fn list_around_workers(
    tx: &mut Tx,
    area_id: AreaId,
    workers: &[PractitionerId],
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<Vec<PersonId>> {
    let mut values = vec![Val::from(area_id)];
    let of = store::value::list(&mut values, workers.iter().copied());
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let worked = format!("v.area_id = $1 AND v.practitioner_id IN ({of}) AND v.ended_at IS NULL");
    let sql = format!(
        "SELECT p.person_id FROM (SELECT v.area_id, v.person_id FROM involvement v WHERE {worked} \
         UNION SELECT h.area_id, h.person_id FROM involvement v \
         JOIN family_member m ON m.area_id = v.area_id AND m.person_id = v.person_id AND m.ended_at IS NULL \
         JOIN family_member h ON h.area_id = m.area_id AND h.family_id = m.family_id AND h.part = 'member' AND h.ended_at IS NULL \
         WHERE {worked}) p WHERE {narrowed} ORDER BY p.person_id LIMIT 2000"
    );
    tx.query(&sql, &values).await?.iter().map(|row| row.id("person_id")).collect()
}

/// Returns the shields around somebody now, with who decided them and who is named, by name.
pub(super) async fn list_shields(tx: &mut Tx, area_id: AreaId, permit: &Permit) -> StoreResult<Vec<Shield>> {
    let rows = tx
        .query(
            "SELECT s.shield_id, s.kind, s.reason, s.from_at, d.name AS decided_by, w.name AS named FROM shield s \
             LEFT JOIN practitioner d ON d.area_id = s.area_id AND d.practitioner_id = s.decided_by \
             LEFT JOIN shield_named n ON n.area_id = s.area_id AND n.shield_id = s.shield_id \
             LEFT JOIN practitioner w ON w.area_id = n.area_id AND w.practitioner_id = n.practitioner_id \
             WHERE s.area_id = $1 AND s.person_id = $2 AND s.ended_at IS NULL ORDER BY s.from_at, s.shield_id, w.name LIMIT 500",
            vals![area_id, permit.id()],
        )
        .await?;
    let mut shields: Vec<Shield> = Vec::new();
    for row in &rows {
        let id: ShieldId = row.id("shield_id")?;
        if shields.last().is_none_or(|last| last.id != id) {
            shields.push(Shield {
                id,
                kind: row.parse("kind")?,
                reason: row.get("reason")?,
                decided_by: row.get::<Option<String>>("decided_by")?.unwrap_or_default(),
                from_at: row.get("from_at")?,
                named: Vec::new(),
            });
        }
        if let (Some(last), Some(name)) = (shields.last_mut(), row.get::<Option<String>>("named")?) {
            last.named.push(name);
        }
    }
    Ok(shields)
}

/// Returns which of these people are shielded, of those whom the viewer may know of.
pub(super) async fn list_shielded(tx: &mut Tx, area_id: AreaId, people: &[PersonId]) -> StoreResult<Vec<(PersonId, ShieldKind)>> {
    let mut values = vec![Val::from(area_id)];
    let sql = format!(
        "SELECT DISTINCT person_id, kind FROM shield WHERE area_id = $1 AND person_id IN ({}) AND ended_at IS NULL ORDER BY person_id, kind LIMIT 500",
        store::value::list(&mut values, people.iter().copied())
    );
    tx.query(&sql, &values).await?.iter().map(|row| Ok((row.id("person_id")?, row.parse("kind")?))).collect()
}

/// Returns which of these are there, as nobody else, and shielded by nobody.
pub(super) async fn list_unshielded(tx: &mut Tx, area_id: AreaId, people: &[PersonId]) -> StoreResult<BTreeSet<PersonId>> {
    let mut found = BTreeSet::new();
    for some in people.chunks(500) {
        let mut values = vec![Val::from(area_id)];
        let sql = format!(
            "SELECT q.person_id FROM person q WHERE q.area_id = $1 AND q.person_id IN ({}) AND q.linked_to IS NULL AND NOT EXISTS (SELECT 1 FROM shield s \
             WHERE s.area_id = q.area_id AND s.person_id = q.person_id AND s.ended_at IS NULL) ORDER BY q.person_id LIMIT 500",
            store::value::list(&mut values, some.iter().copied())
        );
        for row in tx.query(&sql, &values).await? {
            found.insert(row.id("person_id")?);
        }
    }
    Ok(found)
}

pub(super) struct NewShield<'a> {
    pub(super) id: ShieldId,
    pub(super) person: PersonId,
    pub(super) kind: ShieldKind,
    pub(super) reason: &'a str,
    pub(super) decided_by: PractitionerId,
    pub(super) from_at: Timestamp,
    pub(super) named: &'a [PractitionerId],
}

pub(super) async fn insert_shield(tx: &mut Tx, area_id: AreaId, _permit: &Permit, shield: &NewShield<'_>) -> StoreResult<()> {
    tx.execute(
        "INSERT INTO shield (area_id, shield_id, person_id, kind, reason, decided_by, from_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        vals![area_id, shield.id, shield.person, shield.kind.as_str(), shield.reason, shield.decided_by, shield.from_at],
    )
    .await?;
    for named in shield.named {
        let insert = "INSERT INTO shield_named (area_id, shield_id, practitioner_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        tx.execute(insert, vals![area_id, shield.id, *named]).await?;
    }
    Ok(())
}

/// Returns why somebody is shielded now.
pub(crate) async fn find_reason(tx: &mut Tx, area_id: AreaId, id: PersonId, kind: ShieldKind) -> StoreResult<Option<String>> {
    let find = "SELECT reason FROM shield WHERE area_id = $1 AND person_id = $2 AND kind = $3 AND ended_at IS NULL \
                ORDER BY from_at DESC, shield_id LIMIT 1";
    tx.query_opt(find, vals![area_id, id, kind.as_str()]).await?.map(|row| row.get("reason")).transpose()
}

/// Gives a shield that somebody has to somebody else, with those who are named for it.
pub(crate) async fn copy_shield(
    tx: &mut Tx,
    area_id: AreaId,
    (shield, copy): (ShieldId, ShieldId),
    to: PersonId,
    at: Timestamp,
) -> StoreResult<()> {
    tx.execute(
        "INSERT INTO shield (area_id, shield_id, person_id, kind, reason, decided_by, from_at) \
         SELECT area_id, $3, $4, kind, reason, decided_by, $5 FROM shield WHERE area_id = $1 AND shield_id = $2",
        vals![area_id, shield, copy, to, at],
    )
    .await?;
    tx.execute(
        "INSERT INTO shield_named (area_id, shield_id, practitioner_id) SELECT area_id, $3, practitioner_id FROM shield_named \
         WHERE area_id = $1 AND shield_id = $2",
        vals![area_id, shield, copy],
    )
    .await?;
    Ok(())
}

/// Ends the shield of a kind: a new one takes its place, or none does.
pub(super) async fn end_shield(
    tx: &mut Tx,
    area_id: AreaId,
    _permit: &Permit,
    (person, kind): (PersonId, ShieldKind),
    now: Timestamp,
) -> StoreResult<u64> {
    let end = "UPDATE shield SET ended_at = $4 WHERE area_id = $1 AND person_id = $2 AND kind = $3 AND ended_at IS NULL";
    tx.execute(end, vals![area_id, person, kind.as_str(), now]).await
}

//! The SQL of looks that somebody answers for.

use super::actions::{Alert, AlertId};
use access::{Narrowing, Permit, PractitionerId};
use families::handing::Handed;
use families::people::PersonId;
use kernel::{Date, Timestamp};
use store::{AreaId, Row, StoreResult, Tx, Val, vals};

/// Unusual looks that nobody has seen to: whoever looked never sees to their own.
pub const HANDED: Handed = Handed {
    table: "look_alert",
    past: None,
    owner: "owner_id",
    open: "seen_at IS NULL",
    by: " AND practitioner_id <> $3 AND EXISTS (SELECT 1 FROM practitioner_role hr WHERE hr.area_id = look_alert.area_id \
           AND hr.practitioner_id = $3 AND hr.role IN ('team_manager', 'safeguarding_lead', 'auditor'))",
    about: "SELECT look_alert.person_id",
    also: "",
};

/// Returns the names of everybody who signs in here and whose name ends like one of these, at most 50.
pub(super) async fn list_of_surnames(tx: &mut Tx, area_id: AreaId, surnames: &[String]) -> StoreResult<Vec<String>> {
    let mut names = Vec::new();
    for surname in surnames {
        let list =
            "SELECT name FROM practitioner WHERE area_id = $1 AND LOWER(name) LIKE $2 AND left_at IS NULL ORDER BY name LIMIT 50";
        let ends_so = format!("% {}", surname.to_lowercase().replace(['%', '_'], ""));
        for row in tx.query(list, vals![area_id, ends_so]).await? {
            names.push(row.get("name")?);
        }
    }
    Ok(names)
}

/// Returns how many people somebody found in the index, or gave a reason for looking, since a moment.
pub(super) async fn count_since(tx: &mut Tx, area_id: AreaId, who: PractitionerId, since: Timestamp) -> StoreResult<i64> {
    let count = "SELECT (SELECT COUNT(*) FROM index_look l JOIN index_found f ON f.area_id = l.area_id AND f.look_id = l.look_id \
                 WHERE l.area_id = $1 AND l.practitioner_id = $2 AND l.looked_at > $3) \
                 + (SELECT COUNT(*) FROM asking k WHERE k.area_id = $1 AND k.practitioner_id = $2 AND k.asked_at > $3) AS looks";
    tx.query_one(count, vals![area_id, who, since]).await?.get("looks")
}

/// Returns whether there is an alert about the same look already: of the same two, since a moment.
pub(super) async fn is_noticed(
    tx: &mut Tx,
    area_id: AreaId,
    (who, person): (PractitionerId, PersonId),
    since: Timestamp,
) -> StoreResult<bool> {
    let find = "SELECT alert_id FROM look_alert WHERE area_id = $1 AND practitioner_id = $2 AND person_id = $3 AND looked_at > $4 \
                ORDER BY alert_id LIMIT 1";
    Ok(tx.query_opt(find, vals![area_id, who, person, since]).await?.is_some())
}

/// An alert to be kept.
pub(super) struct NewAlert<'a> {
    pub(super) id: AlertId,
    pub(super) practitioner: PractitionerId,
    pub(super) person: PersonId,
    pub(super) patterns: &'a str,
    pub(super) reason: &'a str,
    pub(super) at: Timestamp,
    pub(super) owner: PractitionerId,
    pub(super) due_on: Date,
}

pub(super) async fn insert(tx: &mut Tx, area_id: AreaId, alert: &NewAlert<'_>) -> StoreResult<()> {
    tx.execute(
        "INSERT INTO look_alert (area_id, alert_id, practitioner_id, person_id, patterns, reason, looked_at, owner_id, due_on) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        vals![
            area_id,
            alert.id,
            alert.practitioner,
            alert.person,
            alert.patterns,
            alert.reason,
            alert.at,
            alert.owner,
            alert.due_on
        ],
    )
    .await?;
    Ok(())
}

const COLUMNS: &str = "SELECT p.alert_id, p.practitioner_id, w.name AS practitioner, a.name AS agency, p.person_id, p.patterns, p.reason, \
     p.looked_at, p.owner_id, o.name AS owner, p.due_on, p.seen_at, s.name AS seen_by, p.seen_words FROM look_alert p \
     JOIN practitioner w ON w.area_id = p.area_id AND w.practitioner_id = p.practitioner_id \
     JOIN agency a ON a.area_id = w.area_id AND a.agency_id = w.agency_id \
     JOIN practitioner o ON o.area_id = p.area_id AND o.practitioner_id = p.owner_id \
     LEFT JOIN practitioner s ON s.area_id = p.area_id AND s.practitioner_id = p.seen_by ";

fn alert(row: &Row) -> StoreResult<Alert> {
    let patterns: String = row.get("patterns")?;
    let patterns: Result<Vec<_>, ()> = patterns.split(' ').map(str::parse).collect();
    Ok(Alert {
        id: row.id("alert_id")?,
        practitioner_id: row.id("practitioner_id")?,
        practitioner: row.get("practitioner")?,
        agency: row.get("agency")?,
        person: row.id("person_id")?,
        patterns: patterns.map_err(|()| store::StoreError::Corrupt("a pattern of an alert".to_owned()))?,
        reason: row.get("reason")?,
        looked_at: row.get("looked_at")?,
        owner_id: row.id("owner_id")?,
        owner: row.get("owner")?,
        due_on: row.get("due_on")?,
        seen_at: row.get("seen_at")?,
        seen_by: row.get("seen_by")?,
        seen_words: row.get("seen_words")?,
    })
}

/// Returns the alerts that somebody is to see to, of people whom they may find; all, where there is no narrowing. Those that wait first, the
/// newest first; at most 200. Nobody is shown one about their own looks.
pub(super) async fn list(
    tx: &mut Tx,
    area_id: AreaId,
    _permit: &Permit,
    viewer: PractitionerId,
    narrowing: Option<(&Narrowing, Timestamp)>,
) -> StoreResult<Vec<Alert>> {
    let mut values = vec![Val::from(area_id), Val::from(viewer)];
    let narrowed = match narrowing {
        Some((narrowing, now)) => format!("p.owner_id = $2 AND {}", narrowing.write(&mut values, now)),
        None => "1 = 1".to_owned(),
    };
    let sql = format!(
        "{COLUMNS} WHERE p.area_id = $1 AND p.practitioner_id <> $2 AND {narrowed} \
         ORDER BY CASE WHEN p.seen_at IS NULL THEN 0 ELSE 1 END, p.looked_at DESC, p.alert_id LIMIT 200"
    );
    tx.query(&sql, &values).await?.iter().map(alert).collect()
}

/// Marks an alert as seen by whoever answers for it, or by an auditor; unless it was, or is about their own look.
pub(super) async fn save_seen(
    tx: &mut Tx,
    area_id: AreaId,
    _permit: &Permit,
    (id, is_auditor): (AlertId, bool),
    (by, at, words): (PractitionerId, Timestamp, &str),
) -> StoreResult<bool> {
    let save = "UPDATE look_alert SET seen_at = $4, seen_by = $3, seen_words = $5 \
                WHERE area_id = $1 AND alert_id = $2 AND practitioner_id <> $3 AND (owner_id = $3 OR $6 = 1) AND seen_at IS NULL";
    Ok(tx.execute(save, vals![area_id, id, by, at, words, is_auditor]).await? == 1)
}

/// Returns how many alerts wait, how many are late, and how many have nobody who sees to them.
pub(super) async fn count_open(tx: &mut Tx, area_id: AreaId, today: Date) -> StoreResult<(i64, i64, i64)> {
    let row = tx
        .query_one(
            "SELECT COUNT(*) AS open, COUNT(CASE WHEN l.due_on < $2 THEN 1 END) AS late, \
             COUNT(CASE WHEN o.left_at IS NOT NULL THEN 1 END) AS ownerless FROM look_alert l \
             JOIN practitioner o ON o.area_id = l.area_id AND o.practitioner_id = l.owner_id \
             WHERE l.area_id = $1 AND l.seen_at IS NULL",
            vals![area_id, today],
        )
        .await?;
    Ok((row.get("open")?, row.get("late")?, row.get("ownerless")?))
}

/// Deletes alerts that somebody saw to before a moment; returns how many, `most` at most.
///
/// # Errors
/// [`StoreError`](store::StoreError) from the engine.
pub async fn delete_seen(tx: &mut Tx, area_id: AreaId, before: Timestamp, most: usize) -> StoreResult<u64> {
    let delete = format!(
        "DELETE FROM look_alert WHERE area_id = $1 AND alert_id IN (SELECT l.alert_id FROM look_alert l \
         WHERE l.area_id = $1 AND l.seen_at < $2 ORDER BY l.seen_at, l.alert_id LIMIT {most})"
    );
    tx.execute(&delete, vals![area_id, before]).await
}

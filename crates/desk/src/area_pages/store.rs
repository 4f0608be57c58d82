//! The SQL of the journal's page.

use kernel::{Timestamp, british};
use serde::Serialize;
use store::{AreaId, StoreResult, Tx, Val};
use uuid::Uuid;

pub(super) const ENTRIES_MAX: usize = 100;

/// An entry as the auditor reads it.
#[derive(Debug, Serialize)]
pub(super) struct EntryLine {
    pub(super) seq: i64,
    at: String,
    act: String,
    outcome: String,
    actor: String,
    agency: String,
    subject: String,
    rule: String,
    details: String,
}

/// Returns entries, the newest first, about one subject or all, before a number.
pub(super) async fn list_entries(
    tx: &mut Tx,
    area_id: AreaId,
    subject: Option<Uuid>,
    before: Option<i64>,
) -> StoreResult<Vec<EntryLine>> {
    let mut values = vec![Val::from(area_id), Val::from(before.unwrap_or(i64::MAX))];
    let about = match subject {
        Some(subject) => {
            values.push(Val::from(subject));
            "AND e.subject_id = $3"
        }
        None => "",
    };
    let sql = format!(
        "SELECT e.seq, e.at, e.act, e.outcome, e.subject_id, e.rule, e.payload, w.name AS actor, a.name AS agency FROM journal_entry e \
         LEFT JOIN practitioner w ON w.area_id = e.area_id AND w.practitioner_id = e.actor_id \
         LEFT JOIN agency a ON a.area_id = e.area_id AND a.agency_id = e.agency_id \
         WHERE e.area_id = $1 AND e.seq < $2 {about} ORDER BY e.seq DESC LIMIT 100"
    );
    let rows = tx.query(&sql, &values).await?;
    rows.iter()
        .map(|row| {
            Ok(EntryLine {
                seq: row.get("seq")?,
                at: british::moment(row.get::<Timestamp>("at")?),
                act: row.get::<String>("act")?.replace('_', " "),
                outcome: row.get("outcome")?,
                actor: row.get::<Option<String>>("actor")?.unwrap_or_else(|| "The system".to_owned()),
                agency: row.get::<Option<String>>("agency")?.unwrap_or_default(),
                subject: row.get::<Option<Uuid>>("subject_id")?.map_or_else(String::new, |id| id.to_string()),
                rule: row.get("rule")?,
                details: row.get::<Option<String>>("payload")?.unwrap_or_else(|| "erased".to_owned()),
            })
        })
        .collect()
}

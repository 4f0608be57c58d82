//! The SQL of the journal's pages.

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

/// Which entries are wanted: of everything that is given, all must hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    /// About this person, family or record.
    pub(super) about: Option<Uuid>,
    /// By this practitioner.
    pub(super) by: Option<Uuid>,
    /// This act.
    pub(super) act: String,
    /// Ended so.
    pub(super) outcome: String,
    /// From this moment.
    pub(super) from: Option<Timestamp>,
    /// Up to but not including this moment.
    pub(super) until: Option<Timestamp>,
    /// Before this entry.
    pub(super) before: Option<i64>,
}

/// Returns the entries wanted, the newest first, at most [`ENTRIES_MAX`].
pub(super) async fn list_entries(tx: &mut Tx, area_id: AreaId, wanted: &Wanted) -> StoreResult<Vec<EntryLine>> {
    let mut values = vec![Val::from(area_id), Val::from(wanted.before.unwrap_or(i64::MAX))];
    let mut narrowed = String::new();
    let mut and = |column: &str, value: Option<Val>| {
        if let Some(value) = value {
            values.push(value);
            narrowed.push_str(&format!(" AND e.{column} ${}", values.len()));
        }
    };
    let text = |text: &str| Some(text).filter(|text| !text.is_empty()).map(Val::from);
    and("subject_id =", wanted.about.map(Val::from));
    and("actor_id =", wanted.by.map(Val::from));
    and("act =", text(&wanted.act));
    and("outcome =", text(&wanted.outcome));
    and("at >=", wanted.from.map(Val::from));
    and("at <", wanted.until.map(Val::from));
    let sql = format!(
        "SELECT e.seq, e.at, e.act, e.outcome, e.subject_id, e.rule, e.payload, w.name AS actor, a.name AS agency FROM journal_entry e \
         LEFT JOIN practitioner w ON w.area_id = e.area_id AND w.practitioner_id = e.actor_id \
         LEFT JOIN agency a ON a.area_id = e.area_id AND a.agency_id = e.agency_id \
         WHERE e.area_id = $1 AND e.seq < $2{narrowed} ORDER BY e.seq DESC LIMIT 100"
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

/// Returns who is in the journal: everybody who could ever sign in, by name, at most 1,000.
pub(super) async fn list_actors(tx: &mut Tx, area_id: AreaId) -> StoreResult<Vec<(Uuid, String)>> {
    let list = "SELECT p.practitioner_id, p.name, a.name AS agency FROM practitioner p JOIN agency a ON a.area_id = p.area_id \
                AND a.agency_id = p.agency_id WHERE p.area_id = $1 ORDER BY p.name, p.practitioner_id LIMIT 1000";
    let rows = tx.query(list, &[Val::from(area_id)]).await?;
    rows.iter()
        .map(|row| Ok((row.get("practitioner_id")?, format!("{}, {}", row.get::<String>("name")?, row.get::<String>("agency")?))))
        .collect()
}

//! What rows were: kept before they are changed or deleted, so that anything can be shown as it was known at a moment.
//!
//! Most of what is known is only ever added to, and carries the moments at which it came and went ([`Table::since`], [`Table::undo`]). Where a
//! row is changed in place, what it was is kept first ([`keep`]).
//!
//! Invariant: a row that belongs to [`TABLES`] and is changed or deleted is kept before, but for what `undo` puts back by itself.

use crate::db::Engine;
use crate::value::Row;
use crate::{AreaId, StoreError, StoreResult, Tx, Val, vals};
use kernel::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use uuid::Uuid;

/// A table, and how to tell what its rows were.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its key besides the area.
    pub key: &'static [&'static str],
    /// The columns by which rows are of something: a person, a family, a fact.
    pub of: &'static [&'static str],
    /// The column with the moment at which a row came to be; nothing where it came with what it is of.
    pub since: Option<&'static str>,
    /// Whether rows are changed in place, moved or deleted: what they were is kept.
    pub changes: bool,
    /// Columns with a moment at which something was marked, and what was empty before.
    pub undo: &'static [(&'static str, &'static [&'static str])],
}

const ENDED: &[(&str, &[&str])] = &[("ended_at", &["ended_at"])];

const fn table(name: &'static str, key: &'static [&'static str], of: &'static [&'static str]) -> Table {
    Table { name, key, of, since: None, changes: true, undo: &[] }
}

/// Rows that come with what they are of, and stay as they are.
const fn part(name: &'static str, key: &'static [&'static str], of: &'static [&'static str]) -> Table {
    Table { changes: false, ..table(name, key, of) }
}

const fn since(table: Table, column: &'static str) -> Table {
    Table { since: Some(column), ..table }
}

const fn ended(table: Table, column: &'static str) -> Table {
    Table { since: Some(column), undo: ENDED, ..table }
}

/// Every table from which somebody can be shown as they were known, those that others are of first.
pub static TABLES: [Table; 56] = [
    since(table("person", &["person_id"], &["person_id"]), "created_at"),
    Table {
        undo: &[("superseded_at", &["superseded_at", "superseded_by"])],
        ..since(table("fact", &["fact_id"], &["person_id", "fact_id"]), "recorded_at")
    },
    part("name_fact", &["fact_id"], &["fact_id"]),
    part("address_fact", &["fact_id"], &["fact_id"]),
    part("identifier_fact", &["fact_id"], &["fact_id"]),
    table("relationship_fact", &["fact_id"], &["fact_id", "other_id"]),
    Table { undo: ENDED, ..table("involvement", &["fact_id"], &["fact_id"]) },
    ended(table("fact_grant", &["fact_id", "origin_id", "for_id"], &["fact_id"]), "from_at"),
    since(table("family", &["family_id"], &["family_id"]), "created_at"),
    ended(table("family_member", &["family_id", "person_id", "from_at"], &["person_id", "family_id"]), "from_at"),
    ended(table("family_team", &["family_id", "practitioner_id", "from_at"], &["family_id"]), "from_at"),
    table("family_read", &["practitioner_id", "family_id"], &["family_id"]),
    ended(table("shield", &["shield_id"], &["person_id"]), "from_at"),
    part("shield_named", &["shield_id", "practitioner_id"], &["shield_id"]),
    since(table("asking", &["asking_id"], &["person_id"]), "asked_at"),
    Table {
        undo: &[("undone_at", &["undone_at", "undone_by", "undone_reason"])],
        ..since(table("person_link", &["link_id"], &["kept_id"]), "made_at")
    },
    since(table("contact", &["contact_id"], &["person_id"]), "recorded_at"),
    since(table("referral", &["referral_id"], &["person_id"]), "asked_at"),
    since(part("referral_event", &["event_id"], &["referral_id"]), "at"),
    part("referral_item", &["referral_id", "fact_id"], &["referral_id"]),
    since(table("agreement", &["agreement_id"], &["person_id"]), "recorded_at"),
    table("agreement_giver", &["agreement_id"], &["agreement_id"]),
    part("agreement_information", &["agreement_id", "information"], &["agreement_id"]),
    part("agreement_agency", &["agreement_id", "agency_id"], &["agreement_id"]),
    since(table("share_request", &["request_id"], &["person_id"]), "asked_at"),
    since(table("share_decision", &["decision_id"], &["person_id"]), "decided_at"),
    part("share_item", &["decision_id", "fact_id"], &["decision_id"]),
    since(part("share_event", &["event_id"], &["decision_id"]), "at"),
    Table { undo: &[("done_at", &["done_at", "done_by"])], ..table("share_task", &["task_id"], &["decision_id"]) },
    since(table("plan", &["plan_id"], &["family_id"]), "begun_at"),
    since(table("plan_entry", &["entry_id"], &["person_id", "plan_id"]), "recorded_at"),
    table("plan_doer", &["entry_id"], &["entry_id"]),
    part("plan_measure", &["entry_id"], &["entry_id"]),
    since(part("plan_breach", &["breach_id"], &["entry_id"]), "recorded_at"),
    since(table("plan_said", &["said_id"], &["plan_id", "person_id"]), "recorded_at"),
    table("plan_said_by", &["said_id"], &["said_id"]),
    since(table("handover", &["handover_id"], &["family_id", "person_id"]), "offered_at"),
    since(part("level_judgement", &["judgement_id"], &["family_id", "person_id"]), "judged_at"),
    part("level_evidence", &["judgement_id", "fact_id"], &["judgement_id"]),
    since(table("contingency", &["contingency_id"], &["family_id", "person_id"]), "recorded_at"),
    since(table("contract", &["contract_id"], &["family_id", "person_id"]), "recorded_at"),
    table("contract_promise", &["contract_id", "entry_id"], &["contract_id"]),
    Table {
        undo: &[("superseded_at", &["superseded_at"])],
        ..since(table("contract_answer", &["answer_id"], &["contract_id", "person_id"]), "recorded_at")
    },
    since(table("closing", &["closing_id"], &["family_id", "person_id"]), "asked_at"),
    part("closing_attempt", &["closing_id", "visit_id"], &["closing_id"]),
    since(table("meeting", &["meeting_id"], &["family_id", "person_id"]), "recorded_at"),
    table("meeting_invited", &["meeting_id", "practitioner_id"], &["meeting_id"]),
    table("meeting_person", &["meeting_id", "place"], &["meeting_id", "person_id"]),
    since(table("visit", &["visit_id"], &["visit_id", "person_id"]), "recorded_at"),
    table("visit_person", &["visit_id", "place"], &["visit_id", "person_id"]),
    part("agency", &["agency_id"], &["agency_id"]),
    table("practitioner", &["practitioner_id"], &["practitioner_id"]),
    table("practitioner_role", &["practitioner_id", "role"], &["practitioner_id"]),
    since(part("credential", &["practitioner_id", "kind", "recorded_at"], &["practitioner_id"]), "recorded_at"),
    table("team_member", &["team_id", "practitioner_id"], &["practitioner_id", "team_id"]),
    part("team", &["team_id"], &["team_id"]),
];

/// Returns a table by its name.
///
/// # Errors
/// [`StoreError::Corrupt`] when it is none of [`TABLES`].
pub fn by_name(name: &str) -> StoreResult<&'static Table> {
    let found = TABLES.iter().find(|table| table.name == name);
    found.ok_or_else(|| StoreError::Corrupt(format!("what rows of {name} were is not kept")))
}

/// Whom or what rows are of.
#[derive(Clone, Copy, Debug)]
pub enum Subject {
    /// What one of their columns says.
    Column(&'static str),
    /// Somebody, or something.
    Is(Uuid),
}

/// Keeps what rows are, before they are changed at a moment or deleted. `which` is the rest of a `WHERE` whose `$1` is the area.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn keep(
    tx: &mut Tx,
    (table, subject): (&str, Subject),
    (which, values): (&str, &[Val]),
    at: Timestamp,
) -> StoreResult<()> {
    let table = by_name(table)?;
    // Nobody changes it between being kept and being changed.
    let held = if tx.engine() == Engine::Postgres { " FOR UPDATE" } else { "" };
    let select = format!("SELECT * FROM {} WHERE area_id = $1 AND {which} LIMIT 100000{held}", table.name);
    let rows = tx.query(&select, values).await?;
    let mut kept = Vec::with_capacity(rows.len());
    for row in &rows {
        let of: Uuid = match subject {
            Subject::Column(column) => row.get(column)?,
            Subject::Is(id) => id,
        };
        let area_id = row.value("area_id")?.clone();
        kept.push([area_id, table.name.into(), key_of(table, row)?.into(), at.into(), of.into(), body_of(row).into()]);
    }
    insert(tx, kept).await
}

/// Keeps that a row was not there until a moment: where nothing in it says since when it is there.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn keep_absent(
    tx: &mut Tx,
    area_id: AreaId,
    (table, key): (&str, &[Val]),
    subject: Uuid,
    at: Timestamp,
) -> StoreResult<()> {
    let table = by_name(table)?;
    let key = key.iter().map(written).collect::<Vec<_>>().join("|");
    insert(tx, vec![[area_id.into(), table.name.into(), key.into(), at.into(), subject.into(), Val::Null]]).await
}

/// Of two changes at one moment, what was before the first is what counts.
async fn insert(tx: &mut Tx, rows: Vec<[Val; 6]>) -> StoreResult<()> {
    let insert = "INSERT INTO past_row (area_id, table_name, row_key, until_at, subject_id, body)";
    tx.insert_all(insert, rows, "ON CONFLICT DO NOTHING").await
}

/// Returns the key of a row, as it is kept.
///
/// # Errors
/// [`StoreError::Corrupt`] when the row lacks a column of it.
pub(crate) fn key_of(table: &Table, row: &Row) -> StoreResult<String> {
    let parts: StoreResult<Vec<String>> = table.key.iter().map(|column| row.value(column).map(written)).collect();
    Ok(parts?.join("|"))
}

fn written(value: &Val) -> String {
    match value {
        Val::Null => String::new(),
        Val::Int(number) => number.to_string(),
        Val::Text(text) => text.clone(),
        Val::Uuid(id) => id.to_string(),
        Val::Bytes(bytes) => Uuid::from_slice(bytes).map_or_else(|_| hex(bytes), |id| id.to_string()),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A row as JSON: numbers and texts as they are, bytes and ids as `{"hex": …}`.
fn body_of(row: &Row) -> String {
    let value = |value: &Val| match value {
        Val::Null => Value::Null,
        Val::Int(number) => json!(number),
        Val::Text(text) => json!(text),
        Val::Uuid(id) => json!({ "hex": hex(id.as_bytes()) }),
        Val::Bytes(bytes) => json!({ "hex": hex(bytes) }),
    };
    let body: Map<String, Value> = row.names.iter().cloned().zip(row.values.iter().map(value)).collect();
    Value::Object(body).to_string()
}

/// Returns a row from what was kept of it.
///
/// # Errors
/// [`StoreError::Corrupt`] when it does not read.
pub(crate) fn row_of(body: &str) -> StoreResult<Row> {
    let corrupt = || StoreError::Corrupt("what a row was does not read".to_owned());
    let body: Map<String, Value> = serde_json::from_str(body).map_err(|_| corrupt())?;
    let value = |value: &Value| match value {
        Value::Null => Ok(Val::Null),
        Value::Number(number) => number.as_i64().map(Val::Int).ok_or_else(corrupt),
        Value::String(text) => Ok(Val::Text(text.clone())),
        other => {
            let hex = other["hex"].as_str().ok_or_else(corrupt)?;
            let byte = |at: usize| hex.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok()).ok_or_else(corrupt);
            Ok(Val::Bytes((0..hex.len()).step_by(2).map(byte).collect::<StoreResult<_>>()?))
        }
    };
    let values: StoreResult<Vec<Val>> = body.values().map(value).collect();
    Ok(Row { names: body.keys().cloned().collect(), values: values? })
}

/// What rows were at a moment: by the name of their table and their key; nothing for one that was not there.
pub(crate) type Was = BTreeMap<(String, String), Option<Row>>;

/// Returns what rows of a table with a key of one id were at a moment, by that id, of those that have changed since.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn rows_at(
    tx: &mut Tx,
    area_id: AreaId,
    (table, ids): (&str, &[Uuid]),
    at: Timestamp,
) -> StoreResult<BTreeMap<Uuid, Row>> {
    let keys: Vec<String> = ids.iter().map(Uuid::to_string).collect();
    let was = of(tx, area_id, &[Sought::Keys(by_name(table)?, &keys)], at).await?;
    Ok(was.into_iter().filter_map(|((_, key), row)| Some((key.parse().ok()?, row?))).collect())
}

/// What rows are looked for in the past.
pub(crate) enum Sought<'a> {
    /// Those that were of some subjects.
    Subjects(&'a [Uuid]),
    /// Those of a table, by their keys.
    Keys(&'static Table, &'a [String]),
}

/// Returns what these rows were at a moment, of those that have changed since: asked for together.
///
/// # Errors
/// [`StoreError`] from the engine.
pub(crate) async fn of(tx: &mut Tx, area_id: AreaId, sought: &[Sought<'_>], at: Timestamp) -> StoreResult<Was> {
    let mut asked = Vec::new();
    for one in sought {
        let (column, of_table, wanted): (_, _, Vec<Val>) = match one {
            Sought::Subjects(ids) => ("subject_id", String::new(), ids.iter().map(|id| Val::from(*id)).collect()),
            Sought::Keys(table, keys) => {
                ("row_key", format!(" AND table_name = '{}'", table.name), keys.iter().map(Val::from).collect())
            }
        };
        for some in wanted.chunks(500) {
            let mut values = vals![area_id, at].to_vec();
            let of = crate::value::list(&mut values, some.iter().cloned());
            let sql = format!(
                "SELECT table_name, row_key, until_at, body FROM past_row WHERE area_id = $1 AND until_at > $2 AND {column} IN ({of}){of_table} \
                 ORDER BY until_at, table_name, row_key LIMIT 100000"
            );
            asked.push((sql, values));
        }
    }
    let mut was: BTreeMap<(String, String), (i64, Option<String>)> = BTreeMap::new();
    for row in tx.query_each(&asked).await?.iter().flatten() {
        let (key, until): ((String, String), i64) = ((row.get("table_name")?, row.get("row_key")?), row.get("until_at")?);
        if was.get(&key).is_none_or(|(earlier, _)| until < *earlier) {
            was.insert(key, (until, row.get("body")?));
        }
    }
    // Once what a row was is known by its key, it is known whoever it was of.
    was.into_iter().map(|(key, (_, body))| Ok((key, body.map(|body| row_of(&body)).transpose()?))).collect()
}

//! The SQL of feeds.

use super::reading::{BadRow, Record};
use super::{Run, RunId};
use access::{AgencyId, PractitionerId};
use area::files::Field;
use families::facts::Identifier;
use families::people::PersonId;
use kernel::partial_date::PartialDate;
use kernel::{Timestamp, names};
use store::{AreaId, Row, StoreError, StoreResult, Tx, vals};

const RUN_COLUMNS: &str = "SELECT run_id, source, file_name, file_path, file_bytes, state, problem, bytes_read, line, rows_new, rows_same, \
     rows_bad, rows_matched, people_new FROM feed_run ";

fn run(row: &Row) -> StoreResult<Run> {
    Ok(Run {
        id: row.id("run_id")?,
        source: row.get("source")?,
        file_name: row.get("file_name")?,
        file_path: row.get("file_path")?,
        file_bytes: row.get("file_bytes")?,
        state: row.get("state")?,
        problem: row.get("problem")?,
        bytes_read: row.get("bytes_read")?,
        line: row.get("line")?,
        rows_new: row.get("rows_new")?,
        rows_same: row.get("rows_same")?,
        rows_bad: row.get("rows_bad")?,
        rows_matched: row.get("rows_matched")?,
        people_new: row.get("people_new")?,
    })
}

pub(super) async fn insert_run(
    tx: &mut Tx,
    area_id: AreaId,
    run: &Run,
    by: Option<PractitionerId>,
    at: Timestamp,
) -> StoreResult<()> {
    tx.execute(
        "INSERT INTO feed_run (area_id, run_id, source, file_name, file_path, file_bytes, started_by, state, problem, bytes_read, line, \
         rows_new, rows_same, rows_bad, rows_matched, people_new, started_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'running', '', 0, 0, 0, 0, 0, 0, 0, $8)",
        vals![area_id, run.id, &run.source, &run.file_name, &run.file_path, run.file_bytes, by, at],
    )
    .await?;
    Ok(())
}

pub(super) async fn load_run(tx: &mut Tx, area_id: AreaId, id: RunId) -> StoreResult<Option<Run>> {
    let row = tx.query_opt(&format!("{RUN_COLUMNS} WHERE area_id = $1 AND run_id = $2"), vals![area_id, id]).await?;
    row.as_ref().map(run).transpose()
}

pub(super) async fn list_runs(tx: &mut Tx, area_id: AreaId) -> StoreResult<Vec<Run>> {
    let sql = format!("{RUN_COLUMNS} WHERE area_id = $1 ORDER BY started_at DESC, run_id LIMIT 50");
    tx.query(&sql, vals![area_id]).await?.iter().map(run).collect()
}

/// What a batch of rows came to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) rows_new: i64,
    pub(super) rows_same: i64,
    pub(super) rows_bad: i64,
    pub(super) rows_matched: i64,
    pub(super) people_new: i64,
}

/// Adds a batch to a run; returns the state it is in now.
pub(super) async fn save_progress(
    tx: &mut Tx,
    area_id: AreaId,
    id: RunId,
    (tally, at): (&Tally, (i64, i64)),
    ended_at: Option<Timestamp>,
) -> StoreResult<String> {
    let row = tx
        .query_one(
            "UPDATE feed_run SET rows_new = rows_new + $3, rows_same = rows_same + $4, rows_bad = rows_bad + $5, \
             rows_matched = rows_matched + $6, people_new = people_new + $7, bytes_read = $8, line = $9, ended_at = $10, \
             state = CASE WHEN $11 = 1 THEN 'done' WHEN state = 'stopping' THEN 'stopped' ELSE state END \
             WHERE area_id = $1 AND run_id = $2 RETURNING state",
            vals![
                area_id,
                id,
                tally.rows_new,
                tally.rows_same,
                tally.rows_bad,
                tally.rows_matched,
                tally.people_new,
                at.0,
                at.1,
                ended_at,
                i64::from(ended_at.is_some())
            ],
        )
        .await?;
    row.get("state")
}

pub(super) async fn fail_run(tx: &mut Tx, area_id: AreaId, id: RunId, problem: &str, at: Timestamp) -> StoreResult<()> {
    let fail = "UPDATE feed_run SET state = 'failed', problem = $3, ended_at = $4 WHERE area_id = $1 AND run_id = $2";
    tx.execute(fail, vals![area_id, id, problem, at]).await?;
    Ok(())
}

/// Moves a run from one state to another; returns whether it was in the first.
pub(super) async fn move_run(tx: &mut Tx, area_id: AreaId, id: RunId, (from, to): (&str, &str)) -> StoreResult<bool> {
    let sql = "UPDATE feed_run SET state = $4 WHERE area_id = $1 AND run_id = $2 AND state = $3";
    Ok(tx.execute(sql, vals![area_id, id, from, to]).await? == 1)
}

pub(super) async fn insert_bad_row(
    tx: &mut Tx,
    area_id: AreaId,
    id: RunId,
    (line, raw): (i64, &str),
    bad: &BadRow,
) -> StoreResult<()> {
    tx.execute(
        "INSERT INTO feed_bad_row (area_id, run_id, line, column_name, reason, raw) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        vals![area_id, id, line, &bad.column, &bad.reason, raw],
    )
    .await?;
    Ok(())
}

/// A row in quarantine.
#[derive(Clone, Debug)]
pub(super) struct Quarantined {
    pub(super) line: i64,
    pub(super) column: String,
    pub(super) reason: String,
    pub(super) cells: Vec<String>,
}

/// Returns rows in quarantine after a line, at most `limit`.
pub(super) async fn list_bad_rows(
    tx: &mut Tx,
    area_id: AreaId,
    id: RunId,
    after: i64,
    limit: usize,
) -> StoreResult<Vec<Quarantined>> {
    let rows = tx
        .query(
            "SELECT line, column_name, reason, raw FROM feed_bad_row WHERE area_id = $1 AND run_id = $2 AND line > $3 ORDER BY line LIMIT $4",
            vals![area_id, id, after, limit],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let raw: String = row.get("raw")?;
            Ok(Quarantined {
                line: row.get("line")?,
                column: row.get("column_name")?,
                reason: row.get("reason")?,
                cells: serde_json::from_str(&raw).unwrap_or_default(),
            })
        })
        .collect()
}

pub(super) struct KnownRecord {
    pub(super) content_hash: Vec<u8>,
    pub(super) person: Option<PersonId>,
}

pub(super) async fn find_record(tx: &mut Tx, area_id: AreaId, source: &str, key: &str) -> StoreResult<Option<KnownRecord>> {
    let find = "SELECT content_hash, person_id FROM feed_record WHERE area_id = $1 AND source = $2 AND record_key = $3";
    let row = tx.query_opt(find, vals![area_id, source, key]).await?;
    row.map(|row| Ok(KnownRecord { content_hash: row.get("content_hash")?, person: row.opt_id("person_id")? })).transpose()
}

/// A record to keep.
pub(super) struct Kept<'a> {
    pub(super) source: &'a str,
    pub(super) record: &'a Record,
    pub(super) hash: &'a [u8],
    pub(super) person: Option<PersonId>,
    pub(super) run: RunId,
    pub(super) at: Timestamp,
}

/// Keeps a record; one that waits is found by its agency's practitioners under the words of its name and date of birth.
pub(super) async fn save_record(tx: &mut Tx, area_id: AreaId, kept: &Kept<'_>) -> StoreResult<()> {
    let body = serde_json::to_string(kept.record).map_err(|e| StoreError::Corrupt(e.to_string()))?;
    tx.execute(
        "INSERT INTO feed_record (area_id, source, record_key, content_hash, person_id, body, run_id, recorded_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (area_id, source, record_key) DO UPDATE SET content_hash = excluded.content_hash, \
         person_id = COALESCE(excluded.person_id, feed_record.person_id), body = excluded.body, run_id = excluded.run_id, recorded_at = excluded.recorded_at",
        vals![area_id, kept.source, &kept.record.key, kept.hash, kept.person, body, kept.run, kept.at],
    )
    .await?;
    if kept.person.is_none() {
        for word in words(kept.record) {
            let insert =
                "INSERT INTO feed_word (area_id, word, source, record_key) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
            tx.execute(insert, vals![area_id, word, kept.source, &kept.record.key]).await?;
        }
    }
    Ok(())
}

fn words(record: &Record) -> Vec<String> {
    let name = format!("{} {}", record.get(Field::FirstName), record.get(Field::LastName));
    let mut words: Vec<String> = names::folded_words(&name).into_iter().map(|word| format!("n:{word}")).collect();
    words.extend(record.born().map(|born| format!("d:{born}")));
    words
}

/// Marks a waiting record as a person's; it is no longer found as waiting.
pub(super) async fn save_person(
    tx: &mut Tx,
    area_id: AreaId,
    source: &str,
    record: &Record,
    person: PersonId,
) -> StoreResult<bool> {
    let sql =
        "UPDATE feed_record SET person_id = $4 WHERE area_id = $1 AND source = $2 AND record_key = $3 AND person_id IS NULL";
    if tx.execute(sql, vals![area_id, source, &record.key, person]).await? == 0 {
        return Ok(false);
    }
    for word in words(record) {
        let forget = "DELETE FROM feed_word WHERE area_id = $1 AND word = $2 AND source = $3 AND record_key = $4";
        tx.execute(forget, vals![area_id, word, source, &record.key]).await?;
    }
    Ok(true)
}

/// Returns the waiting record of a source and key.
pub(super) async fn find_waiting(tx: &mut Tx, area_id: AreaId, source: &str, key: &str) -> StoreResult<Option<Record>> {
    let find = "SELECT body FROM feed_record WHERE area_id = $1 AND source = $2 AND record_key = $3 AND person_id IS NULL";
    let row = tx.query_opt(find, vals![area_id, source, key]).await?;
    row.map(|row| serde_json::from_str(&row.get::<String>("body")?).map_err(|e| StoreError::Corrupt(e.to_string()))).transpose()
}

/// Returns the keys of waiting records of a source whose words lie in a range, at most 500.
pub(super) async fn list_waiting(
    tx: &mut Tx,
    area_id: AreaId,
    source: &str,
    range: &(String, String),
) -> StoreResult<Vec<String>> {
    let rows = tx
        .query(
            "SELECT record_key FROM feed_word WHERE area_id = $1 AND word >= $2 AND word < $3 AND source = $4 ORDER BY word, record_key LIMIT 500",
            vals![area_id, &range.0, &range.1, source],
        )
        .await?;
    rows.iter().map(|row| row.get("record_key")).collect()
}

/// Somebody known by an identifier.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) person: PersonId,
    pub(super) verified: bool,
    pub(super) born: Option<PartialDate>,
}

/// Returns who is known by an identifier, at most 10.
///
/// `CROSS JOIN` keeps SQLite from walking the area's facts first, which would make a load grow with its square.
pub(super) async fn find_by_identifier(tx: &mut Tx, area_id: AreaId, identifier: &Identifier) -> StoreResult<Vec<Known>> {
    let rows = tx
        .query(
            "SELECT f.person_id, MAX(CASE WHEN i.verified = 'verified' THEN 1 ELSE 0 END) AS verified, \
             (SELECT MIN(b.holds_from) FROM fact b WHERE b.area_id = $1 AND b.person_id = f.person_id AND b.kind = 'birth' \
              AND b.superseded_at IS NULL) AS born FROM identifier_fact i CROSS JOIN fact f \
             WHERE f.area_id = i.area_id AND f.fact_id = i.fact_id AND i.area_id = $1 AND i.scheme = $2 AND i.value = $3 AND f.superseded_at IS NULL GROUP BY f.person_id \
             ORDER BY f.person_id LIMIT 10",
            vals![area_id, identifier.scheme.as_str(), &identifier.value],
        )
        .await?;
    rows.iter()
        .map(|row| Ok(Known { person: row.id("person_id")?, verified: row.get("verified")?, born: row.get("born")? }))
        .collect()
}

pub(super) async fn find_agency(tx: &mut Tx, area_id: AreaId, code: &str) -> StoreResult<Option<AgencyId>> {
    let row = tx.query_opt("SELECT agency_id FROM agency WHERE area_id = $1 AND code = $2", vals![area_id, code]).await?;
    row.map(|row| row.id("agency_id")).transpose()
}

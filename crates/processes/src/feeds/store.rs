//! The SQL of feeds.

use super::batch::ReadRecord;
use super::reading::{BadRow, Record};
use super::{Run, RunId};
use access::{AgencyId, PractitionerId};
use area::files::Field;
use families::facts::Scheme;
use families::people::PersonId;
use kernel::partial_date::PartialDate;
use kernel::{Timestamp, names};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::value::list;
use store::{AreaId, Row, StoreError, StoreResult, Tx, Val, vals};

const RUN_COLUMNS: &str = "SELECT u.run_id, u.source, u.file_name, u.file_path, u.file_bytes, u.header, u.state, u.problem, u.bytes_read, u.line, \
     u.rows_new, u.rows_same, u.rows_bad, u.rows_matched, u.people_new, u.started_at, w.name AS loaded_by FROM feed_run u \
     LEFT JOIN practitioner w ON w.area_id = u.area_id AND w.practitioner_id = u.started_by ";

fn run(row: &Row) -> StoreResult<Run> {
    Ok(Run {
        id: row.id("run_id")?,
        source: row.get("source")?,
        file_name: row.get("file_name")?,
        file_path: row.get("file_path")?,
        file_bytes: row.get("file_bytes")?,
        header: serde_json::from_str(&row.get::<String>("header")?).map_err(|e| StoreError::Corrupt(e.to_string()))?,
        state: row.get("state")?,
        problem: row.get("problem")?,
        bytes_read: row.get("bytes_read")?,
        line: row.get("line")?,
        rows_new: row.get("rows_new")?,
        rows_same: row.get("rows_same")?,
        rows_bad: row.get("rows_bad")?,
        rows_matched: row.get("rows_matched")?,
        people_new: row.get("people_new")?,
        started_at: row.get("started_at")?,
        loaded_by: row.get("loaded_by")?,
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
        "INSERT INTO feed_run (area_id, run_id, source, file_name, file_path, file_bytes, header, started_by, state, problem, bytes_read, line, \
         rows_new, rows_same, rows_bad, rows_matched, people_new, started_at) \
         VALUES ($1, $2, $3, $4, $5, $6, '[]', $7, 'running', '', 0, 0, 0, 0, 0, 0, 0, $8)",
        vals![area_id, run.id, &run.source, &run.file_name, &run.file_path, run.file_bytes, by, at],
    )
    .await?;
    Ok(())
}

pub(super) async fn load_run(tx: &mut Tx, area_id: AreaId, id: RunId) -> StoreResult<Option<Run>> {
    let row = tx.query_opt(&format!("{RUN_COLUMNS} WHERE u.area_id = $1 AND u.run_id = $2"), vals![area_id, id]).await?;
    row.as_ref().map(run).transpose()
}

pub(super) async fn list_runs(tx: &mut Tx, area_id: AreaId) -> StoreResult<Vec<Run>> {
    let sql = format!("{RUN_COLUMNS} WHERE u.area_id = $1 ORDER BY u.started_at DESC, u.run_id LIMIT 50");
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

/// Adds a batch to a run, unless another worker has gone on with it; returns the state it is in now.
pub(super) async fn save_progress(
    tx: &mut Tx,
    area_id: AreaId,
    (id, bytes_read): (RunId, i64),
    (tally, at): (&Tally, (i64, i64)),
    ended_at: Option<Timestamp>,
) -> StoreResult<String> {
    let row = tx
        .query_opt(
            "UPDATE feed_run SET rows_new = rows_new + $3, rows_same = rows_same + $4, rows_bad = rows_bad + $5, \
             rows_matched = rows_matched + $6, people_new = people_new + $7, bytes_read = $8, line = $9, ended_at = $10, \
             state = CASE WHEN $11 = 1 THEN 'done' WHEN state = 'stopping' THEN 'stopped' ELSE state END \
             WHERE area_id = $1 AND run_id = $2 AND bytes_read = $12 RETURNING state",
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
                i64::from(ended_at.is_some()),
                bytes_read
            ],
        )
        .await?;
    row.ok_or_else(|| StoreError::Busy("another worker has gone on with this run".to_owned()))?.get("state")
}

/// Keeps a file's first row: its rows in quarantine are given back under it when the file is gone.
pub(super) async fn save_header(tx: &mut Tx, area_id: AreaId, id: RunId, header: &[String]) -> StoreResult<()> {
    let save = "UPDATE feed_run SET header = $3 WHERE area_id = $1 AND run_id = $2";
    tx.execute(save, vals![area_id, id, serde_json::json!(header).to_string()]).await?;
    Ok(())
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

pub(super) async fn insert_bad_rows(tx: &mut Tx, area_id: AreaId, id: RunId, bad: Vec<(i64, String, BadRow)>) -> StoreResult<()> {
    let rows = bad
        .into_iter()
        .map(|(line, raw, bad)| [area_id.into(), id.into(), line.into(), bad.column.into(), bad.reason.into(), raw.into()]);
    let insert = "INSERT INTO feed_bad_row (area_id, run_id, line, column_name, reason, raw)";
    tx.insert_all(insert, rows.collect(), "ON CONFLICT DO NOTHING").await
}

/// Returns whether a row in quarantine was too long to be kept: then only the file has it.
pub(super) async fn is_any_cut(tx: &mut Tx, area_id: AreaId, id: RunId) -> StoreResult<bool> {
    let find = "SELECT line FROM feed_bad_row WHERE area_id = $1 AND run_id = $2 AND raw = '[]' ORDER BY line LIMIT 1";
    Ok(tx.query_opt(find, vals![area_id, id]).await?.is_some())
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

/// Returns which of these records are known, by source and key.
pub(super) async fn find_records<'a>(
    tx: &mut Tx,
    area_id: AreaId,
    records: &'a [ReadRecord<'a>],
) -> StoreResult<HashMap<(&'a str, &'a str), KnownRecord>> {
    let mut wanted: BTreeMap<&str, BTreeMap<&str, (&'a str, &'a str)>> = BTreeMap::new();
    for read in records {
        wanted.entry(read.part.source).or_default().insert(&read.record.key, read.name());
    }
    let mut known = HashMap::new();
    for (source, names) in wanted {
        let mut values = vec![Val::from(area_id), Val::from(source)];
        let sql = format!(
            "SELECT record_key, content_hash, person_id FROM feed_record WHERE area_id = $1 AND source = $2 AND record_key IN ({}) \
             ORDER BY record_key LIMIT 10000",
            list(&mut values, names.keys().copied())
        );
        for row in tx.query(&sql, &values).await? {
            let one = KnownRecord { content_hash: row.get("content_hash")?, person: row.opt_id("person_id")? };
            if let Some(name) = names.get(row.get::<String>("record_key")?.as_str()) {
                known.insert(*name, one);
            }
        }
    }
    Ok(known)
}

/// A record to keep.
pub(super) struct Kept<'a> {
    pub(super) read: &'a ReadRecord<'a>,
    pub(super) person: Option<PersonId>,
    pub(super) is_new: bool,
}

/// Keeps records; one that waits is found by its agency's practitioners under the words of its name, date of birth and address.
pub(super) async fn save_records(
    tx: &mut Tx,
    area_id: AreaId,
    (run, at): (RunId, Timestamp),
    records: &[Kept<'_>],
) -> StoreResult<()> {
    let (mut new, mut new_words) = (Vec::with_capacity(records.len()), Vec::new());
    for Kept { read, person, is_new } in records {
        let (source, key) = read.name();
        let body = serde_json::to_string(&read.record).map_err(|e| StoreError::Corrupt(e.to_string()))?;
        if person.is_none() {
            let words = words(&read.record).into_iter();
            new_words.extend(words.map(|word| [area_id.into(), word.into(), source.into(), key.into()]));
        }
        if *is_new {
            let hash = read.hash.clone().into();
            new.push([area_id.into(), source.into(), key.into(), hash, (*person).into(), body.into(), run.into(), at.into()]);
        } else {
            let save = "UPDATE feed_record SET content_hash = $4, person_id = COALESCE($5, person_id), body = $6, run_id = $7, \
                        recorded_at = $8 WHERE area_id = $1 AND source = $2 AND record_key = $3";
            tx.execute(save, vals![area_id, source, key, read.hash.as_slice(), *person, body, run, at]).await?;
        }
    }
    let insert = "INSERT INTO feed_record (area_id, source, record_key, content_hash, person_id, body, run_id, recorded_at)";
    tx.insert_all(insert, new, "").await?;
    let insert = "INSERT INTO feed_word (area_id, word, source, record_key)";
    tx.insert_all(insert, new_words, "ON CONFLICT DO NOTHING").await
}

fn words(record: &Record) -> Vec<String> {
    let name = format!("{} {}", record.get(Field::FirstName), record.get(Field::LastName));
    let mut words: Vec<String> = names::folded_words(&name).into_iter().map(|word| format!("n:{word}")).collect();
    words.extend(record.born().map(|born| format!("d:{born}")));
    let place = format!("{} {} {}", record.get(Field::House), record.get(Field::Street), record.get(Field::Town));
    words.extend(names::folded_words(&place).into_iter().map(|word| format!("a:{word}")));
    let postcode: String = record.get(Field::Postcode).chars().filter(char::is_ascii_alphanumeric).collect();
    if !postcode.is_empty() {
        words.push(format!("p:{}", postcode.to_ascii_lowercase()));
    }
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
/// Returns how many records of each source wait to be somebody's.
pub(super) async fn count_waiting(tx: &mut Tx, area_id: AreaId) -> StoreResult<Vec<(String, i64)>> {
    let count = "SELECT source, COUNT(*) AS waiting FROM feed_record WHERE area_id = $1 AND person_id IS NULL GROUP BY source ORDER BY source LIMIT 1000";
    tx.query(count, vals![area_id]).await?.iter().map(|row| Ok((row.get("source")?, row.get("waiting")?))).collect()
}

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

/// Returns who is known by identifiers of a scheme, each with the identifier.
///
/// `CROSS JOIN` keeps SQLite to this order: walking the area's facts first would make a load grow with its square.
pub(super) async fn find_by_identifiers(
    tx: &mut Tx,
    area_id: AreaId,
    scheme: Scheme,
    wanted: BTreeSet<&str>,
) -> StoreResult<Vec<(String, Known)>> {
    let mut values = vec![Val::from(area_id), Val::from(scheme.as_str())];
    let sql = format!(
        "SELECT i.value, f.person_id, MAX(CASE WHEN i.verified = 'verified' THEN 1 ELSE 0 END) AS verified, \
         (SELECT MIN(b.holds_from) FROM fact b WHERE b.area_id = $1 AND b.person_id = f.person_id AND b.kind = 'birth' \
          AND b.superseded_at IS NULL) AS born FROM identifier_fact i CROSS JOIN fact f \
         WHERE f.area_id = i.area_id AND f.fact_id = i.fact_id AND i.area_id = $1 AND i.scheme = $2 AND i.value IN ({}) \
         AND f.superseded_at IS NULL GROUP BY i.value, f.person_id ORDER BY i.value, f.person_id LIMIT 20000",
        list(&mut values, wanted)
    );
    let known = |row: &Row| Ok(Known { person: row.id("person_id")?, verified: row.get("verified")?, born: row.get("born")? });
    tx.query(&sql, &values).await?.iter().map(|row| Ok((row.get("value")?, known(row)?))).collect()
}

pub(super) async fn find_agency(tx: &mut Tx, area_id: AreaId, code: &str) -> StoreResult<Option<AgencyId>> {
    let row = tx.query_opt("SELECT agency_id FROM agency WHERE area_id = $1 AND code = $2", vals![area_id, code]).await?;
    row.map(|row| row.id("agency_id")).transpose()
}

//! The SQL of the directory.

use crate::place::Position;
use crate::service::Service;
use ::store::value::list;
use ::store::{AreaId, Row, StoreError, StoreResult, Tx, Val, vals};
use access::{AgencyId, PractitionerId};
use kernel::Timestamp;
use kernel::postcode::Postcode;
use std::collections::HashMap;
use uuid::Uuid;

/// What places a service has, as it said itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// Places now.
    pub places: u16,
    /// Weeks until there is one, where there is none.
    pub wait_weeks: Option<u16>,
    /// When it said so.
    pub said_at: Timestamp,
}

/// A service as it is kept.
#[derive(Clone, Debug)]
pub struct Stored {
    /// As the standard writes it.
    pub service: Service,
    /// What links and referrals say.
    pub code: String,
    /// Whose directory it is of; empty for the area's own.
    pub source: String,
    /// The agency that is asked.
    pub agency_id: Option<AgencyId>,
    /// Whether families find it.
    pub is_public: bool,
    /// What it said of its places last.
    pub capacity: Option<Capacity>,
    /// When it changed.
    pub changed_at: Timestamp,
    /// When a reading of its source found it last.
    pub seen_at: Timestamp,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Timestamp>,
    /// Which change of the directory it was.
    pub change_no: i64,
}

const SERVICES: &str = "SELECT code, source, agency_id, public, record, change_no, changed_at, seen_at, withdrawn_at, places, wait_weeks, \
                        capacity_at FROM service ";

fn stored(row: &Row) -> StoreResult<Stored> {
    let record: String = row.get("record")?;
    let service = serde_json::from_str(&record).map_err(|e| StoreError::Corrupt(format!("a service's record: {e}")))?;
    let places: Option<u16> = row.get("places")?;
    let capacity = places.map(|places| -> StoreResult<Capacity> {
        Ok(Capacity { places, wait_weeks: row.get("wait_weeks")?, said_at: row.get("capacity_at")? })
    });
    Ok(Stored {
        service,
        code: row.get("code")?,
        source: row.get("source")?,
        agency_id: row.opt_id("agency_id")?,
        is_public: row.get("public")?,
        capacity: capacity.transpose()?,
        changed_at: row.get("changed_at")?,
        seen_at: row.get("seen_at")?,
        withdrawn_at: row.get("withdrawn_at")?,
        change_no: row.get("change_no")?,
    })
}

/// Returns how often the directory has changed.
pub(crate) async fn count_changes(tx: &mut Tx, area_id: AreaId) -> StoreResult<i64> {
    let row = tx.query_opt("SELECT changes FROM directory WHERE area_id = $1", vals![area_id]).await?;
    row.map_or(Ok(0), |row| row.get("changes"))
}

/// Takes the next number of a change; whoever changes the directory meanwhile waits, so that no number is passed over by a reader.
pub(crate) async fn next_change(tx: &mut Tx, area_id: AreaId) -> StoreResult<i64> {
    let next = "INSERT INTO directory (area_id, changes) VALUES ($1, 1) \
                ON CONFLICT (area_id) DO UPDATE SET changes = directory.changes + 1 RETURNING changes";
    tx.query_one(next, vals![area_id]).await?.get("changes")
}

/// Returns what changed after a number, at most 2,000 services, in the order of their changes.
pub(crate) async fn list_changed(tx: &mut Tx, area_id: AreaId, (after, id): (i64, Uuid)) -> StoreResult<Vec<Stored>> {
    let sql = format!(
        "{SERVICES} WHERE area_id = $1 AND (change_no > $2 OR (change_no = $2 AND service_id > $3)) \
         ORDER BY change_no, service_id LIMIT 2000"
    );
    tx.query(&sql, vals![area_id, after, id]).await?.iter().map(stored).collect()
}

pub(crate) async fn find_of_code(tx: &mut Tx, area_id: AreaId, code: &str) -> StoreResult<Option<Stored>> {
    let row = tx.query_opt(&format!("{SERVICES} WHERE area_id = $1 AND code = $2"), vals![area_id, code]).await?;
    row.as_ref().map(stored).transpose()
}

pub(crate) async fn list_these(tx: &mut Tx, area_id: AreaId, ids: &[Uuid]) -> StoreResult<Vec<Stored>> {
    let mut values = vec![Val::from(area_id)];
    let marks = list(&mut values, ids.iter().copied());
    let sql = format!("{SERVICES} WHERE area_id = $1 AND service_id IN ({marks}) ORDER BY service_id LIMIT 500");
    tx.query(&sql, &values).await?.iter().map(stored).collect()
}

pub(crate) async fn list_of_agency(tx: &mut Tx, area_id: AreaId, agency: AgencyId) -> StoreResult<Vec<Stored>> {
    let sql = format!("{SERVICES} WHERE area_id = $1 AND agency_id = $2 AND withdrawn_at IS NULL ORDER BY code LIMIT 200");
    tx.query(&sql, vals![area_id, agency]).await?.iter().map(stored).collect()
}

/// What is kept of a service.
pub(crate) struct Kept<'a> {
    pub(crate) id: Uuid,
    pub(crate) code: &'a str,
    pub(crate) source: &'a str,
    pub(crate) agency_id: Option<AgencyId>,
    pub(crate) is_public: bool,
    pub(crate) record: &'a str,
    pub(crate) modified: &'a str,
}

/// What is known of a service before it is read again: its record, when its source changed it, and whether it was withdrawn.
pub(crate) struct Known {
    pub(crate) source: String,
    pub(crate) agency_id: Option<AgencyId>,
    pub(crate) is_public: bool,
    pub(crate) record: String,
    pub(crate) modified: String,
    pub(crate) is_withdrawn: bool,
}

impl Known {
    /// Returns whether that is what is kept already.
    pub(crate) fn is(&self, kept: &Kept<'_>) -> bool {
        !self.is_withdrawn
            && self.source == kept.source
            && self.record == kept.record
            && self.agency_id == kept.agency_id
            && self.is_public == kept.is_public
            && self.modified == kept.modified
    }
}

/// Returns what is known of services, by id.
pub(crate) async fn known(tx: &mut Tx, area_id: AreaId, ids: &[Uuid]) -> StoreResult<HashMap<Uuid, Known>> {
    let mut values = vec![Val::from(area_id)];
    let marks = list(&mut values, ids.iter().copied());
    let sql = format!(
        "SELECT service_id, source, agency_id, public, record, source_modified, withdrawn_at FROM service \
         WHERE area_id = $1 AND service_id IN ({marks}) ORDER BY service_id LIMIT 2000"
    );
    let read = |row: &Row| -> StoreResult<(Uuid, Known)> {
        let is_withdrawn = row.get::<Option<Timestamp>>("withdrawn_at")?.is_some();
        let known = Known {
            source: row.get("source")?,
            agency_id: row.opt_id("agency_id")?,
            is_public: row.get("public")?,
            record: row.get("record")?,
            modified: row.get("source_modified")?,
            is_withdrawn,
        };
        Ok((row.get("service_id")?, known))
    };
    tx.query(&sql, &values).await?.iter().map(read).collect()
}

/// Keeps a service as it is now; what its agency said of its places stays with that agency.
pub(crate) async fn save(tx: &mut Tx, area_id: AreaId, kept: &Kept<'_>, (change_no, at): (i64, Timestamp)) -> StoreResult<()> {
    let save = "INSERT INTO service (area_id, service_id, code, source, agency_id, public, record, source_modified, change_no, changed_at, seen_at) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) ON CONFLICT (area_id, service_id) DO UPDATE SET \
                agency_id = excluded.agency_id, public = excluded.public, record = excluded.record, \
                source_modified = excluded.source_modified, change_no = excluded.change_no, changed_at = excluded.changed_at, \
                seen_at = excluded.seen_at, withdrawn_at = NULL, \
                places = CASE WHEN service.agency_id = excluded.agency_id THEN service.places END, \
                wait_weeks = CASE WHEN service.agency_id = excluded.agency_id THEN service.wait_weeks END, \
                capacity_at = CASE WHEN service.agency_id = excluded.agency_id THEN service.capacity_at END, \
                capacity_by = CASE WHEN service.agency_id = excluded.agency_id THEN service.capacity_by END";
    let values = vals![
        area_id,
        kept.id,
        kept.code,
        kept.source,
        kept.agency_id,
        kept.is_public,
        kept.record,
        kept.modified,
        change_no,
        at
    ];
    tx.execute(save, values).await?;
    Ok(())
}

/// Marks that services are still where they were.
pub(crate) async fn save_seen(tx: &mut Tx, area_id: AreaId, source: &str, ids: &[Uuid], at: Timestamp) -> StoreResult<()> {
    let mut values = vec![Val::from(area_id), Val::from(at), Val::from(source)];
    let marks = list(&mut values, ids.iter().copied());
    // Never back: a slower reading that began before says less.
    // In a CASE, so that neither engine walks through all of a source for some of it.
    let save = format!(
        "UPDATE service SET seen_at = $2 WHERE area_id = $1 AND service_id IN ({marks}) \
         AND CASE WHEN source = $3 AND seen_at < $2 THEN 1 ELSE 0 END = 1"
    );
    tx.execute(&save, &values).await?;
    Ok(())
}

/// Returns how many services of a source are here, and how many of them a reading that began then has not seen.
pub(crate) async fn count_unseen(tx: &mut Tx, area_id: AreaId, source: &str, since: Timestamp) -> StoreResult<(i64, i64)> {
    let count = "SELECT COUNT(*) AS here, COUNT(CASE WHEN seen_at < $3 THEN 1 END) AS unseen FROM service \
                 WHERE area_id = $1 AND source = $2 AND withdrawn_at IS NULL";
    let row = tx.query_one(count, vals![area_id, source, since]).await?;
    Ok((row.get("here")?, row.get("unseen")?))
}

/// Withdraws the services of a source that a reading has not seen; returns how many.
pub(crate) async fn withdraw_unseen(
    tx: &mut Tx,
    area_id: AreaId,
    source: &str,
    (since, at): (Timestamp, Timestamp),
) -> StoreResult<u64> {
    let change_no = next_change(tx, area_id).await?;
    let withdraw = "UPDATE service SET withdrawn_at = $4, change_no = $5, changed_at = $4 \
                    WHERE area_id = $1 AND source = $2 AND withdrawn_at IS NULL AND seen_at < $3";
    tx.execute(withdraw, vals![area_id, source, since, at, change_no]).await
}

/// Keeps what a service says of its places.
pub(crate) async fn save_capacity(
    tx: &mut Tx,
    area_id: AreaId,
    id: Uuid,
    capacity: &Capacity,
    by: PractitionerId,
) -> StoreResult<()> {
    let change_no = next_change(tx, area_id).await?;
    let save = "UPDATE service SET places = $3, wait_weeks = $4, capacity_at = $5, capacity_by = $6, change_no = $7 \
                WHERE area_id = $1 AND service_id = $2";
    tx.execute(save, vals![area_id, id, capacity.places, capacity.wait_weeks, capacity.said_at, by, change_no]).await?;
    let insert = "INSERT INTO service_capacity (area_id, service_id, said_at, said_by, places, wait_weeks) VALUES ($1, $2, $3, $4, $5, $6) \
                  ON CONFLICT DO NOTHING";
    tx.execute(insert, vals![area_id, id, capacity.said_at, by, capacity.places, capacity.wait_weeks]).await?;
    Ok(())
}

/// Returns the agencies of an area by their codes.
pub(crate) async fn agencies(tx: &mut Tx, area_id: AreaId) -> StoreResult<HashMap<String, AgencyId>> {
    let all = access::people::list_agencies(tx, area_id).await?;
    Ok(all.into_iter().map(|agency| (agency.code, agency.id)).collect())
}

pub(crate) async fn save_postcodes(tx: &mut Tx, area_id: AreaId, placed: &[(Postcode, Position)]) -> StoreResult<()> {
    let rows = placed
        .iter()
        .map(|(postcode, at)| {
            let (whole, outward) = (Val::from(postcode.to_string()), Val::from(postcode.outward()));
            [Val::from(area_id), whole, outward, Val::from(at.latitude), Val::from(at.longitude)]
        })
        .collect();
    tx.insert_all(
        "INSERT INTO postcode (area_id, postcode, outward, latitude, longitude)",
        rows,
        "ON CONFLICT (area_id, postcode) DO UPDATE SET latitude = excluded.latitude, longitude = excluded.longitude",
    )
    .await
}

/// Returns where a postcode is; where it is not known, the middle of those that are, of the same outward part.
pub(crate) async fn find_postcode(tx: &mut Tx, area_id: AreaId, postcode: &Postcode) -> StoreResult<Option<Position>> {
    let position = |row: &Row| -> StoreResult<Option<Position>> {
        let at: (Option<i64>, Option<i64>) = (row.get("latitude")?, row.get("longitude")?);
        Ok(at.0.zip(at.1).map(|(latitude, longitude)| Position { latitude, longitude }))
    };
    let find = "SELECT latitude, longitude FROM postcode WHERE area_id = $1 AND postcode = $2";
    if let Some(row) = tx.query_opt(find, vals![area_id, postcode.to_string()]).await? {
        return position(&row);
    }
    let middle = "SELECT CAST(AVG(latitude) AS BIGINT) AS latitude, CAST(AVG(longitude) AS BIGINT) AS longitude FROM postcode \
                  WHERE area_id = $1 AND outward = $2";
    position(&tx.query_one(middle, vals![area_id, postcode.outward()]).await?)
}

/// Returns where postcodes are that are known, some hundreds at once, by their usual writing.
pub(crate) async fn find_postcodes(tx: &mut Tx, area_id: AreaId, postcodes: &[Postcode]) -> StoreResult<Vec<(String, Position)>> {
    let mut values = vec![Val::from(area_id)];
    let marks = list(&mut values, postcodes.iter().map(ToString::to_string));
    let sql = format!(
        "SELECT postcode, latitude, longitude FROM postcode WHERE area_id = $1 AND postcode IN ({marks}) ORDER BY postcode LIMIT 1000"
    );
    let read = |row: &Row| -> StoreResult<(String, Position)> {
        Ok((row.get("postcode")?, Position { latitude: row.get("latitude")?, longitude: row.get("longitude")? }))
    };
    tx.query(&sql, &values).await?.iter().map(read).collect()
}

/// Withdraws the services of sources that are not read any more, and tells none of those that are not published any more.
pub(crate) async fn keep_to_sources(
    tx: &mut Tx,
    area_id: AreaId,
    (read, published): (Vec<&str>, Vec<&str>),
    at: Timestamp,
) -> StoreResult<()> {
    let change_no = next_change(tx, area_id).await?;
    let mut values = vec![Val::from(area_id), Val::from(change_no), Val::from(at)];
    let marks = list(&mut values, read.into_iter().chain([""]));
    let withdraw = format!(
        "UPDATE service SET withdrawn_at = $3, changed_at = $3, change_no = $2 \
         WHERE area_id = $1 AND withdrawn_at IS NULL AND source NOT IN ({marks})"
    );
    tx.execute(&withdraw, &values).await?;
    let mut values = vec![Val::from(area_id), Val::from(change_no)];
    let marks = list(&mut values, published.into_iter().chain([""]));
    let hide =
        format!("UPDATE service SET public = 0, change_no = $2 WHERE area_id = $1 AND public = 1 AND source NOT IN ({marks})");
    tx.execute(&hide, &values).await?;
    Ok(())
}

/// Marks every service of an area as changed: where postcodes are is known anew.
pub(crate) async fn touch_all(tx: &mut Tx, area_id: AreaId) -> StoreResult<()> {
    let change_no = next_change(tx, area_id).await?;
    tx.execute("UPDATE service SET change_no = $2 WHERE area_id = $1", vals![area_id, change_no]).await?;
    Ok(())
}

::store::record_id!(
    /// A reading of somebody else's directory.
    ReadingId
);

/// A reading of somebody else's directory, and what became of it.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Which one.
    pub id: ReadingId,
    /// Whose directory.
    pub source: String,
    /// When it began.
    pub began_at: Timestamp,
    /// When it ended; nothing while it goes on, or where the program ended first.
    pub ended_at: Option<Timestamp>,
    /// Entries that the source lists.
    pub listed: i64,
    /// Services that are new or different.
    pub changed: i64,
    /// Services that the source lists no more.
    pub withdrawn: i64,
    /// Entries that are no services.
    pub refused: i64,
    /// What is to be looked at by somebody; empty when nothing is.
    pub problem: String,
    /// Whether so much was gone at once that nothing was withdrawn.
    pub is_too_much: bool,
}

/// An entry of a source that is no service.
#[derive(Clone, Debug)]
pub struct Refused {
    /// Its id, as the source writes it.
    pub entry_id: String,
    /// What is wrong with it.
    pub problem: String,
    /// The entry.
    pub entry: String,
    /// Since when.
    pub first_at: Timestamp,
}

pub(crate) async fn insert_reading(tx: &mut Tx, area_id: AreaId, reading: &Reading) -> StoreResult<()> {
    let insert = "INSERT INTO directory_reading (area_id, reading_id, source, began_at, listed, changed, withdrawn, refused, problem, too_much) \
                  VALUES ($1, $2, $3, $4, 0, 0, 0, 0, '', 0)";
    tx.execute(insert, vals![area_id, reading.id, &reading.source, reading.began_at]).await?;
    Ok(())
}

pub(crate) async fn save_reading(tx: &mut Tx, area_id: AreaId, reading: &Reading) -> StoreResult<()> {
    let save = "UPDATE directory_reading SET ended_at = $3, listed = $4, changed = $5, withdrawn = $6, refused = $7, problem = $8, too_much = $9 \
                WHERE area_id = $1 AND reading_id = $2";
    let values = vals![
        area_id,
        reading.id,
        reading.ended_at,
        reading.listed,
        reading.changed,
        reading.withdrawn,
        reading.refused,
        &reading.problem,
        reading.is_too_much
    ];
    tx.execute(save, values).await?;
    Ok(())
}

/// Returns the last reading of a source.
pub(crate) async fn last_reading(tx: &mut Tx, area_id: AreaId, source: &str) -> StoreResult<Option<Reading>> {
    let find = "SELECT reading_id, source, began_at, ended_at, listed, changed, withdrawn, refused, problem, too_much FROM directory_reading \
                WHERE area_id = $1 AND source = $2 ORDER BY began_at DESC, reading_id DESC LIMIT 1";
    let row = tx.query_opt(find, vals![area_id, source]).await?;
    let reading = |row: Row| -> StoreResult<Reading> {
        Ok(Reading {
            id: row.id("reading_id")?,
            source: row.get("source")?,
            began_at: row.get("began_at")?,
            ended_at: row.get("ended_at")?,
            listed: row.get("listed")?,
            changed: row.get("changed")?,
            withdrawn: row.get("withdrawn")?,
            refused: row.get("refused")?,
            problem: row.get("problem")?,
            is_too_much: row.get("too_much")?,
        })
    };
    row.map(reading).transpose()
}

/// Keeps an entry that is no service until its source mends it.
pub(crate) async fn save_refused(
    tx: &mut Tx,
    area_id: AreaId,
    source: &str,
    refused: &Refused,
    at: Timestamp,
) -> StoreResult<()> {
    let save = "INSERT INTO directory_refused (area_id, source, entry_id, problem, entry, first_at, last_at) VALUES ($1, $2, $3, $4, $5, $6, $6) \
                ON CONFLICT (area_id, source, entry_id) DO UPDATE SET problem = excluded.problem, entry = excluded.entry, last_at = excluded.last_at";
    tx.execute(save, vals![area_id, source, &refused.entry_id, &refused.problem, &refused.entry, at]).await?;
    Ok(())
}

/// Forgets the refused entries of a source that a reading has not refused again.
pub(crate) async fn forget_mended(tx: &mut Tx, area_id: AreaId, source: &str, since: Timestamp) -> StoreResult<()> {
    let forget = "DELETE FROM directory_refused WHERE area_id = $1 AND source = $2 AND last_at < $3";
    tx.execute(forget, vals![area_id, source, since]).await?;
    Ok(())
}

/// Returns the refused entries of a source, at most 200.
pub(crate) async fn list_refused(tx: &mut Tx, area_id: AreaId, source: &str) -> StoreResult<Vec<Refused>> {
    let list = "SELECT entry_id, problem, entry, first_at FROM directory_refused WHERE area_id = $1 AND source = $2 \
                ORDER BY first_at DESC, entry_id LIMIT 200";
    let refused = |row: &Row| -> StoreResult<Refused> {
        Ok(Refused {
            entry_id: row.get("entry_id")?,
            problem: row.get("problem")?,
            entry: row.get("entry")?,
            first_at: row.get("first_at")?,
        })
    };
    tx.query(list, vals![area_id, source]).await?.iter().map(refused).collect()
}

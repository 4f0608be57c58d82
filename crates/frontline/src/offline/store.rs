//! The SQL of notes from devices.

use super::note::{Late, NewNote, Note, NoteId};
use access::PractitionerId;
use kernel::{Date, Timestamp};
use store::owed::Owed;
use store::{AreaId, Row, StoreResult, Tx, Val, vals};

const NOTES: &str = "SELECT n.note_id, n.visit_id, n.words, n.written_at, n.settle_by, n.settled_at, n.practitioner_id, \
     CASE WHEN w.left_at IS NULL THEN 0 ELSE 1 END AS author_left FROM offline_note n \
     JOIN practitioner w ON w.area_id = n.area_id AND w.practitioner_id = n.practitioner_id";

fn note(row: &Row) -> StoreResult<Note> {
    Ok(Note {
        id: row.id("note_id")?,
        visit: row.opt_id("visit_id")?,
        words: row.get("words")?,
        written_at: row.get("written_at")?,
        settle_by: row.get("settle_by")?,
        author: row.id("practitioner_id")?,
        author_left: row.get("author_left")?,
        settled_at: row.get("settled_at")?,
    })
}

/// Keeps a note, unless one of the same id came before; returns whether it is there as it was sent.
pub(super) async fn insert(
    tx: &mut Tx,
    area_id: AreaId,
    (new, author): (&NewNote, PractitionerId),
    (written_at, settle_by, at): (Timestamp, Date, Timestamp),
) -> StoreResult<bool> {
    let insert = "INSERT INTO offline_note (area_id, note_id, practitioner_id, visit_id, words, written_at, received_at, settle_by) \
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    let values = vals![area_id, new.id, author, new.visit, &new.words, written_at, at, settle_by];
    if tx.execute(insert, values).await? == 1 {
        return Ok(true);
    }
    Ok(find(tx, area_id, (new.id, author)).await?.is_some_and(|before| before.words == new.words))
}

pub(super) async fn find(tx: &mut Tx, area_id: AreaId, (id, author): (NoteId, PractitionerId)) -> StoreResult<Option<Note>> {
    let sql = format!("{NOTES} WHERE n.area_id = $1 AND n.practitioner_id = $2 AND n.note_id = $3");
    tx.query_opt(&sql, vals![area_id, author, id]).await?.as_ref().map(note).transpose()
}

/// Returns a note of somebody who has left, with who wrote it.
pub(super) async fn find_left(tx: &mut Tx, area_id: AreaId, id: NoteId) -> StoreResult<Option<(Note, PractitionerId)>> {
    let sql =
        format!("{NOTES} WHERE n.area_id = $1 AND n.note_id = $2 AND w.left_at IS NOT NULL ORDER BY n.practitioner_id LIMIT 1");
    let row = tx.query_opt(&sql, vals![area_id, id]).await?;
    row.map(|row| Ok((note(&row)?, row.id("practitioner_id")?))).transpose()
}

/// Keeps that a note was seen to, and why it was put away where nothing was written down from it.
pub(super) async fn save_settled(
    tx: &mut Tx,
    area_id: AreaId,
    (id, author): (NoteId, PractitionerId),
    (words, at): (&str, Timestamp),
) -> StoreResult<()> {
    let save = "UPDATE offline_note SET settled_at = $4, settled_words = $5 \
                WHERE area_id = $1 AND note_id = $2 AND practitioner_id = $3 AND settled_at IS NULL";
    tx.execute(save, vals![area_id, id, author, at, words]).await?;
    Ok(())
}

/// Returns whether a visit is there that a note says it is about.
pub(super) async fn is_visit(tx: &mut Tx, area_id: AreaId, id: crate::visits::VisitId) -> StoreResult<bool> {
    let find = "SELECT visit_id FROM visit WHERE area_id = $1 AND visit_id = $2";
    Ok(tx.query_opt(find, vals![area_id, id]).await?.is_some())
}

/// Notes from a phone that their author has not written down.
pub const OWED: Owed =
    Owed { rows: "offline_note n", area: "n.area_id", is_theirs: "n.practitioner_id IN ({}) AND n.settled_at IS NULL" };

/// Returns the notes that wait for these authors, the oldest first; at most 1,000.
pub(super) async fn list_waiting(tx: &mut Tx, area_id: AreaId, authors: &[PractitionerId]) -> StoreResult<Vec<Note>> {
    let mut values = vec![Val::from(area_id)];
    let authors = store::value::list(&mut values, authors.iter().copied());
    let sql = format!("{NOTES} WHERE n.area_id = $1 AND {} ORDER BY n.written_at, n.note_id LIMIT 1000", OWED.of(&authors));
    tx.query(&sql, &values).await?.iter().map(note).collect()
}

/// Returns whose notes are past their day, or whose author has left: how many, and since when; at most 100.
pub(super) async fn list_late(tx: &mut Tx, area_id: AreaId, today: Date) -> StoreResult<Vec<Late>> {
    let list = "SELECT CASE WHEN a.sensitive = 1 THEN 'Somebody whose service is not named' ELSE p.name END AS author, \
                MAX(CASE WHEN p.left_at IS NULL THEN 0 ELSE 1 END) AS author_left, COUNT(*) AS notes, MIN(n.settle_by) AS settle_by FROM offline_note n \
                JOIN practitioner p ON p.area_id = n.area_id AND p.practitioner_id = n.practitioner_id \
                JOIN agency a ON a.area_id = p.area_id AND a.agency_id = p.agency_id \
                WHERE n.area_id = $1 AND n.settled_at IS NULL AND (n.settle_by < $2 OR p.left_at IS NOT NULL) \
                GROUP BY p.practitioner_id, p.name, a.sensitive ORDER BY MIN(n.settle_by), p.practitioner_id LIMIT 100";
    let late = |row: &Row| {
        Ok(Late {
            author: row.get("author")?,
            author_left: row.get("author_left")?,
            notes: row.get("notes")?,
            settle_by: row.get("settle_by")?,
        })
    };
    tx.query(list, vals![area_id, today]).await?.iter().map(late).collect()
}

/// Returns how many notes wait for their author, how many are past their day, and how many have an author who has left.
pub(super) async fn count_open(tx: &mut Tx, area_id: AreaId, today: Date) -> StoreResult<(i64, i64, i64)> {
    let count = "SELECT COUNT(*) AS open, COUNT(CASE WHEN n.settle_by < $2 THEN 1 END) AS late, \
                 COUNT(CASE WHEN p.left_at IS NOT NULL THEN 1 END) AS ownerless FROM offline_note n \
                 JOIN practitioner p ON p.area_id = n.area_id AND p.practitioner_id = n.practitioner_id \
                 WHERE n.area_id = $1 AND n.settled_at IS NULL";
    let row = tx.query_one(count, vals![area_id, today]).await?;
    Ok((row.get("open")?, row.get("late")?, row.get("ownerless")?))
}

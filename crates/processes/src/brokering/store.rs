//! The SQL of messages to services that are not named.

use super::actions::{Message, MessageId, Reply};
use access::people::merging::OfAgency;
use access::{AgencyId, Narrowing, Permit, PractitionerId, SqlMap};
use families::handing::Handed;
use families::people::PersonId;
use families::{person_flags, person_sets};
use kernel::{Date, Timestamp};
use store::owed::Owed;
use store::{AreaId, Row, StoreResult, Tx, Val, vals};
use uuid::Uuid;

/// Messages in a list whose table is `m`.
pub(super) static MESSAGE: SqlMap = SqlMap {
    name: "broker_message",
    columns: &[("sender", "m.sender_id"), ("toAgency", "m.to_agency_id"), ("owner", "m.owner_id")],
    flags: person_flags!("person.", "m.area_id", "m.person_id"),
    sets: person_sets!("person.", "m.area_id", "m.person_id"),
    presences: &[],
};

const COLUMNS: &str = "SELECT m.message_id, m.sent_id, m.person_id, m.sender_id, \
     CASE WHEN u.name IS NULL THEN w.name ELSE w.name || ', in place of ' || u.name END AS name, w.job, a.name AS agency, w.telephone, m.to_agency_id, \
     m.words, m.sent_at, m.owner_id, o.name AS owner, m.due_on, m.answer, m.answer_words FROM broker_message m \
     JOIN practitioner w ON w.area_id = m.area_id AND w.practitioner_id = m.sender_id \
     LEFT JOIN practitioner u ON u.area_id = m.area_id AND u.practitioner_id = m.first_sender_id \
     JOIN agency a ON a.area_id = w.area_id AND a.agency_id = w.agency_id \
     JOIN practitioner o ON o.area_id = m.area_id AND o.practitioner_id = m.owner_id ";

fn message(row: &Row) -> StoreResult<Message> {
    let reply: Option<String> = row.get("answer")?;
    Ok(Message {
        id: row.id("message_id")?,
        sent_id: row.get("sent_id")?,
        person: row.id("person_id")?,
        sender_id: row.id("sender_id")?,
        sender: [row.get("name")?, row.get("job")?, row.get("agency")?, row.get("telephone")?],
        to_agency_id: row.id("to_agency_id")?,
        words: row.get("words")?,
        sent_at: row.get("sent_at")?,
        owner_id: row.id("owner_id")?,
        owner: row.get("owner")?,
        due_on: row.get("due_on")?,
        reply: if reply.is_some() { Some(row.parse("answer")?) } else { None },
        reply_words: row.get("answer_words")?,
    })
}

/// A message to be kept.
pub(super) struct NewMessage<'a> {
    pub(super) id: MessageId,
    pub(super) sent_id: Uuid,
    pub(super) person: PersonId,
    pub(super) sender_id: PractitionerId,
    pub(super) to_agency_id: AgencyId,
    pub(super) words: &'a str,
    pub(super) sent_at: Timestamp,
    pub(super) owner_id: PractitionerId,
    pub(super) due_on: Date,
}

/// Messages to an agency that have no answer.
pub const ASKED: OfAgency = OfAgency { table: "broker_message", past: None, column: "to_agency_id", open: "answered_at IS NULL" };

/// Messages without an answer.
pub const HANDED: Handed = Handed {
    table: "broker_message",
    past: None,
    owner: "owner_id",
    open: "answered_at IS NULL",
    by: "",
    about: "SELECT broker_message.person_id",
    also: "",
};

/// Messages that somebody sent and that have not been answered by all who were written to: whoever does their work reads every answer to them,
/// those that came before too.
pub const MADE: Handed = Handed {
    owner: "sender_id",
    open: "EXISTS (SELECT 1 FROM broker_message b WHERE b.area_id = broker_message.area_id AND b.sent_id = broker_message.sent_id \
           AND b.answered_at IS NULL)",
    also: ", first_sender_id = COALESCE(first_sender_id, sender_id)",
    ..HANDED
};

pub(super) async fn insert(tx: &mut Tx, area_id: AreaId, new: &NewMessage<'_>) -> StoreResult<()> {
    tx.execute(
        "INSERT INTO broker_message (area_id, message_id, sent_id, person_id, sender_id, to_agency_id, words, sent_at, owner_id, due_on) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        vals![
            area_id,
            new.id,
            new.sent_id,
            new.person,
            new.sender_id,
            new.to_agency_id,
            new.words,
            new.sent_at,
            new.owner_id,
            new.due_on
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn find(tx: &mut Tx, area_id: AreaId, id: MessageId) -> StoreResult<Option<Message>> {
    let row = tx.query_opt(&format!("{COLUMNS} WHERE m.area_id = $1 AND m.message_id = $2"), vals![area_id, id]).await?;
    row.as_ref().map(message).transpose()
}

/// Keeps what a service answers, unless it has.
pub(super) async fn save_answer(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    (reply, words): (Reply, &str),
    (by, at): (PractitionerId, Timestamp),
) -> StoreResult<bool> {
    let save = "UPDATE broker_message SET answered_at = $3, answered_by = $4, answer = $5, answer_words = $6 \
                WHERE area_id = $1 AND message_id = $2 AND answered_at IS NULL";
    Ok(tx.execute(save, vals![area_id, permit.id(), at, by, reply.as_str(), words]).await? == 1)
}

/// What a list of messages is wanted of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Of<'a> {
    /// Somebody sent them.
    Sender(PractitionerId),
    /// Any of these is to answer them.
    Owners(&'a [PractitionerId]),
}

/// Messages that somebody is to answer.
pub const OWED: Owed =
    Owed { rows: "broker_message m", area: "m.area_id", is_theirs: "m.owner_id IN ({}) AND m.answered_at IS NULL" };

/// Returns messages that the narrowing lets through, the newest first, at most 500.
pub(super) async fn list(
    tx: &mut Tx,
    area_id: AreaId,
    of: Of<'_>,
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<Vec<Message>> {
    let mut values = vec![Val::from(area_id)];
    let chosen = match of {
        Of::Sender(id) => {
            values.push(id.into());
            "m.sender_id = $2".to_owned()
        }
        Of::Owners(these) => OWED.of(&store::value::list(&mut values, these.iter().copied())),
    };
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let sql =
        format!("{COLUMNS} WHERE m.area_id = $1 AND {chosen} AND {narrowed} ORDER BY m.sent_at DESC, m.message_id LIMIT 500");
    tx.query(&sql, &values).await?.iter().map(message).collect()
}

/// Returns how many messages wait, how many are late, and how many have nobody who answers.
pub(super) async fn count_open(tx: &mut Tx, area_id: AreaId, today: Date) -> StoreResult<(i64, i64, i64)> {
    let row = tx
        .query_one(
            "SELECT COUNT(*) AS open, COUNT(CASE WHEN m.due_on < $2 THEN 1 END) AS late, \
             COUNT(CASE WHEN o.left_at IS NOT NULL THEN 1 END) AS ownerless FROM broker_message m \
             JOIN practitioner o ON o.area_id = m.area_id AND o.practitioner_id = m.owner_id \
             WHERE m.area_id = $1 AND m.answered_at IS NULL",
            vals![area_id, today],
        )
        .await?;
    Ok((row.get("open")?, row.get("late")?, row.get("ownerless")?))
}

/// Deletes messages that were answered before a moment; returns how many, `most` at most.
///
/// # Errors
/// [`StoreError`](store::StoreError) from the engine.
pub async fn delete_answered(tx: &mut Tx, area_id: AreaId, before: Timestamp, most: usize) -> StoreResult<u64> {
    let delete = format!(
        "DELETE FROM broker_message WHERE area_id = $1 AND message_id IN (SELECT m.message_id FROM broker_message m \
         WHERE m.area_id = $1 AND m.answered_at < $2 ORDER BY m.answered_at, m.message_id LIMIT {most})"
    );
    tx.execute(&delete, vals![area_id, before]).await
}

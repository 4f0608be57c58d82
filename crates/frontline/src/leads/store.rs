//! The SQL of handovers.

use super::handover::{Handover, HandoverId, NewHandover, State};
use access::{Narrowing, Permit, PractitionerId, SqlMap};
use families::family::FamilyId;
use families::handing::Handed;
use families::people::PersonId;
use families::{person_flags, person_sets};
use kernel::{Date, Timestamp};
use store::owed::Owed;
use store::past::{self, Subject};
use store::value::list as list_of;
use store::{AreaId, Row, StoreResult, Tx, Val, vals};

/// Handovers in a list whose table is `h`.
pub(super) static HANDOVER: SqlMap = SqlMap {
    name: "handover",
    columns: &[("from", "h.from_id"), ("to", "h.to_id")],
    flags: person_flags!("person.", "h.area_id", "h.person_id"),
    sets: &[
        PERSON_SETS[0],
        PERSON_SETS[1],
        PERSON_SETS[2],
        PERSON_SETS[3],
        PERSON_SETS[4],
        PERSON_SETS[5],
        PERSON_SETS[6],
        (
            "managers",
            "EXISTS (SELECT 1 FROM team_member t JOIN team_member m ON m.area_id = t.area_id AND m.team_id = t.team_id \
             AND m.part = 'manager' WHERE t.area_id = h.area_id AND t.practitioner_id = h.from_id AND m.practitioner_id <> h.from_id \
             AND m.practitioner_id = {})",
        ),
    ],
    presences: &[],
};

const PERSON_SETS: &[(&str, &str); 7] = person_sets!("person.", "h.area_id", "h.person_id");

const HANDOVERS: &str = "SELECT h.handover_id, h.family_id, f.name AS family_name, h.person_id, h.from_id, \
     CASE WHEN q.sensitive = 1 THEN 'Somebody whose service is not named' ELSE a.name END AS from_name, h.to_id, \
     b.name AS to_name, h.words, h.over_words, h.offered_by AS offered_by_id, \
     CASE WHEN z.sensitive = 1 THEN 'Somebody whose service is not named' ELSE c.name END AS offered_by, h.offered_at, h.answer_by, h.state, h.answer_words, h.version \
     FROM handover h JOIN family f ON f.area_id = h.area_id AND f.family_id = h.family_id \
     JOIN practitioner a ON a.area_id = h.area_id AND a.practitioner_id = h.from_id \
     JOIN agency q ON q.area_id = a.area_id AND q.agency_id = a.agency_id \
     JOIN practitioner b ON b.area_id = h.area_id AND b.practitioner_id = h.to_id \
     JOIN practitioner c ON c.area_id = h.area_id AND c.practitioner_id = h.offered_by \
     JOIN agency z ON z.area_id = c.area_id AND z.agency_id = c.agency_id ";

fn handover(row: &Row) -> StoreResult<Handover> {
    Ok(Handover {
        id: row.id("handover_id")?,
        family: row.id("family_id")?,
        family_name: row.get("family_name")?,
        person: row.id("person_id")?,
        from: row.id("from_id")?,
        from_name: row.get("from_name")?,
        managers: Vec::new(),
        to: row.id("to_id")?,
        to_name: row.get("to_name")?,
        words: row.get("words")?,
        over_words: row.get("over_words")?,
        offered_by_id: row.id("offered_by_id")?,
        offered_by: row.get("offered_by")?,
        offered_at: row.get("offered_at")?,
        answer_by: row.get("answer_by")?,
        state: row.parse("state")?,
        answer_words: row.get("answer_words")?,
        version: row.get("version")?,
    })
}

/// Whose lead is offered, by whom, and until when it is answered.
pub(super) struct Offered {
    pub(super) id: HandoverId,
    pub(super) family: FamilyId,
    pub(super) from: PractitionerId,
    pub(super) by: PractitionerId,
    pub(super) at: Timestamp,
    pub(super) answer_by: Date,
}

/// Leads that somebody offers.
pub const HANDED: Handed = Handed {
    table: "handover",
    past: Some("family_id"),
    owner: "from_id",
    open: "state = 'offered'",
    by: " AND to_id <> $3",
    about: "SELECT handover.person_id",
    also: ", version = version + 1",
};

pub(super) async fn insert(
    tx: &mut Tx,
    area_id: AreaId,
    person: PersonId,
    new: &NewHandover,
    offered: &Offered,
) -> StoreResult<()> {
    let insert = "INSERT INTO handover (area_id, handover_id, family_id, person_id, from_id, to_id, words, over_words, offered_by, offered_at, \
                  answer_by, state, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'offered', 1)";
    let Offered { id, family, from, by, at, answer_by } = offered;
    let values = vals![area_id, *id, *family, person, *from, new.to, &new.words, &new.over_words, *by, *at, *answer_by];
    tx.execute(insert, values).await?;
    Ok(())
}

/// Returns a handover, with who manages whoever led.
pub(super) async fn find(tx: &mut Tx, area_id: AreaId, id: HandoverId) -> StoreResult<Option<Handover>> {
    let row = tx.query_opt(&format!("{HANDOVERS} WHERE h.area_id = $1 AND h.handover_id = $2"), vals![area_id, id]).await?;
    let Some(found) = row.as_ref().map(handover).transpose()? else { return Ok(None) };
    let managers = access::people::managers_of(tx, area_id, found.from).await?;
    Ok(Some(Handover { managers, ..found }))
}

/// Says what became of a handover, unless somebody was faster.
pub(super) async fn save_answer(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    (version, state, words): (i64, State, &str),
    at: Timestamp,
) -> StoreResult<bool> {
    past::keep(tx, ("handover", Subject::Column("family_id")), ("handover_id = $2", vals![area_id, permit.id()]), at).await?;
    let save = "UPDATE handover SET state = $4, answer_words = $5, answered_at = $6, version = version + 1 \
                WHERE area_id = $1 AND handover_id = $2 AND version = $3 AND state = 'offered'";
    Ok(tx.execute(save, vals![area_id, permit.id(), version, state.as_str(), words, at]).await? == 1)
}

/// Takes back what was offered through somebody to one who may not know of them any more.
pub(super) async fn take_back(tx: &mut Tx, area_id: AreaId, permit: &Permit, at: Timestamp) -> StoreResult<u64> {
    let which = "person_id = $2 AND state = 'offered' AND (NOT EXISTS (SELECT 1 FROM family f WHERE f.area_id = handover.area_id \
                 AND f.family_id = handover.family_id AND f.owner_id = handover.from_id) OR NOT EXISTS (SELECT 1 FROM shield s JOIN shield_named n ON n.area_id = s.area_id \
                 AND n.shield_id = s.shield_id WHERE s.area_id = handover.area_id AND s.person_id = handover.person_id \
                 AND s.kind = 'existence' AND s.ended_at IS NULL AND n.practitioner_id = handover.to_id))";
    past::keep(tx, ("handover", Subject::Column("family_id")), (which, vals![area_id, permit.id()]), at).await?;
    let save = format!(
        "UPDATE handover SET state = 'withdrawn', answered_at = $3, version = version + 1 WHERE area_id = $1 AND {which}"
    );
    tx.execute(&save, vals![area_id, permit.id(), at]).await
}

/// Declines, with words, what somebody who is there no more was offered, and what they offered and nobody offers in their place.
pub(super) async fn decline_of(
    tx: &mut Tx,
    area_id: AreaId,
    (who, words): (PractitionerId, &str),
    at: Timestamp,
) -> StoreResult<u64> {
    let which = "state = 'offered' AND (to_id = $2 OR from_id = $2)";
    past::keep(tx, ("handover", Subject::Column("family_id")), (which, vals![area_id, who]), at).await?;
    let save = format!(
        "UPDATE handover SET state = 'declined', answer_words = $3, answered_at = $4, version = version + 1 WHERE area_id = $1 AND {which}"
    );
    tx.execute(&save, vals![area_id, who, words, at]).await
}

/// Has each offer made by whoever leads: one to whoever leads already is taken back, and what came of one is told to whoever leads where whoever
/// made it is there no more.
pub(super) async fn align(tx: &mut Tx, area_id: AreaId, at: Timestamp) -> StoreResult<()> {
    const LEADS: &str =
        "(SELECT f.owner_id FROM family f WHERE f.area_id = handover.area_id AND f.family_id = handover.family_id)";
    let subject = || ("handover", Subject::Column("family_id"));
    let moot = format!("state = 'offered' AND to_id = {LEADS}");
    past::keep(tx, subject(), (&moot, vals![area_id]), at).await?;
    let take_back =
        format!("UPDATE handover SET state = 'withdrawn', answered_at = $2, version = version + 1 WHERE area_id = $1 AND {moot}");
    tx.execute(&take_back, vals![area_id, at]).await?;
    let from_another = format!("state = 'offered' AND from_id <> {LEADS}");
    past::keep(tx, subject(), (&from_another, vals![area_id]), at).await?;
    let from = format!("UPDATE handover SET from_id = {LEADS}, version = version + 1 WHERE area_id = $1 AND {from_another}");
    tx.execute(&from, vals![area_id]).await?;
    // Where whoever leads is there no more either, it waits for whoever leads next.
    let untold = format!(
        "state IN ('offered', 'declined') AND told_at IS NULL AND offered_by <> {LEADS} AND offered_by IN (SELECT p.practitioner_id \
         FROM practitioner p WHERE p.area_id = $1 AND p.left_at IS NOT NULL) AND {LEADS} IN (SELECT h.practitioner_id FROM practitioner h \
         WHERE h.area_id = $1 AND h.left_at IS NULL)"
    );
    past::keep(tx, subject(), (&untold, vals![area_id]), at).await?;
    let told = format!("UPDATE handover SET offered_by = {LEADS}, version = version + 1 WHERE area_id = $1 AND {untold}");
    tx.execute(&told, vals![area_id]).await?;
    Ok(())
}

/// Keeps that whoever offered it has seen the answer.
pub(super) async fn save_told(tx: &mut Tx, area_id: AreaId, id: HandoverId, at: Timestamp) -> StoreResult<()> {
    let which = "handover_id = $2 AND told_at IS NULL AND state IN ('accepted', 'declined')";
    past::keep(tx, ("handover", Subject::Column("family_id")), (which, vals![area_id, id]), at).await?;
    let save = format!("UPDATE handover SET told_at = $3 WHERE area_id = $1 AND {which}");
    tx.execute(&save, vals![area_id, id, at]).await?;
    Ok(())
}

/// What a list of handovers is wanted of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Of<'a> {
    /// Any of these is to lead.
    OfferedTo(&'a [PractitionerId]),
    /// Any of these offered them, and nobody has answered.
    OfferedBy(&'a [PractitionerId]),
    /// Any of these offered them, they are answered, and that one has not seen it.
    Untold(&'a [PractitionerId]),
    /// Of a family.
    Family(FamilyId),
    /// Their day has passed, or whoever is to answer has left.
    Late(Date),
}

/// Leads that somebody is offered.
pub const OFFERED: Owed = Owed { rows: "handover h", area: "h.area_id", is_theirs: "h.to_id IN ({}) AND h.state = 'offered'" };

/// Leads that somebody offered, and that wait for an answer.
pub const WAITING: Owed =
    Owed { rows: "handover h", area: "h.area_id", is_theirs: "h.offered_by IN ({}) AND h.state = 'offered'" };

/// Answers to leads that somebody offered, of which they have not been told.
pub const ANSWERED: Owed = Owed {
    rows: "handover h",
    area: "h.area_id",
    is_theirs: "h.offered_by IN ({}) AND h.told_at IS NULL AND h.state IN ('accepted', 'declined')",
};

/// Returns handovers that the narrowing lets through, the soonest first, at most 500.
pub(super) async fn list(
    tx: &mut Tx,
    area_id: AreaId,
    of: Of<'_>,
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<Vec<Handover>> {
    let mut values = vec![Val::from(area_id)];
    let chosen = match of {
        Of::OfferedTo(these) => OFFERED.of(&list_of(&mut values, these.iter().copied())),
        Of::OfferedBy(these) => WAITING.of(&list_of(&mut values, these.iter().copied())),
        Of::Untold(these) => ANSWERED.of(&list_of(&mut values, these.iter().copied())),
        Of::Family(id) => {
            values.push(id.into());
            "h.family_id = $2 AND h.state = 'offered'".to_owned()
        }
        Of::Late(today) => {
            values.push(today.into());
            "(h.answer_by < $2 OR b.left_at IS NOT NULL) AND h.state = 'offered'".to_owned()
        }
    };
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let sql =
        format!("{HANDOVERS} WHERE h.area_id = $1 AND {chosen} AND {narrowed} ORDER BY h.answer_by, h.handover_id LIMIT 500");
    tx.query(&sql, &values).await?.iter().map(handover).collect()
}

/// Returns the handover by which somebody came to lead for a family, if it was by one.
pub(super) async fn find_accepted(
    tx: &mut Tx,
    area_id: AreaId,
    (family, by): (FamilyId, PractitionerId),
) -> StoreResult<Option<HandoverId>> {
    let find = "SELECT handover_id FROM handover WHERE area_id = $1 AND family_id = $2 AND to_id = $3 AND state = 'accepted' \
                ORDER BY answered_at DESC, handover_id LIMIT 1";
    tx.query_opt(find, vals![area_id, family, by]).await?.map(|row| row.id("handover_id")).transpose()
}

/// Returns whether any handover of a family is open, whoever may know of it.
pub(super) async fn is_open(tx: &mut Tx, area_id: AreaId, family: FamilyId) -> StoreResult<bool> {
    let find = "SELECT handover_id FROM handover WHERE area_id = $1 AND family_id = $2 AND state = 'offered'";
    Ok(tx.query_opt(find, vals![area_id, family]).await?.is_some())
}

/// Returns how many handovers are open, how many are late, and how many wait for somebody who has left.
pub(super) async fn count_open(tx: &mut Tx, area_id: AreaId, today: Date) -> StoreResult<(i64, i64, i64)> {
    let row = tx
        .query_one(
            "SELECT COUNT(*) AS open, COUNT(CASE WHEN h.answer_by < $2 THEN 1 END) AS late, COUNT(CASE WHEN b.left_at IS NOT NULL THEN 1 END) \
             AS ownerless FROM handover h JOIN practitioner b ON b.area_id = h.area_id AND b.practitioner_id = h.to_id \
             WHERE h.area_id = $1 AND h.state = 'offered'",
            vals![area_id, today],
        )
        .await?;
    Ok((row.get("open")?, row.get("late")?, row.get("ownerless")?))
}

//! The SQL of contacts.

use super::rules::{Contact, ContactId, NewContact};
use access::people::merging::OfAgency;
use access::{Act, AgencyId, Narrowing, Permit, PractitionerId, SqlMap};
use families::facts::Class;
use families::handing::Handed;
use families::people::PersonId;
use families::{person_flags, person_sets};
use kernel::{Date, Timestamp};
use store::owed::Owed;
use store::past::{self, Subject};
use store::{AreaId, Row, StoreResult, Tx, Val, vals};

/// Contacts in a list whose table is `c`.
pub(super) static CONTACT: SqlMap = SqlMap {
    name: "contact",
    columns: &[("class", "c.class"), ("agency", "c.agency_id"), ("author", "c.author_id"), ("owner", "c.owner_id")],
    flags: &[
        PERSON_FLAGS[0],
        PERSON_FLAGS[1],
        (
            "agencyTellsPlace",
            "EXISTS (SELECT 1 FROM agency l WHERE l.area_id = c.area_id AND l.agency_id = c.agency_id AND l.tells_place = 1)",
        ),
    ],
    sets: person_sets!("person.", "c.area_id", "c.person_id"),
    presences: &[("owner", "c.owner_id IS NOT NULL")],
};

/// Contacts, as news of families.
pub const NEWS: families::news::Source = families::news::Source {
    act: Act::ReadContact,
    of: &CONTACT,
    table: ("contact", "c"),
    at: "c.recorded_at",
    by: "c.author_id",
    join: "",
    which: "1 = 1",
};

const PERSON_FLAGS: &[(&str, &str); 2] = person_flags!("person.", "c.area_id", "c.person_id");

const CONTACT_COLUMNS: &str = "SELECT c.contact_id, c.person_id, c.author_id, w.name AS author, c.agency_id, a.name AS agency, a.tells_place, c.class, c.channel, \
     c.happened_on, c.recorded_at, c.outcome, c.outcome_words, c.owner_id, o.name AS owner, h.name AS handed_by, c.handed_words, c.next_on, c.version FROM contact c \
     JOIN practitioner w ON w.area_id = c.area_id AND w.practitioner_id = c.author_id \
     JOIN agency a ON a.area_id = c.area_id AND a.agency_id = c.agency_id \
     LEFT JOIN practitioner o ON o.area_id = c.area_id AND o.practitioner_id = c.owner_id \
     LEFT JOIN practitioner h ON h.area_id = c.area_id AND h.practitioner_id = c.handed_by ";

fn contact(row: &Row) -> StoreResult<Contact> {
    Ok(Contact {
        id: row.id("contact_id")?,
        person: row.id("person_id")?,
        author_id: row.id("author_id")?,
        author: row.get("author")?,
        agency_id: row.id("agency_id")?,
        agency: row.get("agency")?,
        agency_tells_place: row.get("tells_place")?,
        class: row.parse("class")?,
        channel: row.get("channel")?,
        happened_on: row.get("happened_on")?,
        recorded_at: row.get("recorded_at")?,
        outcome: row.get("outcome")?,
        outcome_words: row.get("outcome_words")?,
        owner_id: row.opt_id("owner_id")?,
        owner: row.get::<Option<String>>("owner")?.unwrap_or_default(),
        handed_by: row.get::<Option<String>>("handed_by")?.unwrap_or_default(),
        handed_words: row.get("handed_words")?,
        next_on: row.get("next_on")?,
        version: row.get("version")?,
    })
}

/// Who records it, and who answers for it until when.
pub(super) struct Recorded {
    pub(super) id: ContactId,
    pub(super) author_id: PractitionerId,
    pub(super) agency_id: AgencyId,
    pub(super) class: Class,
    /// Somebody else who brings it to its end.
    pub(super) handed_to: Option<PractitionerId>,
    pub(super) at: Timestamp,
    pub(super) next_on: Date,
}

/// Contacts without an outcome, of the agency that recorded them.
pub const RECORDED: OfAgency =
    OfAgency { table: "contact", past: Some("person_id"), column: "agency_id", open: "outcome IS NULL" };

/// Contacts without an outcome.
pub const HANDED: Handed = Handed {
    table: "contact",
    past: Some("person_id"),
    owner: "owner_id",
    open: "outcome IS NULL",
    by: "",
    about: "SELECT contact.person_id",
    also: ", handed_by = owner_id, handed_at = $4, version = version + 1",
};

pub(super) async fn insert(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    new: &NewContact,
    recorded: &Recorded,
) -> StoreResult<()> {
    let outcome = Some(new.outcome.as_str()).filter(|outcome| !outcome.is_empty() && recorded.handed_to.is_none());
    let (outcome_at, next_on) = if outcome.is_some() { (Some(recorded.at), None) } else { (None, Some(recorded.next_on)) };
    tx.execute(
        "INSERT INTO contact (area_id, contact_id, person_id, author_id, agency_id, channel, happened_on, recorded_at, outcome, \
         outcome_words, outcome_at, owner_id, next_on, class, handed_by, handed_at, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', $10, $11, $12, $13, $14, $15, 1)",
        vals![
            area_id,
            recorded.id,
            permit.id(),
            recorded.author_id,
            recorded.agency_id,
            &new.channel,
            new.happened_on,
            recorded.at,
            outcome,
            outcome_at,
            recorded.handed_to.unwrap_or(recorded.author_id),
            next_on,
            recorded.class.as_str(),
            recorded.handed_to.map(|_| recorded.author_id),
            recorded.handed_to.map(|_| recorded.at)
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn find(tx: &mut Tx, area_id: AreaId, id: ContactId) -> StoreResult<Option<Contact>> {
    let row = tx.query_opt(&format!("{CONTACT_COLUMNS} WHERE c.area_id = $1 AND c.contact_id = $2"), vals![area_id, id]).await?;
    row.as_ref().map(contact).transpose()
}

/// Saves an outcome unless there is one already.
pub(super) async fn save_outcome(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    outcome: (&str, &str),
    at: Timestamp,
) -> StoreResult<bool> {
    past::keep(tx, ("contact", Subject::Column("person_id")), ("contact_id = $2", vals![area_id, permit.id()]), at).await?;
    let changed = tx
        .execute(
            "UPDATE contact SET outcome = $3, outcome_words = $4, outcome_at = $5, next_on = NULL, version = version + 1 \
             WHERE area_id = $1 AND contact_id = $2 AND outcome IS NULL",
            vals![area_id, permit.id(), outcome.0, outcome.1, at],
        )
        .await?;
    Ok(changed == 1)
}

/// Hands a contact that has no outcome to somebody else.
pub(super) async fn save_handed(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    (by, to, words): (PractitionerId, PractitionerId, &str),
    (at, next_on): (Timestamp, Date),
) -> StoreResult<bool> {
    past::keep(tx, ("contact", Subject::Column("person_id")), ("contact_id = $2", vals![area_id, permit.id()]), at).await?;
    let save = "UPDATE contact SET owner_id = $4, handed_by = $3, handed_at = $5, next_on = $6, handed_words = $7, version = version + 1 \
                WHERE area_id = $1 AND contact_id = $2 AND outcome IS NULL";
    Ok(tx.execute(save, vals![area_id, permit.id(), by, to, at, next_on, words]).await? == 1)
}

/// Gives a contact that has no outcome to somebody else, unless somebody was faster.
pub(super) async fn save_given(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    (version, (by, to, words)): (i64, (PractitionerId, PractitionerId, String)),
    (at, next_on): (Timestamp, Date),
) -> StoreResult<bool> {
    past::keep(tx, ("contact", Subject::Column("person_id")), ("contact_id = $2", vals![area_id, permit.id()]), at).await?;
    let save = "UPDATE contact SET owner_id = $4, handed_by = $3, handed_at = $5, next_on = $6, handed_words = $7, version = version + 1 \
                WHERE area_id = $1 AND contact_id = $2 AND outcome IS NULL AND version = $8";
    Ok(tx.execute(save, vals![area_id, permit.id(), by, to, at, next_on, words, version]).await? == 1)
}

/// Hands the open contacts about somebody to one who is named for them, from owners who are not.
pub(super) async fn take_over(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    to: PractitionerId,
    at: Timestamp,
) -> StoreResult<u64> {
    past::keep(tx, ("contact", Subject::Column("person_id")), ("person_id = $2", vals![area_id, permit.id()]), at).await?;
    let save = "UPDATE contact SET handed_by = owner_id, handed_at = $4, owner_id = $3, version = version + 1 WHERE area_id = $1 \
                AND person_id = $2 AND outcome IS NULL AND NOT EXISTS (SELECT 1 FROM shield s JOIN shield_named n ON n.area_id = s.area_id \
                AND n.shield_id = s.shield_id WHERE s.area_id = contact.area_id AND s.person_id = contact.person_id \
                AND s.kind = 'existence' AND s.ended_at IS NULL AND n.practitioner_id = contact.owner_id)";
    tx.execute(save, vals![area_id, permit.id(), to, at]).await
}

/// Returns who has a role: somebody of this agency rather than of another; for a shielded person, one who is named for them.
pub(super) async fn find_of_role(
    tx: &mut Tx,
    area_id: AreaId,
    role: &str,
    (agency_id, person): (AgencyId, PersonId),
) -> StoreResult<Option<PractitionerId>> {
    let find = "SELECT p.practitioner_id FROM practitioner p JOIN practitioner_role r ON r.area_id = p.area_id \
                AND r.practitioner_id = p.practitioner_id WHERE p.area_id = $1 AND r.role = $2 AND p.left_at IS NULL \
                AND NOT EXISTS (SELECT 1 FROM shield s WHERE s.area_id = $1 AND s.person_id = $4 AND s.kind = 'existence' \
                AND s.ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM shield_named n WHERE n.area_id = $1 AND n.shield_id = s.shield_id \
                AND n.practitioner_id = p.practitioner_id)) \
                ORDER BY CASE WHEN p.agency_id = $3 THEN 0 ELSE 1 END, p.practitioner_id LIMIT 1";
    let row = tx.query_opt(find, vals![area_id, role, agency_id, person]).await?;
    row.map(|row| row.id("practitioner_id")).transpose()
}

/// What a list of contacts is wanted of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Of<'a> {
    /// Any of these answers for them, and they have no outcome.
    OwnedBy(&'a [PractitionerId]),
    /// About any of these people, the latest, at most so many.
    People(&'a [PersonId], u32),
    /// They have no outcome, and their day has passed or whoever answered for them has left.
    Late(Date),
}

/// Contacts that somebody is to bring to an outcome.
pub const OWED: Owed = Owed { rows: "contact c", area: "c.area_id", is_theirs: "c.owner_id IN ({}) AND c.outcome IS NULL" };

pub(super) async fn list(
    tx: &mut Tx,
    area_id: AreaId,
    of: Of<'_>,
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<Vec<Contact>> {
    let mut values = vec![Val::from(area_id)];
    let (chosen, order, most) = match of {
        Of::OwnedBy(owners) => {
            let owners = store::value::list(&mut values, owners.iter().copied());
            (OWED.of(&owners), "c.next_on, c.contact_id", 1000)
        }
        Of::People(people, most) => {
            let these = store::value::list(&mut values, people.iter().copied());
            (format!("c.person_id IN ({these})"), "c.recorded_at DESC, c.contact_id", most)
        }
        Of::Late(today) => {
            values.push(today.into());
            let late = "c.outcome IS NULL AND (c.next_on < $2 OR EXISTS (SELECT 1 FROM practitioner g WHERE g.area_id = c.area_id \
                        AND g.practitioner_id = c.owner_id AND g.left_at IS NOT NULL))";
            (late.to_owned(), "c.next_on, c.contact_id", 100)
        }
    };
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let sql = format!("{CONTACT_COLUMNS} WHERE c.area_id = $1 AND {chosen} AND {narrowed} ORDER BY {order} LIMIT {most}");
    tx.query(&sql, &values).await?.iter().map(contact).collect()
}

/// Returns how many contacts have no outcome, how many are late, and how many have nobody who answers for them.
pub(super) async fn count_open(tx: &mut Tx, area_id: AreaId, today: Date) -> StoreResult<(i64, i64, i64)> {
    let row = tx
        .query_one(
            "SELECT COUNT(*) AS open, COUNT(CASE WHEN c.next_on < $2 THEN 1 END) AS late, \
             COUNT(CASE WHEN o.practitioner_id IS NULL OR o.left_at IS NOT NULL THEN 1 END) AS ownerless FROM contact c \
             LEFT JOIN practitioner o ON o.area_id = c.area_id AND o.practitioner_id = c.owner_id \
             WHERE c.area_id = $1 AND c.outcome IS NULL",
            vals![area_id, today],
        )
        .await?;
    Ok((row.get("open")?, row.get("late")?, row.get("ownerless")?))
}

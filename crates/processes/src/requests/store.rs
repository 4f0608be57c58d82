//! The SQL of requests for information.

use super::request::{NewRequest, Request, RequestId, State};
use access::people::merging::OfAgency;
use access::{AgencyId, Narrowing, Permit, PractitionerId, SqlMap};
use families::facts::Class;
use families::handing::Handed;
use families::people::PersonId;
use families::{person_flags, person_sets};
use kernel::{Date, Timestamp};
use store::owed::Owed;
use store::past::{self, Subject};
use store::{AreaId, Row, StoreResult, Tx, Val, vals};

/// Requests in a list whose table is `q`.
pub(super) static REQUEST: SqlMap = SqlMap {
    name: "share_request",
    columns: &[
        ("class", "q.class"),
        ("asker", "q.asker_id"),
        ("fromAgency", "q.from_agency_id"),
        ("toAgency", "q.to_agency_id"),
        ("owner", "q.owner_id"),
    ],
    flags: &[
        PERSON_FLAGS[0],
        PERSON_FLAGS[1],
        (
            "agencyTellsPlace",
            "EXISTS (SELECT 1 FROM agency l WHERE l.area_id = q.area_id AND l.tells_place = 1 \
             AND (l.agency_id = q.from_agency_id OR l.agency_id = q.to_agency_id))",
        ),
    ],
    sets: person_sets!("person.", "q.area_id", "q.person_id"),
    presences: &[("owner", "q.owner_id IS NOT NULL")],
};

const PERSON_FLAGS: &[(&str, &str); 2] = person_flags!("person.", "q.area_id", "q.person_id");

const COLUMNS: &str = "SELECT q.request_id, q.person_id, q.asker_id, \
     CASE WHEN u.name IS NULL THEN w.name ELSE w.name || ', in place of ' || u.name END AS asker, w.job AS asker_job, w.telephone AS asker_telephone, \
     q.from_agency_id, f.name AS from_agency, f.tells_place, q.to_agency_id, t.name AS to_agency, t.tells_place AS to_tells_place, q.purpose, \
     q.information, q.words, q.urgent, q.class, q.asked_at, q.answer_by, q.state, q.owner_id, o.name AS owner, q.escalated_at, q.version \
     FROM share_request q JOIN practitioner w ON w.area_id = q.area_id AND w.practitioner_id = q.asker_id \
     LEFT JOIN practitioner u ON u.area_id = q.area_id AND u.practitioner_id = q.first_asker_id \
     JOIN agency f ON f.area_id = q.area_id AND f.agency_id = q.from_agency_id \
     JOIN agency t ON t.area_id = q.area_id AND t.agency_id = q.to_agency_id \
     LEFT JOIN practitioner o ON o.area_id = q.area_id AND o.practitioner_id = q.owner_id ";

fn request(row: &Row) -> StoreResult<Request> {
    let information: String = row.get("information")?;
    Ok(Request {
        id: row.id("request_id")?,
        new: NewRequest {
            person: row.id("person_id")?,
            to_agency: row.id("to_agency_id")?,
            purpose: row.get("purpose")?,
            information: information.split(' ').filter(|one| !one.is_empty()).map(str::to_owned).collect(),
            words: row.get("words")?,
            urgent: row.get("urgent")?,
        },
        asker_id: row.id("asker_id")?,
        asker: row.get("asker")?,
        asker_job: row.get("asker_job")?,
        asker_telephone: row.get("asker_telephone")?,
        from_agency_id: row.id("from_agency_id")?,
        from_agency: row.get("from_agency")?,
        to_agency: row.get("to_agency")?,
        agency_tells_place: row.get::<bool>("tells_place")? || row.get::<bool>("to_tells_place")?,
        class: row.parse("class")?,
        asked_at: row.get("asked_at")?,
        answer_by: row.get("answer_by")?,
        state: row.parse("state")?,
        owner_id: row.opt_id("owner_id")?,
        owner: row.get("owner")?,
        escalated_at: row.get("escalated_at")?,
        version: row.get("version")?,
    })
}

/// Who asks, who answers, and by when.
pub(super) struct Made {
    pub(super) id: RequestId,
    pub(super) asker_id: PractitionerId,
    pub(super) from_agency_id: AgencyId,
    pub(super) class: Class,
    pub(super) owner_id: PractitionerId,
    pub(super) asked_at: Timestamp,
    pub(super) answer_by: Date,
}

/// Requests that an agency was asked and that have no answer.
pub const ASKED: OfAgency =
    OfAgency { table: "share_request", past: Some("person_id"), column: "to_agency_id", open: "state = 'open'" };
/// Requests that an agency asked and that have no answer.
pub const SENT: OfAgency = OfAgency { column: "from_agency_id", ..ASKED };

/// Requests without an answer.
pub const HANDED: Handed = Handed {
    table: "share_request",
    past: Some("person_id"),
    owner: "owner_id",
    open: "state = 'open'",
    by: "",
    about: "SELECT share_request.person_id",
    also: ", version = version + 1",
};

/// Requests that somebody made: whoever does their work reads the answer.
pub const MADE: Handed = Handed {
    table: "share_request",
    past: Some("person_id"),
    owner: "asker_id",
    open: "state = 'open'",
    by: "",
    about: "SELECT share_request.person_id",
    also: ", first_asker_id = COALESCE(first_asker_id, asker_id), version = version + 1",
};

pub(super) async fn insert(tx: &mut Tx, area_id: AreaId, permit: &Permit, new: &NewRequest, made: &Made) -> StoreResult<()> {
    tx.execute(
        "INSERT INTO share_request (area_id, request_id, person_id, asker_id, from_agency_id, to_agency_id, purpose, information, words, \
         urgent, class, asked_at, answer_by, state, owner_id, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'open', $14, 1)",
        vals![
            area_id,
            made.id,
            permit.id(),
            made.asker_id,
            made.from_agency_id,
            new.to_agency,
            &new.purpose,
            new.information.join(" "),
            &new.words,
            new.urgent,
            made.class.as_str(),
            made.asked_at,
            made.answer_by,
            made.owner_id
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn find(tx: &mut Tx, area_id: AreaId, id: RequestId) -> StoreResult<Option<Request>> {
    let row = tx.query_opt(&format!("{COLUMNS} WHERE q.area_id = $1 AND q.request_id = $2"), vals![area_id, id]).await?;
    row.as_ref().map(request).transpose()
}

/// Ends an open request; returns whether it was still open.
pub(super) async fn save_ended(tx: &mut Tx, area_id: AreaId, permit: &Permit, state: State, at: Timestamp) -> StoreResult<bool> {
    past::keep(tx, ("share_request", Subject::Column("person_id")), ("request_id = $2", vals![area_id, permit.id()]), at).await?;
    let save = "UPDATE share_request SET state = $3, ended_at = $4, version = version + 1 \
                WHERE area_id = $1 AND request_id = $2 AND state = 'open'";
    Ok(tx.execute(save, vals![area_id, permit.id(), state.as_str(), at]).await? == 1)
}

/// Hands the open requests about somebody to one who is named for them, from owners who are not.
pub(super) async fn take_over(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    to: PractitionerId,
    at: Timestamp,
) -> StoreResult<()> {
    past::keep(tx, ("share_request", Subject::Column("person_id")), ("person_id = $2", vals![area_id, permit.id()]), at).await?;
    let save = "UPDATE share_request SET owner_id = $3, version = version + 1 WHERE area_id = $1 AND person_id = $2 AND state = 'open' \
                AND NOT EXISTS (SELECT 1 FROM shield s JOIN shield_named n ON n.area_id = s.area_id AND n.shield_id = s.shield_id \
                WHERE s.area_id = share_request.area_id AND s.person_id = share_request.person_id AND s.kind = 'existence' \
                AND s.ended_at IS NULL AND n.practitioner_id = share_request.owner_id)";
    tx.execute(save, vals![area_id, permit.id(), to]).await?;
    Ok(())
}

/// What a list of requests is wanted of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Of<'a> {
    /// Open, and any of these answers for them.
    OwnedBy(&'a [PractitionerId]),
    /// Open, and any of these made them.
    Waiting(&'a [PractitionerId]),
    /// Open, and an agency was asked.
    OpenAt(AgencyId),
    /// Somebody made them.
    MadeBy(PractitionerId),
    /// About a person.
    Person(PersonId),
    /// Open, and their day has passed or whoever answers has left.
    Late(Date),
}

/// Requests for information that somebody is to answer.
pub const OWED: Owed = Owed { rows: "share_request q", area: "q.area_id", is_theirs: "q.owner_id IN ({}) AND q.state = 'open'" };

/// Open requests that somebody made.
pub const WAITING: Owed =
    Owed { rows: "share_request q", area: "q.area_id", is_theirs: "q.asker_id IN ({}) AND q.state = 'open'" };

/// Returns requests that the narrowing lets through: open ones first, the soonest first; at most 500.
pub(super) async fn list(
    tx: &mut Tx,
    area_id: AreaId,
    of: Of<'_>,
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<Vec<Request>> {
    let mut values = vec![Val::from(area_id)];
    let mut one = |value: Val, chosen: &str| {
        values.push(value);
        chosen.to_owned()
    };
    let chosen = match of {
        Of::Waiting(askers) => WAITING.of(&store::value::list(&mut values, askers.iter().copied())),
        Of::OwnedBy(owners) => OWED.of(&store::value::list(&mut values, owners.iter().copied())),
        Of::OpenAt(id) => one(id.into(), "q.to_agency_id = $2 AND q.state = 'open'"),
        Of::MadeBy(id) => one(id.into(), "q.asker_id = $2"),
        Of::Person(id) => one(id.into(), "q.person_id = $2"),
        Of::Late(today) => one(today.into(), "q.state = 'open' AND (q.answer_by < $2 OR o.left_at IS NOT NULL)"),
    };
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let sql = format!(
        "{COLUMNS} WHERE q.area_id = $1 AND {chosen} AND {narrowed} \
         ORDER BY CASE WHEN q.state = 'open' THEN 0 ELSE 1 END, q.answer_by, q.asked_at DESC, q.request_id LIMIT 500"
    );
    tx.query(&sql, &values).await?.iter().map(request).collect()
}

/// Returns requests that nobody answered by the day before `today` and that `owner` may be handed, at most 500.
pub(super) async fn list_unanswered(
    tx: &mut Tx,
    area_id: AreaId,
    (today, owner): (Date, PractitionerId),
) -> StoreResult<Vec<Request>> {
    let sql = format!(
        "{COLUMNS} WHERE q.area_id = $1 AND q.state = 'open' AND q.escalated_at IS NULL AND q.answer_by < $2 AND q.class = 'ordinary' \
         AND NOT EXISTS (SELECT 1 FROM shield x WHERE x.area_id = q.area_id AND x.person_id = q.person_id AND x.kind = 'existence' \
         AND x.ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM shield_named n WHERE n.area_id = x.area_id \
         AND n.shield_id = x.shield_id AND n.practitioner_id = $3)) ORDER BY q.answer_by, q.request_id LIMIT 500"
    );
    tx.query(&sql, vals![area_id, today, owner]).await?.iter().map(request).collect()
}

/// Hands an unanswered request to the named owner; returns whether it was still unanswered.
pub(super) async fn escalate(
    tx: &mut Tx,
    area_id: AreaId,
    id: RequestId,
    to: PractitionerId,
    at: Timestamp,
) -> StoreResult<bool> {
    past::keep(tx, ("share_request", Subject::Column("person_id")), ("request_id = $2", vals![area_id, id]), at).await?;
    let save = "UPDATE share_request SET escalated_at = $3, owner_id = $4, version = version + 1 \
                WHERE area_id = $1 AND request_id = $2 AND escalated_at IS NULL AND state = 'open'";
    Ok(tx.execute(save, vals![area_id, id, at, to]).await? == 1)
}

/// Returns how many requests are open, how many of them are late, and how many have nobody who answers.
pub(super) async fn count_open(tx: &mut Tx, area_id: AreaId, today: Date) -> StoreResult<(i64, i64, i64)> {
    let row = tx
        .query_one(
            "SELECT COUNT(*) AS open, COUNT(CASE WHEN q.answer_by < $2 THEN 1 END) AS late, \
             COUNT(CASE WHEN o.practitioner_id IS NULL OR o.left_at IS NOT NULL THEN 1 END) AS ownerless FROM share_request q \
             LEFT JOIN practitioner o ON o.area_id = q.area_id AND o.practitioner_id = q.owner_id \
             WHERE q.area_id = $1 AND q.state = 'open'",
            vals![area_id, today],
        )
        .await?;
    Ok((row.get("open")?, row.get("late")?, row.get("ownerless")?))
}

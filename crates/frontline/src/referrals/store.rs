//! The SQL of referrals.

use super::referral::{Event, EventKind, NewReferral, Referral, ReferralId, State};
use access::people::merging::OfAgency;
use access::{AgencyId, Narrowing, Permit, PractitionerId, SqlMap};
use families::facts::{Class, FactId};
use families::handing::Handed;
use families::people::PersonId;
use families::{person_flags, person_sets};
use kernel::{Date, Timestamp};
use store::owed::Owed;
use store::past::{self, Subject};
use store::value::list as list_of;
use store::{AreaId, Row, StoreResult, Tx, Val, vals};
use uuid::Uuid;

/// Who leads for the family of whom a referral is for, whose table is `r`; where they are of several, for the one that was known first.
/// Whose network they belong to does not count.
macro_rules! lead {
    ($what:literal, $order:literal) => {
        concat!(
            "(",
            $what,
            " FROM family_member v JOIN family y ON y.area_id = v.area_id AND y.family_id = v.family_id \
             WHERE v.area_id = r.area_id AND v.person_id = r.person_id AND v.part = 'member' AND v.ended_at IS NULL \
             AND y.closed_at IS NULL ",
            $order,
            ")"
        )
    };
}

/// Referrals in a list whose table is `r`.
pub(super) static REFERRAL: SqlMap = SqlMap {
    name: "referral",
    columns: &[
        ("class", "r.class"),
        ("sender", "r.sender_id"),
        ("fromAgency", "r.from_agency_id"),
        ("toAgency", "r.to_agency_id"),
        ("owner", "r.owner_id"),
        ("lead", LEAD),
    ],
    flags: &[
        PERSON_FLAGS[0],
        PERSON_FLAGS[1],
        (
            "agencyTellsPlace",
            "EXISTS (SELECT 1 FROM agency l WHERE l.area_id = r.area_id AND l.tells_place = 1 \
             AND (l.agency_id = r.from_agency_id OR l.agency_id = r.to_agency_id))",
        ),
    ],
    sets: person_sets!("person.", "r.area_id", "r.person_id"),
    presences: &[("owner", "r.owner_id IS NOT NULL"), ("lead", LEAD_IS)],
};

const LEAD: &str = lead!("SELECT y.owner_id", "ORDER BY y.created_at, y.family_id LIMIT 1");
const LEAD_IS: &str = concat!("EXISTS ", lead!("SELECT 1", ""));

const PERSON_FLAGS: &[(&str, &str); 2] = person_flags!("person.", "r.area_id", "r.person_id");

/// A referral with everything that [`referral`] reads.
const REFERRAL_COLUMNS: &str = concat!(
    "SELECT ",
    lead!("SELECT y.owner_id", "ORDER BY y.created_at, y.family_id LIMIT 1"),
    " AS lead_id, r.referral_id, r.person_id, r.service, r.service_name, r.sender_id, CASE WHEN u.name IS NULL THEN s.name ELSE s.name || ', in place of ' || u.name END AS sender, r.from_agency_id, \
     a.name AS from_agency, r.to_agency_id, CASE WHEN EXISTS (SELECT 1 FROM agency l WHERE l.area_id = r.area_id AND l.tells_place = 1 \
     AND (l.agency_id = r.from_agency_id OR l.agency_id = r.to_agency_id)) THEN 1 ELSE 0 END AS tells_place, r.class, r.need, r.words, r.state, r.asked_at, r.answer_by, r.owner_id, o.name AS owner, r.next_on, \
     r.decided_at, r.decline_reason, r.better_door, r.outcome, r.outcome_words, r.ended_at, r.escalated_at, r.sender_told_at, r.question, r.wait_place, r.starts_on, \
     r.round_id, r.passed_to, r.version \
     FROM referral r JOIN practitioner s ON s.area_id = r.area_id AND s.practitioner_id = r.sender_id \
     LEFT JOIN practitioner u ON u.area_id = r.area_id AND u.practitioner_id = r.first_sender_id \
     JOIN agency a ON a.area_id = r.area_id AND a.agency_id = r.from_agency_id \
     LEFT JOIN practitioner o ON o.area_id = r.area_id AND o.practitioner_id = r.owner_id "
);

fn referral(row: &Row) -> StoreResult<Referral> {
    let (question, passed_to): (String, Option<ReferralId>) = (row.get("question")?, row.opt_id("passed_to")?);
    let state = match row.parse("state")? {
        State::Asked if !question.is_empty() => State::AskedBack,
        State::Declined if passed_to.is_some() => State::PassedOn,
        state => state,
    };
    Ok(Referral {
        id: row.id("referral_id")?,
        person: row.id("person_id")?,
        service: row.get("service")?,
        service_name: row.get("service_name")?,
        sender_id: row.id("sender_id")?,
        sender: row.get("sender")?,
        from_agency_id: row.id("from_agency_id")?,
        from_agency: row.get("from_agency")?,
        to_agency_id: row.id("to_agency_id")?,
        agency_tells_place: row.get("tells_place")?,
        class: row.parse("class")?,
        need: row.get("need")?,
        words: row.get("words")?,
        state,
        asked_at: row.get("asked_at")?,
        answer_by: row.get("answer_by")?,
        owner_id: row.opt_id("owner_id")?,
        owner: row.get("owner")?,
        lead_id: row.opt_id("lead_id")?,
        next_on: row.get("next_on")?,
        decided_at: row.get("decided_at")?,
        decline_reason: row.get("decline_reason")?,
        better_door: row.get("better_door")?,
        outcome: row.get("outcome")?,
        outcome_words: row.get("outcome_words")?,
        ended_at: row.get("ended_at")?,
        escalated_at: row.get("escalated_at")?,
        sender_told_at: row.get("sender_told_at")?,
        question,
        wait_place: row.get::<Option<i64>>("wait_place")?.and_then(|place| u16::try_from(place).ok()),
        starts_on: row.get("starts_on")?,
        round: row.get("round_id")?,
        passed_to,
        version: row.get("version")?,
    })
}

/// Who sends, who is asked, who answers for it, and by when.
pub(super) struct Sent {
    pub(super) id: ReferralId,
    pub(super) service_name: String,
    pub(super) sender_id: PractitionerId,
    pub(super) from_agency_id: AgencyId,
    pub(super) to_agency_id: AgencyId,
    pub(super) class: Class,
    pub(super) owner_id: PractitionerId,
    pub(super) asked_at: Timestamp,
    pub(super) answer_by: Date,
    pub(super) round: Option<Uuid>,
}

/// Referrals that an agency was asked and that have not ended.
pub const ASKED: OfAgency = OfAgency {
    table: "referral",
    past: Some("person_id"),
    column: "to_agency_id",
    open: "state IN ('asked', 'waiting', 'started')",
};
/// Referrals that an agency sent and that have not ended.
pub const SENT: OfAgency = OfAgency { column: "from_agency_id", ..ASKED };

/// Returns the referrals that an agency was asked and that have not ended, at most 10,000.
///
/// # Errors
/// [`store::StoreError`] from the engine.
pub async fn list_asked(tx: &mut Tx, area_id: AreaId, agency: AgencyId) -> StoreResult<Vec<Uuid>> {
    let list = "SELECT referral_id FROM referral WHERE area_id = $1 AND to_agency_id = $2 AND state IN ('asked', 'waiting', 'started') \
                ORDER BY referral_id LIMIT 10000";
    tx.query(list, vals![area_id, agency]).await?.iter().map(|row| row.get("referral_id")).collect()
}

/// Referrals that have not ended.
pub const HANDED: Handed = Handed {
    table: "referral",
    past: Some("person_id"),
    owner: "owner_id",
    open: "state IN ('asked', 'waiting', 'started')",
    by: "",
    about: "SELECT referral.person_id",
    also: ", version = version + 1",
};

/// Referrals that somebody made, until they have been told how it ended: what is asked back is asked of whoever does their work.
pub const MADE: Handed = Handed {
    table: "referral",
    past: Some("person_id"),
    owner: "sender_id",
    open: "(state IN ('asked', 'waiting', 'started') OR (state IN ('declined', 'ended') AND sender_told_at IS NULL))",
    by: "",
    about: "SELECT referral.person_id",
    also: ", first_sender_id = COALESCE(first_sender_id, sender_id), version = version + 1",
};

/// Keeps a referral, as a permit about whoever it is for, or about the referral that is passed on, lets.
pub(super) async fn insert(tx: &mut Tx, area_id: AreaId, _: &Permit, new: &NewReferral, sent: &Sent) -> StoreResult<()> {
    tx.execute(
        "INSERT INTO referral (area_id, referral_id, person_id, contact_id, service, sender_id, from_agency_id, to_agency_id, need, words, \
         state, asked_at, answer_by, owner_id, next_on, decline_reason, better_door, outcome, outcome_words, class, service_name, round_id, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'asked', $11, $12, $13, $12, '', '', '', '', $14, $15, $16, 1)",
        vals![
            area_id, sent.id, new.person, new.contact, &new.service, sent.sender_id, sent.from_agency_id, sent.to_agency_id, &new.need,
            &new.words, sent.asked_at, sent.answer_by, sent.owner_id, sent.class.as_str(), &sent.service_name, sent.round
        ],
    )
    .await?;
    insert_items(tx, area_id, sent.id, &new.items).await
}

/// Keeps what is shared with a referral.
pub(super) async fn insert_items(tx: &mut Tx, area_id: AreaId, id: ReferralId, items: &[FactId]) -> StoreResult<()> {
    for item in items {
        let insert = "INSERT INTO referral_item (area_id, referral_id, fact_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        tx.execute(insert, vals![area_id, id, *item]).await?;
    }
    Ok(())
}

/// Keeps a step that was taken.
pub(super) async fn insert_event(
    tx: &mut Tx,
    area_id: AreaId,
    (id, referral): (Uuid, ReferralId),
    (kind, words): (EventKind, &str),
    (by, at): (Option<PractitionerId>, Timestamp),
) -> StoreResult<()> {
    let insert =
        "INSERT INTO referral_event (area_id, event_id, referral_id, kind, words, by_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    tx.execute(insert, vals![area_id, id, referral, kind.as_str(), words, by, at]).await?;
    Ok(())
}

/// Returns the steps of a referral, in the order they were taken; at most 200.
pub(super) async fn list_events(tx: &mut Tx, area_id: AreaId, permit: &Permit) -> StoreResult<Vec<Event>> {
    let list = "SELECT v.kind, v.words, p.name AS by_name, v.at FROM referral_event v \
                LEFT JOIN practitioner p ON p.area_id = v.area_id AND p.practitioner_id = v.by_id \
                WHERE v.area_id = $1 AND v.referral_id = $2 ORDER BY v.at, v.event_id LIMIT 200";
    let event =
        |row: &Row| Ok(Event { kind: row.parse("kind")?, words: row.get("words")?, by: row.get("by_name")?, at: row.get("at")? });
    tx.query(list, vals![area_id, permit.id()]).await?.iter().map(event).collect()
}

/// Begins asking several services together.
pub(super) async fn insert_round(tx: &mut Tx, area_id: AreaId, round: Uuid) -> StoreResult<()> {
    let insert = "INSERT INTO referral_round (area_id, round_id) VALUES ($1, $2)";
    tx.execute(insert, vals![area_id, round]).await?;
    Ok(())
}

/// Takes a round for the referral that was accepted; returns whether it was the first.
pub(super) async fn take_round(tx: &mut Tx, area_id: AreaId, round: Uuid, by: ReferralId) -> StoreResult<bool> {
    let take = "UPDATE referral_round SET taken_by = $3 WHERE area_id = $1 AND round_id = $2 AND taken_by IS NULL";
    Ok(tx.execute(take, vals![area_id, round, by]).await? == 1)
}

/// Takes back the others of a round, which nobody has answered; returns which.
pub(super) async fn withdraw_others(
    tx: &mut Tx,
    area_id: AreaId,
    (round, first): (Uuid, ReferralId),
    (words, at): (&str, Timestamp),
) -> StoreResult<Vec<ReferralId>> {
    let which = "round_id = $2 AND referral_id <> $3 AND state = 'asked'";
    past::keep(tx, ("referral", Subject::Column("person_id")), (which, vals![area_id, round, first]), at).await?;
    let save = format!(
        "UPDATE referral SET state = 'withdrawn', question = '', outcome_words = $4, ended_at = $5, decided_at = $5, next_on = NULL, \
         sender_told_at = NULL, version = version + 1 WHERE area_id = $1 AND {which}"
    );
    tx.execute(&save, vals![area_id, round, first, words, at]).await?;
    // As they are now: one that was declined at the same moment is not among them.
    let list = "SELECT referral_id FROM referral WHERE area_id = $1 AND round_id = $2 AND state = 'withdrawn' AND ended_at = $3 \
                ORDER BY referral_id LIMIT 100";
    tx.query(list, vals![area_id, round, at]).await?.iter().map(|row| row.id("referral_id")).collect()
}

/// Renews the day by which a referral is answered.
pub(super) async fn save_answer_by(tx: &mut Tx, area_id: AreaId, id: ReferralId, by: Date) -> StoreResult<()> {
    let save = "UPDATE referral SET answer_by = $3 WHERE area_id = $1 AND referral_id = $2";
    tx.execute(save, vals![area_id, id, by]).await?;
    Ok(())
}

pub(super) async fn find(tx: &mut Tx, area_id: AreaId, id: ReferralId) -> StoreResult<Option<Referral>> {
    let row =
        tx.query_opt(&format!("{REFERRAL_COLUMNS} WHERE r.area_id = $1 AND r.referral_id = $2"), vals![area_id, id]).await?;
    row.as_ref().map(referral).transpose()
}

pub(super) async fn list_items(tx: &mut Tx, area_id: AreaId, permit: &Permit) -> StoreResult<Vec<FactId>> {
    let list = "SELECT fact_id FROM referral_item WHERE area_id = $1 AND referral_id = $2 ORDER BY fact_id LIMIT 500";
    tx.query(list, vals![area_id, permit.id()]).await?.iter().map(|row| row.id("fact_id")).collect()
}

/// Saves where a referral stands now, unless somebody else moved it since it was loaded.
pub(super) async fn save_step(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    moved: &Referral,
    at: Timestamp,
) -> StoreResult<bool> {
    past::keep(tx, ("referral", Subject::Column("person_id")), ("referral_id = $2", vals![area_id, permit.id()]), at).await?;
    let changed = tx
        .execute(
            "UPDATE referral SET state = $4, owner_id = $5, next_on = $6, decided_by = COALESCE(decided_by, $7), decided_at = $8, \
             decline_reason = $9, better_door = $10, outcome = $11, outcome_words = $12, ended_at = $13, question = $14, \
             wait_place = $15, starts_on = $16, passed_to = $17, sender_told_at = NULL, \
             version = version + 1 WHERE area_id = $1 AND referral_id = $2 AND version = $3",
            vals![
                area_id, permit.id(), moved.version, moved.state.as_str(), moved.owner_id, moved.next_on, moved.owner_id,
                moved.decided_at, &moved.decline_reason, &moved.better_door, &moved.outcome, &moved.outcome_words, moved.ended_at,
                &moved.question, moved.wait_place.map(i64::from), moved.starts_on, moved.passed_to
            ],
        )
        .await?;
    Ok(changed == 1)
}

/// Gives a referral to somebody, unless somebody else moved it since it was loaded. Its sender is told nothing new by it.
pub(super) async fn save_owner(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    (version, owner): (i64, PractitionerId),
    at: Timestamp,
) -> StoreResult<bool> {
    past::keep(tx, ("referral", Subject::Column("person_id")), ("referral_id = $2", vals![area_id, permit.id()]), at).await?;
    let save = "UPDATE referral SET owner_id = $4, version = version + 1 \
                WHERE area_id = $1 AND referral_id = $2 AND version = $3 AND state IN ('asked', 'waiting', 'started')";
    Ok(tx.execute(save, vals![area_id, permit.id(), version, owner]).await? == 1)
}

pub(super) async fn save_told(tx: &mut Tx, area_id: AreaId, permit: &Permit, at: Timestamp) -> StoreResult<()> {
    past::keep(tx, ("referral", Subject::Column("person_id")), ("referral_id = $2", vals![area_id, permit.id()]), at).await?;
    let save = "UPDATE referral SET sender_told_at = $3 WHERE area_id = $1 AND referral_id = $2 AND sender_told_at IS NULL";
    tx.execute(save, vals![area_id, permit.id(), at]).await?;
    Ok(())
}

/// Hands the open referrals for somebody to one who is named for them, from owners who are not.
pub(super) async fn take_over(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    to: PractitionerId,
    at: Timestamp,
) -> StoreResult<u64> {
    past::keep(tx, ("referral", Subject::Column("person_id")), ("person_id = $2", vals![area_id, permit.id()]), at).await?;
    let save = "UPDATE referral SET owner_id = $3, version = version + 1 WHERE area_id = $1 AND person_id = $2 \
                AND state IN ('asked', 'waiting', 'started') AND NOT EXISTS (SELECT 1 FROM shield s JOIN shield_named n \
                ON n.area_id = s.area_id AND n.shield_id = s.shield_id WHERE s.area_id = referral.area_id \
                AND s.person_id = referral.person_id AND s.kind = 'existence' AND s.ended_at IS NULL \
                AND n.practitioner_id = referral.owner_id)";
    tx.execute(save, vals![area_id, permit.id(), to]).await
}

/// Returns the open referral of one agency to a service for somebody, if there is one.
pub(super) async fn find_open(
    tx: &mut Tx,
    area_id: AreaId,
    (person, service): (PersonId, &str),
    from: AgencyId,
) -> StoreResult<Option<ReferralId>> {
    let find = "SELECT referral_id FROM referral WHERE area_id = $1 AND person_id = $2 AND service = $3 AND from_agency_id = $4 \
                AND state IN ('asked', 'waiting', 'started') ORDER BY asked_at, referral_id LIMIT 1";
    tx.query_opt(find, vals![area_id, person, service, from]).await?.map(|row| row.id("referral_id")).transpose()
}

/// So many that an agency has not answered are read at most.
pub(super) const UNANSWERED_READ: usize = 100;

/// What a list of referrals is wanted of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Of<'a> {
    /// Any of these answers for the next step.
    OwnedBy(&'a [PractitionerId]),
    /// Somebody sent them.
    SentBy(PractitionerId),
    /// Any of these sent them, and the service asks for more.
    QuestionsTo(&'a [PractitionerId]),
    /// An agency was asked, and they have not ended.
    OpenAt(AgencyId),
    /// An agency was asked, nobody has answered, and somebody else than this one is to.
    UnansweredAt(AgencyId, PractitionerId),
    /// For any of these people.
    People(&'a [PersonId]),
    /// Any of these is to tell whom they are for.
    ToTell(&'a [PractitionerId]),
    /// Whom they are for should have been told by now.
    Untold(Date),
    /// They have not ended, and their day has passed or whoever answered for them has left.
    Late(Date),
}

/// Referrals that somebody sent and whose service asks for more.
pub const QUESTIONS: Owed =
    Owed { rows: "referral r", area: "r.area_id", is_theirs: "r.sender_id IN ({}) AND r.state = 'asked' AND r.question <> ''" };

/// Referrals of whose news somebody is to tell whom they are for.
pub const TO_TELL: Owed = Owed {
    rows: "referral r",
    area: "r.area_id",
    is_theirs: "r.referral_id IN (SELECT n.referral_id FROM notice n WHERE n.area_id = $1 AND n.owner_id IN ({}) AND n.state = 'to_tell')",
};

/// Returns referrals that the narrowing lets through, those that have not ended first, by their next date; at most 1,000, and 200 late ones;
/// of those that nobody at an agency has answered, the first.
pub(super) async fn list(
    tx: &mut Tx,
    area_id: AreaId,
    of: Of<'_>,
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<Vec<Referral>> {
    let mut values = vec![Val::from(area_id)];
    let mut one = |value: Val, chosen: &str| {
        values.push(value);
        chosen.to_owned()
    };
    let open = "r.state IN ('asked', 'waiting', 'started')";
    let chosen = match of {
        Of::OwnedBy(owners) => format!("r.owner_id IN ({}) AND {open}", list_of(&mut values, owners.iter().copied())),
        Of::SentBy(id) => one(id.into(), "r.sender_id = $2"),
        Of::QuestionsTo(senders) => {
            let senders = list_of(&mut values, senders.iter().copied());
            QUESTIONS.of(&senders)
        }
        Of::OpenAt(id) => one(id.into(), &format!("r.to_agency_id = $2 AND {open}")),
        Of::UnansweredAt(id, me) => {
            values.extend([Val::from(id), me.into()]);
            "r.to_agency_id = $2 AND r.state = 'asked' AND (r.owner_id IS NULL OR r.owner_id <> $3)".to_owned()
        }
        Of::People(people) => format!("r.person_id IN ({})", list_of(&mut values, people.iter().copied())),
        Of::ToTell(owners) => TO_TELL.of(&list_of(&mut values, owners.iter().copied())),
        Of::Untold(today) => one(
            today.into(),
            &format!("r.referral_id IN (SELECT n.referral_id FROM notice n WHERE n.area_id = $1 AND {})", crate::notices::UNTOLD),
        ),
        Of::Late(today) => one(
            today.into(),
            &format!(
                "{open} AND (r.next_on < $2 OR EXISTS (SELECT 1 FROM practitioner g \
                 WHERE g.area_id = r.area_id AND g.practitioner_id = r.owner_id AND g.left_at IS NOT NULL))"
            ),
        ),
    };
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let soonest = "CASE WHEN r.next_on IS NULL THEN 1 ELSE 0 END, r.next_on, r.asked_at DESC, r.referral_id";
    let (order, at_most) = match of {
        // The first few of however many: read in the order of their index.
        Of::UnansweredAt(..) => ("r.next_on, r.referral_id", UNANSWERED_READ),
        Of::Late(_) | Of::Untold(_) => (soonest, 200),
        _ => (soonest, 1000),
    };
    let sql = format!("{REFERRAL_COLUMNS} WHERE r.area_id = $1 AND {chosen} AND {narrowed} ORDER BY {order} LIMIT {at_most}");
    tx.query(&sql, &values).await?.iter().map(referral).collect()
}

/// That the service of a referral is in the directory no more.
const GONE: &str =
    "EXISTS (SELECT 1 FROM service q WHERE q.area_id = r.area_id AND q.code = r.service AND q.withdrawn_at IS NOT NULL)";

/// Returns referrals that nobody answered by the day before `today`, or whose service is gone, and that `owner` may be handed, with whether it
/// is gone; at most 500.
pub(super) async fn list_unanswered(
    tx: &mut Tx,
    area_id: AreaId,
    (today, owner): (Date, PractitionerId),
) -> StoreResult<Vec<(Referral, bool)>> {
    let columns = REFERRAL_COLUMNS.replacen("SELECT ", &format!("SELECT CASE WHEN {GONE} THEN 1 ELSE 0 END AS is_gone, "), 1);
    let rows = tx
        .query(
            &format!(
                "{columns} WHERE r.area_id = $1 AND r.state = 'asked' AND r.escalated_at IS NULL AND ((r.question = '' AND r.answer_by < $2) \
                 OR (r.question <> '' AND r.next_on < $2) OR {GONE}) \
                 AND NOT EXISTS (SELECT 1 FROM shield x WHERE x.area_id = r.area_id AND x.person_id = r.person_id AND x.kind = 'existence' \
                 AND x.ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM shield_named n WHERE n.area_id = x.area_id \
                 AND n.shield_id = x.shield_id AND n.practitioner_id = $3)) ORDER BY r.answer_by, r.referral_id LIMIT 500"
            ),
            vals![area_id, today, owner],
        )
        .await?;
    rows.iter().map(|row| Ok((referral(row)?, row.get("is_gone")?))).collect()
}

/// Hands an unanswered referral to the named owner; returns whether it was still unanswered.
pub(super) async fn escalate(
    tx: &mut Tx,
    area_id: AreaId,
    id: ReferralId,
    to: (PractitionerId, Date),
    at: Timestamp,
) -> StoreResult<bool> {
    past::keep(tx, ("referral", Subject::Column("person_id")), ("referral_id = $2", vals![area_id, id]), at).await?;
    let changed = tx
        .execute(
            "UPDATE referral SET escalated_at = $3, owner_id = $4, next_on = $5, version = version + 1 \
             WHERE area_id = $1 AND referral_id = $2 AND escalated_at IS NULL AND state = 'asked'",
            vals![area_id, id, at, to.0, to.1],
        )
        .await?;
    Ok(changed == 1)
}

/// Returns how many referrals have not ended, and how many of them are past their next date.
pub(super) async fn count_open(tx: &mut Tx, area_id: AreaId, today: Date) -> StoreResult<(i64, i64, i64)> {
    let row = tx
        .query_one(
            "SELECT COUNT(*) AS open, COUNT(CASE WHEN r.next_on < $2 THEN 1 END) AS late, \
             COUNT(CASE WHEN o.practitioner_id IS NULL OR o.left_at IS NOT NULL THEN 1 END) AS ownerless FROM referral r \
             LEFT JOIN practitioner o ON o.area_id = r.area_id AND o.practitioner_id = r.owner_id \
             WHERE r.area_id = $1 AND r.state IN ('asked', 'waiting', 'started')",
            vals![area_id, today],
        )
        .await?;
    Ok((row.get("open")?, row.get("late")?, row.get("ownerless")?))
}

/// Returns the codes of services that referrals from before names were kept were sent to, at most 1,000.
pub(super) async fn list_unnamed(tx: &mut Tx, area_id: AreaId) -> StoreResult<Vec<String>> {
    let list = "SELECT DISTINCT service FROM referral WHERE area_id = $1 AND service_name = '' ORDER BY service LIMIT 1000";
    tx.query(list, vals![area_id]).await?.iter().map(|row| row.get("service")).collect()
}

/// Gives the referrals to a service its name, where they have none.
pub(super) async fn save_name(tx: &mut Tx, area_id: AreaId, service: &str, name: &str) -> StoreResult<()> {
    let save = "UPDATE referral SET service_name = $3 WHERE area_id = $1 AND service = $2 AND service_name = ''";
    tx.execute(save, vals![area_id, service, name]).await?;
    Ok(())
}

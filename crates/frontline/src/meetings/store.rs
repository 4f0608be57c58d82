//! The SQL of meetings.

use super::meeting::{Answer, Invited, Meeting, MeetingId, NewMeeting, State};
use access::{Actor, Narrowing, Permit, PractitionerId, SqlMap};
use families::facts::Class;
use families::family::FamilyId;
use families::handing::Handed;
use families::people::PersonId;
use kernel::{Date, Timestamp};
use std::collections::BTreeMap;
use store::owed::Owed;
use store::past::{self, Subject};
use store::value::list as list_of;
use store::{AreaId, Row, StoreResult, Tx, Val, vals};

/// Meetings in a list whose table is `mt`.
pub(super) static MEETING: SqlMap = crate::plans::as_part_of_plan!(
    "meeting",
    ("mt.area_id", "mt.person_id"),
    ("mt.class", "mt.agency_id", "mt.convener_id"),
    "EXISTS (SELECT 1 FROM agency l WHERE l.area_id = mt.area_id AND l.tells_place = 1 AND (l.agency_id = mt.agency_id OR l.agency_id IN \
     (SELECT y.agency_id FROM meeting_invited v JOIN practitioner y ON y.area_id = v.area_id AND y.practitioner_id = v.practitioner_id \
     WHERE v.area_id = mt.area_id AND v.meeting_id = mt.meeting_id)))"
);

const MEETINGS: &str = "SELECT mt.meeting_id, mt.family_id, mt.person_id, mt.class, mt.agency_id, \
     CASE WHEN a.tells_place = 1 OR EXISTS (SELECT 1 FROM meeting_invited v JOIN practitioner y ON y.area_id = v.area_id \
     AND y.practitioner_id = v.practitioner_id JOIN agency l ON l.area_id = y.area_id AND l.agency_id = y.agency_id AND l.tells_place = 1 \
     WHERE v.area_id = mt.area_id AND v.meeting_id = mt.meeting_id) THEN 1 ELSE 0 END AS tells_place, mt.convener_id, \
     o.name AS convener, a.name AS agency, mt.recorded_at, mt.planned_on, mt.planned_time, mt.place, mt.about, mt.state, mt.held_on, mt.others, \
     mt.words, mt.ended_at, CASE WHEN z.sensitive = 1 OR z.tells_place = 1 THEN NULL ELSE x.name END AS ended_by, mt.version FROM meeting mt \
     JOIN practitioner o ON o.area_id = mt.area_id AND o.practitioner_id = mt.convener_id \
     JOIN agency a ON a.area_id = mt.area_id AND a.agency_id = mt.agency_id \
     LEFT JOIN practitioner x ON x.area_id = mt.area_id AND x.practitioner_id = mt.ended_by \
     LEFT JOIN agency z ON z.area_id = x.area_id AND z.agency_id = x.agency_id ";

fn meeting(row: &Row) -> StoreResult<Meeting> {
    let ended = match row.get::<Option<Timestamp>>("ended_at")? {
        None => None,
        Some(at) => Some((at, row.get::<Option<String>>("ended_by")?.unwrap_or_default())),
    };
    let (convener, agency): (String, String) = (row.get("convener")?, row.get("agency")?);
    Ok(Meeting {
        id: row.id("meeting_id")?,
        family: row.id("family_id")?,
        person: row.id("person_id")?,
        class: row.parse("class")?,
        agency_id: row.id("agency_id")?,
        agency_tells_place: row.get("tells_place")?,
        convener_id: row.id("convener_id")?,
        convener: format!("{convener}, {agency}"),
        recorded_at: row.get("recorded_at")?,
        planned_on: row.get("planned_on")?,
        planned_time: row.get("planned_time")?,
        place: row.get("place")?,
        about: row.get("about")?,
        state: row.parse("state")?,
        held_on: row.get("held_on")?,
        others: row.get("others")?,
        words: row.get("words")?,
        ended,
        version: row.get("version")?,
        invited: Vec::new(),
        people: Vec::new(),
    })
}

/// Puts to each meeting who is invited; of the family, whom the narrowing of people lets through.
async fn with_invited(
    tx: &mut Tx,
    area_id: AreaId,
    mut found: Vec<Meeting>,
    of_people: (&Narrowing, Timestamp),
) -> StoreResult<Vec<Meeting>> {
    if found.is_empty() {
        return Ok(found);
    }
    let mut values = vec![Val::from(area_id)];
    let of = list_of(&mut values, found.iter().map(|one| one.id));
    let sql = format!(
        "SELECT v.meeting_id, v.practitioner_id, w.name, a.name AS agency, v.answer, v.answer_words, v.came FROM meeting_invited v \
         JOIN practitioner w ON w.area_id = v.area_id AND w.practitioner_id = v.practitioner_id \
         JOIN agency a ON a.area_id = w.area_id AND a.agency_id = w.agency_id \
         WHERE v.area_id = $1 AND v.meeting_id IN ({of}) ORDER BY v.meeting_id, w.name, v.practitioner_id LIMIT 20000"
    );
    let mut invited: BTreeMap<MeetingId, Vec<Invited>> = BTreeMap::new();
    for row in tx.query(&sql, &values).await? {
        let name = format!("{}, {}", row.get::<String>("name")?, row.get::<String>("agency")?);
        let (answer, answer_words) = (row.parse("answer")?, row.get("answer_words")?);
        let one = Invited { id: row.id("practitioner_id")?, name, answer, answer_words, came: row.get("came")? };
        invited.entry(row.id("meeting_id")?).or_default().push(one);
    }
    let narrowed = of_people.0.write(&mut values, of_people.1);
    let sql = format!(
        "SELECT p.meeting_id, p.person_id, p.came FROM meeting_person p WHERE p.area_id = $1 AND p.meeting_id IN ({of}) AND {narrowed} \
         ORDER BY p.meeting_id, p.place LIMIT 20000"
    );
    let mut people: BTreeMap<MeetingId, Vec<(PersonId, bool)>> = BTreeMap::new();
    for row in tx.query(&sql, &values).await? {
        let of_meeting = people.entry(row.id("meeting_id")?).or_default();
        let person: PersonId = row.id("person_id")?;
        if !of_meeting.iter().any(|(known, _)| *known == person) {
            of_meeting.push((person, row.get("came")?));
        }
    }
    for one in &mut found {
        one.invited = invited.remove(&one.id).unwrap_or_default();
        one.people = people.remove(&one.id).unwrap_or_default();
    }
    Ok(found)
}

/// Planned meetings.
pub const HANDED: Handed = Handed {
    table: "meeting",
    past: Some("family_id"),
    owner: "convener_id",
    open: "state = 'planned'",
    by: "",
    about: "SELECT meeting.person_id UNION SELECT q.person_id FROM meeting_person q WHERE q.area_id = meeting.area_id \
            AND q.meeting_id = meeting.meeting_id",
    also: ", agency_id = (SELECT p.agency_id FROM practitioner p WHERE p.area_id = $1 AND p.practitioner_id = $3), \
           version = version + 1",
};

/// Keeps a meeting that is to come, with who is invited.
pub(super) async fn insert(
    tx: &mut Tx,
    area_id: AreaId,
    (id, family, person): (MeetingId, FamilyId, PersonId),
    (new, class): (&NewMeeting, Class),
    (by, at): (&Actor, Timestamp),
) -> StoreResult<()> {
    let insert = "INSERT INTO meeting (area_id, meeting_id, family_id, person_id, class, agency_id, convener_id, recorded_at, planned_on, \
                  planned_time, place, about, state, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'planned', 1)";
    let class = class.as_str();
    let NewMeeting { on, time, place, about, practitioners, people } = new;
    let values = vals![area_id, id, family, person, class, by.agency_id, by.id, at, *on, time, place, about];
    tx.execute(insert, values).await?;
    let rows = practitioners.iter().map(|who| [Val::from(area_id), id.into(), (*who).into()]).collect();
    let into = "INSERT INTO meeting_invited (area_id, meeting_id, practitioner_id)";
    tx.insert_all(into, rows, "ON CONFLICT DO NOTHING").await?;
    let rows = (0_i64..).zip(people).map(|(place, who)| [Val::from(area_id), id.into(), place.into(), (*who).into()]).collect();
    tx.insert_all("INSERT INTO meeting_person (area_id, meeting_id, place, person_id)", rows, "").await
}

/// Returns a meeting, whoever may read it, with whom of the family the narrowing lets through.
pub(super) async fn find(
    tx: &mut Tx,
    area_id: AreaId,
    id: MeetingId,
    of_people: (&Narrowing, Timestamp),
) -> StoreResult<Option<Meeting>> {
    let row = tx.query_opt(&format!("{MEETINGS} WHERE mt.area_id = $1 AND mt.meeting_id = $2"), vals![area_id, id]).await?;
    let Some(found) = row.as_ref().map(meeting).transpose()? else { return Ok(None) };
    Ok(with_invited(tx, area_id, vec![found], of_people).await?.pop())
}

const KEPT: (&str, Subject) = ("meeting", Subject::Column("family_id"));

/// Keeps whether somebody who is invited comes.
pub(super) async fn save_answer(
    tx: &mut Tx,
    area_id: AreaId,
    (id, who): (MeetingId, PractitionerId),
    (answer, words): (Answer, &str),
    at: Timestamp,
) -> StoreResult<bool> {
    let which = "meeting_id = $2 AND practitioner_id = $3";
    past::keep(tx, ("meeting_invited", Subject::Is(id.0)), (which, vals![area_id, id, who]), at).await?;
    let save = format!("UPDATE meeting_invited SET answer = $4, answer_words = $5 WHERE area_id = $1 AND {which}");
    Ok(tx.execute(&save, vals![area_id, id, who, answer.as_str(), words]).await? == 1)
}

/// Gives a meeting another day, unless somebody was faster; everybody is asked again whether they come.
pub(super) async fn save_moved(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    (version, new): (i64, &NewMeeting),
    at: Timestamp,
) -> StoreResult<bool> {
    let id = permit.id();
    past::keep(tx, KEPT, ("meeting_id = $2", vals![area_id, id]), at).await?;
    let save = "UPDATE meeting SET planned_on = $4, planned_time = $5, place = $6, version = version + 1 \
                WHERE area_id = $1 AND meeting_id = $2 AND version = $3 AND state = 'planned'";
    if tx.execute(save, vals![area_id, id, version, new.on, &new.time, &new.place]).await? != 1 {
        return Ok(false);
    }
    past::keep(tx, ("meeting_invited", Subject::Is(id)), ("meeting_id = $2", vals![area_id, id]), at).await?;
    let again = "UPDATE meeting_invited SET answer = 'asked', answer_words = '' WHERE area_id = $1 AND meeting_id = $2";
    tx.execute(again, vals![area_id, id]).await?;
    Ok(true)
}

/// What came of a meeting.
pub(super) struct Ended<'a> {
    pub(super) state: State,
    pub(super) held_on: Option<Date>,
    pub(super) words: &'a str,
    pub(super) others: &'a str,
    pub(super) practitioners: &'a [PractitionerId],
    pub(super) people: &'a [PersonId],
}

/// Says what came of a meeting, unless somebody was faster.
pub(super) async fn save_ended(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    (version, ended): (i64, &Ended<'_>),
    (by, at): (PractitionerId, Timestamp),
) -> StoreResult<bool> {
    let id = permit.id();
    past::keep(tx, KEPT, ("meeting_id = $2", vals![area_id, id]), at).await?;
    let save = "UPDATE meeting SET state = $4, held_on = $5, words = $6, others = $7, ended_by = $8, ended_at = $9, version = version + 1 \
                WHERE area_id = $1 AND meeting_id = $2 AND version = $3 AND state = 'planned'";
    let values = vals![area_id, id, version, ended.state.as_str(), ended.held_on, ended.words, ended.others, by, at];
    if tx.execute(save, values).await? != 1 {
        return Ok(false);
    }
    for (table, column, who) in [
        ("meeting_invited", "practitioner_id", ended.practitioners.iter().map(|one| one.0).collect::<Vec<_>>()),
        ("meeting_person", "person_id", ended.people.iter().map(|one| one.0).collect()),
    ] {
        if who.is_empty() {
            continue;
        }
        past::keep(tx, (table, Subject::Is(id)), ("meeting_id = $2", vals![area_id, id]), at).await?;
        let mut values = vec![Val::from(area_id), Val::from(id)];
        let came = list_of(&mut values, who);
        let save = format!("UPDATE {table} SET came = 1 WHERE area_id = $1 AND meeting_id = $2 AND {column} IN ({came})");
        tx.execute(&save, &values).await?;
    }
    Ok(true)
}

/// Hands the planned meetings of a family that is reached through somebody to one who is named for them, from those who are not.
pub(super) async fn take_over(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    (to, agency): (PractitionerId, access::AgencyId),
    at: Timestamp,
) -> StoreResult<u64> {
    let which = "state = 'planned' AND person_id = $2 AND NOT EXISTS (SELECT 1 FROM shield s JOIN shield_named n \
                 ON n.area_id = s.area_id AND n.shield_id = s.shield_id WHERE s.area_id = $1 AND s.person_id = $2 \
                 AND s.kind = 'existence' AND s.ended_at IS NULL AND n.practitioner_id = meeting.convener_id)";
    past::keep(tx, KEPT, (which, vals![area_id, permit.id()]), at).await?;
    let save =
        format!("UPDATE meeting SET convener_id = $3, agency_id = $4, version = version + 1 WHERE area_id = $1 AND {which}");
    tx.execute(&save, vals![area_id, permit.id(), to, agency]).await
}

/// Hands the planned meetings of a family on with its lead.
pub(super) async fn hand_on(
    tx: &mut Tx,
    area_id: AreaId,
    family: FamilyId,
    (from, to, agency): (PractitionerId, PractitionerId, access::AgencyId),
    at: Timestamp,
) -> StoreResult<()> {
    let which = "family_id = $2 AND state = 'planned' AND convener_id = $3";
    past::keep(tx, KEPT, (which, vals![area_id, family, from]), at).await?;
    let save =
        format!("UPDATE meeting SET convener_id = $4, agency_id = $5, version = version + 1 WHERE area_id = $1 AND {which}");
    tx.execute(&save, vals![area_id, family, from, to, agency]).await?;
    Ok(())
}

/// What a list of meetings is wanted of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Of<'a> {
    /// Of this family.
    Family(FamilyId),
    /// Through these people.
    People(&'a [PersonId]),
    /// Planned ones that any of these convenes, or is invited to and has not said that they cannot come.
    Planned(&'a [PractitionerId]),
    /// Planned ones whose day has passed, or whose convener has left.
    Late(Date),
}

/// Planned meetings that somebody convenes, or is invited to and has not said that they cannot come.
pub const OWED: Owed = Owed {
    rows: "meeting mt",
    area: "mt.area_id",
    is_theirs: "mt.state = 'planned' AND (mt.convener_id IN ({}) OR mt.meeting_id IN (SELECT v.meeting_id FROM meeting_invited v \
     WHERE v.area_id = $1 AND v.practitioner_id IN ({}) AND v.answer <> 'not_coming'))",
};

/// Returns meetings that the narrowing lets through, the soonest first; at most 500.
pub(super) async fn list(
    tx: &mut Tx,
    area_id: AreaId,
    of: Of<'_>,
    (narrowing, of_people, at): (&Narrowing, &Narrowing, Timestamp),
) -> StoreResult<Vec<Meeting>> {
    let mut values = vec![Val::from(area_id)];
    let chosen = match of {
        Of::Family(id) => {
            values.push(id.into());
            "mt.family_id = $2".to_owned()
        }
        Of::People(ids) => format!("mt.person_id IN ({})", list_of(&mut values, ids.iter().copied())),
        Of::Planned(who) => {
            let who = list_of(&mut values, who.iter().copied());
            OWED.of(&who)
        }
        Of::Late(today) => {
            values.push(today.into());
            "mt.state = 'planned' AND (mt.planned_on < $2 OR o.left_at IS NOT NULL)".to_owned()
        }
    };
    let narrowed = narrowing.write(&mut values, at);
    let order = "mt.planned_on, mt.planned_time, mt.meeting_id LIMIT 500";
    let sql = format!("{MEETINGS} WHERE mt.area_id = $1 AND {chosen} AND {narrowed} ORDER BY {order}");
    let found: Vec<Meeting> = tx.query(&sql, &values).await?.iter().map(meeting).collect::<StoreResult<_>>()?;
    with_invited(tx, area_id, found, (of_people, at)).await
}

/// Returns how many meetings are planned, how many are past their day, and how many have nobody to convene them any more.
pub(super) async fn count_open(tx: &mut Tx, area_id: AreaId, today: Date) -> StoreResult<(i64, i64, i64)> {
    let count = "SELECT COUNT(*) AS open, COUNT(CASE WHEN mt.planned_on < $2 THEN 1 END) AS late, \
                 COUNT(CASE WHEN o.left_at IS NOT NULL THEN 1 END) AS ownerless FROM meeting mt \
                 JOIN practitioner o ON o.area_id = mt.area_id AND o.practitioner_id = mt.convener_id \
                 WHERE mt.area_id = $1 AND mt.state = 'planned'";
    let row = tx.query_one(count, vals![area_id, today]).await?;
    Ok((row.get("open")?, row.get("late")?, row.get("ownerless")?))
}

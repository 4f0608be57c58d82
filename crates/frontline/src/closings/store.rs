//! The SQL of ending support.

use super::closing::{Closing, ClosingId, NewClosing, News, State};
use crate::visits::VisitId;
use access::{Actor, Narrowing, Permit, PractitionerId, SqlMap};
use families::facts::Class;
use families::family::FamilyId;
use families::people::PersonId;
use kernel::{Date, Timestamp};
use std::collections::BTreeMap;
use store::owed::Owed;
use store::past::{self, Subject};
use store::value::list as list_of;
use store::{AreaId, Row, StoreResult, Tx, Val, vals};
use uuid::Uuid;

/// Endings of support in a list whose table is `c`.
pub(super) static CLOSING: SqlMap = crate::plans::as_part_of_plan!(
    "closing",
    ("c.area_id", "c.person_id"),
    ("c.class", "c.agency_id", "c.author_id"),
    "a.tells_place = 1"
);

/// What is joined is always there; it is joined from the closing outwards, so that no list begins with every family of an area.
const CLOSINGS: &str = "SELECT c.closing_id, c.family_id, c.person_id, c.class, c.agency_id, a.name AS agency, a.tells_place, c.author_id, \
     w.name AS author, c.asked_at, y.owner_id AS lead_id, CASE WHEN q.sensitive = 1 THEN 'Somebody whose service is not named' ELSE l.name END AS lead, \
     c.reason, c.words, c.goes_on, c.differently, c.told, c.told_words, c.needs_manager, c.state, c.decide_by, c.decided_at, \
     CASE WHEN z.sensitive = 1 OR z.tells_place = 1 THEN '' ELSE d.name END AS decider, c.decided_words, c.version \
     FROM closing c LEFT JOIN practitioner w ON w.area_id = c.area_id AND w.practitioner_id = c.author_id \
     LEFT JOIN agency a ON a.area_id = c.area_id AND a.agency_id = c.agency_id \
     LEFT JOIN family y ON y.area_id = c.area_id AND y.family_id = c.family_id \
     LEFT JOIN practitioner l ON l.area_id = c.area_id AND l.practitioner_id = y.owner_id \
     LEFT JOIN agency q ON q.area_id = l.area_id AND q.agency_id = l.agency_id \
     LEFT JOIN practitioner d ON d.area_id = c.area_id AND d.practitioner_id = c.decided_by \
     LEFT JOIN agency z ON z.area_id = d.area_id AND z.agency_id = d.agency_id ";

/// Endings that wait, as those see them who may answer: by who leads the family now.
pub(super) static WAITING: SqlMap = SqlMap {
    name: "closing_to_answer",
    columns: &[("lead", "y.owner_id"), ("author", "c.author_id")],
    flags: &[PERSON_FLAGS[0], PERSON_FLAGS[1], ("sensitive", "c.class = 'sensitive_service'")],
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
            "EXISTS (SELECT 1 FROM team_member t JOIN team_member k ON k.area_id = t.area_id AND k.team_id = t.team_id \
             AND k.part = 'manager' WHERE t.area_id = c.area_id AND t.practitioner_id = y.owner_id AND k.practitioner_id <> y.owner_id \
             AND k.practitioner_id = {})",
        ),
    ],
    presences: &[("author", "1 = 1")],
};

const PERSON_FLAGS: &[(&str, &str); 2] = families::person_flags!("person.", "c.area_id", "c.person_id");
const PERSON_SETS: &[(&str, &str); 7] = families::person_sets!("person.", "c.area_id", "c.person_id");

/// That nobody manages whoever leads who could agree.
const UNMANAGED: &str = "NOT EXISTS (SELECT 1 FROM team_member t JOIN team_member m ON m.area_id = t.area_id AND m.team_id = t.team_id \
     AND m.part = 'manager' JOIN practitioner b ON b.area_id = m.area_id AND b.practitioner_id = m.practitioner_id AND b.left_at IS NULL \
     WHERE t.area_id = c.area_id AND t.practitioner_id = y.owner_id AND m.practitioner_id NOT IN (c.author_id, y.owner_id))";

fn closing(row: &Row) -> StoreResult<Closing> {
    let decided_at: Option<Timestamp> = row.get("decided_at")?;
    let decider: Option<String> = row.get("decider")?;
    Ok(Closing {
        id: row.id("closing_id")?,
        family: row.id("family_id")?,
        person: row.id("person_id")?,
        class: row.parse("class")?,
        agency_id: row.id("agency_id")?,
        agency: row.get("agency")?,
        agency_tells_place: row.get("tells_place")?,
        author_id: row.id("author_id")?,
        author: row.get("author")?,
        asked_at: row.get("asked_at")?,
        lead_id: row.id("lead_id")?,
        lead: row.get("lead")?,
        reason: row.get("reason")?,
        words: row.get("words")?,
        goes_on: row.get("goes_on")?,
        differently: row.get("differently")?,
        told: row.parse("told")?,
        told_words: row.get("told_words")?,
        needs_manager: row.get("needs_manager")?,
        state: row.parse("state")?,
        decide_by: row.get("decide_by")?,
        decided: decided_at.zip(decider),
        decided_words: row.get("decided_words")?,
        version: row.get("version")?,
        attempts: Vec::new(),
    })
}

/// What is kept of an ending besides its words.
pub(super) struct Asked {
    pub(super) id: ClosingId,
    pub(super) family: FamilyId,
    pub(super) class: Class,
    pub(super) lead: PractitionerId,
    /// The day by which a manager answers, where one has to agree.
    pub(super) decide_by: Option<Date>,
    pub(super) attempts: Vec<VisitId>,
}

/// Keeps that somebody asked; it is agreed at once where no manager has to.
pub(super) async fn insert(
    tx: &mut Tx,
    area_id: AreaId,
    person: PersonId,
    (new, asked): (&NewClosing, &Asked),
    (by, at): (&Actor, Timestamp),
) -> StoreResult<()> {
    let insert = "INSERT INTO closing (area_id, closing_id, family_id, person_id, class, agency_id, author_id, asked_at, lead_id, reason, words, \
                  goes_on, differently, told, told_words, needs_manager, state, decide_by, decided_by, decided_at, version) \
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 1)";
    let Asked { id, family, class, lead, decide_by, attempts } = asked;
    let needs_manager = decide_by.is_some();
    let state = if needs_manager { State::Asked } else { State::Agreed };
    let values = vals![
        area_id,
        *id,
        *family,
        person,
        class.as_str(),
        by.agency_id,
        by.id,
        at,
        *lead,
        &new.reason,
        &new.words,
        &new.goes_on,
        &new.differently,
        new.told.as_str(),
        &new.told_words,
        needs_manager,
        state.as_str(),
        *decide_by,
        (!needs_manager).then_some(by.id),
        (!needs_manager).then_some(at)
    ];
    tx.execute(insert, values).await?;
    let rows = attempts.iter().map(|visit| [Val::from(area_id), (*id).into(), (*visit).into()]).collect();
    tx.insert_all("INSERT INTO closing_attempt (area_id, closing_id, visit_id)", rows, "ON CONFLICT DO NOTHING").await
}

/// Says what came of it, unless somebody was faster.
pub(super) async fn save_answer(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    (version, state, words): (i64, State, &str),
    (by, at): (PractitionerId, Timestamp),
) -> StoreResult<bool> {
    let which = "closing_id = $2";
    past::keep(tx, ("closing", Subject::Column("family_id")), (which, vals![area_id, permit.id()]), at).await?;
    let save = "UPDATE closing SET state = $4, decided_words = $5, decided_by = $6, decided_at = $7, version = version + 1 \
                WHERE area_id = $1 AND closing_id = $2 AND version = $3 AND state = 'asked'";
    Ok(tx.execute(save, vals![area_id, permit.id(), version, state.as_str(), words, by, at]).await? == 1)
}

/// Returns one, whoever may read it.
pub(super) async fn find(tx: &mut Tx, area_id: AreaId, id: ClosingId) -> StoreResult<Option<Closing>> {
    let row = tx.query_opt(&format!("{CLOSINGS} WHERE c.area_id = $1 AND c.closing_id = $2"), vals![area_id, id]).await?;
    row.as_ref().map(closing).transpose()
}

/// Takes back what waits: of a family, or reached through somebody.
pub(super) async fn withdraw_waiting(
    tx: &mut Tx,
    area_id: AreaId,
    (column, id): (&str, Uuid),
    (by, at): (PractitionerId, Timestamp),
) -> StoreResult<u64> {
    let which = format!("{column} = $2 AND state = 'asked'");
    past::keep(tx, ("closing", Subject::Column("family_id")), (&which, vals![area_id, id]), at).await?;
    let save = format!(
        "UPDATE closing SET state = 'withdrawn', decided_by = $3, decided_at = $4, version = version + 1 WHERE area_id = $1 AND {which}"
    );
    tx.execute(&save, vals![area_id, id, by, at]).await
}

/// What a list of them is wanted of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Of<'a> {
    /// Of this family.
    Family(FamilyId),
    /// Through these people.
    People(&'a [PersonId]),
    /// Those that wait for any of these, who manage the lead.
    ToAnswer(&'a [PractitionerId]),
    /// Those that wait past their day, or that nobody manages who could agree.
    Late(Date),
}

/// That somebody (`m`, and more may be said of them) manages whoever leads, did not ask themselves, and does not lead themselves; open at its end.
macro_rules! managed {
    () => {
        "EXISTS (SELECT 1 FROM team_member t JOIN team_member m ON m.area_id = t.area_id AND m.team_id = t.team_id AND m.part = 'manager' \
         WHERE t.area_id = c.area_id AND t.practitioner_id = y.owner_id AND m.practitioner_id <> y.owner_id \
         AND m.practitioner_id <> c.author_id"
    };
}

const MANAGED: &str = managed!();

/// Endings of support that somebody else of these may agree to: they manage whoever leads.
pub const TO_ANSWER: Owed = Owed {
    rows: "closing c LEFT JOIN family y ON y.area_id = c.area_id AND y.family_id = c.family_id",
    area: "c.area_id",
    is_theirs: concat!("c.state = 'asked' AND ", managed!(), " AND m.practitioner_id IN ({}))"),
};

/// Returns what the actor may read, or may answer, with what was tried, in the order it was asked; at most 2,000.
pub(super) async fn list(
    tx: &mut Tx,
    area_id: AreaId,
    of: Of<'_>,
    (read, answer, at): (&Narrowing, &Narrowing, Timestamp),
) -> StoreResult<Vec<Closing>> {
    let mut values = vec![Val::from(area_id)];
    let chosen = match of {
        Of::Family(id) => {
            values.push(id.into());
            "c.family_id = $2".to_owned()
        }
        Of::People(ids) => format!("c.person_id IN ({})", list_of(&mut values, ids.iter().copied())),
        Of::ToAnswer(who) => {
            let who = list_of(&mut values, who.iter().copied());
            TO_ANSWER.of(&who)
        }
        Of::Late(today) => {
            values.push(today.into());
            format!("c.state = 'asked' AND (c.decide_by < $2 OR l.left_at IS NOT NULL OR {UNMANAGED})")
        }
    };
    let (read, answer) = (read.write(&mut values, at), answer.write(&mut values, at));
    let narrowed = format!("({read} OR (c.state = 'asked' AND {answer}))");
    let sql = format!("{CLOSINGS} WHERE c.area_id = $1 AND {chosen} AND {narrowed} ORDER BY c.asked_at, c.closing_id LIMIT 2000");
    let mut found: Vec<Closing> = tx.query(&sql, &values).await?.iter().map(closing).collect::<StoreResult<_>>()?;
    if found.is_empty() {
        return Ok(found);
    }
    let mut values = vec![Val::from(area_id)];
    let of = list_of(&mut values, found.iter().map(|one| one.id));
    let sql = format!(
        "SELECT closing_id, visit_id FROM closing_attempt WHERE area_id = $1 AND closing_id IN ({of}) \
         ORDER BY closing_id, visit_id LIMIT 100000"
    );
    let mut attempts: BTreeMap<ClosingId, Vec<VisitId>> = BTreeMap::new();
    for row in tx.query(&sql, &values).await? {
        attempts.entry(row.id("closing_id")?).or_default().push(row.id("visit_id")?);
    }
    for one in &mut found {
        one.attempts = attempts.remove(&one.id).unwrap_or_default();
    }
    Ok(found)
}

/// Returns how many wait, how many are late, and of how many whoever leads has left.
pub(super) async fn count_open(tx: &mut Tx, area_id: AreaId, today: Date) -> StoreResult<(i64, i64, i64)> {
    let count = "SELECT COUNT(*) AS open, COUNT(CASE WHEN c.decide_by < $2 THEN 1 END) AS late, \
                 COUNT(CASE WHEN l.left_at IS NOT NULL THEN 1 END) AS ownerless FROM closing c \
                 JOIN family y ON y.area_id = c.area_id AND y.family_id = c.family_id \
                 JOIN practitioner l ON l.area_id = c.area_id AND l.practitioner_id = y.owner_id \
                 WHERE c.area_id = $1 AND c.state = 'asked'";
    let row = tx.query_one(count, vals![area_id, today]).await?;
    Ok((row.get("open")?, row.get("late")?, row.get("ownerless")?))
}

/// Keeps that these are to be told something of a family.
pub(super) async fn insert_news(
    tx: &mut Tx,
    area_id: AreaId,
    (family, news): (FamilyId, News),
    to: &[PractitionerId],
    at: Timestamp,
) -> StoreResult<()> {
    let row = |who: &PractitionerId| [Val::from(area_id), family.into(), (*who).into(), news.as_str().into(), at.into()];
    let rows = to.iter().map(row).collect();
    let insert = "INSERT INTO family_news (area_id, family_id, practitioner_id, news, at)";
    tx.insert_all(insert, rows, "ON CONFLICT DO NOTHING").await
}

/// What somebody was told of families' support and has not read.
pub const NEWS: Owed =
    Owed { rows: "family_news n", area: "n.area_id", is_theirs: "n.practitioner_id IN ({}) AND n.seen_at IS NULL" };

/// Returns what somebody has not read yet, the latest of each family.
pub(super) async fn list_news(
    tx: &mut Tx,
    area_id: AreaId,
    who: &[PractitionerId],
) -> StoreResult<Vec<(PractitionerId, FamilyId, News)>> {
    let mut values = vec![Val::from(area_id)];
    let who = list_of(&mut values, who.iter().copied());
    let sql = format!(
        "SELECT n.practitioner_id, n.family_id, n.news FROM family_news n WHERE n.area_id = $1 AND {} ORDER BY n.at DESC, n.family_id LIMIT 1000",
        NEWS.of(&who)
    );
    let mut all: Vec<(PractitionerId, FamilyId, News)> = Vec::new();
    for row in tx.query(&sql, &values).await? {
        let (told, id) = (row.id("practitioner_id")?, row.id("family_id")?);
        if !all.iter().any(|(one, known, _)| (*one, *known) == (told, id)) {
            all.push((told, id, row.parse("news")?));
        }
    }
    Ok(all)
}

/// Returns who of these is to answer which endings of support.
pub(super) async fn list_askable(
    tx: &mut Tx,
    area_id: AreaId,
    closings: &[ClosingId],
    who: &[PractitionerId],
) -> StoreResult<Vec<(PractitionerId, ClosingId)>> {
    let mut values = vec![Val::from(area_id)];
    let (closings, who) = (list_of(&mut values, closings.iter().copied()), list_of(&mut values, who.iter().copied()));
    let sql = format!(
        "SELECT DISTINCT c.closing_id, a.practitioner_id FROM closing c JOIN family y ON y.area_id = c.area_id AND y.family_id = c.family_id \
         JOIN practitioner a ON a.area_id = c.area_id AND a.practitioner_id IN ({who}) \
         WHERE c.area_id = $1 AND c.closing_id IN ({closings}) AND {MANAGED} AND m.practitioner_id = a.practitioner_id)"
    );
    tx.query(&sql, &values).await?.iter().map(|row| Ok((row.id("practitioner_id")?, row.id("closing_id")?))).collect()
}

/// Keeps that somebody has read what they were told of a family.
pub(super) async fn save_read(
    tx: &mut Tx,
    area_id: AreaId,
    (family, who): (FamilyId, PractitionerId),
    at: Timestamp,
) -> StoreResult<()> {
    let save =
        "UPDATE family_news SET seen_at = $4 WHERE area_id = $1 AND family_id = $2 AND practitioner_id = $3 AND seen_at IS NULL";
    tx.execute(save, vals![area_id, family, who, at]).await?;
    Ok(())
}

//! The SQL of visits.

use super::visit::{Met, Next, Outcome, Visit, VisitId};
use access::{Act, AgencyId, Narrowing, Permit, PractitionerId, SqlMap};
use families::facts::Class;
use families::handing::Handed;
use families::people::PersonId;
use families::person_sets;
use kernel::{Date, Timestamp};
use std::collections::BTreeMap;
use store::past::{self, Subject};
use store::value::list as list_of;
use store::{AreaId, Row, StoreResult, Tx, Val, vals};

/// Visits in a list whose table is `b`.
pub(super) static VISIT: SqlMap = SqlMap {
    name: "visit",
    columns: &[("class", "b.class"), ("agency", "b.agency_id"), ("author", "b.author_id"), ("owner", "b.owner_id")],
    flags: &[
        (
            "person.restricted",
            "EXISTS (SELECT 1 FROM shield s WHERE s.area_id = b.area_id AND s.person_id = b.person_id AND s.kind = 'existence' \
             AND s.ended_at IS NULL)",
        ),
        (
            "person.locationShielded",
            "EXISTS (SELECT 1 FROM shield s WHERE s.area_id = b.area_id AND s.person_id = b.person_id AND s.kind = 'location' \
             AND s.ended_at IS NULL)",
        ),
        (
            "anyRestricted",
            "EXISTS (SELECT 1 FROM visit_person q JOIN shield s ON s.area_id = q.area_id AND s.person_id = q.person_id \
             AND s.kind = 'existence' AND s.ended_at IS NULL WHERE q.area_id = b.area_id AND q.visit_id = b.visit_id)",
        ),
        (
            "anyPlaceShielded",
            "EXISTS (SELECT 1 FROM visit_person q JOIN shield s ON s.area_id = q.area_id AND s.person_id = q.person_id \
             AND s.kind = 'location' AND s.ended_at IS NULL WHERE q.area_id = b.area_id AND q.visit_id = b.visit_id)",
        ),
        (
            "agencyTellsPlace",
            "EXISTS (SELECT 1 FROM agency l WHERE l.area_id = b.area_id AND l.tells_place = 1 AND (l.agency_id = b.agency_id \
             OR l.agency_id IN (SELECT y.agency_id FROM practitioner y WHERE y.area_id = b.area_id AND y.practitioner_id = b.owner_id)))",
        ),
    ],
    sets: &[
        PERSON_SETS[0],
        PERSON_SETS[1],
        PERSON_SETS[2],
        PERSON_SETS[3],
        PERSON_SETS[4],
        PERSON_SETS[5],
        PERSON_SETS[6],
        (
            "namedForAll",
            "NOT EXISTS (SELECT 1 FROM visit_person q JOIN shield s ON s.area_id = q.area_id AND s.person_id = q.person_id \
             AND s.kind = 'existence' AND s.ended_at IS NULL WHERE q.area_id = b.area_id AND q.visit_id = b.visit_id \
             AND NOT EXISTS (SELECT 1 FROM shield_named n WHERE n.area_id = s.area_id AND n.shield_id = s.shield_id \
             AND n.practitioner_id = {}))",
        ),
        (
            "namedForAllPlaces",
            "NOT EXISTS (SELECT 1 FROM visit_person q JOIN shield s ON s.area_id = q.area_id AND s.person_id = q.person_id \
             AND s.kind = 'location' AND s.ended_at IS NULL WHERE q.area_id = b.area_id AND q.visit_id = b.visit_id \
             AND NOT EXISTS (SELECT 1 FROM shield_named n WHERE n.area_id = s.area_id AND n.shield_id = s.shield_id \
             AND n.practitioner_id = {}))",
        ),
    ],
    presences: &[],
};

const PERSON_SETS: &[(&str, &str); 7] = person_sets!("person.", "b.area_id", "b.person_id");

/// Visits and calls, as news of families.
pub const NEWS: families::news::Source = families::news::Source {
    act: Act::ReadVisit,
    of: &VISIT,
    table: ("visit", "b"),
    at: "COALESCE(b.ended_at, b.recorded_at)",
    by: "COALESCE(b.ended_by, b.author_id)",
    join: "",
    which: "1 = 1",
};

const VISITS: &str = "SELECT b.visit_id, b.person_id, b.way, b.class, b.agency_id, a.name AS agency, \
     CASE WHEN a.tells_place = 1 OR c.tells_place = 1 THEN 1 ELSE 0 END AS tells_place, b.author_id, w.name AS author, b.recorded_at, \
     b.owner_id, o.name AS owner, c.name AS owner_agency, b.planned_on, b.planned_time, b.approach, b.state, b.happened_on, b.words, \
     b.ended_at, CASE WHEN z.sensitive = 1 OR z.tells_place = 1 THEN NULL ELSE x.name END AS ended_by, b.next_id, b.version FROM visit b \
     JOIN practitioner w ON w.area_id = b.area_id AND w.practitioner_id = b.author_id \
     JOIN agency a ON a.area_id = b.area_id AND a.agency_id = b.agency_id \
     JOIN practitioner o ON o.area_id = b.area_id AND o.practitioner_id = b.owner_id \
     JOIN agency c ON c.area_id = o.area_id AND c.agency_id = o.agency_id \
     LEFT JOIN practitioner x ON x.area_id = b.area_id AND x.practitioner_id = b.ended_by \
     LEFT JOIN agency z ON z.area_id = x.area_id AND z.agency_id = x.agency_id ";

fn visit(row: &Row, people: Vec<Met>) -> StoreResult<Visit> {
    let ended = match row.get::<Option<Timestamp>>("ended_at")? {
        None => None,
        Some(at) => Some((at, row.get::<Option<String>>("ended_by")?.unwrap_or_default())),
    };
    Ok(Visit {
        id: row.id("visit_id")?,
        person: row.id("person_id")?,
        people,
        way: row.parse("way")?,
        class: row.parse("class")?,
        agency_id: row.id("agency_id")?,
        agency: row.get("agency")?,
        agency_tells_place: row.get("tells_place")?,
        author_id: row.id("author_id")?,
        author: row.get("author")?,
        recorded_at: row.get("recorded_at")?,
        owner_id: row.id("owner_id")?,
        owner: (row.get("owner")?, row.get("owner_agency")?),
        planned_on: row.get("planned_on")?,
        planned_time: row.get("planned_time")?,
        approach: row.get("approach")?,
        state: row.parse("state")?,
        happened_on: row.get("happened_on")?,
        words: row.get("words")?,
        ended,
        next: row.opt_id("next_id")?,
        version: row.get("version")?,
    })
}

/// Returns visits with whom they are about.
async fn with_people(tx: &mut Tx, area_id: AreaId, rows: &[Row]) -> StoreResult<Vec<Visit>> {
    let ids: Vec<VisitId> = rows.iter().map(|row| row.id("visit_id")).collect::<StoreResult<_>>()?;
    let mut people: BTreeMap<VisitId, Vec<Met>> = BTreeMap::new();
    for some in ids.chunks(500) {
        let mut values = vec![Val::from(area_id)];
        let of = list_of(&mut values, some.iter().copied());
        let sql = format!(
            "SELECT visit_id, person_id, is_met, view FROM visit_person WHERE area_id = $1 AND visit_id IN ({of}) \
             ORDER BY visit_id, place LIMIT 20000"
        );
        for row in tx.query(&sql, &values).await? {
            let met = Met { person: row.id("person_id")?, is_met: row.get("is_met")?, view: row.get("view")? };
            people.entry(row.id("visit_id")?).or_default().push(met);
        }
    }
    rows.iter().zip(ids).map(|(row, id)| visit(row, people.remove(&id).unwrap_or_default())).collect()
}

/// Whose words a visit is, and who may read it.
#[derive(Clone, Copy)]
pub(super) struct Written {
    pub(super) id: VisitId,
    pub(super) person: PersonId,
    pub(super) class: Class,
    pub(super) agency_id: AgencyId,
    pub(super) author_id: PractitionerId,
    pub(super) at: Timestamp,
}

/// Planned visits.
pub const HANDED: Handed = Handed {
    table: "visit",
    past: Some("person_id"),
    owner: "owner_id",
    open: "state = 'planned'",
    by: "",
    about: "SELECT visit.person_id UNION SELECT q.person_id FROM visit_person q WHERE q.area_id = visit.area_id \
            AND q.visit_id = visit.visit_id",
    also: ", version = version + 1",
};

/// Adds a visit that is to be made.
pub(super) async fn insert(
    tx: &mut Tx,
    area_id: AreaId,
    written: Written,
    (people, next): (&[PersonId], &Next),
) -> StoreResult<()> {
    let Written { id, person, class, agency_id, author_id, at } = written;
    let insert = "INSERT INTO visit (area_id, visit_id, person_id, way, class, agency_id, author_id, recorded_at, owner_id, planned_on, \
                  planned_time, approach, state, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'planned', 1)";
    let Next { way, owner, on, time, approach } = next;
    let (way, class) = (way.as_str(), class.as_str());
    let values = vals![area_id, id, person, way, class, agency_id, author_id, at, *owner, *on, time, approach];
    tx.execute(insert, values).await?;
    insert_people(tx, area_id, id, people.iter().map(|person| (*person, false, ""))).await
}

async fn insert_people(
    tx: &mut Tx,
    area_id: AreaId,
    id: VisitId,
    people: impl Iterator<Item = (PersonId, bool, &str)>,
) -> StoreResult<()> {
    let row = |(place, (person, is_met, view)): (usize, (PersonId, bool, &str))| {
        let place = i64::try_from(place).unwrap_or(i64::MAX);
        [Val::from(area_id), id.into(), place.into(), person.into(), i64::from(is_met).into(), view.into()]
    };
    let rows = people.enumerate().map(row).collect();
    tx.insert_all("INSERT INTO visit_person (area_id, visit_id, place, person_id, is_met, view)", rows, "").await
}

pub(super) async fn find(tx: &mut Tx, area_id: AreaId, id: VisitId) -> StoreResult<Option<Visit>> {
    let rows = tx.query(&format!("{VISITS} WHERE b.area_id = $1 AND b.visit_id = $2"), vals![area_id, id]).await?;
    Ok(with_people(tx, area_id, &rows).await?.pop())
}

const KEPT: (&str, Subject) = ("visit", Subject::Column("person_id"));

/// Says what came of a visit, and which one follows, unless somebody was faster.
pub(super) async fn save_outcome(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    (version, outcome, next): (i64, &Outcome, Option<VisitId>),
    (by, at): (PractitionerId, Timestamp),
) -> StoreResult<bool> {
    let id = VisitId(permit.id());
    past::keep(tx, KEPT, ("visit_id = $2", vals![area_id, id]), at).await?;
    let Outcome { way, state, happened_on, words, people, .. } = outcome;
    let save = "UPDATE visit SET state = $4, way = $5, happened_on = $6, words = $7, next_id = $8, ended_by = $9, ended_at = $10, \
                version = version + 1 WHERE area_id = $1 AND visit_id = $2 AND version = $3 AND state = 'planned'";
    let values = vals![area_id, id, version, state.as_str(), way.as_str(), *happened_on, words, next, by, at];
    if tx.execute(save, values).await? != 1 {
        return Ok(false);
    }
    let of_visit = ("visit_person", Subject::Column("person_id"));
    past::keep(tx, of_visit, ("visit_id = $2", vals![area_id, id]), at).await?;
    let before = tx.execute("DELETE FROM visit_person WHERE area_id = $1 AND visit_id = $2", vals![area_id, id]).await?;
    for (place, met) in (0_i64..).zip(people).skip(usize::try_from(before).unwrap_or_default()) {
        let added: (_, &[Val]) = ("visit_person", &[id.into(), Val::from(place)]);
        past::keep_absent(tx, area_id, added, met.person.0, at).await?;
    }
    insert_people(tx, area_id, id, people.iter().map(|met| (met.person, met.is_met, met.view.as_str()))).await?;
    Ok(true)
}

/// Gives a visit another day, another way or somebody else, unless somebody was faster.
pub(super) async fn save_moved(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    (version, next): (i64, &Next),
    at: Timestamp,
) -> StoreResult<bool> {
    past::keep(tx, KEPT, ("visit_id = $2", vals![area_id, permit.id()]), at).await?;
    let save = "UPDATE visit SET way = $4, owner_id = $5, planned_on = $6, planned_time = $7, approach = $8, version = version + 1 \
                WHERE area_id = $1 AND visit_id = $2 AND version = $3 AND state = 'planned'";
    let Next { way, owner, on, time, approach } = next;
    Ok(tx.execute(save, vals![area_id, permit.id(), version, way.as_str(), *owner, *on, time, approach]).await? == 1)
}

/// Hands the planned visits to somebody to one who is named for them, from those who are not.
pub(super) async fn take_over(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    to: PractitionerId,
    at: Timestamp,
) -> StoreResult<u64> {
    let which = "state = 'planned' AND (visit.person_id = $2 OR visit_id IN (SELECT q.visit_id FROM visit_person q WHERE q.area_id = $1 AND q.person_id = $2)) \
                 AND NOT EXISTS (SELECT 1 FROM shield s JOIN shield_named n ON n.area_id = s.area_id AND n.shield_id = s.shield_id \
                 WHERE s.area_id = $1 AND s.person_id = $2 AND s.kind = 'existence' AND s.ended_at IS NULL \
                 AND n.practitioner_id = visit.owner_id)";
    past::keep(tx, KEPT, (which, vals![area_id, permit.id()]), at).await?;
    let save = format!("UPDATE visit SET owner_id = $3, version = version + 1 WHERE area_id = $1 AND {which}");
    tx.execute(&save, vals![area_id, permit.id(), to]).await
}

/// What a list of visits is wanted of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Of<'a> {
    /// Planned ones that any of these makes.
    OwnedBy(&'a [PractitionerId]),
    /// About any of these people, at most so many.
    People(&'a [PersonId], u32),
    /// Planned ones about any of these people.
    PlannedFor(&'a [PersonId]),
    /// Planned ones whose day has passed, or whose owner has left.
    Late(Date),
    /// This one, and the one after which it was tried again.
    Beside(VisitId, Option<VisitId>),
}

/// Returns visits that the narrowing lets through: planned ones the soonest first, those of people the latest first.
pub(super) async fn list(
    tx: &mut Tx,
    area_id: AreaId,
    of: Of<'_>,
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<Vec<Visit>> {
    let mut values = vec![Val::from(area_id)];
    let soonest = "b.planned_on, b.planned_time, b.visit_id";
    let (chosen, order, at_most) = match of {
        Of::OwnedBy(owners) => {
            let owners = list_of(&mut values, owners.iter().copied());
            (format!("b.owner_id IN ({owners}) AND b.state = 'planned'"), soonest, 2000)
        }
        Of::Late(today) => {
            values.push(today.into());
            let late = "b.state = 'planned' AND (b.planned_on < $2 OR o.left_at IS NOT NULL)";
            (late.to_owned(), soonest, 200)
        }
        Of::PlannedFor(people) => {
            let of = list_of(&mut values, people.iter().copied());
            let chosen = format!(
                "b.state = 'planned' AND b.visit_id IN (SELECT q.visit_id FROM visit_person q WHERE q.area_id = $1 \
                 AND q.person_id IN ({of}))"
            );
            (chosen, soonest, 2000)
        }
        Of::Beside(this, next) => {
            values.extend([Val::from(this), next.unwrap_or(this).into()]);
            ("(b.next_id = $2 OR b.visit_id = $3)".to_owned(), soonest, 3)
        }
        Of::People(people, at_most) => {
            let of = list_of(&mut values, people.iter().copied());
            let chosen =
                format!("b.visit_id IN (SELECT q.visit_id FROM visit_person q WHERE q.area_id = $1 AND q.person_id IN ({of}))");
            (chosen, "b.recorded_at DESC, b.visit_id", at_most)
        }
    };
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let sql = format!("{VISITS} WHERE b.area_id = $1 AND {chosen} AND {narrowed} ORDER BY {order} LIMIT {at_most}");
    let rows = tx.query(&sql, &values).await?;
    with_people(tx, area_id, &rows).await
}

/// Returns the day on which each of these people was seen last, by visits that the narrowing lets through.
pub(super) async fn list_seen(
    tx: &mut Tx,
    area_id: AreaId,
    people: &[PersonId],
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<BTreeMap<PersonId, Date>> {
    let mut seen = BTreeMap::new();
    for some in people.chunks(500) {
        let mut values = vec![Val::from(area_id)];
        let of = list_of(&mut values, some.iter().copied());
        let narrowed = narrowing.0.write(&mut values, narrowing.1);
        let sql = format!(
            "SELECT r.person_id, MAX(b.happened_on) AS seen_on FROM visit_person r \
             JOIN visit b ON b.area_id = r.area_id AND b.visit_id = r.visit_id WHERE r.area_id = $1 AND r.person_id IN ({of}) \
             AND r.is_met = 1 AND b.state = 'done' AND b.way IN ('home', 'appointment', 'doorstep') AND {narrowed} \
             GROUP BY r.person_id ORDER BY r.person_id LIMIT 500"
        );
        for row in tx.query(&sql, &values).await? {
            seen.insert(row.id("person_id")?, row.get("seen_on")?);
        }
    }
    Ok(seen)
}

/// Returns how many visits are planned, how many are past their day, and how many have nobody to make them any more.
pub(super) async fn count_open(tx: &mut Tx, area_id: AreaId, today: Date) -> StoreResult<(i64, i64, i64)> {
    let count = "SELECT COUNT(*) AS open, COUNT(CASE WHEN b.planned_on < $2 THEN 1 END) AS late, \
                 COUNT(CASE WHEN o.left_at IS NOT NULL THEN 1 END) AS ownerless FROM visit b \
                 JOIN practitioner o ON o.area_id = b.area_id AND o.practitioner_id = b.owner_id \
                 WHERE b.area_id = $1 AND b.state = 'planned'";
    let row = tx.query_one(count, vals![area_id, today]).await?;
    Ok((row.get("open")?, row.get("late")?, row.get("ownerless")?))
}

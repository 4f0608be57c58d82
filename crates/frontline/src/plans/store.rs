//! The SQL of plans.

use super::enforcement::store as enforcement;
use super::plan::{Entry, EntryId, EntryKind, NewAction, Plan, PlanId, Side, State, ToDo};
use access::{Act, AgencyId, Narrowing, Permit, PractitionerId, SqlMap};
use families::facts::{Class, FactId};
use families::family::FamilyId;
use families::handing::Handed;
use families::people::PersonId;
use kernel::{Date, Timestamp};
use std::collections::BTreeMap;
use store::past::{self, Subject};
use store::value::list as list_of;
use store::{AreaId, Row, StoreResult, Tx, Val, vals};
use uuid::Uuid;

/// What is read as a part of a family's plan is, and lies in a table of its own: nobody answers for it, and nobody of the family does it.
macro_rules! as_part_of_plan {
    ($name:literal, ($area:literal, $person:literal), ($class:literal, $agency:literal, $author:literal), $tells_place:literal) => {{
        const FLAGS: &[(&str, &str); 2] = families::person_flags!("person.", $area, $person);
        const SETS: &[(&str, &str); 7] = families::person_sets!("person.", $area, $person);
        access::SqlMap {
            name: $name,
            columns: &[("class", $class), ("agency", $agency), ("author", $author), ("owner", $author)],
            flags: &[
                FLAGS[0],
                FLAGS[1],
                ("agencyTellsPlace", $tells_place),
                ("other.restricted", "1 = 0"),
                ("other.locationShielded", "1 = 0"),
            ],
            sets: &[
                SETS[0],
                SETS[1],
                SETS[2],
                SETS[3],
                SETS[4],
                SETS[5],
                SETS[6],
                ("other.named", concat!("(", $author, " = {} AND 1 = 0)")),
                ("other.namedForPlace", concat!("(", $author, " = {} AND 1 = 0)")),
            ],
            presences: &[("owner", "1 = 0"), ("other", "1 = 0")],
        }
    }};
}
pub(crate) use as_part_of_plan;

/// Actions of plans in a list whose table is `e`, with whoever of the family does them in `d`, which `$owner` answers for, where `$tells_place` says that an agency with a part in them tells where somebody is.
macro_rules! plan_entries {
    ($name:literal, $owner:literal, $tells_place:expr) => {{
        const PERSON_FLAGS: &[(&str, &str); 2] = families::person_flags!("person.", "e.area_id", "e.person_id");
        const PERSON_SETS: &[(&str, &str); 7] = families::person_sets!("person.", "e.area_id", "e.person_id");
        const DOER_FLAGS: &[(&str, &str); 2] = families::person_flags!("other.", "e.area_id", "d.person_id");
        const DOER_SETS: &[(&str, &str); 7] = families::person_sets!("other.", "e.area_id", "d.person_id");
        access::SqlMap {
            name: $name,
            columns: &[("class", "e.class"), ("agency", "e.agency_id"), ("author", "e.author_id"), ("owner", $owner)],
            flags: &[PERSON_FLAGS[0], PERSON_FLAGS[1], DOER_FLAGS[0], DOER_FLAGS[1], ("agencyTellsPlace", $tells_place)],
            sets: &[
                PERSON_SETS[0],
                PERSON_SETS[1],
                PERSON_SETS[2],
                PERSON_SETS[3],
                PERSON_SETS[4],
                PERSON_SETS[5],
                PERSON_SETS[6],
                DOER_SETS[5],
                DOER_SETS[6],
            ],
            presences: &[
                ("owner", concat!($owner, " IS NOT NULL")),
                ("other", "(d.person_id IS NOT NULL AND d.person_id <> e.person_id)"),
            ],
        }
    }};
}
pub(crate) use plan_entries;

/// Parts of plans in a list whose table is `e`.
pub(super) static PLAN_ENTRY: SqlMap = plan_entries!(
    "plan_entry",
    "e.owner_id",
    "EXISTS (SELECT 1 FROM agency l WHERE l.area_id = e.area_id AND l.tells_place = 1 AND (l.agency_id = e.agency_id \
     OR l.agency_id IN (SELECT y.agency_id FROM practitioner y WHERE y.area_id = e.area_id AND y.practitioner_id = e.owner_id)))"
);

/// Parts of plans, as news of families.
pub const NEWS: families::news::Source = families::news::Source {
    act: Act::ReadPlanEntry,
    of: &PLAN_ENTRY,
    table: ("plan_entry", "e"),
    at: "COALESCE(e.ended_at, e.recorded_at)",
    by: "COALESCE(e.ended_by, e.author_id)",
    join: "LEFT JOIN plan_doer d ON d.area_id = e.area_id AND d.entry_id = e.entry_id",
    which: "1 = 1",
};

const PLANS: &str = "SELECT n.plan_id, n.family_id, n.begun_at, n.review_on, n.closed_at, n.closed_words, n.version FROM plan n";

fn plan(row: &Row) -> StoreResult<Plan> {
    let closed = match row.get::<Option<Timestamp>>("closed_at")? {
        None => None,
        Some(at) => Some((at, row.get("closed_words")?)),
    };
    Ok(Plan {
        id: row.id("plan_id")?,
        family: row.id("family_id")?,
        begun_at: row.get("begun_at")?,
        review_on: row.get("review_on")?,
        closed,
        version: row.get("version")?,
    })
}

const ENTRIES: &str = "SELECT e.entry_id, e.plan_id, n.family_id, e.person_id, e.kind, e.class, e.agency_id, a.name AS agency, \
     CASE WHEN a.tells_place = 1 OR c.tells_place = 1 THEN 1 ELSE 0 END AS tells_place, e.author_id, w.name AS author, e.recorded_at, \
     e.need_id, e.words, e.side, e.owner_id, o.name AS owner, c.name AS owner_agency, d.person_id AS doer_id, e.volunteer, e.by_on, e.held_on, \
     e.state, e.ended_at, CASE WHEN z.sensitive = 1 OR z.tells_place = 1 THEN NULL ELSE x.name END AS ended_by, e.ended_words, e.version, \
     m.kind AS measure_kind, m.authority, m.from_on, m.if_not FROM plan_entry e \
     JOIN plan n ON n.area_id = e.area_id AND n.plan_id = e.plan_id \
     JOIN practitioner w ON w.area_id = e.area_id AND w.practitioner_id = e.author_id \
     JOIN agency a ON a.area_id = e.area_id AND a.agency_id = e.agency_id \
     LEFT JOIN practitioner o ON o.area_id = e.area_id AND o.practitioner_id = e.owner_id \
     LEFT JOIN agency c ON c.area_id = o.area_id AND c.agency_id = o.agency_id \
     LEFT JOIN plan_measure m ON m.area_id = e.area_id AND m.entry_id = e.entry_id \
     LEFT JOIN plan_doer d ON d.area_id = e.area_id AND d.entry_id = e.entry_id \
     LEFT JOIN practitioner x ON x.area_id = e.area_id AND x.practitioner_id = e.ended_by \
     LEFT JOIN agency z ON z.area_id = x.area_id AND z.agency_id = x.agency_id ";

fn entry(row: &Row) -> StoreResult<Entry> {
    let ended = match row.get::<Option<Timestamp>>("ended_at")? {
        None => None,
        Some(at) => {
            let by = row.get::<Option<String>>("ended_by")?.unwrap_or_default();
            Some((at, by, row.get("ended_words")?))
        }
    };
    let owner = row.get::<Option<String>>("owner")?.zip(row.get::<Option<String>>("owner_agency")?);
    Ok(Entry {
        id: row.id("entry_id")?,
        plan: row.id("plan_id")?,
        family: row.id("family_id")?,
        person: row.id("person_id")?,
        kind: row.parse("kind")?,
        class: row.parse("class")?,
        agency_id: row.id("agency_id")?,
        agency: row.get("agency")?,
        agency_tells_place: row.get("tells_place")?,
        author_id: row.id("author_id")?,
        author: row.get("author")?,
        recorded_at: row.get("recorded_at")?,
        need: row.opt_id("need_id")?,
        words: row.get("words")?,
        side: row.parse("side")?,
        measure: enforcement::measure(row)?,
        owner_id: row.opt_id("owner_id")?,
        owner,
        doer: row.opt_id("doer_id")?,
        volunteer: row.get("volunteer")?,
        by_on: row.get("by_on")?,
        held_on: row.get("held_on")?,
        state: row.parse("state")?,
        ended,
        version: row.get("version")?,
    })
}

/// Open actions of plans.
pub const HANDED: Handed = Handed {
    table: "plan_entry",
    past: Some("person_id"),
    owner: "owner_id",
    open: "state = 'open'",
    by: "",
    about: "SELECT plan_entry.person_id UNION SELECT q.person_id FROM plan_doer q WHERE q.area_id = plan_entry.area_id \
            AND q.entry_id = plan_entry.entry_id",
    also: ", version = version + 1",
};

pub(super) async fn insert(
    tx: &mut Tx,
    area_id: AreaId,
    (id, family): (PlanId, FamilyId),
    (by, at): (PractitionerId, Timestamp),
    review_on: Date,
) -> StoreResult<()> {
    let insert = "INSERT INTO plan (area_id, plan_id, family_id, begun_by, begun_at, review_on, version) VALUES ($1, $2, $3, $4, $5, $6, 1)";
    tx.execute(insert, vals![area_id, id, family, by, at, review_on]).await?;
    Ok(())
}

/// Takes the actions that are open in earlier plans of a family into a new one.
pub(super) async fn carry_over(tx: &mut Tx, area_id: AreaId, (id, family): (PlanId, FamilyId), at: Timestamp) -> StoreResult<()> {
    let which = "state = 'open' AND plan_id IN (SELECT n.plan_id FROM plan n WHERE n.area_id = $1 AND n.family_id = $2)";
    past::keep(tx, ("plan_entry", Subject::Column("person_id")), (which, vals![area_id, family]), at).await?;
    tx.execute(&format!("UPDATE plan_entry SET plan_id = $3 WHERE area_id = $1 AND {which}"), vals![area_id, family, id]).await?;
    Ok(())
}

/// Returns the open plan of a family, or the one that was closed last.
pub(super) async fn find(tx: &mut Tx, area_id: AreaId, family: FamilyId) -> StoreResult<Option<Plan>> {
    let sql = format!(
        "{PLANS} WHERE n.area_id = $1 AND n.family_id = $2 \
         ORDER BY CASE WHEN n.closed_at IS NULL THEN 0 ELSE 1 END, n.begun_at DESC, n.plan_id LIMIT 1"
    );
    tx.query_opt(&sql, vals![area_id, family]).await?.as_ref().map(plan).transpose()
}

/// Sets when a plan is looked at again, or closes it; says whether nobody was faster.
pub(super) async fn save(
    tx: &mut Tx,
    area_id: AreaId,
    plan: &Plan,
    (review_on, closed): (Date, Option<(PractitionerId, &str)>),
    at: Timestamp,
) -> StoreResult<bool> {
    past::keep(tx, ("plan", Subject::Column("family_id")), ("plan_id = $2", vals![area_id, plan.id]), at).await?;
    let (closed_by, words) = closed.map_or((None, ""), |(by, words)| (Some(by), words));
    let save = "UPDATE plan SET review_on = $4, closed_by = $5, closed_at = $6, closed_words = $7, version = version + 1 \
                WHERE area_id = $1 AND plan_id = $2 AND version = $3 AND closed_at IS NULL";
    let values = vals![area_id, plan.id, plan.version, review_on, closed_by, closed_by.map(|_| at), words];
    Ok(tx.execute(save, values).await? == 1)
}

/// What is said in a part of a plan besides an action's words.
pub(super) struct Words<'a> {
    pub(super) person: PersonId,
    pub(super) need: Option<FactId>,
    pub(super) words: &'a str,
    pub(super) held_on: Option<Date>,
}

/// Whose words a part of a plan are, and who may read them.
#[derive(Clone, Copy)]
pub(super) struct Written {
    pub(super) id: EntryId,
    pub(super) plan: PlanId,
    pub(super) kind: EntryKind,
    pub(super) class: Class,
    pub(super) author_id: PractitionerId,
    pub(super) agency_id: AgencyId,
    pub(super) at: Timestamp,
}

const INSERT_ENTRY: &str = "INSERT INTO plan_entry (area_id, entry_id, plan_id, person_id, kind, class, agency_id, author_id, recorded_at, \
     need_id, words, side, scale, owner_id, by_on, held_on, state, volunteer, version) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 1)";

/// Adds something that is said, and stays said.
pub(super) async fn insert_said(tx: &mut Tx, area_id: AreaId, written: Written, said: &Words<'_>) -> StoreResult<()> {
    let Written { id, plan, kind, class, author_id, agency_id, at } = written;
    let (nobody, no_day) = (None::<PractitionerId>, None::<Date>);
    let values = vals![
        area_id,
        id,
        plan,
        said.person,
        kind.as_str(),
        class.as_str(),
        agency_id,
        author_id,
        at,
        said.need,
        said.words,
        Side::Support.as_str(),
        "",
        nobody,
        no_day,
        said.held_on,
        State::Kept.as_str(),
        ""
    ];
    tx.execute(INSERT_ENTRY, values).await?;
    Ok(())
}

/// Adds an action.
pub(super) async fn insert_action(tx: &mut Tx, area_id: AreaId, written: Written, new: &NewAction) -> StoreResult<()> {
    let Written { id, plan, kind, class, author_id, agency_id, at } = written;
    let values = vals![
        area_id,
        id,
        plan,
        new.person,
        kind.as_str(),
        class.as_str(),
        agency_id,
        author_id,
        at,
        new.need,
        &new.words,
        new.side.as_str(),
        "",
        new.owner,
        new.by_on,
        None::<Date>,
        State::Open.as_str(),
        &new.volunteer
    ];
    tx.execute(INSERT_ENTRY, values).await?;
    if let Some(doer) = new.doer {
        let insert = "INSERT INTO plan_doer (area_id, entry_id, person_id) VALUES ($1, $2, $3)";
        tx.execute(insert, vals![area_id, id, doer]).await?;
    }
    Ok(())
}

/// Returns by when actions were to be done at a moment, of those that have changed since.
pub(super) async fn days_at(
    tx: &mut Tx,
    area_id: AreaId,
    ids: &[EntryId],
    at: Timestamp,
) -> StoreResult<BTreeMap<EntryId, Date>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = past::rows_at(tx, area_id, ("plan_entry", &ids), at).await?;
    let mut days = BTreeMap::new();
    for (id, row) in rows {
        if let Some(day) = row.get::<Option<Date>>("by_on")? {
            days.insert(EntryId(id), day);
        }
    }
    Ok(days)
}

pub(super) async fn find_entry(tx: &mut Tx, area_id: AreaId, id: EntryId) -> StoreResult<Option<Entry>> {
    let sql = format!("{ENTRIES} WHERE e.area_id = $1 AND e.entry_id = $2");
    tx.query_opt(&sql, vals![area_id, id]).await?.as_ref().map(entry).transpose()
}

/// Says what became of an action, unless somebody was faster.
pub(super) async fn save_ended(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    (version, state, words): (i64, State, &str),
    (by, at): (PractitionerId, Timestamp),
) -> StoreResult<bool> {
    past::keep(tx, ("plan_entry", Subject::Column("person_id")), ("entry_id = $2", vals![area_id, permit.id()]), at).await?;
    let save = "UPDATE plan_entry SET state = $4, ended_words = $5, ended_by = $6, ended_at = $7, version = version + 1 \
                WHERE area_id = $1 AND entry_id = $2 AND version = $3 AND state = 'open'";
    Ok(tx.execute(save, vals![area_id, permit.id(), version, state.as_str(), words, by, at]).await? == 1)
}

/// Gives an action to somebody until another day, unless somebody was faster.
pub(super) async fn save_moved(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    (version, owner, by_on): (i64, PractitionerId, Date),
    at: Timestamp,
) -> StoreResult<bool> {
    past::keep(tx, ("plan_entry", Subject::Column("person_id")), ("entry_id = $2", vals![area_id, permit.id()]), at).await?;
    let save = "UPDATE plan_entry SET owner_id = $4, by_on = $5, version = version + 1 \
                WHERE area_id = $1 AND entry_id = $2 AND version = $3 AND state = 'open'";
    Ok(tx.execute(save, vals![area_id, permit.id(), version, owner, by_on]).await? == 1)
}

/// Whose row of a plan is somebody's: whom it is about, or who does it.
const CONCERNS: &str =
    "(person_id = $2 OR entry_id IN (SELECT q.entry_id FROM plan_doer q WHERE q.area_id = $1 AND q.person_id = $2))";

/// Hands the open actions that concern somebody to one who is named for them, from owners who are not.
pub(super) async fn take_over(
    tx: &mut Tx,
    area_id: AreaId,
    permit: &Permit,
    to: PractitionerId,
    at: Timestamp,
) -> StoreResult<u64> {
    past::keep(tx, ("plan_entry", Subject::Column("person_id")), (CONCERNS, vals![area_id, permit.id()]), at).await?;
    let save = format!(
        "UPDATE plan_entry SET owner_id = $3, version = version + 1 WHERE area_id = $1 AND {CONCERNS} AND state = 'open' \
         AND NOT EXISTS (SELECT 1 FROM shield s JOIN shield_named n ON n.area_id = s.area_id AND n.shield_id = s.shield_id \
         WHERE s.area_id = $1 AND s.person_id = $2 AND s.kind = 'existence' AND s.ended_at IS NULL \
         AND n.practitioner_id = plan_entry.owner_id)"
    );
    tx.execute(&save, vals![area_id, permit.id(), to]).await
}

/// What a list of parts of plans is wanted of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Of<'a> {
    /// Of one plan.
    Plan(PlanId),
    /// Open actions for these families that one of them or a volunteer does to help; not what holds somebody to something.
    Helped(&'a [FamilyId]),
    /// About any of these people.
    People(&'a [PersonId]),
    /// These.
    These(&'a [EntryId]),
    /// Open actions whose day has passed or whose owner has left.
    Late(Date),
}

/// Returns parts of plans that the narrowing lets through, at most 2,000.
pub(super) async fn list(
    tx: &mut Tx,
    area_id: AreaId,
    of: Of<'_>,
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<Vec<Entry>> {
    let mut values = vec![Val::from(area_id)];
    let mut one = |value: Val, chosen: &str, order: &'static str| {
        values.push(value);
        (chosen.to_owned(), order)
    };
    let (chosen, order) = match of {
        Of::Plan(plan) => one(plan.into(), "e.plan_id = $2", "e.recorded_at, e.entry_id"),
        Of::Late(today) => one(
            today.into(),
            "e.state = 'open' AND (e.by_on < $2 OR EXISTS (SELECT 1 FROM practitioner g WHERE g.area_id = e.area_id \
             AND g.practitioner_id = e.owner_id AND g.left_at IS NOT NULL))",
            "e.by_on, e.entry_id",
        ),
        Of::Helped(families) => {
            let families = list_of(&mut values, families.iter().copied());
            let by_others = "(d.person_id IS NOT NULL OR e.volunteer <> '')";
            (
                format!(
                    "n.family_id IN ({families}) AND n.closed_at IS NULL AND e.state = 'open' \
                 AND e.side = 'support' AND {by_others}"
                ),
                "e.by_on, e.entry_id",
            )
        }
        Of::These(ids) => (format!("e.entry_id IN ({})", list_of(&mut values, ids.iter().copied())), "e.recorded_at, e.entry_id"),
        Of::People(people) => {
            (format!("e.person_id IN ({})", list_of(&mut values, people.iter().copied())), "e.recorded_at, e.entry_id")
        }
    };
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let sql = format!("{ENTRIES} WHERE e.area_id = $1 AND {chosen} AND {narrowed} ORDER BY {order} LIMIT 2000");
    tx.query(&sql, &values).await?.iter().map(entry).collect()
}

/// Returns the open actions of these owners that the narrowing lets through, at most 2,000: only what says what is to be done, since a team has
/// hundreds of them and each column of another table is looked up for each.
pub(super) async fn list_to_do(
    tx: &mut Tx,
    area_id: AreaId,
    owners: &[PractitionerId],
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<Vec<ToDo>> {
    let mut values = vec![Val::from(area_id)];
    let owners = list_of(&mut values, owners.iter().copied());
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let sql = format!(
        "SELECT e.entry_id, e.person_id, e.words, e.owner_id, d.person_id AS doer_id, e.volunteer, e.by_on, e.version FROM plan_entry e \
         LEFT JOIN plan_doer d ON d.area_id = e.area_id AND d.entry_id = e.entry_id \
         WHERE e.area_id = $1 AND e.owner_id IN ({owners}) AND e.state = 'open' AND {narrowed} ORDER BY e.by_on, e.entry_id LIMIT 2000"
    );
    let to_do = |row: &Row| {
        Ok(ToDo {
            id: row.id("entry_id")?,
            person: row.id("person_id")?,
            words: row.get("words")?,
            owner_id: row.id("owner_id")?,
            doer: row.opt_id("doer_id")?,
            volunteer: row.get("volunteer")?,
            by_on: row.get("by_on")?,
            version: row.get("version")?,
        })
    };
    tx.query(&sql, &values).await?.iter().map(to_do).collect()
}

/// Returns the open plans that were to be looked at together by now, the latest first; at most 200.
pub(super) async fn list_late_reviews(tx: &mut Tx, area_id: AreaId, today: Date) -> StoreResult<Vec<Plan>> {
    let sql = format!(
        "{PLANS} WHERE n.area_id = $1 AND n.closed_at IS NULL AND n.review_on < $2 ORDER BY n.review_on, n.plan_id LIMIT 200"
    );
    tx.query(&sql, vals![area_id, today]).await?.iter().map(plan).collect()
}

/// Returns how many plans are open, how many were to be looked at by now, and how many have nobody who answers for the family.
pub(super) async fn count_to_review(tx: &mut Tx, area_id: AreaId, today: Date) -> StoreResult<(i64, i64, i64)> {
    let count = "SELECT COUNT(*) AS open, COUNT(CASE WHEN n.review_on < $2 THEN 1 END) AS late, \
                 COUNT(CASE WHEN o.left_at IS NOT NULL THEN 1 END) AS ownerless FROM plan n \
                 JOIN family f ON f.area_id = n.area_id AND f.family_id = n.family_id \
                 JOIN practitioner o ON o.area_id = f.area_id AND o.practitioner_id = f.owner_id \
                 WHERE n.area_id = $1 AND n.closed_at IS NULL";
    let row = tx.query_one(count, vals![area_id, today]).await?;
    Ok((row.get("open")?, row.get("late")?, row.get("ownerless")?))
}

/// Returns the open plans whose families any of these answers for, whichever is to be looked at first.
pub(super) async fn list_to_review(tx: &mut Tx, area_id: AreaId, owners: &[PractitionerId]) -> StoreResult<Vec<Plan>> {
    let mut values = vec![Val::from(area_id)];
    let owners = list_of(&mut values, owners.iter().copied());
    let sql = format!(
        "{} WHERE f.area_id = $1 AND f.owner_id IN ({owners}) AND n.area_id = f.area_id AND n.family_id = f.family_id \
         AND n.closed_at IS NULL ORDER BY n.review_on, n.plan_id LIMIT 2000",
        // From the few families that somebody leads to their plans, and never through the plans of a whole area by their day.
        PLANS.replace(" FROM plan n", " FROM family f CROSS JOIN plan n")
    );
    tx.query(&sql, &values).await?.iter().map(plan).collect()
}

/// Returns how many actions are open, how many are late, and how many have nobody who answers for them.
pub(super) async fn count_open(tx: &mut Tx, area_id: AreaId, today: Date) -> StoreResult<(i64, i64, i64)> {
    let row = tx
        .query_one(
            "SELECT COUNT(*) AS open, COUNT(CASE WHEN e.by_on < $2 THEN 1 END) AS late, \
             COUNT(CASE WHEN o.practitioner_id IS NULL OR o.left_at IS NOT NULL THEN 1 END) AS ownerless FROM plan_entry e \
             LEFT JOIN practitioner o ON o.area_id = e.area_id AND o.practitioner_id = e.owner_id \
             WHERE e.area_id = $1 AND e.state = 'open'",
            vals![area_id, today],
        )
        .await?;
    Ok((row.get("open")?, row.get("late")?, row.get("ownerless")?))
}

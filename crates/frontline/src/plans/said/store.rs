//! The SQL of what is said of plans.

use super::{Eyes, NewSaid, Said, SaidId};
use crate::plans::plan_entries;
use crate::plans::{PlanId, store::Written};
use access::{Act, Narrowing, SqlMap};
use families::facts::FactId;
use families::people::PersonId;
use kernel::Timestamp;
use store::value::list as list_of;
use store::{AreaId, Row, StoreError, StoreResult, Tx, Val, vals};

/// What is said, in a list whose table is `e`, with whoever of the family sees it so in `d`: whoever may not know whose eyes they are reads nothing of it.
pub(super) static PLAN_SAID: SqlMap = plan_entries!(
    "plan_said",
    "e.author_id",
    "EXISTS (SELECT 1 FROM agency l WHERE l.area_id = e.area_id AND l.tells_place = 1 AND l.agency_id = e.agency_id)"
);

/// What is said of plans, as news of families.
pub const NEWS: families::news::Source = families::news::Source {
    act: Act::ReadPlanEntry,
    of: &PLAN_SAID,
    table: ("plan_said", "e"),
    at: "e.recorded_at",
    by: "e.author_id",
    join: "LEFT JOIN plan_said_by d ON d.area_id = e.area_id AND d.said_id = e.said_id",
    which: "1 = 1",
};

/// Adds something that is said, about somebody.
pub(super) async fn insert(
    tx: &mut Tx,
    area_id: AreaId,
    (id, written): (SaidId, Written),
    (person, need): (PersonId, Option<FactId>),
    new: &NewSaid,
) -> StoreResult<()> {
    let seen_by = if let Eyes::Other(name) = &new.eyes { name.as_str() } else { "" };
    let Written { plan, class, author_id, agency_id, at, .. } = written;
    tx.execute(
        "INSERT INTO plan_said (area_id, said_id, plan_id, person_id, need_id, kind, class, agency_id, author_id, recorded_at, seen_by, \
         scale, words, said_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        vals![
            area_id,
            id,
            plan,
            person,
            need,
            new.kind.as_str(),
            class.as_str(),
            agency_id,
            author_id,
            at,
            seen_by,
            &new.scale,
            &new.words,
            new.on
        ],
    )
    .await?;
    if let Eyes::Family(person) = new.eyes {
        let insert = "INSERT INTO plan_said_by (area_id, said_id, person_id) VALUES ($1, $2, $3)";
        tx.execute(insert, vals![area_id, id, person]).await?;
    }
    Ok(())
}

/// Of what a list is wanted.
#[derive(Clone, Copy, Debug)]
pub(in crate::plans) enum Of<'a> {
    /// Of one plan.
    Plan(PlanId),
    /// About any of these people.
    People(&'a [PersonId]),
}

/// Returns what was said that the narrowing lets through, in the order it was said; at most 2,000.
pub(super) async fn list(tx: &mut Tx, area_id: AreaId, of: Of<'_>, narrowing: (&Narrowing, Timestamp)) -> StoreResult<Vec<Said>> {
    let mut values = vec![Val::from(area_id)];
    let chosen = match of {
        Of::Plan(plan) => format!("e.plan_id = {}", list_of(&mut values, [plan])),
        Of::People(people) => format!("e.person_id IN ({})", list_of(&mut values, people.iter().copied())),
    };
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let sql = format!(
        "SELECT e.said_id, e.plan_id, e.person_id, e.need_id, e.kind, e.class, e.agency_id, a.name AS agency, e.author_id, w.name AS author, \
         e.recorded_at, d.person_id AS seer_id, e.seen_by, e.scale, e.words, e.said_on FROM plan_said e \
         JOIN practitioner w ON w.area_id = e.area_id AND w.practitioner_id = e.author_id \
         JOIN agency a ON a.area_id = e.area_id AND a.agency_id = e.agency_id \
         LEFT JOIN plan_said_by d ON d.area_id = e.area_id AND d.said_id = e.said_id \
         WHERE e.area_id = $1 AND {chosen} AND {narrowed} ORDER BY e.said_on, e.recorded_at, e.said_id LIMIT 2000"
    );
    tx.query(&sql, &values).await?.iter().map(said).collect()
}

fn said(row: &Row) -> Result<Said, StoreError> {
    let eyes = match (row.opt_id("seer_id")?, row.get::<String>("seen_by")?) {
        (Some(person), _) => Eyes::Family(person),
        (None, name) if !name.is_empty() => Eyes::Other(name),
        _ => Eyes::Author,
    };
    Ok(Said {
        id: row.id("said_id")?,
        plan: row.id("plan_id")?,
        person: row.id("person_id")?,
        need: row.opt_id("need_id")?,
        kind: row.parse("kind")?,
        class: row.parse("class")?,
        agency_id: row.id("agency_id")?,
        agency: row.get("agency")?,
        author_id: row.id("author_id")?,
        author: row.get("author")?,
        recorded_at: row.get("recorded_at")?,
        eyes,
        scale: row.get("scale")?,
        words: row.get("words")?,
        on: row.get("said_on")?,
    })
}

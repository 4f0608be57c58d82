//! The SQL of how somebody is worked with.

use super::way::{Approach, Balance, Says, Way, WayId};
use access::{Actor, Narrowing, SqlMap};
use families::facts::Class;
use families::family::FamilyId;
use families::people::PersonId;
use kernel::Timestamp;
use store::value::list as list_of;
use store::{AreaId, Row, StoreResult, Tx, Val, vals};

/// What is kept, in a list whose table is `w`.
pub(super) static WAY: SqlMap = crate::plans::as_part_of_plan!(
    "way",
    ("w.area_id", "w.person_id"),
    ("w.class", "w.agency_id", "w.author_id"),
    "a.tells_place = 1"
);

const WAYS: &str = "SELECT w.way_id, w.family_id, w.person_id, w.kind, w.class, w.agency_id, a.name AS agency, a.tells_place, w.author_id, \
     p.name AS author, w.recorded_at, w.who_goes, w.trusted, w.when_where, w.language, w.avoid, w.mix, w.support, w.expected, w.otherwise, \
     w.agreed_with FROM way w JOIN practitioner p ON p.area_id = w.area_id AND p.practitioner_id = w.author_id \
     JOIN agency a ON a.area_id = w.area_id AND a.agency_id = w.agency_id ";

fn way(row: &Row) -> StoreResult<Way> {
    let says = if row.get::<String>("kind")? == "approach" {
        Says::Approach(Approach {
            who_goes: row.get("who_goes")?,
            trusted: row.get("trusted")?,
            when_where: row.get("when_where")?,
            language: row.get("language")?,
            avoid: row.get("avoid")?,
        })
    } else {
        Says::Balance(Balance {
            mix: row.get("mix")?,
            support: row.get("support")?,
            expected: row.get("expected")?,
            otherwise: row.get("otherwise")?,
            agreed_with: row.get("agreed_with")?,
        })
    };
    Ok(Way {
        id: row.id("way_id")?,
        family: row.id("family_id")?,
        person: row.id("person_id")?,
        says,
        class: row.parse("class")?,
        agency_id: row.id("agency_id")?,
        agency: row.get("agency")?,
        agency_tells_place: row.get("tells_place")?,
        author_id: row.id("author_id")?,
        author: row.get("author")?,
        recorded_at: row.get("recorded_at")?,
    })
}

pub(super) async fn insert(
    tx: &mut Tx,
    area_id: AreaId,
    (id, family, person): (WayId, FamilyId, PersonId),
    (says, class): (&Says, Class),
    (by, at): (&Actor, Timestamp),
) -> StoreResult<()> {
    let (kind, approach, balance) = match says {
        Says::Approach(approach) => ("approach", approach.clone(), Balance::default()),
        Says::Balance(balance) => ("balance", Approach::default(), balance.clone()),
    };
    tx.execute(
        "INSERT INTO way (area_id, way_id, family_id, person_id, kind, class, agency_id, author_id, recorded_at, who_goes, trusted, \
         when_where, language, avoid, mix, support, expected, otherwise, agreed_with) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
        vals![
            area_id,
            id,
            family,
            person,
            kind,
            class.as_str(),
            by.agency_id,
            by.id,
            at,
            approach.who_goes,
            approach.trusted,
            approach.when_where,
            approach.language,
            approach.avoid,
            balance.mix,
            balance.support,
            balance.expected,
            balance.otherwise,
            balance.agreed_with
        ],
    )
    .await?;
    Ok(())
}

/// Of whom a list is wanted.
#[derive(Clone, Copy)]
pub(super) enum Of<'a> {
    /// Of one family.
    Family(FamilyId),
    /// Of people, in whichever of their families.
    People(&'a [PersonId]),
}

/// Returns what was kept, as far as the narrowing lets through, the latest first; at most 1,000.
pub(super) async fn list(tx: &mut Tx, area_id: AreaId, of: Of<'_>, narrowing: (&Narrowing, Timestamp)) -> StoreResult<Vec<Way>> {
    let mut values = vec![Val::from(area_id)];
    let chosen = match of {
        Of::Family(id) => format!("w.family_id = {}", list_of(&mut values, [id])),
        Of::People(people) => format!("w.person_id IN ({})", list_of(&mut values, people.iter().copied())),
    };
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let sql =
        format!("{WAYS} WHERE w.area_id = $1 AND {chosen} AND {narrowed} ORDER BY w.recorded_at DESC, w.way_id DESC LIMIT 1000");
    tx.query(&sql, &values).await?.iter().map(way).collect()
}

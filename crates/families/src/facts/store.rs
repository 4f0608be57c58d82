//! The SQL of facts.

use super::fact::{Answer, Audience, Class, Fact, FactId, Grant, Identifier, Kind, NewFact, Shape, Standing};
use crate::people::PersonId;
use crate::{person_flags, person_sets};
use access::{AgencyId, Narrowing, PractitionerId, SqlMap};
use kernel::Timestamp;
use std::collections::BTreeSet;
use store::past::{self, Subject};
use store::value::list as list_of;
use store::{AreaId, Row, StoreResult, Tx, Val, vals};
use uuid::Uuid;

/// Facts in a list whose table is `f`.
pub static FACT: SqlMap = SqlMap {
    name: "fact",
    columns: &[("kind", "f.kind"), ("class", "f.class"), ("agency", "f.agency_id"), ("author", "f.author_id")],
    flags: FLAGS,
    sets: SETS,
    presences: &[("author", "f.author_id IS NOT NULL"), ("other", "f.kind = 'relationship'")],
};

const PERSON_FLAGS: &[(&str, &str); 2] = person_flags!("person.", "f.area_id", "f.person_id");
const OTHER_FLAGS: &[(&str, &str); 2] = person_flags!(
    "other.",
    "f.area_id",
    "(SELECT q.other_id FROM relationship_fact q WHERE q.area_id = f.area_id AND q.fact_id = f.fact_id)"
);
const FLAGS: &[(&str, &str)] = &[
    PERSON_FLAGS[0],
    PERSON_FLAGS[1],
    OTHER_FLAGS[0],
    OTHER_FLAGS[1],
    (
        "agencyTellsPlace",
        "EXISTS (SELECT 1 FROM agency p WHERE p.area_id = f.area_id AND p.agency_id = f.agency_id AND p.tells_place = 1)",
    ),
];
const PERSON_SETS: &[(&str, &str); 7] = person_sets!("person.", "f.area_id", "f.person_id");
const OTHER_SETS: &[(&str, &str); 7] = person_sets!(
    "other.",
    "f.area_id",
    "(SELECT q.other_id FROM relationship_fact q WHERE q.area_id = f.area_id AND q.fact_id = f.fact_id)"
);
const SETS: &[(&str, &str)] = &[
    PERSON_SETS[0],
    PERSON_SETS[1],
    PERSON_SETS[2],
    PERSON_SETS[3],
    PERSON_SETS[4],
    PERSON_SETS[5],
    PERSON_SETS[6],
    OTHER_SETS[0],
    OTHER_SETS[1],
    OTHER_SETS[2],
    OTHER_SETS[3],
    OTHER_SETS[4],
    OTHER_SETS[5],
    (
        "sharedWith",
        "EXISTS (SELECT 1 FROM fact_grant g WHERE g.area_id = f.area_id AND g.fact_id = f.fact_id AND g.audience = 'agency' \
         AND g.ended_at IS NULL AND (g.until_at IS NULL OR g.until_at > {now}) AND g.for_id = {})",
    ),
    (
        "sharedWithWorkers",
        "EXISTS (SELECT 1 FROM fact_grant g WHERE g.area_id = f.area_id AND g.fact_id = f.fact_id AND g.audience = 'workers' \
         AND g.ended_at IS NULL AND (g.until_at IS NULL OR g.until_at > {now}) AND g.for_id = {})",
    ),
    (
        "sharedWithNamed",
        "EXISTS (SELECT 1 FROM fact_grant g WHERE g.area_id = f.area_id AND g.fact_id = f.fact_id AND g.audience = 'named' \
         AND g.ended_at IS NULL AND (g.until_at IS NULL OR g.until_at > {now}) AND g.for_id = {})",
    ),
];

/// So many people's records say far less than the most that is read at once.
const PEOPLE_TOGETHER: usize = 256;

/// Who recorded a fact, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recorded {
    pub(crate) id: FactId,
    pub(crate) author_id: Option<PractitionerId>,
    pub(crate) agency_id: AgencyId,
    pub(crate) at: Timestamp,
}

/// Writes a fact, its shape and the words it is found by.
pub(crate) async fn insert(tx: &mut Tx, area_id: AreaId, fact: &NewFact, recorded: &Recorded) -> StoreResult<()> {
    insert_all(tx, area_id, &[(fact, *recorded)]).await
}

/// Writes facts, their shapes and the words they are found by.
pub(crate) async fn insert_all(tx: &mut Tx, area_id: AreaId, facts: &[(&NewFact, Recorded)]) -> StoreResult<()> {
    let area = || Val::from(area_id);
    let rows = facts.iter().map(|(fact, recorded)| {
        [
            area(),
            recorded.id.into(),
            fact.person.into(),
            fact.kind.as_str().into(),
            fact.term.as_str().into(),
            fact.answer.as_str().into(),
            fact.words.as_str().into(),
            fact.holds_from.into(),
            fact.holds_to.into(),
            fact.standing.as_str().into(),
            fact.told_by.as_str().into(),
            recorded.author_id.into(),
            recorded.agency_id.into(),
            fact.origin.into(),
            fact.class.as_str().into(),
            recorded.at.into(),
        ]
    });
    let insert = "INSERT INTO fact (area_id, fact_id, person_id, kind, term, answer, words, holds_from, holds_to, standing, told_by, \
                  author_id, agency_id, origin_id, class, recorded_at)";
    tx.insert_all(insert, rows.collect(), "").await?;
    insert_shapes(tx, area_id, facts).await?;
    let words = facts.iter().flat_map(|(fact, recorded)| {
        let words = super::rules::search_words(fact).into_iter();
        words.map(|word| [area(), word.into(), fact.person.into(), recorded.id.into()])
    });
    tx.insert_all("INSERT INTO search_word (area_id, word, person_id, fact_id)", words.collect(), "ON CONFLICT DO NOTHING").await
}

async fn insert_shapes(tx: &mut Tx, area_id: AreaId, facts: &[(&NewFact, Recorded)]) -> StoreResult<()> {
    let (mut names, mut addresses, mut identifiers) = (Vec::new(), Vec::new(), Vec::new());
    let (mut relationships, mut involvements) = (Vec::new(), Vec::new());
    for (fact, recorded) in facts {
        let (area, id) = (Val::from(area_id), Val::from(recorded.id));
        match &fact.shape {
            Shape::Plain => {}
            Shape::Name { forenames, surname } => names.push([area, id, forenames.into(), surname.into()]),
            Shape::Address { lines, town, postcode } => addresses.push([area, id, lines.into(), town.into(), postcode.into()]),
            Shape::Identifier(Identifier { scheme, value, verified }) => {
                identifiers.push([area, id, scheme.as_str().into(), value.into(), verified.as_str().into()]);
            }
            Shape::Relationship { other } => relationships.push([area, id, (*other).into()]),
            Shape::Involvement { practitioner } => {
                involvements.push([area, id, fact.person.into(), recorded.agency_id.into(), (*practitioner).into()]);
            }
        }
    }
    tx.insert_all("INSERT INTO name_fact (area_id, fact_id, forenames, surname)", names, "").await?;
    tx.insert_all("INSERT INTO address_fact (area_id, fact_id, lines, town, postcode)", addresses, "").await?;
    tx.insert_all("INSERT INTO identifier_fact (area_id, fact_id, scheme, value, verified)", identifiers, "").await?;
    tx.insert_all("INSERT INTO relationship_fact (area_id, fact_id, other_id)", relationships, "").await?;
    let insert = "INSERT INTO involvement (area_id, fact_id, person_id, agency_id, practitioner_id)";
    tx.insert_all(insert, involvements, "").await
}

/// Marks a fact as superseded, unless it is already; its words are no longer found, its involvement ends.
///
/// One that nothing takes the place of is withdrawn: its source says it no more.
pub(crate) async fn supersede(tx: &mut Tx, area_id: AreaId, id: FactId, by: Option<FactId>, at: Timestamp) -> StoreResult<bool> {
    let mark =
        "UPDATE fact SET superseded_at = $3, superseded_by = $4 WHERE area_id = $1 AND fact_id = $2 AND superseded_at IS NULL";
    if tx.execute(mark, vals![area_id, id, at, by]).await? == 0 {
        return Ok(false);
    }
    let end = "UPDATE involvement SET ended_at = $3 WHERE area_id = $1 AND fact_id = $2 AND ended_at IS NULL";
    tx.execute(end, vals![area_id, id, at]).await?;
    let forget = "DELETE FROM search_word WHERE area_id = $1 AND fact_id = $2 AND person_id = \
                  (SELECT person_id FROM fact WHERE area_id = $1 AND fact_id = $2)";
    tx.execute(forget, vals![area_id, id]).await?;
    Ok(true)
}

/// Lets whoever of an agency works with somebody read what the agency that is part of it now recorded about them, and what was shared with it;
/// what was shared with something that is still asked (`asked`) is read by everybody of it who was to read it. Returns how much.
pub async fn grant_to_successor(
    tx: &mut Tx,
    area_id: AreaId,
    (from, to): (AgencyId, AgencyId),
    asked: &[Uuid],
    at: Timestamp,
) -> StoreResult<u64> {
    let grant = "INSERT INTO fact_grant (area_id, fact_id, origin_id, for_id, audience, agency_id, via_id, from_at) \
                 SELECT f.area_id, f.fact_id, $2, $3, 'workers', $3, f.fact_id, $4 FROM fact f WHERE f.area_id = $1 AND f.agency_id = $2 \
                 AND f.superseded_at IS NULL AND f.kind <> 'involvement' ON CONFLICT DO NOTHING";
    let own = tx.execute(grant, vals![area_id, from, to, at]).await?;
    let mut values = vals![area_id, from, to, at].to_vec();
    let asked = list_of(&mut values, asked.iter().copied());
    let pass = format!(
        "INSERT INTO fact_grant (area_id, fact_id, origin_id, for_id, audience, agency_id, via_id, from_at, until_at) \
         SELECT g.area_id, g.fact_id, g.origin_id, $3, CASE WHEN g.origin_id IN ({asked}) THEN g.audience ELSE 'workers' END, $3, \
         g.via_id, $4, g.until_at FROM fact_grant g WHERE g.area_id = $1 AND g.for_id = $2 AND g.ended_at IS NULL \
         AND (g.until_at IS NULL OR g.until_at > $4) ON CONFLICT DO NOTHING"
    );
    Ok(own + tx.execute(&pass, &values).await?)
}

/// Ends the involvements that came from one origin.
pub(crate) async fn end_involvement(tx: &mut Tx, area_id: AreaId, origin: Uuid, at: Timestamp) -> StoreResult<()> {
    tx.execute(
        "UPDATE involvement SET ended_at = $3 WHERE area_id = $1 AND ended_at IS NULL AND fact_id IN \
         (SELECT fact_id FROM fact WHERE area_id = $1 AND origin_id = $2 AND author_id IS NOT NULL AND kind = 'involvement')",
        vals![area_id, origin, at],
    )
    .await?;
    Ok(())
}

/// Ends the grants that came from one origin: of what was picked, all or these, and of what has taken its place since.
pub(crate) async fn end_grants(
    tx: &mut Tx,
    area_id: AreaId,
    origin: Uuid,
    via: Option<&[FactId]>,
    at: Timestamp,
) -> StoreResult<()> {
    let mut values = vec![Val::from(area_id), Val::from(origin), Val::from(at)];
    let of = via.map_or_else(String::new, |via| format!(" AND via_id IN ({})", list_of(&mut values, via.iter().copied())));
    let end = format!("UPDATE fact_grant SET ended_at = $3 WHERE area_id = $1 AND origin_id = $2 AND ended_at IS NULL{of}");
    tx.execute(&end, &values).await?;
    Ok(())
}

/// Ends every grant of a fact that was taken back.
pub(crate) async fn end_grants_of(tx: &mut Tx, area_id: AreaId, id: FactId, at: Timestamp) -> StoreResult<()> {
    let end = "UPDATE fact_grant SET ended_at = $3 WHERE area_id = $1 AND fact_id = $2 AND ended_at IS NULL";
    tx.execute(end, vals![area_id, id, at]).await?;
    Ok(())
}

/// Moves the end of the grants of what was picked.
pub(crate) async fn extend_grants(
    tx: &mut Tx,
    area_id: AreaId,
    (origin, via): (Uuid, FactId),
    until_at: Option<Timestamp>,
    at: Timestamp,
) -> StoreResult<()> {
    let which = "origin_id = $2 AND via_id = $3";
    past::keep(tx, ("fact_grant", Subject::Column("fact_id")), (which, vals![area_id, origin, via]), at).await?;
    let save = "UPDATE fact_grant SET until_at = $4 WHERE area_id = $1 AND origin_id = $2 AND via_id = $3 AND ended_at IS NULL";
    tx.execute(save, vals![area_id, origin, via, until_at]).await?;
    Ok(())
}

/// Opens a fact to whom another one, which it supersedes, is open.
pub(crate) async fn copy_grants(tx: &mut Tx, area_id: AreaId, from: FactId, to: FactId, at: Timestamp) -> StoreResult<()> {
    tx.execute(
        "INSERT INTO fact_grant (area_id, fact_id, origin_id, for_id, audience, agency_id, via_id, from_at, until_at) \
         SELECT area_id, $3, origin_id, for_id, audience, agency_id, via_id, $4, until_at FROM fact_grant \
         WHERE area_id = $1 AND fact_id = $2 AND ended_at IS NULL",
        vals![area_id, from, to, at],
    )
    .await?;
    Ok(())
}

/// Opens a fact, for as long as the decision or referral it came from lasts.
pub(crate) async fn insert_grant(tx: &mut Tx, area_id: AreaId, id: FactId, grant: &Grant, at: Timestamp) -> StoreResult<()> {
    let for_id = match grant.audience {
        Audience::Agency | Audience::Workers => grant.to.0,
        Audience::Named(practitioner) => practitioner.0,
    };
    tx.execute(
        "INSERT INTO fact_grant (area_id, fact_id, origin_id, for_id, audience, agency_id, via_id, from_at, until_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $2, $7, $8) ON CONFLICT DO NOTHING",
        vals![area_id, id, grant.origin, for_id, grant.audience.as_str(), grant.to, at, grant.until_at],
    )
    .await?;
    Ok(())
}

/// Returns to whom a fact is open: how, and whom.
pub(crate) async fn list_grants(tx: &mut Tx, area_id: AreaId, id: FactId, now: Timestamp) -> StoreResult<Vec<(String, Uuid)>> {
    let list = "SELECT DISTINCT audience, for_id FROM fact_grant WHERE area_id = $1 AND fact_id = $2 AND ended_at IS NULL \
                AND (until_at IS NULL OR until_at > $3) ORDER BY audience, for_id LIMIT 1000";
    let rows = tx.query(list, vals![area_id, id, now]).await?;
    rows.iter().map(|row| Ok((row.get("audience")?, row.get("for_id")?))).collect()
}

/// Returns what is open because of one origin: each fact, and the one that was picked.
pub(crate) async fn list_open_from(
    tx: &mut Tx,
    area_id: AreaId,
    origin: Uuid,
    now: Timestamp,
) -> StoreResult<Vec<(FactId, FactId)>> {
    let list = "SELECT DISTINCT fact_id, via_id FROM fact_grant WHERE area_id = $1 AND origin_id = $2 AND ended_at IS NULL \
                AND (until_at IS NULL OR until_at > $3) ORDER BY fact_id, via_id LIMIT 2000";
    let rows = tx.query(list, vals![area_id, origin, now]).await?;
    rows.iter().map(|row| Ok((row.id("fact_id")?, row.id("via_id")?))).collect()
}

const FACT_COLUMNS: &str = "SELECT f.fact_id, f.person_id, f.kind, f.term, f.answer, f.words, f.holds_from, f.holds_to, f.standing, \
     f.told_by, f.author_id, w.name AS author, f.agency_id, a.name AS agency, a.tells_place, f.origin_id, f.class, f.recorded_at, f.superseded_at, f.superseded_by, \
     n.forenames, n.surname, d.lines, d.town, d.postcode, i.scheme, i.value, i.verified, r.other_id, v.fact_id AS involvement_id, \
     v.practitioner_id, v.ended_at FROM fact f JOIN agency a ON a.area_id = f.area_id AND a.agency_id = f.agency_id \
     LEFT JOIN practitioner w ON w.area_id = f.area_id AND w.practitioner_id = f.author_id \
     LEFT JOIN name_fact n ON n.area_id = f.area_id AND n.fact_id = f.fact_id \
     LEFT JOIN address_fact d ON d.area_id = f.area_id AND d.fact_id = f.fact_id \
     LEFT JOIN identifier_fact i ON i.area_id = f.area_id AND i.fact_id = f.fact_id \
     LEFT JOIN relationship_fact r ON r.area_id = f.area_id AND r.fact_id = f.fact_id \
     LEFT JOIN involvement v ON v.area_id = f.area_id AND v.fact_id = f.fact_id ";

/// Returns what is read of facts of some kinds that somebody is told apart by: as [`FACT_COLUMNS`], without what takes most time, who
/// recorded it by name and the shapes of other kinds.
pub(crate) fn detail_columns(kinds: &[Kind]) -> String {
    let shapes: [(Kind, &str, &[&str]); 3] = [
        (Kind::Name, "name_fact", &["forenames", "surname"]),
        (Kind::Address, "address_fact", &["lines", "town", "postcode"]),
        (Kind::Identifier, "identifier_fact", &["scheme", "value", "verified"]),
    ];
    let (mut columns, mut joins) = (String::new(), String::new());
    for (kind, table, of_shape) in shapes {
        let is_read = kinds.contains(&kind);
        for column in of_shape {
            columns.push_str(&if is_read { format!(", {table}.{column}") } else { format!(", NULL AS {column}") });
        }
        if is_read {
            joins.push_str(&format!("LEFT JOIN {table} ON {table}.area_id = f.area_id AND {table}.fact_id = f.fact_id "));
        }
    }
    format!(
        "SELECT f.fact_id, f.person_id, f.kind, f.term, f.answer, f.words, f.holds_from, f.holds_to, f.standing, f.told_by, f.author_id, \
         NULL AS author, f.agency_id, '' AS agency, 0 AS tells_place, f.origin_id, f.class, f.recorded_at, f.superseded_at, f.superseded_by, \
         NULL AS other_id, NULL AS involvement_id, NULL AS practitioner_id, NULL AS ended_at{columns} FROM fact f {joins}"
    )
}

pub(crate) fn fact(row: &Row) -> StoreResult<Fact> {
    let other: Option<PersonId> = row.opt_id("other_id")?;
    let shape = if let Some(surname) = row.get::<Option<String>>("surname")? {
        Shape::Name { forenames: row.get("forenames")?, surname }
    } else if let Some(lines) = row.get::<Option<String>>("lines")? {
        Shape::Address { lines, town: row.get("town")?, postcode: row.get("postcode")? }
    } else if let Some(value) = row.get::<Option<String>>("value")? {
        Shape::Identifier(Identifier { scheme: row.parse("scheme")?, value, verified: row.parse("verified")? })
    } else if let Some(other) = other {
        Shape::Relationship { other }
    } else if row.get::<Option<Uuid>>("involvement_id")?.is_some() {
        Shape::Involvement { practitioner: row.opt_id("practitioner_id")? }
    } else {
        Shape::Plain
    };
    Ok(Fact {
        id: row.id("fact_id")?,
        new: NewFact {
            person: row.id("person_id")?,
            kind: row.parse::<Kind>("kind")?,
            term: row.get("term")?,
            answer: row.parse::<Answer>("answer")?,
            words: row.get("words")?,
            holds_from: row.get("holds_from")?,
            holds_to: row.get("holds_to")?,
            standing: row.parse::<Standing>("standing")?,
            told_by: row.get("told_by")?,
            class: row.parse::<Class>("class")?,
            origin: row.get("origin_id")?,
            shape,
        },
        author_id: row.opt_id("author_id")?,
        author: row.get("author")?,
        agency_id: row.id("agency_id")?,
        agency: row.get("agency")?,
        agency_tells_place: row.get("tells_place")?,
        recorded_at: row.get("recorded_at")?,
        superseded_at: row.get("superseded_at")?,
        superseded_by: row.opt_id("superseded_by")?,
        ended_at: row.get("ended_at")?,
    })
}

/// Returns a fact, whoever asks: what to do with it is for the access rules.
pub(crate) async fn find(tx: &mut Tx, area_id: AreaId, id: FactId) -> StoreResult<Option<Fact>> {
    let row = tx.query_opt(&format!("{FACT_COLUMNS} WHERE f.area_id = $1 AND f.fact_id = $2"), vals![area_id, id]).await?;
    row.as_ref().map(fact).transpose()
}

/// Returns what records have said of these people so far, the newest first, whoever may read it and whoever has corrected it.
pub(crate) async fn list_of_records(tx: &mut Tx, area_id: AreaId, people: &BTreeSet<PersonId>) -> StoreResult<Vec<Fact>> {
    let people: Vec<PersonId> = people.iter().copied().collect();
    let mut facts = Vec::new();
    for some in people.chunks(PEOPLE_TOGETHER) {
        let mut values = vec![Val::from(area_id)];
        let sql = format!(
            "{FACT_COLUMNS} WHERE f.area_id = $1 AND f.person_id IN ({}) AND f.origin_id IS NOT NULL AND f.author_id IS NULL \
             ORDER BY f.recorded_at DESC, f.fact_id DESC LIMIT 100000",
            list_of(&mut values, some.iter().copied())
        );
        for row in tx.query(&sql, &values).await? {
            facts.push(fact(&row)?);
        }
    }
    Ok(facts)
}

/// Returns everything that is known of somebody now, whoever may read it; at most 5,000.
pub(crate) async fn list_all(tx: &mut Tx, area_id: AreaId, person: PersonId) -> StoreResult<Vec<Fact>> {
    let sql = format!(
        "{FACT_COLUMNS} WHERE f.area_id = $1 AND f.person_id = $2 AND f.superseded_at IS NULL ORDER BY f.recorded_at DESC, f.fact_id LIMIT 5000"
    );
    tx.query(&sql, vals![area_id, person]).await?.iter().map(fact).collect()
}

/// What a list of facts is wanted of.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Of<'a> {
    /// What is known now about these people.
    People(&'a [PersonId]),
    /// What was ever recorded about these people, of these kinds.
    Ever(&'a [PersonId], &'a [Kind]),
    /// What is known now about these people, of these kinds.
    Kinds(&'a [PersonId], &'a [Kind]),
    /// What came from a contact or a run, and is not superseded.
    Origin(Uuid),
    /// These.
    Facts(&'a [FactId]),
    /// A fact and those it superseded, one after the other.
    History(FactId),
}

/// Returns facts that the narrowing lets through, the newest first, at most 2,000; of what was ever recorded, more than anybody has.
pub(crate) async fn list(tx: &mut Tx, area_id: AreaId, of: Of<'_>, narrowing: (&Narrowing, Timestamp)) -> StoreResult<Vec<Fact>> {
    let mut values = vec![Val::from(area_id)];
    let mut one_of = |column: &str, wanted: Vec<Val>| format!("{column} IN ({})", list_of(&mut values, wanted));
    let people = |people: &[PersonId]| people.iter().map(|id| Val::from(*id)).collect::<Vec<_>>();
    let chosen = match of {
        Of::People(ids) => format!("{} AND f.superseded_at IS NULL", one_of("f.person_id", people(ids))),
        Of::Kinds(ids, kinds) => {
            let of_people = one_of("f.person_id", people(ids));
            let of_kinds = one_of("f.kind", kinds.iter().map(|kind| Val::from(kind.as_str())).collect());
            format!("{of_people} AND {of_kinds} AND f.superseded_at IS NULL")
        }
        Of::Ever(ids, kinds) => {
            let of_people = one_of("f.person_id", people(ids));
            format!("{of_people} AND {}", one_of("f.kind", kinds.iter().map(|kind| Val::from(kind.as_str())).collect()))
        }
        Of::Origin(id) => {
            format!("{} AND f.author_id IS NOT NULL AND f.superseded_at IS NULL", one_of("f.origin_id", vec![Val::from(id)]))
        }
        Of::Facts(ids) => one_of("f.fact_id", ids.iter().map(|id| Val::from(*id)).collect()),
        Of::History(id) => {
            let start = one_of("h.fact_id", vec![Val::from(id)]);
            format!(
                "f.fact_id IN (WITH RECURSIVE chain (fact_id) AS (SELECT h.fact_id FROM fact h WHERE h.area_id = $1 AND {start} \
                 UNION SELECT e.fact_id FROM fact e JOIN chain c ON e.superseded_by = c.fact_id WHERE e.area_id = $1) \
                 SELECT fact_id FROM chain)"
            )
        }
    };
    let narrowed = narrowing.0.write(&mut values, narrowing.1);
    let most = if matches!(of, Of::Ever(..)) { 20_000 } else { 2_000 };
    let sql = format!(
        "{FACT_COLUMNS} WHERE f.area_id = $1 AND {chosen} AND {narrowed} ORDER BY f.recorded_at DESC, f.fact_id LIMIT {most}"
    );
    tx.query(&sql, &values).await?.iter().map(fact).collect()
}

/// Returns the relationship facts in which these people are the other, that the narrowing lets through.
pub(crate) async fn list_toward(
    tx: &mut Tx,
    area_id: AreaId,
    ids: &[PersonId],
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<Vec<Fact>> {
    let mut values = vec![Val::from(area_id)];
    // Which they are is asked first: joined to everything a fact is told with, PostgreSQL reads all facts for it.
    let sql = format!(
        "SELECT fact_id FROM relationship_fact WHERE area_id = $1 AND other_id IN ({}) ORDER BY fact_id DESC LIMIT 1000",
        list_of(&mut values, ids.iter().copied())
    );
    let facts: Vec<FactId> = tx.query(&sql, &values).await?.iter().map(|row| row.id("fact_id")).collect::<StoreResult<_>>()?;
    if facts.is_empty() {
        return Ok(Vec::new());
    }
    Ok(list(tx, area_id, Of::Facts(&facts), narrowing).await?.into_iter().filter(|fact| fact.superseded_at.is_none()).collect())
}

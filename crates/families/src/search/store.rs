//! The SQL of searching.

use super::query::Wanted;
use crate::facts::FactId;
use crate::people::PersonId;
use access::Narrowing;
use kernel::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use store::value::list;
use store::{AreaId, StoreResult, Tx, Val};

/// The most words that are read for one thing wanted: past that, only what the viewer may see is counted.
pub(super) const WORDS_MAX: i64 = 2000;

const PEOPLE_TOGETHER: usize = 200;

/// People who match one thing, each with the facts and words that match.
pub(super) type Matches = BTreeMap<PersonId, Vec<(FactId, String)>>;

/// What one thing wanted matches.
pub(super) enum Matched {
    /// All of it.
    All(Matches),
    /// More than is read at once.
    TooMany,
}

/// Returns who matches one thing, whoever may see it; the caller narrows before anything is counted or shown.
pub(super) async fn people_of(tx: &mut Tx, area_id: AreaId, wanted: &Wanted) -> StoreResult<Vec<PersonId>> {
    let mut values = vec![Val::from(area_id)];
    let sql = format!("SELECT DISTINCT person_id FROM ({}) AS one ORDER BY person_id LIMIT 2001", in_ranges(&mut values, wanted));
    tx.query(&sql, &values).await?.iter().map(|row| row.id("person_id")).collect()
}

/// Everybody with a word in one of the ranges of what is wanted; somebody may come twice.
fn in_ranges(values: &mut Vec<Val>, wanted: &Wanted) -> String {
    let mut parts = Vec::new();
    for (from, to) in wanted.ranges() {
        values.extend([Val::from(from), Val::from(to)]);
        let at = values.len();
        parts.push(format!("SELECT person_id FROM search_word WHERE area_id = $1 AND word >= ${} AND word < ${at}", at - 1));
    }
    parts.join(" UNION ALL ")
}

/// Returns what matches one thing among these people.
pub(super) async fn matches_among(tx: &mut Tx, area_id: AreaId, wanted: &Wanted, people: &[PersonId]) -> StoreResult<Matches> {
    let mut matches = Matches::new();
    for (from, to) in wanted.ranges() {
        for some in people.chunks(PEOPLE_TOGETHER) {
            let mut values = vec![Val::from(area_id), Val::from(&from), Val::from(&to)];
            let sql = format!(
                "SELECT person_id, fact_id, word FROM search_word WHERE area_id = $1 AND person_id IN ({}) AND word >= $2 AND word < $3 \
                 ORDER BY person_id, word, fact_id LIMIT 20000",
                list(&mut values, some.iter().copied())
            );
            for row in &tx.query(&sql, &values).await? {
                matches.entry(row.id("person_id")?).or_default().push((row.id("fact_id")?, row.get("word")?));
            }
        }
    }
    Ok(matches)
}

/// Returns who matches all of several things, if that is not too many.
///
/// Without narrowings everybody is counted; with them, whom the viewer may find by what they may read: what is hidden counts for
/// nothing, not even towards too many.
pub(super) async fn people_of_all(
    tx: &mut Tx,
    area_id: AreaId,
    all: &[&Wanted],
    narrowed: Option<(&Narrowing, &Narrowing, Timestamp)>,
) -> StoreResult<Option<Vec<PersonId>>> {
    let mut values = vec![Val::from(area_id)];
    let mut each = Vec::with_capacity(all.len());
    for (at, wanted) in all.iter().enumerate() {
        let words = match narrowed {
            None => in_ranges(&mut values, wanted),
            Some((_, facts, now)) => in_ranges_read(&mut values, wanted, (facts, now)),
        };
        each.push(format!("SELECT person_id FROM ({words}) AS w{at}"));
    }
    let mut sql = format!("SELECT b.person_id FROM ({}) AS b", each.join(" INTERSECT "));
    if let Some((people, _, now)) = narrowed {
        let findable = people.write(&mut values, now);
        sql.push_str(&format!(" JOIN person p ON p.area_id = $1 AND p.person_id = b.person_id WHERE {findable}"));
    }
    sql.push_str(" ORDER BY b.person_id LIMIT 2001");
    let people: Vec<PersonId> =
        tx.query(&sql, &values).await?.iter().map(|row| row.id("person_id")).collect::<StoreResult<_>>()?;
    Ok((people.len() <= usize::try_from(WORDS_MAX).unwrap_or(usize::MAX)).then_some(people))
}

/// Everybody with a word in one of the ranges of what is wanted that the viewer may read; somebody may come twice.
fn in_ranges_read(values: &mut Vec<Val>, wanted: &Wanted, (facts, now): (&Narrowing, Timestamp)) -> String {
    let mut parts = Vec::new();
    for (from, to) in wanted.ranges() {
        values.extend([Val::from(from), Val::from(to)]);
        let at = values.len();
        let readable = facts.write(values, now);
        parts.push(format!(
            "SELECT w.person_id FROM search_word w JOIN fact f ON f.area_id = w.area_id AND f.fact_id = w.fact_id \
             WHERE w.area_id = $1 AND w.word >= ${} AND w.word < ${at} AND {readable}",
            at - 1
        ));
    }
    parts.join(" UNION ALL ")
}

/// Returns how many words match one thing, as far as it matters: one more than [`WORDS_MAX`] is too many.
pub(super) async fn count(tx: &mut Tx, area_id: AreaId, wanted: &Wanted) -> StoreResult<i64> {
    let mut values = vec![Val::from(area_id)];
    let sql = format!(
        "SELECT COUNT(*) AS found FROM (SELECT 1 AS one FROM ({}) AS each LIMIT 2001) AS few",
        in_ranges(&mut values, wanted)
    );
    tx.query_one(&sql, &values).await?.get("found")
}

/// Returns what of a broad match the viewer may see, if that is not too many.
pub(super) async fn visible_matches(
    tx: &mut Tx,
    area_id: AreaId,
    wanted: &Wanted,
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<Matched> {
    let mut matches = Matches::new();
    for (from, to) in wanted.ranges() {
        let mut values = vec![Val::from(area_id), Val::from(from), Val::from(to)];
        let narrowed = narrowing.0.write(&mut values, narrowing.1);
        let sql = format!(
            "SELECT w.person_id, w.fact_id, w.word FROM search_word w JOIN fact f ON f.area_id = w.area_id AND f.fact_id = w.fact_id \
             WHERE w.area_id = $1 AND w.word >= $2 AND w.word < $3 AND {narrowed} ORDER BY w.word, w.person_id, w.fact_id LIMIT 2001"
        );
        let rows = tx.query(&sql, &values).await?;
        if rows.len() > 2000 {
            return Ok(Matched::TooMany);
        }
        for row in &rows {
            matches.entry(row.id("person_id")?).or_default().push((row.id("fact_id")?, row.get("word")?));
        }
    }
    Ok(Matched::All(matches))
}

/// Returns which of these facts the viewer may read.
pub(super) async fn visible_facts(
    tx: &mut Tx,
    area_id: AreaId,
    facts: &[FactId],
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<BTreeSet<FactId>> {
    let mut visible = BTreeSet::new();
    for some in facts.chunks(PEOPLE_TOGETHER) {
        let mut values = vec![Val::from(area_id)];
        let marks = list(&mut values, some.iter().copied());
        let narrowed = narrowing.0.write(&mut values, narrowing.1);
        let sql = format!(
            "SELECT f.fact_id FROM fact f WHERE f.area_id = $1 AND f.fact_id IN ({marks}) AND {narrowed} ORDER BY f.fact_id LIMIT 200"
        );
        for row in tx.query(&sql, &values).await? {
            visible.insert(row.id("fact_id")?);
        }
    }
    Ok(visible)
}

/// Returns which of these people the viewer may find.
pub(super) async fn findable(
    tx: &mut Tx,
    area_id: AreaId,
    people: &[PersonId],
    narrowing: (&Narrowing, Timestamp),
) -> StoreResult<BTreeSet<PersonId>> {
    let mut found = BTreeSet::new();
    for some in people.chunks(PEOPLE_TOGETHER) {
        let mut values = vec![Val::from(area_id)];
        let marks = list(&mut values, some.iter().copied());
        let narrowed = narrowing.0.write(&mut values, narrowing.1);
        let sql = format!(
            "SELECT p.person_id FROM person p WHERE p.area_id = $1 AND p.person_id IN ({marks}) AND {narrowed} ORDER BY p.person_id LIMIT 200"
        );
        for row in tx.query(&sql, &values).await? {
            found.insert(row.id("person_id")?);
        }
    }
    Ok(found)
}

//! The SQL of searching.

use super::query::Wanted;
use crate::facts::FactId;
use crate::people::PersonId;
use access::Narrowing;
use kernel::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use store::value::list;
use store::{AreaId, StoreResult, Tx, Val, vals};

/// The most words that are read for one thing wanted: past that, only what the viewer may see is counted.
const WORDS_MAX: usize = 2000;

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

/// Returns what matches one thing, whoever may see it; the caller narrows before anything is counted or shown.
pub(super) async fn matches(tx: &mut Tx, area_id: AreaId, wanted: &Wanted) -> StoreResult<Matched> {
    let mut matches = Matches::new();
    for (from, to) in wanted.ranges() {
        let rows = tx
            .query(
                "SELECT person_id, fact_id, word FROM search_word WHERE area_id = $1 AND word >= $2 AND word < $3 \
                 ORDER BY word, person_id, fact_id LIMIT 2001",
                vals![area_id, from, to],
            )
            .await?;
        if rows.len() > WORDS_MAX {
            return Ok(Matched::TooMany);
        }
        for row in &rows {
            matches.entry(row.id("person_id")?).or_default().push((row.id("fact_id")?, row.get("word")?));
        }
    }
    Ok(Matched::All(matches))
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

/// Returns who matches all of several broad things, if that is not too many: the rarest of them is read, the others looked up.
///
/// Without a narrowing everybody is counted; with one, whom the viewer may find.
pub(super) async fn people_of_all(
    tx: &mut Tx,
    area_id: AreaId,
    broad: &[&Wanted],
    narrowing: Option<(&Narrowing, Timestamp)>,
) -> StoreResult<Option<Vec<PersonId>>> {
    let mut counted = Vec::with_capacity(broad.len());
    for wanted in broad {
        counted.push((count(tx, area_id, wanted).await?, *wanted));
    }
    counted.sort_by_key(|(count, _)| *count);
    let Some(((_, rarest), others)) = counted.split_first() else { return Ok(Some(Vec::new())) };
    let mut people = BTreeSet::new();
    for (from, to) in rarest.ranges() {
        let mut values = vec![Val::from(area_id), Val::from(from), Val::from(to)];
        let mut sql =
            "SELECT DISTINCT w.person_id FROM search_word w WHERE w.area_id = $1 AND w.word >= $2 AND w.word < $3".to_owned();
        for (_, other) in others {
            let either: Vec<String> = other.ranges().into_iter().map(|range| also_has(&mut values, range)).collect();
            sql.push_str(&format!(" AND ({})", either.join(" OR ")));
        }
        if let Some((narrowing, now)) = narrowing {
            let narrowed = narrowing.write(&mut values, now);
            sql.push_str(&format!(
                " AND EXISTS (SELECT 1 FROM person p WHERE p.area_id = w.area_id AND p.person_id = w.person_id AND {narrowed})"
            ));
        }
        sql.push_str(" ORDER BY w.person_id LIMIT 2001");
        for row in &tx.query(&sql, &values).await? {
            people.insert(row.id("person_id")?);
        }
    }
    Ok((people.len() <= WORDS_MAX).then(|| people.into_iter().collect()))
}

fn also_has(values: &mut Vec<Val>, (from, to): (String, String)) -> String {
    values.extend([Val::from(from), Val::from(to)]);
    let at = values.len();
    format!(
        "EXISTS (SELECT 1 FROM search_word o WHERE o.area_id = w.area_id AND o.person_id = w.person_id AND o.word >= ${} AND o.word < ${at})",
        at - 1
    )
}

/// Returns how many words match one thing, as far as it matters which of several is the rarest.
async fn count(tx: &mut Tx, area_id: AreaId, wanted: &Wanted) -> StoreResult<i64> {
    let mut all = 0;
    for (from, to) in wanted.ranges() {
        let sql = "SELECT COUNT(*) AS found FROM (SELECT 1 AS one FROM search_word WHERE area_id = $1 AND word >= $2 AND word < $3 LIMIT 20000) AS few";
        all += tx.query_one(sql, vals![area_id, from, to]).await?.get::<i64>("found")?;
    }
    Ok(all)
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
        if rows.len() > WORDS_MAX {
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

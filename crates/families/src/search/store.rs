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
        for person in people {
            let rows = tx
                .query(
                    "SELECT fact_id, word FROM search_word WHERE area_id = $1 AND person_id = $2 AND word >= $3 AND word < $4 \
                     ORDER BY word, fact_id LIMIT 50",
                    vals![area_id, *person, &from, &to],
                )
                .await?;
            for row in &rows {
                matches.entry(*person).or_default().push((row.id("fact_id")?, row.get("word")?));
            }
        }
    }
    Ok(matches)
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
    for some in facts.chunks(200) {
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
    for some in people.chunks(200) {
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

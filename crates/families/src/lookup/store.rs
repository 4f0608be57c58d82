//! The SQL of looking somebody up.

use super::profile;
use crate::facts::store::{detail_columns, fact};
use crate::facts::{Fact, Kind, NewFact};
use crate::people::PersonId;
use access::Narrowing;
use kernel::Timestamp;
use linkage::block::is_of_name_and_birth;
use linkage::place::{Known, Record};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex};
use store::value::list;
use store::{AreaId, StoreError, StoreResult, Tx, Val, vals};
use uuid::Uuid;

/// Who shares a key with more people than this is not found by it: they share others, or too little was said.
const SHARED_MAX: usize = 160;
/// So many entries are read for one person looked up; keys that say most come first.
const ENTRIES_MAX: usize = 2000;
/// So many people are compared at most; those who are found by names and birth first.
const PEOPLE_MAX: usize = 160;

/// Who shares keys with somebody who is looked for, by the keys they share.
pub(super) type Sharing = Vec<(PersonId, Vec<i64>)>;

/// Keeps the keys that people are looked up by.
pub(crate) async fn insert_keys(
    tx: &mut Tx,
    area_id: AreaId,
    people: impl Iterator<Item = (PersonId, Vec<i64>)>,
) -> StoreResult<()> {
    let rows: BTreeSet<(i64, PersonId)> =
        people.flat_map(|(person, keys)| keys.into_iter().map(move |key| (key, person))).collect();
    let rows = rows.into_iter().map(|(key, person)| [area_id.into(), key.into(), person.into()]).collect();
    tx.insert_all("INSERT INTO person_key (area_id, link_key, person_id)", rows, "ON CONFLICT DO NOTHING").await
}

/// Keeps the keys of what one record says of each person.
pub(crate) async fn insert_keys_of<'a>(
    tx: &mut Tx,
    area_id: AreaId,
    said: impl Iterator<Item = (PersonId, &'a [NewFact])>,
) -> StoreResult<()> {
    insert_keys(tx, area_id, said.map(|(person, facts)| (person, profile::record_of(facts.iter()).keys()))).await
}

/// Keeps the keys of all that is known of somebody.
pub(crate) async fn rekey(tx: &mut Tx, area_id: AreaId, person: PersonId) -> StoreResult<()> {
    let facts = facts_of(tx, area_id, (&[person], &profile::KINDS), None).await?;
    let profiles = profile::profiles(&facts.iter().collect::<Vec<_>>());
    let keys = profiles.iter().flat_map(Record::keys).collect();
    insert_keys(tx, area_id, std::iter::once((person, keys))).await
}

/// Returns who shares a key, those who share most keys of names and birth first: what else they share may be hidden, and puts nobody
/// before anybody.
pub(super) async fn people_of(tx: &mut Tx, area_id: AreaId, keys: &[i64]) -> StoreResult<Sharing> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let mut values = vec![Val::from(area_id)];
    let sql = format!(
        "SELECT link_key, person_id FROM person_key WHERE area_id = $1 AND link_key IN ({}) ORDER BY link_key, person_id LIMIT {ENTRIES_MAX}",
        list(&mut values, keys.iter().copied())
    );
    let mut of_key: BTreeMap<i64, Vec<PersonId>> = BTreeMap::new();
    for row in tx.query(&sql, &values).await? {
        of_key.entry(row.get("link_key")?).or_default().push(row.id("person_id")?);
    }
    let mut shared: HashMap<PersonId, Vec<i64>> = HashMap::new();
    for (key, people) in of_key.into_iter().filter(|(_, people)| people.len() <= SHARED_MAX) {
        people.into_iter().for_each(|person| shared.entry(person).or_default().push(key));
    }
    let mut people: Sharing = shared.into_iter().collect();
    let open = |keys: &[i64]| keys.iter().filter(|key| is_of_name_and_birth(**key)).count();
    people.sort_by_cached_key(|(person, keys)| (std::cmp::Reverse(open(keys)), *person));
    people.truncate(PEOPLE_MAX);
    Ok(people)
}

/// Returns what tells these people apart, as far as the viewer may read it, without the names of who recorded it.
pub(crate) async fn facts_of(
    tx: &mut Tx,
    area_id: AreaId,
    (people, kinds): (&[PersonId], &[Kind]),
    narrowing: Option<(&Narrowing, Timestamp)>,
) -> StoreResult<Vec<Fact>> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let mut values = vec![Val::from(area_id)];
    let of_people = list(&mut values, people.iter().copied());
    let of_kinds = list(&mut values, kinds.iter().map(|kind| kind.as_str()));
    let narrowed = narrowing.map_or_else(|| "1 = 1".to_owned(), |(narrowing, now)| narrowing.write(&mut values, now));
    let sql = format!(
        "{} WHERE f.area_id = $1 AND f.person_id IN ({of_people}) AND f.kind IN ({of_kinds}) AND f.superseded_at IS NULL \
         AND f.class = 'ordinary' AND {narrowed} ORDER BY f.person_id, f.fact_id LIMIT 20000",
        detail_columns(kinds)
    );
    tx.query(&sql, &values).await?.iter().map(fact).collect()
}

/// Returns what the sources of some people say, in the order of their ids, from the first after `after`, whoever may read it: for the
/// engine alone, which tells nobody.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn sources_after(
    tx: &mut Tx,
    area_id: AreaId,
    after: Option<PersonId>,
    limit: usize,
) -> StoreResult<Vec<(PersonId, Vec<Record>)>> {
    let after = after.map_or(Uuid::nil(), |after| after.0);
    let sql =
        "SELECT person_id FROM person WHERE area_id = $1 AND person_id > $2 AND linked_to IS NULL ORDER BY person_id LIMIT $3";
    let rows = tx.query(sql, vals![area_id, after, limit]).await?;
    let people: Vec<PersonId> = rows.iter().map(|row| row.id("person_id")).collect::<StoreResult<_>>()?;
    let mut of_person: BTreeMap<PersonId, Vec<Fact>> = people.iter().map(|person| (*person, Vec::new())).collect();
    for some in people.chunks(PEOPLE_MAX) {
        for fact in facts_of(tx, area_id, (some, &profile::KINDS), None).await? {
            of_person.entry(fact.new.person).or_default().push(fact);
        }
    }
    Ok(of_person.into_iter().map(|(person, facts)| (person, profile::sources(&facts.iter().collect::<Vec<_>>()))).collect())
}

/// What was counted and estimated lately, read once in a process: each is kept under an id of its own and never changes.
static READ: LazyLock<Mutex<HashMap<Uuid, Arc<Known>>>> = LazyLock::new(Mutex::default);
/// So many are kept in memory.
const READ_MAX: usize = 4;

/// Returns what was counted and estimated last in this area.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn latest_known(tx: &mut Tx, area_id: AreaId) -> StoreResult<Option<Arc<Known>>> {
    let latest = "SELECT known_id FROM match_known WHERE area_id = $1 ORDER BY known_id DESC LIMIT 1";
    let Some(row) = tx.query_opt(latest, vals![area_id]).await? else { return Ok(None) };
    let id: Uuid = row.get("known_id")?;
    let read = || READ.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(known) = read().get(&id) {
        return Ok(Some(Arc::clone(known)));
    }
    let load = "SELECT body FROM match_known WHERE area_id = $1 AND known_id = $2";
    let body: String = tx.query_one(load, vals![area_id, id]).await?.get("body")?;
    let known: Arc<Known> = Arc::new(serde_json::from_str(&body).map_err(|e| StoreError::Corrupt(e.to_string()))?);
    let mut read = read();
    if read.len() >= READ_MAX {
        read.clear();
    }
    read.insert(id, Arc::clone(&known));
    Ok(Some(known))
}

/// Keeps what was counted and estimated; the last few stay, so that whoever asks how a weight came about can be answered.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn save_known(tx: &mut Tx, area_id: AreaId, id: Uuid, known: &Known, at: Timestamp) -> StoreResult<()> {
    let body = serde_json::to_string(known).map_err(|e| StoreError::Corrupt(e.to_string()))?;
    let records = i64::try_from(known.frequencies().records()).unwrap_or(i64::MAX);
    let insert = "INSERT INTO match_known (area_id, known_id, made_at, records, body) VALUES ($1, $2, $3, $4, $5)";
    tx.execute(insert, vals![area_id, id, at, records, body]).await?;
    let forget = "DELETE FROM match_known WHERE area_id = $1 AND known_id NOT IN \
                  (SELECT known_id FROM match_known WHERE area_id = $1 ORDER BY known_id DESC LIMIT 3)";
    tx.execute(forget, vals![area_id]).await?;
    Ok(())
}

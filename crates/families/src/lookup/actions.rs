//! Looking somebody up.

use super::{profile, store};
use crate::facts::{FACT, Fact};
use crate::people::PersonId;
use ::store::{AreaId, StoreResult, Tx};
use access::{AccessError, Act, Ctx};
use linkage::block::is_of_name_and_birth;
use linkage::cluster::Thresholds;
use linkage::frequencies::Frequencies;
use linkage::model::{Class, Model};
use linkage::place::{Known, Record, place, why};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

/// Somebody whom the actor may mean.
#[derive(Clone, Debug)]
pub struct Likely {
    /// Who.
    pub id: PersonId,
    /// log2 of the odds that it is them, by what the actor may read.
    pub weight: f32,
    /// Why, in words: what agrees.
    pub why: Vec<String>,
}

/// How sure something must be to be shown: a name alone says little, and is still what people know.
pub const SHOWN_FROM: f32 = -14.0;
/// From here on somebody is likelier meant than not.
pub const SURE_FROM: f32 = 0.0;

/// Before anything was counted: what is usual of records of English agencies.
static USUAL: LazyLock<Arc<Known>> =
    LazyLock::new(|| Arc::new(Known { frequencies: Frequencies::uncounted(10_000), model: Model::begin(10_000) }));

/// Returns what was counted and estimated in this area, or what is usual where nothing was yet.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn known(tx: &mut Tx, area_id: AreaId) -> StoreResult<Arc<Known>> {
    Ok(store::latest_known(tx, area_id).await?.unwrap_or_else(|| Arc::clone(&USUAL)))
}

/// Returns whom the actor may mean by any of several records, which say the same in different ways, the likeliest first, at most `limit`.
///
/// Who shares a key is looked at whatever they are; who is found, and what is weighed, comes of what the actor may read of them alone: a
/// hidden address finds nobody. The caller narrows to whom the actor may find, and journals whom it shows.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn look_up(ctx: &mut Ctx, records: &[Record], limit: usize) -> Result<Vec<Likely>, AccessError> {
    let mut keys: Vec<i64> = records.iter().flat_map(Record::keys_to_look_up).collect();
    keys.sort_unstable();
    keys.dedup();
    let (area_id, now) = (ctx.area_id, ctx.now());
    let sharing = store::people_of(&mut ctx.tx, area_id, &keys).await?;
    if sharing.is_empty() {
        return Ok(Vec::new());
    }
    let narrowing = ctx.narrow(Act::ReadFact, &FACT)?;
    let people: Vec<PersonId> = sharing.iter().map(|(person, _)| *person).collect();
    let facts = store::facts_of(&mut ctx.tx, area_id, &people, Some((&narrowing, now))).await?;
    let known = known(&mut ctx.tx, area_id).await?;
    let mut profiles: Vec<(PersonId, Vec<Record>)> = profile::profiles_of(&facts).into_iter().collect();
    let shared: BTreeMap<PersonId, Vec<i64>> = sharing.into_iter().collect();
    profiles.retain(|(person, profiles)| shared.get(person).is_some_and(|shared| is_readably_shared(shared, profiles)));
    Ok(weigh(records, &profiles, &known, limit))
}

/// Returns what tells somebody apart, for whoever says whether they are one with somebody else.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn to_match(ctx: &mut Ctx, person: PersonId) -> Result<Vec<Fact>, AccessError> {
    let narrowing = ctx.narrow(Act::ReadToMatch, &FACT)?;
    let now = ctx.now();
    Ok(store::facts_of(&mut ctx.tx, ctx.area_id, &[person], Some((&narrowing, now))).await?)
}

/// Whether somebody shares a key by what may be read of them. Names and dates of birth can be read by whoever may find somebody; what else
/// keys are made of is checked.
///
/// Rule \[3.30\]: who is found tells nothing of where they live to whoever may not know it (note 16).
fn is_readably_shared(shared: &[i64], readable: &[Record]) -> bool {
    shared.iter().any(|key| is_of_name_and_birth(*key)) || {
        let readable: Vec<i64> = readable.iter().flat_map(Record::keys).collect();
        shared.iter().any(|key| readable.contains(key))
    }
}

/// Weighs people by their profiles. Pure.
fn weigh(records: &[Record], people: &[(PersonId, Vec<Record>)], known: &Known, limit: usize) -> Vec<Likely> {
    let others: Vec<(u32, &Record)> =
        (0_u32..).zip(people).flat_map(|(at, (_, profiles))| profiles.iter().map(move |record| (at, record))).collect();
    let mut best: Vec<Option<(f32, usize, usize)>> = vec![None; people.len()];
    for (asked, record) in records.iter().enumerate() {
        for candidate in place(record, &others, known, (Thresholds::default(), SHOWN_FROM)).candidates {
            let kept = &mut best[candidate.group as usize];
            if kept.is_none_or(|(weight, ..)| candidate.weight > weight) {
                *kept = Some((candidate.weight, asked, candidate.best));
            }
        }
    }
    let mut likely: Vec<(f32, PersonId, usize, usize)> = best
        .into_iter()
        .zip(people)
        .filter_map(|(best, (person, _))| best.map(|(weight, asked, place)| (weight, *person, asked, place)))
        .collect();
    likely.sort_by(|x, y| y.0.total_cmp(&x.0).then(x.1.cmp(&y.1)));
    likely.truncate(limit);
    let words = |asked: usize, best: usize| why(&records[asked], others[best].1, known, Some(Class::Strangers)).agreements();
    likely.into_iter().map(|(weight, id, asked, best)| Likely { id, weight, why: words(asked, best) }).collect()
}

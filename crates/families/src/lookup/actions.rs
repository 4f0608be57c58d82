//! Looking somebody up.

use super::{profile, store};
use crate::facts::{FACT, Fact, Kind};
use crate::people::PersonId;
use ::store::{AreaId, StoreResult, Tx};
use access::{AccessError, Act, Ctx};
use linkage::block::is_of_name_and_birth;
use linkage::cluster::Thresholds;
use linkage::frequencies::Frequencies;
use linkage::model::{Class, Model};
use linkage::place::{Known, Record, place, why};
use std::collections::{BTreeMap, BTreeSet};
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

/// Kinds that whoever may find somebody may read, and those that are narrowed further.
const OPEN: [Kind; 3] = [Kind::Name, Kind::Birth, Kind::Sex];
const CLOSED: [Kind; 4] = [Kind::Address, Kind::Phone, Kind::Email, Kind::Identifier];
/// So many are looked at in full because of their names and births.
const IN_FULL: usize = 40;

/// Before anything was counted: what is usual of records of English agencies.
static USUAL: LazyLock<Arc<Known>> = LazyLock::new(|| Arc::new(Known::new(Frequencies::uncounted(10_000), Model::begin(10_000))));

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
    let known = known(&mut ctx.tx, area_id).await?;
    let people: Vec<PersonId> = sharing.iter().map(|(person, _)| *person).collect();
    let shared: BTreeMap<PersonId, Vec<i64>> = sharing.into_iter().collect();
    let open = store::facts_of(&mut ctx.tx, area_id, (&people, &OPEN), Some((&narrowing, now))).await?;
    // Of many who have such a name, the likeliest by name and birth are looked at in full, and all who share more than that.
    let by_name = weigh(records, &profiles(&open), &known, IN_FULL);
    let likeliest: BTreeSet<PersonId> = by_name.into_iter().map(|(person, ..)| person).collect();
    let shares_more =
        |person: &PersonId| shared.get(person).is_some_and(|keys| keys.iter().any(|key| !is_of_name_and_birth(*key)));
    let people: Vec<PersonId> = people.into_iter().filter(|person| likeliest.contains(person) || shares_more(person)).collect();
    let mut facts = store::facts_of(&mut ctx.tx, area_id, (&people, &CLOSED), Some((&narrowing, now))).await?;
    facts.extend(open.into_iter().filter(|fact| people.contains(&fact.new.person)));
    let mut profiles = profiles(&facts);
    profiles.retain(|(person, profiles)| {
        shared.get(person).is_some_and(|shared| is_readably_shared(shared, profiles, likeliest.contains(person)))
    });
    let likely = weigh(records, &profiles, &known, limit);
    let words = |asked: usize, (at, best): (usize, usize)| {
        why(&records[asked], &profiles[at].1[best], &known, Some(Class::Strangers)).agreements()
    };
    Ok(likely.into_iter().map(|(id, weight, asked, best)| Likely { id, weight, why: words(asked, best) }).collect())
}

/// Who is looked at, each with what their sources say.
type Profiles = Vec<(PersonId, Vec<Record>)>;

fn profiles(facts: &[Fact]) -> Profiles {
    profile::profiles_of(facts).into_iter().collect()
}

/// Returns what tells somebody apart, for whoever says whether they are one with somebody else.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn to_match(ctx: &mut Ctx, person: PersonId) -> Result<Vec<Fact>, AccessError> {
    let narrowing = ctx.narrow(Act::ReadToMatch, &FACT)?;
    let now = ctx.now();
    Ok(store::facts_of(&mut ctx.tx, ctx.area_id, (&[person], &profile::KINDS), Some((&narrowing, now))).await?)
}

/// Whether somebody shares a key by what may be read of them now: an old name's key, or a hidden address's, finds nobody. Who is not among
/// the likeliest by name and birth shares another key than theirs.
///
/// Rule \[3.30\]: who is found tells nothing of where they live to whoever may not know it (note 16).
fn is_readably_shared(shared: &[i64], readable: &[Record], is_likeliest: bool) -> bool {
    let readable: BTreeSet<i64> = readable.iter().flat_map(Record::keys).collect();
    shared.iter().any(|key| readable.contains(key) && (is_likeliest || !is_of_name_and_birth(*key)))
}

/// Weighs people by their profiles: each with their weight, which of the records it is of, and which of whose profiles agrees best. Pure.
fn weigh(records: &[Record], people: &Profiles, known: &Known, limit: usize) -> Vec<(PersonId, f32, usize, (usize, usize))> {
    let places = (0_u32..).zip(people).flat_map(|(at, (_, profiles))| (0..profiles.len()).map(move |profile| (at, profile)));
    let places: Vec<(u32, usize)> = places.collect();
    let others: Vec<(u32, &Record)> = places.iter().map(|(at, profile)| (*at, &people[*at as usize].1[*profile])).collect();
    let mut best: BTreeMap<u32, (f32, usize, usize)> = BTreeMap::new();
    for (asked, record) in records.iter().enumerate() {
        for candidate in place(record, &others, known, (Thresholds::default(), SHOWN_FROM)).candidates {
            let one = (candidate.weight, asked, places[candidate.best].1);
            let kept = best.entry(candidate.group).or_insert(one);
            if one.0 > kept.0 {
                *kept = one;
            }
        }
    }
    let mut likely: Vec<(PersonId, f32, usize, (usize, usize))> = best
        .into_iter()
        .map(|(at, (weight, asked, profile))| (people[at as usize].0, weight, asked, (at as usize, profile)))
        .collect();
    likely.sort_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
    likely.truncate(limit);
    likely
}

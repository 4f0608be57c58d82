//! The job that matches everybody: after an extract was loaded, and every night.

use super::ProposalId;
use super::engine::{Found, Matching, Proposed};
use super::store::{self, Owned};
use super::unit::{Unit, pair};
use crate::belonging;
use crate::feeds;
use crate::feeds::reading::Record as FeedRecord;
use ::store::jobs::{self, Job};
use ::store::journal::{Entry, Outcome};
use ::store::{StoreError, StoreResult, Tx};
use access::{PractitionerId, Role, World};
use area::Area;
use area::files::Field;
use families::facts::{Scheme, Verified};
use families::links::{self, actions::Placing};
use families::lookup::{self, Record, profile::place_of};
use families::people::PersonId;
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

/// The job's name in the queue.
pub const RUN: &str = "matching.run";
const PEOPLE_TOGETHER: usize = 960;
const RECORDS_TOGETHER: usize = 1000;
const PROPOSALS_TOGETHER: usize = 200;
const PLACED_TOGETHER: usize = 50;
const LEASE_KEPT: Duration = Duration::from_mins(1);

/// What a run came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Records that were compared.
    pub records: usize,
    /// Records that waited and were placed.
    pub placed: usize,
    /// Pairs that somebody is to look at.
    pub proposed: usize,
    /// People who may belong to a family that is supported.
    pub belonging: usize,
    /// Pairs that are not proposed any more.
    pub gone: u64,
}

/// Asks for a run after an extract was loaded.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn enqueue(tx: &mut Tx, world: &World, loaded: feeds::RunId) -> StoreResult<()> {
    let key = loaded.to_string();
    let job = jobs::NewJob { kind: RUN, key: Some(&key), payload: serde_json::json!({}), run_at: world.clock.now() };
    let id = world.ids.uuid(&world.clock);
    jobs::enqueue(tx, world.area_id, id, job).await
}

/// Matches everybody, places what the area lets be placed by weight, and proposes the rest to whoever looks after it.
///
/// Rule \[3.22\]: what is scattered over agencies' records is brought together, and somebody answers for each pair that is in doubt.
///
/// # Errors
/// [`StoreError`] from the engine: what was committed stays, and the run is tried again.
pub async fn run(world: &World, area: &Area, job: Option<&Job>) -> StoreResult<Tally> {
    let began = world.clock.now();
    let (matching, apart) = read(world, area, job).await?;
    let propose_from = area.matching.propose_from;
    let mut engine = tokio::task::spawn_blocking(move || matching.find(&apart, propose_from));
    // However long it takes, nobody else takes the job up meanwhile.
    let found = loop {
        match tokio::time::timeout(LEASE_KEPT, &mut engine).await {
            Ok(found) => break found,
            Err(_) => renew(world, job).await?,
        }
    };
    let Found { known, proposed, homes, records } = found.map_err(|e| StoreError::Corrupt(format!("the engine stopped: {e}")))?;
    if let Some(known) = &known {
        let mut tx = world.db.begin().await?;
        lookup::save_known(&mut tx, world.area_id, world.ids.uuid(&world.clock), known, began).await?;
        tx.commit(&world.ids).await?;
    }
    renew(world, job).await?;
    let (sure, unsure) = sure(world, area, proposed).await?;
    let mut tally = Tally { records, ..Tally::default() };
    for some in sure.chunks(PLACED_TOGETHER) {
        tally.placed += place(world, area, some).await?;
        renew(world, job).await?;
    }
    for some in unsure.chunks(PROPOSALS_TOGETHER) {
        propose(world, area, some).await?;
        renew(world, job).await?;
    }
    tally.proposed = unsure.len();
    tally.belonging = belonging::actions::propose(world, area, &homes, began).await?;
    let mut tx = world.db.begin().await?;
    tally.gone = store::let_go(&mut tx, world.area_id, began).await?;
    tx.journal(Entry {
        area_id: world.area_id,
        at: world.clock.now(),
        act: "match_people".to_owned(),
        outcome: Outcome::Done,
        actor_id: None,
        agency_id: None,
        subject_id: None,
        rule: "area.matching".to_owned(),
        payload: serde_json::json!({ "records": records, "placed": tally.placed, "proposed": tally.proposed, "belonging": tally.belonging, "gone": tally.gone }),
    });
    tx.commit(&world.ids).await?;
    Ok(tally)
}

async fn renew(world: &World, job: Option<&Job>) -> StoreResult<()> {
    let Some(job) = job else { return Ok(()) };
    let mut tx = world.db.begin().await?;
    jobs::renew(&mut tx, job, world.clock.now()).await?;
    tx.commit(&world.ids).await
}

/// Reads everybody, in slices: no transaction is held for long.
async fn read(world: &World, area: &Area, job: Option<&Job>) -> StoreResult<(Matching, Vec<(Unit, Unit)>)> {
    let mut matching = Matching::default();
    let mut after = None;
    loop {
        let mut tx = world.db.read().await?;
        let people = lookup::sources_after(&mut tx, world.area_id, after, PEOPLE_TOGETHER).await?;
        drop(tx);
        for (person, records) in &people {
            matching.add(Unit::Person(*person), records);
        }
        match people.last() {
            Some((last, _)) => after = Some(*last),
            None => break,
        }
        renew(world, job).await?;
    }
    let agencies = agencies(world, area).await?;
    let mut after = (String::new(), String::new());
    loop {
        let mut tx = world.db.read().await?;
        let waiting = store::waiting_after(&mut tx, world.area_id, (&after.0, &after.1), RECORDS_TOGETHER).await?;
        drop(tx);
        for (source, record) in &waiting {
            if takes_part(area, source) && agencies.contains_key(source) {
                let unit = Unit::Waiting(source.clone(), record.key.clone());
                let mut record = of_record(area, source, record);
                record.source.clone_from(&agencies[source]);
                matching.add(unit, &[record]);
            }
        }
        match waiting.last() {
            Some((source, record)) => after = (source.clone(), record.key.clone()),
            None => break,
        }
        renew(world, job).await?;
    }
    let mut tx = world.db.read().await?;
    let apart = store::list_apart(&mut tx, world.area_id).await?;
    Ok((matching, apart))
}

/// Returns each source's agency, as the facts of its records name it.
async fn agencies(world: &World, area: &Area) -> StoreResult<HashMap<String, String>> {
    let mut tx = world.db.read().await?;
    let of_code: HashMap<String, String> = access::people::list_agencies(&mut tx, world.area_id)
        .await?
        .into_iter()
        .map(|agency| (agency.code, agency.id.to_string()))
        .collect();
    let of_source = |(source, feed): (&String, &area::FeedSource)| {
        let code = feed.agency.as_ref()?;
        Some((source.clone(), of_code.get(code.as_ref())?.clone()))
    };
    Ok(area.feeds.iter().filter_map(of_source).collect())
}

/// Whether a source's records are matched: that a sensitive service has one would be told by who looks at it.
///
/// Rule \[3.30\]: sensitive services' records take no part in matching (note 16).
fn takes_part(area: &Area, source: &str) -> bool {
    let agency = area.feeds.get(source).and_then(|feed| feed.agency.as_ref());
    agency.and_then(|code| area.agencies.get(code.as_ref())).is_some_and(|agency| !agency.sensitive)
}

/// Returns a record as the engine reads it.
pub(super) fn of_record(area: &Area, source: &str, record: &FeedRecord) -> Record {
    let get = |field| record.get(field).to_owned();
    let mut read = Record {
        source: source.to_owned(),
        first_name: get(Field::FirstName),
        middle_name: get(Field::MiddleName),
        last_name: get(Field::LastName),
        born: get(Field::BirthDate),
        sex: get(Field::Sex),
        house: get(Field::House),
        street: get(Field::Street),
        postcode: get(Field::Postcode),
        phone: get(Field::Phone),
        email: get(Field::Email),
        ..Record::default()
    };
    let Some(feed) = area.feeds.get(source) else { return read };
    for identifier in feeds::matching::identifiers(record, feed) {
        let at = match identifier.scheme {
            scheme @ (Scheme::NhsNumber | Scheme::Upn | Scheme::Nino) => place_of(scheme),
        };
        read.numbers[at] = identifier.value;
        read.verified[at] = identifier.verified == Verified::Verified;
    }
    read
}

/// Parts what the area lets be placed by its weight from what somebody looks at.
///
/// Rule \[3.30\]: nobody is placed with somebody who is shielded by a weight alone (note 16).
async fn sure(world: &World, area: &Area, proposed: Vec<Proposed>) -> StoreResult<(Vec<Proposed>, Vec<Proposed>)> {
    let mut tx = world.db.read().await?;
    let mut states: HashMap<String, String> = HashMap::new();
    let mut shielded: BTreeSet<PersonId> = BTreeSet::new();
    for some in proposed.chunks(PROPOSALS_TOGETHER) {
        let pairs: Vec<String> = some.iter().map(|one| pair(&one.left, &one.right)).collect();
        states.extend(store::states_of(&mut tx, world.area_id, &pairs).await?);
        let people: Vec<PersonId> = some.iter().flat_map(|one| [one.left.person(), one.right.person()]).flatten().collect();
        if !people.is_empty() {
            shielded
                .extend(links::actions::shielded(&mut tx, world.area_id, &people).await?.into_iter().map(|(person, _)| person));
        }
    }
    // One record may be proposed with two: then somebody looks.
    let mut times: HashMap<Unit, usize> = HashMap::new();
    for one in &proposed {
        *times.entry(one.right.clone()).or_default() += 1;
        *times.entry(one.left.clone()).or_default() += usize::from(one.left.record().is_some());
    }
    let is_sure = |one: &Proposed| {
        let is_first = states.get(&pair(&one.left, &one.right)).is_none_or(|state| state == "open" || state == "gone");
        let is_free = [&one.left, &one.right].iter().all(|unit| unit.person().is_none_or(|person| !shielded.contains(&person)));
        area.matching.place_from.is_some_and(|from| one.weight >= from)
            && one.right.record().is_some()
            && one.left.person().is_some()
            && times.get(&one.right) == Some(&1)
            && is_first
            && is_free
    };
    Ok(proposed.into_iter().partition(is_sure))
}

/// Places records with the people they are of; each is a link that can be undone.
async fn place(world: &World, area: &Area, sure: &[Proposed]) -> StoreResult<usize> {
    let mut tx = world.db.begin().await?;
    tx.alone(world.area_id, "whose records are").await?;
    let mut placed = 0;
    for one in sure {
        let (Some(person), Some(record)) = (one.left.person(), one.right.record()) else { continue };
        // Somebody may have been shielded, or have said that they are two, since the engine began.
        let of_pair = [pair(&one.left, &one.right)];
        let states = store::states_of(&mut tx, world.area_id, &of_pair).await?;
        let is_said = states.iter().any(|(_, state)| state != "open" && state != "gone");
        if is_said || !links::actions::shielded(&mut tx, world.area_id, &[person]).await?.is_empty() {
            continue;
        }
        let Some(origin) = feeds::actions::place(&mut tx, world, area, record, person).await? else { continue };
        let reason = "The area lets a record be placed that agrees so well";
        let placing = Placing { person, record, origin, reason, weight: Some(one.weight), by: None };
        let link = links::place(&mut tx, world, placing).await?;
        let now = world.clock.now();
        let id = ProposalId(world.ids.uuid(&world.clock));
        let owner = owner(&mut tx, world, area).await?;
        store::save_proposed(&mut tx, world.area_id, &[(id, one)], owner).await?;
        store::save_placed(&mut tx, world.area_id, &pair(&one.left, &one.right), (link, now)).await?;
        tx.journal(Entry {
            area_id: world.area_id,
            at: now,
            act: "link_people".to_owned(),
            outcome: Outcome::Done,
            actor_id: None,
            agency_id: None,
            subject_id: Some(person.0),
            rule: "area.matching".to_owned(),
            payload: serde_json::json!({ "link": link.0, "source": record.0, "record": record.1, "weight": one.weight }),
        });
        placed += 1;
    }
    tx.commit(&world.ids).await?;
    Ok(placed)
}

async fn propose(world: &World, area: &Area, some: &[Proposed]) -> StoreResult<()> {
    let mut tx = world.db.begin().await?;
    let owned = owner(&mut tx, world, area).await?;
    let people: Vec<PersonId> = some.iter().flat_map(|one| [one.left.person(), one.right.person()]).flatten().collect();
    // Whoever decided a shield sees what it keeps from others: it is theirs to look at.
    let deciders: HashMap<PersonId, PractitionerId> = if people.is_empty() {
        HashMap::new()
    } else {
        links::actions::shielded(&mut tx, world.area_id, &people).await?.into_iter().collect()
    };
    let mut of_owner: HashMap<PractitionerId, Vec<(ProposalId, &Proposed)>> = HashMap::new();
    for one in some {
        let decider = [one.left.person(), one.right.person()].into_iter().flatten().find_map(|person| deciders.get(&person));
        let id = ProposalId(world.ids.uuid(&world.clock));
        of_owner.entry(decider.copied().unwrap_or(owned.owner)).or_default().push((id, one));
    }
    for (owner, proposed) in of_owner {
        store::save_proposed(&mut tx, world.area_id, &proposed, Owned { owner, ..owned }).await?;
    }
    tx.commit(&world.ids).await
}

/// Returns who looks at what is proposed now, and by when.
///
/// Rule \[3.40\]: nothing is proposed to nobody.
pub(crate) async fn owner(tx: &mut Tx, world: &World, area: &Area) -> StoreResult<Owned> {
    for role in [Role::ServiceCoordinator, Role::SafeguardingLead] {
        if let Some(first) = access::people::list_of_role(tx, world.area_id, role).await?.first() {
            let due_on = area.holidays.add(world.clock.today(), area.matching.review_working_days);
            return Ok(Owned { owner: first.id, due_on, at: world.clock.now() });
        }
    }
    Err(StoreError::Corrupt("nobody may look at proposals: make somebody a service coordinator".to_owned()))
}

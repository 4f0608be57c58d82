//! Looking through what was recorded: after each extract, contact and fact, and every few minutes.

use super::rules::{self, Known, Now, What};
use super::signal::{Signal, SignalId};
use super::store::{self, Earlier, NewSignal};
use ::store::jobs::{self, Job, NewJob};
use ::store::journal::{Entry, Outcome};
use ::store::{AreaId, StoreResult, Tx};
use access::{Actor, AgencyId, PractitionerId, Role, World};
use area::Area;
use area::signals::Definition;
use families::facts::{self, FactId};
use families::people::PersonId;
use kernel::clock::Clock;
use kernel::ids::Ids;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The job's name in the queue.
pub const LOOK: &str = "signals.look";
const TOGETHER: usize = 2000;
/// What a slow transaction recorded earlier and committed later is looked at all the same.
const LOOKED_AGAIN_SECONDS: i64 = 600;

/// What a look through came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Signals that were raised.
    pub raised: usize,
    /// Signals that rest on more now.
    pub grown: usize,
    /// What nobody could be asked to look at, because nobody may read enough of it.
    pub unread: usize,
    /// Signals that were passed on, because nobody had looked.
    pub passed_on: usize,
}

/// Puts a look at everything new in the queue, to be done as soon as what is being done now is kept.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn enqueue(tx: &mut Tx, area_id: AreaId, source: (&Clock, &Ids)) -> StoreResult<()> {
    enqueue_as(tx, area_id, source, (Some("now"), serde_json::json!({}))).await
}

/// Puts a look at these people in the queue: of them something was recorded, or what was recorded of them is somebody else's now. Nobody
/// else's record is read again for it, however much was loaded just before.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn enqueue_for(tx: &mut Tx, area_id: AreaId, source: (&Clock, &Ids), people: &[PersonId]) -> StoreResult<()> {
    // One that is being done has read what was there: each asks for a look of its own.
    enqueue_as(tx, area_id, source, (None, serde_json::json!({ "people": people }))).await
}

async fn enqueue_as(
    tx: &mut Tx,
    area_id: AreaId,
    (clock, ids): (&Clock, &Ids),
    (key, payload): (Option<&str>, serde_json::Value),
) -> StoreResult<()> {
    let job = NewJob { kind: LOOK, key, payload, run_at: clock.now() };
    jobs::enqueue(tx, area_id, ids.uuid(clock), job).await
}

/// Looks through everything that was recorded since the last time, in slices that commit; and passes on what nobody has looked at.
///
/// # Errors
/// [`::store::StoreError`] from the engine: what was committed stays, and the look goes on from there when it is tried again.
pub async fn run(world: &World, area: &Area, job: Option<&Job>) -> StoreResult<Tally> {
    let (mut tally, began) = (Tally::default(), world.clock.now());
    let people: Vec<PersonId> =
        job.and_then(|job| serde_json::from_value(job.payload["people"].clone()).ok()).unwrap_or_default();
    if !people.is_empty() {
        let mut tx = begin(world).await?;
        look_at(&mut tx, (world, area), people.into_iter().collect(), &mut tally).await?;
        tx.commit(&world.ids).await?;
        return Ok(tally);
    }
    let mut tx = world.db.read().await?;
    let mark = store::find_mark(&mut tx, world.area_id).await?;
    drop(tx);
    let mut from = (mark - LOOKED_AGAIN_SECONDS * 1_000_000, FactId(Uuid::nil()));
    loop {
        let mut tx = begin(world).await?;
        let new = store::list_new(&mut tx, world.area_id, from, TOGETHER).await?;
        let Some(last) = new.last().copied() else { break };
        look_at(&mut tx, (world, area), new.iter().map(|one| one.person).collect(), &mut tally).await?;
        store::save_mark(&mut tx, world.area_id, last.at.max(mark)).await?;
        if let Some(job) = job {
            jobs::renew(&mut tx, job, world.clock.now()).await?;
        }
        tx.commit(&world.ids).await?;
        from = (last.at, last.fact);
        if new.len() < TOGETHER {
            break;
        }
    }
    let mut tx = begin(world).await?;
    // What is recorded from now on is new; what was being recorded meanwhile is looked at again.
    store::save_mark(&mut tx, world.area_id, began.as_microsecond().max(mark)).await?;
    pass_on(&mut tx, (world, area), &mut tally).await?;
    tx.commit(&world.ids).await?;
    Ok(tally)
}

/// Two looks at once would raise the same signal twice.
async fn begin(world: &World) -> StoreResult<Tx> {
    let mut tx = world.db.begin().await?;
    tx.alone(world.area_id, "signals").await?;
    Ok(tx)
}

/// What is known of some people and theirs, and what was raised before.
struct Look<'a> {
    world: &'a World,
    area: &'a Area,
    known: Vec<Known>,
    earlier: Vec<Earlier>,
    leads: Vec<PractitionerId>,
}

/// Who may read what, each practitioner looked up once.
struct Readers<'a> {
    world: &'a World,
    actors: BTreeMap<PractitionerId, Option<Actor>>,
}

async fn look_at(tx: &mut Tx, (world, area): (&World, &Area), people: BTreeSet<PersonId>, tally: &mut Tally) -> StoreResult<()> {
    let (look, subjects) = Look::load(tx, (world, area), people).await?;
    let mut readers = Readers { world, actors: BTreeMap::new() };
    let mut by_person: BTreeMap<PersonId, Vec<usize>> = BTreeMap::new();
    for (at, one) in look.known.iter().enumerate() {
        by_person.entry(one.person).or_default().push(at);
        if let What::ParentOf(child) = one.what {
            by_person.entry(child).or_default().push(at);
        }
    }
    for subject in subjects {
        let mut around: BTreeSet<usize> = by_person.get(&subject).into_iter().flatten().copied().collect();
        let theirs: Vec<PersonId> = around.iter().flat_map(|at| ends(&look.known[*at])).filter(|one| *one != subject).collect();
        around.extend(theirs.iter().filter_map(|one| by_person.get(one)).flatten());
        for definition in &area.signals.signal {
            look.look_for((tx, &mut readers), definition, (subject, &around), tally).await?;
        }
    }
    Ok(())
}

fn ends(known: &Known) -> Vec<PersonId> {
    match known.what {
        What::ParentOf(child) => vec![known.person, child],
        What::Term(_) | What::Born(_) | What::IsParent => Vec::new(),
    }
}

impl<'a> Look<'a> {
    async fn load(
        tx: &mut Tx,
        (world, area): (&'a World, &'a Area),
        people: BTreeSet<PersonId>,
    ) -> StoreResult<(Self, BTreeSet<PersonId>)> {
        let kinds = &area.setting.relationships;
        let makes_parent: Vec<&str> = kinds.iter().filter(|kind| kind.makes_parent).map(|kind| kind.id.as_str()).collect();
        let makes_child: Vec<&str> = kinds.iter().filter(|kind| kind.makes_parent).map(|kind| kind.inverse.as_str()).collect();
        let terms = area.signals.signal.iter().flat_map(|one| &one.rests_on).flat_map(|one| &one.terms);
        let terms: BTreeSet<&str> = terms.map(|term| term.as_ref().as_str()).collect();
        // What is recorded of a parent may be a signal of a child, and the other way round.
        let mut subjects = people;
        let near = store::list_relations(tx, world.area_id, &subjects, (&makes_parent, &makes_child)).await?;
        subjects.extend(near.iter().flat_map(ends));
        let relations = store::list_relations(tx, world.area_id, &subjects, (&makes_parent, &makes_child)).await?;
        let mut everybody = subjects.clone();
        everybody.extend(relations.iter().flat_map(ends));
        let mut known = store::list_known(tx, world.area_id, &everybody, &terms).await?;
        known.extend(relations);
        let earlier = store::list_earlier(tx, world.area_id, &subjects).await?;
        let leads = access::people::list_of_role(tx, world.area_id, Role::SafeguardingLead).await?;
        let leads = leads.into_iter().map(|one| one.id).collect();
        Ok((Self { world, area, known, earlier, leads }, subjects))
    }

    /// Raises one kind of signal of somebody where what is known says so, and somebody may read enough of it to look.
    ///
    /// Rule \[3.28\]: a change of circumstance goes to a named person who may act, with a day; it decides nothing.
    async fn look_for(
        &self,
        (tx, readers): (&mut Tx, &mut Readers<'_>),
        definition: &Definition,
        (subject, around): (PersonId, &BTreeSet<usize>),
        tally: &mut Tally,
    ) -> StoreResult<()> {
        let now = Now { today: self.world.clock.today(), child_until_years: self.area.index.child_until_years };
        let known: Vec<&Known> = around.iter().map(|at| &self.known[*at]).collect();
        let Some(all) = rules::rests_on(definition, subject, &known, now) else { return Ok(()) };
        let same = |one: &&Earlier| one.person == subject && one.definition == definition.id;
        let looked_at: BTreeSet<String> = self.earlier.iter().filter(same).flat_map(|one| one.evidence.clone()).collect();
        let is_new = |some: &[&Known]| some.iter().any(|one| !one.evidence().is_empty() && !looked_at.contains(&one.evidence()));
        if !is_new(&all) {
            return Ok(());
        }
        let ids: Vec<FactId> = known.iter().map(|one| one.id).collect();
        // Whoever looks at one already sees what is new, where they may; else somebody else is asked.
        for open in self.earlier.iter().filter(|one| same(one) && one.is_open) {
            let readable = readers.readable(tx, open.owner, &ids).await?;
            let seen: Vec<&Known> = all.iter().copied().filter(|one| readable.contains(&one.id)).collect();
            if is_new(&seen) {
                store::insert_evidence(tx, self.world.area_id, open.id, &seen).await?;
                tally.grown += 1;
                return Ok(());
            }
        }
        let mut candidates = store::list_candidates(tx, self.world.area_id, subject).await?;
        candidates.extend_from_slice(&self.leads);
        // Last, whoever answers for an agency that recorded it: it may always read what it recorded.
        let recorded_by: BTreeSet<AgencyId> = all.iter().map(|one| one.agency).collect();
        for agency in recorded_by {
            let today = self.world.clock.today();
            candidates.extend(access::people::find_answerable(tx, self.world.area_id, Some(agency), today).await?);
        }
        for candidate in candidates {
            let readable = readers.readable(tx, candidate, &ids).await?;
            let seen: Vec<&Known> = known.iter().copied().filter(|one| readable.contains(&one.id)).collect();
            if let Some(rests_on) = rules::rests_on(definition, subject, &seen, now).filter(|some| is_new(some)) {
                self.raise(tx, definition, (subject, candidate), &rests_on).await?;
                tally.raised += 1;
                return Ok(());
            }
        }
        // Nobody may read enough of it, as where somebody is shielded: that is kept for whoever answers for how information is used.
        let evidence: BTreeSet<String> = all.iter().map(|one| one.evidence()).filter(|one| !one.is_empty()).collect();
        let (at, of) = (self.world.clock.now(), (subject, definition.id.as_str()));
        if store::insert_unread(tx, self.world.area_id, of, &evidence, at).await? {
            tx.journal(entry(self.world, "signal_for_nobody", subject, serde_json::json!({ "definition": definition.id })));
            tally.unread += 1;
        }
        Ok(())
    }

    async fn raise(
        &self,
        tx: &mut Tx,
        definition: &Definition,
        (person, owner): (PersonId, PractitionerId),
        rests_on: &[&Known],
    ) -> StoreResult<()> {
        let (world, area) = (self.world, self.area);
        let id = SignalId(world.ids.uuid(&world.clock));
        let due_on = area.holidays.add(world.clock.today(), area.signals.look_working_days);
        let new = NewSignal { id, person, definition: &definition.id, at: world.clock.now(), owner, due_on };
        store::insert(tx, world.area_id, &new).await?;
        store::insert_evidence(tx, world.area_id, id, rests_on).await?;
        tx.journal(entry(world, "raise_signal", person, serde_json::json!({ "signal": id.0, "to": owner.0 })));
        Ok(())
    }
}

impl Readers<'_> {
    async fn readable(&mut self, tx: &mut Tx, by: PractitionerId, ids: &[FactId]) -> StoreResult<BTreeSet<FactId>> {
        if let std::collections::btree_map::Entry::Vacant(place) = self.actors.entry(by) {
            place.insert(access::people::find_actor(tx, self.world.area_id, by, self.world.clock.today()).await?);
        }
        let Some(Some(actor)) = self.actors.get(&by) else { return Ok(BTreeSet::new()) };
        facts::readable_by(tx, self.world, actor, ids).await
    }
}

/// Gives what nobody has looked at in time, or whose owner has left, to somebody else who may read what it rests on.
///
/// Rule \[3.40\]: what nobody looks at goes to somebody who answers for it.
async fn pass_on(tx: &mut Tx, (world, area): (&World, &Area), tally: &mut Tally) -> StoreResult<()> {
    let (now, today) = (world.clock.now(), world.clock.today());
    for signal in store::list_waiting(tx, world.area_id, today).await? {
        let Some(to) = next_owner(tx, world, &signal).await? else {
            store::keep_with_owner(tx, world.area_id, signal.id, now).await?;
            tx.journal(entry(world, "signal_for_nobody", signal.person, serde_json::json!({ "signal": signal.id.0 })));
            continue;
        };
        let due_on = area.holidays.add(today, area.signals.look_working_days);
        store::pass_on(tx, world.area_id, signal.id, to, (now, due_on)).await?;
        let details = serde_json::json!({ "signal": signal.id.0, "from": signal.owner_id.0, "to": to.0 });
        tx.journal(entry(world, "pass_signal_on", signal.person, details));
        tally.passed_on += 1;
    }
    Ok(())
}

/// Returns who else may read all that a signal rests on.
pub(super) async fn next_owner(tx: &mut Tx, world: &World, signal: &Signal) -> StoreResult<Option<PractitionerId>> {
    let mut candidates = store::list_candidates(tx, world.area_id, signal.person).await?;
    candidates.extend(access::people::managers_of(tx, world.area_id, signal.owner_id).await?);
    let leads = access::people::list_of_role(tx, world.area_id, Role::SafeguardingLead).await?;
    candidates.extend(leads.into_iter().map(|one| one.id));
    let rests_on: Vec<FactId> = store::list_facts(tx, world.area_id, signal.id).await?;
    for agency in store::list_agencies_of(tx, world.area_id, signal.id).await? {
        candidates.extend(access::people::find_answerable(tx, world.area_id, Some(agency), world.clock.today()).await?);
    }
    for candidate in candidates.into_iter().filter(|one| *one != signal.owner_id) {
        let Some(actor) = access::people::find_actor(tx, world.area_id, candidate, world.clock.today()).await? else { continue };
        if facts::readable_by(tx, world, &actor, &rests_on).await?.len() == rests_on.len() {
            return Ok(Some(candidate));
        }
    }
    Ok(None)
}

fn entry(world: &World, act: &str, person: PersonId, payload: serde_json::Value) -> Entry {
    Entry {
        area_id: world.area_id,
        at: world.clock.now(),
        act: act.to_owned(),
        outcome: Outcome::Done,
        actor_id: None,
        agency_id: None,
        subject_id: Some(person.0),
        rule: "3.28".to_owned(),
        payload,
    }
}

//! What is done with a contract: making one, answering, ending it, and seeing which promises are broken.

use super::contract::{Answer, Contract, ContractId, NewAnswer, NewContract, Party, Promise};
use super::links;
use super::rules::{self, ContractRule};
use super::store::{self, CONTRACT, Of, PROMISE, Promised};
use crate::plans;
use crate::plans::rules::class_of;
use ::store::StoreError;
use access::{AccessError, Act, Ctx, PractitionerId};
use area::Area;
use families::facts::Class;
use families::family::{self, Around, Family, FamilyId};
use families::people::{self, PersonId, ShieldKind};
use kernel::text;

/// The promises of so many contracts are read at once.
const READ_TOGETHER: usize = 64;

/// Why nothing was kept.
#[derive(Debug, thiserror::Error)]
pub enum ContractError {
    /// What is wrong with it.
    #[error(transparent)]
    Rule(#[from] ContractRule),
    /// Support for the family has ended, or it has no plan: there is nothing to promise.
    #[error("There is no open plan to promise anything from: begin the plan first")]
    NoPlan,
    /// Another took its place, or it ended, in the meantime.
    #[error("This contract ended, or another took its place, in the meantime")]
    Changed,
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for ContractError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

/// A contract, with what is promised in it and who agreed, as far as the actor may read it.
#[derive(Clone, Debug)]
pub struct Read {
    /// The contract.
    pub contract: Contract,
    /// What is promised.
    pub promises: Vec<Promise>,
    /// What each party said last, of those who promise something that the actor may read.
    pub answers: Vec<Answer>,
}

impl Read {
    fn has_two_sides(&self) -> bool {
        let is_of_family = |promise: &Promise| promise.doer.is_some();
        self.promises.iter().any(is_of_family) && !self.promises.iter().all(is_of_family)
    }

    /// Returns who has a part in it, as far as the actor may know.
    pub fn parties(&self) -> Vec<Party> {
        rules::parties(&self.promises.iter().collect::<Vec<_>>())
    }
}

/// A family's contracts, as far as the actor may read them.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The family, whom of it the actor may know, and who helps.
    pub around: Around,
    /// Every contract, in the order they were made.
    pub contracts: Vec<Read>,
    /// Who reads one that the actor makes.
    pub class: Class,
    /// Whether the actor may make one, and write down who agrees.
    pub may_write: bool,
}

impl Opened {
    /// Returns the contract of those for whom the actor makes one that holds, or waits for everybody to agree.
    pub fn current(&self) -> Option<&Read> {
        self.contracts.iter().rev().find(|read| read.contract.ended.is_none() && read.contract.class == self.class)
    }
}

/// Returns the contracts of a family that is reached through one of its members.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none for this actor.
pub async fn load(ctx: &mut Ctx, of: (PersonId, FamilyId)) -> Result<Opened, AccessError> {
    let (around, standing) = family::within(ctx, Act::OpenPerson, of).await?;
    let contracts = read(ctx, Of::Family(of.1)).await?;
    let may_write = ctx.may(Act::WritePlan, &standing.resource())?;
    let class = class_of(None, false, ctx.actor.sensitive);
    Ok(Opened { around, contracts, class, may_write })
}

/// Returns contracts with what belongs to them, as far as the actor may read it. A contract has two sides: one of which they may read one alone is
/// not there, for it would tell that something is kept from them.
async fn read(ctx: &mut Ctx, of: Of<'_>) -> Result<Vec<Read>, AccessError> {
    let narrowing = ctx.narrow(Act::ReadPlanEntry, &CONTRACT)?;
    let now = ctx.now();
    let contracts = store::list(&mut ctx.tx, ctx.area_id, of, (&narrowing, now)).await?;
    let ids: Vec<ContractId> = contracts.iter().map(|one| one.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut promises = Vec::new();
    // A list has an end, which the promises of some few contracts never reach.
    for some in ids.chunks(READ_TOGETHER) {
        promises.extend(promised(ctx, Promised::In(some)).await?);
    }
    let own = ctx.actor.agency_id;
    let answers = store::answers(&mut ctx.tx, ctx.area_id, &ids, own).await?;
    let with = |contract: Contract| {
        let promises: Vec<Promise> = promises.iter().filter(|one| one.contract == contract.id).cloned().collect();
        let mut read = Read { contract, promises, answers: Vec::new() };
        let parties = read.parties();
        let is_theirs = |party: &Party| answers.iter().rev().find(|one| one.contract == read.contract.id && one.party == *party);
        let said: Vec<Answer> = parties.iter().filter_map(is_theirs).cloned().collect();
        read.answers = said;
        read
    };
    Ok(contracts.into_iter().map(with).filter(Read::has_two_sides).collect())
}

async fn promised(ctx: &mut Ctx, wanted: Promised<'_>) -> Result<Vec<Promise>, AccessError> {
    let narrowing = ctx.narrow(Act::ReadPlanEntry, &PROMISE)?;
    let now = ctx.now();
    Ok(store::promises(&mut ctx.tx, ctx.area_id, wanted, (&narrowing, now)).await?)
}

/// Makes a contract of what stands in the plan; the one before ends, and stays to be read.
///
/// Rule \[3.18\]: a contract makes clear to both what the family commits to and what each agency commits to.
///
/// # Errors
/// [`ContractError`].
pub async fn make(ctx: &mut Ctx, area: &Area, of: (PersonId, FamilyId), new: NewContract) -> Result<ContractId, ContractError> {
    let (around, _) = family::within(ctx, Act::WritePlan, of).await?;
    family::hold(ctx, of.1).await?;
    let opened = plans::load(ctx, of).await?;
    let is_open = opened.plan.is_some_and(|plan| plan.closed.is_none());
    if !is_open || around.family.closed_at.is_some() {
        return Err(ContractError::NoPlan);
    }
    let class = class_of(None, false, ctx.actor.sensitive);
    let current = load(ctx, of).await?.current().map(|read| read.contract.id);
    if current != new.before {
        return Err(ContractError::Changed);
    }
    let (new, promised) = rules::check(new, (&opened.entries, class))?;
    let through = through(ctx, &around, of.0).await?;
    let id: ContractId = ctx.new_id();
    ctx.detail(serde_json::json!({ "family": of.1.0, "contract": id.0, "promises": promised.len() }));
    for before in read(ctx, Of::Family(of.1)).await? {
        if before.contract.ended.is_none() && before.contract.class == class {
            end(ctx, (of, before.contract.id), "Another took its place").await?;
        }
    }
    let (by, now) = (ctx.actor.clone(), ctx.now());
    let agree_by = area.holidays.add(ctx.clock.today(), area.plans.contract_working_days);
    store::insert(&mut ctx.tx, ctx.area_id, (id, of.1, through, class), (&new, &promised, agree_by), (&by, now)).await?;
    Ok(id)
}

/// Returns through whom of a family its contract is read: not through one who is shielded, as long as there is another.
async fn through(ctx: &mut Ctx, around: &Around, reached: PersonId) -> Result<PersonId, AccessError> {
    let members: Vec<PersonId> = around.members.iter().map(|member| member.person).collect();
    let shielded = people::shielded(ctx, &members).await?;
    let is_hidden = |person: &PersonId| shielded.iter().any(|(one, kind)| one == person && *kind == ShieldKind::Existence);
    Ok(std::iter::once(reached).chain(members).find(|person| !is_hidden(person)).unwrap_or(reached))
}

/// Keeps what a party says to a contract: that they agree, or do not and why.
///
/// Rule \[3.18\]: each agrees for themselves; an agency by somebody who works there.
///
/// # Errors
/// [`ContractError::Changed`] when it ended in the meantime; [`ContractError`].
pub async fn answer(ctx: &mut Ctx, (of, id): ((PersonId, FamilyId), ContractId), new: NewAnswer) -> Result<(), ContractError> {
    family::within(ctx, Act::WritePlan, of).await?;
    family::hold(ctx, of.1).await?;
    let found = read(ctx, Of::Family(of.1)).await?.into_iter().find(|read| read.contract.id == id);
    let read = found.ok_or(AccessError::Hidden(None))?;
    if read.contract.ended.is_some() {
        return Err(ContractError::Changed);
    }
    let new = rules::check_answer(new, &read.parties(), ctx.actor.agency_id)?;
    ctx.detail(serde_json::json!({ "contract": id.0, "agrees": new.agrees, "way": new.way.as_str() }));
    let by = (ctx.actor.id, ctx.now());
    let answer = ctx.new_id();
    store::insert_answer(&mut ctx.tx, ctx.area_id, (answer, id, None), &new, by).await?;
    if let Party::Person(person) = new.party {
        // They have said it: what they were sent to say it by opens nothing any more, and does not leave.
        links::store::end_of(&mut ctx.tx, ctx.area_id, (id, person), by.1).await?;
    }
    Ok(())
}

/// Ends a contract, with why: it stays to be read as what was promised once.
///
/// # Errors
/// [`ContractError::Changed`] when somebody was faster; [`ContractError`].
pub async fn end(ctx: &mut Ctx, (of, id): ((PersonId, FamilyId), ContractId), why: &str) -> Result<(), ContractError> {
    let found = store::find(&mut ctx.tx, ctx.area_id, id).await?.filter(|one| one.family == of.1);
    let found = found.ok_or(AccessError::Hidden(None))?;
    let standing = people::load(ctx, found.person).await?;
    let permit = ctx.permit(Act::ChangePlanEntry, &found.resource(&standing))?;
    let why = text::note(why, rules::WORDS_MAX).map_err(|e| ContractRule::Text("ended_words", "Why it ends", e))?;
    ctx.detail(serde_json::json!({ "contract": id.0, "ended": true }));
    let (by, now) = (ctx.actor.id, ctx.now());
    let saved = store::save_ended(&mut ctx.tx, ctx.area_id, &permit, (&why, by), now).await?;
    if saved { Ok(()) } else { Err(ContractError::Changed) }
}

/// Ends every contract of a family whose support ends.
///
/// Rule \[3.18\]: where nobody keeps a promise in sight any more, none is held against anybody.
///
/// # Errors
/// [`StoreError`] from the engine.
pub(crate) async fn end_with_support(ctx: &mut Ctx, family: FamilyId) -> Result<(), StoreError> {
    let (by, now) = (ctx.actor.id, ctx.now());
    store::end_all(&mut ctx.tx, ctx.area_id, family, ("Support for the family ended", by), now).await
}

/// Returns the contracts that were made through any of these people, as far as the actor may read them, in the order they were made.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn of_people(ctx: &mut Ctx, people: &[PersonId]) -> Result<Vec<Read>, AccessError> {
    if people.is_empty() { Ok(Vec::new()) } else { read(ctx, Of::People(people)).await }
}

/// A contract that waits for somebody, with the family and a member to reach it by.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The contract.
    pub contract: Contract,
    /// The family.
    pub family: Family,
    /// One of it whom the actor may find.
    pub through: PersonId,
    /// What waits, or is broken.
    pub promises: Vec<Promise>,
}

async fn with_families(ctx: &mut Ctx, promises: Vec<Promise>) -> Result<Vec<Waiting>, AccessError> {
    let mut ids: Vec<ContractId> = promises.iter().map(|promise| promise.contract).collect();
    ids.sort();
    ids.dedup();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    // Of which one may read one side alone is not there, here either.
    let contracts: Vec<Contract> = read(ctx, Of::These(&ids)).await?.into_iter().map(|read| read.contract).collect();
    let families: Vec<FamilyId> = contracts.iter().map(|one| one.family).collect();
    let families = family::these(ctx, &families).await?;
    let with = |contract: Contract| {
        let (family, through) = families.iter().find(|(family, _)| family.id == contract.family)?.clone();
        let promises = promises.iter().filter(|promise| promise.contract == contract.id).cloned().collect();
        Some(Waiting { contract, family, through, promises })
    };
    Ok(contracts.into_iter().filter_map(with).collect())
}

/// Returns the contracts that wait for any of these, each with whom it waits for: to say whether their agency agrees, or, where they lead, to
/// see that everybody does.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn waiting_for(ctx: &mut Ctx, who: &[PractitionerId]) -> Result<Vec<(PractitionerId, Waiting)>, AccessError> {
    let narrowing = ctx.narrow(Act::ReadPlanEntry, &PROMISE)?;
    let now = ctx.now();
    let waiting = store::waiting(&mut ctx.tx, ctx.area_id, who, (&narrowing, now)).await?;
    let promises = waiting.iter().map(|(_, promise)| promise.clone()).collect();
    let all = with_families(ctx, promises).await?;
    let theirs = |whom: &PractitionerId, one: &Waiting| {
        let is_theirs = |(who, promise): &&(PractitionerId, Promise)| who == whom && promise.contract == one.contract.id;
        let promises: Vec<Promise> = waiting.iter().filter(is_theirs).map(|(_, promise)| promise.clone()).collect();
        (!promises.is_empty()).then(|| (*whom, Waiting { promises, ..one.clone() }))
    };
    Ok(who.iter().flat_map(|whom| all.iter().filter_map(|one| theirs(whom, one)).collect::<Vec<_>>()).collect())
}

/// Returns the contracts that not everybody agreed to by their day, as far as the actor may read them.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn late(ctx: &mut Ctx) -> Result<Vec<Waiting>, AccessError> {
    let today = ctx.clock.today();
    let promises = promised(ctx, Promised::NotAgreedBy(today)).await?;
    with_families(ctx, promises).await
}

/// Returns what agencies promised families and have not done, as far as the actor may read it.
///
/// Rule \[3.18\]: both sides' promises are kept in sight, and those of agencies first: who answers for the area sees them at the head.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn broken_by_agencies(ctx: &mut Ctx) -> Result<Vec<Waiting>, AccessError> {
    let today = ctx.clock.today();
    let promises = promised(ctx, Promised::BrokenByAgencies(today)).await?;
    with_families(ctx, promises).await
}

/// Returns how many contracts wait for somebody to agree, how many are past their day, and how many have nobody who leads.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn count_open(ctx: &mut Ctx) -> Result<(i64, i64, i64), StoreError> {
    let today = ctx.clock.today();
    store::count_open(&mut ctx.tx, ctx.area_id, today).await
}

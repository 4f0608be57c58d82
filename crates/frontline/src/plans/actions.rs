//! What is done with a family's plan: beginning, writing in it, saying what became of it, looking at it together, closing.

use super::plan::{Entry, EntryId, EntryKind, How, NewAction, NewReview, Plan, PlanId, State, ToDo};
use super::rules::{self, PlanRule};
use super::said::{self, NewSaid, Said, SaidKind};
use super::store::{self, Of, PLAN_ENTRY, Words, Written};
use crate::{giving, levels};
use ::store::StoreError;
use access::{AccessError, Act, Actor, Ctx, Permit, PractitionerId, Resource};
use area::Area;
use families::facts::{self, Class, Fact, FactId, Kind};
use families::family::{self, Around, FamilyId};
use families::people::{self, PersonId};
use kernel::text;
use kernel::{Date, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// What a plan acts on, or says why not.
pub const NEEDS: [Kind; 2] = [Kind::Need, Kind::Risk];

/// Why nothing was written in a plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// What is wrong with it.
    #[error(transparent)]
    Rule(#[from] PlanRule),
    /// There is no open plan to write in.
    #[error("This plan is closed: begin a new one")]
    Closed,
    /// Support for the family has ended.
    #[error("Support for this family has ended: begin it again first")]
    Ended,
    /// Somebody else wrote in the meantime.
    #[error("Somebody else changed this while you were writing: this is how it stands now")]
    Changed,
    /// Whom it is about, or who does it, is not of the family, as far as the actor may know.
    #[error("Choose somebody of the family")]
    NotOfFamily,
    /// The need is none of the family's, as far as the actor may know.
    #[error("Choose a need that is on the family’s record")]
    NoSuchNeed,
    /// Whoever is to answer for it may not know of whom it is about.
    #[error("Choose somebody who may know of it")]
    OwnerMayNotKnow,
    /// Everybody who reads it would learn of a service that is not named to them.
    #[error("Whoever reads this would read which service you are of: ask whoever answers for it to write it down")]
    Unnamed,
    /// Actions are open of which nobody said what became of them.
    #[error("Say first what became of the actions that are open")]
    ActionsOpen,
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for PlanError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

/// A family's plan, as far as the actor may read it.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The family, whom of it the actor may know, and who helps.
    pub around: Around,
    /// The plan; nothing before one is begun.
    pub plan: Option<Plan>,
    /// What is written in it, in the order it was written.
    pub entries: Vec<Entry>,
    /// What is said of it by several eyes, in the order it was said.
    pub said: Vec<Said>,
    /// What is known of the family, as far as the actor may read it.
    pub facts: Vec<Fact>,
    /// Whether the actor may write in it.
    pub may_write: bool,
}

impl Opened {
    /// Returns whether the actor may write in the plan, and it is open.
    pub fn is_open_to_write(&self) -> bool {
        self.may_write && self.plan.as_ref().is_some_and(|plan| plan.closed.is_none())
    }

    /// Returns everybody of the family whom the actor may know.
    pub fn people(&self) -> Vec<PersonId> {
        self.around.members.iter().map(|member| member.person).collect()
    }

    /// Takes out what is about some of the family, or theirs to do.
    pub fn leave_out(&mut self, people: &BTreeSet<PersonId>) {
        let is_out = |person: &PersonId| people.contains(person);
        self.around.members.retain(|member| !is_out(&member.person));
        self.entries.retain(|entry| !is_out(&entry.person) && !entry.doer.as_ref().is_some_and(is_out));
        self.said.retain(|said| !is_out(&said.person) && !matches!(&said.eyes, said::Eyes::Family(seer) if is_out(seer)));
        self.facts.retain(|fact| !is_out(&fact.new.person));
    }

    /// Returns the needs of the family.
    pub fn needs(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(|fact| NEEDS.contains(&fact.new.kind) && fact.superseded_at.is_none())
    }

    /// Returns what a need is known as now: a correction takes its place.
    pub fn current(&self, need: FactId) -> FactId {
        let next = |id: FactId| self.facts.iter().find(|fact| fact.id == id).and_then(|fact| fact.superseded_by);
        // More corrections than anybody makes of one need: a ring of them ends as well.
        std::iter::successors(Some(need), |id| next(*id)).take(100).last().unwrap_or(need)
    }
}

/// Returns the plan of a family that is reached through one of its members.
///
/// # Errors
/// [`AccessError`] when the actor may not open them.
pub async fn load(ctx: &mut Ctx, of: (PersonId, FamilyId)) -> Result<Opened, AccessError> {
    let (around, standing) = family::within(ctx, Act::OpenPerson, of).await?;
    opened(ctx, around, &standing).await
}

async fn opened(ctx: &mut Ctx, around: Around, standing: &people::Standing) -> Result<Opened, AccessError> {
    let plan = store::find(&mut ctx.tx, ctx.area_id, around.family.id).await?;
    let (entries, said) = match &plan {
        Some(plan) => (list(ctx, Of::Plan(plan.id)).await?, said::actions::list(ctx, said::store::Of::Plan(plan.id)).await?),
        None => Default::default(),
    };
    let people: Vec<PersonId> = around.members.iter().map(|member| member.person).collect();
    let kinds = [NEEDS.as_slice(), &[Kind::Aspiration, Kind::Strength, Kind::Name, Kind::Involvement]].concat();
    let facts = facts::list_ever(ctx, &people, &kinds).await?;
    let may_write = ctx.may(Act::WritePlan, &standing.resource())?;
    Ok(Opened { around, plan, entries, said, facts, may_write })
}

/// Returns by when actions of a plan were to be done at a moment, of those that have changed since; only what the actor may read today.
pub(crate) async fn days_at(ctx: &mut Ctx, opened: &Opened, at: Timestamp) -> Result<BTreeMap<EntryId, Date>, StoreError> {
    let actions = opened.entries.iter().filter(|entry| entry.kind == EntryKind::Action).map(|entry| entry.id);
    store::days_at(&mut ctx.tx, ctx.area_id, &actions.collect::<Vec<_>>(), at).await
}

pub(super) async fn list(ctx: &mut Ctx, of: Of<'_>) -> Result<Vec<Entry>, AccessError> {
    let narrowing = ctx.narrow(Act::ReadPlanEntry, &PLAN_ENTRY)?;
    let now = ctx.now();
    Ok(store::list(&mut ctx.tx, ctx.area_id, of, (&narrowing, now)).await?)
}

/// Begins the plan of a family, or returns the one that is open: a family has one. What is still to do of an earlier one goes along.
///
/// Rule \[3.17\]: one plan for the whole family, whoever helps.
///
/// # Errors
/// [`PlanError::Access`] when the actor may not write in it.
pub async fn begin(ctx: &mut Ctx, area: &Area, of: (PersonId, FamilyId)) -> Result<PlanId, PlanError> {
    let (around, _) = family::within(ctx, Act::WritePlan, of).await?;
    let family = around.family.id;
    family::hold(ctx, family).await?;
    if let Some(open) = store::find(&mut ctx.tx, ctx.area_id, family).await?.filter(|plan| plan.closed.is_none()) {
        return Ok(open.id);
    }
    if around.family.closed_at.is_some() {
        return Err(PlanError::Ended);
    }
    let id: PlanId = ctx.new_id();
    ctx.detail(serde_json::json!({ "family": family.0, "plan": id.0, "begun": true }));
    let by = (ctx.actor.id, ctx.now());
    let review_on = levels::actions::review_on(ctx, area, family).await?;
    store::insert(&mut ctx.tx, ctx.area_id, (id, family), by, review_on).await?;
    store::carry_over(&mut ctx.tx, ctx.area_id, (id, family), by.1).await?;
    Ok(id)
}

/// A plan that is open to write in.
pub(super) type ToWrite = (Opened, Plan);

/// Opens a family's plan to write in it.
pub(super) async fn to_write(ctx: &mut Ctx, of: (PersonId, FamilyId)) -> Result<ToWrite, PlanError> {
    let (around, standing) = family::within(ctx, Act::WritePlan, of).await?;
    let opened = opened(ctx, around, &standing).await?;
    let plan = opened.plan.clone().filter(|plan| plan.closed.is_none()).ok_or(PlanError::Closed)?;
    ctx.detail(serde_json::json!({ "plan": plan.id.0 }));
    Ok((opened, plan))
}

/// Returns a need of the family as it is known now.
pub(super) fn need_of(opened: &Opened, need: FactId) -> Result<&Fact, PlanError> {
    let now = opened.current(need);
    opened.needs().find(|fact| fact.id == now).ok_or(PlanError::NoSuchNeed)
}

pub(super) fn written(ctx: &Ctx, plan: PlanId, kind: EntryKind, class: Class) -> Written {
    Written { id: ctx.new_id(), plan, kind, class, author_id: ctx.actor.id, agency_id: ctx.actor.agency_id, at: ctx.now() }
}

/// Writes an action in the plan: what is done, who answers for it, who of the family does it, by when.
///
/// Rule \[3.17\]: what each does, of an agency or of the family, stands in one plan with a name and a day.
///
/// # Errors
/// [`PlanError`].
pub async fn add(ctx: &mut Ctx, of: (PersonId, FamilyId), new: NewAction) -> Result<EntryId, PlanError> {
    let (opened, plan) = to_write(ctx, of).await?;
    write(ctx, (&opened, &plan), new, Class::Ordinary).await
}

/// Writes an action in a plan that is open to write in, read by no more than may read what is of `at_least` this class.
pub(super) async fn write(
    ctx: &mut Ctx,
    (opened, plan): (&Opened, &Plan),
    new: NewAction,
    at_least: Class,
) -> Result<EntryId, PlanError> {
    let mut new = rules::check_action(new, ctx.clock.today())?;
    let people = opened.people();
    if [Some(new.person), new.doer].into_iter().flatten().any(|person| !people.contains(&person)) {
        return Err(PlanError::NotOfFamily);
    }
    let need = new.need.map(|need| need_of(opened, need)).transpose()?;
    new.need = need.map(|need| need.id);
    // A need that is somebody's is met for them.
    new.person = need.map_or(new.person, |need| need.new.person);
    let owner = actor_of(ctx, new.owner).await?;
    let class = match need.map(|need| class_for(ctx, need)) {
        // Whom a sensitive service answers to is not the author's agency to read.
        _ if owner.sensitive && !ctx.actor.sensitive => Class::Restricted,
        need => rules::class_of(need, new.is_private, ctx.actor.sensitive),
    };
    let written = written(ctx, plan.id, EntryKind::Action, class.max(at_least));
    store::insert_action(&mut ctx.tx, ctx.area_id, written, &new).await?;
    let (entry, resource) = find(ctx, written.id).await?;
    may_know(ctx, &owner, &resource)?;
    ctx.detail(serde_json::json!({ "plan": plan.id.0, "entry": entry.id.0, "owner": new.owner.0 }));
    Ok(entry.id)
}

/// Returns who may read what is for a need: what another agency keeps from others does not become the author's agency's to read.
pub(super) fn class_for(ctx: &Ctx, need: &Fact) -> Class {
    let is_kept_by_others = need.new.class != Class::Ordinary && need.agency_id != ctx.actor.agency_id;
    if is_kept_by_others { Class::Restricted } else { need.new.class }
}

async fn actor_of(ctx: &mut Ctx, id: PractitionerId) -> Result<Actor, PlanError> {
    let today = ctx.clock.today();
    access::people::find_actor(&mut ctx.tx, ctx.area_id, id, today).await?.ok_or(PlanError::OwnerMayNotKnow)
}

/// Whoever answers for something may know of it: else it would be lost with them.
fn may_know(ctx: &Ctx, owner: &Actor, resource: &Resource) -> Result<(), PlanError> {
    let decided = ctx.decide_for(owner, Act::ReadPlanEntry, resource).map_err(AccessError::from)?;
    if decided.allowed { Ok(()) } else { Err(PlanError::OwnerMayNotKnow) }
}

/// Says in the plan why a need is left for now.
///
/// Rule \[3.17\]: the plan covers every need of the family, or says why one is left for now.
///
/// # Errors
/// [`PlanError`].
pub async fn leave(ctx: &mut Ctx, of: (PersonId, FamilyId), (need, why): (FactId, &str)) -> Result<(), PlanError> {
    let (opened, plan) = to_write(ctx, of).await?;
    let need = need_of(&opened, need)?;
    let why = text::note(why, rules::WORDS_MAX).map_err(|e| PlanRule::Text("words", "Why it is left for now", e))?;
    let class = rules::class_of(Some(class_for(ctx, need)), false, ctx.actor.sensitive);
    let written = written(ctx, plan.id, EntryKind::NotNow, class);
    let said = Words { person: need.new.person, need: Some(need.id), words: &why, held_on: None };
    store::insert_said(&mut ctx.tx, ctx.area_id, written, &said).await?;
    Ok(())
}

async fn find(ctx: &mut Ctx, id: EntryId) -> Result<(Entry, Resource), AccessError> {
    let entry = store::find_entry(&mut ctx.tx, ctx.area_id, id).await?.ok_or(AccessError::Hidden(None))?;
    let person = people::load(ctx, entry.person).await?;
    let doer = match entry.doer.filter(|doer| *doer != entry.person) {
        Some(doer) => Some(people::load(ctx, doer).await?),
        None => None,
    };
    let resource = entry.resource(&person, doer.as_ref());
    Ok((entry, resource))
}

/// Returns a part of a plan, and whether the actor may change it.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none for this actor.
pub async fn load_entry(ctx: &mut Ctx, id: EntryId) -> Result<(Entry, bool), AccessError> {
    let (entry, resource) = find(ctx, id).await?;
    ctx.permit(Act::ReadPlanEntry, &resource)?;
    let may_change = entry.state == State::Open && ctx.may(Act::ChangePlanEntry, &resource)?;
    Ok((entry, may_change))
}

/// Returns whether the actor may say what became of a part of a plan that they read.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn may_change(ctx: &mut Ctx, id: EntryId) -> Result<bool, AccessError> {
    let (entry, resource) = find(ctx, id).await?;
    Ok(entry.state == State::Open && ctx.may(Act::ChangePlanEntry, &resource)?)
}

async fn to_change(ctx: &mut Ctx, (id, version): (EntryId, i64)) -> Result<(Entry, Resource, Permit), PlanError> {
    let (entry, resource) = find(ctx, id).await?;
    let permit = ctx.permit(Act::ChangePlanEntry, &resource)?;
    let is_as_read = entry.state == State::Open && entry.version == version;
    if is_as_read { Ok((entry, resource, permit)) } else { Err(PlanError::Changed) }
}

/// Says what became of an action: it was done, or it is not done after all, and why.
///
/// Rule \[3.18\]: what was promised is kept in sight until somebody says what became of it.
///
/// # Errors
/// [`PlanError::Changed`] when somebody was faster; [`PlanError`].
pub async fn end(ctx: &mut Ctx, at: (EntryId, i64), is_done: bool, words: &str) -> Result<Entry, PlanError> {
    let (entry, _, permit) = to_change(ctx, at).await?;
    let read = if is_done { text::note_if_any } else { text::note };
    let words = read(words, rules::WORDS_MAX).map_err(|e| PlanRule::Text("words", "What became of it", e))?;
    let state = if is_done { State::Done } else { State::Dropped };
    ctx.detail(serde_json::json!({ "entry": entry.id.0, "state": state.as_str() }));
    let by = (ctx.actor.id, ctx.now());
    let saved = store::save_ended(&mut ctx.tx, ctx.area_id, &permit, (at.1, state, &words), by).await?;
    if saved { Ok(entry) } else { Err(PlanError::Changed) }
}

/// Gives an action to somebody, or another day.
///
/// Rule \[3.40\]: what is handed on has a new owner in the same moment.
///
/// # Errors
/// [`PlanError::Changed`] when somebody was faster; [`PlanError`].
pub async fn move_on(ctx: &mut Ctx, at: (EntryId, i64), owner: PractitionerId, by_on: Date) -> Result<Entry, PlanError> {
    let (entry, resource, permit) = to_change(ctx, at).await?;
    // What was late before may be given to somebody who says what became of it.
    if by_on < ctx.clock.today() && entry.by_on != Some(by_on) {
        return Err(PlanRule::InThePast("by").into());
    }
    if entry.owner_id != Some(owner) {
        let to = actor_of(ctx, owner).await?;
        // What a sensitive service answers for names it: it is written anew, for fewer eyes.
        if to.sensitive && entry.class < Class::SensitiveService {
            return Err(PlanError::OwnerMayNotKnow);
        }
        may_know(ctx, &to, &giving::owned_by(resource, owner))?;
    }
    ctx.detail(serde_json::json!({ "entry": entry.id.0, "owner": owner.0, "by": by_on.to_string() }));
    let now = ctx.now();
    let saved = store::save_moved(&mut ctx.tx, ctx.area_id, &permit, (at.1, owner, by_on), now).await?;
    if saved { Ok(entry) } else { Err(PlanError::Changed) }
}

/// Keeps what was said when the plan was looked at together, how each need goes, and when it is looked at again.
///
/// Rule \[3.18\]: a plan is reviewed with the family, and says how each need and each person does, as those who looked see it.
///
/// # Errors
/// [`PlanError::Changed`] when somebody kept one in the meantime; [`PlanError`].
pub async fn review(
    ctx: &mut Ctx,
    area: &Area,
    (of, version): ((PersonId, FamilyId), i64),
    new: NewReview,
) -> Result<(), PlanError> {
    let (opened, plan) = to_write(ctx, of).await?;
    let new = rules::check_review(new, ctx.clock.today(), area)?;
    if plan.version != version {
        return Err(PlanError::Changed);
    }
    let sensitive = ctx.actor.sensitive;
    let of_all = written(ctx, plan.id, EntryKind::Review, rules::class_of(None, false, sensitive));
    let said = Words { person: of.0, need: None, words: &new.words, held_on: Some(new.held_on) };
    store::insert_said(&mut ctx.tx, ctx.area_id, of_all, &said).await?;
    for how in new.progress {
        let How { about, eyes, scale, words } = how;
        let new = NewSaid { kind: SaidKind::Progress, about, eyes, scale, words, on: new.held_on, is_private: false };
        said::actions::keep(ctx, area, (&opened, &plan), new).await?;
    }
    let now = ctx.now();
    let saved = store::save(&mut ctx.tx, ctx.area_id, &plan, (new.next_on, None), now).await?;
    if saved { Ok(()) } else { Err(PlanError::Changed) }
}

/// Closes a plan, once somebody has said what became of every action that the actor can read; what they cannot read stays its owner's.
///
/// Rule \[3.16\]: a plan does not end by being forgotten: somebody says why, and what became of it.
///
/// # Errors
/// [`PlanError::ActionsOpen`]; [`PlanError::Changed`] when somebody was faster; [`PlanError`].
pub async fn close(ctx: &mut Ctx, (of, version): ((PersonId, FamilyId), i64), why: &str) -> Result<(), PlanError> {
    let (opened, plan) = to_write(ctx, of).await?;
    let why = text::note(why, rules::WORDS_MAX).map_err(|e| PlanRule::Text("words", "Why it is closed", e))?;
    if opened.entries.iter().any(|entry| entry.state == State::Open) {
        return Err(PlanError::ActionsOpen);
    }
    if plan.version != version {
        return Err(PlanError::Changed);
    }
    let (by, now) = (ctx.actor.id, ctx.now());
    let saved = store::save(&mut ctx.tx, ctx.area_id, &plan, (plan.review_on, Some((by, &why))), now).await?;
    if saved { Ok(()) } else { Err(PlanError::Changed) }
}

/// Hands the open actions that concern somebody to the actor, who has just shielded them, from owners who may not know of them any more.
///
/// Rule \[3.40\]: a shield leaves no work without somebody who can do it.
///
/// # Errors
/// [`AccessError`] when the actor may not shield them.
pub async fn take_over(ctx: &mut Ctx, person: PersonId) -> Result<(), AccessError> {
    let (_, permit) = people::open(ctx, Act::ShieldPerson, person).await?;
    let (to, now) = (ctx.actor.id, ctx.now());
    let taken = store::take_over(&mut ctx.tx, ctx.area_id, &permit, to, now).await?;
    ctx.detail(serde_json::json!({ "plan_actions_taken_over": taken }));
    Ok(())
}

/// Returns the open actions that any of these answers for, as far as the actor may read them, the soonest first.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn owned_by(ctx: &mut Ctx, owners: &[PractitionerId]) -> Result<Vec<ToDo>, AccessError> {
    let narrowing = ctx.narrow(Act::ReadPlanEntry, &PLAN_ENTRY)?;
    let now = ctx.now();
    Ok(store::list_to_do(&mut ctx.tx, ctx.area_id, owners, (&narrowing, now)).await?)
}

/// Returns the open actions for families that one of them or a volunteer does, as far as the actor may read them, the soonest first.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn helped_by_others(ctx: &mut Ctx, families: &[FamilyId]) -> Result<Vec<Entry>, AccessError> {
    if families.is_empty() { Ok(Vec::new()) } else { list(ctx, Of::Helped(families)).await }
}

/// Returns what is in plans about people, as far as the actor may read it, in the order it was written.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn of_people(ctx: &mut Ctx, people: &[PersonId]) -> Result<Vec<Entry>, AccessError> {
    list(ctx, Of::People(people)).await
}

/// Returns open actions whose day has passed or whose owner has left, as far as the actor may read them.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn late(ctx: &mut Ctx) -> Result<Vec<Entry>, AccessError> {
    let today = ctx.clock.today();
    list(ctx, Of::Late(today)).await
}

/// Returns the open plans of families that any of these answers for, whichever is to be looked at first.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn to_review(ctx: &mut Ctx, owners: &[PractitionerId]) -> Result<Vec<Plan>, StoreError> {
    store::list_to_review(&mut ctx.tx, ctx.area_id, owners).await
}

/// Returns the plans that were to be looked at together by now, each with its family and a member to reach it by whom the actor may find.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn late_reviews(ctx: &mut Ctx) -> Result<Vec<(Plan, family::Family, PersonId)>, AccessError> {
    let today = ctx.clock.today();
    let plans = store::list_late_reviews(&mut ctx.tx, ctx.area_id, today).await?;
    let ids: Vec<FamilyId> = plans.iter().map(|plan| plan.family).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut families = family::these(ctx, &ids).await?;
    let of = |plan: Plan| {
        let at = families.iter().position(|(family, _)| family.id == plan.family)?;
        let (family, through) = families.swap_remove(at);
        Some((plan, family, through))
    };
    Ok(plans.into_iter().filter_map(of).collect())
}

/// Returns how many plans are open, how many were to be looked at together by now, and how many have nobody who answers for the family.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn count_to_review(ctx: &mut Ctx) -> Result<(i64, i64, i64), StoreError> {
    let today = ctx.clock.today();
    store::count_to_review(&mut ctx.tx, ctx.area_id, today).await
}

/// Returns how many actions are open, how many are late, and how many have nobody who answers for them.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn count_open(ctx: &mut Ctx) -> Result<(i64, i64, i64), StoreError> {
    let today = ctx.clock.today();
    store::count_open(&mut ctx.tx, ctx.area_id, today).await
}

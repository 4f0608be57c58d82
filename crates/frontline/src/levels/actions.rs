//! What is done with levels of need: judging, and asking which one holds.

use super::level::{Judgement, JudgementId, NewJudgement};
use super::rules::{self, LevelRule};
use super::store::{self, JUDGEMENT, Of};
use crate::leads::{self, LeadError};
use crate::plans;
use ::store::StoreError;
use access::{AccessError, Act, Ctx, PractitionerId};
use area::Area;
use families::facts::{Class, Fact, Kind};
use families::family::{self, Around, FamilyId};
use families::people::{self, PersonId};

/// What a judgement can rest on.
pub const EVIDENCE: [Kind; 5] = [Kind::Strength, Kind::Need, Kind::Risk, Kind::Circumstance, Kind::Event];

/// Why no judgement was kept.
#[derive(Debug, thiserror::Error)]
pub enum LevelError {
    /// What is wrong with it.
    #[error(transparent)]
    Rule(#[from] LevelRule),
    /// Somebody else judged in the meantime.
    #[error("Somebody else judged their level while you were writing: this is how it stands now")]
    Changed,
    /// What it rests on is none of the family's, as far as the actor may know.
    #[error("Choose what is on the family’s record")]
    NoSuchEvidence,
    /// Whoever is to lead was not offered the lead.
    #[error(transparent)]
    Lead(#[from] LeadError),
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for LevelError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

/// A family's levels, as far as the actor may read them.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The family, and whom of it the actor may know.
    pub around: Around,
    /// Every judgement, in the order they were made.
    pub judgements: Vec<Judgement>,
    /// What a judgement can rest on, as it is known now.
    pub facts: Vec<Fact>,
    /// Whether the actor may judge.
    pub may_judge: bool,
    /// Whether the actor may offer the lead to somebody.
    pub may_offer: bool,
}

async fn opened(ctx: &mut Ctx, act: Act, (through, id): (PersonId, FamilyId)) -> Result<Opened, AccessError> {
    let (standing, _) = people::open(ctx, act, through).await?;
    let around = family::around(ctx, through).await?.into_iter().find(|around| around.family.id == id);
    let around = around.ok_or(AccessError::Hidden(None))?;
    let judgements = list(ctx, Of::Families(&[id])).await?;
    let people: Vec<PersonId> = around.members.iter().map(|member| member.person).collect();
    let kinds = [EVIDENCE.as_slice(), &[Kind::Name]].concat();
    let facts = families::facts::list_of(ctx, &people, Some(&kinds)).await?;
    let may_judge = ctx.may(Act::WritePlan, &standing.resource())?;
    let may_offer = leads::actions::may_offer(ctx, (through, id)).await?;
    Ok(Opened { around, judgements, facts, may_judge, may_offer })
}

/// Returns a family's levels.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none for this actor.
pub async fn load(ctx: &mut Ctx, of: (PersonId, FamilyId)) -> Result<Opened, AccessError> {
    opened(ctx, Act::OpenPerson, of).await
}

async fn list(ctx: &mut Ctx, of: Of<'_>) -> Result<Vec<Judgement>, AccessError> {
    let narrowing = ctx.narrow(Act::ReadPlanEntry, &JUDGEMENT)?;
    let now = ctx.now();
    Ok(store::list(&mut ctx.tx, ctx.area_id, of, (&narrowing, now)).await?)
}

/// Keeps a judgement of a family's level of need; where somebody else is to lead, offers them the lead, and the judgement holds once they accept.
///
/// `last` is the judgement that the actor saw as the last one: whoever judges knows what was judged before.
///
/// Rule \[2.10\]: a family steps up or down without a gap: whoever is to lead accepts before whoever leads has left.
///
/// # Errors
/// [`LevelError`].
pub async fn judge(
    ctx: &mut Ctx,
    area: &Area,
    (of, last): ((PersonId, FamilyId), Option<JudgementId>),
    new: NewJudgement,
) -> Result<JudgementId, LevelError> {
    let opened = opened(ctx, Act::WritePlan, of).await?;
    family::hold(ctx, of.1).await?;
    let judgements = list(ctx, Of::Families(&[of.1])).await?;
    if judgements.last().map(|one| one.id) != last {
        return Err(LevelError::Changed);
    }
    let current = rules::current(&judgements).map(|one| one.level.as_str());
    let mut new = rules::check(new, &area.levels, current)?;
    if !new.evidence.iter().all(|id| opened.facts.iter().any(|fact| fact.id == *id && EVIDENCE.contains(&fact.new.kind))) {
        return Err(LevelError::NoSuchEvidence);
    }
    let handover = match new.lead.take() {
        None => None,
        Some(lead) => Some(leads::actions::offer_at(ctx, area, of, lead, Some(&new.level)).await?),
    };
    let id: JudgementId = ctx.new_id();
    let (_, permit) = people::open(ctx, Act::WritePlan, of.0).await?;
    ctx.detail(
        serde_json::json!({ "family": of.1.0, "judgement": id.0, "level": new.level, "handover": handover.map(|id| id.0) }),
    );
    let class = if ctx.actor.sensitive { Class::SensitiveService } else { Class::Ordinary };
    let (by, now) = (ctx.actor.clone(), ctx.now());
    store::insert(&mut ctx.tx, ctx.area_id, (&permit, &by, now), (id, of.1, class), (&new, handover)).await?;
    Ok(id)
}

/// Returns the judgement that holds for each of these families, as far as the actor may read it.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn current_of(ctx: &mut Ctx, families: &[FamilyId]) -> Result<Vec<Judgement>, AccessError> {
    let all = if families.is_empty() { Vec::new() } else { list(ctx, Of::Families(families)).await? };
    let of = |family: &FamilyId| {
        let theirs: Vec<Judgement> = all.iter().filter(|one| one.family == *family).cloned().collect();
        rules::current(&theirs).cloned()
    };
    Ok(families.iter().filter_map(of).collect())
}

/// Returns the level of a family once somebody accepts an offer of the lead: what was judged with it, or else what holds. They read it once they
/// lead, and the limit is asked the moment before; what a service that is not named judged, and what was judged through
/// somebody whose shield does not name them, stays out of it.
///
/// # Errors
/// [`StoreError`] from the engine.
pub(crate) async fn level_once_led(
    ctx: &mut Ctx,
    family: FamilyId,
    offer: leads::HandoverId,
) -> Result<Option<String>, StoreError> {
    let me = ctx.actor.id;
    store::find_level(&mut ctx.tx, ctx.area_id, family, (offer, me)).await
}

/// Returns for how many families at a level somebody leads, whoever may read what was judged.
///
/// # Errors
/// [`StoreError`] from the engine.
pub(crate) async fn count_led(ctx: &mut Ctx, lead: PractitionerId, level: &str) -> Result<u16, StoreError> {
    store::count_led(&mut ctx.tx, ctx.area_id, (lead, level)).await
}

/// Returns the judgements that were reached through people, as far as the actor may read them, in the order they were made.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn of_people(ctx: &mut Ctx, people: &[PersonId]) -> Result<Vec<Judgement>, AccessError> {
    list(ctx, Of::People(people)).await
}

/// Returns the last day on which the plan of a family is looked at again, by its level, or by the area where none says.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn review_on(ctx: &mut Ctx, area: &Area, family: FamilyId) -> Result<kernel::Date, AccessError> {
    let today = ctx.clock.today();
    let level = current_of(ctx, &[family]).await?.pop().map(|one| one.level);
    let days = area.levels.iter().find(|one| Some(&one.id) == level.as_ref()).and_then(|one| one.review_working_days);
    Ok(match days {
        Some(days) => area.holidays.add(today, days),
        None => plans::rules::review_on(today, &area.plans, &area.holidays),
    })
}

//! The queue of proposals, what people say of them, and undoing.

use super::run;
use super::store::{self, Said};
use super::{ProposalId, Unit};
use crate::feeds;
use crate::feeds::reading::Record as FeedRecord;
use crate::signals;
use ::store::StoreError;
use ::store::journal::Outcome;
use access::{AccessError, Act, Ctx, PractitionerId, Resource, World};
use area::Area;
use families::facts::{Fact, FactId};
use families::links::{self, LinkError, LinkId, NewLink, Since, actions::Placing};
use families::lookup::{self, Known, Record};
use families::people::{self, PERSON, PersonId};
use kernel::text::{self, TextError};
use kernel::{Date, Timestamp};
use linkage::explain::Explanation;
use linkage::place::why;

/// So many proposals are on a page.
pub const PAGE: usize = 20;
/// Below this weight a second person looks, whatever the first says.
const SURE_FROM: f32 = 0.0;

/// Two who may be one person.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// Which one.
    pub id: ProposalId,
    /// The one, as they are now.
    pub left: Unit,
    /// The other.
    pub right: Unit,
    /// The source of the record that was proposed, where one was.
    pub source: Option<String>,
    /// log2 of the odds.
    pub weight: f32,
    /// `open`, `unsure`, `seconding`, `same`, `placed`, `apart` or `gone`.
    pub state: String,
    /// By when somebody looks.
    pub due_on: Date,
    /// Who answers for that.
    pub owner: String,
    /// Who said something of it.
    pub decided_by: Option<PractitionerId>,
    /// Their name.
    pub decided_name: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// Why.
    pub reason: Option<String>,
    /// The link it came to.
    pub link: Option<LinkId>,
    /// What changes with every change.
    pub version: i64,
}

impl Proposal {
    /// Returns whether it waits for somebody.
    pub fn is_waiting(&self) -> bool {
        matches!(self.state.as_str(), "open" | "unsure" | "seconding")
    }
}

/// What is known of one side.
#[derive(Clone, Debug)]
pub enum Side {
    /// Somebody who is here: what tells them apart.
    Person(PersonId, Vec<Fact>),
    /// A record that waits.
    Record(String, FeedRecord),
}

/// Everything that somebody needs to say whether two are one.
#[derive(Clone, Debug)]
pub struct Review {
    /// The proposal.
    pub proposal: Proposal,
    /// The one.
    pub left: Side,
    /// The other.
    pub right: Side,
    /// Why the weight is what it is, of their records that agree best.
    pub why: Explanation,
    /// What makes it risky, in words: then a second person looks as well.
    pub risks: Vec<&'static str>,
    /// Whether the actor said it first, so that somebody else must second it.
    pub is_own: bool,
}

/// What somebody says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// They are one person.
    Same,
    /// They are two.
    Apart,
    /// Nobody can tell yet.
    Unsure,
}

/// What somebody says, and why.
#[derive(Clone, Copy, Debug)]
pub struct Decision<'a> {
    /// What.
    pub answer: Answer,
    /// Why, in words.
    pub reason: &'a str,
    /// The version they saw.
    pub version: i64,
}

/// Why nothing came of what somebody said.
#[derive(Debug, thiserror::Error)]
pub enum DecideError {
    /// The reason does not read.
    #[error("Your reason {0}")]
    Reason(#[from] TextError),
    /// Somebody was faster, or one of the two has changed.
    #[error("Somebody else has looked at it since you opened it")]
    Changed,
    /// Both are shielded, and not the same practitioners are named.
    #[error("Both are shielded, and different practitioners are named: agree who is named for both first")]
    NamedDiffer,
    /// The first cannot second what they said.
    #[error("Somebody else has to say so as well: you said it first")]
    SecondPerson,
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for DecideError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

impl From<LinkError> for DecideError {
    fn from(e: LinkError) -> Self {
        match e {
            LinkError::Reason(e) => Self::Reason(e),
            LinkError::Access(e) => Self::Access(e),
            LinkError::NamedDiffer => Self::NamedDiffer,
            LinkError::Changed | LinkError::Covered => Self::Changed,
        }
    }
}

/// Returns proposals that wait, or that were settled, as far as the actor may link whom they are about, and how many wait.
///
/// # Errors
/// [`AccessError`] when the actor may not review matches.
pub async fn list(ctx: &mut Ctx, settled: bool, offset: usize) -> Result<(Vec<Proposal>, i64), AccessError> {
    ctx.permit(Act::ReviewMatches, &Resource::area())?;
    let narrowing = ctx.narrow(Act::LinkPeople, &PERSON)?;
    let now = ctx.now();
    let waiting = ["open", "unsure", "seconding"];
    let states: &[&str] = if settled { &["same", "placed", "apart"] } else { &waiting };
    let listed = store::list_in(&mut ctx.tx, ctx.area_id, states, (&narrowing, now), (offset, PAGE)).await?;
    let count = store::count_in(&mut ctx.tx, ctx.area_id, &waiting, (&narrowing, now), 10_000).await?;
    Ok((listed, count))
}

/// Returns the name, date of birth and what else tells a side apart in a line; nothing when there is nothing.
///
/// # Errors
/// [`AccessError`] when the actor may not link them.
pub async fn side(ctx: &mut Ctx, unit: &Unit) -> Result<Side, AccessError> {
    match unit {
        Unit::Person(person) => {
            let standing = people::load(ctx, *person).await?;
            if !ctx.may(Act::LinkPeople, &standing.resource())? {
                return Err(AccessError::Hidden(None));
            }
            let facts = lookup::to_match(ctx, *person).await?;
            ctx.note(Act::ReadToMatch.as_str(), Outcome::Seen, Some(person.0), serde_json::json!({}));
            Ok(Side::Person(*person, facts))
        }
        Unit::Waiting(source, key) => {
            let record =
                feeds::actions::waiting(&mut ctx.tx, ctx.area_id, (source, key)).await?.ok_or(AccessError::Hidden(None))?;
            ctx.note(Act::ReadToMatch.as_str(), Outcome::Seen, None, serde_json::json!({ "source": source, "record": key }));
            Ok(Side::Record(source.clone(), record))
        }
    }
}

fn records(area: &Area, side: &Side) -> Vec<Record> {
    match side {
        Side::Person(_, facts) => lookup::profile::sources(&facts.iter().collect::<Vec<_>>()),
        Side::Record(source, record) => vec![run::of_record(area, source, record)],
    }
}

/// Explains two sides by their records that agree best.
fn best(known: &Known, left: &[Record], right: &[Record]) -> Option<Explanation> {
    let pairs = left.iter().flat_map(|one| right.iter().map(move |other| why(one, other, known, None)));
    pairs.max_by(|x, y| x.weight.total_cmp(&y.weight))
}

/// Opens a proposal: both sides, and why.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none that the actor may decide.
pub async fn review(ctx: &mut Ctx, area: &Area, id: ProposalId) -> Result<Review, AccessError> {
    ctx.permit(Act::ReviewMatches, &Resource::area())?;
    let narrowing = ctx.narrow(Act::LinkPeople, &PERSON)?;
    let now = ctx.now();
    let proposal = store::find(&mut ctx.tx, ctx.area_id, id, (&narrowing, now)).await?.ok_or(AccessError::Hidden(None))?;
    let (left, right) = (side(ctx, &proposal.left).await?, side(ctx, &proposal.right).await?);
    let known = lookup::known(&mut ctx.tx, ctx.area_id).await?;
    let (left_records, right_records) = (records(area, &left), records(area, &right));
    let why = best(&known, &left_records, &right_records).ok_or(AccessError::Hidden(None))?;
    let risks = risks(ctx, &proposal, &why).await?;
    let is_own = proposal.state == "seconding" && proposal.decided_by == Some(ctx.actor.id);
    Ok(Review { proposal, left, right, why, risks, is_own })
}

/// Returns what makes it risky to say that two are one.
///
/// Rule \[3.22\]: to merge two people is worse than to keep one person's two records apart for a while, so two people look where it would
/// do most harm.
async fn risks(ctx: &mut Ctx, proposal: &Proposal, why: &Explanation) -> Result<Vec<&'static str>, AccessError> {
    let people: Vec<PersonId> = [proposal.left.person(), proposal.right.person()].into_iter().flatten().collect();
    let mut risks = Vec::new();
    let mut worked_with = 0;
    for person in &people {
        worked_with += usize::from(people::load(ctx, *person).await?.has_workers());
    }
    if worked_with == 2 {
        risks.push("practitioners work with both");
    }
    if !people.is_empty() && !links::actions::shielded(&mut ctx.tx, ctx.area_id, &people).await?.is_empty() {
        risks.push("one of them is shielded");
    }
    if proposal.weight < SURE_FROM {
        risks.push("what is known makes it likelier that they are two");
    }
    let differs = |field: &str, levels: &[&str]| why.parts.iter().any(|part| part.field == field && levels.contains(&part.level));
    if differs("date of birth", &["the same year", "up to two years apart", "up to twelve years apart", "further apart"]) {
        risks.push("their dates of birth differ");
    }
    if differs("sex", &["different"]) {
        risks.push("they are recorded as of different sex");
    }
    Ok(risks)
}

/// Keeps what somebody says of a proposal; two who are one are linked, where it is risky once a second person says so.
///
/// # Errors
/// [`DecideError`].
pub async fn decide(
    ctx: &mut Ctx,
    world: &World,
    area: &Area,
    id: ProposalId,
    decision: Decision<'_>,
) -> Result<(), DecideError> {
    let reason = text::note(decision.reason, links::actions::REASON_MAX)?;
    let review = review(ctx, area, id).await?;
    let proposal = &review.proposal;
    if !proposal.is_waiting() || proposal.version != decision.version {
        return Err(DecideError::Changed);
    }
    if review.is_own && decision.answer == Answer::Same {
        return Err(DecideError::SecondPerson);
    }
    let is_seconded = proposal.state == "seconding";
    let (state, link) = match decision.answer {
        Answer::Apart => ("apart", None),
        Answer::Unsure => ("unsure", None),
        Answer::Same if !review.risks.is_empty() && !is_seconded => ("seconding", None),
        Answer::Same => {
            let seconded_by = is_seconded.then_some(ctx.actor.id);
            ("same", Some(join(ctx, (world, area), proposal, (&reason, seconded_by)).await?))
        }
    };
    let subject = proposal.left.person().or(proposal.right.person()).map(|person| person.0);
    let details = serde_json::json!({
        "proposal": id.0, "said": state, "reason": reason, "weight": proposal.weight, "link": link.map(|link| link.0),
        "left": proposal.left.name(), "right": proposal.right.name(),
    });
    ctx.note("decide_match", Outcome::Done, subject, details);
    let said = Said { state, by: ctx.actor.id, reason: &reason, at: ctx.now(), link };
    if !store::save_said(&mut ctx.tx, ctx.area_id, (id, proposal.version), &said).await? {
        return Err(DecideError::Changed);
    }
    if link.is_some() {
        // Whatever else waits about the one who was linked is proposed again of who they are now.
        store::let_go_of_linked(&mut ctx.tx, ctx.area_id).await?;
    }
    Ok(())
}

/// Links the two of a proposal, whatever they are.
async fn join(
    ctx: &mut Ctx,
    (world, area): (&World, &Area),
    proposal: &Proposal,
    (reason, seconded_by): (&str, Option<PractitionerId>),
) -> Result<LinkId, DecideError> {
    let weight = proposal.weight;
    match (&proposal.left, &proposal.right) {
        (Unit::Person(one), Unit::Person(other)) => {
            let new = NewLink { reason, weight: Some(weight), seconded_by };
            // Who has been here longer is who they are known as.
            let (kept, linked) = if one <= other { (*one, *other) } else { (*other, *one) };
            let link = links::link(ctx, kept, linked, new).await?;
            signals::look_at(ctx, &[kept]).await?;
            Ok(link)
        }
        (Unit::Person(person), Unit::Waiting(source, key)) | (Unit::Waiting(source, key), Unit::Person(person)) => {
            Ok(place(ctx, (world, area), (source, key), (*person, reason, weight)).await?)
        }
        (Unit::Waiting(source, key), Unit::Waiting(other_source, other_key)) => {
            let person = people::create(ctx).await?;
            feeds::actions::place(&mut ctx.tx, world, area, (source, key), person).await?.ok_or(DecideError::Changed)?;
            Ok(place(ctx, (world, area), (other_source, other_key), (person, reason, weight)).await?)
        }
    }
}

async fn place(
    ctx: &mut Ctx,
    (world, area): (&World, &Area),
    record: (&str, &str),
    (person, reason, weight): (PersonId, &str, f32),
) -> Result<LinkId, DecideError> {
    ctx.tx.alone(ctx.area_id, "whose records are").await?;
    let origin = feeds::actions::place(&mut ctx.tx, world, area, record, person).await?.ok_or(DecideError::Changed)?;
    let placing = Placing { person, record, origin, reason, weight: Some(weight), by: Some(ctx.actor.id) };
    signals::look_at(ctx, &[person]).await?;
    Ok(links::place(&mut ctx.tx, world, placing).await?)
}

/// Returns a link and what people recorded since, to say whose that is before it is undone.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none that the actor may undo.
pub async fn undoing(ctx: &mut Ctx, id: LinkId) -> Result<Since, AccessError> {
    ctx.permit(Act::ReviewMatches, &Resource::area())?;
    links::since(ctx, id).await
}

/// Undoes a link, and keeps that they are two: the next run does not bring them together again.
///
/// # Errors
/// [`LinkError`].
pub async fn undo(ctx: &mut Ctx, area: &Area, id: LinkId, reason: &str, theirs: &[FactId]) -> Result<(), LinkError> {
    ctx.permit(Act::ReviewMatches, &Resource::area())?;
    let link = links::undo(ctx, id, reason, theirs).await?;
    signals::look_at(ctx, &[link.kept, link.linked]).await?;
    let (by, now) = (ctx.actor.id, ctx.now());
    if !store::save_undone(&mut ctx.tx, ctx.area_id, id, (by, reason, now)).await? {
        let (one, other) = (Unit::Person(link.kept), Unit::Person(link.linked));
        let apart = super::engine::Proposed { left: one, right: other, weight: 0.0 };
        let due_on = area.holidays.add(ctx.clock.today(), area.matching.review_working_days);
        let new: ProposalId = ctx.new_id();
        let owned = store::Owned { owner: by, due_on, at: now };
        store::save_proposed(&mut ctx.tx, ctx.area_id, &[(new, &apart)], owned).await?;
        let said = Said { state: "apart", by, reason, at: now, link: None };
        store::save_said(&mut ctx.tx, ctx.area_id, (new, 1), &said).await?;
    }
    Ok(())
}

//! What is done with meetings: arranging one, saying whether one comes, another day, calling it off.

use super::meeting::{Answer, Meeting, MeetingId, NewMeeting, State};
use super::rules::{self, MeetingRule};
use super::store::{self, Ended, MEETING, Of};
use crate::plans::{EntryId, PlanError};
use crate::visits;
use ::store::StoreError;
use access::{AccessError, Act, Ctx, Narrowing, Permit, PractitionerId, Resource};
use families::facts::Class;
use families::family::{self, Around, FamilyId};
use families::people::{self, PERSON, PersonId};
use kernel::text;
use std::collections::BTreeSet;

/// Why a meeting was not kept.
#[derive(Debug, thiserror::Error)]
pub enum MeetingError {
    /// What is wrong with it.
    #[error(transparent)]
    Rule(#[from] MeetingRule),
    /// Whoever is invited does not help the family as far as the actor may know, may not read it, or is of a service that is not named.
    #[error("Invite those who help the family and may know of it")]
    CannotInvite,
    /// Whoever is invited is not of the family, as far as the actor may know.
    #[error("Invite somebody of the family")]
    NotOfFamily,
    /// Support for the family has ended.
    #[error("Support for this family has ended: begin it again first")]
    SupportEnded,
    /// What is to be kept in the plan is not.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The next meeting is not arranged.
    #[error("The next meeting is not arranged: {0}")]
    Next(Box<MeetingError>),
    /// What became of this action of the plan is not kept.
    #[error("{1}")]
    OfAction(EntryId, PlanError),
    /// The new action at this place is not kept.
    #[error("{1}")]
    OfNew(usize, PlanError),
    /// Somebody else changed it in the meantime.
    #[error("Somebody else changed this in the meantime: this is how it stands now")]
    Changed,
    /// Access.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for MeetingError {
    fn from(e: StoreError) -> Self {
        Self::Access(e.into())
    }
}

/// A meeting, and what the actor may do with it.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The meeting.
    pub meeting: Meeting,
    /// Whether the actor may change it or write it down.
    pub may_change: bool,
    /// Whether the actor may write it down, and what comes of it in the plan.
    pub may_write_down: bool,
    /// Whether the actor may open the family.
    pub may_open: bool,
    /// What the actor answered, where they are invited.
    pub mine: Option<Answer>,
}

/// Returns what of people, and what of meetings, the actor is shown.
fn narrowings(ctx: &Ctx) -> Result<(Narrowing, Narrowing), AccessError> {
    Ok((ctx.narrow(Act::ReadPlanEntry, &MEETING)?, ctx.narrow(Act::FindPerson, &PERSON)?))
}

pub(super) async fn find(ctx: &mut Ctx, id: MeetingId) -> Result<(Meeting, Resource), AccessError> {
    let of_people = ctx.narrow(Act::FindPerson, &PERSON)?;
    let now = ctx.now();
    let found = store::find(&mut ctx.tx, ctx.area_id, id, (&of_people, now)).await?.ok_or(AccessError::Hidden(None))?;
    let resource = found.resource(&people::load(ctx, found.person).await?);
    Ok((found, resource))
}

/// Returns a meeting.
///
/// # Errors
/// [`AccessError::Hidden`] when there is none for this actor.
pub async fn load(ctx: &mut Ctx, id: MeetingId) -> Result<Opened, AccessError> {
    let (meeting, resource) = find(ctx, id).await?;
    ctx.permit(Act::ReadPlanEntry, &resource)?;
    let is_planned = meeting.state == State::Planned;
    let meeting = as_shown(ctx, meeting).await?;
    let person = people::load(ctx, meeting.person).await?.resource();
    let may_change = is_planned && ctx.may(Act::ChangePlanEntry, &resource)?;
    Ok(Opened {
        may_change,
        may_write_down: may_change && ctx.may(Act::WritePlan, &person)?,
        may_open: ctx.may(Act::OpenPerson, &person)?,
        mine: meeting.invited.iter().find(|one| one.id == ctx.actor.id).map(|one| one.answer),
        meeting,
    })
}

/// Takes out of a meeting whom the actor may not know to help the family; and where they meet, where the family's place is shielded from them. Whoever is
/// invited knows where to come; whoever convenes it may have come to it with the lead, and is told no more than others.
pub(super) async fn as_shown(ctx: &mut Ctx, mut meeting: Meeting) -> Result<Meeting, AccessError> {
    let me = ctx.actor.id;
    let standing = people::load(ctx, meeting.person).await?;
    let is_invited = meeting.invited.iter().any(|one| one.id == me);
    if standing.location_shielded && !standing.is_named_for_place(me) && !is_invited {
        meeting.place.clear();
    }
    let known = visits::actions::helpers(ctx, meeting.person).await?;
    meeting.invited.retain(|one| known.contains(&one.id));
    Ok(meeting)
}

/// Returns the family that is reached through somebody, for one who may write in its plan.
pub(super) async fn within(ctx: &mut Ctx, (through, id): (PersonId, FamilyId)) -> Result<Around, AccessError> {
    people::open(ctx, Act::WritePlan, through).await?;
    let around = family::around(ctx, through).await?.into_iter().find(|around| around.family.id == id);
    around.ok_or(AccessError::Hidden(None))
}

/// Arranges a meeting of the team around a family; the actor convenes it.
///
/// Rule \[3.17\]: the team around the family meets on a day that everybody knows, with whoever is of it.
///
/// # Errors
/// [`MeetingError`].
pub async fn arrange(ctx: &mut Ctx, of: (PersonId, FamilyId), new: NewMeeting) -> Result<MeetingId, MeetingError> {
    let around = within(ctx, of).await?;
    if around.family.closed_at.is_some() {
        return Err(MeetingError::SupportEnded);
    }
    let mut new = rules::check(new, ctx.clock.today())?;
    if !new.people.iter().all(|person| around.members.iter().any(|member| member.person == *person)) {
        return Err(MeetingError::NotOfFamily);
    }
    let me = ctx.actor.id;
    new.practitioners.retain(|who| *who != me);
    let known = visits::actions::helpers(ctx, of.0).await?;
    insert(ctx, of, &new, &known).await
}

/// Keeps a meeting with those who are among the known, and may read it.
pub(super) async fn insert(
    ctx: &mut Ctx,
    of: (PersonId, FamilyId),
    new: &NewMeeting,
    known: &BTreeSet<PractitionerId>,
) -> Result<MeetingId, MeetingError> {
    let id: MeetingId = ctx.new_id();
    let class = if ctx.actor.sensitive { Class::SensitiveService } else { Class::Ordinary };
    ctx.detail(
        serde_json::json!({ "family": of.1.0, "meeting": id.0, "on": new.on.to_string(), "invited": new.practitioners.len() }),
    );
    let (by, now) = (ctx.actor.clone(), ctx.now());
    store::insert(&mut ctx.tx, ctx.area_id, (id, of.1, of.0), (new, class), (&by, now)).await?;
    let (_, resource) = find(ctx, id).await?;
    for who in &new.practitioners {
        if !known.contains(who) || !can_come(ctx, *who, (class, &resource)).await? {
            return Err(MeetingError::CannotInvite);
        }
    }
    Ok(id)
}

/// Returns whether somebody who helps may read a meeting, and be named by it.
pub(super) async fn can_come(
    ctx: &mut Ctx,
    who: PractitionerId,
    (class, resource): (Class, &Resource),
) -> Result<bool, AccessError> {
    let today = ctx.clock.today();
    let Some(to) = access::people::find_actor(&mut ctx.tx, ctx.area_id, who, today).await? else { return Ok(false) };
    let is_named = !to.sensitive || class == Class::SensitiveService;
    Ok(is_named && ctx.decide_for(&to, Act::ReadPlanEntry, resource)?.allowed)
}

/// Says whether the actor, who is invited, comes.
///
/// # Errors
/// [`MeetingError::Changed`] when the meeting is another than the actor saw, or the actor is not invited; [`MeetingError`].
pub async fn answer(ctx: &mut Ctx, (id, version): (MeetingId, i64), (comes, words): (bool, &str)) -> Result<(), MeetingError> {
    let opened = load(ctx, id).await?;
    let words =
        text::note_if_any(words, rules::PLACE_MAX).map_err(|e| MeetingRule::Text("answer_words", "What you say to it", e))?;
    let is_as_read = opened.meeting.state == State::Planned && opened.meeting.version == version;
    if !is_as_read || opened.mine.is_none() {
        return Err(MeetingError::Changed);
    }
    let answer = if comes { Answer::Coming } else { Answer::NotComing };
    ctx.detail(serde_json::json!({ "meeting": id.0, "answer": answer.as_str() }));
    let (who, now) = (ctx.actor.id, ctx.now());
    let saved = store::save_answer(&mut ctx.tx, ctx.area_id, (id, who), (answer, &words), now).await?;
    if saved { Ok(()) } else { Err(MeetingError::Changed) }
}

pub(super) async fn to_change(ctx: &mut Ctx, (id, version): (MeetingId, i64)) -> Result<(Meeting, Permit), MeetingError> {
    let (meeting, resource) = find(ctx, id).await?;
    let permit = ctx.permit(Act::ChangePlanEntry, &resource)?;
    let is_as_read = meeting.state == State::Planned && meeting.version == version;
    if is_as_read { Ok((meeting, permit)) } else { Err(MeetingError::Changed) }
}

/// Gives a meeting another day or place; everybody is asked again whether they come.
///
/// # Errors
/// [`MeetingError::Changed`] when somebody was faster; [`MeetingError`].
pub async fn move_on(ctx: &mut Ctx, at: (MeetingId, i64), to: (kernel::Date, &str, &str)) -> Result<(), MeetingError> {
    let (meeting, permit) = to_change(ctx, at).await?;
    // Whoever is not told where they meet leaves it as it is.
    let is_told = as_shown(ctx, meeting.clone()).await?.place == meeting.place;
    let place = if is_told || !to.2.trim().is_empty() { to.2.to_owned() } else { meeting.place.clone() };
    let new = NewMeeting {
        on: to.0,
        time: to.1.to_owned(),
        place,
        about: String::new(),
        practitioners: Vec::new(),
        people: vec![meeting.person],
    };
    let new = rules::check(new, ctx.clock.today())?;
    ctx.detail(serde_json::json!({ "meeting": at.0.0, "on": new.on.to_string() }));
    let now = ctx.now();
    let saved = store::save_moved(&mut ctx.tx, ctx.area_id, &permit, (at.1, &new), now).await?;
    if saved { Ok(()) } else { Err(MeetingError::Changed) }
}

/// Calls a meeting off, and says why.
///
/// # Errors
/// [`MeetingError::Changed`] when somebody was faster; [`MeetingError`].
pub async fn cancel(ctx: &mut Ctx, at: (MeetingId, i64), why: &str) -> Result<Meeting, MeetingError> {
    let (meeting, permit) = to_change(ctx, at).await?;
    let why = text::note(why, rules::WORDS_MAX).map_err(|e| MeetingRule::Text("why", "Why it is called off", e))?;
    ctx.detail(serde_json::json!({ "meeting": at.0.0, "cancelled": true }));
    let by = (ctx.actor.id, ctx.now());
    let ended = Ended { state: State::Cancelled, held_on: None, words: &why, others: "", practitioners: &[], people: &[] };
    let saved = store::save_ended(&mut ctx.tx, ctx.area_id, &permit, (at.1, &ended), by).await?;
    if saved { Ok(meeting) } else { Err(MeetingError::Changed) }
}

/// Hands the planned meetings of a family that is reached through somebody to the actor, who has just shielded them, from conveners who may
/// not know of them any more.
///
/// Rule \[3.40\]: a shield leaves no work without somebody who can do it.
///
/// # Errors
/// [`AccessError`] when the actor may not shield them.
pub async fn take_over(ctx: &mut Ctx, person: PersonId) -> Result<(), AccessError> {
    let (_, permit) = people::open(ctx, Act::ShieldPerson, person).await?;
    let (to, now) = ((ctx.actor.id, ctx.actor.agency_id), ctx.now());
    let taken = store::take_over(&mut ctx.tx, ctx.area_id, &permit, to, now).await?;
    ctx.detail(serde_json::json!({ "meetings_taken_over": taken }));
    Ok(())
}

async fn list(ctx: &mut Ctx, of: Of<'_>) -> Result<Vec<Meeting>, AccessError> {
    let (narrowing, of_people) = narrowings(ctx)?;
    let now = ctx.now();
    Ok(store::list(&mut ctx.tx, ctx.area_id, of, (&narrowing, &of_people, now)).await?)
}

/// Returns the meetings of a family, as far as the actor may read them, the soonest first.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn of_family(ctx: &mut Ctx, family: FamilyId) -> Result<Vec<Meeting>, AccessError> {
    let mut shown = Vec::new();
    for meeting in list(ctx, Of::Family(family)).await? {
        shown.push(as_shown(ctx, meeting).await?);
    }
    Ok(shown)
}

/// Hands the planned meetings that somebody convened as the lead of a family on to the actor, who leads now.
///
/// # Errors
/// [`StoreError`] from the engine.
pub(crate) async fn hand_on(ctx: &mut Ctx, family: FamilyId, from: PractitionerId) -> Result<(), StoreError> {
    let (to, now) = ((from, ctx.actor.id, ctx.actor.agency_id), ctx.now());
    store::hand_on(&mut ctx.tx, ctx.area_id, family, to, now).await
}

/// Returns the meetings of families that were reached through people, as far as the actor may read them, the soonest first.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn of_people(ctx: &mut Ctx, people: &[PersonId]) -> Result<Vec<Meeting>, AccessError> {
    list(ctx, Of::People(people)).await
}

/// Returns the planned meetings that any of these convenes, or is invited to and has not said that they cannot come, with the families' names, as
/// far as the actor may read them.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn planned_for(ctx: &mut Ctx, who: &[PractitionerId]) -> Result<Vec<(Meeting, String)>, AccessError> {
    let planned = list(ctx, Of::Planned(who)).await?;
    named(ctx, planned).await
}

/// Returns planned meetings whose day has passed or whose convener has left, with the families' names, as far as the actor may read them.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn late(ctx: &mut Ctx) -> Result<Vec<(Meeting, String)>, AccessError> {
    let today = ctx.clock.today();
    let planned = list(ctx, Of::Late(today)).await?;
    named(ctx, planned).await
}

async fn named(ctx: &mut Ctx, planned: Vec<Meeting>) -> Result<Vec<(Meeting, String)>, AccessError> {
    let ids: Vec<FamilyId> = planned.iter().map(|one| one.family).collect();
    let families = if ids.is_empty() { Vec::new() } else { family::these(ctx, &ids).await? };
    let name = |id: FamilyId| families.iter().find(|(family, _)| family.id == id).map(|(family, _)| family.name.clone());
    Ok(planned.into_iter().filter_map(|one| name(one.family).map(|name| (one, name))).collect())
}

/// Returns how many meetings are planned, how many are past their day, and how many have nobody to convene them any more.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn count_open(ctx: &mut Ctx) -> Result<(i64, i64, i64), StoreError> {
    let today = ctx.clock.today();
    store::count_open(&mut ctx.tx, ctx.area_id, today).await
}

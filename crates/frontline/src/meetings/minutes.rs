//! Writing a meeting down: who came, what was said, what becomes of the plan, and when they meet again; all of it or nothing.

use super::actions::{self, MeetingError};
use super::meeting::{Meeting, MeetingId, NewMeeting, State};
use super::rules;
use super::store::{self, Ended};
use crate::plans::{self, EntryId, How, NewAction, NewReview, PlanError};
use access::{Ctx, PractitionerId};
use area::Area;
use families::facts::Class;
use families::people::{self, PersonId};
use kernel::Date;

/// What becomes of an action of the plan.
#[derive(Clone, Debug)]
pub struct OfAction {
    /// Which one.
    pub id: EntryId,
    /// As the actor saw it.
    pub version: i64,
    /// Whether it was done, or is not done after all.
    pub is_done: bool,
    /// How it went, or why not.
    pub words: String,
}

/// What is written down of a meeting.
#[derive(Clone, Debug)]
pub struct Minutes {
    /// The day they met.
    pub held_on: Date,
    /// Which of those who were invited came.
    pub practitioners: Vec<PractitionerId>,
    /// Who of the family came.
    pub people: Vec<PersonId>,
    /// Who else came.
    pub others: String,
    /// What was said.
    pub words: String,
    /// How each need goes: a step of the area's scale, and words.
    pub progress: Vec<How>,
    /// What becomes of actions of the plan.
    pub actions: Vec<OfAction>,
    /// New actions, each with its place in the form.
    pub new: Vec<(usize, NewAction)>,
    /// When the plan is looked at together again.
    pub next_on: Date,
    /// At what time they meet then; no meeting is arranged where this is left out.
    pub next_time: Option<String>,
}

/// Keeps what is written down of a meeting, in the meeting and in the family's plan, and arranges the next one with the same people.
///
/// Rule \[3.18\]: what was decided together stands in the plan at once, each action with a name and a day, and the next day is set.
///
/// # Errors
/// [`MeetingError`] says what is wrong, and where; nothing is kept then.
pub async fn minute(ctx: &mut Ctx, area: &Area, at: (MeetingId, i64), new: Minutes) -> Result<Meeting, MeetingError> {
    let (meeting, permit) = actions::to_change(ctx, at).await?;
    let of = (meeting.person, meeting.family);
    let today = ctx.clock.today();
    let (words, others) = rules::check_held(new.held_on, (&new.words, &new.others), today)?;
    rules::check_day(new.next_on, today)?;
    let ended = Ended {
        state: State::Held,
        held_on: Some(new.held_on),
        words: &words,
        others: &others,
        practitioners: &new.practitioners,
        people: &new.people,
    };
    let by = (ctx.actor.id, ctx.now());
    ctx.detail(serde_json::json!({ "meeting": at.0.0, "held_on": new.held_on.to_string() }));
    if !store::save_ended(&mut ctx.tx, ctx.area_id, &permit, (at.1, &ended), by).await? {
        return Err(MeetingError::Changed);
    }
    let plan = plans::load(ctx, of).await?.plan.filter(|plan| plan.closed.is_none());
    let is_of_plan = !new.actions.is_empty() || !new.new.is_empty() || new.progress.iter().any(How::says_something);
    if plan.is_none() && is_of_plan {
        return Err(PlanError::Closed.into());
    }
    if let Some(plan) = plan {
        for one in &new.actions {
            let ended = plans::end(ctx, (one.id, one.version), one.is_done, &one.words).await;
            ended.map_err(|e| at_its_place(e, |e| MeetingError::OfAction(one.id, e)))?;
        }
        for (place, action) in new.new {
            plans::add(ctx, of, action).await.map_err(|e| at_its_place(e, |e| MeetingError::OfNew(place, e)))?;
        }
        let review = NewReview { held_on: new.held_on, words, progress: new.progress, next_on: new.next_on };
        plans::review(ctx, area, (of, plan.version), review).await?;
    }
    if let Some(time) = new.next_time {
        // Whoever writes it down convenes the next, and learns by it nothing that they were not shown of this one.
        let shown = actions::as_shown(ctx, meeting.clone()).await?;
        arrange_next(ctx, &shown, (new.next_on, time)).await?;
    }
    Ok(meeting)
}

/// Says where in the form something is wrong; that the actor may not is wrong nowhere.
fn at_its_place(e: PlanError, place: impl FnOnce(PlanError) -> MeetingError) -> MeetingError {
    match e {
        PlanError::Access(e) => MeetingError::Access(e),
        e => place(e),
    }
}

/// Arranges the next meeting at the same place, with those of the same people who can still come: whoever may not know of it is left out.
async fn arrange_next(ctx: &mut Ctx, before: &Meeting, (on, time): (Date, String)) -> Result<(), MeetingError> {
    let of = (before.person, before.family);
    let around = actions::within(ctx, of).await?;
    let me = ctx.actor.id;
    let class = if ctx.actor.sensitive { Class::SensitiveService } else { Class::Ordinary };
    let standing = people::load(ctx, before.person).await?;
    let resource = Meeting { class, agency_id: ctx.actor.agency_id, convener_id: me, ..before.clone() }.resource(&standing);
    let helping = crate::visits::actions::helpers(ctx, before.person).await?;
    let mut practitioners = Vec::new();
    // Whoever convened it and does not now is one of those who come.
    for who in before.invited.iter().map(|one| one.id).chain([before.convener_id]) {
        if who != me && helping.contains(&who) && actions::can_come(ctx, who, (class, &resource)).await? {
            practitioners.push(who);
        }
    }
    let people = before.people.iter().map(|(person, _)| *person);
    let new = NewMeeting {
        on,
        time,
        place: before.place.clone(),
        about: String::new(),
        practitioners,
        people: people.filter(|person| around.members.iter().any(|member| member.person == *person)).collect(),
    };
    match actions::arrange(ctx, of, new).await {
        Ok(_) => Ok(()),
        Err(MeetingError::Access(e)) => Err(e.into()),
        Err(MeetingError::Rule(rule)) => Err(rule.into()),
        Err(e) => Err(MeetingError::Next(Box::new(e))),
    }
}

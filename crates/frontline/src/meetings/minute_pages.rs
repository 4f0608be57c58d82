//! Writing a meeting down, on one page: who came, how each need goes, what became of each action, what is new, and when they meet again.

use super::actions::{self, MeetingError};
use super::meeting::{Answer, Meeting, MeetingId};
use super::minutes::{self, Minutes, OfAction};
use super::pages::{Tick, field_of, title};
use crate::forms::{self, Boxes, Choice, boxes, day, status_of};
use crate::levels;
use crate::plans::entry_pages::{Going, VOLUNTEER, going, progress_of};
use crate::plans::pages::{ActionLine, each_of, line, names_of, needs_of};
use crate::plans::{self, NewAction, PlanError, Side};
use ::store::drafts;
use access::{Ctx, PractitionerId};
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use families::people::PersonId;
use kernel::{Date, british};
use serde::Serialize;
use std::collections::BTreeMap;
use web::{FieldErrors, Form, PageError, PageResult, Posted, Shared, Visitor};

/// The routes of writing a meeting down.
pub fn routes() -> Router<Shared> {
    Router::new().route("/meetings/{id}/minutes", get(show).post(keep)).route("/meetings/{id}/minutes/draft", post(keep_draft))
}

/// So many new actions fit on the page; more are written on the plan.
const NEW: [[&str; 4]; 3] = [
    ["words-1", "who-1", "volunteer-1", "by-1"],
    ["words-2", "who-2", "volunteer-2", "by-2"],
    ["words-3", "who-3", "volunteer-3", "by-3"],
];

/// An action of the plan, and what becomes of it.
#[derive(Debug, Serialize)]
pub struct OpenLine {
    line: ActionLine,
    version: i64,
    state: String,
    said: String,
}

/// A new action.
#[derive(Debug, Serialize)]
pub struct NewLine {
    place: usize,
    words: String,
    practitioners: Vec<Choice>,
    family: Vec<Choice>,
    is_by_volunteer: bool,
    volunteer: String,
    by: Boxes,
}

/// Writing a meeting down.
#[derive(Debug, Serialize)]
pub struct MinutesForm {
    id: String,
    version: i64,
    title: String,
    family_name: String,
    is_planned_together: bool,
    who: Vec<Tick>,
    people: Vec<Tick>,
    others: String,
    held: Boxes,
    words: String,
    needs: Vec<Going>,
    open: Vec<OpenLine>,
    new: Vec<NewLine>,
    next: Boxes,
    again: bool,
    time: String,
    draft: String,
    changed: bool,
    errors: FieldErrors,
}

const DRAFT: &str = "minutes";

fn draft_key(visitor: &Visitor, id: MeetingId) -> drafts::Key<'static> {
    drafts::Key { area_id: visitor.app.world.area_id, practitioner_id: visitor.actor().id.0, form: DRAFT, record_id: id.0 }
}

/// Keeps what is being typed, for whoever types it alone.
async fn keep_draft(Path(id): Path<MeetingId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut ctx = visitor.write().await?;
    if !actions::load(&mut ctx, id).await?.may_write_down {
        return Err(PageError::Hidden(None));
    }
    let now = ctx.now();
    drafts::save(&mut ctx.tx, draft_key(&visitor, id), &forms::body_of(&form), now).await?;
    ctx.commit().await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn show(visitor: Visitor, Path(id): Path<MeetingId>) -> PageResult {
    minutes_page(&visitor, id, None, (FieldErrors::default(), false)).await
}

async fn minutes_page(
    visitor: &Visitor,
    id: MeetingId,
    typed: Option<&Form>,
    (errors, changed): (FieldErrors, bool),
) -> PageResult {
    let area = &visitor.app.area;
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx, id).await?;
    // What was typed is shown again, whatever became of the meeting meanwhile.
    if !opened.may_write_down && typed.is_none() {
        return Err(PageError::Hidden(None));
    }
    let draft = drafts::find(&mut ctx.tx, draft_key(visitor, id)).await?.filter(|_| typed.is_none());
    let kept = draft.as_ref().and_then(|(body, _)| Form::parse(body).ok());
    let is_typed = typed.is_some() || kept.is_some();
    let form = &typed.cloned().or(kept).unwrap_or_default();
    let meeting = opened.meeting;
    let plan = plans::load(&mut ctx, (meeting.person, meeting.family)).await?;
    let helpers = forms::helpers(&mut ctx, &plan.facts, &[&plan.around]).await?;
    let review_on = levels::actions::review_on(&mut ctx, area, meeting.family).await?;
    let today = ctx.clock.today();
    let names = names_of(&plan);
    let is_open = plan.plan.as_ref().is_some_and(|plan| plan.closed.is_none());
    // What was typed of a plan that somebody closed meanwhile stays to be read.
    let is_planned_together = is_open || form.names().any(|name| name.starts_with("words-"));
    let open = if is_planned_together { open_lines(&mut ctx, &plan.entries, (form, &names)).await? } else { Vec::new() };
    ctx.seen().await?;
    let needs = if is_planned_together { needs_of(area, &plan, &names, today) } else { Vec::new() };
    let each = if is_planned_together { each_of(area, &plan, &names) } else { Vec::new() };
    let by = plans::rules::act_by(today, &area.plans, &area.holidays);
    let new = NEW.iter().enumerate().map(|(at, fields)| new_line((at, *fields), form, (&helpers, &names), by));
    let page = MinutesForm {
        id: id.to_string(),
        version: meeting.version,
        title: title(&meeting),
        family_name: plan.around.family.name.clone(),
        is_planned_together,
        who: who_came(&meeting, form, is_typed),
        people: people_who_came(&meeting, &names, form, is_typed),
        others: form.text("others").to_owned(),
        held: boxes(form, "held", meeting.planned_on.min(today)),
        words: form.text("words").to_owned(),
        needs: going(area, needs, each, form),
        open,
        new: if is_planned_together { new.collect() } else { Vec::new() },
        next: boxes(form, "next", review_on),
        again: if is_typed { form.text("again") == "yes" } else { plan.around.family.closed_at.is_none() },
        time: if is_typed { form.text("time").to_owned() } else { meeting.planned_time.clone() },
        draft: draft.map_or_else(String::new, |(_, at)| british::moment(at)),
        changed,
        errors,
    };
    let status = if changed { StatusCode::CONFLICT } else { status_of(&page.errors) };
    Ok((status, visitor.page("frontline/meetings/templates/minutes.html", "Write the meeting down", page)?).into_response())
}

/// Returns the open actions of which the actor may say what became; what they may only read stands on the plan.
async fn open_lines(
    ctx: &mut Ctx,
    entries: &[plans::Entry],
    (form, names): (&Form, &BTreeMap<PersonId, String>),
) -> Result<Vec<OpenLine>, PageError> {
    let today = ctx.clock.today();
    let mut open = Vec::new();
    for entry in entries.iter().filter(|entry| entry.state == plans::State::Open) {
        if plans::actions::may_change(ctx, entry.id).await? {
            open.push(OpenLine {
                version: entry.version,
                state: form.text(&format!("state-{}", entry.id)).to_owned(),
                said: form.text(&format!("how-{}", entry.id)).to_owned(),
                line: line(entry, names, today),
            });
        }
    }
    Ok(open)
}

/// Those who said that they cannot come are not ticked; whoever writes it down looks at each.
fn who_came(meeting: &Meeting, form: &Form, is_typed: bool) -> Vec<Tick> {
    let tick = |one: &super::Invited| {
        let id = one.id.to_string();
        let ticked = if is_typed { form.has("who", &id) } else { one.answer == Answer::Coming };
        Tick { id, words: one.name.clone(), ticked }
    };
    meeting.invited.iter().map(tick).collect()
}

fn people_who_came(meeting: &Meeting, names: &BTreeMap<PersonId, String>, form: &Form, is_typed: bool) -> Vec<Tick> {
    let tick = |(person, _): &(PersonId, bool)| {
        let id = person.to_string();
        let ticked = is_typed && form.has("people", &id);
        Some(Tick { words: names.get(person)?.clone(), id, ticked })
    };
    meeting.people.iter().filter_map(tick).collect()
}

fn new_line(
    (at, [words, who, volunteer, by]): (usize, [&str; 4]),
    form: &Form,
    (helpers, names): (&[(PractitionerId, String)], &BTreeMap<PersonId, String>),
    offered: Date,
) -> NewLine {
    let typed = form.text(who);
    let choice = |(id, words): (String, &String)| Choice { chosen: id == typed, id, words: words.clone() };
    NewLine {
        place: at + 1,
        words: form.text(words).to_owned(),
        practitioners: helpers.iter().map(|(id, words)| choice((id.to_string(), words))).collect(),
        family: names.iter().map(|(id, words)| choice((format!("person:{id}"), words))).collect(),
        is_by_volunteer: typed == VOLUNTEER,
        volunteer: form.text(volunteer).to_owned(),
        by: boxes(form, by, offered),
    }
}

/// Reads the new actions that were typed: a line without words is none.
fn new_of(form: &Form, (through, me): (PersonId, PractitionerId), errors: &mut FieldErrors) -> Vec<(usize, NewAction)> {
    let mut new = Vec::new();
    for (at, [words, who, volunteer, by]) in NEW.into_iter().enumerate() {
        if form.text(words).trim().is_empty() {
            continue;
        }
        let doer: Option<PersonId> = form.text(who).strip_prefix("person:").and_then(|id| id.parse().ok());
        let is_by_volunteer = form.text(who) == VOLUNTEER;
        // Whoever writes it down asks how it goes.
        let owner = if doer.is_some() || is_by_volunteer { Some(me) } else { form.text(who).parse().ok() };
        let typed = if is_by_volunteer { form.text(volunteer).trim().to_owned() } else { String::new() };
        if is_by_volunteer && typed.is_empty() {
            errors.add(volunteer, "Type who the volunteer is, and how they are reached");
        }
        let (Some(owner), Some(by_on)) = (owner, day(form, by, errors)) else {
            if owner.is_none() {
                errors.add(who, "Choose who does it");
            }
            continue;
        };
        let person = doer.unwrap_or(through);
        let words = form.text(words).to_owned();
        let side = Side::Support;
        let action = NewAction { person, need: None, words, side, owner, doer, volunteer: typed, by_on, is_private: false };
        new.push((at, action));
    }
    new
}

/// Returns the field of a new action that a fault is about.
fn field_of_new(at: usize, fault: &PlanError) -> &'static str {
    let [words, who, volunteer, by] = NEW[at.min(NEW.len() - 1)];
    match fault {
        PlanError::Rule(rule) => match rule.field() {
            "words" => words,
            "volunteer" => volunteer,
            "by" => by,
            _ => who,
        },
        _ => who,
    }
}

/// Reads what became of the actions that were open.
fn ended_of(form: &Form) -> Vec<OfAction> {
    let of = |id: &String| {
        let is_done = match form.text(&format!("state-{id}")) {
            "done" => true,
            "dropped" => false,
            _ => return None,
        };
        let version = form.text(&format!("version-{id}")).parse().ok()?;
        Some(OfAction { id: id.parse().ok()?, version, is_done, words: form.text(&format!("how-{id}")).to_owned() })
    };
    form.all("open").iter().filter_map(of).collect()
}

async fn keep(Path(id): Path<MeetingId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let version: i64 = form.parse_field("version")?;
    let (held_on, next_on) = (day(&form, "held", &mut errors), day(&form, "next", &mut errors));
    let mut ctx = visitor.write_once(&form).await?;
    let through = actions::load(&mut ctx, id).await?.meeting.person;
    let new = new_of(&form, (through, ctx.actor.id), &mut errors);
    let (Some(held_on), Some(next_on), true) = (held_on, next_on, errors.is_empty()) else {
        drop(ctx);
        return minutes_page(&visitor, id, Some(&form), (errors, false)).await;
    };
    let minutes = Minutes {
        held_on,
        practitioners: form.all("who").iter().filter_map(|id| id.parse().ok()).collect(),
        people: form.all("people").iter().filter_map(|id| id.parse().ok()).collect(),
        others: form.text("others").to_owned(),
        words: form.text("words").to_owned(),
        progress: progress_of(&form),
        actions: ended_of(&form),
        new,
        next_on,
        next_time: (form.text("again") == "yes").then(|| form.text("time").to_owned()),
    };
    match minutes::minute(&mut ctx, &visitor.app.area, (id, version), minutes).await {
        Ok(_) => {
            drafts::remove(&mut ctx.tx, draft_key(&visitor, id)).await?;
            visitor.done(ctx, &form, &format!("/meetings/{id}")).await
        }
        Err(MeetingError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let changed = matches!(e, MeetingError::Changed);
            match &e {
                MeetingError::OfAction(entry, _) => errors.add(&format!("how-{entry}"), &e.to_string()),
                MeetingError::OfNew(at, of) => errors.add(field_of_new(*at, of), &e.to_string()),
                e => errors.add(field_of(e), &e.to_string()),
            }
            minutes_page(&visitor, id, Some(&form), (errors, changed)).await
        }
    }
}

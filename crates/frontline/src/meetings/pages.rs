//! Meetings on a page: a family's, arranging one, saying whether one comes, another day, calling one off.

use super::actions::{self, MeetingError, Opened};
use super::meeting::{Answer, Meeting, MeetingId, NewMeeting, State};
use crate::forms::{self, Boxes, Choice, boxes, day, status_of};
use crate::plans;
use crate::visits::pages::when;
use access::PractitionerId;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use families::facts::{Fact, Shape};
use families::family::FamilyId;
use families::people::{self, PersonId, ShieldKind};
use families::search::names_of;
use kernel::{Date, british, clock};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use web::{FieldErrors, Form, PageError, PageResult, Posted, Shared, Visitor};

/// The routes of meetings, but for writing one down.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/people/{person}/families/{family}/meetings", get(list).post(arrange))
        .route("/meetings/{id}", get(show))
        .route("/meetings/{id}/{verb}", post(change))
}

type Of = (PersonId, FamilyId);

/// A meeting in a list.
#[derive(Clone, Debug, Serialize)]
pub struct MeetingLine {
    id: String,
    words: String,
    state: &'static str,
    late: bool,
    said: String,
}

/// Somebody to be invited.
#[derive(Clone, Debug, Serialize)]
pub struct Tick {
    /// Their id.
    pub id: String,
    /// Their name.
    pub words: String,
    /// Whether they are chosen.
    pub ticked: bool,
}

/// A family's meetings, and arranging one.
#[derive(Debug, Serialize)]
pub struct MeetingsPage {
    here: String,
    back: String,
    family_name: String,
    to_come: Vec<MeetingLine>,
    before: Vec<MeetingLine>,
    may_arrange: bool,
    who: Vec<Tick>,
    people: Vec<Tick>,
    next: Boxes,
    time: String,
    place: String,
    about: String,
    is_typed: bool,
    errors: FieldErrors,
}

fn address((person, family): Of) -> String {
    format!("/people/{person}/families/{family}/meetings")
}

/// Returns when and where a meeting is, and what about: "3 December 2026 at 2:30pm, at the library: how school goes".
pub fn title(meeting: &Meeting) -> String {
    let on = meeting.held_on.unwrap_or(meeting.planned_on);
    let time = if meeting.held_on.is_some() { "" } else { meeting.planned_time.as_str() };
    let place = if meeting.place.is_empty() { String::new() } else { format!(", {}", meeting.place) };
    let about = if meeting.about.is_empty() { String::new() } else { format!(": {}", meeting.about) };
    format!("{}{place}{about}", when(on, time))
}

fn line(meeting: &Meeting, today: Date) -> MeetingLine {
    MeetingLine {
        id: meeting.id.to_string(),
        words: title(meeting),
        state: meeting.state.words(),
        late: meeting.is_late(today),
        said: meeting.words.clone(),
    }
}

async fn list(visitor: Visitor, Path(of): Path<Of>) -> PageResult {
    list_page(&visitor, of, &Form::default(), FieldErrors::default()).await
}

async fn list_page(visitor: &Visitor, of: Of, form: &Form, errors: FieldErrors) -> PageResult {
    let area = &visitor.app.area;
    let mut ctx = visitor.read().await?;
    let opened = plans::load(&mut ctx, of).await?;
    let meetings = actions::of_family(&mut ctx, of.1).await?;
    let helpers = forms::helpers(&mut ctx, &opened.facts, &[&opened.around]).await?;
    let shielded = people::shielded(&mut ctx, &opened.people()).await?.into_iter();
    let shielded: Vec<PersonId> = shielded.filter(|(_, kind)| *kind == ShieldKind::Existence).map(|(person, _)| person).collect();
    let today = ctx.clock.today();
    let me = ctx.actor.id;
    ctx.seen().await?;
    let is_typed = form.all("who").len() + form.all("people").len() > 0 || !errors.is_empty();
    let is_ticked = |field: &str, id: &str| !is_typed || form.has(field, id);
    let helpers = helpers.into_iter().filter(|(id, _)| *id != me);
    let who = helpers.map(|(id, words)| (id.to_string(), words));
    // Nor is whoever is known to help through a shielded person alone.
    let openly = openly_helping(&opened.facts, &shielded);
    let is_known = |id: &str| is_typed || openly.iter().any(|who| who.to_string() == id);
    let who = who.map(|(id, words)| Tick { ticked: is_known(&id) && is_ticked("who", &id), id, words }).collect();
    let names = plans::pages::names_of(&opened);
    let people = names.iter().map(|(id, words)| (id.to_string(), words.clone()));
    // Whoever is shielded is invited by somebody's own act alone.
    let is_open = |id: &str| is_typed || !shielded.iter().any(|person| person.to_string() == id);
    let people = people.map(|(id, words)| Tick { ticked: is_open(&id) && is_ticked("people", &id), id, words }).collect();
    let (to_come, mut before): (Vec<&Meeting>, Vec<&Meeting>) =
        meetings.iter().partition(|meeting| meeting.state == State::Planned);
    before.reverse();
    let lines = |list: Vec<&Meeting>| list.into_iter().map(|meeting| line(meeting, today)).collect();
    let review_on = opened.plan.as_ref().filter(|plan| plan.closed.is_none() && plan.review_on >= today);
    let offered = review_on.map_or_else(|| plans::rules::act_by(today, &area.plans, &area.holidays), |plan| plan.review_on);
    let page = MeetingsPage {
        here: address(of),
        back: format!("/people/{}/families/{}/plan", of.0, of.1),
        family_name: opened.around.family.name.clone(),
        to_come: lines(to_come),
        before: lines(before),
        may_arrange: opened.may_write && opened.around.family.closed_at.is_none(),
        who,
        people,
        next: boxes(form, "next", offered),
        time: form.text("time").to_owned(),
        place: form.text("place").to_owned(),
        about: form.text("about").to_owned(),
        is_typed,
        errors,
    };
    let status = status_of(&page.errors);
    Ok((status, visitor.page("frontline/meetings/templates/list.html", "Meetings", page)?).into_response())
}

/// Returns who is known to work with somebody of the family who is not shielded.
fn openly_helping(facts: &[Fact], shielded: &[PersonId]) -> BTreeSet<PractitionerId> {
    let open = facts.iter().filter(|fact| fact.ended_at.is_none() && !shielded.contains(&fact.new.person));
    open.filter_map(|fact| match fact.new.shape {
        Shape::Involvement { practitioner } => practitioner,
        _ => None,
    })
    .collect()
}

async fn arrange(Path(of): Path<Of>, Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let Some(on) = day(&form, "next", &mut errors) else { return list_page(&visitor, of, &form, errors).await };
    let text = |field: &str| form.text(field).to_owned();
    let new = NewMeeting {
        on,
        time: text("time"),
        place: text("place"),
        about: text("about"),
        practitioners: form.all("who").iter().filter_map(|id| id.parse().ok()).collect(),
        people: form.all("people").iter().filter_map(|id| id.parse().ok()).collect(),
    };
    let mut ctx = visitor.write_once(&form).await?;
    match actions::arrange(&mut ctx, of, new).await {
        Ok(id) => visitor.done(ctx, &form, &format!("/meetings/{id}")).await,
        Err(MeetingError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            errors.add(field_of(&e), &e.to_string());
            list_page(&visitor, of, &form, errors).await
        }
    }
}

/// Returns where an error belongs.
pub(super) fn field_of(e: &MeetingError) -> &'static str {
    match e {
        MeetingError::Rule(rule) => rule.field(),
        MeetingError::NotOfFamily => "people",
        MeetingError::CannotInvite | MeetingError::SupportEnded => "who",
        MeetingError::Next(_) => "again",
        MeetingError::Plan(plans::PlanError::Rule(rule)) => rule.field(),
        MeetingError::Plan(_)
        | MeetingError::OfAction(..)
        | MeetingError::OfNew(..)
        | MeetingError::Changed
        | MeetingError::Access(_) => "words",
    }
}

/// Somebody who is invited, on the page.
#[derive(Clone, Debug, Serialize)]
pub struct InvitedLine {
    name: String,
    answer: String,
}

/// One meeting.
#[derive(Debug, Serialize)]
pub struct MeetingPage {
    id: String,
    version: i64,
    family: String,
    title: String,
    state: &'static str,
    is_planned: bool,
    late: bool,
    convener: String,
    invited: Vec<InvitedLine>,
    others: String,
    words: String,
    source: String,
    may_change: bool,
    may_write_down: bool,
    mine: String,
    answers: Vec<Choice>,
    answer_words: String,
    next: Boxes,
    time: String,
    place: String,
    why: String,
    verb: String,
    changed: bool,
    errors: FieldErrors,
}

async fn show(visitor: Visitor, Path(id): Path<MeetingId>) -> PageResult {
    show_page(&visitor, id, ("", &Form::default()), (FieldErrors::default(), false)).await
}

async fn show_page(
    visitor: &Visitor,
    id: MeetingId,
    (verb, form): (&str, &Form),
    (errors, changed): (FieldErrors, bool),
) -> PageResult {
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx, id).await?;
    let people: Vec<PersonId> = opened.meeting.people.iter().map(|(person, _)| *person).collect();
    let names: BTreeMap<PersonId, String> = people.iter().copied().zip(names_of(&mut ctx, &people).await?).collect();
    let today = ctx.clock.today();
    ctx.seen().await?;
    let page = MeetingPage { changed, errors, verb: verb.to_owned(), ..page_of(&opened, &names, (form, today)) };
    let status = if changed { StatusCode::CONFLICT } else { status_of(&page.errors) };
    Ok((status, visitor.page("frontline/meetings/templates/show.html", "A meeting", page)?).into_response())
}

fn page_of(opened: &Opened, names: &BTreeMap<PersonId, String>, (form, today): (&Form, Date)) -> MeetingPage {
    let meeting = &opened.meeting;
    let is_planned = meeting.state == State::Planned;
    let came = |came: bool| if came { "Came".to_owned() } else { "Did not come".to_owned() };
    let person = |(person, was_there): &(PersonId, bool)| InvitedLine {
        name: names.get(person).cloned().unwrap_or_default(),
        answer: if meeting.state == State::Held { came(*was_there) } else { "Invited".to_owned() },
    };
    let practitioner = |one: &super::Invited| {
        let said = if one.answer_words.is_empty() { String::new() } else { format!(": {}", one.answer_words) };
        let answer = if meeting.state == State::Held { came(one.came) } else { one.answer.words().to_owned() };
        InvitedLine { name: one.name.clone(), answer: format!("{answer}{said}") }
    };
    let text = |field: &str, otherwise: &str| {
        let typed = form.text(field);
        if typed.is_empty() { otherwise.to_owned() } else { typed.to_owned() }
    };
    let mine = opened.mine.filter(|_| is_planned);
    let chosen = form.text("answer");
    let answers = [Answer::Coming, Answer::NotComing].map(|one| Choice {
        id: one.as_str().to_owned(),
        words: if one == Answer::Coming { "I come".to_owned() } else { "I cannot come".to_owned() },
        chosen: if chosen.is_empty() { opened.mine == Some(one) } else { chosen == one.as_str() },
    });
    MeetingPage {
        id: meeting.id.to_string(),
        version: meeting.version,
        family: if opened.may_open {
            format!("/people/{}/families/{}/meetings", meeting.person, meeting.family)
        } else {
            String::new()
        },
        title: title(meeting),
        state: meeting.state.words(),
        is_planned,
        late: meeting.is_late(today),
        convener: meeting.convener.clone(),
        invited: meeting.people.iter().map(person).chain(meeting.invited.iter().map(practitioner)).collect(),
        others: meeting.others.clone(),
        words: meeting.words.clone(),
        source: meeting.ended.as_ref().map_or_else(String::new, |(at, by)| {
            let on = british::day(clock::local_day(*at));
            if by.is_empty() { format!("Written down on {on}") } else { format!("Written down by {by}, {on}") }
        }),
        may_change: opened.may_change,
        may_write_down: opened.may_write_down && meeting.planned_on <= today,
        mine: mine.map_or_else(String::new, |answer| answer.words().to_owned()),
        answers: answers.to_vec(),
        answer_words: form.text("answer_words").to_owned(),
        next: boxes(form, "next", meeting.planned_on.max(today)),
        time: text("time", &meeting.planned_time),
        place: text("place", &meeting.place),
        why: form.text("why").to_owned(),
        verb: String::new(),
        changed: false,
        errors: FieldErrors::default(),
    }
}

async fn change(Path((id, verb)): Path<(MeetingId, String)>, Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let version: i64 = form.parse_field("version")?;
    let (mut on, mut answer) = (None, String::new());
    match verb.as_str() {
        "move" => on = day(&form, "next", &mut errors),
        "answer" => {
            let answers = [Answer::Coming, Answer::NotComing].into_iter().map(Answer::as_str);
            answer = form.choice("answer", "Choose whether you come", answers, &mut errors);
        }
        "cancel" => {}
        _ => return Err(PageError::Hidden(None)),
    }
    if !errors.is_empty() {
        return show_page(&visitor, id, (&verb, &form), (errors, false)).await;
    }
    let mut ctx = visitor.write_once(&form).await?;
    let at = (id, version);
    let done = match (verb.as_str(), on) {
        ("move", Some(on)) => actions::move_on(&mut ctx, at, (on, form.text("time"), form.text("place"))).await,
        ("answer", _) => actions::answer(&mut ctx, at, (answer == Answer::Coming.as_str(), form.text("answer_words"))).await,
        _ => actions::cancel(&mut ctx, at, form.text("why")).await.map(|_| ()),
    };
    match done {
        Ok(()) => visitor.done(ctx, &form, &format!("/meetings/{id}")).await,
        Err(MeetingError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let changed = matches!(e, MeetingError::Changed);
            errors.add(field_of(&e), &e.to_string());
            show_page(&visitor, id, (&verb, &form), (errors, changed)).await
        }
    }
}

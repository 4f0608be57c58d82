//! Planning a visit, and saying what came of one.

use super::actions::{self, VisitError};
use super::pages::{choices, field_of, names_for, next_of, show_page, title, ways};
use super::reading::{self, Known, Read};
use super::rules;
use super::visit::{Met, Outcome, Plan, State, VisitId, Way};
use crate::forms::{self, Boxes, Choice, boxes, day, status_of};
use crate::offline::{self, NoteError, NoteId};
use crate::ways::{self as ways_of, way::in_a_line};
use access::{Act, Ctx, PractitionerId};
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use axum::routing::get;
use families::facts::{self, Class, Fact, Kind};
use families::family::{self, Part};
use families::people::{self, PersonId, ShieldKind};
use families::search::actions::display_name;
use kernel::{Date, british};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use web::{FieldErrors, Form, PageError, PageResult, Posted, Shared, Visitor};

/// The routes of what is written of visits.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/people/{person}/visits/plan", get(new_plan).post(plan))
        .route("/people/{person}/visits/record", get(new_record).post(record))
        .route("/visits/{id}/outcome", get(new_outcome).post(end))
}

/// Somebody of the family, to tick.
#[derive(Clone, Debug, Serialize)]
pub struct Tick {
    id: String,
    words: String,
    ticked: bool,
}

/// A child, and how they see it themselves.
#[derive(Clone, Debug, Serialize)]
pub struct View {
    id: String,
    name: String,
    typed: String,
}

/// Everybody whom a visit through somebody can be about, and who could make it.
pub(super) struct Family {
    pub(super) name: String,
    called: String,
    pub(super) known: Vec<Known>,
    members: BTreeSet<PersonId>,
    shielded: BTreeSet<PersonId>,
    helpers: Vec<(PractitionerId, String)>,
}

pub(super) async fn family_of(ctx: &mut Ctx, person: PersonId) -> Result<Family, PageError> {
    people::open(ctx, Act::RecordVisit, person).await?;
    let arounds = family::around(ctx, person).await?;
    let circle = family::circle(ctx, person, &arounds).await?;
    let facts = facts::list_of(ctx, &circle, Some(&[Kind::Name, Kind::Birth, Kind::Involvement])).await?;
    let today = ctx.clock.today();
    let shielded = people::shielded(ctx, &circle).await?.into_iter();
    let shielded = shielded.filter(|(_, kind)| *kind == ShieldKind::Existence).map(|(person, _)| person).collect();
    let of = |person: PersonId| facts.iter().filter(|fact| fact.new.person == person).cloned().collect::<Vec<Fact>>();
    let known: Vec<Known> = circle
        .iter()
        .filter_map(|person| {
            let theirs = of(*person);
            let name = display_name(&theirs)?;
            Some(Known { person: *person, name, is_child: is_child(&theirs, today) })
        })
        .collect();
    let members = arounds.iter().flat_map(|around| &around.members).filter(|one| one.part == Part::Member).map(|one| one.person);
    let helpers = forms::helpers(ctx, &facts, &arounds.iter().collect::<Vec<_>>()).await?;
    let name = known.first().map_or_else(String::new, |one| one.name.clone());
    let called = arounds.first().map_or_else(|| name.clone(), |around| around.family.name.clone());
    Ok(Family { name, called, known, members: members.chain([person]).collect(), shielded, helpers })
}

fn is_child(facts: &[Fact], today: Date) -> bool {
    let born = facts.iter().filter(|fact| fact.new.kind == Kind::Birth).find_map(|fact| fact.new.holds_from);
    born.is_some_and(|born| born.age_years(today).1 < 18)
}

impl Family {
    fn ticks(&self, ticked: impl Fn(PersonId) -> bool) -> Vec<Tick> {
        let words = |known: &Known| match self.shielded.contains(&known.person) {
            true => format!("{} (shielded: only those named for them can then read this)", known.name),
            false => known.name.clone(),
        };
        let one = |known: &Known| Tick { id: known.person.to_string(), words: words(known), ticked: ticked(known.person) };
        self.known.iter().map(one).collect()
    }

    /// Asks how each child sees it, and keeps what was typed of anybody.
    fn views(&self, form: &Form) -> Vec<View> {
        let one = |known: &Known| {
            let typed = form.text(&format!("view-{}", known.person)).to_owned();
            let view = View { id: known.person.to_string(), name: known.name.clone(), typed };
            (known.is_child || !view.typed.is_empty()).then_some(view)
        };
        self.known.iter().filter_map(one).collect()
    }

    /// Whom a visit to the family is about unless somebody says otherwise: its members, but for whoever must not be known.
    fn is_about(&self, person: PersonId) -> bool {
        let focus = self.known.first().map(|one| one.person);
        // What is written through somebody who must not be known is about them: else it would tell of them to the others' workers.
        match focus.filter(|focus| self.shielded.contains(focus)) {
            Some(focus) => person == focus,
            None => self.members.contains(&person) && !self.shielded.contains(&person),
        }
    }
}

/// Planning a visit.
#[derive(Debug, Serialize)]
pub struct PlanForm {
    person: String,
    name: String,
    people: Vec<Tick>,
    ways: Vec<Choice>,
    owners: Vec<Choice>,
    on: Boxes,
    time: String,
    approach: String,
    is_private: bool,
    errors: FieldErrors,
}

async fn new_plan(visitor: Visitor, Path(person): Path<PersonId>) -> PageResult {
    plan_page(&visitor, person, None, FieldErrors::default()).await
}

async fn plan_page(visitor: &Visitor, person: PersonId, typed: Option<&Form>, errors: FieldErrors) -> PageResult {
    let area = &visitor.app.area;
    let mut ctx = visitor.read().await?;
    let family = family_of(&mut ctx, person).await?;
    // How they are best approached is written once, and stays until somebody knows better.
    let last = actions::of_people(&mut ctx, &[person], 20).await?.into_iter().find(|visit| {
        let is_for_all = visit.class == Class::Ordinary && !visit.agency_tells_place;
        let is_of_shielded = visit.people.iter().any(|met| family.shielded.contains(&met.person));
        is_for_all && !is_of_shielded && !visit.approach.is_empty()
    });
    let agreed = ways_of::meet(&mut ctx, person).await?.map(|one| in_a_line(&one, area));
    let (me, today) = (ctx.actor.id, ctx.clock.today());
    ctx.seen().await?;
    let empty = Form::default();
    let form = typed.unwrap_or(&empty);
    let is_ticked = |one: PersonId| if typed.is_some() { form.has("person", &one.to_string()) } else { family.is_about(one) };
    let page = PlanForm {
        person: person.to_string(),
        name: family.name.clone(),
        people: family.ticks(is_ticked),
        ways: ways(form.text("way").parse().unwrap_or(Way::Home)),
        on: boxes(form, "next", area.holidays.add(today, 1)),
        time: form.text("time").to_owned(),
        approach: match typed {
            Some(form) => form.text("approach").to_owned(),
            None => agreed.or(last.map(|visit| visit.approach)).unwrap_or_default(),
        },
        is_private: form.text("private") == "yes",
        owners: choices(family.helpers, form.text("owner").parse().unwrap_or(me)),
        errors,
    };
    let status = status_of(&page.errors);
    Ok((status, visitor.page("frontline/visits/templates/plan.html", "Plan a visit", page)?).into_response())
}

fn ids_in(form: &Form, field: &str) -> Vec<PersonId> {
    form.all(field).iter().filter_map(|id| id.parse().ok()).collect()
}

async fn plan(Path(person): Path<PersonId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let way = form.text("way").parse().unwrap_or(Way::Home);
    let Some(next) = next_of(&form, visitor.actor().id, way, &mut errors) else {
        return plan_page(&visitor, person, Some(&form), errors).await;
    };
    let new = Plan { person, people: ids_in(&form, "person"), next, is_private: form.text("private") == "yes" };
    let mut ctx = visitor.write_once(&form).await?;
    match actions::plan(&mut ctx, new).await {
        Ok(id) => visitor.done(ctx, &form, &format!("/visits/{id}")).await,
        Err(VisitError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            errors.add(field_of(&e), &e.to_string());
            plan_page(&visitor, person, Some(&form), errors).await
        }
    }
}

/// Saying what came of a visit.
#[derive(Debug, Serialize)]
pub struct OutcomeForm {
    action: String,
    back: String,
    heading: String,
    caption: String,
    is_read: bool,
    is_new: bool,
    version: i64,
    words: String,
    people: Vec<Tick>,
    views: Vec<View>,
    ways: Vec<Choice>,
    states: Vec<Choice>,
    state: String,
    happened: Boxes,
    next_ways: Vec<Choice>,
    owners: Vec<Choice>,
    next: Boxes,
    again_on: String,
    time: String,
    approach: String,
    is_private: bool,
    note: String,
    errors: FieldErrors,
}

fn states() -> Vec<Choice> {
    let one = |state: &State| Choice { id: state.as_str().to_owned(), words: state.words().to_owned(), chosen: false };
    State::ALL.iter().filter(|state| **state != State::Planned).map(one).collect()
}

/// What a form about a visit starts from.
struct Start<'a> {
    heading: String,
    caption: String,
    action: String,
    back: String,
    version: i64,
    way: Way,
    on: Date,
    state: Option<State>,
    ticked: &'a dyn Fn(PersonId) -> bool,
    approach: String,
    is_read: bool,
}

fn outcome_form(
    area: &area::Area,
    family: Family,
    start: Start<'_>,
    form: &Form,
    (me, today): (PractitionerId, Date),
) -> OutcomeForm {
    let is_sent = !form.text("csrf").is_empty() && !start.is_read;
    let is_ticked = |one: PersonId| if is_sent { form.has("met", &one.to_string()) } else { (start.ticked)(one) };
    let typed = |part: &str| form.text(&format!("next-{part}")).to_owned();
    let again_on = rules::again_on(today, &area.plans, &area.holidays);
    let way = form.text("way").parse().unwrap_or(start.way);
    let state = form.text("state").parse().ok().or(start.state);
    OutcomeForm {
        heading: start.heading,
        caption: start.caption,
        action: start.action,
        back: start.back,
        is_read: start.is_read,
        is_new: start.version == 0,
        version: start.version,
        words: form.text("words").to_owned(),
        people: family.ticks(is_ticked),
        views: family.views(form),
        ways: ways(way),
        states: states(),
        state: state.map_or_else(String::new, |state: State| state.as_str().to_owned()),
        happened: boxes(form, "happened", start.on),
        next_ways: ways(form.text("next-way").parse().unwrap_or(way)),
        next: Boxes { day: typed("day"), month: typed("month"), year: typed("year") },
        again_on: british::day(again_on),
        time: form.text("time").to_owned(),
        approach: if is_sent { form.text("approach").to_owned() } else { start.approach },
        is_private: form.text("private") == "yes",
        note: form.text("note").to_owned(),
        owners: choices(family.helpers, form.text("owner").parse().unwrap_or(me)),
        errors: FieldErrors::default(),
    }
}

async fn new_record(visitor: Visitor, Path(person): Path<PersonId>) -> PageResult {
    record_page(&visitor, person, &Form::default(), (FieldErrors::default(), false)).await
}

/// Shows the form for a visit that was made; what a note seems to say is proposed in it.
pub(super) async fn record_page(
    visitor: &Visitor,
    person: PersonId,
    form: &Form,
    (errors, is_note): (FieldErrors, bool),
) -> PageResult {
    let mut ctx = visitor.read().await?;
    let family = family_of(&mut ctx, person).await?;
    let (me, today) = (ctx.actor.id, ctx.clock.today());
    ctx.seen().await?;
    let read = is_note.then(|| reading::read(form.text("words"), today, &family.known));
    let Read { way, on, state, met } = read.unwrap_or(Read { way: Way::Home, on: today, state: State::Done, met: Vec::new() });
    let start = Start {
        heading: "Record a visit".to_owned(),
        caption: family.called.clone(),
        action: format!("/people/{person}/visits/record"),
        back: format!("/people/{person}"),
        version: 0,
        way,
        on,
        state: Some(state),
        ticked: &|one| met.contains(&one),
        approach: String::new(),
        is_read: is_note,
    };
    let page = OutcomeForm { errors, ..outcome_form(&visitor.app.area, family, start, form, (me, today)) };
    let status = status_of(&page.errors);
    Ok((status, visitor.page("frontline/visits/templates/outcome.html", "Record a visit", page)?).into_response())
}

/// Reads what came of a visit: about whom it is, apart from those who were met, is said by `about`.
fn outcome_of(
    (form, visitor): (&Form, &Visitor),
    about: impl Iterator<Item = PersonId>,
    errors: &mut FieldErrors,
) -> Option<Outcome> {
    let met = ids_in(form, "met");
    let mut people: Vec<PersonId> = about.collect();
    let said =
        form.names().filter_map(|name| name.strip_prefix("view-")).filter(|id| !form.text(&format!("view-{id}")).is_empty());
    for person in met.iter().copied().chain(said.filter_map(|id| id.parse().ok())) {
        if !people.contains(&person) {
            people.push(person);
        }
    }
    let one =
        |person: PersonId| Met { person, is_met: met.contains(&person), view: form.text(&format!("view-{person}")).to_owned() };
    let way = form.text("way").parse().unwrap_or(Way::Home);
    let state = form.text("state").parse().unwrap_or(State::Planned);
    let happened_on = day(form, "happened", errors);
    let is_next = |state: State| !state.is_tried_again() && !form.text("time").trim().is_empty();
    let is_typed =
        ["day", "month", "year"].iter().any(|part| !form.text(&format!("next-{part}")).trim().is_empty()) || is_next(state);
    let me = visitor.actor().id;
    let next = match (is_typed, state.is_tried_again()) {
        (true, _) => Some(next_of(form, me, way, errors)?),
        (false, true) => {
            let (area, today) = (&visitor.app.area, visitor.app.world.clock.today());
            let on = rules::again_on(today, &area.plans, &area.holidays);
            Some(super::Next {
                way: form.text("next-way").parse().unwrap_or(way),
                owner: form.text("owner").parse().unwrap_or(me),
                on,
                time: form.text("time").to_owned(),
                approach: form.text("approach").to_owned(),
            })
        }
        (false, false) => None,
    };
    let words = form.note("words", "What happened", rules::WORDS_MAX, errors);
    let happened_on = happened_on?;
    errors.is_empty().then(|| Outcome { way, state, happened_on, words, people: people.into_iter().map(one).collect(), next })
}

async fn record(Path(person): Path<PersonId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let mut ctx = visitor.read().await?;
    let family = family_of(&mut ctx, person).await?;
    drop(ctx);
    let about = family.known.iter().map(|one| one.person).filter(|one| family.is_about(*one));
    let Some(outcome) = outcome_of((&form, &visitor), about, &mut errors) else {
        return record_page(&visitor, person, &form, (errors, false)).await;
    };
    let mut ctx = visitor.write_once(&form).await?;
    match actions::record(&mut ctx, person, outcome, form.text("private") == "yes").await {
        Ok(id) => {
            settle_note(&mut ctx, &form).await?;
            visitor.done(ctx, &form, &format!("/visits/{id}")).await
        }
        Err(VisitError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            errors.add(on_outcome(&e), &e.to_string());
            record_page(&visitor, person, &form, (errors, false)).await
        }
    }
}

/// A note from a device that something is written down from.
#[derive(Debug, Default, Deserialize)]
struct FromNote {
    note: Option<NoteId>,
}

async fn new_outcome(visitor: Visitor, Path(id): Path<VisitId>, Query(from): Query<FromNote>) -> PageResult {
    let Some(note) = from.note else { return outcome_page(&visitor, id, &Form::default(), FieldErrors::default()).await };
    let mut ctx = visitor.read().await?;
    let words = offline::load(&mut ctx, note).await?.words;
    drop(ctx);
    let form = Form::parse(&format!("note={note}&words={}", web::in_query(&words)))?;
    outcome_page(&visitor, id, &form, FieldErrors::default()).await
}

/// What was written down came from a note of a device: it is seen to in the same moment.
async fn settle_note(ctx: &mut Ctx, form: &Form) -> Result<(), PageError> {
    let Ok(note) = form.text("note").parse::<NoteId>() else { return Ok(()) };
    match offline::settle(ctx, note, None).await {
        Ok(()) => Ok(()),
        Err(NoteError::Access(e)) => Err(e.into()),
        Err(e) => Err(PageError::BadRequest(e.to_string())),
    }
}

async fn outcome_page(visitor: &Visitor, id: VisitId, form: &Form, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx, id).await?;
    if !opened.may_change {
        return Err(PageError::Hidden(None));
    }
    let visit = &opened.visit;
    let names = names_for(&mut ctx, std::iter::once(visit)).await?;
    let mut family = of_visit(&mut ctx, &opened).await?;
    let (me, today) = (ctx.actor.id, ctx.clock.today());
    ctx.seen().await?;
    for met in visit.people.iter().filter(|met| !family.known.iter().any(|one| one.person == met.person)).collect::<Vec<_>>() {
        let name = names.get(&met.person).cloned().unwrap_or_default();
        family.known.push(Known { person: met.person, name, is_child: false });
    }
    let start = Start {
        heading: "What came of it?".to_owned(),
        caption: title(visit, &names),
        action: format!("/visits/{id}/outcome"),
        back: format!("/visits/{id}"),
        version: visit.version,
        way: visit.way,
        on: visit.planned_on.min(today),
        state: None,
        ticked: &|_| false,
        approach: visit.approach.clone(),
        is_read: false,
    };
    let page = OutcomeForm { errors, ..outcome_form(&visitor.app.area, family, start, form, (me, today)) };
    let status = status_of(&page.errors);
    Ok((status, visitor.page("frontline/visits/templates/outcome.html", "What came of it?", page)?).into_response())
}

/// The family of a visit; of somebody who may not open it, the visit's own people and nobody else.
async fn of_visit(ctx: &mut Ctx, opened: &actions::Opened) -> Result<Family, PageError> {
    let standing = people::load(ctx, opened.visit.person).await?;
    if ctx.may(Act::RecordVisit, &standing.resource())? {
        return family_of(ctx, opened.visit.person).await;
    }
    let me = vec![(ctx.actor.id, format!("{}, {}", ctx.actor.name, ctx.actor.agency))];
    Ok(Family {
        name: String::new(),
        called: String::new(),
        known: Vec::new(),
        members: BTreeSet::new(),
        shielded: BTreeSet::new(),
        helpers: me,
    })
}

async fn end(Path(id): Path<VisitId>, Posted { visitor, form }: Posted) -> PageResult {
    // A second press leads where the first did.
    visitor.pressed_once(&form).await?;
    let version: i64 = form.parse_field("version")?;
    let mut errors = FieldErrors::default();
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx, id).await?;
    drop(ctx);
    if opened.visit.state != State::Planned {
        errors.add("words", &VisitError::Changed.to_string());
        return show_page(&visitor, id, &form, (errors, true)).await;
    }
    let Some(outcome) = outcome_of((&form, &visitor), opened.visit.people.iter().map(|met| met.person), &mut errors) else {
        return outcome_page(&visitor, id, &form, errors).await;
    };
    let mut ctx = visitor.write_once(&form).await?;
    match actions::end(&mut ctx, (id, version), outcome).await {
        Ok(_) => {
            settle_note(&mut ctx, &form).await?;
            visitor.done(ctx, &form, &format!("/visits/{id}")).await
        }
        Err(VisitError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            errors.add(on_outcome(&e), &e.to_string());
            match e {
                VisitError::Changed => outcome_or_page(&visitor, id, &form, errors).await,
                _ => outcome_page(&visitor, id, &form, errors).await,
            }
        }
    }
}

/// Where an error belongs on the form of an outcome, on which nobody is ticked but who was met.
fn on_outcome(e: &VisitError) -> &'static str {
    match field_of(e) {
        "person" => "met",
        field => field,
    }
}

/// Somebody was faster: what was typed is shown again as long as there is something to say, else how it stands now.
async fn outcome_or_page(visitor: &Visitor, id: VisitId, form: &Form, errors: FieldErrors) -> PageResult {
    match outcome_page(visitor, id, form, errors.clone()).await {
        Err(PageError::Hidden(None)) => show_page(visitor, id, form, (errors, true)).await,
        other => other,
    }
}

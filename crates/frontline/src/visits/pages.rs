//! One visit on a page, and what somebody has planned for the day.

use super::actions::{self, Opened, VisitError};
use super::rules;
use super::visit::{Next, State, Visit, VisitId, Way};
use crate::forms::{self, Boxes, Choice, boxes, day, status_of};
use access::{AccessError, Ctx, PractitionerId};
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use families::facts::{self, Answer, Class, Kind};
use families::family;
use families::people::{self, PersonId};
use families::search::names_of;
use kernel::{Date, british, clock};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use web::{FieldErrors, Form, PageError, PageResult, Posted, Shared, Visitor};

/// The routes of one visit, and of the day.
pub fn routes() -> Router<Shared> {
    Router::new().route("/visits", get(of_day)).route("/visits/{id}", get(show)).route("/visits/{id}/move", post(move_on))
}

/// Somebody a visit is about.
#[derive(Clone, Debug, Serialize)]
pub struct PersonLine {
    name: String,
    link: String,
    met: &'static str,
    view: String,
}

/// Another visit that this one leads to or comes from.
#[derive(Clone, Debug, Serialize)]
pub struct Beside {
    link: String,
    words: String,
}

/// One visit.
#[derive(Debug, Serialize)]
pub struct VisitPage {
    id: String,
    version: i64,
    title: String,
    person: String,
    state: &'static str,
    is_planned: bool,
    is_met: bool,
    late: bool,
    when: String,
    way: &'static str,
    owner: String,
    written: String,
    is_private: bool,
    approach: String,
    words: String,
    people: Vec<PersonLine>,
    before: Option<Beside>,
    next: Option<Beside>,
    may_change: bool,
    ways: Vec<Choice>,
    owners: Vec<Choice>,
    on: Boxes,
    time: String,
    typed_approach: String,
    typed: String,
    changed: bool,
    errors: FieldErrors,
}

async fn show(visitor: Visitor, Path(id): Path<VisitId>) -> PageResult {
    show_page(&visitor, id, &Form::default(), (FieldErrors::default(), false)).await
}

pub(super) async fn show_page(visitor: &Visitor, id: VisitId, form: &Form, (errors, changed): (FieldErrors, bool)) -> PageResult {
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx, id).await?;
    let today = ctx.clock.today();
    let names = names_for(&mut ctx, std::iter::once(&opened.visit)).await?;
    let owners = if opened.may_change { owners(&mut ctx, &opened, form.text("owner")).await? } else { Vec::new() };
    ctx.seen().await?;
    let page = VisitPage { owners, changed, errors, ..shown(&opened, &names, (today, form)) };
    let status = if changed { StatusCode::CONFLICT } else { status_of(&page.errors) };
    let title = page.title.clone();
    Ok((status, visitor.page("frontline/visits/templates/show.html", &title, page)?).into_response())
}

fn shown(opened: &Opened, names: &BTreeMap<PersonId, String>, (today, form): (Date, &Form)) -> VisitPage {
    let visit = &opened.visit;
    let is_sent = !form.text("csrf").is_empty();
    let or = |field: &str, otherwise: &str| if is_sent { form.text(field).to_owned() } else { otherwise.to_owned() };
    let on = visit.happened_on.unwrap_or(visit.planned_on);
    let person = |met: &super::Met| PersonLine {
        name: names.get(&met.person).cloned().unwrap_or_default(),
        link: if opened.may_open { format!("/people/{}", met.person) } else { String::new() },
        met: met_words(visit, met.is_met),
        view: met.view.clone(),
    };
    let written = visit.ended.as_ref().map_or_else(
        || format!("Planned by {}, {}, {}", visit.author, visit.agency, british::moment(visit.recorded_at)),
        |(at, by)| {
            let by = if by.is_empty() { "somebody whose service is not named" } else { by };
            format!("Written by {by}, {}", british::moment(*at))
        },
    );
    VisitPage {
        id: visit.id.to_string(),
        version: visit.version,
        title: title(visit, names),
        person: if opened.may_open { visit.person.to_string() } else { String::new() },
        state: visit.state.words(),
        is_planned: visit.state == State::Planned,
        is_met: visit.state == State::Done,
        late: visit.is_late(today),
        when: when(on, &visit.planned_time),
        way: visit.way.words(),
        owner: format!("{}, {}", visit.owner.0, visit.owner.1),
        written,
        is_private: visit.class != Class::Ordinary,
        approach: visit.approach.clone(),
        words: visit.words.clone(),
        people: visit.people.iter().map(person).collect(),
        before: opened.before.as_ref().map(beside),
        next: opened.next.as_ref().map(beside),
        may_change: opened.may_change,
        ways: ways(form.text("way").parse().unwrap_or(visit.way)),
        owners: Vec::new(),
        on: boxes(form, "next", visit.planned_on.max(today)),
        time: or("time", &visit.planned_time),
        typed_approach: or("approach", &visit.approach),
        typed: typed_words(form),
        changed: false,
        errors: FieldErrors::default(),
    }
}

/// What somebody wrote of a visit of which somebody else was faster to write: it is theirs to keep.
fn typed_words(form: &Form) -> String {
    let views = form.names().filter(|name| name.starts_with("view-")).map(|name| form.text(name));
    let said: Vec<&str> = std::iter::once(form.text("words")).chain(views).filter(|words| !words.trim().is_empty()).collect();
    said.join("\n")
}

fn met_words(visit: &Visit, is_met: bool) -> &'static str {
    match (visit.state, is_met, visit.way.is_in_person()) {
        (State::Done, true, true) => "Seen",
        (State::Done, true, false) => "Spoken with",
        (State::Done, false, true) => "Not seen",
        (State::Done, false, false) => "Not spoken with",
        _ => "",
    }
}

fn beside(visit: &Visit) -> Beside {
    let on = visit.happened_on.unwrap_or(visit.planned_on);
    let words = format!("{}, {}: {}", visit.way.words(), british::day(on), visit.state.words().to_lowercase());
    Beside { link: format!("/visits/{}", visit.id), words }
}

/// Returns a day, with its time where one was agreed.
pub fn when(on: Date, time: &str) -> String {
    if time.is_empty() { british::day(on) } else { format!("{} at {time}", british::day(on)) }
}

/// Returns what a visit is called: "Home visit to Amy Barlow and Josh Barlow".
pub fn title(visit: &Visit, names: &BTreeMap<PersonId, String>) -> String {
    title_of(visit, &names_in(visit, names))
}

/// Returns what a visit is called, of the names of everybody whom it is about.
pub fn title_of(visit: &Visit, names: &[String]) -> String {
    let to = if visit.way == Way::Appointment { "with" } else { "to" };
    format!("{} {to} {}", visit.way.words(), and(names))
}

/// Returns what came of a visit, in a few words: "Home visit: seen Amy Barlow; not seen Josh Barlow".
pub fn summary(visit: &Visit, names: &BTreeMap<PersonId, String>) -> String {
    let of = |is_met: bool| -> Vec<String> {
        let people = visit.people.iter().filter(|met| met.is_met == is_met);
        people.filter_map(|met| names.get(&met.person).cloned()).collect()
    };
    let (met, not_met) = (of(true), of(false));
    let way = visit.way.words();
    if visit.state != State::Done || met.is_empty() {
        return format!("{}: {}", title(visit, names), visit.state.words().to_lowercase());
    }
    let mut words = format!("{way}: {} {}", met_words(visit, true).to_lowercase(), and(&met));
    if !not_met.is_empty() {
        words.push_str(&format!("; {} {}", met_words(visit, false).to_lowercase(), and(&not_met)));
    }
    words
}

fn names_in(visit: &Visit, names: &BTreeMap<PersonId, String>) -> Vec<String> {
    visit.people.iter().filter_map(|met| names.get(&met.person).cloned()).collect()
}

/// Joins names as people say them; of many, the first three.
fn and(names: &[String]) -> String {
    match names {
        [] => "somebody".to_owned(),
        [one] => one.clone(),
        [all @ .., last] if names.len() <= 3 => format!("{} and {last}", all.join(", ")),
        [first, second, third, rest @ ..] => format!("{first}, {second}, {third} and {} more", rest.len()),
        [first, ..] => first.clone(),
    }
}

/// Returns the names of everybody whom visits are about, as the viewer may read them.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn names_for<'a>(
    ctx: &mut Ctx,
    visits: impl Iterator<Item = &'a Visit>,
) -> Result<BTreeMap<PersonId, String>, AccessError> {
    let mut people: Vec<PersonId> = visits.flat_map(|visit| visit.people.iter().map(|met| met.person)).collect();
    people.sort();
    people.dedup();
    let names = names_of(ctx, &people).await?;
    Ok(people.into_iter().zip(names).collect())
}

pub(super) fn ways(chosen: Way) -> Vec<Choice> {
    let one = |way: &Way| Choice { id: way.as_str().to_owned(), words: way.words().to_owned(), chosen: *way == chosen };
    Way::ALL.iter().map(one).collect()
}

/// Who could make a visit: whoever is to make it, the actor, and whoever works with the family.
async fn owners(ctx: &mut Ctx, opened: &Opened, typed: &str) -> Result<Vec<Choice>, PageError> {
    let visit = &opened.visit;
    let today = ctx.clock.today();
    let is_here = access::people::find_actor(&mut ctx.tx, ctx.area_id, visit.owner_id, today).await?.is_some();
    let mut helpers = Vec::new();
    if is_here {
        helpers.push((visit.owner_id, format!("{}, {}", visit.owner.0, visit.owner.1)));
    }
    if opened.may_open {
        let arounds = family::around(ctx, visit.person).await?;
        let facts = facts::list_of(ctx, &[visit.person], Some(&[Kind::Involvement])).await?;
        let others = forms::helpers(ctx, &facts, &arounds.iter().collect::<Vec<_>>()).await?;
        helpers.extend(others.into_iter().filter(|(id, _)| *id != visit.owner_id));
    }
    let chosen = typed.parse().unwrap_or(if is_here { visit.owner_id } else { ctx.actor.id });
    Ok(choices(helpers, chosen))
}

pub(super) fn choices(helpers: Vec<(PractitionerId, String)>, chosen: PractitionerId) -> Vec<Choice> {
    let choice = |(id, words): (PractitionerId, String)| Choice { id: id.to_string(), words, chosen: id == chosen };
    helpers.into_iter().map(choice).collect()
}

/// Reads when, how and by whom a family is met next; nothing where a day does not read.
pub(super) fn next_of(form: &Form, owner: PractitionerId, way: Way, errors: &mut FieldErrors) -> Option<Next> {
    let on = day(form, "next", errors)?;
    Some(Next {
        way: form.text("next-way").parse().unwrap_or(way),
        owner: form.text("owner").parse().unwrap_or(owner),
        on,
        time: form.text("time").to_owned(),
        approach: form.text("approach").to_owned(),
    })
}

/// Returns where an error belongs on a form.
pub(super) fn field_of(e: &VisitError) -> &'static str {
    match e {
        VisitError::Rule(rule) => rule.field(),
        VisitError::NotOfFamily => "person",
        VisitError::OwnerMayNotKnow => "owner",
        VisitError::Changed | VisitError::Access(_) => "words",
    }
}

async fn move_on(Path(id): Path<VisitId>, Posted { visitor, form }: Posted) -> PageResult {
    let version: i64 = form.parse_field("version")?;
    let mut errors = FieldErrors::default();
    let Some(next) = next_of(&form, visitor.actor().id, form.text("way").parse().unwrap_or(Way::Home), &mut errors) else {
        return show_page(&visitor, id, &form, (errors, false)).await;
    };
    let next = Next { way: form.text("way").parse().unwrap_or(next.way), ..next };
    let mut ctx = visitor.write_once(&form).await?;
    match actions::move_on(&mut ctx, (id, version), next).await {
        Ok(_) => visitor.done(ctx, &form, &format!("/visits/{id}")).await,
        Err(VisitError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let changed = matches!(e, VisitError::Changed);
            errors.add(field_of(&e), &e.to_string());
            show_page(&visitor, id, &form, (errors, changed)).await
        }
    }
}

/// A visit in the list of the day: everything that is needed on the way.
#[derive(Clone, Debug, Serialize)]
pub struct DayLine {
    id: String,
    link: String,
    title: String,
    kept_title: String,
    time: String,
    on: String,
    late: bool,
    places: Vec<String>,
    telephones: Vec<(String, String)>,
    approach: String,
}

/// What somebody has planned.
#[derive(Debug, Serialize)]
pub struct DayPage {
    most: usize,
    day: String,
    late: Vec<DayLine>,
    today: Vec<DayLine>,
    coming: Vec<DayLine>,
}

async fn of_day(visitor: Visitor) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(access::Act::SeeHome, &access::Resource::area())?;
    let me = ctx.actor.id;
    let visits = actions::owned_by(&mut ctx, &[me]).await?;
    let names = names_for(&mut ctx, visits.iter()).await?;
    let people: Vec<PersonId> = names.keys().copied().collect();
    let reached = facts::list_of(&mut ctx, &people, Some(&[Kind::Address, Kind::Phone])).await?;
    // Whoever is shielded, and where they are, is kept on no device.
    let shielded: BTreeSet<PersonId> = people::shielded(&mut ctx, &people).await?.into_iter().map(|(person, _)| person).collect();
    let today = ctx.clock.today();
    ctx.seen().await?;
    let area = &visitor.app.area;
    let known = |visit: &Visit, kind: Kind| -> Vec<String> {
        let of_visit = |fact: &&facts::Fact| {
            fact.new.kind == kind
                && fact.new.answer == Answer::Known
                && !fact.new.is_over(today)
                && visit.people.iter().any(|met| met.person == fact.new.person)
        };
        let mut told: Vec<String> = reached.iter().filter(of_visit).map(|fact| facts::words::detail(area, fact)).collect();
        told.sort();
        told.dedup();
        told.truncate(4);
        told
    };
    let digits = |words: &str| -> String {
        let number = words.split([',', '(', ':']).next().unwrap_or_default();
        number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
    };
    let line = |visit: &Visit| DayLine {
        id: visit.id.to_string(),
        link: format!("/visits/{}", visit.id),
        title: title(visit, &names),
        kept_title: kept_title(visit, &names, &shielded),
        time: visit.planned_time.clone(),
        on: british::day(visit.planned_on),
        late: visit.is_late(today),
        places: if visit.way.is_in_person() { known(visit, Kind::Address) } else { Vec::new() },
        telephones: known(visit, Kind::Phone).into_iter().map(|words| (digits(&words), words.replace(' ', "\u{a0}"))).collect(),
        approach: visit.approach.clone(),
    };
    let of = |chosen: fn(&Visit, Date) -> bool| visits.iter().filter(|visit| chosen(visit, today)).map(line).collect();
    let page = DayPage {
        most: rules::WORDS_MAX,
        day: british::day(today),
        late: of(|visit, today| visit.planned_on < today),
        today: of(|visit, today| visit.planned_on == today),
        coming: of(|visit, today| visit.planned_on > today),
    };
    visitor.page("frontline/visits/templates/day.html", "Visits", page)
}

/// Returns what a device keeps of a visit; nothing of one to somebody who is shielded but when it is.
fn kept_title(visit: &Visit, names: &BTreeMap<PersonId, String>, shielded: &BTreeSet<PersonId>) -> String {
    if visit.people.iter().any(|met| shielded.contains(&met.person)) {
        return String::new();
    }
    format!("{}, {}", title(visit, names), when(visit.planned_on, &visit.planned_time))
}

/// Returns when somebody was seen last, in words.
pub fn seen_words(on: Option<Date>, today: Date) -> String {
    match on {
        None => "Nobody has written that they saw them".to_owned(),
        Some(on) => match rules::days_since(on, today) {
            0 => "Seen today".to_owned(),
            1 => "Seen yesterday".to_owned(),
            days => format!("Seen {days} days ago, on {}", british::day(on)),
        },
    }
}

/// Returns the day a visit belongs to, and the moment it was written: what a story is ordered by.
pub fn order(visit: &Visit) -> (Date, kernel::Timestamp) {
    let at = visit.ended.as_ref().map_or(visit.recorded_at, |(at, _)| *at);
    (visit.happened_on.unwrap_or_else(|| clock::local_day(at)), at)
}

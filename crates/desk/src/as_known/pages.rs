//! The pages of a review: whom it is about, and what an agency could see of them at a moment.

use super::paper;
use super::then::Then;
use access::{Act, Actor, AgencyId, Ctx, PractitionerId, Resource, Role};
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use families::links;
use families::people::{self, PersonId};
use families::search::{self, Query as SearchQuery};
use kernel::partial_date::PartialDate;
use kernel::{Date, Timestamp, british, clock};
use serde::Deserialize;
use serde_json::{Value, json};
use web::{FieldErrors, Form, PageError, PageResult, Shared, Visitor};

const PAGE_MAX_BYTES: usize = 8 * 1024 * 1024;
const WHY_MAX: usize = 500;
/// So many of an agency are tried, for one who was shown the page.
const TRIED_MAX: usize = 12;

/// The pages that can be seen as they were: the word in the address, and what each is called.
const PAGES: [(&str, &str); 5] = [
    ("family", "The family on a page"),
    ("story", "The story of the whole family"),
    ("details", "Who they are, in full"),
    ("plan", "The family’s plan"),
    ("index", "Who works with them"),
];

/// The routes of reviews.
pub fn routes() -> Router<Shared> {
    Router::new().route("/as-known", get(find)).route("/people/{id}/as-known", get(show))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    why: String,
}

async fn find(visitor: Visitor, Query(asked): Query<Asked>) -> PageResult {
    let mut ctx = visitor.read().await?;
    if !ctx.actor.is(Role::Reviewer) {
        return Err(PageError::Hidden(None));
    }
    ctx.permit(Act::SearchToAnswer, &Resource::area())?;
    let mut errors = FieldErrors::default();
    let mut found = Vec::new();
    if !asked.q.is_empty() {
        if asked.why.trim().is_empty() {
            errors.add("why", "Say which review it is for");
        } else {
            let query = SearchQuery::parse(&asked.q, ctx.clock.today());
            let result = search::find_to(&mut ctx, Act::SearchToAnswer, &query, &asked.why).await?;
            for one in result.found {
                let name = search::actions::display_name(&one.facts).unwrap_or_default();
                let born = one.facts.iter().find(|fact| fact.new.kind == families::facts::Kind::Birth);
                let born = born.and_then(|fact| fact.new.holds_from).map_or_else(String::new, |born| born.words());
                found.push(json!({ "id": one.id.to_string(), "name": name, "born": born }));
            }
        }
    }
    ctx.seen().await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = json!({ "q": asked.q, "why": asked.why, "asked": !asked.q.is_empty(), "found": found, "errors": errors });
    Ok((status, visitor.page("desk/as_known/templates/find.html", "As it was known", page)?).into_response())
}

/// What a reviewer asks to see.
#[derive(Clone, Debug)]
struct Wanted {
    agency: AgencyId,
    at: Timestamp,
    why: String,
    who: Option<PractitionerId>,
    page: &'static str,
}

async fn show(visitor: Visitor, Path(id): Path<PersonId>, Query(fields): Query<Vec<(String, String)>>) -> PageResult {
    let encoded: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", web::in_query(name), web::in_query(value))).collect();
    let form = Form::parse(&encoded.join("&"))?;
    let mut ctx = visitor.read().await?;
    // Whoever was linked to somebody since was somebody of their own then; whether they may be seen is asked of who they are now.
    let now_known_as = links::now_known_as(&mut ctx, id).await?.unwrap_or(id);
    people::open(&mut ctx, Act::SeeAsKnown, now_known_as).await?;
    let agencies = access::people::list_agencies(&mut ctx.tx, ctx.area_id).await?;
    let name = search::names_of(&mut ctx, &[now_known_as]).await?.pop().unwrap_or_default();
    let choices: Vec<Value> = agencies.iter().map(|agency| json!({ "id": agency.code, "words": agency.name })).collect();
    let mut errors = FieldErrors::default();
    let mut wanted = None;
    if !form.text("agency").is_empty() || !form.text("why").is_empty() {
        let agency = agencies.iter().find(|agency| agency.code == form.text("agency"));
        wanted = read(&form, agency.map(|agency| agency.id), ctx.now(), &mut errors);
    }
    let base = json!({
        "id": id.to_string(), "name": name, "agencies": choices, "agency": form.text("agency"), "day": form.text("on-day"),
        "month": form.text("on-month"), "year": form.text("on-year"), "time": form.text("time"), "why": form.text("why")
    });
    let Some(wanted) = wanted else {
        ctx.seen().await?;
        return ask_page(&visitor, base, errors);
    };
    let agency = agencies.iter().find(|agency| agency.id == wanted.agency).map_or("", |agency| agency.name.as_str());
    shown(&visitor, ctx, (id, &wanted, agency), &form, base).await
}

fn ask_page(visitor: &Visitor, base: Value, errors: FieldErrors) -> PageResult {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = with(base, json!({ "errors": errors }));
    Ok((status, visitor.page("desk/as_known/templates/ask.html", "As it was known", page)?).into_response())
}

fn with(mut page: Value, more: Value) -> Value {
    if let (Value::Object(page), Value::Object(more)) = (&mut page, more) {
        page.extend(more);
    }
    page
}

fn read(form: &Form, agency: Option<AgencyId>, now: Timestamp, errors: &mut FieldErrors) -> Option<Wanted> {
    if agency.is_none() {
        errors.add("agency", "Choose whose view it is");
    }
    let on = form.date("on", "The day", errors).and_then(PartialDate::exact);
    if on.is_none() && !errors.has("on") {
        errors.add("on", "Type the day, with its month and year");
    }
    // The minute and the day that go on now are known until now.
    let at = on.and_then(|on| moment(on, form.text("time")));
    let at = at.map(|at| if at > now && on.is_some_and(|on| is_going_on(at, on, form.text("time"), now)) { now } else { at });
    match at {
        None if on.is_some() => errors.add("time", "Type the time like 14:30, or leave it out for the end of the day"),
        Some(at) if at > now => errors.add("on", "The moment must be in the past"),
        _ => {}
    }
    let why = form.line("why", "Which review it is for", WHY_MAX, errors);
    let page = PAGES.iter().map(|(id, _)| *id).find(|id| *id == form.text("page")).unwrap_or("family");
    let who = form.text("who").parse().ok();
    match (agency, at) {
        (Some(agency), Some(at)) if errors.is_empty() => Some(Wanted { agency, at, why, who, page }),
        _ => None,
    }
}

/// Returns whether a moment is the end of a minute, or of a day where no time is said, that goes on now.
fn is_going_on(at: Timestamp, on: Date, time: &str, now: Timestamp) -> bool {
    if time.trim().is_empty() { on == clock::local_day(now) } else { at.as_microsecond() - now.as_microsecond() < 60_000_000 }
}

/// Returns a moment of a day in London; the last of the day where no time is said.
fn moment(on: Date, time: &str) -> Option<Timestamp> {
    if time.trim().is_empty() {
        let next = clock::start_of(on.tomorrow().ok()?)?;
        return Timestamp::from_microsecond(next.as_microsecond() - 1).ok();
    }
    let (hour, minute) = time.trim().split_once(':')?;
    let (hour, minute): (i8, i8) = (hour.parse().ok()?, minute.parse().ok()?);
    if !(0..24).contains(&hour) || !(0..60).contains(&minute) {
        return None;
    }
    on.at(hour, minute, 59, 999_999_000).in_tz("Europe/London").ok().map(|local| local.timestamp())
}

async fn shown(
    visitor: &Visitor,
    mut ctx: Ctx,
    (id, wanted, agency): (PersonId, &Wanted, &str),
    form: &Form,
    base: Value,
) -> PageResult {
    let app = &visitor.app;
    let then = Then::new(&mut ctx, app, id, (wanted.at, wanted.agency, wanted.who)).await?;
    let (who, main) = first_served(&then, id, wanted, form).await?;
    ctx.detail(json!({
        "at": wanted.at.to_string(), "agency": wanted.agency.0, "as": who.map(|who| who.0), "page": wanted.page, "why": wanted.why
    }));
    ctx.seen().await?;
    let actor = match who {
        Some(who) => then.actor(who).await?,
        None => None,
    };
    let at = british::moment(wanted.at);
    let seen_by = actor.as_ref().map_or_else(String::new, |actor| format!("{}, {}", actor.name, actor.agency));
    let others: Vec<Value> = then
        .who
        .iter()
        .map(|(id, name)| json!({ "name": name, "to": address(form, None, &[("who", &id.to_string())]), "is_shown": Some(*id) == who }))
        .collect();
    let pages: Vec<Value> = PAGES
        .iter()
        .map(|(id, words)| json!({ "words": words, "to": address(form, None, &[("page", id)]), "is_shown": *id == wanted.page }))
        .collect();
    let page = with(
        base,
        json!({
            "main": main, "at": at, "whose": agency, "seen_by": seen_by, "is_nobody": then.is_nobody, "others": others, "pages": pages,
            "page": wanted.page, "errors": FieldErrors::default()
        }),
    );
    visitor.page("desk/as_known/templates/show.html", "As it was known", page)
}

/// Returns whoever was asked for and what they were sent; or else the first of the agency who was sent something, and that.
async fn first_served(
    then: &Then,
    id: PersonId,
    wanted: &Wanted,
    form: &Form,
) -> Result<(Option<PractitionerId>, Option<String>), PageError> {
    let tried: Vec<PractitionerId> = match wanted.who {
        Some(who) => vec![who],
        None => then.who.iter().map(|(who, _)| *who).take(TRIED_MAX).collect(),
    };
    for who in &tried {
        let Some(actor) = then.actor(*who).await?.filter(|actor| actor.agency_id == wanted.agency) else { continue };
        if let Some(main) = served(then, &actor, id, wanted, form).await? {
            return Ok((Some(*who), Some(main)));
        }
    }
    Ok((tried.first().copied(), None))
}

/// Returns the address of another of these pages, of somebody else or with other fields.
fn address(form: &Form, of: Option<&str>, changed: &[(&str, &str)]) -> String {
    let mut fields = Vec::new();
    for name in ["agency", "on-day", "on-month", "on-year", "time", "why", "who", "page"] {
        let value = changed.iter().find(|(changed, _)| *changed == name).map_or_else(|| form.text(name), |(_, value)| value);
        if !value.is_empty() {
            fields.push(format!("{name}={}", web::in_query(value)));
        }
    }
    let query = fields.join("&amp;");
    of.map_or_else(|| format!("?{query}"), |of| format!("/people/{of}/as-known?{query}"))
}

/// Returns what somebody was sent then, to read; nothing when there was nothing for them.
async fn served(then: &Then, actor: &Actor, id: PersonId, wanted: &Wanted, form: &Form) -> Result<Option<String>, PageError> {
    let visitor = then.visitor(actor.clone(), &format!("/people/{id}"));
    let answer = match wanted.page {
        "story" => crate::story::pages::whole(visitor, id).await,
        "details" => crate::details::pages::show(visitor, Path(id)).await,
        "plan" => frontline::plans::pages::of_person(visitor, Path(id)).await,
        "index" => {
            let look = then.look(actor.id).await?;
            processes::index::pages::open_page(&visitor, (look, id), "", FieldErrors::default()).await
        }
        _ => crate::person::pages::of(visitor, id).await,
    };
    match answer {
        // They would have been asked why they look.
        Ok(answer) if answer.status() != StatusCode::OK => Ok(None),
        Ok(answer) => {
            let bytes = to_bytes(answer.into_body(), PAGE_MAX_BYTES).await.map_err(|e| PageError::Ours(e.to_string()))?;
            Ok(Some(paper::of(&String::from_utf8_lossy(&bytes), |link| same_moment(link, form))))
        }
        Err(PageError::Hidden(_) | PageError::Refused(_)) => Ok(None),
        Err(e) => Err(e),
    }
}

/// Where a link of a page of then leads: to the same moment of whom it is about, or nowhere.
fn same_moment(link: &str, form: &Form) -> Option<String> {
    if link.starts_with('#') {
        return Some(link.to_owned());
    }
    let path = link.strip_prefix("/people/")?.split(['?', '#']).next()?;
    let (id, page) = path.split_once('/').unwrap_or((path, "family"));
    let page = PAGES.iter().map(|(id, _)| *id).find(|known| *known == page)?;
    id.parse::<PersonId>().ok().map(|_| address(form, Some(id), &[("page", page)]))
}

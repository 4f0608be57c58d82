//! Practitioners' pages of the directory: finding a service, one service, and what places one's own have.

use super::line::{self, ServiceLine, Whole};
use super::wanted::{Asked, ON_A_PAGE, Offered, offered};
use crate::forms::status_of;
use access::{Act, Ctx, Resource};
use area::Area;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use directory::{Results, Stored};
use kernel::Date;
use serde::Serialize;
use web::{FieldErrors, Form, PageError, PageResult, Posted, Shared, Visitor};

const PLACES_MAX: u16 = 999;
const WEEKS_MAX: u16 = 104;

/// The routes of the directory.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/services", get(list))
        .route("/services/{code}", get(show))
        .route("/services/{code}/places", post(say_places))
}

/// The directory, as far as it fits what was asked for.
#[derive(Debug, Serialize)]
pub struct List {
    pub(super) asked: Asked,
    pub(super) offered: Offered,
    pub(super) services: Vec<ServiceLine>,
    pub(super) count: usize,
    pub(super) from: usize,
    pub(super) before: String,
    pub(super) after: String,
    pub(super) own: Vec<ServiceLine>,
    pub(super) may_keep: bool,
    pub(super) errors: FieldErrors,
}

/// Returns a page of the directory; the services of one's own agency come apart.
pub(super) fn list_page(area: &Area, asked: Asked, results: &Results, errors: FieldErrors, today: Date) -> List {
    let (page, count) = (asked.page(), results.count);
    let services = results.shown.iter().map(|one| line::line(area, &one.stored, Some(&one.found), today)).collect();
    let query = |page: usize| asked.query_of(page);
    List {
        before: if page > 0 { query(page - 1) } else { String::new() },
        after: if (page + 1) * ON_A_PAGE < count { query(page + 1) } else { String::new() },
        offered: offered(area),
        services,
        count,
        from: page * ON_A_PAGE + 1,
        own: Vec::new(),
        may_keep: false,
        asked,
        errors,
    }
}

async fn list(visitor: Visitor, Query(asked): Query<Asked>) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(Act::Search, &Resource::area())?;
    let may_keep = ctx.may(Act::KeepDirectory, &Resource::area())?;
    let (area, area_id) = (&visitor.app.area, ctx.area_id);
    let mut errors = FieldErrors::default();
    let now = ctx.now();
    let wanted = asked.read((area, now), (&mut ctx.tx, area_id), &mut errors).await?;
    let page = (asked.page(), ON_A_PAGE);
    let results = directory::find(&visitor.app.directory, (&mut ctx.tx, area_id), area, &wanted, page).await?;
    // One's own come before anything is looked for, and are in nobody's way after.
    let own = if asked.is_empty() { own(&mut ctx).await? } else { Vec::new() };
    let today = ctx.clock.today();
    ctx.seen().await?;
    let status = status_of(&errors);
    let mut page = list_page(area, asked, &results, errors, today);
    page.own = own.iter().map(|one| line::line(area, one, None, today)).collect();
    page.may_keep = may_keep;
    Ok((status, visitor.page("frontline/services/templates/list.html", "Services", page)?).into_response())
}

/// Returns the services whose places the actor may say.
async fn own(ctx: &mut Ctx) -> Result<Vec<Stored>, PageError> {
    let agency = ctx.actor.agency_id;
    let all = directory::of_agency(&mut ctx.tx, ctx.area_id, agency).await?;
    let mut own = Vec::new();
    for one in all {
        if ctx.may(Act::SayCapacity, &one.resource())? {
            own.push(one);
        }
    }
    Ok(own)
}

/// One service.
#[derive(Debug, Serialize)]
pub struct Show {
    service: Whole,
    may_say: bool,
    typed: Typed,
    errors: FieldErrors,
}

/// What was typed of the places.
#[derive(Debug, Default, Serialize)]
struct Typed {
    places: String,
    weeks: String,
}

async fn show(visitor: Visitor, Path(code): Path<String>) -> PageResult {
    show_page(&visitor, &code, None, FieldErrors::default()).await
}

async fn show_page(visitor: &Visitor, code: &str, form: Option<&Form>, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    let area_id = ctx.area_id;
    let stored = directory::of_code(&mut ctx.tx, area_id, code).await?.ok_or(PageError::Hidden(None))?;
    ctx.permit(Act::Search, &Resource::area())?;
    let may_say = stored.withdrawn_at.is_none() && ctx.may(Act::SayCapacity, &stored.resource())?;
    let today = ctx.clock.today();
    ctx.seen().await?;
    let said = stored.capacity.as_ref();
    let typed = match form {
        Some(form) => Typed { places: form.text("places").to_owned(), weeks: form.text("weeks").to_owned() },
        None => Typed {
            places: said.map_or_else(String::new, |said| said.places.to_string()),
            weeks: said.and_then(|said| said.wait_weeks).map_or_else(String::new, |weeks| weeks.to_string()),
        },
    };
    let (title, status) = (stored.service.name.clone(), status_of(&errors));
    let page = Show { service: line::whole(&visitor.app.area, &stored, today), may_say, typed, errors };
    Ok((status, visitor.page("frontline/services/templates/show.html", &title, page)?).into_response())
}

async fn say_places(Path(code): Path<String>, Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let weeks = number(&form, "weeks", WEEKS_MAX, &mut errors);
    // Whoever says how long one waits says that there are no places.
    let places = number(&form, "places", PLACES_MAX, &mut errors).or(weeks.map(|_| 0));
    if places.is_none() && !errors.has("places") {
        errors.add("places", "Type how many places there are, 0 where there are none");
    }
    if weeks.is_some_and(|weeks| weeks > 0) && places.is_some_and(|places| places > 0) {
        errors.add("weeks", "Nobody waits where there are places: type one or the other");
    }
    let Some(places) = places.filter(|_| errors.is_empty()) else {
        return show_page(&visitor, &code, Some(&form), errors).await;
    };
    let mut ctx = visitor.write_once(&form).await?;
    directory::say_capacity(&mut ctx, &code, (places, weeks)).await?;
    let back = if form.has("from", "list") { "/services#own".to_owned() } else { format!("/services/{code}") };
    visitor.done(ctx, &form, &back).await
}

/// Reads a whole number that may be left out.
fn number(form: &Form, field: &'static str, most: u16, errors: &mut FieldErrors) -> Option<u16> {
    let typed = form.text(field).trim();
    if typed.is_empty() {
        return None;
    }
    let read = typed.parse::<u16>().ok().filter(|number| *number <= most);
    if read.is_none() {
        errors.add(field, &format!("Type a whole number, at most {most}"));
    }
    read
}

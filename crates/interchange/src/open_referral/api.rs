//! The addresses of the standard: open to anybody, from any page of the web, and only to be read.

use super::query::{Asked, Page};
use super::written;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use directory::wanted::{self, Filter};
use directory::{Index, Stored};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::RwLockReadGuard;
use store::{StoreError, Tx};
use uuid::Uuid;
use web::Shared;

/// The version that is spoken.
const VERSION: &str = "HSDS-UK-3.0";
/// Where the profile is described.
const PROFILE: &str = "https://github.com/OpenReferralUK/uk-profile/blob/main/docs/index.md";
/// What defines the addresses.
const OPENAPI: &str = "https://openreferraluk.org/specifications/3.0/openapi.json";

/// The routes of the standard.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/open-referral", get(about))
        .route("/open-referral/", get(about))
        .route("/open-referral/services", get(services))
        .route("/open-referral/services/{id}", get(service))
        .route("/open-referral/service_at_locations", get(service_at_locations))
        .route("/open-referral/service_at_locations/{id}", get(service_at_location))
        .route("/open-referral/taxonomies", get(taxonomies))
        .route("/open-referral/taxonomies/{id}", get(taxonomy))
        .route("/open-referral/taxonomy_terms", get(taxonomy_terms))
        .route("/open-referral/taxonomy_terms/{id}", get(taxonomy_term))
}

/// Why something is not answered.
#[derive(Debug)]
enum Problem {
    /// There is nothing there.
    Nothing,
    /// A parameter does not read.
    Asked(String),
    /// The store failed.
    Ours(StoreError),
}

impl From<StoreError> for Problem {
    fn from(e: StoreError) -> Self {
        Self::Ours(e)
    }
}

impl From<String> for Problem {
    fn from(what: String) -> Self {
        Self::Asked(what)
    }
}

impl From<QueryRejection> for Problem {
    fn from(e: QueryRejection) -> Self {
        Self::Asked(e.body_text())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, detail) = match self {
            Self::Nothing => (StatusCode::NOT_FOUND, "There is nothing at this address".to_owned()),
            Self::Asked(what) => (StatusCode::BAD_REQUEST, what),
            Self::Ours(e) => {
                tracing::error!(problem = %e, "the directory could not be told");
                (StatusCode::INTERNAL_SERVER_ERROR, "It could not be answered: try again".to_owned())
            }
        };
        let body = json!({ "title": status.canonical_reason().unwrap_or("Problem"), "detail": detail });
        said(status, "application/problem+json", &body)
    }
}

fn said(status: StatusCode, kind: &'static str, body: &Value) -> Response {
    let kept = if status.is_success() { "public, max-age=60" } else { "no-store" };
    let headers = [(header::CONTENT_TYPE, kind), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"), (header::CACHE_CONTROL, kept)];
    (status, headers, body.to_string()).into_response()
}

type Answer = Result<Response, Problem>;
/// What is asked, or why it does not read: a parameter twice, for one.
type Wanted = Result<Query<Asked>, QueryRejection>;

fn ok(body: &Value) -> Response {
    said(StatusCode::OK, "application/json", body)
}

async fn about() -> Response {
    ok(&json!({ "version": VERSION, "profile": PROFILE, "openapi_url": OPENAPI }))
}

async fn index<'a>(app: &'a Shared, tx: &mut Tx) -> Result<RwLockReadGuard<'a, Index>, StoreError> {
    app.directory.now(tx, app.world.area_id, &app.area).await
}

/// Returns services in the order of their ids.
async fn stored(app: &Shared, tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Stored>, StoreError> {
    let mut of_ids = directory::of_ids(tx, app.world.area_id, ids).await?;
    // What is in memory may be newer or older than what this transaction sees: both must let it be told.
    let stored = ids.iter().filter_map(|id| of_ids.remove(id));
    Ok(stored.filter(|one| one.is_public && one.withdrawn_at.is_none()).collect())
}

async fn services(State(app): State<Shared>, asked: Wanted) -> Answer {
    let Query(asked) = asked?;
    let (page, mut filter) = (asked.page()?, asked.filter()?);
    filter.today = Some(app.world.clock.today());
    let mut tx = app.world.db.read().await?;
    let ids: Vec<Uuid> = wanted::published(&*index(&app, &mut tx).await?, &filter).iter().map(|entry| entry.id).collect();
    let contents = stored(&app, &mut tx, written::on_page(&ids, page)).await?;
    Ok(ok(&written::page(page, ids.len(), contents.iter().map(written::summary).collect())))
}

/// Returns a service that is public.
async fn public(app: &Shared, tx: &mut Tx, id: Uuid) -> Result<Stored, Problem> {
    stored(app, tx, &[id]).await?.pop().ok_or(Problem::Nothing)
}

fn id_of(text: &str) -> Result<Uuid, Problem> {
    // An id that is none is of nothing.
    Uuid::parse_str(text).map_err(|_| Problem::Nothing)
}

async fn service(State(app): State<Shared>, Path(id): Path<String>) -> Answer {
    let id = id_of(&id)?;
    let mut tx = app.world.db.read().await?;
    Ok(ok(&written::service(&public(&app, &mut tx, id).await?)))
}

async fn service_at_locations(State(app): State<Shared>, asked: Wanted) -> Answer {
    let Query(asked) = asked?;
    let (page, mut filter) = (asked.page()?, asked.filter()?);
    filter.today = Some(app.world.clock.today());
    let mut tx = app.world.db.read().await?;
    if let Some((postcode, metres)) = asked.within()? {
        let here = directory::of_postcode(&mut tx, app.world.area_id, &postcode).await?;
        let here = here.ok_or_else(|| format!("postcode {postcode} is not known here"))?;
        filter.within = Some((here, metres));
    }
    let places = places(&*index(&app, &mut tx).await?, &filter);
    let on_page = written::on_page(&places, page);
    let ids: Vec<Uuid> = on_page.iter().map(|(_, service)| *service).collect();
    let of_ids: HashMap<Uuid, Stored> = stored(&app, &mut tx, &ids).await?.into_iter().map(|one| (one.service.id, one)).collect();
    let contents = on_page.iter().filter_map(|(place, service)| at_location(of_ids.get(service)?, *place, false)).collect();
    Ok(ok(&written::page(page, places.len(), contents)))
}

/// Returns the places of the services that a filter lets through, by id: each place with its service.
fn places(index: &Index, filter: &Filter) -> Vec<(Uuid, Uuid)> {
    let is_near = |at: &Option<directory::Position>| {
        filter.within.is_none_or(|(here, most)| at.is_some_and(|at| at.metres_to(here) <= most))
    };
    let entries = wanted::published(index, filter);
    let of_entry = |entry: &directory::Entry| {
        let near = entry.at.iter().filter(|(_, at)| is_near(at));
        near.map(|(place, _)| (*place, entry.id)).collect::<Vec<_>>()
    };
    let mut places: Vec<(Uuid, Uuid)> = entries.into_iter().flat_map(of_entry).collect();
    places.sort_unstable();
    places
}

fn at_location(stored: &Stored, place: Uuid, whole: bool) -> Option<Value> {
    let is_it = |id: &str| Uuid::parse_str(id) == Ok(place);
    let place = stored.service.service_at_locations.iter().find(|one| one.id.as_deref().is_some_and(is_it))?;
    Some(written::service_at_location(stored, place, whole))
}

async fn service_at_location(State(app): State<Shared>, Path(id): Path<String>) -> Answer {
    let id = id_of(&id)?;
    let mut tx = app.world.db.read().await?;
    let service = index(&app, &mut tx).await?.of_place(id).map(|(entry, _)| entry.id).ok_or(Problem::Nothing)?;
    let stored = public(&app, &mut tx, service).await?;
    at_location(&stored, id, true).map(|body| ok(&body)).ok_or(Problem::Nothing)
}

fn listed(page: Page, all: &[Value]) -> Response {
    ok(&written::page(page, all.len(), written::on_page(all, page).to_vec()))
}

async fn taxonomies(State(app): State<Shared>, asked: Wanted) -> Answer {
    let Query(asked) = asked?;
    let page = asked.page()?;
    let mut tx = app.world.db.read().await?;
    let all: Vec<Value> = written::taxonomies(&app.area, &*index(&app, &mut tx).await?).into_values().collect();
    Ok(listed(page, &all))
}

async fn taxonomy(State(app): State<Shared>, Path(id): Path<String>) -> Answer {
    let id = id_of(&id)?;
    let mut tx = app.world.db.read().await?;
    let mut all = written::taxonomies(&app.area, &*index(&app, &mut tx).await?);
    all.remove(&id).map(|body| ok(&body)).ok_or(Problem::Nothing)
}

async fn taxonomy_terms(State(app): State<Shared>, asked: Wanted) -> Answer {
    let Query(asked) = asked?;
    let (page, taxonomy) = (asked.page()?, asked.filter()?.taxonomy.map(|id| id.to_string()));
    let mut tx = app.world.db.read().await?;
    let index = index(&app, &mut tx).await?;
    let terms = index.terms();
    let of_taxonomy = terms.values().filter(|term| taxonomy.is_none() || term.taxonomy_id == taxonomy);
    let all: Vec<Value> = of_taxonomy.map(|term| written::term(term)).collect();
    drop(terms);
    drop(index);
    Ok(listed(page, &all))
}

async fn taxonomy_term(State(app): State<Shared>, Path(id): Path<String>) -> Answer {
    let id = id_of(&id)?;
    let mut tx = app.world.db.read().await?;
    let found = index(&app, &mut tx).await?.terms().get(&id).map(|term| written::term(term));
    found.map(|body| ok(&body)).ok_or(Problem::Nothing)
}

//! The directory as families find it by themselves: without signing in, and without a trace of who looked.

use super::line::{self, Whole};
use super::pages::list_page;
use super::wanted::{Asked, ON_A_PAGE};
use crate::forms::status_of;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use directory::Wanted;
use serde::Serialize;
use web::visitor::site;
use web::{FieldErrors, PageError, PageResult, Shared};

/// The routes of the public directory.
pub fn routes() -> Router<Shared> {
    Router::new().route("/find-help", get(list)).route("/find-help/{code}", get(show))
}

async fn list(State(app): State<Shared>, Query(asked): Query<Asked>) -> PageResult {
    let (area, world) = (&app.area, &app.world);
    let mut tx = world.db.read().await?;
    let mut errors = FieldErrors::default();
    let wanted =
        Wanted { public_only: true, ..asked.read((area, world.clock.now()), (&mut tx, world.area_id), &mut errors).await? };
    let results = directory::find(&app.directory, (&mut tx, world.area_id), area, &wanted, (asked.page(), ON_A_PAGE)).await?;
    drop(tx);
    let status = status_of(&errors);
    let page = list_page(area, asked, &results, errors, world.clock.today());
    Ok((status, Html(render(&app, "public_list", ("Find help", "/find-help"), page)?)).into_response())
}

/// One service.
#[derive(Debug, Serialize)]
pub struct Show {
    service: Whole,
}

async fn show(State(app): State<Shared>, Path(code): Path<String>) -> PageResult {
    let world = &app.world;
    let mut tx = world.db.read().await?;
    let stored = directory::of_code(&mut tx, world.area_id, &code).await?;
    drop(tx);
    let stored = stored.filter(|one| one.is_public && one.withdrawn_at.is_none()).ok_or(PageError::Hidden(None))?;
    let title = stored.service.name.clone();
    let page = Show { service: line::whole(&app.area, &stored, world.clock.today()) };
    Ok(Html(render(&app, "public_show", (&title, &format!("/find-help/{code}")), page)?).into_response())
}

fn render(app: &Shared, template: &str, (title, path): (&str, &str), page: impl Serialize) -> Result<String, PageError> {
    let template = format!("frontline/services/templates/{template}.html");
    Ok(app.pages.render(&template, &site(app, None, title, path), page)?)
}

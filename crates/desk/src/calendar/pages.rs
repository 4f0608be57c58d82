//! The page on which somebody makes the address of their calendar, and the calendar itself.

use super::actions;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use kernel::british;
use serde_json::json;
use web::{PageError, PageResult, Posted, Sample, Shared, Visitor};

/// The routes of calendars.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/calendar", get(show).post(make))
        .route("/calendar/take-back", post(take_back))
        .route("/calendars/{file}", get(read))
}

async fn show(visitor: Visitor) -> PageResult {
    let mut ctx = visitor.read().await?;
    let since = actions::since(&mut ctx).await?;
    ctx.seen().await?;
    page(&visitor, &since.map_or_else(String::new, british::moment), "")
}

fn page(visitor: &Visitor, since: &str, address: &str) -> PageResult {
    let page = json!({ "since": since, "address": address });
    visitor.page("desk/calendar/templates/calendar.html", "Your calendar", page)
}

async fn make(headers: HeaderMap, Posted { visitor, form: _ }: Posted) -> PageResult {
    // Each press makes an address in place of the one before: the one on the page is the one that holds.
    let mut ctx = visitor.write().await?;
    let key = actions::make(&mut ctx).await?;
    ctx.commit().await?;
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let scheme = if host.starts_with("localhost") { "http" } else { "https" };
    page(&visitor, "", &format!("{scheme}://{host}/calendars/{key}.ics"))
}

async fn take_back(Posted { visitor, form }: Posted) -> PageResult {
    let mut ctx = visitor.write_once(&form).await?;
    actions::take_back(&mut ctx).await?;
    visitor.done(ctx, &form, "/calendar").await
}

/// Whoever asks is a calendar program: it has no session, only the address.
async fn read(State(app): State<Shared>, Path(file): Path<String>) -> Result<Response, PageError> {
    let key = file.strip_suffix(".ics").ok_or(PageError::Hidden(None))?;
    let calendar = actions::read(&app.world, &app.area, key).await?.ok_or(PageError::Hidden(None))?;
    let headers = [(header::CONTENT_TYPE, "text/calendar; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, calendar).into_response())
}

/// Every state of this page.
pub fn samples() -> Vec<Sample> {
    let sample = |state, since: &str, address: &str| Sample {
        template: "desk/calendar/templates/calendar.html",
        state,
        title: "Your calendar".to_owned(),
        page: json!({ "since": since, "address": address }),
    };
    vec![
        sample("empty", "", ""),
        sample("usual", "3 November 2026 at 9:00am", ""),
        sample("full", "", "https://think-family.example/calendars/0123456789abcdef0123456789abcdef.ics"),
    ]
}

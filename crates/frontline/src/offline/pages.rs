//! Notes from a device on a page, the page that stands where there is no connection, and what a device asks.

use super::actions::{self, NoteError};
use super::note::{NewNote, NoteId};
use crate::forms::status_of;
use crate::visits::{self, State as VisitState};
use access::sign_in::Session;
use access::sign_in::devices::{self, Kept};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use kernel::{british, text};
use serde::Serialize;
use serde_json::json;
use web::around::{LEFT_COOKIE, cookie};
use web::forms::PostedByAnybody;
use web::visitor::site;
use web::{FieldErrors, PageError, PageResult, Posted, Shared, Visitor};

/// The routes of notes, and of the devices that keep them.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/offline", get(shell))
        .route("/offline/device", post(register))
        .route("/offline/state", post(state))
        .route("/offline/forget", post(forget))
        .route("/offline/notes", post(receive))
        .route("/notes/{id}", get(show))
        .route("/notes/{id}/settle", post(settle))
}

/// The page that stands where there is no connection: nothing of anybody is in it, the device fills it.
#[derive(Debug, Serialize)]
pub struct ShellPage {
    most: usize,
}

async fn shell(State(app): State<Shared>) -> PageResult {
    let page = ShellPage { most: visits::rules::WORDS_MAX };
    let html =
        app.pages.render("frontline/offline/templates/shell.html", &site(&app, None, "No connection", "/offline"), page)?;
    Ok(Html(html).into_response())
}

async fn register(Posted { visitor, form: _ }: Posted) -> PageResult {
    let mut ctx = visitor.write().await?;
    ctx.permit(access::Act::SeeHome, &access::Resource::area())?;
    ctx.detail(json!({ "offline_device": true }));
    let device = devices::register(&mut ctx).await?;
    let owner = ctx.actor.id;
    ctx.commit().await?;
    Ok(Json(json!({ "device": device, "owner": owner.0 })).into_response())
}

/// Whether a device keeps what it has, whether its owner is signed in to take it, and whether they signed out on it just now.
async fn state(
    State(app): State<Shared>,
    headers: HeaderMap,
    Extension(session): Extension<Option<Session>>,
    PostedByAnybody(form): PostedByAnybody,
) -> Result<Response, PageError> {
    let kept = devices::ask(&app.world, form.text("device")).await?;
    let csrf = devices::csrf_of(session.as_ref(), kept);
    let drop = !devices::may_keep(&app.world, kept).await?;
    let left = cookie(&headers, LEFT_COOKIE).and_then(|left| left.parse().ok()).map(Kept::Keep);
    let has_left = csrf.is_none() && left == Some(kept);
    Ok(Json(json!({ "erase": kept == Kept::Erase, "csrf": csrf, "drop": drop || has_left, "left": has_left })).into_response())
}

async fn forget(
    State(app): State<Shared>,
    Extension(session): Extension<Option<Session>>,
    PostedByAnybody(form): PostedByAnybody,
) -> Result<StatusCode, PageError> {
    let kept = devices::ask(&app.world, form.text("device")).await?;
    let is_owner = devices::csrf_of(session.as_ref(), kept).is_some_and(|csrf| csrf == form.text("csrf"));
    if is_owner {
        devices::forget(&app.world, form.text("device")).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn receive(Posted { visitor, form }: Posted) -> PageResult {
    let new = NewNote {
        id: form.parse_field("id")?,
        visit: form.text("visit").parse().ok(),
        words: form.text("words").to_owned(),
        written_ms: form.text("written").parse().unwrap_or(i64::MAX),
    };
    let mut ctx = visitor.write().await?;
    match actions::receive(&mut ctx, &visitor.app.area, new).await {
        Ok(()) => {
            ctx.commit().await?;
            Ok(StatusCode::NO_CONTENT.into_response())
        }
        Err(NoteError::Access(e)) => Err(e.into()),
        // The device keeps it: what was typed into it since is another note, and what does not read is put right there.
        Err(NoteError::Taken) => Ok(StatusCode::CONFLICT.into_response()),
        Err(e) => Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "problem": e.to_string() }))).into_response()),
    }
}

/// A note.
#[derive(Debug, Serialize)]
pub struct NotePage {
    id: String,
    words: String,
    written: String,
    visit: String,
    visit_title: String,
    outcome: String,
    meanwhile: String,
    settled: bool,
    why: String,
    errors: FieldErrors,
}

async fn show(visitor: Visitor, Path(id): Path<NoteId>) -> PageResult {
    note_page(&visitor, id, "", FieldErrors::default()).await
}

async fn note_page(visitor: &Visitor, id: NoteId, why: &str, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    let note = actions::load(&mut ctx, id).await?;
    let mut page = NotePage {
        id: id.to_string(),
        words: note.words.clone(),
        written: british::moment(note.written_at),
        visit: String::new(),
        visit_title: String::new(),
        outcome: String::new(),
        meanwhile: String::new(),
        settled: note.settled_at.is_some(),
        why: why.to_owned(),
        errors,
    };
    // Of a visit that its author may not read any more, the note alone is there.
    if let Some(visit) = note.visit
        && let Ok(opened) = visits::load(&mut ctx, visit).await
    {
        let names = visits::pages::names_for(&mut ctx, std::iter::once(&opened.visit)).await?;
        page.visit = format!("/visits/{visit}");
        page.visit_title = visits::pages::title(&opened.visit, &names);
        if opened.visit.state == VisitState::Planned && opened.may_change {
            page.outcome = format!("/visits/{visit}/outcome?note={id}");
        } else if opened.visit.state != VisitState::Planned {
            let by = opened.visit.ended.as_ref().map_or_else(String::new, |(_, by)| by.clone());
            let by = text::note_if_any(&by, 200).ok().filter(|by| !by.is_empty()).unwrap_or_else(|| "Somebody".to_owned());
            page.meanwhile = format!("{by} wrote down what came of it: {}", opened.visit.words);
        }
    }
    ctx.seen().await?;
    let status = status_of(&page.errors);
    Ok((status, visitor.page("frontline/offline/templates/note.html", "A note from your phone", page)?).into_response())
}

async fn settle(Path(id): Path<NoteId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut ctx = visitor.write_once(&form).await?;
    match actions::settle(&mut ctx, id, Some(form.text("why"))).await {
        Ok(()) => visitor.done(ctx, &form, "/").await,
        Err(NoteError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let mut errors = FieldErrors::default();
            errors.add("why", &e.to_string());
            note_page(&visitor, id, form.text("why"), errors).await
        }
    }
}

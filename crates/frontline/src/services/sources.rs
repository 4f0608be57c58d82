//! Directories of others: how each was read last, what was put aside, and what is gone from its list.

use access::{Act, Resource};
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use directory::sources::{self, ReadingId};
use kernel::british;
use serde::Serialize;
use store::jobs::{self, NewJob};
use web::{PageError, PageResult, Posted, Shared, Visitor};

/// The job that reads the directories that are due; with a source, that one now.
pub const READ: &str = "directory.read";

/// The routes of directories of others.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/directories", get(list))
        .route("/directories/{source}/read", post(read_now))
        .route("/directories/{source}/withdraw", post(withdraw))
}

/// A directory of somebody else.
#[derive(Debug, Serialize)]
pub struct SourceLine {
    id: String,
    reading_id: String,
    name: String,
    url: String,
    licence: String,
    read: String,
    reading: bool,
    here: i64,
    listed: i64,
    changed: i64,
    withdrawn: i64,
    gone: i64,
    problem: String,
    refused: Vec<RefusedLine>,
}

/// An entry that was put aside.
#[derive(Debug, Serialize)]
pub struct RefusedLine {
    id: String,
    problem: String,
    since: String,
    entry: String,
}

/// The directories of others.
#[derive(Debug, Serialize)]
pub struct List {
    sources: Vec<SourceLine>,
}

async fn list(visitor: Visitor) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(Act::KeepDirectory, &Resource::area())?;
    let area_id = ctx.area_id;
    let mut lines = Vec::new();
    for source in &visitor.app.area.directory.source {
        let stands = sources::stands(&mut ctx.tx, area_id, &source.id).await?;
        let reading = stands.reading.as_ref();
        lines.push(SourceLine {
            id: source.id.clone(),
            reading_id: reading.map_or_else(String::new, |reading| reading.id.to_string()),
            name: source.name.clone(),
            url: source.url.clone(),
            licence: source.licence.clone(),
            read: reading.map_or_else(String::new, |reading| british::moment(reading.began_at)),
            reading: reading.is_some_and(|reading| reading.ended_at.is_none()),
            here: stands.here,
            listed: reading.map_or(0, |reading| reading.listed),
            changed: reading.map_or(0, |reading| reading.changed),
            withdrawn: reading.map_or(0, |reading| reading.withdrawn),
            // What a list that broke off does not have is not gone.
            gone: if reading.is_some_and(|reading| reading.is_too_much) { stands.gone } else { 0 },
            problem: reading.map_or_else(String::new, |reading| reading.problem.clone()),
            refused: stands
                .refused
                .into_iter()
                .map(|one| RefusedLine {
                    id: one.entry_id,
                    problem: one.problem,
                    since: british::moment(one.first_at),
                    entry: one.entry,
                })
                .collect(),
        });
    }
    ctx.seen().await?;
    visitor.page("frontline/services/templates/sources.html", "Directories of others", List { sources: lines })
}

fn known(visitor: &Visitor, source: &str) -> Result<(), PageError> {
    let is_known = visitor.app.area.directory.source.iter().any(|one| one.id == source);
    if is_known { Ok(()) } else { Err(PageError::Hidden(None)) }
}

async fn read_now(Path(source): Path<String>, Posted { visitor, form }: Posted) -> PageResult {
    known(&visitor, &source)?;
    let mut ctx = visitor.write_once(&form).await?;
    ctx.permit(Act::KeepDirectory, &Resource::area())?;
    ctx.detail(serde_json::json!({ "source": source, "read": true }));
    let key = format!("{READ}.{source}");
    let job = NewJob { kind: READ, key: Some(&key), payload: serde_json::json!({ "source": source }), run_at: ctx.now() };
    let (id, area_id) = (ctx.new_id(), ctx.area_id);
    jobs::enqueue(&mut ctx.tx, area_id, id, job).await?;
    visitor.done(ctx, &form, "/directories").await
}

async fn withdraw(Path(source): Path<String>, Posted { visitor, form }: Posted) -> PageResult {
    known(&visitor, &source)?;
    let mut ctx = visitor.write_once(&form).await?;
    ctx.permit(Act::KeepDirectory, &Resource::area())?;
    let (area_id, now, reading) = (ctx.area_id, ctx.now(), form.parse_field::<ReadingId>("reading")?);
    // Where it was read again since, there is nothing to withdraw: the page says how it stands now.
    let withdrawn = sources::withdraw_gone(&mut ctx.tx, area_id, (&source, reading), now).await?;
    ctx.detail(serde_json::json!({ "source": source, "withdrawn": withdrawn }));
    visitor.done(ctx, &form, "/directories").await
}

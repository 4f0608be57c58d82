//! The pages of feeds: loading an extract, how it goes, and the rows that could not be read.

use super::actions::{self, NewRun};
use super::reading;
use super::store;
use super::{Run, RunId};
use access::{Act, Resource};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use kernel::british;
use serde::Serialize;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use web::{FieldErrors, PageError, PageResult, Posted, Shared, Visitor};

/// The largest file that is taken, in bytes.
pub const FILE_MAX_BYTES: u64 = 1 << 30;
const BAD_ROWS_SHOWN: usize = 50;

/// The routes of feeds.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/feeds", get(list).post(upload).layer(DefaultBodyLimit::disable()))
        .route("/feeds/{id}", get(show))
        .route("/feeds/{id}/{verb}", post(change))
        .route("/feeds/{id}/bad-rows.csv", get(bad_rows))
        .route("/waiting/{source}/{key}", post(take_up))
}

/// A run as the pages show it.
#[derive(Debug, Serialize)]
struct RunLine {
    id: String,
    name: String,
    file_name: String,
    state: String,
    problem: String,
    percent: i64,
    loaded: String,
    rows_new: i64,
    rows_same: i64,
    rows_bad: i64,
    rows_matched: i64,
    people_new: i64,
    is_over: bool,
    may_stop: bool,
    may_go_on: bool,
}

fn line(area: &area::Area, run: &Run) -> RunLine {
    let state = match run.state.as_str() {
        "running" | "waiting" => "Loading",
        "stopping" => "Stopping",
        "stopped" => "Stopped: it can go on where it was",
        "done" => "Done",
        _ => "Not loaded",
    };
    RunLine {
        id: run.id.to_string(),
        name: area.feeds.get(&run.source).map_or_else(|| run.source.clone(), |feed| feed.name.clone()),
        file_name: run.file_name.clone(),
        state: state.to_owned(),
        problem: run.problem.clone(),
        percent: if run.state == "done" { 100 } else { run.bytes_read * 100 / run.file_bytes.max(1) },
        loaded: {
            let at = british::moment(run.started_at);
            run.loaded_by.as_ref().map_or_else(|| format!("{at}, from the command line"), |by| format!("{at}, by {by}"))
        },
        rows_new: run.rows_new,
        rows_same: run.rows_same,
        rows_bad: run.rows_bad,
        rows_matched: run.rows_matched,
        people_new: run.people_new,
        is_over: run.is_over(),
        may_stop: run.state == "running",
        may_go_on: run.state == "stopped",
    }
}

async fn list(visitor: Visitor) -> PageResult {
    list_page(&visitor, FieldErrors::default()).await
}

async fn list_page(visitor: &Visitor, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    let runs = actions::list(&mut ctx).await?;
    let waiting = actions::count_waiting(&mut ctx).await?;
    ctx.seen().await?;
    let area = &visitor.app.area;
    let sources: Vec<(String, String)> = area.feeds.iter().map(|(id, feed)| (id.clone(), feed.name.clone())).collect();
    let name = |source: &str| area.feeds.get(source).map_or_else(|| source.to_owned(), |feed| feed.name.clone());
    let waiting: Vec<(String, i64)> = waiting.iter().map(|(source, count)| (name(source), *count)).collect();
    let runs: Vec<RunLine> = runs.iter().map(|run| line(area, run)).collect();
    let page = json!({ "runs": runs, "sources": sources, "waiting": waiting, "errors": errors });
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visitor.page("processes/feeds/templates/list.html", "Extracts", page)?).into_response())
}

/// What an upload's form held.
#[derive(Default)]
struct Upload {
    csrf: String,
    once: String,
    source: String,
    file_name: String,
    file_bytes: u64,
    too_long: bool,
}

async fn upload(visitor: Visitor, headers: HeaderMap, multipart: Multipart) -> PageResult {
    if !web::forms::is_from_our_page(&headers) {
        return Err(PageError::BadRequest("The form was not sent from our own page".to_owned()));
    }
    let mut ctx = visitor.read().await?;
    ctx.permit(Act::ReadFeed, &Resource::area())?;
    drop(ctx);
    let world = &visitor.app.world;
    let id = RunId(world.ids.uuid(&world.clock));
    let folder = &visitor.app.settings.uploads;
    let path = folder.join(format!("{id}.csv"));
    let kept = keep_file(&visitor, multipart, &path).await;
    let (upload, errors) = match kept {
        Ok(upload) => (upload, FieldErrors::default()),
        Err(e) => {
            // The file may not have been made yet.
            let _ = tokio::fs::remove_file(&path).await;
            return Err(e);
        }
    };
    let mut errors = errors;
    if !visitor.app.area.feeds.contains_key(&upload.source) {
        errors.add("source", "Choose whose extract it is");
    }
    if upload.too_long {
        errors.add("file", "The file is larger than 1 gigabyte: load it in parts");
    } else if upload.file_bytes == 0 {
        errors.add("file", "Choose a file that is not empty");
    }
    if !errors.is_empty() {
        // Nothing is kept of a file that is not loaded.
        let _ = tokio::fs::remove_file(&path).await;
        return list_page(&visitor, errors).await;
    }
    let form = web::Form::parse(&format!("csrf={}&once={}", web::in_query(&upload.csrf), web::in_query(&upload.once)))?;
    let mut ctx = visitor.write_once(&form).await?;
    let new = NewRun {
        id,
        source: upload.source,
        file_name: upload.file_name.chars().filter(|c| !c.is_control()).take(200).collect(),
        file_path: path.display().to_string(),
        file_bytes: i64::try_from(upload.file_bytes).unwrap_or(i64::MAX),
    };
    actions::start(&mut ctx, new).await?;
    visitor.done(ctx, &form, &format!("/feeds/{id}")).await
}

async fn keep_file(visitor: &Visitor, mut multipart: Multipart, path: &std::path::Path) -> Result<Upload, PageError> {
    let broken = |_| PageError::BadRequest("The file did not arrive whole: send it again".to_owned());
    let ours = |e: std::io::Error| PageError::Ours(e.to_string());
    let mut upload = Upload::default();
    while let Some(mut field) = multipart.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name != "file" {
            let value = field.text().await.map_err(broken)?;
            match name.as_str() {
                "csrf" => upload.csrf = value,
                "once" => upload.once = value,
                "source" => upload.source = value,
                _ => {}
            }
            continue;
        }
        if upload.csrf != visitor.session.csrf {
            return Err(PageError::BadRequest("This page was open too long. Go back, reload it and send it again".to_owned()));
        }
        upload.file_name = field.file_name().unwrap_or_default().to_owned();
        tokio::fs::create_dir_all(&visitor.app.settings.uploads).await.map_err(ours)?;
        let mut file = tokio::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).await.map_err(ours)?;
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            upload.file_bytes += chunk.len() as u64;
            if upload.file_bytes > FILE_MAX_BYTES {
                upload.too_long = true;
                return Ok(upload);
            }
            file.write_all(&chunk).await.map_err(ours)?;
        }
        file.sync_all().await.map_err(ours)?;
    }
    Ok(upload)
}

async fn show(visitor: Visitor, Path(id): Path<RunId>) -> PageResult {
    let mut ctx = visitor.read().await?;
    let run = actions::load(&mut ctx, id).await?;
    let bad = store::list_bad_rows(&mut ctx.tx, ctx.area_id, id, -1, BAD_ROWS_SHOWN).await?;
    ctx.seen().await?;
    let bad: Vec<serde_json::Value> =
        bad.iter().map(|row| json!({ "line": row.line, "column": row.column, "reason": row.reason })).collect();
    let page = json!({ "run": line(&visitor.app.area, &run), "bad": bad, "shown_max": BAD_ROWS_SHOWN });
    visitor.page("processes/feeds/templates/show.html", "Extract", page)
}

async fn change(Path((id, verb)): Path<(RunId, String)>, Posted { visitor, form }: Posted) -> PageResult {
    let mut ctx = visitor.write_once(&form).await?;
    match verb.as_str() {
        "stop" => actions::stop(&mut ctx, id).await?,
        "go-on" => actions::go_on(&mut ctx, id).await?,
        _ => return Err(PageError::Hidden(None)),
    }
    visitor.done(ctx, &form, &format!("/feeds/{id}")).await
}

/// The rows in quarantine with what is wrong in each: to be mended in a spreadsheet and loaded again as they are.
async fn bad_rows(visitor: Visitor, State(app): State<Shared>, Path(id): Path<RunId>) -> PageResult {
    let mut ctx = visitor.read().await?;
    let run = actions::load(&mut ctx, id).await?;
    ctx.detail(json!({ "run": id.0, "bad_rows": run.rows_bad }));
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let ours = |e: csv::Error| PageError::Ours(e.to_string());
    let mut first = run.header.clone();
    first.extend(["problem_line".to_owned(), "problem_column".to_owned(), "problem".to_owned()]);
    writer.write_record(&first).map_err(ours)?;
    let mut after = -1;
    loop {
        let rows = store::list_bad_rows(&mut ctx.tx, app.world.area_id, id, after, 1000).await?;
        let Some(last) = rows.last() else { break };
        after = last.line;
        for row in &rows {
            let mut cells: Vec<String> = row.cells.iter().map(|cell| reading::escape(cell)).collect();
            cells.resize(run.header.len().max(cells.len()), String::new());
            cells.extend([row.line.to_string(), row.column.clone(), row.reason.clone()]);
            writer.write_record(&cells).map_err(ours)?;
        }
    }
    ctx.seen().await?;
    let bytes = writer.into_inner().map_err(|e| PageError::Ours(e.to_string()))?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"bad-rows-{id}.csv\"")),
    ];
    Ok((headers, bytes).into_response())
}

async fn take_up(
    State(app): State<Shared>,
    Path((source, key)): Path<(String, String)>,
    Posted { visitor, form }: Posted,
) -> PageResult {
    let mut ctx = visitor.write_once(&form).await?;
    let what = actions::TakeUp { source: &source, key: &key, person: form.text("person").parse().ok() };
    let person = actions::take_up(&mut ctx, &app.world, &app.area, what).await?;
    visitor.done(ctx, &form, &format!("/people/{person}/contacts/new")).await
}

//! The page of looks that somebody answers for.

use super::actions::{self, Alert, AlertError, AlertId};
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use families::search;
use kernel::{Date, british};
use serde_json::{Value, json};
use web::{FieldErrors, PageResult, Posted, Shared, Visitor};

/// The routes of alerts.
pub fn routes() -> Router<Shared> {
    Router::new().route("/alerts", get(list)).route("/alerts/{id}", post(see))
}

async fn list(visitor: Visitor) -> PageResult {
    list_page(&visitor, None, FieldErrors::default()).await
}

async fn list_page(visitor: &Visitor, typed: Option<(AlertId, &str)>, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    let alerts = actions::mine(&mut ctx).await?;
    let names = search::names_of(&mut ctx, &alerts.iter().map(|alert| alert.person).collect::<Vec<_>>()).await?;
    let (today, me) = (ctx.clock.today(), ctx.actor.id);
    ctx.seen().await?;
    let lines: Vec<Value> = alerts
        .iter()
        .zip(names)
        .map(|(alert, name)| {
            let words = typed.filter(|(id, _)| *id == alert.id).map_or("", |(_, words)| words);
            line(alert, (&name, words), (today, alert.owner_id == me))
        })
        .collect();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = json!({ "alerts": lines, "errors": errors });
    Ok((status, visitor.page("processes/watch/templates/list.html", "Unusual looks", page)?).into_response())
}

fn line(alert: &Alert, (name, typed): (&str, &str), (today, is_mine): (Date, bool)) -> Value {
    let patterns: Vec<&str> = alert.patterns.iter().map(|pattern| pattern.words()).collect();
    json!({
        "id": alert.id.to_string(), "who": format!("{}, {}", alert.practitioner, alert.agency), "whom": name, "patterns": patterns,
        "reason": alert.reason, "at": british::moment(alert.looked_at), "owner": alert.owner, "due": british::day(alert.due_on),
        "late": alert.seen_at.is_none() && alert.due_on < today, "is_seen": alert.seen_at.is_some(),
        "seen": alert.seen_by.clone().unwrap_or_default(), "seen_words": alert.seen_words, "may_see": is_mine && alert.seen_at.is_none(),
        "typed": typed
    })
}

async fn see(Path(id): Path<AlertId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut ctx = visitor.write_once(&form).await?;
    match actions::see(&mut ctx, id, form.text("words")).await {
        Ok(()) => visitor.done(ctx, &form, "/alerts").await,
        Err(AlertError::Access(e)) => Err(e.into()),
        Err(e @ AlertError::Text(_)) => {
            drop(ctx);
            let mut errors = FieldErrors::default();
            errors.add(&format!("alert-{id}"), &e.to_string());
            list_page(&visitor, Some((id, form.text("words"))), errors).await
        }
    }
}

//! The address that other systems ask: JSON in, JSON out, a token of the organisation's own.

use super::actions::{self, Answer, Organisation, Question};
use area::custodian::Mode;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use processes::index::Entry;
use serde::Deserialize;
use serde_json::{Value, json};
use web::Shared;

/// The routes of the custodian. Its version is in the address: the national design is not final.
pub fn routes() -> Router<Shared> {
    Router::new().route("/custodian/v0/answer", post(answer))
}

/// What a system sends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    nhs_number: String,
    purpose: String,
    mode: Mode,
}

async fn answer(State(app): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let organisation = match organisation(&app, &headers).await {
        Ok(Some(organisation)) => organisation,
        Ok(None) => return problem(StatusCode::UNAUTHORIZED, "Send the organisation's token: Authorization: Bearer …"),
        Err(e) => return ours(&e),
    };
    let question = match read(&body) {
        Ok(question) => question,
        Err(what) => return problem(StatusCode::BAD_REQUEST, &what),
    };
    match actions::answer(&app.world, &app.area, &organisation, &question).await {
        Ok(answer) => said(&answer, &app.area.custodian.version),
        Err(e) => ours(&e),
    }
}

async fn organisation(app: &Shared, headers: &HeaderMap) -> Result<Option<Organisation>, store::StoreError> {
    let token =
        headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Bearer "));
    match token {
        Some(token) => actions::who_has(&app.world, token.trim()).await,
        None => Ok(None),
    }
}

fn read(body: &[u8]) -> Result<Question, String> {
    let asked: Asked = serde_json::from_slice(body).map_err(|e| format!("The question does not read: {e}"))?;
    let number = asked.nhs_number.parse().map_err(|e| format!("nhs_number {e}"))?;
    Ok(Question { number, purpose: asked.purpose, mode: asked.mode })
}

fn said(answer: &Answer, version: &str) -> Response {
    let (status, body) = match answer {
        Answer::Held(None) => (StatusCode::OK, json!({ "held": true, "agreements": version })),
        Answer::Held(Some(entries)) => {
            let services: Vec<Value> = entries.iter().filter_map(service).collect();
            (StatusCode::OK, json!({ "held": true, "agreements": version, "services": services }))
        }
        Answer::NotDisclosed => (StatusCode::OK, json!({ "held": false, "agreements": version })),
        Answer::Denied(why) => (StatusCode::FORBIDDEN, json!({ "title": "Not agreed", "detail": why, "agreements": version })),
        Answer::TooOften(seconds) => {
            let again = [(header::RETRY_AFTER, seconds.to_string())];
            return (again, problem(StatusCode::TOO_MANY_REQUESTS, "You ask too often")).into_response();
        }
    };
    json_response(status, &body)
}

fn service(entry: &Entry) -> Option<Value> {
    match entry {
        Entry::Open { agency, practitioner, telephone, since, until } => Some(json!({
            "agency": agency, "practitioner": practitioner.as_ref().map(|(name, _)| name), "role": practitioner.as_ref().map(|(_, job)| job),
            "telephone": telephone, "since": since.to_string(), "until": until.map(|until| until.to_string())
        })),
        Entry::Existence { agency, telephone } => Some(json!({ "agency": agency, "telephone": telephone })),
        Entry::Brokered => None,
    }
}

fn problem(status: StatusCode, detail: &str) -> Response {
    json_response(status, &json!({ "title": status.canonical_reason().unwrap_or("Problem"), "detail": detail }))
}

fn ours(e: &dyn std::fmt::Display) -> Response {
    tracing::error!(problem = %e, "another system could not be answered");
    problem(StatusCode::INTERNAL_SERVER_ERROR, "It could not be answered: try again")
}

fn json_response(status: StatusCode, body: &Value) -> Response {
    let kind = if status.is_success() { "application/json" } else { "application/problem+json" };
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")];
    (status, headers, body.to_string()).into_response()
}

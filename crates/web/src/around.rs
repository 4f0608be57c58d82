//! What happens around every request: the session is found, errors get their page, refusals their entry, answers their headers.

use crate::app::Shared;
use crate::errors::ErrorPage;
use crate::visitor::site;
use access::sign_in::{self, Session};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

/// The cookie of a session. `__Host-` keeps it to this very host, over TLS.
pub const SESSION_COOKIE: &str = "__Host-session";
/// The cookie that marks a browser as used before by somebody who signed in.
pub const DEVICE_COOKIE: &str = "__Host-device";
/// The cookie that says who signed out on a browser just now, for what it keeps of theirs.
pub const LEFT_COOKIE: &str = "__Host-left";

/// Nothing but our own files, no script or style in the page, no frame around it.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; worker-src 'self'";

/// Runs a request.
pub async fn around(State(app): State<Shared>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let is_asset = path.starts_with("/assets/");
    let method = request.method().clone();
    let session = match cookie(request.headers(), SESSION_COOKIE).filter(|_| !is_asset) {
        Some(cookie) => sign_in::session(&app.world, cookie).await.unwrap_or_else(|e| {
            tracing::error!(problem = %e, "a session could not be read");
            None
        }),
        None => None,
    };
    request.extensions_mut().insert::<Option<Session>>(session.clone());
    let mut response = next.run(request).await;
    if response.status() == StatusCode::METHOD_NOT_ALLOWED || (response.status() == StatusCode::NOT_FOUND && !is_asset) {
        let missing = response.extensions().get::<ErrorPage>().is_none();
        if missing {
            response = crate::PageError::Hidden(None).into_response();
        }
    }
    if response.status().is_client_error() && is_plain_text(&response) {
        // The framework's own words for an address or a form that does not read.
        let words = "The address or the form does not read. Go back, reload the page and try again".to_owned();
        let in_path = response.status() == StatusCode::BAD_REQUEST && method == Method::GET;
        response = if in_path { crate::PageError::Hidden(None) } else { crate::PageError::BadRequest(words) }.into_response();
    }
    if let Some(error) = response.extensions_mut().remove::<ErrorPage>() {
        response = error_page(&app, session.as_ref(), &path, error).await;
    }
    add_headers(response.headers_mut(), is_asset);
    response
}

fn is_plain_text(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    response.extensions().get::<ErrorPage>().is_none() && kind.is_some_and(|kind| kind.starts_with("text/plain"))
}

async fn error_page(app: &Shared, session: Option<&Session>, path: &str, mut error: ErrorPage) -> Response {
    if let Some(entry) = error.entry.take()
        && app.world.db.record(vec![*entry]).await.is_err()
    {
        tracing::error!("a refusal could not be journalled");
    }
    if error.kind == "refused"
        && error.rules.is_empty()
        && let Some(act) = error.asked
    {
        error.rules = app.world.policies.ways_in(act);
    }
    let title = match error.kind {
        "hidden" => "There is nothing here",
        "refused" => "You cannot do this",
        "bad" => "That did not work",
        _ => "Something went wrong on our side",
    };
    let status = error.status;
    match app.pages.render("web/error.html", &site(app, session, title, path), error) {
        Ok(html) => (status, Html(html)).into_response(),
        Err(e) => {
            tracing::error!(problem = %e, "the page of an error could not be rendered");
            (status, title).into_response()
        }
    }
}

fn add_headers(headers: &mut HeaderMap, is_asset: bool) {
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=()"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let cached = if is_asset { "public, max-age=3600" } else { "no-store" };
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(cached));
}

/// Returns a cookie that the browser sent.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

/// Adds a cookie to an answer; without `seconds` it ends with the browser, with none left it is taken away.
pub fn set_cookie(response: &mut Response<Body>, name: &str, value: &str, seconds: Option<i64>) {
    let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let cookie = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax{age}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

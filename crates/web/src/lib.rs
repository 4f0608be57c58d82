//! The page kit: layout, GOV.UK components, forms and field errors, sessions, security headers. No rule, no feature.
//!
//! Read in this order: [`app`] (what every request shares), [`visitor`] (who asks), [`forms`], [`pages`] (rendering),
//! [`errors`] (what goes wrong), [`around`] (what happens before and after every request).
//!
//! Invariant: no page has a script or a style of its own: the content security policy allows none.
//! Invariant: every form that changes something carries the session's token and a key that is used once.

pub mod app;
pub mod around;
pub mod assets;
pub mod errors;
pub mod forms;
mod guidance;
pub mod pages;
pub mod visitor;

pub use app::{App, Settings, Shared};
pub use errors::{PageError, PageResult};
pub use forms::{FieldErrors, Form, Posted};
pub use pages::{Pages, Sample, TemplateSource};
pub use visitor::Visitor;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Returns an answer that sends the browser on to another page of ours.
pub fn redirect(location: &str) -> Response {
    let is_ours =
        location.starts_with('/') && !location.starts_with("//") && !location.chars().any(|c| c == '\\' || c.is_control());
    let ours = if is_ours { location } else { "/" };
    match HeaderValue::from_str(ours) {
        Ok(value) => (StatusCode::SEE_OTHER, [(header::LOCATION, value)]).into_response(),
        Err(_) => (StatusCode::SEE_OTHER, [(header::LOCATION, HeaderValue::from_static("/"))]).into_response(),
    }
}

/// Returns text as a part of a query string.
pub fn in_query(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

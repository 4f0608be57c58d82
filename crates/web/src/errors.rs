//! What goes wrong with a request, and the page that says so.

use access::ctx::Refusal;
use access::policies::PolicyError;
use access::{AccessError, Act};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use store::StoreError;

/// Why a page is not shown.
#[derive(Debug)]
pub enum PageError {
    /// Nothing is here, or nothing for this visitor: the two look the same.
    Hidden(Option<Refusal>),
    /// It is here, and this visitor may not.
    Refused(Refusal),
    /// Nobody is signed in; where to go on to afterwards.
    SignIn(String),
    /// Somewhere else.
    Redirect(String),
    /// The request itself is wrong; what to do.
    BadRequest(String),
    /// Our fault; what is written to the log.
    Ours(String),
}

/// What every page's handler returns.
pub type PageResult = Result<Response, PageError>;

/// What the page of an error needs; the middleware renders it.
#[derive(Clone, Debug, Serialize)]
pub struct ErrorPage {
    /// `hidden`, `refused`, `bad` or `ours`.
    pub kind: &'static str,
    /// What to do.
    pub words: String,
    /// What was asked, for a refusal.
    pub act: String,
    /// Why it was refused, and what would change it.
    pub rules: Vec<access::policies::Rule>,
    #[serde(skip)]
    pub(crate) status: StatusCode,
    #[serde(skip)]
    pub(crate) asked: Option<Act>,
    #[serde(skip)]
    pub(crate) entry: Option<Box<store::journal::Entry>>,
}

impl From<AccessError> for PageError {
    fn from(e: AccessError) -> Self {
        match e {
            AccessError::Hidden(refusal) => Self::Hidden(refusal),
            AccessError::Refused(refusal) => Self::Refused(refusal),
            AccessError::Policy(e) => e.into(),
            AccessError::Store(e) => e.into(),
        }
    }
}

impl From<PolicyError> for PageError {
    fn from(e: PolicyError) -> Self {
        Self::Ours(e.to_string())
    }
}

impl From<StoreError> for PageError {
    fn from(e: StoreError) -> Self {
        Self::Ours(e.to_string())
    }
}

impl From<minijinja::Error> for PageError {
    fn from(e: minijinja::Error) -> Self {
        Self::Ours(format!("{e:#}"))
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let page = |status, kind, words: &str| ErrorPage {
            kind,
            words: words.to_owned(),
            act: String::new(),
            rules: Vec::new(),
            status,
            asked: None,
            entry: None,
        };
        let error = match self {
            Self::SignIn(path) => return crate::redirect(&format!("/sign-in?next={}", crate::in_query(&path))),
            Self::Redirect(to) => return crate::redirect(&to),
            Self::Hidden(refusal) => {
                let mut error = page(StatusCode::NOT_FOUND, "hidden", "");
                error.entry = refusal.map(|refusal| refusal.entry);
                error
            }
            Self::Refused(refusal) => {
                let mut error = page(StatusCode::FORBIDDEN, "refused", "");
                error.act = refusal.act.as_str().replace('_', " ");
                error.asked = Some(refusal.act);
                error.rules = refusal.rules;
                error.entry = Some(refusal.entry);
                error
            }
            Self::BadRequest(words) => page(StatusCode::BAD_REQUEST, "bad", &words),
            Self::Ours(words) => {
                tracing::error!(problem = %words, "a request failed");
                page(StatusCode::INTERNAL_SERVER_ERROR, "ours", "")
            }
        };
        let mut response = error.status.into_response();
        response.extensions_mut().insert(error);
        response
    }
}

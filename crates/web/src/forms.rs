//! Forms: what was typed, read into types, with every fault said at its field and nothing lost.

use crate::errors::PageError;
use crate::visitor::Visitor;
use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts};
use axum::http::{HeaderMap, Request, header};
use http_body_util::{BodyExt, Limited};
use kernel::partial_date::PartialDate;
use kernel::text::{self, TextError};
use serde::Serialize;
use std::collections::BTreeMap;
use std::str::FromStr;
use uuid::Uuid;

/// The most that a form may hold, in bytes.
pub const FORM_MAX_BYTES: usize = 256 * 1024;
const FIELDS_MAX: usize = 500;

/// What somebody typed into a form.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Form {
    fields: BTreeMap<String, Vec<String>>,
    /// Where it was sent, so that a page with two forms can have both pressed.
    #[serde(skip)]
    sent_to: String,
}

impl Form {
    /// Reads a form from a query string or body.
    ///
    /// # Errors
    /// [`PageError::BadRequest`] when it has too many fields.
    pub fn parse(encoded: &str) -> Result<Self, PageError> {
        let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (at, pair) in encoded.split('&').filter(|pair| !pair.is_empty()).enumerate() {
            if at >= FIELDS_MAX {
                return Err(PageError::BadRequest("The form has too many fields".to_owned()));
            }
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            fields.entry(decoded(name)).or_default().push(decoded(value));
        }
        Ok(Self { fields, sent_to: String::new() })
    }

    /// Returns what was typed into a field; empty when it was left out.
    pub fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(|values| values.first()).map_or("", String::as_str)
    }

    /// Returns everything chosen under one name.
    pub fn all(&self, field: &str) -> &[String] {
        self.fields.get(field).map_or(&[], Vec::as_slice)
    }

    /// Returns the names of the fields that were sent.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.keys().map(String::as_str)
    }

    /// Returns whether a box was ticked.
    pub fn has(&self, field: &str, value: &str) -> bool {
        self.all(field).iter().any(|chosen| chosen == value)
    }

    /// Returns a field read as `T`: an id, a version.
    ///
    /// # Errors
    /// [`PageError::BadRequest`] when it is not one: only a tampered form holds such.
    pub fn parse_field<T: FromStr>(&self, field: &str) -> Result<T, PageError> {
        self.text(field).parse().map_err(|_| PageError::BadRequest(format!("The form's {field} does not read")))
    }

    /// Returns the key of this very press: the same page, sent to the same place with the same words, is the same press.
    ///
    /// # Errors
    /// [`PageError::BadRequest`] when the form has no key.
    pub fn once(&self) -> Result<Uuid, PageError> {
        let key: Uuid = self.parse_field("once")?;
        let mut said = format!("{key}\n{}", self.sent_to);
        for (name, values) in self.fields.iter().filter(|(name, _)| *name != "csrf") {
            said.push_str(&format!("\n{name}\n{}", values.join("\n")));
        }
        let digest = store::keys::digest(said.as_bytes());
        Ok(Uuid::from_slice(&digest[..16]).unwrap_or(key))
    }

    /// Reads a line, or notes what is wrong with it.
    pub fn line(&self, field: &'static str, called: &str, limit: usize, errors: &mut FieldErrors) -> String {
        match text::line(self.text(field), limit) {
            Ok(line) => line,
            Err(e) => {
                errors.add(field, &format!("{called} {e}"));
                String::new()
            }
        }
    }

    /// Reads a line that may be empty, or notes what is wrong with it.
    pub fn line_if_any(&self, field: &'static str, called: &str, limit: usize, errors: &mut FieldErrors) -> String {
        match text::line(self.text(field), limit) {
            Ok(line) => line,
            Err(TextError::Empty) => String::new(),
            Err(e) => {
                errors.add(field, &format!("{called} {e}"));
                String::new()
            }
        }
    }

    /// Reads a note, or notes what is wrong with it.
    pub fn note(&self, field: &'static str, called: &str, limit: usize, errors: &mut FieldErrors) -> String {
        match text::note(self.text(field), limit) {
            Ok(note) => note,
            Err(e) => {
                errors.add(field, &format!("{called} {e}"));
                String::new()
            }
        }
    }

    /// Reads the three boxes of a date, or notes what is wrong with them.
    pub fn date(&self, field: &'static str, called: &str, errors: &mut FieldErrors) -> Option<PartialDate> {
        let boxed = |part: &str| self.text(&format!("{field}-{part}")).to_owned();
        match PartialDate::from_boxes(&boxed("day"), &boxed("month"), &boxed("year")) {
            Ok(date) => date,
            Err(e) => {
                errors.add(field, &format!("{called} {e}"));
                None
            }
        }
    }

    /// Reads a choice that must be one of the ids offered, or notes that nothing was chosen.
    pub fn choice<'a>(
        &self,
        field: &'static str,
        ask: &str,
        offered: impl Iterator<Item = &'a str>,
        errors: &mut FieldErrors,
    ) -> String {
        let chosen = self.text(field);
        if offered.into_iter().any(|id| id == chosen) {
            return chosen.to_owned();
        }
        errors.add(field, ask);
        String::new()
    }
}

fn decoded(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

/// One fault, at its field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The field's id on the page.
    pub field: String,
    /// What to do.
    pub text: String,
}

/// Everything that is wrong with a form, in the order of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct FieldErrors(pub Vec<FieldError>);

impl FieldErrors {
    /// Notes a fault.
    pub fn add(&mut self, field: &str, text: &str) {
        let mut letters = text.chars();
        let capital = letters.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
        self.0.push(FieldError { field: field.to_owned(), text: capital + letters.as_str() });
    }

    /// Returns whether something is wrong with a field.
    pub fn has(&self, field: &str) -> bool {
        self.0.iter().any(|error| error.field == field)
    }

    /// Returns whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A form that somebody signed in has sent: the session's token is right, and it came from our own page.
pub struct Posted {
    /// Who sent it.
    pub visitor: Visitor,
    /// What was typed.
    pub form: Form,
}

impl FromRequest<crate::Shared> for Posted {
    type Rejection = PageError;

    async fn from_request(request: Request<Body>, app: &crate::Shared) -> Result<Self, PageError> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, app).await?;
        let mut form = read(&parts.headers, body).await?;
        form.sent_to = parts.uri.path().to_owned();
        if form.text("csrf") != visitor.session.csrf {
            return Err(PageError::BadRequest("This page was open too long. Go back, reload it and send it again".to_owned()));
        }
        Ok(Self { visitor, form })
    }
}

/// A form of somebody who is not signed in yet: it came from our own page.
pub struct PostedByAnybody(pub Form);

impl FromRequest<crate::Shared> for PostedByAnybody {
    type Rejection = PageError;

    async fn from_request(request: Request<Body>, _: &crate::Shared) -> Result<Self, PageError> {
        let (parts, body) = request.into_parts();
        read(&parts.headers, body).await.map(Self)
    }
}

async fn read(headers: &HeaderMap, body: Body) -> Result<Form, PageError> {
    if !is_from_our_page(headers) {
        return Err(PageError::BadRequest("The form was not sent from our own page".to_owned()));
    }
    let bytes = Limited::new(body, FORM_MAX_BYTES)
        .collect()
        .await
        .map_err(|_| PageError::BadRequest("The form is longer than 256 kilobytes: shorten what you wrote".to_owned()))?
        .to_bytes();
    Form::parse(&String::from_utf8_lossy(&bytes))
}

/// Returns whether a browser says that a request came from our own page: `Sec-Fetch-Site`, or else `Origin`.
pub fn is_from_our_page(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin"), text(header::HOST.as_str())) {
        (Some(site), ..) => matches!(site, "same-origin" | "none"),
        (None, Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, of)| of == host),
        (None, Some(_), None) => false,
        (None, None, _) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_read_whatever_its_letters() {
        let form = Form::parse("name=Ma%C5%82gorzata+O%27Neill&need=debt&need=damp&empty=").unwrap();
        assert_eq!(form.text("name"), "Małgorzata O'Neill");
        assert_eq!(form.all("need"), ["debt", "damp"]);
        assert_eq!(form.text("empty"), "");
        assert_eq!(form.text("absent"), "");
    }

    #[test]
    fn a_form_from_another_site_is_not_ours() {
        let with = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().unwrap());
            }
            is_from_our_page(&headers)
        };
        assert!(with(&[("sec-fetch-site", "same-origin")]));
        assert!(!with(&[("sec-fetch-site", "cross-site")]));
        assert!(!with(&[("sec-fetch-site", "same-site")]));
        assert!(with(&[("origin", "http://localhost:8080"), ("host", "localhost:8080")]));
        assert!(!with(&[("origin", "http://evil.example"), ("host", "localhost:8080")]));
    }

    #[test]
    fn faults_are_noted_at_their_fields_and_all_of_them() {
        let form = Form::parse("name=&when-day=31&when-month=2&when-year=2026").unwrap();
        let mut errors = FieldErrors::default();
        form.line("name", "The name", 50, &mut errors);
        form.date("when", "The day", &mut errors);
        let fields: Vec<&str> = errors.0.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(fields, ["name", "when"]);
        assert_eq!(errors.0[0].text, "The name is empty");
    }
}

//! The pages of the index: asking it, who was found, and the few lines that it shows.

use super::actions::{self, IndexError, Opened};
use super::entry::{Entry, LookId, Sought};
use super::rules::SoughtRule;
use crate::brokering;
use access::{Act, Resource};
use area::Area;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use families::people::PersonId;
use families::search;
use kernel::british;
use serde::Deserialize;
use serde_json::{Value, json};
use web::{FieldErrors, Form, PageResult, Posted, Shared, Visitor};

/// The routes of the index.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/index", get(ask).post(look))
        .route("/index/{look}", get(found))
        .route("/index/{look}/{person}", get(open))
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Passed {
    #[serde(default)]
    passed: String,
}

async fn ask(visitor: Visitor, Query(passed): Query<Passed>) -> PageResult {
    ask_page(&visitor, &Form::default(), passed.passed == "yes", FieldErrors::default()).await
}

async fn ask_page(visitor: &Visitor, form: &Form, passed: bool, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(Act::SearchIndex, &Resource::area())?;
    let sent = brokering::actions::sent(&mut ctx).await?;
    let names = search::names_of(&mut ctx, &sent.iter().map(|one| one.person).collect::<Vec<_>>()).await?;
    ctx.seen().await?;
    let became = |will_contact: Option<bool>| match will_contact {
        None => "Passed on",
        Some(true) => "They will be in touch",
        Some(false) => "Nothing is answered",
    };
    let sent: Vec<Value> = sent
        .iter()
        .zip(names)
        .map(|(one, name)| {
            json!({ "name": name, "words": one.words, "at": british::moment(one.sent_at), "state": became(one.will_contact),
                    "replies": one.replies })
        })
        .collect();
    let text = |field: &str| form.text(field).to_owned();
    let page = json!({
        "sent": sent, "passed": passed, "why": text("why"), "words": text("words"), "forenames": text("forenames"),
        "surname": text("surname"), "postcode": text("postcode"), "number": text("number"),
        "born": [text("born-day"), text("born-month"), text("born-year")], "errors": errors
    });
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visitor.page("processes/index/templates/ask.html", "Who works with this child?", page)?).into_response())
}

async fn look(State(app): State<Shared>, Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let reasons = app.area.setting.reasons.iter().map(|reason| reason.id.as_str());
    let why = form.choice("why", "Choose why you are looking", reasons, &mut errors);
    let sought = Sought {
        forenames: form.text("forenames").to_owned(),
        surname: form.text("surname").to_owned(),
        born: form.date("born", "The date of birth", &mut errors),
        postcode: form.text("postcode").to_owned(),
        number: form.text("number").to_owned(),
    };
    if errors.is_empty() {
        let mut ctx = visitor.write_once(&form).await?;
        match actions::look(&mut ctx, &app.area, &sought, (&why, form.text("words"))).await {
            Ok(look) => return visitor.done(ctx, &form, &format!("/index/{look}")).await,
            Err(IndexError::Access(e)) => return Err(e.into()),
            Err(e) => errors.add(field_of(&e), &e.to_string()),
        }
    }
    ask_page(&visitor, &form, false, errors).await
}

fn field_of(e: &IndexError) -> &'static str {
    match e {
        IndexError::Sought(SoughtRule::Postcode) => "postcode",
        IndexError::Sought(SoughtRule::Number(_)) => "number",
        IndexError::Reason(_) => "words",
        IndexError::Sought(SoughtRule::TooLittle | SoughtRule::Wildcard) | IndexError::TooOften | IndexError::Access(_) => {
            "forenames"
        }
    }
}

async fn found(visitor: Visitor, Path(look): Path<LookId>) -> PageResult {
    let mut ctx = visitor.read().await?;
    let found = actions::found(&mut ctx, look).await?;
    ctx.seen().await?;
    let line = |one: &super::entry::Found| {
        let born = one.born.map_or_else(|| "date of birth not known".to_owned(), |born| format!("born {}", born.words()));
        json!({ "id": one.person.to_string(), "name": one.name, "born": born })
    };
    let page = json!({ "look": look.to_string(), "found": found.iter().map(line).collect::<Vec<_>>() });
    visitor.page("processes/index/templates/found.html", "Who works with this child?", page)
}

async fn open(visitor: Visitor, Path(found): Path<(LookId, PersonId)>) -> PageResult {
    open_page(&visitor, found, "", FieldErrors::default()).await
}

/// Returns the page of somebody whom a look found.
///
/// # Errors
/// [`web::PageError::Hidden`] when it was not found by this visitor, or not lately.
pub async fn open_page(visitor: &Visitor, (look, person): (LookId, PersonId), typed: &str, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.write().await?;
    let area = &visitor.app.area;
    let opened = actions::open(&mut ctx, area, look, person).await?;
    ctx.commit().await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = page_of(area, &opened, (look, typed), errors);
    Ok((status, visitor.page("processes/index/templates/show.html", "Who works with this child?", page)?).into_response())
}

fn page_of(area: &Area, opened: &Opened, (look, typed): (LookId, &str), errors: FieldErrors) -> Value {
    let mut lines = Vec::new();
    let mut brokered = false;
    for entry in opened.entries.iter().flatten() {
        match entry {
            Entry::Open { agency, practitioner, telephone, since, until } => {
                let when = until.map_or_else(
                    || format!("since {}", british::day(*since)),
                    |until| format!("from {} to {}", british::day(*since), british::day(until)),
                );
                let who = practitioner.as_ref().map_or_else(String::new, |(name, job)| format!("{name}, {job}"));
                lines.push(
                    json!({ "agency": agency, "who": who, "telephone": telephone, "when": when, "is_over": until.is_some() }),
                );
            }
            Entry::Existence { agency, telephone } => {
                lines.push(json!({ "agency": agency, "who": "", "telephone": telephone, "when": "", "is_over": false }));
            }
            Entry::Brokered => brokered = true,
        }
    }
    let leads: Vec<Value> = opened
        .leads
        .iter()
        .map(|(name, agency, telephone)| json!({ "name": name, "agency": agency, "telephone": telephone }))
        .collect();
    json!({
        "look": look.to_string(), "person": opened.found.person.to_string(), "name": opened.found.name,
        "born": opened.found.born.map_or_else(|| "Not known".to_owned(), |born| born.words()),
        "sex": match opened.sex.as_str() { "F" => "Female", "M" => "Male", _ => "Not known" }, "carers": opened.carers.join(", "),
        "is_shielded": opened.entries.is_none(), "lines": lines, "brokered": brokered, "leads": leads,
        "assessed": opened.assessed.as_ref().map_or_else(String::new, |(agency, on)| format!("since {}, by {agency}", british::day(*on))),
        "months": area.index.ended_shown_months, "typed": typed, "errors": errors
    })
}

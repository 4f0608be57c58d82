//! Sending a link from the contract; and the pages that it opens, for whoever has its number: no sign-in, no script, no cookie.

use super::actions::{self, LinkError, Shown};
use super::rules;
use crate::contracts::forms::party;
use crate::contracts::pages::{ContractLine, Of, address, contract_page};
use crate::contracts::{ContractError, ContractId, Party};
use crate::forms::status_of;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect};
use axum::routing::{get, post};
use families::family::FamilyId;
use families::people::PersonId;
use serde::Serialize;
use web::forms::PostedByAnybody;
use web::visitor::site;
use web::{FieldErrors, Form, PageError, PageResult, Posted, Shared};

/// The routes of links.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/people/{person}/families/{family}/contract/{id}/{party}/link", post(send))
        .route("/people/{person}/families/{family}/contract/{id}/{party}/link/end", post(take_back))
        .route("/agree/{token}", get(ask).post(open))
        .route("/agree/{token}/answer", post(answer))
        .route("/agree/{token}/done", get(done))
}

type At = (PersonId, FamilyId, ContractId, String);

/// Returns who is named; nobody else than one of the family is sent a link.
fn person_named(named: &str) -> Result<PersonId, PageError> {
    match party(named) {
        Ok(Party::Person(person)) => Ok(person),
        _ => Err(PageError::Hidden(None)),
    }
}

async fn send(Path((person, family, id, named)): Path<At>, posted: Posted) -> PageResult {
    let (of, whom): (Of, PersonId) = ((person, family), person_named(&named)?);
    let Posted { visitor, form } = posted;
    let mut ctx = visitor.write_once(&form).await?;
    match actions::send(&mut ctx, &visitor.app.area, (of, id), whom).await {
        Ok(_) => visitor.done(ctx, &form, &format!("{}#link-{id}-{named}", address(of))).await,
        Err(LinkError::Contract(ContractError::Access(e))) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let changed = matches!(e, LinkError::Contract(ContractError::Changed));
            let mut errors = FieldErrors::default();
            if !changed {
                errors.add(&format!("link-{id}-{named}"), &e.to_string());
            }
            contract_page(&visitor, of, "", (errors, changed)).await
        }
    }
}

async fn take_back(Path((person, family, id, named)): Path<At>, Posted { visitor, form }: Posted) -> PageResult {
    let (of, whom): (Of, PersonId) = ((person, family), person_named(&named)?);
    let mut ctx = visitor.write_once(&form).await?;
    match actions::take_back(&mut ctx, (of, id), whom).await {
        Ok(()) => visitor.done(ctx, &form, &address(of)).await,
        Err(LinkError::Contract(ContractError::Access(e))) => Err(e.into()),
        Err(e) => Err(PageError::BadRequest(e.to_string())),
    }
}

/// What a link opens: the question for its number, or the contract and what they say to it.
#[derive(Debug, Serialize)]
struct LinkPage {
    here: String,
    code: String,
    contract: Option<ContractLine>,
    family_name: String,
    lead: String,
    name: String,
    agrees: String,
    words: String,
    done: bool,
    errors: FieldErrors,
}

fn page(token: &str, code: &str, shown: Option<Shown>) -> LinkPage {
    let (contract, family_name, lead, name) = match shown {
        Some(shown) => (Some(shown.contract), shown.family_name, shown.lead, shown.name),
        None => (None, String::new(), String::new(), String::new()),
    };
    LinkPage {
        here: format!("/agree/{}", web::in_query(token)),
        code: if contract.is_some() { rules::typed(code) } else { String::new() },
        contract,
        family_name,
        lead,
        name,
        agrees: String::new(),
        words: String::new(),
        done: false,
        errors: FieldErrors::default(),
    }
}

fn render(app: &Shared, page: LinkPage) -> PageResult {
    let status = status_of(&page.errors);
    let title = if page.contract.is_some() { "What we promise each other" } else { "Something to read and answer" };
    let site = site(app, None, title, &page.here);
    let html = app.pages.render("frontline/contracts/links/templates/link.html", &site, page)?;
    Ok((status, Html(html)).into_response())
}

/// Asks for the number, whether there is such a link or not.
async fn ask(State(app): State<Shared>, Path(token): Path<String>) -> PageResult {
    render(&app, page(&token, "", None))
}

async fn open(State(app): State<Shared>, Path(token): Path<String>, PostedByAnybody(form): PostedByAnybody) -> PageResult {
    let shown = actions::look(&app.world, &token, form.text("code")).await?;
    opened(&app, &token, &form, shown, FieldErrors::default())
}

/// Shows what a link opens; or that the link and the number open nothing, whyever that is.
fn opened(app: &Shared, token: &str, form: &Form, shown: Option<Shown>, errors: FieldErrors) -> PageResult {
    let mut page = page(token, form.text("code"), shown);
    page.agrees = form.text("agrees").to_owned();
    page.words = form.text("words").to_owned();
    page.errors = errors;
    if page.contract.is_none() {
        page.errors = FieldErrors::default();
        let words = "This link and this number open nothing. Look at the number again, or ask the person who told you it";
        page.errors.add("code", words);
    }
    render(app, page)
}

async fn answer(State(app): State<Shared>, Path(token): Path<String>, PostedByAnybody(form): PostedByAnybody) -> PageResult {
    let code = form.text("code");
    let mut errors = FieldErrors::default();
    match form.text("agrees") {
        said @ ("yes" | "no") => match actions::answer(&app.world, (&token, code), (said == "yes", form.text("words"))).await? {
            Ok(true) => {
                let done = format!("/agree/{}/done", web::in_query(&token));
                return Ok((StatusCode::SEE_OTHER, Redirect::to(&done)).into_response());
            }
            Ok(false) => return opened(&app, &token, &form, None, errors),
            Err(rule) => errors.add(rule.field(), &rule.to_string()),
        },
        _ => errors.add("agrees", "Say whether you agree"),
    }
    let shown = actions::look(&app.world, &token, code).await?;
    opened(&app, &token, &form, shown, errors)
}

async fn done(State(app): State<Shared>, Path(token): Path<String>) -> PageResult {
    render(&app, LinkPage { done: true, ..page(&token, "", None) })
}

//! The pages of requests for information.

use super::actions::{self, Opened, RequestError};
use super::request::{NewRequest, Request, RequestId, State};
use access::{Act, AgencyId};
use area::Area;
use axum::Router;
use axum::extract::{Path, State as Extract};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use families::people::{self, PersonId};
use families::search;
use kernel::{Date, british};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;
use web::{FieldErrors, Form, PageResult, Posted, Shared, Visitor};

/// The routes of requests.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/people/{person}/ask-agency", get(write).post(ask))
        .route("/share-requests/{id}", get(show))
        .route("/share-requests/{id}/withdraw", post(withdraw))
}

/// A request in a list.
#[derive(Clone, Debug, Serialize)]
pub struct RequestLine {
    /// Its id.
    pub id: String,
    /// About whom.
    pub name: String,
    /// Who asks.
    pub from: String,
    /// Who is asked.
    pub to: String,
    /// What for.
    pub purpose: String,
    /// Where it stands.
    pub state: String,
    /// By when it is answered.
    pub due: String,
    /// Whether that day has passed.
    pub late: bool,
    /// Whether somebody is at risk until it is answered.
    pub urgent: bool,
}

/// Returns a request as a list shows it.
pub fn line(area: &Area, (request, name): (&Request, &str), today: Date) -> RequestLine {
    let is_open = request.state == State::Open;
    RequestLine {
        id: request.id.to_string(),
        name: name.to_owned(),
        from: format!("{}, {}", request.asker, request.from_agency),
        to: request.to_agency.clone(),
        purpose: area.sharing.purpose(&request.new.purpose).map_or_else(String::new, |purpose| purpose.words.clone()),
        state: request.state.words().to_owned(),
        due: british::day(request.answer_by),
        late: is_open && request.answer_by < today,
        urgent: is_open && request.new.urgent,
    }
}

/// Asking another agency.
#[derive(Debug, Serialize)]
struct Write {
    person: String,
    name: String,
    agencies: Vec<(String, String)>,
    purposes: Vec<area::sharing::Purpose>,
    information: Vec<Value>,
    typed: Value,
    errors: FieldErrors,
}

async fn write(visitor: Visitor, Path(person): Path<PersonId>) -> PageResult {
    write_page(&visitor, person, &Form::default(), FieldErrors::default()).await
}

async fn write_page(visitor: &Visitor, person: PersonId, form: &Form, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    people::open(&mut ctx, Act::AskForInformation, person).await?;
    let name = search::names_of(&mut ctx, &[person]).await?.pop().unwrap_or_default();
    let agencies = access::people::list_present_agencies(&mut ctx.tx, ctx.area_id).await?;
    let own = ctx.actor.agency_id;
    ctx.seen().await?;
    let sharing = &visitor.app.area.sharing;
    let tick = |one: &area::sharing::Information| json!({ "id": one.id, "words": one.words, "ticked": form.has("information", &one.id) });
    let page = Write {
        person: person.to_string(),
        name,
        agencies: agencies.into_iter().filter(|one| one.id != own).map(|one| (one.id.to_string(), one.name)).collect(),
        purposes: sharing.purpose.clone(),
        information: sharing.information.iter().map(tick).collect(),
        typed: json!({ "agency": form.text("agency"), "purpose": form.text("purpose"), "words": form.text("words"),
                       "urgent": form.text("urgent") }),
        errors,
    };
    let status = if page.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visitor.page("processes/requests/templates/new.html", "Ask another agency", page)?).into_response())
}

async fn ask(Extract(app): Extract<Shared>, Path(person): Path<PersonId>, Posted { visitor, form }: Posted) -> PageResult {
    let new = NewRequest {
        person,
        to_agency: form.text("agency").parse().unwrap_or(AgencyId(Uuid::nil())),
        purpose: form.text("purpose").to_owned(),
        information: form.all("information").to_vec(),
        words: form.text("words").to_owned(),
        urgent: form.text("urgent") == "yes",
    };
    let mut ctx = visitor.write_once(&form).await?;
    let mut errors = FieldErrors::default();
    match actions::ask(&mut ctx, &app.area, new).await {
        Ok(id) => return visitor.done(ctx, &form, &format!("/share-requests/{id}")).await,
        Err(RequestError::Access(e)) => return Err(e.into()),
        Err(RequestError::Rules(faults)) => faults.iter().for_each(|fault| errors.add(fault.field(), &fault.to_string())),
        Err(e @ (RequestError::NobodyAnswers | RequestError::Shielded | RequestError::Ended)) => {
            errors.add("agency", &e.to_string());
        }
    }
    drop(ctx);
    write_page(&visitor, person, &form, errors).await
}

/// One request.
#[derive(Debug, Serialize)]
struct Show {
    person: String,
    line: RequestLine,
    words: String,
    information: String,
    asked: String,
    telephone: String,
    owner: String,
    escalated: String,
    answers: Vec<Value>,
    may_answer: bool,
    may_withdraw: bool,
    errors: FieldErrors,
}

async fn show(visitor: Visitor, Path(id): Path<RequestId>) -> PageResult {
    show_page(&visitor, id, FieldErrors::default()).await
}

async fn show_page(visitor: &Visitor, id: RequestId, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx, id).await?;
    let today = ctx.clock.today();
    ctx.seen().await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = Show { errors, ..page_of(&visitor.app.area, &opened, today) };
    Ok((status, visitor.page("processes/requests/templates/show.html", "A request for information", page)?).into_response())
}

fn page_of(area: &Area, opened: &Opened, today: Date) -> Show {
    let request = &opened.request;
    let information: Vec<&str> = request.new.information.iter().map(|id| area.sharing.information_words(id)).collect();
    let answer = |one: &crate::sharing::actions::Answer| {
        json!({ "decision": one.decision.to_string(), "words": one.words, "at": british::moment(one.at), "is_shared": one.is_shared,
                "is_open": one.is_open })
    };
    Show {
        person: request.new.person.to_string(),
        line: line(area, (request, &opened.name), today),
        words: request.new.words.clone(),
        information: information.join("; "),
        asked: british::moment(request.asked_at),
        telephone: format!("{}, telephone {}", request.asker_job, request.asker_telephone),
        owner: request.owner.clone().unwrap_or_default(),
        escalated: request.escalated_at.map_or_else(String::new, british::moment),
        answers: opened.answers.iter().map(answer).collect(),
        may_answer: opened.may_answer,
        may_withdraw: opened.may_withdraw,
        errors: FieldErrors::default(),
    }
}

async fn withdraw(Path(id): Path<RequestId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut ctx = visitor.write_once(&form).await?;
    match actions::withdraw(&mut ctx, id).await {
        Ok(()) => visitor.done(ctx, &form, &format!("/share-requests/{id}")).await,
        Err(RequestError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let mut errors = FieldErrors::default();
            errors.add("withdraw", &e.to_string());
            show_page(&visitor, id, errors).await
        }
    }
}

//! The pages beside the path: sharing now because somebody is in danger, and keeping that it is not shared.

use super::actions::{self, ShareError};
use super::decision::{Ground, NewDecision, Outcome, Picked, Recipient, Told};
use super::pages::{self, Begun, Wanted, begun, begun_in_danger, exact_day};
use super::path::Answers;
use super::{items, steps};
use crate::requests::{self, RequestId};
use access::{Act, AgencyId, Resource};
use axum::Router;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use families::facts::FactId;
use families::people::{self, PersonId};
use families::search;
use kernel::Date;
use serde::Serialize;
use serde_json::{Value, json};
use web::{FieldErrors, Form, PageError, PageResult, Posted, Shared, Visitor};

/// The routes of these pages.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/danger", get(danger))
        .route("/people/{person}/share-now", get(now).post(share_now))
        .route("/people/{person}/share-not", get(not).post(share_not))
}

/// Two clicks from anywhere: whom is this about?
async fn danger(visitor: Visitor) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(Act::Search, &Resource::area())?;
    let known = people::of_worker(&mut ctx).await?;
    let names = search::names_of(&mut ctx, &known).await?;
    ctx.seen().await?;
    let people: Vec<(String, String)> = known.iter().map(ToString::to_string).zip(names).collect();
    visitor.page("processes/sharing/templates/danger.html", "Somebody is in danger", json!({ "people": people }))
}

/// Sharing now.
#[derive(Debug, Serialize)]
struct Now {
    person: String,
    name: String,
    agencies: Vec<(String, String)>,
    methods: Vec<area::files::Choice>,
    plain: Vec<Value>,
    protected: Vec<Value>,
    typed: Value,
    errors: FieldErrors,
}

async fn now(visitor: Visitor, Path(person): Path<PersonId>) -> PageResult {
    let begun = begun_in_danger(&visitor, person).await?;
    now_page(&visitor, person, begun, None, FieldErrors::default()).await
}

async fn now_page(visitor: &Visitor, person: PersonId, mut begun: Begun, form: Option<&Form>, errors: FieldErrors) -> PageResult {
    let area = &visitor.app.area;
    let offered = items::offered(&mut begun.ctx, area, person).await?;
    let agencies = access::people::list_present_agencies(&mut begun.ctx.tx, begun.ctx.area_id).await?;
    let (today, own) = (begun.ctx.clock.today(), begun.ctx.actor.agency_id);
    begun.ctx.seen().await?;
    let answers = form
        .map_or_else(Answers::default, |form| Answers { items: Some(steps::picked_in(form, &offered).0), ..Answers::default() });
    let (protected, plain): (Vec<Value>, Vec<Value>) =
        offered.iter().map(|one| steps::item(area, one, &answers, today)).partition(|one| one["protected"] != "");
    let text = |field: &str| form.map_or_else(String::new, |form| form.text(field).to_owned());
    let boxes = |part: &str, now: String| form.map_or(now, |form| form.text(&format!("happened-{part}")).to_owned());
    let page = Now {
        person: person.to_string(),
        name: begun.name,
        agencies: agencies.into_iter().filter(|one| one.id != own).map(|one| (one.id.to_string(), one.name)).collect(),
        methods: area.sharing.method.clone(),
        plain,
        protected,
        typed: json!({
            "agency": text("agency"), "to_words": text("to_words"), "worry": text("worry"), "said": text("said"),
            "method": form.map_or("telephone".to_owned(), |form| form.text("method").to_owned()),
            "told": form.map_or("later".to_owned(), |form| form.text("told").to_owned()), "told_words": text("told_words"),
            "happened": [boxes("day", today.day().to_string()), boxes("month", today.month().to_string()), boxes("year", today.year().to_string())]
        }),
        errors,
    };
    let status = if page.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visitor.page("processes/sharing/templates/now.html", "Share now", page)?).into_response())
}

/// Rule \[3.28\]: where a child is in danger, what keeps them safe is shared at once, and recorded afterwards in under a minute.
async fn share_now(Path(person): Path<PersonId>, Posted { visitor, form }: Posted) -> PageResult {
    let area = &visitor.app.area;
    let mut begun = begun_in_danger(&visitor, person).await?;
    let today = begun.ctx.clock.today();
    let offered = items::offered(&mut begun.ctx, area, person).await?;
    let mut errors = FieldErrors::default();
    // What somebody is worried about is reason enough for what is protected.
    let (picked, _) = steps::picked_in(&form, &offered);
    let happened_on = exact_day(&form, "happened", &mut errors).unwrap_or(today);
    if errors.is_empty() {
        let items = picked.into_iter().map(|(id, why)| Picked { fact: FactId(id), why }).collect();
        let mut new = emergency(person, &form, (happened_on, items));
        new.purpose = area.sharing.purpose.iter().find(|one| one.protects).map_or_else(String::new, |one| one.id.clone());
        new.request = asked_by(&mut begun, new.to.agency).await?;
        let Begun { ctx, name, answers, .. } = begun;
        ctx.seen().await?;
        let mut ctx = visitor.write_once(&form).await?;
        match actions::decide(&mut ctx, area, new).await {
            // What was being answered about them goes on afterwards.
            Ok(id) => return visitor.done(ctx, &form, &format!("/shares/{id}?kept=yes")).await,
            Err(ShareError::Access(e)) => return Err(e.into()),
            Err(e) => {
                drop(ctx);
                errors = steps::errors_of(&e);
                begun = Begun::again(visitor.read().await?, name, answers);
            }
        }
    }
    now_page(&visitor, person, begun, Some(&form), errors).await
}

/// Returns the request that was being answered, where it is the one who asked that is told now.
async fn asked_by(begun: &mut Begun, told: Option<AgencyId>) -> Result<Option<RequestId>, PageError> {
    let Some(request) = begun.answers.request_id() else { return Ok(None) };
    let opened = requests::load(&mut begun.ctx, request).await?;
    Ok(Some(request).filter(|_| opened.may_answer && told == Some(opened.request.from_agency_id)))
}

fn emergency(person: PersonId, form: &Form, (happened_on, items): (Date, Vec<Picked>)) -> NewDecision {
    let text = |field: &str| form.text(field).to_owned();
    NewDecision {
        person,
        request: None,
        outcome: Outcome::Shared,
        purpose: String::new(),
        ground: Some(Ground::Emergency),
        ground_words: text("worry"),
        agreement: None,
        agreement_words: String::new(),
        to: Recipient { agency: form.text("agency").parse().ok(), named: None, words: text("to_words"), method: text("method") },
        said_words: text("said"),
        withheld_words: String::new(),
        reason: String::new(),
        answer_words: String::new(),
        told: form.text("told").parse().unwrap_or(Told::Unsaid),
        told_words: text("told_words"),
        tests: Vec::new(),
        items,
        happened_on,
        review_on: None,
        adviser: None,
    }
}

/// Keeping that it is not shared: refused, put off, or advice is asked for.
#[derive(Debug, Serialize)]
struct Not {
    person: String,
    name: String,
    is_asked: bool,
    advisers: Vec<(String, String)>,
    typed: Value,
    errors: FieldErrors,
}

async fn not(visitor: Visitor, Path(person): Path<PersonId>, Query(wanted): Query<Wanted>) -> PageResult {
    let begun = begun(&visitor, person).await?;
    not_page(&visitor, person, begun, (None, &wanted.how), FieldErrors::default()).await
}

async fn not_page(
    visitor: &Visitor,
    person: PersonId,
    mut begun: Begun,
    (form, how): (Option<&Form>, &str),
    errors: FieldErrors,
) -> PageResult {
    let advisers = steps::advisers(&mut begun.ctx).await?;
    begun.ctx.seen().await?;
    let text = |field: &str| form.map_or_else(String::new, |form| form.text(field).to_owned());
    let page = Not {
        person: person.to_string(),
        name: begun.name,
        is_asked: begun.answers.request.is_some(),
        advisers,
        typed: json!({
            "outcome": form.map_or(how.to_owned(), |form| form.text("outcome").to_owned()), "reason": text("reason"),
            "adviser": text("adviser"), "answer": text("answer"),
            "review": [text("review-day"), text("review-month"), text("review-year")]
        }),
        errors,
    };
    let status = if page.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visitor.page("processes/sharing/templates/not.html", "Not shared", page)?).into_response())
}

async fn share_not(Path(person): Path<PersonId>, Posted { visitor, form }: Posted) -> PageResult {
    let area = &visitor.app.area;
    let mut begun = begun(&visitor, person).await?;
    let today = begun.ctx.clock.today();
    let mut errors = FieldErrors::default();
    let offered = [Outcome::Refused, Outcome::Deferred, Outcome::Advice];
    let outcome = form.choice("outcome", "Choose one of the answers", offered.iter().map(|one| one.as_str()), &mut errors);
    let review_on = exact_day(&form, "review", &mut errors);
    if let (true, Ok(outcome)) = (errors.is_empty(), outcome.parse::<Outcome>()) {
        let new = NewDecision {
            reason: form.text("reason").to_owned(),
            answer_words: form.text("answer").to_owned(),
            adviser: form.text("adviser").parse().ok(),
            review_on,
            ..pages::decision_of(person, &begun.answers, (outcome, today))
        };
        let Begun { ctx, name, answers, .. } = begun;
        ctx.seen().await?;
        let mut ctx = visitor.write_once(&form).await?;
        match actions::decide(&mut ctx, area, new).await {
            Ok(id) => {
                // Whoever puts it off, or asks for advice, goes on from where they were.
                if outcome == Outcome::Refused {
                    pages::forget(&mut ctx, person).await?;
                }
                return visitor.done(ctx, &form, &format!("/shares/{id}?kept=yes")).await;
            }
            Err(ShareError::Access(e)) => return Err(e.into()),
            Err(e) => {
                drop(ctx);
                errors = steps::errors_of(&e);
                begun = Begun::again(visitor.read().await?, name, answers);
            }
        }
    }
    not_page(&visitor, person, begun, (Some(&form), ""), errors).await
}

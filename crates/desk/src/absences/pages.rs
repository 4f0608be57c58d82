//! Being away, on a page: one's own times and one's team's, and who covers.

use super::absence::{AbsenceId, NewAbsence};
use super::actions::{self, AbsenceError};
use access::PractitionerId;
use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use kernel::british;
use kernel::partial_date::PartialDate;
use serde_json::{Value, json};
use web::{FieldErrors, Form, PageResult, Posted, Sample, Shared, Visitor};

const TEMPLATE: &str = "desk/absences/templates/away.html";

/// The routes of times away.
pub fn routes() -> Router<Shared> {
    Router::new().route("/away", get(show).post(say)).route("/away/end", post(end))
}

async fn show(visitor: Visitor) -> PageResult {
    away_page(&visitor, &Form::default(), FieldErrors::default()).await
}

async fn away_page(visitor: &Visitor, form: &Form, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx).await?;
    let today = ctx.clock.today();
    ctx.seen().await?;
    let choices = |list: &[(PractitionerId, String)], field: &str| -> Vec<Value> {
        let choice = |(id, name): &(PractitionerId, String)| json!({ "id": id.to_string(), "words": name, "chosen": form.text(field) == id.to_string() });
        list.iter().map(choice).collect()
    };
    let line = |one: &super::Absence| {
        json!({
            "id": one.id.to_string(), "name": one.name, "cover": one.cover_name, "cover_left": one.cover_left, "words": one.words,
            "days": format!("{} to {}", british::day(one.from_on), british::day(one.to_on)), "is_on": one.is_on(today)
        })
    };
    let boxes = |field: &str| {
        let part = |part: &str| form.text(&format!("{field}-{part}")).to_owned();
        json!({ "day": part("day"), "month": part("month"), "year": part("year") })
    };
    let absences: Vec<Value> = opened.absences.iter().map(line).collect();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = json!({
        "absences": absences, "people": choices(&opened.people, "who"), "colleagues": choices(&opened.colleagues, "cover"),
        "from": boxes("from"), "to": boxes("to"), "words": form.text("words"), "errors": errors
    });
    Ok((status, visitor.page(TEMPLATE, "Being away", page)?).into_response())
}

async fn say(Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let mut read = |field: &'static str, called: &'static str| {
        let typed = form.date(field, called, &mut errors).and_then(PartialDate::exact);
        if typed.is_none() && !errors.has(field) {
            errors.add(field, "Type the day, with its month and year");
        }
        typed
    };
    let (from_on, to_on) = (read("from", "The first day"), read("to", "The last day"));
    let mut who = |field: &str, missing: &str| {
        let chosen: Option<PractitionerId> = form.text(field).parse().ok();
        if chosen.is_none() {
            errors.add(field, missing);
        }
        chosen
    };
    let (practitioner, cover) = (who("who", "Choose who is away"), who("cover", "Choose who covers"));
    let (Some(practitioner), Some(cover), Some(from_on), Some(to_on)) = (practitioner, cover, from_on, to_on) else {
        return away_page(&visitor, &form, errors).await;
    };
    let new = NewAbsence { practitioner, from_on, to_on, cover, words: form.text("words").to_owned() };
    let mut ctx = visitor.write_once(&form).await?;
    match actions::say(&mut ctx, new).await {
        Ok(_) => visitor.done(ctx, &form, "/away").await,
        Err(AbsenceError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let field = match &e {
                AbsenceError::Rule(rule) => rule.field(),
                AbsenceError::Text(_) => "words",
                AbsenceError::NotOfAgency => "cover",
                AbsenceError::NotOfTeam | AbsenceError::Access(_) => "who",
            };
            errors.add(field, &e.to_string());
            away_page(&visitor, &form, errors).await
        }
    }
}

async fn end(Posted { visitor, form }: Posted) -> PageResult {
    let id: AbsenceId = form.parse_field("id")?;
    let mut ctx = visitor.write_once(&form).await?;
    actions::end(&mut ctx, id).await?;
    visitor.done(ctx, &form, "/away").await
}

/// Every state of this page.
pub fn samples() -> Vec<Sample> {
    let choice = |id: &str, words: &str| json!({ "id": id, "words": words, "chosen": false });
    let away = |is_on: bool, left: bool| {
        json!({
            "id": "0195", "name": "Sunita Rao", "cover": "Moira Keane", "cover_left": left, "words": "The Barlows ring on Mondays",
            "days": "3 December 2026 to 10 December 2026", "is_on": is_on
        })
    };
    let page = |absences: Value, errors: Value| {
        json!({
            "absences": absences, "people": [choice("0195", "Sunita Rao")], "colleagues": [choice("0196", "Moira Keane")],
            "from": { "day": "", "month": "", "year": "" }, "to": { "day": "", "month": "", "year": "" }, "words": "", "errors": errors
        })
    };
    let fault = json!([{ "field": "cover", "text": "Choose somebody else to cover" }]);
    let sample = |state, page| Sample { template: TEMPLATE, state, title: "Being away".to_owned(), page };
    vec![
        sample("empty", page(json!([]), json!([]))),
        sample("full", page(json!([away(true, false), away(false, true)]), json!([]))),
        sample("error", page(json!([]), fault)),
    ]
}

//! "Why can I see this?": one fact, its history, the rules that let the viewer read it, and correcting it.

use access::policies::Rule;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use families::facts::{self, FactError, FactId, Shape, words};
use families::search::names_of;
use kernel::british;
use serde::Serialize;
use serde_json::json;
use web::{FieldErrors, PageResult, Posted, Sample, Shared, Visitor};

/// The routes of facts.
pub fn routes() -> Router<Shared> {
    Router::new().route("/facts/{id}", get(why).post(correct)).route("/facts/{id}/withdraw", post(withdraw))
}

#[derive(Debug, Serialize)]
struct Page {
    id: String,
    person: String,
    words: String,
    source: String,
    recorded: String,
    superseded: String,
    withdrawn: bool,
    elsewhere: String,
    rules: Vec<Rule>,
    history: Vec<(String, String)>,
    may_correct: bool,
    may_withdraw: bool,
    typed: String,
    changed: bool,
    errors: FieldErrors,
}

async fn why(visitor: Visitor, Path(id): Path<FactId>) -> PageResult {
    page(&visitor, id, String::new(), (false, FieldErrors::default())).await
}

async fn page(visitor: &Visitor, id: FactId, typed: String, (changed, errors): (bool, FieldErrors)) -> PageResult {
    let mut ctx = visitor.read().await?;
    let why = facts::why(&mut ctx, id).await?;
    let today = ctx.clock.today();
    let area = &visitor.app.area;
    let related = match why.fact.new.other() {
        Some(other) => {
            let names = names_of(&mut ctx, &[why.fact.new.person, other]).await?;
            let kind = area.setting.relationships.iter().find(|kind| kind.id == why.fact.new.term);
            Some(format!("{}: {} {}", names[0], kind.map_or("", |kind| kind.words.as_str()), names[1]))
        }
        None => None,
    };
    ctx.seen().await?;
    let said = |fact: &facts::Fact| words::sentence(area, fact).unwrap_or_else(|| words::detail(area, fact));
    let elsewhere = crate::details::where_corrected(&why.fact).filter(|_| why.may_correct);
    let correctable = why.fact.new.shape == Shape::Plain && elsewhere.is_none();
    let shown = Page {
        id: id.to_string(),
        person: why.fact.new.person.to_string(),
        words: related.unwrap_or_else(|| said(&why.fact)),
        source: words::source(&why.fact, today),
        recorded: british::moment(why.fact.recorded_at),
        superseded: why.fact.superseded_at.map_or_else(String::new, british::moment),
        withdrawn: why.fact.is_withdrawn(),
        elsewhere: elsewhere.unwrap_or_default(),
        rules: why.decided.rules,
        history: why.history.iter().map(|fact| (said(fact), words::source(fact, today))).collect(),
        may_correct: why.may_correct && correctable,
        may_withdraw: why.may_withdraw,
        typed: if typed.is_empty() { why.fact.new.words.clone() } else { typed },
        changed,
        errors,
    };
    let status = if shown.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visitor.page("desk/facts/templates/why.html", "Why can I see this?", shown)?).into_response())
}

async fn correct(Path(id): Path<FactId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut ctx = visitor.write_once(&form).await?;
    let old = facts::load(&mut ctx, id).await?;
    let fact = facts::NewFact { words: form.text("words").to_owned(), ..old.new };
    match facts::correct(&mut ctx, id, fact).await {
        Ok(new) => visitor.done(ctx, &form, &format!("/facts/{new}")).await,
        Err(FactError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let mut errors = FieldErrors::default();
            errors.add("words", &e.to_string());
            page(&visitor, id, form.text("words").to_owned(), (matches!(e, FactError::Superseded), errors)).await
        }
    }
}

async fn withdraw(Path(id): Path<FactId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut ctx = visitor.write_once(&form).await?;
    match facts::withdraw(&mut ctx, id, form.text("why")).await {
        Ok(()) => visitor.done(ctx, &form, &format!("/facts/{id}")).await,
        Err(FactError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let mut errors = FieldErrors::default();
            errors.add("why", &e.to_string());
            page(&visitor, id, String::new(), (matches!(e, FactError::Superseded), errors)).await
        }
    }
}

/// Every state of this page.
pub fn samples() -> Vec<Sample> {
    let rule = json!({ "id": "facts.own-agency", "reason": "Your agency recorded this.", "para": "3.19", "change": "" });
    let page = |history, changed: bool, errors| {
        json!({ "id": "1", "person": "2", "words": "Behind with the rent", "source": "Seen by Helen Marsh, today", "recorded": "2 November 2026",
                "superseded": if changed { "3 November 2026" } else { "2 November 2026" }, "withdrawn": !changed, "elsewhere": if changed { "" } else { "/people/2/details/name?corrects=1" }, "rules": [rule], "history": history, "may_correct": !changed, "may_withdraw": !changed,
                "typed": "Behind", "changed": changed, "errors": errors })
    };
    let sample =
        |state, page| Sample { template: "desk/facts/templates/why.html", state, title: "Why can I see this?".to_owned(), page };
    vec![
        sample("usual", page(json!([]), false, json!([]))),
        sample("full", page(json!([["Behind", "Told to Helen Marsh"]]), true, json!([]))),
        sample("error", page(json!([]), false, json!([{ "field": "words", "text": "What you wrote is empty" }]))),
    ]
}

//! The pages of signals: mine, one of them, and which kinds there are.

use super::actions::{self, Opened, SignalError};
use super::signal::{Answer, Signal, SignalId};
use access::{Act, Resource};
use area::Area;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use families::facts::{Fact, words};
use families::search;
use kernel::{Date, british, clock};
use serde_json::{Value, json};
use web::{FieldErrors, Form, PageResult, Posted, Shared, Visitor};

/// The routes of signals.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/signals", get(list))
        .route("/signals/{id}", get(show).post(decide))
        .route("/kinds-of-signal", get(kinds))
}

/// Returns what a signal says, in the area's words.
pub fn words_of<'a>(area: &'a Area, signal: &'a Signal) -> &'a str {
    area.signals.find(&signal.definition).map_or(signal.definition.as_str(), |one| one.words.as_str())
}

async fn list(visitor: Visitor) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(Act::Search, &Resource::area())?;
    let signals = actions::mine(&mut ctx).await?;
    let names = search::names_of(&mut ctx, &signals.iter().map(|one| one.person).collect::<Vec<_>>()).await?;
    let today = ctx.clock.today();
    let may_count = ctx.may(Act::SeeEverybodyOwned, &Resource::area())?;
    ctx.seen().await?;
    let area = &visitor.app.area;
    let lines: Vec<Value> = signals
        .iter()
        .zip(names)
        .map(|(one, name)| {
            json!({ "id": one.id.to_string(), "name": name, "words": words_of(area, one), "raised": british::day(clock::local_day(one.raised_at)),
                    "due": british::day(one.due_on), "late": one.decided.is_none() && one.due_on < today,
                    "answer": one.decided.as_ref().map_or("", |decided| decided.answer.words()) })
        })
        .collect();
    let page = json!({ "signals": lines, "may_count": may_count });
    visitor.page("processes/signals/templates/list.html", "Changes to look at", page)
}

async fn show(visitor: Visitor, Path(id): Path<SignalId>) -> PageResult {
    show_page(&visitor, id, &Form::default(), FieldErrors::default()).await
}

async fn show_page(visitor: &Visitor, id: SignalId, form: &Form, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx, id).await?;
    let about = opened.rests_on.iter().flat_map(|fact| [Some(fact.new.person), fact.new.other()]);
    let persons: Vec<_> = std::iter::once(opened.signal.person).chain(about.flatten()).collect();
    let names: std::collections::BTreeMap<_, _> =
        persons.iter().copied().zip(search::names_of(&mut ctx, &persons).await?).collect();
    let today = ctx.clock.today();
    let is_mine = opened.signal.owner_id == ctx.actor.id;
    ctx.seen().await?;
    let name = |person| names.get(&person).cloned().unwrap_or_default();
    let area = &visitor.app.area;
    let lines: Vec<Value> = opened.rests_on.iter().map(|fact| line(area, fact, &name, today)).collect();
    let page = page(area, &opened, (name(opened.signal.person), lines), (form, &errors, is_mine, today));
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visitor.page("processes/signals/templates/signal.html", "A change to look at", page)?).into_response())
}

fn page(
    area: &Area,
    opened: &Opened,
    (name, lines): (String, Vec<Value>),
    (form, errors, is_mine, today): (&Form, &FieldErrors, bool, Date),
) -> Value {
    let signal = &opened.signal;
    let definition = area.signals.find(&signal.definition);
    let decided = signal.decided.as_ref().map(|decided| {
        json!({ "answer": decided.answer.words(), "words": decided.words, "by": decided.by, "at": british::moment(decided.at) })
    });
    let answers: Vec<Value> = Answer::ALL.iter().map(|one| json!({ "id": one.as_str(), "words": one.words() })).collect();
    json!({
        "id": signal.id.to_string(), "person": signal.person.to_string(), "name": name, "words": words_of(area, signal),
        "ask": definition.map_or("", |one| one.ask.as_str()), "source": definition.map_or("", |one| one.source.as_str()),
        "raised": british::moment(signal.raised_at), "owner": signal.owner, "due": british::day(signal.due_on),
        "late": signal.decided.is_none() && signal.due_on < today, "passed_on": signal.passed_on_at.is_some(),
        "facts": lines, "decided": decided, "may_decide": is_mine && signal.decided.is_none(), "answers": answers,
        "chosen": form.text("answer"), "typed": form.text("words"), "errors": errors
    })
}

fn line(area: &Area, fact: &Fact, name: &dyn Fn(families::people::PersonId) -> String, today: Date) -> Value {
    let words = match fact.new.other() {
        Some(other) => {
            let kind = area.setting.relationships.iter().find(|kind| kind.id == fact.new.term);
            format!("{} {}", kind.map_or("related to", |kind| kind.words.as_str()), name(other))
        }
        None => words::sentence(area, fact).unwrap_or_else(|| format!("born {}", words::detail(area, fact))),
    };
    json!({
        "words": words, "whom": name(fact.new.person), "on": fact.new.holds_from.map_or_else(String::new, |on| on.words()),
        "source": words::source(fact, today), "link": format!("/facts/{}", fact.id), "put_right": fact.superseded_at.is_some()
    })
}

async fn decide(Path(id): Path<SignalId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let offered = Answer::ALL.iter().map(|answer| answer.as_str());
    let answer = form.choice("answer", "Choose what comes of it", offered, &mut errors);
    let Ok(answer) = answer.parse::<Answer>() else { return show_page(&visitor, id, &form, errors).await };
    let mut ctx = visitor.write_once(&form).await?;
    match actions::decide(&mut ctx, id, (answer, form.text("words"))).await {
        Ok(_) => visitor.done(ctx, &form, &format!("/signals/{id}")).await,
        Err(SignalError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            errors.add("words", &e.to_string());
            show_page(&visitor, id, &form, errors).await
        }
    }
}

async fn kinds(visitor: Visitor) -> PageResult {
    let mut ctx = visitor.read().await?;
    let counted = actions::counted(&mut ctx).await?;
    ctx.seen().await?;
    let area = &visitor.app.area;
    let lines: Vec<Value> = area
        .signals
        .signal
        .iter()
        .map(|one| {
            let counts = counted.iter().find(|counted| counted.definition == one.id);
            let rests_on: Vec<String> = one
                .rests_on
                .iter()
                .map(|group| {
                    let terms: Vec<&str> = group.terms.iter().map(|term| area.words(term.as_ref())).collect();
                    let times = if group.at_least > 1 { format!(", {} times", group.at_least) } else { String::new() };
                    format!("{}{times}", terms.join(" or "))
                })
                .collect();
            json!({ "words": one.words, "source": one.source, "within": one.within_days, "rests_on": rests_on,
                    "open": counts.map_or(0, |one| one.open), "acted": counts.map_or(0, |one| one.acted),
                    "known": counts.map_or(0, |one| one.known), "not_relevant": counts.map_or(0, |one| one.not_relevant) })
        })
        .collect();
    let provenance = &area.signals.provenance;
    let page = json!({ "kinds": lines, "source": provenance.source, "in_force": british::day(provenance.in_force), "confirm": provenance.confirm });
    visitor.page("processes/signals/templates/kinds.html", "Kinds of change that are looked for", page)
}

//! What was decided, as a record that reads like a good note; what was shared with us; and what is left to do.

use super::actions::{self, Opened, ShareError};
use super::decision::{Decision, DecisionId, EventKind, Task, TaskId};
use super::{items, tasks};
use crate::requests;
use crate::requests::pages::RequestLine;
use access::{Act, Resource};
use area::Area;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Router, extract::State};
use families::facts::words;
use families::people::{self, PersonId};
use families::search;
use kernel::{Date, british, clock};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use web::{FieldErrors, Form, PageResult, Posted, Shared, Visitor};

/// The routes of records.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/people/{person}/shares", get(of_person))
        .route("/shares/{id}", get(show))
        .route("/shares/{id}/end", post(end))
        .route("/shares/{id}/put-right", post(put_right))
        .route("/share-tasks/{id}", post(do_task))
        .route("/shared/{id}", get(receive))
        .route("/sharing", get(desk))
}

/// A decision in a list.
#[derive(Clone, Debug, Serialize)]
pub struct DecisionLine {
    id: String,
    outcome: String,
    to: String,
    purpose: String,
    by: String,
    on: String,
    is_ended: bool,
}

fn line(area: &Area, decision: &Decision) -> DecisionLine {
    DecisionLine {
        id: decision.id.to_string(),
        outcome: decision.new.outcome.words().to_owned(),
        to: whom(decision),
        purpose: area.sharing.purpose(&decision.new.purpose).map_or_else(String::new, |purpose| purpose.words.clone()),
        by: format!("{}, {}", decision.author, decision.agency),
        on: british::day(decision.new.happened_on),
        is_ended: decision.ended_at.is_some(),
    }
}

fn whom(decision: &Decision) -> String {
    let to = &decision.new.to;
    let parts = [decision.to_named.clone(), decision.to_agency.clone(), Some(to.words.clone())];
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// What was decided and asked about somebody.
#[derive(Debug, Serialize)]
struct OfPerson {
    person: String,
    name: String,
    decisions: Vec<DecisionLine>,
    requests: Vec<RequestLine>,
    may_share: bool,
}

async fn of_person(visitor: Visitor, Path(person): Path<PersonId>) -> PageResult {
    let mut ctx = visitor.read().await?;
    let (standing, _) = people::open(&mut ctx, Act::OpenPerson, person).await?;
    let may_share = ctx.may(Act::DecideToShare, &standing.resource())?;
    let name = search::names_of(&mut ctx, &[person]).await?.pop().unwrap_or_default();
    let decisions = actions::of_person(&mut ctx, person).await?;
    let asked = requests::actions::of_person(&mut ctx, person).await?;
    let today = ctx.clock.today();
    ctx.seen().await?;
    let area = &visitor.app.area;
    let page = OfPerson {
        person: person.to_string(),
        decisions: decisions.iter().map(|one| line(area, one)).collect(),
        requests: asked.iter().map(|one| requests::pages::line(area, (one, &name), today)).collect(),
        name,
        may_share,
    };
    visitor.page("processes/sharing/templates/of_person.html", "What was shared", page)
}

/// An item as the record keeps it.
#[derive(Debug, Serialize)]
struct ItemLine {
    id: String,
    words: String,
    label: String,
    why: String,
    is_changed: bool,
}

/// Something that is left to do.
#[derive(Debug, Serialize)]
pub struct TaskLine {
    id: String,
    link: String,
    kind: String,
    what: String,
    owner: String,
    due: String,
    late: bool,
    words: String,
    answer: String,
    is_done: bool,
}

fn task_line(task: &Task, today: Date) -> TaskLine {
    TaskLine {
        id: task.id.to_string(),
        link: task.address(),
        kind: task.kind.as_str().to_owned(),
        what: task.kind.words().to_owned(),
        owner: task.owner.clone(),
        due: british::day(task.due_on),
        late: task.done_at.is_none() && task.due_on < today,
        words: task.words.clone(),
        answer: task.answer.clone(),
        is_done: task.done_at.is_some(),
    }
}

/// The record of a decision.
#[derive(Debug, Serialize)]
struct Show {
    id: String,
    person: String,
    name: String,
    line: DecisionLine,
    is_shared: bool,
    ground: String,
    ground_words: String,
    agreement: String,
    agreement_words: String,
    basis: Value,
    method: String,
    said: String,
    items: Vec<ItemLine>,
    withheld: String,
    reason: String,
    answer: String,
    told: String,
    told_words: String,
    tests: Vec<String>,
    decided: String,
    rules_in_force: String,
    request: String,
    events: Vec<String>,
    tasks: Vec<TaskLine>,
    may_end: bool,
    may_advise: bool,
    may_share: bool,
    may_put_right: bool,
    just_kept: bool,
    typed: Value,
    errors: FieldErrors,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Kept {
    #[serde(default)]
    kept: String,
}

async fn show(visitor: Visitor, Path(id): Path<DecisionId>, Query(kept): Query<Kept>) -> PageResult {
    show_page(&visitor, id, (kept.kept == "yes", None), FieldErrors::default()).await
}

async fn show_page(
    visitor: &Visitor,
    id: DecisionId,
    (just_kept, form): (bool, Option<&Form>),
    errors: FieldErrors,
) -> PageResult {
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx, id).await?;
    let today = ctx.clock.today();
    let resource = opened.decision.resource(&people::load(&mut ctx, opened.decision.new.person).await?);
    let may_put_right = ctx.may(Act::EndShare, &resource)?;
    let person = people::load(&mut ctx, opened.decision.new.person).await?;
    let may_share = ctx.may(Act::DecideToShare, &person.resource())?;
    ctx.seen().await?;
    let area = &visitor.app.area;
    let mut page = page_of(area, &opened, today);
    (page.just_kept, page.may_put_right, page.may_share, page.errors) = (just_kept, may_put_right, may_share, errors);
    page.typed = json!({
        "words": form.map_or("", |form| form.text("words")), "where": form.map_or("", |form| form.text("where"))
    });
    let status = if page.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visitor.page("processes/sharing/templates/show.html", "What was decided", page)?).into_response())
}

fn page_of(area: &Area, opened: &Opened, today: Date) -> Show {
    let decision = &opened.decision;
    let new = &decision.new;
    let sharing = &area.sharing;
    let choice = |choices: &[area::files::Choice], id: &str| {
        choices.iter().find(|choice| choice.id == id).map_or_else(|| id.to_owned(), |choice| choice.words.clone())
    };
    let shown = opened.items.iter().filter_map(|(item, fact)| {
        let fact = fact.as_ref()?;
        let words = items::words_of(area, fact)?;
        Some(ItemLine {
            id: item.fact.to_string(),
            is_changed: actions::digest(fact, &words) != item.digest || fact.superseded_at.is_some(),
            words,
            label: item.label.words().to_owned(),
            why: item.why.clone(),
        })
    });
    let event = |event: &super::decision::Event| {
        let who = [event.by.clone(), event.agency.clone()].into_iter().flatten().collect::<Vec<_>>().join(", ");
        let what = match event.kind {
            EventKind::Received => "Received by",
            EventKind::Ended => "Ended by",
            EventKind::PartEnded => "Ended in part by",
            EventKind::Told => "The family was told by",
            EventKind::NotTold => "That the family is not told was decided by",
            EventKind::Reviewed => "Looked at again by",
            EventKind::Corrected => "Put right by",
        };
        let words = if event.words.is_empty() { String::new() } else { format!(": {}", event.words) };
        format!("{what} {who}, {}{words}", british::moment(event.at))
    };
    let basis = &decision.basis;
    Show {
        id: decision.id.to_string(),
        person: new.person.to_string(),
        name: opened.name.clone(),
        line: line(area, decision),
        is_shared: new.outcome.is_shared(),
        ground: new.ground.map_or_else(String::new, |ground| ground.words().to_owned()),
        ground_words: new.ground_words.clone(),
        agreement: new.agreement.map_or_else(String::new, |id| id.to_string()),
        agreement_words: new.agreement_words.clone(),
        basis: json!({ "gateway": basis.gateway, "article_6": basis.article_6, "article_9": basis.article_9,
                       "schedule": basis.schedule, "source": basis.source }),
        method: choice(&sharing.method, &new.to.method),
        said: new.said_words.clone(),
        items: shown.collect(),
        withheld: new.withheld_words.clone(),
        reason: new.reason.clone(),
        answer: new.answer_words.clone(),
        told: new.told.words().to_owned(),
        told_words: new.told_words.clone(),
        tests: new.tests.iter().map(|test| choice(&sharing.test, test)).collect(),
        decided: british::moment(decision.decided_at),
        rules_in_force: decision.rules_in_force.parse().map_or_else(|_| decision.rules_in_force.clone(), british::day),
        request: new.request.map_or_else(String::new, |id| id.to_string()),
        events: opened.events.iter().map(event).collect(),
        tasks: opened.tasks.iter().map(|task| task_line(task, today)).collect(),
        may_end: opened.may_end,
        may_advise: opened.may_advise,
        may_share: false,
        may_put_right: false,
        just_kept: false,
        typed: Value::Null,
        errors: FieldErrors::default(),
    }
}

async fn end(Path(id): Path<DecisionId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut ctx = visitor.write_once(&form).await?;
    match actions::end(&mut ctx, id, form.text("words")).await {
        Ok(()) => visitor.done(ctx, &form, &format!("/shares/{id}")).await,
        Err(e) => {
            drop(ctx);
            refuse(&visitor, id, (&form, "end-words"), e).await
        }
    }
}

async fn put_right(Path(id): Path<DecisionId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut ctx = visitor.write_once(&form).await?;
    match actions::put_right(&mut ctx, id, form.text("words")).await {
        Ok(()) => visitor.done(ctx, &form, &format!("/shares/{id}")).await,
        Err(e) => {
            drop(ctx);
            refuse(&visitor, id, (&form, "right-words"), e).await
        }
    }
}

async fn do_task(State(app): State<Shared>, Path(id): Path<TaskId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut ctx = visitor.write_once(&form).await?;
    match tasks::do_task(&mut ctx, &app.area, id, (form.text("words"), form.text("told") != "no")).await {
        Ok(decision) => visitor.done(ctx, &form, &format!("/shares/{decision}")).await,
        Err(e) => {
            drop(ctx);
            let decision: DecisionId = form.parse_field("decision")?;
            refuse(&visitor, decision, (&form, &format!("task-{id}")), e).await
        }
    }
}

async fn refuse(visitor: &Visitor, id: DecisionId, (form, field): (&Form, &str), e: ShareError) -> PageResult {
    let mut errors = FieldErrors::default();
    match e {
        ShareError::Access(e) => return Err(e.into()),
        ShareError::Text(_) | ShareError::DoneAlready | ShareError::Request | ShareError::Rules(_) => {
            errors.add(field, &e.to_string())
        }
    }
    show_page(visitor, id, (false, Some(form)), errors).await
}

/// What was shared with us.
#[derive(Debug, Serialize)]
struct Received {
    name: String,
    from: String,
    telephone: String,
    purpose: String,
    on: String,
    is_alone: bool,
    items: Vec<Value>,
    said: String,
    is_ended: bool,
}

async fn receive(visitor: Visitor, Path(id): Path<DecisionId>) -> PageResult {
    let mut ctx = visitor.write().await?;
    let received = actions::receive(&mut ctx, id).await?;
    let author = access::people::load_practitioner(&mut ctx.tx, ctx.area_id, received.decision.author_id).await?;
    let today = ctx.clock.today();
    ctx.commit().await?;
    let area = &visitor.app.area;
    let decision = &received.decision;
    let lines = received.items.iter().filter_map(|(item, fact, name)| {
        Some(json!({ "id": fact.id.to_string(), "name": name, "words": items::words_of(area, fact)?, "label": item.label.words(),
                     "source": words::source(fact, today), "is_changed": fact.id != item.fact }))
    });
    let page = Received {
        name: received.name.clone(),
        from: format!("{}, {}", decision.author, decision.agency),
        telephone: author.map_or_else(String::new, |author| author.telephone),
        purpose: area.sharing.purpose(&decision.new.purpose).map_or_else(String::new, |purpose| purpose.words.clone()),
        on: british::day(clock::local_day(decision.decided_at)),
        is_alone: decision.new.to.named.is_some(),
        items: lines.collect(),
        // What was written beside it goes with it, and ends with it.
        said: if decision.ended_at.is_none() { decision.new.said_words.clone() } else { String::new() },
        is_ended: decision.ended_at.is_some(),
    };
    visitor.page("processes/sharing/templates/received.html", "Shared with you", page)
}

/// Everything about sharing that concerns whoever looks.
#[derive(Debug, Serialize)]
struct Desk {
    works_with_families: bool,
    tasks: Vec<(TaskLine, String)>,
    requests: Vec<RequestLine>,
    made: Vec<RequestLine>,
    received: Vec<(DecisionLine, String)>,
}

async fn desk(visitor: Visitor) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(Act::SeeHome, &Resource::area())?;
    let works_with_families = ctx.may(Act::Search, &Resource::area())?;
    let (today, me) = (ctx.clock.today(), ctx.actor.id);
    let left = tasks::owned_by(&mut ctx, &[me]).await?;
    let asked = requests::actions::mine(&mut ctx).await?;
    let received = actions::shared_with_us(&mut ctx).await?;
    let persons: Vec<PersonId> = left
        .iter()
        .map(|task| task.person)
        .chain(asked.at_agency.iter().chain(&asked.made).map(|one| one.new.person))
        .chain(received.iter().map(|one| one.new.person))
        .collect();
    let mut names = search::names_of(&mut ctx, &persons).await?.into_iter();
    ctx.seen().await?;
    let area = &visitor.app.area;
    let mut name = || names.next().unwrap_or_default();
    let page = Desk {
        works_with_families,
        tasks: left.iter().map(|task| (task_line(task, today), name())).collect(),
        requests: asked.at_agency.iter().map(|one| requests::pages::line(area, (one, &name()), today)).collect(),
        made: asked.made.iter().map(|one| requests::pages::line(area, (one, &name()), today)).collect(),
        received: received.iter().map(|one| (line(area, one), name())).collect(),
    };
    visitor.page("processes/sharing/templates/desk.html", "Sharing", page)
}

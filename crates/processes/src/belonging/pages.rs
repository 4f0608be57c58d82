//! The pages of who may belong to a family.

use super::BelongingId;
use super::actions::{self, Opened, REASON_MAX, SayError};
use super::find::Because;
use crate::matching::pages::called_by;
use area::Area;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use families::facts::{Fact, Kind, Shape};
use families::family::Part;
use families::people::PersonId;
use kernel::british;
use serde::Serialize;
use web::{FieldErrors, Form, PageError, PageResult, Posted, Shared, Visitor};

/// The routes of who may belong to a family.
pub fn routes() -> Router<Shared> {
    Router::new().route("/belonging", get(list)).route("/belonging/{id}", get(show).post(say))
}

#[derive(Debug, Serialize)]
struct Line {
    id: String,
    name: String,
    family: String,
    because: Vec<String>,
    due: String,
    late: bool,
}

#[derive(Debug, Serialize)]
struct ListPage {
    lines: Vec<Line>,
    shown_max: usize,
}

async fn list(visitor: Visitor) -> PageResult {
    let mut ctx = visitor.read().await?;
    let today = ctx.clock.today();
    let opened = actions::list(&mut ctx).await?;
    ctx.seen().await?;
    let line = |opened: &Opened| Line {
        id: opened.proposal.id.to_string(),
        name: called_by(&opened.person),
        family: opened.proposal.family_name.clone(),
        because: because(&visitor.app.area, opened),
        due: format!("{} looks at it by {}", opened.proposal.owner, british::day(opened.proposal.due_on)),
        late: opened.proposal.due_on < today,
    };
    let page = ListPage { lines: opened.iter().map(line).collect(), shown_max: actions::SHOWN_MAX };
    visitor.page("processes/belonging/templates/list.html", "Who may belong to a family", page)
}

/// Returns the reasons in words.
fn because(area: &Area, opened: &Opened) -> Vec<String> {
    let name = |member: PersonId| {
        opened.members.iter().find(|(id, _)| *id == member).map_or_else(String::new, |(_, facts)| called_by(facts))
    };
    let words = |because: &Because| match because {
        Because::Home(member) => format!("Lives where {} lives", name(*member)),
        Because::Relation(term, member) => {
            let words = area.setting.relationships.iter().find(|one| one.id == *term).map_or(term.as_str(), |one| &one.words);
            format!("Is recorded as {} of {}", words.to_lowercase(), name(*member))
        }
    };
    opened.proposal.because.iter().map(words).collect()
}

#[derive(Debug, Serialize)]
struct ReviewPage {
    id: String,
    version: i64,
    name: String,
    family: String,
    because: Vec<String>,
    addresses: Vec<String>,
    members: Vec<(String, Vec<String>)>,
    answer: String,
    reason: String,
    errors: FieldErrors,
}

fn addresses(facts: &[Fact]) -> Vec<String> {
    let address = |fact: &Fact| match &fact.new.shape {
        Shape::Address { lines, town, postcode } if fact.new.kind == Kind::Address => {
            Some([lines.as_str(), town, postcode].join(" ").split_whitespace().collect::<Vec<_>>().join(" "))
        }
        _ => None,
    };
    let mut addresses: Vec<String> = facts.iter().filter_map(address).collect();
    addresses.sort();
    addresses.dedup();
    addresses
}

async fn review(visitor: &Visitor, id: BelongingId, form: &Form, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    let opened = actions::open(&mut ctx, id).await?;
    ctx.seen().await?;
    let page = ReviewPage {
        id: id.to_string(),
        version: opened.proposal.version,
        name: called_by(&opened.person),
        family: opened.proposal.family_name.clone(),
        because: because(&visitor.app.area, &opened),
        addresses: addresses(&opened.person),
        members: opened.members.iter().map(|(_, facts)| (called_by(facts), addresses(facts))).collect(),
        answer: form.text("answer").to_owned(),
        reason: form.text("reason").to_owned(),
        errors,
    };
    let status = if page.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visitor.page("processes/belonging/templates/review.html", "Of this family?", page)?).into_response())
}

async fn show(visitor: Visitor, Path(id): Path<BelongingId>) -> PageResult {
    review(&visitor, id, &Form::parse("")?, FieldErrors::default()).await
}

async fn say(Path(id): Path<BelongingId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let answers = ["member", "network", "no"].into_iter();
    let answer = form.choice("answer", "Choose whether they belong to the family", answers, &mut errors);
    let reason = form.note("reason", "Your reason", REASON_MAX, &mut errors);
    if errors.is_empty() {
        let part = match answer.as_str() {
            "member" => Some(Part::Member),
            "network" => Some(Part::Network),
            _ => None,
        };
        let version = form.text("version").parse().unwrap_or(0);
        let mut ctx = visitor.write_once(&form).await?;
        match actions::say(&mut ctx, id, part, (&reason, version)).await {
            Ok(()) => return visitor.done(ctx, &form, "/belonging").await,
            Err(SayError::Access(e)) => return Err(PageError::from(e)),
            Err(e) => errors.add(if matches!(e, SayError::Reason(_)) { "reason" } else { "answer" }, &e.to_string()),
        }
    }
    review(&visitor, id, &form, errors).await
}

//! The pages of matching: who waits for somebody to say, the two side by side, and taking apart again.

use super::actions::{self, Answer, DecideError, Decision, PAGE, Proposal, Review, Side};
use super::{ProposalId, Unit};
use access::Ctx;
use area::Area;
use area::files::Field;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use families::facts::{Fact, FactId, Kind, Shape};
use families::links::{LinkError, LinkId, Since, actions::REASON_MAX};
use families::search::actions::display_name;
use kernel::british;
use linkage::explain::Part;
use serde::{Deserialize, Serialize};
use web::{FieldErrors, Form, PageError, PageResult, Posted, Shared, Visitor};

/// The routes of matching.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/matches", get(list))
        .route("/matches/{id}", get(show).post(decide))
        .route("/links/{id}/undo", get(undoing).post(undo))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    settled: String,
    #[serde(default)]
    from: usize,
}

/// A proposal on the list.
#[derive(Debug, Serialize)]
struct Line {
    id: String,
    left: String,
    right: String,
    odds: String,
    state: String,
    due: String,
    late: bool,
    reason: String,
    link: String,
}

#[derive(Debug, Serialize)]
struct ListPage {
    settled: bool,
    lines: Vec<Line>,
    waiting: i64,
    before: Option<usize>,
    next: Option<usize>,
}

async fn list(visitor: Visitor, Query(asked): Query<Asked>) -> PageResult {
    let mut ctx = visitor.read().await?;
    let settled = asked.settled == "yes";
    let (proposals, waiting) = actions::list(&mut ctx, settled, asked.from).await?;
    let mut lines = Vec::with_capacity(proposals.len());
    for proposal in &proposals {
        lines.push(line(&mut ctx, &visitor.app.area, proposal).await?);
    }
    ctx.seen().await?;
    let page = ListPage {
        settled,
        waiting,
        before: (asked.from > 0).then(|| asked.from.saturating_sub(PAGE)),
        next: (lines.len() == PAGE).then_some(asked.from + PAGE),
        lines,
    };
    visitor.page("processes/matching/templates/list.html", "Who may be one person", page)
}

async fn line(ctx: &mut Ctx, area: &Area, proposal: &Proposal) -> Result<Line, PageError> {
    let (left, mut right) = (called(ctx, area, &proposal.left).await?, called(ctx, area, &proposal.right).await?);
    if let (Some(source), Unit::Person(_)) = (&proposal.source, &proposal.right) {
        right = format!("a record of {}", area.feeds.get(source).map_or(source.as_str(), |feed| feed.name.as_str()));
    }
    let who = proposal.decided_name.clone().unwrap_or_default();
    let state = match proposal.state.as_str() {
        "seconding" => format!("{who} says they are one: a second person decides"),
        "unsure" => format!("{who} could not tell"),
        "same" => format!("One person, said {who}"),
        "placed" => "One person, by what the area lets be placed".to_owned(),
        "apart" => format!("Two people, said {who}"),
        _ => String::new(),
    };
    let today = ctx.clock.today();
    let due = if proposal.is_waiting() {
        format!("{} looks at it by {}", proposal.owner, british::day(proposal.due_on))
    } else {
        proposal.decided_at.map(british::moment).unwrap_or_default()
    };
    Ok(Line {
        id: proposal.id.to_string(),
        left,
        right,
        odds: odds(f64::from(proposal.weight)),
        state,
        due,
        late: proposal.is_waiting() && proposal.due_on < today,
        reason: proposal.reason.clone().unwrap_or_default(),
        link: proposal.link.map(|link| link.to_string()).unwrap_or_default(),
    })
}

/// Returns what to call a side in a line, of what whoever reviews may read.
async fn called(ctx: &mut Ctx, area: &Area, unit: &Unit) -> Result<String, PageError> {
    match actions::side(ctx, unit).await {
        Ok(side) => Ok(name(area, &side)),
        // A record that is somebody's now, of a proposal that was settled.
        Err(access::AccessError::Hidden(_)) => Ok("Somebody who is not here any more".to_owned()),
        Err(e) => Err(e.into()),
    }
}

fn name(area: &Area, side: &Side) -> String {
    match side {
        Side::Person(_, facts) => called_by(facts),
        Side::Record(source, record) => {
            let name = format!("{} {}", record.get(Field::FirstName), record.get(Field::LastName));
            let born = record.born().map_or_else(String::new, |born| format!(", born {}", born.words()));
            format!("{}{born} ({})", name.trim(), area.feeds.get(source).map_or(source.as_str(), |feed| feed.name.as_str()))
        }
    }
}

/// Returns somebody's name and date of birth.
pub(crate) fn called_by(facts: &[Fact]) -> String {
    let born = facts.iter().find(|fact| fact.new.kind == Kind::Birth).and_then(|fact| fact.new.holds_from);
    let name = display_name(facts).unwrap_or_else(|| "No name recorded".to_owned());
    born.map_or_else(|| name.clone(), |born| format!("{name}, born {}", born.words()))
}

/// Returns a weight in words: of pairs that agree so well, how many are one person.
fn odds(weight: f64) -> String {
    let share = linkage::model::probability(weight);
    if share > 0.9995 {
        "more than 999 in 1,000 such pairs are one person".to_owned()
    } else {
        format!("about {} in 1,000 such pairs are one person", (share * 1000.0).round())
    }
}

/// One field of both.
#[derive(Debug, Serialize)]
struct Row {
    field: &'static str,
    left: Vec<String>,
    right: Vec<String>,
    says: String,
    speaks: &'static str,
}

#[derive(Debug, Serialize)]
struct ReviewPage {
    id: String,
    version: i64,
    left: String,
    right: String,
    rows: Vec<Row>,
    odds: String,
    likelier: bool,
    kin: bool,
    missing: Vec<&'static str>,
    picture: String,
    parts: Vec<(String, String)>,
    risks: Vec<&'static str>,
    seconding: bool,
    is_own: bool,
    said_by: String,
    said: String,
    is_waiting: bool,
    answer: String,
    reason: String,
    errors: FieldErrors,
}

/// The fields that are compared, in the order they are shown, with the names that the engine gives them.
const FIELDS: [(&str, &[&str]); 9] = [
    ("Name", &["forename", "surname", "middle name"]),
    ("Date of birth", &["date of birth"]),
    ("Sex", &["sex"]),
    ("Address", &["address"]),
    ("Telephone", &["telephone"]),
    ("Email", &["email"]),
    ("NHS number", &["NHS number"]),
    ("Unique pupil number", &["unique pupil number"]),
    ("National Insurance number", &["National Insurance number"]),
];

/// Returns what a fact says, under the field it is shown in.
fn said(fact: &Fact) -> Option<(&'static str, String)> {
    let new = &fact.new;
    Some(match &new.shape {
        Shape::Name { forenames, surname } => ("Name", format!("{forenames} {surname}")),
        Shape::Address { lines, town, postcode } => ("Address", [lines.as_str(), town, postcode].join(" ")),
        Shape::Identifier(identifier) => (
            match identifier.scheme {
                families::facts::Scheme::NhsNumber => "NHS number",
                families::facts::Scheme::Upn => "Unique pupil number",
                families::facts::Scheme::Nino => "National Insurance number",
            },
            format!("{}, {}", identifier.value, identifier.verified.words()),
        ),
        Shape::Plain | Shape::Relationship { .. } | Shape::Involvement { .. } => match new.kind {
            Kind::Birth => ("Date of birth", new.holds_from.map(|on| on.words()).unwrap_or_default()),
            Kind::Sex => ("Sex", if new.term == "F" { "Female" } else { "Male" }.to_owned()),
            Kind::Phone => ("Telephone", new.words.clone()),
            Kind::Email => ("Email", new.words.clone()),
            _ => return None,
        },
    })
}

fn values(side: &Side, field: &str) -> Vec<String> {
    let mut values: Vec<String> = match side {
        Side::Person(_, facts) => {
            facts.iter().filter_map(said).filter(|(of, _)| *of == field).map(|(_, value)| tidy(&value)).collect()
        }
        Side::Record(_, record) => {
            let get = |fields: &[Field]| fields.iter().map(|field| record.get(*field)).collect::<Vec<_>>().join(" ");
            let value = match field {
                "Name" => get(&[Field::FirstName, Field::MiddleName, Field::LastName]),
                "Date of birth" => record.born().map(|born| born.words()).unwrap_or_default(),
                "Sex" => match record.get(Field::Sex) {
                    "F" => "Female".to_owned(),
                    "M" => "Male".to_owned(),
                    other => other.to_owned(),
                },
                "Address" => get(&[Field::House, Field::Street, Field::Town, Field::Postcode]),
                "Telephone" => get(&[Field::Phone]),
                "Email" => get(&[Field::Email]),
                "NHS number" => get(&[Field::NhsNumber]),
                "Unique pupil number" => get(&[Field::Upn]),
                _ => get(&[Field::Nino]),
            };
            vec![tidy(&value)]
        }
    };
    values.retain(|value| !value.is_empty());
    values.dedup();
    values
}

fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn rows(review: &Review) -> Vec<Row> {
    let row = |(field, names): (&'static str, &[&str])| {
        let parts: Vec<&Part> = review.why.parts.iter().filter(|part| names.contains(&part.field)).collect();
        let bits: f64 = parts.iter().map(|part| part.bits).sum();
        let words = |part: &&Part| if parts.len() > 1 { part.words() } else { part.level_in_words() };
        Row {
            field,
            left: values(&review.left, field),
            right: values(&review.right, field),
            says: parts.iter().map(words).collect::<Vec<_>>().join("; "),
            speaks: if parts.is_empty() || bits.abs() < 0.5 {
                ""
            } else if bits > 0.0 {
                "for"
            } else {
                "against"
            },
        }
    };
    FIELDS.into_iter().map(row).filter(|row| !row.left.is_empty() || !row.right.is_empty()).collect()
}

fn review_page(area: &Area, review: &Review, form: &Form, errors: FieldErrors) -> ReviewPage {
    let proposal = &review.proposal;
    ReviewPage {
        id: proposal.id.to_string(),
        version: proposal.version,
        left: name(area, &review.left),
        right: name(area, &review.right),
        rows: rows(review),
        odds: odds(f64::from(proposal.weight)),
        likelier: proposal.weight >= 0.0,
        kin: review.why.or_else == linkage::model::Class::Kin,
        missing: review.why.missing.clone(),
        picture: review.why.svg(),
        parts: review.why.parts.iter().map(|part| (part.words(), format!("{:+.1}", part.bits))).collect(),
        risks: review.risks.clone(),
        seconding: proposal.state == "seconding",
        is_own: review.is_own,
        said_by: proposal.decided_name.clone().unwrap_or_default(),
        said: proposal.reason.clone().unwrap_or_default(),
        is_waiting: proposal.is_waiting(),
        answer: form.text("answer").to_owned(),
        reason: form.text("reason").to_owned(),
        errors,
    }
}

const REVIEW: &str = "processes/matching/templates/review.html";

async fn show(visitor: Visitor, Path(id): Path<ProposalId>) -> PageResult {
    let mut ctx = visitor.read().await?;
    let review = actions::review(&mut ctx, &visitor.app.area, id).await?;
    ctx.seen().await?;
    let page = review_page(&visitor.app.area, &review, &Form::parse("")?, FieldErrors::default());
    visitor.page(REVIEW, "One person, or two?", page)
}

async fn decide(State(app): State<Shared>, Path(id): Path<ProposalId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let answer =
        form.choice("answer", "Choose whether they are one person", ["same", "apart", "unsure"].into_iter(), &mut errors);
    let reason = form.note("reason", "Your reason", REASON_MAX, &mut errors);
    let answer = match answer.as_str() {
        "same" => Answer::Same,
        "apart" => Answer::Apart,
        _ => Answer::Unsure,
    };
    let version = form.text("version").parse().unwrap_or(0);
    if errors.is_empty() {
        let mut ctx = visitor.write_once(&form).await?;
        match actions::decide(&mut ctx, &app.world, &app.area, id, Decision { answer, reason: &reason, version }).await {
            Ok(()) => return visitor.done(ctx, &form, "/matches").await,
            Err(DecideError::Access(e)) => return Err(e.into()),
            Err(e) => errors.add(if matches!(e, DecideError::Reason(_)) { "reason" } else { "answer" }, &e.to_string()),
        }
    }
    let mut ctx = visitor.read().await?;
    let review = actions::review(&mut ctx, &app.area, id).await?;
    ctx.seen().await?;
    let page = review_page(&app.area, &review, &form, errors);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, visitor.page(REVIEW, "One person, or two?", page)?).into_response())
}

#[derive(Debug, Serialize)]
struct UndoPage {
    id: String,
    name: String,
    why: String,
    since: Vec<(String, String)>,
    unread: usize,
    reason: String,
    errors: FieldErrors,
}

const UNDO: &str = "processes/matching/templates/undo.html";

async fn undo_page(visitor: &Visitor, id: LinkId, form: &Form, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    let Since { link, facts: since, unread } = actions::undoing(&mut ctx, id).await?;
    let side = actions::side(&mut ctx, &Unit::Person(link.kept)).await?;
    ctx.seen().await?;
    let by = link.made_by.as_deref().unwrap_or("the area’s rule for placing records");
    let fact = |fact: &Fact| {
        let words = said(fact).map_or_else(|| fact.new.words.clone(), |(field, value)| format!("{field}: {value}"));
        let author = fact.author.clone().unwrap_or_default();
        (fact.id.to_string(), format!("{words} ({author}, {})", british::moment(fact.recorded_at)))
    };
    let page = UndoPage {
        id: id.to_string(),
        name: name(&visitor.app.area, &side),
        why: format!("Brought together on {} by {by}: {}", british::moment(link.made_at), link.reason),
        since: since.iter().map(fact).collect(),
        unread,
        reason: form.text("reason").to_owned(),
        errors,
    };
    let status = if page.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visitor.page(UNDO, "Take apart again", page)?).into_response())
}

async fn undoing(visitor: Visitor, Path(id): Path<LinkId>) -> PageResult {
    undo_page(&visitor, id, &Form::parse("")?, FieldErrors::default()).await
}

async fn undo(State(app): State<Shared>, Path(id): Path<LinkId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let reason = form.note("reason", "Your reason", REASON_MAX, &mut errors);
    let theirs: Vec<FactId> = form.all("theirs").iter().filter_map(|id| id.parse().ok()).collect();
    if errors.is_empty() {
        let mut ctx = visitor.write_once(&form).await?;
        match actions::undo(&mut ctx, &app.area, id, &reason, &theirs).await {
            Ok(()) => return visitor.done(ctx, &form, "/matches?settled=yes").await,
            Err(LinkError::Access(e)) => return Err(e.into()),
            Err(e) => errors.add("reason", &e.to_string()),
        }
    }
    undo_page(&visitor, id, &form, errors).await
}

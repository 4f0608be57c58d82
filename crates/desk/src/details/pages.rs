//! The handlers of somebody's details.

use super::typed::{self, Boxes, KINDS};
use access::{AccessError, Act, Ctx};
use axum::Router;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use families::facts::{self, Fact, FactError, FactId, Kind, NewFact, Shape, words};
use families::people::{self, PersonId};
use families::search::names_of;
use kernel::Date;
use serde::{Deserialize, Serialize};
use web::{FieldErrors, PageError, PageResult, Posted, Shared, Visitor};

/// The routes of details.
pub fn routes() -> Router<Shared> {
    Router::new().route("/people/{id}/details", get(show)).route("/people/{id}/details/{kind}", get(form).post(record))
}

/// What is known, and everybody who said so.
#[derive(Debug, Serialize)]
struct Row {
    words: String,
    is_over: bool,
    sources: Vec<(String, String)>,
}

/// Returns what facts say, each saying once.
fn rows(said: Vec<(String, &Fact)>, today: Date) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (words, fact) in said {
        let source = (fact.id.to_string(), words::source(fact, today));
        match rows.iter_mut().find(|row| row.words == words) {
            Some(row) => row.sources.push(source),
            None => rows.push(Row { words, is_over: fact.new.is_over(today), sources: vec![source] }),
        }
    }
    rows.sort_by_key(|row| row.is_over);
    rows
}

#[derive(Debug, Serialize)]
struct Section {
    kind: &'static str,
    heading: &'static str,
    rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct DetailsPage {
    id: String,
    name: String,
    sections: Vec<Section>,
    relationships: Vec<Row>,
    may_record: bool,
}

pub(crate) async fn show(visitor: Visitor, Path(id): Path<PersonId>) -> PageResult {
    let mut ctx = visitor.read().await?;
    let (standing, _) = people::open(&mut ctx, Act::OpenPerson, id).await?;
    let may_record = ctx.may(Act::RecordFact, &standing.resource())?;
    let kinds: Vec<Kind> = KINDS.iter().map(|(kind, _)| *kind).collect();
    let known = facts::list_of(&mut ctx, &[id], Some(&kinds)).await?;
    let name = names_of(&mut ctx, &[id]).await?.pop().unwrap_or_default();
    let relationships = relationships(&mut ctx, &visitor.app.area, id).await?;
    let today = ctx.clock.today();
    ctx.seen().await?;
    let said = |kind: Kind| {
        let of_kind = known.iter().filter(|fact| fact.new.kind == kind);
        rows(of_kind.map(|fact| (words::detail(&visitor.app.area, fact), fact)).collect(), today)
    };
    let sections = KINDS.iter().map(|(kind, heading)| Section { kind: kind.as_str(), heading, rows: said(*kind) });
    let title = format!("Who {name} is");
    let page = DetailsPage { id: id.to_string(), name, sections: sections.collect(), relationships, may_record };
    visitor.page("desk/details/templates/details.html", &title, page)
}

/// Returns how somebody is related to others, in words from their side.
async fn relationships(ctx: &mut Ctx, area: &area::Area, id: PersonId) -> Result<Vec<Row>, AccessError> {
    let kinds = &area.setting.relationships;
    let mut all: Vec<(Fact, PersonId, String)> = Vec::new();
    for fact in facts::list_of(ctx, &[id], Some(&[Kind::Relationship])).await? {
        let words = kinds.iter().find(|kind| kind.id == fact.new.term).map_or("", |kind| kind.words.as_str());
        if let Some(other) = fact.new.other() {
            all.push((fact, other, words.to_owned()));
        }
    }
    for fact in facts::list_toward(ctx, &[id]).await? {
        let inverse = kinds.iter().find(|kind| kind.id == fact.new.term).map_or("", |kind| kind.inverse.as_str());
        let words = kinds.iter().find(|kind| kind.id == inverse).map_or("", |kind| kind.words.as_str());
        let person = fact.new.person;
        all.push((fact, person, words.to_owned()));
    }
    let others: Vec<PersonId> = all.iter().map(|(_, other, _)| *other).collect();
    let names = names_of(ctx, &others).await?;
    let today = ctx.clock.today();
    let said = all.iter().zip(names).map(|((fact, _, said), name)| (format!("{said} {name}{}", words::holds(fact)), fact));
    Ok(rows(said.collect(), today))
}

#[derive(Debug, Default, Deserialize)]
struct Corrects {
    #[serde(default)]
    corrects: String,
}

#[derive(Debug, Serialize)]
struct FormPage {
    id: String,
    name: String,
    kind: &'static str,
    heading: &'static str,
    corrects: String,
    boxes: Boxes,
    terms: Vec<(String, String)>,
    other: String,
    changed: bool,
    errors: FieldErrors,
}

async fn form(visitor: Visitor, Path((id, kind)): Path<(PersonId, String)>, Query(of): Query<Corrects>) -> PageResult {
    let kind = offered(&kind, !of.corrects.is_empty())?;
    let mut ctx = visitor.read().await?;
    let old = find_old(&mut ctx, &of.corrects, id, kind).await?;
    ctx.seen().await?;
    let boxes = old.as_ref().map_or_else(typed::empty, |old| typed::boxes(&old.new));
    form_page(&visitor, (id, kind), (of.corrects, boxes), (false, FieldErrors::default())).await
}

/// A kind that the form is for: a relationship is only corrected here, and begins where the other is looked for.
fn offered(kind: &str, is_correction: bool) -> Result<Kind, PageError> {
    let kind = kind.parse::<Kind>().ok().filter(|kind| typed::heading(*kind).is_some());
    kind.filter(|kind| is_correction || *kind != Kind::Relationship).ok_or(PageError::Hidden(None))
}

async fn find_old(ctx: &mut Ctx, corrects: &str, id: PersonId, kind: Kind) -> Result<Option<Fact>, AccessError> {
    if corrects.is_empty() {
        return Ok(None);
    }
    let old = facts::load(ctx, corrects.parse().map_err(|_| AccessError::Hidden(None))?).await?;
    if old.new.person == id && old.new.kind == kind { Ok(Some(old)) } else { Err(AccessError::Hidden(None)) }
}

async fn form_page(
    visitor: &Visitor,
    (id, kind): (PersonId, Kind),
    (corrects, boxes): (String, Boxes),
    (changed, errors): (bool, FieldErrors),
) -> PageResult {
    let mut ctx = visitor.read().await?;
    people::open(&mut ctx, Act::OpenPerson, id).await?;
    let name = names_of(&mut ctx, &[id]).await?.pop().unwrap_or_default();
    let related = find_old(&mut ctx, &corrects, id, kind).await?.and_then(|old| old.new.other());
    let other = match related {
        Some(other) => names_of(&mut ctx, &[other]).await?.pop().unwrap_or_default(),
        None => String::new(),
    };
    ctx.seen().await?;
    let setting = &visitor.app.area.setting;
    let choices = |choices: &[area::files::Choice]| choices.iter().map(|one| (one.id.clone(), one.words.clone())).collect();
    let terms = match kind {
        Kind::Name => choices(&setting.name_kinds),
        Kind::Address => choices(&setting.address_kinds),
        Kind::Relationship => setting.relationships.iter().map(|one| (one.id.clone(), one.words.clone())).collect(),
        _ => Vec::new(),
    };
    let heading = typed::heading(kind).unwrap_or_default();
    let title = format!("{name}: {}", heading.to_lowercase());
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page =
        FormPage { id: id.to_string(), name, kind: kind.as_str(), heading, corrects, boxes, terms, other, changed, errors };
    Ok((status, visitor.page("desk/details/templates/detail.html", &title, page)?).into_response())
}

async fn record(Path((id, kind)): Path<(PersonId, String)>, Posted { visitor, form }: Posted) -> PageResult {
    let corrects = form.text("corrects").to_owned();
    let kind = offered(&kind, !corrects.is_empty())?;
    let mut ctx = visitor.write_once(&form).await?;
    let old = find_old(&mut ctx, &corrects, id, kind).await?;
    let mut errors = FieldErrors::default();
    let fact = typed::read(id, kind, &form, old.as_ref(), (&visitor.app.area, &mut errors));
    let kept = if errors.is_empty() { keep(&mut ctx, fact, old.as_ref()).await.map(|_| ()) } else { Ok(()) };
    match kept {
        Ok(()) if errors.is_empty() => return visitor.done(ctx, &form, &format!("/people/{id}/details")).await,
        Ok(()) => drop(ctx),
        Err(FactError::Access(e)) => return Err(e.into()),
        Err(e) => {
            drop(ctx);
            errors.add("answer", &e.to_string());
            let changed = matches!(e, FactError::Superseded);
            return form_page(&visitor, (id, kind), (corrects, typed::typed(&form)), (changed, errors)).await;
        }
    }
    form_page(&visitor, (id, kind), (corrects, typed::typed(&form)), (false, errors)).await
}

async fn keep(ctx: &mut Ctx, fact: NewFact, old: Option<&Fact>) -> Result<FactId, FactError> {
    match old {
        Some(old) if typed::says_the_same(&old.new, &fact) => Ok(old.id),
        Some(old) => facts::correct(ctx, old.id, fact).await,
        None => {
            let (_, permit) = people::open(ctx, Act::RecordFact, fact.person).await?;
            facts::record(ctx, &permit, fact).await
        }
    }
}

/// Returns where a fact that has a shape of its own is corrected; nothing for what is words alone.
pub fn where_corrected(fact: &Fact) -> Option<String> {
    let is_detail = typed::heading(fact.new.kind).is_some() && !matches!(fact.new.shape, Shape::Involvement { .. });
    is_detail.then(|| format!("/people/{}/details/{}?corrects={}", fact.new.person, fact.new.kind.as_str(), fact.id))
}

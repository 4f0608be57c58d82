//! What is agreed for when things get worse, on a page that is read in a hurry and at night.

use super::actions::{self, ContingencyError, Opened};
use super::contingency::{Contingency, ContingencyId, NewContingency};
use crate::forms::{Choice, status_of};
use access::Ctx;
use area::Area;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use families::family::FamilyId;
use families::people::PersonId;
use families::search::names_of;
use kernel::{british, clock};
use serde::Serialize;
use std::collections::BTreeMap;
use web::{FieldErrors, Form, PageResult, Posted, Shared, Visitor};

/// The routes of what is agreed for when things get worse.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/people/{person}/families/{family}/if-worse", get(show).post(agree))
        .route("/people/{person}/families/{family}/if-worse/{id}/end", post(end))
}

type Of = (PersonId, FamilyId);

/// Something agreed, on the page.
#[derive(Clone, Debug, Serialize)]
pub struct AgreedLine {
    id: String,
    heading: String,
    who_does: String,
    call_first: String,
    children_know: String,
    source: String,
    ended: String,
    typed: String,
}

/// Somebody who helps, to be called.
#[derive(Clone, Debug, Serialize)]
pub struct Helper {
    name: String,
    what: String,
    telephone: String,
}

/// What is agreed for when things get worse.
#[derive(Debug, Serialize)]
pub struct IfWorsePage {
    here: String,
    back: String,
    family_name: String,
    agreed: Vec<AgreedLine>,
    ended: Vec<AgreedLine>,
    helpers: Vec<Helper>,
    may_write: bool,
    people: Vec<Choice>,
    situations: Vec<Choice>,
    who_does: String,
    call_first: String,
    children_know: String,
    agreed_with: String,
    is_private: bool,
    is_typed: bool,
    changed: bool,
    errors: FieldErrors,
}

fn address((person, family): Of) -> String {
    format!("/people/{person}/families/{family}/if-worse")
}

async fn show(visitor: Visitor, Path(of): Path<Of>) -> PageResult {
    if_worse_page(&visitor, of, (&Form::default(), None), (FieldErrors::default(), false)).await
}

async fn if_worse_page(
    visitor: &Visitor,
    of: Of,
    (form, ending): (&Form, Option<ContingencyId>),
    (errors, changed): (FieldErrors, bool),
) -> PageResult {
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx, of).await?;
    let names = names(&mut ctx, &opened).await?;
    ctx.seen().await?;
    let page = IfWorsePage { changed, errors, ..page_of(&visitor.app.area, of, (&opened, &names), (form, ending)) };
    let status = if changed { StatusCode::CONFLICT } else { status_of(&page.errors) };
    Ok((status, visitor.page("frontline/contingencies/templates/if_worse.html", "If things get worse", page)?).into_response())
}

async fn names(ctx: &mut Ctx, opened: &Opened) -> Result<BTreeMap<PersonId, String>, access::AccessError> {
    let members = opened.around.members.iter().map(|member| member.person);
    let mut people: Vec<PersonId> = members.chain(opened.agreed.iter().map(|one| one.person)).collect();
    people.sort();
    people.dedup();
    let names = names_of(ctx, &people).await?;
    Ok(people.into_iter().zip(names).collect())
}

fn page_of(
    area: &Area,
    of: Of,
    (opened, names): (&Opened, &BTreeMap<PersonId, String>),
    (form, ending): (&Form, Option<ContingencyId>),
) -> IfWorsePage {
    let line = |one: &Contingency| line(area, one, names, if ending == Some(one.id) { form.text("ended_words") } else { "" });
    let lines = |holds: bool| opened.agreed.iter().filter(|one| one.ended.is_none() == holds).map(line).collect();
    let chosen = form.text("person").parse().unwrap_or(of.0);
    let members = opened.around.members.iter().map(|member| Choice {
        id: member.person.to_string(),
        words: names.get(&member.person).cloned().unwrap_or_default(),
        chosen: member.person == chosen,
    });
    let situations = area.plans.if_worse.iter().map(|choice| Choice {
        id: choice.id.clone(),
        words: choice.words.clone(),
        chosen: form.text("situation") == choice.id,
    });
    let helpers = opened.around.team.iter().map(|member| Helper {
        name: member.name.clone(),
        what: format!("{}, {}", member.job, member.agency),
        telephone: member.telephone.clone(),
    });
    let text = |field: &str| form.text(field).to_owned();
    IfWorsePage {
        here: address(of),
        back: format!("/people/{}", of.0),
        family_name: opened.around.family.name.clone(),
        agreed: lines(true),
        ended: lines(false),
        helpers: helpers.collect(),
        may_write: opened.may_write,
        people: members.collect(),
        situations: situations.collect(),
        who_does: text("who_does"),
        call_first: text("call_first"),
        children_know: text("children_know"),
        agreed_with: text("agreed_with"),
        is_private: form.text("private") == "yes",
        is_typed: !form.text("csrf").is_empty() && ending.is_none(),
        changed: false,
        errors: FieldErrors::default(),
    }
}

fn line(area: &Area, one: &Contingency, names: &BTreeMap<PersonId, String>, typed: &str) -> AgreedLine {
    let name = names.get(&one.person).map_or("Somebody", String::as_str);
    let situation = area.plans.if_worse.iter().find(|choice| choice.id == one.situation);
    let words = situation.map_or(one.situation.as_str(), |choice| choice.words.as_str());
    let day = |at| british::day(clock::local_day(at));
    let with = if one.agreed_with.is_empty() { String::new() } else { format!("Agreed with {}. ", one.agreed_with) };
    AgreedLine {
        id: one.id.to_string(),
        heading: format!("If {name} {words}"),
        who_does: one.who_does.clone(),
        call_first: one.call_first.clone(),
        children_know: one.children_know.clone(),
        source: format!("{with}Written by {}, {}, {}", one.author, one.agency, day(one.recorded_at)),
        ended: one.ended.as_ref().map_or_else(String::new, |(at, why)| format!("{}: {why}", day(*at))),
        typed: typed.to_owned(),
    }
}

async fn agree(Path(of): Path<Of>, Posted { visitor, form }: Posted) -> PageResult {
    let text = |field: &str| form.text(field).to_owned();
    let new = NewContingency {
        person: form.text("person").parse().unwrap_or(of.0),
        situation: text("situation"),
        who_does: text("who_does"),
        call_first: text("call_first"),
        children_know: text("children_know"),
        agreed_with: text("agreed_with"),
        is_private: form.text("private") == "yes",
    };
    let mut ctx = visitor.write_once(&form).await?;
    match actions::agree(&mut ctx, &visitor.app.area, of, new).await {
        Ok(_) => visitor.done(ctx, &form, &address(of)).await,
        Err(e) => {
            drop(ctx);
            failed(&visitor, of, (&form, None), e).await
        }
    }
}

async fn end(
    Path((person, family, id)): Path<(PersonId, FamilyId, ContingencyId)>,
    Posted { visitor, form }: Posted,
) -> PageResult {
    let of = (person, family);
    let mut ctx = visitor.write_once(&form).await?;
    match actions::end(&mut ctx, id, form.text("ended_words")).await {
        Ok(_) => visitor.done(ctx, &form, &address(of)).await,
        Err(e) => {
            drop(ctx);
            failed(&visitor, of, (&form, Some(id)), e).await
        }
    }
}

/// Shows the page again with what is wrong, and everything that was typed.
async fn failed(visitor: &Visitor, of: Of, typed: (&Form, Option<ContingencyId>), e: ContingencyError) -> PageResult {
    let words = e.to_string();
    let (field, changed) = match (e, typed.1) {
        (ContingencyError::Access(e), _) => return Err(e.into()),
        (e, Some(id)) => (format!("ended-{id}"), matches!(e, ContingencyError::Changed)),
        (ContingencyError::Rule(rule), None) => (rule.field().to_owned(), false),
        (ContingencyError::NotOfFamily | ContingencyError::Changed, None) => ("person".to_owned(), false),
    };
    let mut errors = FieldErrors::default();
    errors.add(&field, &words);
    if_worse_page(visitor, of, typed, (errors, changed)).await
}

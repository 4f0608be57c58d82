//! Making a contract from the plan, and writing down what a party says to it.

use super::actions::{self, ContractError, Opened};
use super::contract::{ContractId, NewAnswer, NewContract, Party, Way};
use super::pages::{Of, address, contract_page, id_of, name_of, names};
use super::rules;
use crate::forms::status_of;
use crate::plans::{self, Entry};
use access::{AgencyId, Ctx};
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use families::family::FamilyId;
use families::people::PersonId;
use kernel::british;
use serde::Serialize;
use web::{FieldErrors, Form, PageError, PageResult, Posted, Shared, Visitor};

/// The routes of what is written in a contract.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/people/{person}/families/{family}/contract/new", get(show_new).post(make))
        .route("/people/{person}/families/{family}/contract/{id}/{party}", get(show_answer).post(answer))
}

/// Something of the plan that can be promised.
#[derive(Clone, Debug, Serialize)]
pub struct Offered {
    id: String,
    words: String,
    ticked: bool,
}

/// Making a contract.
#[derive(Debug, Serialize)]
pub struct NewPage {
    here: String,
    plan: String,
    family_name: String,
    is_first: bool,
    before: String,
    changed: bool,
    has_plan: bool,
    of_family: Vec<Offered>,
    of_agencies: Vec<Offered>,
    if_family: String,
    if_agencies: String,
    errors: FieldErrors,
}

async fn show_new(visitor: Visitor, Path(of): Path<Of>) -> PageResult {
    new_page(&visitor, of, (&Form::default(), false), (FieldErrors::default(), false)).await
}

async fn new_page(
    visitor: &Visitor,
    of: Of,
    (form, is_typed): (&Form, bool),
    (errors, changed): (FieldErrors, bool),
) -> PageResult {
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx, of).await?;
    if !opened.may_write {
        return Err(PageError::Hidden(None));
    }
    let plan = plans::load(&mut ctx, of).await?;
    let class = plans::rules::class_of(None, false, ctx.actor.sensitive);
    ctx.seen().await?;
    let names = plans::pages::names_of(&plan);
    let can: Vec<&Entry> = plan.entries.iter().filter(|entry| rules::can_be_promised(entry, class)).collect();
    let before = opened.current();
    let is_ticked = |entry: &Entry| match (is_typed, before) {
        (true, _) => form.all("promise").contains(&entry.id.to_string()),
        (false, Some(before)) => before.promises.iter().any(|promise| promise.entry == entry.id),
        (false, None) => true,
    };
    let offered = |is_family: bool| {
        let of_side = can.iter().filter(move |entry| entry.doer.is_some() == is_family);
        of_side.map(|entry| {
            let line = plans::pages::line(entry, &names, kernel::Date::MIN);
            Offered {
                id: line.id,
                words: format!(
                    "{}: {}, {}",
                    line.who,
                    line.words,
                    entry.by_on.map_or_else(String::new, |on| format!("by {}", british::day(on)))
                ),
                ticked: is_ticked(entry),
            }
        })
    };
    let text = |field: &str, otherwise: &dyn Fn(&actions::Read) -> String| match (is_typed, before) {
        (false, Some(before)) => otherwise(before),
        _ => form.text(field).to_owned(),
    };
    let page = NewPage {
        here: address(of),
        plan: format!("/people/{}/families/{}/plan", of.0, of.1),
        family_name: opened.around.family.name.clone(),
        is_first: before.is_none(),
        before: before.map_or_else(String::new, |read| read.contract.id.to_string()),
        changed,
        has_plan: plan.plan.as_ref().is_some_and(|plan| plan.closed.is_none()),
        of_family: offered(true).collect(),
        of_agencies: offered(false).collect(),
        if_family: text("if_family", &|before| before.contract.if_family.clone()),
        if_agencies: text("if_agencies", &|before| before.contract.if_agencies.clone()),
        errors,
    };
    let status = if changed { StatusCode::CONFLICT } else { status_of(&page.errors) };
    Ok((status, visitor.page("frontline/contracts/templates/new.html", "Make a contract", page)?).into_response())
}

async fn make(Path(of): Path<Of>, Posted { visitor, form }: Posted) -> PageResult {
    let promises = form.all("promise").iter().map(|id| id.parse()).collect::<Result<Vec<_>, _>>();
    let promises = promises.map_err(|_| PageError::BadRequest("Choose from the list".to_owned()))?;
    let text = |field: &str| form.text(field).to_owned();
    let before = form.text("before").parse().ok();
    let new = NewContract { before, promises, if_family: text("if_family"), if_agencies: text("if_agencies") };
    let mut ctx = visitor.write_once(&form).await?;
    match actions::make(&mut ctx, &visitor.app.area, of, new).await {
        Ok(_) => visitor.done(ctx, &form, &address(of)).await,
        Err(ContractError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let field = if let ContractError::Rule(rule) = &e { rule.field() } else { "promise" };
            let changed = matches!(e, ContractError::Changed);
            let mut errors = FieldErrors::default();
            if !changed {
                errors.add(field, &e.to_string());
            }
            new_page(&visitor, of, (&form, true), (errors, changed)).await
        }
    }
}

/// Something to choose.
#[derive(Clone, Debug, Serialize)]
pub struct WayLine {
    id: &'static str,
    words: &'static str,
}

/// Writing down what a party says.
#[derive(Debug, Serialize)]
pub struct AnswerPage {
    here: String,
    back: String,
    family_name: String,
    name: String,
    is_agency: bool,
    promises: Vec<String>,
    if_not: String,
    if_others_not: String,
    agrees: String,
    ways: Vec<WayLine>,
    way: String,
    words: String,
    signature: String,
    errors: FieldErrors,
}

/// Reads who is named in an address.
pub(super) fn party(named: &str) -> Result<Party, PageError> {
    let hidden = || PageError::Hidden(None);
    match named.split_once('-') {
        Some(("person", id)) => Ok(Party::Person(id.parse::<PersonId>().map_err(|_| hidden())?)),
        Some(("agency", id)) => Ok(Party::Agency(id.parse::<AgencyId>().map_err(|_| hidden())?)),
        _ => Err(hidden()),
    }
}

type Whose = (PersonId, FamilyId, ContractId, String);

async fn show_answer(visitor: Visitor, Path(whose): Path<Whose>) -> PageResult {
    answer_page(&visitor, &whose, &Form::default(), FieldErrors::default()).await
}

/// Returns the page of a party's answer, where there is one for this viewer.
async fn answer_of(ctx: &mut Ctx, (person, family, id, named): &Whose) -> Result<(Opened, AnswerPage), PageError> {
    let of = (*person, *family);
    let opened = actions::load(ctx, of).await?;
    let names = names(ctx, &opened).await?;
    let party = party(named)?;
    let may = opened.may_write && !matches!(party, Party::Agency(agency) if agency != ctx.actor.agency_id);
    let read = opened.contracts.iter().find(|read| read.contract.id == *id && read.contract.ended.is_none());
    let read = read.filter(|read| may && read.parties().contains(&party)).ok_or(PageError::Hidden(None))?;
    let own = read.promises.iter().filter(|promise| promise.party() == party);
    let is_agency = matches!(party, Party::Agency(_));
    let (own_words, others) = (read.contract.if_agencies.clone(), read.contract.if_family.clone());
    let (if_not, if_others_not) = if is_agency { (own_words, others) } else { (others, own_words) };
    let page = AnswerPage {
        here: format!("{}/{id}/{}", address(of), id_of(party)),
        back: address(of),
        family_name: opened.around.family.name.clone(),
        name: name_of(read, party, &names),
        is_agency,
        promises: own.map(|promise| format!("{}, by {}", promise.words, british::day(promise.by_on))).collect(),
        if_not,
        if_others_not,
        agrees: String::new(),
        ways: vec![
            WayLine { id: "said", words: "They said so" },
            WayLine { id: "paper", words: "They signed on paper, which is kept" },
        ],
        way: String::new(),
        words: String::new(),
        signature: String::new(),
        errors: FieldErrors::default(),
    };
    Ok((opened, page))
}

async fn answer_page(visitor: &Visitor, whose: &Whose, form: &Form, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    let (_, page) = answer_of(&mut ctx, whose).await?;
    ctx.seen().await?;
    let text = |field: &str| form.text(field).to_owned();
    let signature = text("signature");
    let signature = if rules::is_signature(&signature) { signature } else { String::new() };
    let page = AnswerPage { agrees: text("agrees"), way: text("way"), words: text("words"), signature, errors, ..page };
    let status = status_of(&page.errors);
    Ok((status, visitor.page("frontline/contracts/templates/answer.html", "Do you agree?", page)?).into_response())
}

async fn answer(Path(whose): Path<Whose>, Posted { visitor, form }: Posted) -> PageResult {
    let (person, family, id, ref named) = whose;
    let (of, party) = ((person, family), party(named)?);
    let mut errors = FieldErrors::default();
    let agrees = form.choice("agrees", "Choose whether they agree", ["yes", "no"].into_iter(), &mut errors);
    let is_signed = !form.text("signature").is_empty();
    let way = match party {
        Party::Agency(_) => "here".to_owned(),
        Party::Person(_) if is_signed => "signed".to_owned(),
        Party::Person(_) => {
            form.choice("way", "Sign in the box, or choose how they said so", ["said", "paper"].into_iter(), &mut errors)
        }
    };
    let (true, Ok(way)) = (errors.is_empty(), way.parse::<Way>()) else {
        return answer_page(&visitor, &whose, &form, errors).await;
    };
    let text = |field: &str| form.text(field).to_owned();
    let new = NewAnswer { party, agrees: agrees == "yes", way, words: text("words"), signature: text("signature") };
    let mut ctx = visitor.write_once(&form).await?;
    match actions::answer(&mut ctx, (of, id), new).await {
        Ok(()) => visitor.done(ctx, &form, &address(of)).await,
        Err(ContractError::Access(e)) => Err(e.into()),
        Err(ContractError::Changed) => {
            drop(ctx);
            contract_page(&visitor, of, form.text("words"), (FieldErrors::default(), true)).await
        }
        Err(e) => {
            drop(ctx);
            let field = if let ContractError::Rule(rule) = &e { rule.field() } else { "agrees" };
            errors.add(field, &e.to_string());
            answer_page(&visitor, &whose, &form, errors).await
        }
    }
}

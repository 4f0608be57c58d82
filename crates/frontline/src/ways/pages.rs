//! How we work with each of a family, on one page.

use super::actions::{self, Opened, WayError};
use super::way::{Approach, Balance, Says, Way, WayId};
use crate::forms::{Choice, status_of};
use area::Area;
use area::files;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use families::facts::Class;
use families::family::FamilyId;
use families::people::PersonId;
use families::search::names_of;
use kernel::{british, clock};
use serde::Serialize;
use web::{FieldErrors, Form, PageError, PageResult, Posted, Shared, Visitor};

/// The routes of how a family is worked with.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/people/{person}/families/{family}/working-with", get(show))
        .route("/people/{person}/families/{family}/working-with/{kind}/{whom}", get(form_page).post(agree))
}

type Of = (PersonId, FamilyId);

/// A part of what is kept: what it is called, and what it says.
pub type Part = (&'static str, String);

/// What is kept of one person, of one kind.
#[derive(Clone, Debug, Serialize)]
pub struct Kept {
    heading: String,
    parts: Vec<Part>,
    pub(crate) source: String,
}

impl Kept {
    /// Returns it in one line.
    pub(crate) fn in_a_line(&self) -> String {
        let parts = self.parts.iter().map(|(called, words)| format!("{}: {words}", called.to_lowercase()));
        format!("{} ({})", self.heading, parts.collect::<Vec<_>>().join("; "))
    }
}

/// One of the family.
#[derive(Clone, Debug, Serialize)]
pub struct Member {
    id: String,
    name: String,
    approach: Option<Kept>,
    balance: Option<Kept>,
    before: Vec<Kept>,
}

/// How we work with each of a family.
#[derive(Debug, Serialize)]
pub struct WaysPage {
    here: String,
    back: String,
    family_name: String,
    members: Vec<Member>,
    may_write: bool,
}

fn address((person, family): Of) -> String {
    format!("/people/{person}/families/{family}/working-with")
}

async fn show(visitor: Visitor, Path(of): Path<Of>) -> PageResult {
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx, of).await?;
    let people: Vec<PersonId> = opened.around.members.iter().map(|member| member.person).collect();
    let names = names_of(&mut ctx, &people).await?;
    ctx.seen().await?;
    let members = people.iter().zip(names).map(|(person, name)| member(&visitor.app.area, &opened, *person, name)).collect();
    let page = WaysPage {
        here: address(of),
        back: format!("/people/{}/families/{}/plan", of.0, of.1),
        family_name: opened.around.family.name.clone(),
        members,
        may_write: opened.may_write,
    };
    visitor.page("frontline/ways/templates/show.html", "How we work with each of them", page)
}

/// Returns what is kept of one of a family, as the page shows it.
fn member(area: &Area, opened: &Opened, person: PersonId, name: String) -> Member {
    let (mut approach, mut balance, mut before) = (None, None, Vec::new());
    for one in opened.ways.iter().filter(|one| one.person == person) {
        let held = if matches!(one.says, Says::Approach(_)) { &mut approach } else { &mut balance };
        match held {
            None => *held = Some(kept(area, one)),
            Some(_) => before.push(kept(area, one)),
        }
    }
    Member { id: person.to_string(), name, approach, balance, before }
}

/// Returns what was kept in words.
pub(crate) fn kept(area: &Area, one: &Way) -> Kept {
    let (heading, parts) = match &one.says {
        Says::Approach(approach) => ("How they are best met".to_owned(), approach_parts(area, approach)),
        Says::Balance(balance) => (choice_words(&area.plans.balance, &balance.mix), balance_parts(balance)),
    };
    let on = british::day(clock::local_day(one.recorded_at));
    Kept { heading, parts, source: format!("Written by {}, {}, {on}", one.author, one.agency) }
}

fn choice_words(choices: &[files::Choice], id: &str) -> String {
    choices.iter().find(|choice| choice.id == id).map_or_else(|| id.to_owned(), |choice| choice.words.clone())
}

fn said(parts: Vec<Part>) -> Vec<Part> {
    parts.into_iter().filter(|(_, words)| !words.is_empty()).collect()
}

fn approach_parts(area: &Area, one: &Approach) -> Vec<Part> {
    let language = if one.language.is_empty() { String::new() } else { area.language(&one.language).to_owned() };
    said(vec![
        ("Who goes", one.who_goes.clone()),
        ("Whom they trust", one.trusted.clone()),
        ("When and where", one.when_where.clone()),
        ("In which language", language),
        ("Better left", one.avoid.clone()),
    ])
}

fn balance_parts(one: &Balance) -> Vec<Part> {
    said(vec![
        ("They can count on", one.support.clone()),
        ("Is expected of them", one.expected.clone()),
        ("What may follow", one.otherwise.clone()),
        ("Agreed with", one.agreed_with.clone()),
    ])
}

/// Writing down how somebody is best met, or what is agreed with them.
#[derive(Debug, Serialize)]
pub struct WayForm {
    here: String,
    back: String,
    name: String,
    is_approach: bool,
    last: String,
    approach: [String; 4],
    languages: Vec<Choice>,
    mixes: Vec<Choice>,
    balance: [String; 4],
    is_private: bool,
    theirs: Option<Kept>,
    changed: bool,
    errors: FieldErrors,
}

type At = (PersonId, FamilyId, String, PersonId);

async fn form_page(visitor: Visitor, Path(at): Path<At>) -> PageResult {
    way_form(&visitor, at, None, (FieldErrors::default(), false)).await
}

async fn way_form(visitor: &Visitor, at: At, typed: Option<&Form>, (errors, changed): (FieldErrors, bool)) -> PageResult {
    let (of, whom, is_approach) = ((at.0, at.1), at.3, kind_of(&at.2)?);
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx, of).await?;
    if !opened.may_write || !opened.around.members.iter().any(|member| member.person == whom) {
        return Err(PageError::Hidden(None));
    }
    let name = names_of(&mut ctx, &[whom]).await?.pop().unwrap_or_default();
    ctx.seen().await?;
    let is_alike = |one: &&Way| one.person == whom && matches!(one.says, Says::Approach(_)) == is_approach;
    let last = opened.ways.iter().find(is_alike);
    let says = match (typed, last) {
        (Some(form), _) => read(is_approach, form),
        (None, Some(last)) => last.says.clone(),
        (None, None) if is_approach => Says::Approach(Approach::default()),
        (None, None) => Says::Balance(Balance::default()),
    };
    let (approach, balance) = match says {
        Says::Approach(approach) => (approach, Balance::default()),
        Says::Balance(balance) => (Approach::default(), balance),
    };
    let choice =
        |one: &files::Choice, chosen: &str| Choice { id: one.id.clone(), words: one.words.clone(), chosen: one.id == chosen };
    let area = &visitor.app.area;
    let page = WayForm {
        here: format!("{}/{}/{whom}", address(of), at.2),
        back: address(of),
        name,
        is_approach,
        last: last.map_or_else(String::new, |one| one.id.to_string()),
        languages: area.setting.languages.iter().map(|one| choice(one, &approach.language)).collect(),
        mixes: area.plans.balance.iter().map(|one| choice(one, &balance.mix)).collect(),
        approach: [approach.who_goes, approach.trusted, approach.when_where, approach.avoid],
        balance: [balance.support, balance.expected, balance.otherwise, balance.agreed_with],
        is_private: typed.map_or(is_private(last), |form| form.text("private") == "yes"),
        theirs: last.filter(|_| changed).map(|one| kept(area, one)),
        changed,
        errors,
    };
    let status = if page.changed { StatusCode::CONFLICT } else { status_of(&page.errors) };
    let title = if is_approach { "How they are best met" } else { "The balance agreed with them" };
    Ok((status, visitor.page("frontline/ways/templates/form.html", title, page)?).into_response())
}

/// Returns whether what is changed was kept within an agency: it stays so unless somebody says otherwise.
pub(super) fn is_private(last: Option<&Way>) -> bool {
    last.is_some_and(|one| one.class != Class::Ordinary)
}

fn kind_of(kind: &str) -> Result<bool, PageError> {
    match kind {
        "approach" => Ok(true),
        "balance" => Ok(false),
        _ => Err(PageError::Hidden(None)),
    }
}

fn read(is_approach: bool, form: &Form) -> Says {
    let text = |field: &str| form.text(field).to_owned();
    if is_approach {
        let (who_goes, trusted, when_where) = (text("who_goes"), text("trusted"), text("when_where"));
        Says::Approach(Approach { who_goes, trusted, when_where, language: text("language"), avoid: text("avoid") })
    } else {
        let (support, expected, otherwise) = (text("support"), text("expected"), text("otherwise"));
        Says::Balance(Balance { mix: text("mix"), support, expected, otherwise, agreed_with: text("agreed_with") })
    }
}

async fn agree(Path(at): Path<At>, Posted { visitor, form }: Posted) -> PageResult {
    let (of, is_approach) = ((at.0, at.1), kind_of(&at.2)?);
    let last: Option<WayId> = if form.text("last").is_empty() { None } else { Some(form.parse_field("last")?) };
    let says = (read(is_approach, &form), form.text("private") == "yes");
    let mut ctx = visitor.write_once(&form).await?;
    match actions::agree(&mut ctx, &visitor.app.area, of, (at.3, last), says).await {
        Ok(_) => visitor.done(ctx, &form, &address(of)).await,
        Err(WayError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let field = match &e {
                WayError::Rule(rule) => rule.field(),
                WayError::Changed if is_approach => "who_goes",
                WayError::Changed => "mix",
                WayError::NotOfFamily | WayError::Access(_) => return Err(PageError::Hidden(None)),
            };
            let mut errors = FieldErrors::default();
            errors.add(field, &e.to_string());
            way_form(&visitor, at, Some(&form), (errors, matches!(e, WayError::Changed))).await
        }
    }
}

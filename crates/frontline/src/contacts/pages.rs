//! The pages of contacts: recording one on one screen, and one contact with its outcome.

use super::actions::{self, ContactError, Opened};
use super::rules::{ContactId, NewContact, Parent, WORDS_MAX};
use crate::forms::Choice;
use crate::giving;
use area::{Area, TermKind};
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json};
use axum::routing::{get, post};
use families::facts::{Kind, Standing};
use families::people::{self, PersonId};
use kernel::{Date, british};
use serde::Serialize;
use store::drafts;
use web::{FieldErrors, Form, PageResult, Posted, Shared, Visitor};

/// The routes of contacts.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/people/{person}/contacts/new", get(write).post(send))
        .route("/people/{person}/contacts/draft", post(keep_draft))
        .route("/contacts/suggest", post(suggest))
        .route("/contacts/{id}", get(show).post(decide))
        .route("/contacts/{id}/give", post(give))
}

/// A term to accept.
#[derive(Debug, Serialize)]
struct TermLine {
    id: String,
    words: String,
    kind: &'static str,
    chosen: bool,
    suggested: bool,
}

/// Recording a contact.
#[derive(Debug, Serialize)]
struct Write {
    person: String,
    name: String,
    narrative: String,
    channel: String,
    standing: String,
    told_by: String,
    day: String,
    month: String,
    year: String,
    parent: String,
    parent_known: bool,
    outcome: String,
    outcomes: Vec<area::files::Choice>,
    terms: Vec<TermLine>,
    draft: String,
    errors: FieldErrors,
}

const DRAFT: &str = "contact";

async fn write(visitor: Visitor, Path(person): Path<PersonId>) -> PageResult {
    write_page(&visitor, person, None, FieldErrors::default()).await
}

fn draft_key(visitor: &Visitor, person: PersonId) -> drafts::Key<'static> {
    drafts::Key { area_id: visitor.app.world.area_id, practitioner_id: visitor.actor().id.0, form: DRAFT, record_id: person.0 }
}

async fn write_page(visitor: &Visitor, person: PersonId, typed: Option<&Form>, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    let (standing, _) = people::open(&mut ctx, access::Act::RecordContact, person).await?;
    let name = families::search::names_of(&mut ctx, &[standing.id]).await?.pop().unwrap_or_default();
    let known =
        families::facts::list_of(&mut ctx, &[person], Some(&[Kind::Circumstance, Kind::Relationship, Kind::Birth])).await?;
    let toward = families::facts::list_toward(&mut ctx, &[person]).await?;
    let parent_known = super::rules::need_not_ask(&visitor.app.area, (&known, &toward), ctx.clock.today());
    let draft = drafts::find(&mut ctx.tx, draft_key(visitor, person)).await?;
    let today = ctx.clock.today();
    ctx.seen().await?;
    let kept = draft.as_ref().and_then(|(body, _)| Form::parse(body).ok());
    let draft_words = draft.filter(|_| typed.is_none()).map_or_else(String::new, |(_, at)| british::moment(at));
    let form = typed.cloned().or(kept).unwrap_or_default();
    let page = write_form(&visitor.app.area, &form, today, errors);
    let page = Write { person: person.to_string(), name, parent_known, draft: draft_words, ..page };
    let status = if page.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visitor.page("frontline/contacts/templates/write.html", "Record a contact", page)?).into_response())
}

fn write_form(area: &Area, form: &Form, today: Date, errors: FieldErrors) -> Write {
    let or = |field: &str, usual: String| if form.text(field).is_empty() { usual } else { form.text(field).to_owned() };
    let suggested = area.suggest(form.text("narrative"));
    let terms = [TermKind::Strength, TermKind::Aspiration, TermKind::Need, TermKind::Circumstance, TermKind::Risk]
        .into_iter()
        .flat_map(|kind| area.terms_of(kind))
        .filter(|term| term.id != "parent_of")
        .map(|term| TermLine {
            id: term.id.clone(),
            words: term.words.clone(),
            kind: term.kind.as_str(),
            chosen: form.has("term", &term.id),
            suggested: suggested.iter().any(|one| one.id == term.id),
        })
        .collect();
    Write {
        person: String::new(),
        name: String::new(),
        narrative: form.text("narrative").to_owned(),
        channel: or("channel", area.setting.channels.first().map_or_else(String::new, |channel| channel.id.clone())),
        standing: or("standing", "seen".to_owned()),
        told_by: form.text("told_by").to_owned(),
        day: or("happened-day", today.day().to_string()),
        month: or("happened-month", today.month().to_string()),
        year: or("happened-year", today.year().to_string()),
        parent: form.text("parent").to_owned(),
        parent_known: false,
        outcome: form.text("outcome").to_owned(),
        outcomes: area.setting.contact_outcomes.clone(),
        terms,
        draft: String::new(),
        errors,
    }
}

fn read_form(form: &Form, person: PersonId, area: &Area, today: Date) -> (NewContact, FieldErrors) {
    let mut errors = FieldErrors::default();
    let happened = form.date("happened", "The day", &mut errors).and_then(kernel::partial_date::PartialDate::exact);
    let new = NewContact {
        person,
        narrative: form.note("narrative", "What was seen or said", WORDS_MAX, &mut errors),
        channel: form.choice(
            "channel",
            "Choose how it came about",
            area.setting.channels.iter().map(|c| c.id.as_str()),
            &mut errors,
        ),
        happened_on: happened.unwrap_or(today),
        standing: if form.text("standing") == "told" { Standing::Told } else { Standing::Seen },
        told_by: form.line_if_any("told_by", "Who told you", 200, &mut errors),
        terms: form.all("term").to_vec(),
        parent: form.text("parent").parse().unwrap_or(Parent::NotAsked),
        outcome: form.text("outcome").trim_start_matches("ask").to_owned(),
    };
    if happened.is_none() && !errors.0.iter().any(|error| error.field == "happened") {
        errors.add("happened", "Type the day, the month and the year");
    }
    if new.happened_on > today {
        errors.add("happened", "The day must be today or earlier");
    }
    (new, errors)
}

async fn send(Path(person): Path<PersonId>, Posted { visitor, form }: Posted) -> PageResult {
    let area = &visitor.app.area;
    let (new, mut errors) = read_form(&form, person, area, visitor.app.world.clock.today());
    if !errors.is_empty() {
        return write_page(&visitor, person, Some(&form), errors).await;
    }
    let mut ctx = visitor.write_once(&form).await?;
    match actions::record(&mut ctx, area, new).await {
        Ok(id) => {
            drafts::remove(&mut ctx.tx, draft_key(&visitor, person)).await?;
            let location = match form.text("outcome") {
                "ask" => format!("/people/{person}/support?contact={id}"),
                outcome if outcome.is_empty() || super::rules::continues(area, outcome) => {
                    format!("/people/{person}?contact={id}")
                }
                _ => format!("/contacts/{id}"),
            };
            visitor.done(ctx, &form, &location).await
        }
        Err(ContactError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            errors.add("narrative", &e.to_string());
            write_page(&visitor, person, Some(&form), errors).await
        }
    }
}

async fn keep_draft(Path(person): Path<PersonId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut ctx = visitor.write().await?;
    let standing = people::load(&mut ctx, person).await?;
    if !ctx.may(access::Act::RecordContact, &standing.resource())? {
        return Err(web::PageError::Hidden(None));
    }
    let kept =
        ["narrative", "channel", "standing", "told_by", "happened-day", "happened-month", "happened-year", "parent", "outcome"];
    let mut body: Vec<String> = kept.iter().map(|field| format!("{field}={}", web::in_query(form.text(field)))).collect();
    body.extend(form.all("term").iter().map(|term| format!("term={}", web::in_query(term))));
    let now = ctx.now();
    drafts::save(&mut ctx.tx, draft_key(&visitor, person), &body.join("&"), now).await?;
    ctx.commit().await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn suggest(Posted { visitor, form }: Posted) -> PageResult {
    let terms: Vec<&str> = visitor.app.area.suggest(form.text("text")).into_iter().map(|term| term.id.as_str()).collect();
    Ok(Json(terms).into_response())
}

/// One contact.
#[derive(Debug, Serialize)]
struct Show {
    id: String,
    person: String,
    name: String,
    author: String,
    happened: String,
    recorded: String,
    channel: String,
    outcome: String,
    outcome_words: String,
    outcome_by: String,
    owner: String,
    handed_by: String,
    handed_words: String,
    typed_outcome: String,
    typed_words: String,
    facts: Vec<Line>,
    may_decide: bool,
    outcomes: Vec<area::files::Choice>,
    colleagues: Vec<Choice>,
    given_words: String,
    errors: FieldErrors,
}

#[derive(Debug, Serialize)]
struct Line {
    id: String,
    kind: &'static str,
    words: String,
    source: String,
}

async fn show(visitor: Visitor, Path(id): Path<ContactId>) -> PageResult {
    show_page(&visitor, id, &Form::default(), FieldErrors::default()).await
}

async fn show_page(visitor: &Visitor, id: ContactId, form: &Form, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx, id).await?;
    let name = families::search::names_of(&mut ctx, &[opened.contact.person]).await?.pop().unwrap_or_default();
    let today = ctx.clock.today();
    let whose = (ctx.actor.agency_id, opened.contact.owner_id);
    let colleagues = if opened.may_give { giving::colleagues(&mut ctx, whose, form.text("to")).await? } else { Vec::new() };
    ctx.seen().await?;
    let page = Show { colleagues, ..shown(&visitor.app.area, &opened, name, (today, form, errors)) };
    let status = if page.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visitor.page("frontline/contacts/templates/show.html", "Contact", page)?).into_response())
}

fn shown(area: &Area, opened: &Opened, name: String, (today, form, errors): (Date, &Form, FieldErrors)) -> Show {
    let contact = &opened.contact;
    let choice = |choices: &[area::files::Choice], id: &str| {
        choices.iter().find(|choice| choice.id == id).map_or_else(|| id.to_owned(), |choice| choice.words.clone())
    };
    Show {
        id: contact.id.to_string(),
        person: contact.person.to_string(),
        name,
        author: format!("{}, {}", contact.author, contact.agency),
        happened: british::day(contact.happened_on),
        recorded: british::moment(contact.recorded_at),
        channel: choice(&area.setting.channels, &contact.channel),
        outcome: contact.outcome.as_deref().map_or_else(String::new, |outcome| choice(&area.setting.contact_outcomes, outcome)),
        outcome_words: contact.outcome_words.clone(),
        outcome_by: contact.next_on.map_or_else(String::new, british::day),
        owner: contact.owner.clone(),
        handed_by: contact.handed_by.clone(),
        handed_words: contact.handed_words.clone(),
        typed_outcome: form.text("outcome").to_owned(),
        typed_words: form.text("words").to_owned(),
        facts: opened
            .facts
            .iter()
            .filter_map(|fact| {
                let words = families::facts::words::sentence(area, fact)?;
                let source = families::facts::words::source(fact, today);
                Some(Line { id: fact.id.to_string(), kind: fact.new.kind.as_str(), words, source })
            })
            .collect(),
        may_decide: opened.may_decide,
        outcomes: area.setting.contact_outcomes.clone(),
        colleagues: Vec::new(),
        given_words: form.text("give-words").to_owned(),
        errors,
    }
}

async fn decide(Path(id): Path<ContactId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut ctx = visitor.write_once(&form).await?;
    match actions::decide(&mut ctx, &visitor.app.area, id, (form.text("outcome"), form.text("words"))).await {
        Ok(_) => visitor.done(ctx, &form, &format!("/contacts/{id}")).await,
        Err(ContactError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let mut errors = FieldErrors::default();
            errors.add("outcome", &e.to_string());
            show_page(&visitor, id, &form, errors).await
        }
    }
}

async fn give(Path(id): Path<ContactId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let Ok(to) = form.text("to").parse() else {
        errors.add("to", "Choose a colleague who may bring it to an outcome");
        return show_page(&visitor, id, &form, errors).await;
    };
    let mut ctx = visitor.write_once(&form).await?;
    match actions::give(&mut ctx, &visitor.app.area, id, (to, form.text("give-words"))).await {
        Ok(true) => visitor.done(ctx, &form, &format!("/contacts/{id}")).await,
        // It is a colleague's now, and was the actor's to read by nothing else.
        Ok(false) => visitor.done(ctx, &form, "/").await,
        Err(ContactError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            errors.add(if matches!(e, ContactError::Text(..)) { "give-words" } else { "to" }, &e.to_string());
            show_page(&visitor, id, &form, errors).await
        }
    }
}

//! The pages of agreements: what was said about somebody, recording it, and taking it back.

use super::actions::{self, AgreementError, Opened};
use super::agreement::{About, Agreement, AgreementId, Answer, Giver, NewAgreement};
use super::rules::{self, Stage};
use access::{Act, AgencyId};
use area::Area;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Router, extract::State};
use families::people::{self, PersonId};
use families::search;
use kernel::{Date, british};
use serde::{Deserialize, Serialize};
use web::{FieldErrors, Form, PageError, PageResult, Posted, Shared, Visitor};

/// The routes of agreements.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/people/{person}/agreements", get(list))
        .route("/people/{person}/agreements/new", get(write).post(record))
        .route("/agreements/{id}", get(show))
        .route("/agreements/{id}/withdraw", post(withdraw))
        .route("/agreements/{id}/let-end", post(let_end))
}

/// An agreement in a list.
#[derive(Clone, Debug, Serialize)]
pub struct AgreementLine {
    /// Its id.
    pub id: String,
    /// What was asked.
    pub about: String,
    /// Where it stands.
    pub stage: String,
    /// Whether it holds now.
    pub holds: bool,
    /// Who may be told.
    pub agencies: String,
    /// What.
    pub information: String,
    /// Until when, or since when not.
    pub until: String,
}

/// Returns an agreement as a list shows it.
pub fn line(area: &Area, agreement: &Agreement, today: Date) -> AgreementLine {
    let stage = rules::stage(agreement, today);
    let new = &agreement.new;
    let information: Vec<&str> = new.information.iter().map(|id| area.sharing.information_words(id)).collect();
    let until = match (&agreement.ended, new.until_on) {
        (Some(ended), _) => format!("{} on {}", stage.words(), british::moment(ended.at)),
        (None, Some(until)) => format!("Through {}", british::day(until)),
        (None, None) => format!("Said on {}", british::day(new.given_on)),
    };
    AgreementLine {
        id: agreement.id.to_string(),
        about: new.about.words().to_owned(),
        stage: stage.words().to_owned(),
        holds: matches!(stage, Stage::InForce | Stage::AskAgain),
        agencies: agreement.agency_names.join(", "),
        information: information.join("; "),
        until,
    }
}

/// What was said about somebody.
#[derive(Debug, Serialize)]
pub struct List {
    person: String,
    name: String,
    agreements: Vec<AgreementLine>,
    may_record: bool,
}

async fn list(visitor: Visitor, Path(person): Path<PersonId>) -> PageResult {
    let mut ctx = visitor.read().await?;
    let (standing, _) = people::open(&mut ctx, Act::OpenPerson, person).await?;
    let may_record = ctx.may(Act::RecordAgreement, &standing.resource())?;
    let name = search::names_of(&mut ctx, &[person]).await?.pop().unwrap_or_default();
    let agreements = actions::of_person(&mut ctx, person).await?;
    let today = ctx.clock.today();
    ctx.seen().await?;
    let area = &visitor.app.area;
    let agreements = agreements.iter().map(|one| line(area, one, today)).collect();
    let page = List { person: person.to_string(), name, agreements, may_record };
    visitor.page("processes/agreements/templates/list.html", "What is agreed", page)
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    again: String,
}

/// Something to tick.
#[derive(Debug, Serialize)]
struct Tick {
    id: String,
    words: String,
    ticked: bool,
}

/// What was typed: nothing of it is lost when something is wrong with it.
#[derive(Debug, Default, Serialize)]
struct Typed {
    about: String,
    answer: String,
    giver: String,
    giver_person: String,
    judgement: String,
    exceptions: String,
    explained: String,
    language: String,
    evidence: String,
    witness: String,
    words: String,
    given: [String; 3],
    until: [String; 3],
}

/// Recording what somebody said.
#[derive(Debug, Serialize)]
pub struct Write {
    person: String,
    name: String,
    again: String,
    version: i64,
    information: Vec<Tick>,
    agencies: Vec<Tick>,
    circle: Vec<(String, String)>,
    explained: Vec<area::files::Choice>,
    evidence: Vec<area::sharing::Evidence>,
    languages: Vec<area::files::Choice>,
    months: u16,
    typed: Typed,
    errors: FieldErrors,
}

async fn write(visitor: Visitor, Path(person): Path<PersonId>, Query(wanted): Query<Wanted>) -> PageResult {
    write_page(&visitor, person, &wanted.again, None, FieldErrors::default()).await
}

async fn write_page(visitor: &Visitor, person: PersonId, again: &str, form: Option<&Form>, errors: FieldErrors) -> PageResult {
    let area = &visitor.app.area;
    let mut ctx = visitor.read().await?;
    people::open(&mut ctx, Act::RecordAgreement, person).await?;
    let name = search::names_of(&mut ctx, &[person]).await?.pop().unwrap_or_default();
    let before = match again.parse::<AgreementId>() {
        Ok(id) => Some(actions::load(&mut ctx, id).await?.agreement),
        Err(_) => None,
    };
    let circle = actions::circle(&mut ctx, person).await?;
    let agencies = access::people::list_present_agencies(&mut ctx.tx, ctx.area_id).await?;
    let today = ctx.clock.today();
    ctx.seen().await?;
    let is_ticked = |field: &str, id: &str, known: &dyn Fn(&NewAgreement) -> bool| match (form, &before) {
        (Some(form), _) => form.has(field, id),
        (None, Some(before)) => known(&before.new),
        (None, None) => false,
    };
    let information = area.sharing.information.iter().map(|one| Tick {
        ticked: is_ticked("information", &one.id, &|new| new.information.contains(&one.id)),
        id: one.id.clone(),
        words: one.words.clone(),
    });
    let agencies = agencies.iter().map(|one| Tick {
        ticked: is_ticked("agency", &one.id.to_string(), &|new| new.agencies.contains(&one.id)),
        id: one.id.to_string(),
        words: one.name.clone(),
    });
    let page = Write {
        person: person.to_string(),
        name,
        again: before.as_ref().map_or_else(String::new, |one| one.id.to_string()),
        version: before.as_ref().map_or(0, |one| one.version),
        information: information.collect(),
        agencies: agencies.collect(),
        circle: circle.iter().map(|(id, name)| (id.to_string(), name.clone())).collect(),
        explained: area.sharing.explained.clone(),
        evidence: area.sharing.evidence.clone(),
        languages: area.setting.languages.clone(),
        months: area.sharing.agreement_months,
        typed: typed(form, before.as_ref(), today, &area.sharing),
        errors,
    };
    let status = if page.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visitor.page("processes/agreements/templates/new.html", "Record what was agreed", page)?).into_response())
}

fn typed(form: Option<&Form>, before: Option<&Agreement>, today: Date, sharing: &area::sharing::Sharing) -> Typed {
    let boxes = |on: Date| [on.day().to_string(), on.month().to_string(), on.year().to_string()];
    if let Some(form) = form {
        let text = |field: &str| form.text(field).to_owned();
        let date = |field: &str| ["day", "month", "year"].map(|part| text(&format!("{field}-{part}")));
        return Typed {
            about: text("about"),
            answer: text("answer"),
            giver: text("giver"),
            giver_person: text("giver_person"),
            judgement: text("judgement"),
            exceptions: text("exceptions"),
            explained: text("explained"),
            language: text("language"),
            evidence: text("evidence"),
            witness: text("witness"),
            words: text("words"),
            given: date("given"),
            until: date("until"),
        };
    }
    let new = before.map(|one| &one.new);
    Typed {
        about: new.map_or(About::Confidentiality, |new| new.about).as_str().to_owned(),
        giver: new.map_or_else(String::new, |new| new.giver.as_str().to_owned()),
        giver_person: new.and_then(|new| new.giver_person).map_or_else(String::new, |id| id.to_string()),
        exceptions: new.map_or_else(String::new, |new| new.exceptions.clone()),
        explained: sharing.explained.first().map_or_else(String::new, |one| one.id.clone()),
        language: new.map_or_else(|| "en".to_owned(), |new| new.language.clone()),
        given: boxes(today),
        until: boxes(rules::latest_until(today, sharing)),
        ..Typed::default()
    }
}

async fn record(State(app): State<Shared>, Path(person): Path<PersonId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let new = read_form(person, &form, app.world.clock.today(), &mut errors);
    let again = form.text("again").parse::<AgreementId>().ok();
    let version = form.text("version").parse::<i64>().unwrap_or_default();
    if errors.is_empty() {
        let mut ctx = visitor.write_once(&form).await?;
        match actions::record(&mut ctx, &app.area, new, again.map(|id| (id, version))).await {
            Ok(id) => return visitor.done(ctx, &form, &format!("/agreements/{id}")).await,
            Err(AgreementError::Access(e)) => return Err(e.into()),
            Err(AgreementError::Rules(faults)) => {
                faults.iter().for_each(|fault| errors.add(fault.field(), &fault.to_string()));
            }
            Err(e @ (AgreementError::Changed | AgreementError::Text(_))) => errors.add("about", &e.to_string()),
        }
    }
    write_page(&visitor, person, form.text("again"), Some(&form), errors).await
}

fn read_form(person: PersonId, form: &Form, today: Date, errors: &mut FieldErrors) -> NewAgreement {
    let about = form.choice("about", "Choose what was asked", About::ALL.iter().map(|one| one.as_str()), errors);
    let answer = form.choice("answer", "Choose what they said", Answer::ALL.iter().map(|one| one.as_str()), errors);
    let giver = form.choice("giver", "Choose who said it", Giver::ALL.iter().map(|one| one.as_str()), errors);
    let giver = giver.parse().unwrap_or(Giver::Adult);
    let mut day = |field: &'static str, called: &str| {
        let read = form.date(field, called, errors);
        let exact = read.and_then(kernel::partial_date::PartialDate::exact);
        if read.is_some() && exact.is_none() {
            errors.add(field, &format!("{called} needs a day, a month and a year"));
        }
        exact
    };
    let given_on = day("given", "The day it was said").unwrap_or(today);
    let until_on = day("until", "The last day");
    NewAgreement {
        person,
        about: about.parse().unwrap_or(About::Confidentiality),
        answer: answer.parse().unwrap_or(Answer::Refused),
        giver,
        giver_person: form.text("giver_person").parse().ok().filter(|_| giver == Giver::Responsible),
        judgement: form.text("judgement").to_owned(),
        information: form.all("information").to_vec(),
        agencies: form.all("agency").iter().filter_map(|id| id.parse::<AgencyId>().ok()).collect(),
        exceptions: form.text("exceptions").to_owned(),
        explained: form.text("explained").to_owned(),
        language: form.text("language").to_owned(),
        evidence: form.text("evidence").to_owned(),
        witness: form.text("witness").to_owned(),
        words: form.text("words").to_owned(),
        given_on,
        until_on,
    }
}

/// One agreement.
#[derive(Debug, Serialize)]
pub struct Show {
    id: String,
    version: i64,
    person: String,
    name: String,
    line: AgreementLine,
    refused: bool,
    giver: String,
    judgement: String,
    exceptions: String,
    explained: String,
    language: String,
    evidence: String,
    witness: String,
    words: String,
    given: String,
    recorded: String,
    asks: String,
    ended_words: String,
    ended_by: String,
    may_withdraw: bool,
    ask_now: bool,
    typed: String,
    changed: bool,
    errors: FieldErrors,
}

async fn show(visitor: Visitor, Path(id): Path<AgreementId>) -> PageResult {
    show_page(&visitor, id, "", FieldErrors::default()).await
}

async fn show_page(visitor: &Visitor, id: AgreementId, typed: &str, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx, id).await?;
    let today = ctx.clock.today();
    ctx.seen().await?;
    let changed = errors.0.iter().any(|error| error.field == "changed");
    let mut page = page_of(&visitor.app.area, &opened, today);
    typed.clone_into(&mut page.typed);
    page.changed = changed;
    page.errors = FieldErrors(errors.0.into_iter().filter(|error| error.field != "changed").collect());
    let status = match (changed, page.errors.is_empty()) {
        (true, _) => StatusCode::CONFLICT,
        (false, true) => StatusCode::OK,
        (false, false) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok((status, visitor.page("processes/agreements/templates/show.html", "What is agreed", page)?).into_response())
}

fn page_of(area: &Area, opened: &Opened, today: Date) -> Show {
    let agreement = &opened.agreement;
    let new = &agreement.new;
    let choice = |choices: &[area::files::Choice], id: &str| {
        choices.iter().find(|choice| choice.id == id).map_or_else(|| id.to_owned(), |choice| choice.words.clone())
    };
    let evidence = area.sharing.evidence.iter().find(|one| one.id == new.evidence);
    let asks = match (&agreement.owner, agreement.ask_on, &agreement.ended) {
        (Some(owner), Some(on), None) => format!("{owner}, from {}", british::day(on)),
        (Some(_) | None, ..) => String::new(),
    };
    Show {
        id: agreement.id.to_string(),
        version: agreement.version,
        person: new.person.to_string(),
        name: opened.name.clone(),
        line: line(area, agreement, today),
        refused: new.answer == Answer::Refused,
        giver: match (&opened.giver, new.giver) {
            (Some(giver), _) => giver.clone(),
            (None, Giver::Child) => format!("{}, a child who understands what is asked", opened.name),
            (None, Giver::Adult | Giver::Responsible) => opened.name.clone(),
        },
        judgement: new.judgement.clone(),
        exceptions: new.exceptions.clone(),
        explained: choice(&area.sharing.explained, &new.explained),
        language: area.language(&new.language).to_owned(),
        evidence: evidence.map_or_else(|| new.evidence.clone(), |one| one.words.clone()),
        witness: new.witness.clone(),
        words: new.words.clone(),
        given: british::day(new.given_on),
        recorded: format!("{}, {}, {}", agreement.author, agreement.agency, british::moment(agreement.recorded_at)),
        asks,
        ended_words: agreement.ended.as_ref().map_or_else(String::new, |ended| ended.words.clone()),
        ended_by: agreement.ended.as_ref().map_or_else(String::new, |ended| ended.by.clone()),
        may_withdraw: opened.may_withdraw,
        ask_now: opened.may_withdraw && matches!(rules::stage(agreement, today), Stage::AskAgain | Stage::Over),
        typed: String::new(),
        changed: false,
        errors: FieldErrors::default(),
    }
}

async fn withdraw(State(app): State<Shared>, Path(id): Path<AgreementId>, Posted { visitor, form }: Posted) -> PageResult {
    let version: i64 = form.parse_field("version")?;
    let mut ctx = visitor.write_once(&form).await?;
    match actions::withdraw(&mut ctx, &app.area, (id, version), form.text("words")).await {
        Ok(()) => visitor.done(ctx, &form, &format!("/agreements/{id}")).await,
        Err(e) => {
            drop(ctx);
            refuse(&visitor, id, (&form, "words"), e).await
        }
    }
}

async fn let_end(Path(id): Path<AgreementId>, Posted { visitor, form }: Posted) -> PageResult {
    let version: i64 = form.parse_field("version")?;
    let mut ctx = visitor.write_once(&form).await?;
    match actions::let_end(&mut ctx, (id, version), form.text("words")).await {
        Ok(()) => visitor.done(ctx, &form, &format!("/agreements/{id}")).await,
        Err(e) => {
            drop(ctx);
            refuse(&visitor, id, (&form, "let-end-words"), e).await
        }
    }
}

async fn refuse(visitor: &Visitor, id: AgreementId, (form, field): (&Form, &str), e: AgreementError) -> PageResult {
    let mut errors = FieldErrors::default();
    match e {
        AgreementError::Access(e) => return Err(PageError::from(e)),
        AgreementError::Changed => errors.add("changed", &AgreementError::Changed.to_string()),
        AgreementError::Text(_) | AgreementError::Rules(_) => errors.add(field, &e.to_string()),
    }
    show_page(visitor, id, form.text("words"), errors).await
}

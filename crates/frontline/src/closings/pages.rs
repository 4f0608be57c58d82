//! Ending support for a family on a page: how it stands, asking, agreeing or not, beginning again.

use super::actions::{self, ClosingError, Opened};
use super::closing::{Closing, ClosingId, NewClosing, State};
use super::rules;
use crate::forms::{Boxes, boxes, day, status_of};
use crate::levels::Told;
use crate::{meetings, referrals, visits};
use access::Ctx;
use area::Area;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use families::family::{FamilyError, FamilyId};
use families::people::PersonId;
use kernel::{Date, british, clock};
use serde::Serialize;
use std::collections::BTreeMap;
use web::{FieldErrors, Form, PageError, PageResult, Posted, Shared, Visitor};

/// The routes of ending support.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/people/{person}/families/{family}/closing", get(show).post(ask))
        .route("/people/{person}/families/{family}/begin-again", post(begin_again))
        .route("/closings/{id}/answer", post(answer))
        .route("/closings/{id}/withdraw", post(withdraw))
}

type Of = (PersonId, FamilyId);

/// Something to choose.
#[derive(Clone, Debug, Serialize)]
pub struct Offered {
    id: String,
    words: String,
}

/// Something to be read elsewhere.
#[derive(Clone, Debug, Serialize)]
pub struct Linked {
    words: String,
    link: String,
}

/// One time that somebody asked, on the page.
#[derive(Clone, Debug, Serialize)]
pub struct AskedLine {
    id: String,
    version: i64,
    reason: String,
    state: &'static str,
    words: String,
    goes_on: String,
    differently: String,
    told: String,
    tries: Vec<Linked>,
    answer: String,
    source: String,
    due: String,
}

/// How support for a family stands.
#[derive(Debug, Serialize)]
pub struct ClosingPage {
    here: String,
    back: String,
    plan: String,
    begin_again: String,
    person: String,
    family: String,
    family_name: String,
    lead: String,
    ended_on: String,
    waiting: Vec<AskedLine>,
    before: Vec<AskedLine>,
    may_ask: bool,
    may_answer: bool,
    may_begin_again: bool,
    actions_open: usize,
    lead_offered: bool,
    tries: Vec<Linked>,
    stays: Vec<Linked>,
    reasons: Vec<Offered>,
    reason: String,
    words: String,
    goes_on: String,
    differently: String,
    tolds: Vec<Offered>,
    told: String,
    told_words: String,
    answer_words: String,
    version: i64,
    step: String,
    next: Boxes,
    typed: String,
    changed: bool,
    errors: FieldErrors,
}

/// What was typed, to stand beside what somebody else did meanwhile.
fn typed_in(form: &Form) -> String {
    let fields = ["words", "goes_on", "differently", "told_words", "answer_words", "step"];
    let typed: Vec<&str> = fields.iter().map(|field| form.text(field)).filter(|words| !words.trim().is_empty()).collect();
    typed.join("\n\n")
}

fn address((person, family): Of) -> String {
    format!("/people/{person}/families/{family}/closing")
}

async fn show(visitor: Visitor, Path(of): Path<Of>) -> PageResult {
    let mut ctx = visitor.write().await?;
    actions::load(&mut ctx, of).await?;
    actions::read_news(&mut ctx, of.1).await.map_err(access::AccessError::from)?;
    ctx.commit().await?;
    closing_page(&visitor, of, &Form::default(), (FieldErrors::default(), false)).await
}

async fn closing_page(visitor: &Visitor, of: Of, form: &Form, (errors, changed): (FieldErrors, bool)) -> PageResult {
    let area = &visitor.app.area;
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx, of).await?;
    let names = visits::pages::names_for(&mut ctx, opened.visits.iter()).await?;
    let stays = stays(&mut ctx, area, &opened, &names).await?;
    let today = ctx.clock.today();
    ctx.seen().await?;
    let page = ClosingPage { stays, changed, errors, ..page_of(area, of, (&opened, &names), (form, today)) };
    let status = if changed { StatusCode::CONFLICT } else { status_of(&page.errors) };
    let title = if page.ended_on.is_empty() { "End support" } else { "Support has ended" };
    Ok((status, visitor.page("frontline/closings/templates/closing.html", title, page)?).into_response())
}

fn page_of(
    area: &Area,
    of: Of,
    (opened, names): (&Opened, &BTreeMap<PersonId, String>),
    (form, today): (&Form, Date),
) -> ClosingPage {
    let family = &opened.around.family;
    let text = |field: &str| form.text(field).to_owned();
    let (waiting, mut before): (Vec<&Closing>, Vec<&Closing>) = opened.asked.iter().partition(|one| one.state == State::Asked);
    before.reverse();
    let lines = |list: Vec<&Closing>| list.into_iter().map(|one| line(area, (opened, names), one, today)).collect();
    let reasons = area.plans.closing.iter().map(|one| Offered { id: one.id.clone(), words: one.words.clone() });
    let tolds = Told::ALL.iter().map(|told| Offered { id: told.as_str().to_owned(), words: told.words().to_owned() });
    let next = area.holidays.add(today, area.clocks.family_next_working_days);
    ClosingPage {
        here: address(of),
        back: format!("/people/{}", of.0),
        plan: format!("/people/{}/families/{}/plan", of.0, of.1),
        begin_again: format!("/people/{}/families/{}/begin-again", of.0, of.1),
        person: of.0.to_string(),
        family: of.1.to_string(),
        family_name: family.name.clone(),
        lead: family.owner.clone(),
        ended_on: family.closed_at.map_or_else(String::new, |at| british::day(clock::local_day(at))),
        may_answer: opened.may_answer,
        may_ask: opened.may_ask,
        waiting: lines(waiting),
        before: lines(before),
        may_begin_again: opened.may_begin_again,
        actions_open: opened.actions_open,
        lead_offered: opened.lead_offered,
        tries: opened.tries().into_iter().map(|visit| tried(visit, names)).collect(),
        stays: Vec::new(),
        reasons: reasons.collect(),
        reason: text("reason"),
        words: text("words"),
        goes_on: text("goes_on"),
        differently: text("differently"),
        tolds: tolds.collect(),
        told: text("told"),
        told_words: text("told_words"),
        answer_words: text("answer_words"),
        version: family.version,
        step: text("step"),
        next: boxes(form, "next", next),
        typed: typed_in(form),
        changed: false,
        errors: FieldErrors::default(),
    }
}

fn tried(visit: &visits::Visit, names: &BTreeMap<PersonId, String>) -> Linked {
    let on = visit.happened_on.map_or_else(String::new, |on| format!("{}: ", british::day(on)));
    Linked { words: format!("{on}{}", visits::pages::summary(visit, names)), link: format!("/visits/{}", visit.id) }
}

/// What is under way for the family besides, and stays whoever's it is: planned visits, services that were asked.
async fn stays(
    ctx: &mut Ctx,
    area: &Area,
    opened: &Opened,
    names: &BTreeMap<PersonId, String>,
) -> Result<Vec<Linked>, PageError> {
    let people: Vec<PersonId> = opened.around.members.iter().map(|member| member.person).collect();
    let today = ctx.clock.today();
    let planned = opened.visits.iter().filter(|visit| visit.state == visits::State::Planned);
    let mut stays: Vec<Linked> = planned
        .map(|visit| {
            let when = visits::pages::when(visit.planned_on, &visit.planned_time);
            let words = format!("{}, {when}, by {}", visits::pages::title(visit, names), visit.owner.0);
            Linked { words, link: format!("/visits/{}", visit.id) }
        })
        .collect();
    for one in meetings::of_family(ctx, opened.around.family.id).await? {
        if one.state == meetings::State::Planned {
            let words = format!("A meeting, {}", meetings::pages::title(&one));
            stays.push(Linked { words, link: format!("/meetings/{}", one.id) });
        }
    }
    for one in referrals::actions::of_people(ctx, &people).await?.iter().filter(|one| !one.referral.state.is_final()) {
        let shown = referrals::pages::line(area, one, today);
        let words = format!("{} for {}: {}", shown.service, shown.name, shown.state);
        stays.push(Linked { words, link: format!("/referrals/{}", shown.id) });
    }
    Ok(stays)
}

/// Returns what a reason is called.
pub fn reason_words(area: &Area, id: &str) -> String {
    rules::reason(&area.plans, id).map_or_else(|| id.to_owned(), |reason| reason.words.clone())
}

fn line(area: &Area, (opened, names): (&Opened, &BTreeMap<PersonId, String>), one: &Closing, today: Date) -> AskedLine {
    let visit = |id: &visits::VisitId| opened.visits.iter().find(|visit| visit.id == *id);
    let asked_on = clock::local_day(one.asked_at);
    let answer = match &one.decided {
        Some((at, by)) if one.needs_manager => {
            let said = if one.decided_words.is_empty() { String::new() } else { format!(": {}", one.decided_words) };
            let by = if by.is_empty() { String::new() } else { format!("{by}, ") };
            format!("{by}{}{said}", british::day(clock::local_day(*at)))
        }
        _ => String::new(),
    };
    let due = match (one.state, one.decide_by) {
        (State::Asked, Some(by)) if by < today => format!("Answer was due by {}", british::day(by)),
        (State::Asked, Some(by)) => format!("Answer due by {}", british::day(by)),
        _ => String::new(),
    };
    AskedLine {
        id: one.id.to_string(),
        version: one.version,
        reason: reason_words(area, &one.reason),
        state: one.state.words(),
        words: one.words.clone(),
        goes_on: one.goes_on.clone(),
        differently: one.differently.clone(),
        told: if one.told_words.is_empty() {
            one.told.words().to_owned()
        } else {
            format!("{}: {}", one.told.words(), one.told_words)
        },
        tries: one.attempts.iter().filter_map(visit).map(|visit| tried(visit, names)).collect(),
        answer,
        source: format!("{}, {}, {} ({})", one.author, one.agency, british::day(asked_on), british::age_of(asked_on, today)),
        due,
    }
}

/// Shows the page again with what is wrong, and everything that was typed.
async fn failed(visitor: &Visitor, of: Of, (form, otherwise): (&Form, &str), e: ClosingError) -> PageResult {
    let changed = matches!(e, ClosingError::Changed | ClosingError::AskedAlready | ClosingError::Ended);
    let mut errors = FieldErrors::default();
    if !changed {
        let field = match &e {
            ClosingError::Rule(rule) if otherwise == "reason" => rule.field(),
            ClosingError::NoReason(_) => "answer_words",
            _ => otherwise,
        };
        errors.add(field, &e.to_string());
    }
    match e {
        ClosingError::Access(e) => Err(e.into()),
        _ => closing_page(visitor, of, form, (errors, changed)).await,
    }
}

async fn ask(Path(of): Path<Of>, Posted { visitor, form }: Posted) -> PageResult {
    let area = &visitor.app.area;
    let mut errors = FieldErrors::default();
    let reasons = area.plans.closing.iter().map(|reason| reason.id.as_str());
    let reason = form.choice("reason", "Choose why support ends", reasons, &mut errors);
    let told =
        form.choice("told", "Choose whether the family knows of it", Told::ALL.iter().map(|told| told.as_str()), &mut errors);
    let (true, Ok(told)) = (errors.is_empty(), told.parse()) else {
        return closing_page(&visitor, of, &form, (errors, false)).await;
    };
    let text = |field: &str| form.text(field).to_owned();
    let new = NewClosing {
        reason,
        words: text("words"),
        goes_on: text("goes_on"),
        differently: text("differently"),
        told,
        told_words: text("told_words"),
    };
    let mut ctx = visitor.write_once(&form).await?;
    match actions::ask(&mut ctx, area, of, new).await {
        // Whoever led may not know of the family any more: home says what comes next.
        Ok(_) => visitor.done(ctx, &form, "/").await,
        Err(e) => {
            drop(ctx);
            failed(&visitor, of, (&form, "reason"), e).await
        }
    }
}

async fn answer(Path(id): Path<ClosingId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let answer = form.choice("answer", "Choose whether support ends", ["agree", "go_on"].into_iter(), &mut errors);
    let version: i64 = form.parse_field("version")?;
    let of: Of = (form.parse_field("person")?, form.parse_field("family")?);
    if !errors.is_empty() {
        return closing_page(&visitor, of, &form, (errors, false)).await;
    }
    let mut ctx = visitor.write_once(&form).await?;
    match actions::answer(&mut ctx, &visitor.app.area, (id, version), (answer == "agree", form.text("answer_words"))).await {
        Ok(_) => visitor.done(ctx, &form, "/").await,
        Err(e) => {
            drop(ctx);
            failed(&visitor, of, (&form, "answer"), e).await
        }
    }
}

async fn withdraw(Path(id): Path<ClosingId>, Posted { visitor, form }: Posted) -> PageResult {
    let version: i64 = form.parse_field("version")?;
    let of: Of = (form.parse_field("person")?, form.parse_field("family")?);
    let mut ctx = visitor.write_once(&form).await?;
    match actions::withdraw(&mut ctx, (id, version)).await {
        Ok(_) => visitor.done(ctx, &form, &address(of)).await,
        Err(e) => {
            drop(ctx);
            failed(&visitor, of, (&form, "answer"), e).await
        }
    }
}

async fn begin_again(Path(of): Path<Of>, Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let on = day(&form, "next", &mut errors);
    let version: i64 = form.parse_field("version")?;
    let Some(on) = on else { return closing_page(&visitor, of, &form, (errors, false)).await };
    let mut ctx = visitor.write_once(&form).await?;
    let area = &visitor.app.area;
    let lead_by = crate::leads::rules::lead_by(ctx.clock.today(), &area.plans, &area.holidays);
    match actions::begin_again(&mut ctx, of, version, (form.text("step"), on), lead_by).await {
        Ok(()) => visitor.done(ctx, &form, &format!("/people/{}", of.0)).await,
        Err(FamilyError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let field = if matches!(e, FamilyError::NextInThePast) { "next" } else { "step" };
            errors.add(field, &e.to_string());
            closing_page(&visitor, of, &form, (errors, matches!(e, FamilyError::Changed(_)))).await
        }
    }
}

//! A family's level of need on a page: what holds, what it asks for, how it came about; and judging it anew.

use super::actions::{self, EVIDENCE, LevelError, Opened};
use super::level::{Judgement, JudgementId, NewJudgement, Told};
use super::rules;
use crate::forms::{Choice, status_of};
use crate::leads::{self, LeadError, NewHandover};
use crate::plans;
use area::Area;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use families::facts::{Fact, FactId, words};
use families::family::FamilyId;
use families::people::PersonId;
use families::search::actions::display_name;
use kernel::{Date, british, clock};
use serde::Serialize;
use web::{FieldErrors, Form, PageResult, Posted, Shared, Visitor};

/// The routes of levels of need.
pub fn routes() -> Router<Shared> {
    Router::new().route("/people/{person}/families/{family}/level", get(show).post(judge))
}

type Of = (PersonId, FamilyId);

/// A judgement, on the page.
#[derive(Clone, Debug, Serialize)]
pub struct JudgementLine {
    name: String,
    direction: &'static str,
    stands: String,
    reason: String,
    told: String,
    evidence: Vec<String>,
    source: String,
}

/// A level that can be chosen.
#[derive(Clone, Debug, Serialize)]
pub struct LevelLine {
    id: String,
    words: String,
}

/// Something a judgement can rest on.
#[derive(Clone, Debug, Serialize)]
pub struct Tick {
    id: String,
    words: String,
    ticked: bool,
}

/// A family's level of need.
#[derive(Debug, Serialize)]
pub struct LevelPage {
    here: String,
    back: String,
    family_name: String,
    name: String,
    means: String,
    asks: Vec<String>,
    since: String,
    history: Vec<JudgementLine>,
    may_judge: bool,
    last: String,
    levels: Vec<LevelLine>,
    level: String,
    reason: String,
    evidence: Vec<Tick>,
    tolds: Vec<LevelLine>,
    told: String,
    told_words: String,
    may_offer: bool,
    lead: String,
    helping: Vec<Choice>,
    others: Vec<Choice>,
    words: String,
    over_words: String,
    is_typed: bool,
    changed: bool,
    errors: FieldErrors,
}

fn address((person, family): Of) -> String {
    format!("/people/{person}/families/{family}/level")
}

async fn show(visitor: Visitor, Path(of): Path<Of>) -> PageResult {
    level_page(&visitor, of, &Form::default(), (FieldErrors::default(), false)).await
}

async fn level_page(visitor: &Visitor, of: Of, form: &Form, (errors, changed): (FieldErrors, bool)) -> PageResult {
    let area = &visitor.app.area;
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx, of).await?;
    let (mut helping, mut others) = (Vec::new(), Vec::new());
    if opened.may_offer {
        let plan = plans::load(&mut ctx, of).await?;
        (helping, others) = leads::pages::candidates(&mut ctx, area, &plan, form.text("to")).await?;
    }
    let today = ctx.clock.today();
    ctx.seen().await?;
    let page = LevelPage { helping, others, changed, errors, ..page_of(area, of, &opened, (form, today)) };
    let status = if changed { StatusCode::CONFLICT } else { status_of(&page.errors) };
    Ok((status, visitor.page("frontline/levels/templates/level.html", "Level of need", page)?).into_response())
}

fn page_of(area: &Area, of: Of, opened: &Opened, (form, today): (&Form, Date)) -> LevelPage {
    let current = rules::current(&opened.judgements);
    let level = current.and_then(|one| area.levels.iter().find(|level| level.id == one.level));
    let levels =
        area.levels.iter().map(|level| LevelLine { id: level.id.clone(), words: format!("{}: {}", level.name, level.words) });
    let tolds = Told::ALL.iter().map(|told| LevelLine { id: told.as_str().to_owned(), words: told.words().to_owned() });
    let facts = opened.facts.iter().filter(|fact| EVIDENCE.contains(&fact.new.kind));
    let tick = |fact: &Fact| {
        let words = sentence(area, opened, fact)?;
        Some(Tick { id: fact.id.to_string(), words, ticked: form.has("evidence", &fact.id.to_string()) })
    };
    LevelPage {
        here: address(of),
        back: format!("/people/{}", of.0),
        family_name: opened.around.family.name.clone(),
        name: level.map_or_else(String::new, |level| level.name.clone()),
        means: level.map_or_else(String::new, |level| level.words.clone()),
        asks: level.map_or_else(Vec::new, |level| level.asks.clone()),
        since: current.and_then(|one| one.holds_from).map_or_else(String::new, |at| british::day(clock::local_day(at))),
        history: history(area, opened, today),
        may_judge: opened.may_judge,
        last: opened.judgements.last().map_or_else(String::new, |one| one.id.to_string()),
        levels: levels.collect(),
        level: form.text("level").to_owned(),
        reason: form.text("reason").to_owned(),
        evidence: facts.filter_map(tick).collect(),
        tolds: tolds.collect(),
        told: form.text("told").to_owned(),
        told_words: form.text("told_words").to_owned(),
        may_offer: opened.may_offer,
        lead: opened.around.family.owner.clone(),
        helping: Vec::new(),
        others: Vec::new(),
        words: form.text("words").to_owned(),
        over_words: form.text("over_words").to_owned(),
        is_typed: !form.text("reason").is_empty(),
        changed: false,
        errors: FieldErrors::default(),
    }
}

fn sentence(area: &Area, opened: &Opened, fact: &Fact) -> Option<String> {
    let theirs: Vec<Fact> = opened.facts.iter().filter(|one| one.new.person == fact.new.person).cloned().collect();
    let name = display_name(&theirs).unwrap_or_else(|| "Somebody whose name you may not see".to_owned());
    Some(format!("{name}: {}", words::sentence(area, fact)?))
}

/// Every judgement, the latest first, with which way it went from the one before it.
fn history(area: &Area, opened: &Opened, today: Date) -> Vec<JudgementLine> {
    let mut before: Option<&str> = None;
    let mut lines = Vec::new();
    for one in &opened.judgements {
        lines.push(line(area, opened, one, (before, today)));
        if one.holds_from.is_some() {
            before = Some(&one.level);
        }
    }
    lines.reverse();
    lines
}

fn line(area: &Area, opened: &Opened, one: &Judgement, (before, today): (Option<&str>, Date)) -> JudgementLine {
    let on = clock::local_day(one.judged_at);
    let evidence = |id: &FactId| {
        let fact = opened.facts.iter().find(|fact| fact.id == *id)?;
        sentence(area, opened, fact)
    };
    let stands = match one.handover {
        None => "Holds from then on".to_owned(),
        Some((_, leads::State::Accepted)) => {
            let from = one.holds_from.map_or_else(String::new, |at| british::day(clock::local_day(at)));
            format!("Holds from {from}, when the new lead accepted")
        }
        Some((_, leads::State::Offered)) => "Holds once whoever was asked to lead has accepted".to_owned(),
        Some((_, leads::State::Declined | leads::State::Withdrawn)) => {
            "Does not hold: whoever was asked to lead did not accept".to_owned()
        }
    };
    JudgementLine {
        name: name_of(area, &one.level),
        direction: rules::direction(&area.levels, before, &one.level),
        stands,
        reason: one.reason.clone(),
        told: if one.told_words.is_empty() {
            one.told.words().to_owned()
        } else {
            format!("{}: {}", one.told.words(), one.told_words)
        },
        evidence: one.evidence.iter().filter_map(evidence).collect(),
        source: format!("{}, {}, {} ({})", one.author, one.agency, british::day(on), british::age_of(on, today)),
    }
}

/// Returns what a level is called.
pub fn name_of(area: &Area, level: &str) -> String {
    area.levels.iter().find(|one| one.id == level).map_or_else(|| level.to_owned(), |one| one.name.clone())
}

fn field_of(e: &LevelError) -> &'static str {
    match e {
        LevelError::Rule(rule) => rule.field(),
        LevelError::NoSuchEvidence => "evidence",
        LevelError::Lead(LeadError::Over(_)) => "over_words",
        LevelError::Lead(LeadError::Text(..)) => "words",
        LevelError::Lead(_) => "to",
        LevelError::Changed | LevelError::Access(_) => "level",
    }
}

async fn judge(Path(of): Path<Of>, Posted { visitor, form }: Posted) -> PageResult {
    let area = &visitor.app.area;
    let mut errors = FieldErrors::default();
    let level = form.choice("level", "Choose a level", area.levels.iter().map(|level| level.id.as_str()), &mut errors);
    let told =
        form.choice("told", "Choose whether the family knows of it", Told::ALL.iter().map(|told| told.as_str()), &mut errors);
    let (true, Ok(told)) = (errors.is_empty(), told.parse()) else {
        return level_page(&visitor, of, &form, (errors, false)).await;
    };
    let lead = form.text("to").parse().ok().map(|to| NewHandover {
        to,
        words: form.text("words").to_owned(),
        over_words: form.text("over_words").to_owned(),
    });
    let new = NewJudgement {
        level,
        reason: form.text("reason").to_owned(),
        told,
        told_words: form.text("told_words").to_owned(),
        evidence: form.all("evidence").iter().filter_map(|id| id.parse().ok()).collect(),
        lead,
    };
    let last: Option<JudgementId> = form.text("last").parse().ok();
    let mut ctx = visitor.write_once(&form).await?;
    match actions::judge(&mut ctx, area, (of, last), new).await {
        Ok(_) => visitor.done(ctx, &form, &address(of)).await,
        Err(LevelError::Access(e) | LevelError::Lead(LeadError::Access(e))) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let changed = matches!(e, LevelError::Changed);
            errors.add(field_of(&e), &e.to_string());
            level_page(&visitor, of, &form, (errors, changed)).await
        }
    }
}

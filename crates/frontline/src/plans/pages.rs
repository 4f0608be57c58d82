//! The plan on a page: what the family hopes for, what goes well, what is hard and who does what about it; and a copy for the fridge.

use super::actions::{self, Opened, PlanError};
use super::enforcement::{self, lines::HeldLine};
use super::plan::{Entry, EntryKind, Side, State};
use super::rules;
use super::said::lines::{self, Told, Views};
use super::said::{About, SaidKind};
use crate::leads;
use crate::ways::{self, Says, Way};
use access::Act;
use area::Area;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use families::facts::{Class, Fact, FactId, Kind, words};
use families::family::{self, FamilyId};
use families::people::{self, PersonId};
use families::search::actions::display_name;
use kernel::{Date, british, clock};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use web::{FieldErrors, PageError, PageResult, Posted, Shared, Visitor};

/// The routes of the plan itself.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/people/{person}/plan", get(of_person))
        .route("/people/{person}/families/{family}/plan", get(show).post(begin))
        .route("/people/{person}/families/{family}/plan/close", post(close))
}

/// Something that is known of the family, with who says so.
#[derive(Clone, Debug, Serialize)]
pub struct Known {
    about: String,
    words: String,
    source: String,
}

/// An action of the plan.
#[derive(Clone, Debug, Serialize)]
pub struct ActionLine {
    /// Its id.
    pub id: String,
    /// For whom, where that is not who does it.
    pub about: String,
    /// What is done.
    pub words: String,
    /// Who does it.
    pub who: String,
    /// Who asks how it goes, where one of the family does it.
    pub asks: String,
    /// By when, or what became of it.
    pub when: String,
    /// Whether its day has passed.
    pub late: bool,
    /// Whether it is kept off others' copies.
    pub is_private: bool,
    /// Whether it holds somebody to something.
    pub is_enforcement: bool,
    /// Whether it is to be done.
    pub is_open: bool,
    /// Where it stands, in a word.
    pub state: &'static str,
    /// What was said when it ended.
    pub said: String,
}

/// A need, what is done about it, and how it goes.
#[derive(Clone, Debug, Serialize)]
pub struct NeedLine {
    /// The fact's id.
    pub id: String,
    /// Whose.
    pub about: String,
    /// What.
    pub words: String,
    /// Who says so.
    pub source: String,
    /// What is done.
    pub actions: Vec<ActionLine>,
    /// Why it is left for now.
    pub not_now: String,
    /// What is to be different, as it was said last; nothing where nobody has said so.
    pub outcome: Option<Told>,
    /// How it goes, by several eyes.
    pub views: Views,
    /// Whether the plan says nothing of it.
    pub is_missing: bool,
    /// Where a service is asked for support with it.
    pub services: String,
}

/// What was said at one review.
#[derive(Clone, Debug, Serialize)]
pub struct ReviewLine {
    on: String,
    words: String,
    source: String,
}

/// The plan on a page.
#[derive(Debug, Serialize)]
pub struct PlanPage {
    person: String,
    name: String,
    family: String,
    family_name: String,
    lead: String,
    lead_by: String,
    may_hand_over: bool,
    handover: Option<(String, String)>,
    is_begun: bool,
    is_open: bool,
    begun_on: String,
    review_on: String,
    review_late: bool,
    closed: String,
    version: i64,
    may_write: bool,
    hopes: Vec<Known>,
    strengths: Vec<Known>,
    needs: Vec<NeedLine>,
    successes: Vec<Told>,
    each: Vec<EachLine>,
    missing: usize,
    others: Vec<ActionLine>,
    held: Vec<HeldLine>,
    has_kinds: bool,
    ended: Vec<ActionLine>,
    reviews: Vec<ReviewLine>,
    ways: Vec<Known>,
    why: String,
    errors: FieldErrors,
}

/// How one of the family does in all, by several eyes.
#[derive(Clone, Debug, Serialize)]
pub struct EachLine {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// How they do.
    pub views: Views,
}

pub(super) type Of = (PersonId, FamilyId);

async fn show(visitor: Visitor, Path(of): Path<Of>) -> PageResult {
    show_page(&visitor, of, "", FieldErrors::default()).await
}

/// Returns the plan of somebody's family; of the one that was put together last, where they have several.
///
/// # Errors
/// [`PageError::Hidden`] when they have none, or none for this viewer.
pub async fn of_person(visitor: Visitor, Path(person): Path<PersonId>) -> PageResult {
    let mut ctx = visitor.read().await?;
    people::open(&mut ctx, Act::OpenPerson, person).await?;
    let family = family::around(&mut ctx, person).await?.into_iter().next().ok_or(PageError::Hidden(None))?.family.id;
    drop(ctx);
    show_page(&visitor, (person, family), "", FieldErrors::default()).await
}

async fn show_page(visitor: &Visitor, of: Of, why: &str, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx, of).await?;
    let today = ctx.clock.today();
    let may_hand_over = leads::actions::may_offer(&mut ctx, of).await?;
    let handover = leads::open_of(&mut ctx, of.1).await?.map(|one| (one.id.to_string(), one.to_name));
    let mut agreed = ways::of_people(&mut ctx, &opened.people()).await?;
    agreed.retain(|one| one.family == of.1);
    let beside = enforcement::actions::beside(&mut ctx, &opened.entries).await?;
    ctx.seen().await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let area = &visitor.app.area;
    let names = names_of(&opened);
    let ways = ways_of(area, &agreed, &names);
    let held = enforcement::lines::side_by_side(area, (&opened, &beside), &names, today);
    let mut page = page_of(area, of, &opened, today, (why, errors));
    // What helps somebody to keep to something stands beside it, and not once more.
    page.others.retain(|one| !held.iter().any(|held| held.support.iter().any(|beside| beside.id == one.id)));
    let page = PlanPage { may_hand_over, handover, ways, held, ..page };
    Ok((status, visitor.page("frontline/plans/templates/show.html", "The plan", page)?).into_response())
}

async fn begin(Path(of): Path<Of>, Posted { visitor, form }: Posted) -> PageResult {
    let mut ctx = visitor.write_once(&form).await?;
    actions::begin(&mut ctx, &visitor.app.area, of).await.map_err(page_error)?;
    visitor.done(ctx, &form, &address(of)).await
}

async fn close(Path(of): Path<Of>, Posted { visitor, form }: Posted) -> PageResult {
    let version: i64 = form.parse_field("version")?;
    let mut ctx = visitor.write_once(&form).await?;
    match actions::close(&mut ctx, (of, version), form.text("words")).await {
        Ok(()) => visitor.done(ctx, &form, &address(of)).await,
        Err(PlanError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let mut errors = FieldErrors::default();
            errors.add("words", &e.to_string());
            show_page(&visitor, of, form.text("words"), errors).await
        }
    }
}

/// What is wrong, where no form can say it.
pub(super) fn page_error(e: PlanError) -> PageError {
    match e {
        PlanError::Access(e) => e.into(),
        other => PageError::BadRequest(other.to_string()),
    }
}

pub(super) fn address((person, family): Of) -> String {
    format!("/people/{person}/families/{family}/plan")
}

/// The names of everybody of the family, as the viewer may read them.
pub(crate) fn names_of(opened: &Opened) -> BTreeMap<PersonId, String> {
    let name = |person: &PersonId| {
        let theirs: Vec<Fact> = opened.facts.iter().filter(|fact| is_now(fact) && fact.new.person == *person).cloned().collect();
        display_name(&theirs).unwrap_or_else(|| "Somebody whose name you may not see".to_owned())
    };
    opened.people().iter().map(|person| (*person, name(person))).collect()
}

pub(super) fn is_now(fact: &Fact) -> bool {
    fact.superseded_at.is_none()
}

/// Returns an action as the plan shows it.
pub(crate) fn line(entry: &Entry, names: &BTreeMap<PersonId, String>, today: Date) -> ActionLine {
    let name = |person: PersonId| names.get(&person).cloned().unwrap_or_default();
    let owner = entry.owner.as_ref().map_or_else(String::new, |(owner, agency)| format!("{owner}, {agency}"));
    let volunteer = Some(format!("{} (volunteer)", entry.volunteer)).filter(|_| !entry.volunteer.is_empty());
    let doer = entry.doer.map(name).filter(|doer| !doer.is_empty()).or(volunteer);
    let ended = entry.ended.as_ref().map(|(at, by, _)| {
        let says = if by.is_empty() { String::new() } else { format!(", says {by}") };
        format!("{}{says}", british::day(clock::local_day(*at)))
    });
    let holds = entry.measure.is_some();
    let by = |on: Date| format!("{} {}", if holds { "until" } else { "by" }, british::day(on));
    ActionLine {
        id: entry.id.to_string(),
        about: if entry.doer == Some(entry.person) { String::new() } else { name(entry.person) },
        words: entry.words.clone(),
        asks: if doer.is_some() { owner.clone() } else { String::new() },
        who: doer.unwrap_or(owner),
        when: ended.unwrap_or_else(|| entry.by_on.map_or_else(String::new, by)),
        late: entry.is_late(today),
        is_private: entry.class != Class::Ordinary,
        is_enforcement: entry.side == Side::Enforcement,
        is_open: entry.state == State::Open,
        state: entry.stands(),
        said: entry.ended.as_ref().map_or_else(String::new, |(_, _, said)| said.clone()),
    }
}

fn known(area: &Area, opened: &Opened, kind: Kind, names: &BTreeMap<PersonId, String>, today: Date) -> Vec<Known> {
    let of_kind = opened.facts.iter().filter(|fact| fact.new.kind == kind && is_now(fact));
    let line = |fact: &Fact| {
        let about = names.get(&fact.new.person).cloned().unwrap_or_default();
        Some(Known { about, words: words::sentence(area, fact)?, source: words::source(fact, today) })
    };
    of_kind.filter_map(line).collect()
}

/// Returns what holds of how each of a family is worked with: the latest of each kind, in one line.
fn ways_of(area: &Area, agreed: &[Way], names: &BTreeMap<PersonId, String>) -> Vec<Known> {
    let mut seen = BTreeSet::new();
    let holds = agreed.iter().filter(|one| seen.insert((one.person, matches!(one.says, Says::Approach(_)))));
    let mut lines: Vec<Known> = holds
        .map(|one| {
            let kept = ways::pages::kept(area, one);
            Known { about: names.get(&one.person).cloned().unwrap_or_default(), words: kept.in_a_line(), source: kept.source }
        })
        .collect();
    lines.sort_by(|a, b| a.about.cmp(&b.about));
    lines
}

/// Returns what the plan says of each need that the viewer may read.
pub(crate) fn needs_of(area: &Area, opened: &Opened, names: &BTreeMap<PersonId, String>, today: Date) -> Vec<NeedLine> {
    let ids: Vec<FactId> = opened.needs().map(|fact| fact.id).collect();
    let entries: Vec<Entry> = opened.entries.iter().cloned().map(|entry| with_current(opened, entry)).collect();
    let missing = rules::unaddressed(&ids, &entries);
    let one = |fact: &Fact| {
        let own: Vec<&Entry> = entries.iter().filter(|entry| entry.need == Some(fact.id)).collect();
        let of_kind = |kind: EntryKind| own.iter().copied().filter(move |entry| entry.kind == kind);
        let has_action = of_kind(EntryKind::Action).any(|entry| entry.state != State::Dropped && entry.measure.is_none());
        let not_now = of_kind(EntryKind::NotNow).next_back().filter(|_| !has_action);
        Some(NeedLine {
            id: fact.id.to_string(),
            about: names.get(&fact.new.person).cloned().unwrap_or_default(),
            words: words::sentence(area, fact)?,
            source: words::source(fact, today),
            actions: of_kind(EntryKind::Action)
                .filter(|entry| entry.state == State::Open)
                .map(|entry| line(entry, names, today))
                .collect(),
            not_now: not_now.map_or_else(String::new, |entry| format!("{} ({}, {})", entry.words, entry.author, entry.agency)),
            outcome: lines::told(opened, SaidKind::Outcome, names)
                .find(|(said, _)| lines::is_about(opened, said, About::Need(fact.id)))
                .map(|(_, told)| told),
            views: lines::views(area, opened, About::Need(fact.id), names),
            is_missing: missing.contains(&fact.id),
            services: format!("/people/{}/support?need={}", fact.new.person, fact.new.term),
        })
    };
    opened.needs().filter_map(one).collect()
}

/// A part of the plan, with the need it is for as that is known now.
fn with_current(opened: &Opened, entry: Entry) -> Entry {
    Entry { need: entry.need.map(|need| opened.current(need)), ..entry }
}

/// Returns how each of the family does in all.
pub(crate) fn each_of(area: &Area, opened: &Opened, names: &BTreeMap<PersonId, String>) -> Vec<EachLine> {
    let one = |(id, name): (&PersonId, &String)| {
        let views = lines::views(area, opened, About::Person(*id), names);
        EachLine { id: id.to_string(), name: name.clone(), views }
    };
    names.iter().map(one).collect()
}

fn page_of(area: &Area, of: Of, opened: &Opened, today: Date, (why, errors): (&str, FieldErrors)) -> PlanPage {
    let names = names_of(opened);
    let needs = needs_of(area, opened, &names, today);
    let shown: Vec<FactId> = opened.needs().map(|fact| fact.id).collect();
    let actions = || opened.entries.iter().filter(|entry| entry.kind == EntryKind::Action);
    let is_of_need = |entry: &Entry| entry.need.is_some_and(|need| shown.contains(&opened.current(need)));
    let of_lines = |chosen: Vec<&Entry>| chosen.into_iter().map(|entry| line(entry, &names, today)).collect::<Vec<_>>();
    let reviews = opened.entries.iter().rev().filter(|entry| entry.kind == EntryKind::Review).map(|entry| ReviewLine {
        on: entry.held_on.map_or_else(String::new, british::day),
        words: entry.words.clone(),
        source: format!("{}, {}", entry.author, entry.agency),
    });
    let plan = opened.plan.as_ref();
    let is_open = plan.is_some_and(|plan| plan.closed.is_none());
    PlanPage {
        person: of.0.to_string(),
        name: names.get(&of.0).cloned().unwrap_or_default(),
        family: of.1.to_string(),
        family_name: opened.around.family.name.clone(),
        lead: opened.around.family.owner.clone(),
        lead_by: opened.around.family.lead_by.map_or_else(String::new, british::day),
        may_hand_over: false,
        handover: None,
        is_begun: plan.is_some(),
        is_open,
        begun_on: plan.map_or_else(String::new, |plan| british::day(clock::local_day(plan.begun_at))),
        review_on: plan.map_or_else(String::new, |plan| british::day(plan.review_on)),
        review_late: is_open && plan.is_some_and(|plan| plan.review_on < today),
        closed: plan
            .and_then(|plan| plan.closed.as_ref())
            .map_or_else(String::new, |(at, words)| format!("{}: {words}", british::day(clock::local_day(*at)))),
        version: plan.map_or(0, |plan| plan.version),
        may_write: opened.may_write,
        hopes: known(area, opened, Kind::Aspiration, &names, today),
        strengths: known(area, opened, Kind::Strength, &names, today),
        missing: needs.iter().filter(|need| need.is_missing).count(),
        needs,
        successes: lines::told(opened, SaidKind::Success, &names).map(|(_, told)| told).collect(),
        each: each_of(area, opened, &names),
        // What holds somebody stands beside the support, and not once more here.
        others: of_lines(
            actions().filter(|entry| entry.state == State::Open && !is_of_need(entry) && entry.measure.is_none()).collect(),
        ),
        held: Vec::new(),
        has_kinds: !area.plans.enforcement.is_empty(),
        ended: of_lines(actions().filter(|entry| entry.state != State::Open).rev().collect()),
        reviews: reviews.collect(),
        ways: Vec::new(),
        why: why.to_owned(),
        errors,
    }
}

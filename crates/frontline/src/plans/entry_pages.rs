//! What is written in a plan: an action, why a need is left for now, a review; and what became of an action.

use super::actions::{self, Opened, PlanError};
use super::enforcement::actions::beside;
use super::enforcement::lines::{MeasureLine, measure};
use super::pages::{ActionLine, EachLine, NeedLine, Of, address, each_of, line, names_of, needs_of};
use super::plan::{EntryId, How, NewAction, NewReview, Side};
use super::rules;
use super::said::lines::View;
use super::said::pages as said_pages;
use crate::forms::{self, Boxes, Choice, boxes, day, status_of};
use crate::levels;
use access::{Ctx, PractitionerId};
use area::Area;
use axum::Router;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use families::facts::FactId;
use families::people::PersonId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use web::{FieldErrors, Form, PageError, PageResult, Posted, Shared, Visitor};

/// The routes of what is written in a plan.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/people/{person}/families/{family}/plan/action", get(new_action).post(add))
        .route("/people/{person}/families/{family}/plan/needs/{need}", get(new_reason).post(leave))
        .route("/people/{person}/families/{family}/plan/review", get(new_review).post(review))
        .route("/plan-actions/{id}", get(show))
        .route("/plan-actions/{id}/{verb}", post(change))
}

/// Returns where an error belongs.
fn field_of(e: &PlanError) -> &'static str {
    match e {
        PlanError::Rule(rule) => rule.field(),
        PlanError::NotOfFamily => "about",
        PlanError::NoSuchNeed => "need",
        PlanError::OwnerMayNotKnow => "who",
        PlanError::Closed
        | PlanError::Ended
        | PlanError::Changed
        | PlanError::ActionsOpen
        | PlanError::Unnamed
        | PlanError::Access(_) => "words",
    }
}

/// Writing an action.
#[derive(Debug, Serialize)]
pub struct ActionForm {
    back: String,
    family_name: String,
    words: String,
    needs: Vec<Choice>,
    about: Vec<Choice>,
    family: Vec<Choice>,
    practitioners: Vec<Choice>,
    owners: Vec<Choice>,
    volunteer: String,
    is_by_volunteer: bool,
    is_private: bool,
    has_kinds: bool,
    by: Boxes,
    errors: FieldErrors,
}

#[derive(Debug, Default, Deserialize)]
struct Wanted {
    #[serde(default)]
    need: String,
}

async fn new_action(visitor: Visitor, Path(of): Path<Of>, Query(wanted): Query<Wanted>) -> PageResult {
    let form = Form::parse(&format!("need={}", web::in_query(&wanted.need)))?;
    action_page(&visitor, of, &form, FieldErrors::default()).await
}

/// Returns who may answer for something: see [`forms::helpers`].
pub(crate) async fn helpers(ctx: &mut Ctx, opened: &Opened) -> Result<Vec<(PractitionerId, String)>, PageError> {
    forms::helpers(ctx, &opened.facts, &[&opened.around]).await
}

async fn action_page(visitor: &Visitor, of: Of, form: &Form, errors: FieldErrors) -> PageResult {
    let area = &visitor.app.area;
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx, of).await?;
    // What was typed is shown again, whatever became of the plan meanwhile.
    if !opened.may_write || (errors.is_empty() && opened.plan.as_ref().is_none_or(|plan| plan.closed.is_some())) {
        return Err(PageError::Hidden(None));
    }
    let helpers = helpers(&mut ctx, &opened).await?;
    let today = ctx.clock.today();
    ctx.seen().await?;
    let names = names_of(&opened);
    let who = |id: String, words: &str, otherwise: bool| {
        let typed = form.text("who");
        Choice { chosen: if typed.is_empty() { otherwise } else { typed == id }, id, words: words.to_owned() }
    };
    let owner = |(at, (id, words)): (usize, &(PractitionerId, String))| {
        let typed = form.text("owner");
        let id = id.to_string();
        Choice { chosen: if typed.is_empty() { at == 0 } else { typed == id }, id, words: words.clone() }
    };
    let page = ActionForm {
        back: address(of),
        family_name: opened.around.family.name.clone(),
        words: form.text("words").to_owned(),
        needs: needs_of(area, &opened, &names, today).iter().map(|need| of_need(need, form.text("need"))).collect(),
        about: people_of(&names, form.text("about"), of.0),
        family: names.iter().map(|(id, name)| who(format!("person:{id}"), name, false)).collect(),
        practitioners: helpers.iter().enumerate().map(|(at, (id, words))| who(id.to_string(), words, at == 0)).collect(),
        owners: helpers.iter().enumerate().map(owner).collect(),
        volunteer: form.text("volunteer").to_owned(),
        is_by_volunteer: form.text("who") == VOLUNTEER,
        is_private: form.text("private") == "yes",
        has_kinds: !area.plans.enforcement.is_empty(),
        by: boxes(form, "by", rules::act_by(today, &area.plans, &area.holidays)),
        errors,
    };
    let status = status_of(&page.errors);
    Ok((status, visitor.page("frontline/plans/templates/action_form.html", "Write an action", page)?).into_response())
}

pub(super) fn of_need(need: &NeedLine, chosen: &str) -> Choice {
    Choice { id: need.id.clone(), words: format!("{}: {}", need.about, need.words), chosen: need.id == chosen }
}

pub(super) fn people_of(names: &BTreeMap<PersonId, String>, chosen: &str, otherwise: PersonId) -> Vec<Choice> {
    let chosen = chosen.parse().unwrap_or(otherwise);
    names.iter().map(|(id, name)| Choice { id: id.to_string(), words: name.clone(), chosen: *id == chosen }).collect()
}

/// Whoever chose this for who does it types the volunteer's name.
pub(crate) const VOLUNTEER: &str = "volunteer";

/// Who does it: a practitioner, who answers for it as well, or one of the family or a volunteer, and then who asks how it goes.
fn who_of(form: &Form, errors: &mut FieldErrors) -> Option<(PractitionerId, Option<PersonId>, String)> {
    let who = form.text("who");
    let doer = who.strip_prefix("person:").and_then(|id| id.parse().ok());
    let is_asked = doer.is_some() || who == VOLUNTEER;
    let volunteer = if who == VOLUNTEER { form.text("volunteer").trim().to_owned() } else { String::new() };
    if who == VOLUNTEER && volunteer.is_empty() {
        errors.add("volunteer", "Type who the volunteer is, and how they are reached");
    }
    let owner: Option<PractitionerId> = if is_asked { form.text("owner") } else { who }.parse().ok();
    if owner.is_none() {
        errors.add(if is_asked { "owner" } else { "who" }, "Choose who answers for it");
    }
    owner.map(|owner| (owner, doer, volunteer))
}

async fn add(Path(of): Path<Of>, Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let words = form.note("words", "What will be done", rules::WORDS_MAX, &mut errors);
    let who = who_of(&form, &mut errors);
    let by_on = day(&form, "by", &mut errors);
    let (Some((owner, doer, volunteer)), Some(by_on), true) = (who, by_on, errors.is_empty()) else {
        return action_page(&visitor, of, &form, errors).await;
    };
    let need: Option<FactId> = form.text("need").parse().ok();
    let new = NewAction {
        person: form.text("about").parse().unwrap_or(of.0),
        need,
        words,
        side: Side::Support,
        owner,
        doer,
        volunteer,
        by_on,
        is_private: form.text("private") == "yes",
    };
    let mut ctx = visitor.write_once(&form).await?;
    match actions::add(&mut ctx, of, new).await {
        Ok(_) => visitor.done(ctx, &form, &address(of)).await,
        Err(PlanError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            errors.add(field_of(&e), &e.to_string());
            action_page(&visitor, of, &form, errors).await
        }
    }
}

/// Saying why a need is left for now.
#[derive(Debug, Serialize)]
pub struct ReasonForm {
    back: String,
    need: Choice,
    words: String,
    errors: FieldErrors,
}

async fn new_reason(
    visitor: Visitor,
    Path((person, family, need)): Path<(PersonId, families::family::FamilyId, FactId)>,
) -> PageResult {
    reason_page(&visitor, (person, family), need, "", FieldErrors::default()).await
}

async fn reason_page(visitor: &Visitor, of: Of, need: FactId, typed: &str, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx, of).await?;
    let today = ctx.clock.today();
    ctx.seen().await?;
    let names = names_of(&opened);
    let needs = needs_of(&visitor.app.area, &opened, &names, today);
    let now = opened.current(need).to_string();
    let is_open = !errors.is_empty() || opened.plan.as_ref().is_some_and(|plan| plan.closed.is_none());
    let need = needs.iter().find(|one| one.id == now && opened.may_write && is_open).ok_or(PageError::Hidden(None))?;
    let page = ReasonForm { back: address(of), need: of_need(need, ""), words: typed.to_owned(), errors };
    let status = status_of(&page.errors);
    Ok((status, visitor.page("frontline/plans/templates/reason_form.html", "Why it is left for now", page)?).into_response())
}

async fn leave(
    Path((person, family, need)): Path<(PersonId, families::family::FamilyId, FactId)>,
    Posted { visitor, form }: Posted,
) -> PageResult {
    let of = (person, family);
    let mut ctx = visitor.write_once(&form).await?;
    match actions::leave(&mut ctx, of, (need, form.text("words"))).await {
        Ok(()) => visitor.done(ctx, &form, &address(of)).await,
        Err(PlanError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let mut errors = FieldErrors::default();
            errors.add("words", &e.to_string());
            reason_page(&visitor, of, need, form.text("words"), errors).await
        }
    }
}

/// A need or somebody in a review: how it goes now.
#[derive(Debug, Serialize)]
pub struct Going {
    id: String,
    words: String,
    before: Vec<View>,
    eyes: Vec<Choice>,
    steps: Vec<Choice>,
    said: String,
}

/// Keeping a review.
#[derive(Debug, Serialize)]
pub struct ReviewForm {
    back: String,
    family_name: String,
    version: i64,
    held: Boxes,
    next: Boxes,
    words: String,
    needs: Vec<Going>,
    open: Vec<ActionLine>,
    errors: FieldErrors,
}

async fn new_review(visitor: Visitor, Path(of): Path<Of>) -> PageResult {
    review_page(&visitor, of, &Form::default(), FieldErrors::default()).await
}

async fn review_page(visitor: &Visitor, of: Of, form: &Form, errors: FieldErrors) -> PageResult {
    let area = &visitor.app.area;
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx, of).await?;
    let today = ctx.clock.today();
    let review_on = levels::actions::review_on(&mut ctx, area, of.1).await?;
    ctx.seen().await?;
    let plan = opened
        .plan
        .as_ref()
        .filter(|plan| (!errors.is_empty() || plan.closed.is_none()) && opened.may_write)
        .ok_or(PageError::Hidden(None))?;
    let names = names_of(&opened);
    let needs = needs_of(area, &opened, &names, today);
    let page = ReviewForm {
        back: address(of),
        family_name: opened.around.family.name.clone(),
        version: plan.version,
        held: boxes(form, "held", today),
        next: boxes(form, "next", review_on),
        words: form.text("words").to_owned(),
        needs: going(area, needs, each_of(area, &opened, &names), form),
        open: opened
            .entries
            .iter()
            .filter(|entry| entry.state == super::State::Open)
            .map(|entry| line(entry, &names, today))
            .collect(),
        errors,
    };
    let status = status_of(&page.errors);
    Ok((status, visitor.page("frontline/plans/templates/review_form.html", "Look at the plan together", page)?).into_response())
}

/// Returns each need and each person as a form asks how it goes, with what was typed.
pub(crate) fn going(area: &Area, needs: Vec<NeedLine>, each: Vec<EachLine>, form: &Form) -> Vec<Going> {
    let names: BTreeMap<PersonId, String> =
        each.iter().filter_map(|one| Some((one.id.parse().ok()?, one.name.clone()))).collect();
    let one = |(id, words, before): (String, String, Vec<View>)| {
        let typed = |field: &str| form.text(&format!("{field}-{id}")).to_owned();
        let chosen = typed("step");
        let step =
            |step: &area::files::Choice| Choice { id: step.id.clone(), words: step.words.clone(), chosen: step.id == chosen };
        let mut eyes = said_pages::eyes(&names, &typed("eyes"), "I see it so");
        eyes.retain(|one| one.id != said_pages::OTHER);
        let steps = area.plans.progress.iter().map(step).collect();
        Going { words, before, eyes, steps, said: typed("said"), id: id.clone() }
    };
    let needs =
        needs.into_iter().map(|need| (format!("need-{}", need.id), format!("{}: {}", need.about, need.words), need.views.now));
    let each = each.into_iter().map(|each| (format!("person-{}", each.id), format!("{}, in all", each.name), each.views.now));
    needs.chain(each).map(one).collect()
}

/// Returns how each need and each person does, as it was typed.
pub(crate) fn progress_of(form: &Form) -> Vec<How> {
    let told = |id: &String| {
        let typed = |field: &str| form.text(&format!("{field}-{id}")).to_owned();
        let about = id.parse().ok()?;
        Some(How { about, eyes: said_pages::eyes_of(&typed("eyes"), "")?, scale: typed("step"), words: typed("said") })
    };
    form.all("of").iter().filter_map(told).collect()
}

async fn review(Path(of): Path<Of>, Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let version: i64 = form.parse_field("version")?;
    let words = form.note("words", "What was said", rules::REVIEW_MAX, &mut errors);
    let (held_on, next_on) = (day(&form, "held", &mut errors), day(&form, "next", &mut errors));
    let (Some(held_on), Some(next_on), true) = (held_on, next_on, errors.is_empty()) else {
        return review_page(&visitor, of, &form, errors).await;
    };
    let progress = progress_of(&form);
    let mut ctx = visitor.write_once(&form).await?;
    match actions::review(&mut ctx, &visitor.app.area, (of, version), NewReview { held_on, words, progress, next_on }).await {
        Ok(()) => visitor.done(ctx, &form, &address(of)).await,
        Err(PlanError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            errors.add(field_of(&e), &e.to_string());
            review_page(&visitor, of, &form, errors).await
        }
    }
}

/// One action.
#[derive(Debug, Serialize)]
pub struct ActionPage {
    plan: String,
    version: i64,
    line: ActionLine,
    held: Option<MeasureLine>,
    why: String,
    written: String,
    may_change: bool,
    may_say: bool,
    owners: Vec<Choice>,
    by: Boxes,
    typed: String,
    verb: String,
    changed: bool,
    errors: FieldErrors,
}

async fn show(visitor: Visitor, Path(id): Path<EntryId>) -> PageResult {
    entry_page(&visitor, id, ("", &Form::default()), (FieldErrors::default(), false)).await
}

async fn entry_page(
    visitor: &Visitor,
    id: EntryId,
    (verb, form): (&str, &Form),
    (errors, changed): (FieldErrors, bool),
) -> PageResult {
    let mut ctx = visitor.read().await?;
    let (entry, may_change) = actions::load_entry(&mut ctx, id).await?;
    let today = ctx.clock.today();
    // Whoever answers for it may not open the family: they see what they have to do, and no more.
    let opened = actions::load(&mut ctx, (entry.person, entry.family)).await.ok();
    let (mut helpers, mut names) = (Vec::new(), BTreeMap::new());
    if let Some(opened) = &opened {
        helpers = self::helpers(&mut ctx, opened).await?;
        // Whoever answers for it stays chosen, whether or not they show among those who help.
        if let (Some(id), Some((owner, agency))) = (entry.owner_id, &entry.owner)
            && !helpers.iter().any(|(known, _)| *known == id)
        {
            helpers.push((id, format!("{owner}, {agency}")));
        }
        names = names_of(opened);
    } else {
        // Whom an order holds is another than whom it is for: whoever answers for it knows both.
        let people: Vec<PersonId> = [Some(entry.person), entry.doer].into_iter().flatten().collect();
        names.extend(people.iter().copied().zip(families::search::names_of(&mut ctx, &people).await?));
    }
    let beside = beside(&mut ctx, std::slice::from_ref(&entry)).await?;
    ctx.seen().await?;
    let needs = opened.as_ref().map(|opened| (opened, needs_of(&visitor.app.area, opened, &names, today)));
    let why = needs.and_then(|(opened, needs)| {
        let now = opened.current(entry.need?).to_string();
        needs.into_iter().find(|need| need.id == now)
    });
    let chosen: Option<PractitionerId> = form.text("owner").parse().ok().or(entry.owner_id);
    let owner =
        |(id, words): &(PractitionerId, String)| Choice { id: id.to_string(), words: words.clone(), chosen: Some(*id) == chosen };
    let status = if changed { StatusCode::CONFLICT } else { status_of(&errors) };
    let page = ActionPage {
        plan: opened.as_ref().map_or_else(String::new, |_| address((entry.person, entry.family))),
        version: entry.version,
        line: line(&entry, &names, today),
        held: measure(&visitor.app.area, (&entry, &beside), &names, today),
        why: why.map_or_else(String::new, |need| need.words),
        written: format!("{}, {}", entry.author, entry.agency),
        may_change,
        may_say: entry.state == super::State::Open && opened.as_ref().is_some_and(Opened::is_open_to_write),
        owners: helpers.iter().map(owner).collect(),
        by: boxes(form, "by", entry.by_on.unwrap_or(today)),
        typed: form.text("words").to_owned(),
        verb: verb.to_owned(),
        changed,
        errors,
    };
    Ok((status, visitor.page("frontline/plans/templates/action.html", "An action of the plan", page)?).into_response())
}

async fn change(Path((id, verb)): Path<(EntryId, String)>, Posted { visitor, form }: Posted) -> PageResult {
    let version: i64 = form.parse_field("version")?;
    let mut errors = FieldErrors::default();
    let mut ctx = visitor.write_once(&form).await?;
    let done = match verb.as_str() {
        "done" | "drop" => actions::end(&mut ctx, (id, version), verb == "done", form.text("words")).await,
        "move" => match (form.text("owner").parse().ok(), day(&form, "by", &mut errors)) {
            (Some(owner), Some(by_on)) => actions::move_on(&mut ctx, (id, version), owner, by_on).await,
            (owner, _) => {
                if owner.is_none() {
                    errors.add("owner", "Choose who answers for it");
                }
                drop(ctx);
                return entry_page(&visitor, id, (&verb, &form), (errors, false)).await;
            }
        },
        _ => return Err(PageError::Hidden(None)),
    };
    match done {
        Ok(_) => visitor.done(ctx, &form, &format!("/plan-actions/{id}")).await,
        Err(PlanError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let changed = matches!(e, PlanError::Changed);
            let field = match (verb.as_str(), &e) {
                ("done", _) => "done-words",
                ("drop", _) => "drop-words",
                (_, PlanError::Rule(_)) => "by",
                _ => "owner",
            };
            errors.add(field, &e.to_string());
            entry_page(&visitor, id, (&verb, &form), (errors, changed)).await
        }
    }
}

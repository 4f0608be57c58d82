//! Writing in the plan what holds somebody to something, and that it was not kept.

use super::lines::{self, MeasureLine};
use super::{Measure, NewBreach, NewMeasure, actions as verbs};
use crate::forms::{Boxes, Choice, boxes, day, status_of};
use crate::plans::actions::{self, PlanError};
use crate::plans::entry_pages::{helpers, of_need, people_of};
use crate::plans::pages::{Of, address, names_of, needs_of};
use crate::plans::rules;
use crate::plans::{Entry, EntryId, State};
use access::PractitionerId;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use axum::routing::get;
use families::family::FamilyId;
use families::people::PersonId;
use serde::{Deserialize, Serialize};
use web::{FieldErrors, Form, PageError, PageResult, Posted, Shared, Visitor};

/// The routes of enforcement.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/people/{person}/families/{family}/plan/enforcement", get(new).post(add))
        .route("/people/{person}/families/{family}/plan/enforcement/{entry}/not-kept", get(new_breach).post(add_breach))
}

/// Writing what holds somebody to something.
#[derive(Debug, Serialize)]
pub struct MeasureForm {
    back: String,
    family_name: String,
    kinds: Vec<Choice>,
    about: Vec<Choice>,
    words: String,
    authority: String,
    from: Boxes,
    by: Boxes,
    if_not: String,
    needs: Vec<Choice>,
    owners: Vec<Choice>,
    is_private: bool,
    errors: FieldErrors,
}

#[derive(Debug, Default, Deserialize)]
struct Wanted {
    #[serde(default)]
    about: String,
}

fn field_of(e: &PlanError) -> &'static str {
    match e {
        PlanError::Rule(rule) => rule.field(),
        PlanError::NotOfFamily => "about",
        PlanError::NoSuchNeed => "need",
        PlanError::OwnerMayNotKnow => "owner",
        _ => "words",
    }
}

async fn new(visitor: Visitor, Path(of): Path<Of>, Query(wanted): Query<Wanted>) -> PageResult {
    let form = Form::parse(&format!("about={}", web::in_query(&wanted.about)))?;
    page(&visitor, of, &form, FieldErrors::default()).await
}

fn owners_of(helpers: &[(PractitionerId, String)], chosen: &str) -> Vec<Choice> {
    let one = |(at, (id, words)): (usize, &(PractitionerId, String))| {
        let id = id.to_string();
        Choice { chosen: if chosen.is_empty() { at == 0 } else { chosen == id }, id, words: words.clone() }
    };
    helpers.iter().enumerate().map(one).collect()
}

async fn page(visitor: &Visitor, of: Of, form: &Form, errors: FieldErrors) -> PageResult {
    let area = &visitor.app.area;
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx, of).await?;
    // What was typed is shown again, whatever became of the plan meanwhile.
    let has_kinds = !area.plans.enforcement.is_empty();
    if !has_kinds || !opened.may_write || (errors.is_empty() && opened.plan.as_ref().is_none_or(|plan| plan.closed.is_some())) {
        return Err(PageError::Hidden(None));
    }
    let helpers = helpers(&mut ctx, &opened).await?;
    let today = ctx.clock.today();
    ctx.seen().await?;
    let names = names_of(&opened);
    let chosen = form.text("kind");
    let kinds = area.plans.enforcement.iter();
    let page = MeasureForm {
        back: address(of),
        family_name: opened.around.family.name.clone(),
        kinds: kinds.map(|one| Choice { id: one.id.clone(), words: one.words.clone(), chosen: one.id == chosen }).collect(),
        about: people_of(&names, form.text("about"), of.0),
        words: form.text("words").to_owned(),
        authority: form.text("authority").to_owned(),
        from: boxes(form, "from", today),
        by: typed(form, "by"),
        if_not: form.text("if-not").to_owned(),
        needs: needs_of(area, &opened, &names, today).iter().map(|need| of_need(need, form.text("need"))).collect(),
        owners: owners_of(&helpers, form.text("owner")),
        is_private: form.text("private") == "yes",
        errors,
    };
    let status = status_of(&page.errors);
    let title = "Write what holds somebody to something";
    Ok((status, visitor.page("frontline/plans/templates/measure_form.html", title, page)?).into_response())
}

/// What was typed into a day's boxes: until when something holds is offered by nobody.
fn typed(form: &Form, field: &str) -> Boxes {
    let typed = |part: &str| form.text(&format!("{field}-{part}")).to_owned();
    Boxes { day: typed("day"), month: typed("month"), year: typed("year") }
}

async fn add(Path(of): Path<Of>, Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let terms = form.note("words", "What is required", rules::WORDS_MAX, &mut errors);
    let (from_on, until_on) = (day(&form, "from", &mut errors), day(&form, "by", &mut errors));
    let owner: Option<PractitionerId> = form.text("owner").parse().ok();
    if owner.is_none() {
        errors.add("owner", "Choose who answers for it");
    }
    let person: Option<PersonId> = form.text("about").parse().ok();
    let (Some(from_on), Some(until_on), Some(owner), true) = (from_on, until_on, owner, errors.is_empty()) else {
        return page(&visitor, of, &form, errors).await;
    };
    let new = NewMeasure {
        person: person.unwrap_or(of.0),
        need: form.text("need").parse().ok(),
        terms,
        measure: Measure {
            kind: form.text("kind").to_owned(),
            authority: form.text("authority").to_owned(),
            from_on,
            if_not: form.text("if-not").to_owned(),
        },
        until_on,
        owner,
        is_private: form.text("private") == "yes",
    };
    let mut ctx = visitor.write_once(&form).await?;
    match verbs::hold(&mut ctx, &visitor.app.area, of, new).await {
        Ok(_) => visitor.done(ctx, &form, &address(of)).await,
        Err(PlanError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            errors.add(field_of(&e), &e.to_string());
            page(&visitor, of, &form, errors).await
        }
    }
}

/// Writing down that something was not kept.
#[derive(Debug, Serialize)]
pub struct BreachForm {
    back: String,
    here: String,
    held: MeasureLine,
    on: Boxes,
    happened: String,
    words: String,
    owners: Vec<Choice>,
    by: Boxes,
    errors: FieldErrors,
}

type At = (PersonId, FamilyId, EntryId);

async fn new_breach(visitor: Visitor, Path(at): Path<At>) -> PageResult {
    breach_page(&visitor, at, &Form::default(), FieldErrors::default()).await
}

async fn breach_page(visitor: &Visitor, (person, family, id): At, form: &Form, errors: FieldErrors) -> PageResult {
    let (area, of) = (&visitor.app.area, (person, family));
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx, of).await?;
    // What was typed is shown again, whatever became of it meanwhile.
    let is_open = !errors.is_empty() || opened.plan.as_ref().is_some_and(|plan| plan.closed.is_none());
    let is_held = |entry: &&Entry| entry.id == id && (!errors.is_empty() || entry.state == State::Open);
    let entry = opened.entries.iter().find(is_held).filter(|_| opened.may_write && is_open).ok_or(PageError::Hidden(None))?;
    let beside = verbs::beside(&mut ctx, std::slice::from_ref(entry)).await?;
    let helpers = helpers(&mut ctx, &opened).await?;
    let today = ctx.clock.today();
    ctx.seen().await?;
    let names = names_of(&opened);
    let held = lines::measure(area, (entry, &beside), &names, today).ok_or(PageError::Hidden(None))?;
    let page = BreachForm {
        back: address(of),
        here: format!("{}/enforcement/{id}/not-kept", address(of)),
        held,
        on: boxes(form, "on", today),
        happened: form.text("happened").to_owned(),
        words: form.text("words").to_owned(),
        owners: owners_of(&helpers, form.text("owner")),
        by: boxes(form, "by", rules::act_by(today, &area.plans, &area.holidays)),
        errors,
    };
    let status = status_of(&page.errors);
    let title = "Write down that it was not kept";
    Ok((status, visitor.page("frontline/plans/templates/breach_form.html", title, page)?).into_response())
}

async fn add_breach(Path(at): Path<At>, Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let words = form.note("happened", "What happened", rules::WORDS_MAX, &mut errors);
    let answer = form.note("words", "What is done about it", rules::WORDS_MAX, &mut errors);
    let (happened_on, by_on) = (day(&form, "on", &mut errors), day(&form, "by", &mut errors));
    let owner: Option<PractitionerId> = form.text("owner").parse().ok();
    if owner.is_none() {
        errors.add("owner", "Choose who answers for it");
    }
    let (Some(happened_on), Some(by_on), Some(owner), true) = (happened_on, by_on, owner, errors.is_empty()) else {
        return breach_page(&visitor, at, &form, errors).await;
    };
    let new = NewBreach { happened_on, words, answer, owner, by_on };
    let of = (at.0, at.1);
    let mut ctx = visitor.write_once(&form).await?;
    match verbs::not_kept(&mut ctx, (of, at.2), new).await {
        Ok(_) => visitor.done(ctx, &form, &address(of)).await,
        Err(PlanError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let field = match &e {
                PlanError::NotOfFamily | PlanError::NoSuchNeed => "words",
                e => field_of(e),
            };
            errors.add(field, &e.to_string());
            breach_page(&visitor, at, &form, errors).await
        }
    }
}

//! Saying something of a plan: one form, for what is to be different, for how it goes and for what went well.

use super::actions::say;
use super::lines::{View, views};
use super::{About, Eyes, NewSaid, SaidKind};
use crate::forms::{Boxes, Choice, boxes, day, status_of};
use crate::plans::PlanError;
use crate::plans::actions::{self, Opened};
use crate::plans::pages::{NeedLine, Of, address, names_of, needs_of};
use area::Area;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use axum::routing::get;
use families::people::PersonId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use web::{FieldErrors, Form, PageError, PageResult, Posted, Shared, Visitor};

/// The routes of what is said.
pub fn routes() -> Router<Shared> {
    Router::new().route("/people/{person}/families/{family}/plan/said/{kind}", get(new).post(add))
}

/// Saying something.
#[derive(Debug, Serialize)]
pub struct SaidForm {
    back: String,
    family_name: String,
    kind: &'static str,
    about: Vec<Choice>,
    before: Vec<View>,
    eyes: Vec<Choice>,
    eyes_other: String,
    steps: Vec<Choice>,
    words: String,
    is_private: bool,
    on: Boxes,
    errors: FieldErrors,
}

#[derive(Debug, Default, Deserialize)]
struct Wanted {
    #[serde(default)]
    about: String,
}

type At = (PersonId, families::family::FamilyId, String);

fn kind_of(kind: &str) -> Result<SaidKind, PageError> {
    kind.parse().map_err(|_| PageError::Hidden(None))
}

async fn new(visitor: Visitor, Path((person, family, kind)): Path<At>, Query(wanted): Query<Wanted>) -> PageResult {
    let form = Form::parse(&format!("about={}", web::in_query(&wanted.about)))?;
    page(&visitor, (person, family), (kind_of(&kind)?, &form), FieldErrors::default()).await
}

/// Whoever chose this for whose eyes they are types the name.
pub(crate) const OTHER: &str = "other";

async fn page(visitor: &Visitor, of: Of, (kind, form): (SaidKind, &Form), errors: FieldErrors) -> PageResult {
    let area = &visitor.app.area;
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx, of).await?;
    // What was typed is shown again, whatever became of the plan meanwhile.
    if !opened.may_write || (errors.is_empty() && opened.plan.as_ref().is_none_or(|plan| plan.closed.is_some())) {
        return Err(PageError::Hidden(None));
    }
    let today = ctx.clock.today();
    let me = format!("I do: {}", ctx.actor.name);
    ctx.seen().await?;
    let names = names_of(&opened);
    let needs = needs_of(area, &opened, &names, today);
    // A need that was put right meanwhile is the same need.
    let about = form.text("about").parse::<About>().ok().map(|about| match about {
        About::Need(need) => About::Need(opened.current(need)),
        person => person,
    });
    let page = SaidForm {
        back: address(of),
        family_name: opened.around.family.name.clone(),
        kind: kind.as_str(),
        about: choices(kind, &needs, &names, about),
        before: before(area, &opened, about, &names),
        eyes: eyes(&names, form.text("eyes"), &me),
        eyes_other: form.text("eyes-other").to_owned(),
        steps: steps(area, form.text("step")),
        words: form.text("words").to_owned(),
        is_private: form.text("private") == "yes",
        on: boxes(form, "on", today),
        errors,
    };
    let status = status_of(&page.errors);
    let title = title(kind);
    Ok((status, visitor.page("frontline/plans/templates/said_form.html", title, page)?).into_response())
}

fn title(kind: SaidKind) -> &'static str {
    match kind {
        SaidKind::Outcome => "What is to be different",
        SaidKind::Progress => "How it goes",
        SaidKind::Success => "What went well",
    }
}

/// Of what it may be said: an outcome is of a need, what went well is somebody's, and how it goes is of either.
fn choices(kind: SaidKind, needs: &[NeedLine], names: &BTreeMap<PersonId, String>, chosen: Option<About>) -> Vec<Choice> {
    let one = |about: About, words: String| Choice { id: about.to_string(), words, chosen: Some(about) == chosen };
    let of_need = |need: &NeedLine| {
        let id = need.id.parse().ok()?;
        Some(one(About::Need(id), format!("{}: {}", need.about, need.words)))
    };
    let needs = needs.iter().filter_map(of_need).filter(|_| kind != SaidKind::Success);
    let in_all = if kind == SaidKind::Progress { ", in all" } else { "" };
    let people = names.iter().map(|(id, name)| one(About::Person(*id), format!("{name}{in_all}")));
    needs.chain(people.filter(|_| kind != SaidKind::Outcome)).collect()
}

fn before(area: &Area, opened: &Opened, about: Option<About>, names: &BTreeMap<PersonId, String>) -> Vec<View> {
    about.map(|about| views(area, opened, about, names).now).unwrap_or_default()
}

/// Who may see it so: whoever writes it down, one of the family, somebody else.
pub(crate) fn eyes(names: &BTreeMap<PersonId, String>, chosen: &str, me: &str) -> Vec<Choice> {
    let one = |id: String, words: &str| Choice { chosen: id == chosen, id, words: words.to_owned() };
    let mut choices = vec![one(String::new(), me)];
    choices.extend(names.iter().map(|(id, name)| one(id.to_string(), name)));
    choices.push(one(OTHER.to_owned(), "Somebody else"));
    choices
}

fn steps(area: &Area, chosen: &str) -> Vec<Choice> {
    let one = |step: &area::files::Choice| Choice { id: step.id.clone(), words: step.words.clone(), chosen: step.id == chosen };
    area.plans.progress.iter().map(one).collect()
}

/// Whose eyes they are, as it was chosen; nothing where somebody else is named and not chosen: whose view it is, is not guessed.
pub(crate) fn eyes_of(chosen: &str, other: &str) -> Option<Eyes> {
    match (chosen, other.trim().is_empty()) {
        (OTHER, _) => Some(Eyes::Other(other.to_owned())),
        ("", true) => Some(Eyes::Author),
        (person, true) => person.parse().ok().map(Eyes::Family),
        (_, false) => None,
    }
}

fn field_of(e: &PlanError) -> &'static str {
    match e {
        PlanError::Rule(rule) => rule.field(),
        PlanError::NoSuchNeed | PlanError::NotOfFamily => "about",
        _ => "words",
    }
}

async fn add(Path((person, family, kind)): Path<At>, Posted { visitor, form }: Posted) -> PageResult {
    let (of, kind) = ((person, family), kind_of(&kind)?);
    let mut errors = FieldErrors::default();
    let about = form.text("about").parse::<About>().ok();
    if about.is_none() {
        errors.add("about", "Choose what it is about");
    }
    let on = day(&form, "on", &mut errors);
    let eyes = eyes_of(form.text("eyes"), form.text("eyes-other"));
    if eyes.is_none() {
        errors.add("eyes", "Choose “Somebody else” where you type a name, or leave the name out");
    }
    let (Some(about), Some(on), Some(eyes)) = (about, on, eyes) else {
        return page(&visitor, of, (kind, &form), errors).await;
    };
    let new = NewSaid {
        kind,
        about,
        eyes,
        scale: form.text("step").to_owned(),
        words: form.text("words").to_owned(),
        on,
        is_private: form.text("private") == "yes",
    };
    let mut ctx = visitor.write_once(&form).await?;
    match say(&mut ctx, &visitor.app.area, of, new).await {
        Ok(_) => visitor.done(ctx, &form, &address(of)).await,
        Err(PlanError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            errors.add(field_of(&e), &e.to_string());
            page(&visitor, of, (kind, &form), errors).await
        }
    }
}

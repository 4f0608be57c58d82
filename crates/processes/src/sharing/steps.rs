//! The questions of the path as forms: what each shows, and how its answer is read.

use super::actions;
use super::decision::Protection;
use super::items::{self, Offered, Shown};
use super::path::{self, Answers, Asked, Situation, Step, Stop};
use crate::agreements::rules::Said;
use access::{AccessError, AgencyId, Ctx};
use area::Area;
use families::facts::words;
use families::people::PersonId;
use kernel::british;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;
use web::{FieldErrors, Form};

/// What the later questions look at.
pub(super) struct Looked {
    pub(super) offered: Vec<Offered>,
    pub(super) situation: Situation,
}

/// Returns what can be picked, and what was said about what was.
pub(super) async fn look(ctx: &mut Ctx, area: &Area, person: PersonId, answers: &Answers) -> Result<Looked, AccessError> {
    let offered = items::offered(ctx, area, person).await?;
    let situation = items::situation(ctx, &offered, &answers.picked(), answers.agency_id()).await?;
    Ok(Looked { offered, situation })
}

/// Returns what a question shows besides itself.
pub(super) async fn shown(
    ctx: &mut Ctx,
    area: &Area,
    step: Step,
    (answers, looked): (&Answers, &Looked),
) -> Result<Value, AccessError> {
    let sharing = &area.sharing;
    Ok(match step {
        Step::Purpose => {
            let agencies = access::people::list_present_agencies(&mut ctx.tx, ctx.area_id).await?;
            let own = ctx.actor.agency_id;
            let agencies: Vec<(String, String)> =
                agencies.into_iter().filter(|one| one.id != own).map(|one| (one.id.to_string(), one.name)).collect();
            json!({ "agencies": agencies, "purposes": sharing.purpose })
        }
        Step::Items => items_shown(ctx, area, answers, looked).await?,
        Step::Agreement => {
            let said: Vec<Value> = picked(answers, looked)
                .filter(|one| one.is_confidential)
                .zip(&looked.situation.confidential)
                .map(|(one, said)| json!({ "name": one.name, "words": one.words, "said": said_words(said) }))
                .collect();
            json!({ "said": said, "is_covered": looked.situation.covering().is_some(), "exceptions": exceptions(ctx, looked).await? })
        }
        Step::Tests => json!({ "tests": ticks(answers, area), "methods": sharing.method, "is_urgent": answers.is_urgent() }),
        Step::Check => check_shown(ctx, area, answers, looked).await?,
        Step::Danger | Step::Duty | Step::Harm | Step::Now => json!({}),
    })
}

/// Returns what those who agreed left out, in their words: whether what was picked is among it, a person has to say.
async fn exceptions(ctx: &mut Ctx, looked: &Looked) -> Result<Vec<String>, AccessError> {
    let mut exceptions = Vec::new();
    for said in &looked.situation.confidential {
        if let Said::Agreed(id) = said {
            let opened = crate::agreements::load(ctx, *id).await?;
            let words = opened.agreement.new.exceptions;
            if !words.is_empty() && !exceptions.contains(&words) {
                exceptions.push(words);
            }
        }
    }
    Ok(exceptions)
}

fn picked<'a>(answers: &Answers, looked: &'a Looked) -> impl Iterator<Item = &'a Offered> {
    let ids = answers.picked();
    looked.offered.iter().filter(move |one| ids.contains(&one.fact.id))
}

fn ticks(answers: &Answers, area: &Area) -> Vec<Value> {
    let tick =
        |test: &area::files::Choice| json!({ "id": test.id, "words": test.words, "ticked": answers.tests.contains(&test.id) });
    area.sharing.test.iter().map(tick).collect()
}

fn said_words(said: &Said) -> &'static str {
    match said {
        Said::Agreed(_) => "They agree that this agency is told",
        Said::Refused(_) => "They said no",
        Said::NoMore(_) => "They agreed once, and no more",
        Said::Disputed(_) => "One said yes and another no: ask the safeguarding lead",
        Said::Unclear => "It is not clear that they agree: ask them again, or ask the safeguarding lead",
        Said::NotAsked => "Nobody has asked them",
    }
}

/// Returns an item as it is picked from a list.
pub(super) fn item(area: &Area, one: &Offered, answers: &Answers, today: kernel::Date) -> Value {
    let typed = answers.items.as_ref().and_then(|items| items.get(&one.fact.id.0));
    json!({
        "id": one.fact.id.to_string(), "name": one.name, "words": one.words, "label": one.label.words(),
        "source": words::source(&one.fact, today), "information": area.sharing.information_words(&one.information),
        "confidential": one.is_confidential, "protected": one.protection.words(), "picked": typed.is_some(),
        "why": typed.cloned().unwrap_or_default()
    })
}

async fn items_shown(ctx: &mut Ctx, area: &Area, answers: &Answers, looked: &Looked) -> Result<Value, AccessError> {
    let today = ctx.clock.today();
    let (mut plain, mut protected) = (Vec::new(), Vec::new());
    for one in &looked.offered {
        let shown = item(area, one, answers, today);
        if one.protection == Protection::None { plain.push(shown) } else { protected.push(shown) }
    }
    let asked = match answers.request_id() {
        Some(request) => Some(crate::requests::load(ctx, request).await?),
        None => None,
    };
    let asked = asked.map(|opened| {
        let new = &opened.request.new;
        let information: Vec<&str> = new.information.iter().map(|id| area.sharing.information_words(id)).collect();
        json!({ "who": format!("{}, {}", opened.request.asker, opened.request.from_agency), "words": new.words,
                "information": information.join("; ") })
    });
    Ok(json!({ "plain": plain, "protected": protected, "asked": asked }))
}

async fn check_shown(ctx: &mut Ctx, area: &Area, answers: &Answers, looked: &Looked) -> Result<Value, AccessError> {
    let to = super::pages::recipient_of(answers);
    let preview = items::preview(ctx, &looked.offered, &answers.picked(), &to).await?;
    let (ground, stop) = match path::ground(answers, &looked.situation) {
        Ok((ground, _)) => (ground.words().to_owned(), None),
        Err(stop) => (String::new(), Some(stop)),
    };
    let agencies = access::people::list_present_agencies(&mut ctx.tx, ctx.area_id).await?;
    let agency = agencies.iter().find(|agency| Some(agency.id) == answers.agency_id()).map(|agency| agency.name.clone());
    let own = agencies.iter().find(|agency| agency.id == ctx.actor.agency_id).map(|agency| agency.code.clone());
    let kind = own.and_then(|code| area.agencies.get(&code)).map(|agency| agency.kind);
    let purpose = answers.purpose.clone().unwrap_or_default();
    let today = ctx.clock.today();
    let basis = kind.and_then(|kind| area.sharing.basis(&purpose, kind, today));
    let whom: Vec<String> =
        [Some(answers.named_words.clone()), agency, Some(answers.to_words.clone())].into_iter().flatten().collect();
    Ok(json!({
        "to": whom.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "),
        "is_alone": answers.named.is_some(),
        "purpose": area.sharing.purpose(&purpose).map_or("", |purpose| purpose.words.as_str()),
        "method": area.sharing.method.iter().find(|one| one.id == answers.method).map_or("", |one| one.words.as_str()),
        "basis": basis.map_or_else(String::new, |one| format!("{}; UK GDPR {}; {}; {}", one.gateway, one.article_6, one.article_9, one.schedule)),
        "confirm": basis.is_none_or(|one| one.confirm), "ground": ground, "ground_words": ground_words(answers),
        "stop": stop.as_ref().map(ToString::to_string), "put_off": stop == Some(Stop::AskFirst),
        "preview": preview.iter().map(preview_line).collect::<Vec<_>>(),
        "unseen": preview.iter().any(|one| !one.is_seen)
    }))
}

pub(super) fn preview_line(one: &Shown) -> Value {
    json!({ "name": one.name, "words": one.words, "label": one.label.words(), "source": one.source, "seen": one.is_seen })
}

/// Returns the words that stand for what lets it be shared.
pub(super) fn ground_words(answers: &Answers) -> String {
    match (answers.duty, answers.harm) {
        (Some(true), _) => answers.duty_words.clone(),
        (_, Some(true)) => answers.harm_words.clone(),
        _ => answers.asked_words.clone(),
    }
}

/// Reads the answer to a question into what was answered so far.
pub(super) async fn read(
    ctx: &mut Ctx,
    area: &Area,
    (step, form): (Step, &Form),
    answers: &mut Answers,
    looked: &Looked,
) -> Result<FieldErrors, AccessError> {
    let mut errors = FieldErrors::default();
    match step {
        Step::Danger => {
            answers.danger = yes_or_no(form, "danger", &mut errors);
            answers.request = form.text("request").parse().ok().or(answers.request);
        }
        Step::Purpose => {
            let before = (answers.agency, answers.named, answers.purpose.clone());
            purpose(ctx, area, form, answers, &mut errors).await?;
            if before != (answers.agency, answers.named, answers.purpose.clone()) {
                forget_what_followed(answers);
                // Whoever else is told does not answer who asked.
                answers.request = answers.request.filter(|_| before.0 == answers.agency);
            }
        }
        Step::Duty => {
            answers.duty = yes_or_no(form, "duty", &mut errors);
            answers.duty_words = form.text("duty_words").to_owned();
            said_if(answers.duty, &answers.duty_words, ("duty_words", "Say which law or order it is"), &mut errors);
        }
        Step::Harm => {
            answers.harm = yes_or_no(form, "harm", &mut errors);
            answers.harm_words = form.text("harm_words").to_owned();
            said_if(answers.harm, &answers.harm_words, ("harm_words", "Say what you are worried about"), &mut errors);
        }
        Step::Items => {
            let before = answers.items.clone();
            items_picked(form, answers, looked, &mut errors);
            if before != answers.items {
                forget_what_followed(answers);
            }
        }
        Step::Agreement => {
            answers.asked =
                form.choice("asked", "Choose one of the answers", Asked::ALL.iter().map(|one| one.as_str()), &mut errors);
            answers.asked_words = form.text("asked_words").to_owned();
            let outweighs = (answers.asked == Asked::PublicInterest.as_str()).then_some(true);
            said_if(outweighs, &answers.asked_words, ("asked_words", "Say what outweighs it"), &mut errors);
            if answers.asked == Asked::Rests.as_str() && looked.situation.covering().is_none() {
                errors.add("asked", &Stop::NotCovered.to_string());
            }
        }
        Step::Tests => tests(form, answers, area, &mut errors),
        Step::Check | Step::Now => {}
    }
    Ok(errors)
}

/// What was answered of agreement and ticked was of other things, or for somebody else.
fn forget_what_followed(answers: &mut Answers) {
    answers.asked.clear();
    answers.asked_words.clear();
    answers.tests.clear();
    answers.method.clear();
}

fn yes_or_no(form: &Form, field: &'static str, errors: &mut FieldErrors) -> Option<bool> {
    match form.choice(field, "Choose yes or no", ["yes", "no"].into_iter(), errors).as_str() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

fn said_if(is: Option<bool>, words: &str, (field, ask): (&str, &str), errors: &mut FieldErrors) {
    if is == Some(true) && words.trim().is_empty() {
        errors.add(field, ask);
    }
}

async fn purpose(
    ctx: &mut Ctx,
    area: &Area,
    form: &Form,
    answers: &mut Answers,
    errors: &mut FieldErrors,
) -> Result<(), AccessError> {
    answers.agency = form.text("agency").parse().ok();
    answers.to_words = form.line_if_any("to_words", "Who it is", 200, errors);
    answers.named_words = form.line_if_any("named", "Their name", 200, errors);
    answers.named = None;
    if answers.agency.is_none() && answers.to_words.is_empty() {
        errors.add("agency", "Choose an agency, or write who it is");
    }
    if !answers.named_words.is_empty()
        && let Some((id, name)) = one_of(ctx, answers.agency_id(), &answers.named_words, errors).await?
    {
        (answers.named, answers.named_words) = (Some(id), name);
    }
    let offered = area.sharing.purpose.iter().map(|purpose| purpose.id.as_str()).chain(["none"]);
    let chosen = form.choice("purpose", "Choose what for, or that there is none", offered, errors);
    answers.purpose = Some(chosen).filter(|chosen| !chosen.is_empty() && chosen != "none");
    Ok(())
}

/// Returns the one practitioner of an agency whom a name is of.
async fn one_of(
    ctx: &mut Ctx,
    agency: Option<AgencyId>,
    name: &str,
    errors: &mut FieldErrors,
) -> Result<Option<(Uuid, String)>, AccessError> {
    let Some(agency) = agency else {
        errors.add("named", "Choose the agency that they are of as well");
        return Ok(None);
    };
    let found = access::people::find_practitioners(&mut ctx.tx, ctx.area_id, name).await?;
    let of_agency: Vec<_> = found.iter().map(|account| &account.practitioner).filter(|one| one.agency_id == agency).collect();
    match of_agency.as_slice() {
        [one] => return Ok(Some((one.id.0, one.name.clone()))),
        [] => errors.add("named", "Nobody of that agency has this name here: leave it empty to tell whoever works with them"),
        several => {
            let names: Vec<&str> = several.iter().take(5).map(|one| one.name.as_str()).collect();
            errors.add("named", &format!("Several have this name: {}. Write the whole name", names.join(", ")));
        }
    }
    Ok(None)
}

fn items_picked(form: &Form, answers: &mut Answers, looked: &Looked, errors: &mut FieldErrors) {
    let (chosen, faults) = picked_in(form, &looked.offered);
    faults.iter().for_each(|(field, text)| errors.add(field, text));
    answers.items = Some(chosen);
    answers.withheld_words = form.text("withheld").to_owned();
    answers.said_words = form.text("said").to_owned();
    if answers.items.as_ref().is_none_or(BTreeMap::is_empty) && answers.said_words.trim().is_empty() {
        errors.add("items", "Pick what they need to know, write what you tell them, or keep it as not shared");
    }
}

/// Returns the items that a form picks, each with the reason that was typed for it, and which of them lack one.
pub(super) fn picked_in(form: &Form, offered: &[Offered]) -> (BTreeMap<Uuid, String>, Vec<(String, &'static str)>) {
    let (mut chosen, mut faults) = (BTreeMap::new(), Vec::new());
    for one in offered.iter().filter(|one| form.has("items", &one.fact.id.to_string())) {
        let field = format!("why-{}", one.fact.id);
        let why = form.text(&field).trim().to_owned();
        if one.protection != Protection::None && why.is_empty() {
            faults.push((field, "Say why they need this although it is protected"));
        }
        chosen.insert(one.fact.id.0, why);
    }
    (chosen, faults)
}

fn tests(form: &Form, answers: &mut Answers, area: &Area, errors: &mut FieldErrors) {
    answers.tests = form.all("tests").to_vec();
    if !answers.is_urgent() && area.sharing.test.iter().any(|test| !answers.tests.contains(&test.id)) {
        errors.add("tests", "Tick each that holds. If one does not, go back and pick less, put it right, or do not share");
    }
    answers.method =
        form.choice("method", "Choose how it gets there", area.sharing.method.iter().map(|one| one.id.as_str()), errors);
    if answers.method == "here" && answers.agency.is_none() {
        errors.add("method", "Whoever is of no agency here cannot be told here: choose another way");
    }
    if answers.method == "here" && answers.items.as_ref().is_none_or(BTreeMap::is_empty) {
        errors.add("method", "Nothing that is recorded here was picked: choose how you tell them, or go back and pick");
    }
    answers.told = form.choice("told", "Choose whether the family is told", ["yes", "later", "no"].into_iter(), errors);
    answers.told_words = form.text("told_words").to_owned();
    said_if(
        (answers.told == "no").then_some(true),
        &answers.told_words,
        ("told_words", "Say why the family is not told"),
        errors,
    );
    answers.review = super::pages::exact_day(form, "review", errors).map_or_else(String::new, |on| on.to_string());
}

/// Returns who can be asked for advice: safeguarding leads, and whoever answers for how information is used.
pub(super) async fn advisers(ctx: &mut Ctx) -> Result<Vec<(String, String)>, AccessError> {
    let mut advisers = Vec::new();
    for role in [access::Role::SafeguardingLead, access::Role::Auditor] {
        for one in access::people::list_of_role(&mut ctx.tx, ctx.area_id, role).await? {
            advisers.push((one.id.to_string(), format!("{}, {}", one.name, role.words())));
        }
    }
    let me = ctx.actor.id.to_string();
    advisers.retain(|(id, _)| *id != me);
    Ok(advisers)
}

/// Returns a decision's errors at the fields of the page that shows them.
pub(super) fn errors_of(e: &actions::ShareError) -> FieldErrors {
    let mut errors = FieldErrors::default();
    match e {
        actions::ShareError::Rules(faults) => faults.iter().for_each(|fault| errors.add(fault.field(), &fault.to_string())),
        actions::ShareError::Text(_)
        | actions::ShareError::DoneAlready
        | actions::ShareError::Request
        | actions::ShareError::Access(_) => {
            errors.add("reason", &e.to_string());
        }
    }
    errors
}

/// Returns a day in words, where one was answered.
pub(super) fn day_words(answered: &str) -> String {
    answered.parse().map_or_else(|_| String::new(), british::day)
}

//! "May I share this?": one question a page, with why it is asked and what the law says, and the way past all of them where somebody is in
//! danger. What was answered is kept as a draft, so that a telephone that rings loses nothing.

use super::actions::{self, ShareError};
use super::decision::{NewDecision, Outcome, Picked, Recipient, Told};
use super::path::{self, Answers, Asked, Step};
use super::steps::{self, Looked};
use crate::requests;
use access::{Act, Ctx};
use area::Area;
use area::sharing::{QUESTIONS, Question};
use axum::Router;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use families::facts::FactId;
use families::people::{self, PersonId};
use families::search;
use kernel::Date;
use kernel::british;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::drafts;
use uuid::Uuid;
use web::{FieldErrors, Form, PageError, PageResult, Posted, Shared, Visitor};

const DRAFT: &str = "share";

/// The routes of the path.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/people/{person}/share", get(begin).post(begin_again))
        .route("/people/{person}/share/{step}", get(ask).post(answer))
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    pub(super) request: String,
    #[serde(default)]
    pub(super) how: String,
}

/// Whom a page is about, and what was answered so far.
pub(super) struct Begun {
    pub(super) ctx: Ctx,
    pub(super) name: String,
    pub(super) answers: Answers,
    saved: Option<String>,
}

impl Begun {
    /// Returns what was begun, after something was wrong with what was sent.
    pub(super) fn again(ctx: Ctx, name: String, answers: Answers) -> Self {
        Self { ctx, name, answers, saved: None }
    }
}

/// Opens somebody to decide about, with what was answered so far.
pub(super) async fn begun(visitor: &Visitor, person: PersonId) -> Result<Begun, PageError> {
    begun_by(visitor, person, Act::DecideToShare).await
}

/// Opens somebody because there is danger: anybody may, whether or not they work with them.
pub(super) async fn begun_in_danger(visitor: &Visitor, person: PersonId) -> Result<Begun, PageError> {
    begun_by(visitor, person, Act::ShareInDanger).await
}

async fn begun_by(visitor: &Visitor, person: PersonId, act: Act) -> Result<Begun, PageError> {
    let mut ctx = visitor.read().await?;
    people::open(&mut ctx, act, person).await?;
    let name = search::names_of(&mut ctx, &[person]).await?.pop().unwrap_or_default();
    let key = key(&ctx, person);
    let draft = drafts::find(&mut ctx.tx, key).await?;
    let saved = draft.as_ref().map(|(_, at)| british::moment(*at));
    // A draft of an older form that does not read is begun anew.
    let answers = draft.and_then(|(body, _)| serde_json::from_str(&body).ok()).unwrap_or_default();
    Ok(Begun { ctx, name, answers, saved })
}

fn key(ctx: &Ctx, person: PersonId) -> drafts::Key<'static> {
    drafts::Key { area_id: ctx.area_id, practitioner_id: ctx.actor.id.0, form: DRAFT, record_id: person.0 }
}

/// Forgets what was answered so far: it has become a decision, or is begun again.
pub(super) async fn forget(ctx: &mut Ctx, person: PersonId) -> Result<(), PageError> {
    let key = key(ctx, person);
    Ok(drafts::remove(&mut ctx.tx, key).await?)
}

fn to(person: PersonId, step: Step) -> String {
    match step {
        Step::Now => format!("/people/{person}/share-now"),
        Step::Danger | Step::Purpose | Step::Duty | Step::Harm | Step::Items | Step::Agreement | Step::Tests | Step::Check => {
            format!("/people/{person}/share/{}", step.as_str())
        }
    }
}

/// Going on with what was begun.
#[derive(Debug, Serialize)]
struct Begin {
    person: String,
    name: String,
    saved: String,
    next: String,
}

async fn begin(visitor: Visitor, Path(person): Path<PersonId>, Query(wanted): Query<Wanted>) -> PageResult {
    let mut begun = begun(&visitor, person).await?;
    let saved = begun.saved.take();
    let looked = steps::look(&mut begun.ctx, &visitor.app.area, person, &begun.answers).await?;
    let next = to(person, path::next(&begun.answers, &looked.situation));
    begun.ctx.seen().await?;
    let request = wanted.request.parse::<Uuid>().ok();
    if request.is_some() && begun.answers.request != request || saved.is_none() {
        let request = request.map_or_else(String::new, |id| format!("?request={id}"));
        return Err(PageError::Redirect(format!("/people/{person}/share/danger{request}")));
    }
    let saved = saved.unwrap_or_default();
    let page = Begin { person: person.to_string(), name: begun.name, saved, next };
    visitor.page("processes/sharing/templates/begin.html", "May I share this?", page)
}

async fn begin_again(Path(person): Path<PersonId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut ctx = visitor.write_once(&form).await?;
    people::open(&mut ctx, Act::DecideToShare, person).await?;
    forget(&mut ctx, person).await?;
    visitor.done(ctx, &form, &format!("/people/{person}/share/danger")).await
}

/// A question of the path.
#[derive(Debug, Serialize)]
struct Ask {
    person: String,
    name: String,
    step: &'static str,
    number: usize,
    of: usize,
    question: Option<Question>,
    answers: Answers,
    review: [String; 3],
    review_words: String,
    shown: Value,
    errors: FieldErrors,
}

async fn ask(visitor: Visitor, Path((person, step)): Path<(PersonId, String)>, Query(wanted): Query<Wanted>) -> PageResult {
    let step: Step = step.parse().map_err(|()| PageError::Hidden(None))?;
    let mut begun = begun(&visitor, person).await?;
    if let Ok(request) = wanted.request.parse::<requests::RequestId>() {
        from_request(&mut begun, person, request).await?;
    }
    ask_page(&visitor, (person, step), begun, FieldErrors::default()).await
}

/// Takes from a request whom to tell and what for, unless that was answered already.
async fn from_request(begun: &mut Begun, person: PersonId, request: requests::RequestId) -> Result<(), PageError> {
    let opened = requests::load(&mut begun.ctx, request).await?;
    if opened.request.new.person != person || !opened.may_answer {
        return Err(PageError::Hidden(None));
    }
    begun.answers = Answers {
        request: Some(request.0),
        agency: Some(opened.request.from_agency_id.0),
        named: Some(opened.request.asker_id.0),
        named_words: opened.request.asker.clone(),
        purpose: Some(opened.request.new.purpose.clone()),
        ..Answers::default()
    };
    Ok(())
}

async fn ask_page(visitor: &Visitor, (person, step): (PersonId, Step), mut begun: Begun, errors: FieldErrors) -> PageResult {
    let area = &visitor.app.area;
    let looked = steps::look(&mut begun.ctx, area, person, &begun.answers).await?;
    // Nobody gets to a question before the ones that it follows from.
    let next = path::next(&begun.answers, &looked.situation);
    if errors.is_empty() && step != Step::Danger && place(step) > place(next) {
        begun.ctx.seen().await?;
        return Err(PageError::Redirect(to(person, next)));
    }
    let shown = steps::shown(&mut begun.ctx, area, step, (&begun.answers, &looked)).await?;
    begun.ctx.seen().await?;
    let review = begun.answers.review.parse::<Date>().ok();
    let page = Ask {
        person: person.to_string(),
        name: begun.name,
        step: step.as_str(),
        number: place(step) + 1,
        of: QUESTIONS.len(),
        question: area.sharing.question(step.as_str()).cloned(),
        review: review.map_or_else(Default::default, |on| [on.day().to_string(), on.month().to_string(), on.year().to_string()]),
        review_words: steps::day_words(&begun.answers.review),
        answers: begun.answers,
        shown,
        errors,
    };
    let status = if page.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visitor.page("processes/sharing/templates/ask.html", "May I share this?", page)?).into_response())
}

fn place(step: Step) -> usize {
    Step::ALL.iter().position(|one| *one == step).unwrap_or_default()
}

async fn answer(Path((person, step)): Path<(PersonId, String)>, Posted { visitor, form }: Posted) -> PageResult {
    let step: Step = step.parse().map_err(|()| PageError::Hidden(None))?;
    let area = &visitor.app.area;
    let mut begun = begun(&visitor, person).await?;
    if step == Step::Check {
        return share(&visitor, person, begun, &form).await;
    }
    if let (Step::Danger, Ok(request)) = (step, form.text("request").parse::<requests::RequestId>())
        && begun.answers.request_id() != Some(request)
    {
        from_request(&mut begun, person, request).await?;
    }
    let looked = steps::look(&mut begun.ctx, area, person, &begun.answers).await?;
    let errors = steps::read(&mut begun.ctx, area, (step, &form), &mut begun.answers, &looked).await?;
    if !errors.is_empty() {
        return ask_page(&visitor, (person, step), begun, errors).await;
    }
    // What was picked may need other questions than before.
    let looked = steps::look(&mut begun.ctx, area, person, &begun.answers).await?;
    let leads_to = leads_to(person, step, &begun.answers, &looked);
    let Begun { ctx, answers, .. } = begun;
    ctx.seen().await?;
    let mut ctx = visitor.write().await?;
    let (key, now) = (key(&ctx, person), ctx.now());
    let body = serde_json::to_string(&answers).map_err(|e| PageError::BadRequest(e.to_string()))?;
    drafts::save(&mut ctx.tx, key, &body, now).await?;
    ctx.commit().await?;
    Ok(web::redirect(&leads_to))
}

/// Returns where an answer leads: on, or to keeping that it is not shared.
fn leads_to(person: PersonId, step: Step, answers: &Answers, looked: &Looked) -> String {
    let asked = answers.asked.parse::<Asked>();
    match (step, asked) {
        (Step::Purpose, _) if answers.purpose.is_none() => format!("/people/{person}/share-not?how=refused"),
        (Step::Agreement, Ok(Asked::WillAsk)) => format!("/people/{person}/share-not?how=deferred"),
        (Step::Agreement, Ok(Asked::No)) => format!("/people/{person}/share-not?how=refused"),
        _ => to(person, path::next(answers, &looked.situation)),
    }
}

/// Returns whom the answers say is told, and how.
pub(super) fn recipient_of(answers: &Answers) -> Recipient {
    Recipient {
        agency: answers.agency_id(),
        named: answers.named_id(),
        words: answers.to_words.clone(),
        method: answers.method.clone(),
    }
}

/// Returns the decision that the answers come to, without what lets it be shared.
pub(super) fn decision_of(person: PersonId, answers: &Answers, (outcome, today): (Outcome, Date)) -> NewDecision {
    let items = answers.items.iter().flatten().map(|(id, why)| Picked { fact: FactId(*id), why: why.clone() });
    NewDecision {
        person,
        request: answers.request_id(),
        outcome,
        purpose: answers.purpose.clone().unwrap_or_default(),
        ground: None,
        ground_words: steps::ground_words(answers),
        agreement: None,
        agreement_words: answers.asked_words.clone(),
        to: recipient_of(answers),
        said_words: answers.said_words.clone(),
        withheld_words: answers.withheld_words.clone(),
        reason: String::new(),
        answer_words: String::new(),
        told: answers.told.parse().unwrap_or(Told::Unsaid),
        told_words: answers.told_words.clone(),
        tests: answers.tests.clone(),
        items: items.collect(),
        happened_on: today,
        review_on: answers.review.parse().ok(),
        adviser: None,
    }
}

async fn share(visitor: &Visitor, person: PersonId, mut begun: Begun, form: &Form) -> PageResult {
    let area: &Area = &visitor.app.area;
    // A second press leads where the first did: what it answered is forgotten by now.
    visitor.pressed_once(form).await?;
    let looked = steps::look(&mut begun.ctx, area, person, &begun.answers).await?;
    let mut errors = FieldErrors::default();
    let is_offered = |id: &FactId| looked.offered.iter().any(|one| one.fact.id == *id);
    if !begun.answers.picked().iter().all(is_offered) {
        // What was corrected or taken back since is picked anew.
        begun.answers.items.iter_mut().for_each(|items| items.retain(|id, _| is_offered(&FactId(*id))));
        errors
            .add("items", "Something that you picked was corrected or taken back since: look again, and pick what is right now");
        return ask_page(visitor, (person, Step::Items), begun, errors).await;
    }
    match path::ground(&begun.answers, &looked.situation) {
        Err(stop) => errors.add("share", &stop.to_string()),
        Ok((ground, _)) => {
            let today = begun.ctx.clock.today();
            let mut new = decision_of(person, &begun.answers, (Outcome::Shared, today));
            new.ground = Some(ground);
            let Begun { ctx, name, answers, .. } = begun;
            ctx.seen().await?;
            let mut ctx = visitor.write_once(form).await?;
            match actions::decide(&mut ctx, area, new).await {
                Ok(id) => {
                    forget(&mut ctx, person).await?;
                    return visitor.done(ctx, form, &format!("/shares/{id}?kept=yes")).await;
                }
                Err(ShareError::Access(e)) => return Err(e.into()),
                Err(e) => {
                    drop(ctx);
                    steps::errors_of(&e).0.iter().for_each(|one| errors.add("share", &one.text));
                    begun = Begun::again(visitor.read().await?, name, answers);
                }
            }
        }
    }
    ask_page(visitor, (person, Step::Check), begun, errors).await
}

/// Reads a day, or notes what is wrong with it.
pub(super) fn exact_day(form: &Form, field: &'static str, errors: &mut FieldErrors) -> Option<Date> {
    let read = form.date(field, "The day", errors);
    let exact = read.and_then(kernel::partial_date::PartialDate::exact);
    if read.is_some() && exact.is_none() {
        errors.add(field, "The day needs a day, a month and a year");
    }
    exact
}

//! The pages of referrals: asking for support in two steps, the list, and one referral.

use super::actions::{self, ActionError, Mine, Opened};
use super::referral::{Line, NewReferral, ReferralId, State};
use super::rules::{Step, StepRule};
use super::suggestions::{self, Suggested};
use crate::services;
use crate::services::line::ServiceLine;
use access::Ctx;
use area::{Area, TermKind};
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Router, extract::State as Extract};
use families::facts::{self, Fact, FactId};
use families::people::{self, PersonId};
use families::search;
use kernel::{Date, british, clock};
use serde::{Deserialize, Serialize};
use web::{FieldErrors, Form, PageError, PageResult, Posted, Shared, Visitor};

/// So many services are offered as a better door.
const DOORS_MAX: usize = 100;

/// The routes of referrals.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/referrals", get(list))
        .route("/referrals/{id}", get(show))
        .route("/referrals/{id}/{verb}", post(decide))
        .route("/people/{person}/support", get(choose))
        .route("/people/{person}/support/{service}", get(write).post(send))
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    need: String,
    #[serde(default)]
    contact: String,
}

/// Choosing a service for a need.
#[derive(Debug, Serialize)]
pub struct Choose {
    person: String,
    name: String,
    need: String,
    contact: String,
    needs: Vec<(String, String)>,
    services: Vec<ServiceLine>,
    more: usize,
    search: String,
}

async fn choose(visitor: Visitor, Path(person): Path<PersonId>, Query(wanted): Query<Wanted>) -> PageResult {
    let mut ctx = visitor.read().await?;
    people::open(&mut ctx, access::Act::AskForSupport, person).await?;
    let name = search::names_of(&mut ctx, &[person]).await?.pop().unwrap_or_default();
    let suggested = if wanted.need.is_empty() {
        Suggested::default()
    } else {
        suggestions::of_need(&mut ctx, (&visitor.app.area, &visitor.app.directory), person, &wanted.need).await?
    };
    ctx.seen().await?;
    let page = Choose {
        person: person.to_string(),
        name,
        needs: visitor.app.area.terms_of(TermKind::Need).iter().map(|term| (term.id.clone(), term.words.clone())).collect(),
        services: suggested.services,
        more: suggested.more,
        search: format!("/services?need={}", web::in_query(&wanted.need)),
        need: wanted.need,
        contact: wanted.contact,
    };
    visitor.page("frontline/referrals/templates/choose.html", "Ask for support", page)
}

/// Something that can be shared, or was.
#[derive(Debug, Clone, Serialize)]
pub struct Item {
    /// The fact.
    pub id: String,
    /// What it says.
    pub words: String,
    /// Who said so, and how old that is.
    pub source: String,
    /// Whether it was picked.
    pub picked: bool,
}

/// Writing a referral.
#[derive(Debug, Serialize)]
pub struct Write {
    person: String,
    name: String,
    need: String,
    need_words: String,
    contact: String,
    service: ServiceLine,
    answer_by: String,
    items: Vec<Item>,
    words: String,
    errors: FieldErrors,
}

async fn write(visitor: Visitor, Path((person, service)): Path<(PersonId, String)>, Query(wanted): Query<Wanted>) -> PageResult {
    write_page(&visitor, (person, &service), wanted, &Form::default(), FieldErrors::default()).await
}

async fn write_page(visitor: &Visitor, to: (PersonId, &str), wanted: Wanted, form: &Form, errors: FieldErrors) -> PageResult {
    let area = &visitor.app.area;
    let mut ctx = visitor.read().await?;
    people::open(&mut ctx, access::Act::AskForSupport, to.0).await?;
    let area_id = ctx.area_id;
    let service =
        directory::of_code(&mut ctx.tx, area_id, to.1).await?.filter(actions::can_be_asked).ok_or(PageError::Hidden(None))?;
    let name = search::names_of(&mut ctx, &[to.0]).await?.pop().unwrap_or_default();
    let facts = facts::list_of(&mut ctx, &[to.0], None).await?;
    let (today, answer_by) = (ctx.clock.today(), super::rules::answer_by(ctx.now(), &area.clocks, &area.holidays));
    ctx.seen().await?;
    let page = Write {
        person: to.0.to_string(),
        name,
        need_words: area.words(&wanted.need).to_owned(),
        need: wanted.need,
        contact: wanted.contact,
        service: services::line::line(area, &service, None, today),
        answer_by: british::day(answer_by),
        items: facts
            .iter()
            .filter(|fact| fact.agency_id == visitor.actor().agency_id)
            .filter_map(|fact| item(area, fact, today, form.has("item", &fact.id.to_string())))
            .collect(),
        words: form.text("words").to_owned(),
        errors,
    };
    let status = if page.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visitor.page("frontline/referrals/templates/write.html", "Ask for support", page)?).into_response())
}

/// Returns a fact as an item to share; nothing for who somebody is, which goes with every referral.
fn item(area: &Area, fact: &Fact, today: Date, picked: bool) -> Option<Item> {
    let words = facts::words::sentence(area, fact)?;
    let mut source = facts::words::source(fact, today);
    if fact.superseded_at.is_some() {
        source.push_str(". Corrected since: do not rely on it");
    }
    Some(Item { id: fact.id.to_string(), words, source, picked })
}

async fn send(
    Extract(app): Extract<Shared>,
    Path((person, service)): Path<(PersonId, String)>,
    Posted { visitor, form }: Posted,
) -> PageResult {
    let items: Result<Vec<FactId>, PageError> = form
        .all("item")
        .iter()
        .map(|id| id.parse().map_err(|_| PageError::BadRequest("An item of the form does not read".to_owned())))
        .collect();
    let contact = form.text("contact").parse().ok();
    let new = NewReferral {
        person,
        contact,
        service: service.clone(),
        need: form.text("need").to_owned(),
        words: form.text("words").to_owned(),
        items: items?,
    };
    let mut ctx = visitor.write_once(&form).await?;
    match actions::ask(&mut ctx, &app.area, new).await {
        Ok(id) => visitor.done(ctx, &form, &format!("/referrals/{id}?sent=yes")).await,
        Err(ActionError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let mut errors = FieldErrors::default();
            errors.add("words", &e.to_string());
            let wanted = Wanted { need: form.text("need").to_owned(), contact: form.text("contact").to_owned() };
            write_page(&visitor, (person, &service), wanted, &form, errors).await
        }
    }
}

/// A referral in a list.
#[derive(Debug, Clone, Serialize)]
pub struct ReferralLine {
    /// Its id.
    pub id: String,
    /// For whom.
    pub name: String,
    /// The service.
    pub service: String,
    /// The need.
    pub need: String,
    /// Where it stands.
    pub state: String,
    /// What is due, and when.
    pub due: String,
    /// Whether that day has passed.
    pub late: bool,
    /// Who asked.
    pub sender: String,
    /// Whether the sender has not seen the answer.
    pub news: bool,
}

/// Returns a referral as a list shows it.
pub fn line(area: &Area, line: &Line, today: Date) -> ReferralLine {
    let referral = &line.referral;
    let due = match (referral.state, referral.next_on) {
        (State::Asked, Some(on)) => format!("Answer due by {}", british::day(on)),
        (_, Some(on)) => format!("Next look by {}", british::day(on)),
        (_, None) => referral.ended_at.map_or_else(String::new, |at| british::day(clock::local_day(at))),
    };
    ReferralLine {
        id: referral.id.to_string(),
        name: line.name.clone(),
        service: referral.service_words().to_owned(),
        need: area.words(&referral.need).to_owned(),
        state: referral.state.words().to_owned(),
        due,
        late: referral.next_on.is_some_and(|on| on < today),
        sender: format!("{}, {}", referral.sender, referral.from_agency),
        news: referral.decided_at.is_some() && referral.sender_told_at.is_none(),
    }
}

/// The list of referrals.
#[derive(Debug, Serialize)]
pub struct List {
    owned: Vec<ReferralLine>,
    sent: Vec<ReferralLine>,
    at_agency: Vec<ReferralLine>,
}

async fn list(visitor: Visitor) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(access::Act::Search, &access::Resource::area())?;
    let Mine { owned, sent, at_agency } = actions::mine(&mut ctx).await?;
    let today = ctx.clock.today();
    ctx.seen().await?;
    let area = &visitor.app.area;
    let shown = |lines: &[Line]| lines.iter().map(|one| line(area, one, today)).collect();
    let page = List { owned: shown(&owned), sent: shown(&sent), at_agency: shown(&at_agency) };
    visitor.page("frontline/referrals/templates/list.html", "Referrals", page)
}

/// One referral.
#[derive(Debug, Serialize)]
pub struct Show {
    id: String,
    version: i64,
    person: String,
    line: ReferralLine,
    words: String,
    owner: String,
    asked_at: String,
    answer_by: String,
    escalated: String,
    items: Vec<Item>,
    decline_reason: String,
    better_door: String,
    outcome: String,
    outcome_words: String,
    may_accept: bool,
    may_decline: bool,
    may_start: bool,
    may_end: bool,
    may_withdraw: bool,
    decline_reasons: Vec<area::files::Choice>,
    support_outcomes: Vec<area::files::Choice>,
    services: Vec<(String, String)>,
    is_final: bool,
    typed: Typed,
    just_sent: bool,
    changed: bool,
    errors: FieldErrors,
}

/// What was typed into the form that was sent: nothing of it is lost when something is wrong with it.
#[derive(Debug, Default, Serialize)]
struct Typed {
    verb: String,
    reason: String,
    better_door: String,
    outcome: String,
    words: String,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    sent: String,
}

async fn show(visitor: Visitor, Path(id): Path<ReferralId>, Query(sent): Query<Sent>) -> PageResult {
    let mut ctx = visitor.write().await?;
    let opened = actions::load(&mut ctx, id).await?;
    actions::mark_told(&mut ctx, id).await?;
    let today = ctx.clock.today();
    ctx.commit().await?;
    // Not while others wait to write: the directory may have to be read.
    let doors = doors(&visitor, &mut visitor.read().await?, &opened).await?;
    let mut page = show_page(&visitor.app.area, &opened, doors, today);
    page.just_sent = sent.sent == "yes";
    visitor.page("frontline/referrals/templates/show.html", "Referral", page)
}

/// Returns the services that may fit better: those that can be asked and meet the need first.
async fn doors(visitor: &Visitor, ctx: &mut Ctx, opened: &Opened) -> Result<Vec<(String, String)>, PageError> {
    if !opened.may_decide {
        return Ok(Vec::new());
    }
    let (area_id, referral) = (ctx.area_id, &opened.referral);
    let index = visitor.app.directory.now(&mut ctx.tx, area_id, &visitor.app.area).await?;
    let mut doors: Vec<&directory::Entry> = index
        .all()
        .map(|(_, entry)| entry)
        .filter(|one| one.can_be_asked && one.is_active && one.code != referral.service)
        .collect();
    doors.sort_by_key(|one| (!one.needs.contains(&referral.need), &one.name));
    Ok(doors.into_iter().take(DOORS_MAX).map(|one| (one.code.clone(), one.name.clone())).collect())
}

fn show_page(area: &Area, opened: &Opened, doors: Vec<(String, String)>, today: Date) -> Show {
    let referral = &opened.referral;
    let choice = |choices: &[area::files::Choice], id: &str| {
        choices.iter().find(|choice| choice.id == id).map_or_else(|| id.to_owned(), |choice| choice.words.clone())
    };
    let (state, decides) = (referral.state, opened.may_decide);
    Show {
        id: referral.id.to_string(),
        version: referral.version,
        person: referral.person.to_string(),
        line: line(area, &Line { referral: referral.clone(), name: opened.name.clone() }, today),
        words: referral.words.clone(),
        owner: referral.owner.clone().unwrap_or_default(),
        asked_at: british::moment(referral.asked_at),
        answer_by: british::day(referral.answer_by),
        escalated: referral.escalated_at.map_or_else(String::new, british::moment),
        items: opened.items.iter().filter_map(|fact| item(area, fact, today, true)).collect(),
        decline_reason: choice(&area.setting.decline_reasons, &referral.decline_reason),
        better_door: opened.better_door.clone(),
        outcome: choice(&area.setting.support_outcomes, &referral.outcome),
        outcome_words: referral.outcome_words.clone(),
        may_accept: decides && state == State::Asked,
        may_decline: decides && matches!(state, State::Asked | State::Waiting),
        may_start: decides && state == State::Waiting,
        may_end: decides && matches!(state, State::Waiting | State::Started),
        may_withdraw: opened.may_withdraw && matches!(state, State::Asked | State::Waiting),
        decline_reasons: area.setting.decline_reasons.clone(),
        support_outcomes: area.setting.support_outcomes.clone(),
        services: doors,
        is_final: state.is_final(),
        typed: Typed::default(),
        just_sent: false,
        changed: false,
        errors: FieldErrors::default(),
    }
}

async fn decide(
    Extract(app): Extract<Shared>,
    Path((id, verb)): Path<(ReferralId, String)>,
    Posted { visitor, form }: Posted,
) -> PageResult {
    let version: i64 = form.parse_field("version")?;
    let words = form.text("words").to_owned();
    let mut ctx = visitor.write_once(&form).await?;
    let area = &app.area;
    let done = match verb.as_str() {
        "accept" => actions::accept(&mut ctx, area, id, version).await,
        "start" => actions::start(&mut ctx, area, id, version).await,
        "decline" => {
            let (reason, better_door) = (form.text("reason").to_owned(), form.text("better_door").to_owned());
            actions::decline(&mut ctx, area, (id, version), Step::Decline { reason, better_door, words }).await
        }
        "end" => actions::end(&mut ctx, area, (id, version), Step::End { outcome: form.text("outcome").to_owned(), words }).await,
        "withdraw" => actions::withdraw(&mut ctx, area, (id, version), &words).await,
        _ => return Err(PageError::Hidden(None)),
    };
    match done {
        Ok(()) => visitor.done(ctx, &form, &format!("/referrals/{id}")).await,
        Err(ActionError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let mut ctx = visitor.read().await?;
            let opened = actions::load(&mut ctx, id).await?;
            let doors = doors(&visitor, &mut ctx, &opened).await?;
            let today = ctx.clock.today();
            ctx.seen().await?;
            let mut page = show_page(area, &opened, doors, today);
            page.changed = matches!(e, ActionError::Changed);
            page.errors.add(field_of(&verb, &e), &e.to_string());
            let text = |field: &str| form.text(field).to_owned();
            page.typed = Typed {
                reason: text("reason"),
                better_door: text("better_door"),
                outcome: text("outcome"),
                words: text("words"),
                verb,
            };
            let status = if page.changed { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
            Ok((status, visitor.page("frontline/referrals/templates/show.html", "Referral", page)?).into_response())
        }
    }
}

/// Returns where on the page an error of a step belongs.
fn field_of(verb: &str, e: &ActionError) -> &'static str {
    match (verb, e) {
        ("decline", ActionError::Step(StepRule::SameDoor)) => "better_door",
        ("decline", ActionError::Text(..) | ActionError::Step(StepRule::NoWords)) => "decline-words",
        ("end", ActionError::Text(..)) => "end-words",
        ("withdraw", ActionError::Text(..)) => "withdraw-words",
        ("end", _) => "outcome",
        _ => "reason",
    }
}

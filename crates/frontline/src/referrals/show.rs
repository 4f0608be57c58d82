//! One referral on a page: where it stands, each step with who took it, and what may be done now.

use super::actions::{self, ActionError, Opened};
use super::between;
use super::pages::{Item, ReferralLine, item, line};
use super::referral::{Event, Line, ReferralId, State};
use super::rules::{Step, StepRule};
use crate::forms::{Boxes, Choice, day};
use crate::giving;
use crate::notices::{self, Notice};
use access::Ctx;
use area::Area;
use axum::extract::{Path, Query, State as Extract};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use families::facts::{self, FactId};
use kernel::{Date, Timestamp, british};
use serde::{Deserialize, Serialize};
use web::{FieldErrors, Form, PageError, PageResult, Posted, Shared, Visitor};

/// So many services are offered as a better door.
const DOORS_MAX: usize = 100;

/// One referral.
#[derive(Debug, Serialize)]
pub(super) struct Show {
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
    may_ask_back: bool,
    may_say_when: bool,
    may_miss: bool,
    may_pass_on: bool,
    may_reply: bool,
    question: String,
    waits: String,
    passed_to: String,
    is_of_several: bool,
    steps: Vec<StepLine>,
    notices: Vec<NoticeLine>,
    reach: String,
    to_share: Vec<Item>,
    decline_reasons: Vec<area::files::Choice>,
    support_outcomes: Vec<area::files::Choice>,
    services: Vec<(String, String)>,
    passable: Vec<(String, String)>,
    colleagues: Vec<Choice>,
    is_final: bool,
    typed: Typed,
    lost: String,
    just_sent: bool,
    changed: bool,
    errors: FieldErrors,
}

/// A step that was taken, on the page.
#[derive(Debug, Clone, Serialize)]
pub(super) struct StepLine {
    what: &'static str,
    words: String,
    source: String,
}

/// How whom a referral is for was told, on the page.
#[derive(Debug, Clone, Serialize)]
pub(super) struct NoticeLine {
    id: String,
    what: String,
    source: String,
    to_tell: bool,
}

fn notice_line(notice: &Notice, may_tell: bool) -> NoticeLine {
    let at = |at: Option<Timestamp>| at.map_or_else(String::new, british::moment);
    let way = notice.way.words();
    let what = match notice.state {
        notices::State::Waiting | notices::State::Sending => format!("{way} waits to be sent"),
        notices::State::Sent => format!("{way} sent"),
        notices::State::Delivered => format!("{way} arrived"),
        notices::State::ToTell => format!("Not told yet. {} tells them by {}", notice.owner, british::day(notice.tell_by)),
        notices::State::Told => format!("Told by {}", notice.told_by.clone().unwrap_or_default()),
        notices::State::Failed | notices::State::Replaced => "Not told".to_owned(),
    };
    let to_tell = matches!(notice.state, notices::State::ToTell | notices::State::Waiting);
    let (words, when) = if to_tell {
        (notice.problem.clone(), format!("News of {}", british::moment(notice.made_at)))
    } else {
        (notice.told_words.clone(), at(notice.done_at))
    };
    let source = [words, when].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(". ");
    NoticeLine { id: notice.id.to_string(), what, source, to_tell: to_tell && may_tell }
}

fn step_line(event: &Event) -> StepLine {
    let by = event.by.as_ref().map_or_else(String::new, |by| format!("{by}, "));
    StepLine { what: event.kind.words(), words: event.words.clone(), source: format!("{by}{}", british::moment(event.at)) }
}

/// What was typed into the form that was sent: nothing of it is lost when something is wrong with it.
#[derive(Debug, Default, Serialize)]
struct Typed {
    verb: String,
    reason: String,
    better_door: String,
    outcome: String,
    words: String,
    service: String,
    agreed: String,
    place: String,
    on: Boxes,
}

impl Typed {
    fn of(form: &Form, verb: &str) -> Self {
        let text = |field: &str| form.text(field).to_owned();
        Self {
            verb: verb.to_owned(),
            reason: text("reason"),
            better_door: text("better_door"),
            outcome: text("outcome"),
            words: text("words"),
            service: text("service"),
            agreed: text("agreed"),
            place: text("place"),
            on: Boxes { day: text("on-day"), month: text("on-month"), year: text("on-year") },
        }
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    sent: String,
}

/// Returns the page of one referral; its sender has seen the answer then.
pub(super) async fn show(visitor: Visitor, Path(id): Path<ReferralId>, Query(sent): Query<Sent>) -> PageResult {
    let mut ctx = visitor.write().await?;
    let opened = actions::load(&mut ctx, id).await?;
    actions::mark_told(&mut ctx, id).await?;
    let today = ctx.clock.today();
    ctx.commit().await?;
    // Not while others wait to write: the directory may have to be read.
    let mut ctx = visitor.read().await?;
    let doors = doors(&visitor, &mut ctx, &opened).await?;
    let mut page = show_page(&visitor.app.area, &opened, doors, today);
    page.to_share = to_share(&mut ctx, &visitor, &opened, &Form::default()).await?;
    drop(ctx);
    page.just_sent = sent.sent == "yes";
    visitor.page("frontline/referrals/templates/show.html", "Referral", page)
}

/// Returns what the sender may share beside what they have, when the service asks for more.
async fn to_share(ctx: &mut Ctx, visitor: &Visitor, opened: &Opened, form: &Form) -> Result<Vec<Item>, PageError> {
    if !(opened.may_withdraw && opened.referral.state == State::AskedBack) {
        return Ok(Vec::new());
    }
    let (own, today) = (ctx.actor.agency_id, ctx.clock.today());
    let known = facts::list_of(ctx, &[opened.referral.person], None).await?;
    let is_new = |fact: &&facts::Fact| fact.agency_id == own && !opened.items.iter().any(|item| item.id == fact.id);
    let shown = known.iter().filter(is_new);
    Ok(shown.filter_map(|fact| item(&visitor.app.area, fact, today, form.has("item", &fact.id.to_string()))).collect())
}

/// Services to go to instead: each its code and its name.
#[derive(Default)]
struct Doors {
    /// Those that may fit better.
    better: Vec<(String, String)>,
    /// Those that the referral can be passed on to: none whose place in a family's life nobody is told of.
    passable: Vec<(String, String)>,
    /// Of the service's agency, those whom the referral can be given to.
    colleagues: Vec<Choice>,
}

/// Returns the services that may fit better: those that can be asked and meet the need first.
async fn doors(visitor: &Visitor, ctx: &mut Ctx, opened: &Opened) -> Result<Doors, PageError> {
    if !opened.may_decide {
        return Ok(Doors::default());
    }
    let (area_id, referral) = (ctx.area_id, &opened.referral);
    let is_theirs = ctx.actor.agency_id == referral.to_agency_id && !referral.state.is_final();
    let whose = (referral.to_agency_id, referral.owner_id);
    let colleagues = if is_theirs { giving::colleagues(ctx, whose, "").await? } else { Vec::new() };
    let agencies = access::people::list_agencies(&mut ctx.tx, area_id).await?;
    let index = visitor.app.directory.now(&mut ctx.tx, area_id, &visitor.app.area).await?;
    let mut doors: Vec<&directory::Entry> = index
        .all()
        .map(|(_, entry)| entry)
        .filter(|one| one.agency.is_some() && one.is_active && one.code != referral.service)
        .collect();
    doors.sort_by_key(|one| (!one.needs.contains(&referral.need), &one.name));
    let is_named = |one: &directory::Entry| agencies.iter().any(|agency| Some(agency.id) == one.agency && !agency.sensitive);
    let shown = |one: &directory::Entry| (one.code.clone(), one.name.clone());
    let passes = !ctx.actor.sensitive;
    let passable = doors.iter().filter(|one| passes && is_named(one)).take(DOORS_MAX).map(|one| shown(one)).collect();
    let better = doors.iter().take(DOORS_MAX).map(|one| shown(one)).collect();
    Ok(Doors { better, passable, colleagues })
}

fn show_page(area: &Area, opened: &Opened, doors: Doors, today: Date) -> Show {
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
        decline_reason: if state == State::PassedOn {
            String::new()
        } else {
            choice(&area.setting.decline_reasons, &referral.decline_reason)
        },
        better_door: opened.better_door.clone(),
        outcome: choice(&area.setting.support_outcomes, &referral.outcome),
        outcome_words: referral.outcome_words.clone(),
        may_accept: decides && matches!(state, State::Asked | State::AskedBack),
        may_decline: decides && matches!(state, State::Asked | State::AskedBack | State::Waiting),
        may_start: decides && state == State::Waiting,
        may_end: decides && matches!(state, State::Waiting | State::Started),
        may_withdraw: opened.may_withdraw && matches!(state, State::Asked | State::AskedBack | State::Waiting),
        may_ask_back: decides && state == State::Asked,
        may_say_when: decides && state == State::Waiting,
        may_miss: decides && matches!(state, State::Waiting | State::Started),
        may_pass_on: decides && !doors.passable.is_empty() && matches!(state, State::Asked | State::AskedBack | State::Waiting),
        may_reply: opened.may_withdraw && state == State::AskedBack,
        question: referral.question.clone(),
        waits: waits(opened),
        passed_to: opened.passed_to.map_or_else(String::new, |id| format!("/referrals/{id}")),
        is_of_several: referral.round.is_some() && matches!(state, State::Asked | State::AskedBack),
        steps: opened.events.iter().map(step_line).collect(),
        notices: opened.notices.iter().map(|one| notice_line(one, opened.may_tell)).collect(),
        reach: if opened.may_tell { format!("/people/{}/safe-contact", referral.person) } else { String::new() },
        to_share: Vec::new(),
        decline_reasons: area.setting.decline_reasons.clone(),
        support_outcomes: area.setting.support_outcomes.clone(),
        services: doors.better,
        passable: doors.passable,
        colleagues: doors.colleagues,
        is_final: state.is_final(),
        typed: Typed::default(),
        lost: String::new(),
        just_sent: false,
        changed: false,
        errors: FieldErrors::default(),
    }
}

/// When support is to start, and in which place they wait until then.
fn waits(opened: &Opened) -> String {
    let referral = &opened.referral;
    let on = referral.starts_on.filter(|_| referral.state == State::Waiting).map(british::day);
    match (on, referral.wait_place) {
        (Some(on), Some(place)) => format!("Starts on {on}; number {place} in the waiting list"),
        (Some(on), None) => format!("Starts on {on}"),
        (None, _) => String::new(),
    }
}

/// What a step needs besides words, read from its form.
struct Fields {
    on: Option<Date>,
    place: Option<u16>,
    items: Vec<FactId>,
}

/// Takes a step of a referral.
pub(super) async fn decide(
    Extract(app): Extract<Shared>,
    Path((id, verb)): Path<(ReferralId, String)>,
    Posted { visitor, form }: Posted,
) -> PageResult {
    let version: i64 = form.parse_field("version")?;
    let mut errors = FieldErrors::default();
    let read = read(&form, &verb, &mut errors)?;
    if !errors.is_empty() {
        return again(&visitor, id, (&form, &verb), (errors, false)).await;
    }
    let mut ctx = visitor.write_once(&form).await?;
    match take(&mut ctx, &app.area, (id, version), (&form, &verb, &read)).await {
        Ok(()) => visitor.done(ctx, &form, &format!("/referrals/{id}")).await,
        Err(Refused::NoSuchVerb) => Err(PageError::Hidden(None)),
        Err(Refused::Action(ActionError::Access(e))) => Err(e.into()),
        Err(Refused::Action(e)) => {
            drop(ctx);
            errors.add(field_of(&verb, &e), &e.to_string());
            again(&visitor, id, (&form, &verb), (errors, matches!(e, ActionError::Changed | ActionError::TakenAlready))).await
        }
    }
}

/// Why a step was not taken.
enum Refused {
    NoSuchVerb,
    Action(ActionError),
}

impl From<ActionError> for Refused {
    fn from(e: ActionError) -> Self {
        Self::Action(e)
    }
}

fn read(form: &Form, verb: &str, errors: &mut FieldErrors) -> Result<Fields, PageError> {
    let field = if verb == "when" { "when" } else { "missed" };
    let on = if ["when", "missed"].contains(&verb) { day(form, "on", errors) } else { None };
    if on.is_none() && errors.has("on") {
        let said = "Type the day, with its month and year";
        *errors = FieldErrors::default();
        errors.add(&format!("{field}-on"), said);
    }
    let place = match form.text("place").trim() {
        "" => None,
        typed => match typed.parse() {
            Ok(place) if (1..=9999).contains(&place) => Some(place),
            _ => {
                errors.add("place", "Type the place as a number");
                None
            }
        },
    };
    let item = |id: &String| id.parse().map_err(|_| PageError::BadRequest("An item of the form does not read".to_owned()));
    let items = form.all("item").iter().map(item).collect::<Result<_, _>>()?;
    Ok(Fields { on, place, items })
}

async fn take(
    ctx: &mut Ctx,
    area: &Area,
    at: (ReferralId, i64),
    (form, verb, read): (&Form, &str, &Fields),
) -> Result<(), Refused> {
    let text = |field: &str| form.text(field).to_owned();
    let words = text("words");
    match (verb, read.on) {
        ("accept", _) => actions::accept(ctx, area, at.0, at.1).await?,
        ("start", _) => actions::start(ctx, area, at.0, at.1).await?,
        ("decline", _) => {
            let step = Step::Decline { reason: text("reason"), better_door: text("better_door"), words };
            actions::decline(ctx, area, at, step).await?;
        }
        ("end", _) => actions::end(ctx, area, at, Step::End { outcome: text("outcome"), words }).await?,
        ("give", _) => {
            let to = form.text("to").parse().map_err(|_| ActionError::NotGiven)?;
            between::give(ctx, area, at, (to, &words)).await?;
        }
        ("withdraw", _) => actions::withdraw(ctx, area, at, &words).await?,
        ("ask-back", _) => between::ask_back(ctx, area, at, &words).await?,
        ("reply", _) => between::reply(ctx, area, at, (&words, &read.items)).await?,
        ("when", Some(on)) => between::say_when(ctx, area, at, (on, read.place, &words)).await?,
        ("missed", Some(on)) => between::missed(ctx, area, at, (&words, on)).await?,
        ("pass-on", _) => {
            between::pass_on(ctx, area, at, (form.text("service"), form.text("agreed"), &words)).await?;
        }
        _ => return Err(Refused::NoSuchVerb),
    }
    Ok(())
}

/// Shows the referral again with what is wrong with a form on it, and everything that was typed.
pub(crate) async fn show_again(visitor: &Visitor, id: ReferralId, typed: (&Form, &str), errors: FieldErrors) -> PageResult {
    again(visitor, id, typed, (errors, false)).await
}

async fn again(
    visitor: &Visitor,
    id: ReferralId,
    (form, verb): (&Form, &str),
    (errors, changed): (FieldErrors, bool),
) -> PageResult {
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx, id).await?;
    let doors = doors(visitor, &mut ctx, &opened).await?;
    let to_share = to_share(&mut ctx, visitor, &opened, form).await?;
    let today = ctx.clock.today();
    ctx.seen().await?;
    let page = show_page(&visitor.app.area, &opened, doors, today);
    let is_offered = match verb {
        "decline" => page.may_decline,
        "end" => page.may_end,
        "withdraw" => page.may_withdraw,
        "ask-back" => page.may_ask_back,
        "reply" => page.may_reply,
        "when" => page.may_say_when,
        "missed" => page.may_miss,
        "pass-on" => page.may_pass_on,
        "give" => !page.colleagues.is_empty(),
        told => told.strip_prefix("told-").is_none_or(|id| page.notices.iter().any(|one| one.to_tell && one.id == id)),
    };
    let lost = if is_offered { String::new() } else { form.text("words").to_owned() };
    let mut page = Show { to_share, lost, changed, errors, typed: Typed::of(form, verb), ..page };
    page.colleagues.iter_mut().for_each(|one| one.chosen = one.id == form.text("to"));
    let status = if changed { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visitor.page("frontline/referrals/templates/show.html", "Referral", page)?).into_response())
}

/// Returns where on the page an error of a step belongs.
fn field_of(verb: &str, e: &ActionError) -> &'static str {
    match (verb, e) {
        ("decline", ActionError::Step(StepRule::SameDoor)) => "better_door",
        ("decline", ActionError::Text(..) | ActionError::Step(StepRule::NoWords)) => "decline-words",
        ("end", ActionError::Text(..)) => "end-words",
        ("withdraw", _) => "withdraw-words",
        ("give", ActionError::Text(..)) => "give-words",
        ("give", _) => "to",
        ("end", _) => "outcome",
        ("ask-back", _) => "ask-back-words",
        ("reply", _) => "reply-words",
        ("when", ActionError::Text(..)) => "when-words",
        ("when", _) => "when-on",
        ("missed", ActionError::Text(..)) => "missed-words",
        ("missed", _) => "missed-on",
        ("pass-on", ActionError::Text(..)) => "pass-on-words",
        ("pass-on", ActionError::Step(StepRule::NotAgreed)) => "agreed",
        ("pass-on", _) => "service",
        ("decline", _) => "reason",
        _ => "step",
    }
}

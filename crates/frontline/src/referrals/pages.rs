//! The pages of referrals: asking for support in two steps, and the list.

use super::actions::{self, ActionError, Mine};
use super::referral::{Line, NewReferral, Referral, State};
use super::show;
use super::suggestions::{self, Suggested};
use crate::services;
use crate::services::line::ServiceLine;
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

/// The routes of referrals.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/referrals", get(list))
        .route("/referrals/{id}", get(show::show))
        .route("/referrals/{id}/{verb}", post(show::decide))
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
    also: Vec<Also>,
    words: String,
    errors: FieldErrors,
}

/// Another service that could as well.
#[derive(Debug, Clone, Serialize)]
pub struct Also {
    id: String,
    words: String,
    ticked: bool,
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
    let also = also(&mut ctx, visitor, to, (&wanted.need, form)).await?;
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
        also,
        words: form.text("words").to_owned(),
        errors,
    };
    let status = if page.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visitor.page("frontline/referrals/templates/write.html", "Ask for support", page)?).into_response())
}

/// Returns the other services that are suggested for the need and can be asked.
async fn also(
    ctx: &mut access::Ctx,
    visitor: &Visitor,
    (person, service): (PersonId, &str),
    (need, form): (&str, &Form),
) -> Result<Vec<Also>, PageError> {
    if need.is_empty() {
        return Ok(Vec::new());
    }
    let found = suggestions::of_need(ctx, (&visitor.app.area, &visitor.app.directory), person, need).await?;
    let others: Vec<ServiceLine> =
        found.services.into_iter().filter(|one| one.can_be_asked && one.id != service).take(actions::OTHERS_MAX).collect();
    let codes: Vec<&str> = others.iter().map(|one| one.id.as_str()).chain([service]).collect();
    let can = actions::askable_together(ctx, person, &codes).await?;
    if !can.contains(service) {
        return Ok(Vec::new());
    }
    let others = others.into_iter().filter(|one| can.contains(&one.id));
    let other = |one: ServiceLine| Also { ticked: form.has("also", &one.id), words: one.name, id: one.id };
    Ok(others.map(other).collect())
}

/// Returns a fact as an item to share; nothing for who somebody is, which goes with every referral.
pub(super) fn item(area: &Area, fact: &Fact, today: Date, picked: bool) -> Option<Item> {
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
    let asked = match form.all("also") {
        [] => actions::ask(&mut ctx, &app.area, new).await,
        also => actions::ask_first_of(&mut ctx, &app.area, new, also).await,
    };
    match asked {
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
    ReferralLine { name: line.name.clone(), ..unnamed(area, &line.referral, today) }
}

/// Returns a referral as a list shows it, without the name of whom it is for.
pub fn unnamed(area: &Area, referral: &Referral, today: Date) -> ReferralLine {
    let due = match (referral.state, referral.next_on) {
        (State::Asked, Some(on)) => format!("Answer due by {}", british::day(on)),
        (State::AskedBack, Some(on)) => format!("The sender answers by {}", british::day(on)),
        (State::Waiting, Some(on)) if referral.starts_on == Some(on) => format!("Starts on {}", british::day(on)),
        (_, Some(on)) => format!("Next look by {}", british::day(on)),
        (_, None) => referral.ended_at.map_or_else(String::new, |at| british::day(clock::local_day(at))),
    };
    ReferralLine {
        id: referral.id.to_string(),
        name: String::new(),
        service: referral.service_words().to_owned(),
        need: area.words(&referral.need).to_owned(),
        state: referral.state.words().to_owned(),
        due,
        late: referral.next_on.is_some_and(|on| on < today),
        sender: format!("{}, {}", referral.sender, referral.from_agency),
        news: (referral.decided_at.is_some() || referral.state == State::AskedBack) && referral.sender_told_at.is_none(),
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

//! The handlers of the family's page, and of what is done from it.

use super::page;
use access::{AccessError, Act, Ctx};
use axum::Router;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use families::facts::{self, FactError, Kind, NewFact};
use families::family::{self, FamilyError, FamilyId};
use families::links;
use families::people::{self, AskError, PersonId, ShieldKind};
use frontline::contacts::ContactId;
use kernel::Date;
use kernel::partial_date::PartialDate;
use serde::Deserialize;
use serde_json::json;
use web::{FieldErrors, Form, PageError, PageResult, Posted, Shared, Visitor};

/// The routes of people and families.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/people/{id}", get(show))
        .route("/people/{id}/ask", post(ask))
        .route("/people/{id}/read", post(read))
        .route("/people/{id}/facts", get(new_fact).post(record))
        .route("/people/{id}/relatives/{other}", get(relative).post(relate))
        .route("/people/{id}/family", post(create_family))
        .route("/people/{id}/family/{family}", post(next_step))
        .route("/people/{id}/shield", get(shield_form).post(shield))
}

#[derive(Debug, Default, Deserialize)]
struct After {
    #[serde(default)]
    contact: String,
    #[serde(default)]
    why: String,
}

/// Returns the page of somebody and their family.
pub(crate) async fn of(visitor: Visitor, id: PersonId) -> PageResult {
    show(visitor, Path(id), Query(After::default())).await
}

async fn show(visitor: Visitor, Path(id): Path<PersonId>, Query(after): Query<After>) -> PageResult {
    let mut ctx = visitor.read().await?;
    match people::open(&mut ctx, Act::OpenPerson, id).await {
        Ok((standing, _)) => {
            // Only an id of a contact comes into the page: never what somebody put into the address.
            let contact = after.contact.parse::<ContactId>().map_or_else(|_| String::new(), |id| id.to_string());
            let page = page::compose(&mut ctx, &visitor.app.area, id).await?.with(contact, &standing);
            ctx.seen().await?;
            let title = page.name.clone();
            visitor.page("desk/person/templates/family.html", &title, page)
        }
        Err(AccessError::Refused(refusal)) => {
            drop(ctx);
            visitor.app.world.db.record(vec![*refusal.entry]).await?;
            let form = Form::parse(&format!("why={}", web::in_query(&after.why)))?;
            ask_page(&visitor, id, &form, FieldErrors::default()).await
        }
        // Two who are one: an old address still leads to who they are known as.
        Err(AccessError::Hidden(None)) => match links::now_known_as(&mut ctx, id).await? {
            Some(kept) => Ok(Redirect::to(&format!("/people/{kept}")).into_response()),
            None => Err(PageError::Hidden(None)),
        },
        Err(e) => Err(e.into()),
    }
}

async fn ask_page(visitor: &Visitor, id: PersonId, form: &Form, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    let standing = people::load(&mut ctx, id).await?;
    if !ctx.may(Act::AskToOpen, &standing.resource())? {
        people::open(&mut ctx, Act::OpenPerson, id).await?;
    }
    let name = families::search::names_of(&mut ctx, &[id]).await?.pop().unwrap_or_default();
    ctx.seen().await?;
    let rules = visitor.app.world.policies.ways_in(Act::OpenPerson);
    let page = json!({
        "id": id.to_string(), "name": name, "why": form.text("why"), "words": form.text("words"), "errors": errors,
        "hours": visitor.app.area.setting.asking_hours,
        "changes": rules.iter().map(|rule| rule.change.clone()).collect::<Vec<_>>()
    });
    let status = if errors.is_empty() { StatusCode::FORBIDDEN } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visitor.page("desk/person/templates/ask.html", "Why are you looking?", page)?).into_response())
}

async fn ask(Path(id): Path<PersonId>, Posted { visitor, form }: Posted) -> PageResult {
    let setting = &visitor.app.area.setting;
    let mut errors = FieldErrors::default();
    let why = form.choice("why", "Choose why you are looking", setting.reasons.iter().map(|r| r.id.as_str()), &mut errors);
    if !errors.is_empty() {
        return ask_page(&visitor, id, &form, errors).await;
    }
    let mut ctx = visitor.write_once(&form).await?;
    match people::ask(&mut ctx, id, (&why, form.text("words")), setting.asking_hours).await {
        Ok(()) => {
            processes::watch::notice(&mut ctx, &visitor.app.area, id, form.text("words")).await?;
            visitor.done(ctx, &form, &format!("/people/{id}")).await
        }
        Err(AskError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            errors.add("words", &e.to_string());
            ask_page(&visitor, id, &form, errors).await
        }
    }
}

async fn read(Path(id): Path<PersonId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut ctx = visitor.write_once(&form).await?;
    family::mark_read(&mut ctx, id).await?;
    visitor.done(ctx, &form, &format!("/people/{id}")).await
}

#[derive(Debug, Default, Deserialize)]
struct OfKind {
    #[serde(default)]
    kind: String,
}

const WRITABLE: [Kind; 6] = [Kind::Strength, Kind::Aspiration, Kind::Need, Kind::Circumstance, Kind::Risk, Kind::Language];

async fn new_fact(visitor: Visitor, Path(id): Path<PersonId>, Query(of): Query<OfKind>) -> PageResult {
    let form = Form::parse(&format!("kind={}", web::in_query(&of.kind)))?;
    fact_page(&visitor, id, &form, FieldErrors::default()).await
}

async fn fact_page(visitor: &Visitor, id: PersonId, form: &Form, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    let standing = people::load(&mut ctx, id).await?;
    if !ctx.may(Act::RecordFact, &standing.resource())? {
        people::open(&mut ctx, Act::OpenPerson, id).await?;
    }
    let name = families::search::names_of(&mut ctx, &[id]).await?.pop().unwrap_or_default();
    ctx.seen().await?;
    let kind: Kind = form.text("kind").parse().unwrap_or(Kind::Strength);
    let terms: Vec<(String, String)> = visitor
        .app
        .area
        .terms
        .values()
        .filter(|term| term.kind.as_str() == kind.as_str())
        .map(|term| (term.id.clone(), term.words.clone()))
        .collect();
    let page = json!({
        "id": id.to_string(), "name": name, "kind": kind.as_str(), "terms": terms, "term": form.text("term"), "words": form.text("words"),
        "told_by": form.text("told_by"), "standing": form.text("standing"), "errors": errors
    });
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visitor.page("desk/person/templates/fact.html", "Record something known", page)?).into_response())
}

async fn record(Path(id): Path<PersonId>, Posted { visitor, form }: Posted) -> PageResult {
    let area = &visitor.app.area;
    let mut errors = FieldErrors::default();
    let kind = form.text("kind").parse::<Kind>().ok().filter(|kind| WRITABLE.contains(kind)).ok_or(PageError::Hidden(None))?;
    let offered = area.terms.values().filter(|term| term.kind.as_str() == kind.as_str()).map(|term| term.id.as_str());
    let term =
        if kind == Kind::Language { String::new() } else { form.choice("term", "Choose what it is", offered, &mut errors) };
    let words = form.line_if_any("words", "What you wrote", facts::rules::WORDS_MAX, &mut errors);
    if kind == Kind::Language && words.is_empty() {
        errors.add("words", "Type the language");
    }
    let told_by = form.line_if_any("told_by", "Who told you", facts::rules::LINE_MAX, &mut errors);
    if !errors.is_empty() {
        return fact_page(&visitor, id, &form, errors).await;
    }
    let class = area.terms.get(&term).and_then(|term| term.class.as_str().parse().ok()).unwrap_or(facts::Class::Ordinary);
    let standing = if form.text("standing") == "told" { facts::Standing::Told } else { facts::Standing::Seen };
    let fact = NewFact { class, standing, told_by, ..NewFact::plain(id, kind, &term, &words) };
    let mut ctx = visitor.write_once(&form).await?;
    let (_, permit) = people::open(&mut ctx, Act::RecordFact, id).await?;
    match facts::record(&mut ctx, &permit, fact).await {
        Ok(_) => {
            processes::signals::look_at(&mut ctx, &[id]).await?;
            visitor.done(ctx, &form, &format!("/people/{id}")).await
        }
        Err(FactError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            errors.add("words", &e.to_string());
            fact_page(&visitor, id, &form, errors).await
        }
    }
}

async fn relative(visitor: Visitor, Path((id, other)): Path<(PersonId, PersonId)>) -> PageResult {
    relative_page(&visitor, (id, other), FieldErrors::default()).await
}

async fn relative_page(visitor: &Visitor, (id, other): (PersonId, PersonId), errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    people::open(&mut ctx, Act::OpenPerson, id).await?;
    people::open(&mut ctx, Act::FindPerson, other).await?;
    let names = families::search::names_of(&mut ctx, &[id, other]).await?;
    ctx.seen().await?;
    let page = json!({
        "id": id.to_string(), "other": other.to_string(), "name": names[0], "other_name": names[1],
        "relations": visitor.app.area.setting.relationships, "errors": errors
    });
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visitor.page("desk/person/templates/relative.html", "How are they related?", page)?).into_response())
}

async fn relate(Path((id, other)): Path<(PersonId, PersonId)>, Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let offered = visitor.app.area.setting.relationships.iter().map(|relation| relation.id.as_str());
    let relation = form.choice("relation", "Choose how they are related", offered, &mut errors);
    if !errors.is_empty() {
        return relative_page(&visitor, (id, other), errors).await;
    }
    let mut ctx = visitor.write_once(&form).await?;
    people::open(&mut ctx, Act::OpenPerson, id).await?;
    match super::relate(&mut ctx, other, &relation, id).await {
        Ok(()) => visitor.done(ctx, &form, &format!("/people/{id}")).await,
        Err(FactError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            errors.add("relation", &e.to_string());
            relative_page(&visitor, (id, other), errors).await
        }
    }
}

fn next_of(form: &Form, errors: &mut FieldErrors, today: Date) -> Date {
    let typed = form.date("next", "The day", errors).and_then(PartialDate::exact);
    typed.unwrap_or_else(|| {
        errors.add("next", "Type the day of the next step");
        today
    })
}

fn family_error(e: FamilyError) -> PageError {
    match e {
        FamilyError::Access(e) => e.into(),
        other => PageError::BadRequest(other.to_string()),
    }
}

async fn create_family(Path(id): Path<PersonId>, Posted { visitor, form }: Posted) -> PageResult {
    let area = &visitor.app.area;
    let mut ctx = visitor.write_once(&form).await?;
    let today = ctx.clock.today();
    let next_on = area.holidays.add(today, area.clocks.family_next_working_days);
    let name = families::search::names_of(&mut ctx, &[id]).await?.pop().unwrap_or_default();
    let called =
        name.split_whitespace().last().map_or_else(|| "The family".to_owned(), |surname| format!("The {surname} family"));
    let family_id = family::create(&mut ctx, &called, id, ("Look again at how they are", next_on)).await;
    let family_id = family_id.map_err(family_error)?;
    let lead_by = frontline::leads::rules::lead_by(today, &area.plans, &area.holidays);
    family::seek_lead(&mut ctx, family_id, lead_by).await.map_err(family_error)?;
    let around = facts::list_toward(&mut ctx, &[id]).await?;
    for fact in around {
        let person = people::load(&mut ctx, fact.new.person).await?;
        if ctx.may(Act::RecordFact, &person.resource())? {
            family::join(&mut ctx, (family_id, id), person.id, family::Part::Member).await.map_err(family_error)?;
        }
    }
    processes::signals::look_around(&mut ctx, id).await?;
    visitor.done(ctx, &form, &format!("/people/{id}")).await
}

async fn next_step(Path((id, family_id)): Path<(PersonId, FamilyId)>, Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let today = visitor.app.world.clock.today();
    let on = next_of(&form, &mut errors, today);
    let step = form.line("step", "The next step", 500, &mut errors);
    let version: i64 = form.parse_field("version")?;
    let mut changed = None;
    if errors.is_empty() {
        let mut ctx = visitor.write_once(&form).await?;
        match family::next_step(&mut ctx, id, family_id, version, (&step, on)).await {
            Ok(()) => return visitor.done(ctx, &form, &format!("/people/{id}")).await,
            Err(FamilyError::Access(e)) => return Err(e.into()),
            Err(FamilyError::Changed(theirs)) => changed = Some(theirs),
            Err(e) => errors.add("step", &e.to_string()),
        }
    }
    let theirs = changed.as_ref().map(|family| {
        json!({
            "step": family.next_step, "on": kernel::british::day(family.next_on), "version": family.version
        })
    });
    let page = json!({
        "id": id.to_string(), "family": family_id.to_string(), "version": changed.as_ref().map_or(version, |family| family.version),
        "step": form.text("step"), "day": form.text("next-day"), "month": form.text("next-month"), "year": form.text("next-year"),
        "theirs": theirs, "errors": errors
    });
    let status = if changed.is_some() { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visitor.page("desk/person/templates/next_step.html", "The next step", page)?).into_response())
}

async fn shield_form(visitor: Visitor, Path(id): Path<PersonId>) -> PageResult {
    shield_page(&visitor, id, &Form::default(), FieldErrors::default()).await
}

async fn shield_page(visitor: &Visitor, id: PersonId, form: &Form, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    let standing = people::load(&mut ctx, id).await?;
    if !ctx.may(Act::ShieldPerson, &standing.resource())? {
        return Err(PageError::Hidden(None));
    }
    let shields = people::shields(&mut ctx, id).await?;
    let name = families::search::names_of(&mut ctx, &[id]).await?.pop().unwrap_or_default();
    let accounts = access::people::list_practitioners(&mut ctx.tx, ctx.area_id).await?;
    let alone = family::around(&mut ctx, id).await?.is_empty();
    ctx.seen().await?;
    let named: Vec<(String, String, bool)> = accounts
        .iter()
        .map(|account| {
            let id = account.practitioner.id.to_string();
            let words = format!("{}, {}", account.practitioner.name, account.practitioner.agency);
            let ticked = form.has("named", &id);
            (id, words, ticked)
        })
        .collect();
    let in_force: Vec<serde_json::Value> = shields
        .iter()
        .map(|shield| {
            json!({ "kind": shield.kind.as_str(), "reason": shield.reason, "by": shield.decided_by, "named": shield.named.join(", "),
                    "since": kernel::british::moment(shield.from_at) })
        })
        .collect();
    let page = json!({
        "id": id.to_string(), "name": name, "practitioners": named, "shields": in_force, "alone": alone, "kind": form.text("kind"),
        "words": form.text("words"), "errors": errors
    });
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visitor.page("desk/person/templates/shield.html", "Shield", page)?).into_response())
}

const SHIELD_CHOICES: [(&str, ShieldKind, bool); 4] = [
    ("location", ShieldKind::Location, true),
    ("existence", ShieldKind::Existence, true),
    ("end-location", ShieldKind::Location, false),
    ("end-existence", ShieldKind::Existence, false),
];

async fn shield(Path(id): Path<PersonId>, Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let chosen = form.choice("kind", "Choose what must not be known", SHIELD_CHOICES.iter().map(|one| one.0), &mut errors);
    let chosen = SHIELD_CHOICES.iter().find(|one| one.0 == chosen);
    let mut ctx = visitor.write_once(&form).await?;
    let done = match chosen {
        None => Ok(()),
        Some((_, kind, false)) => match people::unshield(&mut ctx, id, *kind).await {
            Ok(()) => Ok(processes::shielding::ended(&mut ctx, id, *kind).await?),
            Err(e) => Err(e),
        },
        Some((_, kind, true)) => {
            let mut named = vec![ctx.actor.id];
            named.extend(form.all("named").iter().filter_map(|id| id.parse::<access::PractitionerId>().ok()));
            match put_shield((&mut ctx, &visitor.app.world), id, *kind, (form.text("words"), &named)).await {
                Ok(()) => {
                    processes::shielding::review_later(&mut ctx, &visitor.app.area, id, *kind, form.text("words")).await?;
                    Ok(())
                }
                Err(e) => Err(e),
            }
        }
    };
    match done {
        Ok(()) if errors.is_empty() => return visitor.done(ctx, &form, &format!("/people/{id}")).await,
        Ok(()) => drop(ctx),
        Err(AskError::Access(e)) => return Err(e.into()),
        Err(e) => {
            drop(ctx);
            errors.add("words", &e.to_string());
        }
    }
    shield_page(&visitor, id, &form, errors).await
}

/// Shields somebody; whoever is shut out by it hands their open work about them to whoever decided it.
async fn put_shield(
    (ctx, world): (&mut Ctx, &access::World),
    id: PersonId,
    kind: ShieldKind,
    (words, named): (&str, &[access::PractitionerId]),
) -> Result<(), AskError> {
    family::shield(ctx, id, kind, words, named).await?;
    if kind == ShieldKind::Existence {
        frontline::contacts::take_over(ctx, id).await?;
        frontline::referrals::actions::take_over(ctx, id).await?;
        frontline::notices::actions::take_over(ctx, id).await?;
        frontline::plans::take_over(ctx, id).await?;
        frontline::leads::take_over(ctx, id).await?;
        frontline::visits::take_over(ctx, id).await?;
        frontline::meetings::take_over(ctx, id).await?;
        frontline::closings::take_over(ctx, id).await?;
        processes::agreements::take_over(ctx, id).await?;
        processes::requests::take_over(ctx, id).await?;
        processes::sharing::take_over(ctx, id).await?;
        processes::signals::take_over(ctx, world, id).await?;
        processes::shielding::take_over(ctx, id).await?;
    }
    Ok(())
}

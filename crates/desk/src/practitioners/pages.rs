//! The handlers of practitioners.

use super::leaving::{self, LeavingError};
use ::store::StoreError;
use access::people::{self, Account, Agency, Credential, Why};
use access::{Act, Ctx, Permit, PractitionerId, Resource, Role, TeamId, sign_in};
use axum::Router;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use kernel::{Date, british};
use serde::{Deserialize, Serialize};
use serde_json::json;
use web::{FieldErrors, Form, PageError, PageResult, Posted, Shared, Visitor};

const NAME_MAX: usize = 200;

/// The routes of practitioners.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/practitioners", get(list))
        .route("/practitioners/new", get(new).post(add))
        .route("/practitioners/{id}", get(show))
        .route("/practitioners/{id}/{verb}", post(change))
}

/// A practitioner as an administrator sees them.
#[derive(Debug, Serialize)]
struct AccountLine {
    id: String,
    name: String,
    job: String,
    agency: String,
    email: String,
    telephone: String,
    roles: Vec<&'static str>,
    role_words: String,
    cleared_until: String,
    trained_until: String,
    is_cleared: bool,
    is_trained: bool,
    has_password: bool,
    /// Since when and why they are there no more; empty for whoever is there.
    gone: String,
    /// Who does their work since; empty where nobody was chosen.
    gone_to: String,
}

fn line(account: Account, today: Date) -> AccountLine {
    let until = |date: Option<Date>| match date {
        None => "Not recorded".to_owned(),
        Some(date) if date < today => format!("Ended on {}", british::day(date)),
        Some(date) => format!("Until {}", british::day(date)),
    };
    let words: Vec<&str> = account.roles.iter().map(|role| role.words()).collect();
    let gone = account.gone.as_ref().map_or_else(String::new, |gone| {
        let since = british::moment(gone.at);
        match gone.why {
            Why::Left => format!("Left on {since}"),
            Why::Suspended => format!("Suspended since {since}"),
        }
    });
    AccountLine {
        id: account.practitioner.id.to_string(),
        name: account.practitioner.name,
        job: account.practitioner.job,
        agency: account.practitioner.agency,
        email: account.practitioner.email,
        telephone: account.practitioner.telephone,
        role_words: words.join(", "),
        roles: account.roles.iter().map(|role| role.as_str()).collect(),
        cleared_until: until(account.cleared_until),
        trained_until: until(account.trained_until),
        is_cleared: people::holds(account.cleared_until, today),
        is_trained: people::holds(account.trained_until, today),
        has_password: account.has_password,
        gone,
        gone_to: account.gone.and_then(|gone| gone.to).unwrap_or_default(),
    }
}

#[derive(Debug, Default, Deserialize)]
struct Wanted {
    #[serde(default)]
    q: String,
}

async fn list(visitor: Visitor, Query(wanted): Query<Wanted>) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(Act::ManagePractitioners, &Resource::area())?;
    let accounts = people::find_accounts(&mut ctx.tx, ctx.area_id, &wanted.q).await?;
    let today = ctx.clock.today();
    ctx.seen().await?;
    let lines: Vec<AccountLine> = accounts.into_iter().map(|account| line(account, today)).collect();
    let page = json!({ "accounts": lines, "q": wanted.q, "more": lines.len() == 50 });
    visitor.page("desk/practitioners/templates/list.html", "Practitioners", page)
}

/// Every role there is to give, with its words.
pub(super) fn offered() -> Vec<serde_json::Value> {
    Role::ALL.iter().map(|role| json!({ "value": role.as_str(), "text": role.words() })).collect()
}

async fn show(visitor: Visitor, Path(id): Path<PractitionerId>) -> PageResult {
    show_page(&visitor, id, Shown::default()).await
}

/// What stands on somebody's page besides what they are: a link that was just made, what was typed and what is wrong with it.
#[derive(Default)]
struct Shown {
    link: String,
    why: String,
    to: String,
    errors: FieldErrors,
}

impl Shown {
    fn link(token: &str) -> Self {
        Self { link: format!("/invitation/{token}"), ..Self::default() }
    }
}

async fn show_page(visitor: &Visitor, id: PractitionerId, shown: Shown) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(Act::ManagePractitioners, &Resource::area())?;
    let account = people::load_account(&mut ctx.tx, ctx.area_id, id).await?.ok_or(PageError::Hidden(None))?;
    let today = ctx.clock.today();
    let is_self = visitor.actor().id == id;
    let takers = if is_self || account.gone.is_some() { Vec::new() } else { leaving::takers(&mut ctx, &account).await? };
    ctx.detail(json!({ "practitioner": id.0 }));
    ctx.seen().await?;
    let account = line(account, today);
    let title = account.name.clone();
    let status = if shown.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = json!({
        "account": account, "offered": offered(), "is_self": is_self, "link": shown.link, "errors": shown.errors,
        "takers": takers.iter().map(taker).collect::<Vec<_>>(), "why": shown.why, "to": shown.to
    });
    Ok((status, visitor.page("desk/practitioners/templates/show.html", &title, page)?).into_response())
}

/// Somebody who could do another's work.
fn taker((one, manages): &(people::Practitioner, bool)) -> serde_json::Value {
    let manages = if *manages { ", who manages them" } else { "" };
    json!({ "value": one.id.to_string(), "text": format!("{}, {}{manages}", one.name, one.job) })
}

async fn change(Path((id, verb)): Path<(PractitionerId, String)>, Posted { visitor, form }: Posted) -> PageResult {
    let mut ctx = visitor.write_once(&form).await?;
    let permit = ctx.permit(Act::ManagePractitioners, &Resource::area())?;
    // One at a time: of two who leave at once, neither is handed what was the other's.
    ctx.tx.alone(ctx.area_id, "practitioners").await?;
    let before = people::load_account(&mut ctx.tx, ctx.area_id, id).await?.ok_or(PageError::Hidden(None))?;
    let mut errors = FieldErrors::default();
    if visitor.actor().id == id {
        errors.add("roles", "Ask another administrator: nobody changes what they themselves may do");
    } else if before.gone.is_some() != (verb == "back") {
        errors.add("why", "Somebody changed this in the meantime: this is how it stands now");
    } else if verb == "invite" || verb == "back" {
        if verb == "back" {
            people::come_back(&mut ctx, &permit, id).await?;
            leaving::settle(&visitor.app.world, &mut ctx.tx).await?;
        }
        ctx.detail(json!({ "practitioner": id.0, "changed": if verb == "back" { "back" } else { "link" } }));
        let token = sign_in::reset(&mut ctx.tx, &visitor.app.world, id).await?;
        // The link is shown once; asking again for the same page changes nothing.
        visitor.done(ctx, &form, &format!("/practitioners/{id}")).await?;
        return show_page(&visitor, id, Shown::link(&token)).await;
    } else {
        match verb.as_str() {
            "roles" => {
                save_roles(&mut ctx, &before, &form, &mut errors).await?;
                leaving::settle(&visitor.app.world, &mut ctx.tx).await?;
            }
            "clearance" => save_credential(&mut ctx, id, Credential::Clearance, &form, &mut errors).await?,
            "training" => save_credential(&mut ctx, id, Credential::Training, &form, &mut errors).await?,
            "leave" => leave(&mut ctx, &permit, &before, (&form, &mut errors)).await?,
            _ => return Err(PageError::Hidden(None)),
        }
    }
    if errors.is_empty() {
        return visitor.done(ctx, &form, &format!("/practitioners/{id}")).await;
    }
    drop(ctx);
    let typed = |field: &str| form.text(field).to_owned();
    show_page(&visitor, id, Shown { why: typed("why"), to: typed("to"), errors, ..Shown::default() }).await
}

async fn leave(
    ctx: &mut Ctx,
    permit: &Permit,
    before: &Account,
    (form, errors): (&Form, &mut FieldErrors),
) -> Result<(), PageError> {
    let Ok(why) = form.text("why").parse::<Why>() else {
        errors.add("why", "Choose whether they leave or are suspended");
        return Ok(());
    };
    match leaving::leave(ctx, permit, before, (why, form.text("to").parse().ok())).await {
        Ok(()) => Ok(()),
        Err(LeavingError::Access(e)) => Err(e.into()),
        Err(e) => {
            errors.add(if matches!(e, LeavingError::GoneAlready) { "why" } else { "to" }, &e.to_string());
            Ok(())
        }
    }
}

async fn save_roles(ctx: &mut Ctx, before: &Account, form: &Form, errors: &mut FieldErrors) -> Result<(), StoreError> {
    let id = before.practitioner.id;
    let roles = roles_of(form, errors);
    let words = |roles: &[Role]| roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" ");
    ctx.detail(json!({ "practitioner": id.0, "changed": "roles", "before": words(&before.roles), "after": words(&roles) }));
    let now = ctx.now();
    people::save_roles(&mut ctx.tx, ctx.area_id, id, &roles, now).await
}

/// Returns the roles that were ticked: one at least.
fn roles_of(form: &Form, errors: &mut FieldErrors) -> Vec<Role> {
    let roles: Vec<Role> = form.all("roles").iter().filter_map(|role| role.parse().ok()).collect();
    if roles.is_empty() {
        errors.add("roles", "Choose at least one role");
    }
    roles
}

/// Records clearance or training until a day, or ends it: from then on they see nothing but how to get in.
///
/// Rule \[3.30\]: nobody enters without current clearance and training (report, note 16).
async fn save_credential(
    ctx: &mut Ctx,
    id: PractitionerId,
    kind: Credential,
    form: &Form,
    errors: &mut FieldErrors,
) -> Result<(), StoreError> {
    let today = ctx.clock.today();
    let field = if kind == Credential::Clearance { "clearance" } else { "training" };
    let until = if form.text("end") == "yes" {
        today.yesterday().unwrap_or(today)
    } else {
        let typed = form.date(field, "The last day", errors);
        match typed.and_then(kernel::partial_date::PartialDate::exact) {
            Some(until) if until >= today => until,
            Some(_) => {
                errors.add(field, "The last day must be today or later");
                return Ok(());
            }
            None if errors.is_empty() => {
                errors.add(field, "Type the last day it holds, with day, month and year");
                return Ok(());
            }
            None => return Ok(()),
        }
    };
    ctx.detail(json!({ "practitioner": id.0, "changed": kind.as_str(), "until": until.to_string() }));
    let (by, now) = (Some(ctx.actor.id), ctx.now());
    people::record_credential(&mut ctx.tx, ctx.area_id, id, (kind, until), (by, now)).await
}

async fn new(visitor: Visitor) -> PageResult {
    new_page(&visitor, &Form::default(), FieldErrors::default()).await
}

async fn new_page(visitor: &Visitor, form: &Form, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(Act::ManagePractitioners, &Resource::area())?;
    let agencies = people::list_present_agencies(&mut ctx.tx, ctx.area_id).await?;
    ctx.seen().await?;
    let choose = std::iter::once(json!({ "value": "", "text": "Choose" }));
    let agencies: Vec<serde_json::Value> =
        choose.chain(agencies.into_iter().map(|agency| json!({ "value": agency.code, "text": agency.name }))).collect();
    let typed = |field: &str| form.text(field).to_owned();
    let page = json!({ "agencies": agencies, "offered": offered(), "roles": form.all("roles"), "errors": errors,
        "typed": { "name": typed("name"), "job": typed("job"), "email": typed("email"), "telephone": typed("telephone"),
                   "agency": typed("agency"), "team": typed("team") } });
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visitor.page("desk/practitioners/templates/new.html", "Add a practitioner", page)?).into_response())
}

async fn add(Posted { visitor, form }: Posted) -> PageResult {
    let mut ctx = visitor.write_once(&form).await?;
    ctx.permit(Act::ManagePractitioners, &Resource::area())?;
    let mut errors = FieldErrors::default();
    let agencies = people::list_present_agencies(&mut ctx.tx, ctx.area_id).await?;
    let added = insert(&mut ctx, &agencies, &form, &mut errors).await?;
    let Some(id) = added else {
        drop(ctx);
        return new_page(&visitor, &form, errors).await;
    };
    let token = sign_in::invite(&mut ctx.tx, &visitor.app.world, id).await?;
    visitor.done(ctx, &form, &format!("/practitioners/{id}")).await?;
    show_page(&visitor, id, Shown::link(&token)).await
}

async fn insert(
    ctx: &mut Ctx,
    agencies: &[Agency],
    form: &Form,
    errors: &mut FieldErrors,
) -> Result<Option<PractitionerId>, PageError> {
    let name = form.line("name", "The name", NAME_MAX, errors);
    let email = form.line("email", "The email address", NAME_MAX, errors).to_lowercase();
    if !email.is_empty() && email.split('@').filter(|part| !part.is_empty()).count() != 2 {
        errors.add("email", "Type an email address like name@example.com");
    }
    let job = form.line("job", "What they do", NAME_MAX, errors);
    let telephone = form.line_if_any("telephone", "The telephone number", NAME_MAX, errors);
    let code = form.choice("agency", "Choose their agency", agencies.iter().map(|agency| agency.code.as_str()), errors);
    let team = form.line("team", "The team", NAME_MAX, errors);
    let roles = roles_of(form, errors);
    if people::is_email_taken(&mut ctx.tx, ctx.area_id, &email).await? {
        errors.add("email", "Somebody signs in with this email address already");
    }
    let Some(agency) = agencies.iter().find(|agency| agency.code == code).filter(|_| errors.is_empty()) else { return Ok(None) };
    let id = PractitionerId(ctx.ids.uuid(&ctx.clock));
    let new = people::NewPractitioner { id, agency_id: agency.id, name: &name, job: &job, email: &email, telephone: &telephone };
    people::insert_practitioner(&mut ctx.tx, ctx.area_id, &new).await?;
    let now = ctx.now();
    people::save_roles(&mut ctx.tx, ctx.area_id, id, &roles, now).await?;
    let team_id = TeamId(ctx.ids.uuid(&ctx.clock));
    let is_manager = roles.contains(&Role::TeamManager);
    people::join_team(&mut ctx.tx, ctx.area_id, (team_id, agency.id, &team), (id, is_manager), now).await?;
    ctx.detail(json!({ "practitioner": id.0, "changed": "added", "agency": code, "team": team }));
    Ok(Some(id))
}

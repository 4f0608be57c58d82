//! Signing in and out, choosing a password by a link, one's own account.

use access::policies::Rule;
use access::sign_in::{self, Session, SignInError, Stage};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use serde::{Deserialize, Serialize};
use serde_json::json;
use web::around::{DEVICE_COOKIE, LEFT_COOKIE, SESSION_COOKIE, cookie, set_cookie};
use web::forms::PostedByAnybody;
use web::visitor::{Newcomer, site};
use web::{FieldErrors, Form, PageError, PageResult, Sample, Shared, redirect};

const DEVICE_SECONDS: i64 = 400 * 24 * 3600;
/// For how long a browser says who signed out on it: until its next page.
const LEFT_SECONDS: i64 = 600;

/// The routes of signing in: the only ones that somebody who is not signed in may ask for.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/sign-in", get(show).post(send))
        .route("/sign-in/code", get(show_code).post(send_code))
        .route("/sign-in/as/{id}", post(as_made_up_person))
        .route("/invitation/{token}", get(show_invitation).post(accept))
        .route("/sign-out", post(out))
        .route("/account", get(account))
        .route("/account/sign-out-everywhere", post(out_everywhere))
        .route("/getting-in", get(getting_in))
}

#[derive(Debug, Default, Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

#[derive(Debug, Serialize)]
struct SignIn {
    email: String,
    next: String,
    made_up: Vec<(String, String, String)>,
    errors: FieldErrors,
}

async fn show(State(app): State<Shared>, Query(next): Query<Next>) -> PageResult {
    sign_in_page(&app, String::new(), next.next, FieldErrors::default()).await
}

async fn sign_in_page(app: &Shared, email: String, next: String, errors: FieldErrors) -> PageResult {
    let mut made_up = Vec::new();
    if app.settings.demo {
        let mut tx = app.world.db.read().await?;
        for account in access::people::list_practitioners(&mut tx, app.world.area_id).await? {
            let person = account.practitioner;
            made_up.push((person.id.to_string(), person.name, format!("{}, {}", person.job, person.agency)));
        }
    }
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = SignIn { email, next, made_up, errors };
    let html = app.pages.render("desk/sign_in/templates/password.html", &site(app, None, "Sign in", "/sign-in"), page)?;
    Ok((status, Html(html)).into_response())
}

async fn send(State(app): State<Shared>, headers: HeaderMap, PostedByAnybody(form): PostedByAnybody) -> PageResult {
    let device = cookie(&headers, DEVICE_COOKIE);
    match sign_in::with_password(&app.world, form.text("email"), form.text("password"), device).await {
        Ok(session) => {
            let mut response = redirect(&format!("/sign-in/code?next={}", web::in_query(form.text("next"))));
            set_cookie(&mut response, SESSION_COOKIE, &session.0, None);
            Ok(response)
        }
        Err(SignInError::Store(e)) => Err(e.into()),
        Err(e) => {
            let mut errors = FieldErrors::default();
            errors.add("email", &e.to_string());
            sign_in_page(&app, form.text("email").to_owned(), form.text("next").to_owned(), errors).await
        }
    }
}

#[derive(Debug, Serialize)]
struct Code {
    secret: String,
    next: String,
    errors: FieldErrors,
}

async fn show_code(
    State(app): State<Shared>,
    Extension(session): Extension<Option<Session>>,
    Query(next): Query<Next>,
) -> PageResult {
    code_page(&app, session, next.next, FieldErrors::default()).await
}

async fn code_page(app: &Shared, session: Option<Session>, next: String, errors: FieldErrors) -> PageResult {
    let Some(session) = session else { return Ok(redirect("/sign-in")) };
    let secret = match session.stage {
        Stage::SignedIn => return Ok(redirect("/")),
        Stage::SecondFactor => String::new(),
        Stage::SetUpSecondFactor => sign_in::second_factor_secret(&app.world, &session).await.map_err(ours)?,
    };
    let title = if secret.is_empty() { "Enter your code" } else { "Set up your second factor" };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = Code { secret: grouped(&secret), next, errors };
    let html = app.pages.render("desk/sign_in/templates/code.html", &site(app, Some(&session), title, "/sign-in/code"), page)?;
    Ok((status, Html(html)).into_response())
}

fn grouped(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

fn ours(e: SignInError) -> PageError {
    PageError::Ours(e.to_string())
}

async fn send_code(
    State(app): State<Shared>,
    Extension(session): Extension<Option<Session>>,
    PostedByAnybody(form): PostedByAnybody,
) -> PageResult {
    let Some(session) = session else { return Ok(redirect("/sign-in")) };
    if form.text("csrf") != session.csrf {
        return Err(PageError::BadRequest("This page was open too long. Sign in again".to_owned()));
    }
    match sign_in::with_code(&app.world, &session, form.text("code")).await {
        Ok(signed_in) => {
            let mut response = if signed_in.recovery_codes.is_empty() {
                let next = form.text("next");
                redirect(if next.is_empty() { "/" } else { next })
            } else {
                let page = json!({ "codes": signed_in.recovery_codes });
                let site = site(&app, None, "Keep your recovery codes", "/sign-in/code");
                Html(app.pages.render("desk/sign_in/templates/recovery.html", &site, page)?).into_response()
            };
            set_cookie(&mut response, SESSION_COOKIE, &signed_in.cookie.0, None);
            set_cookie(&mut response, DEVICE_COOKIE, &signed_in.device, Some(DEVICE_SECONDS));
            Ok(response)
        }
        Err(SignInError::Store(e)) => Err(e.into()),
        Err(e) => {
            let mut errors = FieldErrors::default();
            errors.add("code", &e.to_string());
            code_page(&app, Some(session), form.text("next").to_owned(), errors).await
        }
    }
}

async fn as_made_up_person(
    State(app): State<Shared>,
    Path(id): Path<access::PractitionerId>,
    _form: PostedByAnybody,
) -> PageResult {
    if !app.settings.demo {
        return Err(PageError::Hidden(None));
    }
    let session = sign_in::as_made_up_person(&app.world, id).await?;
    let mut response = redirect("/");
    set_cookie(&mut response, SESSION_COOKIE, &session.0, None);
    Ok(response)
}

async fn show_invitation(State(app): State<Shared>, Path(token): Path<String>) -> PageResult {
    invitation_page(&app, &token, FieldErrors::default()).await
}

async fn invitation_page(app: &Shared, token: &str, errors: FieldErrors) -> PageResult {
    let good = sign_in::link_is_good(&app.world, token).await?;
    let page = json!({ "good": good, "errors": errors });
    let html = app.pages.render("desk/sign_in/templates/invitation.html", &site(app, None, "Choose a password", "/"), page)?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, Html(html)).into_response())
}

async fn accept(State(app): State<Shared>, Path(token): Path<String>, PostedByAnybody(form): PostedByAnybody) -> PageResult {
    match sign_in::accept_invitation(&app.world, &token, form.text("password")).await {
        Ok(()) => Ok(redirect("/sign-in")),
        Err(SignInError::Store(e)) => Err(e.into()),
        Err(e) => {
            let mut errors = FieldErrors::default();
            errors.add("password", &e.to_string());
            invitation_page(&app, &token, errors).await
        }
    }
}

async fn out(State(app): State<Shared>, Extension(session): Extension<Option<Session>>, form: PostedByAnybody) -> PageResult {
    end(&app, session, &form.0, false).await
}

async fn out_everywhere(
    State(app): State<Shared>,
    Extension(session): Extension<Option<Session>>,
    form: PostedByAnybody,
) -> PageResult {
    end(&app, session, &form.0, true).await
}

async fn end(app: &Shared, session: Option<Session>, form: &Form, everywhere: bool) -> PageResult {
    let mut response: Response = redirect("/sign-in");
    if let Some(session) = session.filter(|session| session.csrf == form.text("csrf")) {
        sign_in::sign_out(&app.world, &session, everywhere).await?;
        set_cookie(&mut response, LEFT_COOKIE, &session.actor.id.to_string(), Some(LEFT_SECONDS));
    }
    set_cookie(&mut response, SESSION_COOKIE, "", Some(0));
    Ok(response)
}

async fn account(Newcomer(visitor): Newcomer) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(access::Act::SeeAccount, &access::Resource::area())?;
    ctx.seen().await?;
    let actor = visitor.actor();
    let roles: Vec<&str> = actor.roles.iter().map(|role| role.words()).collect();
    let page = json!({
        "name": actor.name, "agency": actor.agency, "roles": roles.join(", "), "cleared": actor.cleared, "trained": actor.trained
    });
    visitor.page("desk/sign_in/templates/account.html", "Your account", page)
}

async fn getting_in(Newcomer(visitor): Newcomer) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(access::Act::SeeAccount, &access::Resource::area())?;
    let decided = ctx.decide(access::Act::SeeHome, &access::Resource::area())?;
    ctx.seen().await?;
    let rules: Vec<Rule> = if decided.allowed { Vec::new() } else { decided.rules };
    visitor.page("desk/sign_in/templates/getting_in.html", "Before you can begin", json!({ "rules": rules }))
}

/// Every state of these pages.
pub fn samples() -> Vec<Sample> {
    let sample = |name: &str, state, title: &str, page| {
        let template: &'static str = match name {
            "password" => "desk/sign_in/templates/password.html",
            "code" => "desk/sign_in/templates/code.html",
            "recovery" => "desk/sign_in/templates/recovery.html",
            "invitation" => "desk/sign_in/templates/invitation.html",
            "account" => "desk/sign_in/templates/account.html",
            _ => "desk/sign_in/templates/getting_in.html",
        };
        Sample { template, state, title: title.to_owned(), page }
    };
    let wrong = json!([{ "field": "email", "text": "Check what you typed and try again" }]);
    let rule = json!({ "id": "gate.training", "reason": "Nobody enters without training.", "para": "3.29", "change": "Take the training." });
    vec![
        sample("password", "usual", "Sign in", json!({ "email": "", "next": "", "made_up": [], "errors": [] })),
        sample(
            "password",
            "full",
            "Sign in",
            json!({ "email": "", "next": "/", "made_up": [["1", "Helen Marsh", "Housing officer"]], "errors": [] }),
        ),
        sample("password", "error", "Sign in", json!({ "email": "a@b.example", "next": "", "made_up": [], "errors": wrong })),
        sample("code", "usual", "Enter your code", json!({ "secret": "", "next": "", "errors": [] })),
        sample(
            "code",
            "full",
            "Set up your second factor",
            json!({ "secret": "ABCD EFGH", "next": "", "errors": [{ "field": "code", "text": "Check" }] }),
        ),
        sample("recovery", "usual", "Keep your recovery codes", json!({ "codes": ["abcd-efgh-jkmn-pqrs"] })),
        sample("invitation", "usual", "Choose a password", json!({ "good": true, "errors": [] })),
        sample("invitation", "refused", "Choose a password", json!({ "good": false, "errors": [] })),
        sample(
            "account",
            "usual",
            "Your account",
            json!({ "name": "Helen Marsh", "agency": "Hillside Homes", "roles": "practitioner", "cleared": true, "trained": false }),
        ),
        sample("getting_in", "refused", "Before you can begin", json!({ "rules": [rule] })),
    ]
}

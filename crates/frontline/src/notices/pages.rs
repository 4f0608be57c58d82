//! Which way to reach somebody is safe; whether one wants e-mail; the way out that each message to a family carries.

use super::actions::{self, NoticeError};
use super::notice::{NewSafeContact, NoticeId, Safe, SafeContact};
use super::rules::{self, SafeRule};
use super::safe::{self, Opened};
use crate::forms::{Choice, status_of};
use crate::referrals::{self, ReferralId};
use area::Area;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse};
use axum::routing::{get, post};
use families::facts::{Fact, FactId, Kind};
use families::people::PersonId;
use families::search::names_of;
use kernel::{british, clock};
use serde::Serialize;
use web::forms::PostedByAnybody;
use web::visitor::site;
use web::{FieldErrors, Form, PageResult, Posted, Shared, Visitor};

/// The routes of notices.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/people/{id}/safe-contact", get(show).post(say))
        .route("/notices", get(choice).post(choose))
        .route("/referrals/{id}/notices/{notice}/told", post(told))
        .route("/stop/{token}", get(stop_page).post(stop))
}

/// Which way to reach somebody is safe.
#[derive(Debug, Serialize)]
struct SafePage {
    here: String,
    back: String,
    name: String,
    said: String,
    source: String,
    words_said: String,
    warning: String,
    ways: Vec<Choice>,
    hours: Vec<Vec<Choice>>,
    words: String,
    message: String,
    errors: FieldErrors,
}

async fn show(visitor: Visitor, Path(id): Path<PersonId>) -> PageResult {
    safe_page(&visitor, id, &Form::default(), FieldErrors::default()).await
}

async fn safe_page(visitor: &Visitor, id: PersonId, form: &Form, errors: FieldErrors) -> PageResult {
    let mut ctx = visitor.read().await?;
    let opened = safe::load(&mut ctx, id).await?;
    let name = names_of(&mut ctx, &[id]).await?.pop().unwrap_or_default();
    ctx.seen().await?;
    let status = status_of(&errors);
    let page = page_of(&visitor.app.area, (id, name), &opened, (form, errors));
    Ok((status, visitor.page("frontline/notices/templates/safe.html", "Which way to reach them is safe?", page)?).into_response())
}

fn page_of(area: &Area, (id, name): (PersonId, String), opened: &Opened, (form, errors): (&Form, FieldErrors)) -> SafePage {
    let said = opened.said.as_ref();
    let typed = |field: &str, kept: String| if form.text("csrf").is_empty() { kept } else { form.text(field).to_owned() };
    let kept = said.map_or_else(String::new, |one| way_id(one.safe, one.fact));
    let way = typed("way", kept);
    let hour = |field: &str, kept: u8| typed(field, kept.to_string());
    let from = hour("from_hour", said.map_or(9, |one| one.from_hour));
    let to = hour("to_hour", said.map_or(17, |one| one.to_hour));
    let text = area.notices.for_family(&[]);
    SafePage {
        here: format!("/people/{id}/safe-contact"),
        back: format!("/people/{id}"),
        said: said.map_or_else(String::new, |one| said_words(one, (&opened.known, opened.is_safe))),
        source: said.map_or_else(String::new, source),
        words_said: said.map_or_else(String::new, |one| one.words.clone()),
        warning: warning(opened),
        ways: ways(&opened.known, &way),
        hours: vec![hours(0..24, &from), hours(1..25, &to)],
        words: typed("words", said.map_or_else(String::new, |one| one.words.clone())),
        message: text.map_or_else(String::new, |text| rules::to_family(text, &area.notices, ("…", "")).1),
        name,
        errors,
    }
}

fn hours(all: std::ops::Range<u8>, chosen: &str) -> Vec<Choice> {
    let choice = |hour: u8| Choice { id: hour.to_string(), words: format!("{hour:02}:00"), chosen: hour.to_string() == chosen };
    all.map(choice).collect()
}

fn way_id(safe: Safe, fact: Option<FactId>) -> String {
    fact.map_or_else(|| safe.as_str().to_owned(), |fact| format!("{}:{fact}", safe.as_str()))
}

/// Every way that is known, and that none is safe.
fn ways(known: &[Fact], chosen: &str) -> Vec<Choice> {
    let mut ways: Vec<Choice> = known
        .iter()
        .filter_map(|fact| {
            let (safe, words) = match fact.new.kind {
                Kind::Email => (Safe::Email, format!("E-mail to {}", fact.new.words)),
                Kind::Phone if rules::mobile(&fact.new.words).is_some() => {
                    (Safe::Sms, format!("Text message to {}", fact.new.words))
                }
                _ => return None,
            };
            let id = way_id(safe, Some(fact.id));
            Some(Choice { chosen: id == chosen, id, words })
        })
        .collect();
    let id = Safe::None.as_str().to_owned();
    ways.push(Choice {
        chosen: chosen == id || chosen == Safe::Stopped.as_str(),
        id,
        words: "No message: tell them yourself".to_owned(),
    });
    ways
}

fn said_words(said: &SafeContact, (known, is_safe): (&[Fact], bool)) -> String {
    let of = known.iter().find(|fact| Some(fact.id) == said.fact).map(|fact| fact.new.words.as_str());
    let hours = format!("between {:02}:00 and {:02}:00", said.from_hour, said.to_hour);
    match (said.safe, of) {
        (Safe::Email, Some(of)) => format!("E-mail to {of} is safe {hours}"),
        (Safe::Sms, Some(of)) => format!("Text messages to {of} are safe {hours}"),
        (Safe::Email, None) if is_safe => format!("E-mail is safe {hours}, to an address that you may not see"),
        (Safe::Sms, None) if is_safe => format!("Text messages are safe {hours}, to a number that you may not see"),
        (Safe::Email | Safe::Sms, None) => "The number or address that was safe does not hold any more".to_owned(),
        (Safe::None, _) => "No message is safe, or wanted".to_owned(),
        (Safe::Stopped, _) => "They followed the way out of a message: they want no more".to_owned(),
    }
}

fn source(said: &SafeContact) -> String {
    let by = said.author.as_ref().map_or_else(String::new, |author| format!("Asked by {author}, "));
    let on = british::day(clock::local_day(said.recorded_at));
    format!("{by}{on}. Ask again by {}", british::day(said.ask_again_on))
}

fn warning(opened: &Opened) -> String {
    let words = match (&opened.said, opened.is_safe) {
        (None, _) => "Nobody has asked them yet: no message is sent, and whoever asked for something tells them.",
        (Some(said), false) if matches!(said.safe, Safe::Email | Safe::Sms) => {
            "No message is sent until they have been asked again: what they said does not hold any more."
        }
        _ => "",
    };
    words.to_owned()
}

async fn say(Path(id): Path<PersonId>, Posted { visitor, form }: Posted) -> PageResult {
    let new = read(&form);
    let mut ctx = visitor.write_once(&form).await?;
    let kept = match new {
        Ok(new) => safe::say(&mut ctx, &visitor.app.area, id, new).await,
        Err(rule) => Err(rule.into()),
    };
    match kept {
        Ok(_) => visitor.done(ctx, &form, &format!("/people/{id}/safe-contact")).await,
        Err(NoticeError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let field = match &e {
                NoticeError::Safe(SafeRule::NoHours) => "from_hour",
                NoticeError::Safe(SafeRule::Words(_)) => "words",
                _ => "way",
            };
            let mut errors = FieldErrors::default();
            errors.add(field, &e.to_string());
            safe_page(&visitor, id, &form, errors).await
        }
    }
}

fn read(form: &Form) -> Result<NewSafeContact, SafeRule> {
    let (safe, fact) = form.text("way").split_once(':').unwrap_or((form.text("way"), ""));
    let hour = |field: &str| form.text(field).parse().map_err(|_| SafeRule::NoHours);
    Ok(NewSafeContact {
        safe: safe.parse().map_err(|()| SafeRule::NoChoice)?,
        fact: fact.parse().ok(),
        from_hour: hour("from_hour")?,
        to_hour: hour("to_hour")?,
        words: form.text("words").to_owned(),
    })
}

/// Whether one wants e-mail that there is news.
#[derive(Debug, Serialize)]
struct ChoicePage {
    wants: bool,
    saved: bool,
    message: String,
}

async fn choice(visitor: Visitor) -> PageResult {
    let mut ctx = visitor.read().await?;
    let wants = actions::wants_email(&mut ctx).await?;
    ctx.seen().await?;
    let notices = &visitor.app.area.notices;
    let message = rules::to_practitioner(&notices.practitioner, notices, "/referrals/…").1;
    let saved = visitor.path.ends_with("saved=yes");
    visitor.page("frontline/notices/templates/choice.html", "E-mail about news", ChoicePage { wants, saved, message })
}

async fn choose(Posted { visitor, form }: Posted) -> PageResult {
    let mut ctx = visitor.write_once(&form).await?;
    actions::choose(&mut ctx, form.text("wants") == "yes").await?;
    visitor.done(ctx, &form, "/notices?saved=yes").await
}

async fn told(Path((id, notice)): Path<(ReferralId, NoticeId)>, Posted { visitor, form }: Posted) -> PageResult {
    let mut ctx = visitor.write_once(&form).await?;
    match actions::told(&mut ctx, (id, notice), form.text("words")).await {
        // What was to be told has been, by whomever: the page says so.
        Ok(()) | Err(NoticeError::Changed) => visitor.done(ctx, &form, &format!("/referrals/{id}#told")).await,
        Err(NoticeError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let field = format!("told-{notice}");
            let mut errors = FieldErrors::default();
            errors.add(&field, &e.to_string());
            referrals::show_again(&visitor, id, (&form, &field), errors).await
        }
    }
}

/// The way out of messages.
#[derive(Debug, Serialize)]
struct StopPage {
    here: String,
    stopped: bool,
}

async fn stop_page(State(app): State<Shared>, Path(token): Path<String>) -> PageResult {
    render_stop(&app, &token, false)
}

/// Ends messages. A way out that is none looks the same: nothing is told of who has one.
async fn stop(State(app): State<Shared>, Path(token): Path<String>, _: PostedByAnybody) -> PageResult {
    safe::stop(&app.world, &app.area, &token).await?;
    render_stop(&app, &token, true)
}

fn render_stop(app: &Shared, token: &str, stopped: bool) -> PageResult {
    let here = format!("/stop/{}", web::in_query(token));
    let site = site(app, None, "No more messages", &here);
    let html = app.pages.render("frontline/notices/templates/stop.html", &site, StopPage { here, stopped })?;
    Ok((StatusCode::OK, Html(html)).into_response())
}

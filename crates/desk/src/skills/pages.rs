//! Skills on pages: one's own, a colleague's by what they can do, a team's training.

use super::actions::{self, SkillError};
use super::skill::{self, Kind, Skill, SkillId};
use access::{PractitionerId, Role};
use area::Area;
use axum::Router;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use kernel::partial_date::PartialDate;
use kernel::{Date, british};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use web::{FieldErrors, Form, PageResult, Posted, Sample, Shared, Visitor};

/// The routes of skills.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/skills", get(show).post(say))
        .route("/skills/take-back", post(take_back))
        .route("/colleagues", get(colleagues))
        .route("/team-training", get(team).post(record))
}

/// Something that somebody can do, on a page.
#[derive(Clone, Debug, Serialize)]
struct SkillLine {
    id: String,
    words: String,
    until: String,
    is_due: bool,
    is_training: bool,
}

fn line(area: &Area, one: &Skill, today: Date) -> SkillLine {
    let until = one.valid_until.map_or_else(String::new, |on| {
        let holds = if on < today { "Ended on" } else { "Until" };
        format!("{holds} {}", british::day(on))
    });
    SkillLine {
        id: one.id.to_string(),
        words: skill::words(area, one.kind, &one.code),
        until,
        is_due: skill::is_due(one, today, area.skills.remind_days),
        is_training: one.kind == Kind::Training,
    }
}

/// Skills and languages to choose from, each with the group it stands in.
fn choices(area: &Area, kinds: &[Kind], chosen: &str) -> Vec<Value> {
    let group = |kind: &Kind| match kind {
        Kind::Skill => "Skills",
        Kind::Language => "Languages",
        Kind::Training => "Training",
    };
    let of = |kind: &Kind| -> Value {
        let list: Vec<Value> = skill::listed(area, *kind)
            .into_iter()
            .map(|(code, words)| {
                let id = format!("{}:{code}", kind.as_str());
                json!({ "chosen": id == chosen, "id": id, "words": words })
            })
            .collect();
        json!({ "group": group(kind), "list": list })
    };
    kinds.iter().map(of).collect()
}

/// Reads `language:pl`; nothing where it is neither.
fn wanted(text: &str) -> Option<(Kind, &str)> {
    let (kind, code) = text.split_once(':')?;
    Some((kind.parse().ok()?, code))
}

async fn show(visitor: Visitor) -> PageResult {
    show_page(&visitor, FieldErrors::default()).await
}

async fn show_page(visitor: &Visitor, errors: FieldErrors) -> PageResult {
    let area = &visitor.app.area;
    let mut ctx = visitor.read().await?;
    let own = actions::own(&mut ctx).await?;
    let today = ctx.clock.today();
    ctx.seen().await?;
    let lines: Vec<SkillLine> = own.iter().map(|one| line(area, one, today)).collect();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = json!({ "own": lines, "choices": choices(area, &[Kind::Skill, Kind::Language], ""), "errors": errors });
    Ok((status, visitor.page("desk/skills/templates/own.html", "What you can do", page)?).into_response())
}

async fn say(Posted { visitor, form }: Posted) -> PageResult {
    let mut ctx = visitor.write_once(&form).await?;
    let said = match wanted(form.text("skill")) {
        Some(skill) => actions::say(&mut ctx, &visitor.app.area, skill).await,
        None => Err(SkillError::NoSuchSkill),
    };
    match said {
        Ok(()) => visitor.done(ctx, &form, "/skills").await,
        Err(SkillError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let mut errors = FieldErrors::default();
            errors.add("skill", &e.to_string());
            show_page(&visitor, errors).await
        }
    }
}

async fn take_back(Posted { visitor, form }: Posted) -> PageResult {
    let id: SkillId = form.parse_field("id")?;
    let mut ctx = visitor.write_once(&form).await?;
    actions::take_back(&mut ctx, id).await?;
    visitor.done(ctx, &form, "/skills").await
}

#[derive(Debug, Default, Deserialize)]
struct Wanted {
    #[serde(default)]
    skill: String,
}

async fn colleagues(visitor: Visitor, Query(asked): Query<Wanted>) -> PageResult {
    let area = &visitor.app.area;
    let mut ctx = visitor.read().await?;
    let wanted = wanted(&asked.skill);
    let found = match wanted {
        Some(skill) => actions::find_colleagues(&mut ctx, skill).await?,
        None => {
            ctx.permit(access::Act::Search, &access::Resource::area())?;
            Vec::new()
        }
    };
    ctx.seen().await?;
    let found: Vec<Value> = found
        .iter()
        .map(|one| json!({ "name": one.name, "job": one.job, "agency": one.agency, "telephone": one.telephone, "email": one.email }))
        .collect();
    let words = wanted.map_or_else(String::new, |(kind, code)| skill::words(area, kind, code));
    let choices = choices(area, &[Kind::Skill, Kind::Language, Kind::Training], &asked.skill);
    let page = json!({ "found": found, "words": words, "choices": choices });
    visitor.page("desk/skills/templates/colleagues.html", "Find a colleague", page)
}

async fn team(visitor: Visitor) -> PageResult {
    team_page(&visitor, &Form::default(), FieldErrors::default()).await
}

async fn team_page(visitor: &Visitor, form: &Form, errors: FieldErrors) -> PageResult {
    let area = &visitor.app.area;
    let mut ctx = visitor.read().await?;
    let team = actions::of_team(&mut ctx).await?;
    let today = ctx.clock.today();
    ctx.seen().await?;
    let person = |(id, name, skills): &(PractitionerId, String, Vec<Skill>)| {
        let lines: Vec<SkillLine> = skills.iter().map(|one| line(area, one, today)).collect();
        let missing = skill::listed(area, Kind::Training).into_iter().filter(|(code, _)| {
            !skills.iter().any(|one| one.kind == Kind::Training && one.code == *code && one.valid_until >= Some(today))
        });
        let missing: Vec<String> = missing.map(|(_, words)| words).collect();
        json!({ "id": id.to_string(), "name": name, "skills": lines, "missing": missing, "chosen": form.text("who") == id.to_string() })
    };
    let team: Vec<Value> = team.iter().map(person).collect();
    let training: Vec<Value> = area
        .skills
        .training
        .iter()
        .map(|one| {
            let usually = one.months.map_or_else(String::new, |months| format!(" (usually {months} months)"));
            json!({ "id": one.id, "words": format!("{}{usually}", one.words), "chosen": form.text("training") == one.id })
        })
        .collect();
    let typed = |part: &str| form.text(&format!("until-{part}")).to_owned();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = json!({
        "team": team, "training": training, "day": typed("day"), "month": typed("month"), "year": typed("year"), "errors": errors
    });
    Ok((status, visitor.page("desk/skills/templates/team.html", "Your team’s training", page)?).into_response())
}

async fn record(Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let until = form.date("until", "The last day", &mut errors).and_then(PartialDate::exact);
    if until.is_none() && errors.is_empty() {
        errors.add("until", "Type the last day it holds, with day, month and year");
    }
    let who: Option<PractitionerId> = form.text("who").parse().ok();
    if who.is_none() {
        errors.add("who", "Choose somebody of your team");
    }
    let (Some(who), Some(until), true) = (who, until, errors.is_empty()) else {
        return team_page(&visitor, &form, errors).await;
    };
    let mut ctx = visitor.write_once(&form).await?;
    match actions::record_training(&mut ctx, &visitor.app.area, who, (form.text("training"), until)).await {
        Ok(()) => visitor.done(ctx, &form, "/team-training").await,
        Err(SkillError::Access(e)) => Err(e.into()),
        Err(e) => {
            drop(ctx);
            let field = match e {
                SkillError::Ended => "until",
                SkillError::NoSuchSkill => "training",
                SkillError::NotOfTeam | SkillError::Access(_) => "who",
            };
            errors.add(field, &e.to_string());
            team_page(&visitor, &form, errors).await
        }
    }
}

/// Returns the links of home that lead here: where to, what it is called, what for.
pub(crate) fn links(actor: &access::Actor, works_with_families: bool) -> Vec<(&'static str, &'static str, &'static str)> {
    let mut links = Vec::new();
    if works_with_families {
        links.push(("/colleagues", "Find a colleague", "By what they can do, and the languages they speak"));
        links.push(("/away", "Being away", "Say when, and who covers"));
        links.push(("/skills", "What you can do", "Say what others may ask you for"));
    }
    if actor.is(Role::TeamManager) {
        links.push(("/team-training", "Your team’s training", "See what ends soon, and record what was taken"));
    }
    links
}

/// Every state of these pages.
pub fn samples() -> Vec<Sample> {
    let sample = |template, state, title: &str, page| Sample { template, state, title: title.to_owned(), page };
    let choice = |id: &str, words: &str| json!({ "id": id, "words": words, "chosen": false });
    let choices = json!([{ "group": "Languages", "list": [choice("language:pl", "Polish")] }]);
    let line = |words: &str, until: &str, is_due: bool| json!({ "id": "0195", "words": words, "until": until, "is_due": is_due, "is_training": !until.is_empty() });
    let own = json!([line("Polish", "", false), line("Domestic abuse", "Until 3 December 2026", true)]);
    let fault = |field: &str, text: &str| json!([{ "field": field, "text": text }]);
    let found = json!([{ "name": "Helen Marsh", "job": "Housing officer", "agency": "Hillside Homes", "telephone": "0113 496 0001", "email": "helen@hillside.example" }]);
    let team = json!([{ "id": "0195", "name": "Helen Marsh", "skills": own.clone(), "missing": ["Leading for a family"], "chosen": false }]);
    let training = json!([choice("abuse", "Domestic abuse")]);
    let of_team = |team: Value, errors: Value| json!({ "team": team, "training": training.clone(), "day": "", "month": "", "year": "", "errors": errors });
    const OWN: (&str, &str) = ("desk/skills/templates/own.html", "What you can do");
    const FIND: (&str, &str) = ("desk/skills/templates/colleagues.html", "Find a colleague");
    const TEAM: (&str, &str) = ("desk/skills/templates/team.html", "Your team’s training");
    let of_own = |own: Value, errors: Value| json!({ "own": own, "choices": choices.clone(), "errors": errors });
    let find = |found: Value, words: &str| json!({ "found": found, "words": words, "choices": choices.clone() });
    vec![
        sample(OWN.0, "empty", OWN.1, of_own(json!([]), json!([]))),
        sample(OWN.0, "full", OWN.1, of_own(own, json!([]))),
        sample(OWN.0, "error", OWN.1, of_own(json!([]), fault("skill", "Choose one of the list"))),
        sample(FIND.0, "empty", FIND.1, find(json!([]), "")),
        sample(FIND.0, "nobody", FIND.1, find(json!([]), "Polish")),
        sample(FIND.0, "full", FIND.1, find(found, "Polish")),
        sample(TEAM.0, "empty", TEAM.1, of_team(json!([]), json!([]))),
        sample(TEAM.0, "full", TEAM.1, of_team(team.clone(), json!([]))),
        sample(TEAM.0, "error", TEAM.1, of_team(team, fault("until", "Type a last day from today on"))),
    ]
}

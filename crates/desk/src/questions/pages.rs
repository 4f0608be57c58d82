//! The pages of questions.

use super::{try_rules, visible, who};
use access::policies::Rule;
use access::{Act, Policies, Resource};
use axum::Router;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use families::facts::{self, FactId};
use families::people::{self, PersonId};
use families::search::{self, Query as SearchQuery};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use web::{FieldErrors, PageError, PageResult, Posted, Shared, Visitor};

/// The routes of questions.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/facts/{id}/who", get(who_reads))
        .route("/people/{id}/why", get(why))
        .route("/visibility", get(find))
        .route("/people/{id}/visibility", get(visibility))
        .route("/rules/try", get(try_form).post(try_change))
}

async fn who_reads(visitor: Visitor, Path(id): Path<FactId>) -> PageResult {
    let mut ctx = visitor.read().await?;
    let fact = facts::load(&mut ctx, id).await?;
    let resource = facts::resource(&mut ctx, &fact).await?;
    let decided = ctx.decide(Act::ReadFact, &resource)?;
    let of = (fact.new.person, Some(fact.agency_id));
    let readers = who::else_can(&mut ctx, Act::ReadFact, &resource, of).await?;
    let area = &visitor.app.area;
    let words = facts::words::sentence(area, &fact).unwrap_or_else(|| facts::words::detail(area, &fact));
    ctx.seen().await?;
    let page = json!({
        "what": words, "back": format!("/facts/{id}"), "mine": decided.rules, "may": true, "ways_in": Vec::<Rule>::new(), "readers": readers,
        "looked": format!("/people/{}/looked", fact.new.person)
    });
    visitor.page("desk/questions/templates/who.html", "Who else can see this?", page)
}

/// Why somebody may open a person and their family, or not, and who else can.
async fn why(visitor: Visitor, Path(id): Path<PersonId>) -> PageResult {
    let mut ctx = visitor.read().await?;
    let (standing, _) = people::open(&mut ctx, Act::FindPerson, id).await?;
    let resource = standing.resource();
    let decided = ctx.decide(Act::OpenPerson, &resource)?;
    // Who else works with them is for whoever may open them.
    let readers =
        if decided.allowed { who::else_can(&mut ctx, Act::OpenPerson, &resource, (id, None)).await? } else { Vec::new() };
    let ways_in = if decided.allowed { Vec::new() } else { visitor.app.world.policies.ways_in(Act::OpenPerson) };
    let name = search::names_of(&mut ctx, &[id]).await?.pop().unwrap_or_default();
    ctx.seen().await?;
    let page = json!({
        "what": format!("The page of {name} and their family"), "back": format!("/people/{id}"), "mine": decided.rules, "may": decided.allowed,
        "ways_in": ways_in, "readers": readers, "looked": format!("/people/{id}/looked")
    });
    visitor.page("desk/questions/templates/who.html", "Why can I see this, and who else can?", page)
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    why: String,
    #[serde(default)]
    agency: String,
}

async fn find(visitor: Visitor, Query(asked): Query<Asked>) -> PageResult {
    let mut ctx = visitor.read().await?;
    // Whoever may try rules answers for how information is used.
    ctx.permit(Act::TryRules, &Resource::area())?;
    let mut errors = FieldErrors::default();
    let mut found: Vec<Value> = Vec::new();
    if !asked.q.is_empty() && asked.why.trim().is_empty() {
        errors.add("why", "Say what the question is");
    } else if !asked.q.is_empty() {
        let query = SearchQuery::parse(&asked.q, ctx.clock.today());
        for one in search::find_to(&mut ctx, Act::SearchToAnswer, &query, &asked.why).await?.found {
            let name = search::actions::display_name(&one.facts).unwrap_or_default();
            found.push(json!({ "id": one.id.to_string(), "name": name }));
        }
    }
    ctx.seen().await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = json!({ "q": asked.q, "why": asked.why, "asked": !asked.q.is_empty(), "found": found, "errors": errors });
    Ok((status, visitor.page("desk/questions/templates/find.html", "What is visible to whom?", page)?).into_response())
}

async fn visibility(visitor: Visitor, Path(id): Path<PersonId>, Query(asked): Query<Asked>) -> PageResult {
    let mut ctx = visitor.read().await?;
    people::open(&mut ctx, Act::SeeVisibility, id).await?;
    let agencies = access::people::list_agencies(&mut ctx.tx, ctx.area_id).await?;
    let agency = agencies.iter().find(|agency| agency.code == asked.agency);
    let readers = match agency {
        Some(agency) => visible::to_agency(&mut ctx, &visitor.app.world, id, agency.id).await?,
        None => Vec::new(),
    };
    let name = search::names_of(&mut ctx, &[id]).await?.pop().unwrap_or_default();
    ctx.seen().await?;
    let choices: Vec<Value> = agencies.iter().map(|agency| json!({ "id": agency.code, "words": agency.name })).collect();
    let page = json!({
        "id": id.to_string(), "name": name, "agency": asked.agency, "whose": agency.map_or("", |agency| agency.name.as_str()),
        "agencies": choices, "readers": readers
    });
    visitor.page("desk/questions/templates/visibility.html", "What is visible to whom?", page)
}

async fn try_form(visitor: Visitor) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(Act::TryRules, &Resource::area())?;
    ctx.seen().await?;
    try_page(&visitor, ("", &[]), json!(null), FieldErrors::default())
}

async fn try_change(Posted { visitor, form }: Posted) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(Act::TryRules, &Resource::area())?;
    ctx.seen().await?;
    let text = form.text("rules").to_owned();
    let without: Vec<String> = form.all("without").iter().filter(|id| !id.is_empty()).cloned().collect();
    let mut errors = FieldErrors::default();
    if text.chars().count() > try_rules::TEXT_MAX {
        errors.add("rules", "The rules are too long to try at once");
    } else if text.trim().is_empty() && without.is_empty() {
        errors.add("rules", "Write a rule, or choose one to leave out");
    }
    if !errors.is_empty() {
        return try_page(&visitor, (&text, &without), json!(null), errors);
    }
    let (area, in_force) = (Arc::clone(&visitor.app.area), Arc::clone(&visitor.app.world.policies));
    let asked = (text.clone(), without.clone());
    let tried = tokio::task::spawn_blocking(move || try_rules::change(&area, &in_force, (&asked.0, &asked.1))).await;
    match tried.map_err(|e| PageError::Ours(e.to_string()))? {
        Ok(tried) => {
            let changes: Vec<Value> = tried
                .changes
                .iter()
                .map(|one| {
                    let (things, more) = try_rules::things(one);
                    json!({ "act": one.act.as_str().replace('_', " "), "role": one.role.words(), "is_opened": one.is_opened,
                            "things": things, "more": more, "rules": one.rules })
                })
                .collect();
            let acts: Vec<String> = tried.acts.iter().map(|act| act.as_str().replace('_', " ")).collect();
            try_page(&visitor, (&text, &without), json!({ "changes": changes, "acts": acts }), errors)
        }
        Err(e) => {
            errors.add("rules", &e.to_string());
            try_page(&visitor, (&text, &without), json!(null), errors)
        }
    }
}

fn try_page(visitor: &Visitor, (text, without): (&str, &[String]), tried: Value, errors: FieldErrors) -> PageResult {
    let policies: &Policies = &visitor.app.world.policies;
    let rules: Vec<Value> = policies
        .rules()
        .map(|(rule, _)| json!({ "id": rule.id, "reason": rule.reason, "out": without.contains(&rule.id) }))
        .collect();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = json!({ "text": text, "rules": rules, "tried": tried, "errors": errors });
    Ok((status, visitor.page("desk/questions/templates/try.html", "Try a change of the rules", page)?).into_response())
}

//! A note typed on the home page, and whom nobody has seen.

use super::actions;
use super::forms::{family_of, record_page};
use super::pages::{seen_words, when};
use super::reading::{self, Known};
use super::rules;
use crate::forms::Choice;
use access::{Ctx, PractitionerId, Role};
use axum::Router;
use axum::extract::Query;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use families::facts::{self, Kind};
use families::people::{self, PersonId};
use families::search::names_of;
use kernel::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use web::{FieldErrors, PageError, PageResult, Posted, Shared, Visitor};

/// The routes of notes from the home page, and of who was not seen.
pub fn routes() -> Router<Shared> {
    Router::new().route("/visits/note", post(note)).route("/not-seen", get(not_seen))
}

/// Choosing whom a note is about, where it does not say.
#[derive(Debug, Serialize)]
pub struct WhichForm {
    words: String,
    note: String,
    people: Vec<Choice>,
    errors: FieldErrors,
}

/// Shows the form for a visit with what a note seems to say; nothing is kept yet.
///
/// Rule \[3.14\]: writing down a visit takes seconds: who, how and when are read from the words.
async fn note(Posted { visitor, form }: Posted) -> PageResult {
    let mut errors = FieldErrors::default();
    let words = form.note("words", "Your note", rules::WORDS_MAX, &mut errors);
    if let Ok(person) = form.text("person").parse::<PersonId>() {
        return record_page(&visitor, person, &form, (errors, true)).await;
    }
    let mut ctx = visitor.read().await?;
    ctx.permit(access::Act::SeeHome, &access::Resource::area())?;
    let known = people::of_worker(&mut ctx).await?;
    let names = names_of(&mut ctx, &known).await?;
    let known: Vec<Known> = known.into_iter().zip(names).map(|(person, name)| Known { person, name, is_child: false }).collect();
    let meant = one_of(&mut ctx, reading::named(&words, &known)).await?;
    ctx.seen().await?;
    if let Some(person) = meant.filter(|_| errors.is_empty()) {
        return record_page(&visitor, person, &form, (errors, true)).await;
    }
    let choice = |one: Known| Choice { id: one.person.to_string(), words: one.name, chosen: false };
    let page = WhichForm {
        words: form.text("words").to_owned(),
        note: form.text("note").to_owned(),
        people: known.into_iter().map(choice).collect(),
        errors,
    };
    let status = crate::forms::status_of(&page.errors);
    Ok((status, visitor.page("frontline/visits/templates/which.html", "Which family?", page)?).into_response())
}

/// Returns whom a note is about: the only one who fits, or an adult of several who are of one family.
async fn one_of(ctx: &mut Ctx, named: Vec<&Known>) -> Result<Option<PersonId>, PageError> {
    let Some(first) = named.first() else { return Ok(None) };
    if named.len() == 1 {
        return Ok(Some(first.person));
    }
    // Several are meant: they are one family, or somebody says which.
    let family = family_of(ctx, first.person).await?;
    let known = |one: &&Known| family.known.iter().find(|known| known.person == one.person);
    let meant: Vec<&Known> = named.iter().filter_map(known).collect();
    let adult = meant.iter().find(|known| !known.is_child).map_or(first.person, |known| known.person);
    Ok((meant.len() == named.len()).then_some(adult))
}

/// Somebody, and when anybody saw them last.
#[derive(Clone, Debug, Serialize)]
pub struct UnseenLine {
    id: String,
    name: String,
    is_child: bool,
    seen: String,
    is_long: bool,
    next: String,
}

/// Whom nobody has seen.
#[derive(Debug, Serialize)]
pub struct UnseenPage {
    is_team: bool,
    may_see_team: bool,
    unseen_days: u16,
    long: usize,
    lines: Vec<UnseenLine>,
}

#[derive(Debug, Default, Deserialize)]
struct Whose {
    #[serde(default)]
    team: String,
}

/// Rule \[3.16\]: whoever nobody has seen rises to the top, whichever agency was to see them.
async fn not_seen(visitor: Visitor, Query(whose): Query<Whose>) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(access::Act::SeeHome, &access::Resource::area())?;
    let may_see_team = ctx.actor.is(Role::TeamManager);
    let is_team = may_see_team && whose.team == "yes";
    let me = ctx.actor.id;
    let workers: Vec<PractitionerId> = if is_team {
        access::people::team_of(&mut ctx.tx, ctx.area_id, me).await?.into_iter().map(|(id, _)| id).collect()
    } else {
        vec![me]
    };
    let mut lines = lines(&mut ctx, &visitor.app.area, &workers).await?;
    ctx.seen().await?;
    lines.sort_by_key(|(seen, line)| (*seen, !line.is_child, line.name.clone()));
    let page = UnseenPage {
        is_team,
        may_see_team,
        unseen_days: visitor.app.area.plans.unseen_days,
        long: lines.iter().filter(|(_, line)| line.is_long).count(),
        lines: lines.into_iter().map(|(_, line)| line).collect(),
    };
    visitor.page("frontline/visits/templates/not_seen.html", "Who has been seen", page)
}

async fn lines(
    ctx: &mut Ctx,
    area: &area::Area,
    workers: &[PractitionerId],
) -> Result<Vec<(Option<Date>, UnseenLine)>, PageError> {
    let today = ctx.clock.today();
    let people = people::around_workers(ctx, workers).await?;
    let names = names_of(ctx, &people).await?;
    let seen = actions::seen_last(ctx, &people).await?;
    let mut children: BTreeMap<PersonId, bool> = BTreeMap::new();
    for fact in facts::list_of(ctx, &people, Some(&[Kind::Birth])).await? {
        let is_child = fact.new.holds_from.is_some_and(|born| born.age_years(today).1 < 18);
        children.insert(fact.new.person, is_child);
    }
    let mut next: BTreeMap<PersonId, String> = BTreeMap::new();
    for visit in actions::planned_for(ctx, &people).await? {
        for met in &visit.people {
            let words = format!("{}, {}, by {}", visit.way.words(), when(visit.planned_on, &visit.planned_time), visit.owner.0);
            next.entry(met.person).or_insert(words);
        }
    }
    let line = |(person, name): (PersonId, String)| {
        let on = seen.get(&person).copied();
        let line = UnseenLine {
            id: person.to_string(),
            name,
            is_child: children.get(&person).copied().unwrap_or(false),
            seen: seen_words(on, today),
            is_long: rules::is_long_unseen(on, today, &area.plans),
            next: next.get(&person).cloned().unwrap_or_default(),
        };
        (on, line)
    };
    Ok(people.into_iter().zip(names).map(line).collect())
}

//! Two versions of a plan beside each other: what was written, done, given another day, and how needs went.

use super::actions::{self, Opened};
use super::changes::{self, Changes, Version};
use super::pages::{ActionLine, Of, address, line, names_of};
use super::plan::Entry;
use super::said::{Said, SaidKind, lines};
use crate::forms::Choice;
use area::Area;
use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::get;
use families::facts::{Fact, FactId, words};
use families::people::PersonId;
use kernel::{Date, british, clock};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use web::{PageError, PageResult, Shared, Visitor};

/// The routes of versions.
pub fn routes() -> Router<Shared> {
    Router::new().route("/people/{person}/families/{family}/plan/changes", get(show))
}

/// Which two versions.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

/// How a need or somebody went between the two, as one of several eyes sees it.
#[derive(Clone, Debug, Serialize)]
pub struct Went {
    about: String,
    who: String,
    before: String,
    after: String,
}

/// What changed between two versions.
#[derive(Debug, Serialize)]
pub struct ChangesPage {
    back: String,
    family_name: String,
    from: Vec<Choice>,
    to: Vec<Choice>,
    written: Vec<ActionLine>,
    done: Vec<ActionLine>,
    dropped: Vec<ActionLine>,
    moved: Vec<(ActionLine, String)>,
    left: Vec<String>,
    went: Vec<Went>,
    said: Vec<String>,
    known: Vec<String>,
    gone: Vec<String>,
    nothing: bool,
}

async fn show(visitor: Visitor, Path(of): Path<Of>, Query(asked): Query<Asked>) -> PageResult {
    let mut ctx = visitor.read().await?;
    let opened = actions::load(&mut ctx, of).await?;
    let versions = changes::versions(&opened, ctx.now());
    let (from, to) = chosen(&versions, &asked).ok_or(PageError::Hidden(None))?;
    let days = [actions::days_at(&mut ctx, &opened, from.at).await?, actions::days_at(&mut ctx, &opened, to.at).await?];
    let today = ctx.clock.today();
    ctx.seen().await?;
    let found = changes::between(&opened, (from.at, to.at), &days);
    let choices = [choices(&versions, &from.id), choices(&versions, &to.id)];
    let page = page_of(&visitor.app.area, of, (&opened, found), (choices, today));
    visitor.page("frontline/plans/templates/changes.html", "What changed in the plan", page)
}

/// The two versions that are asked for; else the last before now, and now. The earlier comes first, however they were asked for.
fn chosen<'a>(versions: &'a [Version], asked: &Asked) -> Option<(&'a Version, &'a Version)> {
    let by_id = |id: &str| versions.iter().find(|version| version.id == id);
    let to = by_id(&asked.to).or(versions.last())?;
    let from = by_id(&asked.from).or_else(|| versions.iter().rfind(|version| version.id != "now"))?;
    Some(if from.at <= to.at { (from, to) } else { (to, from) })
}

fn choices(versions: &[Version], chosen: &str) -> Vec<Choice> {
    let words = |version: &Version| match (version.id.as_str(), version.on) {
        ("begun", _) => format!("As it was begun, {}", british::day(clock::local_day(version.at))),
        ("now", _) => "As it is now".to_owned(),
        (_, on) => format!("As it was looked at together, {}", on.map_or_else(String::new, british::day)),
    };
    versions.iter().map(|one| Choice { id: one.id.clone(), words: words(one), chosen: one.id == chosen }).collect()
}

fn page_of(
    area: &Area,
    of: Of,
    (opened, found): (&Opened, Changes),
    ([from, to], today): ([Vec<Choice>; 2], Date),
) -> ChangesPage {
    let names = names_of(opened);
    let actions = |entries: &[Entry]| entries.iter().map(|entry| line(entry, &names, today)).collect::<Vec<_>>();
    let facts = |facts: &[Fact]| facts.iter().filter_map(|fact| in_words(area, fact, &names)).collect::<Vec<_>>();
    let mut page = ChangesPage {
        back: address(of),
        family_name: opened.around.family.name.clone(),
        from,
        to,
        written: actions(&found.written),
        done: actions(&found.done),
        dropped: actions(&found.dropped),
        moved: found.moved.iter().map(|(entry, before)| (line(entry, &names, today), british::day(*before))).collect(),
        left: found.left.iter().map(|entry| format!("{}: {}", need_of(area, opened, entry.need, &names), entry.words)).collect(),
        went: found.progress.iter().map(|(before, after)| went(area, opened, (before.as_ref(), after), &names)).collect(),
        said: found.said.iter().map(|said| told(area, opened, said, &names)).collect(),
        known: facts(&found.known),
        gone: facts(&found.gone),
        nothing: false,
    };
    let is_empty = |lines: &[ActionLine]| lines.is_empty();
    page.nothing = [&page.written, &page.done, &page.dropped].into_iter().all(|lines| is_empty(lines))
        && page.moved.is_empty()
        && page.left.is_empty()
        && page.went.is_empty()
        && page.said.is_empty()
        && page.known.is_empty()
        && page.gone.is_empty();
    page
}

fn in_words(area: &Area, fact: &Fact, names: &BTreeMap<PersonId, String>) -> Option<String> {
    let about = names.get(&fact.new.person).map_or("Somebody", String::as_str);
    Some(format!("{about}: {}", words::sentence(area, fact)?))
}

fn need_of(area: &Area, opened: &Opened, need: Option<FactId>, names: &BTreeMap<PersonId, String>) -> String {
    let current = need.map(|need| opened.current(need));
    let fact = opened.facts.iter().find(|fact| Some(fact.id) == current);
    fact.and_then(|fact| in_words(area, fact, names)).unwrap_or_else(|| "A need that you may not see".to_owned())
}

/// Returns what a view or another word is of: a need, or somebody in all.
fn about(area: &Area, opened: &Opened, said: &Said, names: &BTreeMap<PersonId, String>) -> String {
    let name = || names.get(&said.person).cloned().unwrap_or_default();
    said.need.map_or_else(name, |need| need_of(area, opened, Some(need), names))
}

fn went(area: &Area, opened: &Opened, (before, after): (Option<&Said>, &Said), names: &BTreeMap<PersonId, String>) -> Went {
    let step = |said: &Said| match (said.scale.is_empty(), said.words.is_empty()) {
        (true, _) => said.words.clone(),
        (_, true) => lines::step(area, &said.scale),
        _ => format!("{}: {}", lines::step(area, &said.scale), said.words),
    };
    Went {
        about: about(area, opened, after, names),
        who: lines::who(after, names),
        before: before.map_or_else(|| "Nothing was said".to_owned(), step),
        after: step(after),
    }
}

/// Returns what is to be different, and what went well, in a line.
fn told(area: &Area, opened: &Opened, said: &Said, names: &BTreeMap<PersonId, String>) -> String {
    let what = if said.kind == SaidKind::Outcome { "What is to be different" } else { "Went well" };
    format!("{what}, {}: {}", about(area, opened, said, names), said.words)
}

//! A copy of the plan for the fridge, in large plain type and in a language of the area: everybody's, or one's own.

use super::actions::{self, Opened};
use super::pages::{ActionLine, Of, is_now, line, names_of};
use super::plan::{Entry, EntryKind, State};
use super::rules;
use super::said::{SaidKind, lines};
use crate::ways::{self, Says, Way};
use access::Ctx;
use area::files::CopyWords;
use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::get;
use families::facts::{Class, FactId, Kind};
use families::people::{self, PersonId, ShieldKind};
use kernel::{Date, british, clock};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use web::{Form, PageError, PageResult, Shared, Visitor};

/// The route of the copy.
pub fn routes() -> Router<Shared> {
    Router::new().route("/people/{person}/families/{family}/plan/copy", get(copy))
}

/// Whose copy of the plan is wanted.
#[derive(Debug, Default, Deserialize)]
struct Whose {
    #[serde(default)]
    whose: String,
    #[serde(default)]
    language: String,
}

/// A copy for the fridge, in large plain type.
#[derive(Debug, Serialize)]
pub struct CopyPage {
    person: String,
    family: String,
    family_name: String,
    whose: String,
    whose_id: String,
    people: Vec<(String, String)>,
    lead: String,
    review_on: String,
    hopes: Vec<String>,
    strengths: Vec<String>,
    wanted: Vec<String>,
    well: Vec<String>,
    mine: Vec<ActionLine>,
    others: Vec<ActionLine>,
    done: Vec<ActionLine>,
    support: String,
    expected: String,
    language: String,
    languages: Vec<(String, String)>,
    words: CopyWords,
}

/// The copy of one of the family, or the one for all: what is confidential is on nobody's, and what is private on no other's.
async fn copy(visitor: Visitor, Path(of): Path<Of>, Query(asked): Query<Whose>) -> PageResult {
    let form = Form::parse(&format!("whose={}", web::in_query(&asked.whose)))?;
    let mut ctx = visitor.read().await?;
    let mut opened = actions::load(&mut ctx, of).await?;
    let today = ctx.clock.today();
    // That somebody shielded is known is on no paper.
    let hidden =
        people::shielded(&mut ctx, &opened.people()).await?.into_iter().filter(|(_, kind)| *kind == ShieldKind::Existence);
    let hidden: BTreeSet<PersonId> = hidden.map(|(person, _)| person).collect();
    opened.leave_out(&hidden);
    let names = names_of(&opened);
    let whose: Option<PersonId> = form.text("whose").parse().ok().filter(|person| names.contains_key(person));
    let (support, expected) = agreed_with(&mut ctx, of, whose).await?;
    ctx.seen().await?;
    let area = &visitor.app.area;
    let chosen = area.plans.copy.iter().find(|words| words.language == asked.language).or(area.plans.copy.first());
    let words = chosen.cloned().ok_or_else(|| PageError::BadRequest("The area has no words for a copy".to_owned()))?;
    let languages = area.plans.copy.iter().map(|one| (one.language.clone(), area.language(&one.language).to_owned())).collect();
    let page = CopyPage { support, expected, languages, ..copy_of(of, &opened, &names, (words, whose, today)) };
    visitor.page("frontline/plans/templates/copy.html", "The plan, to print", page)
}

/// What one of the family can count on, and what is expected of them: on their own copy, and on no other.
async fn agreed_with(ctx: &mut Ctx, of: Of, whose: Option<PersonId>) -> Result<(String, String), PageError> {
    let Some(whose) = whose else { return Ok(Default::default()) };
    let agreed = ways::load(ctx, of).await?;
    let theirs = agreed.ways.into_iter().filter(|one| one.person == whose && one.class == Class::Ordinary);
    let balance = |one: Way| match one.says {
        Says::Balance(balance) => Some((balance.support, balance.expected)),
        Says::Approach(_) => None,
    };
    Ok(theirs.filter_map(balance).next().unwrap_or_default())
}

fn copy_of(
    of: Of,
    opened: &Opened,
    names: &BTreeMap<PersonId, String>,
    (words, whose, today): (CopyWords, Option<PersonId>, Date),
) -> CopyPage {
    let plan = opened.plan.as_ref().filter(|plan| plan.closed.is_none());
    let on_copy = |entry: &&Entry| entry.kind == EntryKind::Action && rules::is_on_copy(entry, whose);
    let is_mine = |entry: &Entry| whose.is_some() && entry.doer == whose;
    let actions = |state: State, mine: Option<bool>| {
        // That an order ended is nothing that the family did.
        let is_shown = |entry: &&Entry| entry.state == state && (state == State::Open || entry.measure.is_none());
        let chosen = opened.entries.iter().filter(on_copy).filter(is_shown);
        chosen
            .filter(|entry| mine.is_none_or(|mine| is_mine(entry) == mine))
            .map(|entry| {
                let on = entry.by_on.filter(|_| state == State::Open);
                let by = if entry.measure.is_some() { &words.until } else { &words.by };
                let when = on.map(|on| by.replace("{day}", &day(&words, on)));
                let ended = entry.ended.as_ref().map(|(at, ..)| day(&words, clock::local_day(*at)));
                ActionLine { when: when.or(ended).unwrap_or_default(), ..line(entry, names, today) }
            })
            .collect()
    };
    let in_words = |kind: Kind| {
        let of_kind = opened.facts.iter().filter(|fact| fact.new.kind == kind && is_now(fact));
        let open = of_kind.filter(|fact| fact.new.class == Class::Ordinary);
        open.filter(|fact| !fact.new.words.is_empty()).map(|fact| fact.new.words.clone()).collect()
    };
    let said = |kind: SaidKind| {
        let open = lines::told(opened, kind, names).filter(|(said, _)| said.class == Class::Ordinary);
        open.map(|(said, told)| (said.need, format!("{}: {}", told.about, told.words))).collect::<Vec<_>>()
    };
    // The latest of each need: what was wanted before is in the versions of the plan.
    let mut needs = BTreeSet::new();
    let held: BTreeSet<FactId> = opened.needs().filter(|fact| fact.new.class == Class::Ordinary).map(|fact| fact.id).collect();
    let holds = |need: Option<FactId>| need.map(|need| opened.current(need)).filter(|need| held.contains(need));
    let wanted = said(SaidKind::Outcome).into_iter().filter(|(need, _)| holds(*need).is_some_and(|need| needs.insert(need)));
    let review_on = plan.map(|plan| day(&words, plan.review_on));
    let fill = |text: &str| {
        let name = whose.and_then(|person| names.get(&person)).map_or("", String::as_str);
        let text = text.replace("{family}", &opened.around.family.name).replace("{lead}", &opened.around.family.owner);
        text.replace("{name}", name).replace("{day}", review_on.as_deref().unwrap_or_default())
    };
    CopyPage {
        person: of.0.to_string(),
        family: of.1.to_string(),
        family_name: opened.around.family.name.clone(),
        whose: whose.and_then(|person| names.get(&person).cloned()).unwrap_or_default(),
        whose_id: whose.map_or_else(String::new, |person| person.to_string()),
        people: names.iter().map(|(id, name)| (id.to_string(), name.clone())).collect(),
        lead: opened.around.family.owner.clone(),
        review_on: review_on.clone().unwrap_or_default(),
        hopes: in_words(Kind::Aspiration),
        strengths: in_words(Kind::Strength),
        wanted: wanted.map(|(_, words)| words).collect(),
        well: said(SaidKind::Success).into_iter().map(|(_, words)| words).collect(),
        mine: actions(State::Open, Some(true)),
        others: actions(State::Open, Some(false)),
        done: actions(State::Done, None),
        support: String::new(),
        expected: String::new(),
        languages: Vec::new(),
        language: words.language.clone(),
        words: filled(&words, fill),
    }
}

/// A day as the copy's language writes it: by its number, where that is not English.
fn day(words: &CopyWords, on: Date) -> String {
    if words.language == "en" { british::day(on) } else { format!("{:02}.{:02}.{}", on.day(), on.month(), on.year()) }
}

/// Fills in the words that have somebody's name or a day in them.
fn filled(words: &CopyWords, fill: impl Fn(&str) -> String) -> CopyWords {
    CopyWords {
        our_plan: fill(&words.our_plan),
        copy_of: fill(&words.copy_of),
        ask: fill(&words.ask),
        look_again: fill(&words.look_again),
        does: fill(&words.does),
        count_on: fill(&words.count_on),
        expected: fill(&words.expected),
        ..words.clone()
    }
}

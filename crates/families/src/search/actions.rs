//! Looking somebody up.

use super::query::{Query, Wanted};
use super::store::{self, Matched, Matches};
use crate::facts::{self, FACT, Fact, FactId, Kind};
use crate::lookup::{self, Likely, Record};
use crate::people::{PERSON, PersonId};
use ::store::journal::Outcome;
use access::{AccessError, Act, Ctx, Resource};
use std::collections::{BTreeMap, BTreeSet};

/// As many as are useful, and no more.
pub const SHOWN_MAX: usize = 20;

/// So many people are looked up one by one in less time than everybody else who matches is read.
const LOOKED_UP_MAX: i64 = 300;

/// So many who are only much like what was typed.
const NEAR_MAX: usize = 10;
/// Who is less likely than the likeliest by so many bits is not who was meant.
const NEAR_WITHIN: f32 = 10.0;

/// Somebody who was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Who.
    pub id: PersonId,
    /// Why they are here, in words.
    pub why: Vec<String>,
    /// Whether not every word is theirs: they are here because what was typed is much like them.
    pub is_near: bool,
    /// What tells them apart, as far as the viewer may read it.
    pub facts: Vec<Fact>,
}

/// What a search answers.
#[derive(Clone, Debug, Default)]
pub struct SearchResult {
    /// People, the likeliest first, at most [`SHOWN_MAX`].
    pub found: Vec<Found>,
    /// How many there are.
    pub count: usize,
    /// Whether it said too little to be answered.
    pub too_little: bool,
}

/// Returns the people whom a query finds, journalling who was shown and why they were looked for.
///
/// # Errors
/// [`AccessError`] when the actor may not search.
pub async fn find(ctx: &mut Ctx, query: &Query, reason: &str) -> Result<SearchResult, AccessError> {
    find_to(ctx, Act::Search, query, reason).await
}

/// Returns the people whom a query finds, for an act that looks somebody up, journalling as [`find`].
///
/// # Errors
/// [`AccessError`] when the actor may not.
pub async fn find_to(ctx: &mut Ctx, act: Act, query: &Query, reason: &str) -> Result<SearchResult, AccessError> {
    ctx.permit(act, &Resource::area())?;
    ctx.detail(serde_json::json!({ "reason": reason }));
    if !query.is_enough() {
        return Ok(SearchResult { too_little: true, ..SearchResult::default() });
    }
    let Some(by_wanted) = visible(ctx, query).await? else {
        return Ok(SearchResult { too_little: true, ..SearchResult::default() });
    };
    let mut people: Vec<PersonId> = by_wanted.first().map(|first| first.keys().copied().collect()).unwrap_or_default();
    people.retain(|person| by_wanted.iter().all(|matches| matches.contains_key(person)));
    let narrowing = ctx.narrow(Act::FindPerson, &PERSON)?;
    let now = ctx.now();
    let findable = store::findable(&mut ctx.tx, ctx.area_id, &people, (&narrowing, now)).await?;
    people.retain(|person| findable.contains(person));
    let count = people.len();
    people.sort_by_key(|person| (std::cmp::Reverse(exact_words(query, &by_wanted, *person)), *person));
    people.truncate(SHOWN_MAX * 5);
    let mut found = describe(ctx, query, people).await?;
    // Of equal likelihood, in the order of names.
    found.sort_by_cached_key(|one| (std::cmp::Reverse(exact_words(query, &by_wanted, one.id)), display_name(&one.facts)));
    found.extend(near(ctx, &query.records(), &found).await?);
    for one in &found {
        ctx.note("find_person", Outcome::Seen, Some(one.id.0), serde_json::json!({ "reason": reason }));
    }
    Ok(SearchResult { found, count, too_little: false })
}

/// Returns who may be somebody that is about to be entered, the likeliest first, journalling who was shown: so that nobody is entered twice.
///
/// # Errors
/// [`AccessError`] when the actor may not search.
pub async fn alike(ctx: &mut Ctx, record: Record, reason: &str) -> Result<Vec<Found>, AccessError> {
    ctx.permit(Act::Search, &Resource::area())?;
    ctx.detail(serde_json::json!({ "reason": reason }));
    let found = near(ctx, &[record], &[]).await?;
    for one in &found {
        ctx.note("find_person", Outcome::Seen, Some(one.id.0), serde_json::json!({ "reason": reason }));
    }
    Ok(found)
}

/// Returns who is much like what was typed, and was not found by its words: Kate for Catherine, Mohamed for Muhammad, 5 December for 12 May.
async fn near(ctx: &mut Ctx, records: &[Record], found: &[Found]) -> Result<Vec<Found>, AccessError> {
    let mut likely = lookup::look_up(ctx, records, NEAR_MAX + found.len()).await?;
    let likeliest = likely.first().map_or(0.0, |first| first.weight);
    likely.retain(|one| one.weight > likeliest - NEAR_WITHIN && found.iter().all(|found| found.id != one.id));
    let people: Vec<PersonId> = likely.iter().map(|one| one.id).collect();
    let narrowing = ctx.narrow(Act::FindPerson, &PERSON)?;
    let now = ctx.now();
    let findable = store::findable(&mut ctx.tx, ctx.area_id, &people, (&narrowing, now)).await?;
    likely.retain(|one| findable.contains(&one.id));
    likely.truncate(NEAR_MAX.min(SHOWN_MAX.saturating_sub(found.len())));
    let mut facts = facts_of(ctx, likely.iter().map(|one| one.id).collect()).await?;
    let describe =
        |one: Likely| Found { id: one.id, why: one.why, is_near: true, facts: facts.remove(&one.id).unwrap_or_default() };
    Ok(likely.into_iter().map(describe).collect())
}

/// Returns what each thing wanted matches, of what the viewer may read; nothing when all of it is too broad.
async fn visible(ctx: &mut Ctx, query: &Query) -> Result<Option<Vec<Matches>>, AccessError> {
    let narrowing = ctx.narrow(Act::ReadFact, &FACT)?;
    let (area_id, now) = (ctx.area_id, ctx.now());
    let mut counted = Vec::with_capacity(query.wanted.len());
    for wanted in &query.wanted {
        counted.push((store::count(&mut ctx.tx, area_id, wanted).await?, wanted));
    }
    // The rarest is read, and the others looked up among whom it leaves; unless it leaves so many that reading all is less.
    counted.sort_by_key(|(count, _)| *count);
    let rarest = counted.first().map_or(0, |(count, _)| *count);
    let mut matched: Vec<(&Wanted, Matches)> = Vec::with_capacity(counted.len());
    let mut candidates: Vec<PersonId> = match counted.as_slice() {
        [] => Vec::new(),
        [(_, wanted)] if rarest > store::WORDS_MAX => {
            let Matched::All(matches) = store::visible_matches(&mut ctx.tx, area_id, wanted, (&narrowing, now)).await? else {
                return Ok(None);
            };
            matches.into_keys().collect()
        }
        several if rarest > LOOKED_UP_MAX && several.len() > 1 => {
            let all: Vec<&Wanted> = several.iter().map(|(_, wanted)| *wanted).collect();
            let Some(people) = of_all(ctx, &all).await? else { return Ok(None) };
            people
        }
        [(_, wanted), ..] => store::people_of(&mut ctx.tx, area_id, wanted).await?,
    };
    for (_, wanted) in counted {
        let matches = store::matches_among(&mut ctx.tx, area_id, wanted, &candidates).await?;
        candidates.retain(|person| matches.contains_key(person));
        matched.push((wanted, matches));
    }
    // In the order they were typed.
    matched.sort_by_key(|(wanted, _)| query.wanted.iter().position(|typed| typed == *wanted));
    let people: BTreeSet<PersonId> = candidates.into_iter().collect();
    let facts: BTreeSet<FactId> = matched
        .iter()
        .flat_map(|(_, matches)| matches.iter().filter(|(person, _)| people.contains(person)))
        .flat_map(|(_, facts)| facts.iter().map(|(fact, _)| *fact))
        .collect();
    let facts: Vec<FactId> = facts.into_iter().collect();
    let visible = store::visible_facts(&mut ctx.tx, area_id, &facts, (&narrowing, now)).await?;
    let keep = |matches: Matches| -> Matches {
        matches
            .into_iter()
            .filter(|(person, _)| people.contains(person))
            .map(|(person, facts)| (person, facts.into_iter().filter(|(fact, _)| visible.contains(fact)).collect::<Vec<_>>()))
            .filter(|(_, facts)| !facts.is_empty())
            .collect()
    };
    Ok(Some(matched.into_iter().map(|(_, matches)| keep(matches)).collect()))
}

/// Returns who matches all of several things; nothing when even those whom the viewer may find are too many.
async fn of_all(ctx: &mut Ctx, broad: &[&Wanted]) -> Result<Option<Vec<PersonId>>, AccessError> {
    let (area_id, now) = (ctx.area_id, ctx.now());
    if let Some(people) = store::people_of_all(&mut ctx.tx, area_id, broad, None).await? {
        return Ok(Some(people));
    }
    let (people, facts) = (ctx.narrow(Act::FindPerson, &PERSON)?, ctx.narrow(Act::ReadFact, &FACT)?);
    Ok(store::people_of_all(&mut ctx.tx, area_id, broad, Some((&people, &facts, now))).await?)
}

/// How many of the words typed are whole words of this person.
fn exact_words(query: &Query, by_wanted: &[Matches], person: PersonId) -> usize {
    let typed: BTreeSet<String> = query.wanted.iter().flat_map(|wanted| wanted.ranges()).map(|(from, _)| from).collect();
    by_wanted
        .iter()
        .filter_map(|matches| matches.get(&person))
        .filter(|facts| facts.iter().any(|(_, word)| typed.contains(word)))
        .count()
}

async fn describe(ctx: &mut Ctx, query: &Query, people: Vec<PersonId>) -> Result<Vec<Found>, AccessError> {
    let shown: Vec<PersonId> = people.into_iter().take(SHOWN_MAX).collect();
    let mut facts = facts_of(ctx, shown.clone()).await?;
    let why: Vec<String> = query.wanted.iter().map(Wanted::words).collect();
    let found = |id| Found { id, why: why.clone(), is_near: false, facts: facts.remove(&id).unwrap_or_default() };
    Ok(shown.into_iter().map(found).collect())
}

/// Returns what tells people apart on a list, as far as the viewer may read it.
async fn facts_of(ctx: &mut Ctx, people: Vec<PersonId>) -> Result<BTreeMap<PersonId, Vec<Fact>>, AccessError> {
    let kinds = [Kind::Name, Kind::Birth, Kind::Sex, Kind::Address, Kind::Relationship, Kind::Involvement];
    let mut by_person: BTreeMap<PersonId, Vec<Fact>> = BTreeMap::new();
    if !people.is_empty() {
        for fact in facts::list_of(ctx, &people, Some(&kinds)).await? {
            by_person.entry(fact.new.person).or_default().push(fact);
        }
    }
    Ok(by_person)
}

/// So many people's names are asked for at once.
const NAMED_TOGETHER: usize = 512;

/// Returns the names of people, as far as the actor may read them, in the same order.
///
/// # Errors
/// [`AccessError`] when the rules or the store fail.
pub async fn names_of(ctx: &mut Ctx, persons: &[PersonId]) -> Result<Vec<String>, AccessError> {
    let mut names: BTreeMap<PersonId, String> = BTreeMap::new();
    let mut wanted: BTreeSet<PersonId> = persons.iter().copied().collect();
    // A home page names the same people in many of its lists.
    wanted.retain(|person| match ctx.name_read(person.0) {
        Some(name) => names.insert(*person, name.to_owned()).is_some(),
        None => true,
    });
    if !wanted.is_empty() {
        let wanted: Vec<PersonId> = wanted.into_iter().collect();
        let mut known: BTreeMap<PersonId, Vec<Fact>> = BTreeMap::new();
        // A list of facts has an end, which the names of some few never reach.
        for some in wanted.chunks(NAMED_TOGETHER) {
            for fact in facts::list_of(ctx, some, Some(&[Kind::Name])).await? {
                known.entry(fact.new.person).or_default().push(fact);
            }
        }
        for person in wanted {
            let name = known.get(&person).and_then(|facts| display_name(facts));
            let name = name.unwrap_or_else(|| "Somebody whose name you may not see".to_owned());
            ctx.keep_name(person.0, name.clone());
            names.insert(person, name);
        }
    }
    Ok(persons.iter().map(|person| names.get(person).cloned().unwrap_or_default()).collect())
}

/// Returns the name to call somebody by, from what the viewer may read.
pub fn display_name(facts: &[Fact]) -> Option<String> {
    let rank = |term: &str| match term {
        "known_as" => 0,
        "usual" => 1,
        _ => 2,
    };
    let mut names: Vec<(&Fact, (&str, &str))> =
        facts.iter().filter_map(|fact| fact.new.written_name().map(|name| (fact, name))).collect();
    // A name as people write it before one that a system has put in capitals.
    let shouted = |name: (&str, &str)| name.0 == name.0.to_uppercase() && name.1 == name.1.to_uppercase();
    names.sort_by_key(|(fact, name)| {
        (fact.new.holds_to.is_some(), rank(&fact.new.term), shouted(*name), std::cmp::Reverse(fact.recorded_at))
    });
    let (_, (forenames, surname)) = names.first()?;
    // "Known as Amy-Jo" says nothing of the last name: it is still Barlow.
    let usual = |part: fn((&str, &str)) -> bool| names.iter().map(|(_, name)| *name).find(|name| part(*name));
    let forenames = if forenames.is_empty() { usual(|name| !name.0.is_empty()).map_or("", |name| name.0) } else { forenames };
    let surname = if surname.is_empty() { usual(|name| !name.1.is_empty()).map_or("", |name| name.1) } else { surname };
    Some(format!("{forenames} {surname}").trim().to_owned())
}

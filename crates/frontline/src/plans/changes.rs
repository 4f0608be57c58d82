//! What changed in a plan between two of its versions. Pure.
//!
//! A plan has a version for each time it was begun or looked at together, and one for now.

use super::actions::{NEEDS, Opened};
use super::plan::{Entry, EntryId, EntryKind, State};
use super::said::{Said, SaidKind};
use families::facts::{Fact, FactId, Kind};
use kernel::{Date, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// A moment at which the plan was as it was agreed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// What it is known by: `begun`, a review's id, `now`.
    pub id: String,
    /// Up to which moment.
    pub at: Timestamp,
    /// The day it was looked at together; the day it was begun.
    pub on: Option<Date>,
}

/// What changed between two versions, as far as a reader may know of it.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Actions that were written.
    pub written: Vec<Entry>,
    /// Actions that were done.
    pub done: Vec<Entry>,
    /// Actions that are not done after all.
    pub dropped: Vec<Entry>,
    /// Actions that were given another day, with the day before.
    pub moved: Vec<(Entry, Date)>,
    /// Needs that are left for now.
    pub left: Vec<Entry>,
    /// How needs and people did, by each eye: before, where that eye saw it, and after.
    pub progress: Vec<(Option<Said>, Said)>,
    /// What is to be different, and what went well, that was said since.
    pub said: Vec<Said>,
    /// Hopes, strengths and needs that were not known before.
    pub known: Vec<Fact>,
    /// Hopes, strengths and needs that hold no more.
    pub gone: Vec<Fact>,
}

/// Returns the versions of a plan that a reader can tell apart, the first first.
pub fn versions(opened: &Opened, now: Timestamp) -> Vec<Version> {
    let Some(plan) = &opened.plan else { return Vec::new() };
    let begun = Version { id: "begun".to_owned(), at: plan.begun_at, on: None };
    let reviews = opened.entries.iter().filter(|entry| entry.kind == EntryKind::Review);
    let reviews = reviews.map(|entry| Version { id: entry.id.to_string(), at: entry.recorded_at, on: entry.held_on });
    let mut versions: Vec<Version> = std::iter::once(begun).chain(reviews).collect();
    versions.sort_by_key(|version| version.at);
    versions.push(Version { id: "now".to_owned(), at: now, on: None });
    versions
}

/// Returns what changed after one moment and until another. `days` says, for each of the two, by when actions were to be done whose day has
/// been changed since.
///
/// Rule \[3.18\]: a plan is reviewed, and what changed since the last time can be seen.
pub fn between(opened: &Opened, (from, to): (Timestamp, Timestamp), days: &[BTreeMap<EntryId, Date>; 2]) -> Changes {
    let is_within = |at: Timestamp| at > from && at <= to;
    let mut changes = Changes::default();
    for entry in &opened.entries {
        let ended = entry.ended.as_ref().map(|(at, ..)| *at).filter(|at| is_within(*at));
        match (entry.kind, ended, entry.state) {
            (EntryKind::Action, Some(_), State::Done) => changes.done.push(entry.clone()),
            (EntryKind::Action, Some(_), _) => changes.dropped.push(entry.clone()),
            (EntryKind::Action, None, _) if is_within(entry.recorded_at) => changes.written.push(as_then(entry, (to, &days[1]))),
            (EntryKind::Action, None, _) if entry.recorded_at <= from => changes.moved.extend(moved(entry, to, days)),
            (EntryKind::NotNow, ..) if is_within(entry.recorded_at) => changes.left.push(entry.clone()),
            _ => {}
        }
    }
    changes.progress = progress(opened, from, to);
    let said = opened.said.iter().filter(|said| said.kind != SaidKind::Progress && is_within(said.recorded_at));
    changes.said = said.cloned().collect();
    let kinds = [NEEDS.as_slice(), &[Kind::Aspiration, Kind::Strength]].concat();
    // A correction says the same again: what is corrected is neither new nor gone, and is read as it is known now.
    let corrections: BTreeSet<FactId> = opened.facts.iter().filter_map(|fact| fact.superseded_by).collect();
    for fact in opened.facts.iter().filter(|fact| kinds.contains(&fact.new.kind)) {
        if is_within(fact.recorded_at) && !corrections.contains(&fact.id) {
            let current = opened.current(fact.id);
            let known = opened.facts.iter().find(|one| one.id == current);
            changes.known.extend(known.filter(|one| !one.is_withdrawn() || one.superseded_at.is_some_and(|at| at > to)).cloned());
        }
        if fact.is_withdrawn() && fact.superseded_at.is_some_and(is_within) && fact.recorded_at <= from {
            changes.gone.push(fact.clone());
        }
    }
    changes
}

/// Returns an action as it was then: what became of it later is not told yet.
fn as_then(entry: &Entry, (to, days): (Timestamp, &BTreeMap<EntryId, Date>)) -> Entry {
    let by_on = days.get(&entry.id).copied().or(entry.by_on);
    let is_later = entry.ended.as_ref().is_some_and(|(at, ..)| *at > to);
    let (ended, state) = if is_later { (None, State::Open) } else { (entry.ended.clone(), entry.state) };
    Entry { by_on, ended, state, ..entry.clone() }
}

/// Returns an action with the day it had before, where it was given another; not one that had ended by then.
fn moved(entry: &Entry, to: Timestamp, days: &[BTreeMap<EntryId, Date>; 2]) -> Option<(Entry, Date)> {
    let had_ended = entry.ended.as_ref().is_some_and(|(at, ..)| *at <= to);
    let day = |days: &BTreeMap<EntryId, Date>| days.get(&entry.id).copied().or(entry.by_on);
    let (before, after) = (day(&days[0])?, day(&days[1])?);
    (before != after && !had_ended).then(|| (as_then(entry, (to, &days[1])), before))
}

/// Returns how each eye saw each thing at the one moment and at the other, the latest day first; not what was written down later of a day before.
fn progress(opened: &Opened, from: Timestamp, to: Timestamp) -> Vec<(Option<Said>, Said)> {
    let mut latest: BTreeMap<_, (Option<&Said>, Option<&Said>)> = BTreeMap::new();
    for said in opened.said.iter().filter(|said| said.kind == SaidKind::Progress && said.recorded_at <= to) {
        let of = (said.need.map(|need| opened.current(need)), said.person, said.seen_by());
        let of_eye = latest.entry(of).or_default();
        if said.recorded_at <= from {
            of_eye.0 = Some(said);
        }
        of_eye.1 = Some(said);
    }
    let changed = |(before, after): (Option<&Said>, Option<&Said>)| {
        after.filter(|after| after.recorded_at > from).map(|after| (before.cloned(), after.clone()))
    };
    latest.into_values().filter_map(changed).collect()
}

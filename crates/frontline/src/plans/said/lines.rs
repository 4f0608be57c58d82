//! What is said of a plan, as pages show it: the views of a need or of somebody beside each other, the latest of each eye.

use super::{About, Eyes, Said, SaidKind};
use crate::plans::actions::Opened;
use area::Area;
use families::people::PersonId;
use kernel::british;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How one of several eyes sees it.
#[derive(Clone, Debug, Serialize)]
pub struct View {
    /// Who sees it so.
    pub who: String,
    /// The step of the area's scale; empty where none was chosen.
    pub step: String,
    /// In words.
    pub words: String,
    /// When, and who wrote it down where somebody else's view was.
    pub when: String,
}

/// How a need or somebody does, by several eyes.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Views {
    /// The latest of each eye, the newest first.
    pub now: Vec<View>,
    /// What the same eyes saw before, the newest first.
    pub before: Vec<View>,
}

/// Something that went well, or what is to be different.
#[derive(Clone, Debug, Serialize)]
pub struct Told {
    /// Whose it is.
    pub about: String,
    /// In words.
    pub words: String,
    /// Who says so, and when.
    pub source: String,
}

/// Returns a step of the area's scale in its words.
pub fn step(area: &Area, id: &str) -> String {
    area.plans.progress.iter().find(|step| step.id == id).map_or_else(|| id.to_owned(), |step| step.words.clone())
}

/// Returns whose eyes they are.
pub fn who(said: &Said, names: &BTreeMap<PersonId, String>) -> String {
    match &said.eyes {
        Eyes::Author => format!("{}, {}", said.author, said.agency),
        Eyes::Family(person) => names.get(person).cloned().unwrap_or_else(|| "One of the family".to_owned()),
        Eyes::Other(name) => name.clone(),
    }
}

/// Returns who wrote somebody else's view down; nothing where it is their own.
fn written_by(said: &Said) -> String {
    if said.eyes == Eyes::Author { String::new() } else { format!(", written down by {}, {}", said.author, said.agency) }
}

fn when(said: &Said) -> String {
    format!("{}{}", british::day(said.on), written_by(said))
}

/// Returns who says so, and who wrote it down.
pub fn source(said: &Said, names: &BTreeMap<PersonId, String>) -> String {
    format!("{}{}", who(said, names), written_by(said))
}

/// Returns whether something is said of a need, as that is known now, or of somebody in all.
pub fn is_about(opened: &Opened, said: &Said, about: About) -> bool {
    match about {
        About::Need(need) => said.need.is_some_and(|id| opened.current(id) == need),
        About::Person(person) => said.need.is_none() && said.person == person,
    }
}

/// Returns how a need or somebody does, by several eyes.
pub fn views(area: &Area, opened: &Opened, about: About, names: &BTreeMap<PersonId, String>) -> Views {
    let of = |said: &&Said| said.kind == SaidKind::Progress && is_about(opened, said, about);
    let mut seen = BTreeSet::new();
    let mut views = Views::default();
    for said in opened.said.iter().rev().filter(of) {
        let scale = if said.scale.is_empty() { String::new() } else { step(area, &said.scale) };
        let view = View { who: who(said, names), step: scale, words: said.words.clone(), when: when(said) };
        if seen.insert(said.seen_by()) { views.now.push(view) } else { views.before.push(view) }
    }
    views
}

/// Returns what is said in words, of one kind, the latest first.
pub fn told<'a>(
    opened: &'a Opened,
    kind: SaidKind,
    names: &'a BTreeMap<PersonId, String>,
) -> impl Iterator<Item = (&'a Said, Told)> {
    opened.said.iter().rev().filter(move |said| said.kind == kind).map(|said| {
        let about = names.get(&said.person).cloned().unwrap_or_default();
        (said, Told { about, words: said.words.clone(), source: format!("{}, {}", who(said, names), when(said)) })
    })
}

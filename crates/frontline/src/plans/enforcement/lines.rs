//! Support and enforcement side by side, as pages show them: what holds somebody to something, and what stands beside it.

use super::{Beside, Breach, Measure};
use crate::plans::actions::Opened;
use crate::plans::pages::{ActionLine, line};
use crate::plans::plan::{Entry, Side, State};
use area::Area;
use families::facts::FactId;
use families::people::PersonId;
use kernel::{Date, british};
use serde::Serialize;
use std::collections::BTreeMap;

/// What holds somebody to something.
#[derive(Clone, Debug, Serialize)]
pub struct MeasureLine {
    /// The action that it is.
    pub line: ActionLine,
    /// What it is called.
    pub kind: String,
    /// Who ordered it, or with whom it is agreed; empty where that would tell where somebody is.
    pub by: String,
    /// From when until when.
    pub holds: String,
    /// What may follow where it is not kept.
    pub if_not: String,
    /// When it was not kept, the latest first.
    pub breaches: Vec<BreachLine>,
}

/// That something was not kept.
#[derive(Clone, Debug, Serialize)]
pub struct BreachLine {
    /// The day.
    pub on: String,
    /// What happened.
    pub words: String,
    /// Who says so; empty where that is not told.
    pub who: String,
    /// What is done about it, where the reader may read it.
    pub answer: Option<ActionLine>,
}

/// One of the family whom something holds, with the support beside it.
#[derive(Clone, Debug, Serialize)]
pub struct HeldLine {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// What holds them to something.
    pub measures: Vec<MeasureLine>,
    /// What others do for them meanwhile.
    pub support: Vec<ActionLine>,
}

/// Returns what an action is called that holds somebody to something.
pub fn kind(area: &Area, measure: &Measure) -> String {
    let known = area.plans.enforcement.iter().find(|known| known.id == measure.kind);
    known.map_or_else(|| measure.kind.clone(), |known| known.words.clone())
}

/// Returns what holds somebody to something as pages show it; nothing for any other action.
pub fn measure(
    area: &Area,
    (entry, beside): (&Entry, &Beside),
    names: &BTreeMap<PersonId, String>,
    today: Date,
) -> Option<MeasureLine> {
    let held = entry.measure.as_ref()?;
    let is_agreed = area.plans.enforcement.iter().any(|known| known.id == held.kind && known.agreed);
    let answer = |breach: &Breach| {
        let answer = beside.answers.iter().find(|entry| Some(entry.id) == breach.answer);
        answer.map(|entry| line(entry, names, today))
    };
    let breach = |breach: &Breach| BreachLine {
        on: british::day(breach.happened_on),
        words: breach.words.clone(),
        who: breach.author.clone(),
        answer: answer(breach),
    };
    let until = entry.by_on.map_or_else(String::new, |on| format!(" until {}", british::day(on)));
    Some(MeasureLine {
        line: line(entry, names, today),
        kind: kind(area, held),
        by: match (beside.placeless.contains(&entry.id), is_agreed) {
            (true, _) => String::new(),
            (false, true) => format!("Agreed with {}", held.authority),
            (false, false) => format!("By {}", held.authority),
        },
        holds: format!("From {}{until}", british::day(held.from_on)),
        if_not: held.if_not.clone(),
        breaches: beside.breaches.iter().filter(|one| one.entry == entry.id).map(breach).collect(),
    })
}

/// Returns whom of the family something holds now, each with the support that stands beside it.
///
/// Rule \[3.7\]: support and challenge go together: what is required of somebody never stands without what helps them to keep to it.
pub fn side_by_side(
    area: &Area,
    (opened, beside): (&Opened, &Beside),
    names: &BTreeMap<PersonId, String>,
    today: Date,
) -> Vec<HeldLine> {
    let is_open = |entry: &&Entry| entry.state == State::Open;
    let of = |(id, name): (&PersonId, &String)| {
        let held = || opened.entries.iter().filter(is_open).filter(|entry| entry.doer == Some(*id) && entry.measure.is_some());
        let measures: Vec<MeasureLine> = held().filter_map(|entry| measure(area, (entry, beside), names, today)).collect();
        let needs: Vec<FactId> = held().filter_map(|entry| entry.need).map(|need| opened.current(need)).collect();
        // What is done for them, or for the need that they are held to something for.
        let helps = opened.entries.iter().filter(is_open).filter(|entry| {
            let is_for = entry.person == *id || entry.need.is_some_and(|need| needs.contains(&opened.current(need)));
            entry.side == Side::Support && is_for && entry.doer != Some(*id) && entry.owner_id.is_some()
        });
        let support = helps.map(|entry| line(entry, names, today)).collect();
        (!measures.is_empty()).then(|| HeldLine { id: id.to_string(), name: name.clone(), measures, support })
    };
    names.iter().filter_map(of).collect()
}

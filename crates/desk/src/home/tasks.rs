//! What somebody has to do, and what their team has, the soonest first.

use super::sources;
use crate::absences::{self, Absence};
use access::{AccessError, Ctx, PractitionerId};
use area::Area;
use kernel::{Date, british};
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// So many people's work is asked for at once.
const TOGETHER: usize = 12;

/// Something to be done.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Task {
    pub(super) words: String,
    pub(super) link: String,
    pub(super) due: String,
    pub(super) late: bool,
}

/// Something that falls to somebody, by a day.
#[derive(Debug)]
pub(crate) struct Due {
    pub(super) whose: PractitionerId,
    pub(crate) on: Option<Date>,
    pub(super) task: Task,
}

impl Due {
    /// Returns that something is to be done by a day, which stands in `due` in words.
    pub(super) fn by((whose, on): (PractitionerId, Date), words: String, link: String, (due, today): (String, Date)) -> Self {
        Self { whose, on: Some(on), task: Task { words, link, due, late: on < today } }
    }

    /// Returns that there is something to read.
    pub(super) fn news((whose, today): (PractitionerId, Date), words: String, link: String) -> Self {
        Self { whose, on: Some(today), task: Task { words, link, due: "News".to_owned(), late: false } }
    }
}

/// What somebody of the viewer's team has to do, or whom the viewer covers for.
#[derive(Debug, Serialize)]
pub(crate) struct TeamWork {
    who: String,
    tasks: Vec<Task>,
    late: usize,
}

impl TeamWork {
    fn new(who: String, tasks: Vec<Task>) -> Self {
        let late = tasks.iter().filter(|task| task.late).count();
        Self { who, tasks, late }
    }
}

/// What a home page shows of the viewer's own work, of those they cover for, and of their team.
#[derive(Debug, Default)]
pub(crate) struct Work {
    pub(crate) mine: Vec<Task>,
    pub(crate) covered: Vec<TeamWork>,
    pub(crate) team: Vec<TeamWork>,
}

/// Returns the actor's own work, what falls to those for whom they cover, and, for whoever manages, what everybody of their team has to do,
/// whoever is latest first, as far as the actor may know of it. It is asked for all of them at once: a team costs hardly more than one.
///
/// Rule \[3.40\]: whoever manages sees what their team owes to whom, and what is late; while somebody is away, what is theirs to do is seen by
/// somebody who is there.
pub(crate) async fn of_home(ctx: &mut Ctx, area: &Area, (covers, manages): (bool, bool)) -> Result<Work, AccessError> {
    let (me, area_id, today) = (ctx.actor.id, ctx.area_id, ctx.clock.today());
    let covered = if covers { absences::covered_by(ctx, me).await? } else { Vec::new() };
    let team = if manages { access::people::team_of(&mut ctx.tx, area_id, me).await? } else { Vec::new() };
    let ids: Vec<PractitionerId> = team.iter().map(|(id, _)| *id).collect();
    let away = if ids.is_empty() { Vec::new() } else { absences::of_these(ctx, &ids).await? };
    let now_away = covered.iter().filter(|away| away.is_on(today)).map(|away| away.practitioner);
    // Whoever asks stands first: a statement is written the same way for everybody.
    let others: BTreeSet<PractitionerId> = now_away.chain(ids).filter(|id| *id != me).collect();
    let owners: Vec<PractitionerId> = [me].into_iter().chain(others).collect();
    let mut all = of_these(ctx, area, &owners).await?;
    let mine = all.remove(&me).unwrap_or_default();
    // Whoever covers for one of their own team finds it in both places.
    let of = |id: PractitionerId| all.get(&id).cloned().unwrap_or_default();
    let of_covered = |one: &Absence| {
        let tasks = if one.is_on(today) { of(one.practitioner) } else { Vec::new() };
        TeamWork::new(covered_words(one, today), tasks)
    };
    let covered = covered.iter().map(of_covered).collect();
    let of_team = |(id, who): &(PractitionerId, String)| {
        let away = away.iter().find(|one| one.practitioner == *id).map(away_words).unwrap_or_default();
        TeamWork::new(format!("{who}{away}"), of(*id))
    };
    let mut team: Vec<TeamWork> = team.iter().map(of_team).collect();
    team.sort_by_key(|work| Reverse(work.late));
    Ok(Work { mine, covered, team })
}

/// Returns what each of these has to do, as far as the actor may know of it, the soonest first.
async fn of_these(
    ctx: &mut Ctx,
    area: &Area,
    owners: &[PractitionerId],
) -> Result<BTreeMap<PractitionerId, Vec<Task>>, AccessError> {
    let mut due = Vec::new();
    // Lists have an end: those of some few never reach it, and nothing of anybody's is lost behind it.
    for some in owners.chunks(TOGETHER) {
        due.extend(sources::all(ctx, area, some).await?);
    }
    due.sort_by_key(|due| due.on);
    let mut by_owner: BTreeMap<PractitionerId, Vec<Task>> = BTreeMap::new();
    for due in due {
        by_owner.entry(due.whose).or_default().push(due.task);
    }
    Ok(by_owner)
}

fn away_words(away: &Absence) -> String {
    let left = if away.cover_left { ", who has left" } else { "" };
    format!(", away until {}; {}{left} covers", british::day(away.to_on), away.cover_name)
}

fn covered_words(away: &Absence, today: Date) -> String {
    let until = british::day(away.to_on);
    if !away.is_on(today) {
        return format!("{}, from {} to {until}", away.name, british::day(away.from_on));
    }
    let words = if away.words.is_empty() { String::new() } else { format!(". {}", away.words) };
    format!("{}, until {until}{words}", away.name)
}

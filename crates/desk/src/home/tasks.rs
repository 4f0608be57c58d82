//! What somebody has to do, and what their team has, the soonest first.

use super::sources::{self, Led};
use crate::absences::{self, Absence};
use access::{AccessError, Ctx, PractitionerId};
use area::Area;
use families::people::PersonId;
use families::search::names_of;
use kernel::{Date, british};
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// So many people's work is asked for at once.
const TOGETHER: usize = 12;

/// What is so many days late is stuck: whoever has it has not come to it, and their manager gives it to another or helps.
const STUCK_DAYS: i32 = 7;
/// So many of what is stuck are shown on home: the rest is with whoever has it.
const STUCK_SHOWN: usize = 20;

/// So many tasks of each of a team are shown on home: the rest is on a page of their own.
const SHOWN: usize = 5;

/// Something to be done, as it is shown.
#[derive(Debug, Serialize)]
pub(crate) struct Task {
    words: String,
    link: String,
    due: String,
    late: bool,
}

/// Says something of people, whose names are given.
type Say = Box<dyn Fn(&[String]) -> String + Send + Sync>;

/// What is to be done, in words; whom they name is asked for once for everything that is shown.
pub(super) enum Words {
    Said(String),
    Naming(Vec<PersonId>, Say),
}

impl Words {
    /// Returns words that name somebody.
    pub(super) fn about(person: PersonId, say: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        Self::of(vec![person], move |names| say(names.first().map_or("", String::as_str)))
    }

    /// Returns words that name several people, in their order.
    pub(super) fn of(people: Vec<PersonId>, say: impl Fn(&[String]) -> String + Send + Sync + 'static) -> Self {
        Self::Naming(people, Box::new(say))
    }
}

impl From<String> for Words {
    fn from(words: String) -> Self {
        Self::Said(words)
    }
}

/// Something that falls to somebody, by a day; nobody in it is named yet.
pub(crate) struct Due {
    pub(super) whose: PractitionerId,
    pub(crate) on: Option<Date>,
    pub(super) words: Words,
    pub(super) link: String,
    pub(super) due: String,
    pub(super) late: bool,
}

impl Due {
    /// Returns that something is to be done by a day, which stands in `due` in words.
    pub(super) fn by(
        (whose, on): (PractitionerId, Date),
        words: impl Into<Words>,
        link: String,
        (due, today): (String, Date),
    ) -> Self {
        Self { whose, on: Some(on), words: words.into(), link, due, late: on < today }
    }

    /// Returns that there is something to read.
    pub(super) fn news((whose, today): (PractitionerId, Date), words: String, link: String) -> Self {
        Self { whose, on: Some(today), words: words.into(), link, due: "News".to_owned(), late: false }
    }
}

/// A family that the viewer leads for, at a glance.
#[derive(Debug, Serialize)]
pub(crate) struct Glance {
    name: String,
    link: String,
    level: String,
    next: String,
    next_by: String,
    plan: String,
    late: bool,
}

impl Glance {
    fn of(led: &Led, today: Date) -> Self {
        let (next, on) = &led.next;
        let plan = led.plan.map_or_else(String::new, |(on, what)| format!("{what} by {}", british::day(on)));
        Self {
            name: led.name.clone(),
            link: format!("/people/{}", led.through),
            level: led.level.clone(),
            next: next.clone(),
            next_by: british::day(*on),
            plan,
            late: *on < today || led.plan.is_some_and(|(on, _)| on < today),
        }
    }
}

/// Says for how many families somebody leads, and of which levels, the area's highest first.
fn caseload(area: &Area, led: &[&Led]) -> String {
    let led: Vec<&&Led> = led.iter().filter(|one| one.lead_by.is_none()).collect();
    let count = |level: &str| led.iter().filter(|one| one.level == level).count();
    let levels = area.levels.iter().rev().map(|level| (count(&level.name), level.name.as_str()));
    let levels: Vec<String> = levels
        .chain([(count(""), "without a level")])
        .filter(|(many, _)| *many > 0)
        .map(|(many, level)| format!("{many} {level}"))
        .collect();
    match led.len() {
        0 => "Leads for no family".to_owned(),
        1 => format!("Leads for 1 family ({})", levels.join(", ")),
        many => format!("Leads for {many} families ({})", levels.join(", ")),
    }
}

/// What somebody of the viewer's team has to do, or whom the viewer covers for: the first of it.
#[derive(Debug, Serialize)]
pub(crate) struct TeamWork {
    who: String,
    /// For how many families they lead; nothing of those for whom nobody covers yet.
    leads: String,
    tasks: Vec<Task>,
    count: usize,
    late: usize,
    /// Where all of it is, when more is to be done than is shown.
    all: Option<String>,
}

/// What a home page shows of the viewer's own work, of those they cover for, and of their team.
#[derive(Debug, Default)]
pub(crate) struct Work {
    pub(crate) mine: Vec<Task>,
    pub(crate) families: Vec<Glance>,
    pub(crate) waiting: Vec<Task>,
    pub(crate) covered: Vec<TeamWork>,
    pub(crate) team: Vec<TeamWork>,
    pub(crate) stuck: Vec<Task>,
}

/// Whose work the actor sees besides their own: those they cover for, and their team, with who of these is away.
#[derive(Default)]
struct Others {
    covered: Vec<Absence>,
    team: Vec<(PractitionerId, String)>,
    away: Vec<Absence>,
}

impl Others {
    async fn of(ctx: &mut Ctx, (covers, manages): (bool, bool)) -> Result<Self, AccessError> {
        let (me, area_id) = (ctx.actor.id, ctx.area_id);
        let covered = if covers { absences::covered_by(ctx, me).await? } else { Vec::new() };
        let team = if manages { access::people::team_of(&mut ctx.tx, area_id, me).await? } else { Vec::new() };
        let ids: Vec<PractitionerId> = team.iter().map(|(id, _)| *id).collect();
        let away = if ids.is_empty() { Vec::new() } else { absences::of_these(ctx, &ids).await? };
        Ok(Self { covered, team, away })
    }

    /// Returns everybody whose work is seen; whoever asks stands first: a statement is written the same way for everybody.
    fn owners(&self, me: PractitionerId, today: Date) -> Vec<PractitionerId> {
        let now_away = self.covered.iter().filter(|away| away.is_on(today)).map(|away| away.practitioner);
        let others: BTreeSet<PractitionerId> =
            now_away.chain(self.team.iter().map(|(id, _)| *id)).filter(|id| *id != me).collect();
        [me].into_iter().chain(others).collect()
    }

    fn team_words(&self, (id, who): &(PractitionerId, String)) -> String {
        let away = self.away.iter().find(|one| one.practitioner == *id).map(away_words).unwrap_or_default();
        format!("{who}{away}")
    }
}

/// Returns the actor's own work, what falls to those for whom they cover, and, for whoever manages, the first of what everybody of their team
/// has to do, whoever is latest first, as far as the actor may know of it. It is asked for all of them at once: a team costs hardly more than one.
///
/// Rule \[3.40\]: whoever manages sees what their team owes to whom, and what is late; while somebody is away, what is theirs to do is seen by
/// somebody who is there.
pub(crate) async fn of_home(ctx: &mut Ctx, area: &Area, sees: (bool, bool)) -> Result<Work, AccessError> {
    let (me, today) = (ctx.actor.id, ctx.clock.today());
    let others = Others::of(ctx, sees).await?;
    let owners = others.owners(me, today);
    let (mut all, led) = of_these(ctx, area, &owners).await?;
    let led_by = |who: PractitionerId| led.iter().filter(|one| one.lead == who).collect::<Vec<_>>();
    let mine = all.remove(&me).unwrap_or_default();
    // Whoever covers for one of their own team finds it in both places.
    let of = |id: PractitionerId| all.get(&id).map_or(&[][..], Vec::as_slice);
    let mut works: Vec<(PractitionerId, String, &[Due])> = Vec::new();
    for one in &others.covered {
        let due = if one.is_on(today) { of(one.practitioner) } else { &[] };
        works.push((one.practitioner, covered_words(one, today), due));
    }
    let mut team: Vec<_> = others.team.iter().map(|one| (one.0, others.team_words(one), of(one.0))).collect();
    team.sort_by_key(|(_, _, due)| Reverse(late_of(due)));
    works.extend(team);
    let firsts = works.iter().flat_map(|(_, _, due)| due.iter().take(SHOWN));
    let waited = sources::waiting(ctx, me).await?;
    let stuck = stuck(&others.team, &all, today);
    let late = stuck.iter().map(|(_, due)| *due);
    let shown: Vec<&Due> = mine.iter().chain(&waited).chain(firsts).chain(late).collect();
    let mut tasks = named(ctx, &shown).await?.into_iter();
    let mine = tasks.by_ref().take(mine.len()).collect();
    let waiting = tasks.by_ref().take(waited.len()).collect();
    let work = |(id, who, due): (PractitionerId, String, &[Due])| TeamWork {
        who,
        leads: if owners.contains(&id) { caseload(area, &led_by(id)) } else { String::new() },
        tasks: tasks.by_ref().take(due.len().min(SHOWN)).collect(),
        count: due.len(),
        late: late_of(due),
        all: (due.len() > SHOWN).then(|| format!("/work/{id}")),
    };
    let mut covered: Vec<TeamWork> = works.into_iter().map(work).collect();
    let team = covered.split_off(others.covered.len());
    let with = |(who, _): &(&str, &Due), task: Task| Task { due: format!("{}. {who} has it", task.due), ..task };
    let stuck = stuck.iter().zip(tasks).map(|(one, task)| with(one, task)).collect();
    let families = led_by(me).into_iter().filter(|one| one.lead_by.is_none()).map(|one| Glance::of(one, today)).collect();
    Ok(Work { mine, families, waiting, covered, team, stuck })
}

/// Returns who somebody is and everything that they have to do, as far as the actor may know of it; nothing unless they are of the actor's team, or
/// away while the actor covers for them.
pub(super) async fn of_one(
    ctx: &mut Ctx,
    area: &Area,
    (who, sees): (PractitionerId, (bool, bool)),
) -> Result<Option<(String, Vec<Task>)>, AccessError> {
    let today = ctx.clock.today();
    let others = Others::of(ctx, sees).await?;
    let of_team = others.team.iter().find(|(id, _)| *id == who).map(|one| others.team_words(one));
    let is_covered = |one: &&Absence| one.practitioner == who && one.is_on(today);
    let of_covered = || others.covered.iter().find(is_covered).map(|one| covered_words(one, today));
    let Some(words) = of_team.or_else(of_covered) else { return Ok(None) };
    let due = of_these(ctx, area, &[who]).await?.0.remove(&who).unwrap_or_default();
    Ok(Some((words, named(ctx, &due.iter().collect::<Vec<_>>()).await?)))
}

/// Returns what is stuck with a team, the longest first, each with who has it.
///
/// Rule \[3.40\]: whoever manages sees what does not move without asking.
fn stuck<'a>(
    team: &'a [(PractitionerId, String)],
    all: &'a BTreeMap<PractitionerId, Vec<Due>>,
    today: Date,
) -> Vec<(&'a str, &'a Due)> {
    let is_stuck =
        |due: &&Due| due.late && due.on.is_some_and(|on| today.since(on).is_ok_and(|span| span.get_days() >= STUCK_DAYS));
    let of = |(id, who): &'a (PractitionerId, String)| all.get(id).into_iter().flatten().map(move |due| (who.as_str(), due));
    let mut stuck: Vec<_> = team.iter().flat_map(of).filter(|(_, due)| is_stuck(due)).collect();
    stuck.sort_by_key(|(_, due)| due.on);
    stuck.truncate(STUCK_SHOWN);
    stuck
}

fn late_of(due: &[Due]) -> usize {
    due.iter().filter(|due| due.late).count()
}

/// Names the people in what is shown: once for all of it.
async fn named(ctx: &mut Ctx, shown: &[&Due]) -> Result<Vec<Task>, AccessError> {
    let people = |due: &&Due| match &due.words {
        Words::Said(_) => Vec::new(),
        Words::Naming(people, _) => people.clone(),
    };
    let mut names = names_of(ctx, &shown.iter().flat_map(people).collect::<Vec<_>>()).await?.into_iter();
    let task = |due: &&Due| {
        let words = match &due.words {
            Words::Said(words) => words.clone(),
            Words::Naming(people, say) => say(&names.by_ref().take(people.len()).collect::<Vec<_>>()),
        };
        Task { words, link: due.link.clone(), due: due.due.clone(), late: due.late }
    };
    Ok(shown.iter().map(task).collect())
}

/// Returns what each of these has to do, the soonest first, and the families that they lead for, as far as the actor may know of it.
async fn of_these(
    ctx: &mut Ctx,
    area: &Area,
    owners: &[PractitionerId],
) -> Result<(BTreeMap<PractitionerId, Vec<Due>>, Vec<Led>), AccessError> {
    let (mut due, mut led) = (Vec::new(), Vec::new());
    // Lists have an end: those of some few never reach it, and nothing of anybody's is lost behind it.
    for some in owners.chunks(TOGETHER) {
        let (of_some, led_by_some) = sources::all(ctx, area, some).await?;
        due.extend(of_some);
        led.extend(led_by_some);
    }
    due.sort_by_key(|due| due.on);
    let mut by_owner: BTreeMap<PractitionerId, Vec<Due>> = BTreeMap::new();
    for due in due {
        by_owner.entry(due.whose).or_default().push(due);
    }
    Ok((by_owner, led))
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

//! What somebody has to do, the soonest first: referrals to answer, contacts without an outcome, families' next steps.

use crate::absences::{self, Absence};
use crate::skills::{self, skill};
use access::{AccessError, Ctx, PractitionerId, Role};
use area::Area;
use families::family;
use families::search::names_of;
use frontline::referrals::pages::line;
use frontline::services::line::is_old;
use frontline::{closings, contacts, contracts, leads, levels, meetings, offline, plans, referrals, visits};
use kernel::{Date, british, clock};
use processes::{agreements, brokering, requests, sharing, shielding, signals};
use serde::Serialize;

/// Something to be done.
#[derive(Debug, Serialize)]
pub(crate) struct Task {
    words: String,
    link: String,
    due: String,
    late: bool,
}

/// What somebody of the viewer's team has to do.
#[derive(Debug, Serialize)]
pub(crate) struct TeamWork {
    who: String,
    tasks: Vec<Task>,
    late: usize,
}

/// Returns what somebody has to do, as far as the actor may know of it, the soonest first.
pub(super) async fn of(ctx: &mut Ctx, area: &Area, owner: PractitionerId) -> Result<Vec<Task>, AccessError> {
    let mut tasks = dated(ctx, area, owner).await?;
    tasks.extend(of_visits(ctx, owner).await?);
    tasks.extend(of_meetings(ctx, owner).await?);
    tasks.extend(of_training(ctx, area, owner).await?);
    tasks.extend(of_places(ctx, area, owner).await?);
    tasks.extend(of_notes(ctx, owner).await?);
    tasks.sort_by_key(|(on, _)| *on);
    Ok(tasks.into_iter().map(|(_, task)| task).collect())
}

/// Returns what somebody has to do besides visits, meetings and training, each with its day, as far as the actor may know of it.
pub(crate) async fn dated(ctx: &mut Ctx, area: &Area, owner: PractitionerId) -> Result<Vec<(Option<Date>, Task)>, AccessError> {
    let today = ctx.clock.today();
    let mut tasks: Vec<(Option<Date>, Task)> = Vec::new();
    for owned in referrals::actions::owned_by(ctx, owner).await? {
        let shown = line(area, &owned, today);
        let words = format!("{} for {}: {}", shown.service, shown.name, shown.state);
        let task = Task { words, link: format!("/referrals/{}", shown.id), due: shown.due, late: shown.late };
        tasks.push((owned.referral.next_on, task));
    }
    for asked in referrals::actions::asked_back_of(ctx, owner).await? {
        let shown = line(area, &asked, today);
        let words = format!("{} asks for more about {}: answer", shown.service, shown.name);
        tasks.push((
            asked.referral.next_on,
            Task { words, link: format!("/referrals/{}", shown.id), due: shown.due, late: shown.late },
        ));
    }
    for (asked, notice) in referrals::telling::to_tell(ctx, owner).await? {
        let shown = line(area, &asked, today);
        let words = format!("Tell {}: {}, {}", shown.name, shown.service, shown.state.to_lowercase());
        let (due, late) = (format!("By {}", british::day(notice.tell_by)), notice.tell_by < today);
        tasks.push((Some(notice.tell_by), Task { words, link: format!("/referrals/{}#told", shown.id), due, late }));
    }
    let open = contacts::actions::owned_by(ctx, owner).await?;
    let names = names_of(ctx, &open.iter().map(|contact| contact.person).collect::<Vec<_>>()).await?;
    for (contact, name) in open.iter().zip(names) {
        let due = contact.next_on.map_or_else(String::new, |on| format!("Outcome due by {}", british::day(on)));
        let late = contact.next_on.is_some_and(|on| on < today);
        let from = if contact.handed_by.is_empty() { String::new() } else { format!(", passed on by {}", contact.handed_by) };
        let words = format!("Contact about {name}{from}: bring it to an outcome");
        tasks.push((contact.next_on, Task { words, link: format!("/contacts/{}", contact.id), due, late }));
    }
    tasks.extend(of_families(ctx, area, owner).await?);
    let changes = signals::owned_by(ctx, owner).await?;
    let names = names_of(ctx, &changes.iter().map(|change| change.person).collect::<Vec<_>>()).await?;
    for (change, name) in changes.iter().zip(names) {
        let words = format!("{}: look at {name}", signals::pages::words_of(area, change));
        let (due, late) = (format!("Look by {}", british::day(change.due_on)), change.due_on < today);
        tasks.push((Some(change.due_on), Task { words, link: format!("/signals/{}", change.id), due, late }));
    }
    let shields = shielding::owned_by(ctx, owner).await?;
    let names = names_of(ctx, &shields.iter().map(|task| task.person).collect::<Vec<_>>()).await?;
    for (task, name) in shields.iter().zip(names) {
        let (due, late) = (format!("Decide by {}", british::day(task.due_on)), task.due_on < today);
        let words = format!("A shield around {name}: is it needed?");
        tasks.push((Some(task.due_on), Task { words, link: format!("/shield-tasks/{}", task.id), due, late }));
    }
    for offered in leads::offered_to(ctx, owner).await? {
        let words = format!("{} offers the lead for {}", offered.offered_by, offered.family_name);
        let (due, late) = (format!("Answer by {}", british::day(offered.answer_by)), offered.answer_by < today);
        tasks.push((Some(offered.answer_by), Task { words, link: format!("/handovers/{}", offered.id), due, late }));
    }
    for answered in leads::answered_to(ctx, owner).await? {
        let what = if answered.state == leads::State::Accepted { "accepted" } else { "declined" };
        let words = format!("{} {what} the lead for {}", answered.to_name, answered.family_name);
        tasks.push((
            Some(today),
            Task { words, link: format!("/handovers/{}", answered.id), due: "News".to_owned(), late: false },
        ));
    }
    tasks.extend(of_contracts(ctx, owner).await?);
    tasks.extend(of_closings(ctx, owner).await?);
    tasks.extend(of_plans(ctx, owner).await?);
    tasks.extend(of_sharing(ctx, area, owner).await?);
    Ok(tasks)
}

/// Returns what comes next for the families that somebody leads for: the next step, the plan that their level asks for, its review.
async fn of_families(ctx: &mut Ctx, area: &Area, lead: PractitionerId) -> Result<Vec<(Option<Date>, Task)>, AccessError> {
    let today = ctx.clock.today();
    let open = plans::to_review(ctx, lead).await?;
    let led: Vec<_> = family::owned_by(ctx, lead).await?.into_iter().filter_map(|(one, person)| Some((one, person?))).collect();
    let levels = levels::current_of(ctx, &led.iter().map(|(one, _)| one.id).collect::<Vec<_>>()).await?;
    let mut tasks = Vec::new();
    for (led, person) in led {
        let mut add = |on: Date, what: &str, link: String| {
            let words = format!("{}: {what}", led.name);
            tasks.push((Some(on), Task { words, link, due: format!("By {}", british::day(on)), late: on < today }));
        };
        let plan = format!("/people/{person}/families/{}/plan", led.id);
        match open.iter().find(|plan| plan.family == led.id) {
            Some(open) => add(open.review_on, "look at the plan together", plan),
            None => {
                let judged = levels.iter().find(|one| one.family == led.id);
                let by = judged.and_then(|one| {
                    let level = area.levels.iter().find(|level| level.id == one.level)?;
                    levels::rules::plan_by(level, one, &area.holidays)
                });
                if let Some(by) = by {
                    add(by, "begin the plan", plan);
                }
            }
        }
        add(led.next_on, &led.next_step, format!("/people/{person}"));
    }
    Ok(tasks)
}

/// Returns the contracts that wait for what somebody says for their agency, or for a lead to see that everybody agrees.
async fn of_contracts(ctx: &mut Ctx, who: PractitionerId) -> Result<Vec<(Option<Date>, Task)>, AccessError> {
    let today = ctx.clock.today();
    let waiting = contracts::waiting_for(ctx, who).await?.into_iter().map(|one| {
        let is_asked = one.promises.iter().any(|promise| promise.doer.is_none() && promise.owner_id == who);
        let what = if is_asked { "say whether you agree to the contract" } else { "not everybody agrees to the contract yet" };
        let link = format!("/people/{}/families/{}/contract", one.through, one.family.id);
        let on = one.contract.agree_by;
        let (due, late) = (format!("By {}", british::day(on)), on < today);
        (Some(on), Task { words: format!("{}: {what}", one.family.name), link, due, late })
    });
    Ok(waiting.collect())
}

/// Returns where somebody is to agree that support ends, and what they are told of families' support.
async fn of_closings(ctx: &mut Ctx, who: PractitionerId) -> Result<Vec<(Option<Date>, Task)>, AccessError> {
    let today = ctx.clock.today();
    let mut tasks = Vec::new();
    for (asked, name) in closings::to_answer(ctx, who).await? {
        let words = format!("{} asks to end support for {name}", asked.author);
        let due = asked.decide_by.map_or_else(String::new, |on| format!("Answer by {}", british::day(on)));
        let link = format!("/people/{}/families/{}/closing", asked.person, asked.family);
        tasks.push((asked.decide_by, Task { words, link, due, late: asked.decide_by.is_some_and(|on| on < today) }));
    }
    for (news, family, through) in closings::news_of(ctx, who).await? {
        let words = format!("{}: {}", family.name, news.words());
        let link = format!("/people/{through}/families/{}/closing", family.id);
        tasks.push((Some(today), Task { words, link, due: "News".to_owned(), late: false }));
    }
    Ok(tasks)
}

/// Returns what somebody answers for in families' plans.
async fn of_plans(ctx: &mut Ctx, owner: PractitionerId) -> Result<Vec<(Option<Date>, Task)>, AccessError> {
    let today = ctx.clock.today();
    let actions = plans::owned_by(ctx, owner).await?;
    let persons: Vec<_> = actions.iter().flat_map(|action| [action.doer.unwrap_or(action.person), action.person]).collect();
    let names = names_of(ctx, &persons).await?;
    let task = |(action, names): (&plans::Entry, &[String])| {
        let words = match (action.doer, names) {
            (Some(_), [doer, ..]) => format!("Ask {doer} how it goes: {}", action.words),
            (_, [.., name]) => format!("For {name}: {}", action.words),
            (_, []) => action.words.clone(),
        };
        let due = action.by_on.map_or_else(String::new, |on| format!("By {}", british::day(on)));
        (action.by_on, Task { words, link: format!("/plan-actions/{}", action.id), due, late: action.is_late(today) })
    };
    Ok(actions.iter().zip(names.chunks(2)).map(task).collect())
}

/// Returns the visits that somebody is to make.
async fn of_visits(ctx: &mut Ctx, owner: PractitionerId) -> Result<Vec<(Option<Date>, Task)>, AccessError> {
    let today = ctx.clock.today();
    let planned = visits::owned_by(ctx, owner).await?;
    let names = visits::pages::names_for(ctx, planned.iter()).await?;
    let task = |visit: &visits::Visit| {
        let due = visits::pages::when(visit.planned_on, &visit.planned_time);
        let words = visits::pages::title(visit, &names);
        (Some(visit.planned_on), Task { words, link: format!("/visits/{}", visit.id), due, late: visit.is_late(today) })
    };
    Ok(planned.iter().map(task).collect())
}

/// Returns the meetings that somebody convenes or is invited to; whoever convenes one writes it down.
async fn of_meetings(ctx: &mut Ctx, who: PractitionerId) -> Result<Vec<(Option<Date>, Task)>, AccessError> {
    let today = ctx.clock.today();
    let task = |(meeting, name): (meetings::Meeting, String)| {
        let is_mine = meeting.convener_id == who;
        let is_asked = meeting.invited.iter().any(|one| one.id == who && one.answer == meetings::Answer::Asked);
        let what = match (is_mine, meeting.planned_on <= today, is_asked) {
            (true, true, _) => "write the meeting down",
            (false, _, true) => "a meeting: say whether you come",
            _ => "a meeting",
        };
        let due = visits::pages::when(meeting.planned_on, &meeting.planned_time);
        let late = is_mine && meeting.is_late(today);
        (
            Some(meeting.planned_on),
            Task { words: format!("{name}: {what}"), link: format!("/meetings/{}", meeting.id), due, late },
        )
    };
    // Whoever was invited has nothing to do once its day has passed.
    let planned = meetings::planned_for(ctx, who).await?.into_iter();
    Ok(planned.filter(|(meeting, _)| meeting.convener_id == who || meeting.planned_on >= today).map(task).collect())
}

/// Returns what training of somebody's has ended or ends soon.
async fn of_training(ctx: &mut Ctx, area: &Area, who: PractitionerId) -> Result<Vec<(Option<Date>, Task)>, AccessError> {
    let today = ctx.clock.today();
    let link = if who == ctx.actor.id { "/skills" } else { "/team-training" };
    let task = |one: &skill::Skill| {
        let until = one.valid_until?;
        let words = format!("{}: arrange the training again", skill::words(area, one.kind, &one.code));
        let (due, late) = (format!("Ends on {}", british::day(until)), until < today);
        Some((Some(until), Task { words, link: link.to_owned(), due, late }))
    };
    Ok(skills::ending_of(ctx, area, who).await?.iter().filter_map(task).collect())
}

/// Returns the notes from somebody's phone that wait to be written down: they are their author's alone.
async fn of_notes(ctx: &mut Ctx, who: PractitionerId) -> Result<Vec<(Option<Date>, Task)>, AccessError> {
    let (today, is_own) = (ctx.clock.today(), who == ctx.actor.id);
    let waiting = offline::waiting_for(ctx, who).await?;
    let Some(first) = waiting.iter().map(|note| note.settle_by).min() else { return Ok(Vec::new()) };
    if !is_own && !waiting.iter().any(|note| note.author_left) {
        // That they wait is their manager's to know; what they say is not.
        let words = format!("Notes from their phone to write down: {}", waiting.len());
        let (due, late) = (format!("By {}", british::day(first)), first < today);
        return Ok(vec![(Some(first), Task { words, link: "/not-seen".to_owned(), due, late })]);
    }
    let notes = waiting.into_iter().map(|note| {
        let whose = if is_own { "your phone" } else { "the phone of somebody who left" };
        let words = format!("A note from {whose}, {}: write it down", british::moment(note.written_at));
        let (due, late) = (format!("By {}", british::day(note.settle_by)), note.settle_by < today);
        (Some(note.settle_by), Task { words, link: format!("/notes/{}", note.id), due, late })
    });
    Ok(notes.collect())
}

/// Returns that a manager's services have not said lately what places they have: families look for an open door by it.
async fn of_places(ctx: &mut Ctx, area: &Area, who: PractitionerId) -> Result<Option<(Option<Date>, Task)>, AccessError> {
    if who != ctx.actor.id || !ctx.actor.is(Role::TeamManager) {
        return Ok(None);
    }
    let (agency, area_id, today) = (ctx.actor.agency_id, ctx.area_id, ctx.clock.today());
    let services = directory::of_agency(&mut ctx.tx, area_id, agency).await?;
    let is_asked = |one: &&directory::Stored| {
        let said = one.capacity.as_ref();
        said.is_none_or(|said| is_old(area, clock::local_day(said.said_at), today))
    };
    let names: Vec<&str> = services.iter().filter(is_asked).map(|one| one.service.name.as_str()).collect();
    let task = || Task {
        words: format!("Say what places there are: {}", names.join(", ")),
        link: "/services#own".to_owned(),
        due: "Not said lately".to_owned(),
        late: false,
    };
    Ok((!names.is_empty()).then(|| (Some(today), task())))
}

/// Returns what somebody has to do about sharing: requests to answer, advice to give, agreements to ask for again.
async fn of_sharing(ctx: &mut Ctx, area: &Area, owner: PractitionerId) -> Result<Vec<(Option<Date>, Task)>, AccessError> {
    let today = ctx.clock.today();
    let task = |on: Date, words: String, link: String| {
        (Some(on), Task { words, link, due: format!("By {}", british::day(on)), late: on < today })
    };
    let asked = requests::actions::owned_by(ctx, owner).await?;
    let left = sharing::tasks::owned_by(ctx, owner).await?;
    let again = agreements::owned_by(ctx, owner).await?;
    let messages = brokering::actions::owned_by(ctx, owner).await?;
    let persons = asked.iter().map(|one| one.new.person).chain(left.iter().map(|one| one.person));
    let persons = persons.chain(again.iter().map(|one| one.new.person));
    let persons: Vec<_> = persons.chain(messages.iter().map(|one| one.person)).collect();
    let mut names = names_of(ctx, &persons).await?.into_iter();
    let mut name = || names.next().unwrap_or_default();
    let mut tasks = Vec::new();
    for one in &asked {
        let words = format!("{} asks about {}: decide what to tell them", one.from_agency, name());
        tasks.push(task(one.answer_by, words, format!("/share-requests/{}", one.id)));
    }
    for one in &left {
        tasks.push(task(one.due_on, format!("{}: {}", one.kind.words(), name()), one.address()));
    }
    for one in &again {
        let until = one.new.until_on.unwrap_or(today);
        let about = agreements::pages::line(area, one, today).about;
        tasks.push(task(until, format!("Ask {} again: {}", name(), about.to_lowercase()), format!("/agreements/{}", one.id)));
    }
    for one in &messages {
        tasks.push(task(one.due_on, format!("Answer a message about {}", name()), format!("/messages/{}", one.id)));
    }
    Ok(tasks)
}

/// Returns what everybody of the actor's team has to do, whoever is latest first.
///
/// Rule \[3.40\]: whoever manages sees what their team owes to whom, and what is late.
pub(super) async fn of_team(ctx: &mut Ctx, area: &Area) -> Result<Vec<TeamWork>, AccessError> {
    let manager = ctx.actor.id;
    let mut team = Vec::new();
    let members = access::people::team_of(&mut ctx.tx, ctx.area_id, manager).await?;
    let ids: Vec<PractitionerId> = members.iter().map(|(id, _)| *id).collect();
    let away = absences::of_these(ctx, &ids).await?;
    for (id, who) in members {
        let tasks = of(ctx, area, id).await?;
        let late = tasks.iter().filter(|task| task.late).count();
        let away = away.iter().find(|one| one.practitioner == id).map(away_words);
        team.push(TeamWork { who: format!("{who}{}", away.unwrap_or_default()), tasks, late });
    }
    team.sort_by_key(|work| std::cmp::Reverse(work.late));
    Ok(team)
}

fn away_words(away: &Absence) -> String {
    let left = if away.cover_left { ", who has left" } else { "" };
    format!(", away until {}; {}{left} covers", british::day(away.to_on), away.cover_name)
}

/// Returns what falls to those for whom the actor covers today, as far as the actor may know of it, each with until when.
///
/// Rule \[3.40\]: while somebody is away, what is theirs to do is seen by somebody who is there.
pub(crate) async fn covered(ctx: &mut Ctx, area: &Area) -> Result<Vec<TeamWork>, AccessError> {
    let (me, today) = (ctx.actor.id, ctx.clock.today());
    let mut covered = Vec::new();
    for away in absences::covered_by(ctx, me).await? {
        let until = british::day(away.to_on);
        let (who, tasks) = if away.is_on(today) {
            let words = if away.words.is_empty() { String::new() } else { format!(". {}", away.words) };
            (format!("{}, until {until}{words}", away.name), of(ctx, area, away.practitioner).await?)
        } else {
            (format!("{}, from {} to {until}", away.name, british::day(away.from_on)), Vec::new())
        };
        let late = tasks.iter().filter(|task| task.late).count();
        covered.push(TeamWork { who, tasks, late });
    }
    Ok(covered)
}

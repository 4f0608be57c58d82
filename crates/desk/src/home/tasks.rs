//! What somebody has to do, the soonest first: referrals to answer, contacts without an outcome, families' next steps.

use access::{AccessError, Ctx, PractitionerId};
use area::Area;
use families::family;
use frontline::referrals::actions::names_of;
use frontline::referrals::pages::line;
use frontline::{contacts, referrals};
use kernel::{Date, british};
use serde::Serialize;

/// Something to be done.
#[derive(Debug, Serialize)]
pub(super) struct Task {
    words: String,
    link: String,
    due: String,
    late: bool,
}

/// What somebody of the viewer's team has to do.
#[derive(Debug, Serialize)]
pub(super) struct TeamWork {
    who: String,
    tasks: Vec<Task>,
    late: usize,
}

/// Returns what somebody has to do, as far as the actor may know of it.
pub(super) async fn of(ctx: &mut Ctx, area: &Area, owner: PractitionerId) -> Result<Vec<Task>, AccessError> {
    let today = ctx.clock.today();
    let mut tasks: Vec<(Option<Date>, Task)> = Vec::new();
    for owned in referrals::actions::owned_by(ctx, owner).await? {
        let shown = line(area, &owned, today);
        let words = format!("{} for {}: {}", shown.service, shown.name, shown.state);
        let task = Task { words, link: format!("/referrals/{}", shown.id), due: shown.due, late: shown.late };
        tasks.push((owned.referral.next_on, task));
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
    for (owned, through) in family::owned_by(ctx, owner).await? {
        let Some(person) = through else { continue };
        let (due, late) = (format!("By {}", british::day(owned.next_on)), owned.next_on < today);
        let words = format!("{}: {}", owned.name, owned.next_step);
        tasks.push((Some(owned.next_on), Task { words, link: format!("/people/{person}"), due, late }));
    }
    tasks.sort_by_key(|(on, _)| *on);
    Ok(tasks.into_iter().map(|(_, task)| task).collect())
}

/// Returns what everybody of the actor's team has to do, whoever is latest first.
///
/// Rule \[3.40\]: whoever manages sees what their team owes to whom, and what is late.
pub(super) async fn of_team(ctx: &mut Ctx, area: &Area) -> Result<Vec<TeamWork>, AccessError> {
    let manager = ctx.actor.id;
    let mut team = Vec::new();
    for (id, who) in access::people::team_of(&mut ctx.tx, ctx.area_id, manager).await? {
        let tasks = of(ctx, area, id).await?;
        let late = tasks.iter().filter(|task| task.late).count();
        team.push(TeamWork { who, tasks, late });
    }
    team.sort_by_key(|work| std::cmp::Reverse(work.late));
    Ok(team)
}

//! Home: what do I owe whom today? For a manager: what does my team, and what is stuck?

mod changed;
pub(crate) mod sources;
pub(crate) mod tasks;
#[cfg(test)]
mod tests;

use access::{Act, Ctx, PractitionerId, Resource, Role};
use area::Area;
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use families::{people, search};
use frontline::referrals;
use frontline::referrals::pages::{ReferralLine, line};
use kernel::british;
use serde::Serialize;
use serde_json::json;
use store::journal::Outcome;
use tasks::{Glance, Task, TeamWork, Work};
use web::{PageError, PageResult, Sample, Shared, Visitor};

/// The routes of home.
pub fn routes() -> Router<Shared> {
    Router::new().route("/", get(home)).route("/work/{practitioner}", get(work_of)).route("/help", get(help))
}

/// Why somebody of the viewer's team looked at somebody they have no work with.
#[derive(Debug, Serialize)]
struct Looked {
    who: String,
    at: String,
    whom: String,
    why: String,
}

#[derive(Debug, Serialize)]
struct Home {
    name: String,
    works_with_families: bool,
    tasks: Vec<Task>,
    families: Vec<Glance>,
    changed: Vec<changed::Changed>,
    waiting: Vec<ReferralLine>,
    waiting_too: Vec<Task>,
    news: Vec<ReferralLine>,
    unanswered: Vec<ReferralLine>,
    more_unanswered: String,
    people: Vec<(String, String)>,
    covered: Vec<TeamWork>,
    team: Vec<TeamWork>,
    stuck: Vec<Task>,
    looked: Vec<Looked>,
    links: Vec<(String, String, String)>,
}

async fn home(visitor: Visitor) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(Act::SeeHome, &Resource::area())?;
    let actor = visitor.actor().clone();
    let works_with_families = ctx.may(Act::Search, &Resource::area())?;
    let area = &visitor.app.area;
    let (mut waiting, mut news, mut unanswered, mut people) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut more_unanswered = String::new();
    if works_with_families {
        // Named first: most of what is to be done is about them.
        let known = people::of_worker(&mut ctx).await?;
        let names = search::names_of(&mut ctx, &known).await?;
        people = known.iter().map(ToString::to_string).zip(names).collect();
    }
    let (_, manages) = sees(&actor, works_with_families);
    let work = if works_with_families || actor.is(Role::Auditor) {
        tasks::of_home(&mut ctx, area, (works_with_families, manages)).await?
    } else {
        Work::default()
    };
    if works_with_families {
        let today = ctx.clock.today();
        let (first, more) = referrals::actions::unanswered_at_agency(&mut ctx).await?;
        unanswered = first.iter().map(|one| line(area, one, today)).collect();
        more_unanswered = match more {
            0 => String::new(),
            referrals::actions::MORE_UNANSWERED_MAX.. => "All of them".to_owned(),
            more => format!("{more} more"),
        };
        for sent in referrals::actions::sent(&mut ctx).await? {
            let shown = line(area, &sent, today);
            if shown.news {
                news.push(shown);
            } else if !sent.referral.state.is_final() {
                waiting.push(shown);
            }
        }
    }
    let changed = if works_with_families { changed::of(&mut ctx).await? } else { Vec::new() };
    let looked = if manages { looked(&mut ctx, area).await? } else { Vec::new() };
    ctx.seen().await?;
    let page = Home {
        name: actor.name.clone(),
        works_with_families,
        tasks: work.mine,
        families: work.families,
        changed,
        waiting,
        waiting_too: work.waiting,
        news,
        unanswered,
        more_unanswered,
        people,
        covered: work.covered,
        team: work.team,
        stuck: work.stuck,
        looked,
        links: links(&actor, works_with_families),
    };
    visitor.page("desk/home/templates/home.html", "Home", page)
}

/// Returns whether somebody covers for others, and whether they manage a team.
fn sees(actor: &access::Actor, works_with_families: bool) -> (bool, bool) {
    (works_with_families, works_with_families && actor.is(Role::TeamManager))
}

async fn work_of(visitor: Visitor, Path(practitioner): Path<PractitionerId>) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(Act::SeeHome, &Resource::area())?;
    let works_with_families = ctx.may(Act::Search, &Resource::area())?;
    let sees = sees(visitor.actor(), works_with_families);
    let found = tasks::of_one(&mut ctx, &visitor.app.area, (practitioner, sees)).await?;
    let outcome = if found.is_some() { Outcome::Seen } else { Outcome::Refused };
    ctx.note("see_work", outcome, Some(practitioner.0), json!({}));
    ctx.seen().await?;
    let (who, tasks) = found.ok_or(PageError::Hidden(None))?;
    visitor.page("desk/home/templates/work.html", &format!("Work of {who}"), json!({ "who": who, "tasks": tasks }))
}

async fn looked(ctx: &mut Ctx, area: &Area) -> Result<Vec<Looked>, PageError> {
    let askings = people::asked_by_team(ctx).await?;
    let names = search::names_of(ctx, &askings.iter().map(|asking| asking.person).collect::<Vec<_>>()).await?;
    let reason = |id: &str| {
        area.setting.reasons.iter().find(|reason| reason.id == id).map_or_else(String::new, |reason| reason.words.clone())
    };
    let line = |(asking, whom): (&people::Asking, String)| Looked {
        who: asking.practitioner.clone(),
        at: british::moment(asking.asked_at),
        whom,
        why: format!("{}: {}", reason(&asking.reason_code), asking.reason),
    };
    Ok(askings.iter().zip(names).map(line).collect())
}

fn links(actor: &access::Actor, works_with_families: bool) -> Vec<(String, String, String)> {
    let mut links = Vec::new();
    let mut link = |to: &str, words: &str, what: &str| links.push((to.to_owned(), words.to_owned(), what.to_owned()));
    for (to, words, what) in crate::skills::pages::links(actor, works_with_families) {
        link(to, words, what);
    }
    if works_with_families {
        link("/notices", "E-mail about news", "Whether you are told by e-mail when a referral is answered");
    }
    if actor.is(Role::ServiceCoordinator) || actor.is(Role::AreaAdministrator) {
        link("/feeds", "Extracts", "Load what agencies send, and mend rows that could not be read");
        link(
            "/directories",
            "Directories of others",
            "How the directories that this area reads were read, and what was put aside",
        );
    }
    if actor.is(Role::ServiceCoordinator) || actor.is(Role::SafeguardingLead) {
        link("/matches", "One person?", "Say who is one person in the records of several agencies, and undo it");
    }
    if Role::SEE_EVERYBODY_OWNED.iter().any(|role| actor.is(*role)) {
        link("/nobody-forgotten", "Nobody forgotten", "See that every family, contact and referral has an owner and a next date");
    }
    if actor.is(Role::Reviewer) {
        link("/as-known", "As it was known", "See what an agency could see of a family at a moment");
    }
    if actor.is(Role::AreaAdministrator) {
        link("/practitioners", "Practitioners", "Invite people, and record their clearance and training");
        link("/jobs", "Jobs", "What gave up and waits for somebody");
    }
    if actor.is(Role::Auditor) {
        link("/journal", "Journal", "Who looked and who changed what");
    }
    links
}

async fn help(visitor: Visitor) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(Act::SeeAccount, &Resource::area())?;
    ctx.seen().await?;
    visitor.page("desk/home/templates/help.html", "Help and keys", json!({}))
}

/// Every state of these pages.
pub fn samples() -> Vec<Sample> {
    let line = json!({ "id": "1", "name": "Amy Barlow", "service": "Home and Money", "need": "Debt", "state": "Waiting for an answer",
        "due": "Answer due by 9 November 2026", "late": false, "sender": "Helen Marsh", "news": true });
    let family = json!({ "name": "The Barlow family", "link": "/people/1", "level": "Intensive family help", "next": "Ring the school",
        "next_by": "9 November 2026", "plan": "look at the plan together by 14 December 2026", "late": true });
    let unjudged = json!({ "name": "The Fox family", "link": "/people/2", "level": "", "next": "Visit", "next_by": "12 November 2026", "plan": "", "late": false });
    let families = json!([family, unjudged]);
    let page = |tasks, waiting, news, links| {
        json!({ "name": "Helen Marsh", "works_with_families": true, "tasks": tasks, "waiting": waiting, "waiting_too": tasks, "news": news, "links": links, "unanswered": news, "more_unanswered": "3 more", "people": [["1", "Amy Barlow"], ["2", "Josh Barlow"]], "families": families, "changed": [{ "name": "The Barlow family", "link": "/people/1", "words": "3 things are new, the last today" }],
                "covered": [{ "who": "Sunita Rao, until 10 December 2026", "leads": "Leads for 3 families (2 Specialist, 1 Early help)", "tasks": tasks, "count": 2, "late": 1, "all": null }],
                "team": [{ "who": "Helen Marsh", "leads": "Leads for no family", "tasks": tasks, "count": 7, "late": 2, "all": "/work/1" }, { "who": "Dan Fox", "leads": "Leads for 1 family (1 without a level)", "tasks": [], "count": 0, "late": 0, "all": null }],
                "stuck": [{ "words": "The Barlow family: Ring the school", "link": "/people/1", "due": "By 20 October 2026. Helen Marsh has it", "late": true }],
                "looked": [{ "who": "Helen Marsh", "at": "2 November 2026", "whom": "Amy Barlow", "why": "I am worried: the neighbours rang" }] })
    };
    let task = json!({ "words": "Contact about Amy Barlow: bring it to an outcome", "link": "/contacts/1", "due": "By 4 November 2026", "late": true });
    let sample = |template, state, title: &str, page| Sample { template, state, title: title.to_owned(), page };
    vec![
        sample("desk/home/templates/home.html", "empty", "Home", page(json!([]), json!([]), json!([]), json!([]))),
        sample(
            "desk/home/templates/home.html",
            "full",
            "Home",
            page(json!([task, task]), json!([line]), json!([line]), json!([["/feeds", "Extracts", "Load them"]])),
        ),
        sample("desk/home/templates/work.html", "empty", "Work of Helen Marsh", json!({ "who": "Helen Marsh", "tasks": [] })),
        sample(
            "desk/home/templates/work.html",
            "full",
            "Work of Helen Marsh",
            json!({ "who": "Helen Marsh", "tasks": [task, task] }),
        ),
        sample("desk/home/templates/help.html", "usual", "Help and keys", json!({})),
    ]
}

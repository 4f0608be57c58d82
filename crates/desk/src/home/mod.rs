//! Home: what do I owe whom today?

use access::{Act, Ctx, Resource, Role};
use area::Area;
use axum::Router;
use axum::routing::get;
use families::{family, people};
use frontline::referrals::pages::{ReferralLine, line};
use frontline::{contacts, referrals};
use kernel::british;
use serde::Serialize;
use serde_json::json;
use web::{PageError, PageResult, Sample, Shared, Visitor};

/// The routes of home.
pub fn routes() -> Router<Shared> {
    Router::new().route("/", get(home)).route("/help", get(help))
}

/// Something to be done.
#[derive(Debug, Serialize)]
struct Task {
    words: String,
    link: String,
    due: String,
    late: bool,
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
    waiting: Vec<ReferralLine>,
    news: Vec<ReferralLine>,
    looked: Vec<Looked>,
    links: Vec<(String, String, String)>,
}

async fn home(visitor: Visitor) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(Act::SeeHome, &Resource::area())?;
    let actor = visitor.actor().clone();
    let works_with_families = ctx.may(Act::Search, &Resource::area())?;
    let (mut tasks, mut waiting, mut news) = (Vec::new(), Vec::new(), Vec::new());
    if works_with_families {
        let (area, today) = (&visitor.app.area, ctx.clock.today());
        let mine = referrals::actions::mine(&mut ctx).await?;
        for owned in &mine.owned {
            let shown = line(area, owned, today);
            let words = format!("{} for {}: {}", shown.service, shown.name, shown.state);
            tasks.push((
                owned.referral.next_on,
                Task { words, link: format!("/referrals/{}", shown.id), due: shown.due, late: shown.late },
            ));
        }
        let open = contacts::actions::mine(&mut ctx).await?;
        let names = referrals::actions::names_of(&mut ctx, &open.iter().map(|c| c.person).collect::<Vec<_>>()).await?;
        for (contact, name) in open.iter().zip(names) {
            let due = contact.next_on.map_or_else(String::new, |on| format!("Outcome due by {}", british::day(on)));
            let late = contact.next_on.is_some_and(|on| on < today);
            let task = Task {
                words: format!("Contact about {name}: bring it to an outcome"),
                link: format!("/contacts/{}", contact.id),
                due,
                late,
            };
            tasks.push((contact.next_on, task));
        }
        for (owned, through) in family::owned_by(&mut ctx, actor.id).await? {
            let Some(person) = through else { continue };
            let (due, late) = (format!("By {}", british::day(owned.next_on)), owned.next_on < today);
            tasks.push((
                Some(owned.next_on),
                Task { words: format!("{}: {}", owned.name, owned.next_step), link: format!("/people/{person}"), due, late },
            ));
        }
        tasks.sort_by_key(|(on, _)| *on);
        let sent: Vec<ReferralLine> = mine.sent.iter().map(|sent| line(area, sent, today)).collect();
        for (shown, sent) in sent.into_iter().zip(&mine.sent) {
            if shown.news {
                news.push(shown);
            } else if !sent.referral.state.is_final() {
                waiting.push(shown);
            }
        }
    }
    let looked = if actor.is(Role::TeamManager) { looked(&mut ctx, &visitor.app.area).await? } else { Vec::new() };
    ctx.seen().await?;
    let page = Home {
        name: actor.name.clone(),
        works_with_families,
        tasks: tasks.into_iter().map(|(_, task)| task).collect(),
        waiting,
        news,
        looked,
        links: links(&actor),
    };
    visitor.page("desk/home/templates/home.html", "Home", page)
}

async fn looked(ctx: &mut Ctx, area: &Area) -> Result<Vec<Looked>, PageError> {
    let askings = people::asked_by_team(ctx).await?;
    let names = referrals::actions::names_of(ctx, &askings.iter().map(|asking| asking.person).collect::<Vec<_>>()).await?;
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

fn links(actor: &access::Actor) -> Vec<(String, String, String)> {
    let mut links = Vec::new();
    let mut link = |to: &str, words: &str, what: &str| links.push((to.to_owned(), words.to_owned(), what.to_owned()));
    if actor.is(Role::ServiceCoordinator) || actor.is(Role::AreaAdministrator) {
        link("/feeds", "Extracts", "Load what agencies send, and mend rows that could not be read");
    }
    if [Role::TeamManager, Role::SafeguardingLead, Role::ServiceCoordinator, Role::Auditor].iter().any(|role| actor.is(*role)) {
        link("/nobody-forgotten", "Nobody forgotten", "See that every family, contact and referral has an owner and a next date");
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
    let page = |tasks, waiting, news, links| {
        json!({ "name": "Helen Marsh", "works_with_families": true, "tasks": tasks, "waiting": waiting, "news": news, "links": links,
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
        sample("desk/home/templates/help.html", "usual", "Help and keys", json!({})),
    ]
}

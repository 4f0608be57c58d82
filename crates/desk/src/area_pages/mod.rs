//! What belongs to the area as a whole: jobs that gave up, the proof that nobody is forgotten, and the rules of access.

use crate::absences;
use ::store::jobs;
use access::{Act, Ctx, Resource};
use axum::Router;
use axum::routing::get;
use families::{family, search};
use frontline::{closings, contacts, contracts, leads, meetings, offline, plans, referrals, visits};
use kernel::british;
use processes::{agreements, brokering, requests, sharing, shielding, signals, watch};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;
use web::{PageError, PageResult, Posted, Sample, Shared, Visitor};

/// The routes of the area's pages.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/jobs", get(list_jobs).post(try_again))
        .route("/nobody-forgotten", get(nobody_forgotten))
        .route("/rules", get(rules))
}

async fn list_jobs(visitor: Visitor) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(Act::SeeJobs, &Resource::area())?;
    let gave_up = jobs::list_gave_up(&mut ctx.tx, ctx.area_id).await?;
    ctx.seen().await?;
    let lines: Vec<serde_json::Value> = gave_up
        .iter()
        .map(|job| json!({ "id": job.id, "kind": job.kind, "error": job.error, "attempts": job.attempts, "at": british::moment(job.at) }))
        .collect();
    visitor.page("desk/area_pages/templates/jobs.html", "Jobs", json!({ "jobs": lines }))
}

async fn try_again(Posted { visitor, form }: Posted) -> PageResult {
    let mut ctx = visitor.write_once(&form).await?;
    ctx.permit(Act::SeeJobs, &Resource::area())?;
    let id: Uuid = form.parse_field("job")?;
    ctx.detail(json!({ "job": id }));
    let (area_id, now) = (ctx.area_id, ctx.now());
    jobs::try_again(&mut ctx.tx, area_id, id, now).await?;
    visitor.done(ctx, &form, "/jobs").await
}

#[derive(Debug, Serialize)]
struct Proof {
    what: &'static str,
    count: i64,
    late: i64,
    ownerless: i64,
}

/// Rule \[3.40\]: every family, contact and referral has one accountable owner and a next date; the page proves it.
async fn nobody_forgotten(visitor: Visitor) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(Act::SeeEverybodyOwned, &Resource::area())?;
    let families = family::count_open(&mut ctx).await?;
    let leaderless = family::count_leaderless(&mut ctx).await?;
    let contacts = contacts::actions::count_open(&mut ctx).await?;
    let referrals = referrals::actions::count_open(&mut ctx).await?;
    let untold = frontline::notices::actions::count_open(&mut ctx).await?;
    let plans = plans::count_open(&mut ctx).await?;
    let reviews = plans::count_to_review(&mut ctx).await?;
    let visits = visits::count_open(&mut ctx).await?;
    let handovers = leads::count_open(&mut ctx).await?;
    let contracts = contracts::count_open(&mut ctx).await?;
    let closings = closings::count_open(&mut ctx).await?;
    let meetings = meetings::count_open(&mut ctx).await?;
    let notes = offline::count_open(&mut ctx).await?;
    let away = absences::count_open(&mut ctx).await?;
    let agreements = agreements::actions::count_open(&mut ctx).await?;
    let requests = requests::actions::count_open(&mut ctx).await?;
    let sharing = sharing::tasks::count_open(&mut ctx).await?;
    let messages = brokering::actions::count_open(&mut ctx).await?;
    let alerts = watch::actions::count_open(&mut ctx).await?;
    let shields = shielding::count_open(&mut ctx).await?;
    let signals = signals::count_open(&mut ctx).await?;
    let broken = broken(&mut ctx).await?;
    let late = late(&mut ctx, &visitor.app.area).await?;
    ctx.seen().await?;
    let proof = |what, counted: (i64, i64, i64)| Proof { what, count: counted.0, late: counted.1, ownerless: counted.2 };
    let proofs = [
        proof("Families in support", families),
        proof("Families for which a lead is to be found", leaderless),
        proof("Contacts without an outcome", contacts),
        proof("Referrals that have not ended", referrals),
        proof("News that families have not been told", untold),
        proof("Actions of families’ plans", plans),
        proof("Plans to look at together", reviews),
        proof("Visits that are planned", visits),
        proof("Notes from phones that nobody wrote down", notes),
        proof("Practitioners who are away", away),
        proof("Meetings that are planned", meetings),
        proof("Leads that are offered", handovers),
        proof("Contracts that wait for somebody to agree", contracts),
        proof("Endings of support that wait for a manager", closings),
        proof("Agreements to ask for again", agreements),
        proof("Requests for information without an answer", requests),
        proof("Left to do after deciding to share", sharing),
        proof("Messages that nobody has answered", messages),
        proof("Shields to decide about or to look at again", shields),
        proof("Changes that nobody has looked at", signals),
        proof("Unusual looks that nobody has seen to", alerts),
    ];
    let whole = proofs.iter().all(|proof| proof.ownerless == 0);
    visitor.page(
        "desk/area_pages/templates/nobody_forgotten.html",
        "Nobody forgotten",
        json!({ "proofs": proofs, "whole": whole, "broken": broken, "late": late }),
    )
}

/// Something past its day, or whose owner has left, that the viewer may open.
#[derive(Debug, Serialize)]
struct Late {
    words: String,
    /// Empty where there is nothing that the viewer may open.
    link: String,
    due: String,
    owner: String,
}

/// What agencies promised families and have not done: before everything else.
async fn broken(ctx: &mut Ctx) -> Result<Vec<Late>, PageError> {
    let mut all: Vec<(kernel::Date, Late)> = Vec::new();
    for one in contracts::broken_by_agencies(ctx).await? {
        for promise in &one.promises {
            let words = format!("{} promised {}: {}", promise.agency, one.family.name, promise.words);
            let link = format!("/people/{}/families/{}/contract", one.through, one.family.id);
            let owner = format!("{}, {}", promise.owner, promise.agency);
            all.push((promise.by_on, Late { words, link, due: british::day(promise.by_on), owner }));
        }
    }
    all.sort_by_key(|(on, _)| *on);
    Ok(all.into_iter().map(|(_, late)| late).collect())
}

async fn late(ctx: &mut Ctx, area: &area::Area) -> Result<Vec<Late>, PageError> {
    let today = ctx.clock.today();
    let day = |on: Option<kernel::Date>| on.map_or_else(String::new, british::day);
    let mut all = late_families(ctx, today).await?;
    let contacts = contacts::actions::late(ctx).await?;
    let names = search::names_of(ctx, &contacts.iter().map(|contact| contact.person).collect::<Vec<_>>()).await?;
    for (contact, name) in contacts.into_iter().zip(names) {
        let words = format!("Contact about {name}");
        let late = Late { words, link: format!("/contacts/{}", contact.id), due: day(contact.next_on), owner: contact.owner };
        all.push((contact.next_on, late));
    }
    for one in referrals::actions::late(ctx).await? {
        let shown = referrals::pages::line(area, &one, today);
        let words = format!("{} for {}: {}", shown.service, shown.name, shown.state);
        let (link, on) = (format!("/referrals/{}", shown.id), one.referral.next_on);
        all.push((on, Late { words, link, due: day(on), owner: one.referral.owner.clone().unwrap_or_default() }));
    }
    for (one, notice) in referrals::telling::untold(ctx).await? {
        let shown = referrals::pages::line(area, &one, today);
        let words = format!("{} has not been told: {}, {}", shown.name, shown.service, shown.state.to_lowercase());
        let link = format!("/referrals/{}#told", shown.id);
        all.push((Some(notice.tell_by), Late { words, link, due: day(Some(notice.tell_by)), owner: notice.owner }));
    }
    let actions = plans::late(ctx).await?;
    let names = search::names_of(ctx, &actions.iter().map(|action| action.person).collect::<Vec<_>>()).await?;
    for (action, name) in actions.into_iter().zip(names) {
        let words = format!("In the plan, for {name}: {}", action.words);
        let owner = action.owner.map_or_else(String::new, |(owner, _)| owner);
        all.push((action.by_on, Late { words, link: format!("/plan-actions/{}", action.id), due: day(action.by_on), owner }));
    }
    for one in leads::late(ctx).await? {
        let words = format!("{} was offered the lead for {}", one.to_name, one.family_name);
        let due = day(Some(one.answer_by));
        all.push((Some(one.answer_by), Late { words, link: format!("/handovers/{}", one.id), due, owner: one.from_name }));
    }
    for one in contracts::late(ctx).await? {
        let words = format!("{}: not everybody agrees to the contract yet", one.family.name);
        let link = format!("/people/{}/families/{}/contract", one.through, one.family.id);
        let (on, owner) = (one.contract.agree_by, one.family.owner);
        all.push((Some(on), Late { words, link, due: day(Some(on)), owner }));
    }
    for (asked, name) in closings::late(ctx).await? {
        let words = format!("{} asks to end support for {name}", asked.author);
        let link = format!("/people/{}/families/{}/closing", asked.person, asked.family);
        all.push((asked.decide_by, Late { words, link, due: day(asked.decide_by), owner: asked.lead }));
    }
    for (meeting, name) in meetings::late(ctx).await? {
        let due = day(Some(meeting.planned_on));
        let what = if meeting.planned_on < today { "write the meeting down" } else { "a meeting that nobody convenes" };
        let words = format!("{name}: {what}");
        let late = Late { words, link: format!("/meetings/{}", meeting.id), due, owner: meeting.convener };
        all.push((Some(meeting.planned_on), late));
    }
    all.extend(late_visits(ctx).await?);
    for notes in offline::late(ctx).await? {
        let words = format!("Notes from a phone that nobody wrote down: {}", notes.notes);
        let (link, due) = (String::new(), british::day(notes.settle_by));
        let owner = if notes.author_left { format!("Whoever managed {}, who has left,", notes.author) } else { notes.author };
        all.push((Some(notes.settle_by), Late { words, link, due, owner }));
    }
    all.extend(late_sharing(ctx).await?);
    all.sort_by_key(|(on, _)| *on);
    Ok(all.into_iter().map(|(_, late)| late).collect())
}

/// Visits past their day, and plans past the day on which they are looked at together.
/// Families whose next step is late, and those for which nobody was found to lead in time.
async fn late_families(ctx: &mut Ctx, today: kernel::Date) -> Result<Vec<(Option<kernel::Date>, Late)>, PageError> {
    let of = |(family, person): (family::Family, families::people::PersonId)| {
        let leaderless = family.lead_by.filter(|on| *on < today);
        let (what, on) = leaderless.map_or((family.next_step.as_str(), family.next_on), |on| ("nobody leads yet", on));
        let (words, due) = (format!("{}: {what}", family.name), british::day(on));
        (Some(on), Late { words, link: format!("/people/{person}"), due, owner: family.owner })
    };
    Ok(family::late(ctx).await?.into_iter().map(of).collect())
}

async fn late_visits(ctx: &mut Ctx) -> Result<Vec<(Option<kernel::Date>, Late)>, PageError> {
    let visits = visits::late(ctx).await?;
    let names = visits::pages::names_for(ctx, visits.iter()).await?;
    let visit = |visit: &visits::Visit| {
        let (words, due) = (visits::pages::title(visit, &names), british::day(visit.planned_on));
        (Some(visit.planned_on), Late { words, link: format!("/visits/{}", visit.id), due, owner: visit.owner.0.clone() })
    };
    let mut all: Vec<(Option<kernel::Date>, Late)> = visits.iter().map(visit).collect();
    for (plan, family, through) in plans::late_reviews(ctx).await? {
        let words = format!("{}: look at the plan together", family.name);
        let link = format!("/people/{through}/families/{}/plan", family.id);
        all.push((Some(plan.review_on), Late { words, link, due: british::day(plan.review_on), owner: family.owner }));
    }
    Ok(all)
}

async fn late_sharing(ctx: &mut Ctx) -> Result<Vec<(Option<kernel::Date>, Late)>, PageError> {
    let requests = requests::actions::late(ctx).await?;
    let tasks = sharing::tasks::late(ctx).await?;
    let agreements = agreements::actions::late(ctx).await?;
    let persons = requests.iter().map(|one| one.new.person).chain(tasks.iter().map(|one| one.person));
    let persons: Vec<_> = persons.chain(agreements.iter().map(|one| one.new.person)).collect();
    let mut names = search::names_of(ctx, &persons).await?.into_iter();
    let mut late = |on: Option<kernel::Date>, what: &str, link: String, owner: String| {
        let words = format!("{what}: {}", names.next().unwrap_or_default());
        (on, Late { words, link, due: on.map_or_else(String::new, british::day), owner })
    };
    let mut all = Vec::new();
    for one in requests {
        let owner = one.owner.unwrap_or_default();
        all.push(late(Some(one.answer_by), "Request for information", format!("/share-requests/{}", one.id), owner));
    }
    for one in tasks {
        all.push(late(Some(one.due_on), one.kind.words(), one.address(), one.owner));
    }
    for one in agreements {
        let owner = one.owner.unwrap_or_default();
        all.push(late(one.new.until_on, "Agreement to ask for again", format!("/agreements/{}", one.id), owner));
    }
    Ok(all)
}

async fn rules(visitor: Visitor) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(Act::SeeAccount, &Resource::area())?;
    ctx.seen().await?;
    let rules: Vec<serde_json::Value> =
        visitor.app.world.policies.rules().map(|(rule, text)| json!({ "rule": rule, "text": text })).collect();
    visitor.page("desk/area_pages/templates/rules.html", "Who may see what", json!({ "rules": rules }))
}

/// Every state of these pages.
pub fn samples() -> Vec<Sample> {
    let sample = |template, state, title: &str, page| Sample { template, state, title: title.to_owned(), page };
    let job =
        json!({ "id": "1", "kind": "feeds.load", "error": "The file is gone", "attempts": 6, "at": "2 November 2026 at 9:00am" });
    let proof = |ownerless: i64| json!([{ "what": "Families", "count": 12, "late": 0, "ownerless": ownerless }]);
    let rule = json!({ "rule": { "id": "gate.training", "reason": "Nobody enters without training.", "para": "3.29", "change": "" }, "text": "forbid (…)" });
    vec![
        sample("desk/area_pages/templates/jobs.html", "empty", "Jobs", json!({ "jobs": [] })),
        sample("desk/area_pages/templates/jobs.html", "full", "Jobs", json!({ "jobs": [job] })),
        sample(
            "desk/area_pages/templates/nobody_forgotten.html",
            "usual",
            "Nobody forgotten",
            json!({ "proofs": proof(0), "whole": true, "broken": [], "late": [] }),
        ),
        sample(
            "desk/area_pages/templates/nobody_forgotten.html",
            "error",
            "Nobody forgotten",
            json!({ "proofs": proof(1), "whole": false, "broken": [{ "words": "Hillside Homes promised The Barlow family: Mend the boiler", "link": "/people/1/families/2/contract", "due": "2 November 2026", "owner": "Helen Marsh, Hillside Homes" }], "late": [{ "words": "Contact about Amy Barlow", "link": "/contacts/1", "due": "2 November 2026", "owner": "Helen Marsh" },
                { "words": "Notes from a phone that nobody wrote down: 2", "link": "", "due": "2 November 2026", "owner": "Helen Marsh" }] }),
        ),
        sample("desk/area_pages/templates/rules.html", "usual", "Who may see what", json!({ "rules": [rule] })),
    ]
}

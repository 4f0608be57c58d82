//! What belongs to the area as a whole: practitioners, the journal, jobs that gave up, and the proof that nobody is forgotten.

mod store;

use ::store::jobs;
use access::people::{self, Credential};
use access::{Act, PractitionerId, Resource, sign_in};
use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::{get, post};
use families::family;
use frontline::{contacts, referrals};
use kernel::british;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;
use web::{PageError, PageResult, Posted, Sample, Shared, Visitor};

/// The routes of the area's pages.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/practitioners", get(practitioners))
        .route("/practitioners/{id}/{verb}", post(change_practitioner))
        .route("/journal", get(journal))
        .route("/jobs", get(list_jobs).post(try_again))
        .route("/nobody-forgotten", get(nobody_forgotten))
        .route("/rules", get(rules))
}

#[derive(Debug, Serialize)]
struct AccountLine {
    id: String,
    name: String,
    job: String,
    agency: String,
    roles: String,
    cleared_until: String,
    trained_until: String,
    has_password: bool,
}

async fn practitioners(visitor: Visitor) -> PageResult {
    practitioners_page(&visitor, String::new()).await
}

async fn practitioners_page(visitor: &Visitor, link: String) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(Act::ManagePractitioners, &Resource::area())?;
    let accounts = people::list_practitioners(&mut ctx.tx, ctx.area_id).await?;
    ctx.seen().await?;
    let day = |date: Option<kernel::Date>| date.map_or_else(|| "Not recorded".to_owned(), british::day);
    let lines: Vec<AccountLine> = accounts
        .into_iter()
        .map(|account| AccountLine {
            id: account.practitioner.id.to_string(),
            name: account.practitioner.name,
            job: account.practitioner.job,
            agency: account.practitioner.agency,
            roles: account.roles.iter().map(|role| role.words()).collect::<Vec<_>>().join(", "),
            cleared_until: day(account.cleared_until),
            trained_until: day(account.trained_until),
            has_password: account.has_password,
        })
        .collect();
    visitor.page("desk/area_pages/templates/practitioners.html", "Practitioners", json!({ "accounts": lines, "link": link }))
}

async fn change_practitioner(Path((id, verb)): Path<(PractitionerId, String)>, Posted { visitor, form }: Posted) -> PageResult {
    let mut ctx = visitor.write_once(&form).await?;
    ctx.permit(Act::ManagePractitioners, &Resource::area())?;
    ctx.detail(json!({ "practitioner": id.0, "verb": verb }));
    let (now, by) = (ctx.now(), ctx.actor.id);
    let until = ctx.clock.today().saturating_add(kernel::Span::new().years(1));
    match verb.as_str() {
        "invite" => {
            let token = sign_in::reset(&mut ctx.tx, &visitor.app.world, id).await?;
            // The link is shown once; asking again for the same page changes nothing.
            visitor.done(ctx, &form, "/practitioners").await?;
            return practitioners_page(&visitor, format!("/invitation/{token}")).await;
        }
        "clearance" | "training" => {
            let kind = if verb == "clearance" { Credential::Clearance } else { Credential::Training };
            people::record_credential(&mut ctx.tx, visitor.app.world.area_id, id, (kind, until), (Some(by), now)).await?;
        }
        _ => return Err(PageError::Hidden(None)),
    }
    visitor.done(ctx, &form, "/practitioners").await
}

#[derive(Debug, Default, Deserialize)]
struct About {
    #[serde(default)]
    about: String,
    before: Option<i64>,
}

async fn journal(visitor: Visitor, Query(about): Query<About>) -> PageResult {
    let mut ctx = visitor.read().await?;
    ctx.permit(Act::ReadJournal, &Resource::area())?;
    let subject = about.about.parse::<Uuid>().ok();
    let entries = store::list_entries(&mut ctx.tx, ctx.area_id, subject, about.before).await?;
    ctx.seen().await?;
    let last = entries.last().map(|entry| entry.seq);
    let page = json!({ "entries": entries, "about": about.about, "last": last, "more": entries.len() == store::ENTRIES_MAX });
    visitor.page("desk/area_pages/templates/journal.html", "Journal", page)
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
    let (families, ownerless) = family::without_next(&mut ctx).await?;
    let contacts = contacts::actions::count_open(&mut ctx).await?;
    let referrals = referrals::actions::count_open(&mut ctx).await?;
    ctx.seen().await?;
    let proofs = [
        Proof { what: "Families", count: families, late: 0, ownerless },
        Proof { what: "Contacts without an outcome", count: contacts.0, late: contacts.1, ownerless: contacts.2 },
        Proof { what: "Referrals that have not ended", count: referrals.0, late: referrals.1, ownerless: referrals.2 },
    ];
    let whole = proofs.iter().all(|proof| proof.ownerless == 0);
    visitor.page(
        "desk/area_pages/templates/nobody_forgotten.html",
        "Nobody forgotten",
        json!({ "proofs": proofs, "whole": whole }),
    )
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
    let account = json!({ "id": "1", "name": "Helen Marsh", "job": "Housing officer", "agency": "Hillside Homes", "roles": "practitioner",
        "cleared_until": "22 November 2027", "trained_until": "Not recorded", "has_password": false });
    let entry = json!({ "seq": 12, "at": "2 November 2026 at 9:00am", "act": "open person", "outcome": "seen", "actor": "Helen Marsh",
        "agency": "Hillside Homes", "subject": "0193", "rule": "people.own-agency", "details": "{}" });
    let job =
        json!({ "id": "1", "kind": "feeds.load", "error": "The file is gone", "attempts": 6, "at": "2 November 2026 at 9:00am" });
    let proof = |ownerless: i64| json!([{ "what": "Families", "count": 12, "late": 0, "ownerless": ownerless }]);
    let rule = json!({ "rule": { "id": "gate.training", "reason": "Nobody enters without training.", "para": "3.29", "change": "" }, "text": "forbid (…)" });
    vec![
        sample(
            "desk/area_pages/templates/practitioners.html",
            "usual",
            "Practitioners",
            json!({ "accounts": [account], "link": "" }),
        ),
        sample(
            "desk/area_pages/templates/practitioners.html",
            "full",
            "Practitioners",
            json!({ "accounts": [account, account], "link": "/invitation/abc" }),
        ),
        sample(
            "desk/area_pages/templates/journal.html",
            "empty",
            "Journal",
            json!({ "entries": [], "about": "", "last": null, "more": false }),
        ),
        sample(
            "desk/area_pages/templates/journal.html",
            "full",
            "Journal",
            json!({ "entries": [entry, entry], "about": "", "last": 1, "more": true }),
        ),
        sample("desk/area_pages/templates/jobs.html", "empty", "Jobs", json!({ "jobs": [] })),
        sample("desk/area_pages/templates/jobs.html", "full", "Jobs", json!({ "jobs": [job] })),
        sample(
            "desk/area_pages/templates/nobody_forgotten.html",
            "usual",
            "Nobody forgotten",
            json!({ "proofs": proof(0), "whole": true }),
        ),
        sample(
            "desk/area_pages/templates/nobody_forgotten.html",
            "error",
            "Nobody forgotten",
            json!({ "proofs": proof(1), "whole": false }),
        ),
        sample("desk/area_pages/templates/rules.html", "usual", "Who may see what", json!({ "rules": [rule] })),
    ]
}

//! Somebody leaves: they are out at once, nothing of theirs is left to nobody, and nobody is handed what a shield hides from them.

use super::unseen::{ACTORS, NAMES, Step, play, somebody, steps};
use super::{Site, site, site_of};
use ::store::{Row, vals};
use axum::http::StatusCode;
use desk::practitioners::leaving;
use families::handing::Handed;
use families::people::PersonId;
use proptest::test_runner::{Config, TestRunner};
use scraper::{Html, Selector};
use std::collections::BTreeSet;
use testkit::TestWorld;

/// Who leaves, and who does their work.
const LEAVERS: [(&str, &str); 5] =
    [("Sunita", "Moira"), ("Helen", "Tariq"), ("Grace", "Owen"), ("Ben", "Joy"), ("Moira", "Sunita")];

/// Has Ravi post to somebody's page, and returns the answer's status and page.
async fn post(site: &Site, who: &str, verb: &str, fields: &str) -> (StatusCode, String) {
    let (ravi, path) = (site.cookie("Ravi").await, format!("/practitioners/{}", site.world.actor(who).id));
    let (_, _, page) = site.ask("GET", &path, Some(&ravi), "").await;
    let page = Html::parse_document(&page);
    let hidden = |name: &str| {
        let found = page.select(&Selector::parse(&format!("main [name={name}]")).unwrap()).next().unwrap();
        found.value().attr("value").unwrap().to_owned()
    };
    let body = format!("csrf={}&once={}&{fields}", hidden("csrf"), hidden("once"));
    let (status, _, page) = site.ask("POST", &format!("{path}/{verb}"), Some(&ravi), &body).await;
    (status, page)
}

async fn leaves(site: &Site, (who, to): (&str, &str)) -> (StatusCode, String) {
    let to = site.world.actor(to).id;
    post(site, who, "leave", &format!("why=left&to={to}")).await
}

async fn count(w: &TestWorld, sql: &str, who: &str) -> i64 {
    let mut tx = w.world.db.read().await.unwrap();
    let row = tx.query_one(sql, vals![w.world.area_id, w.actor(who).id]).await.unwrap();
    row.get("many").unwrap()
}

/// Which rows have not ended, whoever is handed them.
fn open(handed: &Handed) -> &'static str {
    handed.open.split(" AND to_id").next().unwrap().split(" AND practitioner_id").next().unwrap()
}

/// Returns how much falls to somebody who may not know of whom it is about.
async fn hidden_from(w: &TestWorld, who: &str) -> i64 {
    let mut all = 0;
    for handed in leaving::ALL {
        let (table, owner, about, open) = (handed.table, handed.owner, handed.about, open(&handed));
        let sql = format!(
            "SELECT COUNT(*) AS many FROM {table} WHERE area_id = $1 AND {owner} = $2 AND {open} AND EXISTS (SELECT 1 FROM shield s \
             WHERE s.area_id = {table}.area_id AND s.kind = 'existence' AND s.ended_at IS NULL AND s.person_id IN ({about}) \
             AND NOT EXISTS (SELECT 1 FROM shield_named n WHERE n.area_id = s.area_id AND n.shield_id = s.shield_id \
             AND n.practitioner_id = $2))"
        );
        all += count(w, &sql, who).await;
    }
    all
}

/// Plays a history, has somebody leave, and looks at what is whose.
async fn try_one(world: TestWorld, steps: &[Step], (who, to): (&str, &str)) {
    let site = site_of(world);
    let w = &site.world;
    let mut persons: Vec<PersonId> = Vec::new();
    for (at, name) in NAMES.iter().enumerate() {
        persons.push(somebody(w, ACTORS[at % ACTORS.len()], name).await);
    }
    for step in steps {
        play(w, &persons, step).await;
    }
    if who == "Moira" {
        let (status, _) = post(&site, to, "roles", "roles=practitioner&roles=team_manager&roles=safeguarding_lead").await;
        assert_eq!(status, StatusCode::SEE_OTHER);
    }
    let before = hidden_from(w, to).await;
    assert_eq!(leaves(&site, (who, to)).await.0, StatusCode::SEE_OTHER, "{who}");
    assert_eq!(hidden_from(w, to).await, before, "{to} is handed nothing that a shield hides from them");
    for handed in leaving::ALL {
        let sql = format!(
            "SELECT COUNT(*) AS many FROM {} WHERE area_id = $1 AND {} = $2 AND {}",
            handed.table,
            handed.owner,
            open(&handed)
        );
        assert_eq!(count(w, &sql, who).await, 0, "{} of {who}", handed.table);
    }
    let deserted = "SELECT COUNT(*) AS many FROM shield s WHERE s.area_id = $1 AND s.ended_at IS NULL AND NOT EXISTS (SELECT 1 \
                    FROM shield_named n JOIN practitioner p ON p.area_id = n.area_id AND p.practitioner_id = n.practitioner_id \
                    AND p.left_at IS NULL AND p.practitioner_id <> $2 WHERE n.area_id = s.area_id AND n.shield_id = s.shield_id)";
    assert_eq!(count(w, deserted, who).await, 0, "somebody who is there is named for everybody who is shielded");
    let (_, _, proof) = site.ask("GET", "/nobody-forgotten", Some(&site.cookie("Joy").await), "").await;
    assert!(proof.contains("Every one below has an owner"), "{who} leaves something to nobody");
}

fn run(cases: u32, world: impl AsyncFn() -> Option<TestWorld>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, max_shrink_iters: 60, ..Config::default() });
    runner
        .run(&(steps(), 0..LEAVERS.len()), |(steps, leaver)| {
            runtime.block_on(async {
                if let Some(world) = world().await {
                    try_one(world, &steps, LEAVERS[leaver]).await;
                }
            });
            Ok(())
        })
        .unwrap();
}

/// Rule [3.40]
#[test]
fn whoever_leaves_leaves_nothing_to_nobody_and_nobody_is_handed_what_a_shield_hides() {
    run(24, async || Some(testkit::sqlite().await));
}

/// Rule [3.40]
#[test]
fn whoever_leaves_leaves_nothing_to_nobody_on_postgresql() {
    run(8, testkit::postgres);
}

#[tokio::test]
async fn whoever_is_suspended_is_out_at_once_and_comes_back_by_a_new_link() {
    let site = site().await;
    let helen = site.cookie("Helen").await;
    assert_eq!(site.ask("GET", "/", Some(&helen), "").await.0, StatusCode::OK);
    let (status, page) = post(&site, "Helen", "leave", "why=suspended&to=").await;
    assert_eq!((status, page.contains("Choose who does their work")), (StatusCode::UNPROCESSABLE_ENTITY, true));
    let tariq = site.world.actor("Tariq").id;
    assert_eq!(post(&site, "Helen", "leave", &format!("why=suspended&to={tariq}")).await.0, StatusCode::SEE_OTHER);
    assert_eq!(site.ask("GET", "/", Some(&helen), "").await.0, StatusCode::SEE_OTHER, "her session has ended");
    let (status, page) = post(&site, "Helen", "roles", "roles=team_manager").await;
    assert_eq!(
        (status, page.contains("Suspended since")),
        (StatusCode::UNPROCESSABLE_ENTITY, true),
        "nothing else changes meanwhile"
    );
    let (status, page) = post(&site, "Helen", "back", "").await;
    assert_eq!((status, page.contains("/invitation/")), (StatusCode::OK, true));
    assert_eq!(site.ask("GET", "/", Some(&helen), "").await.0, StatusCode::SEE_OTHER, "her old session stays ended");
}

#[tokio::test]
async fn whoever_does_the_work_has_the_roles_that_it_needs_and_may_work() {
    let site = site().await;
    let (status, page) = leaves(&site, ("Moira", "Sunita")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("Sunita Rao needs these roles too"), "{page}");
    assert_eq!(post(&site, "Tariq", "training", "end=yes").await.0, StatusCode::SEE_OTHER);
    let (status, page) = leaves(&site, ("Helen", "Tariq")).await;
    assert_eq!((status, page.contains("no training today")), (StatusCode::UNPROCESSABLE_ENTITY, true));
}

#[tokio::test]
async fn what_a_service_that_is_not_named_knows_is_offered_to_nobody_outside_it() {
    let site = site().await;
    let (_, _, page) =
        site.ask("GET", &format!("/practitioners/{}", site.world.actor("Lena").id), Some(&site.cookie("Ravi").await), "").await;
    assert!(page.contains("End their access now") && !page.contains("Joy Mensah"), "nobody else works there");
    assert_eq!(post(&site, "Lena", "leave", "why=left").await.0, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn every_table_with_an_owner_is_handed_on_or_says_why_not() {
    // A contract says what was agreed; signals go to whoever may read what they rest on; whoever was offered a lead is answered for.
    let others = BTreeSet::from(["contract_promise", "signal"]);
    let w = testkit::sqlite().await;
    let mut tx = w.world.db.read().await.unwrap();
    let sql = "SELECT m.name AS name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' \
               AND c.name IN ('owner_id', 'convener_id') ORDER BY m.name LIMIT 1000";
    let rows = tx.query(sql, vals![]).await.unwrap();
    let owned: BTreeSet<String> = rows.iter().map(|row: &Row| row.get("name").unwrap()).collect();
    assert!(owned.len() > 10, "{owned:?}");
    let handed: BTreeSet<&str> = leaving::ALL.iter().map(|handed| handed.table).collect();
    for table in owned {
        assert!(handed.contains(table.as_str()) || others.contains(table.as_str()), "{table} is left to nobody");
    }
}

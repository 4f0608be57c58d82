//! Somebody leaves: they are out at once, nothing of theirs is left to nobody, and nobody is handed what a shield hides from them.

use super::merging::{asked, now};
use super::unseen::{ACTORS, NAMES, Step, play, share, somebody, steps};
use super::{Site, site, site_of};
use ::store::{Row, vals};
use access::Act;
use axum::http::StatusCode;
use desk::practitioners::leaving;
use families::family;
use families::handing::Handed;
use families::people::{self, PersonId, ShieldKind};
use frontline::referrals::{self, between};
use processes::brokering;
use processes::sharing::{self, decision::Recipient};
use proptest::test_runner::{Config, TestRunner};
use scraper::{Html, Selector};
use std::collections::BTreeSet;
use testkit::{TestWorld, on_both_engines};

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

/// Returns how many rows of a kind that have not ended are somebody's.
async fn owned(w: &TestWorld, handed: &Handed, who: &str) -> i64 {
    let Handed { table, owner, open, .. } = handed;
    count(w, &format!("SELECT COUNT(*) AS many FROM {table} WHERE area_id = $1 AND {owner} = $2 AND {open}"), who).await
}

/// Returns how much falls to somebody who may not know of whom it is about.
async fn hidden_from(w: &TestWorld, who: &str) -> i64 {
    let mut all = 0;
    for handed in leaving::ALL {
        let Handed { table, owner, about, open, .. } = handed;
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
    assert!(hidden_from(w, to).await <= before, "{to} is handed nothing that a shield hides from them");
    for handed in leaving::ALL {
        assert_eq!(owned(w, &handed, who).await, 0, "{} of {who}", handed.table);
    }
    let deserted = "SELECT COUNT(*) AS many FROM shield s WHERE s.area_id = $1 AND s.ended_at IS NULL AND NOT EXISTS (SELECT 1 \
                    FROM shield_named n JOIN practitioner p ON p.area_id = n.area_id AND p.practitioner_id = n.practitioner_id \
                    AND p.left_at IS NULL AND p.practitioner_id <> $2 JOIN practitioner_role r ON r.area_id = n.area_id \
                    AND r.practitioner_id = n.practitioner_id AND r.role = 'safeguarding_lead' \
                    WHERE n.area_id = s.area_id AND n.shield_id = s.shield_id)";
    assert_eq!(count(w, deserted, who).await, 0, "a safeguarding lead who is there is named for everybody who is shielded");
    let (_, _, proof) = site.ask("GET", "/nobody-forgotten", Some(&site.cookie("Joy").await), "").await;
    assert!(proof.contains("Every one below has an owner"), "{who} leaves something to nobody");
}

/// Plays a history, has the one who works for a service that is not named leave, and looks at what everybody else has.
async fn try_unnamed(world: TestWorld, steps: &[Step]) {
    let site = site_of(world);
    let w = &site.world;
    let mut persons: Vec<PersonId> = Vec::new();
    for (at, name) in NAMES.iter().enumerate() {
        // Lena works with two of them, and others with the rest.
        persons.push(somebody(w, ["Lena", "Lena", "Sunita", "Helen", "Grace"][at], name).await);
    }
    for step in steps {
        play(w, &persons, step).await;
    }
    let others = ACTORS.iter().filter(|who| **who != "Lena");
    let mut before = Vec::new();
    for who in others.clone() {
        for handed in leaving::ALL {
            before.push((*who, handed.table, handed.owner, owned(w, &handed, who).await));
        }
    }
    assert_eq!(post(&site, "Lena", "leave", "why=left").await.0, StatusCode::SEE_OTHER);
    let mut after = Vec::new();
    for who in others {
        for handed in leaving::ALL {
            after.push((*who, handed.table, handed.owner, owned(w, &handed, who).await));
        }
    }
    // An offer of hers is made by whoever leads; nothing else moves.
    let moved: Vec<_> = before.iter().zip(&after).filter(|(a, b)| a != b && a.1 != "handover").collect();
    assert!(moved.is_empty(), "{moved:?}");
}

fn run_unnamed(cases: u32, world: impl AsyncFn() -> Option<TestWorld>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, max_shrink_iters: 60, ..Config::default() });
    runner
        .run(&steps(), |steps| {
            runtime.block_on(async {
                if let Some(world) = world().await {
                    try_unnamed(world, &steps).await;
                }
            });
            Ok(())
        })
        .unwrap();
}

/// Rule [3.40]
#[test]
fn nobody_outside_a_service_that_is_not_named_is_handed_what_it_does_for_anybody_shielded_or_not() {
    run_unnamed(12, async || Some(testkit::sqlite().await));
    run_unnamed(4, testkit::postgres);
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

/// Rule [ours-shield-work]
#[tokio::test]
async fn what_is_about_two_people_each_hidden_from_whoever_is_named_for_the_other_falls_to_a_safeguarding_lead() {
    on_both_engines(async |world: TestWorld| {
        let site = site_of(world);
        let w = &site.world;
        let persons = [somebody(w, "Sunita", "Abel").await, somebody(w, "Sunita", "Baker").await];
        for step in [Step::Family(1, 0), Step::Join(1, 0, 1), Step::Visit(1, 0, 1, 0)] {
            play(w, &persons, &step).await;
        }
        let (status, _) = post(&site, "Owen", "roles", "roles=practitioner&roles=safeguarding_lead").await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        for (who, person) in [("Moira", persons[0]), ("Owen", persons[1])] {
            let mut ctx = now(w, who).await;
            let named = [w.actor("Sunita").id];
            family::shield(&mut ctx, person, ShieldKind::Existence, "They are in danger", &named).await.unwrap();
            ctx.commit().await.unwrap();
        }
        assert_eq!(owned(w, &frontline::visits::HANDED, "Sunita").await, 1);
        assert_eq!(leaves(&site, ("Sunita", "Moira")).await.0, StatusCode::SEE_OTHER);
        assert_eq!(owned(w, &frontline::visits::HANDED, "Moira").await, 1);
        assert_eq!(hidden_from(w, "Moira").await, 0, "she is named for both now");
    })
    .await;
}

/// Rule [ours-shield-work]
#[tokio::test]
async fn a_shield_is_looked_at_again_by_somebody_who_may_whoever_else_is_named_for_it() {
    let site = site().await;
    let w = &site.world;
    let person = somebody(w, "Sunita", "Abel").await;
    let mut ctx = w.ctx("Moira").await;
    family::shield(&mut ctx, person, ShieldKind::Existence, "They are in danger", &[w.actor("Sunita").id]).await.unwrap();
    ctx.commit().await.unwrap();
    // Nobody else of her agency is a safeguarding lead: Sunita becomes one, and another comes later.
    let roles = "roles=practitioner&roles=team_manager&roles=safeguarding_lead";
    assert_eq!(post(&site, "Sunita", "roles", roles).await.0, StatusCode::SEE_OTHER);
    assert_eq!(leaves(&site, ("Moira", "Sunita")).await.0, StatusCode::SEE_OTHER);
    assert_eq!(owned(w, &processes::shielding::HANDED, "Moira").await, 0);
    // When the role is taken from her, a lead who is there is named as soon as there is one.
    assert_eq!(post(&site, "Sunita", "roles", "roles=practitioner").await.0, StatusCode::SEE_OTHER);
    assert_eq!(post(&site, "Owen", "roles", "roles=practitioner&roles=safeguarding_lead").await.0, StatusCode::SEE_OTHER);
    let mut ctx = now(w, "Owen").await;
    assert!(people::open(&mut ctx, Act::ShieldPerson, person).await.is_ok(), "Owen may end the shield");
    drop(ctx);
    let mut tx = w.world.db.read().await.unwrap();
    let named = "SELECT COUNT(*) AS many FROM journal_entry WHERE area_id = $1 AND act = 'name_for_shield' AND subject_id = $2";
    let row = tx.query_one(named, vals![w.world.area_id, person]).await.unwrap();
    assert_eq!(row.get::<i64>("many").unwrap(), 1, "and the journal says for whom");
}

/// Rule [3.42]
#[tokio::test]
async fn what_a_service_asks_back_is_asked_of_whoever_does_the_senders_work() {
    on_both_engines(async |world: TestWorld| {
        let site = site_of(world);
        let w = &site.world;
        let (_, id) = asked(w).await;
        let mut ctx = w.ctx("Owen").await;
        between::ask_back(&mut ctx, &w.area, (id, 1), "How far behind is she?").await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(leaves(&site, ("Helen", "Tariq")).await.0, StatusCode::SEE_OTHER);
        let mut ctx = now(w, "Tariq").await;
        let me = ctx.actor.id;
        let asked = referrals::actions::asked_back_of(&mut ctx, &[me]).await.unwrap();
        assert_eq!((asked.len(), asked[0].sender.as_str()), (1, "Tariq Aziz, in place of Helen Marsh"));
        between::reply(&mut ctx, &w.area, (id, asked[0].version), ("Three months", &[])).await.unwrap();
        ctx.commit().await.unwrap();
    })
    .await;
}

/// Rule [3.28]
#[tokio::test]
async fn what_was_shared_with_one_alone_who_left_goes_back_to_whoever_shared_it() {
    on_both_engines(async |world: TestWorld| {
        let site = site_of(world);
        let w = &site.world;
        let person = somebody(w, "Helen", "Abel").await;
        play(w, &[person], &Step::Fact(0, 0, 5, 0)).await;
        let grace = w.actor("Grace");
        let mut ctx = w.ctx("Helen").await;
        let to = Recipient { agency: Some(grace.agency_id), named: Some(grace.id), words: String::new(), method: "here".to_owned() };
        share(&mut ctx, w, person, to).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(leaves(&site, ("Grace", "Owen")).await.0, StatusCode::SEE_OTHER);
        let again = "SELECT COUNT(*) AS many FROM share_task WHERE area_id = $1 AND owner_id = $2 AND kind = 'review' AND done_at IS NULL";
        assert_eq!(count(w, again, "Helen").await, 1, "Helen looks at it again");
        let mut ctx = w.ctx("Owen").await;
        assert!(sharing::actions::shared_with_us(&mut ctx).await.unwrap().is_empty(), "it was for nobody else");
    })
    .await;
}

/// Rule [3.40]
#[tokio::test]
async fn what_is_begun_while_somebody_leaves_is_handed_on_within_the_hour() {
    let site = site().await;
    let w = &site.world;
    assert_eq!(leaves(&site, ("Helen", "Tariq")).await.0, StatusCode::SEE_OTHER);
    // Helen's own last request, which was under way when she left.
    somebody(w, "Helen", "Abel").await;
    assert_eq!(owned(w, &families::handing::WORKS_WITH, "Helen").await, 1);
    for _ in 0..2 {
        let mut tx = w.world.db.begin().await.unwrap();
        leaving::settle(&w.world, &mut tx).await.unwrap();
        tx.commit(&w.world.ids).await.unwrap();
    }
    assert_eq!(owned(w, &families::handing::WORKS_WITH, "Helen").await, 0);
    assert_eq!(owned(w, &families::handing::WORKS_WITH, "Tariq").await, 1);
}

/// Rule [3.40]
#[tokio::test]
async fn what_the_only_one_of_a_service_left_is_done_by_whoever_of_it_comes_next() {
    on_both_engines(async |world: TestWorld| {
        let site = site_of(world);
        let w = &site.world;
        let person = somebody(w, "Lena", "Abel").await;
        let lena = ACTORS.iter().position(|who| *who == "Lena").unwrap();
        play(w, &[person], &Step::Contact(lena, 0)).await;
        assert_eq!(post(&site, "Lena", "leave", "why=left").await.0, StatusCode::SEE_OTHER);
        let left = async |who: &str| {
            let mut left = 0;
            for handed in leaving::ALL {
                left += owned(w, &handed, who).await;
            }
            left
        };
        let settle = async || {
            let mut tx = w.world.db.begin().await.unwrap();
            leaving::settle(&w.world, &mut tx).await.unwrap();
            tx.commit(&w.world.ids).await.unwrap();
        };
        settle().await;
        let waits = left("Lena").await;
        assert!(waits > 0, "nobody of the service is there, and nobody outside it may know");
        let joins = "UPDATE practitioner SET agency_id = $2 WHERE area_id = $1 AND practitioner_id = $3";
        let mut tx = w.world.db.begin().await.unwrap();
        let values = vals![w.world.area_id, w.actor("Lena").agency_id, w.actor("Grace").id];
        tx.execute(joins, values).await.unwrap();
        tx.commit(&w.world.ids).await.unwrap();
        w.world.clock.advance_seconds(200 * 24 * 3600);
        settle().await;
        assert_eq!((left("Lena").await, left("Grace").await), (0, waits), "however long ago that was");
    })
    .await;
}

/// Rule [3.40]
#[tokio::test]
async fn every_answer_to_a_message_is_read_by_whoever_does_the_senders_work_and_its_writer_stays_named() {
    on_both_engines(async |world: TestWorld| {
        let site = site_of(world);
        let w = &site.world;
        let person = somebody(w, "Lena", "Abel").await;
        let (helen, lena) = (w.actor("Helen").id, w.actor("Lena"));
        let insert = "INSERT INTO broker_message (area_id, message_id, sent_id, person_id, sender_id, to_agency_id, words, sent_at, owner_id, \
                      due_on, answered_at, answered_by, answer) VALUES ($1, $2, $3, $4, $5, $6, 'Please ring', $7, $8, '2026-11-04', $9, $10, $11)";
        let (now, sent) = (w.world.clock.now(), uuid::Uuid::from_u128(900));
        let mut tx = w.world.db.begin().await.unwrap();
        for (id, answered) in [(901, Some((now, lena.id, "contact"))), (902, None)] {
            let (at, by, answer) = answered.map_or((None, None, None), |(at, by, answer)| (Some(at), Some(by), Some(answer)));
            let id = uuid::Uuid::from_u128(id);
            let values = vals![w.world.area_id, id, sent, person, helen, lena.agency_id, now, lena.id, at, by, answer];
            tx.execute(insert, values).await.unwrap();
        }
        tx.commit(&w.world.ids).await.unwrap();
        assert_eq!(leaves(&site, ("Helen", "Tariq")).await.0, StatusCode::SEE_OTHER);
        let of = "SELECT COUNT(*) AS many FROM broker_message WHERE area_id = $1 AND sender_id = $2";
        assert_eq!((count(w, of, "Tariq").await, count(w, of, "Helen").await), (2, 0), "one message, and both answers to it");
        let mut ctx = super::merging::now(w, "Lena").await;
        let me = ctx.actor.id;
        let open = brokering::actions::owned_by(&mut ctx, &[me]).await.unwrap();
        assert_eq!(open.iter().map(|one| one.sender[0].as_str()).collect::<Vec<_>>(), ["Tariq Aziz, in place of Helen Marsh"]);
    })
    .await;
}

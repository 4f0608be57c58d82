//! The store's promises, kept on both engines.
//!
//! PostgreSQL is used when `TEST_POSTGRES_URL` names a server where databases may be made.

use crate::journal::{Entry, Outcome, Verdict};
use crate::keys::SigningKey;
use crate::owed::{self, Owed};
use crate::slice::Slice;
use crate::{AreaId, Db, Engine, StoreError, Val, area, drafts, jobs, journal, migrations, once, vals};
use kernel::Timestamp;
use kernel::clock::Clock;
use kernel::ids::Ids;
use std::future::Future;
use uuid::Uuid;

struct World {
    db: Db,
    clock: Clock,
    ids: Ids,
    area_id: AreaId,
    key: SigningKey,
    _folder: tempfile::TempDir,
}

impl World {
    fn entry(&self, act: &str) -> Entry {
        Entry {
            area_id: self.area_id,
            at: self.clock.now(),
            act: act.to_owned(),
            outcome: Outcome::Done,
            actor_id: Some(self.ids.uuid(&self.clock)),
            agency_id: None,
            subject_id: None,
            rule: String::new(),
            payload: serde_json::json!({ "why": "a test" }),
        }
    }

    async fn write(&self, acts: &[&str]) {
        for act in acts {
            let mut tx = self.db.begin().await.unwrap();
            tx.journal(self.entry(act));
            tx.commit(&self.ids).await.unwrap();
        }
    }

    async fn verdict(&self) -> Verdict {
        journal::verify(&self.db, self.area_id, &self.key.public()).await.unwrap()
    }

    async fn run(&self, sql: &str) {
        let mut tx = self.db.begin().await.unwrap();
        tx.execute(sql, vals![self.area_id]).await.unwrap();
        tx.commit(&self.ids).await.unwrap();
    }
}

#[expect(clippy::disallowed_methods, reason = "which server to test on is the test runner's to say")]
fn postgres_url() -> Option<String> {
    std::env::var("TEST_POSTGRES_URL").ok()
}

async fn world(url: String, folder: tempfile::TempDir) -> World {
    let clock = Clock::fixed("2026-11-02T09:00:00Z".parse::<Timestamp>().unwrap());
    let ids = Ids::random();
    let db = Db::open(&url, ids.clone()).await.unwrap();
    migrations::run(&db, &clock, &ids).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    let area_id = area::ensure(&mut tx, "example", "Example").await.unwrap();
    tx.commit(&ids).await.unwrap();
    World { db, clock, ids, area_id, key: SigningKey::from_seed(&[7; 32]).unwrap(), _folder: folder }
}

/// Runs a test on SQLite, and on PostgreSQL when there is a server.
async fn on_both_engines<F: Future<Output = ()>>(test: impl Fn(World) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.sqlite").display());
    test(world(url, folder).await).await;
    if let Some(server) = postgres_url() {
        let name = format!("t{}", Ids::random().uuid(&Clock::System).simple());
        let (base, _) = server.rsplit_once('/').unwrap();
        create_database(&server, &name).await.unwrap();
        test(world(format!("{base}/{name}"), tempfile::tempdir().unwrap()).await).await;
    }
}

async fn create_database(server: &str, name: &str) -> Result<(), tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(server, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    client.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0 LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'")).await
}

#[tokio::test]
async fn migrations_run_once_and_a_newer_schema_is_refused() {
    on_both_engines(async |w: World| {
        assert!(migrations::run(&w.db, &w.clock, &w.ids).await.unwrap().is_empty());
        w.run("INSERT INTO schema_migration (name, applied_at, digest) VALUES ('29990101000000-from-the-future', $1, '')").await;
        let refused = migrations::run(&w.db, &w.clock, &w.ids).await;
        assert!(matches!(refused, Err(StoreError::Newer(name)) if name.starts_with("2999")));
    })
    .await;
}

#[tokio::test]
async fn a_database_made_by_another_text_of_a_migration_is_refused() {
    on_both_engines(async |w: World| {
        w.run("UPDATE schema_migration SET digest = 'of another text' WHERE name LIKE '%-access' AND applied_at > $1").await;
        let refused = migrations::run(&w.db, &w.clock, &w.ids).await;
        assert!(matches!(refused, Err(StoreError::Rewritten(name)) if name.ends_with("-access")));
    })
    .await;
}

#[tokio::test]
async fn a_transaction_that_is_dropped_leaves_nothing() {
    on_both_engines(async |w: World| {
        let mut tx = w.db.begin().await.unwrap();
        tx.journal(w.entry("test.lost"));
        tx.execute("INSERT INTO area (area_id, code, name) VALUES (99, 'lost', 'Lost')", &[]).await.unwrap();
        drop(tx);
        let mut tx = w.db.read().await.unwrap();
        assert!(tx.query_opt("SELECT code FROM area WHERE code = 'lost'", &[]).await.unwrap().is_none());
        assert_eq!(w.verdict().await, Verdict::Whole { entries: 0, erased: 0, checkpoints: 0 });
    })
    .await;
}

#[tokio::test]
async fn many_writers_at_once_are_all_kept_and_chained() {
    on_both_engines(async |w: World| {
        let writers = (0..40).map(|n| {
            let (db, entry, ids) = (w.db.clone(), w.entry(&format!("test.{n}")), w.ids.clone());
            tokio::spawn(async move {
                if n % 4 == 0 {
                    return db.record(vec![entry]).await;
                }
                let mut tx = db.begin().await?;
                tx.journal(entry);
                if n % 4 == 1 { Ok(()) } else { tx.commit(&ids).await }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap().unwrap();
        }
        assert_eq!(w.verdict().await, Verdict::Whole { entries: 30, erased: 0, checkpoints: 0 });
    })
    .await;
}

#[tokio::test]
async fn a_changed_entry_is_found_and_named() {
    on_both_engines(async |w: World| {
        w.write(&["a", "b", "c", "d"]).await;
        w.run("UPDATE journal_entry SET act = 'x' WHERE area_id = $1 AND seq = 3").await;
        assert!(matches!(w.verdict().await, Verdict::Broken { seq: 3, .. }));
    })
    .await;
}

#[tokio::test]
async fn changed_details_a_missing_entry_and_a_cut_end_are_found() {
    on_both_engines(async |w: World| {
        w.write(&["a", "b", "c", "d"]).await;
        w.run("UPDATE journal_entry SET payload = '{}' WHERE area_id = $1 AND seq = 2").await;
        assert!(matches!(w.verdict().await, Verdict::Broken { seq: 2, .. }));
        w.run("DELETE FROM journal_entry WHERE area_id = $1 AND seq = 2").await;
        assert!(matches!(w.verdict().await, Verdict::Broken { seq: 2, .. }));
    })
    .await;
    on_both_engines(async |w: World| {
        w.write(&["a", "b", "c"]).await;
        w.run("DELETE FROM journal_entry WHERE area_id = $1 AND seq = 3").await;
        assert!(matches!(w.verdict().await, Verdict::Broken { seq: 3, .. }));
    })
    .await;
}

#[tokio::test]
async fn checkpoints_are_signed_and_a_forged_chain_does_not_pass() {
    on_both_engines(async |w: World| {
        w.write(&["a", "b"]).await;
        let mut tx = w.db.begin().await.unwrap();
        journal::checkpoint(&mut tx, w.area_id, &w.key, w.clock.now()).await.unwrap();
        tx.commit(&w.ids).await.unwrap();
        assert_eq!(w.verdict().await, Verdict::Whole { entries: 2, erased: 0, checkpoints: 1 });
        let other = SigningKey::from_seed(&[8; 32]).unwrap();
        let verdict = journal::verify(&w.db, w.area_id, &other.public()).await.unwrap();
        assert!(matches!(verdict, Verdict::Broken { seq: 2, .. }));
    })
    .await;
}

/// Rule [ours-retention]
#[tokio::test]
async fn details_past_their_retention_are_erased_and_the_chain_still_verifies() {
    on_both_engines(async |w: World| {
        w.write(&["a", "b"]).await;
        w.clock.advance_seconds(3600);
        w.write(&["c"]).await;
        let mut tx = w.db.begin().await.unwrap();
        assert_eq!(journal::erase_payloads(&mut tx, w.area_id, w.clock.now(), w.clock.now()).await.unwrap(), 2);
        tx.commit(&w.ids).await.unwrap();
        assert_eq!(w.verdict().await, Verdict::Whole { entries: 3, erased: 2, checkpoints: 0 });
    })
    .await;
}

#[tokio::test]
async fn a_job_that_fails_is_tried_later_and_gives_up_where_people_see_it() {
    on_both_engines(async |w: World| {
        let mut tx = w.db.begin().await.unwrap();
        let job = jobs::NewJob { kind: "test", key: Some("one"), payload: serde_json::json!({}), run_at: w.clock.now() };
        for _ in 0..2 {
            jobs::enqueue(&mut tx, w.area_id, w.ids.uuid(&w.clock), job.clone()).await.unwrap();
        }
        tx.commit(&w.ids).await.unwrap();
        for attempt in 0..jobs::ATTEMPTS_MAX {
            let mut tx = w.db.begin().await.unwrap();
            let job = jobs::claim(&mut tx, w.area_id, w.clock.now()).await.unwrap().unwrap();
            assert_eq!(job.attempts, attempt);
            assert!(jobs::claim(&mut tx, w.area_id, w.clock.now()).await.unwrap().is_none(), "it is leased, and there is one");
            jobs::fail(&mut tx, &job, "the printer is on fire", w.clock.now()).await.unwrap();
            assert!(jobs::claim(&mut tx, w.area_id, w.clock.now()).await.unwrap().is_none(), "it waits before it is tried again");
            tx.commit(&w.ids).await.unwrap();
            w.clock.advance_seconds(100_000_000);
        }
        let mut tx = w.db.begin().await.unwrap();
        let gave_up = jobs::list_gave_up(&mut tx, w.area_id).await.unwrap();
        assert_eq!(gave_up.len(), 1);
        assert_eq!(gave_up[0].error, "the printer is on fire");
        assert!(jobs::try_again(&mut tx, w.area_id, gave_up[0].id, w.clock.now()).await.unwrap());
        let job = jobs::claim(&mut tx, w.area_id, w.clock.now()).await.unwrap().unwrap();
        jobs::finish(&mut tx, &job, w.clock.now()).await.unwrap();
        assert!(jobs::list_gave_up(&mut tx, w.area_id).await.unwrap().is_empty());
        tx.commit(&w.ids).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_job_whose_worker_died_is_claimed_again_when_its_lease_ends() {
    on_both_engines(async |w: World| {
        let mut tx = w.db.begin().await.unwrap();
        jobs::enqueue_now(&mut tx, w.area_id, (&w.clock, &w.ids), "test", serde_json::json!({})).await.unwrap();
        assert!(jobs::claim(&mut tx, w.area_id, w.clock.now()).await.unwrap().is_some());
        assert!(jobs::claim(&mut tx, w.area_id, w.clock.now()).await.unwrap().is_none());
        w.clock.advance_seconds(301);
        assert!(jobs::claim(&mut tx, w.area_id, w.clock.now()).await.unwrap().is_some());
        tx.commit(&w.ids).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_key_is_spent_once_and_tells_where_it_led() {
    on_both_engines(async |w: World| {
        let (key, actor) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut tx = w.db.begin().await.unwrap();
        assert!(once::spend(&mut tx, w.area_id, (key, actor), "/contacts/1", w.clock.now()).await.unwrap());
        assert!(!once::spend(&mut tx, w.area_id, (key, actor), "/contacts/2", w.clock.now()).await.unwrap());
        assert_eq!(once::find(&mut tx, w.area_id, key, actor).await.unwrap().as_deref(), Some("/contacts/1"));
        assert_eq!(once::find(&mut tx, w.area_id, key, Uuid::from_u128(3)).await.unwrap(), None, "a key is its owner's alone");
        tx.commit(&w.ids).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_draft_is_kept_for_its_owner_alone() {
    on_both_engines(async |w: World| {
        let mine = drafts::Key {
            area_id: w.area_id,
            practitioner_id: Uuid::from_u128(1),
            form: "contact",
            record_id: Uuid::from_u128(9),
        };
        let theirs = drafts::Key { practitioner_id: Uuid::from_u128(2), ..mine };
        let mut tx = w.db.begin().await.unwrap();
        drafts::save(&mut tx, mine, "first", w.clock.now()).await.unwrap();
        drafts::save(&mut tx, mine, "second", w.clock.now()).await.unwrap();
        assert_eq!(drafts::find(&mut tx, mine).await.unwrap().unwrap().0, "second");
        assert!(drafts::find(&mut tx, theirs).await.unwrap().is_none());
        drafts::remove(&mut tx, mine).await.unwrap();
        assert!(drafts::find(&mut tx, mine).await.unwrap().is_none());
        tx.commit(&w.ids).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_embedded_database_plans_by_the_index_that_tells_apart_and_not_by_the_area_alone() {
    on_both_engines(async |w: World| {
        if w.db.engine() == Engine::Postgres {
            return;
        }
        let plan = "EXPLAIN QUERY PLAN SELECT seq FROM journal_entry WHERE area_id = 1 AND subject_id = $1";
        for mut tx in [w.db.begin().await.unwrap(), w.db.read().await.unwrap()] {
            let plan: String = tx.query_one(plan, vals!["a"]).await.unwrap().get("detail").unwrap();
            assert!(plan.contains("journal_entry_by_subject (area_id=? AND subject_id=?)"), "{plan}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_part_of_the_past_holds_nothing_of_the_part_before_it() {
    let area = AreaId(1);
    let part = |name: &str| {
        let mut slice = Slice::new(Timestamp::UNIX_EPOCH);
        let agency = Uuid::from_u128(7);
        let columns = [
            ("area_id", Val::from(area)),
            ("agency_id", agency.into()),
            ("code", name.into()),
            ("name", name.into()),
            ("kind", "school".into()),
            ("sensitive", 0.into()),
            ("tells_place", 0.into()),
        ];
        slice.put("agency", name, &columns).unwrap();
        slice.into_db(area, Ids::random())
    };
    let names = async |db: &Db| {
        let rows = db.read().await.unwrap().query("SELECT name FROM agency ORDER BY name", vals![]).await.unwrap();
        rows.iter().map(|row| row.get::<String>("name").unwrap()).collect::<Vec<_>>()
    };
    let (first, other) = (part("oak").await.unwrap(), part("elm").await.unwrap());
    assert_eq!((names(&first).await, names(&other).await), (vec!["oak".to_owned()], vec!["elm".to_owned()]));
    drop((first, other));
    for name in ["ash", "yew", "fir"] {
        let db = part(name).await.unwrap();
        assert_eq!(names(&db).await, [name]);
        let mut tx = db.begin().await.unwrap();
        let late = "INSERT INTO agency (area_id, agency_id, code, name, kind, sensitive, tells_place) \
                    SELECT area_id, $1, 'late', 'late', kind, 0, 0 FROM agency";
        tx.execute(late, vals![Uuid::from_u128(8)]).await.unwrap();
        tx.commit(&Ids::random()).await.unwrap();
    }
}

#[tokio::test]
async fn of_many_kinds_of_work_each_is_found_that_has_anything_and_no_other() {
    on_both_engines(async |w| {
        let of = |kind| Owed { rows: "job j", area: "j.area_id", is_theirs: kind };
        let (theirs, waits) = ("j.job_id IN ({}) AND j.kind = 'a'", "j.kind = 'b' AND j.job_id IN ({})");
        let wanted = [of(theirs), of(waits), of(theirs)];
        let me = Uuid::from_u128(7);
        let mut tx = w.db.begin().await.unwrap();
        assert_eq!(owed::any(&mut tx, w.area_id, [me], &wanted).await.unwrap(), [false, false, false]);
        let insert = "INSERT INTO job (area_id, job_id, kind, payload, run_at, attempts) VALUES ($1, $2, 'a', '{}', 1, 0)";
        tx.execute(insert, vals![w.area_id, me]).await.unwrap();
        let some = [Uuid::from_u128(8), me, Uuid::from_u128(9)];
        assert_eq!(owed::any(&mut tx, w.area_id, some, &wanted).await.unwrap(), [true, false, true]);
        assert_eq!(owed::any(&mut tx, w.area_id, [Uuid::from_u128(8)], &wanted).await.unwrap(), [false, false, false]);
    })
    .await;
}

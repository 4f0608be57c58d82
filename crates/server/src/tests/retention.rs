//! What is kept no longer is gone, what somebody still has to see to is not, and the journal says that it was there.

use crate::retention;
use store::{Val, vals};
use testkit::{TestWorld, on_both_engines};
use uuid::Uuid;

const DAY: i64 = 24 * 3600;

async fn run(w: &TestWorld, sql: &str, values: &[Val]) {
    let mut tx = w.world.db.begin().await.unwrap();
    tx.execute(sql, values).await.unwrap();
    tx.commit(&w.world.ids).await.unwrap();
}

async fn count(w: &TestWorld, rows: &str) -> i64 {
    let mut tx = w.world.db.read().await.unwrap();
    let sql = format!("SELECT COUNT(*) AS rows_left FROM {rows} AND area_id = $1");
    tx.query_one(&sql, vals![w.world.area_id]).await.unwrap().get("rows_left").unwrap()
}

/// A look at somebody, an alert about it, a message, and a job that is done and one that gave up, of now.
async fn happened(w: &TestWorld, at: u128, is_seen_to: bool) {
    let (area, now, id) = (w.world.area_id, w.world.clock.now(), Uuid::from_u128(at));
    let (ben, moira, person) = (w.actor("Ben").id, w.actor("Moira").id, Uuid::from_u128(1000 + at));
    run(w, "INSERT INTO person (area_id, person_id, created_at) VALUES ($1, $2, $3)", vals![area, person, now]).await;
    let look = "INSERT INTO index_look (area_id, look_id, practitioner_id, reason_code, reason, looked_at, until_at) \
                VALUES ($1, $2, $3, 'worried', 'To see', $4, $4)";
    run(w, look, vals![area, id, ben, now]).await;
    run(w, "INSERT INTO index_found (area_id, look_id, person_id) VALUES ($1, $2, $3)", vals![area, id, person]).await;
    let alert = "INSERT INTO look_alert (area_id, alert_id, practitioner_id, person_id, patterns, reason, looked_at, owner_id, due_on, \
                 seen_at, seen_by, seen_words) VALUES ($1, $2, $3, $4, 'hours', 'To see', $5, $6, '2026-11-04', $7, $8, $9)";
    let (seen_at, seen_by, words) = if is_seen_to { (Some(now), Some(moira), "She was on duty") } else { (None, None, "") };
    run(w, alert, vals![area, id, ben, person, now, moira, seen_at, seen_by, words]).await;
    let message = "INSERT INTO broker_message (area_id, message_id, sent_id, person_id, sender_id, to_agency_id, words, sent_at, owner_id, \
                   due_on, answered_at, answered_by, answer) VALUES ($1, $2, $2, $3, $4, $5, 'Please ring', $6, $7, '2026-11-04', $8, $9, $10)";
    let (lena, agency) = (w.actor("Lena").id, w.actor("Lena").agency_id);
    let (by, answer) = if is_seen_to { (Some(lena), Some("none")) } else { (None, None) };
    run(w, message, vals![area, id, person, ben, agency, now, lena, seen_at, by, answer]).await;
    let job = "INSERT INTO job (area_id, job_id, kind, payload, run_at, attempts, done_at, gave_up_at) VALUES ($1, $2, 'x', '{}', $3, 1, $4, $5)";
    let gave_up = if is_seen_to { None } else { Some(now) };
    run(w, job, vals![area, id, now, seen_at, gave_up]).await;
}

/// A job that is done, as a row.
fn done(w: &TestWorld, at: u128) -> [Val; 7] {
    let (area, now) = (w.world.area_id, w.world.clock.now());
    [area.into(), Uuid::from_u128(5000 + at).into(), "x".into(), "{}".into(), now.into(), 1_i64.into(), now.into()]
}

/// Rule [3.30]
#[tokio::test]
async fn what_is_kept_no_longer_is_gone_and_what_somebody_has_to_see_to_is_not() {
    on_both_engines(async |w: TestWorld| {
        happened(&w, 1, true).await;
        happened(&w, 2, false).await;
        w.world.clock.advance_seconds(370 * DAY);
        retention::run(&w.world, &w.area, None).await.unwrap();
        assert_eq!(count(&w, "index_look WHERE 1 = 1").await, 2, "looks are kept longer");
        assert_eq!(count(&w, "broker_message WHERE answered_at IS NOT NULL").await, 0);
        assert_eq!(count(&w, "broker_message WHERE 1 = 1").await, 1, "nobody has answered that one");
        assert_eq!(count(&w, "job WHERE done_at IS NOT NULL").await, 0);
        assert_eq!(count(&w, "job WHERE gave_up_at IS NOT NULL").await, 1);
        happened(&w, 3, true).await;
        let many: Vec<[Val; 7]> = (0..4500_u128).map(|at| done(&w, at)).collect();
        let mut tx = w.world.db.begin().await.unwrap();
        let insert = "INSERT INTO job (area_id, job_id, kind, payload, run_at, attempts, done_at)";
        tx.insert_all(insert, many, "").await.unwrap();
        tx.commit(&w.world.ids).await.unwrap();
        w.world.clock.advance_seconds(84 * 31 * DAY - 370 * DAY);
        retention::run(&w.world, &w.area, None).await.unwrap();
        assert_eq!(
            (count(&w, "index_look WHERE 1 = 1").await, count(&w, "index_found WHERE 1 = 1").await),
            (1, 1),
            "the later one"
        );
        assert_eq!(count(&w, "look_alert WHERE seen_at IS NOT NULL").await, 1, "the later one");
        assert_eq!(count(&w, "job WHERE done_at IS NOT NULL").await, 0, "however many there were");
        assert_eq!(count(&w, "look_alert WHERE seen_at IS NULL").await, 1, "that one waits for somebody");
        assert!(count(&w, "journal_entry WHERE act = 'delete_kept'").await >= 4, "that it was there stays to be read");
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn sessions_invitations_attempts_and_answers_to_other_systems_go_when_their_time_is_over() {
    on_both_engines(async |w: TestWorld| {
        let (area, now, ben) = (w.world.area_id, w.world.clock.now(), w.actor("Ben").id);
        access::sign_in::as_made_up_person(&w.world, ben).await.unwrap();
        let invite = "INSERT INTO invitation (area_id, token_hash, practitioner_id, expires_at) VALUES ($1, $2, $3, $4)";
        run(&w, invite, vals![area, vec![1_u8; 32], ben, now]).await;
        let attempt = "INSERT INTO sign_in_attempt (area_id, throttle_key, failures, blocked_until) VALUES ($1, 'x', 3, $2)";
        run(&w, attempt, vals![area, now]).await;
        let county = Uuid::from_u128(77);
        let organisation = "INSERT INTO organisation (area_id, organisation_id, code, name, token_hash, added_at) VALUES ($1, $2, 'county', 'County', $3, 1)";
        run(&w, organisation, vals![area, county, vec![2_u8; 32]]).await;
        let answer = "INSERT INTO custodian_answer (area_id, answer_id, organisation_id, purpose, mode, agreements, answered, asked_at) \
                      VALUES ($1, $2, $2, 'safeguarding', 'existence', '1', 'held', $3)";
        run(&w, answer, vals![area, county, now]).await;
        let left = async || {
            let mut left = Vec::new();
            for table in ["session", "invitation", "sign_in_attempt", "custodian_answer"] {
                left.push(count(&w, &format!("{table} WHERE 1 = 1")).await);
            }
            left
        };
        w.world.clock.advance_seconds(89 * DAY);
        retention::run(&w.world, &w.area, None).await.unwrap();
        assert_eq!(left().await, [1, 1, 1, 1]);
        w.world.clock.advance_seconds(2 * DAY);
        access::sign_in::as_made_up_person(&w.world, ben).await.unwrap();
        retention::run(&w.world, &w.area, None).await.unwrap();
        assert_eq!(left().await, [1, 0, 0, 1], "the session of today, and an answer that is kept longer");
        w.world.clock.advance_seconds(300 * DAY);
        retention::run(&w.world, &w.area, None).await.unwrap();
        assert_eq!(left().await, [0, 0, 0, 0]);
    })
    .await;
}

//! Calendars, tried: the file first, then the address on both engines.

use super::actions;
use super::file::{self, Planned};
use access::Act;
use families::facts::{self, NewFact};
use families::people;
use frontline::visits::{self, Next, Plan, Way};
use testkit::{TestWorld, on_both_engines};
use uuid::Uuid;

fn lines(calendar: &str) -> Vec<&str> {
    calendar.lines().collect()
}

/// Rule [3.14]
#[test]
fn a_visit_stands_at_its_hour_in_england_and_a_day_says_how_much_is_due() {
    let visit = |n: u128, on: &str, time: &str| Planned {
        id: Uuid::from_u128(n),
        what: "Home visit",
        on: on.parse().unwrap(),
        time: time.to_owned(),
    };
    let visits = [visit(1, "2026-11-27", "14:30"), visit(2, "2026-07-01", "09:00"), visit(3, "2026-11-28", "")];
    let due = ["2026-11-27", "2026-11-27", "2026-11-30"].map(|on| on.parse().unwrap());
    let written = file::write("Think Family", &visits, &due, "2026-11-26T12:00:00Z".parse().unwrap());
    let lines = lines(&written);
    for line in [
        "DTSTART:20261127T143000Z",
        "DTSTART:20260701T080000Z",
        "DTSTART;VALUE=DATE:20261128",
        "SUMMARY:Home visit",
        "SUMMARY:Think Family: 2 things are due",
        "SUMMARY:Think Family: One thing is due",
        "DTSTAMP:20261126T120000Z",
    ] {
        assert!(lines.contains(&line), "{line} is not in\n{written}");
    }
    assert_eq!(lines.iter().filter(|line| **line == "BEGIN:VEVENT").count(), 5);
    assert!(written.ends_with("END:VCALENDAR\r\n"), "lines end as RFC 5545 says");
}

async fn calendar(w: &TestWorld, key: &str) -> Option<String> {
    actions::read(&w.world, &w.area, key).await.unwrap()
}

/// Rule [3.30]
#[tokio::test]
async fn a_calendar_tells_when_and_nothing_of_whom_and_ends_when_its_address_is_taken_back() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Sunita").await;
        let amy = people::create(&mut ctx).await.unwrap();
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, amy).await.unwrap();
        facts::record(&mut ctx, &permit, NewFact::name(amy, "Amy", "Barlow")).await.unwrap();
        facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
        let (way, owner, on) = (Way::Home, ctx.actor.id, "2026-11-09".parse().unwrap());
        let next = Next { way, owner, on, time: "2pm".to_owned(), approach: "Rose has a key".to_owned() };
        visits::plan(&mut ctx, Plan { person: amy, people: vec![amy], next, is_private: false }).await.unwrap();
        families::family::create(&mut ctx, "The Barlow family", amy, ("See Josh", on)).await.unwrap();
        let first = actions::make(&mut ctx).await.unwrap();
        ctx.commit().await.unwrap();
        let shown = calendar(&w, &first).await.unwrap();
        assert!(shown.contains("DTSTART:20261109T140000Z") && shown.contains("One thing is due"), "{shown}");
        for word in ["Amy", "Barlow", "Rose", "Josh", "Sunita"] {
            assert!(!shown.contains(word), "{word} is in\n{shown}");
        }
        let mut ctx = w.ctx("Sunita").await;
        let second = actions::make(&mut ctx).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(calendar(&w, &first).await, None, "a new address ends the one before");
        assert!(calendar(&w, &second).await.is_some());
        let mut ctx = w.ctx("Sunita").await;
        assert!(actions::since(&mut ctx).await.unwrap().is_some());
        actions::take_back(&mut ctx).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(calendar(&w, &second).await, None);
        assert_eq!(calendar(&w, "").await, None);
    })
    .await;
}

/// Rule [3.29]
#[tokio::test]
async fn whoever_has_no_training_has_no_calendar() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Kit").await;
        assert!(actions::make(&mut ctx).await.is_err());
        drop(ctx);
        let mut ctx = w.ctx("Sunita").await;
        let key = actions::make(&mut ctx).await.unwrap();
        ctx.commit().await.unwrap();
        w.world.clock.advance_seconds(3 * 366 * 24 * 3600);
        assert_eq!(calendar(&w, &key).await, None, "training that has ended ends it");
    })
    .await;
}

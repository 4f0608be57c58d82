//! Being away, tried: the rules first, then on both engines whom it falls to meanwhile.

use super::absence::{self, Absence, AbsenceId, AbsenceRule, NewAbsence};
use super::actions::{self, AbsenceError};
use crate::home::tasks;
use access::{AccessError, Act, PractitionerId};
use families::facts::{self, NewFact};
use families::{family, people};
use kernel::Date;
use testkit::{TestWorld, on_both_engines};
use uuid::Uuid;

fn day(day: &str) -> Date {
    day.parse().unwrap()
}

fn who(at: u128) -> PractitionerId {
    PractitionerId(Uuid::from_u128(at))
}

fn away(practitioner: u128, cover: u128, from: &str, to: &str) -> Absence {
    Absence {
        id: AbsenceId(Uuid::from_u128(1)),
        practitioner: who(practitioner),
        name: "Sunita Rao".to_owned(),
        from_on: day(from),
        to_on: day(to),
        cover: who(cover),
        cover_name: "Moira Keane".to_owned(),
        cover_left: false,
        words: String::new(),
    }
}

/// Rule [3.40]
#[test]
fn nobody_is_away_without_somebody_who_is_there_on_each_of_the_days() {
    let new = |from: &str, to: &str| NewAbsence {
        practitioner: who(1),
        from_on: day(from),
        to_on: day(to),
        cover: who(2),
        words: String::new(),
    };
    let check = |new: NewAbsence, others: &[Absence]| absence::check(&new, day("2026-11-02"), others);
    let week = || new("2026-11-09", "2026-11-13");
    assert_eq!(check(week(), &[]), Ok(()));
    assert_eq!(check(new("2026-11-13", "2026-11-09"), &[]), Err(AbsenceRule::Days));
    assert_eq!(check(new("2026-10-01", "2026-10-05"), &[]), Err(AbsenceRule::Days), "what is over is no time to come");
    assert_eq!(check(new("2026-11-09", "2028-11-09"), &[]), Err(AbsenceRule::Days), "for longer one hands over");
    assert_eq!(check(NewAbsence { cover: who(1), ..week() }, &[]), Err(AbsenceRule::CoversThemself));
    assert_eq!(check(week(), &[away(2, 3, "2026-11-13", "2026-11-20")]), Err(AbsenceRule::CoverAway));
    assert_eq!(check(week(), &[away(2, 3, "2026-11-14", "2026-11-20")]), Ok(()));
    assert_eq!(check(week(), &[away(1, 3, "2026-11-01", "2026-11-09")]), Err(AbsenceRule::AwayAlready));
    let covers = check(week(), &[away(4, 1, "2026-11-10", "2026-11-10")]);
    assert!(matches!(covers, Err(AbsenceRule::CoversFor(_))), "whoever covers is not away themself");
}

fn of(w: &TestWorld, who: &str, cover: &str, (from, to): (&str, &str)) -> NewAbsence {
    NewAbsence {
        practitioner: w.actor(who).id,
        from_on: day(from),
        to_on: day(to),
        cover: w.actor(cover).id,
        words: "The Barlows ring on Mondays".to_owned(),
    }
}

/// Rule [3.40]
#[tokio::test]
async fn while_somebody_is_away_whoever_covers_sees_what_is_theirs_to_do_and_no_more_than_they_may_read() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Sunita").await;
        let amy = people::create(&mut ctx).await.unwrap();
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, amy).await.unwrap();
        facts::record(&mut ctx, &permit, NewFact::name(amy, "Amy", "Barlow")).await.unwrap();
        facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
        family::create(&mut ctx, "The Barlow family", amy, ("Visit", day("2026-11-09"))).await.unwrap();
        let not_there = actions::say(&mut ctx, of(&w, "Sunita", "Helen", ("2026-11-02", "2026-11-06"))).await;
        assert!(matches!(not_there, Err(AbsenceError::NotOfAgency)));
        let not_ones_own = actions::say(&mut ctx, of(&w, "Moira", "Sunita", ("2026-11-02", "2026-11-06"))).await;
        assert!(matches!(not_ones_own, Err(AbsenceError::NotOfTeam)));
        actions::say(&mut ctx, of(&w, "Sunita", "Moira", ("2026-11-03", "2026-11-06"))).await.unwrap();
        ctx.commit().await.unwrap();
        for (seconds, due) in [(0, 0), (24 * 3600, 1), (4 * 24 * 3600, 0)] {
            w.world.clock.advance_seconds(seconds);
            let mut ctx = w.ctx("Moira").await;
            let home = tasks::of_home(&mut ctx, &w.area, (true, true)).await.unwrap();
            let found = |works: &[tasks::TeamWork]| -> usize {
                works.iter().map(|work| serde_json::to_value(work).unwrap()["tasks"].as_array().unwrap().len()).sum()
            };
            assert_eq!(found(&home.covered), due, "before they go, while they are away, and once they are back");
            let mine = serde_json::to_string(&home.mine).unwrap();
            assert_eq!((found(&home.team), mine.contains("Barlow")), (1, false), "whoever manages finds it in their team alone");
        }
    })
    .await;
}

/// Rule [3.40]
#[tokio::test]
async fn what_is_asked_meanwhile_goes_to_somebody_who_is_there_and_whoever_manages_can_say_that_one_is_back() {
    on_both_engines(async |w: TestWorld| {
        let agency = w.actor("Owen").agency_id;
        let answers = async || {
            let mut tx = w.world.db.read().await.unwrap();
            access::people::find_answerable(&mut tx, w.world.area_id, Some(agency), w.world.clock.today()).await.unwrap().unwrap()
        };
        assert_eq!(answers().await, w.actor("Owen").id);
        let mut ctx = w.ctx("Owen").await;
        let id = actions::say(&mut ctx, of(&w, "Owen", "Grace", ("2026-11-01", "2026-11-06"))).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(answers().await, w.actor("Grace").id);
        let mut ctx = w.ctx("Grace").await;
        assert!(matches!(actions::end(&mut ctx, id).await, Err(AccessError::Hidden(_))), "whoever covers does not end it");
        drop(ctx);
        let mut ctx = w.ctx("Owen").await;
        actions::end(&mut ctx, id).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(answers().await, w.actor("Owen").id);
        let mut ctx = w.ctx("Joy").await;
        assert_eq!(actions::count_open(&mut ctx).await.unwrap(), (0, 0, 0));
    })
    .await;
}

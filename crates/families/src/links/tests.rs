//! Linking and undoing, and the attacks on it.

use super::moves::{MEMBER, MOVED, STAY};
use super::{LinkError, NewLink, link, now_known_as, undo};
use crate::facts::{self, Kind, NewFact};
use crate::people::{self, PersonId, ShieldKind};
use crate::{family, search};
use access::{AccessError, Act, Ctx};
use std::collections::BTreeSet;
use testkit::{TestWorld, on_both_engines, sqlite};

async fn record(ctx: &mut Ctx, fact: NewFact) -> facts::FactId {
    let (_, permit) = people::open(ctx, Act::RecordFact, fact.person).await.unwrap();
    facts::record(ctx, &permit, fact).await.unwrap()
}

async fn add(ctx: &mut Ctx, forename: &str, surname: &str) -> PersonId {
    let id = people::create(ctx).await.unwrap();
    record(ctx, NewFact::name(id, forename, surname)).await;
    record(ctx, NewFact::birth(id, "1990-05-12".parse().unwrap())).await;
    record(ctx, NewFact::plain(id, Kind::Need, "housing", "The flat is damp")).await;
    id
}

const BECAUSE: NewLink<'_> = NewLink { reason: "Same tenancy number", weight: Some(9.5), seconded_by: None };

/// Every row that belongs to somebody, as it is.
async fn everything(ctx: &mut Ctx) -> BTreeSet<String> {
    let mut rows = BTreeSet::new();
    for table in MOVED.iter().map(|moved| moved.table).chain([MEMBER.table, "person", "involvement", "search_word"]) {
        let sql = format!("SELECT * FROM {table} WHERE area_id = $1 ORDER BY area_id LIMIT 10000");
        for row in ctx.tx.query(&sql, store::vals![ctx.area_id]).await.unwrap() {
            rows.insert(format!("{table} {row:?}"));
        }
    }
    rows
}

#[tokio::test]
async fn every_table_that_speaks_of_a_person_is_moved_or_stays_for_a_reason() {
    let w = sqlite().await;
    let mut ctx = w.ctx("Moira").await;
    let sql = "SELECT m.name AS t, c.name AS col FROM sqlite_master m JOIN pragma_table_info(m.name) c \
               WHERE m.type = 'table' AND (c.name = 'person_id' OR EXISTS (SELECT 1 FROM pragma_foreign_key_list(m.name) f \
               WHERE f.\"table\" = 'person' AND f.\"from\" = c.name AND c.name <> 'area_id') OR c.name IN ('linked_to', 'left_person', 'right_person')) \
               ORDER BY m.name LIMIT 1000";
    let known: BTreeSet<(String, String)> = MOVED
        .iter()
        .chain([&MEMBER])
        .map(|moved| (moved.table, moved.person))
        .chain(STAY)
        .map(|(table, column)| (table.to_owned(), column.to_owned()))
        .collect();
    let mut there = BTreeSet::new();
    for row in ctx.tx.query(sql, store::vals![]).await.unwrap() {
        there.insert((row.get("t").unwrap(), row.get("col").unwrap()));
    }
    there.remove(&("person".to_owned(), "person_id".to_owned()));
    assert_eq!(there, known);
}

/// Rule [3.22]
#[tokio::test]
async fn undoing_a_link_gives_back_exactly_what_was_each_ones() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Moira").await;
        let amy = add(&mut ctx, "Amy", "Barlow").await;
        let again = add(&mut ctx, "Aimee", "Barlow").await;
        let child = add(&mut ctx, "Josh", "Barlow").await;
        record(&mut ctx, NewFact::relationship(again, "mother", child)).await;
        record(&mut ctx, NewFact::relationship(amy, "sister", again)).await;
        ctx.commit().await.unwrap();
        for person in [amy, again] {
            let mut ctx = w.ctx("Moira").await;
            let (_, permit) = people::open(&mut ctx, Act::RecordFact, person).await.unwrap();
            facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
            ctx.commit().await.unwrap();
        }
        let mut ctx = w.ctx("Moira").await;
        let next = ("Visit", w.world.clock.today());
        let barlows = family::create(&mut ctx, "Barlow", amy, next).await.unwrap();
        family::join(&mut ctx, (barlows, amy), again, family::Part::Member).await.unwrap();
        let cousins = family::create(&mut ctx, "Barlow, Leeds", again, next).await.unwrap();
        family::join(&mut ctx, (cousins, again), child, family::Part::Member).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        let before = everything(&mut ctx).await;
        drop(ctx);
        let mut ctx = w.ctx("Joy").await;
        let id = link(&mut ctx, amy, again, BECAUSE).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        assert!(matches!(people::load(&mut ctx, again).await, Err(AccessError::Hidden(_))), "nobody is there any more but Amy");
        assert_eq!(now_known_as(&mut ctx, again).await.unwrap(), Some(amy));
        assert_eq!(facts::list_of(&mut ctx, &[again], Some(&[Kind::Name])).await.unwrap().len(), 0);
        assert_eq!(facts::list_of(&mut ctx, &[amy], Some(&[Kind::Name])).await.unwrap().len(), 2);
        let found =
            search::find(&mut ctx, &search::Query::parse("aimee barlow", w.world.clock.today()), "worried").await.unwrap();
        assert_eq!(found.found.iter().map(|one| one.id).collect::<Vec<_>>(), [amy]);
        drop(ctx);
        let mut ctx = w.ctx("Joy").await;
        undo(&mut ctx, id, "Two cousins after all", &[]).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        let after = everything(&mut ctx).await;
        assert_eq!(before.difference(&after).collect::<Vec<_>>(), Vec::<&String>::new());
        assert_eq!(after.difference(&before).collect::<Vec<_>>(), Vec::<&String>::new());
    })
    .await;
}

#[tokio::test]
async fn what_people_recorded_since_goes_to_whom_it_is_about() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Moira").await;
        let (amy, again) = (add(&mut ctx, "Amy", "Barlow").await, add(&mut ctx, "Aimee", "Barlow").await);
        let id = link(&mut ctx, amy, again, BECAUSE).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        let theirs = record(&mut ctx, NewFact::plain(amy, Kind::Strength, "", "Aimee sings in the choir")).await;
        let hers = record(&mut ctx, NewFact::plain(amy, Kind::Strength, "", "Amy swims")).await;
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        let since = super::since(&mut ctx, id).await.unwrap();
        assert_eq!(since.unread, 0);
        assert_eq!(since.facts.iter().map(|fact| fact.id).collect::<BTreeSet<_>>(), BTreeSet::from([theirs, hers]));
        undo(&mut ctx, id, "Two people", &[theirs]).await.unwrap();
        assert_eq!(facts::load(&mut ctx, theirs).await.unwrap().new.person, again);
        assert_eq!(facts::load(&mut ctx, hers).await.unwrap().new.person, amy);
        assert!(matches!(undo(&mut ctx, id, "Again", &[]).await, Err(LinkError::Access(AccessError::Hidden(_)))));
    })
    .await;
}

/// The attack: two who are one are linked across a shield by somebody it keeps out, and what it keeps is told.
#[tokio::test]
async fn nobody_links_across_a_shield_that_keeps_them_out() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Moira").await;
        let (amy, hidden, placed) =
            (add(&mut ctx, "Amy", "Barlow").await, add(&mut ctx, "Aimee", "Barlow").await, add(&mut ctx, "Ami", "Barlow").await);
        let moira = w.actor("Moira").id;
        people::shield(&mut ctx, hidden, ShieldKind::Existence, "Placed", &[moira]).await.unwrap();
        people::shield(&mut ctx, placed, ShieldKind::Location, "Refuge", &[moira]).await.unwrap();
        ctx.commit().await.unwrap();
        for (kept, linked) in [(amy, hidden), (hidden, amy), (amy, placed), (placed, amy)] {
            let mut ctx = w.ctx("Joy").await;
            assert!(matches!(link(&mut ctx, kept, linked, BECAUSE).await, Err(LinkError::Access(_))));
        }
        let mut ctx = w.ctx("Helen").await;
        assert!(matches!(link(&mut ctx, amy, hidden, BECAUSE).await, Err(LinkError::Access(AccessError::Hidden(_)))));
        drop(ctx);
        // Whoever is named for both may; and who it is now is shielded as the other was.
        let mut ctx = w.ctx("Moira").await;
        link(&mut ctx, amy, hidden, BECAUSE).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Joy").await;
        let standing = people::load(&mut ctx, amy).await.unwrap();
        assert!(!ctx.may(Act::FindPerson, &standing.resource()).unwrap());
        assert_eq!(now_known_as(&mut ctx, hidden).await.unwrap(), None, "where somebody went is not told either");
    })
    .await;
}

/// The attack: a shield that was set or renewed while two were one is lost to one of them when they are taken apart.
#[tokio::test]
async fn whoever_was_shielded_while_they_were_one_is_shielded_when_they_are_two() {
    on_both_engines(async |w: TestWorld| {
        for is_shielded_before in [true, false] {
            let moira = w.actor("Moira").id;
            let mut ctx = w.ctx("Moira").await;
            let (amy, placed) = (add(&mut ctx, "Amy", "Barlow").await, add(&mut ctx, "Aimee", "Barlow").await);
            if is_shielded_before {
                people::shield(&mut ctx, placed, ShieldKind::Location, "Refuge", &[moira]).await.unwrap();
            }
            let id = link(&mut ctx, amy, placed, BECAUSE).await.unwrap();
            people::shield(&mut ctx, amy, ShieldKind::Location, "Refuge still", &[moira, w.actor("Sunita").id]).await.unwrap();
            undo(&mut ctx, id, "Two people", &[]).await.unwrap();
            for person in [amy, placed] {
                assert!(people::load(&mut ctx, person).await.unwrap().location_shielded, "shielded before: {is_shielded_before}");
            }
        }
    })
    .await;
}

/// The attack: whoever is named for the one is let into the other by linking them.
#[tokio::test]
async fn two_who_are_shielded_for_different_practitioners_are_not_linked() {
    on_both_engines(async |w: TestWorld| {
        let (moira, neil) = (w.actor("Moira").id, w.actor("Ben").id);
        let mut ctx = w.ctx("Moira").await;
        let (amy, placed) = (add(&mut ctx, "Amy", "Barlow").await, add(&mut ctx, "Aimee", "Barlow").await);
        people::shield(&mut ctx, amy, ShieldKind::Location, "Refuge", &[moira, neil]).await.unwrap();
        people::shield(&mut ctx, placed, ShieldKind::Location, "Refuge", &[moira]).await.unwrap();
        assert!(matches!(link(&mut ctx, amy, placed, BECAUSE).await, Err(LinkError::NamedDiffer)));
    })
    .await;
}

#[tokio::test]
async fn a_chain_of_links_leads_to_its_end_and_is_undone_from_there() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Moira").await;
        let (a, b, c) =
            (add(&mut ctx, "Amy", "Barlow").await, add(&mut ctx, "Aimee", "Barlow").await, add(&mut ctx, "Ami", "Barlow").await);
        let first = link(&mut ctx, b, c, BECAUSE).await.unwrap();
        let second = link(&mut ctx, a, b, BECAUSE).await.unwrap();
        assert_eq!(now_known_as(&mut ctx, c).await.unwrap(), Some(a));
        assert!(matches!(undo(&mut ctx, first, "Two", &[]).await, Err(LinkError::Covered | LinkError::Access(_))));
        undo(&mut ctx, second, "Two", &[]).await.unwrap();
        assert_eq!(now_known_as(&mut ctx, c).await.unwrap(), Some(b));
        undo(&mut ctx, first, "Two", &[]).await.unwrap();
        assert_eq!(facts::list_of(&mut ctx, &[a, b, c], Some(&[Kind::Name])).await.unwrap().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_correction_goes_with_what_it_corrects() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Moira").await;
        let (amy, again) = (add(&mut ctx, "Amy", "Barlow").await, add(&mut ctx, "Aimee", "Barlow").await);
        let theirs = record(&mut ctx, NewFact::plain(again, Kind::Strength, "", "Sings")).await;
        let id = link(&mut ctx, amy, again, BECAUSE).await.unwrap();
        let better = NewFact::plain(amy, Kind::Strength, "", "Sings in the choir");
        let corrected = facts::correct(&mut ctx, theirs, better).await.unwrap();
        undo(&mut ctx, id, "Two", &[]).await.unwrap();
        assert_eq!(facts::load(&mut ctx, corrected).await.unwrap().new.person, again);
    })
    .await;
}

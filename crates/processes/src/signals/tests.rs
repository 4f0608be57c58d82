//! Signals, tried: what they rest on, whose they are, that loading again raises nothing, and who never learns of one.

use super::actions::{self, SignalError};
use super::rules::{self, Known, Now, What};
use super::run::{self, Tally};
use super::signal::{Answer, SignalId};
use crate::feeds::tests::load;
use access::{AccessError, Act, AgencyId, Ctx};
use area::Area;
use area::signals::Definition;
use families::facts::{self, Class, FactId, Kind, NewFact};
use families::family;
use families::people::{self, PersonId, ShieldKind};
use families::search::{self, Query};
use kernel::Date;
use std::path::Path;
use testkit::{TestWorld, on_both_engines};
use uuid::Uuid;

fn definition(id: &str) -> Definition {
    let area = Area::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")).unwrap();
    area.signals.find(id).unwrap().clone()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

const LEE: PersonId = PersonId(Uuid::from_u128(1));
const MIA: PersonId = PersonId(Uuid::from_u128(2));

fn known(id: u128, person: PersonId, what: What, on: &str) -> Known {
    let agency = AgencyId(Uuid::from_u128(9));
    Known { id: FactId(Uuid::from_u128(id)), person, what, on: day(on), agency, agency_kind: "health".to_owned() }
}

fn rest(id: &str, subject: PersonId, known: &[&Known]) -> Option<Vec<u128>> {
    let now = Now { today: day("2026-11-02"), child_until_years: 18 };
    let found = rules::rests_on(&definition(id), subject, known, now)?;
    Some(found.iter().map(|one| one.id.0.as_u128()).collect())
}

/// Rule [3.28]
#[test]
fn a_parent_who_goes_to_prison_is_told_by_two_facts_and_by_neither_alone() {
    let prison = known(1, LEE, What::Term("in_prison".into()), "2026-10-20");
    let parent = known(2, LEE, What::ParentOf(MIA), "2020-01-01");
    let long_ago = known(3, LEE, What::Term("in_prison".into()), "2020-01-01");
    let to_come = known(4, LEE, What::Term("in_prison".into()), "2026-11-03");
    assert_eq!(rest("parent_to_prison", LEE, &[&prison, &parent]), Some(vec![2, 1]));
    assert_eq!(rest("parent_to_prison", LEE, &[&prison]), None, "nobody says that he is a parent");
    assert_eq!(rest("parent_to_prison", LEE, &[&parent, &long_ago]), None);
    assert_eq!(rest("parent_to_prison", LEE, &[&parent, &to_come]), None, "what is to come has not happened");
    assert_eq!(rest("parent_to_prison", MIA, &[&prison, &parent]), None, "it is of him, not of her");
}

/// Rule [3.28]
#[test]
fn the_same_day_told_twice_is_once_and_another_kind_of_agency_does_not_count() {
    let home = |id, on| known(id, LEE, What::Term("homeless_asked".into()), on);
    let drink = known(9, LEE, What::Term("alcohol_drugs".into()), "2026-01-01");
    let (one, again, other) = (home(1, "2026-03-01"), home(2, "2026-03-01"), home(3, "2026-09-01"));
    assert_eq!(rest("homeless_again_with_alcohol", LEE, &[&one, &again, &drink]), None);
    assert_eq!(rest("homeless_again_with_alcohol", LEE, &[&one, &again, &other, &drink]), Some(vec![1, 3, 9]));
    let abuse = known(4, LEE, What::Term("domestic_abuse".into()), "2026-11-01");
    let by_police = Known { agency_kind: "police".to_owned(), ..abuse.clone() };
    assert_eq!(rest("abuse_seen_at_hospital", LEE, &[&abuse]), Some(vec![4]));
    assert_eq!(rest("abuse_seen_at_hospital", LEE, &[&by_police]), None);
}

/// Rule [3.28]
#[test]
fn a_parents_difficulty_counts_for_a_child_through_how_they_are_related() {
    let born = known(1, MIA, What::Born("2018-05-01".parse().unwrap()), "2018-05-01");
    let missing = known(2, MIA, What::Term("missing_from_school".into()), "2026-10-20");
    let prison = known(3, LEE, What::Term("in_prison".into()), "2026-10-10");
    let parent = known(4, LEE, What::ParentOf(MIA), "2020-01-01");
    assert_eq!(rest("missing_from_school", MIA, &[&born, &missing, &prison, &parent]), Some(vec![1, 2, 3, 4]));
    assert_eq!(rest("missing_from_school", MIA, &[&born, &missing, &prison]), None, "somebody else's prison");
    let grown = known(1, MIA, What::Born("2000-05-01".parse().unwrap()), "2000-05-01");
    assert_eq!(rest("missing_from_school", MIA, &[&grown, &missing, &prison, &parent]), None);
}

const EVENTS: &str = "rec_id,first_name,last_name,dob,sex,postcode,nhs,upn,event,event_on";
const AMY: &str = "Amy,Barlow,1992-05-03,F,BD18 3QX,9434765919,";

async fn load_events(w: &TestWorld, rows: &[String]) -> crate::feeds::Run {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("emergency.csv");
    std::fs::write(&path, format!("{EVENTS}\n{}\n", rows.join("\n"))).unwrap();
    load(w, "emergency", &path).await
}

async fn look(w: &TestWorld) -> Tally {
    run::run(&w.world, &w.area, None).await.unwrap()
}

async fn amy(ctx: &mut Ctx, w: &TestWorld) -> PersonId {
    let query = Query::parse("barlow amy", w.world.clock.today());
    search::find(ctx, &query, "contact").await.unwrap().found[0].id
}

async fn mine(w: &TestWorld, name: &str) -> Vec<SignalId> {
    actions::mine(&mut w.ctx(name).await).await.unwrap().into_iter().map(|one| one.id).collect()
}

/// Rule [3.28]
#[tokio::test]
async fn what_a_hospital_noticed_is_for_whoever_may_read_it_and_the_same_file_again_raises_nothing() {
    on_both_engines(async |w: TestWorld| {
        let first = [format!("1,{AMY},abuse,2026-10-30"), "2,Eve,Dyer,1990-01-01,F,,,,unheard_of,2026-10-30".to_owned()];
        let loaded = load_events(&w, &first).await;
        assert_eq!((loaded.rows_new, loaded.rows_bad), (1, 1), "a code that nobody knows waits for somebody to mend it");
        // Helen answers for the family, and may not read what the hospital keeps to itself.
        let mut ctx = w.ctx("Helen").await;
        let person = amy(&mut ctx, &w).await;
        people::ask(&mut ctx, person, ("worried", "The neighbours rang"), 8).await.unwrap();
        family::create(&mut ctx, "The Barlows", person, ("Visit", day("2026-12-01"))).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(look(&w).await, Tally { raised: 1, ..Tally::default() });
        assert_eq!(mine(&w, "Helen").await, []);
        let [id] = mine(&w, "Moira").await[..] else { panic!("one, for the safeguarding lead") };
        assert!(matches!(actions::load(&mut w.ctx("Helen").await, id).await, Err(AccessError::Hidden(_))));
        let mut ctx = w.ctx("Moira").await;
        let opened = actions::load(&mut ctx, id).await.unwrap();
        assert_eq!(opened.rests_on[0].new.term, "domestic_abuse");
        assert!(matches!(actions::decide(&mut ctx, id, (Answer::Acted, " ")).await, Err(SignalError::Text(_))));
        actions::decide(&mut ctx, id, (Answer::NotRelevant, "A fall, she says, and I believe her")).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        assert!(matches!(actions::decide(&mut ctx, id, (Answer::Known, "Twice")).await, Err(SignalError::Decided)));
        drop(ctx);

        load_events(&w, &first[..1]).await;
        load_events(&w, &[format!("1,{AMY},abuse,2026-10-30").replace("BD18 3QX", "LS21 1AA")]).await;
        assert_eq!(look(&w).await, Tally::default(), "the same thing loaded again, and with another postcode");
        load_events(&w, &[format!("9,{AMY},abuse,2026-11-01")]).await;
        assert_eq!(look(&w).await, Tally { raised: 1, ..Tally::default() }, "it happened again");
        load_events(&w, &[format!("10,{AMY},abuse,2026-11-02")]).await;
        assert_eq!(look(&w).await, Tally { grown: 1, ..Tally::default() }, "one open signal rests on both");
    })
    .await;
}

/// Rule [3.40]
#[tokio::test]
async fn what_nobody_looks_at_in_time_goes_to_somebody_else_who_may_read_it() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let lee = people::create(&mut ctx).await.unwrap();
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, lee).await.unwrap();
        facts::record(&mut ctx, &permit, NewFact::name(lee, "Lee", "Barlow")).await.unwrap();
        facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
        let parent = NewFact::plain(lee, Kind::Circumstance, "parent_of", "");
        facts::record(&mut ctx, &permit, parent).await.unwrap();
        let prison = NewFact { class: Class::Confidential, ..NewFact::plain(lee, Kind::Circumstance, "in_prison", "") };
        facts::record(&mut ctx, &permit, prison).await.unwrap();
        actions::look_at(&mut ctx, &[lee]).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(look(&w).await.raised, 1);
        let [id] = mine(&w, "Helen").await[..] else { panic!("Helen works with him, and recorded it herself") };
        w.world.clock.advance_seconds(7 * 24 * 3600);
        assert_eq!(look(&w).await, Tally { passed_on: 1, ..Tally::default() });
        assert_eq!(mine(&w, "Helen").await, []);
        assert_eq!(mine(&w, "Tariq").await, [id], "her manager, of the same agency");
        assert_eq!(look(&w).await, Tally::default(), "once");
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn a_signal_of_somebody_shielded_is_for_the_named_alone_and_moves_with_the_shield() {
    on_both_engines(async |w: TestWorld| {
        load_events(&w, &[format!("1,{AMY},abuse,2026-10-30")]).await;
        look(&w).await;
        let [id] = mine(&w, "Moira").await[..] else { panic!("one") };
        let mut ctx = w.ctx("Moira").await;
        let person = amy(&mut ctx, &w).await;
        let sunita = w.actor("Sunita").id;
        family::shield(&mut ctx, person, ShieldKind::Existence, "He is looking for her", &[sunita]).await.unwrap();
        ctx.commit().await.unwrap();
        let named = mine(&w, "Moira").await;
        assert!(named.is_empty() || named == [id], "whoever decided a shield is named for it");
        load_events(&w, &[format!("9,{AMY},abuse,2026-11-01")]).await;
        look(&w).await;
        for name in ["Helen", "Tariq", "Joy", "Ben", "Grace"] {
            assert_eq!(mine(&w, name).await, [], "{name}");
        }
    })
    .await;
}

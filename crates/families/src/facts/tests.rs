//! Facts, tried: rules first, then actions, then the rules of access as SQL against the rules one by one.

use super::fact::{Audience, Class, Grant, Identifier, NewFact, Scheme, Shape, Verified};
use super::rules::{self, FactRule};
use super::store::{self, Recorded};
use super::{FACT, FactError, FactId, Kind, actions};
use crate::people::{self, PersonId, ShieldKind};
use crate::search::{self, Query};
use access::{Act, AgencyId, Ctx};
use kernel::Date;
use kernel::partial_date::PartialDate;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::collections::BTreeSet;
use testkit::{TestWorld, on_both_engines};
use uuid::Uuid;

fn today() -> Date {
    "2026-11-02".parse().unwrap()
}

fn somebody() -> PersonId {
    PersonId(Uuid::from_u128(1))
}

/// Rule [ours-facts]
#[test]
fn what_cannot_be_true_is_refused_and_what_is_unusual_is_kept() {
    let born = |text: &str| NewFact::birth(somebody(), text.parse::<PartialDate>().unwrap());
    assert_eq!(rules::check(born("2027-01-01"), today()).unwrap_err(), FactRule::Future);
    let due = NewFact { term: "due".to_owned(), ..born("2027-01-01") };
    assert!(rules::check(due, today()).is_ok());
    let one_letter = NewFact::name(somebody(), "X", "");
    assert!(rules::check(one_letter, today()).is_ok());
    let nameless = NewFact::name(somebody(), " ", "");
    assert!(matches!(rules::check(nameless, today()), Err(FactRule::Text(..))));
    let own_mother = NewFact::relationship(somebody(), "birth_parent", somebody());
    assert_eq!(rules::check(own_mother, today()).unwrap_err(), FactRule::SamePerson);
}

#[test]
fn a_name_is_kept_as_written_and_found_without_its_accents() {
    let fact = rules::check(NewFact::name(somebody(), "Małgorzata  Anna", "O’Neill-Łuczak"), today()).unwrap();
    assert_eq!(fact.shape, Shape::Name { forenames: "Małgorzata Anna".to_owned(), surname: "O’Neill-Łuczak".to_owned() });
    let words = rules::search_words(&fact);
    for word in ["n:malgorzata", "n:anna", "n:oneill", "n:luczak", "n:oneillluczak"] {
        assert!(words.iter().any(|known| known == word), "{word} in {words:?}");
    }
}

#[test]
fn identifiers_are_checked_and_stored_one_way() {
    let number = |value: &str| Identifier { scheme: Scheme::NhsNumber, value: value.to_owned(), verified: Verified::Unverified };
    assert_eq!(rules::check_identifier(number("943 476 5919")).unwrap().value, "9434765919");
    assert!(matches!(rules::check_identifier(number("485 777 3456")), Err(FactRule::Identifier(..))));
}

/// Rule [3.30]
#[test]
fn what_a_sensitive_agency_records_names_it_to_nobody_else() {
    assert_eq!(rules::class_of(Kind::Circumstance, Class::Ordinary, true), Class::SensitiveService);
    assert_eq!(rules::class_of(Kind::Narrative, Class::Confidential, true), Class::SensitiveService);
    assert_eq!(rules::class_of(Kind::Name, Class::Ordinary, true), Class::Ordinary);
    assert_eq!(rules::class_of(Kind::Need, Class::Restricted, true), Class::Restricted);
    assert_eq!(rules::class_of(Kind::Need, Class::Ordinary, false), Class::Ordinary);
}

async fn create(ctx: &mut Ctx, forenames: &str, surname: &str) -> PersonId {
    let person = people::create(ctx).await.unwrap();
    let (_, permit) = people::open(ctx, Act::RecordContact, person).await.unwrap();
    actions::record(ctx, &permit, NewFact::name(person, forenames, surname)).await.unwrap();
    let involvement = NewFact::involvement(person, Some(ctx.actor.id), Class::Ordinary, "works with them");
    actions::record(ctx, &permit, involvement).await.unwrap();
    person
}

async fn record(ctx: &mut Ctx, fact: NewFact) -> FactId {
    let (_, permit) = people::open(ctx, Act::RecordContact, fact.person).await.unwrap();
    actions::record(ctx, &permit, fact).await.unwrap()
}

fn need(person: PersonId, class: Class) -> NewFact {
    NewFact { class, ..NewFact::plain(person, Kind::Need, "debt", "Owes the catalogue £400") }
}

#[tokio::test]
async fn a_correction_supersedes_and_the_wrong_fact_stays() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let person = create(&mut ctx, "Ann", "Abel").await;
        let wrong = record(&mut ctx, need(person, Class::Ordinary)).await;
        let right = NewFact { words: "Owes the catalogue £40".to_owned(), ..need(person, Class::Ordinary) };
        let id = actions::correct(&mut ctx, wrong, right).await.unwrap();
        let now = actions::list_of(&mut ctx, &[person], Some(&[Kind::Need])).await.unwrap();
        assert_eq!(now.iter().map(|fact| fact.id).collect::<Vec<_>>(), [id]);
        let why = actions::why(&mut ctx, id).await.unwrap();
        assert_eq!(why.history[0].id, wrong);
        assert_eq!(why.history[0].new.words, "Owes the catalogue £400");
        ctx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn two_people_who_correct_one_fact_do_not_overwrite_each_other() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let person = create(&mut ctx, "Ann", "Abel").await;
        let fact = record(&mut ctx, need(person, Class::Ordinary)).await;
        ctx.commit().await.unwrap();
        let mut first = w.ctx("Tariq").await;
        actions::correct(&mut first, fact, need(person, Class::Ordinary)).await.unwrap();
        first.commit().await.unwrap();
        let mut second = w.ctx("Helen").await;
        let late = actions::correct(&mut second, fact, need(person, Class::Ordinary)).await;
        assert!(matches!(late, Err(FactError::Superseded)));
    })
    .await;
}

#[tokio::test]
async fn what_was_recorded_about_the_wrong_person_is_taken_back_with_a_reason_and_stays_in_the_history() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let person = create(&mut ctx, "Ann", "Abel").await;
        let wrong = record(&mut ctx, need(person, Class::Ordinary)).await;
        assert!(matches!(actions::withdraw(&mut ctx, wrong, " ").await, Err(FactError::Why(_))));
        actions::withdraw(&mut ctx, wrong, "It was her sister").await.unwrap();
        assert!(actions::list_of(&mut ctx, &[person], Some(&[Kind::Need])).await.unwrap().is_empty());
        let why = actions::why(&mut ctx, wrong).await.unwrap();
        assert!(why.fact.is_withdrawn() && !why.may_correct && !why.may_withdraw);
        assert!(matches!(actions::withdraw(&mut ctx, wrong, "Again").await, Err(FactError::Superseded | FactError::Access(_))));
        let works = actions::list_of(&mut ctx, &[person], Some(&[Kind::Involvement])).await.unwrap();
        let refused = actions::withdraw(&mut ctx, works[0].id, "I do not").await;
        assert!(matches!(refused, Err(FactError::Access(_))), "work that goes on ends by its outcome");
    })
    .await;
}

/// Rule [3.27]
#[tokio::test]
async fn whoever_has_no_work_with_somebody_opens_them_with_a_reason_for_a_time() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let person = create(&mut ctx, "Ann", "Abel").await;
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Aisha").await;
        assert!(matches!(people::open(&mut ctx, Act::OpenPerson, person).await, Err(access::AccessError::Refused(_))));
        assert!(matches!(people::ask(&mut ctx, person, ("worried", "  "), 8).await, Err(people::AskError::Reason(_))));
        people::ask(&mut ctx, person, ("worried", "Her GP rang me"), 8).await.unwrap();
        assert!(people::open(&mut ctx, Act::OpenPerson, person).await.is_ok());
        ctx.commit().await.unwrap();
        w.world.clock.advance_seconds(8 * 3600 + 1);
        let mut ctx = w.ctx("Aisha").await;
        assert!(people::open(&mut ctx, Act::OpenPerson, person).await.is_err());
    })
    .await;
}

/// Rule [3.40]
#[tokio::test]
async fn a_manager_sees_why_their_team_looked_and_nobody_elses() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Sunita").await;
        let person = create(&mut ctx, "Ann", "Abel").await;
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        people::ask(&mut ctx, person, ("worried", "The neighbours rang"), 8).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Tariq").await;
        let asked = people::asked_by_team(&mut ctx).await.unwrap();
        assert_eq!((asked[0].practitioner.as_str(), asked[0].reason.as_str()), ("Helen Marsh", "The neighbours rang"));
        drop(ctx);
        for other in ["Owen", "Moira", "Helen"] {
            let mut ctx = w.ctx(other).await;
            assert!(people::asked_by_team(&mut ctx).await.unwrap().is_empty(), "{other}");
        }
        let mut ctx = w.ctx("Moira").await;
        people::shield(&mut ctx, person, ShieldKind::Existence, "Placed", &[w.actor("Moira").id]).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Tariq").await;
        assert!(people::asked_by_team(&mut ctx).await.unwrap().is_empty(), "nor does a shielded person show here");
    })
    .await;
}

/// Rule [3.27]
#[tokio::test]
async fn only_what_was_chosen_is_shared_and_only_what_the_sharer_may_read() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let person = create(&mut ctx, "Ann", "Abel").await;
        let chosen = record(&mut ctx, need(person, Class::Confidential)).await;
        let other = record(&mut ctx, need(person, Class::Confidential)).await;
        let charity = w.actor("Grace").agency_id;
        actions::grant(&mut ctx, person, &[chosen], &Grant::to_agency(charity, Uuid::from_u128(9))).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Grace").await;
        people::ask(&mut ctx, person, ("before_support", "They were referred to us"), 8).await.unwrap();
        let needs = actions::list_of(&mut ctx, &[person], Some(&[Kind::Need])).await.unwrap();
        assert_eq!(needs.iter().map(|fact| fact.id).collect::<Vec<_>>(), [chosen]);
        let hidden =
            actions::grant(&mut ctx, person, &[other], &Grant::to_agency(w.actor("Dan").agency_id, Uuid::from_u128(9))).await;
        assert!(matches!(hidden, Err(access::AccessError::Hidden(_))));
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn a_shielded_address_is_read_by_the_named_alone_and_finds_nobody() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Moira").await;
        let person = create(&mut ctx, "Ann", "Abel").await;
        let shape = Shape::Address { lines: "7 Refuge Row".into(), town: "Otley".into(), postcode: "LS21 1AA".into() };
        record(&mut ctx, NewFact { shape, ..NewFact::plain(person, Kind::Address, "home", "") }).await;
        let named = [w.actor("Sunita").id];
        people::shield(&mut ctx, person, ShieldKind::Location, "Her husband is looking for her", &named).await.unwrap();
        ctx.commit().await.unwrap();
        for (name, sees) in [("Sunita", true), ("Moira", false), ("Helen", false)] {
            let mut ctx = w.ctx(name).await;
            people::ask(&mut ctx, person, ("worried", "A test of the shield"), 1).await.unwrap();
            let addresses = actions::list_of(&mut ctx, &[person], Some(&[Kind::Address])).await.unwrap();
            assert_eq!(addresses.len(), usize::from(sees), "{name}");
            let found = search::find(&mut ctx, &Query::parse("LS21 1AA", today()), "worried").await.unwrap();
            assert_eq!(found.found.len(), usize::from(sees), "{name} by postcode");
            let found = search::find(&mut ctx, &Query::parse("abel ann", today()), "worried").await.unwrap();
            assert_eq!(found.found.len(), 1, "{name} by name");
        }
    })
    .await;
}

#[tokio::test]
async fn being_named_for_one_shield_passes_no_other() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Moira").await;
        let person = create(&mut ctx, "Ann", "Abel").await;
        let [helen, sunita] = ["Helen", "Sunita"].map(|name| w.actor(name).id);
        people::shield(&mut ctx, person, ShieldKind::Location, "Her husband is looking", &[helen, w.actor("Moira").id])
            .await
            .unwrap();
        people::shield(&mut ctx, person, ShieldKind::Existence, "Now she is placed", &[sunita, w.actor("Moira").id])
            .await
            .unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        assert!(matches!(people::open(&mut ctx, Act::FindPerson, person).await, Err(access::AccessError::Hidden(_))));
        drop(ctx);
        let mut ctx = w.ctx("Moira").await;
        people::unshield(&mut ctx, person, ShieldKind::Location).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        assert!(people::open(&mut ctx, Act::FindPerson, person).await.is_err(), "ending one shield ends no other");
    })
    .await;
}

/// One step of a random history.
#[derive(Clone, Debug)]
enum Step {
    Involve(usize, usize),
    Ask(usize, usize),
    Shield(usize, bool, usize),
    Record(usize, usize, usize, usize),
    Relate(usize, usize, usize),
    Share(usize, usize),
    Team(usize, usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let person = 0_usize..4;
    let who = 0_usize..15;
    prop::collection::vec(
        prop_oneof![
            (person.clone(), who.clone()).prop_map(|(p, w)| Step::Involve(p, w)),
            (person.clone(), who.clone()).prop_map(|(p, w)| Step::Ask(p, w)),
            (person.clone(), any::<bool>(), who.clone()).prop_map(|(p, e, w)| Step::Shield(p, e, w)),
            (person.clone(), who.clone(), 0_usize..5, 0_usize..4).prop_map(|(p, w, k, c)| Step::Record(p, w, k, c)),
            (person.clone(), who.clone(), person.clone()).prop_map(|(p, w, o)| Step::Relate(p, w, o)),
            (0_usize..12, who.clone()).prop_map(|(f, w)| Step::Share(f, w)),
            (person, who).prop_map(|(p, w)| Step::Team(p, w)),
        ],
        1..40,
    )
}

/// Plays a random history straight into the store, as the system might hold it.
async fn play(w: &TestWorld, steps: &[Step]) -> (Vec<PersonId>, Vec<FactId>) {
    let actors: Vec<access::Actor> = w.actors().cloned().collect();
    let mut ctx = w.ctx("Moira").await;
    let mut persons = Vec::new();
    for name in ["Abel", "Baker", "Carter", "Dyer"] {
        let id: PersonId = ctx.new_id();
        people::store::insert_all(&mut ctx.tx, ctx.area_id, &[id], ctx.clock.now()).await.unwrap();
        put(&mut ctx, &actors[0], NewFact::name(id, "Ann", name)).await;
        persons.push(id);
    }
    let mut facts = Vec::new();
    for step in steps {
        match step {
            Step::Involve(p, a) => {
                let actor = &actors[a % actors.len()];
                put(&mut ctx, actor, NewFact::involvement(persons[*p], Some(actor.id), Class::Ordinary, "")).await;
            }
            Step::Ask(p, a) => ask_in_store(&mut ctx, persons[*p], actors[a % actors.len()].id.0).await,
            Step::Shield(p, existence, a) => {
                shield_in_store(&mut ctx, persons[*p], *existence, actors[a % actors.len()].id.0).await;
            }
            Step::Record(p, a, k, c) => {
                let kinds = [Kind::Need, Kind::Address, Kind::Phone, Kind::Birth, Kind::Narrative];
                let mut fact = NewFact::plain(persons[*p], kinds[*k], "", "07700900123");
                fact.class = Class::ALL[*c];
                if fact.kind == Kind::Address {
                    fact.shape = Shape::Address { lines: "1 Hill".into(), town: "Otley".into(), postcode: "LS21 1AA".into() };
                }
                if fact.kind == Kind::Birth {
                    fact.holds_from = Some("1990-05-12".parse().unwrap());
                }
                facts.push(put(&mut ctx, &actors[a % actors.len()], fact).await);
            }
            Step::Relate(p, a, o) if p != o => {
                let fact = NewFact::relationship(persons[*p], "sibling", persons[*o]);
                facts.push(put(&mut ctx, &actors[a % actors.len()], fact).await);
            }
            Step::Relate(..) => {}
            Step::Share(f, a) => {
                if let Some(fact) = facts.get(*f) {
                    let to = &actors[a % actors.len()];
                    let now = ctx.now();
                    // To all of an agency, to those of it who work with them, or to one; for good, for a while, or until a while ago.
                    let audience = [Audience::Agency, Audience::Workers, Audience::Named(to.id)][(f / 3) % 3];
                    let hour = |by: i64| kernel::Timestamp::from_microsecond(now.as_microsecond() + by * 3_600_000_000).unwrap();
                    let until_at = [None, Some(hour(1)), Some(hour(-1))][f % 3];
                    let grant = Grant { to: to.agency_id, audience, origin: Uuid::from_u128(5), until_at };
                    store::insert_grant(&mut ctx.tx, ctx.area_id, *fact, &grant, now).await.unwrap();
                }
            }
            Step::Team(p, a) => team_in_store(&mut ctx, persons[*p], actors[a % actors.len()].id.0).await,
        }
    }
    ctx.commit().await.unwrap();
    (persons, facts)
}

async fn put(ctx: &mut Ctx, actor: &access::Actor, fact: NewFact) -> FactId {
    let recorded =
        Recorded { id: ctx.new_id(), author_id: Some(actor.id), agency_id: AgencyId(actor.agency_id.0), at: ctx.now() };
    store::insert(&mut ctx.tx, ctx.area_id, &fact, &recorded).await.unwrap();
    recorded.id
}

async fn ask_in_store(ctx: &mut Ctx, person: PersonId, who: Uuid) {
    let values =
        ::store::vals![ctx.area_id, ctx.ids.uuid(&ctx.clock), who, person, ctx.now(), ctx.now().as_microsecond() + 1_000_000];
    let sql = "INSERT INTO asking (area_id, asking_id, practitioner_id, person_id, reason_code, reason, asked_at, until_at) \
               VALUES ($1, $2, $3, $4, 'worried', 'because', $5, $6)";
    ctx.tx.execute(sql, values).await.unwrap();
}

async fn shield_in_store(ctx: &mut Ctx, person: PersonId, existence: bool, named: Uuid) {
    let id = ctx.ids.uuid(&ctx.clock);
    let kind = if existence { "existence" } else { "location" };
    let sql = "INSERT INTO shield (area_id, shield_id, person_id, kind, reason, decided_by, from_at) VALUES ($1, $2, $3, $4, 'x', $5, $6)";
    let values = ::store::vals![ctx.area_id, id, person, kind, named, ctx.now()];
    ctx.tx.execute(sql, values).await.unwrap();
    let sql = "INSERT INTO shield_named (area_id, shield_id, practitioner_id) VALUES ($1, $2, $3)";
    let values = ::store::vals![ctx.area_id, id, named];
    ctx.tx.execute(sql, values).await.unwrap();
}

async fn team_in_store(ctx: &mut Ctx, person: PersonId, who: Uuid) {
    let id = ctx.ids.uuid(&ctx.clock);
    let values = ::store::vals![ctx.area_id, id, who, ctx.now()];
    let sql = "INSERT INTO family (area_id, family_id, name, owner_id, next_step, next_on, created_at, version) \
               VALUES ($1, $2, 'A family', $3, 'visit', '2026-12-01', $4, 1)";
    ctx.tx.execute(sql, values).await.unwrap();
    let sql = "INSERT INTO family_member (area_id, family_id, person_id, part, from_at) VALUES ($1, $2, $3, 'member', $4)";
    let values = ::store::vals![ctx.area_id, id, person, ctx.now()];
    ctx.tx.execute(sql, values).await.unwrap();
    let sql = "INSERT INTO family_team (area_id, family_id, practitioner_id, through_id, part, from_at) VALUES ($1, $2, $3, $5, 'helps', $4)";
    let values = ::store::vals![ctx.area_id, id, who, ctx.now(), person];
    ctx.tx.execute(sql, values).await.unwrap();
}

/// Returns the facts that deciding one by one lets an actor read, and those that the narrowed list shows.
async fn by_rule_and_by_list(ctx: &mut Ctx, persons: &[PersonId]) -> (BTreeSet<FactId>, BTreeSet<FactId>) {
    let sql = "SELECT fact_id FROM fact WHERE area_id = $1 ORDER BY fact_id LIMIT 2000";
    let rows = ctx.tx.query(sql, ::store::vals![ctx.area_id]).await.unwrap();
    let ids: Vec<FactId> = rows.iter().map(|row| row.id("fact_id").unwrap()).collect();
    let mut by_rule = BTreeSet::new();
    for id in ids {
        let fact = store::find(&mut ctx.tx, ctx.area_id, id).await.unwrap().unwrap();
        let resource = actions::resource(ctx, &fact).await.unwrap();
        if ctx.may(Act::ReadFact, &resource).unwrap() {
            by_rule.insert(id);
        }
    }
    let listed = actions::list_of(ctx, persons, None).await.unwrap();
    (by_rule, listed.into_iter().map(|fact| fact.id).collect())
}

#[test]
fn a_narrowed_list_shows_exactly_what_deciding_one_by_one_allows() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner = TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
    runner
        .run(&steps(), |steps| {
            runtime.block_on(on_both_engines(async |w: TestWorld| {
                let (persons, _) = play(&w, &steps).await;
                let names: Vec<String> = w.actors().map(|actor| actor.name.clone()).collect();
                for name in names {
                    let mut ctx = w.ctx(&name).await;
                    let (by_rule, by_list) = by_rule_and_by_list(&mut ctx, &persons).await;
                    assert_eq!(by_rule, by_list, "{name} after {steps:?}");
                }
            }));
            Ok(())
        })
        .unwrap();
}

#[test]
fn what_somebody_may_not_know_changes_nothing_of_what_they_are_answered() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner = TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
    let queries = ["ann", "abel", "ann baker", "LS21 1AA", "12 May 1990", "07700900123", "otley"];
    runner
        .run(&steps(), |steps| {
            runtime.block_on(async {
                let w = testkit::sqlite().await;
                let (persons, _) = play(&w, &steps).await;
                for name in ["Helen", "Grace", "Moira", "Joy", "Ruth", "Kit"] {
                    let with = answers(&w, name, &persons, &queries).await;
                    let mut ctx = w.ctx(name).await;
                    remove_hidden(&mut ctx, &persons).await;
                    let without = answers_in(&mut ctx, &persons, &queries).await;
                    assert_eq!(with, without, "{name} after {steps:?}");
                }
            });
            Ok(())
        })
        .unwrap();
}

async fn answers(w: &TestWorld, name: &str, persons: &[PersonId], queries: &[&str]) -> String {
    let mut ctx = w.ctx(name).await;
    answers_in(&mut ctx, persons, queries).await
}

async fn answers_in(ctx: &mut Ctx, persons: &[PersonId], queries: &[&str]) -> String {
    let mut told = String::new();
    for query in queries {
        match search::find(ctx, &Query::parse(query, today()), "worried").await {
            Ok(result) => {
                told.push_str(&format!("{query}: {} {}\n", result.count, result.too_little));
                for found in result.found {
                    let facts: Vec<String> = found.facts.iter().map(|fact| format!("{} {:?}", fact.id, fact.new)).collect();
                    told.push_str(&format!("  {} {:?} {facts:?}\n", found.id, found.why));
                }
            }
            Err(_) => told.push_str("refused\n"),
        }
    }
    for person in persons {
        let answer = match people::open(ctx, Act::OpenPerson, *person).await {
            Ok(_) => "open".to_owned(),
            Err(access::AccessError::Hidden(_)) => "nothing here".to_owned(),
            Err(e) => e.to_string(),
        };
        told.push_str(&format!("{person}: {answer}\n"));
    }
    told
}

/// Takes what the actor may not know out of the database, as if it had never been there; the transaction is not kept.
async fn remove_hidden(ctx: &mut Ctx, persons: &[PersonId]) {
    let (by_rule, _) = by_rule_and_by_list(ctx, persons).await;
    let sql = "SELECT fact_id FROM fact WHERE area_id = $1 AND kind <> 'involvement' ORDER BY fact_id LIMIT 2000";
    let rows = ctx.tx.query(sql, ::store::vals![ctx.area_id]).await.unwrap();
    let ids: Vec<FactId> = rows.iter().map(|row| row.id("fact_id").unwrap()).collect();
    for id in ids.into_iter().filter(|id| !by_rule.contains(id)) {
        for sql in [
            "DELETE FROM search_word WHERE area_id = $1 AND fact_id = $2",
            "DELETE FROM fact_grant WHERE area_id = $1 AND fact_id = $2",
            "DELETE FROM name_fact WHERE area_id = $1 AND fact_id = $2",
            "DELETE FROM address_fact WHERE area_id = $1 AND fact_id = $2",
            "DELETE FROM relationship_fact WHERE area_id = $1 AND fact_id = $2",
            "DELETE FROM fact WHERE area_id = $1 AND fact_id = $2",
        ] {
            ctx.tx.execute(sql, ::store::vals![ctx.area_id, id]).await.unwrap();
        }
    }
    let narrowing = ctx.narrow(Act::FindPerson, &people::PERSON).unwrap();
    assert!(!FACT.name.is_empty() && !format!("{narrowing:?}").is_empty());
}

#[test]
fn configuration_and_rules_name_every_kind_of_fact() {
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(kinds, kernel::fact_kinds::FACT_KINDS);
}

fn written(policies: &access::Policies, actor: &access::Actor) -> (String, Vec<::store::Val>) {
    let mut values = Vec::new();
    let narrowing = policies.narrow(actor, Act::ReadFact, &FACT).unwrap();
    (narrowing.write(&mut values, "2026-11-02T09:00:00Z".parse().unwrap()), values)
}

#[tokio::test]
async fn a_list_is_narrowed_in_the_same_words_for_all_who_are_the_same_to_the_rules() {
    let w = testkit::sqlite().await;
    let (sunita, grace) = (w.actor("Sunita"), w.actor("Grace"));
    let (of_sunita, hers) = written(&access::Policies::load(&[]).unwrap(), &sunita);
    for _ in 0..5 {
        // What is left of the rules comes in any order; an engine that gets it in another keeps another statement.
        let policies = access::Policies::load(&[]).unwrap();
        let (of_grace, theirs) = written(&policies, &grace);
        assert_eq!(of_grace, of_sunita);
        assert_eq!(written(&policies, &sunita), (of_sunita.clone(), hers.clone()));
        let ids = |actor: &access::Actor| [::store::Val::from(actor.id), ::store::Val::from(actor.agency_id)];
        assert!(ids(&grace).iter().all(|id| theirs.contains(id)) && !ids(&sunita).iter().any(|id| theirs.contains(id)));
    }
}

#[tokio::test]
async fn a_rule_of_the_area_that_names_one_agency_narrows_for_that_agency_alone() {
    let w = testkit::sqlite().await;
    let (sunita, grace) = (w.actor("Sunita"), w.actor("Grace"));
    let rule = format!(
        "@id(\"area.not\") @reason(\"Not yet\") @para(\"3.30\") forbid (principal, action == Action::\"read_fact\", resource) \
         when {{ principal.agency == Agency :: \"{}\" }};",
        grace.agency_id
    );
    let policies = access::Policies::load(&[("area.cedar".to_owned(), rule)]).unwrap();
    let is_nothing = |actor: &access::Actor| policies.narrow(actor, Act::ReadFact, &FACT).unwrap().is_nothing;
    assert!(is_nothing(&grace) && !is_nothing(&sunita));
}

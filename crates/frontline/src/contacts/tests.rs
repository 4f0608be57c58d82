//! Contacts, tried: rules first, then actions on both engines.

use super::actions::{self, ContactError};
use super::rules::{self, ContactId, ContactRule, NewContact, Parent};
use access::{AccessError, Act, Ctx};
use area::Area;
use families::facts::{self, Answer, Kind, NewFact, Standing};
use families::people::{self, PersonId};
use std::path::Path;
use testkit::{TestWorld, on_both_engines};
use uuid::Uuid;

fn area() -> Area {
    Area::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")).unwrap()
}

fn contact(person: PersonId) -> NewContact {
    NewContact {
        person,
        channel: "visit".to_owned(),
        happened_on: "2026-11-02".parse().unwrap(),
        narrative: "Three months behind with the rent. Warm with the children.".to_owned(),
        standing: Standing::Seen,
        told_by: String::new(),
        terms: vec!["rent_arrears".to_owned(), "warm_home".to_owned()],
        parent: Parent::Yes,
        outcome: String::new(),
    }
}

async fn mine(ctx: &mut Ctx) -> Result<Vec<rules::Contact>, AccessError> {
    let me = ctx.actor.id;
    actions::owned_by(ctx, &[me]).await
}

/// Rule [2.5]
#[test]
fn a_contact_leaves_the_story_what_was_noticed_and_whether_they_are_a_parent() {
    let person = PersonId(Uuid::from_u128(1));
    let of = |parent| rules::facts_of(&NewContact { parent, ..contact(person) }, ContactId(Uuid::from_u128(2)), &area());
    let kinds: Vec<Kind> = of(Parent::Yes).iter().map(|fact| fact.kind).collect();
    assert_eq!(kinds, [Kind::Narrative, Kind::Need, Kind::Strength, Kind::Circumstance]);
    assert_eq!(of(Parent::No)[3].answer, Answer::None);
    assert_eq!(of(Parent::Refused)[3].answer, Answer::Refused);
    assert_eq!(of(Parent::NotAsked).len(), 3, "what was not asked is not answered");
}

/// Rule [2.3]
#[test]
fn a_contact_needs_little_and_what_it_has_must_be_of_the_areas_words() {
    let today = "2026-11-02".parse().unwrap();
    let person = PersonId(Uuid::from_u128(1));
    let bare = NewContact { terms: Vec::new(), parent: Parent::NotAsked, ..contact(person) };
    assert_eq!(rules::check(&bare, &area(), today), Ok(()));
    let strange = NewContact { terms: vec!["made up".to_owned()], ..contact(person) };
    assert_eq!(rules::check(&strange, &area(), today), Err(ContactRule::NoSuchChoice));
    let ahead = NewContact { happened_on: "2026-11-03".parse().unwrap(), ..contact(person) };
    assert_eq!(rules::check(&ahead, &area(), today), Err(ContactRule::Future));
}

/// Rule [3.27]
#[test]
fn advice_ends_the_work_and_support_goes_on() {
    assert!(!rules::continues(&area(), "advice"));
    assert!(rules::continues(&area(), "we_support"));
    assert!(!rules::continues(&area(), "no such outcome"));
}

/// Rule [3.40]
#[test]
fn a_contact_of_a_friday_has_its_outcome_by_tuesday() {
    let area = area();
    let by = rules::outcome_by("2026-11-06".parse().unwrap(), &area.clocks, &area.holidays);
    assert_eq!(by.to_string(), "2026-11-10");
}

async fn somebody(ctx: &mut Ctx) -> PersonId {
    let person = people::create(ctx).await.unwrap();
    let (_, permit) = people::open(ctx, Act::RecordContact, person).await.unwrap();
    facts::record(ctx, &permit, NewFact::name(person, "Amy", "Barlow")).await.unwrap();
    person
}

#[tokio::test]
async fn a_contact_is_its_authors_until_it_has_an_outcome() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let person = somebody(&mut ctx).await;
        let id = actions::record(&mut ctx, &w.area, contact(person)).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        assert_eq!(mine(&mut ctx).await.unwrap().iter().map(|c| c.id).collect::<Vec<_>>(), [id]);
        assert_eq!(actions::load(&mut ctx, id).await.unwrap().facts.len(), 5, "the four facts, and that she works with her");
        actions::decide(&mut ctx, &w.area, id, ("advice", "")).await.unwrap();
        assert!(mine(&mut ctx).await.unwrap().is_empty());
        let again = actions::decide(&mut ctx, &w.area, id, ("advice", "")).await;
        assert!(matches!(again, Err(ContactError::Rule(ContactRule::Decided))));
    })
    .await;
}

#[tokio::test]
async fn what_a_contact_opened_ends_with_it_unless_the_work_goes_on() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let person = somebody(&mut ctx).await;
        let id = actions::record(&mut ctx, &w.area, contact(person)).await.unwrap();
        assert!(people::open(&mut ctx, Act::OpenPerson, person).await.is_ok());
        actions::decide(&mut ctx, &w.area, id, ("advice", "")).await.unwrap();
        assert!(people::open(&mut ctx, Act::OpenPerson, person).await.is_err(), "a reason is asked for again");
        assert!(actions::load(&mut ctx, id).await.is_ok(), "what she recorded stays hers to read");
        let id = actions::record(&mut ctx, &w.area, contact(person)).await.unwrap();
        actions::decide(&mut ctx, &w.area, id, ("we_support", "")).await.unwrap();
        assert!(people::open(&mut ctx, Act::OpenPerson, person).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_contact_is_not_there_for_another_agency() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let person = somebody(&mut ctx).await;
        let id = actions::record(&mut ctx, &w.area, contact(person)).await.unwrap();
        ctx.commit().await.unwrap();
        for stranger in ["Grace", "Dan", "Joy", "Ruth", "Sam"] {
            let mut ctx = w.ctx(stranger).await;
            assert!(matches!(actions::load(&mut ctx, id).await, Err(AccessError::Hidden(_))), "{stranger}");
            assert!(actions::of_people(&mut ctx, &[person], 10).await.unwrap().is_empty(), "{stranger}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_database_refuses_a_contact_without_an_owner_or_an_outcome() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let person = somebody(&mut ctx).await;
        actions::record(&mut ctx, &w.area, contact(person)).await.unwrap();
        ctx.commit().await.unwrap();
        for column in ["owner_id", "next_on"] {
            let mut tx = w.world.db.begin().await.unwrap();
            let sql = format!("UPDATE contact SET {column} = NULL WHERE area_id = $1");
            assert!(tx.execute(&sql, ::store::vals![w.world.area_id]).await.is_err(), "{column}");
        }
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn that_a_sensitive_service_had_a_contact_is_known_to_whoever_works_with_the_person_there_and_nobody_else() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Lena").await;
        let person = people::create(&mut ctx).await.unwrap();
        let id = actions::record(&mut ctx, &w.area, contact(person)).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Lena").await;
        assert!(actions::load(&mut ctx, id).await.is_ok());
        assert_eq!(actions::of_people(&mut ctx, &[person], 10).await.unwrap().len(), 1);
        drop(ctx);
        for name in ["Moira", "Sunita", "Joy"] {
            let mut ctx = w.ctx(name).await;
            assert!(matches!(actions::load(&mut ctx, id).await, Err(AccessError::Hidden(_))), "{name}");
            assert!(actions::of_people(&mut ctx, &[person], 10).await.unwrap().is_empty(), "{name}");
        }
    })
    .await;
}

/// Rule [3.40]
#[tokio::test]
async fn what_is_passed_to_the_safeguarding_lead_is_theirs_to_end_with_a_day() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let person = people::create(&mut ctx).await.unwrap();
        let passed = NewContact { outcome: "safeguarding".to_owned(), ..contact(person) };
        let id = actions::record(&mut ctx, &w.area, passed).await.unwrap();
        assert!(mine(&mut ctx).await.unwrap().is_empty());
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        let owned = mine(&mut ctx).await.unwrap();
        assert_eq!((owned[0].id, owned[0].handed_by.as_str()), (id, "Helen Marsh"));
        assert!(owned[0].next_on.is_some() && owned[0].outcome.is_none());
        actions::decide(&mut ctx, &w.area, id, ("safeguarding", "")).await.unwrap();
        assert!(mine(&mut ctx).await.unwrap().is_empty(), "and whom it is passed to brings it to its end");
        ctx.commit().await.unwrap();
    })
    .await;
}

/// Rule [3.40]
#[tokio::test]
async fn a_shield_leaves_no_contact_with_somebody_who_can_no_longer_see_it() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let person = people::create(&mut ctx).await.unwrap();
        let id = actions::record(&mut ctx, &w.area, contact(person)).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        let named = [ctx.actor.id];
        people::shield(&mut ctx, person, people::ShieldKind::Existence, "Placed", &named).await.unwrap();
        actions::take_over(&mut ctx, person).await.unwrap();
        assert_eq!(mine(&mut ctx).await.unwrap()[0].id, id);
        ctx.commit().await.unwrap();
    })
    .await;
}

/// Rule [3.40]
#[tokio::test]
async fn a_manager_sees_that_a_contact_opened_somebody_whom_the_team_did_not_work_with() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Sunita").await;
        let person = people::create(&mut ctx).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        actions::record(&mut ctx, &w.area, contact(person)).await.unwrap();
        actions::record(&mut ctx, &w.area, contact(person)).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Tariq").await;
        let asked = people::asked_by_team(&mut ctx).await.unwrap();
        assert_eq!(asked.len(), 1, "the first opened them, the second found them open");
        assert_eq!(asked[0].reason_code, "contact");
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn a_shield_of_place_hides_which_school_recorded_a_contact_from_a_lead_who_is_not_named() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Ben").await;
        let child = people::create(&mut ctx).await.unwrap();
        let id = actions::record(&mut ctx, &w.area, contact(child)).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        assert!(actions::load(&mut ctx, id).await.is_ok());
        let named = [w.actor("Sunita").id];
        people::shield(&mut ctx, child, people::ShieldKind::Location, "He is looking", &named).await.unwrap();
        assert!(matches!(actions::load(&mut ctx, id).await, Err(AccessError::Hidden(_))));
        assert!(actions::of_people(&mut ctx, &[child], 10).await.unwrap().is_empty());
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Ben").await;
        assert!(actions::load(&mut ctx, id).await.is_ok(), "who recorded it knows where it was");
    })
    .await;
}

/// Rule [3.40]
#[tokio::test]
async fn a_contact_is_given_to_a_colleague_who_may_end_it_keeps_its_day_and_is_never_nobodys() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let person = people::create(&mut ctx).await.unwrap();
        let id = actions::record(&mut ctx, &w.area, contact(person)).await.unwrap();
        ctx.commit().await.unwrap();
        let give = async |who: &str, to: &str| {
            let mut ctx = w.ctx(who).await;
            actions::give(&mut ctx, &w.area, id, (w.actor(to).id, "She asked for a man")).await?;
            ctx.commit().await.unwrap();
            Ok::<(), ContactError>(())
        };
        assert!(matches!(give("Helen", "Ben").await, Err(ContactError::NotGiven)), "of another agency");
        assert!(matches!(give("Ben", "Helen").await, Err(ContactError::Access(_))), "it is not his to give");
        let mut ctx = w.ctx("Helen").await;
        let before = mine(&mut ctx).await.unwrap().remove(0);
        drop(ctx);
        give("Helen", "Tariq").await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        assert!(mine(&mut ctx).await.unwrap().is_empty());
        drop(ctx);
        let mut ctx = w.ctx("Tariq").await;
        let after = mine(&mut ctx).await.unwrap().remove(0);
        assert_eq!((after.next_on, after.handed_by.as_str()), (before.next_on, "Helen Marsh"));
        assert_eq!(after.handed_words, "She asked for a man");
        drop(ctx);
        assert!(matches!(give("Helen", "Tariq").await, Err(ContactError::NotGiven)), "what she gave on is not hers to give");
        give("Tariq", "Helen").await.unwrap();
        let mut ctx = w.ctx("Helen").await;
        let back = mine(&mut ctx).await.unwrap().remove(0);
        assert_eq!(back.handed_words, "She asked for a man\nShe asked for a man", "what was said before goes along");
    })
    .await;
}

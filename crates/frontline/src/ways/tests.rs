//! How somebody is worked with, tried: rules first, then actions on both engines.

use super::actions::{self, WayError};
use super::way::{self, Approach, Balance, Says, WayId, WayRule};
use access::{AccessError, Act};
use area::Area;
use families::facts::{self, NewFact};
use families::family::{self, FamilyId};
use families::people::{self, PersonId, ShieldKind};
use testkit::{TestWorld, on_both_engines};

fn approach(trusted: &str) -> Says {
    Says::Approach(Approach { trusted: trusted.to_owned(), ..Approach::default() })
}

fn balance(mix: &str, expected: &str) -> Says {
    let support = "Somebody rings every Monday".to_owned();
    Says::Balance(Balance { mix: mix.to_owned(), support, expected: expected.to_owned(), ..Balance::default() })
}

/// Rule [3.7]
#[test]
fn what_is_expected_of_somebody_stands_beside_what_they_can_count_on() {
    let area = Area::load(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")).unwrap();
    let check = |says| way::check(says, &area).map(|_| ()).map_err(|rule| rule.field());
    assert_eq!(check(balance("even", "School by nine")), Ok(()));
    assert_eq!(check(balance("", "School by nine")), Err("mix"));
    assert_eq!(check(balance("all of it", "School by nine")), Err("mix"));
    assert_eq!(check(balance("even", " ")), Err("expected"));
    let no_support = Says::Balance(Balance { mix: "even".to_owned(), expected: "School".to_owned(), ..Balance::default() });
    assert_eq!(check(no_support), Err("support"), "challenge alone is none");
}

/// Rule [3.16]
#[test]
fn an_approach_says_something_in_a_language_of_the_area() {
    let area = Area::load(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")).unwrap();
    assert_eq!(way::check(approach(" "), &area), Err(WayRule::Nothing));
    let in_language =
        |language: &str| Approach { language: language.to_owned(), trusted: "Rose".to_owned(), ..Approach::default() };
    assert_eq!(way::check(Says::Approach(in_language("xx")), &area), Err(WayRule::NoSuchChoice("language")));
    assert_eq!(way::in_a_line(&in_language("pl"), &area), "trusts Rose; in Polish");
}

/// Amy, whose family Sunita leads for and Helen works with.
async fn amy(w: &TestWorld) -> (PersonId, FamilyId) {
    let mut ctx = w.ctx("Sunita").await;
    let amy = people::create(&mut ctx).await.unwrap();
    let (_, permit) = people::open(&mut ctx, Act::RecordContact, amy).await.unwrap();
    facts::record(&mut ctx, &permit, NewFact::name(amy, "Amy", "Barlow")).await.unwrap();
    facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
    let next = ("Visit", "2026-11-09".parse().unwrap());
    let family = family::create(&mut ctx, "The Barlow family", amy, next).await.unwrap();
    ctx.commit().await.unwrap();
    let mut ctx = w.ctx("Helen").await;
    let (_, permit) = people::open(&mut ctx, Act::RecordContact, amy).await.unwrap();
    facts::works_with(&mut ctx, &permit, "tenancy", None).await.unwrap();
    ctx.commit().await.unwrap();
    (amy, family)
}

async fn agree(
    w: &TestWorld,
    who: &str,
    of: (PersonId, FamilyId),
    last: Option<WayId>,
    says: (Says, bool),
) -> Result<WayId, WayError> {
    let mut ctx = w.ctx(who).await;
    let id = actions::agree(&mut ctx, &w.area, of, (of.0, last), says).await?;
    ctx.commit().await.unwrap();
    Ok(id)
}

async fn read(w: &TestWorld, who: &str, of: (PersonId, FamilyId)) -> Vec<WayId> {
    let mut ctx = w.ctx(who).await;
    let Ok(opened) = actions::load(&mut ctx, of).await else { return Vec::new() };
    opened.ways.iter().map(|one| one.id).collect()
}

/// Rule [3.16]
#[tokio::test]
async fn the_latest_holds_for_whoever_reads_it_and_what_an_agency_keeps_is_nobody_elses() {
    on_both_engines(async |w: TestWorld| {
        let of = amy(&w).await;
        let first = agree(&w, "Sunita", of, None, (approach("Her mother"), false)).await.unwrap();
        let agreed = agree(&w, "Helen", of, None, (balance("even", "School by nine"), false)).await.unwrap();
        let kept = agree(&w, "Sunita", of, Some(first), (approach("Nobody of the council"), true)).await.unwrap();
        assert_eq!(read(&w, "Sunita", of).await, [kept, agreed, first]);
        assert_eq!(read(&w, "Helen", of).await, [agreed, first]);
        let mut ctx = w.ctx("Helen").await;
        let met = actions::meet(&mut ctx, of.0).await.unwrap().unwrap();
        assert_eq!(met.trusted, "Her mother", "what one may not read does not take its place");
        drop(ctx);
        assert_eq!(read(&w, "Ben", of).await, []);
        let tried = agree(&w, "Ben", of, None, (approach("Me"), false)).await;
        assert!(matches!(tried, Err(WayError::Access(_))), "{tried:?}");
    })
    .await;
}

/// Two who write at the same time see each other.
#[tokio::test]
async fn whoever_wrote_without_reading_the_latest_reads_it_first() {
    on_both_engines(async |w: TestWorld| {
        let of = amy(&w).await;
        let first = agree(&w, "Sunita", of, None, (approach("Her mother"), false)).await.unwrap();
        for last in [None, Some(WayId(uuid::Uuid::nil()))] {
            let tried = agree(&w, "Helen", of, last, (approach("Her brother"), false)).await;
            assert!(matches!(tried, Err(WayError::Changed)), "{tried:?}");
        }
        agree(&w, "Helen", of, Some(first), (approach("Her brother"), false)).await.unwrap();
        let mut ctx = w.ctx("Sunita").await;
        let stranger = people::create(&mut ctx).await.unwrap();
        let tried = actions::agree(&mut ctx, &w.area, of, (stranger, None), (approach("Me"), false)).await;
        assert!(matches!(tried, Err(WayError::NotOfFamily)));
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn how_somebody_shielded_is_met_is_there_for_whoever_is_named_and_nobody_else() {
    on_both_engines(async |w: TestWorld| {
        let of = amy(&w).await;
        let id = agree(&w, "Sunita", of, None, (approach("Her mother"), false)).await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        people::shield(&mut ctx, of.0, ShieldKind::Existence, "Somebody looks for her", &[w.actor("Moira").id]).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Sunita").await;
        assert!(actions::of_people(&mut ctx, &[of.0]).await.unwrap().is_empty());
        assert!(matches!(actions::load(&mut ctx, of).await, Err(AccessError::Hidden(_))));
        drop(ctx);
        assert_eq!(read(&w, "Moira", of).await, [id]);
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn what_was_shown_to_few_is_offered_as_shown_to_few_when_it_is_changed() {
    on_both_engines(async |w: TestWorld| {
        let of = amy(&w).await;
        let kept = agree(&w, "Sunita", of, None, (approach("Nobody of the council"), true)).await.unwrap();
        let mut ctx = w.ctx("Sunita").await;
        let opened = actions::load(&mut ctx, of).await.unwrap();
        assert!(super::pages::is_private(opened.ways.iter().find(|one| one.id == kept)));
        assert!(!super::pages::is_private(None));
        assert!(actions::meet(&mut ctx, of.0).await.unwrap().is_none(), "nor is it written beside a visit");
    })
    .await;
}

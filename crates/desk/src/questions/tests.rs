//! Questions, tried: what is answered, and what an answer never tells.

use super::{try_rules, visible, who};
use access::{AccessError, Act, Ctx};
use families::facts::{self, Class, Fact, Kind, NewFact};
use families::people::{self, PersonId, ShieldKind};
use testkit::{TestWorld, on_both_engines, sqlite};

async fn known_to(w: &TestWorld, name: &str, person: Option<PersonId>) -> PersonId {
    let mut ctx = w.ctx(name).await;
    let person = match person {
        Some(person) => person,
        None => people::create(&mut ctx).await.unwrap(),
    };
    let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
    facts::record(&mut ctx, &permit, NewFact::name(person, "Amy", "Barlow")).await.unwrap();
    facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
    ctx.commit().await.unwrap();
    person
}

async fn need(w: &TestWorld, name: &str, person: PersonId, class: Class) -> Fact {
    let mut ctx = w.ctx(name).await;
    let (_, permit) = people::open(&mut ctx, Act::RecordFact, person).await.unwrap();
    let fact = NewFact { class, ..NewFact::plain(person, Kind::Need, "rent_arrears", "") };
    let id = facts::record(&mut ctx, &permit, fact).await.unwrap();
    let fact = facts::load(&mut ctx, id).await.unwrap();
    ctx.commit().await.unwrap();
    fact
}

async fn readers(w: &TestWorld, name: &str, fact: &Fact) -> Vec<String> {
    let mut ctx = w.ctx(name).await;
    let resource = facts::resource(&mut ctx, fact).await.unwrap();
    let of = (fact.new.person, Some(fact.agency_id));
    who::else_can(&mut ctx, Act::ReadFact, &resource, of).await.unwrap().into_iter().map(|one| one.who).collect()
}

/// Rule [3.27]
#[tokio::test]
async fn who_else_can_is_told_by_the_rules_and_names_nobody_whose_work_is_kept_from_the_asker() {
    on_both_engines(async |w: TestWorld| {
        let amy = known_to(&w, "Helen", None).await;
        known_to(&w, "Sunita", Some(amy)).await;
        // Lantern is a sensitive service: that Lena works with her is told to nobody.
        known_to(&w, "Lena", Some(amy)).await;
        let ordinary = need(&w, "Helen", amy, Class::Ordinary).await;
        let told = readers(&w, "Helen", &ordinary).await;
        assert!(told.iter().any(|who| who.starts_with("Sunita Rao")), "{told:?}");
        assert!(told.iter().any(|who| who.contains("safeguarding lead")), "{told:?}");
        assert!(told.iter().any(|who| who.contains("Everybody of Hillside Homes")), "{told:?}");
        for asker in ["Helen", "Sunita"] {
            let told = readers(&w, asker, &ordinary).await.join("; ");
            assert!(!told.contains("Lena") && !told.contains("Lantern"), "{asker}: {told}");
        }
        let confidential = need(&w, "Helen", amy, Class::Confidential).await;
        let told = readers(&w, "Helen", &confidential).await;
        assert!(!told.iter().any(|who| who.starts_with("Sunita")), "she works with her, and this is confidential: {told:?}");
    })
    .await;
}

/// Rule [3.27]
#[tokio::test]
async fn what_is_visible_to_an_agency_is_counted_with_its_rules_and_says_nothing_of_what_it_is() {
    on_both_engines(async |w: TestWorld| {
        let amy = known_to(&w, "Helen", None).await;
        known_to(&w, "Sunita", Some(amy)).await;
        need(&w, "Helen", amy, Class::Confidential).await;
        need(&w, "Helen", amy, Class::Ordinary).await;
        let mut ctx = Ctx::read(&w.world, w.actor("Ruth")).await.unwrap();
        let seen = visible::to_agency(&mut ctx, &w.world, amy, w.actor("Sunita").agency_id).await.unwrap();
        let sunita = seen.iter().find(|reader| reader.who.starts_with("Sunita")).unwrap();
        let line = |what: &str| sunita.lines.iter().find(|line| line.what.starts_with(what)).unwrap();
        assert_eq!((line("need, ordinary").readable, line("need, ordinary").count), (1, 1));
        assert_eq!(line("need, ordinary").rules[0].id, "facts.works-with");
        assert_eq!((line("need, confidential").readable, line("need, confidential").count), (0, 1));
        assert!(!sunita.opens.is_empty());
        for name in ["Helen", "Tariq", "Moira", "Nadia", "Sam"] {
            let mut ctx = Ctx::read(&w.world, w.actor(name)).await.unwrap();
            let asked = visible::to_agency(&mut ctx, &w.world, amy, w.actor("Sunita").agency_id).await;
            assert!(matches!(asked, Err(AccessError::Hidden(_) | AccessError::Refused(_))), "{name}");
        }
        let mut ctx = w.ctx("Moira").await;
        families::family::shield(&mut ctx, amy, ShieldKind::Existence, "He is looking for her", &[]).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = Ctx::read(&w.world, w.actor("Ruth")).await.unwrap();
        let asked = visible::to_agency(&mut ctx, &w.world, amy, w.actor("Sunita").agency_id).await;
        assert!(matches!(asked, Err(AccessError::Hidden(_))), "who must not be known of is not there");
    })
    .await;
}

/// Rule [3.27]
#[tokio::test]
async fn a_change_of_the_rules_tells_what_it_opens_and_brings_nothing_into_force() {
    let w = sqlite().await;
    let added = r#"@id("ours.managers-search") @reason("Ours") @para("3.40")
        permit (principal, action == Action::"see_jobs", resource) when { principal.roles.contains("team_manager") };"#;
    let tried = try_rules::change(&w.area, &w.world.policies, (added, &[])).unwrap();
    assert_eq!(tried.acts, [Act::SeeJobs]);
    assert_eq!(tried.changes.len(), 1);
    assert!(tried.changes[0].is_opened && tried.changes[0].role == access::Role::TeamManager);
    assert_eq!(try_rules::things(&tried.changes[0]), (vec!["the area".to_owned()], 0));
    let ctx = Ctx::read(&w.world, w.actor("Tariq")).await.unwrap();
    assert!(!ctx.may(Act::SeeJobs, &access::Resource::area()).unwrap());
    let wrong = try_rules::change(&w.area, &w.world.policies, ("permit (principal, action, nonsense);", &[]));
    assert!(wrong.unwrap_err().to_string().starts_with("new rules"));
}

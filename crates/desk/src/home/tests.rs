//! Home, tried.

use super::tasks;
use access::Act;
use families::facts::{self, NewFact, Standing};
use families::family::{self, FamilyId};
use families::people::{self, PersonId, ShieldKind};
use frontline::contacts::{self, NewContact, Parent};
use frontline::leads::{self, NewHandover};
use store::vals;
use testkit::{TestWorld, on_both_engines};
use uuid::Uuid;

/// Helen records a contact, which is hers to bring to an outcome.
async fn contact(w: &TestWorld) -> contacts::ContactId {
    let mut ctx = w.ctx("Helen").await;
    let new = NewContact {
        person: people::create(&mut ctx).await.unwrap(),
        channel: "visit".to_owned(),
        happened_on: ctx.clock.today(),
        narrative: "Behind with the rent.".to_owned(),
        standing: Standing::Seen,
        told_by: String::new(),
        terms: Vec::new(),
        parent: Parent::NotAsked,
        outcome: String::new(),
    };
    let id = contacts::record(&mut ctx, &w.area, new).await.unwrap();
    ctx.commit().await.unwrap();
    id
}

/// Amy, whose family Helen leads for.
async fn barlows(w: &TestWorld) -> (PersonId, FamilyId) {
    let mut ctx = w.ctx("Helen").await;
    let person = people::create(&mut ctx).await.unwrap();
    let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
    facts::record(&mut ctx, &permit, NewFact::name(person, "Amy", "Barlow")).await.unwrap();
    facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
    let next = ("Ring the school", "2026-11-09".parse().unwrap());
    let family = family::create(&mut ctx, "The Barlow family", person, next).await.unwrap();
    ctx.commit().await.unwrap();
    (person, family)
}

/// Rule [3.40]
#[tokio::test]
async fn a_manager_sees_what_their_own_team_owes_and_what_is_late_and_no_other_teams() {
    on_both_engines(async |w: TestWorld| {
        let id = contact(&w).await;
        let mut ctx = w.ctx("Helen").await;
        let person = contacts::actions::load(&mut ctx, id).await.unwrap().contact.person;
        drop(ctx);
        w.world.clock.advance_seconds(30 * 24 * 3600);
        let shown = async |name: &str| {
            let mut ctx = w.ctx(name).await;
            serde_json::to_value(tasks::of_home(&mut ctx, &w.area, (true, true)).await.unwrap().team).unwrap()
        };
        let team = shown("Tariq").await;
        assert_eq!((team[0]["who"].as_str(), team[0]["late"].as_u64()), (Some("Helen Marsh"), Some(1)));
        assert_eq!(team[0]["tasks"][0]["late"], true);
        let others = shown("Owen").await;
        assert!(others.as_array().unwrap().iter().all(|work| work["tasks"].as_array().unwrap().is_empty()), "{others}");
        let mut ctx = w.ctx("Tariq").await;
        assert!(people::open(&mut ctx, Act::OpenPerson, person).await.is_ok());
    })
    .await;
}

/// Rule [3.40]
#[tokio::test]
async fn whoever_leads_sees_their_families_at_a_glance_and_whoever_manages_them_for_how_many_they_lead() {
    on_both_engines(async |w: TestWorld| {
        let (person, _) = barlows(&w).await;
        w.world.clock.advance_seconds(30 * 24 * 3600);
        let mut ctx = w.ctx("Helen").await;
        let mine = tasks::of_home(&mut ctx, &w.area, (true, false)).await.unwrap().families;
        let mine = serde_json::to_value(mine).unwrap();
        assert_eq!(mine.as_array().unwrap().len(), 1);
        assert_eq!((mine[0]["name"].as_str(), mine[0]["next"].as_str()), (Some("The Barlow family"), Some("Ring the school")));
        assert_eq!((mine[0]["late"].as_bool(), mine[0]["next_by"].as_str()), (Some(true), Some("9 November 2026")));
        drop(ctx);
        let mut ctx = w.ctx("Tariq").await;
        let work = tasks::of_home(&mut ctx, &w.area, (true, true)).await.unwrap();
        let team = serde_json::to_value(work.team).unwrap();
        assert_eq!(team[0]["leads"], "Leads for 1 family (1 without a level)");
        assert!(work.families.is_empty(), "he leads for none");
        // Whoever is hidden from the manager is not counted for them either.
        drop(ctx);
        let mut ctx = w.ctx("Moira").await;
        let named = [w.actor("Helen").id];
        people::shield(&mut ctx, person, ShieldKind::Existence, "They are in danger", &named).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Tariq").await;
        let team = serde_json::to_value(tasks::of_home(&mut ctx, &w.area, (true, true)).await.unwrap().team).unwrap();
        assert_eq!(team[0]["leads"], "Leads for no family");
    })
    .await;
}

/// Rule [3.40]
#[tokio::test]
async fn whoever_offered_a_lead_or_asked_another_agency_sees_that_they_wait() {
    on_both_engines(async |w: TestWorld| {
        let of = barlows(&w).await;
        let mut ctx = w.ctx("Helen").await;
        let new = NewHandover { to: w.actor("Tariq").id, words: "Ring first".to_owned(), over_words: String::new() };
        leads::offer(&mut ctx, &w.area, of, new).await.unwrap();
        ctx.commit().await.unwrap();
        let waits = async |name: &str| {
            let mut ctx = w.ctx(name).await;
            serde_json::to_value(tasks::of_home(&mut ctx, &w.area, (true, false)).await.unwrap().waiting).unwrap()
        };
        assert_eq!(waits("Helen").await[0]["words"], "Tariq Aziz has not answered yet: the lead for The Barlow family");
        assert_eq!(waits("Tariq").await.as_array().unwrap().len(), 0, "it is his to do");
        let mut ctx = w.ctx("Tariq").await;
        let offered = leads::offered_to(&mut ctx, &[w.actor("Tariq").id]).await.unwrap().remove(0);
        leads::answer(&mut ctx, &w.area, (offered.id, offered.version), (true, "")).await.unwrap();
        ctx.commit().await.unwrap();
        assert_eq!(waits("Helen").await.as_array().unwrap().len(), 0);
    })
    .await;
}

/// Rule [3.40]
#[tokio::test]
async fn of_a_team_larger_than_is_asked_for_at_once_nobodys_work_is_missing_or_somebody_elses() {
    on_both_engines(async |w: TestWorld| {
        let helens = contact(&w).await;
        let (area, helen) = (w.world.area_id, w.actor("Helen").id);
        let mut tx = w.world.db.begin().await.unwrap();
        for at in 1..=20_u128 {
            let (who, email) = (Uuid::from_u128(at), format!("w{at}@example.org"));
            let worker = "INSERT INTO practitioner (area_id, practitioner_id, agency_id, name, job, email, telephone, version) \
                          SELECT area_id, $3, agency_id, $4, job, $5, '', 1 FROM practitioner WHERE area_id = $1 AND practitioner_id = $2";
            tx.execute(worker, vals![area, helen, who, &format!("Worker {at}"), &email]).await.unwrap();
            let member = "INSERT INTO team_member (area_id, team_id, practitioner_id, part) SELECT area_id, team_id, $3, 'member' FROM team_member \
                          WHERE area_id = $1 AND practitioner_id = $2 AND part = 'member'";
            tx.execute(member, vals![area, helen, who]).await.unwrap();
            let copy = "INSERT INTO contact (area_id, contact_id, person_id, author_id, agency_id, class, channel, happened_on, recorded_at, \
                        outcome_words, owner_id, next_on, version) SELECT area_id, $3, person_id, author_id, agency_id, class, channel, happened_on, \
                        recorded_at, '', $3, next_on, 1 FROM contact WHERE area_id = $1 AND contact_id = $2";
            tx.execute(copy, vals![area, helens, who]).await.unwrap();
        }
        tx.commit(&w.world.ids).await.unwrap();
        let mut ctx = w.ctx("Tariq").await;
        let home = tasks::of_home(&mut ctx, &w.area, (true, true)).await.unwrap();
        let team = serde_json::to_value(home.team).unwrap();
        let team = team.as_array().unwrap();
        assert!(team.len() > 20);
        for work in team {
            let links: Vec<&str> = work["tasks"].as_array().unwrap().iter().filter_map(|task| task["link"].as_str()).collect();
            let theirs = links.iter().filter(|link| link.starts_with("/contacts/")).count();
            assert_eq!(theirs, 1, "{}: {links:?}", work["who"]);
        }
    })
    .await;
}

/// Rule [3.40]
#[tokio::test]
async fn home_shows_the_first_of_what_a_team_member_has_to_do_and_a_page_shows_whoever_manages_all_of_it_and_nobody_else() {
    on_both_engines(async |w: TestWorld| {
        for _ in 0..7 {
            contact(&w).await;
        }
        let helen = w.actor("Helen").id;
        let mut ctx = w.ctx("Tariq").await;
        let home = tasks::of_home(&mut ctx, &w.area, (true, true)).await.unwrap();
        let team = serde_json::to_value(home.team).unwrap();
        let hers = team.as_array().unwrap().iter().find(|work| work["who"] == "Helen Marsh").unwrap();
        let all = format!("/work/{helen}");
        assert_eq!((hers["count"].as_u64(), hers["all"].as_str()), (Some(7), Some(all.as_str())));
        assert_eq!(hers["tasks"].as_array().unwrap().len(), 5);
        let (_, tasks) = tasks::of_one(&mut ctx, &w.area, (helen, (true, true))).await.unwrap().unwrap();
        assert_eq!(tasks.len(), 7);
        drop(ctx);
        for name in ["Owen", "Helen", "Grace", "Moira"] {
            let mut ctx = w.ctx(name).await;
            let found = tasks::of_one(&mut ctx, &w.area, (helen, (true, name != "Helen" && name != "Grace"))).await.unwrap();
            assert!(found.is_none(), "{name} does not manage Helen");
        }
    })
    .await;
}

/// Rule [3.40]
#[tokio::test]
async fn what_a_team_has_not_come_to_for_a_week_is_stuck_before_its_managers_eyes_with_who_has_it() {
    on_both_engines(async |w: TestWorld| {
        contact(&w).await;
        let stuck = async |who: &str| {
            let mut ctx = w.ctx(who).await;
            serde_json::to_value(tasks::of_home(&mut ctx, &w.area, (true, who == "Tariq")).await.unwrap().stuck).unwrap()
        };
        w.world.clock.advance_seconds(8 * 86_400);
        assert_eq!(stuck("Tariq").await, serde_json::json!([]), "it is late, and not for long");
        w.world.clock.advance_seconds(6 * 86_400);
        let late = stuck("Tariq").await;
        assert!(late[0]["due"].as_str().unwrap().ends_with("Helen Marsh has it"), "{late}");
        assert_eq!(stuck("Helen").await, serde_json::json!([]), "she manages nobody");
    })
    .await;
}

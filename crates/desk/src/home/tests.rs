//! Home, tried.

use super::tasks;
use access::Act;
use families::facts::Standing;
use families::people;
use frontline::contacts::{self, NewContact, Parent};
use testkit::{TestWorld, on_both_engines};

/// Rule [3.40]
#[tokio::test]
async fn a_manager_sees_what_their_own_team_owes_and_what_is_late_and_no_other_teams() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Helen").await;
        let person = people::create(&mut ctx).await.unwrap();
        let new = NewContact {
            person,
            channel: "visit".to_owned(),
            happened_on: ctx.clock.today(),
            narrative: "Behind with the rent.".to_owned(),
            standing: Standing::Seen,
            told_by: String::new(),
            terms: Vec::new(),
            parent: Parent::NotAsked,
            outcome: String::new(),
        };
        contacts::record(&mut ctx, &w.area, new).await.unwrap();
        ctx.commit().await.unwrap();
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

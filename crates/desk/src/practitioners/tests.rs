//! Practitioners, tried over HTTP lie with the server's tests; here, what the store keeps.

use access::people::{self, Credential};
use access::{Act, Resource};
use testkit::{TestWorld, on_both_engines};

#[tokio::test]
async fn somebody_is_found_by_part_of_a_name_an_email_or_an_agency_and_wildcards_are_letters() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Ravi").await;
        ctx.permit(Act::ManagePractitioners, &Resource::area()).unwrap();
        for (typed, found) in
            [("helen", true), ("MARSH", true), ("helen.marsh@", true), ("hillside", true), ("grace", false), ("h%n", false)]
        {
            let accounts = people::find_practitioners(&mut ctx.tx, ctx.area_id, typed).await.unwrap();
            assert_eq!(accounts.iter().any(|account| account.practitioner.name == "Helen Marsh"), found, "{typed}");
        }
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn clearance_that_was_ended_ends_at_once_and_stays_in_the_history() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Ravi").await;
        let (helen, today, now) = (w.actor("Helen").id, ctx.clock.today(), ctx.now());
        assert!(people::find_actor(&mut ctx.tx, ctx.area_id, helen, today).await.unwrap().unwrap().cleared);
        let (area_id, by) = (ctx.area_id, Some(ctx.actor.id));
        let later = kernel::Timestamp::from_second(now.as_second() + 1).unwrap();
        let ended = (Credential::Clearance, today.yesterday().unwrap());
        people::record_credential(&mut ctx.tx, area_id, helen, ended, (by, later)).await.unwrap();
        assert!(!people::find_actor(&mut ctx.tx, area_id, helen, today).await.unwrap().unwrap().cleared);
        let account = people::load_account(&mut ctx.tx, area_id, helen).await.unwrap().unwrap();
        assert_eq!(account.cleared_until, today.yesterday().ok());
    })
    .await;
}

//! An agency becomes part of another: what it was asked is not lost, and whoever worked there goes on.

use crate::merging;
use ::store::vals;
use access::{Act, Ctx};
use families::facts::{self, Class, Kind, NewFact};
use families::people::{self, PersonId};
use frontline::referrals::{self, ReferralId};
use testkit::{TestWorld, on_both_engines};

/// Has Helen ask Grace's charity to support somebody, with one item.
pub(super) async fn asked(w: &TestWorld) -> (PersonId, ReferralId) {
    let mut ctx = w.ctx("Helen").await;
    let person = people::create(&mut ctx).await.unwrap();
    let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
    facts::record(&mut ctx, &permit, NewFact::name(person, "Amy", "Barlow")).await.unwrap();
    facts::works_with(&mut ctx, &permit, "tenancy", None).await.unwrap();
    let (_, permit) = people::open(&mut ctx, Act::RecordFact, person).await.unwrap();
    let need =
        NewFact { class: Class::Confidential, ..NewFact::plain(person, Kind::Need, "rent_arrears", "Three months behind") };
    let need = facts::record(&mut ctx, &permit, need).await.unwrap();
    let new = referrals::referral::NewReferral {
        person,
        contact: None,
        service: "tenancy_support".to_owned(),
        need: "rent_arrears".to_owned(),
        words: "She would like to be met at the library".to_owned(),
        items: vec![need],
    };
    let id = referrals::ask(&mut ctx, &w.area, new).await.unwrap();
    ctx.commit().await.unwrap();
    (person, id)
}

/// Somebody as they are now, who has not signed in anew.
pub(super) async fn now(w: &TestWorld, name: &str) -> Ctx {
    let mut ctx = w.ctx(name).await;
    let (id, today) = (w.actor(name).id, ctx.clock.today());
    let actor = access::people::find_actor(&mut ctx.tx, ctx.area_id, id, today).await.unwrap().unwrap();
    drop(ctx);
    Ctx::write(&w.world, actor).await.unwrap()
}

/// Has Grace's charity be part of social care now, as the area says.
async fn merge_charity(w: &TestWorld) {
    let mut tx = w.world.db.begin().await.unwrap();
    let agencies = access::people::list_agencies(&mut tx, w.world.area_id).await.unwrap();
    let charity = agencies.into_iter().find(|agency| agency.code == "openhand").unwrap();
    let merged = access::people::Agency { merged_into: Some("social".to_owned()), ..charity };
    access::people::insert_agency(&mut tx, w.world.area_id, &merged).await.unwrap();
    tx.commit(&w.world.ids).await.unwrap();
}

async fn entries(w: &TestWorld) -> i64 {
    let mut tx = w.world.db.read().await.unwrap();
    let sql = "SELECT COUNT(*) AS many FROM journal_entry WHERE area_id = $1 AND act = 'merge_agency'";
    tx.query_one(sql, vals![w.world.area_id]).await.unwrap().get("many").unwrap()
}

/// Rule [3.42]
#[tokio::test]
async fn what_an_agency_was_asked_is_asked_of_the_one_it_is_part_of_and_nothing_is_lost() {
    on_both_engines(async |w: TestWorld| {
        let (person, id) = asked(&w).await;
        let mut ctx = w.ctx("Sunita").await;
        assert!(referrals::load(&mut ctx, id).await.is_err(), "another agency was asked");
        drop(ctx);
        merge_charity(&w).await;
        for _ in 0..2 {
            merging::settle(&w.world).await.unwrap();
            assert_eq!(entries(&w).await, 1, "the second time there is nothing to do");
        }
        let mut ctx = now(&w, "Sunita").await;
        let opened = referrals::load(&mut ctx, id).await.unwrap();
        assert_eq!(opened.items.len(), 1, "with what was shared");
        drop(ctx);
        // Grace works there now, and goes on with it.
        let mut ctx = now(&w, "Grace").await;
        assert_eq!(ctx.actor.agency_id, w.actor("Sunita").agency_id);
        referrals::accept(&mut ctx, &w.area, id, 1).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = now(&w, "Grace").await;
        assert!(people::open(&mut ctx, Act::OpenPerson, person).await.is_ok());
        let present = access::people::list_present_agencies(&mut ctx.tx, ctx.area_id).await.unwrap();
        assert!(present.iter().all(|agency| agency.code != "openhand"), "nobody asks the charity any more");
    })
    .await;
}

#[tokio::test]
async fn what_an_agency_recorded_is_read_by_whoever_works_with_the_person_in_the_one_it_is_part_of() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Grace").await;
        let person = people::create(&mut ctx).await.unwrap();
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
        facts::record(&mut ctx, &permit, NewFact::name(person, "Amy", "Barlow")).await.unwrap();
        facts::works_with(&mut ctx, &permit, "support", None).await.unwrap();
        let (_, permit) = people::open(&mut ctx, Act::RecordFact, person).await.unwrap();
        let said =
            NewFact { class: Class::Confidential, ..NewFact::plain(person, Kind::Need, "rent_arrears", "She owes a friend") };
        facts::record(&mut ctx, &permit, said).await.unwrap();
        ctx.commit().await.unwrap();
        merge_charity(&w).await;
        merging::settle(&w.world).await.unwrap();
        let mut ctx = now(&w, "Grace").await;
        let needs = facts::list_of(&mut ctx, &[person], Some(&[Kind::Need])).await.unwrap();
        assert_eq!(needs.len(), 1, "who worked there reads what they read before");
        drop(ctx);
        let mut ctx = now(&w, "Sunita").await;
        let needs = facts::list_of(&mut ctx, &[person], Some(&[Kind::Need])).await.unwrap();
        assert_eq!(needs.len(), 0, "who does not work with her does not");
    })
    .await;
}

/// Rule [3.42]
#[tokio::test]
async fn what_was_shared_for_a_time_is_read_by_the_successor_no_longer_than_that() {
    on_both_engines(async |w: TestWorld| {
        let (person, _) = asked(&w).await;
        // What was shared ends: one item in an hour, as if it had been shared until then.
        let hour = w.world.clock.now().as_microsecond() + 3_600_000_000;
        let mut tx = w.world.db.begin().await.unwrap();
        tx.execute("UPDATE fact_grant SET until_at = $2 WHERE area_id = $1", vals![w.world.area_id, hour]).await.unwrap();
        tx.commit(&w.world.ids).await.unwrap();
        merge_charity(&w).await;
        merging::settle(&w.world).await.unwrap();
        let many = |condition: &str| {
            format!("SELECT COUNT(*) AS many FROM fact_grant WHERE area_id = $1 AND for_id = $2 AND origin_id IS NOT NULL AND {condition}")
        };
        let social = w.actor("Sunita").agency_id;
        for (condition, expected) in [("until_at = $3", true), ("until_at IS NULL AND CAST($3 AS BIGINT) > 0", false)] {
            let mut tx = w.world.db.read().await.unwrap();
            let row = tx.query_one(&many(condition), vals![w.world.area_id, social, hour]).await.unwrap();
            assert_eq!(row.get::<i64>("many").unwrap() > 0, expected, "{condition}");
        }
        w.world.clock.advance_seconds(3 * 3600);
        let mut ctx = now(&w, "Sunita").await;
        let needs = facts::list_of(&mut ctx, &[person], Some(&[Kind::Need])).await.unwrap();
        assert_eq!(needs.len(), 0);
        drop(ctx);
        let mut tx = w.world.db.begin().await.unwrap();
        tx.execute("DELETE FROM fact_grant WHERE area_id = $1 AND for_id = $2", vals![w.world.area_id, social]).await.unwrap();
        tx.commit(&w.world.ids).await.unwrap();
        merging::settle(&w.world).await.unwrap();
        let mut tx = w.world.db.read().await.unwrap();
        let row = tx.query_one(&many("until_at = $3"), vals![w.world.area_id, social, hour]).await.unwrap();
        assert_eq!(row.get::<i64>("many").unwrap(), 0, "what has ended is not opened again");
    })
    .await;
}

/// Rule [3.42]
#[tokio::test]
async fn whoever_is_suspended_comes_back_to_the_agency_that_theirs_is_part_of() {
    let w = testkit::sqlite().await;
    let mut ctx = w.ctx("Ravi").await;
    let permit = ctx.permit(Act::ManagePractitioners, &access::Resource::area()).unwrap();
    let grace = w.actor("Grace").id;
    access::people::leave(&mut ctx, &permit, grace, (access::people::Why::Suspended, None)).await.unwrap();
    ctx.commit().await.unwrap();
    merge_charity(&w).await;
    merging::settle(&w.world).await.unwrap();
    let mut ctx = w.ctx("Ravi").await;
    let permit = ctx.permit(Act::ManagePractitioners, &access::Resource::area()).unwrap();
    access::people::come_back(&mut ctx, &permit, grace).await.unwrap();
    ctx.commit().await.unwrap();
    assert_eq!(now(&w, "Grace").await.actor.agency_id, w.actor("Sunita").agency_id);
}

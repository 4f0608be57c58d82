//! What becomes of a shield when whoever is named for it has left.

use super::{list_named_with, name_leads};
use crate::facts::{self, NewFact};
use crate::family;
use crate::people::{self, ShieldKind};
use access::people::Why;
use access::{Act, Resource};
use testkit::{TestWorld, on_both_engines};

/// Rule [ours-shield-work]
#[tokio::test]
async fn a_shield_whose_last_named_has_left_names_a_safeguarding_lead() {
    on_both_engines(async |w: TestWorld| {
        let mut ctx = w.ctx("Sunita").await;
        let person = people::create(&mut ctx).await.unwrap();
        let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
        facts::record(&mut ctx, &permit, NewFact::name(person, "Ann", "Abel")).await.unwrap();
        facts::works_with(&mut ctx, &permit, "Works with", None).await.unwrap();
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Moira").await;
        let named = [w.actor("Sunita").id];
        family::shield(&mut ctx, person, ShieldKind::Existence, "They are in danger", &named).await.unwrap();
        ctx.commit().await.unwrap();
        // Moira is named once nobody else is there; then she leaves too.
        let moira = w.actor("Moira").id;
        for (who, now_named) in [("Sunita", vec![(person, moira)]), ("Moira", Vec::new())] {
            let mut ctx = w.ctx("Ravi").await;
            let permit = ctx.permit(Act::ManagePractitioners, &Resource::area()).unwrap();
            let who = w.actor(who).id;
            access::people::leave(&mut ctx, &permit, who, (Why::Left, None)).await.unwrap();
            let named = name_leads(&mut ctx.tx, ctx.area_id, (&ctx.clock, &ctx.ids), None).await.unwrap();
            assert_eq!(named, now_named);
            assert_eq!(list_named_with(&mut ctx.tx, ctx.area_id, who).await.unwrap().len(), now_named.len());
            ctx.commit().await.unwrap();
        }
        // No safeguarding lead is there; once there is one, they are named.
        let mut ctx = w.ctx("Ravi").await;
        let (owen, now) = (w.actor("Owen").id, ctx.now());
        let roles = [access::Role::SafeguardingLead];
        access::people::save_roles(&mut ctx.tx, ctx.area_id, owen, &roles, now).await.unwrap();
        let named = name_leads(&mut ctx.tx, ctx.area_id, (&ctx.clock, &ctx.ids), None).await.unwrap();
        assert_eq!(named, vec![(person, owen)]);
        assert_eq!(name_leads(&mut ctx.tx, ctx.area_id, (&ctx.clock, &ctx.ids), None).await.unwrap(), vec![], "once");
        ctx.commit().await.unwrap();
        let mut ctx = w.ctx("Owen").await;
        let owen = access::people::find_actor(&mut ctx.tx, ctx.area_id, owen, ctx.clock.today()).await.unwrap().unwrap();
        let standing = people::load(&mut ctx, person).await.unwrap();
        assert!(ctx.decide_for(&owen, Act::FindPerson, &standing.resource()).unwrap().allowed);
    })
    .await;
}

//! The protocol's clock: what nobody answered goes to the named owner.

use super::rules;
use super::store;
use crate::notices;
use ::store::journal::{Entry, Outcome};
use ::store::{StoreResult, Tx};
use access::World;
use area::Area;

/// The job's name in the queue.
pub const ESCALATE: &str = "referrals.escalate";

/// Hands every unanswered referral to the area's service coordinator; run twice, it does nothing the second time.
///
/// # Errors
/// [`::store::StoreError`]: the job is tried again.
pub async fn escalate(world: &World, area: &Area, tx: &mut Tx) -> StoreResult<usize> {
    let today = world.clock.today();
    let Some(owner) = access::people::find_answerable(tx, world.area_id, None, world.clock.today()).await? else { return Ok(0) };
    // What the coordinator may not know of stays with whoever answers for it, late as it is.
    let unanswered = store::list_unanswered(tx, world.area_id, (today, owner)).await?;
    let mut count = 0;
    let unanswered = unanswered.iter().filter(|(referral, is_gone)| rules::is_unanswered(referral, *is_gone, today));
    for (referral, _) in unanswered {
        let now = world.clock.now();
        let next_on = rules::answer_by(now, &area.clocks, &area.holidays);
        if !store::escalate(tx, world.area_id, referral.id, (owner, next_on), now).await? {
            continue;
        }
        notices::actions::tell_escalated(world, tx, (referral.id, owner)).await?;
        tx.journal(Entry {
            area_id: world.area_id,
            at: now,
            act: "escalate_referral".to_owned(),
            outcome: Outcome::Done,
            actor_id: None,
            agency_id: None,
            subject_id: Some(referral.person.0),
            rule: "3.42".to_owned(),
            payload: serde_json::json!({ "referral": referral.id.0, "to": owner.0 }),
        });
        count += 1;
    }
    Ok(count)
}

/// Gives referrals from before names were kept the name of their service; run twice, it does nothing the second time.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn name_services(world: &World) -> StoreResult<()> {
    let mut tx = world.db.begin().await?;
    for code in store::list_unnamed(&mut tx, world.area_id).await? {
        if let Some(service) = directory::of_code(&mut tx, world.area_id, &code).await? {
            store::save_name(&mut tx, world.area_id, &code, &service.service.name).await?;
        }
    }
    tx.commit(&world.ids).await
}

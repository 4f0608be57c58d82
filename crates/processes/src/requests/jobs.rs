//! The protocol's clock: what nobody answered goes to the named owner.

use super::{rules, store};
use ::store::journal::{Entry, Outcome};
use ::store::{StoreResult, Tx};
use access::World;

/// The job's name in the queue.
pub const ESCALATE: &str = "requests.escalate";

/// Hands every unanswered request to the area's service coordinator; run twice, it does nothing the second time.
///
/// # Errors
/// [`::store::StoreError`]: the job is tried again.
pub async fn escalate(world: &World, tx: &mut Tx) -> StoreResult<usize> {
    let today = world.clock.today();
    let Some(owner) = access::people::find_answerable(tx, world.area_id, None, world.clock.today()).await? else { return Ok(0) };
    // What the coordinator may not know of stays with whoever answers for it, late as it is.
    let unanswered = store::list_unanswered(tx, world.area_id, (today, owner)).await?;
    let mut count = 0;
    for request in unanswered.iter().filter(|request| rules::is_unanswered(request, today)) {
        let now = world.clock.now();
        if !store::escalate(tx, world.area_id, request.id, owner, now).await? {
            continue;
        }
        tx.journal(Entry {
            area_id: world.area_id,
            at: now,
            act: "escalate_share_request".to_owned(),
            outcome: Outcome::Done,
            actor_id: None,
            agency_id: None,
            subject_id: Some(request.new.person.0),
            rule: "3.42".to_owned(),
            payload: serde_json::json!({ "request": request.id.0, "to": owner.0 }),
        });
        count += 1;
    }
    Ok(count)
}

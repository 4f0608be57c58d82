//! One round: what waits leaves, and carriers are asked what arrived.

use super::Post;
use access::World;
use area::Area;
use frontline::notices::outgoing;
use std::sync::Arc;
use store::StoreResult;

/// Sends what waits, and asks after what has left; two rounds at once send nothing twice.
///
/// # Errors
/// [`store::StoreError`] from the engine; what a carrier refuses is kept with the message.
pub async fn round(world: &World, area: &Area, post: &Arc<Post>) -> StoreResult<usize> {
    let mut count = 0;
    for due in outgoing::due(world).await? {
        // Claimed one by one, just before it leaves: what waits behind a slow carrier is looked at again when its turn comes.
        let Some(out) = outgoing::claim(world, area, &due).await? else { continue };
        count += 1;
        let (carrier, message, now) = (Arc::clone(post), out.clone(), world.clock.now());
        let carried = tokio::task::spawn_blocking(move || carrier.carry(&message, now)).await;
        let became = carried.unwrap_or_else(|_| outgoing::Became::Later("It could not be sent".to_owned()));
        outgoing::keep(world, &out, &became).await?;
    }
    for one in outgoing::unsure(world).await? {
        let (carrier, asked, now) = (Arc::clone(post), one.clone(), world.clock.now());
        let answer = tokio::task::spawn_blocking(move || carrier.ask(&asked, now)).await.unwrap_or_default();
        outgoing::keep_answer(world, &one, answer.as_ref()).await?;
    }
    Ok(count)
}

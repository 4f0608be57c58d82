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
    let claimed = outgoing::claim(world, area).await?;
    let count = claimed.len();
    for out in claimed {
        let (carrier, message) = (Arc::clone(post), out.clone());
        let carried = tokio::task::spawn_blocking(move || carrier.carry(&message)).await;
        let became = carried.unwrap_or_else(|_| outgoing::Became::Later("It could not be sent".to_owned()));
        outgoing::keep(world, &out, &became).await?;
    }
    for one in outgoing::unsure(world).await? {
        let (carrier, asked) = (Arc::clone(post), one.clone());
        let answer = tokio::task::spawn_blocking(move || carrier.ask(&asked)).await.unwrap_or_default();
        outgoing::keep_answer(world, &one, answer.as_ref()).await?;
    }
    Ok(count)
}

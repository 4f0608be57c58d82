//! Pressing twice does it once: every form carries a key, and a key is used once.

use crate::{AreaId, StoreResult, Tx, vals};
use kernel::Timestamp;
use uuid::Uuid;

/// Returns where the first press of this key led, if there was one.
///
/// # Errors
/// [`crate::StoreError`] from the engine.
pub async fn find(tx: &mut Tx, area_id: AreaId, key: Uuid, actor_id: Uuid) -> StoreResult<Option<String>> {
    let find = "SELECT location FROM once_key WHERE area_id = $1 AND once_key = $2 AND actor_id = $3";
    tx.query_opt(find, vals![area_id, key, actor_id]).await?.map(|row| row.get("location")).transpose()
}

/// Uses up a key; returns false when somebody pressed in the same moment and was first.
///
/// # Errors
/// [`crate::StoreError`] from the engine.
pub async fn spend(tx: &mut Tx, area_id: AreaId, key: (Uuid, Uuid), location: &str, at: Timestamp) -> StoreResult<bool> {
    let (once_key, actor_id) = key;
    let insert = "INSERT INTO once_key (area_id, once_key, actor_id, location, used_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    Ok(tx.execute(insert, vals![area_id, once_key, actor_id, location, at]).await? == 1)
}

/// Removes keys used before `before`: a form left open that long asks again.
///
/// # Errors
/// [`crate::StoreError`] from the engine.
pub async fn forget(tx: &mut Tx, area_id: AreaId, before: Timestamp) -> StoreResult<u64> {
    tx.execute("DELETE FROM once_key WHERE area_id = $1 AND used_at < $2", vals![area_id, before]).await
}

//! The areas that a database holds: usually one.

use crate::{AreaId, StoreResult, Tx, vals};

/// Makes sure that an area is there and its journal begun, and returns its id.
///
/// # Errors
/// [`crate::StoreError`] from the engine.
pub async fn ensure(tx: &mut Tx, code: &str, name: &str) -> StoreResult<AreaId> {
    let found = tx.query_opt("SELECT area_id FROM area WHERE code = $1", vals![code]).await?;
    if let Some(row) = found {
        return row.get("area_id").map(AreaId);
    }
    let next: i64 = tx.query_one("SELECT COALESCE(MAX(area_id), 0) + 1 AS next FROM area", &[]).await?.get("next")?;
    tx.execute("INSERT INTO area (area_id, code, name) VALUES ($1, $2, $3)", vals![next, code, name]).await?;
    let start = vec![0_u8; 32];
    tx.execute("INSERT INTO journal_head (area_id, seq, hash) VALUES ($1, 0, $2)", vals![next, start]).await?;
    Ok(AreaId(next))
}

//! What somebody typed and has not sent yet: bound to one person, one form and one record.

use crate::{AreaId, StoreResult, Tx, vals};
use kernel::Timestamp;
use uuid::Uuid;

/// Whose draft, of which form, about which record.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    /// The area.
    pub area_id: AreaId,
    /// Who typed it.
    pub practitioner_id: Uuid,
    /// The form's name.
    pub form: &'a str,
    /// The record it is about.
    pub record_id: Uuid,
}

/// Keeps a draft in place of the one before.
///
/// # Errors
/// [`crate::StoreError`] from the engine.
pub async fn save(tx: &mut Tx, key: Key<'_>, body: &str, at: Timestamp) -> StoreResult<()> {
    tx.execute(
        "INSERT INTO draft (area_id, practitioner_id, form, record_id, body, saved_at) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (area_id, practitioner_id, form, record_id) DO UPDATE SET body = excluded.body, saved_at = excluded.saved_at",
        vals![key.area_id, key.practitioner_id, key.form, key.record_id, body, at],
    )
    .await?;
    Ok(())
}

/// Returns a draft and when it was saved.
///
/// # Errors
/// [`crate::StoreError`] from the engine.
pub async fn find(tx: &mut Tx, key: Key<'_>) -> StoreResult<Option<(String, Timestamp)>> {
    let find = "SELECT body, saved_at FROM draft WHERE area_id = $1 AND practitioner_id = $2 AND form = $3 AND record_id = $4";
    let row = tx.query_opt(find, vals![key.area_id, key.practitioner_id, key.form, key.record_id]).await?;
    row.map(|row| Ok((row.get("body")?, row.get("saved_at")?))).transpose()
}

/// Removes a draft, when what it became was sent.
///
/// # Errors
/// [`crate::StoreError`] from the engine.
pub async fn remove(tx: &mut Tx, key: Key<'_>) -> StoreResult<()> {
    let remove = "DELETE FROM draft WHERE area_id = $1 AND practitioner_id = $2 AND form = $3 AND record_id = $4";
    tx.execute(remove, vals![key.area_id, key.practitioner_id, key.form, key.record_id]).await?;
    Ok(())
}

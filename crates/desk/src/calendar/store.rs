//! The SQL of the addresses of calendars.

use access::PractitionerId;
use kernel::Timestamp;
use store::{AreaId, StoreResult, Tx, vals};

/// Keeps the digest of somebody's address in place of the one before.
pub(super) async fn save(tx: &mut Tx, area_id: AreaId, id: PractitionerId, key_hash: &[u8], at: Timestamp) -> StoreResult<()> {
    let save = "INSERT INTO calendar_key (area_id, practitioner_id, key_hash, made_at) VALUES ($1, $2, $3, $4) \
                ON CONFLICT (area_id, practitioner_id) DO UPDATE SET key_hash = excluded.key_hash, made_at = excluded.made_at";
    tx.execute(save, vals![area_id, id, key_hash, at]).await?;
    Ok(())
}

/// Takes somebody's address back.
pub(super) async fn remove(tx: &mut Tx, area_id: AreaId, id: PractitionerId) -> StoreResult<()> {
    tx.execute("DELETE FROM calendar_key WHERE area_id = $1 AND practitioner_id = $2", vals![area_id, id]).await?;
    Ok(())
}

/// Returns since when somebody has an address.
pub(super) async fn find(tx: &mut Tx, area_id: AreaId, id: PractitionerId) -> StoreResult<Option<Timestamp>> {
    let find = "SELECT made_at FROM calendar_key WHERE area_id = $1 AND practitioner_id = $2";
    tx.query_opt(find, vals![area_id, id]).await?.map(|row| row.get("made_at")).transpose()
}

/// Returns whose address has a digest.
pub(super) async fn find_owner(tx: &mut Tx, area_id: AreaId, key_hash: &[u8]) -> StoreResult<Option<PractitionerId>> {
    let find = "SELECT practitioner_id FROM calendar_key WHERE area_id = $1 AND key_hash = $2";
    tx.query_opt(find, vals![area_id, key_hash]).await?.map(|row| row.id("practitioner_id")).transpose()
}

//! The SQL of organisations that ask, and of what they were answered.

use super::OrganisationId;
use super::actions::Organisation;
use kernel::Timestamp;
use store::{AreaId, StoreResult, Tx, vals};
use uuid::Uuid;

pub(super) async fn insert(
    tx: &mut Tx,
    area_id: AreaId,
    (organisation, token_hash): (&Organisation, &[u8]),
    at: Timestamp,
) -> StoreResult<()> {
    tx.execute(
        "INSERT INTO organisation (area_id, organisation_id, code, name, token_hash, added_at) VALUES ($1, $2, $3, $4, $5, $6)",
        vals![area_id, organisation.id, &organisation.code, &organisation.name, token_hash, at],
    )
    .await?;
    Ok(())
}

/// Ends that an organisation may ask; returns whether it could.
pub(super) async fn end(tx: &mut Tx, area_id: AreaId, code: &str, at: Timestamp) -> StoreResult<bool> {
    let end = "UPDATE organisation SET ended_at = $3 WHERE area_id = $1 AND code = $2 AND ended_at IS NULL";
    Ok(tx.execute(end, vals![area_id, code, at]).await? == 1)
}

/// Returns the organisation that has a token.
pub(super) async fn find_by_token(tx: &mut Tx, area_id: AreaId, token_hash: &[u8]) -> StoreResult<Option<Organisation>> {
    let find = "SELECT organisation_id, code, name FROM organisation WHERE area_id = $1 AND token_hash = $2 AND ended_at IS NULL";
    let row = tx.query_opt(find, vals![area_id, token_hash]).await?;
    row.map(|row| Ok(Organisation { id: row.id("organisation_id")?, code: row.get("code")?, name: row.get("name")? })).transpose()
}

/// Returns how often an organisation has asked since a moment.
pub(super) async fn count_since(tx: &mut Tx, area_id: AreaId, id: OrganisationId, since: Timestamp) -> StoreResult<i64> {
    let count = "SELECT COUNT(*) AS asked FROM custodian_answer WHERE area_id = $1 AND organisation_id = $2 AND asked_at > $3 AND answered <> 'too_often'";
    tx.query_one(count, vals![area_id, id, since]).await?.get("asked")
}

/// What an organisation was answered.
pub(super) struct NewAnswer<'a> {
    pub(super) id: Uuid,
    pub(super) organisation: OrganisationId,
    pub(super) purpose: &'a str,
    pub(super) mode: &'a str,
    pub(super) agreements: &'a str,
    pub(super) answered: &'a str,
}

pub(super) async fn insert_answer(tx: &mut Tx, area_id: AreaId, new: &NewAnswer<'_>, at: Timestamp) -> StoreResult<()> {
    tx.execute(
        "INSERT INTO custodian_answer (area_id, answer_id, organisation_id, purpose, mode, agreements, answered, asked_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        vals![area_id, new.id, new.organisation, new.purpose, new.mode, new.agreements, new.answered, at],
    )
    .await?;
    Ok(())
}

/// Deletes what was answered before a moment; returns how many, `most` at most.
///
/// # Errors
/// [`StoreError`](store::StoreError) from the engine.
pub async fn delete_answers(tx: &mut Tx, area_id: AreaId, before: Timestamp, most: usize) -> StoreResult<u64> {
    let delete = format!(
        "DELETE FROM custodian_answer WHERE area_id = $1 AND answer_id IN (SELECT c.answer_id FROM custodian_answer c \
         WHERE c.area_id = $1 AND c.asked_at < $2 ORDER BY c.asked_at, c.answer_id LIMIT {most})"
    );
    tx.execute(&delete, vals![area_id, before]).await
}

//! The SQL of signing in.

use super::throttle::Tries;
use crate::actor::PractitionerId;
use kernel::Timestamp;
use store::{AreaId, StoreResult, Tx, vals};

pub(super) struct FoundByEmail {
    pub(super) id: PractitionerId,
    pub(super) password_hash: Option<String>,
}

pub(super) async fn find_by_email(tx: &mut Tx, area_id: AreaId, email: &str) -> StoreResult<Option<FoundByEmail>> {
    let find = "SELECT practitioner_id, password_hash FROM practitioner WHERE area_id = $1 AND email = $2 AND left_at IS NULL";
    let row = tx.query_opt(find, vals![area_id, email]).await?;
    row.map(|row| Ok(FoundByEmail { id: row.id("practitioner_id")?, password_hash: row.get("password_hash")? })).transpose()
}

/// Returns the tries under a key, and keeps others from counting until this transaction ends.
pub(super) async fn lock_tries(tx: &mut Tx, area_id: AreaId, key: &str) -> StoreResult<Tries> {
    let row = tx
        .query_one(
            "INSERT INTO sign_in_attempt (area_id, throttle_key, failures, blocked_until) VALUES ($1, $2, 0, 0) \
             ON CONFLICT (area_id, throttle_key) DO UPDATE SET failures = sign_in_attempt.failures RETURNING failures, blocked_until",
            vals![area_id, key],
        )
        .await?;
    Ok(Tries { failures: row.get("failures")?, blocked_until: row.get("blocked_until")? })
}

pub(super) async fn save_tries(tx: &mut Tx, area_id: AreaId, key: &str, tries: &Tries) -> StoreResult<()> {
    tx.execute(
        "UPDATE sign_in_attempt SET failures = $3, blocked_until = $4 WHERE area_id = $1 AND throttle_key = $2",
        vals![area_id, key, tries.failures, tries.blocked_until],
    )
    .await?;
    Ok(())
}

pub(super) async fn clear_tries(tx: &mut Tx, area_id: AreaId, key: &str) -> StoreResult<()> {
    tx.execute("DELETE FROM sign_in_attempt WHERE area_id = $1 AND throttle_key = $2", vals![area_id, key]).await?;
    Ok(())
}

/// `secrets` are the hash of the cookie and the token of its forms.
pub(super) async fn insert_session(
    tx: &mut Tx,
    area_id: AreaId,
    secrets: (&[u8], &str),
    id: PractitionerId,
    now: Timestamp,
) -> StoreResult<()> {
    tx.execute(
        "INSERT INTO session (area_id, session_hash, practitioner_id, csrf, started_at, seen_at) VALUES ($1, $2, $3, $4, $5, $5)",
        vals![area_id, secrets.0, id, secrets.1, now],
    )
    .await?;
    Ok(())
}

pub(super) struct FoundSession {
    pub(super) practitioner_id: PractitionerId,
    pub(super) csrf: String,
    pub(super) started_at: Timestamp,
    pub(super) seen_at: Timestamp,
    pub(super) second_factor_at: Option<Timestamp>,
    pub(super) enrolled: bool,
}

pub(super) async fn find_session(tx: &mut Tx, area_id: AreaId, hash: &[u8]) -> StoreResult<Option<FoundSession>> {
    let row = tx
        .query_opt(
            "SELECT s.practitioner_id, s.csrf, s.started_at, s.seen_at, s.second_factor_at, p.second_factor_at AS enrolled_at \
             FROM session s JOIN practitioner p ON p.area_id = s.area_id AND p.practitioner_id = s.practitioner_id \
             WHERE s.area_id = $1 AND s.session_hash = $2 AND s.ended_at IS NULL AND p.left_at IS NULL",
            vals![area_id, hash],
        )
        .await?;
    row.map(|row| {
        Ok(FoundSession {
            practitioner_id: row.id("practitioner_id")?,
            csrf: row.get("csrf")?,
            started_at: row.get("started_at")?,
            seen_at: row.get("seen_at")?,
            second_factor_at: row.get("second_factor_at")?,
            enrolled: row.get::<Option<Timestamp>>("enrolled_at")?.is_some(),
        })
    })
    .transpose()
}

pub(super) async fn touch_session(tx: &mut Tx, area_id: AreaId, hash: &[u8], now: Timestamp) -> StoreResult<()> {
    tx.execute("UPDATE session SET seen_at = $3 WHERE area_id = $1 AND session_hash = $2", vals![area_id, hash, now]).await?;
    Ok(())
}

pub(super) async fn complete_session(tx: &mut Tx, area_id: AreaId, hash: &[u8], now: Timestamp) -> StoreResult<()> {
    tx.execute("UPDATE session SET second_factor_at = $3 WHERE area_id = $1 AND session_hash = $2", vals![area_id, hash, now])
        .await?;
    Ok(())
}

pub(super) async fn end_session(tx: &mut Tx, area_id: AreaId, hash: &[u8], now: Timestamp) -> StoreResult<()> {
    let end = "UPDATE session SET ended_at = $3 WHERE area_id = $1 AND session_hash = $2 AND ended_at IS NULL";
    tx.execute(end, vals![area_id, hash, now]).await?;
    Ok(())
}

pub(super) async fn end_sessions_of(tx: &mut Tx, area_id: AreaId, id: PractitionerId, now: Timestamp) -> StoreResult<()> {
    let end = "UPDATE session SET ended_at = $3 WHERE area_id = $1 AND practitioner_id = $2 AND ended_at IS NULL";
    tx.execute(end, vals![area_id, id, now]).await?;
    let erase = "UPDATE offline_device SET erased_at = $3 WHERE area_id = $1 AND practitioner_id = $2 AND erased_at IS NULL";
    tx.execute(erase, vals![area_id, id, now]).await?;
    Ok(())
}

pub(super) async fn insert_device(
    tx: &mut Tx,
    area_id: AreaId,
    hash: &[u8],
    id: PractitionerId,
    now: Timestamp,
) -> StoreResult<()> {
    let insert = "INSERT INTO offline_device (area_id, device_hash, practitioner_id, kept_at) VALUES ($1, $2, $3, $4)";
    tx.execute(insert, vals![area_id, hash, id, now]).await?;
    Ok(())
}

/// Returns whom a device keeps notes for; nobody when it is to erase them, or they have left.
pub(super) async fn find_device(tx: &mut Tx, area_id: AreaId, hash: &[u8]) -> StoreResult<Option<PractitionerId>> {
    let find = "SELECT d.practitioner_id FROM offline_device d JOIN practitioner p ON p.area_id = d.area_id \
                AND p.practitioner_id = d.practitioner_id \
                WHERE d.area_id = $1 AND d.device_hash = $2 AND d.erased_at IS NULL AND p.left_at IS NULL";
    tx.query_opt(find, vals![area_id, hash]).await?.map(|row| row.id("practitioner_id")).transpose()
}

pub(super) async fn erase_device(tx: &mut Tx, area_id: AreaId, hash: &[u8], now: Timestamp) -> StoreResult<()> {
    let erase = "UPDATE offline_device SET erased_at = $3 WHERE area_id = $1 AND device_hash = $2 AND erased_at IS NULL";
    tx.execute(erase, vals![area_id, hash, now]).await?;
    Ok(())
}

pub(super) struct Factor {
    pub(super) secret: Option<Vec<u8>>,
    pub(super) confirmed: bool,
    pub(super) last_step: Option<i64>,
}

pub(super) async fn load_factor(tx: &mut Tx, area_id: AreaId, id: PractitionerId) -> StoreResult<Factor> {
    let find = "SELECT second_factor, second_factor_at, second_factor_step FROM practitioner WHERE area_id = $1 AND practitioner_id = $2";
    let row = tx.query_one(find, vals![area_id, id]).await?;
    Ok(Factor {
        secret: row.get("second_factor")?,
        confirmed: row.get::<Option<Timestamp>>("second_factor_at")?.is_some(),
        last_step: row.get("second_factor_step")?,
    })
}

pub(super) async fn save_secret(tx: &mut Tx, area_id: AreaId, id: PractitionerId, secret: &[u8]) -> StoreResult<()> {
    let save =
        "UPDATE practitioner SET second_factor = $3 WHERE area_id = $1 AND practitioner_id = $2 AND second_factor_at IS NULL";
    tx.execute(save, vals![area_id, id, secret]).await?;
    Ok(())
}

/// Uses a time step, unless it or a later one was used: a code is good once.
pub(super) async fn use_step(tx: &mut Tx, area_id: AreaId, id: PractitionerId, step: i64, now: Timestamp) -> StoreResult<bool> {
    let changed = tx
        .execute(
            "UPDATE practitioner SET second_factor_step = $3, second_factor_at = COALESCE(second_factor_at, $4) \
             WHERE area_id = $1 AND practitioner_id = $2 AND (second_factor_step IS NULL OR second_factor_step < $3)",
            vals![area_id, id, step, now],
        )
        .await?;
    Ok(changed == 1)
}

pub(super) async fn insert_recovery_code(tx: &mut Tx, area_id: AreaId, id: PractitionerId, hash: &[u8]) -> StoreResult<()> {
    let insert = "INSERT INTO recovery_code (area_id, practitioner_id, code_hash) VALUES ($1, $2, $3)";
    tx.execute(insert, vals![area_id, id, hash]).await?;
    Ok(())
}

pub(super) async fn use_recovery_code(
    tx: &mut Tx,
    area_id: AreaId,
    id: PractitionerId,
    hash: &[u8],
    now: Timestamp,
) -> StoreResult<bool> {
    let spend = "UPDATE recovery_code SET used_at = $4 WHERE area_id = $1 AND practitioner_id = $2 AND code_hash = $3 AND used_at IS NULL";
    Ok(tx.execute(spend, vals![area_id, id, hash, now]).await? == 1)
}

pub(super) async fn load_password_hash(tx: &mut Tx, area_id: AreaId, id: PractitionerId) -> StoreResult<Option<String>> {
    let find = "SELECT password_hash FROM practitioner WHERE area_id = $1 AND practitioner_id = $2";
    tx.query_one(find, vals![area_id, id]).await?.get("password_hash")
}

pub(super) async fn save_password(tx: &mut Tx, area_id: AreaId, id: PractitionerId, hash: &str) -> StoreResult<()> {
    let save = "UPDATE practitioner SET password_hash = $3, version = version + 1 WHERE area_id = $1 AND practitioner_id = $2";
    tx.execute(save, vals![area_id, id, hash]).await?;
    Ok(())
}

pub(super) async fn clear_secrets(tx: &mut Tx, area_id: AreaId, id: PractitionerId, now: Timestamp) -> StoreResult<()> {
    tx.execute(
        "UPDATE practitioner SET password_hash = NULL, second_factor = NULL, second_factor_at = NULL, second_factor_step = NULL, \
         version = version + 1 WHERE area_id = $1 AND practitioner_id = $2",
        vals![area_id, id],
    )
    .await?;
    tx.execute("DELETE FROM recovery_code WHERE area_id = $1 AND practitioner_id = $2", vals![area_id, id]).await?;
    end_sessions_of(tx, area_id, id, now).await
}

pub(super) async fn insert_invitation(
    tx: &mut Tx,
    area_id: AreaId,
    hash: &[u8],
    id: PractitionerId,
    expires_at: i64,
) -> StoreResult<()> {
    let insert = "INSERT INTO invitation (area_id, token_hash, practitioner_id, expires_at) VALUES ($1, $2, $3, $4)";
    tx.execute(insert, vals![area_id, hash, id, expires_at]).await?;
    Ok(())
}

pub(super) async fn end_invitations(tx: &mut Tx, area_id: AreaId, id: PractitionerId, now: Timestamp) -> StoreResult<()> {
    let end = "UPDATE invitation SET used_at = $3 WHERE area_id = $1 AND practitioner_id = $2 AND used_at IS NULL";
    tx.execute(end, vals![area_id, id, now]).await?;
    Ok(())
}

pub(super) async fn has_invitation(tx: &mut Tx, area_id: AreaId, hash: &[u8], now: Timestamp) -> StoreResult<bool> {
    let find =
        "SELECT practitioner_id FROM invitation WHERE area_id = $1 AND token_hash = $2 AND used_at IS NULL AND expires_at > $3";
    Ok(tx.query_opt(find, vals![area_id, hash, now]).await?.is_some())
}

pub(super) async fn use_invitation(
    tx: &mut Tx,
    area_id: AreaId,
    hash: &[u8],
    now: Timestamp,
) -> StoreResult<Option<PractitionerId>> {
    let spend = "UPDATE invitation SET used_at = $3 WHERE area_id = $1 AND token_hash = $2 AND used_at IS NULL AND expires_at > $3 \
                 RETURNING practitioner_id";
    tx.query_opt(spend, vals![area_id, hash, now]).await?.map(|row| row.id("practitioner_id")).transpose()
}

/// What of signing in is over one day.
#[derive(Clone, Copy, Debug)]
pub enum Over {
    /// A session that ended, or was left.
    Session,
    /// An invitation that was used, or that nobody used in time.
    Invitation,
    /// Attempts to sign in that block nobody any more.
    Attempt,
}

/// Deletes what was over before a moment; returns how many, `most` at most.
///
/// # Errors
/// [`StoreError`](store::StoreError) from the engine.
pub async fn delete_over(tx: &mut Tx, area_id: AreaId, over: Over, (before, most): (Timestamp, usize)) -> StoreResult<u64> {
    let (table, key, is_over) = match over {
        Over::Session => ("session", "session_hash", "seen_at < $2 AND (ended_at IS NULL OR ended_at < $2)"),
        Over::Invitation => ("invitation", "token_hash", "expires_at < $2 AND (used_at IS NULL OR used_at < $2)"),
        Over::Attempt => ("sign_in_attempt", "throttle_key", "blocked_until < $2"),
    };
    let old = format!("SELECT {key} FROM {table} WHERE area_id = $1 AND {is_over} ORDER BY {key} LIMIT {most}");
    // Asked again of each that is deleted: somebody may have tried meanwhile.
    let delete = format!("DELETE FROM {table} WHERE area_id = $1 AND {is_over} AND {key} IN ({old})");
    tx.execute(&delete, vals![area_id, before]).await
}

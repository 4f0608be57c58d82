//! An agency that is part of another now: what it was asked, the other is asked, and who worked there works for the other.

use super::store;
use crate::actor::AgencyId;
use ::store::{AreaId, StoreResult, Tx};
use kernel::Timestamp;

pub use super::store::PRACTITIONERS;

/// Rows of a table that are an agency's until they have ended.
#[derive(Clone, Copy, Debug)]
pub struct OfAgency {
    /// The table: `referral`.
    pub table: &'static str,
    /// The column by which what they were is kept, where the table's past is kept.
    pub past: Option<&'static str>,
    /// The column with whose they are.
    pub column: &'static str,
    /// Which have not ended: `state = 'open'`. `$3` is the agency that they become part of.
    pub open: &'static str,
}

/// Makes an agency's rows of a table those of another; returns how many. Done twice, it does nothing the second time.
///
/// # Errors
/// [`::store::StoreError`] from the engine.
pub async fn give(
    tx: &mut Tx,
    area_id: AreaId,
    of: &OfAgency,
    (from, to): (AgencyId, AgencyId),
    at: Timestamp,
) -> StoreResult<u64> {
    store::give_rows(tx, area_id, of, (from, to), at).await
}

//! A link by which one of the family agrees.

use crate::contracts::ContractId;
use crate::notices;
use access::PractitionerId;
use families::people::PersonId;
use kernel::{Date, Timestamp};

::store::record_id!(
    /// A link by which one of the family agrees.
    LinkId
);

/// A link by which one of the family agrees.
#[derive(Clone, Debug)]
pub struct Link {
    /// Which one.
    pub id: LinkId,
    /// To which contract.
    pub contract: ContractId,
    /// For whom.
    pub person: PersonId,
    /// Who sent it.
    pub sent_by: PractitionerId,
    /// What its address ends with.
    pub token: String,
    /// The number that opens it: six digits.
    pub code: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// The last day on which it opens.
    pub until_on: Date,
    /// How often a wrong number was typed.
    pub wrong: i64,
    /// When it was opened first.
    pub opened_at: Option<Timestamp>,
    /// When it was used, taken back, or another took its place.
    pub ended_at: Option<Timestamp>,
    /// Where its message stands, and why it did not arrive.
    pub message: Option<(notices::State, String)>,
}

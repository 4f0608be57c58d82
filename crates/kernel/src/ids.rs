//! Typed ids: UUIDs of version 7, so that rows made together lie together.

use crate::clock::Clock;
use ring::rand::{SecureRandom, SystemRandom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

/// Makes ids and secrets: from the machine's random source, or counted in tests.
#[derive(Clone, Debug)]
pub enum Ids {
    /// Time-ordered random ids.
    Random(SystemRandom),
    /// Ids counted from one, so that snapshots stay the same.
    Counted(Arc<AtomicU64>),
}

impl Ids {
    /// Returns the source a running program uses.
    #[expect(clippy::disallowed_methods, reason = "the one place that opens the machine's random source")]
    pub fn random() -> Self {
        Self::Random(SystemRandom::new())
    }

    /// Returns a source that counts from one.
    pub fn counted() -> Self {
        Self::Counted(Arc::new(AtomicU64::new(0)))
    }

    /// Returns a new id for a record made now.
    pub fn uuid(&self, clock: &Clock) -> Uuid {
        let millis = u64::try_from(clock.now().as_millisecond()).unwrap_or(0);
        let mut random = [0_u8; 10];
        self.fill(&mut random);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }

    /// Returns 32 bytes that nobody can guess: session ids, invitations, salts.
    pub fn secret(&self) -> [u8; 32] {
        let mut bytes = [0_u8; 32];
        self.fill(&mut bytes);
        bytes
    }

    fn fill(&self, bytes: &mut [u8]) {
        match self {
            Self::Random(source) => {
                assert!(source.fill(bytes).is_ok(), "the machine's random source must work");
            }
            Self::Counted(count) => {
                let next = count.fetch_add(1, Ordering::Relaxed) + 1;
                bytes.fill(0);
                let at = bytes.len() - 8;
                bytes[at..].copy_from_slice(&next.to_be_bytes());
            }
        }
    }
}

/// The area a row belongs to: first in every key, so that an estate of areas can be spread over machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AreaId(pub i64);

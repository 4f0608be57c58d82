//! Slowing down whoever guesses, without locking out whoever is guessed at. Pure.

use kernel::Timestamp;

const FREE_TRIES: i64 = 5;
const WAIT_MAX_SECONDS: i64 = 15 * 60;

/// What is known of earlier tries under one key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    /// Wrong ones since the last right one.
    pub failures: i64,
    /// No further one before; microseconds since 1970.
    pub blocked_until: i64,
}

/// Returns what tries are counted under: a colleague's own device is counted apart from strangers'.
///
/// Rule \[ours-throttle\]: guesses from strange devices slow strange devices down, never the colleague's own.
pub fn key(email: &str, device_is_known: bool) -> String {
    format!("{} {email}", if device_is_known { "known" } else { "strange" })
}

/// Returns how many seconds are still to wait, if any.
pub fn seconds_to_wait(tries: &Tries, now: Timestamp) -> Option<i64> {
    let left = tries.blocked_until - now.as_microsecond();
    (left > 0).then(|| left / 1_000_000 + 1)
}

/// Returns the count after one more wrong try: five are free, then the wait doubles up to fifteen minutes.
pub fn after_failure(tries: &Tries, now: Timestamp) -> Tries {
    let failures = tries.failures + 1;
    let over = failures - FREE_TRIES;
    let wait_seconds = if over < 0 { 0 } else { (1_i64 << over.min(20)).min(WAIT_MAX_SECONDS) };
    Tries { failures, blocked_until: now.as_microsecond() + wait_seconds * 1_000_000 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rule [ours-throttle]
    #[test]
    fn a_strangers_guesses_are_counted_apart_from_the_colleagues_own_device() {
        assert_ne!(key("ann@example.org", true), key("ann@example.org", false));
    }

    #[test]
    fn five_tries_are_free_and_then_the_wait_doubles_to_a_limit() {
        let now: Timestamp = "2026-11-02T09:00:00Z".parse().unwrap();
        let mut tries = Tries::default();
        for _ in 0..4 {
            tries = after_failure(&tries, now);
            assert_eq!(seconds_to_wait(&tries, now), None);
        }
        tries = after_failure(&tries, now);
        assert_eq!(seconds_to_wait(&tries, now), Some(2));
        for _ in 0..40 {
            tries = after_failure(&tries, now);
        }
        assert_eq!(seconds_to_wait(&tries, now), Some(WAIT_MAX_SECONDS + 1));
    }
}

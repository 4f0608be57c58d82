//! The one source of the time, handed in by the program and fixed in tests.

use jiff::{Timestamp, civil::Date};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

const DAY_MICROSECONDS: i64 = 24 * 3600 * 1_000_000;

/// Tells the time: the machine's, one that is ahead of it, or one that a test sets.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's own clock.
    System,
    /// So many days ahead of the machine's: to show made-up families as they will be.
    DaysAhead(u16),
    /// A clock that stands still until a test moves it; microseconds since 1970, UTC.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// Returns a clock that stands at `at`.
    pub fn fixed(at: Timestamp) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.as_microsecond())))
    }

    /// Returns the moment now, cut to microseconds: what the store keeps.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    pub fn now(&self) -> Timestamp {
        let micros = match self {
            Self::System => Timestamp::now().as_microsecond(),
            Self::DaysAhead(days) => Timestamp::now().as_microsecond() + i64::from(*days) * DAY_MICROSECONDS,
            Self::Fixed(at) => at.load(Ordering::Relaxed),
        };
        Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Returns today's day in England.
    pub fn today(&self) -> Date {
        local_day(self.now())
    }

    /// Moves a fixed clock on by `seconds`; the machine's clock is not moved.
    pub fn advance_seconds(&self, seconds: i64) {
        if let Self::Fixed(at) = self {
            at.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
        }
    }
}

/// Returns the day in England on which `at` falls.
pub fn local_day(at: Timestamp) -> Date {
    match at.in_tz("Europe/London") {
        Ok(zoned) => zoned.date(),
        Err(_) => at.to_zoned(jiff::tz::TimeZone::UTC).date(),
    }
}

/// Returns the hour of the day in England at which `at` falls, from 0 to 23.
pub fn local_hour(at: Timestamp) -> i8 {
    match at.in_tz("Europe/London") {
        Ok(zoned) => zoned.hour(),
        Err(_) => at.to_zoned(jiff::tz::TimeZone::UTC).hour(),
    }
}

/// Returns the moment so many times 24 hours before another; the first that there is, where that is before it.
pub fn days_before(at: Timestamp, days: i32) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond() - i64::from(days) * DAY_MICROSECONDS).unwrap_or(Timestamp::MIN)
}

/// Returns the moment at which a day begins in England.
pub fn start_of(day: Date) -> Option<Timestamp> {
    Some(day.in_tz("Europe/London").ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summers_day_begins_an_hour_before_universal_midnight() {
        let start = |day: &str| start_of(day.parse().unwrap()).unwrap().to_string();
        assert_eq!(start("2026-07-01"), "2026-06-30T23:00:00Z");
        assert_eq!(start("2026-12-01"), "2026-12-01T00:00:00Z");
    }

    #[test]
    fn half_past_midnight_in_summer_is_already_the_next_day_in_england() {
        let at: Timestamp = "2026-07-01T23:30:00Z".parse().unwrap();
        assert_eq!(local_day(at).to_string(), "2026-07-02");
    }

    #[test]
    fn a_fixed_clock_moves_only_when_told() {
        let clock = Clock::fixed("2026-01-05T09:00:00Z".parse().unwrap());
        assert_eq!(clock.now(), clock.now());
        clock.advance_seconds(60);
        assert_eq!(clock.now().to_string(), "2026-01-05T09:01:00Z");
    }
}

//! Working days in England: Monday to Friday less the bank holidays an area's table lists.

use jiff::civil::{Date, Weekday};
use std::collections::BTreeSet;

/// The days on which nobody is expected to answer.
#[derive(Clone, Debug, Default)]
pub struct BankHolidays(BTreeSet<Date>);

impl BankHolidays {
    /// Returns a table of the given days.
    pub fn new(days: impl IntoIterator<Item = Date>) -> Self {
        Self(days.into_iter().collect())
    }

    /// Returns whether `day` is worked.
    pub fn is_working_day(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !self.0.contains(&day)
    }

    /// Returns the day that is `working_days` working days after `from`.
    ///
    /// Rule \[3.42\]: agencies agree who answers, and by when; a protocol counts working days,
    /// and the day on which something arrives is not counted.
    pub fn add(&self, from: Date, working_days: u16) -> Date {
        let mut day = from;
        let mut left = working_days;
        while left > 0 {
            let Ok(next) = day.tomorrow() else { return day };
            day = next;
            if self.is_working_day(day) {
                left -= 1;
            }
        }
        day
    }

    /// Returns how many working days lie after `from` up to and including `to`; none if `to` is not later.
    pub fn between(&self, from: Date, to: Date) -> u16 {
        let mut day = from;
        let mut count = 0_u16;
        while day < to && count < u16::MAX {
            let Ok(next) = day.tomorrow() else { return count };
            day = next;
            count += u16::from(self.is_working_day(day));
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn christmas_2026() -> BankHolidays {
        BankHolidays::new([date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)])
    }

    /// Rule [3.42]
    #[test]
    fn a_referral_that_arrives_on_christmas_eve_is_due_after_the_holidays() {
        assert_eq!(christmas_2026().add(date(2026, 12, 24), 2), date(2026, 12, 30));
    }

    /// Rule [3.42]
    #[test]
    fn a_friday_and_one_working_day_make_monday() {
        assert_eq!(BankHolidays::default().add(date(2026, 11, 20), 1), date(2026, 11, 23));
    }

    proptest! {
        #[test]
        fn adding_and_counting_agree(offset in 0_i64..2000, n in 0_u16..80) {
            let from = date(2024, 1, 1).checked_add(jiff::Span::new().days(offset)).unwrap();
            let holidays = christmas_2026();
            prop_assert_eq!(holidays.between(from, holidays.add(from, n)), n);
        }
    }
}

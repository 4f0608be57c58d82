//! Dates of which only the year, or the year and month, may be known.

use crate::british::month_name;
use jiff::civil::Date;
use std::fmt;
use std::str::FromStr;

/// A date known to the day, the month or the year.
///
/// Stored and sorted as text: `2019`, `2019-05`, `2019-05-12`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
}

/// Why a date could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// The parts make no day of the calendar.
    #[error("must be a real date, like 27 3 2019")]
    NoSuchDay,
    /// A day without its month, or a month without its year.
    #[error("must include a year, and a month if you give a day")]
    Missing,
    /// Before 1890 or after 2199: nobody alive.
    #[error("must have a year between 1890 and 2199")]
    YearOutOfRange,
}

impl PartialDate {
    /// Returns the date made of the given parts.
    ///
    /// # Errors
    /// [`DateError`] says which part is missing or impossible.
    pub fn new(year: i16, month: Option<i8>, day: Option<i8>) -> Result<Self, DateError> {
        if !(1890..=2199).contains(&year) {
            return Err(DateError::YearOutOfRange);
        }
        match (month, day) {
            (None, Some(_)) => return Err(DateError::Missing),
            (Some(m), d) => {
                Date::new(year, m, d.unwrap_or(1)).map_err(|_| DateError::NoSuchDay)?;
            }
            (None, None) => {}
        }
        Ok(Self { year, month, day })
    }

    /// Returns the date typed into the three boxes of a form; all empty means not given.
    ///
    /// # Errors
    /// [`DateError`] when the boxes hold something that is no date.
    pub fn from_boxes(day: &str, month: &str, year: &str) -> Result<Option<Self>, DateError> {
        let (day, month, year) = (day.trim(), month.trim(), year.trim());
        if day.is_empty() && month.is_empty() && year.is_empty() {
            return Ok(None);
        }
        if year.is_empty() || (month.is_empty() && !day.is_empty()) {
            return Err(DateError::Missing);
        }
        let year = year.parse().map_err(|_| DateError::NoSuchDay)?;
        let month = if month.is_empty() { None } else { Some(parse_month(month).ok_or(DateError::NoSuchDay)?) };
        let day = if day.is_empty() { None } else { Some(day.parse().map_err(|_| DateError::NoSuchDay)?) };
        Self::new(year, month, day).map(Some)
    }

    /// Returns the first day it can be.
    pub fn earliest(self) -> Date {
        Date::new(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1)).unwrap_or(Date::ZERO)
    }

    /// Returns the last day it can be.
    pub fn latest(self) -> Date {
        match (self.month, self.day) {
            (Some(_), Some(_)) => self.earliest(),
            (Some(_), None) => self.earliest().last_of_month(),
            _ => Date::new(self.year, 12, 31).unwrap_or(Date::ZERO),
        }
    }

    /// Returns the exact day, when it is known.
    pub fn exact(self) -> Option<Date> {
        self.day.map(|_| self.earliest())
    }

    /// Returns the year.
    pub fn year(self) -> i16 {
        self.year
    }

    /// Returns the age in whole years on `today` as (least, most): equal when the day is known.
    pub fn age_years(self, today: Date) -> (i16, i16) {
        (years_between(self.latest(), today), years_between(self.earliest(), today))
    }

    /// Returns the date in words: "12 May 2019", "May 2019", "2019".
    pub fn words(self) -> String {
        match (self.month, self.day) {
            (Some(m), Some(d)) => format!("{d} {} {}", month_name(m), self.year),
            (Some(m), None) => format!("{} {}", month_name(m), self.year),
            _ => self.year.to_string(),
        }
    }
}

impl From<Date> for PartialDate {
    fn from(date: Date) -> Self {
        Self { year: date.year(), month: Some(date.month()), day: Some(date.day()) }
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

impl FromStr for PartialDate {
    type Err = DateError;

    /// Reads `2019-05-12` and its shorter forms.
    fn from_str(text: &str) -> Result<Self, DateError> {
        let mut parts = text.trim().splitn(3, '-');
        let year = parts.next().and_then(|y| y.parse().ok()).ok_or(DateError::NoSuchDay)?;
        let mut part = || parts.next().map(str::parse::<i8>).transpose().map_err(|_| DateError::NoSuchDay);
        Self::new(year, part()?, part()?)
    }
}

fn parse_month(text: &str) -> Option<i8> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let wanted = text.to_lowercase();
    (1..=12).find(|m| wanted.len() >= 3 && month_name(*m).to_lowercase().starts_with(&wanted))
}

fn years_between(from: Date, to: Date) -> i16 {
    let years = to.year() - from.year();
    if (to.month(), to.day()) < (from.month(), from.day()) { years - 1 } else { years }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn a_year_alone_gives_a_range_of_ages() {
        let born = "1990".parse::<PartialDate>().unwrap();
        assert_eq!(born.age_years(date(2026, 6, 1)), (35, 36));
        assert_eq!(born.words(), "1990");
    }

    #[test]
    fn a_day_that_does_not_exist_is_refused() {
        assert_eq!(PartialDate::from_boxes("30", "2", "2019"), Err(DateError::NoSuchDay));
        assert_eq!(PartialDate::from_boxes("30", "", "2019"), Err(DateError::Missing));
        assert_eq!(PartialDate::from_boxes("1", "1", "1066"), Err(DateError::YearOutOfRange));
    }

    #[test]
    fn a_month_may_be_typed_in_words() {
        let typed = PartialDate::from_boxes("3", "Sept", "2019").unwrap().unwrap();
        assert_eq!(typed.to_string(), "2019-09-03");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(year in 1890_i16..2199, month in proptest::option::of(1_i8..=12), day in proptest::option::of(1_i8..=28)) {
            let day = if month.is_some() { day } else { None };
            let date = PartialDate::new(year, month, day).unwrap();
            prop_assert_eq!(date.to_string().parse::<PartialDate>().unwrap(), date);
            prop_assert!(date.earliest() <= date.latest());
        }

        #[test]
        fn no_text_makes_it_panic(text in ".*", other in ".*") {
            let _ = text.parse::<PartialDate>();
            let _ = PartialDate::from_boxes(&text, &other, &text);
        }
    }
}

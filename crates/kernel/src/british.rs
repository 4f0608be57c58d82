//! Dates and times as people in England write them.

use jiff::{Timestamp, civil::Date};

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// Returns the English name of a month, 1 to 12.
pub fn month_name(month: i8) -> &'static str {
    usize::try_from(month - 1).ok().and_then(|i| MONTHS.get(i)).copied().unwrap_or("")
}

/// Returns a day as "12 May 2019".
pub fn day(date: Date) -> String {
    format!("{} {} {}", date.day(), month_name(date.month()), date.year())
}

/// Returns a moment in England as "12 May 2019 at 3:05pm".
pub fn moment(at: Timestamp) -> String {
    let Ok(zoned) = at.in_tz("Europe/London") else { return day(crate::clock::local_day(at)) };
    let (hour, suffix) = match zoned.hour() {
        0 => (12, "am"),
        h @ 1..=11 => (h, "am"),
        12 => (12, "pm"),
        h => (h - 12, "pm"),
    };
    format!("{} at {}:{:02}{}", day(zoned.date()), hour, zoned.minute(), suffix)
}

/// Returns how old something is in words a tired person takes in: "today", "3 weeks ago".
pub fn age_of(on: Date, today: Date) -> String {
    let days = today.since(on).map(|span| span.get_days()).unwrap_or(0);
    match days {
        i32::MIN..=-1 => format!("on {}", day(on)),
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        2..=13 => format!("{days} days ago"),
        14..=59 => format!("{} weeks ago", days / 7),
        60..=729 => format!("{} months ago", days / 30),
        _ => format!("{} years ago", days / 365),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_moment_reads_as_people_say_it() {
        assert_eq!(moment("2026-07-01T14:05:00Z".parse().unwrap()), "1 July 2026 at 3:05pm");
        assert_eq!(moment("2026-01-01T00:05:00Z".parse().unwrap()), "1 January 2026 at 12:05am");
    }

    #[test]
    fn ages_are_in_the_largest_unit_that_helps() {
        let today = date(2026, 11, 22);
        assert_eq!(age_of(date(2026, 11, 22), today), "today");
        assert_eq!(age_of(date(2026, 11, 1), today), "3 weeks ago");
        assert_eq!(age_of(date(2023, 11, 1), today), "3 years ago");
    }
}

//! The calendar file (RFC 5545): visits and meetings at their hour, and how much else is due on a day. Pure.

use frontline::meetings::Meeting;
use frontline::visits::Visit;
use icalendar::{Calendar, Component, Event, Property};
use kernel::{Date, Timestamp};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A visit or a meeting, as far as a calendar may know of it.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Its id: the calendar moves what has moved.
    pub id: Uuid,
    /// What it is, and nothing of whom.
    pub what: &'static str,
    /// On which day.
    pub on: Date,
    /// At what time, as `14:30`; empty where none was agreed.
    pub time: String,
}

impl From<&Visit> for Planned {
    fn from(visit: &Visit) -> Self {
        Self { id: visit.id.0, what: visit.way.words(), on: visit.planned_on, time: visit.planned_time.clone() }
    }
}

impl From<&Meeting> for Planned {
    fn from(meeting: &Meeting) -> Self {
        Self { id: meeting.id.0, what: "Meeting", on: meeting.planned_on, time: meeting.planned_time.clone() }
    }
}

/// Returns the calendar: each visit and meeting for an hour, or for the day where no time was agreed; and on each day how many other things are due.
///
/// Rule \[3.14\]: a practitioner's day is seen where they look at it, and tells nobody of a family.
pub fn write(product: &str, visits: &[Planned], due: &[Date], at: Timestamp) -> String {
    let mut calendar = Calendar::new();
    calendar.name(product);
    for visit in visits {
        let mut event = Event::new();
        event.uid(&visit.id.to_string()).summary(visit.what);
        match moment(visit.on, &visit.time) {
            Some(from) => {
                event.add_property("DTSTART", stamp(from));
                event.add_property("DURATION", "PT1H");
            }
            None => all_day(&mut event, visit.on),
        }
        calendar.push(stamped(event, at));
    }
    let mut counts: BTreeMap<Date, usize> = BTreeMap::new();
    for on in due {
        *counts.entry(*on).or_insert(0) += 1;
    }
    for (on, count) in counts {
        let mut event = Event::new();
        let words = if count == 1 { "One thing is due".to_owned() } else { format!("{count} things are due") };
        event.uid(&format!("due-{on}")).summary(&format!("{product}: {words}"));
        all_day(&mut event, on);
        calendar.push(stamped(event, at));
    }
    calendar.to_string()
}

fn stamped(mut event: Event, at: Timestamp) -> Event {
    event.add_property("DTSTAMP", stamp(at));
    event.description("Sign in to see what it is.");
    event.done()
}

fn all_day(event: &mut Event, on: Date) {
    let day = on.strftime("%Y%m%d").to_string();
    event.append_property(Property::new("DTSTART", day).add_parameter("VALUE", "DATE").done());
    event.add_property("TRANSP", "TRANSPARENT");
}

fn stamp(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// The moment of a time of day in England; nothing where no time was agreed.
fn moment(on: Date, time: &str) -> Option<Timestamp> {
    let (hour, minute) = time.split_once(':')?;
    let local = on.at(hour.parse().ok()?, minute.parse().ok()?, 0, 0);
    Some(local.in_tz("Europe/London").ok()?.timestamp())
}

//! A service as pages show it. Pure.

use area::Area;
use area::services::Day;
use directory::service::{Location, Schedule, Service};
use directory::wanted::{Doubt, Found};
use directory::{Stored, place};
use kernel::{Date, british, clock};
use serde::Serialize;

/// Something said of a service, with a heading.
#[derive(Clone, Debug, Serialize)]
pub struct Said {
    heading: String,
    lines: Vec<String>,
}

/// What places a service has.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Places {
    words: String,
    said: String,
    /// `green`, `grey` or `yellow`: places, none, or not said lately.
    colour: String,
    number: String,
    weeks: String,
}

/// A service as a list shows it.
#[derive(Clone, Debug, Serialize)]
pub struct ServiceLine {
    /// What links say.
    pub id: String,
    /// Its name.
    pub name: String,
    what: String,
    agency: String,
    places: Places,
    at: Vec<String>,
    when: Vec<String>,
    languages: String,
    ages: String,
    cost: String,
    /// What speaks for it, and what it does not say.
    pub why: Vec<String>,
    doubts: Vec<String>,
    /// Whether it is asked in the product.
    pub can_be_asked: bool,
}

/// A service on its own page.
#[derive(Clone, Debug, Serialize)]
pub struct Whole {
    #[serde(flatten)]
    line: ServiceLine,
    said: Vec<Said>,
    telephones: Vec<(String, String)>,
    email: String,
    url: String,
    /// Whose directory it is of, where it is not the area's own.
    source: String,
    withdrawn: String,
    closed: bool,
}

/// Returns a service as a list shows it.
pub fn line(area: &Area, stored: &Stored, found: Option<&Found>, today: Date) -> ServiceLine {
    let service = &stored.service;
    let languages: Vec<String> = service
        .languages
        .iter()
        .filter_map(|one| one.name.clone().or_else(|| one.code.as_deref().map(|code| area.language(code).to_owned())))
        .collect();
    let mut why: Vec<String> = Vec::new();
    if let Some(metres) = found.and_then(|found| found.metres) {
        why.push(format!("{} away", place::said(metres)));
    }
    ServiceLine {
        id: stored.code.clone(),
        name: service.name.clone(),
        what: service.description.clone().unwrap_or_default(),
        agency: service.organization.as_ref().and_then(|one| one.name.clone()).unwrap_or_default(),
        places: places(area, stored, today),
        at: where_of(service),
        when: service.every_schedule().filter_map(|schedule| when(schedule, today)).collect(),
        languages: languages.join(", "),
        ages: ages(service),
        cost: service.fees.clone().unwrap_or_default(),
        why,
        doubts: found.map_or_else(Vec::new, |found| found.doubts.iter().map(|doubt| doubt_words(*doubt).to_owned()).collect()),
        can_be_asked: stored.agency_id.is_some() && stored.withdrawn_at.is_none() && service.is_active(),
    }
}

fn doubt_words(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::AgesUnsaid => "It does not say for which ages",
        Doubt::OtherAges => "It is for other ages than theirs, as far as is known",
        Doubt::LanguagesUnsaid => "It does not say in which languages",
        Doubt::OtherLanguages => "It does not say that it speaks their language",
        Doubt::DaysUnsaid => "It does not say on which days",
        Doubt::OtherDays => "It is open on other days",
        Doubt::PlaceUnsaid => "It does not say where it is, or it comes to the family",
    }
}

/// Says what places a service has, and how long ago it said so: what was not said lately is not relied on.
fn places(area: &Area, stored: &Stored, today: Date) -> Places {
    let Some(capacity) = &stored.capacity else {
        return Places { words: "Places not said".to_owned(), colour: "grey".to_owned(), ..Places::default() };
    };
    let on = clock::local_day(capacity.said_at);
    let words = match (capacity.places, capacity.wait_weeks) {
        (1, _) => "1 place now".to_owned(),
        (0, Some(1)) => "No places: about 1 week’s wait".to_owned(),
        (0, Some(weeks)) => format!("No places: about {weeks} weeks’ wait"),
        (0, None) => "No places now".to_owned(),
        (places, _) => format!("{places} places now"),
    };
    let is_old = is_old(area, on, today);
    let colour = match (is_old, capacity.places) {
        (true, _) => "yellow",
        (false, 0) => "grey",
        (false, _) => "green",
    };
    Places {
        words: if is_old { words.replace(" now", "") } else { words },
        said: format!("said {}", british::age_of(on, today)),
        colour: colour.to_owned(),
        number: capacity.places.to_string(),
        weeks: capacity.wait_weeks.map_or_else(String::new, |weeks| weeks.to_string()),
    }
}

/// Returns whether what a service said of its places is so old that it is asked again.
pub fn is_old(area: &Area, on: Date, today: Date) -> bool {
    today.since(on).map_or(0, |span| span.get_days()) > i32::from(area.directory.capacity_days)
}

/// Returns where a service is given: its places, or how one comes to it.
fn where_of(service: &Service) -> Vec<String> {
    let locations = service.service_at_locations.iter().filter_map(|place| place.location.as_ref());
    let mut places: Vec<String> = locations.map(location).filter(|words| !words.is_empty()).collect();
    if places.is_empty() {
        places = service.every_schedule().filter_map(|one| one.attending_type.clone()).collect();
        places.dedup();
    }
    places
}

fn location(location: &Location) -> String {
    let address = location.addresses.first();
    let of = |part: fn(&directory::service::Address) -> &Option<String>| address.and_then(|address| part(address).clone());
    let parts = [location.name.clone(), of(|one| &one.address_1), of(|one| &one.city), of(|one| &one.postal_code)];
    let mut parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.trim().is_empty()).collect();
    parts.dedup();
    parts.join(", ")
}

/// Says when a service is open, in its own words or by its days and hours; nothing of days that are over.
fn when(schedule: &Schedule, today: Date) -> Option<String> {
    if schedule.last_day().is_some_and(|last| last < today) {
        return None;
    }
    if let Some(words) = schedule.description.clone().filter(|words| !words.trim().is_empty()) {
        return Some(words);
    }
    let days: Vec<&str> =
        schedule.byday.as_deref().unwrap_or_default().split(',').filter_map(Day::read).map(Day::words).collect();
    let time = |text: &Option<String>| text.as_deref().and_then(|text| text.get(..5)).map(str::to_owned);
    let hours = time(&schedule.opens_at).zip(time(&schedule.closes_at)).map(|(from, until)| format!("{from} to {until}"));
    let words: Vec<String> = [(!days.is_empty()).then(|| days.join(", ")), hours].into_iter().flatten().collect();
    (!words.is_empty()).then(|| words.join(", "))
}

fn ages(service: &Service) -> String {
    let whole = |age: f64| format!("{age}");
    match (service.minimum_age.map(|age| age.0), service.maximum_age.map(|age| age.0)) {
        (None, None) => String::new(),
        (Some(youngest), None) => format!("{} and over", whole(youngest)),
        (None, Some(oldest)) => format!("Up to {}", whole(oldest)),
        (Some(youngest), Some(oldest)) => format!("{} to {}", whole(youngest), whole(oldest)),
    }
}

/// Returns a service on its own page.
pub fn whole(area: &Area, stored: &Stored, today: Date) -> Whole {
    let service = &stored.service;
    let line = line(area, stored, None, today);
    let needs: Vec<String> =
        directory::index::needs_of(service, source_of(area, stored)).iter().map(|need| area.words(need).to_owned()).collect();
    let locations = || service.service_at_locations.iter().filter_map(|place| place.location.as_ref());
    let access = locations().flat_map(|location| &location.accessibility).filter_map(|one| one.description.clone());
    let costs = service.cost_options.iter().filter_map(|cost| {
        let amount = cost.amount.map(|amount| format!("£{:.2}", amount.0));
        let parts: Vec<String> = [cost.option.clone(), amount, cost.amount_description.clone()].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    });
    let one = |text: &Option<String>| text.iter().cloned().collect::<Vec<String>>();
    let mut cost: Vec<String> = one(&service.fees).into_iter().chain(costs).collect();
    cost.dedup();
    let mut said: Vec<Said> = [
        ("Please note", one(&service.alert)),
        ("Helps with", needs),
        ("Ages", if line.ages.is_empty() { Vec::new() } else { vec![line.ages.clone()] }),
        ("Who can have it", one(&service.eligibility_description)),
        ("Where", line.at.clone()),
        ("Getting in", unique(access)),
        ("When", line.when.clone()),
        ("Languages", if line.languages.is_empty() { Vec::new() } else { vec![line.languages.clone()] }),
        ("What it costs", cost),
        ("How to ask", one(&service.application_process)),
        ("Paid for by", service.funding.iter().filter_map(|one| one.source.clone()).collect()),
        (
            "Also",
            unique(
                service
                    .terms()
                    .filter(|term| term.taxonomy_id.is_none() || !stored.source.is_empty())
                    .filter_map(|term| term.name.clone()),
            ),
        ),
    ]
    .into_iter()
    .map(|(heading, lines)| Said { heading: heading.to_owned(), lines })
    .collect();
    said.retain(|one| !one.lines.is_empty());
    let phones = service.phones.iter().chain(service.contacts.iter().flat_map(|contact| &contact.phones));
    let mut telephones: Vec<(String, String)> =
        phones.filter_map(|phone| phone.number.clone()).map(|number| (dialled(&number), number)).collect();
    telephones.dedup();
    Whole {
        said,
        telephones,
        email: service.email.clone().unwrap_or_default(),
        url: service.url.clone().filter(|url| url.starts_with("https://") || url.starts_with("http://")).unwrap_or_default(),
        source: source_of(area, stored).map_or_else(String::new, |source| source.name.clone()),
        withdrawn: stored.withdrawn_at.map_or_else(String::new, |at| british::day(clock::local_day(at))),
        closed: !service.is_active(),
        line,
    }
}

fn unique(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for line in lines {
        if !kept.contains(&line) {
            kept.push(line);
        }
    }
    kept
}

fn source_of<'a>(area: &'a Area, stored: &Stored) -> Option<&'a area::services::Source> {
    area.directory.source.iter().find(|source| source.id == stored.source)
}

/// Returns what is dialled of a number as it is written: not the extension that may follow.
fn dialled(number: &str) -> String {
    let number = number.split(|c: char| c.is_alphabetic()).next().unwrap_or_default();
    number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}

//! What is asked of the directory, in the standard's words. Pure.

use area::services::Day;
use directory::Filter;
use kernel::postcode::Postcode;
use serde::Deserialize;
use std::str::FromStr;
use uuid::Uuid;

/// The most that one page holds.
pub const PER_PAGE_MAX: usize = 100;
const PER_PAGE: usize = 50;

/// The parameters of a list, as they came.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    search: String,
    page: String,
    per_page: String,
    taxonomy_term_id: String,
    taxonomy_id: String,
    minimum_age: String,
    maximum_age: String,
    start_time: String,
    end_time: String,
    day: String,
    postcode: String,
    proximity: String,
}

/// A page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// From one.
    pub number: usize,
    /// The most that it holds.
    pub size: usize,
}

/// Reads one parameter; nothing when it was left out.
fn one<T: FromStr>(name: &str, text: &str, like: &str) -> Result<Option<T>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    text.trim().parse().map(Some).map_err(|_| format!("{name} does not read: write it like {like}"))
}

fn time(name: &str, text: &str) -> Result<Option<u16>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let mut parts = text.split(':').map(|part| part.get(..2).unwrap_or(part).parse::<u16>().ok());
    let minute = match (parts.next().flatten(), parts.next().flatten()) {
        (Some(hours @ 0..24), Some(minutes @ 0..60)) => Some(hours * 60 + minutes),
        _ => None,
    };
    minute.map(Some).ok_or_else(|| format!("{name} does not read: write it like 09:30"))
}

fn day(text: &str) -> Result<Option<Day>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let by_name = || Day::ALL.into_iter().find(|day| day.words().eq_ignore_ascii_case(text.trim()));
    Day::read(text).or_else(by_name).map(Some).ok_or_else(|| "day does not read: write it like MO".to_owned())
}

impl Asked {
    /// Returns which page is asked for.
    ///
    /// # Errors
    /// The parameter that does not read, in words.
    pub fn page(&self) -> Result<Page, String> {
        let number = one::<usize>("page", &self.page, "1")?.unwrap_or(1);
        let size = one::<usize>("per_page", &self.per_page, "50")?.unwrap_or(PER_PAGE);
        if number == 0 || size == 0 {
            return Err("page and per_page begin with 1".to_owned());
        }
        Ok(Page { number, size: size.min(PER_PAGE_MAX) })
    }

    /// Returns what the services must be.
    ///
    /// # Errors
    /// The parameter that does not read, in words.
    pub fn filter(&self) -> Result<Filter, String> {
        let id = "00000000-0000-0000-0000-000000000000";
        Ok(Filter {
            search: self.search.clone(),
            term: one::<Uuid>("taxonomy_term_id", &self.taxonomy_term_id, id)?,
            taxonomy: one::<Uuid>("taxonomy_id", &self.taxonomy_id, id)?,
            minimum_age: one("minimum_age", &self.minimum_age, "5")?,
            maximum_age: one("maximum_age", &self.maximum_age, "18")?,
            start: time("start_time", &self.start_time)?,
            end: time("end_time", &self.end_time)?,
            day: day(&self.day)?,
            today: None,
            within: None,
        })
    }

    /// Returns from which postcode, and within how many metres, places must be.
    ///
    /// # Errors
    /// The parameter that does not read, in words.
    pub fn within(&self) -> Result<Option<(Postcode, f64)>, String> {
        let postcode = one::<Postcode>("postcode", &self.postcode, "BD3 9QX")?;
        let metres = one::<f64>("proximity", &self.proximity, "2000")?.filter(|metres| metres.is_finite() && *metres >= 0.0);
        if metres.is_none() && !self.proximity.is_empty() {
            return Err("proximity does not read: write it in metres, like 2000".to_owned());
        }
        // Without a distance the standard asks for the area that a service serves, which none here draws.
        Ok(postcode.zip(metres))
    }
}

//! A row of an extract, read into a record, or refused with its column and reason. Pure.

use area::FeedSource;
use area::files::Field;
use kernel::Date;
use kernel::partial_date::PartialDate;
use kernel::text::{self, TextError};
use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const NAME_MAX: usize = 300;
const KEY_MAX: usize = 100;

/// Where each field lies in a file's rows.
#[derive(Clone, Debug)]
pub struct Columns {
    /// The column that tells records apart.
    pub key: usize,
    /// The column that names the source, in a file of several agencies.
    pub source: Option<usize>,
    /// All header names, in order.
    pub header: Vec<String>,
}

impl Columns {
    /// Returns where a source's fields lie.
    pub fn places(&self, feed: &FeedSource) -> Vec<(Field, usize)> {
        let place = |name: &str| self.header.iter().position(|column| column.eq_ignore_ascii_case(name));
        feed.columns.iter().filter_map(|(field, name)| Some((*field, place(name)?))).collect()
    }
}

/// A record of an agency, as far as it could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// What the agency tells it apart by.
    pub key: String,
    /// What is known, as written, by field.
    pub fields: BTreeMap<Field, String>,
}

impl Record {
    /// Returns what is known of a field; empty when nothing is.
    pub fn get(&self, field: Field) -> &str {
        self.fields.get(&field).map_or("", String::as_str)
    }

    /// Returns the date of birth, as far as it is known.
    pub fn born(&self) -> Option<PartialDate> {
        self.get(Field::BirthDate).parse().ok()
    }

    /// Returns a hash of everything in it: the same record again is known by it.
    pub fn content_hash(&self) -> Vec<u8> {
        let mut context = Context::new(&SHA256);
        for (field, value) in &self.fields {
            context.update(&[*field as u8]);
            context.update(&(value.len() as u64).to_be_bytes());
            context.update(value.as_bytes());
        }
        context.finish().as_ref().to_vec()
    }
}

/// Why a row is in quarantine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// The column, by its name in the file.
    pub column: String,
    /// What is wrong, and what to do.
    pub reason: String,
}

/// Returns where everything lies in a file, from its first row.
///
/// # Errors
/// Every column that is missing.
pub fn columns(header: &[String], feed: &FeedSource, parts: &[&FeedSource]) -> Result<Columns, String> {
    let mut missing: Vec<&str> = Vec::new();
    let place = |name: &str| header.iter().position(|column| column.trim().eq_ignore_ascii_case(name));
    let key = place(&feed.key);
    if key.is_none() {
        missing.push(&feed.key);
    }
    let source = feed.source_column.as_deref().map(|name| (name, place(name)));
    if let Some((name, None)) = source {
        missing.push(name);
    }
    for part in parts.iter().copied().chain([feed]) {
        missing.extend(part.columns.values().map(String::as_str).filter(|name| place(name).is_none()));
    }
    missing.sort_unstable();
    missing.dedup();
    match key {
        Some(key) if missing.is_empty() => Ok(Columns {
            key,
            source: source.and_then(|(_, place)| place),
            header: header.iter().map(|name| name.trim().to_owned()).collect(),
        }),
        _ => Err(format!(
            "The file lacks the columns {}. Check that it is an extract of {}, with its first row of names",
            missing.join(", "),
            feed.name
        )),
    }
}

/// Returns the record in a row.
///
/// Rule \[ours-feeds\]: a row is refused for what makes it unreadable, never for what is only missing or unusual.
///
/// # Errors
/// [`BadRow`] names the column.
pub fn read(
    row: &[String],
    columns: &Columns,
    (places, feed): (&[(Field, usize)], &FeedSource),
    today: Date,
) -> Result<Record, BadRow> {
    let bad = |column: &str, reason: &str| BadRow { column: column.to_owned(), reason: reason.to_owned() };
    if row.len() != columns.header.len() {
        let reason = format!(
            "The row has {} columns where the first row has {}: look for a quote or comma too many",
            row.len(),
            columns.header.len()
        );
        return Err(BadRow { column: String::new(), reason });
    }
    let key_name = &columns.header[columns.key];
    let key = text::line(&row[columns.key], KEY_MAX).map_err(|e| bad(key_name, &e.to_string()))?;
    let mut fields = BTreeMap::new();
    for (field, at) in places {
        let name = &columns.header[*at];
        let value = match text::line(unescape(&row[*at]), NAME_MAX) {
            Ok(value) => value,
            Err(TextError::Empty) => continue,
            Err(e) => return Err(bad(name, &e.to_string())),
        };
        let value = match field {
            Field::BirthDate | Field::EventOn => past_date(&value, today).map_err(|e| bad(name, &e))?,
            Field::Event if !feed.events.contains_key(&value) => {
                let known: Vec<&str> = feed.events.keys().map(String::as_str).collect();
                return Err(bad(name, &format!("is '{value}', which is none of the codes known here: {}", known.join(", "))));
            }
            _ => value,
        };
        fields.insert(*field, value);
    }
    let record = Record { key, fields };
    if record.get(Field::FirstName).is_empty() && record.get(Field::LastName).is_empty() {
        let last_name = places.iter().find(|(field, _)| *field == Field::LastName);
        let name = last_name.map_or("", |(_, at)| columns.header[*at].as_str());
        return Err(bad(name, "is empty, and so is the first name: nobody can be known by nothing"));
    }
    Ok(record)
}

/// A spreadsheet's guard against formulas is taken off again.
fn unescape(value: &str) -> &str {
    match value.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t']) => rest,
        _ => value,
    }
}

/// Returns a value as a spreadsheet shows it and does not run it.
pub fn escape(value: &str) -> String {
    if value.starts_with(['=', '+', '-', '@', '\t']) { format!("'{value}") } else { value.to_owned() }
}

fn past_date(value: &str, today: Date) -> Result<String, String> {
    let parts: Vec<&str> = value.split(['/', '.']).collect();
    let date = match parts.as_slice() {
        [day, month, year] => PartialDate::from_boxes(day, month, year).map_err(|e| e.to_string())?,
        _ => Some(value.parse::<PartialDate>().map_err(|e| e.to_string())?),
    };
    match date {
        Some(date) if date.earliest() > today => Err("is in the future".to_owned()),
        Some(date) => Ok(date.to_string()),
        None => Err("does not read".to_owned()),
    }
}

/// Returns a field's bytes as text: UTF-8, or else Windows-1252 as older systems write.
///
/// # Errors
/// When it holds NUL, as no text does.
pub fn decode(bytes: &[u8]) -> Result<String, BadRow> {
    if bytes.contains(&0) {
        return Err(BadRow { column: String::new(), reason: "The row has NUL characters: it is not text".to_owned() });
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.trim_start_matches('\u{FEFF}').to_owned()),
        Err(_) => Ok(encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned()),
    }
}

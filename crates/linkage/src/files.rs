//! Files of records: CSV, its columns named by a mapping.

use crate::people::{People, Raw};
use serde::Deserialize;
use std::borrow::Cow;
use std::path::Path;

/// Which column holds which field; a column that is not there leaves its field empty.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Columns {
    /// What a record is called; its row's number when there is none.
    pub id: String,
    /// Which agency or system it comes from; the file when there is none.
    pub source: String,
    /// First name.
    pub first_name: String,
    /// Further forenames.
    pub middle_name: String,
    /// Last name.
    pub last_name: String,
    /// Date of birth.
    pub born: String,
    /// Sex.
    pub sex: String,
    /// House number or name.
    pub house: String,
    /// Street.
    pub street: String,
    /// Postcode.
    pub postcode: String,
    /// Telephone.
    pub phone: String,
    /// Email.
    pub email: String,
    /// NHS number.
    pub nhs_number: String,
    /// Unique pupil number.
    pub upn: String,
    /// National Insurance number.
    pub nino: String,
    /// A number of the caller's own.
    pub number: String,
    /// Which numbers were checked with whoever gives them out: the names of their columns, with spaces between.
    pub verified: String,
}

impl Default for Columns {
    fn default() -> Self {
        let named = |name: &str| name.to_owned();
        Self {
            id: named("rec_id"),
            source: named("source"),
            first_name: named("first_name"),
            middle_name: named("middle_name"),
            last_name: named("last_name"),
            born: named("dob"),
            sex: named("sex"),
            house: named("house"),
            street: named("street"),
            postcode: named("postcode"),
            phone: named("phone"),
            email: named("email"),
            nhs_number: named("nhs"),
            upn: named("upn"),
            nino: named("nino"),
            number: named("number"),
            verified: named("verified"),
        }
    }
}

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file does not open, or stops in the middle.
    #[error("{0}: {1}")]
    Read(String, String),
    /// None of the columns that are compared is there.
    #[error("{0}: it has none of the columns that are compared; it has {1}. Name them in a mapping (--columns)")]
    NoColumns(String, String),
    /// A row without an id, or with one that another has.
    #[error("{0}, row {1}: the id '{2}' is empty or another record has it")]
    Id(String, u64, String),
}

/// Adds the records of a CSV file.
///
/// # Errors
/// [`FileError`] names the file, the row and what to do.
pub fn read_csv(people: &mut People, path: &Path, columns: &Columns) -> Result<u64, FileError> {
    let name = path.display().to_string();
    let failed = |e: csv::Error| FileError::Read(name.clone(), e.to_string());
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).map_err(failed)?;
    let header: Vec<String> =
        reader.byte_headers().map_err(failed)?.iter().map(|cell| text(cell).trim_start_matches('\u{feff}').to_owned()).collect();
    let place = |column: &str| header.iter().position(|name| name.eq_ignore_ascii_case(column));
    let places = [
        &columns.id,
        &columns.source,
        &columns.first_name,
        &columns.middle_name,
        &columns.last_name,
        &columns.born,
        &columns.sex,
        &columns.house,
        &columns.street,
        &columns.postcode,
        &columns.phone,
        &columns.email,
        &columns.nhs_number,
        &columns.upn,
        &columns.nino,
        &columns.number,
        &columns.verified,
    ]
    .map(|column| place(column));
    if places[2..].iter().all(Option::is_none) {
        return Err(FileError::NoColumns(name, header.join(", ")));
    }
    let numbers = [&columns.nhs_number, &columns.upn, &columns.nino, &columns.number];
    people.next_file();
    let mut row = csv::ByteRecord::new();
    let mut count = 0;
    while reader.read_byte_record(&mut row).map_err(failed)? {
        count += 1;
        let cells = places.map(|place| place.and_then(|at| row.get(at)).map_or(Cow::Borrowed(""), text));
        let number = count.to_string();
        let raw = Raw {
            id: if places[0].is_some() { &cells[0] } else { &number },
            source: if places[1].is_some() { &cells[1] } else { &name },
            first_name: &cells[2],
            middle_name: &cells[3],
            last_name: &cells[4],
            born: &cells[5],
            sex: &cells[6],
            house: &cells[7],
            street: &cells[8],
            postcode: &cells[9],
            phone: &cells[10],
            email: &cells[11],
            numbers: [&cells[12], &cells[13], &cells[14], &cells[15]],
            verified: numbers.map(|column| cells[16].split_whitespace().any(|name| name.eq_ignore_ascii_case(column))),
        };
        people.push(&raw).map_err(|id| FileError::Id(name.clone(), count, id))?;
    }
    Ok(count)
}

/// Returns a cell's text; what is no UTF-8 is read as Windows-1252.
fn text(cell: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(cell) {
        Ok(text) => Cow::Borrowed(text.trim()),
        Err(_) => Cow::Owned(encoding_rs::WINDOWS_1252.decode_without_bom_handling(cell).0.trim().to_owned()),
    }
}

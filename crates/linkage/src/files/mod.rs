//! Files of records, and of what was found: CSV, and Parquet where the name ends so. A mapping names the columns.

mod csv_file;
#[cfg(feature = "parquet")]
mod parquet_file;
mod sheet;

pub use sheet::{Cell, Sheet};

use crate::people::{People, Raw};
use serde::Deserialize;
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

impl Columns {
    /// The columns' names, in the order of the fields.
    fn names(&self) -> [&str; COLUMNS] {
        let c = self;
        [
            &c.id,
            &c.source,
            &c.first_name,
            &c.middle_name,
            &c.last_name,
            &c.born,
            &c.sex,
            &c.house,
            &c.street,
            &c.postcode,
            &c.phone,
            &c.email,
            &c.nhs_number,
            &c.upn,
            &c.nino,
            &c.number,
            &c.verified,
        ]
    }

    fn has(&self, name: &str) -> bool {
        name.is_empty() || self.names().contains(&name)
    }
}

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file does not open, or stops in the middle.
    #[error("{0}: {1}")]
    Read(String, String),
    /// The file cannot be written.
    #[error("{0} cannot be written: {1}")]
    Write(String, String),
    /// None of the columns that are compared is there.
    #[error("{0}: it has none of the columns that are compared; it has {1}. Name them in a mapping (--columns)")]
    NoColumns(String, String),
    /// A column that the mapping names is not there.
    #[error("{0}: it has no column '{1}', which the mapping names; it has {2}")]
    NoColumn(String, String, String),
    /// A row without an id, or with one that another has.
    #[error("{0}, row {1}: the id '{2}' is empty or another record has it")]
    Id(String, u64, String),
}

/// Adds the records of a file: Parquet where its name ends so, else CSV.
///
/// # Errors
/// [`FileError`] names the file, the row and what to do.
pub fn read(people: &mut People, path: &Path, columns: &Columns) -> Result<u64, FileError> {
    if !is_parquet(path) {
        return csv_file::read(people, path, columns);
    }
    #[cfg(feature = "parquet")]
    return parquet_file::read(people, path, columns);
    #[cfg(not(feature = "parquet"))]
    Err(FileError::Read(path.display().to_string(), "this program was built without Parquet".to_owned()))
}

fn is_parquet(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("parquet"))
}

const COLUMNS: usize = 17;

/// Where a file's columns are.
struct Places<'a> {
    file: String,
    of: [Option<usize>; COLUMNS],
    numbers: [&'a str; 4],
    rows: u64,
}

impl<'a> Places<'a> {
    fn new(path: &Path, header: &[String], columns: &'a Columns) -> Result<Self, FileError> {
        let (c, named) = (columns, columns.names());
        let of = named.map(|column| header.iter().position(|name| name.eq_ignore_ascii_case(column)));
        let file = path.display().to_string();
        // What is called as usual may be missing; what somebody has named must be there.
        let usual = Columns::default();
        let asked = named.iter().zip(&of).find(|(name, place)| place.is_none() && !usual.has(name));
        if let Some((name, _)) = asked {
            return Err(FileError::NoColumn(file, (*name).to_owned(), header.join(", ")));
        }
        if of[2..].iter().all(Option::is_none) {
            return Err(FileError::NoColumns(file, header.join(", ")));
        }
        Ok(Self { file, of, numbers: [&c.nhs_number, &c.upn, &c.nino, &c.number], rows: 0 })
    }

    /// Keeps a row; `cell` gives a column's text by its place.
    fn push<'r>(&mut self, people: &mut People, cell: impl Fn(usize) -> std::borrow::Cow<'r, str>) -> Result<(), FileError> {
        self.rows += 1;
        let cells = self.of.map(|place| place.map_or(std::borrow::Cow::Borrowed(""), &cell));
        let number = self.rows.to_string();
        let raw = Raw {
            id: if self.of[0].is_some() { &cells[0] } else { &number },
            source: if self.of[1].is_some() { &cells[1] } else { &self.file },
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
            verified: self.numbers.map(|column| cells[16].split_whitespace().any(|name| name.eq_ignore_ascii_case(column))),
        };
        people.push(&raw).map_err(|id| FileError::Id(self.file.clone(), self.rows, id))
    }
}

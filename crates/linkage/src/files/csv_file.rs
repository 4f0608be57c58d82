//! Records as CSV with a first row of names, in UTF-8 or Windows-1252.

use super::{Columns, FileError, Places};
use crate::people::People;
use std::borrow::Cow;
use std::path::Path;

pub(super) fn read(people: &mut People, path: &Path, columns: &Columns) -> Result<u64, FileError> {
    let failed = |e: csv::Error| FileError::Read(path.display().to_string(), e.to_string());
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).map_err(failed)?;
    let header = reader.byte_headers().map_err(failed)?.iter();
    let header: Vec<String> = header.map(|cell| text(cell).trim_start_matches('\u{feff}').to_owned()).collect();
    let mut places = Places::new(path, &header, columns)?;
    people.next_file();
    let mut row = csv::ByteRecord::new();
    while reader.read_byte_record(&mut row).map_err(failed)? {
        places.push(people, |at| row.get(at).map_or(Cow::Borrowed(""), text))?;
    }
    Ok(places.rows)
}

/// Returns a cell's text; what is no UTF-8 is read as Windows-1252.
fn text(cell: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(cell) {
        Ok(text) => Cow::Borrowed(text.trim()),
        Err(_) => Cow::Owned(encoding_rs::WINDOWS_1252.decode_without_bom_handling(cell).0.trim().to_owned()),
    }
}

//! What was found, written as CSV or Parquet.

use super::{FileError, is_parquet};
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

/// A cell: a text, or a number with how many decimal places a text file shows.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    /// A text.
    Text(&'a str),
    /// A number.
    Number(f64, usize),
}

enum Kind {
    Csv(Box<csv::Writer<BufWriter<File>>>),
    #[cfg(feature = "parquet")]
    Parquet(Box<super::parquet_file::Writer>),
}

/// A file that is being written, row by row.
pub struct Sheet {
    name: String,
    kind: Kind,
}

impl Sheet {
    /// Begins a file with named columns, each of texts or of numbers: Parquet where its name ends so, else CSV.
    ///
    /// # Errors
    /// [`FileError`] when it cannot be made.
    pub fn create(path: &Path, columns: &[(&str, bool)]) -> Result<Self, FileError> {
        let name = path.display().to_string();
        let failed = |e: String| FileError::Write(name.clone(), e);
        if is_parquet(path) {
            #[cfg(feature = "parquet")]
            {
                let writer = super::parquet_file::Writer::create(path, columns).map_err(|e| failed(e.to_string()))?;
                return Ok(Self { kind: Kind::Parquet(Box::new(writer)), name });
            }
            #[cfg(not(feature = "parquet"))]
            return Err(failed("this program was built without Parquet".to_owned()));
        }
        let file = File::create(path).map_err(|e| failed(e.to_string()))?;
        let mut writer = csv::Writer::from_writer(BufWriter::with_capacity(1 << 20, file));
        writer.write_record(columns.iter().map(|(name, _)| name)).map_err(|e| failed(e.to_string()))?;
        Ok(Self { kind: Kind::Csv(Box::new(writer)), name })
    }

    /// Writes a row.
    ///
    /// # Errors
    /// [`FileError`] when it cannot be written.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), FileError> {
        let failed = |e: String| FileError::Write(self.name.clone(), e);
        match &mut self.kind {
            Kind::Csv(writer) => {
                let texts = cells.iter().map(|cell| match cell {
                    Cell::Text(text) => (*text).to_owned(),
                    Cell::Number(number, places) => format!("{number:.places$}"),
                });
                writer.write_record(texts).map_err(|e| failed(e.to_string()))
            }
            #[cfg(feature = "parquet")]
            Kind::Parquet(writer) => writer.row(cells).map_err(|e| failed(e.to_string())),
        }
    }

    /// Ends the file.
    ///
    /// # Errors
    /// [`FileError`] when it cannot be written.
    pub fn finish(self) -> Result<(), FileError> {
        let failed = |e: String| FileError::Write(self.name.clone(), e);
        match self.kind {
            Kind::Csv(mut writer) => writer.flush().map_err(|e| failed(e.to_string())),
            #[cfg(feature = "parquet")]
            Kind::Parquet(writer) => writer.finish().map_err(|e| failed(e.to_string())),
        }
    }
}

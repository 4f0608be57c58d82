//! Records, and what was found, as Parquet (compressed by Snappy or not at all).

use super::sheet::Cell;
use super::{Columns, FileError, Places};
use crate::people::People;
use parquet::basic::Compression;
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::record::Field;
use parquet::schema::parser::parse_message_type;
use std::borrow::Cow;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

/// Reads a file's rows. The Parquet crate panics at some files that are damaged: that is a file that cannot be read,
/// not the end of the program.
pub(super) fn read(people: &mut People, path: &Path, columns: &Columns) -> Result<u64, FileError> {
    catch_unwind(AssertUnwindSafe(|| read_rows(people, path, columns)))
        .unwrap_or_else(|_| Err(FileError::Read(path.display().to_string(), "the file is damaged".to_owned())))
}

fn read_rows(people: &mut People, path: &Path, columns: &Columns) -> Result<u64, FileError> {
    let failed = |e: String| FileError::Read(path.display().to_string(), e);
    let file = File::open(path).map_err(|e| failed(e.to_string()))?;
    let reader = SerializedFileReader::new(file).map_err(|e| failed(e.to_string()))?;
    let fields = reader.metadata().file_metadata().schema().get_fields();
    let header: Vec<String> = fields.iter().map(|field| field.name().to_owned()).collect();
    let mut places = Places::new(path, &header, columns)?;
    people.next_file();
    for row in reader.get_row_iter(None).map_err(|e| failed(e.to_string()))? {
        let row = row.map_err(|e| failed(e.to_string()))?;
        let cells: Vec<&Field> = row.get_column_iter().map(|(_, field)| field).collect();
        places.push(people, |at| cells.get(at).map_or(Cow::Borrowed(""), |field| text(field)))?;
    }
    Ok(places.rows)
}

fn text(field: &Field) -> Cow<'_, str> {
    match field {
        Field::Null => Cow::Borrowed(""),
        Field::Str(text) => Cow::Borrowed(text.trim()),
        Field::Bytes(bytes) => String::from_utf8_lossy(bytes.data()),
        // A date is written as year, month and day, a number as its digits.
        other => Cow::Owned(other.to_string()),
    }
}

/// Rows written together.
const TOGETHER: usize = 500_000;

enum Column {
    Texts(Vec<ByteArray>),
    Numbers(Vec<f64>),
}

/// A Parquet file that is being written.
pub(super) struct Writer {
    file: SerializedFileWriter<File>,
    columns: Vec<Column>,
    rows: usize,
}

impl Writer {
    pub(super) fn create(path: &Path, columns: &[(&str, bool)]) -> Result<Self, ParquetError> {
        let named = columns.iter().map(|(name, is_text)| {
            if *is_text { format!("required binary {name} (utf8);") } else { format!("required double {name};") }
        });
        let schema = Arc::new(parse_message_type(&format!("message found {{ {} }}", named.collect::<String>()))?);
        let settings = Arc::new(WriterProperties::builder().set_compression(Compression::SNAPPY).build());
        let file = SerializedFileWriter::new(File::create(path)?, schema, settings)?;
        let empty = |is_text: &bool| if *is_text { Column::Texts(Vec::new()) } else { Column::Numbers(Vec::new()) };
        Ok(Self { file, columns: columns.iter().map(|(_, is_text)| empty(is_text)).collect(), rows: 0 })
    }

    pub(super) fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), ParquetError> {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            match (column, cell) {
                (Column::Texts(texts), Cell::Text(text)) => texts.push(ByteArray::from(text.as_bytes().to_vec())),
                (Column::Numbers(numbers), Cell::Number(number, _)) => numbers.push(*number),
                (Column::Texts(_), Cell::Number(..)) | (Column::Numbers(_), Cell::Text(_)) => {
                    return Err(ParquetError::General("a cell is not of its column's kind".to_owned()));
                }
            }
        }
        self.rows += 1;
        if self.rows == TOGETHER { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), ParquetError> {
        let mut group = self.file.next_row_group()?;
        let mut columns = self.columns.iter_mut();
        while let (Some(mut writer), Some(column)) = (group.next_column()?, columns.next()) {
            match (writer.untyped(), column) {
                (ColumnWriter::ByteArrayColumnWriter(writer), Column::Texts(texts)) => {
                    writer.write_batch(texts, None, None)?;
                    texts.clear();
                }
                (ColumnWriter::DoubleColumnWriter(writer), Column::Numbers(numbers)) => {
                    writer.write_batch(numbers, None, None)?;
                    numbers.clear();
                }
                _ => return Err(ParquetError::General("a column is not of its kind".to_owned())),
            }
            writer.close()?;
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<(), ParquetError> {
        if self.rows > 0 {
            self.flush()?;
        }
        self.file.close().map(|_| ())
    }
}

//! Where things are: positions, how far apart, and the postcodes that the operator's file places.

use crate::store;
use ::store::{AreaId, StoreError};
use access::World;
use kernel::postcode::Postcode;
use std::io::Read;

/// Metres along a millionth of a degree of a meridian (WGS 84, mean).
const METRES_PER_MICRODEGREE: f64 = 0.111_195;
/// So many postcodes are written at once.
const TOGETHER: usize = 2000;
/// What the file of the Office for National Statistics writes for a postcode without a position.
const NOWHERE: f64 = 99.0;

/// Where something is, in millionths of a degree (WGS 84).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// North of the equator.
    pub latitude: i64,
    /// East of Greenwich.
    pub longitude: i64,
}

impl Position {
    /// Returns a position of degrees; nothing outside the world.
    pub fn of_degrees(latitude: f64, longitude: f64) -> Option<Self> {
        if !(latitude.abs() <= 90.0 && longitude.abs() <= 180.0) {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most 180 million, as was just seen")]
        let whole = |degrees: f64| (degrees * 1e6).round() as i64;
        Some(Self { latitude: whole(latitude), longitude: whole(longitude) })
    }

    /// Returns how far apart two positions are, in metres: true to a part in a thousand within a county.
    #[expect(clippy::cast_precision_loss, reason = "millionths of a degree are far within what is exact")]
    pub fn metres_to(self, other: Self) -> f64 {
        let middle = (self.latitude + other.latitude) as f64 / 2e6;
        let north = (self.latitude - other.latitude) as f64;
        let east = (self.longitude - other.longitude) as f64 * middle.to_radians().cos();
        north.hypot(east) * METRES_PER_MICRODEGREE
    }
}

/// Says a distance as people do: `400 m`, `1.2 km`, `14 km`.
pub fn said(metres: f64) -> String {
    match metres {
        metres if metres < 950.0 => format!("{:.0} m", (metres / 50.0).round().max(1.0) * 50.0),
        metres if metres < 9_950.0 => format!("{:.1} km", metres / 1000.0),
        metres => format!("{:.0} km", metres / 1000.0),
    }
}

/// Why a file of postcodes was not read to its end; what came before stands.
#[derive(Debug, thiserror::Error)]
pub enum PostcodesError {
    /// The file has not the columns.
    #[error(
        "the file has no column {0}: it must have pcds, lat and long, as the postcode directory of the Office for National Statistics has"
    )]
    NoColumn(&'static str),
    /// A row does not read.
    #[error("line {line}: {problem}")]
    Row {
        /// From one.
        line: u64,
        /// What is wrong.
        problem: String,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What became of a file of postcodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Postcodes that have a position now.
    pub placed: u64,
    /// Rows without a position, which the file has for some.
    pub without: u64,
}

/// Reads the operator's file of postcodes: CSV with the columns `pcds`, `lat` and `long`. Read again, a newer file corrects an older.
///
/// # Errors
/// [`PostcodesError`] names the line.
pub async fn import(world: &World, file: impl Read, mut told: impl FnMut(Imported)) -> Result<Imported, PostcodesError> {
    let mut reader = csv::Reader::from_reader(file);
    let headers = reader.headers().map_err(|e| row_error(&e))?.clone();
    let column = |name: &'static str| {
        headers
            .iter()
            .position(|header| header.trim_start_matches('\u{feff}').eq_ignore_ascii_case(name))
            .ok_or(PostcodesError::NoColumn(name))
    };
    let (postcode, latitude, longitude) = (column("pcds")?, column("lat")?, column("long")?);
    let (mut imported, mut waiting) = (Imported::default(), Vec::with_capacity(TOGETHER));
    for row in reader.records() {
        let row = row.map_err(|e| row_error(&e))?;
        let line = row.position().map_or(0, csv::Position::line);
        let fault = |problem: String| PostcodesError::Row { line, problem };
        let text = |at: usize| row.get(at).unwrap_or_default().trim();
        let number = |at: usize| text(at).parse::<f64>().map_err(|_| fault(format!("'{}' is no number of degrees", text(at))));
        let (north, east) = (number(latitude)?, number(longitude)?);
        let known: Postcode = text(postcode).parse().map_err(|e| fault(format!("'{}' {e}", text(postcode))))?;
        match Position::of_degrees(north, east).filter(|_| north < NOWHERE) {
            Some(position) => waiting.push((known, position)),
            None => imported.without += 1,
        }
        if waiting.len() == TOGETHER {
            imported.placed += keep(world, &mut waiting).await?;
            told(imported);
        }
    }
    imported.placed += keep(world, &mut waiting).await?;
    let mut tx = world.db.begin().await?;
    store::touch_all(&mut tx, world.area_id).await?;
    tx.commit(&world.ids).await?;
    Ok(imported)
}

async fn keep(world: &World, waiting: &mut Vec<(Postcode, Position)>) -> Result<u64, StoreError> {
    let mut tx = world.db.begin().await?;
    store::save_postcodes(&mut tx, world.area_id, waiting).await?;
    tx.commit(&world.ids).await?;
    Ok(waiting.drain(..).count() as u64)
}

fn row_error(e: &csv::Error) -> PostcodesError {
    PostcodesError::Row { line: e.position().map_or(1, csv::Position::line), problem: e.to_string() }
}

/// Returns where a postcode is, as the operator's file says; nothing when it does not know it.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn of_postcode(tx: &mut ::store::Tx, area_id: AreaId, postcode: &Postcode) -> Result<Option<Position>, StoreError> {
    store::find_postcode(tx, area_id, postcode).await
}

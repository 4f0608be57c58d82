//! Values that go into statements and come out of rows, the same for both engines.

use crate::{StoreError, StoreResult};
use kernel::partial_date::PartialDate;
use kernel::{Date, Timestamp};
use std::sync::Arc;
use uuid::Uuid;

/// One value of a statement or a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Val {
    /// Nothing.
    Null,
    /// A whole number: counts, pence, microseconds since 1970, areas.
    Int(i64),
    /// Text.
    Text(String),
    /// Bytes: hashes, salts, keys.
    Bytes(Vec<u8>),
    /// An id.
    Uuid(Uuid),
}

/// Lists the values of a statement's `$1`, `$2`, …
#[macro_export]
macro_rules! vals {
    ($($value:expr),* $(,)?) => { &[$($crate::Val::from($value)),*] };
}

/// Adds the values of a list to a statement's, and returns their marks: `$3, $4`. An empty list matches nothing.
///
/// The list is filled up by its last value to the next power of two, so that an engine keeps few statements.
pub fn list<T: Into<Val>>(values: &mut Vec<Val>, wanted: impl IntoIterator<Item = T>) -> String {
    let before = values.len();
    values.extend(wanted.into_iter().map(Into::into));
    let Some(last) = values[before..].last().cloned() else { return "NULL".to_owned() };
    let count = (values.len() - before).next_power_of_two();
    values.resize(before + count, last);
    let marks: Vec<String> = (before + 1..=before + count).map(|at| format!("${at}")).collect();
    marks.join(", ")
}

/// Defines the typed id of a record, which goes into statements as it is.
#[macro_export]
macro_rules! record_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }
        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                uuid::Uuid::parse_str(text).map(Self)
            }
        }
        impl From<uuid::Uuid> for $name {
            fn from(id: uuid::Uuid) -> Self {
                Self(id)
            }
        }
        impl From<$name> for $crate::Val {
            fn from(id: $name) -> Self {
                $crate::Val::Uuid(id.0)
            }
        }
        impl $crate::value::RecordId for $name {
            fn uuid(self) -> uuid::Uuid {
                self.0
            }
        }
    };
}

/// The typed id of a record.
pub trait RecordId: Copy {
    /// Returns the bare id.
    fn uuid(self) -> Uuid;
}

impl<T: RecordId> From<Option<T>> for Val {
    fn from(id: Option<T>) -> Self {
        id.map_or(Self::Null, |id| Self::Uuid(id.uuid()))
    }
}

macro_rules! val_from {
    ($($type:ty => |$v:ident| $into:expr),* $(,)?) => {$(
        impl From<$type> for Val {
            fn from($v: $type) -> Self { $into }
        }
        impl From<Option<$type>> for Val {
            fn from(v: Option<$type>) -> Self { v.map_or(Self::Null, Self::from) }
        }
    )*};
}

val_from! {
    i64 => |v| Val::Int(v),
    i32 => |v| Val::Int(v.into()),
    u32 => |v| Val::Int(v.into()),
    u16 => |v| Val::Int(v.into()),
    bool => |v| Val::Int(v.into()),
    usize => |v| Val::Int(i64::try_from(v).unwrap_or(i64::MAX)),
    String => |v| Val::Text(v),
    &String => |v| Val::Text(v.clone()),
    &str => |v| Val::Text(v.to_owned()),
    Vec<u8> => |v| Val::Bytes(v),
    &[u8] => |v| Val::Bytes(v.to_vec()),
    Uuid => |v| Val::Uuid(v),
    kernel::ids::AreaId => |v| Val::Int(v.0),
    Timestamp => |v| Val::Int(v.as_microsecond()),
    Date => |v| Val::Text(v.to_string()),
    PartialDate => |v| Val::Text(v.to_string()),
}

/// One row of an answer.
#[derive(Clone, Debug)]
pub struct Row {
    pub(crate) names: Arc<[String]>,
    pub(crate) values: Vec<Val>,
}

impl Row {
    /// Puts another value in the place of a column's.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the column is absent.
    pub(crate) fn set(&mut self, column: &str, value: Val) -> StoreResult<()> {
        let absent = || StoreError::Corrupt(format!("no column {column}"));
        let at = self.names.iter().position(|name| name == column).ok_or_else(absent)?;
        self.values[at] = value;
        Ok(())
    }

    /// Returns the value of a column.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the column is absent or holds something else.
    pub fn get<T: FromVal>(&self, column: &str) -> StoreResult<T> {
        let value = self.value(column)?;
        T::from_val(value).ok_or_else(|| corrupt(column, value))
    }

    /// Returns the typed id in a column.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the column is absent or holds no id.
    pub fn id<T: From<Uuid>>(&self, column: &str) -> StoreResult<T> {
        self.get::<Uuid>(column).map(T::from)
    }

    /// Returns the typed id in a column that may be empty.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the column is absent or holds something else.
    pub fn opt_id<T: From<Uuid>>(&self, column: &str) -> StoreResult<Option<T>> {
        Ok(self.get::<Option<Uuid>>(column)?.map(T::from))
    }

    /// Returns a column's text read as `T`: states, kinds, classes.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the text is no `T`: never a default.
    pub fn parse<T: std::str::FromStr>(&self, column: &str) -> StoreResult<T> {
        let text: String = self.get(column)?;
        text.parse().map_err(|_| StoreError::Corrupt(format!("{column} holds '{text}'")))
    }

    pub(crate) fn value(&self, column: &str) -> StoreResult<&Val> {
        let at = self.names.iter().position(|name| name == column);
        at.and_then(|at| self.values.get(at)).ok_or_else(|| StoreError::Corrupt(format!("no column {column}")))
    }
}

fn corrupt(column: &str, value: &Val) -> StoreError {
    let kind = match value {
        Val::Null => "nothing",
        Val::Int(_) => "a number",
        Val::Text(_) => "text",
        Val::Bytes(_) => "bytes",
        Val::Uuid(_) => "an id",
    };
    StoreError::Corrupt(format!("{column} holds {kind} that does not read"))
}

/// What a column's value can be read as.
pub trait FromVal: Sized {
    /// Returns the value, or nothing when it is not of this kind.
    fn from_val(value: &Val) -> Option<Self>;
}

impl<T: FromVal> FromVal for Option<T> {
    fn from_val(value: &Val) -> Option<Self> {
        match value {
            Val::Null => Some(None),
            other => T::from_val(other).map(Some),
        }
    }
}

macro_rules! from_val {
    ($($type:ty => $pattern:pat => $value:expr),* $(,)?) => {$(
        impl FromVal for $type {
            fn from_val(value: &Val) -> Option<Self> {
                match value { $pattern => $value, _ => None }
            }
        }
    )*};
}

from_val! {
    i64 => Val::Int(v) => Some(*v),
    u32 => Val::Int(v) => u32::try_from(*v).ok(),
    u16 => Val::Int(v) => u16::try_from(*v).ok(),
    bool => Val::Int(v) => Some(*v != 0),
    String => Val::Text(v) => Some(v.clone()),
    Vec<u8> => Val::Bytes(v) => Some(v.clone()),
    Timestamp => Val::Int(v) => Timestamp::from_microsecond(*v).ok(),
    Date => Val::Text(v) => v.parse().ok(),
    PartialDate => Val::Text(v) => v.parse().ok(),
}

impl FromVal for Uuid {
    fn from_val(value: &Val) -> Option<Self> {
        match value {
            Val::Uuid(id) => Some(*id),
            Val::Bytes(bytes) => Self::from_slice(bytes).ok(),
            Val::Null | Val::Int(_) | Val::Text(_) => None,
        }
    }
}

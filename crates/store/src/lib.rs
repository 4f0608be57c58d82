//! Storage: one SQL text for SQLite and PostgreSQL, and what must happen in the same transaction.
//!
//! Read in this order: [`db`] (opening, reading, writing), [`value`] (what goes in and comes out),
//! [`migrations`], [`journal`], [`jobs`], [`once`], [`drafts`], [`past`] (what rows were), [`slice`](mod@slice) (a part of it all, as it was).
//!
//! Invariant: only this crate names a database driver.
//! Invariant: a write is acknowledged when it is on disk, not before.
//! Invariant: what a transaction did and its journal entries are committed together or not at all.

pub mod area;
pub mod db;
pub mod drafts;
pub mod jobs;
pub mod journal;
pub mod keys;
mod memory;
pub mod migrations;
pub mod once;
pub mod owed;
pub mod past;
mod postgres;
pub mod slice;
mod sqlite;
#[cfg(test)]
mod tests;
pub mod value;

pub use db::{Db, Engine, Tx};
pub use kernel::ids::AreaId;
pub use value::{Row, Val};

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A constraint of the database refused the write; the text names it.
    #[error("the database refused the write: {0}")]
    Constraint(String),
    /// Another transaction was in the way; doing the same again may work.
    #[error("the database was busy: {0}")]
    Busy(String),
    /// A stored value does not read as what it must be.
    #[error("a stored value is corrupt: {0}")]
    Corrupt(String),
    /// The database's schema is newer than this program.
    #[error("the database was made by a newer version of this program (it has {0}); run that version")]
    Newer(String),
    /// A migration was changed after it had made this database.
    #[error(
        "the database was made by another text of {0} than this program has: run the program that made it, or start a new database"
    )]
    Rewritten(String),
    /// Anything else a driver says.
    #[error("the database failed: {0}")]
    Driver(String),
}

/// What the store's functions return.
pub type StoreResult<T> = Result<T, StoreError>;

//! Opening a database, reading from it and writing to it, whichever engine it is.

use crate::journal::{self, Entry};
use crate::postgres::{Postgres, PostgresTx};
use crate::sqlite::{Sqlite, SqliteTx};
use crate::value::{Row, Val};
use crate::{AreaId, StoreError, StoreResult, memory};
use kernel::ids::Ids;
use std::path::Path;

/// The two engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Embedded: a file.
    Sqlite,
    /// A server.
    Postgres,
}

/// An open database; clones share it.
#[derive(Clone)]
pub struct Db {
    inner: Inner,
    looks: journal::Looks,
}

#[derive(Clone)]
pub(crate) enum Inner {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Db {
    /// Opens the database that `url` names: `sqlite:PATH` or `postgres://…`.
    ///
    /// # Errors
    /// [`StoreError::Driver`] when it cannot be reached or the name has another shape.
    pub async fn open(url: &str, ids: Ids) -> StoreResult<Self> {
        let inner = if let Some(path) = url.strip_prefix("sqlite:") {
            Inner::Sqlite(Sqlite::open(Path::new(path))?)
        } else if url.starts_with("postgres") {
            Inner::Postgres(Postgres::open(url)?)
        } else {
            return Err(StoreError::Driver(format!("'{url}' must start with sqlite: or postgres://")));
        };
        let looks = journal::Looks::start(inner.clone(), ids);
        Ok(Self { inner, looks })
    }

    /// Makes an empty database in memory, which ends with its last clone: for a part of another one, as it was.
    ///
    /// # Errors
    /// [`StoreError::Driver`] when it cannot be made.
    pub(crate) fn in_memory(ids: Ids) -> StoreResult<Self> {
        let inner = Inner::Sqlite(memory::lend()?);
        let looks = journal::Looks::start(inner.clone(), ids);
        Ok(Self { inner, looks })
    }

    /// Returns which engine this is.
    pub fn engine(&self) -> Engine {
        match self.inner {
            Inner::Sqlite(_) => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
        }
    }

    /// Returns the file of an embedded database.
    pub fn sqlite_path(&self) -> Option<&Path> {
        match &self.inner {
            Inner::Sqlite(sqlite) => Some(sqlite.path()),
            Inner::Postgres(_) => None,
        }
    }

    /// Begins a transaction that may write.
    ///
    /// Dropped without [`Tx::commit`], it leaves nothing behind.
    ///
    /// # Errors
    /// [`StoreError`] when the engine cannot begin one.
    pub async fn begin(&self) -> StoreResult<Tx> {
        self.inner.begin().await
    }

    /// Begins a transaction that only reads, over one snapshot.
    ///
    /// # Errors
    /// [`StoreError`] when the engine cannot begin one.
    pub async fn read(&self) -> StoreResult<Tx> {
        let engine = match &self.inner {
            Inner::Sqlite(sqlite) => EngineTx::Sqlite(sqlite.read().await?),
            Inner::Postgres(postgres) => EngineTx::Postgres(postgres.begin(true).await?),
        };
        Ok(Tx { engine, entries: Vec::new() })
    }

    /// Writes looks and refusals to the journal, many requests' in one transaction, and returns when they are on disk.
    ///
    /// # Errors
    /// [`StoreError`] when they could not be written: then nothing may be shown.
    pub async fn record(&self, entries: Vec<Entry>) -> StoreResult<()> {
        self.looks.record(entries).await
    }
}

impl Inner {
    pub(crate) async fn begin(&self) -> StoreResult<Tx> {
        let engine = match self {
            Self::Sqlite(sqlite) => EngineTx::Sqlite(sqlite.begin().await?),
            Self::Postgres(postgres) => EngineTx::Postgres(postgres.begin(false).await?),
        };
        Ok(Tx { engine, entries: Vec::new() })
    }
}

enum EngineTx {
    Sqlite(SqliteTx),
    Postgres(PostgresTx),
}

/// A transaction.
pub struct Tx {
    engine: EngineTx,
    entries: Vec<Entry>,
}

impl Tx {
    /// Returns the rows that a statement answers with.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn query(&mut self, sql: &str, values: &[Val]) -> StoreResult<Vec<Row>> {
        match &mut self.engine {
            EngineTx::Sqlite(tx) => tx.query(sql, values),
            EngineTx::Postgres(tx) => tx.query(sql, values).await,
        }
    }

    /// Returns what several statements answer with, in their order: where the engine is at the other end of a wire, they are sent together.
    ///
    /// # Errors
    /// [`StoreError`] from the engine, of the first that fails.
    pub async fn query_each(&mut self, asked: &[(String, Vec<Val>)]) -> StoreResult<Vec<Vec<Row>>> {
        match &mut self.engine {
            EngineTx::Sqlite(tx) => asked.iter().map(|(sql, values)| tx.query(sql, values)).collect(),
            EngineTx::Postgres(tx) => tx.query_each(asked).await,
        }
    }

    /// Returns the one row of an answer, or none.
    ///
    /// # Errors
    /// [`StoreError`] from the engine; [`StoreError::Corrupt`] when there are several.
    pub async fn query_opt(&mut self, sql: &str, values: &[Val]) -> StoreResult<Option<Row>> {
        let mut rows = self.query(sql, values).await?;
        if rows.len() > 1 {
            return Err(StoreError::Corrupt(format!("{} rows where one was expected", rows.len())));
        }
        Ok(rows.pop())
    }

    /// Returns the one row of an answer.
    ///
    /// # Errors
    /// [`StoreError`] from the engine; [`StoreError::Corrupt`] when there is none, or several.
    pub async fn query_one(&mut self, sql: &str, values: &[Val]) -> StoreResult<Row> {
        self.query_opt(sql, values).await?.ok_or_else(|| StoreError::Corrupt("no row where one was expected".to_owned()))
    }

    /// Runs a statement and returns how many rows it changed.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn execute(&mut self, sql: &str, values: &[Val]) -> StoreResult<u64> {
        match &mut self.engine {
            EngineTx::Sqlite(tx) => tx.execute(sql, values),
            EngineTx::Postgres(tx) => tx.execute(sql, values).await,
        }
    }

    /// Inserts rows of `N` columns: `insert` up to its list of columns, then the rows, then what to do with those that are there.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn insert_all<const N: usize>(&mut self, insert: &str, rows: Vec<[Val; N]>, then: &str) -> StoreResult<()> {
        if rows.is_empty() {
            return Ok(());
        }
        match &mut self.engine {
            EngineTx::Sqlite(tx) => tx.insert_all(insert, &rows, then),
            EngineTx::Postgres(tx) => tx.insert_all(insert, rows, then).await,
        }
    }

    /// Waits until no other transaction does `what` in this area, and keeps others from it until this one ends.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn alone(&mut self, area_id: AreaId, what: &str) -> StoreResult<()> {
        match self.engine {
            // There is one writer.
            EngineTx::Sqlite(_) => Ok(()),
            EngineTx::Postgres(_) => {
                let wait = "SELECT 1 AS alone FROM (SELECT pg_advisory_xact_lock(hashtextextended($1, $2))) AS waited";
                self.query(wait, &[Val::from(what), Val::from(area_id)]).await.map(|_| ())
            }
        }
    }

    /// Has PostgreSQL look how much lies in its tables, as its own housekeeping does within minutes: until then it plans for what was there before
    /// a great deal was loaded. SQLite plans the same whatever there is.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn look_at_tables(&mut self) -> StoreResult<()> {
        match self.engine {
            EngineTx::Sqlite(_) => Ok(()),
            EngineTx::Postgres(_) => self.execute("ANALYZE", &[]).await.map(|_| ()),
        }
    }

    /// Returns the engine: for the few functions with two bodies.
    pub fn engine(&self) -> Engine {
        match self.engine {
            EngineTx::Sqlite(_) => Engine::Sqlite,
            EngineTx::Postgres(_) => Engine::Postgres,
        }
    }

    pub(crate) async fn batch(&mut self, sql: &str) -> StoreResult<()> {
        match &mut self.engine {
            EngineTx::Sqlite(tx) => tx.batch(sql),
            EngineTx::Postgres(tx) => tx.batch(sql).await,
        }
    }

    /// Adds an entry to the journal, to be chained and written when this transaction commits.
    pub fn journal(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Commits, and returns when all of it is on disk.
    ///
    /// # Errors
    /// [`StoreError`] when it is not: then nothing of it happened.
    pub async fn commit(mut self, ids: &Ids) -> StoreResult<()> {
        self.chain(ids).await?;
        match self.engine {
            EngineTx::Sqlite(tx) => tx.commit().await,
            EngineTx::Postgres(tx) => tx.commit().await,
        }
    }

    /// Commits without waiting for the disk: a later [`Tx::commit`] brings it there, a crash before that undoes all of it.
    ///
    /// For long work that goes on from where it was, and acknowledges nothing to anybody before.
    ///
    /// # Errors
    /// [`StoreError`] from the engine: then nothing of it happened.
    pub async fn commit_unhurried(mut self, ids: &Ids) -> StoreResult<()> {
        self.chain(ids).await?;
        match self.engine {
            EngineTx::Sqlite(tx) => tx.release(),
            EngineTx::Postgres(mut tx) => {
                tx.batch("SET LOCAL synchronous_commit = off").await?;
                tx.commit().await
            }
        }
    }

    async fn chain(&mut self, ids: &Ids) -> StoreResult<()> {
        let mut entries = std::mem::take(&mut self.entries);
        entries.sort_by_key(|entry| entry.area_id);
        for of_one_area in entries.chunk_by(|a, b| a.area_id == b.area_id) {
            journal::append(self, of_one_area[0].area_id, of_one_area, ids).await?;
        }
        Ok(())
    }
}

/// Returns the areas of this database.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn areas(tx: &mut Tx) -> StoreResult<Vec<AreaId>> {
    let rows = tx.query("SELECT area_id FROM area ORDER BY area_id LIMIT 1000", &[]).await?;
    rows.iter().map(|row| row.get("area_id").map(AreaId)).collect()
}

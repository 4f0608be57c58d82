//! The embedded engine: one writer whose waiting transactions share a commit, and a pool of readers.
//!
//! A writing transaction is a savepoint inside an outer one. When it commits, the committer thread
//! queues for the writer behind every transaction already waiting, so that all of them reach the
//! disk with one flush, and only then is any of them acknowledged.

use crate::memory::Lease;
use crate::value::{Row, Val};
use crate::{StoreError, StoreResult};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex as StdMutex, mpsc};
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore, oneshot};

const READERS: usize = 8;
const STATEMENTS_CACHED: usize = 256;
const BUSY_TIMEOUT_MS: u64 = 10_000;
const WRITE_BACK_EVERY: Duration = Duration::from_secs(2);
/// As many as SQLite takes by default.
const PARAMETERS_MAX: usize = 32_766;

#[derive(Clone)]
pub(crate) struct Sqlite {
    writer: Arc<Mutex<Writer>>,
    commit_wanted: mpsc::Sender<()>,
    readers: Arc<StdMutex<Vec<Connection>>>,
    free_readers: Arc<Semaphore>,
    path: PathBuf,
    /// What gives a database in memory back, when nobody uses it any more: never read, but held.
    _lease: Option<Arc<Lease>>,
    /// What ends the writing back of the log, when nobody uses the database any more: never read, but held.
    _write_back: Option<mpsc::Sender<()>>,
}

struct Writer {
    connection: Connection,
    outer_is_open: bool,
    waiting: Vec<oneshot::Sender<StoreResult<()>>>,
    /// Whether anything was committed since the log was last written back.
    is_written: Arc<AtomicBool>,
}

impl Writer {
    fn commit_outer(&mut self) {
        if !self.outer_is_open {
            return;
        }
        self.outer_is_open = false;
        let failed = self.connection.execute_batch("COMMIT").err().map(|e| e.to_string());
        self.is_written.store(true, Ordering::Release);
        if failed.is_some() && self.connection.execute_batch("ROLLBACK").is_err() {
            tracing::error!("a failed commit could not be rolled back");
        }
        for waiting in self.waiting.drain(..) {
            let answer = failed.as_ref().map_or(Ok(()), |why| Err(StoreError::Driver(why.clone())));
            // Whoever waited may have gone away; the work is done all the same.
            let _ = waiting.send(answer);
        }
    }
}

impl Sqlite {
    pub(crate) fn open(path: &Path) -> StoreResult<Self> {
        let (connection, beside) = (connect(path, false)?, connect(path, false)?);
        let mut readers = Vec::with_capacity(READERS);
        for _ in 0..READERS {
            readers.push(connect(path, true)?);
        }
        let opened = Self::around(connection, readers, path)?;
        let is_written = Arc::clone(&opened.writer.try_lock().map_err(|e| StoreError::Busy(e.to_string()))?.is_written);
        Ok(Self { _write_back: Some(write_back(beside, is_written)?), ..opened })
    }

    pub(crate) fn around(connection: Connection, readers: Vec<Connection>, path: &Path) -> StoreResult<Self> {
        let count = readers.len();
        let writer =
            Arc::new(Mutex::new(Writer { connection, outer_is_open: false, waiting: Vec::new(), is_written: Arc::default() }));
        let (commit_wanted, wanted) = mpsc::channel::<()>();
        let committer = Arc::clone(&writer);
        std::thread::Builder::new()
            .name("committer".to_owned())
            .spawn(move || {
                while wanted.recv().is_ok() {
                    while wanted.try_recv().is_ok() {}
                    committer.blocking_lock().commit_outer();
                }
            })
            .map_err(|e| StoreError::Driver(e.to_string()))?;
        Ok(Self {
            writer,
            commit_wanted,
            readers: Arc::new(StdMutex::new(readers)),
            free_readers: Arc::new(Semaphore::new(count)),
            path: path.to_owned(),
            _lease: None,
            _write_back: None,
        })
    }

    /// Holds what gives it back until its last clone is dropped.
    pub(crate) fn leased(self, lease: Arc<Lease>) -> Self {
        Self { _lease: Some(lease), ..self }
    }

    /// Runs something on the writer's connection, unless somebody writes.
    pub(crate) fn with_writer<T>(&self, run: impl FnOnce(&Connection) -> StoreResult<T>) -> StoreResult<T> {
        let writer = self.writer.try_lock().map_err(|e| StoreError::Busy(e.to_string()))?;
        run(&writer.connection)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) async fn begin(&self) -> StoreResult<SqliteTx> {
        let waited = tokio::time::timeout(Duration::from_millis(BUSY_TIMEOUT_MS), Arc::clone(&self.writer).lock_owned());
        let mut guard = waited.await.map_err(|_| StoreError::Busy("another transaction has not ended".to_owned()))?;
        if !guard.outer_is_open {
            guard.connection.execute_batch("BEGIN IMMEDIATE").map_err(error)?;
            guard.outer_is_open = true;
        }
        guard.connection.execute_batch("SAVEPOINT work").map_err(error)?;
        Ok(SqliteTx::Write(WriteTx { guard: Some(guard), commit_wanted: self.commit_wanted.clone() }))
    }

    pub(crate) async fn read(&self) -> StoreResult<SqliteTx> {
        let permit = Arc::clone(&self.free_readers).acquire_owned().await.map_err(|e| StoreError::Driver(e.to_string()))?;
        let connection = self.lock_readers().pop().ok_or_else(|| StoreError::Busy("no reader is free".to_owned()))?;
        connection.execute_batch("BEGIN").map_err(error)?;
        Ok(SqliteTx::Read(ReadTx { connection: Some(connection), home: self.clone(), _permit: permit }))
    }

    fn lock_readers(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.readers.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Has the log written back into the database every few seconds, beside all others: nobody waits for it, it waits for nobody, and what stands in
/// a long log is slow to find for every reader. It ends when what it returns is dropped.
fn write_back(connection: Connection, is_written: Arc<AtomicBool>) -> StoreResult<mpsc::Sender<()>> {
    let (in_use, ended) = mpsc::channel::<()>();
    let run = move || {
        while ended.recv_timeout(WRITE_BACK_EVERY) == Err(mpsc::RecvTimeoutError::Timeout) {
            if !is_written.swap(false, Ordering::AcqRel) {
                continue;
            }
            if let Err(e) = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())) {
                tracing::warn!("the log could not be written back: {e}");
            }
        }
    };
    std::thread::Builder::new().name("write-back".to_owned()).spawn(run).map_err(|e| StoreError::Driver(e.to_string()))?;
    Ok(in_use)
}

pub(crate) enum SqliteTx {
    Write(WriteTx),
    Read(ReadTx),
}

pub(crate) struct WriteTx {
    guard: Option<OwnedMutexGuard<Writer>>,
    commit_wanted: mpsc::Sender<()>,
}

pub(crate) struct ReadTx {
    connection: Option<Connection>,
    home: Sqlite,
    _permit: OwnedSemaphorePermit,
}

impl SqliteTx {
    fn connection(&mut self) -> StoreResult<&mut Connection> {
        let open = match self {
            Self::Write(tx) => tx.guard.as_mut().map(|guard| &mut guard.connection),
            Self::Read(tx) => tx.connection.as_mut(),
        };
        open.ok_or_else(|| StoreError::Driver("the transaction has ended".to_owned()))
    }

    pub(crate) fn query(&mut self, sql: &str, values: &[Val]) -> StoreResult<Vec<Row>> {
        let connection = self.connection()?;
        let mut statement = connection.prepare_cached(&numbered(sql)).map_err(error)?;
        bind(&mut statement, values)?;
        let names: Arc<[String]> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.raw_query();
        let mut answer = Vec::new();
        while let Some(row) = rows.next().map_err(error)? {
            let mut values = Vec::with_capacity(names.len());
            for at in 0..names.len() {
                values.push(match row.get_ref(at).map_err(error)? {
                    ValueRef::Null => Val::Null,
                    ValueRef::Integer(v) => Val::Int(v),
                    ValueRef::Real(v) => Val::Text(v.to_string()),
                    ValueRef::Text(v) => Val::Text(String::from_utf8_lossy(v).into_owned()),
                    ValueRef::Blob(v) => Val::Bytes(v.to_vec()),
                });
            }
            answer.push(Row { names: Arc::clone(&names), values });
        }
        Ok(answer)
    }

    pub(crate) fn execute(&mut self, sql: &str, values: &[Val]) -> StoreResult<u64> {
        let connection = self.connection()?;
        let mut statement = connection.prepare_cached(&numbered(sql)).map_err(error)?;
        bind(&mut statement, values)?;
        statement.raw_execute().map(|count| count as u64).map_err(error)
    }

    /// One statement for each row: nothing travels, and a statement of many rows is not faster.
    pub(crate) fn insert_all<const N: usize>(&mut self, insert: &str, rows: &[[Val; N]], then: &str) -> StoreResult<()> {
        let marks: Vec<String> = (1..=N).map(|at| format!("?{at}")).collect();
        let connection = self.connection()?;
        let sql = format!("{insert} VALUES ({}) {then}", marks.join(", "));
        let mut statement = connection.prepare_cached(&sql).map_err(error)?;
        for row in rows {
            bind(&mut statement, row)?;
            statement.raw_execute().map_err(error)?;
        }
        Ok(())
    }

    pub(crate) fn batch(&mut self, sql: &str) -> StoreResult<()> {
        self.connection()?.execute_batch(sql).map_err(error)
    }

    pub(crate) async fn commit(mut self) -> StoreResult<()> {
        let Some(mut guard) = self.released()? else { return Ok(()) };
        let (sender, on_disk) = oneshot::channel();
        guard.waiting.push(sender);
        drop(guard);
        if let Self::Write(tx) = &self {
            tx.commit_wanted.send(()).map_err(|e| StoreError::Driver(e.to_string()))?;
        }
        on_disk.await.map_err(|e| StoreError::Driver(e.to_string()))?
    }

    /// Ends a transaction inside the outer one, which whoever commits next brings to the disk.
    pub(crate) fn release(mut self) -> StoreResult<()> {
        self.released().map(drop)
    }

    /// Merges a writing transaction into the outer one and returns the writer; nothing for one that reads.
    fn released(&mut self) -> StoreResult<Option<OwnedMutexGuard<Writer>>> {
        let Self::Write(tx) = self else { return Ok(None) };
        let Some(guard) = tx.guard.take() else { return Ok(None) };
        if let Err(e) = guard.connection.execute_batch("RELEASE work") {
            tx.guard = Some(guard);
            return Err(error(e));
        }
        Ok(Some(guard))
    }
}

impl Drop for WriteTx {
    fn drop(&mut self) {
        let Some(mut guard) = self.guard.take() else { return };
        if guard.connection.execute_batch("ROLLBACK TO work; RELEASE work").is_err() {
            tracing::error!("a transaction could not be rolled back");
        }
        if guard.waiting.is_empty() {
            guard.commit_outer();
        }
    }
}

impl Drop for ReadTx {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        if connection.execute_batch("COMMIT").is_err() {
            tracing::error!("a reading transaction could not be ended");
        }
        self.home.lock_readers().push(connection);
    }
}

fn connect(path: &Path, read_only: bool) -> StoreResult<Connection> {
    let flags = if read_only {
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX
    } else {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX
    };
    let connection = Connection::open_with_flags(path, flags).map_err(error)?;
    connection.busy_timeout(Duration::from_millis(BUSY_TIMEOUT_MS)).map_err(error)?;
    keep_statements(&connection)?;
    // What a savepoint may have to put back is kept in memory, not in a file.
    connection.execute_batch("PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192").map_err(error)?;
    if read_only {
        // Pages are read where the system keeps them, without a call and a copy for each.
        connection.execute_batch("PRAGMA mmap_size = 2147418112").map_err(error)?;
    } else {
        connection
            .execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -49152; \
                 PRAGMA wal_autocheckpoint = 16000",
            )
            .map_err(error)?;
    }
    Ok(connection)
}

/// Has a connection keep its statements, with their plans.
pub(crate) fn keep_statements(connection: &Connection) -> StoreResult<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
    // Plans do not depend on the values of one call: otherwise a kept statement is planned anew each time it is used.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop).map_err(error)
}

/// SQLite takes `$1` for a name, and `?1` for a number: names are looked up one by one, numbers are where they are.
fn numbered(sql: &str) -> String {
    sql.replace('$', "?")
}

fn bind(statement: &mut rusqlite::CachedStatement<'_>, values: &[Val]) -> StoreResult<()> {
    if values.len() > PARAMETERS_MAX {
        return Err(StoreError::Driver("too many parameters".to_owned()));
    }
    for (at, value) in values.iter().enumerate() {
        statement.raw_bind_parameter(at + 1, value).map_err(error)?;
    }
    if statement.parameter_count() == values.len() {
        Ok(())
    } else {
        Err(StoreError::Driver(format!("the statement needs {} parameters", statement.parameter_count())))
    }
}

impl ToSql for Val {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(v) => ValueRef::Integer(*v),
            Self::Text(v) => ValueRef::Text(v.as_bytes()),
            Self::Bytes(v) => ValueRef::Blob(v),
            Self::Uuid(v) => ValueRef::Blob(v.as_bytes()),
        }))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "given to map_err")]
pub(crate) fn error(e: rusqlite::Error) -> StoreError {
    match e.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => StoreError::Constraint(e.to_string()),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy(e.to_string()),
        _ => StoreError::Driver(e.to_string()),
    }
}

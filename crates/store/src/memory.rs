//! Databases in memory, for parts of another one: emptied when nobody uses them any more, and kept with the plans of their statements.
//!
//! Planning every statement of a page anew costs several times what the page does.
//!
//! Invariant: a database that is lent holds nothing of whoever had it before; one that could not be emptied is not kept.

use crate::sqlite::{Sqlite, error, keep_statements};
use crate::{StoreResult, migrations};
use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// So many are kept: as many as are likely to be wanted at once.
const KEPT_MAX: usize = 4;
const READERS: usize = 2;

/// An empty database with the whole schema, which the others are copied from.
static TEMPLATE: Mutex<Option<Connection>> = Mutex::new(None);
static KEPT: Mutex<Vec<Sqlite>> = Mutex::new(Vec::new());
static MADE: AtomicU64 = AtomicU64::new(0);

/// Gives a database back when its last user lets go of it.
pub(crate) struct Lease(Option<Sqlite>);

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(lent) = self.0.take() else { return };
        match lent.with_writer(empty) {
            Ok(()) => {
                let mut kept = lock(&KEPT);
                if kept.len() < KEPT_MAX {
                    kept.push(lent);
                }
            }
            Err(e) => tracing::warn!("a database in memory is let go of: {e}"),
        }
    }
}

/// Returns an empty database in memory with the whole schema; it comes back by itself.
///
/// # Errors
/// [`crate::StoreError`] from the engine.
pub(crate) fn lend() -> StoreResult<Sqlite> {
    let kept = lock(&KEPT).pop();
    let lent = match kept {
        Some(kept) => kept,
        None => make()?,
    };
    Ok(lent.clone().leased(Arc::new(Lease(Some(lent)))))
}

fn make() -> StoreResult<Sqlite> {
    let name = format!("file:part-{}?mode=memory&cache=shared", MADE.fetch_add(1, Ordering::Relaxed));
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || -> StoreResult<Connection> {
        let connection = Connection::open_with_flags(&name, flags).map_err(error)?;
        // A part of a database speaks of what is not in it.
        connection.execute_batch("PRAGMA foreign_keys = OFF").map_err(error)?;
        keep_statements(&connection)?;
        Ok(connection)
    };
    let mut connection = open()?;
    let mut template = lock(&TEMPLATE);
    if template.is_none() {
        let made = Connection::open_in_memory().map_err(error)?;
        made.execute_batch(&migrations::schema()?).map_err(error)?;
        *template = Some(made);
    }
    if let Some(template) = template.as_ref() {
        let copy = Backup::new(template, &mut connection).map_err(error)?;
        copy.run_to_completion(i32::MAX, Duration::ZERO, None).map_err(error)?;
    }
    drop(template);
    let readers = (0..READERS).map(|_| open()).collect::<StoreResult<_>>()?;
    Sqlite::around(connection, readers, Path::new(&name))
}

/// Deletes every row of every table.
fn empty(connection: &Connection) -> StoreResult<()> {
    let list = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'";
    let mut names = connection.prepare_cached(list).map_err(error)?;
    let names: Result<Vec<String>, _> = names.query_map((), |row| row.get(0)).map_err(error)?.collect();
    connection.execute_batch("BEGIN IMMEDIATE").map_err(error)?;
    for name in names.map_err(error)? {
        connection.prepare_cached(&format!("DELETE FROM {name}")).and_then(|mut delete| delete.execute(())).map_err(error)?;
    }
    connection.execute_batch("COMMIT").map_err(error)
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

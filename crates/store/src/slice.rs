//! A part of a database as it was at a moment, as a database of its own in memory.
//!
//! Whatever reads a database reads this one in the same way: so a page is drawn by the same code over what was known then.

use crate::db::{Db, Tx};
use crate::past::{self, Table, Was};
use crate::value::{Row, list};
use crate::{AreaId, StoreError, StoreResult, Val, vals};
use kernel::Timestamp;
use kernel::ids::Ids;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const ROWS_MAX: usize = 200_000;

/// Rows of some subjects, as they were at a moment.
#[derive(Debug)]
pub struct Slice {
    at: Timestamp,
    tables: BTreeMap<&'static str, BTreeMap<String, Row>>,
    was: Was,
    looked_at: BTreeSet<Uuid>,
    added: BTreeSet<(&'static str, String, Uuid)>,
}

impl Slice {
    /// Begins a slice at a moment.
    pub fn new(at: Timestamp) -> Self {
        Self { at, tables: BTreeMap::new(), was: Was::new(), looked_at: BTreeSet::new(), added: BTreeSet::new() }
    }

    /// Adds the rows of a table that were of these subjects at that moment, by one of its columns.
    ///
    /// # Errors
    /// [`StoreError`] from the engine; [`StoreError::Corrupt`] when there are more than can be read.
    pub async fn add(&mut self, tx: &mut Tx, area_id: AreaId, by: (&str, &str), ids: &[Uuid]) -> StoreResult<()> {
        self.add_each(tx, area_id, &[(by, ids)]).await
    }

    /// Adds the rows of several tables that were of these subjects at that moment, each by one of its columns: they are asked for together, so none
    /// may follow from another.
    ///
    /// # Errors
    /// [`StoreError`] from the engine; [`StoreError::Corrupt`] when there are more than can be read.
    pub async fn add_each(&mut self, tx: &mut Tx, area_id: AreaId, parts: &[((&str, &str), &[Uuid])]) -> StoreResult<()> {
        let mut wanted = Vec::new();
        for ((table, column), ids) in parts {
            let table = past::by_name(table)?;
            // What was added by this column is there, and does not change with the moment.
            let new = |id: &Uuid| self.added.insert((table.name, (*column).to_owned(), *id));
            let ids: BTreeSet<Uuid> = ids.iter().copied().filter(new).collect();
            if !ids.is_empty() {
                wanted.push(Part { table, column: (*column).to_owned(), ids, found: BTreeMap::new() });
            }
        }
        let unknown: Vec<Uuid> =
            wanted.iter().flat_map(|part| &part.ids).filter(|id| self.looked_at.insert(**id)).copied().collect();
        self.was.extend(past::of(tx, area_id, &[past::Sought::Subjects(&unknown)], self.at).await?);
        read(tx, area_id, &mut wanted).await?;
        let changing = |part: &Part| (part.table, self.keys_of(part));
        let keys: Vec<(&'static Table, Vec<String>)> = wanted.iter().filter(|part| part.table.changes).map(changing).collect();
        let sought: Vec<past::Sought<'_>> = keys.iter().map(|(table, keys)| past::Sought::Keys(table, keys)).collect();
        self.was.extend(past::of(tx, area_id, &sought, self.at).await?);
        wanted.into_iter().try_for_each(|part| self.keep(part))
    }

    /// A row that was of several one after the other was what was kept first after the moment, whoever it was of.
    fn keys_of(&self, part: &Part) -> Vec<String> {
        let gone = self.was.keys().filter(|(name, _)| name == part.table.name).map(|(_, key)| key.clone());
        part.found.keys().cloned().chain(gone).collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn keep(&mut self, part: Part) -> StoreResult<()> {
        let Part { table, column, ids, mut found } = part;
        if table.changes {
            // What a row was before it was changed takes the place of what it is; what it was of somebody, and is no more, comes back.
            for ((_, key), was) in self.was.iter().filter(|((name, _), _)| name == table.name) {
                found.insert(key.clone(), was.clone());
            }
        }
        let rows = self.tables.entry(table.name).or_default();
        for (key, row) in found {
            let Some(row) = row else { continue };
            let is_theirs = row.get::<Option<Uuid>>(&column)?.is_some_and(|id| ids.contains(&id));
            if is_theirs && let Some(row) = rewound(table, row, self.at)? {
                rows.insert(key, row);
            }
        }
        Ok(())
    }

    /// Returns the ids in a column of the rows of a table.
    pub fn ids(&self, table: &str, column: &str) -> Vec<Uuid> {
        let rows = self.tables.get(table).into_iter().flat_map(BTreeMap::values);
        let ids: BTreeSet<Uuid> = rows.filter_map(|row| row.get::<Option<Uuid>>(column).ok().flatten()).collect();
        ids.into_iter().collect()
    }

    /// Returns the ids in any of these columns, of whatever table.
    pub fn ids_anywhere(&self, columns: &[&str]) -> Vec<Uuid> {
        let ids: BTreeSet<Uuid> = self
            .tables
            .values()
            .flat_map(BTreeMap::values)
            .flat_map(|row| columns.iter().filter_map(|column| row.get::<Option<Uuid>>(column).ok().flatten()))
            .collect();
        ids.into_iter().collect()
    }

    /// Returns the rows of a table.
    pub fn rows(&self, table: &str) -> impl Iterator<Item = &Row> {
        self.tables.get(table).into_iter().flat_map(BTreeMap::values)
    }

    /// Puts a row into a table that was not there then.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when no such table is known.
    pub fn put(&mut self, table: &str, key: &str, columns: &[(&str, Val)]) -> StoreResult<()> {
        let table = past::by_name(table)?;
        let row = Row {
            names: columns.iter().map(|(name, _)| (*name).to_owned()).collect(),
            values: columns.iter().map(|(_, value)| value.clone()).collect(),
        };
        self.tables.entry(table.name).or_default().insert(key.to_owned(), row);
        Ok(())
    }

    /// Empties columns of a table.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a column is absent.
    pub fn blank(&mut self, table: &str, columns: &[&str]) -> StoreResult<()> {
        for row in self.tables.get_mut(table).into_iter().flat_map(BTreeMap::values_mut) {
            for column in columns {
                row.set(column, Val::Null)?;
            }
        }
        Ok(())
    }

    /// Takes rows of a table out.
    pub fn remove(&mut self, table: &str, is_out: impl Fn(&Row) -> bool) {
        if let Some(rows) = self.tables.get_mut(table) {
            rows.retain(|_, row| !is_out(row));
        }
    }

    /// Returns the slice as a database of its own, which nothing keeps.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn into_db(self, area_id: AreaId, ids: Ids) -> StoreResult<Db> {
        let db = Db::in_memory(ids.clone())?;
        let mut tx = db.begin().await?;
        tx.execute("INSERT INTO area (area_id, code, name) VALUES ($1, 'past', 'past')", vals![area_id]).await?;
        let head = "INSERT INTO journal_head (area_id, seq, hash) VALUES ($1, 0, $2)";
        tx.execute(head, vals![area_id, vec![0_u8; 32]]).await?;
        for (table, rows) in self.tables {
            for row in rows.into_values() {
                let marks: Vec<String> = (1..=row.names.len()).map(|at| format!("${at}")).collect();
                let sql = format!("INSERT OR IGNORE INTO {table} ({}) VALUES ({})", row.names.join(", "), marks.join(", "));
                tx.execute(&sql, &row.values).await?;
            }
        }
        tx.commit(&ids).await?;
        Ok(db)
    }
}

/// Rows of a table that are wanted: by which column, of whom, and what they are now, by their keys.
struct Part {
    table: &'static Table,
    column: String,
    ids: BTreeSet<Uuid>,
    found: BTreeMap<String, Option<Row>>,
}

/// Reads what the rows of these parts are now.
async fn read(tx: &mut Tx, area_id: AreaId, parts: &mut [Part]) -> StoreResult<()> {
    let (mut asked, mut whose) = (Vec::new(), Vec::new());
    for (at, part) in parts.iter().enumerate() {
        let ids: Vec<Uuid> = part.ids.iter().copied().collect();
        for some in ids.chunks(500) {
            let mut values = vec![Val::from(area_id)];
            let of = list(&mut values, some.iter().copied());
            let (table, column) = (part.table.name, &part.column);
            asked.push((format!("SELECT * FROM {table} WHERE area_id = $1 AND {column} IN ({of}) LIMIT {ROWS_MAX}"), values));
            whose.push(at);
        }
    }
    for (rows, at) in tx.query_each(&asked).await?.into_iter().zip(whose) {
        let Some(part) = parts.get_mut(at) else { continue };
        if rows.len() == ROWS_MAX {
            return Err(StoreError::Corrupt(format!("more rows of {} than can be shown as they were", part.table.name)));
        }
        for row in rows {
            part.found.insert(past::key_of(part.table, &row)?, Some(row));
        }
    }
    Ok(())
}

/// Returns a row as it was at a moment, of all that its own columns tell; nothing when it was not there yet.
fn rewound(table: &Table, mut row: Row, at: Timestamp) -> StoreResult<Option<Row>> {
    if let Some(since) = table.since
        && row.get::<Timestamp>(since)? > at
    {
        return Ok(None);
    }
    for (moment, columns) in table.undo {
        if row.get::<Option<Timestamp>>(moment)?.is_some_and(|marked_at| marked_at > at) {
            for column in *columns {
                row.set(column, Val::Null)?;
            }
        }
    }
    Ok(Some(row))
}

//! The schema's history: files applied in order of name, forward only, at start.

use crate::db::{Db, Engine, Tx};
use crate::{StoreError, StoreResult, vals};
use kernel::clock::Clock;
use kernel::ids::Ids;
use rust_embed::RustEmbed;
use std::collections::BTreeMap;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../migrations"]
struct Files;

/// Returns the names of this program's migrations, oldest first.
pub fn names() -> Vec<String> {
    let mut names: Vec<String> = Files::iter().map(|name| name.trim_end_matches(".sql").to_owned()).collect();
    names.sort();
    names
}

/// Brings the schema up to this program's, and returns the migrations it applied.
///
/// # Errors
/// [`StoreError::Newer`] when the database has a migration that this program does not know, [`StoreError::Rewritten`] when it has
/// one of another text.
pub async fn run(db: &Db, clock: &Clock, ids: &Ids) -> StoreResult<Vec<String>> {
    check_order_of_text(db).await?;
    let mut tx = db.begin().await?;
    tx.batch(
        "CREATE TABLE IF NOT EXISTS schema_migration (name TEXT PRIMARY KEY, applied_at BIGINT NOT NULL, digest TEXT NOT NULL)",
    )
    .await?;
    tx.commit(ids).await?;
    let mut applied_now = Vec::new();
    for name in names() {
        let mut tx = db.begin().await?;
        let applied = applied(&mut tx).await?;
        if let Some(unknown) = applied.keys().find(|known| !names().contains(known)) {
            return Err(StoreError::Newer(unknown.clone()));
        }
        let text = text(&name)?;
        let digest = digest(&text);
        match applied.get(&name) {
            Some(before) if *before == digest => continue,
            Some(_) => return Err(StoreError::Rewritten(name)),
            None => {}
        }
        apply(&mut tx, &text).await?;
        let insert = "INSERT INTO schema_migration (name, applied_at, digest) VALUES ($1, $2, $3)";
        tx.execute(insert, vals![&name, clock.now(), digest]).await?;
        tx.commit(ids).await?;
        applied_now.push(name);
    }
    if !applied_now.is_empty() && db.engine() == Engine::Sqlite {
        let mut tx = db.begin().await?;
        settle_plans(&mut tx).await?;
        tx.commit(ids).await?;
    }
    Ok(applied_now)
}

/// Tells SQLite how selective the columns of each index are, in the order they stand: the first is the area, and tells nothing
/// apart. Told so, its plans are the same in an empty database and a full one, and the same today and tomorrow.
async fn settle_plans(tx: &mut Tx) -> StoreResult<()> {
    const ROWS_OF_ONE: [&str; 8] = ["1000000", "1000000", "30", "5", "2", "2", "2", "2"];
    tx.batch("ANALYZE sqlite_schema").await?;
    tx.batch("DELETE FROM sqlite_stat1").await?;
    let list = "SELECT t.name AS table_name, CASE i.origin WHEN 'pk' THEN t.name ELSE i.name END AS index_name, \
                i.\"unique\" AS is_unique, (SELECT COUNT(*) FROM pragma_index_info(i.name)) AS columns FROM sqlite_schema t \
                JOIN pragma_index_list(t.name) i WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, i.name LIMIT 10000";
    for index in tx.query(list, &[]).await? {
        let columns: u32 = index.get("columns")?;
        let mut rows: Vec<&str> = ROWS_OF_ONE.iter().copied().take(columns as usize + 1).collect();
        if index.get("is_unique")?
            && let Some(last) = rows.last_mut()
        {
            *last = "1";
        }
        let (table, name): (String, String) = (index.get("table_name")?, index.get("index_name")?);
        let insert = "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ($1, $2, $3)";
        tx.execute(insert, vals![table, name, rows.join(" ")]).await?;
    }
    // Other connections read this with the schema, and the schema when it changes; this one reads it now.
    tx.batch("CREATE TABLE plans_settled (never BIGINT)").await?;
    tx.batch("DROP TABLE plans_settled").await?;
    tx.batch("ANALYZE sqlite_schema").await
}

/// Parts of words are found by the order of bytes: a database with another order would find nobody, in silence.
async fn check_order_of_text(db: &Db) -> StoreResult<()> {
    if db.engine() == Engine::Sqlite {
        return Ok(());
    }
    let mut tx = db.read().await?;
    let find = "SELECT datcollate::text AS collation FROM pg_database WHERE datname = current_database()";
    let collation: String = tx.query_one(find, &[]).await?.get("collation")?;
    if matches!(collation.as_str(), "C" | "POSIX" | "C.UTF-8" | "C.utf8") {
        return Ok(());
    }
    let words = format!("the database orders text by {collation}: make it with LC_COLLATE 'C.UTF-8' TEMPLATE template0");
    Err(StoreError::Driver(words))
}

/// The migrations a database has, each with the digest of the text it was made from.
async fn applied(tx: &mut Tx) -> StoreResult<BTreeMap<String, String>> {
    let rows = tx.query("SELECT name, digest FROM schema_migration ORDER BY name LIMIT 10000", &[]).await?;
    rows.iter().map(|row| Ok((row.get("name")?, row.get("digest")?))).collect()
}

fn text(name: &str) -> StoreResult<String> {
    let file = Files::get(&format!("{name}.sql")).ok_or_else(|| StoreError::Corrupt(format!("no migration {name}")))?;
    Ok(String::from_utf8_lossy(&file.data).into_owned())
}

fn digest(text: &str) -> String {
    ring::digest::digest(&ring::digest::SHA256, text.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns every statement that makes the schema, for SQLite.
pub(crate) fn schema() -> StoreResult<String> {
    let texts: StoreResult<Vec<String>> = names().iter().map(|name| text(name)).collect();
    let statements: Vec<String> =
        texts?.iter().flat_map(|text| statements(text)).map(|one| stored_by_key(&one, Engine::Sqlite)).collect();
    Ok(statements.join(";\n"))
}

fn statements(text: &str) -> Vec<String> {
    let without_comments: String =
        text.lines().filter(|line| !line.trim_start().starts_with("--")).collect::<Vec<_>>().join("\n");
    without_comments.split(';').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect()
}

async fn apply(tx: &mut Tx, text: &str) -> StoreResult<()> {
    for statement in statements(text) {
        tx.batch(&stored_by_key(&statement, tx.engine())).await?;
    }
    Ok(())
}

/// On SQLite a table is kept in the order of its key, as one tree instead of two.
fn stored_by_key(statement: &str, engine: Engine) -> String {
    let is_keyed_table = statement.starts_with("CREATE TABLE") && statement.contains("PRIMARY KEY (");
    match engine {
        Engine::Sqlite if is_keyed_table => format!("{statement} WITHOUT ROWID"),
        Engine::Sqlite | Engine::Postgres => statement.to_owned(),
    }
}

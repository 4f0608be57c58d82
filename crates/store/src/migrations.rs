//! The schema's history: files applied in order of name, forward only, at start.

use crate::db::{Db, Engine, Tx};
use crate::{StoreError, StoreResult, vals};
use kernel::clock::Clock;
use kernel::ids::Ids;
use rust_embed::RustEmbed;
use std::collections::BTreeSet;

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
/// [`StoreError::Newer`] when the database has a migration that this program does not know.
pub async fn run(db: &Db, clock: &Clock, ids: &Ids) -> StoreResult<Vec<String>> {
    check_order_of_text(db).await?;
    let mut tx = db.begin().await?;
    tx.batch("CREATE TABLE IF NOT EXISTS schema_migration (name TEXT PRIMARY KEY, applied_at BIGINT NOT NULL)").await?;
    tx.commit(ids).await?;
    let mut applied_now = Vec::new();
    for name in names() {
        let mut tx = db.begin().await?;
        let applied = applied(&mut tx).await?;
        if let Some(unknown) = applied.iter().find(|known| !names().contains(known)) {
            return Err(StoreError::Newer(unknown.clone()));
        }
        if applied.contains(&name) {
            continue;
        }
        apply(&mut tx, &name).await?;
        let insert = "INSERT INTO schema_migration (name, applied_at) VALUES ($1, $2)";
        tx.execute(insert, vals![&name, clock.now()]).await?;
        tx.commit(ids).await?;
        applied_now.push(name);
    }
    Ok(applied_now)
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

async fn applied(tx: &mut Tx) -> StoreResult<BTreeSet<String>> {
    let rows = tx.query("SELECT name FROM schema_migration ORDER BY name LIMIT 10000", &[]).await?;
    rows.iter().map(|row| row.get("name")).collect()
}

async fn apply(tx: &mut Tx, name: &str) -> StoreResult<()> {
    let file = Files::get(&format!("{name}.sql")).ok_or_else(|| StoreError::Corrupt(format!("no migration {name}")))?;
    let text = String::from_utf8_lossy(&file.data).into_owned();
    let without_comments: String =
        text.lines().filter(|line| !line.trim_start().starts_with("--")).collect::<Vec<_>>().join("\n");
    for statement in without_comments.split(';').map(str::trim).filter(|s| !s.is_empty()) {
        tx.batch(statement).await?;
    }
    Ok(())
}

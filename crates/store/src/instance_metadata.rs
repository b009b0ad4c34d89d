//! Instance metadata: facts about this database as a whole.

use crate::db::{Db, Tx};
use crate::error::StoreError;

/// Keeps `value` under `name` unless something is kept there already, and returns what is kept.
///
/// # Errors
/// If the database cannot be read or written.
pub async fn keep(db: &Db, name: &str, value: &str) -> Result<String, StoreError> {
    let find = "SELECT value FROM instance_metadata WHERE name = $1";
    if let Some(row) = db.fetch_optional(find, vec![name.into()]).await? {
        return row.text("value");
    }
    let mut tx = db.begin().await?;
    tx.execute(
        "INSERT INTO instance_metadata (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        vec![name.into(), value.into()],
    )
    .await?;
    let row = tx.fetch_optional(find, vec![name.into()]).await?;
    tx.commit().await?;
    row.ok_or(StoreError::NotFound {
        what: "the metadata",
    })?
    .text("value")
}

/// The value kept under `name`.
///
/// # Errors
/// If the database cannot be read.
pub async fn find(db: &Db, name: &str) -> Result<Option<String>, StoreError> {
    let sql = "SELECT value FROM instance_metadata WHERE name = $1";
    let row = db.fetch_optional(sql, vec![name.into()]).await?;
    row.map(|row| row.text("value")).transpose()
}

/// Keeps `value` under `name` in place of what was kept there.
///
/// # Errors
/// If the database cannot be written.
pub async fn replace(tx: &mut Tx, name: &str, value: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO instance_metadata (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    tx.execute(sql, vec![name.into(), value.into()])
        .await
        .map(drop)
}

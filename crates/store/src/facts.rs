//! Facts about this database as a whole.

use crate::db::Db;
use crate::error::StoreError;

/// Keeps `value` under `name` unless something is kept there already, and returns what is kept.
///
/// # Errors
/// When the database cannot be read or written.
pub async fn keep(db: &Db, name: &str, value: &str) -> Result<String, StoreError> {
    let find = "SELECT value FROM facts WHERE name = $1";
    if let Some(row) = db.fetch_optional(find, vec![name.into()]).await? {
        return row.text("value");
    }
    let mut tx = db.begin().await?;
    tx.execute(
        "INSERT INTO facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        vec![name.into(), value.into()],
    )
    .await?;
    let row = tx.fetch_optional(find, vec![name.into()]).await?;
    tx.commit().await?;
    row.ok_or(StoreError::NotFound { what: "the fact" })?
        .text("value")
}

//! The record of what was taken over from other programs.

use crate::db::{Db, Row, Tx};
use crate::error::StoreError;

/// A kind of thing that is taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ImportKind {
    Account,
    Key,
}

impl ImportKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Key => "key",
        }
    }
}

/// One thing that was taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    pub source_id: String,
    /// The id here.
    pub target_id: String,
    /// The balance there when it was taken over last, in nano-dollars.
    pub balance_nanos: i64,
}

/// Everything of a kind that was taken over from a program.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &Db, source: &str, kind: ImportKind) -> Result<Vec<Imported>, StoreError> {
    let sql = "SELECT * FROM imports WHERE source = $1 AND kind = $2 ORDER BY source_id";
    let rows = db
        .fetch_all(sql, vec![source.into(), kind.as_str().into()])
        .await?;
    rows.iter().map(Imported::from_row).collect()
}

/// Notes what was taken over, in the transaction that makes it.
///
/// # Errors
/// If the database cannot be written.
pub async fn note(
    tx: &mut Tx,
    (source, kind): (&str, ImportKind),
    imported: &Imported,
    now_ms: i64,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO imports (source, kind, source_id, target_id, balance_nanos, imported_at_ms)
               VALUES ($1, $2, $3, $4, $5, $6)
               ON CONFLICT (source, kind, source_id) DO UPDATE SET balance_nanos = excluded.balance_nanos,
                   imported_at_ms = excluded.imported_at_ms";
    let values = vec![
        source.into(),
        kind.as_str().into(),
        imported.source_id.as_str().into(),
        imported.target_id.as_str().into(),
        imported.balance_nanos.into(),
        now_ms.into(),
    ];
    tx.execute(sql, values).await.map(drop)
}

/// Returns whether keys with secrets of another program were ever taken over.
///
/// # Errors
/// If the database cannot be read.
pub async fn has_keys(db: &Db) -> Result<bool, StoreError> {
    let sql = "SELECT 1 AS found FROM imports WHERE kind = 'key' LIMIT 1";
    Ok(db.fetch_optional(sql, vec![]).await?.is_some())
}

impl Imported {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            source_id: row.text("source_id")?,
            target_id: row.text("target_id")?,
            balance_nanos: row.int("balance_nanos")?,
        })
    }
}

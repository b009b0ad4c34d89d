//! The lines of a batch that were begun, and their results.

use crate::db::{Db, Row, Tx, Value};
use crate::error::StoreError;
use crate::id::{BatchId, RequestId};

/// A line that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BegunLine {
    pub line: u64,
    /// The request that stands for it.
    pub request_id: RequestId,
    /// Requests before that one that failed.
    pub tries: u64,
    pub is_done: bool,
}

/// The result of a line, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineResult {
    pub line: u64,
    pub request_id: RequestId,
    pub is_error: bool,
    pub sealed: Vec<u8>,
    pub charge_nanos: u64,
}

/// Notes lines that are about to be sent, each with its request.
///
/// # Errors
/// If the database cannot be written.
pub async fn begin_lines(tx: &mut Tx, id: &BatchId, lines: &[BegunLine]) -> Result<(), StoreError> {
    let sql = "INSERT INTO batch_lines (batch_id, line, request_id, tries, is_error) VALUES ($1, $2, $3, $4, FALSE)
               ON CONFLICT (batch_id, line) DO UPDATE SET request_id = excluded.request_id, tries = excluded.tries";
    for line in lines {
        let values = vec![
            id.as_str().into(),
            line.line.into(),
            line.request_id.as_str().into(),
            line.tries.into(),
        ];
        tx.execute(sql, values).await?;
    }
    Ok(())
}

/// Writes the results of lines, and counts them. A line that has one keeps it.
///
/// # Errors
/// If the database cannot be written.
pub async fn put_results(
    tx: &mut Tx,
    id: &BatchId,
    results: Vec<LineResult>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO batch_lines (batch_id, line, request_id, tries, is_error, sealed) VALUES ($1, $2, $3, 0, $4, $5)
               ON CONFLICT (batch_id, line) DO UPDATE SET is_error = excluded.is_error, sealed = excluded.sealed
                   WHERE batch_lines.sealed IS NULL";
    let (mut completed, mut failed, mut spent) = (0u64, 0u64, 0u64);
    for result in results {
        let values = vec![
            id.as_str().into(),
            result.line.into(),
            result.request_id.as_str().into(),
            result.is_error.into(),
            Value::Bytes(result.sealed),
        ];
        if tx.execute(sql, values).await? > 0 {
            let counted = if result.is_error {
                &mut failed
            } else {
                &mut completed
            };
            *counted += 1;
            spent = spent.saturating_add(result.charge_nanos);
        }
    }
    let sql = "UPDATE batches SET completed = completed + $2, failed = failed + $3, spent_nanos = spent_nanos + $4 WHERE id = $1";
    let values = vec![
        id.as_str().into(),
        completed.into(),
        failed.into(),
        spent.into(),
    ];
    tx.execute(sql, values).await.map(drop)
}

/// All lines that were begun, in order, without their results.
///
/// # Errors
/// If the database cannot be read.
pub async fn begun_lines(db: &Db, id: &BatchId) -> Result<Vec<BegunLine>, StoreError> {
    let sql = "SELECT line, request_id, tries, CAST(CASE WHEN sealed IS NULL THEN 0 ELSE 1 END AS BIGINT) AS done FROM batch_lines WHERE batch_id = $1 ORDER BY line";
    let rows = db.fetch_all(sql, vec![id.as_str().into()]).await?;
    let begun = |row: &Row| {
        Ok(BegunLine {
            line: row.count("line")?,
            request_id: row.text("request_id")?.into(),
            tries: row.count("tries")?,
            is_done: row.int("done")? == 1,
        })
    };
    rows.iter().map(begun).collect()
}

/// Results of a batch behind line `after`, in order: those that are errors, or the others.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_results(
    db: &Db,
    id: &BatchId,
    is_error: bool,
    after: u64,
    limit: u32,
) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
    let sql = "SELECT line, sealed FROM batch_lines
               WHERE batch_id = $1 AND is_error = $2 AND line > $3 AND sealed IS NOT NULL ORDER BY line LIMIT $4";
    let values = vec![
        id.as_str().into(),
        is_error.into(),
        after.into(),
        i64::from(limit).into(),
    ];
    let rows = db.fetch_all(sql, values).await?;
    rows.iter()
        .map(|row| Ok((row.count("line")?, row.bytes("sealed")?)))
        .collect()
}

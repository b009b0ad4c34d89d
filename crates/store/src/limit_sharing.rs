//! The agreement of all servers on how limits are handed out: by the counts of a store that they share, or by each
//! within its part. A change of it is a line of the auth log, so that its author learns when it holds everywhere.

use crate::auth_log::{self, AuthChange};
use crate::db::{Db, Row};
use crate::error::StoreError;

/// An agreement.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct LimitSharing {
    /// The line of the auth log by which it was agreed; 0 before the first one.
    pub seq: i64,
    /// The memory of the store in which all count; `None` where each server hands out its part.
    pub epoch: Option<String>,
}

/// The agreement that holds.
///
/// # Errors
/// If the database cannot be read.
pub async fn current(db: &Db) -> Result<LimitSharing, StoreError> {
    let sql = "SELECT seq, epoch FROM limit_sharing WHERE id = 1";
    let row = db.fetch_one(sql, vec![]).await?;
    LimitSharing::from_row(&row)
}

/// Changes the agreement, unless another server changed it after line `known`: that one's line is on its way here.
/// Returns the line of the change.
///
/// # Errors
/// If the database cannot be written.
pub async fn change(
    db: &Db,
    known: i64,
    epoch: Option<&str>,
    now_ms: i64,
) -> Result<Option<i64>, StoreError> {
    let mut tx = db.begin().await?;
    auth_log::lock(&mut tx).await?;
    let sql = "SELECT seq, epoch FROM limit_sharing WHERE id = 1";
    let row = tx.fetch_optional(sql, vec![]).await?;
    if row.is_none_or(|row| row.int("seq").is_ok_and(|seq| seq > known)) {
        return Ok(None);
    }
    let change = AuthChange::Limits(epoch.map(str::to_owned));
    let seq = auth_log::append(&mut tx, &change, now_ms).await?;
    let sql = "UPDATE limit_sharing SET seq = $1, epoch = $2 WHERE id = 1";
    tx.execute(sql, vec![seq.into(), epoch.map(str::to_owned).into()])
        .await?;
    let sql = "DELETE FROM limit_words WHERE seq < $1";
    tx.execute(sql, vec![seq.into()]).await?;
    tx.commit().await?;
    Ok(Some(seq))
}

/// Leaves what a server counted for the others, at the agreement of line `seq`.
///
/// # Errors
/// If the database cannot be written.
pub async fn say(db: &Db, seq: i64, server: &str, words: &str) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    let sql = "INSERT INTO limit_words (seq, server, words) VALUES ($1, $2, $3) ON CONFLICT (seq, server) DO NOTHING";
    tx.execute(sql, vec![seq.into(), server.into(), words.into()])
        .await?;
    tx.commit().await
}

/// The words of all servers at the agreement of line `seq`.
///
/// # Errors
/// If the database cannot be read.
pub async fn said(db: &Db, seq: i64) -> Result<Vec<(String, String)>, StoreError> {
    let sql = "SELECT server, words FROM limit_words WHERE seq = $1 ORDER BY server";
    let rows = db.fetch_all(sql, vec![seq.into()]).await?;
    rows.iter()
        .map(|row| Ok((row.text("server")?, row.text("words")?)))
        .collect()
}

impl LimitSharing {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            seq: row.int("seq")?,
            epoch: row.opt_text("epoch")?,
        })
    }
}

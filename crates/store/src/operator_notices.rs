//! Notices for operators: failures at providers, and queues that shed, with their end. A row is its own outbox.

mod mailing;

use serde_json::Value as Json;

use crate::db::{Db, Row, Tx};
use crate::error::StoreError;
use crate::id::OperatorNoticeId;

pub use mailing::{claim_mailing, list_unmailed, note_mailed};

/// The kind of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    /// The circuit breaker of a deployment is open.
    DeploymentFailing,
    /// A provider refuses the credential.
    CredentialRefused,
    /// The operator's account at a provider has nothing left.
    QuotaExhausted,
    /// A provider does not know the model of a deployment.
    ModelUnknown,
    /// Requests for a model are shed.
    QueueShedding,
}

impl NoticeKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::DeploymentFailing,
        Self::CredentialRefused,
        Self::QuotaExhausted,
        Self::ModelUnknown,
        Self::QueueShedding,
    ];

    /// The word in the database and in responses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DeploymentFailing => "deployment_failing",
            Self::CredentialRefused => "credential_refused",
            Self::QuotaExhausted => "quota_exhausted",
            Self::ModelUnknown => "model_unknown",
            Self::QueueShedding => "queue_shedding",
        }
    }

    fn from_row(row: &Row) -> Result<Self, StoreError> {
        let word = row.text("kind")?;
        let known = Self::ALL.into_iter().find(|kind| kind.as_str() == word);
        known.ok_or_else(|| corrupt(&format!("kind {word:?}")))
    }
}

/// A notice.
#[derive(Debug, Clone, PartialEq)]
pub struct OperatorNotice {
    pub id: OperatorNoticeId,
    pub kind: NoticeKind,
    /// The id of a deployment or model, or the name of a provider.
    pub subject: String,
    /// An object, without secrets and prompts.
    pub facts: Json,
    pub began_at_ms: i64,
    /// The time at which a server last saw it.
    pub seen_at_ms: i64,
    /// `None` while it goes on.
    pub ended_at_ms: Option<i64>,
}

/// Opens a notice, unless one of its kind and subject is open.
///
/// # Errors
/// If the database cannot be written.
pub async fn open(tx: &mut Tx, notice: &OperatorNotice) -> Result<bool, StoreError> {
    let values = vec![
        notice.id.as_str().into(),
        notice.kind.as_str().into(),
        notice.subject.clone().into(),
        notice.facts.to_string().into(),
        notice.began_at_ms.into(),
        notice.seen_at_ms.into(),
    ];
    let sql = "INSERT INTO operator_notices (id, kind, subject, facts, began_at_ms, seen_at_ms)
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    Ok(tx.execute(sql, values).await? > 0)
}

/// Notes that an open notice still holds.
///
/// # Errors
/// If the database cannot be written.
pub async fn see(
    tx: &mut Tx,
    kind: NoticeKind,
    subject: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    let sql = "UPDATE operator_notices SET seen_at_ms = $3
               WHERE kind = $1 AND subject = $2 AND ended_at_ms IS NULL AND seen_at_ms < $3";
    let values = vec![kind.as_str().into(), subject.into(), now_ms.into()];
    tx.execute(sql, values).await.map(drop)
}

/// Says that an open notice was not seen by any server since `before_ms`.
///
/// # Errors
/// If the database cannot be read.
pub async fn has_unseen(db: &Db, before_ms: i64) -> Result<bool, StoreError> {
    let sql =
        "SELECT id FROM operator_notices WHERE ended_at_ms IS NULL AND seen_at_ms < $1 LIMIT 1";
    let rows = db.fetch_all(sql, vec![before_ms.into()]).await?;
    Ok(!rows.is_empty())
}

/// Ends the open notices that no server has seen since `before_ms`.
///
/// # Errors
/// If the database cannot be written.
pub async fn end_unseen(tx: &mut Tx, before_ms: i64, now_ms: i64) -> Result<u64, StoreError> {
    let sql = "UPDATE operator_notices SET ended_at_ms = $2 WHERE ended_at_ms IS NULL AND seen_at_ms < $1";
    tx.execute(sql, vec![before_ms.into(), now_ms.into()]).await
}

/// Notices whose beginning or end nobody was told of, oldest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_untold(db: &Db, limit: u32) -> Result<Vec<(OperatorNotice, Told)>, StoreError> {
    let sql = "SELECT * FROM operator_notices
               WHERE told_at_ms IS NULL OR (ended_at_ms IS NOT NULL AND end_told_at_ms IS NULL)
               ORDER BY id LIMIT $1";
    let rows = db.fetch_all(sql, vec![i64::from(limit).into()]).await?;
    let untold = |row: &Row| {
        let part = match row.opt_int("told_at_ms")? {
            None => Told::Beginning,
            Some(_) => Told::End,
        };
        Ok((OperatorNotice::from_row(row)?, part))
    };
    rows.iter().map(untold).collect()
}

/// The part of a notice that is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    Beginning,
    End,
}

/// Notes that the beginning or the end of a notice is told; false if it was before.
///
/// # Errors
/// If the database cannot be written.
pub async fn tell(
    tx: &mut Tx,
    id: &OperatorNoticeId,
    part: Told,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let sql = match part {
        Told::Beginning => {
            "UPDATE operator_notices SET told_at_ms = $2 WHERE id = $1 AND told_at_ms IS NULL"
        }
        Told::End => {
            "UPDATE operator_notices SET end_told_at_ms = $2 WHERE id = $1 AND end_told_at_ms IS NULL"
        }
    };
    let values = vec![id.as_str().into(), now_ms.into()];
    Ok(tx.execute(sql, values).await? > 0)
}

/// Says that an earlier notice of the same kind and subject began since `since_ms`.
///
/// # Errors
/// If the database cannot be read.
pub async fn has_earlier(
    tx: &mut Tx,
    notice: &OperatorNotice,
    since_ms: i64,
) -> Result<bool, StoreError> {
    let sql = "SELECT COUNT(*) AS n FROM operator_notices
               WHERE kind = $1 AND subject = $2 AND began_at_ms >= $3 AND began_at_ms <= $4 AND id <> $5";
    let values = vec![
        notice.kind.as_str().into(),
        notice.subject.clone().into(),
        since_ms.into(),
        notice.began_at_ms.into(),
        notice.id.as_str().into(),
    ];
    let row = tx.fetch_optional(sql, values).await?;
    Ok(row.map_or(Ok(0), |row| row.count("n"))? > 0)
}

/// The notices that go on, newest first, and behind them those that ended.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &Db, limit: u32) -> Result<Vec<OperatorNotice>, StoreError> {
    let sql = "SELECT * FROM operator_notices
               ORDER BY CASE WHEN ended_at_ms IS NULL THEN 0 ELSE 1 END, id DESC LIMIT $1";
    let rows = db.fetch_all(sql, vec![i64::from(limit).into()]).await?;
    rows.iter().map(OperatorNotice::from_row).collect()
}

/// Forgets notices that ended before.
///
/// # Errors
/// If the database cannot be written.
pub async fn delete_before(tx: &mut Tx, before_ms: i64) -> Result<(), StoreError> {
    let sql = "DELETE FROM operator_notices WHERE ended_at_ms IS NOT NULL AND ended_at_ms < $1";
    tx.execute(sql, vec![before_ms.into()]).await.map(drop)
}

impl OperatorNotice {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        let facts = row.text("facts")?;
        Ok(Self {
            id: row.text("id")?.into(),
            kind: NoticeKind::from_row(row)?,
            subject: row.text("subject")?,
            facts: serde_json::from_str(&facts).map_err(|_| corrupt("facts"))?,
            began_at_ms: row.int("began_at_ms")?,
            seen_at_ms: row.int("seen_at_ms")?,
            ended_at_ms: row.opt_int("ended_at_ms")?,
        })
    }
}

fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt {
        table: "operator_notices",
        detail: what.to_owned(),
    }
}

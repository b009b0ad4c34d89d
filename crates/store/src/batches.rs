//! Batches of requests: their states, who runs them, and the lines that were begun.

use crate::db::{Db, Row, Tx, Value, record, word_enum};
use crate::error::StoreError;
use crate::id::{AccountId, ApiKeyId, BatchId, FileId};

word_enum!(
    /// The state of a batch, in OpenAI's words.
    BatchState {
        Validating = "validating",
        Failed = "failed",
        InProgress = "in_progress",
        Finalizing = "finalizing",
        Completed = "completed",
        Expired = "expired",
        Cancelling = "cancelling",
        Cancelled = "cancelled",
    }
);

record!(
    /// A batch as it stands.
    Batch, columns {
        id: BatchId = |row, column| Ok(row.text(column)?.into()),
        account_id: AccountId = |row, column| Ok(row.text(column)?.into()),
        /// The key that created it, whose rights its lines have.
        api_key_id: ApiKeyId = |row, column| Ok(row.text(column)?.into()),
        /// The address that it was created from.
        address: String = Row::text,
        endpoint: String = Row::text,
        input_file_id: FileId = |row, column| Ok(row.text(column)?.into()),
        /// Sealed.
        metadata: Option<Vec<u8>> = Row::opt_bytes,
        spend_max_nanos: Option<u64> = Row::opt_count,
        output_kept_ms: i64 = Row::int,
        state: BatchState = |row, column| row.word(column, BatchState::parse),
        /// The state that it ends in, once that is known.
        ending: Option<BatchState> = |row, column| Ok(row.opt_text(column)?.as_deref().and_then(BatchState::parse)),
        /// Sealed.
        errors: Option<Vec<u8>> = Row::opt_bytes,
        model: Option<String> = Row::opt_text,
        /// The most that its lines may cost.
        estimate_nanos: u64 = Row::count,
        spent_nanos: u64 = Row::count,
        total: u64 = Row::count,
        completed: u64 = Row::count,
        failed: u64 = Row::count,
        output_file_id: Option<FileId> = |row, column| Ok(row.opt_text(column)?.map(FileId::from)),
        error_file_id: Option<FileId> = |row, column| Ok(row.opt_text(column)?.map(FileId::from)),
        created_at_ms: i64 = Row::int,
        expires_at_ms: i64 = Row::int,
        in_progress_at_ms: Option<i64> = Row::opt_int,
        finalizing_at_ms: Option<i64> = Row::opt_int,
        cancelling_at_ms: Option<i64> = Row::opt_int,
        ended_at_ms: Option<i64> = Row::opt_int,
    }
);

// Behind the record, whose columns they read.
mod lease;
mod lines;

pub use lease::{claim, hold, is_any_free, release, release_all};
pub use lines::{BegunLine, LineResult, begin_lines, begun_lines, list_results, put_results};

/// A batch that is to be added.
#[derive(Debug, Clone)]
pub struct NewBatch {
    pub id: BatchId,
    pub account_id: AccountId,
    pub api_key_id: ApiKeyId,
    pub address: String,
    pub endpoint: String,
    pub input_file_id: FileId,
    pub metadata: Option<Vec<u8>>,
    pub spend_max_nanos: Option<u64>,
    pub output_kept_ms: i64,
    pub created_at_ms: i64,
    pub expires_at_ms: i64,
}

/// The findings of a validation.
#[derive(Debug, Clone, Default)]
pub struct Validated {
    pub total: u64,
    pub estimate_nanos: u64,
    pub model: Option<String>,
}

/// Adds a batch that is to be validated; `false` if its account has `unfinished_max` that have not ended.
///
/// # Errors
/// If the database cannot be written.
pub async fn insert(
    tx: &mut Tx,
    batch: &NewBatch,
    unfinished_max: u64,
) -> Result<bool, StoreError> {
    let sql = "INSERT INTO batches (id, account_id, api_key_id, address, endpoint, input_file_id, metadata,
                   spend_max_nanos, output_kept_ms, state, estimate_nanos, spent_nanos, total, completed, failed,
                   created_at_ms, expires_at_ms, server_id, lease_until_ms)
               SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, 'validating', 0, 0, 0, 0, 0, $10, $11, '', 0
               WHERE (SELECT COUNT(*) FROM batches WHERE account_id = $2 AND ended_at_ms IS NULL) < $12";
    let values = vec![
        batch.id.as_str().into(),
        batch.account_id.as_str().into(),
        batch.api_key_id.as_str().into(),
        batch.address.as_str().into(),
        batch.endpoint.as_str().into(),
        batch.input_file_id.as_str().into(),
        Value::OptBytes(batch.metadata.clone()),
        batch.spend_max_nanos.into(),
        batch.output_kept_ms.into(),
        batch.created_at_ms.into(),
        batch.expires_at_ms.into(),
        unfinished_max.into(),
    ];
    Ok(tx.execute(sql, values).await? > 0)
}

/// A batch of an account; `None` if there is none.
///
/// # Errors
/// If the database cannot be read.
pub async fn find(
    db: &Db,
    account_id: &AccountId,
    id: &BatchId,
) -> Result<Option<Batch>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM batches WHERE id = $1 AND account_id = $2"
    );
    let row = db
        .fetch_optional(sql, vec![id.as_str().into(), account_id.as_str().into()])
        .await?;
    row.as_ref().map(Batch::from_row).transpose()
}

/// Batches of an account, newest first, older than `after`.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(
    db: &Db,
    account_id: &AccountId,
    after: Option<&BatchId>,
    limit: u32,
) -> Result<Vec<Batch>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM batches WHERE account_id = $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3"
    );
    let after = after.map_or("", BatchId::as_str);
    let rows = db
        .fetch_all(
            sql,
            vec![
                account_id.as_str().into(),
                after.into(),
                i64::from(limit).into(),
            ],
        )
        .await?;
    rows.iter().map(Batch::from_row).collect()
}

/// Returns whether a batch that has not ended reads the file.
///
/// # Errors
/// If the database cannot be read.
pub async fn reads_file(db: &Db, account_id: &AccountId, id: &FileId) -> Result<bool, StoreError> {
    let sql = "SELECT 1 AS found FROM batches WHERE account_id = $1 AND input_file_id = $2 AND ended_at_ms IS NULL LIMIT 1";
    let values = vec![account_id.as_str().into(), id.as_str().into()];
    Ok(db.fetch_optional(sql, values).await?.is_some())
}

/// Wishes the end of a batch that runs; `false` if it is not one that can be cancelled.
///
/// # Errors
/// If the database cannot be written.
pub async fn cancel(
    tx: &mut Tx,
    account_id: &AccountId,
    id: &BatchId,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let sql = "UPDATE batches SET state = 'cancelling', ending = 'cancelled', cancelling_at_ms = $3
               WHERE id = $1 AND account_id = $2 AND state IN ('validating', 'in_progress')";
    let values = vec![
        id.as_str().into(),
        account_id.as_str().into(),
        now_ms.into(),
    ];
    Ok(tx.execute(sql, values).await? > 0)
}

/// Begins the lines of a batch that was found valid; `false` if it is not validated any more.
///
/// # Errors
/// If the database cannot be written.
pub async fn begin(
    tx: &mut Tx,
    id: &BatchId,
    found: &Validated,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let sql = "UPDATE batches SET state = 'in_progress', total = $2, estimate_nanos = $3, model = $4, in_progress_at_ms = $5
               WHERE id = $1 AND state = 'validating'";
    let values = vec![
        id.as_str().into(),
        found.total.into(),
        found.estimate_nanos.into(),
        found.model.clone().into(),
        now_ms.into(),
    ];
    Ok(tx.execute(sql, values).await? > 0)
}

/// Says what a batch that runs ends in, and with which errors (sealed): from here on no line is begun.
///
/// # Errors
/// If the database cannot be written.
pub async fn finalize(
    tx: &mut Tx,
    id: &BatchId,
    ending: BatchState,
    errors: Option<Vec<u8>>,
    now_ms: i64,
) -> Result<(), StoreError> {
    let sql = "UPDATE batches SET state = CASE WHEN state = 'cancelling' THEN state ELSE 'finalizing' END,
                   ending = COALESCE(ending, $2), errors = COALESCE(errors, $3), finalizing_at_ms = $4
               WHERE id = $1 AND ended_at_ms IS NULL";
    let values = vec![
        id.as_str().into(),
        ending.as_str().into(),
        Value::OptBytes(errors),
        now_ms.into(),
    ];
    tx.execute(sql, values).await.map(drop)
}

/// Ends a batch, with the files that it leaves, and forgets its lines.
///
/// # Errors
/// If the database cannot be written.
pub async fn end(
    tx: &mut Tx,
    id: &BatchId,
    ending: BatchState,
    (output, errors): (Option<&FileId>, Option<&FileId>),
    now_ms: i64,
) -> Result<(), StoreError> {
    let sql = "UPDATE batches SET state = $2, ending = $2, output_file_id = $3, error_file_id = $4, ended_at_ms = $5,
                   server_id = '', lease_until_ms = 0 WHERE id = $1";
    let text = |file: Option<&FileId>| file.map(|file| file.as_str().to_owned());
    let values = vec![
        id.as_str().into(),
        ending.as_str().into(),
        text(output).into(),
        text(errors).into(),
        now_ms.into(),
    ];
    tx.execute(sql, values).await?;
    let sql = "DELETE FROM batch_lines WHERE batch_id = $1";
    tx.execute(sql, vec![id.as_str().into()]).await.map(drop)
}

/// Ends a batch whose lines never began.
///
/// # Errors
/// If the database cannot be written.
pub async fn fail(
    tx: &mut Tx,
    id: &BatchId,
    errors: Vec<u8>,
    now_ms: i64,
) -> Result<(), StoreError> {
    let sql = "UPDATE batches SET errors = $2 WHERE id = $1";
    tx.execute(sql, vec![id.as_str().into(), Value::Bytes(errors)])
        .await?;
    end(tx, id, BatchState::Failed, (None, None), now_ms).await
}

impl BatchState {
    /// True once nothing changes any more.
    pub fn is_over(self) -> bool {
        matches!(
            self,
            Self::Failed | Self::Completed | Self::Expired | Self::Cancelled
        )
    }
}

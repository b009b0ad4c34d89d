//! Files of accounts: sealed content in chunks, and how much each account keeps.

mod chunks;
mod sweep;

use crate::db::{Db, Row, Tx, record, word_enum};
use crate::error::StoreError;
use crate::id::{AccountId, ApiKeyId, FileId};

pub use chunks::{add_chunk, read_chunk};
pub use sweep::{remove_chunks, retire_expired};

word_enum!(
    /// The purpose of a file, in OpenAI's words.
    FilePurpose {
        /// Requests of a batch.
        Batch = "batch",
        /// The responses to a batch, or its errors.
        BatchOutput = "batch_output",
    }
);

word_enum!(
    /// The state of a file.
    FileState {
        /// Being written.
        Writing = "writing",
        /// Written to its end.
        Whole = "whole",
        /// Deleted or expired: its chunks wait to be removed.
        Deleted = "deleted",
    }
);

record!(
    /// A file without its content.
    File, columns {
        id: FileId = |row, column| Ok(row.text(column)?.into()),
        account_id: AccountId = |row, column| Ok(row.text(column)?.into()),
        /// The key that brought it.
        api_key_id: ApiKeyId = |row, column| Ok(row.text(column)?.into()),
        purpose: FilePurpose = |row, column| row.word(column, FilePurpose::parse),
        /// Sealed.
        name: Vec<u8> = Row::bytes,
        bytes: u64 = Row::count,
        chunks: u64 = Row::count,
        created_at_ms: i64 = Row::int,
        expires_at_ms: i64 = Row::int,
    }
);

/// The most that an account may keep.
#[derive(Debug, Clone, Copy)]
pub struct HoldingsMax {
    pub files: u64,
    pub bytes: u64,
}

/// The place of a file among those of an account.
#[derive(Debug, Clone, Default)]
pub struct FilePage {
    /// The last file of the page before; `None` for the first page.
    pub after: Option<FileId>,
    pub is_ascending: bool,
    /// Only files of that purpose.
    pub purpose: Option<FilePurpose>,
    pub limit: u32,
}

/// Begins a file that is still to be written; `false` if the account keeps as many as it may.
///
/// # Errors
/// If the database cannot be written.
pub async fn begin(tx: &mut Tx, file: &File, max: HoldingsMax) -> Result<bool, StoreError> {
    let sql = "INSERT INTO file_holdings (account_id, files, bytes) VALUES ($1, 0, 0) ON CONFLICT (account_id) DO NOTHING";
    tx.execute(sql, vec![file.account_id.as_str().into()])
        .await?;
    let sql = "UPDATE file_holdings SET files = files + 1 WHERE account_id = $1 AND files < $2";
    let values = vec![file.account_id.as_str().into(), max.files.into()];
    if tx.execute(sql, values).await? == 0 {
        return Ok(false);
    }
    let sql = "INSERT INTO files (id, account_id, api_key_id, purpose, state, name, bytes, chunks, created_at_ms, expires_at_ms)
               VALUES ($1, $2, $3, $4, 'writing', $5, 0, 0, $6, $7)";
    let values = vec![
        file.id.as_str().into(),
        file.account_id.as_str().into(),
        file.api_key_id.as_str().into(),
        file.purpose.as_str().into(),
        file.name.as_slice().into(),
        file.created_at_ms.into(),
        file.expires_at_ms.into(),
    ];
    tx.execute(sql, values).await?;
    Ok(true)
}

/// Makes a file that was written visible, with what is known of it at its end.
///
/// # Errors
/// [`StoreError::NotFound`] if it was removed while it was written.
pub async fn finish(tx: &mut Tx, file: &File) -> Result<(), StoreError> {
    let sql = "UPDATE files SET state = 'whole', purpose = $2, name = $3, expires_at_ms = $4
               WHERE id = $1 AND state = 'writing'";
    let values = vec![
        file.id.as_str().into(),
        file.purpose.as_str().into(),
        file.name.as_slice().into(),
        file.expires_at_ms.into(),
    ];
    match tx.execute(sql, values).await? {
        0 => Err(StoreError::NotFound { what: "the file" }),
        _ => Ok(()),
    }
}

/// A whole file of an account that has not expired; `None` if there is none.
///
/// # Errors
/// If the database cannot be read.
pub async fn find(
    db: &Db,
    account_id: &AccountId,
    id: &FileId,
    now_ms: i64,
) -> Result<Option<File>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM files WHERE id = $1 AND account_id = $2 AND state = 'whole' AND expires_at_ms > $3"
    );
    let values = vec![
        id.as_str().into(),
        account_id.as_str().into(),
        now_ms.into(),
    ];
    let row = db.fetch_optional(sql, values).await?;
    row.as_ref().map(File::from_row).transpose()
}

/// Whole files of an account, by age.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(
    db: &Db,
    account_id: &AccountId,
    page: &FilePage,
    now_ms: i64,
) -> Result<Vec<File>, StoreError> {
    let sql = if page.is_ascending {
        concat!(
            "SELECT ",
            columns!(),
            " FROM files WHERE account_id = $1 AND state = 'whole' AND expires_at_ms > $2 AND ($3 = '' OR id > $3)
                 AND ($4 = '' OR purpose = $4) ORDER BY id LIMIT $5"
        )
    } else {
        concat!(
            "SELECT ",
            columns!(),
            " FROM files WHERE account_id = $1 AND state = 'whole' AND expires_at_ms > $2 AND ($3 = '' OR id < $3)
                 AND ($4 = '' OR purpose = $4) ORDER BY id DESC LIMIT $5"
        )
    };
    let values = vec![
        account_id.as_str().into(),
        now_ms.into(),
        page.after.as_ref().map_or("", FileId::as_str).into(),
        page.purpose.map_or("", FilePurpose::as_str).into(),
        i64::from(page.limit).into(),
    ];
    let rows = db.fetch_all(sql, values).await?;
    rows.iter().map(File::from_row).collect()
}

/// Deletes a file of an account: reads find no file from here on, and its account has its room back. Chunks are removed
/// later ([`remove_chunks`]). Returns `false` if there is none.
///
/// # Errors
/// If the database cannot be written.
pub async fn delete(tx: &mut Tx, account_id: &AccountId, id: &FileId) -> Result<bool, StoreError> {
    let sql = "UPDATE files SET state = 'deleted' WHERE id = $1 AND account_id = $2 AND state <> 'deleted'
               RETURNING bytes";
    let values = vec![id.as_str().into(), account_id.as_str().into()];
    let Some(row) = tx.fetch_optional(sql, values).await? else {
        return Ok(false);
    };
    give_room_back(tx, account_id, row.count("bytes")?).await?;
    Ok(true)
}

async fn give_room_back(tx: &mut Tx, account_id: &AccountId, bytes: u64) -> Result<(), StoreError> {
    let sql =
        "UPDATE file_holdings SET files = files - 1, bytes = bytes - $2 WHERE account_id = $1";
    let values = vec![account_id.as_str().into(), bytes.into()];
    tx.execute(sql, values).await.map(drop)
}

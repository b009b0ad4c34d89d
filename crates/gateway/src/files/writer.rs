//! A file on its way into the database.

use store::files::{self, File, FilePurpose, HoldingsMax};
use store::sealed::{MasterKey, ObjectKey};
use store::{Db, FileId, StoreError};
use tokio::runtime::Handle;

use super::{CHUNK_BYTES, FileOwner, NAME_PLACE, chunk_place};
use crate::clock::Clock;
use crate::error::ApiError;

/// Writes a file chunk by chunk. Dropped before [`FileWriter::finish`], it leaves none.
#[derive(Debug)]
pub struct FileWriter {
    db: Db,
    key: ObjectKey,
    file: File,
    max: HoldingsMax,
    /// Content that is not a whole chunk yet.
    pending: Vec<u8>,
    is_over: bool,
}

impl FileWriter {
    pub(super) async fn begin(
        (db, clock): (Db, Clock),
        master: &MasterKey,
        owner: &FileOwner,
        (purpose, max): (FilePurpose, HoldingsMax),
    ) -> Result<Self, ApiError> {
        let id = FileId::generate();
        let key = master.object_key(&owner.account_id, id.as_str())?;
        let now_ms = clock.now_ms();
        let file = File {
            id,
            account_id: owner.account_id.clone(),
            api_key_id: owner.api_key_id.clone(),
            purpose,
            name: key.seal(NAME_PLACE, vec![])?,
            bytes: 0,
            chunks: 0,
            created_at_ms: now_ms,
            expires_at_ms: now_ms,
        };
        let mut tx = db.begin().await?;
        if !files::begin(&mut tx, &file, max).await? {
            return Err(full(max));
        }
        tx.commit().await?;
        Ok(Self {
            db,
            key,
            file,
            max,
            pending: Vec::new(),
            is_over: false,
        })
    }

    /// Adds content.
    ///
    /// # Errors
    /// If the account may keep no more, or the database cannot be written.
    pub async fn write(&mut self, mut content: &[u8]) -> Result<(), ApiError> {
        while !content.is_empty() {
            let room = CHUNK_BYTES - self.pending.len();
            let (now, later) = content.split_at(room.min(content.len()));
            self.pending.extend_from_slice(now);
            content = later;
            if self.pending.len() == CHUNK_BYTES {
                self.flush().await?;
            }
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), ApiError> {
        let plain = std::mem::take(&mut self.pending);
        let bytes = u64::try_from(plain.len()).unwrap_or(u64::MAX);
        let sealed = self.key.seal(&chunk_place(self.file.chunks), plain)?;
        let File {
            account_id,
            id,
            chunks,
            ..
        } = &self.file;
        let mut tx = self.db.begin().await?;
        let chunk = (bytes, sealed);
        if !files::add_chunk(&mut tx, (account_id, id), *chunks, chunk, self.max).await? {
            return Err(full(self.max));
        }
        tx.commit().await?;
        self.file.chunks += 1;
        self.file.bytes += bytes;
        Ok(())
    }

    /// Bytes so far.
    pub fn bytes(&self) -> u64 {
        self.file.bytes + u64::try_from(self.pending.len()).unwrap_or(u64::MAX)
    }

    /// Writes what is left, and makes the file one that can be read, under `name` and for so long.
    ///
    /// # Errors
    /// If the account may keep no more, or the database cannot be written.
    pub async fn finish(mut self, name: &str, kept_ms: i64) -> Result<File, ApiError> {
        self.seal(name, kept_ms).await?;
        let mut tx = self.db.begin().await?;
        files::finish(&mut tx, &self.file).await?;
        tx.commit().await?;
        let file = self.file.clone();
        self.keep();
        Ok(file)
    }

    /// Writes what is left, for a caller that finishes the file in a transaction of its own.
    ///
    /// # Errors
    /// If the account may keep no more, or the database cannot be written.
    pub(crate) async fn seal(&mut self, name: &str, kept_ms: i64) -> Result<(), ApiError> {
        if !self.pending.is_empty() {
            self.flush().await?;
        }
        self.file.name = self.key.seal(NAME_PLACE, name.as_bytes().to_vec())?;
        self.file.expires_at_ms = self.file.created_at_ms.saturating_add(kept_ms);
        Ok(())
    }

    /// The file as it is written so far.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Ends the writing of a file that was finished.
    pub(crate) fn keep(mut self) {
        self.is_over = true;
    }
}

impl Drop for FileWriter {
    /// Gives the room back; what cannot be done here, the sweeper does.
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let (db, file) = (self.db.clone(), self.file.clone());
        runtime.spawn(async move {
            if let Err(error) = remove(&db, &file).await {
                tracing::debug!(
                    error = &error as &dyn std::error::Error,
                    "an unfinished file stays for the sweeper"
                );
            }
        });
    }
}

async fn remove(db: &Db, file: &File) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    files::delete(&mut tx, &file.account_id, &file.id).await?;
    tx.commit().await
}

fn full(max: HoldingsMax) -> ApiError {
    ApiError::file_storage_full(max.files, max.bytes)
}

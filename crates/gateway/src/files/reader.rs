//! A file on its way out of the database.

use bytes::Bytes;
use store::files::{self, File};
use store::sealed::{MasterKey, ObjectKey};
use store::{Db, FileId, StoreError};

use super::chunk_place;

/// Reads a file chunk by chunk.
#[derive(Debug)]
pub struct FileReader {
    db: Db,
    key: ObjectKey,
    id: FileId,
    next: u64,
    chunks: u64,
}

impl FileReader {
    pub(super) fn new(db: Db, master: &MasterKey, file: &File) -> Result<Self, StoreError> {
        Ok(Self {
            db,
            key: master.object_key(&file.account_id, file.id.as_str())?,
            id: file.id.clone(),
            next: 0,
            chunks: file.chunks,
        })
    }

    /// The content of the next chunk; `None` behind the last.
    ///
    /// # Errors
    /// If the file was deleted meanwhile, is damaged, or the database cannot be read.
    pub async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        if self.next == self.chunks {
            return Ok(None);
        }
        let sealed = files::read_chunk(&self.db, &self.id, self.next).await?;
        let sealed = sealed.ok_or(StoreError::NotFound { what: "the file" })?;
        let plain = self.key.open(&chunk_place(self.next), sealed)?;
        self.next += 1;
        Ok(Some(plain.into()))
    }
}

//! Files of accounts: sealed chunk by chunk on their way into the database, and opened one by one on their way out, so
//! that none is ever whole in memory and nothing of one is anywhere in the clear (`docs/decisions/0068`).

mod lines;
mod places;
mod reader;
mod writer;

use std::time::Duration;

use store::files::{File, FilePurpose, HoldingsMax};
use store::sealed::MasterKey;
use store::{AccountId, ApiKeyId, Db};

use crate::clock::Clock;
use crate::config::FilesConfig;
use crate::error::ApiError;
pub use lines::{LineFault, Lines};
use places::Places;
pub use places::UploadPlace;
pub use reader::FileReader;
pub use writer::FileWriter;

/// Bytes of a chunk before it is sealed.
pub const CHUNK_BYTES: usize = 256 * 1024;
/// The time that an upload has in all.
pub const UPLOAD_WAIT: Duration = Duration::from_secs(3_600);
/// An upload that was begun so long ago is not finished any more.
pub const UNFINISHED_MS: i64 = 2 * 3_600_000;

/// The files of all accounts.
#[derive(Debug)]
pub struct Files {
    config: FilesConfig,
    db: Db,
    clock: Clock,
    places: Places,
}

/// The owner of a file.
#[derive(Debug, Clone)]
pub struct FileOwner {
    pub account_id: AccountId,
    pub api_key_id: ApiKeyId,
}

impl Files {
    /// The files in a database.
    pub fn new(config: &FilesConfig, db: Db, clock: Clock) -> Self {
        Self {
            places: Places::new(config.uploads_max, config.uploads_per_account_max),
            config: config.clone(),
            db,
            clock,
        }
    }

    pub fn config(&self) -> &FilesConfig {
        &self.config
    }

    /// The most that an account may keep.
    pub fn holdings_max(&self) -> HoldingsMax {
        HoldingsMax {
            files: self.config.per_account_max,
            bytes: self.config.bytes_per_account_max,
        }
    }

    /// The time that a file is kept, unless less is asked for.
    pub fn retention(&self) -> Duration {
        self.config.retention()
    }

    /// Takes a place for an upload, until the place is dropped.
    ///
    /// # Errors
    /// If the account, or this server, has as many as may be.
    pub fn enter(&self, account_id: &AccountId) -> Result<UploadPlace, ApiError> {
        self.places.enter(account_id)
    }

    /// Begins a file.
    ///
    /// # Errors
    /// If its account keeps as many as it may, or the database cannot be written.
    pub async fn begin(
        &self,
        master: &MasterKey,
        owner: &FileOwner,
        purpose: FilePurpose,
        max: HoldingsMax,
    ) -> Result<FileWriter, ApiError> {
        FileWriter::begin(
            (self.db.clone(), self.clock.clone()),
            master,
            owner,
            (purpose, max),
        )
        .await
    }

    /// A reader of a file, from its begin.
    ///
    /// # Errors
    /// If the cipher refuses its key, which cannot be.
    pub fn open(&self, master: &MasterKey, file: &File) -> Result<FileReader, ApiError> {
        Ok(FileReader::new(self.db.clone(), master, file)?)
    }

    /// The name of a file.
    ///
    /// # Errors
    /// If it was sealed with another master key.
    pub fn name_of(&self, master: &MasterKey, file: &File) -> Result<String, ApiError> {
        let key = master.object_key(&file.account_id, file.id.as_str())?;
        let name = key.open(NAME_PLACE, file.name.clone())?;
        Ok(String::from_utf8_lossy(&name).into_owned())
    }
}

/// The place of a file's name among what is sealed of it.
const NAME_PLACE: &str = "name";

/// The place of a chunk among what is sealed of a file.
fn chunk_place(chunk: u64) -> String {
    format!("chunk/{chunk}")
}

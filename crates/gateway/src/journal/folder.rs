//! The folder of one server's journal. Servers that share a data folder have one each.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use store::RequestId;

use super::disk::make_folder;

/// Servers that share a data folder.
const FOLDERS_MAX: usize = 64;

/// The file with the id of the journal.
const ID: &str = "id";

/// A folder that no other process writes.
#[derive(Debug)]
pub(super) struct JournalFolder {
    path: PathBuf,
    id: String,
    lock: File,
}

impl JournalFolder {
    /// Takes the first folder that is free.
    pub(super) fn take(parent: &Path) -> anyhow::Result<Self> {
        for number in 1..=FOLDERS_MAX {
            let path = parent.join(number.to_string());
            let taken = Self::take_one(path.clone());
            let taken = taken.with_context(|| format!("no journal in {}", path.display()))?;
            if let Some(folder) = taken {
                return Ok(folder);
            }
        }
        bail!(
            "too many servers have their journal in {}",
            parent.display()
        )
    }

    /// Takes the folders that no server holds, besides those that are taken.
    pub(super) fn take_left(parent: &Path) -> io::Result<Vec<Self>> {
        let mut left = vec![];
        for number in 1..=FOLDERS_MAX {
            let path = parent.join(number.to_string());
            if path.is_dir() {
                left.extend(Self::take_one(path)?);
            }
        }
        Ok(left)
    }

    fn take_one(path: PathBuf) -> io::Result<Option<Self>> {
        make_folder(&path)?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false).mode(0o600);
        let lock = options.open(path.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let id = read_or_make_id(&path)?;
        Ok(Some(Self { path, id, lock }))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Makes the next one who takes the folder give it another id.
    pub(super) fn forget_id(&self) -> io::Result<()> {
        fs::remove_file(self.path.join(ID))?;
        File::open(&self.path)?.sync_all()
    }

    pub(super) fn release(&self) {
        if let Err(error) = self.lock.unlock() {
            tracing::debug!(
                error = &error as &dyn std::error::Error,
                "the lock on the journal goes with the process"
            );
        }
    }
}

/// The id is of the folder: a database that knows it knows these segments.
fn read_or_make_id(folder: &Path) -> io::Result<String> {
    let path = folder.join(ID);
    let kept = match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        other => other?,
    };
    if !kept.trim().is_empty() {
        return Ok(kept.trim().to_owned());
    }
    let id = RequestId::generate().as_str().replace("req_", "journal_");
    fs::write(&path, &id)?;
    File::open(&path)?.sync_all()?;
    Ok(id)
}

//! The lock on a data folder: which process lives in it.
//!
//! A server holds the lock on a file of its folder for as long as it lives; the system gives it up with the process, however
//! that ends. A process that gets the lock therefore knows that the one before is dead, and need not wait for its
//! lease on the
//! auth log (`docs/decisions/0016`). An SQLite database has one server; on PostgreSQL several may share a folder, and each
//! has a file of its own.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// Servers that may share a folder on PostgreSQL.
const PLACES_MAX: usize = 64;
/// Longest text of a lock file.
const TEXT_BYTES_MAX: u64 = 1_024;
/// Changes with every boot of the machine: a lock proves something only about processes of the same one. A network file
/// system may hold locks per machine.
const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";

/// A place in a data folder, held until the drop.
#[derive(Debug)]
pub struct FolderClaim {
    file: File,
    former_replica: Option<String>,
}

impl FolderClaim {
    /// Takes a free place in the folder, which is made when it is not there.
    ///
    /// # Errors
    /// If the folder cannot be written, or another server lives in it and it is not to be shared.
    pub fn take(folder: &Path, is_shared: bool) -> anyhow::Result<Self> {
        make(folder)?;
        let places = if is_shared { PLACES_MAX } else { 1 };
        for place in 1..=places {
            let path = lock_path(folder, place);
            let opened = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .mode(0o600)
                .open(&path);
            let mut file = opened.with_context(|| format!("cannot write {}", path.display()))?;
            match file.try_lock() {
                Ok(()) => {
                    let former_replica = former(&mut file)?;
                    return Ok(Self {
                        file,
                        former_replica,
                    });
                }
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => {
                    return Err(error).with_context(|| format!("cannot lock {}", path.display()));
                }
            }
        }
        bail!(
            "another yunxin serves from the data folder {} (it holds {}); stop it first, or give this one a server.data_dir of its own",
            folder.display(),
            lock_path(folder, 1).display()
        )
    }

    /// The replica id of the process before, if it is certain that it is dead.
    pub fn former_replica(&self) -> Option<&str> {
        self.former_replica.as_deref()
    }

    /// Writes down what this process calls itself.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn settle(&mut self, replica: &str) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        self.file
            .write_all(format!("{}\n{replica}\n", boot_id()).as_bytes())?;
        self.file.sync_all()
    }
}

/// Makes a folder for its owner only.
///
/// # Errors
/// If it cannot be made.
pub fn make(folder: &Path) -> anyhow::Result<()> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.with_context(|| {
        format!(
            "cannot create the data folder {} (server.data_dir)",
            folder.display()
        )
    })
}

fn lock_path(folder: &Path, place: usize) -> PathBuf {
    folder.join(match place {
        1 => "server.lock".to_owned(),
        other => format!("server-{other}.lock"),
    })
}

fn former(file: &mut File) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    file.take(TEXT_BYTES_MAX).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let mut lines = text.lines();
    let (boot, replica) = (lines.next().unwrap_or_default(), lines.next());
    let is_of_this_boot = !boot.is_empty() && boot == boot_id();
    Ok(replica
        .filter(|replica| is_of_this_boot && !replica.is_empty())
        .map(str::to_owned))
}

fn boot_id() -> String {
    let text = fs::read_to_string(BOOT_ID).unwrap_or_default();
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_server_unless_it_is_shared_and_each_learns_who_lived_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        let mut first = FolderClaim::take(&path, false).unwrap();
        assert_eq!(first.former_replica(), None);
        first.settle("replica_1").unwrap();
        let refused = FolderClaim::take(&path, false).unwrap_err().to_string();
        assert!(refused.contains("another yunxin"), "{refused}");
        let mut second = FolderClaim::take(&path, true).unwrap();
        assert_eq!(second.former_replica(), None);
        second.settle("replica_2").unwrap();
        drop((first, second));
        let heirs = [
            FolderClaim::take(&path, true).unwrap(),
            FolderClaim::take(&path, true).unwrap(),
        ];
        assert_eq!(
            heirs.each_ref().map(FolderClaim::former_replica),
            [Some("replica_1"), Some("replica_2")]
        );
    }

    #[test]
    fn who_lived_there_before_the_machine_was_started_again_may_live_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let another_boot = "0b2d5f3e-0000-0000-0000-000000000000\nreplica_1\n";
        fs::write(lock_path(folder.path(), 1), another_boot).unwrap();
        assert_eq!(
            FolderClaim::take(folder.path(), false)
                .unwrap()
                .former_replica(),
            None
        );
        fs::write(lock_path(folder.path(), 1), [0xff; 4_096]).unwrap();
        assert_eq!(
            FolderClaim::take(folder.path(), false)
                .unwrap()
                .former_replica(),
            None
        );
    }
}

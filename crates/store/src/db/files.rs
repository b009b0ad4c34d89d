//! The files of an SQLite database are for their owner only: they hold addresses, digests and sealed credentials.

use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

const PRIVATE: u32 = 0o600;
/// The bits of a mode that let others in.
const OF_OTHERS: u32 = 0o077;
/// The database, and what SQLite makes beside it with its mode.
const FILES: [&str; 3] = ["", "-wal", "-shm"];

/// Makes the database's file if it is not there, for its owner only from its first moment, and takes from others what
/// an earlier version, a copy or a restore gave them. A file that exists is not opened here: to close it again would
/// end the locks that SQLite holds on it in this process.
///
/// # Errors
/// If there is no file and none can be made.
pub(super) fn keep_private(path: &Path) -> io::Result<()> {
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(PRIVATE)
        .open(path);
    match made {
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    for end in FILES {
        match close_to_others(&beside(path, end)) {
            // Somebody else's file: they chose who may read it, and whether we can is seen when it is opened.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::NotFound | ErrorKind::PermissionDenied
                ) => {}
            other => other?,
        }
    }
    Ok(())
}

fn close_to_others(path: &Path) -> io::Result<()> {
    let mode = fs::metadata(path)?.permissions().mode();
    if mode & OF_OTHERS == 0 {
        return Ok(());
    }
    fs::set_permissions(path, Permissions::from_mode(mode & 0o700))
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// The system's reason why a file cannot be opened: SQLite says only that it cannot.
pub(super) fn cause(path: &Path, said: &sqlx::Error) -> String {
    let opened = OpenOptions::new().read(true).write(true).open(path);
    opened.map_or_else(|error| error.to_string(), |_| said.to_string())
}

/// The path as an operator finds it from anywhere.
pub(super) fn shown(path: &Path) -> String {
    let whole = std::path::absolute(path);
    whole.as_deref().unwrap_or(path).display().to_string()
}

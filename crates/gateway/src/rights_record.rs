//! The record of rights that were taken away, written down beside the database.
//!
//! A backup that is restored knows nothing of what was revoked after it was made. The record does: each change of rights
//! that the auth log tells of leaves a line in a file of the data folder, with the rights as they are then. A start that
//! finds a database older than its record enforces what the record knows (`docs/decisions/0016`).

mod fence;
mod file;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::bail;
use serde::{Deserialize, Serialize};
use store::auth_log::{self, AuthChange, Line};
use store::rights::{self, RecordAge, Rights};
use store::{Db, RequestId, StoreError, instance_metadata};
use tokio::sync::Mutex;

pub use fence::{Fenced, subject};
use file::RecordFile;

/// The fact of a database by which its record is found.
const DATABASE_ID: &str = "database_id";
/// The line of a record up to which a database was fenced.
const FENCED_SEQ: &str = "fenced_seq";
/// Lines of the auth log that are read at once.
const LINES_PER_READ: u32 = 500;
/// Lines of a record that are compared with the auth log before it is taken for another one.
const COMPARED_MAX: usize = 10_000;

/// A line of the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordLine {
    /// The number of the change in the auth log, and when it was made.
    pub seq: i64,
    pub at_ms: i64,
    pub rights: Rights,
}

/// The record of a database.
#[derive(Debug)]
pub struct RightsRecord {
    path: PathBuf,
    state: Mutex<RecordState>,
}

#[derive(Debug)]
struct RecordState {
    file: RecordFile,
    /// The line of the auth log up to which the record is complete.
    complete_seq: i64,
    has_failed: bool,
}

/// A database that knows less than a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// The last line of the record.
    pub last_seq: i64,
    pub age: RecordAge,
    /// The lines that the database may not know, the newest rights of each thing, oldest first.
    pub lines: Vec<RecordLine>,
}

impl RightsRecord {
    /// Opens the record of a database, or begins one.
    ///
    /// # Errors
    /// If the folder cannot be read or written, or the database cannot.
    pub async fn open(folder: &Path, db: &Db, master_key: &str) -> anyhow::Result<Self> {
        let id = database_id(folder, db, master_key).await?;
        let path = file::path_of(folder, &id);
        let (file, last_seq) = RecordFile::open(&path, &id, master_key)?;
        // A record that begins knows of nothing before it, and of everything after.
        let complete_seq = match last_seq {
            Some(seq) => seq,
            None => auth_log::head(db).await?,
        };
        let state = RecordState {
            file,
            complete_seq,
            has_failed: false,
        };
        Ok(Self {
            path,
            state: Mutex::new(state),
        })
    }

    /// Opens the record of a database if a server has begun one; a command begins none, for it may run as another user.
    ///
    /// # Errors
    /// If the folder cannot be read, or the database cannot.
    pub async fn open_existing(
        folder: &Path,
        db: &Db,
        master_key: &str,
    ) -> anyhow::Result<Option<Self>> {
        match instance_metadata::find(db, DATABASE_ID).await? {
            Some(id) if file::path_of(folder, &id).exists() => {
                Self::open(folder, db, master_key).await.map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Writes down what the auth log tells of since the last time. A failure is logged: it holds up nobody, and the next
    /// call makes it good.
    pub async fn catch_up(&self, db: &Db) {
        let mut state = self.state.lock().await;
        let result = state.catch_up(db).await;
        match result {
            Ok(()) => state.has_failed = false,
            Err(error) if !std::mem::replace(&mut state.has_failed, true) => tracing::error!(
                error = format!("{error:#}"),
                file = %self.path.display(),
                "changes of rights cannot be recorded beside the database; a backup that is restored may revive them"
            ),
            Err(_) => {}
        }
    }

    /// Finds what the record knows and the database does not; `None` if it knows everything.
    ///
    /// # Errors
    /// If the record or the database cannot be read.
    pub async fn find_behind(&self, db: &Db) -> anyhow::Result<Option<Behind>> {
        find_behind(&self.path, db).await
    }
}

impl RecordState {
    async fn catch_up(&mut self, db: &Db) -> anyhow::Result<()> {
        loop {
            let lines = auth_log::list_after(db, self.complete_seq, LINES_PER_READ).await?;
            let Some(last) = lines.last().map(|line| line.seq) else {
                return Ok(());
            };
            let is_all = lines.len() < usize::try_from(LINES_PER_READ).unwrap_or(usize::MAX);
            let mut records = Vec::new();
            for line in newest_of_each(lines) {
                if let Some(rights) = rights::read(db, &line.change).await? {
                    records.push(RecordLine {
                        seq: line.seq,
                        at_ms: line.at_ms,
                        rights,
                    });
                }
            }
            self.file.append(&records)?;
            self.complete_seq = last;
            if is_all {
                return Ok(());
            }
        }
    }
}

fn newest_of_each(lines: Vec<Line>) -> Vec<Line> {
    let newest: HashMap<AuthChange, i64> = lines
        .iter()
        .map(|line| (line.change.clone(), line.seq))
        .collect();
    let is_newest = |line: &Line| newest.get(&line.change) == Some(&line.seq);
    lines.into_iter().filter(is_newest).collect()
}

/// Finds what the record in a file knows and the database does not; `None` if it knows everything.
///
/// # Errors
/// If the record or the database cannot be read.
pub async fn find_behind(path: &Path, db: &Db) -> anyhow::Result<Option<Behind>> {
    let (database, lines) = file::read(path)?;
    let known_as = instance_metadata::find(db, DATABASE_ID).await?;
    if known_as.is_some_and(|id| id != database) {
        bail!("{} is the record of another database", path.display());
    }
    let Some(last_seq) = lines.last().map(|line| line.seq) else {
        return Ok(None);
    };
    let fenced = instance_metadata::find(db, FENCED_SEQ).await?;
    let fenced_seq = fenced.and_then(|seq| seq.parse().ok()).unwrap_or(0);
    let (common_seq, age) = common_with(db, &lines).await?;
    let known_seq = common_seq.max(fenced_seq);
    if known_seq >= last_seq {
        return Ok(None);
    }
    let mut newest = HashMap::new();
    for line in lines.into_iter().filter(|line| line.seq > known_seq) {
        newest.insert(line.rights.subject(), line);
    }
    let mut lines: Vec<RecordLine> = newest.into_values().collect();
    lines.sort_by_key(|line| line.seq);
    Ok(Some(Behind {
        last_seq,
        age,
        lines,
    }))
}

/// The newest line of a record that the database has too, or has forgotten as old; and whether the database has others
/// in the places of those after it.
async fn common_with(db: &Db, lines: &[RecordLine]) -> Result<(i64, RecordAge), StoreError> {
    let head = auth_log::head(db).await?;
    let oldest = auth_log::list_after(db, 0, 1).await?;
    let oldest_seq = oldest.first().map_or(head + 1, |line| line.seq);
    let mut age = RecordAge::Newer;
    for line in lines.iter().rev().take(COMPARED_MAX) {
        if line.seq > head {
            continue;
        }
        if line.seq < oldest_seq {
            return Ok((line.seq, age));
        }
        let there = auth_log::list_after(db, line.seq - 1, 1).await?;
        let is_same = there.first().is_some_and(|there| {
            there.seq == line.seq
                && there.at_ms == line.at_ms
                && there.change == line.rights.subject()
        });
        if is_same {
            return Ok((line.seq, age));
        }
        age = RecordAge::Apart;
    }
    Ok((0, age))
}

/// The id of a database. One from before it had a name, with a history, is an older one of the record that lies in the
/// folder, if both belong to the same master key.
async fn database_id(folder: &Path, db: &Db, master_key: &str) -> anyhow::Result<String> {
    if let Some(id) = instance_metadata::find(db, DATABASE_ID).await? {
        return Ok(id);
    }
    let has_history = auth_log::head(db).await? > 0;
    let adopted = if has_history {
        file::find_of(folder, master_key)?
    } else {
        None
    };
    let id = adopted.unwrap_or_else(|| RequestId::generate().as_str().replace("req_", "db_"));
    Ok(instance_metadata::keep(db, DATABASE_ID, &id).await?)
}

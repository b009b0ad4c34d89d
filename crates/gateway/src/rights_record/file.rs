//! The file of a record: a head, and a line per change, as JSON. It is only appended to, and read whole when it is needed.

use std::collections::HashMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use super::RecordLine;

const PREFIX: &str = "revocations-";
const SUFFIX: &str = ".jsonl";
const FORMAT: &str = "yunxin-revocations-1";
/// A file beyond this is written anew, with the newest line of each thing only.
const BYTES_MAX: u64 = 16 * 1024 * 1024;
/// The age from which lines are left out then: a backup of more than a year ago is not restored.
const KEEP_MS: i64 = 400 * 86_400_000;

#[derive(Debug, Serialize, Deserialize)]
struct RecordHeader {
    format: String,
    database: String,
    /// The fingerprint of the master key that the database belongs to.
    master_key: String,
}

/// The file, open to be appended to.
#[derive(Debug)]
pub(super) struct RecordFile(File);

impl RecordFile {
    /// Opens it, and says which line of the auth log is its last; `None` where it has just been begun. A last line that
    /// was cut is cut off.
    pub(super) fn open(
        path: &Path,
        database: &str,
        master_key: &str,
    ) -> anyhow::Result<(Self, Option<i64>)> {
        if !path.exists() {
            let head = RecordHeader {
                format: FORMAT.to_owned(),
                database: database.to_owned(),
                master_key: master_key.to_owned(),
            };
            write_anew(path, &head, &[])?;
            return Ok((Self(appending(path)?), None));
        }
        let (head, lines, whole_bytes) = read_whole(path)?;
        if fs::metadata(path)?.len() > BYTES_MAX {
            write_anew(path, &head, &compacted(lines.clone()))?;
            return Ok((Self(appending(path)?), lines.last().map(|line| line.seq)));
        }
        let file = appending(path)?;
        file.set_len(whole_bytes)?;
        Ok((Self(file), lines.last().map(|line| line.seq).or(Some(0))))
    }

    /// Appends lines: all of them, or none.
    pub(super) fn append(&mut self, lines: &[RecordLine]) -> anyhow::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let text = in_lines(lines)?;
        let end = self.0.seek(SeekFrom::End(0))?;
        // Not synced: what a power cut takes is in the database still, and is written again.
        if let Err(error) = self.0.write_all(&text) {
            self.0.set_len(end)?;
            return Err(error.into());
        }
        Ok(())
    }
}

/// The path of a database's record.
pub(super) fn path_of(folder: &Path, database: &str) -> PathBuf {
    folder.join(format!("{PREFIX}{database}{SUFFIX}"))
}

/// The database whose record is in the folder, if there is one of that master key.
pub(super) fn find_of(folder: &Path, master_key: &str) -> anyhow::Result<Option<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        if name.is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX)) {
            let (head, ..) = read_whole(&path)?;
            if head.master_key == master_key {
                return Ok(Some(head.database));
            }
        }
    }
    Ok(None)
}

/// The database of a record, and its lines, oldest first.
pub(super) fn read(path: &Path) -> anyhow::Result<(String, Vec<RecordLine>)> {
    let (head, lines, _) = read_whole(path)?;
    Ok((head.database, lines))
}

/// With how many bytes of the file are whole lines. A line in the middle that cannot be read is an error: what it took away
/// would come back.
fn read_whole(path: &Path) -> anyhow::Result<(RecordHeader, Vec<RecordLine>, u64)> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut reader = BufReader::new(file);
    let mut text = String::new();
    let mut whole_bytes = reader.read_line(&mut text)?;
    let head: RecordHeader = serde_json::from_str(&text)
        .with_context(|| format!("{} is no record of revocations", path.display()))?;
    if head.format != FORMAT {
        bail!(
            "{} has the format {}, which this version does not know",
            path.display(),
            head.format
        );
    }
    let mut lines = Vec::new();
    loop {
        text.clear();
        let read = reader.read_line(&mut text)?;
        if read == 0 || !text.ends_with('\n') {
            break;
        }
        let number = lines.len() + 2;
        let line = serde_json::from_str(&text);
        lines.push(line.with_context(|| format!("{}, line {number}", path.display()))?);
        whole_bytes += read;
    }
    Ok((head, lines, u64::try_from(whole_bytes).unwrap_or(u64::MAX)))
}

fn compacted(lines: Vec<RecordLine>) -> Vec<RecordLine> {
    let newest_ms = lines.iter().map(|line| line.at_ms).max().unwrap_or(0);
    let mut newest = HashMap::new();
    for line in lines {
        if line.at_ms >= newest_ms - KEEP_MS {
            newest.insert(line.rights.subject(), line);
        }
    }
    let mut lines: Vec<RecordLine> = newest.into_values().collect();
    lines.sort_by_key(|line| line.seq);
    lines
}

/// Whole or not at all: beside it first, then in its place.
fn write_anew(path: &Path, head: &RecordHeader, lines: &[RecordLine]) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    let beside = path.with_extension("new");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)
        .with_context(|| format!("cannot write {}", beside.display()))?;
    let mut text = serde_json::to_vec(head)?;
    text.push(b'\n');
    text.extend(in_lines(lines)?);
    file.write_all(&text)?;
    file.sync_all()?;
    Ok(fs::rename(beside, path)?)
}

fn in_lines(lines: &[RecordLine]) -> serde_json::Result<Vec<u8>> {
    let mut text = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut text, line)?;
        text.push(b'\n');
    }
    Ok(text)
}

fn appending(path: &Path) -> anyhow::Result<File> {
    let opened = OpenOptions::new().read(true).append(true).open(path);
    opened.with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use store::rights::Rights;

    use super::*;

    fn revoked(seq: i64, key: &str) -> RecordLine {
        RecordLine {
            seq,
            at_ms: seq,
            rights: Rights::ManagementKey {
                id: key.to_owned(),
                is_revoked: true,
            },
        }
    }

    #[test]
    fn a_last_line_that_was_cut_is_cut_off_and_what_follows_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = path_of(folder.path(), "db_1");
        let (mut file, last) = RecordFile::open(&path, "db_1", "key").unwrap();
        assert_eq!(last, None);
        file.append(&[revoked(1, "a"), revoked(2, "b")]).unwrap();
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() - 5]).unwrap();
        let (mut file, last) = RecordFile::open(&path, "db_1", "key").unwrap();
        assert_eq!(last, Some(1));
        file.append(&[revoked(3, "c")]).unwrap();
        let (database, lines) = read(&path).unwrap();
        assert_eq!(database, "db_1");
        assert_eq!(lines, [revoked(1, "a"), revoked(3, "c")]);
        assert_eq!(
            find_of(folder.path(), "key").unwrap().as_deref(),
            Some("db_1")
        );
        assert_eq!(find_of(folder.path(), "another").unwrap(), None);
    }

    #[test]
    fn a_line_in_the_middle_that_cannot_be_read_is_an_error_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = path_of(folder.path(), "db_1");
        let (mut file, _) = RecordFile::open(&path, "db_1", "key").unwrap();
        file.append(&[revoked(1, "a")]).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{text}nonsense\n")).unwrap();
        let error = format!("{:#}", read(&path).unwrap_err());
        assert!(error.contains("line 3"), "{error}");
        fs::write(&path, "nonsense\n").unwrap();
        assert!(format!("{:#}", read(&path).unwrap_err()).contains("no record"));
    }

    #[test]
    fn of_a_long_record_the_newest_line_of_each_thing_is_kept() {
        let lines = vec![revoked(1, "a"), revoked(2, "b"), revoked(3, "a")];
        assert_eq!(compacted(lines), [revoked(2, "b"), revoked(3, "a")]);
        let old = vec![revoked(1, "a"), revoked(KEEP_MS + 2, "b")];
        assert_eq!(compacted(old), [revoked(KEEP_MS + 2, "b")]);
    }
}

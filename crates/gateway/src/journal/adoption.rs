//! Journals that other servers of this data folder left behind: their segments become ours.
//!
//! Servers that share a data folder have a journal each. One that was killed and never comes back would leave its usage
//! lying there; the next server that starts takes it over. The database may have a part of it already, so each such segment says
//! that it may repeat.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::disk::{segment_path, segments};
use super::folder::JournalFolder;
use super::reader::{Next, SegmentReader};
use super::record::{self, Kind};

/// Moves the segments of journals that no server holds behind the segments of `own`; returns how many.
///
/// # Errors
/// If a folder cannot be read or written. What was not moved yet stays where it was.
pub(super) fn adopt_left(parent: &Path, own: &JournalFolder) -> io::Result<usize> {
    let mut adopted = 0;
    for left in JournalFolder::take_left(parent)? {
        let found = segments(left.path())?;
        if found.is_empty() {
            continue;
        }
        // First: whoever takes the folder next begins with segment 1, and a database that knows the folder by this id
        // would take that for one that it has.
        left.forget_id()?;
        for (number, length) in found {
            let from = segment_path(left.path(), number);
            if length > 0 {
                mark_as_repeating(&from, length)?;
                let next = segments(own.path())?.last().map_or(1, |(last, _)| last + 1);
                fs::rename(&from, segment_path(own.path(), next))?;
                adopted += 1;
            } else {
                fs::remove_file(&from)?;
            }
        }
        File::open(own.path())?.sync_all()?;
        File::open(left.path())?.sync_all()?;
    }
    Ok(adopted)
}

/// Appends the record that says so, in the place of what was not written whole.
fn mark_as_repeating(path: &Path, length: u64) -> io::Result<()> {
    let end = length - torn_bytes(path, length)?;
    let mut bytes = vec![];
    let at = record::begin(&mut bytes, Kind::Again, "");
    record::end(&mut bytes, at);
    let file = OpenOptions::new().write(true).open(path)?;
    file.set_len(end)?;
    file.write_all_at(&bytes, end)?;
    file.sync_all()
}

fn torn_bytes(path: &Path, length: u64) -> io::Result<u64> {
    let mut reader = SegmentReader::new(File::open(path)?, 0, length);
    loop {
        match reader.next()? {
            Next::End => return Ok(0),
            Next::Torn(bytes) => return Ok(bytes),
            Next::Record(_) | Next::Broken(_) => {}
        }
    }
}

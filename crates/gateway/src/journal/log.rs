//! The segment that is written, and what is known of those before it.
//!
//! A record is one `pwrite` by whoever has it, under the lock: a hand-off to another thread would leave a moment in
//! which a process that is killed has said more than it has written (`docs/decisions/0055`).

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::oneshot;

use super::disk::{Disk, LogFile, segment_path};
use super::position::Position;
use super::record::{self, Kind};
use crate::config::JournalConfig;

/// The file that keeps room for the ends of requests that run when the disk is full.
const RESERVE: &str = "reserve";

/// The writing side of the journal.
#[derive(Debug)]
pub(super) struct Log {
    folder: PathBuf,
    disk: Arc<dyn Disk>,
    config: JournalConfig,
    file: Arc<dyn LogFile>,
    end: Position,
    /// The lengths of all segments.
    pub(super) lengths: BTreeMap<u64, u64>,
    /// The requests that are open, by the segment that says the most of them.
    open: BTreeMap<u64, usize>,
    /// Segments with records that an earlier one may have.
    pub(super) repeating: HashSet<u64>,
    /// The records since the last sync, and the files behind which they are.
    unsynced: Vec<u8>,
    unsynced_files: Vec<Arc<dyn LogFile>>,
    has_new_file: bool,
    /// The records since the last sync are in no file that a sync can vouch for.
    must_write_again: bool,
    /// Records that could not be written yet, and those who wait for them.
    held: Vec<u8>,
    held_waits: Vec<oneshot::Sender<()>>,
    has_reserve: bool,
    /// No request is let in.
    pub(super) is_refusing: bool,
    /// Nothing is written any more.
    pub(super) is_closed: bool,
}

/// The things that one sync has to cover.
pub(super) struct Unsynced {
    pub(super) files: Vec<Arc<dyn LogFile>>,
    pub(super) end: Position,
    pub(super) has_new_file: bool,
}

impl Log {
    /// Begins a new segment behind those that are there.
    pub(super) fn begin(
        folder: &Path,
        disk: Arc<dyn Disk>,
        config: &JournalConfig,
        lengths: BTreeMap<u64, u64>,
        repeating: HashSet<u64>,
    ) -> io::Result<Self> {
        let number = lengths.last_key_value().map_or(0, |(last, _)| *last) + 1;
        let file = disk.create(&segment_path(folder, number))?;
        let mut log = Self {
            folder: folder.to_owned(),
            disk,
            config: config.clone(),
            file,
            end: Position {
                segment: number,
                offset: 0,
            },
            lengths,
            open: BTreeMap::new(),
            repeating,
            unsynced: vec![],
            unsynced_files: vec![],
            has_new_file: true,
            must_write_again: false,
            held: vec![],
            held_waits: vec![],
            has_reserve: false,
            is_refusing: false,
            is_closed: false,
        };
        log.lengths.insert(number, 0);
        log.make_reserve();
        Ok(log)
    }

    pub(super) fn end(&self) -> Position {
        self.end
    }

    pub(super) fn bytes(&self) -> u64 {
        self.lengths.values().sum()
    }

    /// True if the journal is longer than it may become before the database takes some of it.
    pub(super) fn is_full(&self) -> bool {
        self.bytes() >= self.config.bytes_max
    }

    /// Writes a record that may be refused.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<Position> {
        if self.end.offset > 0 && self.end.offset + bytes.len() as u64 > self.config.segment_bytes {
            self.begin_segment()?;
        }
        let written = match self.write_here(bytes) {
            // What failed once is not trusted again.
            Err(_) if self.end.offset > 0 => {
                self.begin_segment()?;
                self.write_here(bytes)
            }
            other => other,
        };
        written.map(|()| self.end)
    }

    /// Writes a record that must not be lost: with the room that is kept for it, or else later.
    pub(super) fn write_or_hold(&mut self, bytes: &[u8]) -> io::Result<Position> {
        if !self.held.is_empty() {
            self.held.extend_from_slice(bytes);
            return Err(io::Error::other("earlier records wait to be written"));
        }
        let mut written = self.write(bytes);
        if written.is_err() && self.free_reserve() {
            written = self.write(bytes);
        }
        if written.is_err() {
            self.is_refusing = true;
            self.held.extend_from_slice(bytes);
        }
        written
    }

    /// Tells `wait` when what is held is written.
    pub(super) fn wait_for_held(&mut self, wait: oneshot::Sender<()>) {
        self.held_waits.push(wait);
    }

    fn write_here(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_at(bytes, self.end.offset)?;
        self.end.offset += bytes.len() as u64;
        self.lengths.insert(self.end.segment, self.end.offset);
        if self.config.sync.is_full() {
            self.unsynced.extend_from_slice(bytes);
        }
        Ok(())
    }

    fn begin_segment(&mut self) -> io::Result<()> {
        let segment = self.end.segment + 1;
        let file = self.disk.create(&segment_path(&self.folder, segment))?;
        let before = std::mem::replace(&mut self.file, file);
        if self.config.sync.is_full() {
            self.unsynced_files.push(before);
        }
        self.has_new_file = true;
        self.end = Position { segment, offset: 0 };
        self.lengths.insert(segment, 0);
        Ok(())
    }

    /// The home of an open request is here from now on, and not where it was.
    pub(super) fn open_here(&mut self, before: Option<u64>) -> u64 {
        self.close(before);
        *self.open.entry(self.end.segment).or_default() += 1;
        self.end.segment
    }

    /// An open request ends.
    pub(super) fn close(&mut self, home: Option<u64>) {
        let Some(home) = home else { return };
        if let Some(count) = self.open.get_mut(&home) {
            *count -= 1;
            if *count == 0 {
                self.open.remove(&home);
            }
        }
    }

    /// The segments that nothing needs any more, once everything before `shipped` is in the database.
    pub(super) fn unneeded(&self, shipped: Position) -> Vec<u64> {
        let needed = self.open.keys().next().copied().unwrap_or(u64::MAX);
        let until = shipped.segment.min(needed).min(self.end.segment);
        self.lengths
            .range(..until)
            .map(|(number, _)| *number)
            .collect()
    }

    /// The state that a sync has to cover; the records of it are kept until [`Log::synced`].
    pub(super) fn unsynced(&mut self) -> Unsynced {
        let mut files = self.unsynced_files.clone();
        files.push(Arc::clone(&self.file));
        Unsynced {
            files,
            end: self.end,
            has_new_file: self.has_new_file,
        }
    }

    /// A sync went well: with nothing written since, no record needs to be kept for another try.
    pub(super) fn synced(&mut self, of: &Unsynced, kept: usize) {
        self.unsynced.drain(..kept.min(self.unsynced.len()));
        let files = of.files.len() - 1;
        self.unsynced_files
            .drain(..files.min(self.unsynced_files.len()));
        self.has_new_file &= self.end.segment != of.end.segment;
    }

    /// The length of the records that a sync covers.
    pub(super) fn unsynced_bytes(&self) -> usize {
        self.unsynced.len()
    }

    /// After a sync that failed, of which nobody knows what it wrote: writes the records once more, in a new segment.
    /// The files before are not asked again.
    pub(super) fn write_again(&mut self) -> io::Result<()> {
        self.must_write_again = true;
        self.begin_segment()?;
        self.unsynced_files.clear();
        self.repeating.insert(self.end.segment);
        let mut bytes = Vec::with_capacity(self.unsynced.len() + 32);
        let at = record::begin(&mut bytes, Kind::Again, "");
        record::end(&mut bytes, at);
        let records = std::mem::take(&mut self.unsynced);
        bytes.extend_from_slice(&records);
        let written = self.write_here(&bytes);
        self.unsynced = records;
        self.must_write_again = written.is_err();
        written
    }

    /// Tries whether the disk takes everything again; returns those who waited for what was held.
    pub(super) fn recover(&mut self) -> io::Result<Vec<oneshot::Sender<()>>> {
        if self.must_write_again {
            self.write_again()?;
        }
        if !self.held.is_empty() {
            let held = std::mem::take(&mut self.held);
            if let Err(error) = self.write(&held) {
                self.held = held;
                return Err(error);
            }
        }
        if !self.make_reserve() {
            return Err(io::Error::other("no room for the reserve"));
        }
        self.is_refusing = false;
        Ok(std::mem::take(&mut self.held_waits))
    }

    pub(super) fn has_held(&self) -> bool {
        !self.held.is_empty()
    }

    /// Takes room on the disk for what must not fail.
    fn make_reserve(&mut self) -> bool {
        if self.has_reserve || self.config.reserve_bytes == 0 {
            return true;
        }
        let path = self.folder.join(RESERVE);
        self.has_reserve = self.disk.fill(&path, self.config.reserve_bytes).is_ok();
        if !self.has_reserve {
            let _ = fs::remove_file(&path);
            self.is_refusing = true;
        }
        self.has_reserve
    }

    fn free_reserve(&mut self) -> bool {
        self.is_refusing = true;
        let had = std::mem::take(&mut self.has_reserve);
        had && fs::remove_file(self.folder.join(RESERVE)).is_ok()
    }
}

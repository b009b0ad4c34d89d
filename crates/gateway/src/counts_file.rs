//! Counts that outlive the process: a file of the server's own, with a slot of fixed size per thing that counts.
//!
//! A count is written with one small `pwrite` before what was counted goes on. The system keeps what was written
//! when the process is killed (`kill -9`), so that no `fsync` is needed; a power cut may lose the last seconds
//! (`docs/decisions/0017`). Each server on a data folder has a file of its own, which it holds a lock on.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, BufReader, Read};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;

/// Bytes of one slot: what does not change, and then what does, which is written alone.
const SLOT_BYTES: usize = 160;
const NAMES_BYTES: usize = 96;
const COUNTS_BYTES: usize = SLOT_BYTES - NAMES_BYTES;
/// Bytes of counts that an owner has to itself; the boot and the checksum follow them.
pub const CONTENT_BYTES: usize = 52;
/// Longest name.
const NAME_BYTES_MAX: usize = 40;
/// Slots of a file: with more, the rest is counted in memory only. They take 160 MB.
const SLOTS_MAX: u32 = 1_000_000;
/// Servers that share a data folder.
const FILES_MAX: usize = 64;
/// Slots that are read at a time.
const READ_SLOTS: usize = 1_024;
/// Says which boot of the machine an uptime belongs to.
const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";

/// The owner of a slot's counts: a key, or a client token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotKind {
    /// An API key; the second name is its account.
    ApiKey = 1,
    /// A client token.
    ClientToken = 2,
}

/// The file.
#[derive(Debug)]
pub struct CountsFile {
    file: File,
    boot: u32,
    slots: Mutex<Slots>,
    /// The last write failed, which was said.
    is_failing: AtomicBool,
}

#[derive(Debug)]
struct Slots {
    used: u32,
    free: Vec<u32>,
    max: u32,
}

/// A slot as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub slot: u32,
    pub kind: SlotKind,
    pub names: [String; 2],
    pub content: [u8; CONTENT_BYTES],
    /// True if its uptimes are of this boot of the machine.
    pub is_of_this_boot: bool,
}

impl CountsFile {
    /// Opens the file of a server that is not in use by another one, and makes it where there is none.
    ///
    /// # Errors
    /// If the folder cannot be written, or has as many servers as may share it.
    pub fn open(folder: &Path) -> io::Result<Self> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        for number in 1..=FILES_MAX {
            let file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .mode(0o600)
                .open(folder.join(format!("counts-{number}")))?;
            match file.try_lock() {
                Ok(()) => return Ok(Self::of(file)),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Err(io::Error::other("too many servers share the data folder"))
    }

    fn of(file: File) -> Self {
        let boot = std::fs::read(BOOT_ID).unwrap_or_default();
        Self {
            file,
            // No checksum of nothing: an unknown boot is another one.
            boot: u32::try_from(checksum(&[&boot]) >> 32).unwrap_or_default(),
            slots: Mutex::new(Slots {
                used: 0,
                free: vec![],
                max: SLOTS_MAX,
            }),
            is_failing: AtomicBool::new(false),
        }
    }

    /// Reads what the server before this one left. `keep` says of each slot whether it is still needed; the others
    /// are free. Called once, before anything is added.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn load(&self, mut keep: impl FnMut(Record) -> bool) -> io::Result<()> {
        let mut slots = self.slots.lock();
        let mut reader = BufReader::with_capacity(READ_SLOTS * SLOT_BYTES, &self.file);
        let mut bytes = [0; SLOT_BYTES];
        while read_whole(&mut reader, &mut bytes)? {
            let slot = slots.used;
            slots.used += 1;
            let record = read_slot(&bytes, slot, self.boot);
            if !record.is_some_and(&mut keep) {
                slots.free.push(slot);
            }
        }
        Ok(())
    }

    /// Adds counts; their slot, or `None` when they are in memory only.
    pub fn add(
        &self,
        kind: SlotKind,
        names: [&str; 2],
        content: &[u8; CONTENT_BYTES],
    ) -> Option<u32> {
        if names.iter().any(|name| name.len() > NAME_BYTES_MAX) {
            return None;
        }
        let slot = self.slots.lock().take()?;
        let mut bytes = [0; SLOT_BYTES];
        let (fixed, counts) = bytes.split_at_mut(NAMES_BYTES);
        write_names(fixed, kind, names);
        counts.copy_from_slice(&self.counts(content));
        if self.write_at(&bytes, slot, 0) {
            return Some(slot);
        }
        self.slots.lock().free.push(slot);
        None
    }

    /// Replaces the counts of a slot.
    pub fn write(&self, slot: u32, content: &[u8; CONTENT_BYTES]) {
        self.write_at(&self.counts(content), slot, NAMES_BYTES);
    }

    /// Gives a slot back.
    pub fn free(&self, slot: u32) {
        self.write_at(&[0; SLOT_BYTES], slot, 0);
        self.slots.lock().free.push(slot);
    }

    /// Lets another server have the file: nothing is written after this.
    pub fn release(&self) {
        if let Err(error) = self.file.unlock() {
            tracing::debug!(
                error = &error as &dyn std::error::Error,
                "the lock on the counts of limits goes with the process"
            );
        }
    }

    fn counts(&self, content: &[u8; CONTENT_BYTES]) -> [u8; COUNTS_BYTES] {
        let mut bytes = [0; COUNTS_BYTES];
        let (counted, sum) = bytes.split_at_mut(CONTENT_BYTES + 4);
        counted[..CONTENT_BYTES].copy_from_slice(content);
        counted[CONTENT_BYTES..].copy_from_slice(&self.boot.to_le_bytes());
        sum.copy_from_slice(&checksum(&[counted]).to_le_bytes());
        bytes
    }

    /// Requests go on when it fails: counting goes on in memory.
    fn write_at(&self, bytes: &[u8], slot: u32, offset: usize) -> bool {
        let at = u64::from(slot) * SLOT_BYTES as u64 + offset as u64;
        let written = self.file.write_all_at(bytes, at);
        let was_failing = self.is_failing.swap(written.is_err(), Ordering::Relaxed);
        if let Err(error) = &written
            && !was_failing
        {
            tracing::error!(
                error = error as &dyn std::error::Error,
                "counts of limits cannot be written; they are forgotten when the server is killed"
            );
        }
        written.is_ok()
    }
}

impl Slots {
    fn take(&mut self) -> Option<u32> {
        if let Some(slot) = self.free.pop() {
            return Some(slot);
        }
        if self.used >= self.max {
            return None;
        }
        self.used += 1;
        Some(self.used - 1)
    }
}

/// Returns whether a whole slot was there.
fn read_whole(reader: &mut impl Read, bytes: &mut [u8]) -> io::Result<bool> {
    match reader.read_exact(bytes) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// The kind of the slot, the two names with their lengths, and a checksum.
fn write_names(fixed: &mut [u8], kind: SlotKind, names: [&str; 2]) {
    fixed[0] = kind as u8;
    for (index, name) in names.into_iter().enumerate() {
        let at = 1 + index * (NAME_BYTES_MAX + 1);
        fixed[at] = u8::try_from(name.len()).unwrap_or_default();
        fixed[at + 1..at + 1 + name.len()].copy_from_slice(name.as_bytes());
    }
    let (names, sum) = fixed.split_at_mut(NAMES_BYTES - 8);
    sum.copy_from_slice(&checksum(&[names]).to_le_bytes());
}

/// A slot that is in use and was written whole.
fn read_slot(bytes: &[u8; SLOT_BYTES], slot: u32, boot: u32) -> Option<Record> {
    let (fixed, counts) = bytes.split_at(NAMES_BYTES);
    let (names, names_sum) = fixed.split_at(NAMES_BYTES - 8);
    let (counted, counts_sum) = counts.split_at(CONTENT_BYTES + 4);
    let kind = match names[0] {
        1 => SlotKind::ApiKey,
        2 => SlotKind::ClientToken,
        _ => return None,
    };
    if checksum(&[names]).to_le_bytes() != names_sum
        || checksum(&[counted]).to_le_bytes() != counts_sum
    {
        return None;
    }
    let (content, of_boot) = counted.split_at(CONTENT_BYTES);
    Some(Record {
        slot,
        kind,
        names: [name_at(names, 1)?, name_at(names, 2 + NAME_BYTES_MAX)?],
        content: content.try_into().ok()?,
        is_of_this_boot: boot != 0 && boot.to_le_bytes() == of_boot,
    })
}

fn name_at(names: &[u8], at: usize) -> Option<String> {
    let length = usize::from(*names.get(at)?);
    let text = names.get(at + 1..at + 1 + length)?;
    String::from_utf8(text.to_vec()).ok()
}

/// FNV-1a: finds slots that were written in part, and costs nothing.
fn checksum(parts: &[&[u8]]) -> u64 {
    let bytes = parts.iter().flat_map(|part| part.iter());
    bytes.fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(file: &CountsFile) -> Vec<(u32, SlotKind, String, u8)> {
        let mut found = vec![];
        let keep = |record: Record| {
            assert!(record.is_of_this_boot);
            let [name, _] = record.names;
            found.push((record.slot, record.kind, name, record.content[0]));
            true
        };
        file.load(keep).unwrap();
        found
    }

    #[test]
    fn what_was_written_is_found_by_the_next_without_a_word_of_goodbye() {
        let folder = tempfile::tempdir().unwrap();
        let file = CountsFile::open(folder.path()).unwrap();
        assert_eq!(contents(&file), []);
        let key = file.add(SlotKind::ApiKey, ["key", "account"], &[1; CONTENT_BYTES]);
        let token = file.add(SlotKind::ClientToken, ["token", ""], &[2; CONTENT_BYTES]);
        file.write(key.unwrap(), &[3; CONTENT_BYTES]);
        drop(file);
        let file = CountsFile::open(folder.path()).unwrap();
        let expected = [
            (0, SlotKind::ApiKey, "key".to_owned(), 3),
            (1, SlotKind::ClientToken, "token".to_owned(), 2),
        ];
        assert_eq!(contents(&file), expected);
        file.free(token.unwrap());
        let again = file.add(SlotKind::ApiKey, ["other", "account"], &[4; CONTENT_BYTES]);
        assert_eq!(again, token, "a slot that was given back is used again");
    }

    #[test]
    fn servers_that_share_a_folder_have_a_file_each() {
        let folder = tempfile::tempdir().unwrap();
        let one = CountsFile::open(folder.path()).unwrap();
        let other = CountsFile::open(folder.path()).unwrap();
        one.add(SlotKind::ApiKey, ["one", ""], &[1; CONTENT_BYTES]);
        other.add(SlotKind::ApiKey, ["other", ""], &[2; CONTENT_BYTES]);
        drop((one, other));
        let file = CountsFile::open(folder.path()).unwrap();
        assert_eq!(
            contents(&file),
            [(0, SlotKind::ApiKey, "one".to_owned(), 1)]
        );
    }

    #[test]
    fn a_slot_that_was_written_in_part_is_free() {
        let folder = tempfile::tempdir().unwrap();
        let file = CountsFile::open(folder.path()).unwrap();
        file.add(SlotKind::ApiKey, ["key", ""], &[1; CONTENT_BYTES]);
        file.file.write_all_at(&[9], 100).unwrap();
        drop(file);
        let file = CountsFile::open(folder.path()).unwrap();
        assert_eq!(contents(&file), []);
        let slot = file.add(SlotKind::ApiKey, ["key", ""], &[1; CONTENT_BYTES]);
        assert_eq!(slot, Some(0));
    }

    #[test]
    fn a_file_that_is_full_takes_nothing_more_until_something_is_given_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = CountsFile::open(folder.path()).unwrap();
        file.slots.lock().max = 1;
        let add = |name: &str| file.add(SlotKind::ApiKey, [name, ""], &[0; CONTENT_BYTES]);
        assert_eq!((add("one"), add("other")), (Some(0), None));
        file.free(0);
        assert_eq!(add("other"), Some(0));
    }

    #[test]
    fn a_name_that_does_not_fit_is_counted_in_memory_only() {
        let folder = tempfile::tempdir().unwrap();
        let file = CountsFile::open(folder.path()).unwrap();
        let name = "k".repeat(NAME_BYTES_MAX + 1);
        assert_eq!(
            file.add(SlotKind::ApiKey, [&name, ""], &[0; CONTENT_BYTES]),
            None
        );
    }
}

//! The remains of an earlier process: the requests that it had open when it ended, and the records that can be read.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use store::usage_events::UsageEvent;

use super::disk::{segment_path, segments};
use super::reader::{Next, SegmentReader};
use super::record::Kind;

/// The findings in a folder.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) lengths: BTreeMap<u64, u64>,
    /// Segments with records that an earlier one may have.
    pub(super) repeating: HashSet<u64>,
    /// The requests that had no end, as events of a crash.
    pub(super) open: Vec<UsageEvent>,
    /// Records that cannot be read and are set aside.
    pub(super) broken: u64,
    /// Bytes at the ends of segments that were not written whole.
    pub(super) torn_bytes: u64,
}

/// The place of a record's event.
struct Place {
    segment: u64,
    offset: u64,
    length: usize,
}

/// Reads through all segments.
///
/// # Errors
/// If one cannot be read.
pub(super) fn scan(folder: &Path) -> io::Result<Found> {
    let mut found = Found::default();
    let mut open: HashMap<Box<[u8]>, Place> = HashMap::new();
    for (segment, length) in segments(folder)? {
        found.lengths.insert(segment, length);
        let path = segment_path(folder, segment);
        let mut reader = SegmentReader::new(File::open(&path)?, 0, length);
        loop {
            let next = reader.next()?;
            match next {
                Next::End => break,
                Next::Torn(bytes) => found.torn_bytes += bytes,
                Next::Broken(bytes) => {
                    found.broken += 1;
                    set_aside(&path, reader.offset() - bytes, bytes)?;
                }
                Next::Record(record) => match record.kind {
                    Kind::Again => drop(found.repeating.insert(segment)),
                    Kind::Settle => drop(open.remove(record.id)),
                    Kind::Admit | Kind::Progress => {
                        let (id, length) = (record.id.into(), record.event.len());
                        let offset = reader.offset() - length as u64;
                        let place = Place {
                            segment,
                            offset,
                            length,
                        };
                        open.insert(id, place);
                    }
                },
            }
        }
    }
    for place in open.values() {
        match read_event(folder, place)? {
            Some(event) => found.open.push(event),
            None => found.broken += 1,
        }
    }
    found
        .open
        .sort_by(|one, other| one.request_id.cmp(&other.request_id));
    Ok(found)
}

fn read_event(folder: &Path, place: &Place) -> io::Result<Option<UsageEvent>> {
    let mut bytes = vec![0; place.length];
    let file = File::open(segment_path(folder, place.segment))?;
    file.read_exact_at(&mut bytes, place.offset)?;
    Ok(UsageEvent::from_json(&bytes))
}

/// Keeps what cannot be read beside its segment, for people.
fn set_aside(path: &Path, offset: u64, length: u64) -> io::Result<()> {
    let mut bytes = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
    File::open(path)?.read_exact_at(&mut bytes, offset)?;
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let name = format!("{offset}.broken");
    options.open(path.with_extension(name))?.write_all(&bytes)
}

//! Reading on from a place, as the events that a database does not have yet.

use std::collections::HashSet;
use std::io;

use store::usage_events::UsageEvent;

use super::reader::{Next, SegmentReader};
use super::record::Kind;
use super::{Journal, Position};

/// The events behind a place.
#[derive(Debug, Default)]
pub struct Batch {
    pub events: Vec<UsageEvent>,
    /// The place behind them.
    pub next: Position,
    /// The number of them that this process settled.
    pub own: u64,
    /// The database may have some of them already.
    pub may_repeat: bool,
}

impl Journal {
    /// Reads the next events of requests that have ended, at most so many. Blocks.
    ///
    /// # Errors
    /// If a segment cannot be read.
    pub fn read_settled(&self, from: Position, events_max: usize) -> io::Result<Batch> {
        let (segments, repeating): (Vec<(u64, u64)>, HashSet<u64>) = {
            let log = self.log.lock();
            let segments = log.lengths.range(from.segment..);
            let segments = segments.map(|(number, length)| (*number, *length));
            (segments.collect(), log.repeating.clone())
        };
        let mut batch = Batch {
            next: from,
            ..Batch::default()
        };
        for (segment, length) in segments {
            let is_first = segment == from.segment;
            let offset = if is_first { from.offset } else { 0 };
            if offset < length {
                batch.may_repeat |= repeating.contains(&segment);
                let file = self.segment(segment)?;
                let mut reader = SegmentReader::new(file, offset, length);
                let before = batch.events.len();
                let unread = read(&mut reader, &mut batch.events, events_max)?;
                self.note_unread(unread);
                if segment >= self.first_segment {
                    let read = batch.events.len() - before;
                    batch.own += u64::try_from(read).unwrap_or_default() + unread;
                }
                batch.next = Position {
                    segment,
                    offset: reader.offset(),
                };
            } else {
                batch.next = Position {
                    segment,
                    offset: length.max(offset),
                };
            }
            if batch.events.len() >= events_max {
                break;
            }
        }
        if batch.may_repeat {
            let mut seen = HashSet::new();
            batch
                .events
                .retain(|event| seen.insert(event.request_id.clone()));
        }
        Ok(batch)
    }

    fn note_unread(&self, records: u64) {
        if records > 0 {
            self.metrics.journal_broken.inc_by(records);
            tracing::error!(
                records,
                "records of the journal are no events that this version knows"
            );
        }
    }
}

/// Reads events; returns the number of records that are none, though they were written whole.
fn read(
    reader: &mut SegmentReader,
    events: &mut Vec<UsageEvent>,
    events_max: usize,
) -> io::Result<u64> {
    let mut unread = 0;
    while events.len() < events_max {
        match reader.next()? {
            Next::End => break,
            Next::Record(record) if record.kind == Kind::Settle => {
                let event = UsageEvent::from_json(record.event);
                unread += u64::from(event.is_none());
                events.extend(event);
            }
            // What is broken was told when the journal was opened.
            Next::Record(_) | Next::Broken(_) | Next::Torn(_) => {}
        }
    }
    Ok(unread)
}

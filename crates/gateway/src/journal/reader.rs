//! Reading a segment, record by record, without ever holding more of it than a record or a block.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use memchr::memmem;

use super::record::{self, HEAD_BYTES, MAGIC, Record};

/// Bytes that are read at a time.
const BLOCK_BYTES: usize = 1 << 18;

/// A reader of a segment.
pub(super) struct SegmentReader {
    file: File,
    /// Bytes that were read; those not yet passed on begin at `taken`, and at `offset` in the file.
    buffer: Vec<u8>,
    taken: usize,
    offset: u64,
    /// Nothing is read from here on.
    limit: u64,
    is_at_end: bool,
}

/// The next thing in a segment.
#[derive(Debug)]
pub(super) enum Next<'a> {
    Record(Record<'a>),
    /// Bytes that are no record, in front of one.
    Broken(u64),
    /// The rest, which was never written whole.
    Torn(u64),
    End,
}

/// The next thing, by its places in the buffer.
enum Found {
    Record(usize),
    Broken(usize),
    Torn,
    End,
}

impl SegmentReader {
    /// A reader of what stands between two places of a file.
    pub(super) fn new(file: File, offset: u64, limit: u64) -> Self {
        Self {
            file,
            buffer: vec![],
            taken: 0,
            offset,
            limit,
            is_at_end: false,
        }
    }

    /// The place behind what was passed on.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    pub(super) fn next(&mut self) -> io::Result<Next<'_>> {
        let found = self.find()?;
        let from = self.taken;
        let length = match found {
            Found::End => return Ok(Next::End),
            Found::Torn => self.buffer.len() - from,
            Found::Record(length) | Found::Broken(length) => length,
        };
        self.taken += length;
        self.offset += length as u64;
        Ok(match found {
            Found::Broken(length) => Next::Broken(length as u64),
            Found::Record(_) => {
                let body = &self.buffer[from + HEAD_BYTES..self.taken];
                record::parse(body).map_or(Next::Broken(length as u64), Next::Record)
            }
            Found::Torn | Found::End => Next::Torn(length as u64),
        })
    }

    fn find(&mut self) -> io::Result<Found> {
        if !self.has(1)? {
            return Ok(Found::End);
        }
        if self.has(HEAD_BYTES)?
            && let Some(length) = record::body_length(&self.buffer[self.taken..])
        {
            let length = HEAD_BYTES + length;
            if self.has(length)? {
                let (head, body) =
                    self.buffer[self.taken..self.taken + length].split_at(HEAD_BYTES);
                if record::read(head, body).is_some() {
                    return Ok(Found::Record(length));
                }
                // A length that was turned may lead over the next records.
                if self.is_end_or_head(length)? {
                    return Ok(Found::Broken(length));
                }
            }
        }
        self.find_behind()
    }

    /// Returns whether a record begins so many bytes on, or the segment ends there.
    fn is_end_or_head(&mut self, length: usize) -> io::Result<bool> {
        if !self.has(length + 1)? {
            return Ok(true);
        }
        let has_head = self.has(length + HEAD_BYTES)?;
        Ok(has_head && record::body_length(&self.buffer[self.taken + length..]).is_some())
    }

    /// Looks for the next record that is whole.
    fn find_behind(&mut self) -> io::Result<Found> {
        let mut skipped = 1;
        while self.has(skipped + HEAD_BYTES)? {
            let rest = &self.buffer[self.taken + skipped..];
            let Some(at) = memmem::find(rest, &MAGIC) else {
                // A magic may begin in the last bytes.
                skipped += rest.len() - MAGIC.len().min(rest.len() - 1);
                continue;
            };
            skipped += at;
            if self.is_whole_at(skipped)? {
                return Ok(Found::Broken(skipped));
            }
            skipped += 1;
        }
        Ok(Found::Torn)
    }

    fn is_whole_at(&mut self, skipped: usize) -> io::Result<bool> {
        if !self.has(skipped + HEAD_BYTES)? {
            return Ok(false);
        }
        let Some(length) = record::body_length(&self.buffer[self.taken + skipped..]) else {
            return Ok(false);
        };
        let end = skipped + HEAD_BYTES + length;
        if !self.has(end)? {
            return Ok(false);
        }
        let (head, body) = self.buffer[self.taken + skipped..self.taken + end].split_at(HEAD_BYTES);
        Ok(record::read(head, body).is_some())
    }

    /// Reads on until so many bytes are there; returns whether they are.
    fn has(&mut self, length: usize) -> io::Result<bool> {
        while self.buffer.len() - self.taken < length && !self.is_at_end {
            self.buffer.drain(..self.taken);
            self.taken = 0;
            let held = self.buffer.len();
            let at = self.offset + held as u64;
            let room = usize::try_from(self.limit.saturating_sub(at)).unwrap_or(usize::MAX);
            self.buffer
                .resize(held + BLOCK_BYTES.max(length).min(room), 0);
            let read = self.file.read_at(&mut self.buffer[held..], at)?;
            self.buffer.truncate(held + read);
            self.is_at_end = read == 0;
        }
        Ok(self.buffer.len() - self.taken >= length)
    }
}

//! Server-sent events out of a stream of bytes, with bounded memory.
//!
//! Frames of the network and events of the stream have nothing to do with each other. An event that
//! lies whole in one frame (nearly all do) is a slice of it and costs no copy. Lines end as the standard
//! says: with a line feed, a carriage return, or both.

mod sniff;

use bytes::{Buf, Bytes, BytesMut};
use memchr::memchr2;

pub use sniff::{BodyKind, body_kind};

/// May stand before the first event, and means nothing.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One event.
#[derive(Debug, PartialEq, Eq)]
pub struct Event {
    /// The text after `data:`; several such lines are joined by a line feed.
    pub data: Bytes,
    /// The event as it came, when it was nothing but `data: …` and an empty line; else `None`, and
    /// the event has to be written anew when it is passed on.
    pub verbatim: Option<Bytes>,
    /// The name of the event, where it has one.
    pub name: Option<Bytes>,
}

impl Event {
    /// True for an event that is named `error`.
    pub fn is_error(&self) -> bool {
        self.name.as_deref() == Some(b"error")
    }
}

/// The upstream sends lines or events larger than we accept.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event of the stream is larger than {limit_bytes} bytes")]
pub struct EventTooLarge {
    pub limit_bytes: usize,
}

/// Cuts bytes into events.
#[derive(Debug)]
pub struct Decoder {
    pending: BytesMut,
    /// Bytes of `pending` that are known to hold no end of an event.
    searched: usize,
    event_bytes_max: usize,
}

impl Decoder {
    /// A decoder that refuses events (lines included) of more than `event_bytes_max` bytes.
    pub fn new(event_bytes_max: usize) -> Self {
        Self {
            pending: BytesMut::new(),
            searched: 0,
            event_bytes_max,
        }
    }

    /// Takes the next event out of `frame` and what was left of earlier frames. `None` means that
    /// `frame` is used up and its rest is kept.
    ///
    /// # Errors
    /// If an event is larger than the limit.
    pub fn next(&mut self, frame: &mut Bytes) -> Result<Option<Event>, EventTooLarge> {
        loop {
            let Some(raw) = self.next_raw(frame)? else {
                return Ok(None);
            };
            // Comments, lone empty lines and events without data are for the transport, not for the client.
            if let Some(event) = parse(raw) {
                return Ok(Some(event));
            }
        }
    }

    /// The event whose empty line the end of the stream has swallowed. The standard drops such an event;
    /// providers that close right behind their last line mean it.
    pub fn finish(&mut self) -> Option<Event> {
        self.searched = 0;
        let rest = self.pending.split().freeze();
        let mut event = parse(rest)?;
        event.verbatim = None;
        Some(event)
    }

    fn next_raw(&mut self, frame: &mut Bytes) -> Result<Option<Bytes>, EventTooLarge> {
        if self.pending.is_empty() {
            if let Some(end) = event_end(frame, 0) {
                return self.checked(frame.split_to(end)).map(Some);
            }
            self.pending.extend_from_slice(frame);
            frame.advance(frame.len());
        } else {
            self.pending.extend_from_slice(frame);
            frame.advance(frame.len());
            if let Some(end) = event_end(&self.pending, self.searched) {
                self.searched = 0;
                let raw = self.pending.split_to(end).freeze();
                // What follows the event is whole again: hand it back as the frame.
                *frame = self.pending.split().freeze();
                return self.checked(raw).map(Some);
            }
        }
        // The end is at most "\r\n\r\n": three of its bytes may be here already.
        self.searched = self.pending.len().saturating_sub(3);
        if self.pending.len() > self.event_bytes_max {
            return Err(EventTooLarge {
                limit_bytes: self.event_bytes_max,
            });
        }
        Ok(None)
    }

    fn checked(&self, raw: Bytes) -> Result<Bytes, EventTooLarge> {
        if raw.len() > self.event_bytes_max {
            return Err(EventTooLarge {
                limit_bytes: self.event_bytes_max,
            });
        }
        Ok(raw)
    }
}

/// Offset behind the empty line that ends an event. Of a carriage return at the very end a line feed may
/// still follow: it is then an empty line before the next event, which means nothing.
fn event_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr2(b'\n', b'\r', bytes.get(at..)?)?;
        at += line_end(bytes.get(at..)?);
        let rest = bytes.get(at..)?;
        if let [b'\n' | b'\r', ..] = rest {
            return Some(at + line_end(rest));
        }
    }
}

/// Length of the line end that `bytes` begins with.
fn line_end(bytes: &[u8]) -> usize {
    if bytes.starts_with(b"\r\n") { 2 } else { 1 }
}

fn parse(raw: Bytes) -> Option<Event> {
    if let Some(data) = plain_data(&raw) {
        return Some(Event {
            data: raw.slice(data),
            verbatim: Some(raw),
            name: None,
        });
    }
    let mut name = None;
    let mut data: Option<Vec<u8>> = None;
    for line in raw.split(|&byte| byte == b'\n' || byte == b'\r') {
        if let Some(value) = field(line, b"event") {
            name = Some(raw.slice_ref(value));
        } else if let Some(text) = field(line, b"data") {
            let joined = data.get_or_insert_default();
            if !joined.is_empty() {
                joined.push(b'\n');
            }
            joined.extend_from_slice(text);
        }
    }
    // An event with empty data is none, says the standard.
    let data = data.filter(|data| !data.is_empty())?;
    Some(Event {
        data: data.into(),
        verbatim: None,
        name,
    })
}

/// The range of the data of an event that is exactly `data: …\n\n`.
fn plain_data(raw: &[u8]) -> Option<std::ops::Range<usize>> {
    let inner = raw.strip_prefix(b"data: ")?.strip_suffix(b"\n\n")?;
    let is_plain = memchr2(b'\n', b'\r', inner).is_none();
    (is_plain && !inner.is_empty()).then_some(6..raw.len() - 2)
}

/// The value of a line of that field.
fn field<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
    let value = line.strip_prefix(name)?.strip_prefix(b":")?;
    Some(value.strip_prefix(b" ").unwrap_or(value))
}

#[cfg(test)]
mod tests;

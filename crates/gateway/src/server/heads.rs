//! The heads of requests, as they come from the wire (request smuggling).
//!
//! hyper takes what HTTP/1.1 lets a server take: a line that ends with a bare LF, a length beside a transfer coding,
//! several codings, several hosts. A proxy in front may read the same bytes as other requests than we do, so all of it
//! is refused here, before hyper sees it. Where a body ends is followed by the same rules, and more strictly, so that
//! both agree where the next head begins.

mod chunks;
mod fault;
mod line;
#[cfg(test)]
mod tests;

use memchr::memchr_iter;

use chunks::Chunks;
pub(super) use fault::HeadFault;
use line::Head;

/// Bytes of a line that are kept until its end has arrived; no line that matters is longer.
const LINE_KEPT_MAX: usize = 1024;

/// The part of a request that comes next.
#[derive(Debug, Default)]
enum HeadPlace {
    #[default]
    Head,
    /// A body, of which so many bytes are still to come.
    Body(u64),
    Chunks(Chunks),
}

/// Bytes that must not be passed on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    /// The number of bytes before them that belong to earlier requests, or to the same body.
    pub(super) passed: usize,
    /// The reason, of a head; a body's framing has no response of its own.
    pub(super) fault: Option<HeadFault>,
}

/// Follows the bytes of one connection.
#[derive(Debug, Default)]
pub(super) struct Heads {
    place: HeadPlace,
    head: Head,
    /// The beginning of a line that has not ended yet.
    partial: Vec<u8>,
}

impl Heads {
    /// Looks at the next bytes of the connection.
    pub(super) fn follow(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            at += match &mut self.place {
                HeadPlace::Head => self.read_head(rest).map_err(|fault| Refused {
                    passed: at,
                    fault: Some(fault),
                })?,
                HeadPlace::Body(left) => {
                    let here = usize::try_from(*left).unwrap_or(usize::MAX).min(rest.len());
                    *left -= here as u64;
                    if *left == 0 {
                        self.place = HeadPlace::Head;
                    }
                    here
                }
                HeadPlace::Chunks(chunks) => {
                    let (here, is_over) = chunks.follow(rest).map_err(|before| Refused {
                        passed: at + before,
                        fault: None,
                    })?;
                    if is_over {
                        self.place = HeadPlace::Head;
                    }
                    here
                }
            };
        }
        Ok(())
    }

    /// Reads as much of a head as there is; returns how many bytes that were.
    fn read_head(&mut self, bytes: &[u8]) -> Result<usize, HeadFault> {
        let mut start = 0;
        for end in memchr_iter(b'\n', bytes) {
            let line = &bytes[start..end];
            start = end + 1;
            let is_end = if self.partial.is_empty() {
                self.head.read_line(line)?
            } else {
                self.keep(line);
                let whole = std::mem::take(&mut self.partial);
                self.head.read_line(&whole)?
            };
            if is_end {
                let head = std::mem::take(&mut self.head);
                self.place = match head.framing()? {
                    line::RequestFraming::Length(0) => HeadPlace::Head,
                    line::RequestFraming::Length(length) => HeadPlace::Body(length),
                    line::RequestFraming::Chunked => HeadPlace::Chunks(Chunks::default()),
                };
                return Ok(start);
            }
        }
        self.keep(&bytes[start..]);
        Ok(bytes.len())
    }

    /// Keeps the beginning of a line, and its last byte.
    fn keep(&mut self, bytes: &[u8]) {
        let room = LINE_KEPT_MAX.saturating_sub(self.partial.len());
        let (kept, dropped) = bytes.split_at(room.min(bytes.len()));
        self.partial.extend_from_slice(kept);
        if let (Some(end), Some(last)) = (self.partial.last_mut(), dropped.last()) {
            *end = *last;
        }
    }
}

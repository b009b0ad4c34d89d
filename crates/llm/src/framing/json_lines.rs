//! One JSON value on each line, with bounded memory.

use bytes::{Buf, Bytes, BytesMut};
use memchr::memchr;

use super::FramingError;
use crate::json::Cursor;
use crate::sse::{BodyKind, Event};

/// The kind of a body: a failure that comes in place of lines is one itself.
pub(super) fn body_kind(start: &[u8]) -> Option<BodyKind> {
    match start.trim_ascii_start() {
        [] => None,
        [b'{', ..] => Some(BodyKind::Events),
        _ => Some(BodyKind::Text),
    }
}

/// True if an object on a line of its own is not all of the body.
pub(super) fn is_stream(body: &[u8]) -> bool {
    let body = body.trim_ascii();
    let first = memchr(b'\n', body).and_then(|end| body.get(..end));
    first.is_some_and(|line| {
        let mut cursor = Cursor::new(line);
        cursor.skip().and_then(|()| cursor.finish()).is_ok()
    })
}

/// Cuts bytes into lines.
#[derive(Debug)]
pub struct Cutter {
    pending: BytesMut,
    /// Bytes of `pending` that are known to hold no end of a line.
    searched: usize,
    event_bytes_max: usize,
}

impl Cutter {
    pub(super) fn new(event_bytes_max: usize) -> Self {
        Self {
            pending: BytesMut::new(),
            searched: 0,
            event_bytes_max,
        }
    }

    pub(super) fn next(&mut self, frame: &mut Bytes) -> Result<Option<Event>, FramingError> {
        self.pending.extend_from_slice(frame);
        frame.advance(frame.len());
        loop {
            let rest = self.pending.get(self.searched..).unwrap_or_default();
            let Some(end) = memchr(b'\n', rest) else {
                self.searched = self.pending.len();
                return if self.searched > self.event_bytes_max {
                    Err(FramingError::TooLarge)
                } else {
                    Ok(None)
                };
            };
            let line = self.pending.split_to(self.searched + end + 1);
            self.searched = 0;
            if line.len() > self.event_bytes_max {
                return Err(FramingError::TooLarge);
            }
            if let Some(event) = event(&line.freeze()) {
                return Ok(Some(event));
            }
        }
    }

    pub(super) fn finish(&mut self) -> Option<Event> {
        self.searched = 0;
        event(&self.pending.split().freeze())
    }
}

/// The event of a line; an empty one has none.
fn event(line: &Bytes) -> Option<Event> {
    let data = line.slice_ref(line.trim_ascii());
    (!data.is_empty()).then_some(Event {
        data,
        verbatim: None,
        name: None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Bytes, Cutter, FramingError, is_stream};

    #[test]
    fn a_response_that_is_printed_on_several_lines_is_no_stream() {
        for (body, expected) in [
            ("{\"a\":1}\n{\"b\":2}\n", true),
            ("{\"a\":1}\n", false),
            ("{\n  \"a\": 1\n}\n", false),
            ("", false),
        ] {
            assert_eq!(is_stream(body.as_bytes()), expected, "{body}");
        }
    }

    fn cut(pieces: &[&'static str]) -> Vec<String> {
        let mut cutter = Cutter::new(100);
        let mut lines = Vec::new();
        for piece in pieces {
            let mut frame = Bytes::from_static(piece.as_bytes());
            while let Some(event) = cutter.next(&mut frame).unwrap() {
                lines.push(String::from_utf8_lossy(&event.data).into_owned());
            }
        }
        let rest = cutter.finish();
        lines.extend(rest.map(|event| String::from_utf8_lossy(&event.data).into_owned()));
        lines
    }

    #[test]
    fn each_line_is_an_event_wherever_it_is_cut_and_the_last_needs_no_end() {
        let expected = ["{\"a\":1}", "{\"b\":2}", "{\"c\":3}"];
        assert_eq!(cut(&["{\"a\":1}\n{\"b\":2}\r\n\n{\"c\":3}"]), expected);
        assert_eq!(
            cut(&["{\"a\"", ":1}", "\n{\"b\":2}\r", "\n\n{\"c\":", "3}\n"]),
            expected
        );
    }

    #[test]
    fn a_line_without_an_end_is_refused_when_it_is_too_long() {
        let mut cutter = Cutter::new(10);
        let mut frame = Bytes::from_static(b"{\"a\":\"123456");
        assert_eq!(cutter.next(&mut frame), Err(FramingError::TooLarge));
    }
}

//! The binary event stream of AWS: messages with a length, headers, a payload and two checksums
//! (`docs/decisions/0048`).

use bytes::{Buf, Bytes, BytesMut};

use super::FramingError;
use crate::json::{Object, Value, quote};
use crate::sse::{BodyKind, Event};

/// The lengths of the message and of its headers, and their checksum.
const PRELUDE: usize = 12;
/// The checksum of the whole message.
const CHECKSUM: usize = 4;
/// The name of the events that report failures.
const ERROR: &[u8] = b"error";

/// The kind of a body: no message is so long that its first byte is not zero.
pub(super) fn body_kind(start: &[u8]) -> Option<BodyKind> {
    match start {
        [] => None,
        [0, ..] => Some(BodyKind::Events),
        _ => match start.trim_ascii_start() {
            [] => None,
            [b'{' | b'[', ..] => Some(BodyKind::Json),
            _ => Some(BodyKind::Text),
        },
    }
}

/// Cuts bytes into messages.
#[derive(Debug)]
pub struct Cutter {
    pending: BytesMut,
    event_bytes_max: usize,
}

impl Cutter {
    pub(super) fn new(event_bytes_max: usize) -> Self {
        Self {
            pending: BytesMut::new(),
            event_bytes_max,
        }
    }

    pub(super) fn next(&mut self, frame: &mut Bytes) -> Result<Option<Event>, FramingError> {
        self.pending.extend_from_slice(frame);
        frame.advance(frame.len());
        while let Some(length) = self.length()? {
            if self.pending.len() < length {
                return Ok(None);
            }
            let message = self.pending.split_to(length).freeze();
            if let Some(event) = event(&message)? {
                return Ok(Some(event));
            }
        }
        Ok(None)
    }

    /// The length of the message that comes next; `None` while that is not known.
    fn length(&self) -> Result<Option<usize>, FramingError> {
        let Some(prelude) = self.pending.get(..PRELUDE) else {
            return Ok(None);
        };
        let (lengths, _) = prelude.split_at(8);
        if crc32fast::hash(lengths) != number(prelude, 8)? {
            return Err(FramingError::Damaged);
        }
        let (total, headers) = (length(prelude, 0)?, length(prelude, 4)?);
        if total < PRELUDE + headers.saturating_add(CHECKSUM) {
            return Err(FramingError::Damaged);
        }
        if total > self.event_bytes_max {
            return Err(FramingError::TooLarge);
        }
        Ok(Some(total))
    }
}

fn number(bytes: &[u8], at: usize) -> Result<u32, FramingError> {
    let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
    four.map(u32::from_be_bytes).ok_or(FramingError::Damaged)
}

fn length(bytes: &[u8], at: usize) -> Result<usize, FramingError> {
    usize::try_from(number(bytes, at)?).map_err(|_| FramingError::Damaged)
}

/// The headers of a message that say what it is.
#[derive(Debug, Default)]
struct Headers {
    message_type: Option<Bytes>,
    event_type: Option<Bytes>,
    exception_type: Option<Bytes>,
    error_code: Option<Bytes>,
    error_message: Option<Bytes>,
}

/// The event of a whole message; `None` for one that has no name.
fn event(message: &Bytes) -> Result<Option<Event>, FramingError> {
    let end = message.len() - CHECKSUM;
    let checked = message.get(..end).ok_or(FramingError::Damaged)?;
    if crc32fast::hash(checked) != number(message, end)? {
        return Err(FramingError::Damaged);
    }
    let payload = PRELUDE + length(message, 4)?;
    let headers = headers(message, payload)?;
    let payload = message.slice(payload..end);
    Ok(match headers.message_type.as_deref() {
        Some(b"exception") => Some(failure(&headers.exception_type, &payload)),
        Some(b"error") => {
            let said = headers.error_message.unwrap_or_default();
            let said = Object::new().with("message", String::from_utf8_lossy(&said).into_owned());
            let said = Value::from(said).to_json();
            Some(failure(&headers.error_code, said.as_bytes()))
        }
        _ => headers.event_type.map(|name| Event {
            data: payload,
            verbatim: None,
            name: Some(name),
        }),
    })
}

/// A failure as an event, its type beside its words.
fn failure(kind: &Option<Bytes>, payload: &[u8]) -> Event {
    let kind = String::from_utf8_lossy(kind.as_deref().unwrap_or_default());
    let message = Value::read(payload).unwrap_or(Value::Null);
    let words = message.text_of("message").unwrap_or_default();
    let data = format!(
        r#"{{"__type":{},"message":{}}}"#,
        quote(&kind),
        quote(words)
    );
    Event {
        data: data.into(),
        verbatim: None,
        name: Some(Bytes::from_static(ERROR)),
    }
}

fn headers(message: &Bytes, end: usize) -> Result<Headers, FramingError> {
    let mut headers = Headers::default();
    let mut at = PRELUDE;
    while at < end {
        let name_end = at + 1 + usize::from(byte(message, at)?);
        let name = message.get(at + 1..name_end).ok_or(FramingError::Damaged)?;
        let value = name_end + 1;
        let (start, behind) = extent(message, byte(message, name_end)?, value)?;
        if behind > end {
            return Err(FramingError::Damaged);
        }
        let text = message.slice(start..behind);
        match name {
            b":message-type" => headers.message_type = Some(text),
            b":event-type" => headers.event_type = Some(text),
            b":exception-type" => headers.exception_type = Some(text),
            b":error-code" => headers.error_code = Some(text),
            b":error-message" => headers.error_message = Some(text),
            _ => {}
        }
        at = behind;
    }
    Ok(headers)
}

/// The begin and the end of a header's value of that type, whose bytes begin at `at`.
fn extent(message: &[u8], kind: u8, at: usize) -> Result<(usize, usize), FramingError> {
    let fixed = |length| Ok((at, at + length));
    match kind {
        // Booleans, which are their type.
        0 | 1 => fixed(0),
        2 => fixed(1),
        3 => fixed(2),
        4 => fixed(4),
        // A long number, and a time.
        5 | 8 => fixed(8),
        // Bytes, and a text.
        6 | 7 => {
            let length = u16::from_be_bytes([byte(message, at)?, byte(message, at + 1)?]);
            Ok((at + 2, at + 2 + usize::from(length)))
        }
        9 => fixed(16),
        _ => Err(FramingError::Damaged),
    }
}

fn byte(message: &[u8], at: usize) -> Result<u8, FramingError> {
    message.get(at).copied().ok_or(FramingError::Damaged)
}

#[cfg(test)]
mod tests {
    use super::{Bytes, Cutter, FramingError};

    fn header(name: &str, value: &str) -> Vec<u8> {
        let mut out = vec![u8::try_from(name.len()).unwrap()];
        out.extend_from_slice(name.as_bytes());
        out.push(7);
        out.extend_from_slice(&u16::try_from(value.len()).unwrap().to_be_bytes());
        out.extend_from_slice(value.as_bytes());
        out
    }

    fn message(headers: &[(&str, &str)], payload: &str) -> Vec<u8> {
        let headers: Vec<u8> = headers
            .iter()
            .flat_map(|(name, value)| header(name, value))
            .collect();
        let total = u32::try_from(16 + headers.len() + payload.len()).unwrap();
        let mut out = total.to_be_bytes().to_vec();
        out.extend_from_slice(&u32::try_from(headers.len()).unwrap().to_be_bytes());
        out.extend_from_slice(&crc32fast::hash(&out).to_be_bytes());
        out.extend_from_slice(&headers);
        out.extend_from_slice(payload.as_bytes());
        out.extend_from_slice(&crc32fast::hash(&out).to_be_bytes());
        out
    }

    fn cut(bytes: &[u8], piece: usize) -> Result<Vec<(String, String)>, FramingError> {
        let mut cutter = Cutter::new(1_000);
        let mut events = Vec::new();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        for piece in bytes.chunks(piece) {
            let mut frame = Bytes::copy_from_slice(piece);
            while let Some(event) = cutter.next(&mut frame)? {
                events.push((text(&event.name.unwrap()), text(&event.data)));
            }
        }
        Ok(events)
    }

    fn stream() -> Vec<u8> {
        let event = |name| [(":event-type", name), (":message-type", "event")];
        let first = message(&event("messageStart"), r#"{"role":"assistant"}"#);
        let last = message(
            &[
                (":exception-type", "throttlingException"),
                (":message-type", "exception"),
            ],
            r#"{"message":"Slow down."}"#,
        );
        [first, last].concat()
    }

    #[test]
    fn messages_are_cut_wherever_their_bytes_are_and_exceptions_are_errors() {
        let whole = cut(&stream(), usize::MAX).unwrap();
        let expected = [
            ("messageStart", r#"{"role":"assistant"}"#),
            (
                "error",
                r#"{"__type":"throttlingException","message":"Slow down."}"#,
            ),
        ];
        assert_eq!(
            whole,
            expected.map(|(name, data)| (name.to_owned(), data.to_owned()))
        );
        for piece in 1..40 {
            assert_eq!(cut(&stream(), piece).unwrap(), whole);
        }
    }

    #[test]
    fn a_byte_that_is_changed_is_noticed() {
        let stream = stream();
        for at in 0..stream.len() {
            let mut damaged = stream.clone();
            damaged[at] ^= 1;
            assert!(cut(&damaged, 7).is_err(), "byte {at}");
        }
    }

    #[test]
    fn a_message_that_claims_to_be_too_long_is_refused_before_it_is_there() {
        let long = message(&[(":event-type", "x")], &"a".repeat(2_000));
        assert_eq!(cut(&long[..20], 20), Err(FramingError::TooLarge));
    }
}

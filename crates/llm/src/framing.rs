//! Framings of streams: the ways in which languages cut a stream of bytes into events.

mod event_stream;
mod json_lines;

use bytes::Bytes;

use crate::error::UpstreamError;
use crate::sse::{self, BodyKind, Event};

/// The way in which a language cuts a stream into events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// Server-sent events.
    ServerSentEvents,
    /// One JSON value on each line.
    JsonLines,
    /// The binary event stream of AWS.
    AwsEventStream,
}

/// The reason why a stream cannot be cut further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FramingError {
    #[error("an event is larger than upstream.event_bytes_max")]
    TooLarge,
    #[error("an event of the stream is damaged")]
    Damaged,
}

impl From<FramingError> for UpstreamError {
    fn from(error: FramingError) -> Self {
        Self::Protocol {
            detail: match error {
                FramingError::TooLarge => "an event is larger than upstream.event_bytes_max",
                FramingError::Damaged => "an event of the stream is damaged",
            },
        }
    }
}

impl Framing {
    /// The kind of a body that begins with `start`; `None` while too little of it is there.
    pub fn kind_of(self, start: &[u8]) -> Option<BodyKind> {
        match self {
            Self::ServerSentEvents => sse::body_kind(start),
            Self::JsonLines => json_lines::body_kind(start),
            Self::AwsEventStream => event_stream::body_kind(start),
        }
    }

    /// True if a body that is all here is a stream, and not one response.
    pub fn is_stream(self, body: &[u8]) -> bool {
        match self {
            Self::JsonLines => json_lines::is_stream(body),
            Self::ServerSentEvents | Self::AwsEventStream => {
                self.kind_of(body) == Some(BodyKind::Events)
            }
        }
    }

    /// A cutter that refuses events of more than `event_bytes_max` bytes.
    pub fn cutter(self, event_bytes_max: usize) -> Cutter {
        match self {
            Self::ServerSentEvents => Cutter::Events(sse::Decoder::new(event_bytes_max)),
            Self::JsonLines => Cutter::Lines(json_lines::Cutter::new(event_bytes_max)),
            Self::AwsEventStream => Cutter::Messages(event_stream::Cutter::new(event_bytes_max)),
        }
    }
}

/// Cuts bytes into events.
#[derive(Debug)]
pub enum Cutter {
    Events(sse::Decoder),
    Lines(json_lines::Cutter),
    Messages(event_stream::Cutter),
}

impl Cutter {
    /// Takes the next event out of `frame` and what was left of earlier frames. `None` means that `frame` is used up
    /// and its rest is kept.
    ///
    /// # Errors
    /// If an event is larger than the limit, or damaged.
    pub fn next(&mut self, frame: &mut Bytes) -> Result<Option<Event>, FramingError> {
        match self {
            Self::Events(cutter) => cutter.next(frame).map_err(|_| FramingError::TooLarge),
            Self::Lines(cutter) => cutter.next(frame),
            Self::Messages(cutter) => cutter.next(frame),
        }
    }

    /// The event whose end the end of the stream has swallowed.
    pub fn finish(&mut self) -> Option<Event> {
        match self {
            Self::Events(cutter) => cutter.finish(),
            Self::Lines(cutter) => cutter.finish(),
            // One that is cut off cannot be checked.
            Self::Messages(_) => None,
        }
    }
}

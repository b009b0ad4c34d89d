//! The beginning of a stream. Until its first event nothing was said to the client, so a failure is the
//! chance of another deployment.

use bytes::Bytes;
use llm::UpstreamError;
use tokio::time::{Instant, timeout_at};

use super::events::{EventRelay, Progress};
use crate::config::UpstreamConfig;
use crate::inference::settle::Settlement;
use crate::upstream::{self, AnswerStream};

/// A stream that has begun, with what came of it so far.
pub(in crate::inference) struct OpenStream {
    pub(super) upstream: AnswerStream,
    pub(super) events: EventRelay,
    /// What the client gets first.
    pub(super) first: Option<Bytes>,
    pub(super) is_done: bool,
    /// What broke the stream right behind its first event.
    pub(super) failure: Option<UpstreamError>,
}

/// How long to wait for the beginning.
pub(in crate::inference) struct Patience {
    pub(in crate::inference) first_byte_until: Instant,
    pub(in crate::inference) deadline: Instant,
}

impl OpenStream {
    /// Reads until the first event. An upstream that shows life without one (comments, while it thinks)
    /// is passed on when the client should hear something.
    pub(in crate::inference) async fn read(
        config: &UpstreamConfig,
        upstream: AnswerStream,
        events: EventRelay,
        patience: &Patience,
        settlement: &mut Settlement,
    ) -> Result<Self, UpstreamError> {
        let mut open = Self {
            upstream,
            events,
            first: None,
            is_done: false,
            failure: None,
        };
        let mut shown_life = false;
        let mut until = patience.first_byte_until;
        loop {
            let bytes = match timeout_at(until, open.upstream.data()).await {
                Err(_) if shown_life => return Ok(open),
                Err(_) => return Err(upstream::no_first_byte()),
                Ok(None) => {
                    return Err(UpstreamError::Connect {
                        detail: "the stream ended before its first event".to_owned(),
                    });
                }
                Ok(Some(Err(error))) => return Err(upstream::broken(&error)),
                Ok(Some(Ok(bytes))) => bytes,
            };
            match open.events.take(bytes, settlement) {
                Ok(Progress { output, is_done }) => {
                    (open.first, open.is_done) = (output, is_done);
                }
                Err((None, error)) => return Err(error),
                Err((output, error)) => (open.first, open.failure) = (output, Some(error)),
            }
            if open.first.is_some() {
                return Ok(open);
            }
            if !std::mem::replace(&mut shown_life, true) {
                until = (Instant::now() + config.heartbeat()).min(patience.deadline);
            }
        }
    }
}

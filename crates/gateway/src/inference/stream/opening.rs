//! The beginning of a stream. Until its first event nothing was said to the client, so a failure is the
//! chance of another deployment.

use std::time::Duration;

use bytes::Bytes;
use llm::UpstreamError;
use tokio::time::{Instant, timeout_at};

use super::events::{EventRelay, Progress};
use super::start::{Rest, Start};
use crate::config::UpstreamConfig;
use crate::inference::settle::Settlement;
use crate::upstream::{self, ResponseStream, UpstreamResponse};

/// Bytes of events that are held back before there is something in the response.
const HELD_BYTES_MAX: usize = 64 * 1_024;

/// A stream that has begun, with what came of it so far.
pub(in crate::inference) struct OpenStream {
    pub(super) upstream: ResponseStream,
    pub(super) events: EventRelay,
    /// The bytes that the client gets first.
    pub(super) first: Option<Bytes>,
    pub(super) is_done: bool,
    /// The failure that broke the stream right behind its first event.
    pub(super) failure: Option<UpstreamError>,
    /// The longest silence from now on.
    pub(super) gap: Duration,
    /// The upstream's body broke before its end.
    pub(super) is_cut: bool,
}

/// The deadlines of a provider.
pub(in crate::inference) struct Deadlines {
    /// Until the response begins; of a stream, until its first event.
    pub(in crate::inference) begin_until: Instant,
    /// The longest silence of a stream that has shown life.
    pub(in crate::inference) gap: Duration,
    /// Until it is over.
    pub(in crate::inference) deadline: Instant,
}

impl Deadlines {
    /// A plain response comes when it is complete, so it may take until the deadline. Of a stream something is
    /// expected earlier: what the model says of its own, else what the settings say.
    pub(in crate::inference) fn new(
        config: &UpstreamConfig,
        of_stream: Option<Option<Duration>>,
        deadline: Instant,
    ) -> Self {
        let gap = of_stream.flatten().unwrap_or(config.gap_timeout());
        let begin_until = match of_stream {
            None => deadline,
            Some(of_model) => {
                let wait = of_model.unwrap_or(config.first_byte_timeout());
                (Instant::now() + wait).min(deadline)
            }
        };
        Self {
            begin_until,
            gap,
            deadline,
        }
    }
}

impl OpenStream {
    /// Reads until the first event with something in it: what only says that a response begins is held back, so that one
    /// that ends there can be asked for elsewhere. An upstream that shows life (comments, while it thinks) is waited for
    /// as within a stream.
    pub(in crate::inference) async fn read(
        config: &UpstreamConfig,
        response: UpstreamResponse,
        events: EventRelay,
        deadlines: &Deadlines,
        settlement: &mut Settlement,
    ) -> Result<Self, UpstreamError> {
        let mut start = Start::new(
            events.framing(),
            response.is_event_stream,
            config.response_bytes_max,
        );
        let mut open = Self {
            upstream: response.body,
            events,
            first: None,
            is_done: false,
            failure: None,
            gap: deadlines.gap,
            is_cut: false,
        };
        let mut until = deadlines.begin_until;
        loop {
            let bytes = match timeout_at(until, open.upstream.data()).await {
                Err(_) => return Err(upstream::no_first_byte()),
                Ok(None) => {
                    let none = UpstreamError::Connect {
                        detail: "the stream ended before its first event".to_owned(),
                    };
                    return open.ended(start, none, settlement);
                }
                Ok(Some(Err(error))) => {
                    open.is_cut = true;
                    return open.ended(start, upstream::broken(&error), settlement);
                }
                Ok(Some(Ok(bytes))) => bytes,
            };
            let Some(bytes) = start.take(bytes)? else {
                continue;
            };
            match open.events.take(bytes, settlement) {
                Ok(Progress { output, is_done }) => {
                    open.hold(output);
                    open.is_done = is_done;
                }
                Err((_, error)) if !settlement.says_something() => return Err(*error),
                Err((output, error)) => {
                    open.hold(output);
                    open.failure = Some(*error);
                }
            }
            if open.has_begun(settlement) {
                return Ok(open);
            }
            until = (Instant::now() + deadlines.gap).min(deadlines.deadline);
        }
    }

    /// Keeps bytes for the client behind those that it has not got yet.
    fn hold(&mut self, bytes: Option<Bytes>) {
        self.first = match (self.first.take(), bytes) {
            (Some(held), Some(bytes)) => Some([held, bytes].concat().into()),
            (held, bytes) => held.or(bytes),
        };
    }

    /// True if the client can be told: there is something in the response, or as much as is held back at most.
    fn has_begun(&self, settlement: &Settlement) -> bool {
        let held = self.first.as_ref().map_or(0, Bytes::len);
        let has_something = settlement.says_something() || held > HELD_BYTES_MAX;
        held > 0 && (self.is_done || self.failure.is_some() || has_something)
    }

    /// The upstream has ended before the response had something in it: what was left open may be that, or say why.
    fn ended(
        mut self,
        start: Start,
        cause: UpstreamError,
        settlement: &mut Settlement,
    ) -> Result<Self, UpstreamError> {
        let is_whole = self.upstream.is_delimited() && !self.is_cut;
        let taken = match start.finish() {
            Rest::Events(rest) => match self.events.take(rest, settlement) {
                Ok(Progress { output: None, .. }) => self.events.finish(is_whole, settlement),
                taken => taken,
            },
            Rest::Other(body) => {
                let taken = self.events.take_whole(&body, settlement);
                taken.map_err(|error| (None, Box::new(error)))
            }
        };
        let Progress { output, is_done } = taken.map_err(|(_, error)| *error)?;
        self.hold(output);
        self.is_done = is_done;
        if self.has_begun(settlement) {
            Ok(self)
        } else {
            Err(cause)
        }
    }
}

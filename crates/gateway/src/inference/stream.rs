//! Relaying a stream: event by event, as it comes, under watch.
//!
//! The relay is the body of the client's response. It runs when the client's connection can take more, so
//! a slow reader slows the upstream down and no buffer grows; when the client goes away it is dropped,
//! the upstream's connection with it, and the settlement settles what was received.

mod byte_relay;
mod events;
mod opening;
mod start;
mod timers;

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame};
use llm::UpstreamError;
use llm::language::ClientFace;
use tokio_util::sync::WaitForCancellationFutureOwned;

use super::attempt::Attempt;
use super::settle::Settlement;
use crate::auth::told_at_end;
use crate::error::ApiError;
use crate::journal::Durable;
use crate::state::GatewayState;
use crate::upstream::ResponseStream;
use events::Progress;
use timers::{TimerEvent, Timers};

pub(super) use byte_relay::{BytesRelay, OpenBytes};
pub(super) use events::EventRelay;
pub(super) use opening::{Deadlines, OpenStream};

/// The body of a streamed response.
pub(super) struct StreamRelay {
    upstream: ResponseStream,
    events: EventRelay,
    /// The bytes that came before the relay began.
    first: Option<Bytes>,
    timers: Timers,
    /// Comes when the key may not be used any more, and when the server stops.
    ended: Pin<Box<WaitForCancellationFutureOwned>>,
    settlement: Box<Settlement>,
    client: &'static dyn ClientFace,
    state: StreamState,
    /// The upstream's body broke before its end.
    is_cut: bool,
    /// Nothing is passed on before the journal has what was written of it.
    held: Held,
}

/// Bytes that wait for the journal.
#[derive(Default)]
struct Held {
    until: Option<Durable>,
    bytes: Option<Bytes>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum StreamState {
    /// Events are passed on.
    Relaying,
    /// All is said; the upstream's end is awaited shortly, so that its connection can be used again.
    Draining,
    Ended,
}

impl StreamRelay {
    pub(super) fn new(
        app: &GatewayState,
        attempt: &Attempt,
        open: OpenStream,
        settlement: Box<Settlement>,
    ) -> Self {
        let mut relay = Self {
            upstream: open.upstream,
            events: open.events,
            first: open.first,
            timers: Timers::new(&app.config.upstream, attempt.deadline, open.gap),
            ended: Box::pin(settlement.key_in_use().ended()),
            settlement,
            client: attempt.surface.client,
            state: StreamState::Relaying,
            is_cut: open.is_cut,
            held: Held::default(),
        };
        if let Some(error) = open.failure {
            let before = relay.first.take();
            relay.first = Some(relay.fail(before.as_ref(), error));
        } else if open.is_done {
            relay.finish();
        } else {
            relay.settlement.journal_delivered();
        }
        relay.held.until = relay.settlement.take_durable();
        relay
    }

    /// The bytes to send for some bytes of the upstream's.
    fn take(&mut self, bytes: Bytes) -> Option<Bytes> {
        if self.state == StreamState::Draining {
            return None;
        }
        match self.events.take(bytes, &mut self.settlement) {
            Ok(Progress { output, is_done }) => {
                if is_done {
                    self.finish();
                }
                output
            }
            Err((output, error)) => Some(self.fail(output.as_ref(), *error)),
        }
    }

    /// The upstream has ended. That is the end of the stream if its content is complete, and else a failure.
    fn upstream_ended(&mut self) -> Option<Bytes> {
        if self.state == StreamState::Draining {
            self.state = StreamState::Ended;
            return None;
        }
        let is_whole = self.upstream.is_delimited() && !self.is_cut;
        match self.events.finish(is_whole, &mut self.settlement) {
            Ok(Progress { output, is_done }) if is_done => {
                self.settlement.complete();
                self.state = StreamState::Ended;
                output
            }
            Ok(Progress { output, .. }) => {
                let cut = UpstreamError::Connect {
                    detail: "the stream ended before its end".to_owned(),
                };
                Some(self.fail(output.as_ref(), cut))
            }
            Err((output, error)) => Some(self.fail(output.as_ref(), *error)),
        }
    }

    /// Passes bytes on as soon as the journal has the record of what they are the end of.
    fn hold(&mut self, bytes: Option<Bytes>) {
        self.held = Held {
            until: self.settlement.take_durable(),
            bytes,
        };
    }

    fn finish(&mut self) {
        self.settlement.complete();
        self.state = StreamState::Draining;
        self.timers.drain();
    }

    /// The upstream failed within its stream.
    fn fail(&mut self, before: Option<&Bytes>, error: UpstreamError) -> Bytes {
        self.settlement.note_failure(&error);
        self.break_off(before, &error.into())
    }

    /// Says in the last event what happened; no `[DONE]` follows.
    fn break_off(&mut self, before: Option<&Bytes>, error: &ApiError) -> Bytes {
        tracing::warn!(
            request.id = self.settlement.request_id(),
            error.code = error.code(),
            error.source = error.source().map(|source| format!("{source:#}")),
            "stream broke off"
        );
        self.settlement.break_off(error);
        self.state = StreamState::Ended;
        let before = before.map(Bytes::as_ref).unwrap_or_default();
        let request_id = self.settlement.request_id();
        let facts = error.facts_of(request_id);
        [before, &self.events.fail(&facts)].concat().into()
    }

    /// The key may not be used any more, or the server stops.
    fn cut(&mut self) -> Bytes {
        let error = told_at_end(self.settlement.key_in_use());
        self.settlement.cut(&error);
        self.break_off(None, &error)
    }

    /// While the upstream is silent: whether it is time to say something, or to give up.
    fn poll_silence(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if self.state == StreamState::Relaying && self.ended.as_mut().poll(context).is_ready() {
            return Poll::Ready(Some(self.cut()));
        }
        match self.timers.poll(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(TimerEvent::Heartbeat) => {
                Poll::Ready(Some(Bytes::from_static(self.client.heartbeat())))
            }
            Poll::Ready(TimerEvent::Drained) => {
                self.state = StreamState::Ended;
                Poll::Ready(None)
            }
            Poll::Ready(TimerEvent::Overdue(phase)) => {
                let error = UpstreamError::Timeout { phase };
                Poll::Ready(Some(self.fail(None, error)))
            }
        }
    }
}

impl Body for StreamRelay {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let relay = self.get_mut();
        loop {
            if let Some(until) = &mut relay.held.until {
                ready!(Pin::new(until).poll(context));
                relay.held.until = None;
            }
            let waiting = relay.first.take().or_else(|| relay.held.bytes.take());
            if let Some(bytes) = waiting {
                return Poll::Ready(Some(Ok(Frame::data(bytes))));
            }
            if relay.state == StreamState::Ended {
                return Poll::Ready(None);
            }
            // Also of a stream that is never silent.
            if relay.state == StreamState::Relaying
                && relay.settlement.key_in_use().why_ended().is_some()
            {
                let last = relay.cut();
                relay.hold(Some(last));
                continue;
            }
            let output = match relay.upstream.poll_data(context) {
                Poll::Ready(Some(Ok(bytes))) => {
                    let is_overdue = relay.timers.note_progress();
                    let output = relay.take(bytes);
                    if output.is_some() {
                        relay.timers.note_sent();
                    }
                    if is_overdue && relay.state == StreamState::Relaying {
                        let error = UpstreamError::Timeout {
                            phase: timers::TOO_LONG,
                        };
                        Some(relay.fail(output.as_ref(), error))
                    } else {
                        output
                    }
                }
                Poll::Ready(Some(Err(_))) => {
                    relay.is_cut = true;
                    relay.upstream_ended()
                }
                Poll::Ready(None) => relay.upstream_ended(),
                Poll::Pending => match relay.poll_silence(context) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(output) => output,
                },
            };
            relay.settlement.journal_delivered();
            relay.hold(output);
        }
    }

    fn is_end_stream(&self) -> bool {
        let held = &self.held;
        let has_more = self.first.is_some() || held.until.is_some() || held.bytes.is_some();
        self.state == StreamState::Ended && !has_more
    }
}

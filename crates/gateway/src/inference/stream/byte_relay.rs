//! Relaying a response that is no JSON: its bytes pass as they come, under watch. Nothing is gathered.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::HeaderValue;
use hyper::body::{Body, Frame};
use llm::UpstreamError;
use llm::media::SoundRate;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::WaitForCancellationFutureOwned;

use super::opening::Deadlines;
use super::timers::{TOO_LONG, TimerEvent, Timers};
use crate::auth::told_at_end;
use crate::error::ApiError;
use crate::inference::settle::{EMPTY, Settlement};
use crate::journal::Durable;
use crate::state::GatewayState;
use crate::upstream::{self, ResponseStream, UpstreamResponse};

/// Types of bodies that are passed on by their name. Anything else is bytes: a page of the provider's must not be one
/// of ours.
const TYPES: [&str; 5] = [
    "audio/",
    "video/",
    "text/plain",
    "text/vtt",
    "application/x-subrip",
];
const BYTES_TYPE: &str = "application/octet-stream";

/// A response of bytes that has begun.
pub(in crate::inference) struct OpenBytes {
    upstream: ResponseStream,
    first: Bytes,
    content_type: HeaderValue,
    deadlines: Deadlines,
}

impl OpenBytes {
    /// Reads the first bytes: until then another deployment may be asked.
    pub(in crate::inference) async fn read(
        response: UpstreamResponse,
        deadlines: Deadlines,
    ) -> Result<Self, UpstreamError> {
        let mut upstream = response.body;
        let until = deadlines.begin_until.min(deadlines.deadline);
        let first = loop {
            match timeout_at(until, upstream.data()).await {
                Err(_) => return Err(upstream::no_first_byte()),
                Ok(None) => return Err(EMPTY),
                Ok(Some(Err(error))) => return Err(upstream::broken(&error)),
                Ok(Some(Ok(bytes))) if bytes.is_empty() => {}
                Ok(Some(Ok(bytes))) => break bytes,
            }
        };
        Ok(Self {
            upstream,
            first,
            content_type: type_of(response.content_type.as_deref()),
            deadlines,
        })
    }

    /// The type of the body, for the client.
    pub(in crate::inference) fn content_type(&self) -> HeaderValue {
        self.content_type.clone()
    }
}

fn type_of(content_type: Option<&str>) -> HeaderValue {
    let is_known = |kind: &&str| TYPES.iter().any(|known| kind.starts_with(known));
    let known = content_type.filter(is_known);
    let value = known.and_then(|kind| HeaderValue::try_from(kind).ok());
    value.unwrap_or(HeaderValue::from_static(BYTES_TYPE))
}

/// The body of a response of bytes.
pub(in crate::inference) struct BytesRelay {
    upstream: ResponseStream,
    waiting: Option<Bytes>,
    timers: Timers,
    ended: Pin<Box<WaitForCancellationFutureOwned>>,
    settlement: Box<Settlement>,
    /// Nothing is passed on before the journal has what was written of it.
    durable: Option<Durable>,
    sound: Sound,
    is_settled: bool,
    failure: Option<io::Error>,
}

/// The amount of sound so far, where the bytes are sound.
struct Sound {
    rate: Option<SoundRate>,
    bytes: u64,
    is_sound: bool,
}

impl BytesRelay {
    pub(in crate::inference) fn new(
        app: &GatewayState,
        deadline: Instant,
        open: OpenBytes,
        mut settlement: Box<Settlement>,
    ) -> Self {
        settlement.note_content();
        settlement.note_first_token();
        let is_sound = !open.content_type.as_bytes().starts_with(b"text/");
        let is_raw = open.content_type.as_bytes().starts_with(b"audio/pcm");
        let rate = if is_raw {
            Some(SoundRate::PCM)
        } else {
            SoundRate::of(&open.first)
        };
        let mut relay = Self {
            upstream: open.upstream,
            waiting: None,
            timers: Timers::new(&app.config.upstream, deadline, open.deadlines.gap),
            ended: Box::pin(settlement.key_in_use().ended()),
            settlement,
            durable: None,
            sound: Sound {
                rate,
                bytes: 0,
                is_sound,
            },
            is_settled: false,
            failure: None,
        };
        relay.take(open.first);
        relay
    }

    fn take(&mut self, bytes: Bytes) {
        self.sound.bytes += bytes.len() as u64;
        if !self.sound.is_sound {
            self.settlement.add_text(bytes.len() as u64);
        }
        self.waiting = Some(bytes);
        if self.upstream.is_ended() {
            self.complete();
        }
        self.durable = self.settlement.take_durable();
    }

    fn complete(&mut self) {
        self.note_sound();
        self.settlement.complete();
        self.is_settled = true;
    }

    /// The length of the sound counts: the provider says nothing of it.
    fn note_sound(&mut self) {
        if self.sound.is_sound
            && let Some(rate) = self.sound.rate
        {
            self.settlement.note_sound(rate.seconds(self.sound.bytes));
        }
    }

    /// Breaks off. The client learns of it by a body that does not end as it should.
    fn break_off(&mut self, error: &ApiError) {
        tracing::warn!(
            request.id = self.settlement.request_id(),
            error.code = error.code(),
            "a response of bytes broke off"
        );
        self.note_sound();
        self.settlement.break_off(error);
        self.is_settled = true;
        self.failure = Some(io::Error::other(error.code()));
    }

    fn fail(&mut self, error: UpstreamError) {
        self.settlement.note_failure(&error);
        self.break_off(&error.into());
    }

    fn cut(&mut self) {
        let error = told_at_end(self.settlement.key_in_use());
        self.settlement.cut(&error);
        self.is_settled = true;
        self.failure = Some(io::Error::other(error.code()));
    }

    fn poll_upstream(&mut self, context: &mut Context<'_>) -> Poll<()> {
        match self.upstream.poll_data(context) {
            Poll::Ready(Some(Ok(bytes))) => {
                if self.timers.note_progress() {
                    self.fail(UpstreamError::Timeout { phase: TOO_LONG });
                } else {
                    self.take(bytes);
                }
                Poll::Ready(())
            }
            Poll::Ready(Some(Err(error))) => {
                self.fail(upstream::broken(&error));
                Poll::Ready(())
            }
            Poll::Ready(None) => {
                self.complete();
                self.durable = self.settlement.take_durable();
                Poll::Ready(())
            }
            Poll::Pending => self.poll_silence(context),
        }
    }

    fn poll_silence(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.ended.as_mut().poll(context).is_ready() {
            self.cut();
            return Poll::Ready(());
        }
        match ready!(self.timers.poll(context)) {
            // Bytes have no place for a sign of life.
            TimerEvent::Heartbeat | TimerEvent::Drained => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            TimerEvent::Overdue(phase) => {
                self.fail(UpstreamError::Timeout { phase });
                Poll::Ready(())
            }
        }
    }
}

impl Body for BytesRelay {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let relay = self.get_mut();
        loop {
            if let Some(durable) = &mut relay.durable {
                ready!(Pin::new(durable).poll(context));
                relay.durable = None;
            }
            if let Some(bytes) = relay.waiting.take() {
                return Poll::Ready(Some(Ok(Frame::data(bytes))));
            }
            if let Some(failure) = relay.failure.take() {
                return Poll::Ready(Some(Err(failure)));
            }
            if relay.is_settled {
                return Poll::Ready(None);
            }
            // Also of a response that is never silent.
            if relay.settlement.key_in_use().why_ended().is_some() {
                relay.cut();
                continue;
            }
            ready!(relay.poll_upstream(context));
        }
    }
}

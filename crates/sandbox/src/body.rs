//! The body of a response: whole, or played event by event with its pauses and faults.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http_body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep};

use crate::ledger::Exchange;
use crate::socket::ResetSwitch;
use crate::stream::{Ending, Script, Step};

/// An unpaced stream is sent in pieces of about this size.
const BATCH_BYTES: usize = 16 * 1024;

/// Ends the connection at once. The only error there is, and it is on purpose.
#[derive(Debug)]
pub(crate) struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the connection was broken, as the request asked")
    }
}

impl std::error::Error for Broken {}

impl From<Infallible> for Broken {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

pub(crate) enum Body {
    /// The bytes, and the request they respond to unless it is about the sandbox itself.
    Whole(Bytes, Option<Exchange>),
    Playback(Box<Playback>),
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        match &mut *self {
            Self::Whole(data, exchange) => {
                if let Some(exchange) = exchange {
                    exchange.end();
                }
                let data = std::mem::take(data);
                Poll::Ready((!data.is_empty()).then(|| Ok(Frame::data(data))))
            }
            Self::Playback(playback) => playback.poll(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(data, _) => data.is_empty(),
            Self::Playback(playback) => playback.is_over(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(data, _) => SizeHint::with_exact(data.len() as u64),
            Self::Playback(playback) => playback
                .declared_bytes
                .map_or_else(SizeHint::new, SizeHint::with_exact),
        }
    }
}

pub(crate) enum Source {
    Script(Box<Script>),
    /// A response which is not a stream, as far as it goes, and how it ends.
    Plain(Bytes, Ending),
}

pub(crate) struct Playback {
    source: Source,
    /// Two bytes at a time, each pair in a write of its own.
    is_split: bool,
    declared_bytes: Option<u64>,
    exchange: Exchange,
    reset: ResetSwitch,
    out: BytesMut,
    ending: Option<Ending>,
    timer: Option<Pin<Box<Sleep>>>,
    is_flushed: bool,
}

impl Playback {
    pub(crate) fn new(
        source: Source,
        is_split: bool,
        declared_bytes: Option<u64>,
        exchange: Exchange,
        reset: ResetSwitch,
    ) -> Self {
        Self {
            source,
            is_split,
            declared_bytes,
            exchange,
            reset,
            out: BytesMut::new(),
            ending: None,
            timer: None,
            is_flushed: true,
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        if self.is_split && self.poll_flushed(cx).is_pending() {
            return Poll::Pending;
        }
        while self.out.is_empty() {
            if let Some(ending) = self.ending {
                return self.poll_ending(ending, cx);
            }
            if self.poll_due(cx).is_pending() {
                return Poll::Pending;
            }
            self.fill();
        }
        Poll::Ready(Some(Ok(Frame::data(self.take()))))
    }

    /// Lets the connection write out what it was given: it does so when a body is pending.
    fn poll_flushed(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.is_flushed, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn poll_due(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Source::Script(script) = &self.source else {
            return Poll::Ready(());
        };
        let Some(due) = script.due() else {
            return Poll::Ready(());
        };
        if due <= Instant::now() {
            return Poll::Ready(());
        }
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(due)));
        if timer.deadline() != due {
            timer.as_mut().reset(due);
        }
        timer.as_mut().poll(cx)
    }

    /// Writes one event if events have their times, else as many as make a batch.
    fn fill(&mut self) {
        let script = match &mut self.source {
            Source::Plain(data, ending) => {
                self.out.extend_from_slice(data);
                self.ending = Some(*ending);
                return;
            }
            Source::Script(script) => script,
        };
        let before = script.sent();
        while self.ending.is_none() {
            if let Step::Over(ending) = script.step(&mut self.out) {
                self.ending = Some(ending);
            }
            if script.is_paced() || self.out.len() >= BATCH_BYTES {
                break;
            }
        }
        self.exchange.sent_chunks(script.sent() - before);
    }

    fn take(&mut self) -> Bytes {
        let length = if self.is_split {
            self.out.len().min(2)
        } else {
            self.out.len()
        };
        let data = self.out.split_to(length).freeze();
        self.is_flushed = false;
        if self.is_over() {
            self.exchange.end();
        }
        data
    }

    fn poll_ending(
        &mut self,
        ending: Ending,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        match ending {
            Ending::Silence => return Poll::Pending,
            Ending::Clean => {
                self.exchange.end();
                return Poll::Ready(None);
            }
            Ending::Reset | Ending::Close => {}
        }
        if self.poll_flushed(cx).is_pending() {
            return Poll::Pending;
        }
        self.exchange.end();
        if ending == Ending::Reset {
            self.reset.trip();
        }
        Poll::Ready(Some(Err(Broken)))
    }

    fn is_over(&self) -> bool {
        self.ending == Some(Ending::Clean) && self.out.is_empty()
    }
}

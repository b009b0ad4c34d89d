//! Following a response to its end: it is told with its id here, and its end waits until it is kept.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, to_bytes};
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use futures_util::future::BoxFuture;
use http::header::CONTENT_TYPE;
use hyper::body::Frame;
use llm::json::splice;
use llm::languages::kept::{Collected, EventPart, Mark, read_event};
use llm::sse::{Decoder, Event};
use tokio::runtime::Handle;

use super::PendingTurn;
use crate::error::ApiError;

/// The response of a turn, as the client gets it. A whole one waits until it is kept, a streamed one with its last event.
///
/// # Errors
/// If the response breaks off before anything of it is sent.
pub async fn follow(turn: PendingTurn, response: Response) -> Result<Response, ApiError> {
    let (parts, body) = response.into_parts();
    let kind = parts.headers.get(CONTENT_TYPE);
    let is_stream = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    let body = if is_stream {
        Body::new(FollowedStream::new(turn, body))
    } else {
        let whole = to_bytes(body, usize::MAX).await;
        let whole = whole.map_err(ApiError::internal)?;
        Body::from(turn.keep(turn.told(&whole)).await)
    };
    Ok(Response::from_parts(parts, body))
}

/// A stream of events. Each frame of the stream behind it holds whole events.
struct FollowedStream {
    inner: Body,
    turn: PendingTurn,
    collected: Collected,
    /// Ends with the bytes of the last event, once the response is kept.
    ending: Option<BoxFuture<'static, Bytes>>,
    has_ended: bool,
}

impl FollowedStream {
    fn new(turn: PendingTurn, inner: Body) -> Self {
        Self {
            inner,
            turn,
            collected: Collected::default(),
            ending: None,
            has_ended: false,
        }
    }

    /// The bytes to pass on of a frame. The last event is held back.
    fn take(&mut self, frame: Bytes) -> Bytes {
        let mut cutter = Decoder::new(usize::MAX);
        let mut rest = frame.clone();
        let mut edited: Option<BytesMut> = None;
        let mut taken = 0;
        while let Ok(Some(event)) = cutter.next(&mut rest) {
            let end = frame.len() - rest.len();
            let part = read_event(&event.data);
            let part = part.filter(|_| !self.has_ended);
            match part.and_then(|part| self.told(&event, &part)) {
                Some(told) => {
                    let before = || BytesMut::from(frame.slice(..taken).as_ref());
                    let out = edited.get_or_insert_with(before);
                    out.extend_from_slice(&told);
                }
                None => {
                    if let Some(out) = &mut edited {
                        out.extend_from_slice(&frame.slice(taken..end));
                    }
                }
            }
            taken = end;
        }
        match edited {
            Some(mut out) => {
                out.extend_from_slice(&frame.slice(taken..));
                out.freeze()
            }
            None => frame,
        }
    }

    /// The event as it is told, where that is not as it came.
    fn told(&mut self, event: &Event, part: &EventPart) -> Option<Bytes> {
        let value = event.data.get(part.span.clone())?;
        match part.mark {
            Mark::Begun => {
                let told = self.turn.told(value);
                let event = written(event, part, &told);
                self.collected.begin(told);
                Some(event)
            }
            Mark::Item => {
                if self.collected.bytes <= self.turn.bytes_max() {
                    self.collected.add(value);
                }
                None
            }
            Mark::Ended { has_failed } => {
                self.end(event, part, has_failed);
                Some(Bytes::new())
            }
        }
    }

    fn end(&mut self, event: &Event, part: &EventPart, has_failed: bool) {
        self.has_ended = true;
        let said = event.data.slice(part.span.clone());
        let told = self.turn.told(&self.collected.ended(said, has_failed));
        let kept = self.turn.keep(told);
        let (data, name, part) = (event.data.clone(), event.name.clone(), part.clone());
        self.ending = Some(Box::pin(async move {
            let event = Event {
                data,
                name,
                verbatim: None,
            };
            written(&event, &part, &kept.await)
        }));
    }
}

/// An event with another value in it.
fn written(event: &Event, part: &EventPart, value: &[u8]) -> Bytes {
    let data = splice(&event.data, &[(part.span.clone(), value)]);
    let name = event.name.as_ref();
    let name = name.map(|name| [b"event: ", name.as_ref(), b"\n"].concat());
    [
        &name.unwrap_or_default(),
        b"data: ".as_slice(),
        &data,
        b"\n\n",
    ]
    .concat()
    .into()
}

impl hyper::body::Body for FollowedStream {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let stream = self.get_mut();
        loop {
            if let Some(ending) = &mut stream.ending {
                let last = ready!(ending.as_mut().poll(context));
                stream.ending = None;
                return Poll::Ready(Some(Ok(Frame::data(last))));
            }
            let Some(frame) = ready!(Pin::new(&mut stream.inner).poll_frame(context)) else {
                return Poll::Ready(None);
            };
            let data = match frame.map(Frame::into_data) {
                Ok(Ok(data)) => data,
                Ok(Err(other)) => return Poll::Ready(Some(Ok(other))),
                Err(error) => return Poll::Ready(Some(Err(error))),
            };
            let data = stream.take(data);
            if !data.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(data))));
            }
        }
    }
}

impl Drop for FollowedStream {
    /// The client went away: what it was told so far is kept.
    fn drop(&mut self) {
        let is_in_runtime = Handle::try_current().is_ok();
        if !self.has_ended
            && is_in_runtime
            && let Some(cut) = self.collected.cut()
        {
            // It is written whether or not anybody waits.
            drop(self.turn.keep(cut));
        }
    }
}

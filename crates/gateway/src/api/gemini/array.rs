//! A stream as the items of one list, for clients that do not ask for server-sent events.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use hyper::body::Frame;
use llm::sse::{Decoder, Event};

/// The list stays a list however large one of our own events is.
const EVENT_BYTES_MAX: usize = usize::MAX;

/// The response with its events as the items of a list.
pub(super) fn of_events(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    let json = HeaderValue::from_static("application/json; charset=UTF-8");
    head.headers.insert(CONTENT_TYPE, json);
    let list = EventList {
        events: body,
        decoder: Decoder::new(EVENT_BYTES_MAX),
        state: ListState::Empty,
    };
    Response::from_parts(head, Body::new(list))
}

/// The body of a list.
struct EventList {
    events: Body,
    decoder: Decoder,
    state: ListState,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ListState {
    Empty,
    HasItems,
    Ended,
}

impl EventList {
    fn take(&mut self, mut frame: Bytes) -> Bytes {
        // White space may be the end of an event as well as a sign of life, which it stays in a list.
        let is_blank = frame.iter().all(u8::is_ascii_whitespace);
        let blank = if is_blank {
            frame.clone()
        } else {
            Bytes::new()
        };
        let mut out = BytesMut::new();
        while let Ok(Some(event)) = self.decoder.next(&mut frame) {
            self.add(&event, &mut out);
        }
        if out.is_empty() { blank } else { out.freeze() }
    }

    fn add(&mut self, event: &Event, out: &mut BytesMut) {
        let between: &[u8] = match self.state {
            ListState::Empty => b"[",
            ListState::HasItems | ListState::Ended => b",\r\n",
        };
        self.state = ListState::HasItems;
        out.extend_from_slice(between);
        out.extend_from_slice(&event.data);
    }

    fn end(&mut self) -> Bytes {
        let mut out = BytesMut::new();
        if let Some(event) = self.decoder.finish() {
            self.add(&event, &mut out);
        }
        let end: &[u8] = match self.state {
            ListState::Empty => b"[]",
            ListState::HasItems | ListState::Ended => b"\r\n]\r\n",
        };
        out.extend_from_slice(end);
        self.state = ListState::Ended;
        out.freeze()
    }
}

impl hyper::body::Body for EventList {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let list = self.get_mut();
        loop {
            if list.state == ListState::Ended {
                return Poll::Ready(None);
            }
            let bytes = match ready!(Pin::new(&mut list.events).poll_frame(context)) {
                None => list.end(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => list.take(data),
                    Err(_) => continue,
                },
            };
            if !bytes.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(bytes))));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use bytes::Bytes;
    use llm::sse::Decoder;

    use super::{EVENT_BYTES_MAX, EventList, ListState};

    fn listed(pieces: &[&'static str]) -> String {
        let mut list = EventList {
            events: Body::empty(),
            decoder: Decoder::new(EVENT_BYTES_MAX),
            state: ListState::Empty,
        };
        let taken = pieces
            .iter()
            .map(|piece| list.take(Bytes::from_static(piece.as_bytes())));
        let mut bytes: Vec<u8> = taken.collect::<Vec<_>>().concat();
        bytes.extend_from_slice(&list.end());
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn events_are_items_though_their_end_comes_alone() {
        let whole = listed(&["data: {\"a\":1}\n\ndata: {\"b\":2}\n\n"]);
        assert_eq!(whole, "[{\"a\":1},\r\n{\"b\":2}\r\n]\r\n");
        let apart = ["data: {\"a\":1}\n", "\n", "data: {\"b\":2}", "\n\n"];
        assert_eq!(listed(&apart), whole);
        assert_eq!(listed(&["\n"]), "\n[]");
    }
}

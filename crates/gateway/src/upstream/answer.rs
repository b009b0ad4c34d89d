//! The body of an answer, with the connection that it comes by.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};

use super::connection::Connection;
use super::pool::Pool;

/// A body that reads from its connection while it is polled, and gives it back when it has ended well.
/// Dropped before its end, it closes the connection, by which the provider learns that nobody listens.
#[derive(Debug)]
pub struct AnswerStream {
    body: Incoming,
    connection: Option<Connection>,
    pool: Arc<Pool>,
    origin: Arc<str>,
}

impl AnswerStream {
    pub(super) fn new(
        body: Incoming,
        connection: Connection,
        pool: &Arc<Pool>,
        origin: &Arc<str>,
    ) -> Self {
        let mut answer = Self {
            body,
            connection: Some(connection),
            pool: Arc::clone(pool),
            origin: Arc::clone(origin),
        };
        if answer.body.is_end_stream() {
            answer.give_connection_back();
        }
        answer
    }

    fn give_connection_back(&mut self) {
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        // It is not idle if the provider answered before it had read the request.
        if connection.is_idle() {
            self.pool.give_back(&self.origin, connection);
        }
    }
}

impl Body for AnswerStream {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let answer = self.get_mut();
        let Some(connection) = &mut answer.connection else {
            return Poll::Ready(None);
        };
        let frame = std::task::ready!(connection.poll_body(&mut answer.body, context));
        match frame {
            Some(Err(_)) => answer.connection = None,
            None => answer.give_connection_back(),
            Some(Ok(_)) if answer.body.is_end_stream() => answer.give_connection_back(),
            Some(Ok(_)) => {}
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

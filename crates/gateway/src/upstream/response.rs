//! The body of a response, with the connection that it comes by.

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;

use super::connection::{Connection, IdleState};
use super::framing::Framing;
use super::pool::Pool;

/// A body that reads from its connection while it is polled, and gives it back when it has ended well.
/// Dropped before its end, it closes the connection, by which the provider learns that nobody listens.
#[derive(Debug)]
pub struct ResponseStream {
    framing: Framing,
    connection: Option<Connection>,
    /// The pool that the connection goes back to; none if it must not be used again.
    home: Option<(Arc<Pool>, Arc<str>)>,
    is_delimited: bool,
}

impl ResponseStream {
    pub(super) fn new(
        framing: Framing,
        connection: Connection,
        home: Option<(Arc<Pool>, Arc<str>)>,
    ) -> Self {
        let mut response = Self {
            is_delimited: framing != Framing::UntilClose,
            framing,
            connection: Some(connection),
            home,
        };
        response.leave_if_ended();
        response
    }

    /// Returns whether the body says where it ends, so that an end is no break.
    pub fn is_delimited(&self) -> bool {
        self.is_delimited
    }

    /// Returns whether the end is known to be reached.
    pub fn is_ended(&self) -> bool {
        self.connection.is_none()
    }

    /// The next part; `None` at the end.
    pub fn poll_data(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let Some(connection) = &mut self.connection else {
            return Poll::Ready(None);
        };
        let part = ready!(connection.poll_body(&mut self.framing, context));
        match part {
            Some(Err(_)) => self.connection = None,
            Some(Ok(_)) | None => self.leave_if_ended(),
        }
        Poll::Ready(part)
    }

    /// Awaits the next bytes.
    pub async fn data(&mut self) -> Option<io::Result<Bytes>> {
        poll_fn(|context| self.poll_data(context)).await
    }

    fn leave_if_ended(&mut self) {
        if !self.framing.is_ended() {
            return;
        }
        let (Some(mut connection), Some((pool, origin))) =
            (self.connection.take(), self.home.take())
        else {
            return;
        };
        match connection.idle_state() {
            IdleState::Open => {
                connection.rest();
                pool.give_back(&origin, connection);
            }
            IdleState::Closed => {}
            // More than the response came: whose response is the rest?
            IdleState::Desynced => pool.distrust(&origin),
        }
    }
}

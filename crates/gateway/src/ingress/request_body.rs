//! The body of a request as it comes from the connection. It notices when nobody reads it to its end.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::connection::{BodyState, ClientConnection};

/// Bytes of a body that nobody wants which are read and dropped so that the connection can be used again.
const DISCARDED_BYTES_MAX: u64 = 256 * 1024;
/// The time that this may take.
const DISCARD_WAIT: Duration = Duration::from_secs(5);

/// A request's body.
#[derive(Debug)]
pub struct IncomingBody {
    /// There until it is dropped.
    incoming: Option<Incoming>,
    connection: Arc<ClientConnection>,
    /// The client waits to be asked for it.
    is_asked_for: bool,
    is_begun: bool,
    is_over: bool,
}

impl IncomingBody {
    /// The body of the request that `connection` has just begun. `expects_continue`: the client sends it when asked.
    pub fn new(
        incoming: Incoming,
        connection: Arc<ClientConnection>,
        expects_continue: bool,
    ) -> Self {
        let is_over = incoming.is_end_stream();
        connection.set_body(if is_over {
            BodyState::Over
        } else {
            BodyState::Open
        });
        Self {
            incoming: Some(incoming),
            connection,
            is_asked_for: !expects_continue,
            is_begun: false,
            is_over,
        }
    }

    fn end(&mut self) {
        if !self.is_over {
            self.is_over = true;
            self.connection.set_body(BodyState::Over);
        }
    }
}

impl Body for IncomingBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let this = self.get_mut();
        let Some(incoming) = &mut this.incoming else {
            return Poll::Ready(None);
        };
        this.is_begun = true;
        let frame = ready!(Pin::new(&mut *incoming).poll_frame(context));
        match &frame {
            None => this.end(),
            Some(Ok(_)) if incoming.is_end_stream() => this.end(),
            Some(_) => {}
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.is_over
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming
            .as_ref()
            .map_or_else(SizeHint::default, Body::size_hint)
    }
}

impl Drop for IncomingBody {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        self.connection.set_body(BodyState::GivenUp);
        let Some(incoming) = self.incoming.take() else {
            return;
        };
        let is_short = incoming
            .size_hint()
            .exact()
            .is_some_and(|left| left <= DISCARDED_BYTES_MAX);
        // A body that was begun was given up for what it is, or for how it came.
        if self.is_begun || !self.is_asked_for || !is_short {
            return;
        }
        if let Ok(runtime) = Handle::try_current() {
            self.connection.set_body(BodyState::Over);
            runtime.spawn(timeout(DISCARD_WAIT, discard(incoming)));
        }
    }
}

/// Reads a body and drops it. Giving up on this closes the connection.
async fn discard(mut incoming: Incoming) {
    while let Some(Ok(_)) = incoming.frame().await {}
}

//! The body of a response, as hyper sends it. Its end is the end of the request.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use crate::ingress::ClientConnection;

/// A body that tells its connection when hyper has taken all of it, or gave it up.
#[derive(Debug)]
pub(super) struct TrackedBody {
    body: Body,
    connection: Arc<ClientConnection>,
}

impl TrackedBody {
    pub(super) fn new(body: Body, connection: Arc<ClientConnection>) -> Self {
        Self { body, connection }
    }
}

impl HttpBody for TrackedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for TrackedBody {
    fn drop(&mut self) {
        self.connection.end_response();
    }
}

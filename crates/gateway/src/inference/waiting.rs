//! A stream whose first event is late: the head went out, and comments keep the client's connection open.
//!
//! Nothing of a response was sent, so a failure is still the chance of another deployment. The last failure has no
//! status any more and is an event.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame};
use llm::language::ClientFace;
use tokio::time::{Instant, Sleep, sleep_until};

use super::settle::Settlement;
use super::stream::StreamRelay;
use super::{PendingCall, UpstreamBody};
use crate::error::ApiError;
use crate::header_text::HeaderText;
use crate::state::GatewayState;

/// The body of a streamed response that has not begun.
pub(super) struct WaitingStream {
    app: GatewayState,
    state: WaitingState,
    /// The time of the next heartbeat comment.
    next: Pin<Box<Sleep>>,
    every: Duration,
    client: &'static dyn ClientFace,
}

enum WaitingState {
    Waiting(PendingCall),
    Relaying(Box<StreamRelay>),
    Ended,
}

impl WaitingStream {
    pub(super) fn new(
        app: &GatewayState,
        call: PendingCall,
        client: &'static dyn ClientFace,
    ) -> Self {
        Self {
            state: WaitingState::Waiting(call),
            // The first one is due already.
            next: Box::pin(sleep_until(Instant::now())),
            every: app.config.upstream.heartbeat(),
            app: app.clone(),
            client,
        }
    }

    /// The call ends: its stream is relayed, its failure said.
    fn settle(
        &mut self,
        response: Result<super::BegunResponse, ApiError>,
        settlement: Box<Settlement>,
    ) -> Option<Bytes> {
        let failure = match response {
            Ok(response) => match response.body {
                UpstreamBody::Stream(open) => {
                    let comment = self.route_comment(&settlement);
                    let relay = StreamRelay::new(&self.app, &response.attempt, *open, settlement);
                    self.state = WaitingState::Relaying(Box::new(relay));
                    return comment;
                }
                UpstreamBody::Whole(_) | UpstreamBody::Bytes(_) => ApiError::unavailable(
                    anyhow::anyhow!("a stream was asked for, and a whole response is there"),
                ),
            },
            Err(error) => error,
        };
        Some(self.fail(&failure, settlement))
    }

    /// The way of the request, in comments: the headers that tell it went out before it was known. `None` in a language
    /// that has no comments.
    fn route_comment(&self, settlement: &Settlement) -> Option<Bytes> {
        let is_comment = self.client.heartbeat().starts_with(b":");
        let route = settlement.context().route().filter(|_| is_comment)?;
        let lines = route
            .headers(&mut HeaderText::default())
            .filter_map(|(name, value)| {
                let value = value.to_str().ok()?;
                Some(format!(": {name}: {value}\n"))
            });
        let mut text: String = lines.collect();
        text.push('\n');
        Some(text.into())
    }

    fn fail(&mut self, error: &ApiError, mut settlement: Box<Settlement>) -> Bytes {
        tracing::warn!(
            request.id = settlement.request_id(),
            error.code = error.code(),
            error.source = error.source().map(|source| format!("{source:#}")),
            "stream broke off"
        );
        settlement.fail_late(error);
        self.state = WaitingState::Ended;
        let facts = error.facts_of(settlement.request_id());
        self.client.error_event(&facts).into()
    }

    fn poll_comment(&mut self, context: &mut Context<'_>) -> Poll<Bytes> {
        if self.next.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        self.next.as_mut().reset(Instant::now() + self.every);
        Poll::Ready(Bytes::from_static(self.client.heartbeat()))
    }
}

impl Body for WaitingStream {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let waiting = self.get_mut();
        loop {
            let output = match &mut waiting.state {
                WaitingState::Relaying(relay) => return Pin::new(&mut **relay).poll_frame(context),
                WaitingState::Ended => return Poll::Ready(None),
                WaitingState::Waiting(call) => match call.as_mut().poll(context) {
                    Poll::Ready((response, settlement)) => waiting.settle(response, settlement),
                    Poll::Pending => match waiting.poll_comment(context) {
                        Poll::Pending => return Poll::Pending,
                        Poll::Ready(comment) => Some(comment),
                    },
                },
            };
            if let Some(bytes) = output {
                return Poll::Ready(Some(Ok(Frame::data(bytes))));
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.state {
            WaitingState::Waiting(_) => false,
            WaitingState::Relaying(relay) => relay.is_end_stream(),
            WaitingState::Ended => true,
        }
    }
}

//! One connection to a provider, driven by whoever waits for its answer.
//!
//! hyper splits a connection into a handle and a driver, for a task of its own to drive. Here both are
//! kept together and the driver runs within the wait for the answer: no task, no waking of one by the
//! other, and what is dropped is closed.
//!
//! Handle and driver talk through channels that wake each other. Both are polled by the same task, which
//! would wake itself for what it has done already. So the driver goes first as far as it can with a waker
//! that does nothing, and only if that brings nothing, with the task's: then it waits for the socket.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::{Body, Frame, Incoming};
use hyper::client::conn::TrySendError;
use hyper::client::conn::http1;
use tokio::task::unconstrained;

use super::connector::Stream;

/// A request as it is sent.
pub(super) type Call = Request<Full<Bytes>>;

/// A connection that is open, or was when it was last looked at.
#[derive(Debug)]
pub(super) struct Connection {
    sender: http1::SendRequest<Full<Bytes>>,
    /// Boxed, because it moves between the pool and the answers; none when it has ended.
    driver: Option<Driver>,
}

impl Connection {
    pub(super) fn new(
        sender: http1::SendRequest<Full<Bytes>>,
        driver: http1::Connection<Stream, Full<Bytes>>,
    ) -> Self {
        Self {
            sender,
            driver: Some(Box::pin(driver)),
        }
    }

    /// Sends a request and waits for the head of its answer. The error holds the request if nothing of
    /// it was sent.
    pub(super) async fn exchange(
        &mut self,
        call: Call,
    ) -> Result<Response<Incoming>, TrySendError<Call>> {
        // Without a budget, which would have to wake us once it is used up.
        let mut answer = pin!(unconstrained(self.sender.try_send_request(call)));
        let driver = &mut self.driver;
        let mut is_sent = false;
        std::future::poll_fn(|context| {
            if !std::mem::replace(&mut is_sent, true) {
                // Nothing can have come yet that a second look would find.
                drive(driver, context);
                return answer
                    .as_mut()
                    .poll(&mut Context::from_waker(Waker::noop()));
            }
            drive_until(driver, context, |quiet| answer.as_mut().poll(quiet))
        })
        .await
    }

    /// The next part of an answer's body.
    pub(super) fn poll_body(
        &mut self,
        body: &mut Incoming,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let mut quiet = Context::from_waker(Waker::noop());
        // The head often brought it along.
        if let Poll::Ready(frame) = Pin::new(&mut *body).poll_frame(&mut quiet) {
            return Poll::Ready(frame);
        }
        drive_until(&mut self.driver, context, |quiet| {
            Pin::new(&mut *body).poll_frame(quiet)
        })
    }

    /// Whether another request may be sent: the last exchange is over on both sides, and nothing else
    /// came since. Leaves nobody to be woken.
    pub(super) fn is_idle(&mut self) -> bool {
        let mut look = pin!(unconstrained(std::future::poll_fn(|context| {
            drive(&mut self.driver, context);
            Poll::Ready(())
        })));
        let _ = look.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        self.driver.is_some() && self.sender.is_ready()
    }
}

type Driver = Pin<Box<http1::Connection<Stream, Full<Bytes>>>>;

/// Drives until `outcome` is there, or until only the socket can bring it.
fn drive_until<T>(
    driver: &mut Option<Driver>,
    context: &mut Context<'_>,
    mut outcome: impl FnMut(&mut Context<'_>) -> Poll<T>,
) -> Poll<T> {
    let mut quiet = Context::from_waker(Waker::noop());
    drive(driver, &mut quiet);
    if let Poll::Ready(outcome) = outcome(&mut quiet) {
        return Poll::Ready(outcome);
    }
    drive(driver, context);
    outcome(&mut quiet)
}

/// Reads and writes as far as it goes. How a connection ended is told to whoever waits for its answer.
fn drive(driver: &mut Option<Driver>, context: &mut Context<'_>) {
    let Some(running) = driver else { return };
    if running.as_mut().poll(context).is_ready() {
        *driver = None;
    }
}

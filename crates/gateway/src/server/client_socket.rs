//! The socket of a client, between the system and hyper: heads are looked at before hyper sees them, a response that
//! the client does not take times out, and the socket outlives hyper, so that its end can be orderly (`farewell.rs`).

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};

use super::heads::{HeadFault, Heads};
use crate::ingress::ClientConnection;

/// The rest of a connection when hyper is done with it.
#[derive(Debug)]
pub(super) struct Remains {
    pub(super) stream: TcpStream,
    /// The reason that the last head was refused for; not answered yet.
    pub(super) fault: Option<HeadFault>,
}

/// The place for the rest of a connection.
pub(super) type Slot = Arc<Mutex<Option<Remains>>>;

/// A socket of which hyper reads and to which it writes.
#[derive(Debug)]
pub(super) struct ClientSocket {
    /// There until it is dropped.
    stream: Option<TcpStream>,
    connection: Arc<ClientConnection>,
    heads: Heads,
    fault: Option<HeadFault>,
    /// The framing of a body is broken.
    is_broken: bool,
    write_timer: WriteTimer,
    slot: Slot,
}

impl ClientSocket {
    pub(super) fn new(
        stream: TcpStream,
        connection: Arc<ClientConnection>,
        write_timeout: Duration,
        slot: Slot,
    ) -> Self {
        Self {
            stream: Some(stream),
            connection,
            heads: Heads::default(),
            fault: None,
            is_broken: false,
            write_timer: WriteTimer::new(write_timeout),
            slot,
        }
    }

    /// The end of input that hyper reads behind the last byte that it may see. A request that runs is answered first.
    fn poll_refused(&self) -> Poll<io::Result<()>> {
        if self.is_broken {
            return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
        }
        if self.connection.is_quiet() {
            return Poll::Ready(Ok(()));
        }
        // Asked again when the response is sent.
        Poll::Pending
    }

    /// Takes what hyper writes when no request runs: its own refusal of a head, which has no body. Ours has one.
    fn take_refusal(&mut self, response: &[u8]) -> bool {
        let is_refusal = self.connection.is_quiet();
        if is_refusal {
            self.fault = Some(HeadFault::of_hyper(response));
        }
        is_refusal
    }
}

impl AsyncRead for ClientSocket {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.fault.is_some() || this.is_broken {
            return this.poll_refused();
        }
        let Some(stream) = &mut this.stream else {
            return Poll::Ready(Ok(()));
        };
        let before = buffer.filled().len();
        ready!(Pin::new(stream).poll_read(context, buffer))?;
        let read = buffer.filled().get(before..).unwrap_or_default();
        let Err(refused) = this.heads.follow(read) else {
            return Poll::Ready(Ok(()));
        };
        this.is_broken = refused.fault.is_none();
        this.fault = refused.fault;
        buffer.set_filled(before + refused.passed);
        if refused.passed > 0 {
            Poll::Ready(Ok(()))
        } else {
            this.poll_refused()
        }
    }
}

impl AsyncWrite for ClientSocket {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.take_refusal(bytes) {
            return Poll::Ready(Ok(bytes.len()));
        }
        let Some(stream) = &mut this.stream else {
            return Poll::Ready(Err(io::ErrorKind::NotConnected.into()));
        };
        let written = Pin::new(stream).poll_write(context, bytes);
        this.write_timer.watch(context, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let first = slices.first().map_or(&[][..], |slice| slice);
        if this.take_refusal(first) {
            return Poll::Ready(Ok(slices.iter().map(|slice| slice.len()).sum()));
        }
        let Some(stream) = &mut this.stream else {
            return Poll::Ready(Err(io::ErrorKind::NotConnected.into()));
        };
        let written = Pin::new(stream).poll_write_vectored(context, slices);
        this.write_timer.watch(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    /// Called when everything was written: a socket holds nothing back.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.connection.flushed();
        Poll::Ready(Ok(()))
    }

    /// Does nothing: what is left is ended when hyper is done.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl Drop for ClientSocket {
    fn drop(&mut self) {
        if let Some(stream) = self.stream.take() {
            let fault = self.fault;
            *self.slot.lock() = Some(Remains { stream, fault });
        }
    }
}

/// Ends writes that the client does not take. The timer is made when a write first has to wait.
#[derive(Debug)]
struct WriteTimer {
    wait: Duration,
    sleep: Option<Pin<Box<Sleep>>>,
    is_running: bool,
}

impl WriteTimer {
    fn new(wait: Duration) -> Self {
        Self {
            wait,
            sleep: None,
            is_running: false,
        }
    }

    fn watch(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.is_running = false;
            return written;
        }
        let wait = self.wait;
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep(wait)));
        if !self.is_running {
            self.is_running = true;
            sleep.as_mut().reset(Instant::now() + wait);
        }
        ready!(sleep.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

//! The socket of a client, between the system and hyper: an answer that nobody takes times out, and the socket outlives
//! hyper, so that its end can be orderly (`farewell.rs`).

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};

use crate::ingress::Connection;

/// The place for the stream when hyper is done with it.
pub(super) type Slot = Arc<Mutex<Option<TcpStream>>>;

/// A socket of which hyper reads and to which it writes.
#[derive(Debug)]
pub(super) struct ClientSocket {
    /// There until it is dropped.
    stream: Option<TcpStream>,
    connection: Arc<Connection>,
    write_timer: WriteTimer,
    slot: Slot,
}

impl ClientSocket {
    pub(super) fn new(
        stream: TcpStream,
        connection: Arc<Connection>,
        write_timeout: Duration,
        slot: Slot,
    ) -> Self {
        Self {
            stream: Some(stream),
            connection,
            write_timer: WriteTimer::new(write_timeout),
            slot,
        }
    }
}

impl AsyncRead for ClientSocket {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let Some(stream) = &mut this.stream else {
            return Poll::Ready(Ok(()));
        };
        Pin::new(stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for ClientSocket {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
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
            *self.slot.lock() = Some(stream);
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

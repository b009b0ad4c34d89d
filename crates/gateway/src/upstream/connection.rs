//! One connection to a provider: HTTP/1.1, driven by whoever waits for the response (docs/decisions/0012).
//!
//! Nothing here runs by itself. What is dropped is closed, by which the provider learns that nobody listens.

use std::fmt;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use hyper_rustls::MaybeHttpsStream;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_util::io::poll_read_buf;

use super::call::Call;
use super::framing::Framing;
use super::response_head::{self, ResponseHead};

/// The stream that a connection runs on.
pub(super) type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;

/// Bytes that are read at once in the beginning; twice as many after each read that filled them.
const READ_BYTES: usize = 8 * 1024;
const READ_BYTES_MAX: usize = 256 * 1024;
/// Less room than this is not read into.
const READ_BYTES_MIN: usize = 2 * 1024;
/// Final responses begin here; before are those that say that one will come.
const FINAL: u16 = 200;
/// Responses before the final one.
const INTERIM_MAX: usize = 16;
/// A connection in use again that closes without a byte within this was closed for idleness. Later the
/// provider may have worked on the request, which must not be begun twice.
const KEEP_ALIVE_RACE: Duration = Duration::from_secs(5);
/// Farewells of some servers and load balancers before they close an idle connection. They respond to no request, and
/// are no desynchronisation.
const IDLE_FAREWELLS: [&[u8]; 2] = [b"HTTP/1.1 408", b"HTTP/1.0 408"];

const TOO_LONG: &str = "its response's headers are longer than upstream.header_bytes_max";

/// The reason why there is no response.
#[derive(Debug)]
pub(super) enum Failed {
    /// Nothing of the request was sent: it may be tried on another connection.
    Unsent(String),
    /// A connection that had served before was closed before the first byte of the response: the keep-alive
    /// race, in which the provider closes for idleness while the request is on its way.
    Raced(String),
    /// Bytes came while nothing was asked for: nothing was sent, and the origin is not to be trusted.
    Desynced,
    /// The request may have been read.
    Sent(String),
}

impl Failed {
    pub(super) fn into_detail(self) -> String {
        match self {
            Self::Unsent(detail) | Self::Raced(detail) | Self::Sent(detail) => detail,
            Self::Desynced => "bytes came that nobody had asked for".to_owned(),
        }
    }
}

/// The state of an idle connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IdleState {
    /// Good for another request.
    Open,
    Closed,
    /// Bytes that respond to no request are in it (response desynchronisation).
    Desynced,
}

/// A connection that is open, or was when it was last looked at.
pub(super) struct Connection {
    transport: Transport,
    /// The bytes that were read and not taken.
    input: BytesMut,
    /// Bytes to read at once.
    read_bytes: usize,
    head_bytes_max: usize,
    /// True if it served a request before.
    is_used: bool,
}

/// Does not print what was read: it may be words of people.
impl fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Connection").finish_non_exhaustive()
    }
}

/// TCP is reached without the adapters that the TLS library's stream needs.
enum Transport {
    Tcp(TcpStream),
    /// Boxed, because it is large and moves between the pool and the responses.
    Tls(Box<TokioIo<Stream>>),
}

impl Connection {
    pub(super) fn new(stream: Stream, head_bytes_max: usize) -> Self {
        let transport = match stream {
            MaybeHttpsStream::Http(tcp) => Transport::Tcp(tcp.into_inner()),
            tls @ MaybeHttpsStream::Https(_) => Transport::Tls(Box::new(TokioIo::new(tls))),
        };
        Self {
            transport,
            input: BytesMut::new(),
            read_bytes: READ_BYTES,
            head_bytes_max,
            is_used: false,
        }
    }

    /// Sends a request and waits for the head of its response; says whether all of the request was sent
    /// when it came. `is_sent` says so meanwhile, for those who stop waiting.
    pub(super) async fn exchange(
        &mut self,
        call: &Call,
        is_sent: &AtomicBool,
    ) -> Result<(ResponseHead, bool), Failed> {
        is_sent.store(false, Ordering::Relaxed);
        let reused_at = self.begin()?;
        let mut unsent = call.clone();
        let mut sent = None;
        let mut interim = 0;
        let answered = poll_fn(|context| {
            if sent.is_none()
                && let Poll::Ready(ended) = self.poll_send(&mut unsent, context)
            {
                if let Err(error) = &ended
                    && unsent.remaining() == call.remaining()
                {
                    return Poll::Ready(Err(Failed::Unsent(error.to_string())));
                }
                is_sent.store(ended.is_ok(), Ordering::Relaxed);
                // After an error too there may be a response: a refusal is often sent before all was read.
                sent = Some(ended);
            }
            let response = ready!(self.poll_head(&mut interim, context));
            Poll::Ready(match (response, &sent) {
                (Ok(head), Some(Ok(()))) => Ok((head, true)),
                (Ok(head), _) => Ok((head, false)),
                (Err(_), Some(Err(error))) => Err(Failed::Sent(error.to_string())),
                (Err(detail), _) => Err(Failed::Sent(detail)),
            })
        })
        .await;
        match answered {
            Err(Failed::Sent(detail))
                if interim == 0
                    && self.input.is_empty()
                    && reused_at.is_some_and(|at| at.elapsed() < KEEP_ALIVE_RACE) =>
            {
                Err(Failed::Raced(detail))
            }
            answered => answered,
        }
    }

    /// Looks at the connection before a request; says since when it is in use again, if it served before.
    fn begin(&mut self) -> Result<Option<Instant>, Failed> {
        if !std::mem::replace(&mut self.is_used, true) {
            return Ok(None);
        }
        match self.idle_state() {
            IdleState::Open => Ok(Some(Instant::now())),
            IdleState::Closed => Err(Failed::Unsent("the connection was closed".to_owned())),
            IdleState::Desynced => Err(Failed::Desynced),
        }
    }

    /// Ready when all is on its way.
    fn poll_send(&mut self, unsent: &mut Call, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while unsent.has_remaining() {
            let written = match &mut self.transport {
                Transport::Tcp(tcp) => poll_write(Pin::new(tcp), unsent, context),
                Transport::Tls(tls) => poll_write(Pin::new(&mut **tls), unsent, context),
            };
            match ready!(written)? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => unsent.advance(written),
            }
        }
        match &mut self.transport {
            // What is written to TCP is on its way.
            Transport::Tcp(_) => Poll::Ready(Ok(())),
            Transport::Tls(tls) => Pin::new(&mut **tls).poll_flush(context),
        }
    }

    fn poll_head(
        &mut self,
        interim: &mut usize,
        context: &mut Context<'_>,
    ) -> Poll<Result<ResponseHead, String>> {
        loop {
            let parsed = response_head::parse(&self.input)?;
            let length = parsed
                .as_ref()
                .map_or(self.input.len(), |(_, length)| *length);
            if length > self.head_bytes_max {
                return Poll::Ready(Err(TOO_LONG.to_owned()));
            }
            if let Some((head, length)) = parsed {
                self.input.advance(length);
                if head.status >= FINAL {
                    return Poll::Ready(Ok(head));
                }
                *interim += 1;
                if *interim > INTERIM_MAX {
                    return Poll::Ready(Err("it announces a response again and again".to_owned()));
                }
                continue;
            }
            match ready!(self.poll_read(context)) {
                Ok(0) => {
                    return Poll::Ready(Err(
                        "the connection was closed before a response".to_owned()
                    ));
                }
                Ok(_) => {}
                Err(error) => return Poll::Ready(Err(error.to_string())),
            }
        }
    }

    /// The next part of a body; `None` at its end.
    pub(super) fn poll_body(
        &mut self,
        framing: &mut Framing,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Bytes>>> {
        loop {
            match framing.next(&mut self.input) {
                Ok(Some(part)) => return Poll::Ready(Some(Ok(part))),
                Ok(None) if framing.is_ended() => return Poll::Ready(None),
                Ok(None) => {}
                Err(detail) => return Poll::Ready(Some(Err(io::Error::other(detail)))),
            }
            match ready!(self.poll_read(context)) {
                Ok(0) if *framing == Framing::UntilClose => {
                    *framing = Framing::Ended;
                    return Poll::Ready(None);
                }
                Ok(0) => {
                    let cut = io::Error::new(
                        io::ErrorKind::UnexpectedEof,
                        "the connection was closed within a response",
                    );
                    return Poll::Ready(Some(Err(cut)));
                }
                Ok(_) => {}
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    }

    /// Looks for what came since the last response, an end included. Leaves nobody to be woken.
    pub(super) fn idle_state(&mut self) -> IdleState {
        if self.input.is_empty() {
            match self.poll_read(&mut Context::from_waker(Waker::noop())) {
                Poll::Pending => return IdleState::Open,
                Poll::Ready(Ok(0) | Err(_)) => return IdleState::Closed,
                Poll::Ready(Ok(_)) => {}
            }
        }
        let is_farewell = |farewell: &&[u8]| self.input.starts_with(farewell);
        if IDLE_FAREWELLS.iter().any(is_farewell) {
            IdleState::Closed
        } else {
            IdleState::Desynced
        }
    }

    /// Gives back what a large response took, before a wait of unknown length.
    pub(super) fn rest(&mut self) {
        if std::mem::replace(&mut self.read_bytes, READ_BYTES) > READ_BYTES {
            self.input = BytesMut::new();
        }
    }

    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if self.input.capacity() - self.input.len() < READ_BYTES_MIN {
            self.input.reserve(self.read_bytes);
        }
        let room = self.input.capacity() - self.input.len();
        let read = ready!(match &mut self.transport {
            Transport::Tcp(tcp) => poll_read_buf(Pin::new(tcp), context, &mut self.input),
            Transport::Tls(tls) => poll_read_buf(Pin::new(&mut **tls), context, &mut self.input),
        })?;
        if read == room {
            self.read_bytes = (2 * self.read_bytes).min(READ_BYTES_MAX);
        }
        Poll::Ready(Ok(read))
    }
}

fn poll_write<T: AsyncRead + AsyncWrite>(
    stream: Pin<&mut T>,
    unsent: &Call,
    context: &mut Context<'_>,
) -> Poll<io::Result<usize>> {
    if unsent.body.is_empty() {
        stream.poll_write(context, &unsent.head)
    } else {
        let parts = [IoSlice::new(&unsent.head), IoSlice::new(&unsent.body)];
        stream.poll_write_vectored(context, &parts)
    }
}

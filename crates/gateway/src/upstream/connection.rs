//! One connection to a provider: HTTP/1.1, driven by whoever waits for the answer (docs/decisions/0018).
//!
//! Nothing here runs by itself. What is dropped is closed, by which the provider learns that nobody listens.

use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf, BytesMut};
use hyper_rustls::MaybeHttpsStream;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_util::io::poll_read_buf;

use super::answer_head::{self, AnswerHead};
use super::connector::Stream;
use super::framing::Framing;
use super::request_head::Call;

/// Bytes that are read at once.
const READ_BYTES: usize = 8 * 1024;
/// Less room than this is not read into.
const READ_BYTES_MIN: usize = 2 * 1024;
/// Final answers begin here; before are those that say that one will come.
const FINAL: u16 = 200;

const TOO_LONG: &str = "its answer's headers are longer than upstream.header_bytes_max";

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Failed {
    /// Nothing of the request was sent: it may be tried on another connection.
    Unsent(String),
    /// It may have been read.
    Sent(String),
}

impl Failed {
    pub(super) fn into_detail(self) -> String {
        match self {
            Self::Unsent(detail) | Self::Sent(detail) => detail,
        }
    }
}

/// A connection that is open, or was when it was last looked at.
#[derive(Debug)]
pub(super) struct Connection {
    transport: Transport,
    /// What was read and not taken.
    input: BytesMut,
    head_bytes_max: usize,
    /// Whether it served a request before.
    is_used: bool,
}

/// TCP is reached without the adapters that the TLS library's stream needs.
#[derive(Debug)]
enum Transport {
    Tcp(TcpStream),
    /// Boxed, because it is large and moves between the pool and the answers.
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
            head_bytes_max,
            is_used: false,
        }
    }

    /// Sends a request and waits for the head of its answer; says whether all of the request was sent
    /// when it came.
    pub(super) async fn exchange(&mut self, call: &Call) -> Result<(AnswerHead, bool), Failed> {
        if std::mem::replace(&mut self.is_used, true) && !self.is_idle() {
            return Err(Failed::Unsent("the connection was closed".to_owned()));
        }
        let mut unsent = call.clone();
        let mut sending = Ok(());
        poll_fn(|context| {
            if sending.is_ok()
                && unsent.has_remaining()
                && let Poll::Ready(Err(error)) = self.poll_send(&mut unsent, context)
            {
                if unsent.remaining() == call.remaining() {
                    return Poll::Ready(Err(Failed::Unsent(error.to_string())));
                }
                // A refusal is often sent before all of the request was read.
                sending = Err(error);
            }
            let head = match ready!(self.poll_head(context)) {
                Ok(head) => head,
                Err(error) => {
                    let error = sending.as_ref().err().map_or(error, ToString::to_string);
                    return Poll::Ready(Err(Failed::Sent(error)));
                }
            };
            Poll::Ready(Ok((head, sending.is_ok() && !unsent.has_remaining())))
        })
        .await
    }

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

    fn poll_head(&mut self, context: &mut Context<'_>) -> Poll<Result<AnswerHead, String>> {
        loop {
            let parsed = answer_head::parse(&self.input)?;
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
                continue;
            }
            match ready!(self.poll_read(context)) {
                Ok(0) => {
                    return Poll::Ready(Err(
                        "the connection was closed before an answer".to_owned()
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
    ) -> Poll<Option<io::Result<bytes::Bytes>>> {
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
                        "the connection was closed within an answer",
                    );
                    return Poll::Ready(Some(Err(cut)));
                }
                Ok(_) => {}
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    }

    /// Whether another request may be sent: nothing came since the last answer, not even an end. Leaves
    /// nobody to be woken.
    pub(super) fn is_idle(&mut self) -> bool {
        self.input.is_empty()
            && self
                .poll_read(&mut Context::from_waker(Waker::noop()))
                .is_pending()
    }

    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if self.input.capacity() - self.input.len() < READ_BYTES_MIN {
            self.input.reserve(READ_BYTES);
        }
        match &mut self.transport {
            Transport::Tcp(tcp) => poll_read_buf(Pin::new(tcp), context, &mut self.input),
            Transport::Tls(tls) => poll_read_buf(Pin::new(&mut **tls), context, &mut self.input),
        }
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

//! Stands in for the sandbox when there is no Yunxin binary: as much of its behaviour as the cases use.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use anyhow::Result;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Request, Response};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{Instant, Sleep, sleep_until};

/// The phrase is in the last message, `stream` is one of the first keys.
const SEARCHED_BYTES: usize = 1_000;

pub(crate) async fn serve(address: SocketAddr) -> Result<()> {
    let listener = TcpListener::bind(address).await?;
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let connection =
            http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer));
        connections.spawn(connection);
        while connections.try_join_next().is_some() {}
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<BoxBody<Bytes, Infallible>>> {
    let body = request.into_body().collect().await?.to_bytes();
    let last_message = String::from_utf8_lossy(&body[body.len().saturating_sub(SEARCHED_BYTES)..]);
    let words = number_after(&last_message, "words=").unwrap_or(1.0);
    if !is_streamed(&body) {
        return Ok(Response::builder()
            .header(CONTENT_TYPE, "application/json")
            .body(whole(words).boxed())?);
    }
    let gap = number_after(&last_message, "wps=").map_or(Duration::ZERO, |per_second| {
        Duration::from_secs_f64(1.0 / per_second)
    });
    Ok(Response::builder()
        .header(CONTENT_TYPE, "text/event-stream")
        .body(Paced::new(words, gap).boxed())?)
}

fn is_streamed(body: &[u8]) -> bool {
    let (head, tail) = (
        &body[..body.len().min(SEARCHED_BYTES)],
        &body[body.len().saturating_sub(SEARCHED_BYTES)..],
    );
    [head, tail]
        .iter()
        .any(|part| String::from_utf8_lossy(part).contains("\"stream\":true"))
}

fn number_after(text: &str, name: &str) -> Option<f64> {
    let (_, after) = text.rsplit_once(name)?;
    let end = after
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(after.len());
    after[..end].parse().ok()
}

fn whole(words: f64) -> Full<Bytes> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small count"
    )]
    let content = "consecte ".repeat(words as usize);
    let body = json!({
        "id": "chatcmpl-stub", "object": "chat.completion", "created": 1, "model": "sandbox-small",
        "choices": [{ "index": 0, "message": { "role": "assistant", "content": content }, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 200, "completion_tokens": words, "total_tokens": 200.0 + words },
    });
    Full::new(body.to_string().into())
}

/// One chunk per word, then `[DONE]`.
struct Paced {
    left: f64,
    gap: Duration,
    next: Pin<Box<Sleep>>,
    is_over: bool,
}

impl Paced {
    fn new(words: f64, gap: Duration) -> Self {
        Self {
            left: words,
            gap,
            next: Box::pin(sleep_until(Instant::now())),
            is_over: false,
        }
    }
}

impl Body for Paced {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        if self.left < 1.0 {
            self.is_over = true;
            return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(
                b"data: [DONE]\n\n",
            )))));
        }
        std::task::ready!(self.next.as_mut().poll(context));
        self.left -= 1.0;
        let next = self.next.deadline() + self.gap;
        self.next.as_mut().reset(next);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(CHUNK)))))
    }
}

const CHUNK: &[u8] = b"data: {\"id\":\"chatcmpl-stub\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"sandbox-small\",\
    \"choices\":[{\"index\":0,\"delta\":{\"content\":\"lorem \"},\"finish_reason\":null}]}\n\n";

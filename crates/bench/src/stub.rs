//! A provider that costs next to nothing: it looks for two words of a request and responds with the same bytes each time.
//!
//! The sandbox reads requests as a provider would, and that takes as long as nginx needs to pass them on: with it
//! behind, on the core of the load generator, nginx would wait most of the time and its cost would be that of waking up.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::load::message::{self, Head};

/// The phrase is in the last message, `stream` is one of the first keys or of the last.
const SEARCHED_BYTES: usize = 1_000;
const BUFFER_BYTES: usize = 256 * 1024;

/// The permits to send the chunks of a stream; without them it goes by the clock.
pub(crate) type Steps = Option<Arc<Semaphore>>;

pub(crate) async fn serve(address: SocketAddr, steps: Steps) -> Result<()> {
    let listener = TcpListener::bind(address).await?;
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        connections.spawn(response_all(stream, steps.clone()));
        while connections.try_join_next().is_some() {}
    }
}

/// Until the other side closes, or sends what a test of speed does not send.
async fn response_all(mut stream: TcpStream, steps: Steps) -> Result<()> {
    let mut buffer = Vec::with_capacity(4096);
    let whole = whole_response();
    while let Some(body_start) = read_request(&mut stream, &mut buffer).await? {
        let body = &buffer[body_start..];
        if has_stream_flag(body) {
            let (words, gap) = pace(body);
            stream_response(&mut stream, words, gap, &steps).await?;
        } else {
            stream.write_all(&whole).await?;
        }
        buffer.clear();
    }
    Ok(())
}

/// Fills `buffer` with one request and says where its body begins.
async fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<Option<usize>> {
    loop {
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
        let Some(head) = Head::find(buffer) else {
            continue;
        };
        let Some(length) = message::content_length(&buffer[..head.length]) else {
            bail!("a request without a length");
        };
        let missing = (head.length + length).saturating_sub(buffer.len());
        if missing == 0 {
            return Ok(Some(head.length));
        }
        buffer.reserve(missing.min(BUFFER_BYTES));
    }
}

fn has_stream_flag(body: &[u8]) -> bool {
    ends(body)
        .iter()
        .any(|part| part.contains("\"stream\":true"))
}

fn pace(body: &[u8]) -> (u32, Duration) {
    let [_, last] = ends(body);
    let words =
        number_after(&last, "words=").and_then(|words: f64| format!("{words:.0}").parse().ok());
    let gap = number_after(&last, "wps=")
        .map_or(Duration::ZERO, |rate| Duration::from_secs_f64(1.0 / rate));
    (words.unwrap_or(1), gap)
}

fn ends(body: &[u8]) -> [std::borrow::Cow<'_, str>; 2] {
    let first = &body[..body.len().min(SEARCHED_BYTES)];
    let last = &body[body.len().saturating_sub(SEARCHED_BYTES)..];
    [first, last].map(String::from_utf8_lossy)
}

fn number_after(text: &str, name: &str) -> Option<f64> {
    let (_, after) = text.rsplit_once(name)?;
    let end = after
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(after.len());
    after[..end].parse().ok()
}

fn whole_response() -> Vec<u8> {
    let body = format!(
        "{{\"id\":\"chatcmpl-stub\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"bench-stub\",\
         \"choices\":[{{\"index\":0,\"message\":{{\"role\":\"assistant\",\"content\":\"{}\"}},\"finish_reason\":\"stop\"}}],\
         \"usage\":{{\"prompt_tokens\":200,\"completion_tokens\":40,\"total_tokens\":240}}}}",
        "consecte ".repeat(40)
    );
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length:";
    format!("{head} {}\r\n\r\n{body}", body.len()).into_bytes()
}

const STREAM_HEAD: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
const EVENT: &str = "data: {\"id\":\"chatcmpl-stub\",\"object\":\"chat.completion.chunk\",\"created\":1,\
    \"model\":\"bench-stub\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lorem \"},\
    \"finish_reason\":null}]}\n\n";
const STREAM_END: &[u8] = b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n";

/// One event per word, then `[DONE]`.
async fn stream_response(
    stream: &mut TcpStream,
    words: u32,
    gap: Duration,
    steps: &Steps,
) -> Result<()> {
    let event = format!("{:x}\r\n{EVENT}\r\n", EVENT.len()).into_bytes();
    let started = Instant::now();
    stream.write_all(STREAM_HEAD).await?;
    for index in 0..words {
        match steps {
            Some(steps) if index > 0 => steps.acquire().await?.forget(),
            Some(_) => {}
            None => sleep_until(started + gap * index).await,
        }
        stream.write_all(&event).await?;
    }
    if let Some(steps) = steps {
        steps.acquire().await?.forget();
    }
    stream.write_all(STREAM_END).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prompt::{self, Pace};
    use crate::provider::Provider;

    #[test]
    fn pace_is_read_from_the_prompt() {
        let gap = Duration::from_millis(500);
        let body = prompt::streamed(Provider::Stub, Pace { words: 8, gap });
        assert!(has_stream_flag(&body));
        assert_eq!(pace(&body), (8, gap));
        assert!(!has_stream_flag(&prompt::long(Provider::Stub)));
    }
}

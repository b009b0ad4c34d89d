//! A provider that does what it is told, byte by byte.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use parking_lot::Mutex;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::soon;

/// Something that a script waits for.
#[derive(Debug, Clone)]
pub(crate) struct Gate(watch::Sender<bool>);

impl Gate {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    pub(crate) fn open(&self) {
        self.0.send_replace(true);
    }

    async fn opened(&self) {
        let _ = self.0.subscribe().wait_for(|is_open| *is_open).await;
    }
}

#[derive(Debug, Clone)]
enum Step {
    Send(Bytes),
    Wait(Gate),
    /// Silence for a while.
    Work(Duration),
    /// Silence until the other side goes away.
    Stall,
    /// Repeats the bytes at an interval, until the other side goes away.
    Trickle(Bytes, Duration),
    /// Repeats the bytes as fast as they are taken.
    Flood(Bytes),
    Close,
    Reset,
}

/// The script of one response.
#[derive(Debug, Clone, Default)]
pub(crate) struct Script(Vec<Step>);

impl Script {
    /// A response with a body of announced length.
    pub(crate) fn status(status: u16, headers: &str, body: &str) -> Self {
        Self::raw(format!(
            "HTTP/1.1 {status} Whatever\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    pub(crate) fn json(body: &str) -> Self {
        Self::status(200, "", body)
    }

    /// The head of a stream, and its first parts.
    pub(crate) fn open_stream<T: AsRef<[u8]>>(parts: impl IntoIterator<Item = T>) -> Self {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
        let mut script = Self::raw(head);
        for part in parts {
            script = script.chunk(part);
        }
        script
    }

    /// A stream that ends in good order.
    pub(crate) fn stream<T: AsRef<[u8]>>(parts: impl IntoIterator<Item = T>) -> Self {
        Self::open_stream(parts).end()
    }

    pub(crate) fn raw(bytes: impl Into<Bytes>) -> Self {
        Self(vec![Step::Send(bytes.into())])
    }

    pub(crate) fn nothing() -> Self {
        Self::default()
    }

    fn then(mut self, step: Step) -> Self {
        self.0.push(step);
        self
    }

    pub(crate) fn chunk(self, part: impl AsRef<[u8]>) -> Self {
        self.then(Step::Send(framed(part.as_ref())))
    }

    pub(crate) fn end(self) -> Self {
        self.then(Step::Send("0\r\n\r\n".into()))
    }

    pub(crate) fn wait(self, gate: &Gate) -> Self {
        self.then(Step::Wait(gate.clone()))
    }

    /// Is at work for so long.
    pub(crate) fn work(self, time: Duration) -> Self {
        self.then(Step::Work(time))
    }

    pub(crate) fn stall(self) -> Self {
        self.then(Step::Stall)
    }

    pub(crate) fn trickle(self, part: &str, every: Duration) -> Self {
        self.then(Step::Trickle(framed(part.as_bytes()), every))
    }

    pub(crate) fn flood(self, part: &str) -> Self {
        self.then(Step::Flood(framed(part.as_bytes())))
    }

    pub(crate) fn close(self) -> Self {
        self.then(Step::Close)
    }

    pub(crate) fn reset(self) -> Self {
        self.then(Step::Reset)
    }
}

fn framed(part: &[u8]) -> Bytes {
    [format!("{:x}\r\n", part.len()).as_bytes(), part, b"\r\n"]
        .concat()
        .into()
}

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Recorded {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[derive(Debug)]
struct Inner {
    address: SocketAddr,
    next: Mutex<VecDeque<Script>>,
    otherwise: Mutex<Script>,
    /// Responses to those who come with a text in their head, such as a credential.
    by_head: Mutex<Vec<(String, Script)>>,
    requests: watch::Sender<Vec<Recorded>>,
    /// Requests that are served at the same time; what is beyond is refused.
    at_once_max: AtomicUsize,
    running: AtomicUsize,
    refused: AtomicUsize,
    /// Responses in whose middle the other side went away.
    left: watch::Sender<usize>,
    /// Connections that were made, and that have ended since.
    opened: watch::Sender<usize>,
    closed: watch::Sender<usize>,
    /// The number of times that a flood was taken.
    taken: watch::Sender<usize>,
}

/// A scripted upstream on a loopback port.
#[derive(Debug, Clone)]
pub(crate) struct Stub(Arc<Inner>);

impl Stub {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stub = Self(Arc::new(Inner {
            address: listener.local_addr().unwrap(),
            next: Mutex::default(),
            otherwise: Mutex::new(Script::json(COMPLETION)),
            by_head: Mutex::default(),
            requests: watch::Sender::new(vec![]),
            at_once_max: AtomicUsize::new(usize::MAX),
            running: AtomicUsize::new(0),
            refused: AtomicUsize::new(0),
            left: watch::Sender::new(0),
            opened: watch::Sender::new(0),
            closed: watch::Sender::new(0),
            taken: watch::Sender::new(0),
        }));
        let serving = stub.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let stub = serving.clone();
                stub.0.opened.send_modify(|count| *count += 1);
                tokio::spawn(async move {
                    stub.serve(stream).await;
                    stub.0.closed.send_modify(|count| *count += 1);
                });
            }
        });
        stub
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/v1", self.0.address)
    }

    /// The next request is answered with this; later ones with what comes after it.
    pub(crate) fn once(&self, script: Script) {
        self.0.next.lock().push_back(script);
    }

    /// Every request that has no response of its own is answered with this.
    pub(crate) fn always(&self, script: Script) {
        *self.0.otherwise.lock() = script;
    }

    /// Every request with this text in its head is answered with this.
    pub(crate) fn always_to(&self, text: &str, script: Script) {
        let mut by_head = self.0.by_head.lock();
        by_head.retain(|(known, _)| known != text);
        by_head.push((text.to_owned(), script));
    }

    /// The requests with this text in their heads.
    pub(crate) fn requests_with(&self, text: &str) -> usize {
        let is_with = |request: &&Recorded| request.head.contains(text);
        self.requests().iter().filter(is_with).count()
    }

    fn script_for(&self, request: &Recorded) -> Script {
        let by_head = self.0.by_head.lock();
        let mut known = by_head.iter();
        if let Some((_, script)) = known.find(|(text, _)| request.head.contains(text)) {
            return script.clone();
        }
        let next = self.0.next.lock().pop_front();
        next.unwrap_or_else(|| self.0.otherwise.lock().clone())
    }

    /// Refuses with 429 what comes while so many run.
    pub(crate) fn takes_at_once(&self, max: usize) {
        self.0.at_once_max.store(max, Ordering::Relaxed);
    }

    /// Requests that were refused because too many ran.
    pub(crate) fn refused(&self) -> usize {
        self.0.refused.load(Ordering::Relaxed)
    }

    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.0.requests.borrow().clone()
    }

    /// The last request; there must have been one.
    pub(crate) fn last(&self) -> Recorded {
        self.requests().pop().unwrap()
    }

    pub(crate) async fn wait_for_requests(&self, count: usize) {
        let mut requests = self.0.requests.subscribe();
        soon(
            "requests at the upstream",
            requests.wait_for(|all| all.len() >= count),
        )
        .await
        .unwrap();
    }

    /// Waits until so many responses were left by the other side, and not longer than a second.
    pub(crate) async fn wait_until_left(&self, count: usize) {
        let mut left = self.0.left.subscribe();
        let wait =
            tokio::time::timeout(Duration::from_secs(1), left.wait_for(|left| *left >= count));
        assert!(
            wait.await.is_ok(),
            "the upstream was not left within a second"
        );
    }

    /// Waits until a flood is not taken any more: every buffer on the way is full.
    pub(crate) async fn wait_until_dammed(&self) {
        let mut taken = self.0.taken.subscribe();
        let still = Duration::from_millis(100);
        while tokio::time::timeout(still, taken.changed()).await.is_ok() {
            taken.borrow_and_update();
        }
    }

    pub(crate) fn opened(&self) -> usize {
        *self.0.opened.borrow()
    }

    pub(crate) async fn wait_until_closed(&self, count: usize) {
        let mut closed = self.0.closed.subscribe();
        soon(
            "the end of a connection",
            closed.wait_for(|closed| *closed >= count),
        )
        .await
        .unwrap();
    }

    async fn serve(&self, mut stream: TcpStream) {
        let mut rest = Vec::new();
        while let Some(request) = read_request(&mut stream, &mut rest).await {
            self.0.requests.send_modify(|all| all.push(request.clone()));
            let running = self.0.running.fetch_add(1, Ordering::Relaxed);
            let _running = Running(&self.0.running);
            let script = if running < self.0.at_once_max.load(Ordering::Relaxed) {
                self.script_for(&request)
            } else {
                self.0.refused.fetch_add(1, Ordering::Relaxed);
                Script::status(429, "", "{}")
            };
            for step in script.0 {
                match perform(&mut stream, step, &self.0.taken).await {
                    Performed::Next => {}
                    Performed::End => return,
                    Performed::Left => {
                        self.0.left.send_modify(|left| *left += 1);
                        return;
                    }
                }
            }
        }
    }
}

/// Counts one request less when it ends.
struct Running<'a>(&'a AtomicUsize);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

enum Performed {
    Next,
    End,
    Left,
}

async fn perform(stream: &mut TcpStream, step: Step, taken: &watch::Sender<usize>) -> Performed {
    let mut scratch = [0u8; 1];
    match step {
        Step::Send(bytes) => match stream.write_all(&bytes).await {
            Ok(()) => Performed::Next,
            Err(_) => Performed::Left,
        },
        Step::Wait(gate) => tokio::select! {
            () = gate.opened() => Performed::Next,
            _ = stream.read(&mut scratch) => Performed::Left,
        },
        Step::Work(time) => tokio::select! {
            () = tokio::time::sleep(time) => Performed::Next,
            _ = stream.read(&mut scratch) => Performed::Left,
        },
        Step::Stall => {
            let _ = stream.read(&mut scratch).await;
            Performed::Left
        }
        Step::Trickle(bytes, every) => loop {
            if stream.write_all(&bytes).await.is_err() {
                return Performed::Left;
            }
            tokio::select! {
                () = tokio::time::sleep(every) => {}
                _ = stream.read(&mut scratch) => return Performed::Left,
            }
        },
        Step::Flood(bytes) => loop {
            if stream.write_all(&bytes).await.is_err() {
                return Performed::Left;
            }
            taken.send_modify(|taken| *taken += 1);
        },
        Step::Close => Performed::End,
        Step::Reset => {
            stream.set_zero_linger().unwrap();
            Performed::End
        }
    }
}

async fn read_request(stream: &mut TcpStream, rest: &mut Vec<u8>) -> Option<Recorded> {
    let head_end = loop {
        if let Some(at) = rest.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        read_more(stream, rest).await?;
    };
    let head = String::from_utf8_lossy(&rest[..head_end]).to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse::<usize>().unwrap());
    while rest.len() < head_end + length {
        read_more(stream, rest).await?;
    }
    let body = String::from_utf8_lossy(&rest[head_end..head_end + length]).into_owned();
    let head = String::from_utf8_lossy(&rest[..head_end]).into_owned();
    rest.drain(..head_end + length);
    Some(Recorded { head, body })
}

async fn read_more(stream: &mut TcpStream, rest: &mut Vec<u8>) -> Option<()> {
    let mut buffer = vec![0u8; 16 * 1024];
    let count = stream.read(&mut buffer).await.ok()?;
    rest.extend_from_slice(&buffer[..count]);
    (count > 0).then_some(())
}

/// The response of the stub unless told otherwise.
pub(crate) const COMPLETION: &str = r#"{"id":"chatcmpl-1","object":"chat.completion","created":1790000000,"model":"plain","choices":[{"index":0,"message":{"role":"assistant","content":"Hello!"},"finish_reason":"stop"}],"usage":{"prompt_tokens":11,"completion_tokens":3,"total_tokens":14}}"#;

pub(crate) const DONE: &str = "data: [DONE]\n\n";

/// A chunk of a stream with this text.
pub(crate) fn delta(text: &str) -> String {
    format!(
        "data: {{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"plain\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}},\"finish_reason\":null}}]}}\n\n"
    )
}

/// The chunk that ends a choice.
pub(crate) fn finish() -> String {
    "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"plain\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n".to_owned()
}

/// The chunk that carries usage.
pub(crate) fn usage(input: u64, output: u64) -> String {
    format!(
        "data: {{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"plain\",\"choices\":[],\"usage\":{{\"prompt_tokens\":{input},\"completion_tokens\":{output},\"total_tokens\":{}}}}}\n\n",
        input + output
    )
}

impl Script {
    /// Goes on with an empty response of that status.
    pub(crate) fn then_status(self, status: u16) -> Self {
        let Self(steps) = Self::status(status, "", "{}");
        steps.into_iter().fold(self, Self::then)
    }
}

impl Script {
    /// Goes on with another script.
    pub(crate) fn and(self, Self(steps): Self) -> Self {
        steps.into_iter().fold(self, Self::then)
    }

    /// Goes on with a plain response.
    pub(crate) fn then_json(self, body: &str) -> Self {
        let Self(steps) = Self::json(body);
        steps.into_iter().fold(self, Self::then)
    }
}

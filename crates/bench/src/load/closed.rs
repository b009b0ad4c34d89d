//! Connections that ask again as soon as they are answered.
//!
//! They write the same bytes each time and only look for the end of the response: with a client library here the load
//! would not be enough to keep nginx busy.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::message::{self, Head};
use super::{Tally, Target};

/// Between failures, so that a dead subject does not make a busy loop.
const PAUSE: Duration = Duration::from_millis(10);

/// Runs until it is dropped.
#[derive(Debug)]
pub(crate) struct ClosedLoop {
    pub(crate) tally: Arc<Tally>,
    _connections: JoinSet<()>,
}

impl ClosedLoop {
    pub(crate) fn start(target: &Target, body: &[u8], connections: usize) -> Self {
        let tally = Arc::new(Tally::default());
        let request: Arc<[u8]> = request(target, body).into();
        let mut tasks = JoinSet::new();
        for _ in 0..connections {
            tasks.spawn(ask_for_ever(
                target.clone(),
                Arc::clone(&request),
                Arc::clone(&tally),
            ));
        }
        Self {
            tally,
            _connections: tasks,
        }
    }
}

fn request(target: &Target, body: &[u8]) -> Vec<u8> {
    let (path, host, authorization) = (target.path, &target.host, &target.authorization);
    let mut request = format!("POST {path} HTTP/1.1\r\nhost: ").into_bytes();
    request.extend_from_slice(host.as_bytes());
    request.extend_from_slice(b"\r\nauthorization: ");
    request.extend_from_slice(authorization.as_bytes());
    request.extend_from_slice(b"\r\ncontent-type: application/json\r\ncontent-length: ");
    request.extend_from_slice(format!("{}\r\n\r\n", body.len()).as_bytes());
    request.extend_from_slice(body);
    request
}

async fn ask_for_ever(target: Target, request: Arc<[u8]>, tally: Arc<Tally>) {
    loop {
        let outcome = ask_until_failure(&target, &request, &tally).await;
        tally.record(&outcome);
        sleep(PAUSE).await;
    }
}

async fn ask_until_failure(target: &Target, request: &[u8], tally: &Tally) -> Result<()> {
    let mut asker = Asker::open(target).await?;
    loop {
        let body_bytes = asker.ask(request).await?;
        tally
            .body_bytes
            .fetch_add(body_bytes as u64, Ordering::Relaxed);
        tally.record(&Ok(()));
    }
}

/// Sends `times` requests over one connection.
///
/// # Errors
/// If one of them fails.
pub(crate) async fn ask_times(target: &Target, body: &[u8], times: u32) -> Result<()> {
    let request = request(target, body);
    let mut asker = Asker::open(target).await?;
    for _ in 0..times {
        asker.ask(&request).await?;
    }
    Ok(())
}

/// A connection that is kept, and a buffer for what comes over it.
struct Asker {
    stream: TcpStream,
    response: Vec<u8>,
}

impl Asker {
    async fn open(target: &Target) -> Result<Self> {
        let stream = TcpStream::connect(target.address).await?;
        stream.set_nodelay(true)?;
        let response = Vec::with_capacity(16 * 1024);
        Ok(Self { stream, response })
    }

    /// The length of the body of a good response.
    async fn ask(&mut self, request: &[u8]) -> Result<usize> {
        self.response.clear();
        self.stream.write_all(request).await?;
        let head = read_response(&mut self.stream, &mut self.response).await?;
        let status = message::status(&self.response);
        if status != Some(200) {
            bail!("{}", String::from_utf8_lossy(&self.response));
        }
        Ok(self.response.len() - head.length)
    }
}

async fn read_response(stream: &mut TcpStream, response: &mut Vec<u8>) -> Result<Head> {
    loop {
        if stream.read_buf(response).await? == 0 {
            bail!("the connection was closed before a response");
        }
        let head = Head::find(response);
        if let Some(head) = head.filter(|head| message::is_complete(response, *head)) {
            return Ok(head);
        }
    }
}

//! Connections that ask again as soon as they are answered.
//!
//! They write the same bytes each time and only look for the end of the answer: with a client library here the load
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
use super::{PATH, Tally, Target};

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
    let (host, authorization) = (&target.host, &target.authorization);
    let mut request = format!("POST {PATH} HTTP/1.1\r\nhost: ").into_bytes();
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
    let mut stream = TcpStream::connect(target.address).await?;
    stream.set_nodelay(true)?;
    let mut answer = Vec::with_capacity(16 * 1024);
    loop {
        stream.write_all(request).await?;
        let head = read_answer(&mut stream, &mut answer).await?;
        let status = message::status(&answer);
        if status != Some(200) {
            bail!("{}", String::from_utf8_lossy(&answer));
        }
        tally
            .body_bytes
            .fetch_add((answer.len() - head.length) as u64, Ordering::Relaxed);
        tally.record(&Ok(()));
        answer.clear();
    }
}

async fn read_answer(stream: &mut TcpStream, answer: &mut Vec<u8>) -> Result<Head> {
    loop {
        if stream.read_buf(answer).await? == 0 {
            bail!("the connection was closed before an answer");
        }
        let head = Head::find(answer);
        if let Some(head) = head.filter(|head| message::is_complete(answer, *head)) {
            return Ok(head);
        }
    }
}

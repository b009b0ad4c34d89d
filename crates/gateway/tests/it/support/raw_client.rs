//! A client that writes and reads bytes, for what no library of HTTP does.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::{TestApp, soon};

/// A connection to the server.
pub(crate) struct RawClient {
    pub(crate) stream: TcpStream,
    unread: Vec<u8>,
}

/// A response with a length.
#[derive(Debug)]
pub(crate) struct RawResponse {
    pub(crate) status: u16,
    /// In lower case.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl RawResponse {
    pub(crate) fn code(&self) -> String {
        let body: Value =
            serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        body["error"]["code"].as_str().unwrap().to_owned()
    }

    pub(crate) fn says_close(&self) -> bool {
        self.head.contains("\r\nconnection: close\r\n")
    }
}

impl RawClient {
    pub(crate) async fn connect(app: &TestApp) -> Self {
        Self::of(TcpStream::connect(app.address).await.unwrap())
    }

    /// From another address of this machine: `127.0.0.2`.
    pub(crate) async fn connect_from(app: &TestApp, address: &str) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        let from: SocketAddr = format!("{address}:0").parse().unwrap();
        socket.bind(from).unwrap();
        Self::of(socket.connect(app.address).await.unwrap())
    }

    fn of(stream: TcpStream) -> Self {
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            unread: vec![],
        }
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let write = self.stream.write_all(bytes.as_ref());
        soon("a client's write", write).await.unwrap();
    }

    /// Reads until `end` was read, and returns all up to there.
    async fn read_until(&mut self, end: &str) -> String {
        soon(end, async {
            loop {
                let text = String::from_utf8_lossy(&self.unread).into_owned();
                if let Some(at) = text.find(end) {
                    self.unread.drain(..at + end.len());
                    return text[..at + end.len()].to_owned();
                }
                let read = self.stream.read_buf(&mut self.unread).await.unwrap();
                assert!(read > 0, "the connection ended after {text:?}");
            }
        })
        .await
    }

    /// Reads the head of a response.
    pub(crate) async fn head(&mut self) -> String {
        self.read_until("\r\n\r\n").await.to_lowercase()
    }

    /// Reads a whole response.
    pub(crate) async fn response(&mut self) -> RawResponse {
        let head = self.head().await;
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().unwrap());
        while self.unread.len() < length {
            let read = soon("a body", self.stream.read_buf(&mut self.unread)).await;
            assert!(read.unwrap() > 0, "the body ended early: {head}");
        }
        let body = self.unread.drain(..length).collect();
        RawResponse {
            status: head[9..12].parse().unwrap(),
            body: String::from_utf8(body).unwrap(),
            head,
        }
    }

    /// Waits until the server has closed the connection, and returns what it said before.
    pub(crate) async fn end(&mut self) -> String {
        let mut rest = std::mem::take(&mut self.unread);
        // A reset is an end too.
        let _ = soon(
            "the end of a connection",
            self.stream.read_to_end(&mut rest),
        )
        .await;
        String::from_utf8_lossy(&rest).into_owned()
    }
}

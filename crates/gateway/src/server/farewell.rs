//! The end of a connection: the last response, and the rest of what the client sends.
//!
//! A socket that is closed while there is something to read is reset, and a reset may take away the response before the
//! client has read it: many clients send all of a body before they read anything. So our side is closed first, and what
//! still comes is read and dropped, within bounds (lingering close, RFC 9112 section 9.6).

use std::time::Duration;

use axum::response::IntoResponse;
use store::RequestId;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::client_socket::Remains;
use crate::error::ApiError;

/// Bytes that are read and dropped after the response: twice the largest body that an installation takes by default.
const LINGER_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The time that this may take, and the pause that a client may make meanwhile.
const LINGER_MAX: Duration = Duration::from_secs(30);
const LINGER_PAUSE: Duration = Duration::from_secs(3);
/// Bytes that are read at once.
const LINGER_READ: usize = 64 * 1024;
/// The time that a client has to take a refusal.
const REFUSAL_WAIT: Duration = Duration::from_secs(2);

/// Ends what is left of a connection. `has_unread_body`: a response was sent before its request was read.
pub(super) async fn end(remains: Remains, id: RequestId, has_unread_body: bool) {
    let Remains { mut stream, fault } = remains;
    if let Some(fault) = fault {
        refuse(&mut stream, &fault.into(), id).await;
    }
    if stream.shutdown().await.is_err() {
        return;
    }
    if has_unread_body || fault.is_some() || has_more(&stream) {
        linger(stream).await;
    }
}

/// Sends a refusal of which no request is known.
pub(super) async fn refuse(stream: &mut TcpStream, error: &ApiError, id: RequestId) {
    let body = error.envelope();
    let response = error.clone().into_response();
    let mut message = format!("HTTP/1.1 {}\r\n", response.status()).into_bytes();
    for (name, value) in response.headers() {
        message.extend_from_slice(name.as_str().as_bytes());
        message.extend_from_slice(b": ");
        message.extend_from_slice(value.as_bytes());
        message.extend_from_slice(b"\r\n");
    }
    let length = body.len();
    let rest =
        format!("connection: close\r\nx-request-id: {id}\r\ncontent-length: {length}\r\n\r\n");
    message.extend_from_slice(rest.as_bytes());
    message.extend_from_slice(&body);
    let _ = timeout(REFUSAL_WAIT, stream.write_all(&message)).await;
}

/// Looks whether the client sent something that nobody read.
fn has_more(stream: &TcpStream) -> bool {
    matches!(stream.try_read(&mut [0]), Ok(1))
}

async fn linger(mut stream: TcpStream) {
    let mut sink = vec![0; LINGER_READ];
    let mut left = LINGER_BYTES_MAX;
    let _ = timeout(LINGER_MAX, async {
        while let Ok(Ok(read)) = timeout(LINGER_PAUSE, stream.read(&mut sink)).await {
            if read == 0 || read > left {
                return;
            }
            left -= read;
        }
    })
    .await;
}

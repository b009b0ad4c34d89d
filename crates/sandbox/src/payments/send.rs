//! Sends a message to a server on this machine, and to no other.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::{Request, Uri};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::Message;

/// Sends it; the status of the response, if there is one.
pub(super) async fn send(url: &str, message: &Message) -> Option<u16> {
    let uri: Uri = url.parse().ok()?;
    let authority = uri.authority()?.as_str().to_owned();
    let address: std::net::SocketAddr = authority.replace("localhost", "127.0.0.1").parse().ok()?;
    if !address.ip().is_loopback() {
        return None;
    }
    let path = match (uri.query(), message.query.as_str()) {
        (None, "") => uri.path().to_owned(),
        (None, query) | (Some(query), "") => format!("{}?{query}", uri.path()),
        (Some(first), query) => format!("{}?{first}&{query}", uri.path()),
    };
    let mut request = Request::builder()
        .method(message.method)
        .uri(path)
        .header(HOST, authority)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    for (name, value) in &message.headers {
        request = request.header(*name, value);
    }
    let body = Full::new(Bytes::from(message.body.clone()));
    let request = request.body(body).ok()?;
    let stream = TcpStream::connect(address).await.ok()?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
    let exchange = sender.send_request(request);
    tokio::pin!(connection, exchange);
    let response = tokio::select! {
        response = &mut exchange => response,
        _ = &mut connection => exchange.await,
    };
    Some(response.ok()?.status().as_u16())
}

//! Connections against servers that behave badly, or slowly, or speak TLS.
#![expect(
    clippy::disallowed_methods,
    reason = "the servers of a test end with it"
)]

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use bytes::Bytes;
use http::Uri;
use llm::language::Target;
use llm::operation::RequestBody;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::auth::ReadyAuth;
use super::call::Call;
use super::connection::IdleState;
use super::{
    ForwardedHeaders, PreparedRequest, ResponseHead, ResponseStream, Upstream, UpstreamOrigin, tls,
};
use crate::clock::Clock;
use crate::config::{UpstreamConfig, default_of};

/// More than the sockets between client and server hold.
const LARGE: usize = 12 * 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(20);
const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

fn upstream(tls: ClientConfig) -> Upstream {
    let config: UpstreamConfig = default_of("upstream");
    Upstream::new(&config, tls, Arc::default(), Clock::System)
}

async fn listener(scheme: &str) -> (TcpListener, UpstreamOrigin) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let uri: Uri = format!("{scheme}://localhost:{port}/v1").parse().unwrap();
    (listener, UpstreamOrigin::of(&uri).unwrap())
}

fn call(origin: &UpstreamOrigin, length: usize) -> Call {
    let target = Target::of_path("/chat/completions");
    let json = RequestBody::Json {
        may_hold_media: false,
    };
    let prepared = PreparedRequest::new(origin, "http://localhost/v1", &target, json, &[]).unwrap();
    let body = Bytes::from(vec![b' '; length]);
    let forwarded = ForwardedHeaders::default();
    let call = prepared.call(&ReadyAuth::None, &forwarded, body);
    call.unwrap()
}

async fn exchange(
    upstream: &Upstream,
    origin: &UpstreamOrigin,
    length: usize,
) -> Result<(ResponseHead, ResponseStream), String> {
    let call = call(origin, length);
    let is_sent = AtomicBool::default();
    timeout(PATIENCE, upstream.exchange(origin, &call, &is_sent))
        .await
        .expect("a response in time")
}

async fn collect(mut body: ResponseStream) -> Vec<u8> {
    let mut all = Vec::new();
    while let Some(part) = timeout(PATIENCE, body.data()).await.unwrap() {
        all.extend_from_slice(&part.unwrap());
    }
    all
}

/// Reads up to the end of a head; returns how much of the body came along.
async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> Option<usize> {
    let mut head = Vec::new();
    loop {
        if stream.read_buf(&mut head).await.ok()? == 0 {
            return None;
        }
        if let Some(end) = head.windows(4).position(|part| part == b"\r\n\r\n") {
            return Some(head.len() - end - 4);
        }
    }
}

/// Responses requests with bodies of these lengths on one connection, each when it was read to its end.
async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, lengths: &[usize]) {
    for length in lengths {
        let mut read = read_head(&mut stream).await.unwrap();
        let mut buffer = vec![0; 16 * 1024];
        while read < *length {
            let more = stream.read(&mut buffer).await.unwrap();
            assert_ne!(more, 0, "the request was cut");
            read += more;
        }
        stream.write_all(OK).await.unwrap();
        stream.flush().await.unwrap();
    }
}

/// A server's configuration and a client's that trusts it.
fn trusted_pair() -> (ServerConfig, ClientConfig) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let server = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    (server, client)
}

/// The TLS library holds up to 64 KiB that the socket did not take: of lengths that are closer together, some
/// leave their last bytes there when all seems written.
fn lengths_that_end_in_every_state() -> Vec<usize> {
    let lengths = (0..96).map(|step| 1024 * 1024 + step * 48 * 1024);
    lengths.chain([10, LARGE, 10]).collect()
}

#[tokio::test]
async fn a_large_request_over_tls_arrives_whole_and_its_connection_is_used_again() {
    let (server, client) = trusted_pair();
    let (listener, origin) = listener("https").await;
    let serving = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(server));
        let stream = acceptor.accept(stream).await.unwrap();
        serve(stream, &lengths_that_end_in_every_state()).await;
    });
    let upstream = upstream(client);
    for length in lengths_that_end_in_every_state() {
        let (head, body) = exchange(&upstream, &origin, length).await.unwrap();
        assert_eq!((head.status, collect(body).await), (200, b"{}".to_vec()));
    }
    serving.await.unwrap();
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused() {
    let (server, _) = trusted_pair();
    let (listener, origin) = listener("https").await;
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let _ = TlsAcceptor::from(Arc::new(server)).accept(stream).await;
    });
    let error = exchange(&upstream(tls().unwrap()), &origin, 10)
        .await
        .unwrap_err();
    assert!(error.contains("certificate"), "{error}");
}

/// Takes connections, reads of each request only the head, and responds with `response`.
async fn hasty(listener: TcpListener, response: &'static [u8]) {
    let mut kept: Vec<TcpStream> = Vec::new();
    while let Ok((mut stream, _)) = listener.accept().await {
        read_head(&mut stream).await.unwrap();
        stream.write_all(response).await.unwrap();
        kept.push(stream);
    }
}

#[tokio::test]
async fn a_response_that_comes_before_the_request_was_read_is_taken_and_its_connection_is_not() {
    let (listener, origin) = listener("http").await;
    let refusal = b"HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\n{}";
    let serving = tokio::spawn(hasty(listener, refusal));
    let upstream = upstream(tls().unwrap());
    for _ in 0..2 {
        let (head, body) = exchange(&upstream, &origin, LARGE).await.unwrap();
        assert_eq!((head.status, collect(body).await), (413, b"{}".to_vec()));
        assert!(upstream.pool.take(&origin.key).is_none());
    }
    serving.abort();
}

#[tokio::test]
async fn announcements_of_a_response_are_passed_over_but_not_for_ever() {
    const EARLY: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
    let upstream = upstream(tls().unwrap());
    let (first, origin) = listener("http").await;
    let serving = tokio::spawn(hasty(first, EARLY));
    let (head, body) = exchange(&upstream, &origin, 10).await.unwrap();
    assert_eq!((head.status, collect(body).await), (200, b"{}".to_vec()));
    serving.abort();
    let (second, origin) = listener("http").await;
    let many: &'static [u8] = b"HTTP/1.1 100 Continue\r\n\r\n".repeat(100).leak();
    let serving = tokio::spawn(hasty(second, many));
    let error = exchange(&upstream, &origin, 10).await.unwrap_err();
    assert_eq!(error, "it announces a response again and again");
    serving.abort();
}

#[tokio::test]
async fn what_was_read_does_not_print() {
    let (listener, origin) = listener("http").await;
    let serving = tokio::spawn(hasty(
        listener,
        b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhush",
    ));
    let (_, body) = exchange(&upstream(tls().unwrap()), &origin, 10)
        .await
        .unwrap();
    assert!(!format!("{body:?}").contains("hush"));
    serving.abort();
}

/// Serves one connection after the other: so many responses, and when it is told to, what nobody asked for.
async fn idle_after(
    listener: TcpListener,
    unasked: &'static [u8],
    responses: usize,
    turn: Arc<Notify>,
) {
    let mut kept: Vec<TcpStream> = Vec::new();
    while let Ok((mut stream, _)) = listener.accept().await {
        for _ in 0..responses {
            if read_head(&mut stream).await.is_none() {
                break;
            }
            stream.write_all(OK).await.unwrap();
        }
        turn.notified().await;
        stream.write_all(unasked).await.unwrap();
        kept.push(stream);
    }
}

/// Waits until the connection that was used last is found in this state.
async fn found(upstream: &Upstream, origin: &UpstreamOrigin, state: IdleState) {
    let mut connection = upstream.pool.take(&origin.key).unwrap();
    let wait = async {
        while connection.idle_state() == IdleState::Open {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, wait).await.unwrap();
    assert_eq!(connection.idle_state(), state);
    upstream.pool.give_back(&origin.key, connection);
}

#[tokio::test]
async fn bytes_on_an_idle_connection_end_all_reuse_of_its_origin() {
    let (listener, origin) = listener("http").await;
    let unasked = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nof others";
    let turn = Arc::new(Notify::new());
    let serving = tokio::spawn(idle_after(listener, unasked, 1, Arc::clone(&turn)));
    let upstream = upstream(tls().unwrap());
    let (_, body) = exchange(&upstream, &origin, 10).await.unwrap();
    collect(body).await;
    turn.notify_one();
    found(&upstream, &origin, IdleState::Desynced).await;
    let (_, body) = exchange(&upstream, &origin, 10).await.unwrap();
    assert_eq!(collect(body).await, b"{}", "not the response of others");
    assert!(
        upstream.pool.take(&origin.key).is_none(),
        "the connection after it is not kept either"
    );
    serving.abort();
}

#[tokio::test]
async fn bytes_behind_the_end_of_a_response_are_of_nobody() {
    let (listener, origin) = listener("http").await;
    let long: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n";
    let serving = tokio::spawn(hasty(listener, long));
    let upstream = upstream(tls().unwrap());
    let (_, body) = exchange(&upstream, &origin, 10).await.unwrap();
    assert_eq!(collect(body).await, b"{}");
    assert!(upstream.pool.take(&origin.key).is_none());
    serving.abort();
}

#[tokio::test]
async fn a_farewell_on_an_idle_connection_is_no_reason_to_distrust_its_origin() {
    let (listener, origin) = listener("http").await;
    let farewell = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n\r\n";
    let turn = Arc::new(Notify::new());
    let serving = tokio::spawn(idle_after(listener, farewell, 2, Arc::clone(&turn)));
    let upstream = upstream(tls().unwrap());
    for _ in 0..2 {
        let (_, body) = exchange(&upstream, &origin, 10).await.unwrap();
        collect(body).await;
    }
    turn.notify_one();
    found(&upstream, &origin, IdleState::Closed).await;
    let (_, body) = exchange(&upstream, &origin, 10).await.unwrap();
    collect(body).await;
    assert!(upstream.pool.take(&origin.key).is_some());
    serving.abort();
}

/// Responds to the first request of each connection, and ends the connection when the second has arrived.
async fn closing_on_the_second(listener: TcpListener, is_reset: bool) {
    while let Ok((mut stream, _)) = listener.accept().await {
        tokio::spawn(async move {
            if read_head(&mut stream).await.is_some() {
                stream.write_all(OK).await.unwrap();
                read_head(&mut stream).await;
                if is_reset {
                    stream.set_zero_linger().unwrap();
                }
            }
        });
    }
}

#[tokio::test]
async fn a_request_that_meets_the_end_of_a_reused_connection_is_sent_once_more() {
    for is_reset in [false, true] {
        for length in [10, LARGE] {
            let (listener, origin) = listener("http").await;
            let serving = tokio::spawn(closing_on_the_second(listener, is_reset));
            let upstream = upstream(tls().unwrap());
            for _ in 0..3 {
                let (_, body) = exchange(&upstream, &origin, 10).await.unwrap();
                collect(body).await;
                let (head, body) = exchange(&upstream, &origin, length).await.unwrap();
                assert_eq!((head.status, collect(body).await), (200, b"{}".to_vec()));
            }
            serving.abort();
        }
    }
}

#[tokio::test]
async fn a_request_that_meets_the_end_of_a_new_connection_is_not_sent_again() {
    let (listener, origin) = listener("http").await;
    let serving = tokio::spawn(async move {
        let mut requests = 0;
        for _ in 0..2 {
            let accepted = timeout(Duration::from_millis(200), listener.accept()).await;
            let Ok(Ok((mut stream, _))) = accepted else {
                break;
            };
            read_head(&mut stream).await.unwrap();
            requests += 1;
        }
        requests
    });
    let upstream = upstream(tls().unwrap());
    let error = exchange(&upstream, &origin, 10).await.unwrap_err();
    assert_eq!(error, "the connection was closed before a response");
    assert_eq!(serving.await.unwrap(), 1);
}

#[tokio::test]
async fn a_connection_that_refused_a_long_request_is_not_used_again() {
    let upstream = upstream(tls().unwrap());
    for (length, is_kept) in [(10, true), (64 * 1024, false)] {
        let (listener, origin) = listener("http").await;
        let refusal = b"HTTP/1.1 400 Bad\r\ncontent-length: 2\r\n\r\n{}";
        let serving = tokio::spawn(hasty(listener, refusal));
        let (_, body) = exchange(&upstream, &origin, length).await.unwrap();
        collect(body).await;
        assert_eq!(
            upstream.pool.take(&origin.key).is_some(),
            is_kept,
            "{length}"
        );
        serving.abort();
    }
}

#[tokio::test]
async fn an_address_that_needs_a_setting_is_not_connected_to() {
    let upstream = upstream(tls().unwrap());
    for (url, setting) in [
        ("http://169.254.169.254/v1", "upstream.allow_link_local"),
        ("https://[fe80::1]/v1", "upstream.allow_link_local"),
        ("http://192.0.2.1/v1", "upstream.allow_public_http"),
    ] {
        let origin = UpstreamOrigin::of(&url.parse().unwrap()).unwrap();
        let error = exchange(&upstream, &origin, 10).await.unwrap_err();
        assert!(error.contains(setting), "{error}");
    }
}

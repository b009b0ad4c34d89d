//! Every limit of `[server]` and `[upstream]`, hit. (Timeouts of streams, event sizes, attempts and JSON
//! depth are in `openai/`, lookups in `auth`, the drain in `shutdown`.)

mod providers;

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::upstream_stub::delta;
use crate::support::{Caller, OpenResponse, Script, TestApp, chat, soon, until};

async fn socket(app: &TestApp) -> TcpStream {
    TcpStream::connect(app.address).await.unwrap()
}

/// Everything until the other side closes.
async fn rest(socket: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset after the response is an end too.
    let _ = soon("the end of a connection", socket.read_to_end(&mut bytes)).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

fn head(caller: &Caller, more: &str) -> String {
    format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n{more}\r\n",
        caller.secret
    )
}

/// A stream that goes on, and with it its connection.
async fn busy(app: &TestApp, caller: &Caller) -> OpenResponse {
    app.stub.once(Script::open_stream([delta("a")]).stall());
    let mut response = caller.open_chat(chat("plain", r#","stream":true"#)).await;
    response.read_until("\"a\"").await;
    response
}

#[tokio::test]
async fn one_connection_too_many_is_told_so_and_a_closed_one_makes_room() {
    let app = TestApp::builder()
        .set("server.connections_max", 2)
        .start()
        .await;
    let caller = app.key("free").await;
    let (one, _two) = (busy(&app, &caller).await, busy(&app, &caller).await);
    for _ in 0..20 {
        let response = caller.get("/v1/models").await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (503, "too_many_connections")
        );
        assert_eq!(response.number("retry-after"), 1);
        assert!(
            response.header("x-request-id").is_some(),
            "every response carries x-request-id"
        );
    }
    assert_eq!(app.app.metrics.connections_refused.get(), 20);
    drop(one);
    until("one connection", || app.app.metrics.connections.get() == 1).await;
    assert_eq!(caller.get("/v1/models").await.status, 200);
}

#[tokio::test]
async fn headers_that_are_too_large_or_too_many_are_431() {
    let app = TestApp::builder()
        .set("server.header_bytes_max", 8192)
        .start()
        .await;
    let caller = app.key("free").await;
    assert_eq!(
        caller
            .with("x-filler", "x".repeat(6000))
            .get("/v1/models")
            .await
            .status,
        200
    );
    assert_eq!(
        caller
            .with("x-filler", "x".repeat(9000))
            .get("/v1/models")
            .await
            .status,
        431
    );
    let mut many = caller.clone();
    for number in 0..101 {
        many = many.with(&format!("x-filler-{number}"), "x");
    }
    assert_eq!(many.get("/v1/models").await.status, 431);
    let response = caller
        .get(&format!("/v1/models/{}", "x".repeat(9000)))
        .await;
    assert!(matches!(response.status, 414 | 431), "{}", response.status);
}

#[tokio::test]
async fn a_client_that_does_not_finish_its_headers_is_let_go() {
    let app = TestApp::builder()
        .set("server.header_read_timeout_ms", 100)
        .start()
        .await;
    let mut socket = socket(&app).await;
    socket
        .write_all(b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nx-slow: ")
        .await
        .unwrap();
    let response = rest(&mut socket).await;
    assert!(
        response.is_empty() || response.starts_with("HTTP/1.1 408 "),
        "{response}"
    );
}

#[tokio::test]
async fn a_client_that_says_nothing_at_all_is_let_go() {
    let app = TestApp::builder()
        .set("server.header_read_timeout_ms", 100)
        .start()
        .await;
    let mut still_open = vec![];
    for beginning in ["", "P", "PRI * HTTP/2.0\r\n", "GET"] {
        let mut socket = socket(&app).await;
        socket.write_all(beginning.as_bytes()).await.unwrap();
        let mut byte = [0u8; 1];
        let closed = tokio::time::timeout(Duration::from_secs(1), socket.read(&mut byte)).await;
        if closed.is_err() {
            still_open.push(beginning);
        }
    }
    assert!(
        still_open.is_empty(),
        "still open after a second, having sent {still_open:?}; server.header_read_timeout_ms is 100"
    );
}

#[tokio::test]
async fn a_body_that_is_too_large_is_413_announced_or_not() {
    let app = TestApp::builder()
        .set("server.body_bytes_max", 1000)
        .start()
        .await;
    let caller = app.key("free").await;
    let of_length = |length: usize| {
        let body = chat("plain", "");
        format!("{body}{}", " ".repeat(length - body.len()))
    };
    assert_eq!(caller.chat(of_length(1000)).await.status, 200);
    let response = caller.chat(of_length(1001)).await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (413, "request_too_large")
    );
    // Announced only: refused before a byte of it is sent.
    let mut announced = socket(&app).await;
    announced
        .write_all(head(&caller, "content-length: 9999999999\r\n").as_bytes())
        .await
        .unwrap();
    assert!(rest(&mut announced).await.starts_with("HTTP/1.1 413 "));
    // In chunks, nothing announced.
    let mut chunked = socket(&app).await;
    chunked
        .write_all(head(&caller, "transfer-encoding: chunked\r\n").as_bytes())
        .await
        .unwrap();
    for _ in 0..11 {
        let chunk = format!("64\r\n{}\r\n", " ".repeat(100));
        if chunked.write_all(chunk.as_bytes()).await.is_err() {
            break;
        }
    }
    assert!(rest(&mut chunked).await.starts_with("HTTP/1.1 413 "));
    assert_eq!(app.stub.requests().len(), 1);
}

#[tokio::test]
async fn a_body_of_many_pieces_arrives_whole() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let body = chat("plain", "");
    let mut socket = socket(&app).await;
    socket.set_nodelay(true).unwrap();
    socket
        .write_all(
            head(
                &caller,
                "connection: close\r\ntransfer-encoding: chunked\r\n",
            )
            .as_bytes(),
        )
        .await
        .unwrap();
    for byte in body.bytes() {
        socket
            .write_all(&[b'1', b'\r', b'\n', byte, b'\r', b'\n'])
            .await
            .unwrap();
    }
    socket.write_all(b"0\r\n\r\n").await.unwrap();
    assert!(rest(&mut socket).await.starts_with("HTTP/1.1 200 "));
    assert_eq!(app.stub.last().body, body);
}

#[tokio::test]
async fn a_body_that_pauses_is_408_and_one_that_ends_early_is_400() {
    let app = TestApp::builder()
        .set("server.body_idle_timeout_ms", 100)
        .start()
        .await;
    let caller = app.key("free").await;
    let mut paused = socket(&app).await;
    paused
        .write_all(head(&caller, "content-length: 100\r\n").as_bytes())
        .await
        .unwrap();
    paused.write_all(b"{\"model\"").await.unwrap();
    let response = rest(&mut paused).await;
    assert!(
        response.starts_with("HTTP/1.1 408 ") && response.contains("request_timeout"),
        "{response}"
    );
    let mut cut = socket(&app).await;
    cut.write_all(head(&caller, "content-length: 100\r\n").as_bytes())
        .await
        .unwrap();
    cut.write_all(b"{\"model\"").await.unwrap();
    cut.shutdown().await.unwrap();
    let response = rest(&mut cut).await;
    assert!(
        response.is_empty() || response.starts_with("HTTP/1.1 400 "),
        "{response}"
    );
    let event = app.event(2).await;
    assert!(
        matches!(event["end"].as_str(), Some("refused" | "client_closed")),
        "{event}"
    );
    assert_eq!(event["admitted"], 0);
    assert!(app.stub.requests().is_empty());
}

#[tokio::test]
async fn a_client_that_does_not_read_is_let_go_and_the_upstream_with_it() {
    let app = TestApp::builder()
        .set("server.write_timeout_ms", 200)
        .start()
        .await;
    let caller = app.key("free").await;
    app.stub
        .once(Script::open_stream([delta("a")]).flood(&delta(&"b".repeat(60_000))));
    let body = chat("plain", r#","stream":true"#);
    let mut socket = socket(&app).await;
    let request = head(&caller, &format!("content-length: {}\r\n", body.len()));
    socket
        .write_all(format!("{request}{body}").as_bytes())
        .await
        .unwrap();
    let event = app.event(1).await;
    assert_eq!(
        (event["end"].as_str(), event["counted_by"].as_str()),
        (Some("client_closed"), Some("estimate"))
    );
    app.stub.wait_until_left(1).await;
}

#[tokio::test]
async fn more_keys_than_the_cache_holds_still_work() {
    let app = TestApp::builder()
        .set("auth.cached_keys_max", 1)
        .start()
        .await;
    let callers = [
        app.key("free").await,
        app.key("free").await,
        app.key("free").await,
    ];
    for used in 1..=3 {
        for caller in &callers {
            let response = caller.chat(chat("plain", r#","max_tokens":1"#)).await;
            assert_eq!(
                (response.status, response.number("x-ratelimit-used")),
                (200, used)
            );
        }
    }
    app.revoke(&callers[0]).await;
    assert_eq!(callers[0].get("/v1/models").await.status, 403);
}

#[tokio::test]
async fn a_body_that_trickles_in_does_not_outlast_the_total_timeout() {
    let app = TestApp::builder()
        .set("upstream.connect_timeout_ms", 50)
        .set("upstream.first_byte_timeout_ms", 100)
        .set("upstream.gap_timeout_ms", 100)
        .set("upstream.total_timeout_ms", 200)
        .start()
        .await;
    let caller = app.key("free").await;
    let mut socket = socket(&app).await;
    socket
        .write_all(head(&caller, "content-length: 100000\r\n").as_bytes())
        .await
        .unwrap();
    let trickle = async {
        let mut byte = [0u8; 1];
        loop {
            if socket.write_all(b" ").await.is_err() {
                return;
            }
            if tokio::time::timeout(Duration::from_millis(20), socket.read(&mut byte))
                .await
                .is_ok()
            {
                return;
            }
        }
    };
    let answered = tokio::time::timeout(Duration::from_secs(2), trickle).await;
    assert!(
        answered.is_ok(),
        "no response after two seconds; upstream.total_timeout_ms (\"a request in all\") is 200"
    );
}

//! Limits on what providers send, and on the connections to them.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::support::upstream_stub::COMPLETION;
use crate::support::{Script, TestApp, chat, until};

#[tokio::test]
async fn a_response_that_is_too_large_is_a_bad_gateway() {
    let app = TestApp::builder()
        .set("upstream.response_bytes_max", 1000)
        .start()
        .await;
    let caller = app.key("free").await;
    let of_length =
        |length: usize| format!("{}{COMPLETION}", " ".repeat(length - COMPLETION.len()));
    app.stub.once(Script::json(&of_length(1000)));
    assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    app.stub.once(Script::json(&of_length(1001)));
    let response = caller.chat(chat("plain", "")).await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (502, "upstream_error")
    );
    // A refusal is read for its reason only so far.
    app.stub.once(Script::status(
        400,
        "",
        &format!(
            r#"{{"x":"{}","error":{{"message":"no"}}}}"#,
            "x".repeat(100_000)
        ),
    ));
    assert_eq!(caller.chat(chat("plain", "")).await.status, 400);
}

#[tokio::test]
async fn headers_of_a_response_that_are_too_large_are_a_bad_gateway() {
    let app = TestApp::builder()
        .set("upstream.header_bytes_max", 8192)
        .start()
        .await;
    let caller = app.key("free").await;
    let header = |length: usize| format!("x-filler: {}\r\n", "x".repeat(length));
    app.stub
        .once(Script::status(200, &header(6000), COMPLETION));
    assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    app.stub
        .once(Script::status(200, &header(9000), COMPLETION));
    let response = caller.chat(chat("plain", "")).await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (502, "upstream_error")
    );
}

#[tokio::test]
async fn a_provider_that_does_not_take_the_connection_is_given_up() {
    let app = TestApp::builder()
        .set("upstream.connect_timeout_ms", 200)
        .set("upstream.first_byte_timeout_ms", 60_000)
        .catalog(&crate::support::test_app::CATALOG.replace("SECOND", "http://127.0.0.1:1/v1"))
        .start()
        .await;
    let caller = app.key("free").await;
    let response = caller.chat(chat("second-only", "")).await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (502, "upstream_error"),
        "nobody listens"
    );
    // A queue of connections that is full: the system drops what comes on top.
    let full = TcpSocket::new_v4().unwrap();
    full.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = full.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = vec![];
    while let Ok(Ok(stream)) =
        tokio::time::timeout(Duration::from_millis(100), TcpStream::connect(address)).await
    {
        waiting.push(stream);
    }
    let text = std::fs::read_to_string(app.catalog_path()).unwrap();
    std::fs::write(
        app.catalog_path(),
        text.replace("127.0.0.1:1/", &format!("{address}/")),
    )
    .unwrap();
    app.signal(gateway::server::Signal::Reload).await;
    until("the catalogue", || {
        let catalog = app.app.catalog.load();
        let model = catalog.model("second-only").unwrap().clone();
        model.deployments()[0].provider.origin.address() == address.to_string()
    })
    .await;
    let response = caller.chat(chat("second-only", "")).await;
    assert_eq!(response.status, 502);
    assert!(matches!(
        response.code().as_str(),
        "upstream_error" | "upstream_timeout"
    ));
}

#[tokio::test]
async fn connections_to_a_provider_are_used_again_and_let_go_when_idle() {
    let app = TestApp::builder()
        .set("upstream.idle_timeout_ms", 300)
        .start()
        .await;
    let caller = app.key("enterprise").await;
    for _ in 0..3 {
        assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    }
    assert_eq!(app.stub.opened(), 1);
    app.stub.wait_until_closed(1).await;
    assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    assert_eq!(app.stub.opened(), 2);
}

#[tokio::test]
async fn no_more_idle_connections_are_kept_than_allowed() {
    let app = TestApp::builder()
        .set("upstream.idle_connections_max", 1)
        .start()
        .await;
    let caller = app.key("enterprise").await;
    let gate = crate::support::Gate::new();
    app.stub
        .always(Script::nothing().wait(&gate).then_json(COMPLETION));
    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..3 {
        let caller = caller.clone();
        requests.spawn(async move { caller.chat(chat("plain", "")).await.status });
    }
    app.stub.wait_for_requests(3).await;
    gate.open();
    assert_eq!(requests.join_all().await, [200, 200, 200]);
    app.stub.wait_until_closed(2).await;
}

#[tokio::test]
async fn a_stale_connection_to_a_provider_costs_no_request() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    for _ in 0..20 {
        app.stub.once(Script::json(COMPLETION).close());
        assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    }
}

#[tokio::test]
async fn a_connection_whose_request_was_not_taken_whole_is_not_used_again() {
    let socket = TcpSocket::new_v4().unwrap();
    // So small that a long request cannot wait in it.
    socket.set_recv_buffer_size(4096).unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(8).unwrap();
    let address = listener.local_addr().unwrap();
    let catalog =
        crate::support::test_app::CATALOG.replace("SECOND", &format!("http://{address}/v1"));
    let app = TestApp::builder()
        .set("server.body_bytes_max", 32 << 20)
        .catalog(&catalog)
        .start()
        .await;
    let caller = app.key("enterprise").await;
    let response = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{COMPLETION}",
        COMPLETION.len()
    );
    // Responds to each connection once, as soon as a request begins.
    let provider = tokio::spawn(async move {
        let mut connections = vec![];
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut byte = [0u8; 1];
            stream.read_exact(&mut byte).await.unwrap();
            stream.write_all(response.as_bytes()).await.unwrap();
            connections.push(stream);
        }
    });
    let long = chat(
        "second-only",
        &format!(r#","user":"{}""#, "x".repeat(16 << 20)),
    );
    for _ in 0..2 {
        assert_eq!(caller.chat(long.clone()).await.status, 200);
    }
    provider.await.unwrap();
}

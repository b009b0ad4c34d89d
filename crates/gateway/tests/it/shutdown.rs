//! The first stop lets responses end, the second cuts them; either way what was used is written.

use gateway::server::Signal;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::upstream_stub::{DONE, delta};
use crate::support::{Gate, Script, TestApp, chat, soon, until};

const STREAM: &str = r#","stream":true"#;

#[tokio::test]
async fn a_server_whose_vital_job_is_down_is_not_ready_but_healthy() {
    let app = TestApp::new().await;
    app.app.metrics.vital_jobs_down.inc();
    let response = app.anonymous().get("/readyz").await;
    assert_eq!(
        (response.status, response.text()),
        (503, r#"{"status":"job_down"}"#.to_owned())
    );
    assert_eq!(app.anonymous().get("/healthz").await.status, 200);
    app.app.metrics.vital_jobs_down.dec();
    assert_eq!(app.anonymous().get("/readyz").await.status, 200);
}

#[tokio::test]
async fn a_stop_lets_a_stream_end_and_takes_nothing_new() {
    let mut app = TestApp::new().await;
    let caller = app.key("free").await;
    let gate = Gate::new();
    app.stub.once(
        Script::open_stream([delta("a")])
            .wait(&gate)
            .chunk(delta("b"))
            .chunk(DONE)
            .end(),
    );
    let mut response = caller.open_chat(chat("plain", STREAM)).await;
    response.read_until("data: ").await;
    app.signal(Signal::Stop).await;
    until("the drain", || app.app.process.draining.is_cancelled()).await;
    gate.open();
    response.read_until(DONE).await;
    app.stopped().await;
    assert!(tokio::net::TcpStream::connect(app.address).await.is_err());
    let events = app.stored_events().await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["end"], "completed");
}

#[tokio::test]
async fn readiness_says_no_while_draining_and_health_says_yes() {
    let app = TestApp::new().await;
    assert_eq!(
        app.anonymous().get("/readyz").await.text(),
        r#"{"status":"ready"}"#
    );
    app.app.process.draining.cancel();
    let response = app.anonymous().get("/readyz").await;
    assert_eq!(
        (response.status, response.text().as_str()),
        (503, r#"{"status":"draining"}"#)
    );
    assert_eq!(app.anonymous().get("/healthz").await.status, 200);
}

#[tokio::test]
async fn a_balancer_can_read_that_the_server_is_draining() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let gate = Gate::new();
    app.stub.once(
        Script::open_stream([delta("a")])
            .wait(&gate)
            .chunk(DONE)
            .end(),
    );
    let mut response = caller.open_chat(chat("plain", STREAM)).await;
    response.read_until("data: ").await;
    app.signal(Signal::Stop).await;
    until("the drain", || app.app.process.draining.is_cancelled()).await;
    // A stream still runs, so the server is there; who asks whether to send more must get a response.
    let connection = tokio::net::TcpStream::connect(app.address).await;
    assert!(
        connection.is_ok(),
        "the door was closed with the first signal: /readyz never says 503 to anybody"
    );
    assert_eq!(app.anonymous().get("/readyz").await.status, 503);
    gate.open();
}

#[tokio::test]
async fn a_connection_without_a_request_does_not_hold_up_the_stop() {
    let mut app = TestApp::builder()
        .set("server.drain_timeout_ms", 60_000)
        .start()
        .await;
    let mut silent = tokio::net::TcpStream::connect(app.address).await.unwrap();
    let mut used = tokio::net::TcpStream::connect(app.address).await.unwrap();
    used.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut beginning = [0u8; 12];
    used.read_exact(&mut beginning).await.unwrap();
    until("two connections", || app.app.metrics.connections.get() == 2).await;
    app.stop().await;
    let mut rest = Vec::new();
    let _ = soon("the end", used.read_to_end(&mut rest)).await;
    let _ = soon("the end", silent.read_to_end(&mut rest)).await;
}

#[tokio::test]
async fn a_second_stop_cuts_a_stream_with_an_error_event() {
    let mut app = TestApp::builder()
        .set("server.drain_timeout_ms", 60_000)
        .start()
        .await;
    let caller = app.key("free").await;
    app.stub
        .once(Script::open_stream([delta("12345678")]).stall());
    let mut response = caller.open_chat(chat("plain", STREAM)).await;
    response.read_until("data: ").await;
    app.signal(Signal::Stop).await;
    app.signal(Signal::Stop).await;
    let response = response.whole().await;
    assert!(!response.is_broken);
    let events = response.events();
    assert!(
        events.last().unwrap().contains("service_unavailable"),
        "{events:?}"
    );
    assert!(!response.text().contains("[DONE]"));
    app.stopped().await;
    let events = app.stored_events().await;
    assert_eq!(
        (
            events.len(),
            events[0]["end"].as_str(),
            events[0]["output"].as_u64()
        ),
        (1, Some("broken"), Some(2))
    );
}

#[tokio::test]
async fn the_drain_does_not_last_for_ever() {
    let mut app = TestApp::builder()
        .set("server.drain_timeout_ms", 100)
        .start()
        .await;
    let caller = app.key("free").await;
    app.stub.once(Script::open_stream([delta("a")]).stall());
    let mut response = caller.open_chat(chat("plain", STREAM)).await;
    response.read_until("data: ").await;
    app.signal(Signal::Stop).await;
    assert!(
        response
            .whole()
            .await
            .text()
            .contains("service_unavailable")
    );
    app.stopped().await;
    assert_eq!(app.stored_events().await[0]["end"], "broken");
}

#[tokio::test]
async fn a_plain_request_that_is_cut_is_answered_and_leaves_its_event() {
    let mut app = TestApp::builder()
        .set("server.drain_timeout_ms", 100)
        .start()
        .await;
    let caller = app.key("free").await;
    app.stub.once(Script::nothing().stall());
    let request = {
        let caller = caller.clone();
        tokio::spawn(async move { caller.chat(chat("plain", "")).await })
    };
    app.stub.wait_for_requests(1).await;
    app.stop().await;
    let events = app.stored_events().await;
    assert_eq!(
        events.len(),
        1,
        "the request was admitted and its event was lost"
    );
    let response = soon("the response", request).await.unwrap();
    assert_eq!(response.status, 503);
}

#[tokio::test]
async fn a_stream_whose_client_does_not_read_leaves_its_event_when_it_is_cut() {
    let mut app = TestApp::builder()
        .set("server.drain_timeout_ms", 100)
        .start()
        .await;
    let caller = app.key("free").await;
    app.stub
        .once(Script::open_stream([delta("a")]).flood(&delta(&"b".repeat(60_000))));
    let mut socket = tokio::net::TcpStream::connect(app.address).await.unwrap();
    let body = chat("plain", STREAM);
    let request = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\n\r\n{body}",
        caller.secret,
        body.len()
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    app.stub.wait_for_requests(1).await;
    app.stub.wait_until_dammed().await;
    app.stop().await;
    assert_eq!(
        app.stored_events().await.len(),
        1,
        "the request was admitted and its event was lost"
    );
}

#[tokio::test]
async fn what_was_used_is_written_at_the_stop() {
    let mut app = TestApp::builder()
        .set("metering.flush_interval_ms", 600_000)
        .start()
        .await;
    let caller = app.key("enterprise").await;
    for _ in 0..5 {
        assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    }
    assert!(app.stored_events().await.is_empty());
    app.stop().await;
    assert_eq!(app.stored_events().await.len(), 5);
    let sql = "SELECT last_used_at_ms IS NOT NULL FROM api_keys";
    let is_kept: i64 = sqlx::query_scalar(sql)
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    assert_eq!(is_kept, 1, "the last use is written too");
    let replicas: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM replicas")
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    assert_eq!(replicas, 0, "nobody waits for a server that signed off");
}

#[tokio::test]
async fn a_stop_takes_requests_until_balancers_had_time_to_notice() {
    let mut app = TestApp::builder()
        .set("server.drain_wait_ms", 60_000)
        .start()
        .await;
    let caller = app.key("free").await;
    app.signal(Signal::Stop).await;
    until("the drain", || app.app.process.draining.is_cancelled()).await;
    let ready = app.anonymous().get("/readyz").await;
    assert_eq!(
        (ready.status, ready.text().as_str()),
        (503, r#"{"status":"draining"}"#)
    );
    // On a new connection, and the client is told to make another one.
    let response = caller.chat(chat("plain", "")).await;
    assert_eq!(response.status, 200);
    assert_eq!(response.header("connection"), Some("close"));
    app.signal(Signal::Stop).await;
    app.stopped().await;
    assert!(tokio::net::TcpStream::connect(app.address).await.is_err());
}

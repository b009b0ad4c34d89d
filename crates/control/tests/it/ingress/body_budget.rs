//! Bytes of bodies in memory: in all, per key, per address, and bodies that are on their way.

use crate::support::client::chat_head;
use crate::support::client::gzip;
use crate::support::upstream_stub::COMPLETION;
use crate::support::{Gate, RawClient, Script, TestApp, chat, until};

/// A server that holds little.
async fn small(all: usize, per_key: usize, per_address: usize) -> TestApp {
    TestApp::builder()
        .set("server.body_bytes_max", 50_000)
        .set("server.media_body_bytes_max", 50_000)
        .set("server.buffered_body_bytes_max", all)
        .set("server.buffered_body_bytes_per_key_max", per_key)
        .set("server.buffered_body_bytes_per_address_max", per_address)
        .set("server.shared_addresses", "")
        .start()
        .await
}

/// Sends all but the end of a body, and waits until it is buffered.
async fn buffer(app: &TestApp, client: &mut RawClient, head: String, bytes: usize) {
    let before = app.app.gateway.ingress.bodies.buffered();
    client.send(head).await;
    client.send(vec![b' '; bytes]).await;
    until("the body", || {
        app.app.gateway.ingress.bodies.buffered() == before + bytes
    })
    .await;
}

#[tokio::test]
async fn one_key_cannot_hold_more_than_its_share() {
    let app = small(1_000_000, 60_000, 500_000).await;
    let (caller, other) = (app.key("free").await, app.key("free").await);
    let mut first = RawClient::connect(&app).await;
    buffer(&app, &mut first, chat_head(&caller, 50_000), 40_000).await;
    // Announced, and refused before a byte of it.
    let mut second = RawClient::connect(&app).await;
    second.send(chat_head(&caller, 40_000)).await;
    let response = second.response().await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (429, "too_many_body_bytes")
    );
    assert!(response.head.contains("retry-after: 1"), "{response:?}");
    assert!(
        response
            .body
            .contains("server.buffered_body_bytes_per_key_max")
    );
    // Not announced, and refused when it is too much.
    let mut third = RawClient::connect(&app).await;
    let chunked = crate::support::client::head(
        &caller,
        "POST",
        "/v1/chat/completions",
        "transfer-encoding: chunked\r\n",
    );
    third.send(chunked).await;
    third
        .send(format!("7530\r\n{}\r\n", " ".repeat(30_000)))
        .await;
    let response = third.response().await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (429, "too_many_body_bytes")
    );
    assert_eq!(app.app.gateway.ingress.bodies.buffered(), 40_000);
    assert_eq!(other.chat(chat("plain", "")).await.status, 200);
    drop(first);
    until("the bytes to be free", || {
        app.app.gateway.ingress.bodies.buffered() == 0
    })
    .await;
    assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
}

#[tokio::test]
async fn one_address_cannot_hold_more_than_its_share_whatever_keys_it_has() {
    let app = small(1_000_000, 500_000, 60_000).await;
    let (one, two) = (app.key("free").await, app.key("free").await);
    let mut first = RawClient::connect(&app).await;
    buffer(&app, &mut first, chat_head(&one, 50_000), 40_000).await;
    let mut second = RawClient::connect(&app).await;
    second.send(chat_head(&two, 40_000)).await;
    let response = second.response().await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (429, "too_many_body_bytes")
    );
    assert!(
        response
            .body
            .contains("server.buffered_body_bytes_per_address_max")
    );
    let mut elsewhere = RawClient::connect_from(&app, "127.0.0.2").await;
    buffer(&app, &mut elsewhere, chat_head(&two, 50_000), 40_000).await;
}

#[tokio::test]
async fn an_address_is_that_of_the_client_behind_a_trusted_proxy() {
    let app = TestApp::builder()
        .set("server.body_bytes_max", 50_000)
        .set("server.media_body_bytes_max", 50_000)
        .set("server.buffered_body_bytes_per_address_max", 60_000)
        .set("server.trusted_proxies", "127.0.0.1")
        .start()
        .await;
    let caller = app.key("free").await;
    let head = |address: &str| {
        let more = format!("x-forwarded-for: {address}\r\ncontent-length: 45000\r\n");
        crate::support::client::head(&caller, "POST", "/v1/chat/completions", &more)
    };
    let mut clients = vec![];
    for address in ["203.0.113.1", "203.0.113.2", "2001:db8::1"] {
        let mut client = RawClient::connect(&app).await;
        buffer(&app, &mut client, head(address), 40_000).await;
        clients.push(client);
    }
    for address in ["203.0.113.1", "2001:db8::2"] {
        let mut client = RawClient::connect(&app).await;
        client.send(head(address)).await;
        assert_eq!(client.response().await.status, 429, "{address}");
    }
}

#[tokio::test]
async fn all_together_cannot_hold_more_than_there_is() {
    let app = small(60_000, 50_000, 60_000).await;
    let (one, two) = (app.key("free").await, app.key("free").await);
    let mut first = RawClient::connect(&app).await;
    buffer(&app, &mut first, chat_head(&one, 50_000), 40_000).await;
    let mut second = RawClient::connect_from(&app, "127.0.0.2").await;
    second.send(chat_head(&two, 40_000)).await;
    let response = second.response().await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (503, "too_many_body_bytes")
    );
    assert!(response.head.contains("retry-after: 1"), "{response:?}");
}

#[tokio::test]
async fn whoever_signs_in_cannot_take_the_bytes_of_those_who_call_models() {
    let app = small(800_000, 500_000, 500_000).await;
    let caller = app.key("free").await;
    let head = |length: usize| {
        format!(
            "POST /api/v1/auth/sign-in HTTP/1.1\r\nhost: x\r\nx-yunxin-request: dashboard\r\nsec-fetch-site: same-origin\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        )
    };
    let mut first = RawClient::connect(&app).await;
    buffer(&app, &mut first, head(100_000), 90_000).await;
    let mut second = RawClient::connect(&app).await;
    second.send(head(20_000)).await;
    let response = second.response().await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (503, "too_many_body_bytes")
    );
    assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
}

#[tokio::test]
async fn a_body_counts_until_its_response_begins() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let gate = Gate::new();
    app.stub
        .once(Script::nothing().wait(&gate).then_json(COMPLETION));
    let body = chat("plain", "");
    let mut client = RawClient::connect(&app).await;
    client.send(chat_head(&caller, body.len()) + &body).await;
    app.stub.wait_for_requests(1).await;
    assert_eq!(app.app.gateway.ingress.bodies.buffered(), body.len());
    gate.open();
    assert_eq!(client.response().await.status, 200);
    assert_eq!(app.app.gateway.ingress.bodies.buffered(), 0);
}

#[tokio::test]
async fn of_a_compressed_body_counts_what_comes_out() {
    let app = small(1_000_000, 60_000, 500_000).await;
    let caller = app.key("free").await;
    let caller = caller.with("content-encoding", "gzip");
    let gate = Gate::new();
    app.stub
        .once(Script::nothing().wait(&gate).then_json(COMPLETION));
    let body = format!("{}{}", chat("plain", ""), " ".repeat(40_000));
    let running = caller.send_only("/v1/chat/completions", gzip(body.as_bytes()));
    app.stub.wait_for_requests(1).await;
    assert_eq!(app.app.gateway.ingress.bodies.buffered(), body.len());
    let response = caller.chat(gzip(body.as_bytes())).await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (429, "too_many_body_bytes")
    );
    gate.open();
    running.await.unwrap();
    until("the bytes to be free", || {
        app.app.gateway.ingress.bodies.buffered() == 0
    })
    .await;
}

#[tokio::test]
async fn a_key_without_requests_left_is_refused_before_its_body_is_taken() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    for _ in 0..10 {
        caller.chat(chat("plain", r#","max_tokens":1"#)).await;
    }
    let mut client = RawClient::connect(&app).await;
    client.send(chat_head(&caller, 1_000_000)).await;
    let response = client.response().await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (429, "rate_limit_exceeded")
    );
    assert!(
        response.head.contains("x-ratelimit-remaining: 0"),
        "{response:?}"
    );
    assert!(response.head.contains("retry-after: 55"), "{response:?}");
    let event = app.event(11).await;
    assert_eq!(
        (event["status"].as_i64(), event["admitted"].as_i64()),
        (Some(429), Some(0))
    );
}

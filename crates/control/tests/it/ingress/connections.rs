//! Places for connections.

use crate::support::client::{chat_head, head};
use crate::support::upstream_stub::delta;
use crate::support::{OpenResponse, RawClient, Script, TestApp, chat, until};

const ANONYMOUS: &str = "GET /v1/models HTTP/1.1\r\nhost: x\r\n\r\n";
const SIGN_IN: &str = "POST /api/v1/auth/sign-in HTTP/1.1\r\nhost: x\r\nx-yunxin-request: dashboard\r\nsec-fetch-site: same-origin\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{";

/// Opens `count` connections that send `text` and nothing more, and waits until the server has them.
async fn occupy(app: &TestApp, count: usize, text: &str) -> Vec<RawClient> {
    let mut clients = vec![];
    for number in 1..=count {
        let mut client = RawClient::connect(app).await;
        client.send(text).await;
        clients.push(client);
        let number = i64::try_from(number).unwrap();
        until("a connection", || {
            app.app.gateway.metrics.connections.get() >= number
        })
        .await;
    }
    clients
}

/// Opens a stream that goes on.
async fn stream(app: &TestApp, secret: &crate::support::Caller) -> OpenResponse {
    app.stub.once(Script::open_stream([delta("a")]).stall());
    let mut response = secret.open_chat(chat("plain", r#","stream":true"#)).await;
    response.read_until("\"a\"").await;
    response
}

#[tokio::test]
async fn connections_without_a_request_make_room_for_those_with_one() {
    let head_begun = "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nx-slow: ";
    for text in ["", head_begun, ANONYMOUS] {
        let app = TestApp::builder()
            .set("server.connections_max", 3)
            .start()
            .await;
        let caller = app.key("free").await;
        let mut silent = occupy(&app, 3, text).await;
        for client in &mut silent {
            if text == ANONYMOUS {
                assert_eq!(client.response().await.status, 401);
            }
        }
        assert_eq!(caller.get("/v1/models").await.status, 200, "{text:?}");
        assert_eq!(app.app.gateway.metrics.connections_refused.get(), 0);
        assert_eq!(app.app.gateway.metrics.connections_closed_for_room.get(), 1);
        // The oldest.
        assert_eq!(silent[0].end().await, "");
    }
}

#[tokio::test]
async fn the_address_with_most_connections_makes_room() {
    let app = TestApp::builder()
        .set("server.connections_max", 3)
        .start()
        .await;
    let caller = app.key("free").await;
    let mut alone = RawClient::connect_from(&app, "127.0.0.2").await;
    let mut many = occupy(&app, 3, "").await;
    assert_eq!(many[0].end().await, "");
    alone.send(head(&caller, "GET", "/v1/models", "")).await;
    assert_eq!(alone.response().await.status, 200);
}

#[tokio::test]
async fn callers_that_are_not_known_yet_make_room_when_nobody_is_silent() {
    let app = TestApp::builder()
        .set("server.connections_max", 2)
        .start()
        .await;
    let caller = app.key("free").await;
    let mut slow = occupy(&app, 2, SIGN_IN).await;
    assert_eq!(caller.get("/v1/models").await.status, 200);
    assert_eq!(slow[0].end().await, "");
}

#[tokio::test]
async fn an_address_has_so_many_places_and_others_have_theirs() {
    let app = TestApp::builder()
        .set("server.connections_per_address_max", 1)
        .set("server.shared_addresses", "")
        .start()
        .await;
    let caller = app.key("free").await;
    let _busy = stream(&app, &caller).await;
    let response = caller.get("/v1/models").await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (503, "too_many_connections")
    );
    let mut elsewhere = RawClient::connect_from(&app, "127.0.0.2").await;
    elsewhere.send(head(&caller, "GET", "/v1/models", "")).await;
    assert_eq!(elsewhere.response().await.status, 200);
    // One without a request makes room for another of its own address.
    let mut other = RawClient::connect_from(&app, "127.0.0.2").await;
    other.send(head(&caller, "GET", "/v1/models", "")).await;
    assert_eq!(other.response().await.status, 200);
    assert_eq!(elsewhere.end().await, "");
}

#[tokio::test]
async fn a_connection_that_never_asks_is_closed_and_one_that_has_asked_may_wait() {
    let app = TestApp::builder()
        .set("server.first_header_timeout_ms", 200)
        .start()
        .await;
    let mut asked = RawClient::connect(&app).await;
    asked.send(ANONYMOUS).await;
    assert_eq!(asked.response().await.status, 401);
    for beginning in ["", "GET /v1/models HTTP/1.1\r\nhost: x\r\nx-slow: "] {
        let mut silent = RawClient::connect(&app).await;
        silent.send(beginning).await;
        assert_eq!(silent.end().await, "");
    }
    asked.send(ANONYMOUS).await;
    assert_eq!(asked.response().await.status, 401);
}

#[tokio::test]
async fn a_chat_on_its_way_to_a_provider_keeps_its_place() {
    let app = TestApp::builder()
        .set("server.connections_max", 1)
        .start()
        .await;
    let caller = app.key("free").await;
    let gate = crate::support::Gate::new();
    let script = Script::nothing().wait(&gate);
    app.stub
        .once(script.then_json(crate::support::upstream_stub::COMPLETION));
    let body = chat("plain", "");
    let mut client = RawClient::connect(&app).await;
    client.send(chat_head(&caller, body.len()) + &body).await;
    app.stub.wait_for_requests(1).await;
    assert_eq!(caller.get("/v1/models").await.status, 503);
    gate.open();
    assert_eq!(client.response().await.status, 200);
}

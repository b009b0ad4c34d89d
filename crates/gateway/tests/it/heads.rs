//! Heads of requests that others may read otherwise (request smuggling), and those that nobody can read.

use crate::support::{RawClient, TestApp};

async fn assert_refused(app: &TestApp, status: u16, code: &str, text: &str) {
    let mut client = RawClient::connect(app).await;
    client.send(text).await;
    let response = client.response().await;
    let shown = text.get(..200).unwrap_or(text);
    assert_eq!(
        (response.status, response.code().as_str()),
        (status, code),
        "{shown:?}"
    );
    assert!(response.says_close(), "{response:?}");
    assert!(response.head.contains("x-request-id: req_"), "{response:?}");
    assert!(
        response.head.contains("content-type: application/json"),
        "{response:?}"
    );
    assert_eq!(client.end().await, "", "{shown:?}");
}

#[tokio::test]
async fn a_head_that_can_be_read_in_two_ways_is_refused_and_its_connection_closed() {
    let app = TestApp::new().await;
    let chat = "POST /v1/chat/completions HTTP/1.1\r\n";
    for text in [
        format!(
            "{chat}Host: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
        format!(
            "{chat}Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"
        ),
        format!("{chat}Host: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        format!("{chat}Host: a\r\nTransfer-Encoding: identity\r\nContent-Length: 1\r\n\r\nx"),
        format!(
            "{chat}Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n"
        ),
        format!("{chat}Host: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy"),
        "POST /v1/chat/completions HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            .to_owned(),
        "GET /v1/models HTTP/1.1\nHost: a\n\n".to_owned(),
        "GET /v1/models HTTP/1.1\r\nHost: a\nX: y\r\n\r\n".to_owned(),
        "GET /v1/models HTTP/1.1\r\nX: y\r\n\r\n".to_owned(),
        "GET /v1/models HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n".to_owned(),
        "GET /v1/models HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n".to_owned(),
    ] {
        assert_refused(&app, 400, "malformed_request", &text).await;
    }
    assert!(app.stub.requests().is_empty());
}

#[tokio::test]
async fn a_head_that_is_no_http_is_answered_in_our_words() {
    let app = TestApp::builder()
        .set("server.header_bytes_max", 8192)
        .start()
        .await;
    for text in [
        "GET /v1/models HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
        "GET /v1/models HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n",
        "GET /v1/models HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
        "GET /v1/models HTTP/3.0\r\nHost: a\r\n\r\n",
        "G@T /v1/models HTTP/1.1\r\nHost: a\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\r\n\r\n",
    ] {
        assert_refused(&app, 400, "malformed_request", text).await;
    }
    let long = "x".repeat(9000);
    let header = format!("GET /v1/models HTTP/1.1\r\nHost: a\r\nX: {long}\r\n\r\n");
    assert_refused(&app, 431, "headers_too_large", &header).await;
    let many = "X: y\r\n".repeat(101);
    let headers = format!("GET /v1/models HTTP/1.1\r\nHost: a\r\n{many}\r\n");
    assert_refused(&app, 431, "headers_too_large", &headers).await;
}

#[tokio::test]
async fn a_target_that_is_too_long_is_answered_in_our_words() {
    let app = TestApp::new().await;
    let target = format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "x".repeat(65_535));
    assert_refused(&app, 414, "uri_too_long", &target).await;
}

#[tokio::test]
async fn requests_before_a_bad_head_are_answered() {
    let app = TestApp::new().await;
    let mut client = RawClient::connect(&app).await;
    let good = "POST /v1/nothing HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
    let fine = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    let bad = "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n";
    client.send(format!("{fine}{fine}{bad}{good}")).await;
    for _ in 0..2 {
        let response = client.response().await;
        assert_eq!((response.status, response.says_close()), (200, false));
    }
    let response = client.response().await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (400, "malformed_request")
    );
    assert_eq!(client.end().await, "");
}

#[tokio::test]
async fn sound_requests_pass_one_after_the_other_however_they_are_cut() {
    let app = TestApp::new().await;
    let requests = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n\r\nGET /healthz HTTP/1.1\r\nhOST: [::1]:80\r\nTe: trailers\r\n\r\n".repeat(2);
    let last = "GET /healthz HTTP/1.0\r\n\r\n";
    let text = format!("{requests}{last}");
    for piece in [1, 7, text.len()] {
        let mut client = RawClient::connect(&app).await;
        for bytes in text.as_bytes().chunks(piece) {
            client.send(bytes).await;
        }
        for _ in 0..5 {
            assert_eq!(client.response().await.status, 200, "{piece}");
        }
    }
}

#[tokio::test]
async fn chunks_that_are_framed_otherwise_are_400() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let head = crate::support::client::head(
        &caller,
        "POST",
        "/v1/chat/completions",
        "transfer-encoding: chunked\r\n",
    );
    for body in [
        "2\n{}\r\n0\r\n\r\n",
        "2\r\n{}\n0\r\n\r\n",
        "x\r\n{}\r\n",
        "2;a=\n\r\n{}\r\n0\r\n\r\n",
    ] {
        let mut client = RawClient::connect(&app).await;
        client.send(format!("{head}{body}")).await;
        let response = client.response().await;
        assert_eq!(
            (response.status, response.says_close()),
            (400, true),
            "{body:?}"
        );
    }
}

//! A refusal can be read, and says if its connection can be used again.

use tokio::io::AsyncWriteExt;

use crate::support::client::{chat_head, head};
use crate::support::{RawClient, TestApp, chat, soon};

const MEGABYTE: usize = 1_000_000;

#[tokio::test]
async fn a_client_that_writes_all_of_a_large_body_first_reads_why_it_is_refused() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let wrong = app
        .anonymous()
        .with_secret(&format!("yx-{}", "A".repeat(49)));
    let session = app.operator().await;
    let cookie = String::from_utf8(session.headers.last().unwrap().1.clone()).unwrap();
    let management = format!(
        "PATCH /api/v1/me HTTP/1.1\r\nhost: x\r\ncookie: {cookie}\r\nx-yunxin-request: dashboard\r\nsec-fetch-site: same-origin\r\ncontent-type: application/json\r\n"
    );
    let of = |caller, path, length: usize| {
        head(
            caller,
            "POST",
            path,
            &format!("content-length: {length}\r\n"),
        )
    };
    let cases = [
        (413, 40 * MEGABYTE, chat_head(&caller, 40 * MEGABYTE)),
        (413, 20 * MEGABYTE, chat_head(&caller, 20 * MEGABYTE)),
        (401, 5 * MEGABYTE, chat_head(&wrong, 5 * MEGABYTE)),
        (404, 5 * MEGABYTE, of(&caller, "/v1/nothing", 5 * MEGABYTE)),
        (405, 5 * MEGABYTE, of(&caller, "/v1/models", 5 * MEGABYTE)),
        (
            413,
            2 * MEGABYTE,
            format!("{management}content-length: {}\r\n\r\n", 2 * MEGABYTE),
        ),
    ];
    for (status, length, head) in cases {
        let mut client = RawClient::connect(&app).await;
        client.send(head).await;
        client.send(vec![b'x'; length]).await;
        let response = client.response().await;
        assert_eq!(response.status, status, "{response:?}");
        assert!(response.says_close(), "{response:?}");
        assert_eq!(client.end().await, "");
    }
}

#[tokio::test]
async fn a_small_body_that_nobody_wants_leaves_the_connection_open() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let wrong = app
        .anonymous()
        .with_secret(&format!("yx-{}", "A".repeat(49)));
    let mut client = RawClient::connect(&app).await;
    for _ in 0..3 {
        client.send(chat_head(&wrong, 200_000)).await;
        client.send(vec![b'x'; 200_000]).await;
        let response = client.response().await;
        assert_eq!((response.status, response.says_close()), (401, false));
    }
    let body = chat("plain", "");
    client.send(chat_head(&caller, body.len()) + &body).await;
    assert_eq!(client.response().await.status, 200);
}

#[tokio::test]
async fn a_body_that_will_be_refused_is_not_asked_for() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let narrow = app.new_key("free").endpoints(&["embeddings"]).make().await;
    let wrong = app
        .anonymous()
        .with_secret(&format!("yx-{}", "A".repeat(49)));
    let used_up = app.key("free").await;
    for _ in 0..10 {
        let response = used_up.chat(chat("plain", r#","max_tokens":1"#)).await;
        assert_eq!(response.status, 200);
    }
    let ask = |caller, length: usize| {
        let more = format!("expect: 100-continue\r\ncontent-length: {length}\r\n");
        head(caller, "POST", "/v1/chat/completions", &more)
    };
    for (status, request) in [
        (401, ask(&wrong, 100)),
        (403, ask(&narrow, 100)),
        (413, ask(&caller, 40 * MEGABYTE)),
        (429, ask(&used_up, 100)),
    ] {
        let mut client = RawClient::connect(&app).await;
        client.send(request).await;
        let response = client.response().await;
        assert_eq!((response.status, response.says_close()), (status, true));
    }
    let body = chat("plain", "");
    let mut client = RawClient::connect(&app).await;
    client.send(ask(&caller, body.len())).await;
    assert!(client.head().await.starts_with("http/1.1 100 "));
    client.send(body).await;
    assert_eq!(client.response().await.status, 200);
}

#[tokio::test]
async fn a_client_that_never_stops_sending_is_cut_off() {
    let app = TestApp::new().await;
    let wrong = app
        .anonymous()
        .with_secret(&format!("yx-{}", "A".repeat(49)));
    let mut client = RawClient::connect(&app).await;
    client.send(chat_head(&wrong, 1 << 40)).await;
    assert_eq!(client.response().await.status, 401);
    let piece = vec![b'x'; 1 << 20];
    let flood = async {
        let mut sent = 0;
        while client.stream.write_all(&piece).await.is_ok() {
            sent += piece.len();
        }
        sent
    };
    let sent = soon("the end of patience", flood).await;
    assert!(sent >= 60 << 20, "{sent} bytes were taken");
}

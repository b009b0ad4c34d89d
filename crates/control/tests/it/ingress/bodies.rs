//! Bodies: how large they may be, and how slow.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use crate::support::client::chat_head;
use crate::support::{RawClient, TestApp, chat, soon};

/// A chat of `length` bytes with `text` in it.
fn long_chat(text: &str, length: usize) -> String {
    let body = chat("plain", &format!(r#","user":"{text}""#));
    format!("{body}{}", " ".repeat(length - body.len()))
}

#[tokio::test]
async fn a_text_may_have_four_mebibytes_and_the_refusal_names_the_setting() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let max = 4 << 20;
    assert_eq!(caller.chat(long_chat("x", max)).await.status, 200);
    let response = caller.chat(long_chat("x", max + 1)).await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (413, "request_too_large")
    );
    assert!(
        response
            .text()
            .contains("4194304 bytes (server.body_bytes_max)")
    );
}

#[tokio::test]
async fn a_chat_with_media_may_be_larger_and_other_operations_may_not() {
    let app = TestApp::builder()
        .set("server.body_bytes_max", 200_000)
        .set("server.media_body_bytes_max", 400_000)
        .start()
        .await;
    let caller = app.key("enterprise").await;
    let image = "data:image/png;base64,iVBORw0KGgo=";
    assert_eq!(caller.chat(long_chat(image, 400_000)).await.status, 200);
    let response = caller.chat(long_chat(image, 400_001)).await;
    assert!(
        response
            .text()
            .contains("400000 bytes (server.media_body_bytes_max)")
    );
    let response = caller.chat(long_chat("data:text", 200_001)).await;
    assert!(
        response
            .text()
            .contains("200000 bytes (server.body_bytes_max)")
    );
    let response = caller
        .post("/v1/embeddings", long_chat(image, 200_001))
        .await;
    assert_eq!(response.status, 413);
}

#[tokio::test]
async fn a_body_that_comes_slower_than_it_must_is_408() {
    let app = TestApp::builder()
        .set("server.body_idle_timeout_ms", 300)
        .set("server.body_bytes_per_second_min", 1000)
        .start()
        .await;
    let caller = app.key("free").await;
    let session = "POST /api/v1/auth/sign-in HTTP/1.1\r\nhost: x\r\nx-yunxin-request: dashboard\r\nsec-fetch-site: same-origin\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n";
    for head in [chat_head(&caller, 100_000), session.to_owned()] {
        let mut client = RawClient::connect(&app).await;
        client.send(head).await;
        let mut byte = [0];
        // A byte well within every pause that is allowed, for ever.
        let trickle = async {
            loop {
                client.stream.write_all(b" ").await.unwrap();
                let pause = Duration::from_millis(20);
                if timeout(pause, client.stream.peek(&mut byte)).await.is_ok() {
                    return;
                }
            }
        };
        soon("the end of patience", trickle).await;
        let response = client.response().await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (408, "request_timeout")
        );
        assert!(response.says_close(), "{response:?}");
    }
}

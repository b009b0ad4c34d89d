//! Responses of the management API are compressed, but for those that must not be.

use std::io::Read;

use flate2::read::GzDecoder;
use serde_json::{Value, json};

use crate::support::personas::PASSWORD;
use crate::support::{Script, TestApp, TestResponse};

fn unzipped(response: &TestResponse) -> Value {
    let mut text = String::new();
    GzDecoder::new(&response.body[..])
        .read_to_string(&mut text)
        .unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn a_list_comes_compressed_as_the_client_prefers_and_plain_to_one_that_does_not_ask() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    let path = "/api/v1/admin/models";
    let plain = operator.get(path).await;
    assert_eq!(plain.header("content-encoding"), None);
    let gzip = operator.with("accept-encoding", "gzip").get(path).await;
    assert_eq!(gzip.header("content-encoding"), Some("gzip"));
    assert!(
        gzip.header("vary")
            .is_some_and(|vary| vary.contains("accept-encoding"))
    );
    assert_eq!(unzipped(&gzip), plain.json());
    assert!(gzip.body.len() * 2 < plain.body.len());
    let both = operator.with("accept-encoding", "gzip, deflate, br, zstd");
    let brotli = both.get(path).await;
    assert_eq!(brotli.header("content-encoding"), Some("br"));
    assert!(brotli.body.len() < plain.body.len() / 2);
    let refused = operator
        .with("accept-encoding", "gzip;q=0, identity")
        .get(path)
        .await;
    assert_eq!(refused.header("content-encoding"), None);
    // A short response is not worth it.
    let short = both.get("/api/v1/me").await;
    assert_eq!(
        (short.status, short.header("content-encoding")),
        (200, None)
    );
    let document = both.get("/openapi.json").await;
    assert_eq!(document.header("content-encoding"), Some("br"));
}

#[tokio::test]
async fn a_response_with_a_secret_is_never_compressed() {
    let app = TestApp::builder()
        .set("accounts.sign_up", "open")
        .start()
        .await;
    let ann = app.sign_up("ann@example.com").await;
    let ann = ann.with("accept-encoding", "gzip, br");
    let body = json!({ "password": PASSWORD }).to_string();
    for key in [None, Some("once")] {
        let caller = key.map_or_else(|| ann.clone(), |key| ann.with("idempotency-key", key));
        let begun = caller.post("/api/v1/me/two-factor", body.clone()).await;
        assert_eq!(begun.status, 200, "{}", begun.text());
        assert!(begun.body.len() > 2_000, "long enough to be compressed");
        assert_eq!(begun.header("content-encoding"), None);
        assert!(begun.json()["secret"].is_string());
    }
}

#[tokio::test]
async fn a_stream_of_the_playground_is_never_compressed() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let member = app
        .member(&caller.account, store::members::Role::Member)
        .await;
    let keys = member
        .get(&format!("/api/v1/accounts/{}/api-keys", caller.account))
        .await
        .json();
    let id = keys["data"][0]["id"].as_str().unwrap();
    let chunk = format!(
        "data: {{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"plain\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{}\"}}}}]}}\n\n",
        "word ".repeat(500)
    );
    app.stub
        .once(Script::stream([chunk.as_str(), "data: [DONE]\n\n"]));
    let path = format!(
        "/api/v1/accounts/{}/api-keys/{id}/chat/completions",
        caller.account
    );
    let body = r#"{"model":"plain","stream":true,"messages":[{"role":"user","content":"hi"}]}"#;
    let response = member
        .with("accept-encoding", "gzip, br")
        .post(&path, body)
        .await;
    assert_eq!(response.status, 200, "{}", response.text());
    assert!(response.body.len() > 2_000);
    assert_eq!(response.header("content-encoding"), None);
}

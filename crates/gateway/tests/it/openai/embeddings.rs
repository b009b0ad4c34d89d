//! `POST /v1/embeddings`.

use crate::support::snapshot::assert_text;
use crate::support::{Script, TestApp, chat};

const RESPONSE: &str = r#"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.1,-2e-5]}],"model":"embed","usage":{"prompt_tokens":8,"total_tokens":8}}"#;

#[tokio::test]
async fn an_embedding_passes_byte_for_byte_and_is_metered() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    app.stub.once(Script::json(RESPONSE));
    let request =
        r#"{"input":["a","b"],"model":"embed","encoding_format":"base64","dimensions":3}"#;
    let response = caller.post("/v1/embeddings", request).await;
    assert_eq!(
        (response.status, response.text()),
        (200, RESPONSE.to_owned())
    );
    assert_eq!(response.header("x-ratelimit-resource"), Some("embeddings"));
    assert_eq!(app.stub.last().body, request);
    assert!(app.stub.last().head.starts_with("POST /v1/embeddings "));
    assert_text!(app.event(1).await);
}

#[tokio::test]
async fn a_model_serves_only_its_own_kind_of_endpoint() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let response = caller
        .post("/v1/embeddings", r#"{"input":"a","model":"plain"}"#)
        .await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (400, "model_type_mismatch")
    );
    let response = caller.chat(chat("embed", "")).await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (400, "model_type_mismatch")
    );
    assert!(app.stub.requests().is_empty());
}

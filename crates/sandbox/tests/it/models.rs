//! The list of models, and what lies outside the API.

use http::Method;
use serde_json::json;

use crate::support::{TestSandbox, prompt};

#[tokio::test]
async fn models_are_listed() {
    let sandbox = TestSandbox::start().await;
    insta::assert_json_snapshot!(sandbox.get("/v1/models").await.json());
}

#[tokio::test]
async fn a_model_is_found_by_its_name() {
    let sandbox = TestSandbox::start().await;
    let model = sandbox.get("/v1/models/sandbox-small").await.json();
    assert_eq!(model["id"], "sandbox-small");
    assert_eq!(model["object"], "model");
    sandbox
        .get("/v1/models/gpt-4o")
        .await
        .assert_error(404, "model_not_found", "");
}

#[tokio::test]
async fn only_names_which_begin_with_sandbox_are_answered() {
    let sandbox = TestSandbox::start().await;
    let mut body = prompt("hello", false);
    body["model"] = json!("sandbox-anything");
    assert_eq!(
        sandbox.chat(&body).await.json()["model"],
        "sandbox-anything"
    );
    for name in ["gpt-4o", "sandbox-", ""] {
        body["model"] = json!(name);
        sandbox
            .chat(&body)
            .await
            .assert_error(404, "model_not_found", "");
    }
}

#[tokio::test]
async fn the_health_endpoint_responds() {
    let sandbox = TestSandbox::start().await;
    assert_eq!(
        sandbox.get("/healthz").await.json(),
        json!({"status": "ok"})
    );
}

#[tokio::test]
async fn unknown_paths_and_wrong_methods_are_refused() {
    let sandbox = TestSandbox::start().await;
    sandbox
        .get("/v1/nothing")
        .await
        .assert_error(404, "unknown_url", "");
    sandbox
        .get("/v1/chat/completions")
        .await
        .assert_error(405, "method_not_supported", "");
    let response = sandbox
        .send(Method::POST, "/v1/models", &[], "{}".into())
        .await
        .unwrap();
    response.assert_error(405, "method_not_supported", "");
}

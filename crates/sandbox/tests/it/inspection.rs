//! Seeing what a gateway sent.

use serde_json::{Value, json};

use crate::support::{TestSandbox, prompt};

async fn recorded(sandbox: &TestSandbox) -> Vec<Value> {
    let response = sandbox.get("/sandbox/requests").await.json();
    response["requests"].as_array().unwrap().clone()
}

#[tokio::test]
async fn requests_are_recorded_without_their_secrets() {
    let sandbox = TestSandbox::start().await;
    let headers = [
        ("authorization", "Bearer sk-secret"),
        ("x-trace", "a"),
        ("x-trace", "b"),
    ];
    let body = json!({"model": "sandbox-small", "input": "hello"});
    sandbox
        .post_with("/v1/embeddings?a=b", &headers, &body)
        .await;
    insta::assert_json_snapshot!(recorded(&sandbox).await);
}

#[tokio::test]
async fn refused_requests_are_recorded_too() {
    let sandbox = TestSandbox::start().await;
    sandbox.post("/v2/nothing", &json!({"a": 1})).await;
    sandbox.chat(&json!("nonsense")).await;
    let requests = recorded(&sandbox).await;
    assert_eq!(requests[0]["path"], "/v2/nothing");
    assert_eq!(requests[1]["body"], "\"nonsense\"");
}

#[tokio::test]
async fn the_last_sixty_four_requests_are_kept_newest_last() {
    let sandbox = TestSandbox::start().await;
    for number in 0..70 {
        sandbox
            .chat(&prompt(&format!("number {number}"), false))
            .await;
    }
    let requests = recorded(&sandbox).await;
    assert_eq!(requests.len(), 64);
    assert!(requests[0]["body"].as_str().unwrap().contains("number 6\""));
    assert!(
        requests[63]["body"]
            .as_str()
            .unwrap()
            .contains("number 69\"")
    );
}

#[tokio::test]
async fn long_bodies_are_cut_in_the_record() {
    let sandbox = TestSandbox::start().await;
    let body = prompt(&"word ".repeat(100_000), false);
    assert_eq!(sandbox.chat(&body).await.status, 200);
    let request = &recorded(&sandbox).await[0];
    assert_eq!(request["body"].as_str().unwrap().len(), 64 * 1024);
    assert_eq!(request["body_bytes"], body.to_string().len());
}

#[tokio::test]
async fn looking_does_not_count() {
    let sandbox = TestSandbox::start().await;
    sandbox.get("/healthz").await;
    recorded(&sandbox).await;
    let expected =
        json!({"requests": 0, "open": 0, "completed": 0, "cancelled": 0, "chunks_sent": 0});
    assert_eq!(sandbox.stats().await, expected);
}

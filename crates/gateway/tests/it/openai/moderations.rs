//! `POST /v1/moderations`.

use crate::support::{Caller, Script, TestApp};

const CATALOG: &str = r#"
[[providers]]
name = "first"
kind = "openai"
base_url = "STUB"
credential.file = "CREDENTIAL"

[[models]]
id = "judge"
aliases = ["omni-moderation-latest"]
model_type = "moderation"
min_tier = "free"
prices.input = "1"

[[deployments]]
model = "judge"
provider = "first"
upstream_model = "omni-moderation-2024-09-26"
"#;

const RESPONSE: &str = r#"{"id":"modr-1","model":"omni-moderation-2024-09-26","results":[{"flagged":true,"categories":{"hate":true},"category_scores":{"hate":0.9}}]}"#;

async fn app() -> (TestApp, Caller) {
    let app = TestApp::builder().catalog(CATALOG).start().await;
    let caller = app.key("enterprise").await;
    app.stub.once(Script::json(RESPONSE));
    (app, caller)
}

#[tokio::test]
async fn a_judgement_passes_and_its_tokens_are_estimated() {
    let (app, caller) = app().await;
    let request = r#"{"model":"judge","input":["12345678",{"type":"text","text":"abcd"}]}"#;
    let response = caller.post("/v1/moderations", request).await;
    let renamed = RESPONSE.replace("omni-moderation-2024-09-26", "judge");
    assert_eq!((response.status, response.text()), (200, renamed));
    assert_eq!(response.header("x-ratelimit-resource"), Some("moderations"));
    let sent = app.stub.last();
    assert!(sent.head.starts_with("POST /v1/moderations "));
    assert_eq!(
        sent.body,
        request.replace("judge", "omni-moderation-2024-09-26")
    );
    let event = app.event(1).await;
    assert_eq!(
        (&event["endpoint"], &event["input"], &event["counted_by"]),
        (&"moderations".into(), &3.into(), &"estimate".into())
    );
}

#[tokio::test]
async fn a_picture_may_be_judged_by_a_model_that_says_nothing_of_pictures() {
    let (app, caller) = app().await;
    let request = r#"{"model":"judge","input":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}"#;
    assert_eq!(caller.post("/v1/moderations", request).await.status, 200);
    assert_eq!(app.event(1).await["input"], 1_000);
}

#[tokio::test]
async fn without_a_model_openais_own_is_meant() {
    for request in [r#"{"input":"a"}"#, r#"{"model":null,"input":"a"}"#] {
        let (app, caller) = app().await;
        let response = caller.post("/v1/moderations", request).await;
        assert_eq!(response.status, 200, "{}", response.text());
        let sent = app.stub.last().json();
        assert_eq!(sent["model"], "omni-moderation-2024-09-26");
        assert_eq!(response.json()["model"], "omni-moderation-latest");
    }
}

#[tokio::test]
async fn nothing_to_be_judged_is_refused() {
    let (app, caller) = app().await;
    for request in [r#"{"model":"judge"}"#, r#"{"model":"judge","input":7}"#] {
        let response = caller.post("/v1/moderations", request).await;
        assert!(matches!(response.status, 400 | 422), "{request}");
        assert_eq!(response.json()["error"]["param"], "input");
    }
    assert!(app.stub.requests().is_empty());
}

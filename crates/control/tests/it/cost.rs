//! The cost in responses as owners of keys choose it, and the parameters that were left out, on receipts.

use serde_json::{Value, json};
use store::members::Role;

use crate::support::{TestApp, chat};

const CATALOG: &str = r#"
[[providers]]
name = "first"
kind = "openai_compatible"
base_url = "STUB"

[[models]]
id = "plain"
min_tier = "free"
prices.input = "1"
prices.output = "2"

[[deployments]]
model = "plain"
provider = "first"
"#;

#[tokio::test]
async fn a_key_is_told_the_cost_until_its_owner_turns_that_off() {
    let app = TestApp::builder().catalog(CATALOG).start().await;
    let account = app.account("basic").await;
    let member = app.member(&account, Role::Member).await;
    let keys = format!("/api/v1/accounts/{account}/api-keys");
    let made = member
        .post(&keys, r#"{"name":"A","environment":"live"}"#)
        .await
        .json();
    assert_eq!(made["api_key"]["shows_cost"], true);
    let caller = app
        .anonymous()
        .with_secret(made["secret"].as_str().unwrap());
    let told = caller.chat(chat("plain", "")).await;
    assert_eq!(told.header("x-yunxin-cost"), Some("0.000017"));
    assert_eq!(told.json()["usage"]["cost"], json!(0.000_017));
    let path = format!("{keys}/{}", made["api_key"]["id"].as_str().unwrap());
    let edited = member.patch(&path, r#"{"shows_cost":false}"#).await;
    assert_eq!(edited.json()["shows_cost"], false);
    let silent = caller.chat(chat("plain", "")).await;
    assert!(silent.header("x-yunxin-cost").is_none());
    assert!(silent.json()["usage"].get("cost").is_none());
    let body = r#"{"name":"B","environment":"live","shows_cost":false}"#;
    let other = member.post(&keys, body).await.json();
    assert_eq!(other["api_key"]["shows_cost"], false);
}

#[tokio::test]
async fn a_receipt_names_the_parameters_that_were_left_out() {
    let app = TestApp::builder().catalog(CATALOG).start().await;
    let caller = app.key("basic").await;
    let viewer = app.member(&caller.account, Role::Viewer).await;
    let body = r#"{"model":"plain","input":"Hi","truncation":"auto"}"#;
    let response = caller.post("/v1/responses", body.to_owned()).await;
    assert_eq!(response.status, 200, "{}", response.text());
    let plain = caller.chat(chat("plain", "")).await;
    for (response, names) in [(&response, json!(["truncation"])), (&plain, json!([]))] {
        let id = response.header("x-request-id").unwrap();
        let path = format!("/api/v1/accounts/{}/requests/{id}", caller.account);
        let receipt: Value = viewer.get(&path).await.json();
        assert_eq!(receipt["dropped_params"], names);
    }
}

//! Requests to a provider, by its kind, its headers and its credential.

use std::time::Duration;

use crate::support::test_app::CATALOG;
use crate::support::{Script, TestApp, chat};

/// The catalogue with these lines in place of the kind of the first provider.
fn with(lines: &str) -> String {
    let kind = "name = \"first\"\nkind = \"openai_compatible\"\n";
    CATALOG.replacen(kind, &format!("name = \"first\"\n{lines}\n"), 1)
}

async fn app(lines: &str) -> TestApp {
    TestApp::builder().catalog(&with(lines)).start().await
}

const EXCHANGED: &str =
    "kind = \"openai_compatible\"\nauth = { method = \"ibm\", token_url = \"SECOND/token\" }";

#[tokio::test]
async fn a_provider_that_knows_the_older_name_alone_gets_the_bound_under_it() {
    let limit = r#","max_completion_tokens":9"#;
    let app_of_mistral = app("kind = \"mistral\"").await;
    let caller = app_of_mistral.key("enterprise").await;
    assert_eq!(caller.chat(chat("plain", limit)).await.status, 200);
    let body = app_of_mistral.stub.last().json();
    assert_eq!(body["max_tokens"], 9);
    assert!(body.get("max_completion_tokens").is_none());

    let app_of_openai = app("kind = \"openai\"").await;
    let caller = app_of_openai.key("enterprise").await;
    assert_eq!(caller.chat(chat("plain", limit)).await.status, 200);
    assert_eq!(app_of_openai.stub.last().json()["max_completion_tokens"], 9);
}

#[tokio::test]
async fn headers_of_the_operator_reach_the_provider() {
    let app = app("kind = \"openai\"\nheaders = { x-team = \"search\" }").await;
    let caller = app.key("enterprise").await;
    assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    assert!(app.stub.last().head.contains("\r\nx-team: search\r\n"));
}

#[tokio::test]
async fn azures_classic_interface_has_the_deployment_in_the_path() {
    let app = app("kind = \"azure_openai_classic\"").await;
    let caller = app.key("enterprise").await;
    assert_eq!(caller.chat(chat("vendor/public", "")).await.status, 200);
    let head = app.stub.last().head;
    let path =
        "POST /v1/deployments/upstream-name/chat/completions?api-version=2024-10-21 HTTP/1.1\r\n";
    assert!(
        head.starts_with(path) && head.contains("\r\napi-key: "),
        "{head}"
    );
}

#[tokio::test]
async fn a_token_is_asked_for_once_and_reaches_the_provider() {
    let app = app(EXCHANGED).await;
    let caller = app.key("enterprise").await;
    let token = r#"{"access_token":"of-ibm","expires_in":3600}"#;
    app.second.always(Script::json(token));
    // A failure before the script was set is forgotten.
    app.advance(Duration::from_secs(2)).await;
    let before = app.second.requests().len();
    for _ in 0..3 {
        assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    }
    let heads = app.stub.requests();
    assert_eq!(heads.len(), 3);
    for request in heads {
        assert!(
            request
                .head
                .contains("\r\nauthorization: Bearer of-ibm\r\n")
        );
    }
    assert!(app.second.requests().len() <= before + 1);
}

#[tokio::test]
async fn a_refused_credential_is_the_operators_and_no_customer_is_told_of_it() {
    let app = app(EXCHANGED).await;
    let caller = app.key("enterprise").await;
    let refusal = r#"{"error":"invalid_client","error_description":"Provided API key is gone."}"#;
    app.second.always(Script::status(400, "", refusal));
    app.advance(Duration::from_secs(2)).await;
    let response = caller.chat(chat("plain", "")).await;
    assert_eq!(response.status, 502);
    assert!(!response.text().contains("API key is gone"));
    assert!(app.stub.requests().is_empty());
}

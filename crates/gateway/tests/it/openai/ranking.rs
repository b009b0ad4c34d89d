//! `POST /v1/rerank`, in the shapes of those who rank documents.

use serde_json::json;

use crate::support::{Caller, Script, TestApp};

/// Priced by token, by search at a provider that lists as Voyage does, and by search at Cohere.
const CATALOG: &str = r#"
[[providers]]
name = "jina"
kind = "jina"
base_url = "STUB"
credential.file = "CREDENTIAL"

[[providers]]
name = "voyage"
kind = "voyage"
base_url = "STUB"
credential.file = "CREDENTIAL"

[[providers]]
name = "cohere"
kind = "cohere"
base_url = "STUB/compatibility/v1"
credential.file = "CREDENTIAL"

[[models]]
id = "by-token"
model_type = "rerank"
min_tier = "free"
prices.input = "2"

[[deployments]]
model = "by-token"
provider = "jina"
upstream_model = "jina-reranker"

[[models]]
id = "by-top-k"
model_type = "rerank"
min_tier = "free"
prices.input = "2"

[[deployments]]
model = "by-top-k"
provider = "voyage"

[[models]]
id = "by-search"
model_type = "rerank"
min_tier = "free"
pricing_unit = "per_search"
prices.searches = "0.002"

[[deployments]]
model = "by-search"
provider = "cohere"
"#;

const RESULTS: &str = r#"{"model":"jina-reranker","object":"list","usage":{"total_tokens":26},"results":[{"index":1,"relevance_score":0.9}]}"#;
const DATA: &str = r#"{"object":"list","data":[{"relevance_score":0.7,"index":1}],"model":"by-top-k","usage":{"total_tokens":43}}"#;
const BILLED: &str = r#"{"id":"r","results":[{"index":1,"relevance_score":0.6}],"meta":{"api_version":{"version":"2"},"billed_units":{"search_units":3}}}"#;

async fn app() -> (TestApp, Caller) {
    let app = TestApp::builder().catalog(CATALOG).start().await;
    let caller = app.key("enterprise").await;
    (app, caller)
}

fn request(model: &str, more: &str) -> String {
    format!(
        r#"{{"model":"{model}","query":"where?","documents":["here",{{"text":"there"}}]{more}}}"#
    )
}

#[tokio::test]
async fn a_ranking_passes_with_the_models_name_and_is_metered_by_token() {
    let (app, caller) = app().await;
    app.stub.once(Script::json(RESULTS));
    let response = caller
        .post(
            "/v1/rerank",
            request("by-token", r#","top_n":1,"own":[1.0]"#),
        )
        .await;
    let renamed = RESULTS.replace("jina-reranker", "by-token");
    let renamed = renamed.replace(
        r#""total_tokens":26"#,
        r#""total_tokens":26,"cost":0.000052"#,
    );
    assert_eq!((response.status, response.text()), (200, renamed));
    assert_eq!(response.header("x-ratelimit-resource"), Some("rerank"));
    let sent = app.stub.last();
    assert!(sent.head.starts_with("POST /v1/rerank "), "{}", sent.head);
    assert_eq!(
        sent.body,
        request("jina-reranker", r#","top_n":1,"own":[1.0]"#)
    );
    assert_eq!(app.bill().await["charge"], 26 * 2_000);
}

#[tokio::test]
async fn searches_are_metered_as_cohere_bills_them_at_its_own_path() {
    let (app, caller) = app().await;
    app.stub.once(Script::json(BILLED));
    let response = caller.post("/v1/rerank", request("by-search", "")).await;
    assert_eq!((response.status, response.text()), (200, BILLED.to_owned()));
    let sent = app.stub.last();
    assert!(
        sent.head.contains("/v2/rerank HTTP/1.1\r\n"),
        "{}",
        sent.head
    );
    assert_eq!(app.bill().await["charge"], 3 * 2_000_000);
    let event = app.event(1).await;
    assert_eq!(
        (&event["counted_by"], &event["input"], &event["endpoint"]),
        (&json!("upstream"), &json!(0), &json!("rerank"))
    );
}

#[tokio::test]
async fn a_search_is_a_hundred_documents_where_the_provider_counts_nothing() {
    let (app, caller) = app().await;
    app.stub.once(Script::json(
        r#"{"results":[{"index":0,"relevance_score":1}]}"#,
    ));
    let documents = vec!["d"; 101];
    let body = json!({"model": "by-search", "query": "q", "documents": documents});
    assert_eq!(
        caller.post("/v1/rerank", body.to_string()).await.status,
        200
    );
    assert_eq!(app.bill().await["charge"], 2 * 2_000_000);
    assert_eq!(app.event(1).await["counted_by"], "estimate");
}

#[tokio::test]
async fn the_bound_and_the_list_have_the_names_that_each_side_knows() {
    for (model, asked, sent, recorded, list) in [
        ("by-top-k", "top_n", "top_k", DATA, "results"),
        ("by-top-k", "top_k", "top_k", DATA, "data"),
        ("by-token", "top_k", "top_n", RESULTS, "data"),
        ("by-token", "top_n", "top_n", RESULTS, "results"),
    ] {
        let (app, caller) = app().await;
        app.stub.once(Script::json(recorded));
        let body = request(model, &format!(r#","{asked}":1"#));
        let response = caller.post("/v1/rerank", body).await.json();
        assert_eq!(app.stub.last().json()[sent], 1, "{model} {asked}");
        assert_eq!(response[list][0]["index"], 1, "{model} {asked}");
    }
}

#[tokio::test]
async fn a_ranking_without_a_query_or_documents_is_refused_before_anything_is_sent() {
    let (app, caller) = app().await;
    for (body, param) in [
        (r#"{"model":"by-token","documents":["a"]}"#, "query"),
        (r#"{"model":"by-token","query":"q"}"#, "documents"),
        (
            r#"{"model":"by-token","query":"q","documents":[]}"#,
            "documents",
        ),
        (
            r#"{"model":"by-token","query":"q","documents":"a"}"#,
            "documents",
        ),
        (
            r#"{"model":"by-token","query":"q","documents":[1]}"#,
            "documents",
        ),
        (
            r#"{"model":"by-token","query":"q","documents":["a"],"top_n":0}"#,
            "top_n",
        ),
    ] {
        let response = caller.post("/v1/rerank", body).await;
        assert!(matches!(response.status, 400 | 422), "{body}");
        assert_eq!(response.json()["error"]["param"], param, "{body}");
    }
    assert!(app.stub.requests().is_empty());
}

//! `/v1/batches`: from a file of requests to files of results.

mod crashes;
mod ends;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::files::{eventually, id_of_upload};
use crate::support::upstream_stub::COMPLETION;
use crate::support::{Caller, Gate, Script, TestApp, TestResponse};

/// A request costs 17,000 nano-dollars: 11 tokens in and 3 out.
const CHARGE: u64 = 17_000;
const CATALOG: &str = r#"
[[providers]]
name = "first"
kind = "openai_compatible"
base_url = "STUB"
credential.file = "CREDENTIAL"
serves_test_keys = true

[[models]]
id = "plain"
min_tier = "free"
max_output_tokens = 1000
prices.input = "1"
prices.output = "2"

[[deployments]]
model = "plain"
provider = "first"

[[models]]
id = "premium"
min_tier = "pro"

[[deployments]]
model = "premium"
provider = "first"
"#;
const CHAT: &str = "/v1/chat/completions";

async fn app() -> TestApp {
    TestApp::builder().catalog(CATALOG).start().await
}

/// A line for chat completions.
fn line(id: &str, model: &str) -> String {
    let body = json!({ "model": model, "messages": [{ "role": "user", "content": id }], "max_tokens": 10 });
    json!({ "custom_id": id, "method": "POST", "url": CHAT, "body": body }).to_string()
}

fn lines(count: usize) -> String {
    (0..count)
        .map(|number| line(&format!("r-{number}"), "plain") + "\n")
        .collect()
}

async fn create(caller: &Caller, file: &str, more: Value) -> TestResponse {
    let mut body = json!({ "input_file_id": file, "endpoint": CHAT, "completion_window": "24h" });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    caller
        .with("content-type", "application/json")
        .post("/v1/batches", body.to_string())
        .await
}

/// Uploads a file, and creates a batch of it; returns its path.
async fn begin(caller: &Caller, content: &str, more: Value) -> String {
    let file = id_of_upload(caller, content.as_bytes()).await;
    let response = create(caller, &file, more).await;
    assert_eq!(response.status, 200, "{}", response.text());
    format!("/v1/batches/{}", response.json()["id"].as_str().unwrap())
}

/// Waits until a batch has ended.
async fn ended(caller: &Caller, path: &str) -> Value {
    let mut seen = Value::Null;
    eventually("the end of a batch", async || {
        seen = caller.get(path).await.json();
        ["completed", "failed", "expired", "cancelled"].contains(&seen["status"].as_str().unwrap())
    })
    .await;
    seen
}

async fn content(caller: &Caller, id: &Value) -> Vec<Value> {
    let path = format!("/v1/files/{}/content", id.as_str().unwrap());
    let text = caller.get(&path).await.text();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn custom_ids(results: &[Value]) -> BTreeSet<&str> {
    results
        .iter()
        .map(|result| result["custom_id"].as_str().unwrap())
        .collect()
}

fn counts(batch: &Value) -> [u64; 3] {
    ["total", "completed", "failed"].map(|name| batch["request_counts"][name].as_u64().unwrap())
}

#[tokio::test]
async fn a_batch_runs_each_line_once_and_leaves_its_results_under_their_names() {
    let app = app().await;
    let caller = app.key("enterprise").await;
    let file = id_of_upload(&caller, lines(40).as_bytes()).await;
    let response = create(&caller, &file, json!({ "metadata": { "night": "one" } })).await;
    assert_eq!(response.header("x-ratelimit-resource"), Some("batches"));
    let created = response.json();
    let now_s = app.now_ms() / 1_000;
    for (name, expected) in [
        ("object", json!("batch")),
        ("status", json!("validating")),
        ("endpoint", json!(CHAT)),
        ("input_file_id", json!(file)),
        ("completion_window", json!("24h")),
        ("created_at", json!(now_s)),
        ("expires_at", json!(now_s + 86_400)),
        ("metadata", json!({ "night": "one" })),
        ("errors", Value::Null),
        ("output_file_id", Value::Null),
    ] {
        assert_eq!(created[name], expected, "{name}");
    }
    let batch = ended(
        &caller,
        &format!("/v1/batches/{}", created["id"].as_str().unwrap()),
    )
    .await;
    assert_eq!(
        (batch["status"].as_str(), counts(&batch)),
        (Some("completed"), [40, 40, 0]),
        "{batch}"
    );
    assert_eq!(
        (&batch["error_file_id"], &batch["model"]),
        (&Value::Null, &json!("plain"))
    );
    for name in ["in_progress_at", "finalizing_at", "completed_at"] {
        assert_eq!(batch[name], now_s, "{name}");
    }
    let results = content(&caller, &batch["output_file_id"]).await;
    assert_eq!((results.len(), custom_ids(&results).len()), (40, 40));
    let expected: Value = serde_json::from_str(COMPLETION).unwrap();
    for result in &results {
        assert_eq!(
            (&result["response"]["status_code"], &result["error"]),
            (&json!(200), &Value::Null)
        );
        assert_eq!(result["response"]["body"]["choices"], expected["choices"]);
    }
    let output = caller
        .get(&format!(
            "/v1/files/{}",
            batch["output_file_id"].as_str().unwrap()
        ))
        .await
        .json();
    assert_eq!(output["purpose"], "batch_output");
    // Accounted for one by one, as any request of the key.
    let events = app.events().await;
    assert_eq!(events.len(), 40);
    assert!(
        events
            .iter()
            .all(|event| event["key"] == caller.key.as_str() && event["status"] == 200)
    );
    let spent = batch["yunxin"]["spent"].as_f64().unwrap();
    assert!(
        (spent - 40.0 * CHARGE as f64 / 1e9).abs() < 1e-12,
        "{spent}"
    );
    assert!(batch["yunxin"]["estimate"].as_f64().unwrap() >= spent);
    // Each has a receipt.
    let id = results[0]["response"]["request_id"].as_str().unwrap();
    assert_eq!(
        caller.get(&format!("/v1/generation?id={id}")).await.status,
        200
    );
}

#[tokio::test]
async fn a_file_with_faults_runs_nothing_and_each_fault_has_its_line() {
    let app = app().await;
    let caller = app.key("free").await;
    let streamed = line("s", "plain").replace("\"max_tokens\"", "\"stream\":true,\"max_tokens\"");
    let other = line("u", "plain").replace(CHAT, "/v1/embeddings");
    let rows = [
        line("a", "plain"),
        line("a", "plain"),
        line("m", "nothing"),
        line("p", "premium"),
        streamed,
        other,
        "{}".to_owned(),
    ];
    let batch = ended(&caller, &begin(&caller, &rows.join("\n"), json!({})).await).await;
    assert_eq!(
        (batch["status"].as_str(), counts(&batch)),
        (Some("failed"), [0, 0, 0])
    );
    assert_eq!(batch["failed_at"], app.now_ms() / 1_000);
    let faults: Vec<(u64, &str)> = batch["errors"]["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| {
            (
                fault["line"].as_u64().unwrap(),
                fault["code"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [
        (2, "duplicate_custom_id"),
        (3, "invalid_model"),
        (4, "model_tier_restricted"),
        (5, "invalid_request"),
        (6, "mismatched_url"),
        (7, "missing_required_parameter"),
    ];
    assert_eq!(faults, expected);
    assert!(app.stub.requests().is_empty() && app.events().await.is_empty());
}

#[tokio::test]
async fn a_batch_that_cannot_be_is_refused_when_it_is_created() {
    let app = TestApp::builder()
        .catalog(CATALOG)
        .set("batches.unfinished_per_account_max", 1)
        .start()
        .await;
    let (caller, other) = (app.key("enterprise").await, app.key("enterprise").await);
    let file = id_of_upload(&caller, lines(1).as_bytes()).await;
    for (more, status, code) in [
        (json!({ "completion_window": "1h" }), 422, "invalid_field"),
        (
            json!({ "endpoint": "/v1/images/edits" }),
            422,
            "invalid_field",
        ),
        (
            json!({ "metadata": { "a": "b".repeat(513) } }),
            422,
            "invalid_field",
        ),
        (
            json!({ "output_expires_after": { "anchor": "created_at", "seconds": 1 } }),
            422,
            "invalid_field",
        ),
        (
            json!({ "yunxin": { "max_spend": 0 } }),
            422,
            "invalid_field",
        ),
        (json!({ "colour": "red" }), 422, "unknown_field"),
        (
            json!({ "input_file_id": "file-nothing" }),
            400,
            "input_file_not_found",
        ),
    ] {
        let response = create(&caller, &file, more.clone()).await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (status, code),
            "{more}"
        );
    }
    let foreign = create(&other, &file, json!({})).await;
    assert_eq!(foreign.code(), "input_file_not_found");
    let embedder = app
        .new_key("enterprise")
        .of_account(&caller.account)
        .endpoints(&["embeddings"])
        .make()
        .await;
    assert_eq!(create(&embedder, &file, json!({})).await.status, 403);
    let gate = Gate::new();
    app.stub
        .always(Script::nothing().wait(&gate).and(Script::json(COMPLETION)));
    let path = format!(
        "/v1/batches/{}",
        create(&caller, &file, json!({})).await.json()["id"]
            .as_str()
            .unwrap()
    );
    assert_eq!(create(&caller, &file, json!({})).await.status, 429);
    app.stub.wait_for_requests(1).await;
    let in_use = caller.delete(&format!("/v1/files/{file}")).await;
    assert_eq!(
        (in_use.status, in_use.code().as_str()),
        (409, "file_in_use")
    );
    for path in [path.clone(), format!("{path}/cancel")] {
        let response = if path.ends_with("cancel") {
            other.post(&path, "").await
        } else {
            other.get(&path).await
        };
        assert_eq!(response.code(), "not_found");
    }
    assert!(
        other.get("/v1/batches").await.json()["data"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    gate.open();
    ended(&caller, &path).await;
    assert_eq!(
        caller.delete(&format!("/v1/files/{file}")).await.status,
        200
    );
}

#[tokio::test]
async fn batches_are_listed_newest_first_page_by_page() {
    let app = app().await;
    let caller = app.key("enterprise").await;
    let file = id_of_upload(&caller, lines(1).as_bytes()).await;
    let mut made = vec![];
    for _ in 0..3 {
        made.insert(
            0,
            create(&caller, &file, json!({})).await.json()["id"].clone(),
        );
    }
    let first = caller.get("/v1/batches?limit=2").await.json();
    let ids = |list: &Value| -> Vec<Value> {
        list["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|batch| batch["id"].clone())
            .collect()
    };
    assert_eq!(
        (ids(&first), &first["has_more"], &first["last_id"]),
        (made[..2].to_vec(), &json!(true), &made[1])
    );
    let rest = caller
        .get(&format!(
            "/v1/batches?limit=2&after={}",
            made[1].as_str().unwrap()
        ))
        .await
        .json();
    assert_eq!(
        (ids(&rest), &rest["has_more"]),
        (made[2..].to_vec(), &json!(false))
    );
    assert_eq!(caller.get("/v1/batches?limit=101").await.status, 400);
}

#[tokio::test]
async fn lines_wait_for_limits_and_for_a_busy_provider_and_do_not_fail() {
    let app = TestApp::builder()
        .catalog(CATALOG)
        .set("batches.lines_at_once", 2)
        .system_clock()
        .start()
        .await;
    let caller = app.key("enterprise").await;
    let busy = Script::status(
        429,
        "retry-after: 1\r\n",
        "{\"error\":{\"message\":\"slow down\"}}",
    );
    app.stub.once(busy.clone());
    app.stub.once(busy);
    let batch = ended(&caller, &begin(&caller, &lines(4), json!({})).await).await;
    assert_eq!(
        (batch["status"].as_str(), counts(&batch)),
        (Some("completed"), [4, 4, 0]),
        "{batch}"
    );
}

#[tokio::test]
async fn a_line_that_is_refused_for_what_it_asks_is_in_the_error_file_with_its_response() {
    let app = app().await;
    let caller = app.key("enterprise").await;
    app.stub.always(Script::status(
        400,
        "",
        "{\"error\":{\"message\":\"no such tool\",\"type\":\"invalid_request_error\"}}",
    ));
    let batch = ended(&caller, &begin(&caller, &lines(2), json!({})).await).await;
    assert_eq!(
        (batch["status"].as_str(), counts(&batch)),
        (Some("completed"), [2, 0, 2]),
        "{batch}"
    );
    assert_eq!(batch["output_file_id"], Value::Null);
    let results = content(&caller, &batch["error_file_id"]).await;
    assert_eq!(custom_ids(&results), BTreeSet::from(["r-0", "r-1"]));
    assert!(
        results
            .iter()
            .all(|result| result["response"]["status_code"] == 400
                && result["response"]["body"]["error"].is_object())
    );
}

#[tokio::test]
async fn lines_run_at_the_lowest_priority_and_clients_before_them() {
    let app = app().await;
    let caller = app.key("enterprise").await;
    ended(&caller, &begin(&caller, &lines(1), json!({})).await).await;
    app.event(1).await;
    let priority: i64 =
        sqlx::query_scalar("SELECT json_extract(detail, '$.priority') FROM usage_events")
            .fetch_one(&mut app.sql().await)
            .await
            .unwrap();
    assert_eq!(priority, 1);
}

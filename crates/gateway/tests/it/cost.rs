//! The cost of a response: in its usage and in a header, from the charge that is settled.

use serde_json::{Value, json};

use crate::support::upstream_stub::{COMPLETION, DONE, delta, finish, usage};
use crate::support::{Caller, Script, TestApp, TestResponse, chat};

const CATALOG: &str = r#"
[[providers]]
name = "first"
kind = "openai_compatible"
base_url = "STUB"
credential.file = "CREDENTIAL"

[[providers]]
name = "second"
kind = "anthropic_compatible"
base_url = "SECOND"
credential.file = "CREDENTIAL"

[[models]]
id = "plain"
min_tier = "free"
prices.input = "1"
prices.output = "2"

[[deployments]]
model = "plain"
provider = "first"
upstream_model = "upstream-name"

[[models]]
id = "claude"
min_tier = "free"
prices.input = "1"
prices.output = "2"

[[deployments]]
model = "claude"
provider = "second"

[[providers]]
name = "google"
kind = "gemini"
base_url = "SECOND"
credential.file = "CREDENTIAL"

[[models]]
id = "google"
min_tier = "free"
prices.input = "1"
prices.output = "2"

[[deployments]]
model = "google"
provider = "google"

[[models]]
id = "free"
min_tier = "free"

[[deployments]]
model = "free"
provider = "first"
"#;

const MESSAGE: &str = r#"{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":5,"output_tokens":7}}"#;
/// 11 tokens in and 3 out.
const PLAIN: &str = "0.000017";
/// 5 tokens in and 7 out.
const CLAUDE: &str = "0.000019";

async fn app() -> (TestApp, Caller) {
    let app = TestApp::builder().catalog(CATALOG).start().await;
    let caller = app.key("enterprise").await;
    (app, caller)
}

fn message(model: &str, more: &str) -> String {
    format!(
        r#"{{"model":"{model}","max_tokens":9,"messages":[{{"role":"user","content":"Hi"}}]{more}}}"#
    )
}

fn data_of(response: &TestResponse) -> Vec<Value> {
    let text = response.text();
    let data = text.lines().filter_map(|line| line.strip_prefix("data: {"));
    data.map(|data| serde_json::from_str(&format!("{{{data}")).unwrap())
        .collect()
}

fn cost(usage: &Value) -> String {
    usage["cost"].to_string()
}

#[tokio::test]
async fn a_response_that_passes_says_its_cost_and_nothing_else_of_it_changes() {
    let (app, caller) = app().await;
    let response = caller.chat(chat("plain", "")).await;
    assert_eq!(response.header("x-yunxin-cost"), Some(PLAIN));
    let expected = COMPLETION.replace(
        r#""total_tokens":14}"#,
        &format!(r#""total_tokens":14,"cost":{PLAIN}}}"#),
    );
    assert_eq!(response.text(), expected);
    assert_eq!(app.bill().await["charge"], 17_000);
    let own = r#"{"model":"upstream-name","choices":[{"message":{}}],"usage":{"cost":0.5,"prompt_tokens":11,"completion_tokens":3}}"#;
    app.stub.once(Script::json(own));
    let response = caller.chat(chat("plain", "")).await.json();
    assert_eq!(response["model"], "plain");
    assert_eq!(cost(&response["usage"]), PLAIN);
}

#[tokio::test]
async fn the_last_count_of_a_stream_has_the_cost_where_the_count_is_wanted() {
    let (app, caller) = app().await;
    let script = || Script::stream([delta("Hi"), finish(), usage(11, 3), DONE.to_owned()]);
    app.stub.once(script());
    let wanted = r#","stream":true,"stream_options":{"include_usage":true}"#;
    let response = caller.chat(chat("plain", wanted)).await;
    assert_eq!(cost(&data_of(&response).last().unwrap()["usage"]), PLAIN);
    assert!(response.header("x-yunxin-cost").is_none());
    app.stub.once(script());
    let response = caller.chat(chat("plain", r#","stream":true"#)).await;
    assert!(!response.text().contains("cost"), "{}", response.text());
}

#[tokio::test]
async fn every_language_says_the_cost_whether_bytes_pass_or_are_translated() {
    let (app, caller) = app().await;
    app.second.always(Script::json(MESSAGE));
    let passed = caller.post("/v1/messages", message("claude", "")).await;
    assert_eq!(cost(&passed.json()["usage"]), CLAUDE);
    assert_eq!(passed.header("x-yunxin-cost"), Some(CLAUDE));
    let translated = caller.post("/v1/messages", message("plain", "")).await;
    assert_eq!(cost(&translated.json()["usage"]), PLAIN);
    let chat = caller.chat(chat("claude", "")).await;
    assert_eq!(cost(&chat.json()["usage"]), CLAUDE);
    let body = r#"{"model":"claude","input":"Hi"}"#.to_owned();
    let response = caller.post("/v1/responses", body).await;
    assert_eq!(cost(&response.json()["usage"]), CLAUDE);
    let body = r#"{"model":"claude","prompt":"Hi"}"#.to_owned();
    let response = caller.post("/v1/completions", body).await;
    assert_eq!(cost(&response.json()["usage"]), CLAUDE);
}

#[tokio::test]
async fn streams_of_every_language_say_the_cost() {
    let (app, caller) = app().await;
    let events = [
        json!({"type": "message_start", "message": {"id": "m", "model": "claude", "usage": {"input_tokens": 5, "output_tokens": 1}}}),
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}}),
        json!({"type": "content_block_stop", "index": 0}),
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 7}}),
        json!({"type": "message_stop"}),
    ];
    let events = events.map(|event| {
        format!(
            "event: {}\ndata: {event}\n\n",
            event["type"].as_str().unwrap()
        )
    });
    app.second.always(Script::stream(events));
    let streamed = r#","stream":true"#;
    let passed = caller
        .post("/v1/messages", message("claude", streamed))
        .await;
    let delta = data_of(&passed)
        .into_iter()
        .find(|event| event["type"] == "message_delta");
    assert_eq!(cost(&delta.unwrap()["usage"]), CLAUDE);
    let body = r#"{"model":"claude","input":"Hi","stream":true}"#.to_owned();
    let response = caller.post("/v1/responses", body).await;
    let last = data_of(&response).pop().unwrap();
    assert_eq!(cost(&last["response"]["usage"]), CLAUDE);
    let wanted = r#","stream":true,"stream_options":{"include_usage":true}"#;
    let response = caller.chat(chat("claude", wanted)).await;
    assert_eq!(cost(&data_of(&response).last().unwrap()["usage"]), CLAUDE);
}

#[tokio::test]
async fn google_counts_have_the_cost_whole_and_streamed_and_a_key_can_leave_it_out() {
    const ASKED: &str = r#"{"contents":[{"parts":[{"text":"Hi"}]}]}"#;
    let (app, caller) = app().await;
    let count = |said: u64| {
        json!({"candidates": [{"content": {"parts": [{"text": "Hi"}], "role": "model"}, "index": 0}],
            "usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": said}, "modelVersion": "m"})
    };
    let mut last = count(7);
    last["candidates"][0]["finishReason"] = "STOP".into();
    app.second
        .always_to(":generateContent", Script::json(&last.to_string()));
    let chunks = [count(1), last].map(|chunk| format!("data: {chunk}\r\n\r\n"));
    app.second
        .always_to(":streamGenerateContent", Script::stream(chunks));
    let path = |model: &str, method: &str| format!("/v1beta/models/{model}:{method}");
    let silent = app.new_key("enterprise").without_cost().make().await;
    // Where bytes pass, and where another language is translated.
    for (model, expected) in [("google", CLAUDE), ("plain", PLAIN)] {
        let whole = caller.post(&path(model, "generateContent"), ASKED).await;
        assert_eq!(
            cost(&whole.json()["usageMetadata"]),
            expected,
            "{}",
            whole.text()
        );
        assert_eq!(whole.header("x-yunxin-cost"), Some(expected));
        app.stub.always(Script::stream([
            delta("Hi"),
            finish(),
            usage(11, 3),
            DONE.to_owned(),
        ]));
        let stream = path(model, "streamGenerateContent?alt=sse");
        let streamed = caller.post(&stream, ASKED).await;
        let last = data_of(&streamed).pop().unwrap();
        assert_eq!(
            cost(&last["usageMetadata"]),
            expected,
            "{}",
            streamed.text()
        );
        let without = silent.post(&stream, ASKED).await;
        assert!(!without.text().contains("cost"), "{}", without.text());
    }
    let without = silent.post(&path("google", "generateContent"), ASKED).await;
    assert!(!without.text().contains("cost") && without.header("x-yunxin-cost").is_none());
}

#[tokio::test]
async fn a_key_can_leave_the_cost_out_and_a_model_without_prices_has_none() {
    let (app, caller) = app().await;
    let silent = app.new_key("enterprise").without_cost().make().await;
    let response = silent.chat(chat("plain", "")).await;
    assert!(response.header("x-yunxin-cost").is_none());
    assert!(!response.text().contains("cost"));
    let response = caller.chat(chat("free", "")).await;
    assert!(response.header("x-yunxin-cost").is_none());
    assert_eq!(response.text(), COMPLETION);
}

#[tokio::test]
async fn what_the_provider_did_not_count_is_told_in_the_header_alone() {
    let (app, caller) = app().await;
    let uncounted = r#"{"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hello there"},"finish_reason":"stop"}],"usage":{"prompt_tokens":11}}"#;
    app.stub.once(Script::json(uncounted));
    let response = caller.chat(chat("plain", "")).await;
    assert!(response.json()["usage"].get("cost").is_none());
    let charge = app.bill().await["charge"].as_u64().unwrap();
    let told: f64 = response.header("x-yunxin-cost").unwrap().parse().unwrap();
    assert!((told * 1e9 - charge as f64).abs() < 1.0, "{told} {charge}");
}

#[tokio::test]
async fn parameters_that_were_left_out_are_in_the_record_of_the_request() {
    let (app, caller) = app().await;
    app.second.once(Script::json(MESSAGE));
    let response = caller
        .chat(chat("claude", r#","seed":1,"user":"u","top_x":2"#))
        .await;
    assert_eq!(
        response.header("x-yunxin-dropped-params"),
        Some("seed, top_x")
    );
    assert_eq!(app.bill().await["dropped"], json!(["seed", "top_x"]));
}

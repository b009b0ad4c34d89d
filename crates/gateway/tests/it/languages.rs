//! Clients of one language at providers of another, and Anthropic's language from end to end.

mod responses_api;

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

[[deployments]]
model = "plain"
provider = "first"

[[models]]
id = "claude"
min_tier = "free"
max_output_tokens = 2048

[[deployments]]
model = "claude"
provider = "second"
upstream_model = "claude-upstream"

[[models]]
id = "pair"
min_tier = "free"

[[deployments]]
model = "pair"
provider = "first"

[[deployments]]
model = "pair"
provider = "second"
weight = 0
"#;

const MESSAGE: &str = r#"{"id":"msg_1","type":"message","role":"assistant","model":"claude-upstream","content":[{"type":"thinking","thinking":"hm","signature":"sig"},{"type":"text","text":"Hello"},{"type":"tool_use","id":"toolu_1","name":"add","input":{"a":1.50}}],"stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":5,"cache_creation_input_tokens":3,"cache_read_input_tokens":2,"cache_creation":{"ephemeral_5m_input_tokens":1,"ephemeral_1h_input_tokens":2},"output_tokens":7}}"#;

const EVENTS: [&str; 8] = [
    r#"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-upstream","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":5,"cache_read_input_tokens":2,"output_tokens":1}}}"#,
    r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
    r#"{"type":"ping"}"#,
    r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hel"}}"#,
    r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"lo"}}"#,
    r#"{"type":"content_block_stop","index":0}"#,
    r#"{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":7}}"#,
    r#"{"type":"message_stop"}"#,
];

fn named_events() -> Vec<String> {
    let name = |data: &str| {
        let value: Value = serde_json::from_str(data).unwrap();
        value["type"].as_str().unwrap().to_owned()
    };
    EVENTS
        .iter()
        .map(|data| format!("event: {}\ndata: {data}\n\n", name(data)))
        .collect()
}

async fn app() -> (TestApp, Caller) {
    let app = TestApp::builder().catalog(CATALOG).start().await;
    let caller = app.key("enterprise").await;
    (app, caller)
}

fn message(model: &str, more: &str) -> String {
    format!(
        r#"{{"model":"{model}","max_tokens":100,"messages":[{{"role":"user","content":"Hello there"}}]{more}}}"#
    )
}

async fn messages(caller: &Caller, body: String) -> TestResponse {
    caller.post("/v1/messages", body).await
}

async fn responses(caller: &Caller, body: &str) -> TestResponse {
    caller.post("/v1/responses", body.to_owned()).await
}

/// The data of events, without the end of OpenAI's.
fn data_of(response: &TestResponse) -> Vec<Value> {
    let text = response.text();
    let lines = text.lines().filter_map(|line| line.strip_prefix("data: "));
    let data = lines.filter(|data| *data != "[DONE]");
    data.map(|data| serde_json::from_str(data).unwrap())
        .collect()
}

fn types_of(response: &TestResponse) -> Vec<String> {
    let of = |event: Value| event["type"].as_str().unwrap_or_default().to_owned();
    data_of(response).into_iter().map(of).collect()
}

#[tokio::test]
async fn a_client_of_openai_reaches_a_provider_of_anthropic() {
    let (app, caller) = app().await;
    app.second.once(Script::json(MESSAGE));
    let more = r#","seed":7,"stop":["x"],"tools":[{"type":"function","function":{"name":"add","parameters":{"type":"object"}}}]"#;
    let response = caller.chat(chat("claude", more)).await;
    assert_eq!(response.status, 200);
    assert_eq!(response.header("x-yunxin-dropped-params"), Some("seed"));
    let whole = response.json();
    assert_eq!(whole["model"], "claude");
    let said = &whole["choices"][0]["message"];
    assert_eq!(said["content"], "Hello");
    assert_eq!(said["reasoning_content"], "hm");
    assert_eq!(said["reasoning_details"][0]["signature"], "sig");
    assert_eq!(
        said["tool_calls"][0]["function"]["arguments"],
        r#"{"a":1.50}"#
    );
    assert_eq!(whole["choices"][0]["finish_reason"], "tool_calls");
    assert_eq!(whole["usage"]["prompt_tokens"], 10);
    assert_eq!(whole["usage"]["prompt_tokens_details"]["cached_tokens"], 2);
    let sent = app.second.last();
    assert!(sent.head.starts_with("POST /v1/messages HTTP/1.1\r\n"));
    assert!(sent.head.contains("\r\nanthropic-version: 2023-06-01\r\n"));
    let expected = json!({
        "model": "claude-upstream", "max_tokens": 2048, "stop_sequences": ["x"],
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Hello there"}]}],
        "tools": [{"name": "add", "input_schema": {"type": "object"}}],
    });
    assert_eq!(sent.json(), expected);
    let event = app.event(1).await;
    let counted = (event["input"].as_u64(), event["output"].as_u64());
    assert_eq!(counted, (Some(10), Some(7)));
}

#[tokio::test]
async fn a_stream_is_translated_as_it_comes() {
    let (app, caller) = app().await;
    app.second.once(Script::stream(named_events()));
    let more = r#","stream":true,"stream_options":{"include_usage":true}"#;
    let response = caller.chat(chat("claude", more)).await;
    assert_eq!(response.header("content-type"), Some("text/event-stream"));
    assert!(response.text().ends_with("data: [DONE]\n\n"));
    let chunks = data_of(&response);
    let text: String = chunks
        .iter()
        .filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str())
        .collect();
    assert_eq!(text, "Hello");
    assert_eq!(chunks.last().unwrap()["usage"]["total_tokens"], 14);
    let event = app.event(1).await;
    assert_eq!(event["output"].as_u64(), Some(7));
}

#[tokio::test]
async fn a_stream_in_disorder_ends_in_an_error_event() {
    let (app, caller) = app().await;
    let mut events = named_events();
    events.insert(4, events[1].clone());
    app.second.once(Script::stream(events));
    let response = caller.chat(chat("claude", r#","stream":true"#)).await;
    let error = data_of(&response).pop().unwrap()["error"].clone();
    assert_eq!(error["code"], "upstream_error", "{}", response.text());
    assert!(!response.text().contains("[DONE]"));
}

#[tokio::test]
async fn a_client_of_anthropic_reaches_a_provider_of_openai() {
    let (app, caller) = app().await;
    app.stub.once(Script::json(COMPLETION));
    let response = messages(&caller, message("plain", r#","system":"Be brief.""#)).await;
    assert_eq!(response.status, 200);
    assert!(response.header("request-id").is_some());
    assert!(
        response
            .header("anthropic-ratelimit-requests-limit")
            .is_none()
    );
    let whole = response.json();
    assert_eq!(
        (&whole["type"], &whole["role"]),
        (&"message".into(), &"assistant".into())
    );
    assert_eq!(whole["content"][0]["type"], "text");
    assert_eq!(whole["stop_reason"], "end_turn");
    let sent = app.stub.last().json();
    assert_eq!(
        sent["messages"][0],
        json!({"role": "system", "content": "Be brief."})
    );
    assert_eq!(sent["max_tokens"], 100);

    let events = [
        delta("Hel"),
        delta("lo"),
        finish(),
        usage(9, 2),
        DONE.to_owned(),
    ];
    app.stub.once(Script::stream(events));
    let response = messages(&caller, message("plain", r#","stream":true"#)).await;
    let expected = [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ];
    assert_eq!(types_of(&response), expected);
    assert!(response.text().starts_with("event: message_start\n"));
    let end = data_of(&response)[5].clone();
    assert_eq!(
        (
            &end["usage"]["input_tokens"],
            &end["usage"]["output_tokens"]
        ),
        (&9.into(), &2.into())
    );
}

#[tokio::test]
async fn bytes_pass_between_two_who_speak_anthropic() {
    let (app, caller) = app().await;
    let caller = caller.with("anthropic-beta", "some-beta-2026-01-01");
    app.second.once(Script::json(MESSAGE));
    let body = message("claude", r#","context_management":{"edits":[]} "#);
    let response = messages(&caller, body.clone()).await;
    assert_eq!(
        response.text(),
        MESSAGE.replace("claude-upstream", "claude")
    );
    let sent = app.second.last();
    assert_eq!(sent.body, body.replace("claude", "claude-upstream"));
    assert!(
        sent.head
            .contains("\r\nanthropic-beta: some-beta-2026-01-01\r\n")
    );
    app.second.once(Script::stream(named_events()));
    let response = messages(&caller, message("claude", r#","stream":true"#)).await;
    let expected = named_events().concat().replace("claude-upstream", "claude");
    assert_eq!(response.text(), expected);
    let events = app.events().await;
    let counted: Vec<_> = events
        .iter()
        .map(|event| event["output"].as_u64())
        .collect();
    assert_eq!(counted, [Some(7), Some(7)]);
}

#[tokio::test]
async fn json_is_asked_for_by_a_tool_where_the_provider_has_no_mode_for_it() {
    let (app, caller) = app().await;
    let called = r#"{"type":"message","content":[{"type":"tool_use","id":"t","name":"json_response","input":{"a":1}}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1}}"#;
    app.second.once(Script::json(called));
    let more = r#","response_format":{"type":"json_object"}"#;
    let response = caller.chat(chat("claude", more)).await.json();
    let choice = &response["choices"][0];
    assert_eq!(
        (&choice["message"]["content"], &choice["finish_reason"]),
        (&r#"{"a":1}"#.into(), &"stop".into())
    );
    assert_eq!(
        app.second.last().json()["tool_choice"]["name"],
        "json_response"
    );
}

#[tokio::test]
async fn a_fallback_crosses_languages() {
    let (app, caller) = app().await;
    app.stub.once(Script::status(503, "", "{}"));
    app.second.once(Script::json(MESSAGE));
    let response = caller.chat(chat("pair", "")).await;
    assert_eq!(response.status, 200);
    assert_eq!(response.json()["choices"][0]["message"]["content"], "Hello");
    assert_eq!(app.event(1).await["attempts"].as_u64(), Some(2));
}

#[tokio::test]
async fn what_cannot_be_said_is_refused_by_its_name_before_anybody_is_asked() {
    let (app, caller) = app().await;
    for (param, more) in [
        ("n", r#","n":2"#),
        ("logprobs", r#","logprobs":true"#),
        ("logit_bias", r#","logit_bias":{"1":2}"#),
    ] {
        let response = caller.chat(chat("claude", more)).await;
        assert_eq!(response.status, 400);
        assert_eq!(response.json()["error"]["param"], param);
        assert_eq!(response.json()["error"]["code"], "unsupported_parameter");
    }
    assert!(app.second.requests().is_empty());
}

#[tokio::test]
async fn errors_are_told_in_the_language_of_the_path() {
    let (app, caller) = app().await;
    let kind = |response: &TestResponse| response.json()["error"]["type"].clone();
    let nobody = app.anonymous().with("x-api-key", "yx-nonsense");
    let refused = messages(&nobody, message("claude", "")).await;
    assert_eq!(
        (refused.status, kind(&refused)),
        (401, "authentication_error".into())
    );
    assert_eq!(refused.json()["type"], "error");
    assert_eq!(
        refused.json()["request_id"].as_str(),
        refused.header("request-id")
    );
    let missing = messages(&caller, message("nothing", "")).await;
    assert_eq!(
        (missing.status, kind(&missing)),
        (404, "not_found_error".into())
    );
    app.second.once(Script::status(
        400,
        "",
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: too many"}}"#,
    ));
    let invalid = messages(&caller, message("claude", "")).await;
    assert_eq!(
        (invalid.status, kind(&invalid)),
        (400, "invalid_request_error".into())
    );
    assert_eq!(invalid.json()["error"]["message"], "max_tokens: too many");
    app.second.once(Script::status(
        529,
        "",
        r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
    ));
    let busy = messages(&caller, message("claude", "")).await;
    assert_eq!((busy.status, kind(&busy)), (503, "overloaded_error".into()));
    let other = caller.get("/v1/messages").await;
    assert_eq!(
        (other.status, other.json()["type"].as_str()),
        (405, Some("error"))
    );
}

#[tokio::test]
async fn a_stream_that_breaks_ends_in_an_error_event_of_the_clients_language() {
    let (app, caller) = app().await;
    app.stub.once(Script::stream([delta("Hel")]));
    let response = messages(&caller, message("plain", r#","stream":true"#)).await;
    assert_eq!(response.status, 200);
    assert_eq!(types_of(&response).last().unwrap(), "error");
    assert!(response.text().contains("event: error\ndata: "));
    let error = r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
    let mut events: Vec<String> = named_events().into_iter().take(4).collect();
    events.push(format!("event: error\ndata: {error}\n\n"));
    app.second.once(Script::stream(events));
    let response = caller.chat(chat("claude", r#","stream":true"#)).await;
    let last = data_of(&response).pop().unwrap();
    assert_eq!(last["error"]["code"], "upstream_overloaded");
}

#[tokio::test]
async fn tokens_are_counted_without_asking_anybody() {
    let (app, caller) = app().await;
    let body = message(
        "claude",
        r#","tools":[{"name":"add","input_schema":{"type":"object"}}]"#,
    );
    let response = caller.post("/v1/messages/count_tokens", body).await;
    assert_eq!(response.status, 200);
    assert!(response.json()["input_tokens"].as_u64().unwrap() > 5);
    let missing = caller
        .post("/v1/messages/count_tokens", message("nothing", ""))
        .await;
    assert_eq!(missing.json()["error"]["type"], "not_found_error");
    assert!(app.second.requests().is_empty());
    assert!(app.events().await.is_empty());
}

#[tokio::test]
async fn models_are_listed_in_the_shape_of_the_language_that_asks() {
    let (_app, caller) = app().await;
    let caller = caller.with("anthropic-version", "2023-06-01");
    let list = caller.get("/v1/models?limit=1000").await.json();
    assert_eq!(
        (&list["has_more"], &list["first_id"]),
        (&false.into(), &"claude".into())
    );
    let first = &list["data"][0];
    assert_eq!(
        (&first["type"], &first["id"]),
        (&"model".into(), &"claude".into())
    );
    let one = caller.get("/v1/models/claude").await.json();
    assert_eq!(
        (&one["type"], &one["max_tokens"]),
        (&"model".into(), &2048.into())
    );
}

#[tokio::test]
async fn a_body_of_another_language_is_told_its_path() {
    let (_app, caller) = app().await;
    let response = messages(&caller, r#"{"model":"claude","input":"Hi"}"#.to_owned()).await;
    assert_eq!(response.status, 400);
    let said = response.json()["error"]["message"].to_string();
    assert!(said.contains("/v1/responses"), "{said}");
    let response = responses(&caller, r#"{"model":"plain","messages":[]}"#).await;
    assert_eq!(response.json()["error"]["param"], "messages");
}

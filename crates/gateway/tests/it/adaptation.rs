//! Requests as they are adapted to a provider of another language: its habits, its choices, and the older text interface.

use serde_json::{Value, json};

use crate::support::upstream_stub::COMPLETION;
use crate::support::{Caller, Script, TestApp, TestResponse};

const CATALOG: &str = r#"
[[providers]]
name = "openai"
kind = "openai"
base_url = "STUB"
credential.file = "CREDENTIAL"

[[providers]]
name = "deepseek"
kind = "deepseek"
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
provider = "openai"
upstream_model = "gpt-4o"

[[models]]
id = "reasoner"
min_tier = "free"

[[deployments]]
model = "reasoner"
provider = "openai"
upstream_model = "o4-mini"

[[models]]
id = "thinker"
min_tier = "free"

[[deployments]]
model = "thinker"
provider = "deepseek"
upstream_model = "deepseek-reasoner"

[[models]]
id = "claude"
min_tier = "free"

[[deployments]]
model = "claude"
provider = "second"
"#;

const MESSAGE: &str = r#"{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[{"type":"thinking","thinking":"hm","signature":"sig"},{"type":"text","text":"upon a time"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":5,"output_tokens":7}}"#;

async fn app() -> (TestApp, Caller) {
    let app = TestApp::builder().catalog(CATALOG).start().await;
    let caller = app.key("enterprise").await;
    (app, caller)
}

async fn message(caller: &Caller, model: &str, more: &Value) -> TestResponse {
    let mut body = json!({
        "model": model, "max_tokens": 100, "messages": [{"role": "user", "content": "Hello there"}],
    });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    caller.post("/v1/messages", body.to_string()).await
}

#[tokio::test]
async fn a_model_that_reasons_at_openai_gets_the_bound_under_its_newer_name_and_no_temperature() {
    let (app, caller) = app().await;
    let hot = json!({"temperature": 0.2, "top_p": 1});
    let response = message(&caller, "reasoner", &hot).await;
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(
        response.header("x-yunxin-dropped-params"),
        Some("temperature")
    );
    let sent = app.stub.last().json();
    assert_eq!(sent["max_completion_tokens"], 100);
    for absent in ["max_tokens", "temperature", "top_p"] {
        assert!(sent.get(absent).is_none(), "{absent}");
    }
    message(&caller, "plain", &hot).await;
    let sent = app.stub.last().json();
    assert_eq!(
        (&sent["max_completion_tokens"], &sent["temperature"]),
        (&100.into(), &json!(0.2))
    );
    message(&caller, "thinker", &hot).await;
    assert_eq!(app.stub.last().json()["max_tokens"], 100);
}

#[tokio::test]
async fn thoughts_go_back_as_text_to_a_provider_that_wants_them_and_their_proofs_do_not() {
    let (app, caller) = app().await;
    let turns = json!({"messages": [
        {"role": "user", "content": "Add"},
        {"role": "assistant", "content": [
            {"type": "thinking", "thinking": "one and two", "signature": ""},
            {"type": "thinking", "thinking": "of another", "signature": "proof-of-another"},
            {"type": "tool_use", "id": "t1", "name": "add", "input": {"a": 1}},
        ]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "3"}]},
    ]});
    message(&caller, "thinker", &turns).await;
    let sent = app.stub.last();
    assert_eq!(
        sent.json()["messages"][1]["reasoning_content"],
        "one and two"
    );
    assert!(!sent.body.contains("of-another"), "{}", sent.body);
    message(&caller, "plain", &turns).await;
    assert!(!app.stub.last().body.contains("one and two"));
}

#[tokio::test]
async fn a_body_of_responses_at_the_path_of_chat_completions_gets_a_chat_completion() {
    let (app, caller) = app().await;
    let body = json!({
        "model": "plain", "instructions": "Be brief.", "input": [{"role": "user", "content": "Hi"}],
        "max_output_tokens": 50, "truncation": "auto",
        "tools": [{"type": "function", "name": "add", "parameters": {"type": "object"}}],
    });
    let response = caller.chat(body.to_string()).await;
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(
        response.json()["choices"][0]["message"]["content"],
        "Hello!"
    );
    assert_eq!(
        response.header("x-yunxin-dropped-params"),
        Some("truncation")
    );
    let sent = app.stub.last().json();
    assert_eq!(sent["model"], "gpt-4o");
    assert_eq!(
        sent["messages"],
        json!([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}])
    );
    assert_eq!(sent["tools"][0]["function"]["name"], "add");
    let kept = json!({"model": "plain", "input": "Hi", "previous_response_id": "resp_1"});
    let refused = caller.chat(kept.to_string()).await;
    assert_eq!(refused.status, 400);
    assert_eq!(refused.json()["error"]["param"], "previous_response_id");
    let neither = caller.chat(r#"{"model":"plain"}"#.to_owned()).await;
    assert_eq!(neither.json()["error"]["param"], "messages");
}

#[tokio::test]
async fn tokens_of_what_is_no_conversation_are_not_counted() {
    let (_app, caller) = app().await;
    for (messages, param) in [
        (json!([]), "messages"),
        (
            json!([{"role": "user", "content": 5}]),
            "messages.0.content",
        ),
        (
            json!([{"role": "user", "content": [{"text": "Hi"}]}]),
            "messages.0.content",
        ),
        (json!([{"content": "Hi"}]), "messages.0.role"),
        (json!(["Hi"]), "messages.0.role"),
    ] {
        let body = json!({"model": "claude", "messages": messages});
        let path = "/v1/messages/count_tokens";
        let refused = caller.post(path, body.to_string()).await;
        assert_eq!(refused.status, 400, "{body}");
        let refused = refused.json();
        assert_eq!(refused["type"], "error");
        assert_eq!(refused["error"]["type"], "invalid_request_error");
        assert_eq!(refused["error"]["param"], param, "{body}");
    }
}

#[tokio::test]
async fn a_prompt_is_answered_by_a_model_that_knows_conversations_alone() {
    let (app, caller) = app().await;
    app.second.once(Script::json(MESSAGE));
    let body =
        json!({"model": "claude", "prompt": "Once", "max_tokens": 9, "stop": "x", "seed": 1});
    let response = caller.post("/v1/completions", body.to_string()).await;
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(response.header("x-yunxin-dropped-params"), Some("seed"));
    let whole = response.json();
    assert_eq!(whole["object"], "text_completion");
    let choice = &whole["choices"][0];
    assert_eq!(
        (&choice["text"], &choice["finish_reason"]),
        (&"upon a time".into(), &"stop".into())
    );
    assert_eq!(whole["usage"]["total_tokens"], 12);
    let sent = app.second.last().json();
    assert_eq!(sent["messages"][0]["content"][0]["text"], "Once");
    assert_eq!(sent["max_tokens"], 9);
    assert_eq!(app.event(1).await["endpoint"], "completions");
    let many = json!({"model": "claude", "prompt": ["a", "b"]});
    let refused = caller.post("/v1/completions", many.to_string()).await;
    assert_eq!(refused.status, 400);
    assert_eq!(refused.json()["error"]["param"], "prompt");
}

#[tokio::test]
async fn a_streamed_prompt_has_chunks_of_text_and_an_end() {
    let (app, caller) = app().await;
    app.second.once(Script::json(MESSAGE));
    let body = json!({
        "model": "claude", "prompt": "Once", "stream": true, "stream_options": {"include_usage": true},
    });
    let response = caller.post("/v1/completions", body.to_string()).await;
    let text = response.text();
    assert!(text.ends_with("data: [DONE]\n\n"), "{text}");
    let data = text.lines().filter_map(|line| line.strip_prefix("data: {"));
    let chunks: Vec<Value> = data
        .map(|data| serde_json::from_str(&format!("{{{data}")).unwrap())
        .collect();
    let said: String = chunks
        .iter()
        .filter_map(|chunk| chunk["choices"][0]["text"].as_str())
        .collect();
    assert_eq!(said, "upon a time");
    assert_eq!(chunks.last().unwrap()["usage"]["completion_tokens"], 7);
}

#[tokio::test]
async fn a_prompt_passes_to_a_provider_that_has_completions() {
    let (app, caller) = app().await;
    app.stub.once(Script::json(COMPLETION));
    let body = r#"{"model":"plain","prompt":["a","b"],"echo":true}"#;
    assert_eq!(
        caller.post("/v1/completions", body.to_owned()).await.status,
        200
    );
    let sent = app.stub.last();
    assert!(sent.head.starts_with("POST /v1/completions "));
    assert_eq!(sent.json()["prompt"], json!(["a", "b"]));
}

//! Providers that speak a language of their own: Bedrock's converse, Cohere's chat, Ollama's chat. What they respond is what
//! was recorded of them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::{Caller, Script, TestApp, TestResponse, chat};

const CATALOG: &str = r#"
[[providers]]
name = "bedrock"
kind = "bedrock"
base_url = "STUB"
variables = { region = "eu-central-1" }
credential.file = "CREDENTIAL"

[[providers]]
name = "cohere"
kind = "cohere"
base_url = "STUB"
credential.file = "CREDENTIAL"

[[providers]]
name = "ollama"
kind = "ollama"
base_url = "STUB"
credential.file = "CREDENTIAL"

[[models]]
id = "nova"
min_tier = "free"

[[deployments]]
model = "nova"
provider = "bedrock"
upstream_model = "us.amazon.nova-2-lite-v1:0"

[[models]]
id = "command"
min_tier = "free"

[[deployments]]
model = "command"
provider = "cohere"
upstream_model = "command-a"

[[models]]
id = "local"
min_tier = "free"

[[deployments]]
model = "local"
provider = "ollama"
upstream_model = "qwen3:4b"
"#;

async fn app() -> (TestApp, Caller) {
    let app = TestApp::builder().catalog(CATALOG).start().await;
    let caller = app.key("enterprise").await;
    (app, caller)
}

/// The response of a recording.
fn recorded(name: &str) -> Value {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../llm/tests/it/recordings/upstreams"
    );
    let text = std::fs::read(format!("{folder}/{name}.json")).unwrap();
    serde_json::from_slice::<Value>(&text).unwrap()["response"].clone()
}

fn stream_of(recording: &Value) -> Vec<u8> {
    if let Some(text) = recording["stream_base64"].as_str() {
        return STANDARD.decode(text).unwrap();
    }
    match &recording["stream"] {
        Value::Array(parts) => {
            let parts: Vec<&str> = parts.iter().filter_map(Value::as_str).collect();
            parts.concat().into_bytes()
        }
        text => text.as_str().unwrap().as_bytes().to_vec(),
    }
}

/// A stream that comes in pieces of eleven bytes.
fn stream(name: &str) -> Script {
    Script::stream(stream_of(&recorded(name)).chunks(11))
}

fn chunks(response: &TestResponse) -> Vec<Value> {
    let text = response.text();
    assert!(text.ends_with("data: [DONE]\n\n"), "{text}");
    let data = text.lines().filter_map(|line| line.strip_prefix("data: {"));
    data.map(|data| serde_json::from_str(&format!("{{{data}")).unwrap())
        .collect()
}

const STREAMED: &str = r#","stream":true,"stream_options":{"include_usage":true}"#;
const NOVA_CALL: &str =
    "bedrock/ruby-llm--chat-function-calling-bedrock-amazon-nova-2-lite-v1-0-can-use-tools-wi-0";

#[tokio::test]
async fn a_stream_of_converse_is_told_in_the_clients_language() {
    let (app, caller) = app().await;
    app.stub.once(stream(NOVA_CALL));
    let response = caller.chat(chat("nova", STREAMED)).await;
    assert_eq!(response.status, 200, "{}", response.text());
    let chunks = chunks(&response);
    let call = chunks.iter().find_map(|chunk| {
        chunk["choices"][0]["delta"]["tool_calls"][0]["function"]["name"].as_str()
    });
    assert_eq!(call, Some("best_language_to_learn"));
    let reasons = chunks
        .iter()
        .find_map(|chunk| chunk["choices"][0]["finish_reason"].as_str());
    assert_eq!(reasons, Some("tool_calls"));
    let usage = &chunks.last().unwrap()["usage"];
    assert_eq!(
        (&usage["prompt_tokens"], &usage["completion_tokens"]),
        (&932.into(), &18.into())
    );
    let sent = app.stub.last();
    let path = "POST /v1/model/us.amazon.nova-2-lite-v1%3A0/converse-stream HTTP/1.1\r\n";
    assert!(sent.head.starts_with(path), "{}", sent.head);
    assert!(sent.head.contains("\r\nauthorization: Bearer "));
    assert_eq!(
        sent.json()["messages"],
        json!([{"role": "user", "content": [{"text": "Hello there"}]}])
    );
    let event = app.event(1).await;
    assert_eq!(event["output"].as_u64(), Some(18));
}

#[tokio::test]
async fn a_whole_response_of_converse_is_told_in_anthropics_language() {
    let (app, caller) = app().await;
    let name = "bedrock/ruby-llm--chat-citations-with-bedrock-claude-haiku-4-5-cites-text-documents-in-r-0";
    let body = recorded(name)["body"].to_string();
    app.stub.once(Script::json(&body));
    let asked = r#"{"model":"nova","max_tokens":9,"messages":[{"role":"user","content":"Who?"}]}"#;
    let response = caller.post("/v1/messages", asked.to_owned()).await;
    assert_eq!(response.status, 200, "{}", response.text());
    let message = response.json();
    let text = message["content"][0]["text"].as_str().unwrap();
    assert!(text.starts_with("The Ruby programming language"), "{text}");
    assert_eq!(message["stop_reason"], "end_turn");
    assert_eq!(message["usage"]["input_tokens"], 672);
    assert!(
        app.stub
            .last()
            .head
            .starts_with("POST /v1/model/us.amazon.nova-2-lite-v1%3A0/converse ")
    );
}

#[tokio::test]
async fn an_exception_within_a_stream_ends_it_with_an_error_and_a_damaged_message_does_too() {
    let (app, caller) = app().await;
    let whole = stream_of(&recorded(
        "bedrock/pydantic-ai--test-bedrock-model-thinking-part-stream-0",
    ));
    let mut damaged = whole.clone();
    let at = damaged.len() / 2;
    damaged[at] ^= 1;
    app.stub.once(Script::stream([damaged]));
    let response = caller.chat(chat("nova", STREAMED)).await;
    assert_eq!(response.status, 200);
    let text = response.text();
    assert!(
        text.contains(r#""error":"#) && !text.contains("[DONE]"),
        "{text}"
    );
    // Cut off before its end.
    app.stub.once(Script::stream([&whole[..whole.len() / 2]]));
    let response = caller.chat(chat("nova", STREAMED)).await;
    assert!(!response.text().contains("[DONE]"));
}

#[tokio::test]
async fn refusals_of_bedrock_are_known_by_the_type_in_their_header() {
    let (app, caller) = app().await;
    for (status, kind, shown) in [
        (429, "ThrottlingException:http://internal.amazon.com/", 503),
        (503, "ServiceUnavailableException", 503),
        (400, "ValidationException", 400),
        (403, "AccessDeniedException", 502),
    ] {
        let header = format!("x-amzn-errortype: {kind}\r\n");
        app.stub
            .always(Script::status(status, &header, r#"{"message":"No."}"#));
        let response = caller.chat(chat("nova", "")).await;
        assert_eq!(response.status, shown, "{kind}: {}", response.text());
    }
}

#[tokio::test]
async fn a_client_of_anthropic_reaches_cohere_in_coheres_language() {
    let (app, caller) = app().await;
    app.stub.once(stream(
        "cohere/rig--streaming-grammar-reasoning-then-tool-call-0",
    ));
    let body = r#"{"model":"command","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"2-5?"}],"tools":[{"name":"subtract","input_schema":{"type":"object"}}]}"#;
    let response = caller.post("/v1/messages", body.to_owned()).await;
    let text = response.text();
    assert!(text.contains(r#""type":"thinking""#), "{text}");
    assert!(text.contains(r#""name":"subtract""#));
    assert!(text.contains(r#""stop_reason":"tool_use""#));
    assert!(text.ends_with("data: {\"type\":\"message_stop\"}\n\n"));
    let sent = app.stub.last();
    assert!(
        sent.head.starts_with("POST /v1/v2/chat HTTP/1.1\r\n"),
        "{}",
        sent.head
    );
    assert_eq!(sent.json()["tools"][0]["function"]["name"], "subtract");
}

#[tokio::test]
async fn bytes_of_clients_of_openai_pass_to_the_compatible_interface_beside() {
    let (app, caller) = app().await;
    assert_eq!(caller.chat(chat("command", "")).await.status, 200);
    let head = app.stub.last().head;
    assert!(
        head.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"),
        "{head}"
    );
    assert_eq!(caller.chat(chat("local", "")).await.status, 200);
    let head = app.stub.last().head;
    assert!(
        head.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"),
        "{head}"
    );
}

#[tokio::test]
async fn lines_of_ollama_are_told_as_messages_and_its_path_is_beside_the_compatible_one() {
    let (app, caller) = app().await;
    app.stub
        .once(stream("ollama/rig--reasoning-tool-roundtrip-streaming-0"));
    let body = r#"{"model":"local","input":"Weather?","stream":true,"tools":[{"type":"function","name":"get_weather","parameters":{"type":"object"}}]}"#;
    let response = caller.post("/v1/responses", body.to_owned()).await;
    let text = response.text();
    let last = text.trim_end().lines().last().unwrap();
    let last: Value = serde_json::from_str(last.strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!(last["type"], "response.completed", "{text}");
    let output = last["response"]["output"].as_array().unwrap();
    let call = output.iter().find(|item| item["type"] == "function_call");
    assert_eq!(call.unwrap()["arguments"], r#"{"city":"Tokyo"}"#);
    assert_eq!(last["response"]["usage"]["output_tokens"], 517);
    let sent = app.stub.last();
    assert!(
        sent.head.starts_with("POST /api/chat HTTP/1.1\r\n"),
        "{}",
        sent.head
    );
}

#[tokio::test]
async fn a_failure_in_place_of_lines_is_a_failure_with_its_status() {
    let (app, caller) = app().await;
    app.stub.always(Script::status(
        404,
        "",
        r#"{"error":"model 'x' not found"}"#,
    ));
    let body = r#"{"model":"local","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"Hi"}]}"#;
    let response = caller.post("/v1/messages", body.to_owned()).await;
    assert_eq!(
        (response.status, response.json()["type"].as_str()),
        (502, Some("error"))
    );
    app.stub.always(Script::json(
        r#"{"error":"model runner has unexpectedly stopped"}"#,
    ));
    let response = caller.post("/v1/messages", body.to_owned()).await;
    assert_eq!(response.status, 502, "{}", response.text());
}

//! The model in Gemini's language.

use serde_json::{Value, json};

use crate::support::{TestResponse, TestSandbox};

const PATH: &str = "/v1beta/models/sandbox-small";

fn asked(text: &str) -> Value {
    json!({ "contents": [{ "role": "user", "parts": [{ "text": text }] }] })
}

fn with_tool(text: &str) -> Value {
    let mut body = asked(text);
    let city = json!({ "type": "OBJECT", "properties": { "city": { "type": "STRING" } }, "required": ["city"] });
    let declared = json!({ "name": "get_weather", "parameters": city });
    body["tools"] = json!([{ "functionDeclarations": [declared] }]);
    body["toolConfig"] = json!({ "functionCallingConfig": { "mode": "ANY" } });
    body
}

async fn generate(sandbox: &TestSandbox, body: &Value) -> TestResponse {
    sandbox.post(&format!("{PATH}:generateContent"), body).await
}

async fn chunks(sandbox: &TestSandbox, body: &Value) -> Vec<Value> {
    let path = format!("{PATH}:streamGenerateContent?alt=sse");
    let response = sandbox.post(&path, body).await;
    let text = String::from_utf8(response.body.to_vec()).unwrap();
    assert!(text.ends_with("\r\n\r\n") && !text.contains("[DONE]"));
    let lines = text.lines().filter_map(|line| line.strip_prefix("data: "));
    lines
        .map(|data| serde_json::from_str(data).unwrap())
        .collect()
}

fn parts(response: &Value) -> Vec<Value> {
    let parts = response["candidates"][0]["content"]["parts"].as_array();
    parts.cloned().unwrap_or_default()
}

#[tokio::test]
async fn a_stream_says_what_a_response_says() {
    let sandbox = TestSandbox::start().await;
    let mut body = asked("Hello there");
    body["generationConfig"] = json!({ "thinkingConfig": { "thinkingBudget": 4096 } });
    let whole = generate(&sandbox, &body).await.json();
    let chunks = chunks(&sandbox, &body).await;
    let said = |is_thought: bool, parts: &[Value]| -> String {
        let parts = parts.iter();
        let of_it =
            parts.filter(|part| part["thought"].as_bool().unwrap_or_default() == is_thought);
        of_it.filter_map(|part| part["text"].as_str()).collect()
    };
    let streamed: Vec<Value> = chunks.iter().flat_map(parts).collect();
    for is_thought in [false, true] {
        let text = said(is_thought, &parts(&whole));
        assert!(!text.is_empty());
        assert_eq!(said(is_thought, &streamed), text);
    }
    let last = chunks.last().unwrap();
    assert_eq!(last["candidates"][0]["finishReason"], "STOP");
    assert_eq!(last["usageMetadata"], whole["usageMetadata"]);
    assert!(last["usageMetadata"]["thoughtsTokenCount"].as_u64() > Some(0));
}

#[tokio::test]
async fn a_call_comes_whole_and_its_result_is_answered() {
    let sandbox = TestSandbox::start().await;
    let body = with_tool("The weather in Rome?");
    let whole = parts(&generate(&sandbox, &body).await.json());
    let call = &whole[0]["functionCall"];
    assert_eq!(call["name"], "get_weather");
    assert!(call["args"]["city"].is_string());
    let streamed: Vec<Value> = chunks(&sandbox, &body)
        .await
        .iter()
        .flat_map(parts)
        .collect();
    assert_eq!(streamed, whole);
    let mut turns = body["contents"].as_array().unwrap().clone();
    turns.push(json!({ "role": "model", "parts": whole }));
    let result = json!({ "name": "get_weather", "response": { "output": "Rain." } });
    turns.push(json!({ "role": "user", "parts": [{ "functionResponse": result }] }));
    let mut next = body.clone();
    next["contents"] = turns.into();
    let said = parts(&generate(&sandbox, &next).await.json());
    assert!(said[0]["text"].as_str().unwrap().contains("Rain."));
}

#[tokio::test]
async fn errors_have_googles_envelope() {
    let sandbox = TestSandbox::start().await;
    let unknown = sandbox
        .post("/v1beta/models/other:generateContent", &asked("Hi"))
        .await;
    assert_eq!(unknown.status, 404);
    assert_eq!(unknown.json()["error"]["status"], "NOT_FOUND");
    let limited = sandbox
        .post(
            "/v1beta/models/sandbox-small@status=429:generateContent",
            &asked("Hi"),
        )
        .await;
    assert_eq!(limited.json()["error"]["code"], 429);
    assert_eq!(limited.json()["error"]["status"], "RESOURCE_EXHAUSTED");
    let empty = generate(&sandbox, &json!({})).await;
    assert_eq!(empty.json()["error"]["status"], "INVALID_ARGUMENT");
}

#[tokio::test]
async fn tokens_are_counted() {
    let sandbox = TestSandbox::start().await;
    let path = format!("{PATH}:countTokens");
    let counted = sandbox.post(&path, &asked("Hello there")).await;
    assert!(counted.json()["totalTokens"].as_u64() > Some(0));
}

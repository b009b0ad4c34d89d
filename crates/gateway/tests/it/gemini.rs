//! Gemini's language from end to end: its clients at any provider, and clients of other languages at Google's.

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
kind = "gemini"
base_url = "SECOND"
credential.file = "CREDENTIAL"

[[models]]
id = "plain"
min_tier = "free"

[[deployments]]
model = "plain"
provider = "first"

[[models]]
id = "google"
min_tier = "free"
context_length = 4096

[[deployments]]
model = "google"
provider = "second"
upstream_model = "gemini-2.5-flash"

[[models]]
id = "vectors"
model_type = "embedding"
min_tier = "free"

[[deployments]]
model = "vectors"
provider = "second"
upstream_model = "gemini-embedding-001"

[[models]]
id = "pair"
min_tier = "free"

[[deployments]]
model = "pair"
provider = "second"

[[deployments]]
model = "pair"
provider = "first"
weight = 0
"#;

const RESPONSE: &str = r#"{"candidates":[{"content":{"parts":[{"text":"hm","thought":true},{"text":"Hello"},{"functionCall":{"name":"add","args":{"a":1.50}},"thoughtSignature":"c2ln"}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":4,"thoughtsTokenCount":3,"cachedContentTokenCount":2,"totalTokenCount":17},"modelVersion":"gemini-2.5-flash","responseId":"r1"}"#;

const CHUNKS: [&str; 2] = [
    r#"{"candidates":[{"content":{"parts":[{"text":"Hel"}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":10,"totalTokenCount":10},"modelVersion":"gemini-2.5-flash","responseId":"r1"}"#,
    r#"{"candidates":[{"content":{"parts":[{"text":"lo"}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":2,"totalTokenCount":12},"modelVersion":"gemini-2.5-flash","responseId":"r1"}"#,
];

const GENERATE: &str = "/v1beta/models/google:generateContent";
const STREAM: &str = "/v1beta/models/google:streamGenerateContent?alt=sse";
const BODY: &str = r#"{"contents":[{"role":"user","parts":[{"text":"Hello there"}]}]}"#;

fn events(chunks: &[&str], end: &str) -> Vec<String> {
    let chunks = chunks.iter();
    chunks.map(|data| format!("data: {data}{end}")).collect()
}

async fn app() -> (TestApp, Caller) {
    let app = TestApp::builder().catalog(CATALOG).start().await;
    let caller = app.key("enterprise").await;
    (app, caller)
}

fn data_of(response: &TestResponse) -> Vec<Value> {
    let text = response.text();
    let lines = text.lines().filter_map(|line| line.strip_prefix("data: "));
    lines
        .map(|data| serde_json::from_str(data).unwrap())
        .collect()
}

fn status_of(response: &TestResponse) -> (u16, String) {
    let error = &response.json()["error"];
    assert_eq!(error["code"].as_u64(), Some(u64::from(response.status)));
    let status = error["status"].as_str().unwrap();
    (response.status, status.to_owned())
}

#[tokio::test]
async fn a_client_of_openai_reaches_google_in_its_own_language() {
    let (app, caller) = app().await;
    app.second.once(Script::json(RESPONSE));
    let more = r#","user":"u","max_tokens":9,"reasoning_effort":"low","tools":[{"type":"function","function":{"name":"add","parameters":{"type":"object","$schema":"x"}}}]"#;
    let response = caller.chat(chat("google", more)).await;
    assert_eq!(response.status, 200);
    assert_eq!(response.header("x-yunxin-dropped-params"), Some("user"));
    let whole = response.json();
    let said = &whole["choices"][0]["message"];
    assert_eq!(said["content"], "Hello");
    assert_eq!(said["reasoning_content"], "hm");
    let call = &said["tool_calls"][0];
    assert_eq!(call["function"]["arguments"], r#"{"a":1.50}"#);
    assert_eq!(call["extra_content"]["google"]["thought_signature"], "c2ln");
    assert_eq!(whole["choices"][0]["finish_reason"], "tool_calls");
    assert_eq!(whole["usage"]["completion_tokens"], 7);
    assert_eq!(whole["usage"]["prompt_tokens_details"]["cached_tokens"], 2);
    let sent = app.second.last();
    let line = "POST /v1/models/gemini-2.5-flash:generateContent HTTP/1.1\r\n";
    assert!(sent.head.starts_with(line), "{}", sent.head);
    assert!(sent.head.contains("\r\nx-goog-api-key: "));
    let expected = json!({
        "contents": [{"role": "user", "parts": [{"text": "Hello there"}]}],
        "tools": [{"functionDeclarations": [{"name": "add", "parametersJsonSchema": {"type": "object"}}]}],
        "generationConfig": {"maxOutputTokens": 9, "thinkingConfig": {"thinkingBudget": 2048, "includeThoughts": true}},
    });
    assert_eq!(sent.json(), expected);
    let event = app.event(1).await;
    let counted = (event["input"].as_u64(), event["output"].as_u64());
    assert_eq!(counted, (Some(10), Some(7)));
}

#[tokio::test]
async fn a_call_goes_back_with_the_proof_that_google_hung_on_it() {
    let (app, caller) = app().await;
    app.second.once(Script::json(RESPONSE));
    let whole = caller.chat(chat("google", "")).await.json();
    let said = whole["choices"][0]["message"].clone();
    let id = said["tool_calls"][0]["id"].clone();
    let turns = json!([
        {"role": "user", "content": "Hi"}, said,
        {"role": "tool", "tool_call_id": id, "content": "2"},
    ]);
    app.second.once(Script::json(RESPONSE));
    let body = json!({"model": "google", "messages": turns}).to_string();
    assert_eq!(caller.chat(body).await.status, 200);
    let sent = app.second.last().json();
    let called = &sent["contents"][1]["parts"];
    let called = called.as_array().unwrap().last().unwrap();
    assert_eq!(
        called,
        &json!({"functionCall": {"name": "add", "args": {"a": 1.50}}, "thoughtSignature": "c2ln"})
    );
    let result = json!({"functionResponse": {"name": "add", "response": {"output": "2"}}});
    assert_eq!(sent["contents"][2]["parts"][0], result);
}

#[tokio::test]
async fn a_stream_of_google_is_translated_as_it_comes() {
    let (app, caller) = app().await;
    for end in ["\n\n", "\r\n\r\n"] {
        app.second.once(Script::stream(events(&CHUNKS, end)));
        let more = r#","stream":true,"stream_options":{"include_usage":true}"#;
        let response = caller.chat(chat("google", more)).await;
        assert!(response.text().ends_with("data: [DONE]\n\n"));
        assert!(response.text().contains(r#""content":"Hel""#));
        assert!(response.text().contains(r#""total_tokens":12"#));
        let line = "POST /v1/models/gemini-2.5-flash:streamGenerateContent?alt=sse HTTP/1.1\r\n";
        assert!(app.second.last().head.starts_with(line));
    }
}

#[tokio::test]
async fn bytes_pass_between_two_who_speak_gemini() {
    let (app, caller) = app().await;
    app.second.once(Script::json(RESPONSE));
    let body =
        r#"{"contents":[{"parts":[{"text":"Hi"}]}],"safetySettings":[],"cachedContent":"c" }"#;
    let response = caller.post(GENERATE, body).await;
    assert_eq!(
        response.text(),
        RESPONSE.replace(r#"Version":"gemini-2.5-flash"#, r#"Version":"google"#)
    );
    assert_eq!(app.second.last().body, body);
    app.second.once(Script::stream(events(&CHUNKS, "\r\n\r\n")));
    let response = caller.post(STREAM, BODY).await;
    assert_eq!(response.header("content-type"), Some("text/event-stream"));
    let expected = events(&CHUNKS, "\n\n")
        .concat()
        .replace("gemini-2.5-flash", "google");
    assert_eq!(response.text(), expected);
    let events = app.events().await;
    let counted: Vec<_> = events
        .iter()
        .map(|event| event["output"].as_u64())
        .collect();
    assert_eq!(counted, [Some(7), Some(2)]);
}

#[tokio::test]
async fn a_client_of_gemini_reaches_a_provider_of_openai() {
    let (app, caller) = app().await;
    app.stub.once(Script::json(COMPLETION));
    let body = r#"{"system_instruction":{"parts":[{"text":"Be brief."}]},"contents":[{"parts":[{"text":"Hi"}]}],"generationConfig":{"maxOutputTokens":100,"topK":5},"tools":[{"functionDeclarations":[{"name":"add","parameters":{"type":"OBJECT","properties":{"a":{"type":"NUMBER"}}}}]}]}"#;
    let path = "/v1beta/models/plain:generateContent";
    let response = caller.post(path, body).await;
    assert_eq!(response.status, 200);
    let dropped = response.header("x-yunxin-dropped-params");
    assert_eq!(dropped, Some("generationConfig.topK"));
    let whole = response.json();
    let candidate = &whole["candidates"][0];
    assert_eq!(candidate["content"]["role"], "model");
    assert_eq!(candidate["finishReason"], "STOP");
    assert!(candidate["content"]["parts"][0]["text"].is_string());
    assert_eq!(whole["modelVersion"], "plain");
    let sent = app.stub.last().json();
    assert_eq!(sent["model"], "plain");
    assert_eq!(sent["max_tokens"], 100);
    assert_eq!(
        sent["messages"][0],
        json!({"role": "system", "content": "Be brief."})
    );
    let parameters = &sent["tools"][0]["function"]["parameters"];
    assert_eq!(
        parameters,
        &json!({"type": "object", "properties": {"a": {"type": "number"}}})
    );
}

#[tokio::test]
async fn a_stream_comes_as_events_or_as_the_items_of_a_list() {
    let (app, caller) = app().await;
    let upstream = [
        delta("Hel"),
        delta("lo"),
        finish(),
        usage(9, 2),
        DONE.to_owned(),
    ];
    let path = "/v1beta/models/plain:streamGenerateContent";
    app.stub.once(Script::stream(upstream.clone()));
    let events = data_of(&caller.post(&format!("{path}?alt=sse"), BODY).await);
    app.stub.once(Script::stream(upstream));
    let response = caller.post(path, BODY).await;
    let json = Some("application/json; charset=UTF-8");
    assert_eq!(response.header("content-type"), json);
    let list = response.json();
    let texts = |chunks: &[Value]| -> String {
        let text = |chunk: &Value| {
            let text = &chunk["candidates"][0]["content"]["parts"][0]["text"];
            text.as_str().unwrap_or_default().to_owned()
        };
        chunks.iter().map(text).collect()
    };
    for chunks in [&events, list.as_array().unwrap()] {
        assert_eq!(texts(chunks), "Hello");
        let last = chunks.last().unwrap();
        assert_eq!(last["candidates"][0]["finishReason"], "STOP");
        assert_eq!(last["usageMetadata"]["totalTokenCount"], 11);
    }
    assert_eq!(app.stub.last().json()["stream"], true);
}

#[tokio::test]
async fn a_fallback_crosses_languages_in_both_directions() {
    let (app, caller) = app().await;
    for is_google in [false, true] {
        app.second.once(Script::status(503, "", "{}"));
        app.stub.once(Script::json(COMPLETION));
        let response = if is_google {
            caller
                .post("/v1beta/models/pair:generateContent", BODY)
                .await
        } else {
            caller.chat(chat("pair", "")).await
        };
        assert_eq!(response.status, 200);
        let member = if is_google { "candidates" } else { "choices" };
        assert!(response.json()[member].is_array());
    }
}

#[tokio::test]
async fn the_key_is_found_where_googles_clients_put_it_and_goes_no_further() {
    let (app, caller) = app().await;
    let secret = caller.secret.clone();
    let anonymous = app.anonymous();
    let in_header = anonymous.with("x-goog-api-key", &secret);
    let query = format!("{GENERATE}?key={secret}");
    for (caller, path) in [
        (&in_header, GENERATE),
        (&anonymous, query.as_str()),
        (&in_header, query.as_str()),
    ] {
        app.second.once(Script::json(RESPONSE));
        assert_eq!(caller.post(path, BODY).await.status, 200, "{path}");
        let sent = app.second.last();
        assert!(!sent.head.contains(&secret) && !sent.body.contains(&secret));
    }
    let other = anonymous.with("x-goog-api-key", "yx-another");
    let refused = other.post(&query, BODY).await;
    assert_eq!(status_of(&refused), (401, "UNAUTHENTICATED".to_owned()));
    assert!(!refused.text().contains(&secret));
    let twice = format!("{query}&key=yx-another");
    let refused = anonymous.post(&twice, BODY).await;
    assert_eq!(status_of(&refused), (401, "UNAUTHENTICATED".to_owned()));
    assert!(refused.text().contains("both in the query") && !refused.text().contains(&secret));
    // Elsewhere a key in the address is refused as before.
    let chat = anonymous
        .post(
            &format!("/v1/chat/completions?key={secret}"),
            chat("plain", ""),
        )
        .await;
    assert_eq!(chat.status, 401);
}

#[tokio::test]
async fn errors_are_told_in_googles_envelope() {
    let (app, caller) = app().await;
    let nobody = app.anonymous().post(GENERATE, BODY).await;
    assert_eq!(status_of(&nobody), (401, "UNAUTHENTICATED".to_owned()));
    let missing = caller
        .post("/v1beta/models/nothing:generateContent", BODY)
        .await;
    assert_eq!(status_of(&missing), (404, "NOT_FOUND".to_owned()));
    let reason = &missing.json()["error"]["details"][0]["reason"];
    assert_eq!(reason, "INVALID_MODEL");
    let unknown = caller.post("/v1beta/models/google:paint", BODY).await;
    assert_eq!(status_of(&unknown), (404, "NOT_FOUND".to_owned()));
    let wrong = caller.post(GENERATE, r#"{"messages":[]}"#).await;
    assert_eq!(status_of(&wrong), (400, "INVALID_ARGUMENT".to_owned()));
    let said = wrong.json()["error"]["message"].to_string();
    assert!(said.contains("/v1/chat/completions"), "{said}");
    let limited = r#"{"error":{"code":429,"message":"Slow down.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"7s"}]}}"#;
    app.second.once(Script::status(429, "", limited));
    let busy = caller.post(GENERATE, BODY).await;
    assert_eq!(status_of(&busy), (503, "UNAVAILABLE".to_owned()));
    let details = busy.json()["error"]["details"].to_string();
    assert!(details.contains(r#""retryDelay":"7s""#), "{details}");
}

#[tokio::test]
async fn a_limit_says_when_to_come_back_in_googles_words() {
    let (app, _) = app().await;
    let caller = app.key("free").await;
    let mut last = caller.post(GENERATE, "{").await;
    for _ in 0..1_000 {
        if last.status == 429 {
            break;
        }
        app.second.once(Script::json(RESPONSE));
        last = caller.post(GENERATE, BODY).await;
    }
    assert_eq!(status_of(&last), (429, "RESOURCE_EXHAUSTED".to_owned()));
    let wait = format!("{}s", last.header("retry-after").unwrap());
    let details = last.json()["error"]["details"].clone();
    let mut delays = details.as_array().unwrap().iter();
    assert!(delays.any(|detail| detail["retryDelay"] == wait.as_str()));
}

#[tokio::test]
async fn a_stream_that_breaks_ends_in_googles_error() {
    let (app, caller) = app().await;
    app.second
        .once(Script::stream(events(&CHUNKS[..1], "\n\n")));
    let response = caller.post(STREAM, BODY).await;
    let last = data_of(&response).pop().unwrap();
    assert_eq!(last["error"]["code"], 502);
    assert!(response.text().contains("data: {\"error\":{"));
    let error = r#"{"error":{"code":503,"message":"Overloaded","status":"UNAVAILABLE"}}"#;
    app.second
        .once(Script::stream(events(&[CHUNKS[0], error], "\n\n")));
    let response = caller.chat(chat("google", r#","stream":true"#)).await;
    assert!(response.text().contains(r#""code":"upstream_overloaded""#));
}

#[tokio::test]
async fn tokens_are_counted_and_models_listed_as_google_does() {
    let (app, caller) = app().await;
    let path = "/v1beta/models/google:countTokens";
    let inner = format!(
        r#"{{"generateContentRequest":{{"model":"models/google",{}}}"#,
        &BODY[1..]
    );
    for body in [BODY, &inner] {
        let counted = caller.post(path, body.to_owned()).await;
        assert_eq!(counted.status, 200, "{}", counted.text());
        assert!(counted.json()["totalTokens"].as_u64().unwrap() > 1);
    }
    assert!(app.second.requests().is_empty());
    let list = caller.get("/v1beta/models?pageSize=50").await.json();
    let names: Vec<&str> = list["models"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|model| model["name"].as_str())
        .collect();
    assert!(names.contains(&"models/google"), "{names:?}");
    let one = caller.get("/v1beta/models/google").await.json();
    assert_eq!(one["inputTokenLimit"], 4096);
    let google = caller.with("x-goog-api-client", "google-genai-sdk/1");
    let same = google.get("/v1/models/google").await.json();
    assert_eq!(same, one);
}

#[tokio::test]
async fn a_browser_may_ask_before_it_sends_a_key() {
    let (app, _) = app().await;
    let page = app
        .anonymous()
        .with("origin", "https://app.example")
        .with("access-control-request-method", "POST")
        .with("access-control-request-headers", "x-goog-api-key");
    let response = page
        .open(http::Method::OPTIONS, GENERATE, "")
        .await
        .whole()
        .await;
    assert_eq!(response.status, 204);
    let allowed = response.header("access-control-allow-headers");
    assert_eq!(allowed, Some("x-goog-api-key"));
}

#[tokio::test]
async fn vectors_are_had_by_way_of_the_other_language_of_google() {
    let (app, caller) = app().await;
    let vectors = r#"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,-1]}],"model":"gemini-embedding-001","usage":{"prompt_tokens":2,"total_tokens":2}}"#;
    app.second.once(Script::json(vectors));
    let body = r#"{"content":{"parts":[{"text":"Hi"}]},"taskType":"CLUSTERING"}"#;
    let response = caller
        .post("/v1beta/models/vectors:embedContent", body)
        .await;
    assert_eq!(response.text(), r#"{"embedding":{"values":[0.5,-1]}}"#);
    assert_eq!(response.header("x-yunxin-dropped-params"), Some("taskType"));
    let resource = response.header("x-ratelimit-resource");
    assert_eq!(resource, Some("embeddings"));
    let sent = app.second.last();
    let line = "POST /v1/openai/embeddings HTTP/1.1\r\n";
    assert!(sent.head.starts_with(line), "{}", sent.head);
    let input =
        json!({"model": "gemini-embedding-001", "input": ["Hi"], "encoding_format": "float"});
    assert_eq!(sent.json(), input);
    app.second.once(Script::json(vectors));
    let body = r#"{"requests":[{"content":{"parts":[{"text":"Hi"}]}}]}"#;
    let response = caller
        .post("/v1beta/models/vectors:batchEmbedContents", body)
        .await;
    assert_eq!(response.json()["embeddings"][0]["values"][0], 0.5);
    let event = app.event(2).await;
    assert_eq!(event["endpoint"], "embeddings");
    assert_eq!(event["input"].as_u64(), Some(2));
    let wrong = caller
        .post("/v1beta/models/google:embedContent", body)
        .await;
    assert_eq!(status_of(&wrong), (400, "INVALID_ARGUMENT".to_owned()));
}

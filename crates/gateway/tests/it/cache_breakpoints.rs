//! Automatic cache breakpoints, where a key or a deployment wants them.

use serde_json::{Value, json};

use crate::support::{Caller, Script, TestApp};

const CATALOG: &str = r#"
[[providers]]
name = "anthropic"
kind = "anthropic_compatible"
base_url = "STUB"

[[providers]]
name = "bedrock"
kind = "bedrock"
base_url = "STUB"
variables = { region = "eu-central-1" }
credential.file = "CREDENTIAL"

[[providers]]
name = "openai"
kind = "openai_compatible"
base_url = "STUB"

[[models]]
id = "claude"
min_tier = "free"
prices.input = "1"
prices.output = "2"
prices.cache_read = "0.1"
prices.cache_write_5m = "1.25"

[[deployments]]
model = "claude"
provider = "anthropic"
caches_prompts = true

[[models]]
id = "unmarked"
min_tier = "free"

[[deployments]]
model = "unmarked"
provider = "anthropic"
upstream_model = "claude"

[[models]]
id = "nova"
min_tier = "free"

[[deployments]]
model = "nova"
provider = "bedrock"
upstream_model = "us.amazon.nova-2-lite-v1:0"

[[models]]
id = "plain"
min_tier = "free"

[[deployments]]
model = "plain"
provider = "openai"
"#;

const MESSAGE: &str = r#"{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":5,"cache_read_input_tokens":2000,"cache_creation_input_tokens":1000,"output_tokens":7}}"#;
const NOVA: &str = r#"{"output":{"message":{"role":"assistant","content":[{"text":"Hi"}]}},"stopReason":"end_turn","usage":{"inputTokens":3,"outputTokens":2,"totalTokens":5}}"#;

async fn app() -> (TestApp, Caller) {
    let app = TestApp::builder().catalog(CATALOG).start().await;
    app.stub.always_to("/messages", Script::json(MESSAGE));
    app.stub.always_to("/converse", Script::json(NOVA));
    let caller = app.key("enterprise").await;
    (app, caller)
}

/// A conversation in OpenAI's language, with tools, instructions and two turns of the user.
fn chat(model: &str) -> String {
    let tool =
        json!({"type": "function", "function": {"name": "add", "parameters": {"type": "object"}}});
    json!({"model": model, "max_tokens": 9, "tools": [tool], "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "One"},
        {"role": "assistant", "content": "Two"},
        {"role": "user", "content": "Three"},
    ]})
    .to_string()
}

fn message(model: &str, more: &str) -> String {
    format!(
        r#"{{"model":"{model}","max_tokens":9,"top_p":0.50,"system":"Be brief.","messages":[{{"role":"user","content":"One"}}]{more}}}"#
    )
}

/// Places with a mark in what was sent.
fn marks(app: &TestApp) -> usize {
    let body = app.stub.last().body;
    body.matches(r#""cache_control":{"type":"ephemeral"}"#)
        .count()
        + body.matches("cachePoint").count()
}

#[tokio::test]
async fn a_deployment_gets_four_breakpoints_at_most_and_the_receipt_shows_what_they_brought() {
    let (app, caller) = app().await;
    let response = caller.chat(chat("claude")).await;
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(marks(&app), 4, "{}", app.stub.last().body);
    let sent = app.stub.last().json();
    let mark = json!({"type": "ephemeral"});
    assert_eq!(sent["tools"][0]["cache_control"], mark);
    assert_eq!(sent["system"][0]["cache_control"], mark);
    for at in [0, 2] {
        assert_eq!(sent["messages"][at]["content"][0]["cache_control"], mark);
    }
    let bill = app.bill().await;
    // 5 in, 2000 read at a tenth, 1000 written at a quarter more, 7 out.
    assert_eq!(
        bill["charge"],
        5_000 + 200_000 + 1_250_000 + 14_000,
        "{bill}"
    );
}

#[tokio::test]
async fn the_clients_own_text_gets_them_where_it_passes_and_its_own_marks_stand_alone() {
    let (app, caller) = app().await;
    let response = caller.post("/v1/messages", message("claude", "")).await;
    assert_eq!(response.status, 200, "{}", response.text());
    let expected = r#"{"model":"claude","max_tokens":9,"top_p":0.50,"system":[{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":[{"type":"text","text":"One","cache_control":{"type":"ephemeral"}}]}]}"#;
    assert_eq!(app.stub.last().body, expected);
    let own = r#","tools":[{"name":"a","input_schema":{"type":"object"},"cache_control":{"type":"ephemeral"}}]"#;
    let body = message("claude", own);
    caller.post("/v1/messages", body.clone()).await;
    assert_eq!(app.stub.last().body, body);
}

#[tokio::test]
async fn a_key_gets_them_wherever_they_can_be_and_nobody_gets_them_unasked() {
    let (app, caller) = app().await;
    let wants = app.new_key("enterprise").with_cached_prompts().make().await;
    let cases: [(&Caller, &str, usize); 6] = [
        (&caller, "unmarked", 0),
        (&caller, "nova", 0),
        (&caller, "plain", 0),
        (&wants, "unmarked", 4),
        // Its tools cannot be marked.
        (&wants, "nova", 3),
        (&wants, "plain", 0),
    ];
    for (caller, model, expected) in cases {
        let response = caller.chat(chat(model)).await;
        assert_eq!(response.status, 200, "{model}: {}", response.text());
        assert_eq!(marks(&app), expected, "{model}: {}", app.stub.last().body);
    }
    let sent: Value = app.stub.requests()[4].json();
    let point = json!({"cachePoint": {"type": "default"}});
    assert_eq!(sent["system"][1], point);
    assert_eq!(sent["messages"][2]["content"][1], point);
}

//! Clients of the Responses API at providers of chat completions.

use serde_json::json;

use super::{MESSAGE, app, data_of, messages, named_events, responses, types_of};
use crate::support::upstream_stub::{COMPLETION, DONE, delta, finish};
use crate::support::{Script, TestApp, chat};

#[tokio::test]
async fn a_client_of_responses_reaches_a_provider_of_chat_completions() {
    let (app, caller) = app().await;
    app.stub.once(Script::json(COMPLETION));
    let body = r#"{"model":"plain","instructions":"Be brief.","input":"Hello there","max_output_tokens":50,"text":{"verbosity":"low"},"include":["reasoning.encrypted_content"],"store":false,"truncation":"auto"}"#;
    let response = responses(&caller, body).await;
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(
        response.header("x-yunxin-dropped-params"),
        Some("truncation")
    );
    let whole = response.json();
    assert_eq!(
        (&whole["object"], &whole["status"]),
        (&"response".into(), &"completed".into())
    );
    assert_eq!(whole["instructions"], "Be brief.");
    assert_eq!(whole["output"][0]["content"][0]["type"], "output_text");
    assert_eq!(whole["model"], "plain");
    let sent = app.stub.last().json();
    let expected = json!([
        {"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello there"},
    ]);
    assert_eq!(sent["messages"], expected);
    assert_eq!(sent["max_tokens"], 50);
    assert_eq!(app.event(1).await["endpoint"], "chat");
}

#[tokio::test]
async fn a_streamed_response_has_its_own_events_and_ends_in_completed() {
    let (app, caller) = app().await;
    app.second.once(Script::stream(named_events()));
    let response = responses(&caller, r#"{"model":"claude","input":"Hi","stream":true}"#).await;
    let expected = [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ];
    assert_eq!(types_of(&response), expected);
    let data = data_of(&response);
    let numbers: Vec<_> = data
        .iter()
        .map(|event| event["sequence_number"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, (0..10).collect::<Vec<u64>>());
    let whole = &data[9]["response"];
    assert_eq!(whole["output"][0]["content"][0]["text"], "Hello");
    assert_eq!(whole["usage"]["total_tokens"], 14);
    assert!(!response.text().contains("[DONE]"));
}

#[tokio::test]
async fn a_streamed_response_that_breaks_ends_in_failed() {
    let (app, caller) = app().await;
    app.stub.once(Script::stream([delta("Hel")]));
    let response = responses(&caller, r#"{"model":"plain","input":"Hi","stream":true}"#).await;
    assert_eq!(types_of(&response).last().unwrap(), "response.failed");
    let failed = data_of(&response).pop().unwrap();
    assert_eq!(failed["response"]["status"], "failed");
    assert_eq!(failed["response"]["error"]["code"], "server_error");
}

#[tokio::test]
async fn a_custom_tool_is_called_as_one_whatever_the_provider_knows() {
    let (app, caller) = app().await;
    let call = |arguments: &str| {
        json!({"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "id": "c1",
            "function": {"name": "apply_patch", "arguments": arguments}}]}}]})
    };
    let events =
        [r#"{"input":"*** "#, r#"Begin\n"}"#].map(|part| format!("data: {}\n\n", call(part)));
    app.stub.once(Script::stream([
        &events[0],
        &events[1],
        &finish(),
        &DONE.to_owned(),
    ]));
    let body = r#"{"model":"plain","input":"Go","stream":true,"tools":[{"type":"custom","name":"apply_patch","format":{"type":"grammar","syntax":"lark","definition":"x"}}]}"#;
    let response = responses(&caller, body).await;
    let data = data_of(&response);
    let grown = data
        .iter()
        .find(|event| event["type"] == "response.custom_tool_call_input.delta");
    assert_eq!(grown.unwrap()["delta"], "*** Begin\n");
    let whole = &data.last().unwrap()["response"];
    assert_eq!(whole["output"][0]["type"], "custom_tool_call");
    assert_eq!(whole["output"][0]["input"], "*** Begin\n");
    let sent = app.stub.last().json();
    assert_eq!(
        sent["tools"][0]["function"]["parameters"]["required"][0],
        "input"
    );
}

#[tokio::test]
async fn what_would_have_to_be_kept_is_refused_with_words() {
    let (app, caller) = app().await;
    for (param, member) in [
        ("previous_response_id", r#""previous_response_id":"resp_1""#),
        ("store", r#""store":true"#),
        ("conversation", r#""conversation":"conv_1""#),
        ("background", r#""background":true"#),
    ] {
        let body = format!(r#"{{"model":"plain","input":"Hi",{member}}}"#);
        let response = responses(&caller, &body).await;
        assert_eq!(response.status, 400);
        let error = &response.json()["error"];
        assert_eq!(
            (&error["param"], &error["code"]),
            (&param.into(), &"unsupported_parameter".into())
        );
    }
    assert!(app.stub.requests().is_empty());
}

#[tokio::test]
async fn a_thought_goes_back_to_its_maker_alone() {
    let (app, caller) = app().await;
    app.second.once(Script::json(MESSAGE));
    let first = responses(&caller, r#"{"model":"claude","input":"Hi"}"#)
        .await
        .json();
    let thought = first["output"][0].clone();
    assert_eq!(thought["type"], "reasoning");
    let body = json!({"model": "claude", "input": [
        {"role": "user", "content": "Hi"}, thought.clone(), first["output"][1], first["output"][2],
        {"type": "function_call_output", "call_id": "toolu_1", "output": "3"},
    ]});
    app.second.once(Script::json(MESSAGE));
    responses(&caller, &body.to_string()).await;
    let sent = app.second.last().json();
    let expected = json!({"type": "thinking", "thinking": "hm", "signature": "sig"});
    assert_eq!(sent["messages"][1]["content"][0], expected);
    assert_eq!(sent["messages"][2]["content"][0]["tool_use_id"], "toolu_1");
    let mut elsewhere = body.clone();
    elsewhere["model"] = "plain".into();
    responses(&caller, &elsewhere.to_string()).await;
    let sent = app.stub.last().body;
    assert!(!sent.contains("sig") && !sent.contains("hm"), "{sent}");
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_or_listed_and_never_left_out_in_silence() {
    let (app, caller) = app().await;
    let refused = [
        (
            "messages",
            r#""messages":[{"role":"user","content":5}]"#,
            "messages.0.content",
        ),
        (
            "messages",
            r#""messages":[{"role":"user","content":[{"text":"Hi"}]}]"#,
            "messages.0.content",
        ),
        (
            "messages",
            r#""messages":[{"role":"user","content":"Hi"}],"tools":[{"name":1}]"#,
            "tools.0.name",
        ),
        ("responses", r#""input":["Hi"]"#, "input[0]"),
        (
            "responses",
            r#""input":[{"role":"user","content":5}]"#,
            "input[0].content",
        ),
    ];
    for (path, members, param) in refused {
        let body = format!(r#"{{"model":"plain",{members}}}"#);
        let response = caller.post(&format!("/v1/{path}"), body).await;
        assert_eq!(response.status, 400, "{members}");
        assert_eq!(response.json()["error"]["param"], param, "{members}");
    }
    assert_eq!(app.stub.requests().len(), 0);
    let listed = [
        (
            "messages",
            r#""messages":[{"role":"user","content":[{"type":"text","text":"Hi"},{"type":"what"}]}]"#,
        ),
        (
            "responses",
            r#""input":[{"type":"what"},{"role":"user","content":"Hi"}]"#,
        ),
        (
            "responses",
            r#""input":[{"role":"user","content":[{"type":"input_text","text":"Hi"},{"type":"what"}]}]"#,
        ),
    ];
    for (path, members) in listed {
        app.stub.once(Script::json(COMPLETION));
        let body = format!(r#"{{"model":"plain",{members}}}"#);
        let response = caller.post(&format!("/v1/{path}"), body).await;
        assert_eq!(response.status, 200, "{members}");
        assert_eq!(
            response.header("x-yunxin-dropped-params"),
            Some("content.what"),
            "{members}"
        );
    }
}

const ALONE: &str = r#"
[[providers]]
name = "alone"
kind = "responses_compatible"
base_url = "STUB"
credential.file = "CREDENTIAL"

[[models]]
id = "codex"
min_tier = "free"

[[deployments]]
model = "codex"
provider = "alone"
"#;

const RESPONSE: &str = r#"{"id":"resp_1","object":"response","created_at":1,"status":"completed","model":"codex","output":[{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"hm"}]},{"type":"message","id":"msg_1","role":"assistant","status":"completed","content":[{"type":"output_text","text":"Hello","annotations":[]}]},{"type":"function_call","id":"fc_1","call_id":"call_1","name":"add","arguments":"{\"a\":1.50}","status":"completed"}],"usage":{"input_tokens":9,"input_tokens_details":{"cached_tokens":2},"output_tokens":7,"output_tokens_details":{"reasoning_tokens":3},"total_tokens":16}}"#;

#[tokio::test]
async fn a_provider_of_responses_alone_serves_clients_of_every_language() {
    let app = TestApp::builder().catalog(ALONE).start().await;
    let caller = app.key("enterprise").await;
    app.stub.once(Script::json(RESPONSE));
    let whole = caller.chat(chat("codex", "")).await.json();
    let said = &whole["choices"][0]["message"];
    assert_eq!(said["content"], "Hello");
    assert_eq!(said["reasoning_content"], "hm");
    assert_eq!(
        said["tool_calls"][0]["function"]["arguments"],
        r#"{"a":1.50}"#
    );
    let counted = &whole["usage"]["completion_tokens_details"]["reasoning_tokens"];
    assert_eq!(*counted, 3);
    let sent = app.stub.last();
    assert!(sent.head.starts_with("POST /v1/responses HTTP/1.1\r\n"));
    assert_eq!(sent.json()["input"][0]["content"][0]["type"], "input_text");
    app.stub.once(Script::json(RESPONSE));
    let asked = r#"{"model":"codex","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}"#;
    let message = messages(&caller, asked.to_owned()).await.json();
    assert_eq!(message["content"][1]["text"], "Hello");
    assert_eq!(message["stop_reason"], "tool_use");
}

//! Responses with nothing in them, and streams that end before there is something: failures of the deployment.

use serde_json::{Value, json};

use crate::support::upstream_stub::{COMPLETION, DONE, delta, finish};
use crate::support::{Script, TestApp, TestResponse, chat};

const ROLE: &str =
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n";

fn whole(choices: &Value) -> Script {
    let body = json!({"id": "c1", "object": "chat.completion", "choices": choices});
    Script::json(&body.to_string())
}

fn choice(message: &Value, reason: &str) -> Value {
    json!([{"index": 0, "message": message, "finish_reason": reason}])
}

fn attempts(response: &TestResponse) -> &str {
    assert_eq!(response.status, 200, "{}", response.text());
    response.header("x-yunxin-attempts").unwrap()
}

#[tokio::test]
async fn an_empty_completion_is_asked_for_at_another_deployment() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    for empty in [
        json!([]),
        choice(&json!({"role": "assistant", "content": ""}), "stop"),
        choice(&json!({"role": "assistant", "content": null}), "stop"),
    ] {
        app.stub.once(whole(&empty));
        let response = caller.chat(chat("pair", "")).await;
        assert_eq!(attempts(&response), "2", "{empty}");
        assert!(response.text().contains("Hello"), "{}", response.text());
    }
    let event = app.event(3).await;
    assert_eq!(
        (&event["provider"], &event["attempts"]),
        (&json!("second"), &json!(2))
    );
}

#[tokio::test]
async fn an_empty_message_of_another_language_is_a_failure_too() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    // Translated from OpenAI's language to Anthropic's.
    app.stub.once(whole(&choice(
        &json!({"role": "assistant", "content": ""}),
        "stop",
    )));
    let body = json!({"model": "pair", "max_tokens": 9, "messages": [{"role": "user", "content": "Hello"}]});
    let response = caller.post("/v1/messages", body.to_string()).await;
    assert_eq!(attempts(&response), "2");
}

#[tokio::test]
async fn a_response_that_says_why_it_has_no_text_is_no_failure() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let call =
        json!([{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]);
    for choices in [
        choice(&json!({"content": ""}), "length"),
        choice(&json!({"content": ""}), "content_filter"),
        choice(&json!({"content": null, "tool_calls": call}), "tool_calls"),
        choice(&json!({"content": null, "refusal": "No."}), "stop"),
    ] {
        app.stub.once(whole(&choices));
        assert_eq!(
            attempts(&caller.chat(chat("pair", "")).await),
            "1",
            "{choices}"
        );
    }
    // So is one for which output was counted.
    let body = json!({"choices": choice(&json!({"content": ""}), "stop"), "usage": {"prompt_tokens": 1, "completion_tokens": 3}});
    app.stub.once(Script::json(&body.to_string()));
    assert_eq!(attempts(&caller.chat(chat("pair", "")).await), "1");
}

#[tokio::test]
async fn a_deployment_that_only_responds_with_nothing_is_left_alone() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    app.stub.always(whole(&json!([])));
    for _ in 0..30 {
        assert_eq!(caller.chat(chat("pair", "")).await.status, 200);
    }
    assert_eq!(app.stub.requests().len(), 5);
}

#[tokio::test]
async fn a_stream_that_ends_before_there_is_something_in_it_is_asked_for_elsewhere() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let good = || Script::stream([ROLE.to_owned(), delta("Hello"), finish(), DONE.to_owned()]);
    let error = "data: {\"error\":{\"message\":\"it broke\",\"type\":\"server_error\"}}\n\n";
    for bad in [
        Script::stream([ROLE.to_owned(), finish(), DONE.to_owned()]),
        Script::stream([DONE.to_owned()]),
        Script::stream([ROLE.to_owned()]),
        Script::open_stream([ROLE]).close(),
        Script::open_stream([ROLE]).reset(),
        Script::stream([ROLE, error]),
    ] {
        let told = format!("{bad:?}");
        app.stub.once(bad);
        app.second.once(good());
        let response = caller.chat(chat("pair", r#","stream":true"#)).await;
        assert_eq!(attempts(&response), "2", "{told}");
        let text = response.text();
        assert!(
            text.contains("Hello") && text.ends_with(DONE),
            "{told}: {text}"
        );
        assert_eq!(text.matches("\"role\"").count(), 1, "{told}: {text}");
        assert!(!text.contains("error"), "{told}: {text}");
        // Five failures in a row would eject it.
        app.stub.once(Script::json(COMPLETION));
        assert_eq!(attempts(&caller.chat(chat("pair", "")).await), "1");
    }
}

#[tokio::test]
async fn a_stream_with_a_call_and_no_text_is_no_failure() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let call = "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"1\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]}}]}\n\n";
    let length =
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"length\"}]}\n\n";
    for event in [call.to_owned(), length.to_owned()] {
        app.stub.once(Script::stream([
            ROLE.to_owned(),
            event,
            finish(),
            DONE.to_owned(),
        ]));
        let response = caller.chat(chat("pair", r#","stream":true"#)).await;
        assert_eq!(attempts(&response), "1", "{}", response.text());
    }
}

#[tokio::test]
async fn streams_that_break_open_the_breaker_and_are_counted() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    app.stub.always(Script::open_stream([delta("Hel")]).close());
    app.second
        .always(Script::stream([delta("Hello"), finish(), DONE.to_owned()]));
    for _ in 0..30 {
        let response = caller.chat(chat("pair", r#","stream":true"#)).await;
        assert_eq!(response.status, 200);
    }
    assert_eq!(app.stub.requests().len(), 5);
    let broken = app
        .events()
        .await
        .iter()
        .filter(|event| event["end"] == "broken")
        .count();
    assert_eq!(broken, 5);
}

#[tokio::test]
async fn an_empty_response_is_passed_on_where_there_is_no_other_deployment_and_counts_as_a_failure()
{
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    app.stub.always(whole(&json!([])));
    let response = caller.chat(chat("plain", "")).await;
    assert_eq!(attempts(&response), "1");
    assert_eq!(response.json()["choices"], json!([]));
    app.stub
        .always(Script::stream([ROLE.to_owned(), finish(), DONE.to_owned()]));
    for _ in 0..4 {
        let response = caller.chat(chat("plain", r#","stream":true"#)).await;
        assert!(response.text().ends_with(DONE), "{}", response.text());
    }
    let metrics = app.metrics().await;
    let errors = r#"yunxin_upstream_errors_total{provider="first",kind="protocol"} 5"#;
    assert!(metrics.contains(errors), "{metrics}");
    let open = metrics.lines().any(|line| {
        line.starts_with("yunxin_breaker_state{model=\"plain\"") && line.ends_with(" 2")
    });
    assert!(open, "{metrics}");
}

//! Plain chat responses.

use serde_json::{Value, json};

use crate::support::{TestSandbox, content, prompt, word_count};

#[tokio::test]
async fn a_plain_response_has_the_shape_of_openai() {
    let sandbox = TestSandbox::start().await;
    let response = sandbox.chat(&prompt("What is a gateway?", false)).await;
    assert_eq!(response.status, 200);
    assert_eq!(response.headers["content-type"], "application/json");
    insta::assert_json_snapshot!(response.json());
}

#[tokio::test]
async fn the_same_request_gets_the_same_bytes_from_another_sandbox() {
    let (one, other) = (TestSandbox::start().await, TestSandbox::start().await);
    for stream in [false, true] {
        let body = prompt("tell me a story", stream);
        assert_eq!(one.chat(&body).await.body, other.chat(&body).await.body);
    }
    let first = one.chat(&prompt("one thing", false)).await.json();
    let second = one.chat(&prompt("another thing", false)).await.json();
    assert_ne!(first["id"], second["id"]);
    assert_ne!(content(&first), content(&second));
}

#[tokio::test]
async fn the_echo_stops_after_twelve_words() {
    let sandbox = TestSandbox::start().await;
    let response = sandbox
        .chat(&prompt("1 2 3 4 5 6 7 8 9 10 11 12 13 14", false))
        .await
        .json();
    assert!(content(&response).starts_with("You said: 1 2 3 4 5 6 7 8 9 10 11 12... "));
}

#[tokio::test]
async fn tokens_are_words_and_four_more_per_message() {
    let sandbox = TestSandbox::start().await;
    let response = sandbox
        .chat(&json!({
            "model": "sandbox-small",
            "messages": [
                {"role": "system", "content": "be brief"},
                {"role": "user", "content": [
                    {"type": "text", "text": "what is  this"},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
                ]},
            ],
        }))
        .await
        .json();
    let usage = &response["usage"];
    assert_eq!(usage["prompt_tokens"], 2 + 3 + 85 + 2 * 4);
    assert_eq!(usage["completion_tokens"], 40);
    assert_eq!(usage["total_tokens"], 98 + 40);
    assert_eq!(usage["prompt_tokens_details"]["cached_tokens"], 0);
    assert!(content(&response).starts_with("You said: what is this. "));
}

#[tokio::test]
async fn max_tokens_cuts_the_response() {
    let sandbox = TestSandbox::start().await;
    for field in ["max_tokens", "max_completion_tokens"] {
        let mut body = prompt("hello", false);
        body[field] = json!(7);
        let response = sandbox.chat(&body).await.json();
        assert_eq!(word_count(content(&response)), 7);
        assert_eq!(response["choices"][0]["finish_reason"], "length");
        assert_eq!(response["usage"]["completion_tokens"], 7);
        body[field] = json!(40);
        assert_eq!(
            sandbox.chat(&body).await.json()["choices"][0]["finish_reason"],
            "stop"
        );
    }
}

#[tokio::test]
async fn stop_sequences_end_the_response_before_them() {
    let sandbox = TestSandbox::start().await;
    for stop in [json!("three"), json!(["never", "three", "four"])] {
        let mut body = prompt("one two three four", false);
        body["stop"] = stop;
        let response = sandbox.chat(&body).await.json();
        assert_eq!(content(&response), "You said: one two ");
        assert_eq!(response["choices"][0]["finish_reason"], "stop");
        assert_eq!(response["usage"]["completion_tokens"], 4);
    }
}

#[tokio::test]
async fn several_choices_differ_and_are_all_counted() {
    let sandbox = TestSandbox::start().await;
    let mut body = prompt("hello", false);
    body["n"] = json!(8);
    let response = sandbox.chat(&body).await.json();
    let choices = response["choices"].as_array().unwrap();
    assert_eq!(choices.len(), 8);
    assert_ne!(
        choices[0]["message"]["content"],
        choices[1]["message"]["content"]
    );
    assert_eq!(choices[7]["index"], 7);
    assert_eq!(response["usage"]["completion_tokens"], 8 * 40);
}

#[tokio::test]
async fn thinking_comes_with_reasoning_tokens() {
    let sandbox = TestSandbox::start().await;
    let fields = [
        ("reasoning_effort", json!("low"), 8),
        ("reasoning_effort", json!("high"), 32),
        ("reasoning_effort", json!("none"), 0),
        ("thinking", json!({"type": "enabled"}), 16),
        ("thinking", json!({"type": "disabled"}), 0),
    ];
    for (field, value, expected) in fields {
        let mut body = prompt("hello", false);
        body[field] = value;
        let response = sandbox.chat(&body).await.json();
        let reasoning = response["choices"][0]["message"]["reasoning_content"].as_str();
        assert_eq!(word_count(reasoning.unwrap_or_default()), expected);
        let usage = &response["usage"];
        assert_eq!(
            usage["completion_tokens_details"]["reasoning_tokens"],
            expected
        );
        assert_eq!(usage["completion_tokens"], 40 + expected);
    }
}

#[tokio::test]
async fn max_tokens_may_be_used_up_by_reasoning() {
    let sandbox = TestSandbox::start().await;
    let mut body = prompt("hello", false);
    body["reasoning_effort"] = json!("medium");
    body["max_completion_tokens"] = json!(10);
    let response = sandbox.chat(&body).await.json();
    assert_eq!(content(&response), "");
    assert_eq!(response["choices"][0]["finish_reason"], "length");
    assert_eq!(response["usage"]["completion_tokens"], 10);
    assert_eq!(
        response["usage"]["completion_tokens_details"]["reasoning_tokens"],
        10
    );
}

#[tokio::test]
async fn json_mode_responds_with_an_object() {
    let sandbox = TestSandbox::start().await;
    let mut body = prompt("say it in \"json\"", false);
    body["response_format"] = json!({"type": "json_object"});
    let response = sandbox.chat(&body).await.json();
    let object: Value = serde_json::from_str(content(&response)).unwrap();
    assert!(
        object["answer"]
            .as_str()
            .unwrap()
            .starts_with("You said: say it in \"json\".")
    );
}

#[tokio::test]
async fn an_escaped_prompt_is_read_like_any_other() {
    let sandbox = TestSandbox::start().await;
    let response = sandbox
        .chat(&prompt("tab\tand \u{1F600} \"quotes\"", false))
        .await
        .json();
    assert!(content(&response).starts_with("You said: tab and \u{1F600} \"quotes\". "));
}

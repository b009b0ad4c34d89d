//! Plain chat answers.

use serde_json::{Value, json};

use crate::support::{TestSandbox, content, prompt, word_count};

#[tokio::test]
async fn a_plain_answer_has_the_shape_of_openai() {
    let sandbox = TestSandbox::start().await;
    let answer = sandbox.chat(&prompt("What is a gateway?", false)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "application/json");
    insta::assert_json_snapshot!(answer.json());
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
    let answer = sandbox
        .chat(&prompt("1 2 3 4 5 6 7 8 9 10 11 12 13 14", false))
        .await
        .json();
    assert!(content(&answer).starts_with("You said: 1 2 3 4 5 6 7 8 9 10 11 12... "));
}

#[tokio::test]
async fn tokens_are_words_and_four_more_per_message() {
    let sandbox = TestSandbox::start().await;
    let answer = sandbox
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
    let usage = &answer["usage"];
    assert_eq!(usage["prompt_tokens"], 2 + 3 + 85 + 2 * 4);
    assert_eq!(usage["completion_tokens"], 40);
    assert_eq!(usage["total_tokens"], 98 + 40);
    assert_eq!(usage["prompt_tokens_details"]["cached_tokens"], 0);
    assert!(content(&answer).starts_with("You said: what is this. "));
}

#[tokio::test]
async fn max_tokens_cuts_the_answer() {
    let sandbox = TestSandbox::start().await;
    for field in ["max_tokens", "max_completion_tokens"] {
        let mut body = prompt("hello", false);
        body[field] = json!(7);
        let answer = sandbox.chat(&body).await.json();
        assert_eq!(word_count(content(&answer)), 7);
        assert_eq!(answer["choices"][0]["finish_reason"], "length");
        assert_eq!(answer["usage"]["completion_tokens"], 7);
        body[field] = json!(40);
        assert_eq!(
            sandbox.chat(&body).await.json()["choices"][0]["finish_reason"],
            "stop"
        );
    }
}

#[tokio::test]
async fn stop_sequences_end_the_answer_before_them() {
    let sandbox = TestSandbox::start().await;
    for stop in [json!("three"), json!(["never", "three", "four"])] {
        let mut body = prompt("one two three four", false);
        body["stop"] = stop;
        let answer = sandbox.chat(&body).await.json();
        assert_eq!(content(&answer), "You said: one two ");
        assert_eq!(answer["choices"][0]["finish_reason"], "stop");
        assert_eq!(answer["usage"]["completion_tokens"], 4);
    }
}

#[tokio::test]
async fn several_choices_differ_and_are_all_counted() {
    let sandbox = TestSandbox::start().await;
    let mut body = prompt("hello", false);
    body["n"] = json!(8);
    let answer = sandbox.chat(&body).await.json();
    let choices = answer["choices"].as_array().unwrap();
    assert_eq!(choices.len(), 8);
    assert_ne!(
        choices[0]["message"]["content"],
        choices[1]["message"]["content"]
    );
    assert_eq!(choices[7]["index"], 7);
    assert_eq!(answer["usage"]["completion_tokens"], 8 * 40);
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
        let answer = sandbox.chat(&body).await.json();
        let reasoning = answer["choices"][0]["message"]["reasoning_content"].as_str();
        assert_eq!(word_count(reasoning.unwrap_or_default()), expected);
        let usage = &answer["usage"];
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
    let answer = sandbox.chat(&body).await.json();
    assert_eq!(content(&answer), "");
    assert_eq!(answer["choices"][0]["finish_reason"], "length");
    assert_eq!(answer["usage"]["completion_tokens"], 10);
    assert_eq!(
        answer["usage"]["completion_tokens_details"]["reasoning_tokens"],
        10
    );
}

#[tokio::test]
async fn json_mode_answers_with_an_object() {
    let sandbox = TestSandbox::start().await;
    let mut body = prompt("say it in \"json\"", false);
    body["response_format"] = json!({"type": "json_object"});
    let answer = sandbox.chat(&body).await.json();
    let object: Value = serde_json::from_str(content(&answer)).unwrap();
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
    let answer = sandbox
        .chat(&prompt("tab\tand \u{1F600} \"quotes\"", false))
        .await
        .json();
    assert!(content(&answer).starts_with("You said: tab and \u{1F600} \"quotes\". "));
}

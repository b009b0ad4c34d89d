//! Streamed chat responses.

use serde_json::{Value, json};

use crate::support::{TestSandbox, content, prompt, word_count};

#[tokio::test]
async fn a_stream_has_the_shape_of_openai() {
    let sandbox = TestSandbox::start().await;
    let mut body = prompt("hi", true);
    body["max_tokens"] = json!(3);
    body["stream_options"] = json!({"include_usage": true});
    let response = sandbox.chat(&body).await;
    assert_eq!(response.headers["content-type"], "text/event-stream");
    insta::assert_snapshot!(response.text());
}

#[tokio::test]
async fn a_stream_says_what_the_plain_response_says_a_word_at_a_time() {
    let sandbox = TestSandbox::start().await;
    let plain = sandbox.chat(&prompt("hello", false)).await.json();
    let streamed = sandbox.chat(&prompt("hello", true)).await;
    assert_eq!(streamed.streamed(0, "content"), content(&plain));
    let events = streamed.events();
    assert_eq!(
        events[0]["choices"][0]["delta"],
        json!({"role": "assistant", "content": ""})
    );
    assert_eq!(events.len(), 1 + 40 + 1);
    assert!(events.iter().all(|event| event.get("usage").is_none()));
    assert_eq!(streamed.data().last().unwrap(), "[DONE]");
    assert_eq!(streamed.finish_reason().unwrap(), "stop");
}

#[tokio::test]
async fn usage_comes_last_and_is_null_before() {
    let sandbox = TestSandbox::start().await;
    let mut body = prompt("hello", true);
    body["stream_options"] = json!({"include_usage": true});
    let events = sandbox.chat(&body).await.events();
    let (last, others) = events.split_last().unwrap();
    assert!(
        others
            .iter()
            .all(|event| event["usage"] == Value::Null && event.get("usage").is_some())
    );
    assert_eq!(last["choices"], json!([]));
    body["stream"] = json!(false);
    body["stream_options"] = Value::Null;
    assert_eq!(last["usage"], sandbox.chat(&body).await.json()["usage"]);
}

#[tokio::test]
async fn choices_take_turns() {
    let sandbox = TestSandbox::start().await;
    let mut body = prompt("hello", true);
    body["n"] = json!(3);
    let response = sandbox.chat(&body).await;
    let indices: Vec<u64> = response
        .events()
        .iter()
        .filter_map(|event| event["choices"][0]["index"].as_u64())
        .collect();
    assert_eq!(indices[..6], [0, 1, 2, 0, 1, 2]);
    assert_eq!(indices.len(), 3 * 42);
    for index in 0..3 {
        assert_eq!(word_count(&response.streamed(index, "content")), 40);
    }
}

#[tokio::test]
async fn reasoning_is_streamed_before_content() {
    let sandbox = TestSandbox::start().await;
    let mut body = prompt("hello", true);
    body["reasoning_effort"] = json!("low");
    let response = sandbox.chat(&body).await;
    assert_eq!(word_count(&response.streamed(0, "reasoning_content")), 8);
    let events = response.events();
    assert!(
        events[1..9]
            .iter()
            .all(|e| e["choices"][0]["delta"]["reasoning_content"].is_string())
    );
    assert!(events[9]["choices"][0]["delta"]["content"].is_string());
}

#[tokio::test]
async fn a_hundred_thousand_words_are_streamed() {
    let sandbox = TestSandbox::start().await;
    let response = sandbox.say("words=100000", true).await;
    assert_eq!(word_count(&response.streamed(0, "content")), 100_000);
    assert_eq!(sandbox.stats().await["chunks_sent"], 100_002);
}

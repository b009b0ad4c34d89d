//! The older completions endpoint.

use serde_json::{Value, json};

use crate::support::{TestSandbox, word_count};

const PATH: &str = "/v1/completions";

#[tokio::test]
async fn a_plain_completion_has_the_shape_of_openai() {
    let sandbox = TestSandbox::start().await;
    let body = json!({"model": "sandbox-small", "prompt": "Once upon a time", "max_tokens": 9});
    insta::assert_json_snapshot!(sandbox.post(PATH, &body).await.json());
}

#[tokio::test]
async fn a_streamed_completion_has_the_shape_of_openai() {
    let sandbox = TestSandbox::start().await;
    let body = json!({
        "model": "sandbox-small", "prompt": "Once", "max_tokens": 2, "stream": true,
        "stream_options": {"include_usage": true},
    });
    insta::assert_snapshot!(sandbox.post(PATH, &body).await.text());
}

#[tokio::test]
async fn every_prompt_gets_its_choices() {
    let sandbox = TestSandbox::start().await;
    let body = json!({"model": "sandbox-small", "prompt": ["one", "two words"], "n": 2});
    let response = sandbox.post(PATH, &body).await.json();
    let texts: Vec<&str> = response["choices"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|c| c["text"].as_str())
        .collect();
    assert_eq!(texts.len(), 4);
    assert!(
        texts[0].starts_with("You said: one. ") && texts[3].starts_with("You said: two words.")
    );
    assert_ne!(texts[0], texts[1]);
    assert_eq!(response["usage"]["prompt_tokens"], 3);
    assert_eq!(response["usage"]["completion_tokens"], 160);
}

#[tokio::test]
async fn prompts_may_be_tokens() {
    let sandbox = TestSandbox::start().await;
    for (prompt, choices, tokens) in [(json!([1, 2, 3]), 1, 3), (json!([[1, 2], [3]]), 2, 3)] {
        let body = json!({"model": "sandbox-small", "prompt": prompt});
        let response = sandbox.post(PATH, &body).await.json();
        assert_eq!(response["choices"].as_array().map(Vec::len), Some(choices));
        assert_eq!(response["usage"]["prompt_tokens"], tokens);
    }
}

#[tokio::test]
async fn directives_are_read_from_the_prompt() {
    let sandbox = TestSandbox::start().await;
    let body = json!({"model": "sandbox-small", "prompt": "hi [[sandbox: words=5]]"});
    let response = sandbox.post(PATH, &body).await.json();
    assert_eq!(
        word_count(response["choices"][0]["text"].as_str().unwrap()),
        5
    );
}

#[tokio::test]
async fn a_completion_without_a_prompt_is_refused() {
    let sandbox = TestSandbox::start().await;
    let response = sandbox.post(PATH, &json!({"model": "sandbox-small"})).await;
    response.assert_error(400, "missing_required_parameter", "prompt");
    let body = json!({"model": "sandbox-small", "prompt": ["a", 1]});
    sandbox
        .post(PATH, &body)
        .await
        .assert_error(400, "invalid_type", "prompt");
    let body = json!({"model": "sandbox-small", "prompt": Value::Array(Vec::new())});
    sandbox
        .post(PATH, &body)
        .await
        .assert_error(400, "empty_array", "prompt");
}

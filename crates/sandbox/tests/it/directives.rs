//! Directives which change what is said, and the three places where they may stand.

use serde_json::json;

use crate::support::{TestSandbox, content, prompt, word_count};

#[tokio::test]
async fn a_directive_may_stand_in_the_model_name() {
    let sandbox = TestSandbox::start().await;
    let mut body = prompt("hello", false);
    body["model"] = json!("sandbox-small@words=5,finish=length");
    let response = sandbox.chat(&body).await.json();
    assert_eq!(response["model"], "sandbox-small");
    assert_eq!(word_count(content(&response)), 5);
    assert_eq!(response["choices"][0]["finish_reason"], "length");
}

#[tokio::test]
async fn a_directive_may_stand_in_a_header() {
    let sandbox = TestSandbox::start().await;
    let response = sandbox.say("words=5, finish=length", false).await.json();
    assert_eq!(word_count(content(&response)), 5);
    assert_eq!(response["choices"][0]["finish_reason"], "length");
}

#[tokio::test]
async fn a_directive_may_stand_in_any_message_and_is_not_echoed() {
    let sandbox = TestSandbox::start().await;
    let response = sandbox
        .chat(&json!({
            "model": "sandbox-small",
            "messages": [
                {"role": "system", "content": "x [[sandbox: words=6 finish=length]]"},
                {"role": "user", "content": [{"type": "text", "text": "a [[sandbox: cached=3]] b"}]},
            ],
        }))
        .await
        .json();
    assert!(
        content(&response).starts_with("You said: a b. "),
        "{response}"
    );
    assert_eq!(word_count(content(&response)), 6);
    assert_eq!(response["choices"][0]["finish_reason"], "length");
    assert_eq!(
        response["usage"]["prompt_tokens_details"]["cached_tokens"],
        3
    );
}

#[tokio::test]
async fn the_phrase_beats_the_header_and_the_header_beats_the_model_name() {
    let sandbox = TestSandbox::start().await;
    let mut body = prompt("hello", false);
    body["model"] = json!("sandbox-small@words=5,finish=model,cached=1");
    let header = [("x-sandbox", "words=6 finish=header")];
    body["messages"][0]["content"] = json!("hello [[sandbox: words=7]]");
    let response = sandbox
        .post_with("/v1/chat/completions", &header, &body)
        .await
        .json();
    assert_eq!(word_count(content(&response)), 7);
    assert_eq!(response["choices"][0]["finish_reason"], "header");
    assert_eq!(
        response["usage"]["prompt_tokens_details"]["cached_tokens"],
        1
    );
}

#[tokio::test]
async fn an_unknown_directive_is_refused_with_the_known_ones() {
    let sandbox = TestSandbox::start().await;
    let response = sandbox.say("speed=9", false).await;
    response.assert_error(400, "invalid_directive", "sandbox");
    insta::assert_json_snapshot!(response.json());
    sandbox
        .say("fault=fire", true)
        .await
        .assert_error(400, "invalid_directive", "sandbox");
    sandbox
        .say("words=many", true)
        .await
        .assert_error(400, "invalid_directive", "sandbox");
}

#[tokio::test]
async fn words_sets_the_length_of_the_response() {
    let sandbox = TestSandbox::start().await;
    for words in [0, 1, 2, 3, 41, 5000] {
        let response = sandbox.say(&format!("words={words}"), false).await.json();
        assert_eq!(word_count(content(&response)), words);
        assert_eq!(response["usage"]["completion_tokens"], words);
    }
}

#[tokio::test]
async fn any_failure_can_be_asked_for() {
    let sandbox = TestSandbox::start().await;
    for status in 400..=599 {
        for stream in [false, true] {
            let response = sandbox.say(&format!("status={status}"), stream).await;
            assert_eq!(response.status, status);
            assert!(response.json()["error"]["message"].is_string());
        }
    }
}

#[tokio::test]
async fn a_401_quotes_a_secret_as_some_providers_do() {
    let sandbox = TestSandbox::start().await;
    let response = sandbox.say("status=401", false).await;
    response.assert_error(401, "invalid_api_key", "");
    assert!(
        response
            .text()
            .contains("Incorrect API key provided: sk-sandbox-SECRET")
    );
}

#[tokio::test]
async fn retry_after_adds_the_header() {
    let sandbox = TestSandbox::start().await;
    let response = sandbox.say("status=429 retry_after=7", true).await;
    response.assert_error(429, "rate_limit_exceeded", "");
    assert_eq!(response.headers["retry-after"], "7");
}

#[tokio::test]
async fn the_list_of_models_obeys_the_header_too() {
    let sandbox = TestSandbox::start().await;
    let headers = [("x-sandbox", "status=503")];
    for path in ["/v1/models", "/v1/models/sandbox-small"] {
        let response = sandbox
            .send(http::Method::GET, path, &headers, "".into())
            .await
            .unwrap();
        response.assert_error(503, "overloaded", "");
    }
}

#[tokio::test]
async fn cached_tokens_are_never_more_than_the_prompt() {
    let sandbox = TestSandbox::start().await;
    let response = sandbox.say("cached=1000", false).await.json();
    let usage = &response["usage"];
    assert_eq!(
        usage["prompt_tokens_details"]["cached_tokens"],
        usage["prompt_tokens"]
    );
}

#[tokio::test]
async fn a_filtered_prompt_is_refused() {
    let sandbox = TestSandbox::start().await;
    let response = sandbox
        .chat(&prompt("bad [[sandbox: content_filter]]", true))
        .await;
    response.assert_error(400, "content_filter", "prompt");
}

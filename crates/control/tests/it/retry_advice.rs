//! Retry advice in the words and headers that clients look for.

use std::time::Duration;

use regex::Regex;

use crate::support::{Script, TestApp, TestResponse, chat};

/// The wait in the words, as Codex parses it, in seconds.
fn wait_in_words(response: &TestResponse) -> u64 {
    let words = Regex::new(r"(?i)please try again in (\d+(\.\d+)?)\s*(s|ms|seconds?)\b").unwrap();
    let text = response.text();
    let found = words.captures(&text).unwrap_or_else(|| panic!("{text}"));
    found[1].parse().unwrap()
}

#[tokio::test]
async fn a_limit_that_ends_soon_is_worth_a_retry_and_says_when() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    for _ in 0..10 {
        assert_eq!(
            caller
                .chat(chat("plain", r#","max_tokens":1"#))
                .await
                .status,
            200
        );
    }
    let response = caller.chat(chat("plain", r#","max_tokens":1"#)).await;
    assert_eq!(response.status, 429);
    assert_eq!(wait_in_words(&response), response.number("retry-after"));
    assert!(response.header("x-should-retry").is_none());
}

#[tokio::test]
async fn a_limit_that_lasts_longer_than_clients_wait_is_not_worth_a_retry() {
    let app = TestApp::builder().start().await;
    let caller = app.key("free").await;
    // 500 a day, ten a minute.
    for minute in 0..51 {
        let response = caller.chat(chat("plain", r#","max_tokens":1"#)).await;
        if response.status == 429 && response.number("retry-after") > 60 {
            assert_eq!(wait_in_words(&response), response.number("retry-after"));
            assert_eq!(response.header("x-should-retry"), Some("false"));
            return;
        }
        for _ in 0..9 {
            caller.chat(chat("plain", r#","max_tokens":1"#)).await;
        }
        assert!(minute < 50, "the day never ends");
        app.advance(Duration::from_secs(60)).await;
    }
}

#[tokio::test]
async fn what_a_retry_cannot_mend_says_so_and_nothing_else_does() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let hopeless = [
        app.anonymous().get("/v1/models").await,
        app.anonymous().with_secret("yx-x").get("/v1/models").await,
        caller.chat("{").await,
        caller.chat(chat("premium", "")).await,
        caller.chat(chat("nothing", "")).await,
        caller.get("/v1/chat/completions").await,
        caller.get("/v1/nothing").await,
        caller.with("content-encoding", "br").chat("{}").await,
        app.anonymous().get("/api/v1/me").await,
    ];
    for response in hopeless {
        assert!((400..429).contains(&response.status));
        assert_eq!(
            response.header("x-should-retry"),
            Some("false"),
            "{}",
            response.shown()
        );
    }
    for (status, ours) in [(409, 409), (429, 503), (500, 502), (503, 503), (529, 503)] {
        app.stub
            .always(Script::status(status, "", r#"{"error":{"message":"x"}}"#));
        let response = caller.chat(chat("plain", r#","max_tokens":1"#)).await;
        assert_eq!(response.status, ours, "{}", response.shown());
        assert!(
            response.header("x-should-retry").is_none(),
            "{}",
            response.shown()
        );
        assert_eq!(
            response.header("retry-after").is_some(),
            ours == 503,
            "{}",
            response.shown()
        );
    }
    assert!(
        caller
            .get("/v1/models")
            .await
            .header("x-should-retry")
            .is_none()
    );
}

#[tokio::test]
async fn every_503_says_when_to_ask_again() {
    let app = TestApp::new().await;
    app.app.gateway.process.draining.cancel();
    let response = app.anonymous().get("/readyz").await;
    assert_eq!((response.status, response.number("retry-after")), (503, 1));
}

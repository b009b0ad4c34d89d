//! Responses which break, each in its way.

use std::time::Duration;

use http_body_util::BodyExt;
use serde_json::json;

use crate::support::{TestResponse, TestSandbox, content, prompt};

const EVENTS_BEFORE: usize = 3;

fn has_ended(response: &TestResponse) -> bool {
    response.finish_reason().is_some() || response.text().contains("[DONE]")
}

#[tokio::test]
async fn reset_breaks_the_connection_before_any_response() {
    let sandbox = TestSandbox::start().await;
    for stream in [false, true] {
        let body = prompt("hello", stream).to_string();
        let headers = [("x-sandbox", "fault=reset")];
        let path = "/v1/chat/completions";
        let sent = sandbox
            .send(http::Method::POST, path, &headers, body.into())
            .await;
        let error = sent.err().expect("the connection breaks");
        let cause =
            std::error::Error::source(&error).and_then(|e| e.downcast_ref::<std::io::Error>());
        assert_eq!(
            cause.map(std::io::Error::kind),
            Some(std::io::ErrorKind::ConnectionReset)
        );
    }
    assert_eq!(sandbox.until("completed", 2).await["cancelled"], 0);
}

#[tokio::test]
async fn reset_mid_breaks_the_stream_after_some_events() {
    let sandbox = TestSandbox::start().await;
    let response = sandbox.say("fault=reset_mid", true).await;
    assert!(response.is_broken && !has_ended(&response));
    assert_eq!(response.events().len(), EVENTS_BEFORE);
    let response = sandbox.say("fault=reset_mid after=10 wps=1000", true).await;
    assert!(response.is_broken);
    assert_eq!(response.events().len(), 10);
    let response = sandbox.say("fault=reset_mid", false).await;
    assert!(response.is_broken && !response.body.is_empty());
}

#[tokio::test]
async fn half_frame_ends_inside_an_event() {
    let sandbox = TestSandbox::start().await;
    let response = sandbox.say("fault=half_frame", true).await;
    assert!(!response.is_broken && !has_ended(&response));
    assert_eq!(response.data().len(), EVENTS_BEFORE + 1);
    assert_eq!(response.events().len(), EVENTS_BEFORE);
    assert!(!response.text().ends_with('\n'));
    assert!(sandbox.say("fault=half_frame", false).await.is_broken);
}

#[tokio::test]
async fn truncate_ends_cleanly_and_too_early() {
    let sandbox = TestSandbox::start().await;
    let response = sandbox.say("fault=truncate", true).await;
    assert!(!response.is_broken && !has_ended(&response));
    assert_eq!(response.events().len(), EVENTS_BEFORE);
    assert!(response.text().ends_with("\n\n"));
    let response = sandbox.say("fault=truncate", false).await;
    assert!(
        !response.is_broken && serde_json::from_slice::<serde_json::Value>(&response.body).is_err()
    );
}

#[tokio::test]
async fn a_fault_far_away_comes_before_the_finish() {
    let sandbox = TestSandbox::start().await;
    let response = sandbox.say("fault=truncate after=100000", true).await;
    assert_eq!(response.events().len(), 1 + 40);
    assert!(!has_ended(&response));
    assert!(
        sandbox
            .say("fault=truncate after=0", true)
            .await
            .body
            .is_empty()
    );
}

#[tokio::test(start_paused = true)]
async fn stall_falls_silent_and_keeps_the_connection() {
    let sandbox = TestSandbox::start().await;
    let mut open = sandbox.open_chat("fault=stall").await;
    let mut text = String::new();
    let silence = async {
        while let Some(frame) = open.body.frame().await {
            let data = frame
                .expect("nothing breaks")
                .into_data()
                .unwrap_or_default();
            text.push_str(&String::from_utf8_lossy(&data));
        }
    };
    assert!(
        tokio::time::timeout(Duration::from_secs(3600), silence)
            .await
            .is_err()
    );
    assert_eq!(text.matches("data: ").count(), EVENTS_BEFORE);
    assert_eq!(sandbox.stats().await["open"], 1);
}

#[tokio::test(start_paused = true)]
async fn hang_never_responses() {
    let sandbox = TestSandbox::start().await;
    let response = sandbox.say("fault=hang", false);
    assert!(
        tokio::time::timeout(Duration::from_secs(3600), response)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn no_done_lacks_only_the_last_line() {
    let sandbox = TestSandbox::start().await;
    let response = sandbox.say("fault=no_done", true).await;
    assert_eq!(response.finish_reason().as_deref(), Some("stop"));
    assert!(!response.text().contains("[DONE]"));
}

#[tokio::test]
async fn no_usage_leaves_it_out() {
    let sandbox = TestSandbox::start().await;
    let plain = sandbox.say("fault=no_usage", false).await.json();
    assert!(plain.get("usage").is_none() && !content(&plain).is_empty());
    let mut body = prompt("hello [[sandbox: fault=no_usage]]", true);
    body["stream_options"] = json!({"include_usage": true});
    let streamed = sandbox.chat(&body).await;
    assert!(!streamed.text().contains("\"usage\"") && streamed.text().contains("[DONE]"));
}

#[tokio::test]
async fn wrong_usage_is_out_of_every_range() {
    let sandbox = TestSandbox::start().await;
    let plain = sandbox.say("fault=wrong_usage", false).await.json();
    let mut body = prompt("hello [[sandbox: fault=wrong_usage]]", true);
    body["stream_options"] = json!({"include_usage": true});
    let streamed = sandbox.chat(&body).await.events();
    for usage in [&plain["usage"], &streamed.last().unwrap()["usage"]] {
        assert_eq!(usage["prompt_tokens"], -7);
        assert_eq!(usage["completion_tokens"], u64::MAX);
        assert_eq!(usage["total_tokens"], 1u64 << 63);
    }
}

#[tokio::test]
async fn garbage_is_not_json() {
    let sandbox = TestSandbox::start().await;
    let response = sandbox.say("fault=garbage", false).await;
    assert_eq!(response.status, 200);
    assert!(response.text().starts_with("<html>"));
    let response = sandbox.say("fault=garbage after=2", true).await;
    assert!(response.data()[2].starts_with("<html>"));
    assert!(has_ended(&response));
}

#[tokio::test]
async fn an_error_event_ends_the_stream() {
    let sandbox = TestSandbox::start().await;
    let response = sandbox.say("fault=error_event", true).await;
    let events = response.events();
    assert_eq!(events.len(), EVENTS_BEFORE + 1);
    assert_eq!(events[EVENTS_BEFORE]["error"]["type"], "server_error");
    assert!(!has_ended(&response) && !response.is_broken);
    let plain = sandbox.say("fault=error_event", false).await;
    assert_eq!(plain.status, 200);
    assert_eq!(plain.json()["error"]["type"], "server_error");
}

#[tokio::test]
async fn a_huge_line_is_as_long_as_asked_and_still_valid() {
    let sandbox = TestSandbox::start().await;
    for (directives, expected) in [
        ("fault=huge_line", 8 << 20),
        ("fault=huge_line bytes=100000", 100_000),
    ] {
        let response = sandbox.say(directives, true).await;
        assert_eq!(response.text().lines().map(str::len).max(), Some(expected));
        assert_eq!(response.events().len(), 1 + 40 + 1 + 1);
        assert_eq!(response.finish_reason().as_deref(), Some("stop"));
    }
    let plain = sandbox.say("fault=huge_line bytes=100000", false).await;
    assert!(plain.body.len() > 100_000 && !content(&plain.json()).is_empty());
}

#[tokio::test]
async fn chatter_says_the_same_among_comments() {
    let sandbox = TestSandbox::start().await;
    let response = sandbox.say("fault=chatter words=3", true).await;
    assert_eq!(response.streamed(0, "content"), "You said: hello");
    insta::assert_snapshot!(response.text().replace('\r', "\\r"));
    assert!(!content(&sandbox.say("fault=chatter", false).await.json()).is_empty());
}

#[tokio::test]
async fn split_sends_two_bytes_at_a_time() {
    let sandbox = TestSandbox::start().await;
    let whole = sandbox.say("words=3", true).await;
    let mut open = sandbox.open_chat("fault=split words=3").await;
    let mut body = Vec::new();
    while let Some(frame) = open.body.frame().await {
        let data = frame.unwrap().into_data().unwrap_or_default();
        assert!(data.len() <= 2);
        body.extend_from_slice(&data);
    }
    assert_eq!(body, whole.body);
    assert!(!content(&sandbox.say("fault=split", false).await.json()).is_empty());
}

//! A stream where none was asked for, and a whole response where a stream was: turned into what was asked.

use crate::support::upstream_stub::{COMPLETION, DONE, delta, finish, usage};
use crate::support::{Script, TestApp, chat};

const STREAM: &str = r#","stream":true"#;
const STREAM_WITH_USAGE: &str = r#","stream":true,"stream_options":{"include_usage":true}"#;

#[tokio::test]
async fn a_stream_is_folded_for_a_client_that_asked_for_a_response() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let events = [
        delta("Hel"),
        delta("lo"),
        finish(),
        usage(9, 2),
        DONE.to_owned(),
    ];
    let renamed = events
        .clone()
        .map(|event| event.replace("plain", "upstream-name"));
    app.stub.once(Script::stream(renamed));
    let response = caller.chat(chat("nick", "")).await;
    assert_eq!(
        (response.status, response.header("content-type")),
        (200, Some("application/json"))
    );
    let whole = response.json();
    assert_eq!(whole["object"], "chat.completion");
    assert_eq!(
        (&whole["model"], &whole["id"]),
        (&"nick".into(), &"c1".into())
    );
    let choice = &whole["choices"][0];
    assert_eq!(choice["message"]["content"], "Hello");
    assert_eq!(choice["finish_reason"], "stop");
    assert_eq!(whole["usage"]["total_tokens"], 11);
    let event = app.event(1).await;
    assert_eq!(
        (event["input"].as_u64(), event["output"].as_u64()),
        (Some(9), Some(2))
    );
}

#[tokio::test]
async fn a_stream_that_breaks_is_no_response_and_the_chance_of_another_deployment() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    app.stub.always(Script::stream([delta("Hel")]));
    assert_eq!(caller.chat(chat("plain", "")).await.status, 502);
    assert_eq!(caller.chat(chat("pair", "")).await.text(), COMPLETION);
    assert_eq!(app.second.requests().len(), 1);
}

#[tokio::test]
async fn a_whole_response_is_streamed_to_a_client_that_asked_for_a_stream() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    for (count, (more, events)) in [(STREAM, 3), (STREAM_WITH_USAGE, 4)]
        .into_iter()
        .enumerate()
    {
        app.stub.once(Script::json(COMPLETION));
        let response = caller.chat(chat("nick", more)).await;
        assert_eq!(
            (response.status, response.header("content-type")),
            (200, Some("text/event-stream"))
        );
        let mut data = response.events();
        assert_eq!(data.len(), events, "{data:?}");
        assert_eq!(data.pop().unwrap(), "[DONE]");
        let read: Vec<serde_json::Value> = data
            .iter()
            .map(|text| serde_json::from_str(text).unwrap())
            .collect();
        assert_eq!(read[0]["choices"][0]["delta"]["content"], "Hello!");
        assert_eq!(read[1]["choices"][0]["finish_reason"], "stop");
        assert!(
            read.iter()
                .all(|event| event["object"] == "chat.completion.chunk")
        );
        let has_usage = read.last().unwrap()["usage"]["total_tokens"] == 14;
        assert_eq!(has_usage, more == STREAM_WITH_USAGE);
        let event = app.event(count + 1).await;
        assert_eq!(
            (event["input"].as_u64(), event["output"].as_u64()),
            (Some(11), Some(3))
        );
        assert_eq!(
            (event["counted_by"].as_str(), event["end"].as_str()),
            (Some("upstream"), Some("completed"))
        );
    }
}

#[tokio::test]
async fn a_whole_response_that_is_cut_is_no_stream() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let cut = &COMPLETION[..COMPLETION.len() / 2];
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9000\r\n\r\n";
    app.stub.once(Script::raw(format!("{head}{cut}")).close());
    assert_eq!(caller.chat(chat("plain", STREAM)).await.status, 502);
}

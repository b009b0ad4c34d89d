//! `POST /v1/chat/completions`, streamed.

mod timing;

use std::time::Duration;

use crate::support::snapshot::assert_text;
use crate::support::upstream_stub::{DONE, delta, finish, usage};
use crate::support::{Script, TestApp, chat};

const STREAM: &str = r#","stream":true"#;
const STREAM_WITH_USAGE: &str = r#","stream":true,"stream_options":{"include_usage":true}"#;

fn hello() -> Vec<String> {
    vec![
        delta("Hel"),
        delta("lo"),
        finish(),
        usage(9, 2),
        DONE.to_owned(),
    ]
}

#[tokio::test]
async fn a_stream_passes_byte_for_byte_when_the_client_asked_for_usage() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    app.stub.once(Script::stream(hello()));
    let request = chat("plain", STREAM_WITH_USAGE);
    let response = caller.chat(request.clone()).await;
    assert_eq!((response.status, response.text()), (200, hello().concat()));
    assert_eq!(response.header("content-type"), Some("text/event-stream"));
    assert_eq!(response.header("cache-control"), Some("no-cache"));
    assert_eq!(app.stub.last().body, request);
    assert_text!(app.event(1).await);
}

#[tokio::test]
async fn usage_is_asked_for_upstream_and_hidden_from_a_client_that_did_not_ask() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let cases = [
        (STREAM, r#"{"include_usage":true}"#),
        (
            r#","stream":true,"stream_options":null"#,
            r#"{"include_usage":true}"#,
        ),
        (
            r#","stream":true,"stream_options":{}"#,
            r#"{"include_usage":true}"#,
        ),
        (
            r#","stream":true,"stream_options":{"include_usage":false,"x":[1]}"#,
            r#"{"include_usage":true,"x":[1]}"#,
        ),
    ];
    for (count, (more, expected)) in cases.into_iter().enumerate() {
        app.stub.once(Script::stream(hello()));
        let response = caller.chat(chat("plain", more)).await;
        let visible = [delta("Hel"), delta("lo"), finish(), DONE.to_owned()].concat();
        assert_eq!((response.status, response.text()), (200, visible), "{more}");
        assert_eq!(
            app.stub.last().json()["stream_options"].to_string(),
            expected
        );
        let event = app.event(count + 1).await;
        assert_eq!(
            (event["input"].as_u64(), event["output"].as_u64()),
            (Some(9), Some(2))
        );
        assert_eq!(
            (event["counted_by"].as_str(), event["end"].as_str()),
            (Some("upstream"), Some("completed"))
        );
    }
}

#[tokio::test]
async fn usage_on_the_finishing_chunk_is_hidden_without_losing_the_chunk() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let with = finish().replace(
        "]}",
        r#"],"usage":{"prompt_tokens":5,"completion_tokens":6}}"#,
    );
    let without = finish().replace("]}", r#"],"usage":null}"#);
    app.stub
        .once(Script::stream([delta("x"), with, DONE.to_owned()]));
    let response = caller.chat(chat("plain", STREAM)).await;
    assert_eq!(
        response.text(),
        [delta("x"), without, DONE.to_owned()].concat()
    );
    let event = app.event(1).await;
    assert_eq!(
        (event["input"].as_u64(), event["output"].as_u64()),
        (Some(5), Some(6))
    );
}

#[tokio::test]
async fn the_model_is_renamed_in_every_chunk() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let upstream: Vec<String> = hello()
        .iter()
        .map(|event| event.replace("plain", "upstream-name"))
        .collect();
    app.stub.once(Script::stream(&upstream));
    let response = caller.chat(chat("nick", STREAM_WITH_USAGE)).await;
    assert_eq!(response.text(), hello().concat().replace("plain", "nick"));
}

#[tokio::test]
async fn a_stream_without_usage_is_estimated() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    app.stub.once(Script::stream([
        delta("12345678"),
        delta("9"),
        finish(),
        DONE.to_owned(),
    ]));
    assert_eq!(caller.chat(chat("plain", STREAM)).await.status, 200);
    let event = app.event(1).await;
    assert_eq!(
        (event["output"].as_u64(), event["counted_by"].as_str()),
        (Some(3), Some("estimate"))
    );
}

#[tokio::test]
async fn comments_other_fields_and_line_ends_are_understood() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let plain = [delta("a"), delta("b"), finish(), DONE.to_owned()].concat();
    let dressed = [
        ": comment\n\n",
        "event: message\nid: 7\nretry: 10\n",
        &delta("a"),
        ":\n",
        &delta("b"),
        "\n\n",
        &finish(),
        DONE,
    ]
    .concat();
    let tight = plain.replace("data: ", "data:");
    let windows = plain.replace('\n', "\r\n");
    let several_lines = plain.replace(",\"choices\"", ",\ndata: \"choices\"");
    for text in [&dressed, &tight, &windows, &several_lines] {
        app.stub.once(Script::stream([text]));
        let response = caller.chat(chat("plain", STREAM)).await;
        let seen: Vec<String> = response
            .events()
            .iter()
            .map(|event| {
                event
                    .replace(" \"choices\"", "\"choices\"")
                    .replace(", \"", ",\"")
            })
            .collect();
        let expected: Vec<String> = plain
            .split("\n\n")
            .filter_map(|event| event.strip_prefix("data: "))
            .map(str::to_owned)
            .collect();
        assert_eq!(seen, expected, "{text}");
    }
}

#[tokio::test]
async fn events_may_be_split_anywhere() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let text = [delta("é"), finish(), usage(1, 1), DONE.to_owned()].concat();
    let visible = [delta("é"), finish(), DONE.to_owned()].concat();
    for at in (1..text.len()).step_by(7) {
        let (head, tail) = text.as_bytes().split_at(at);
        app.stub.once(Script::stream([head, tail]));
        assert_eq!(
            caller.chat(chat("plain", STREAM)).await.text(),
            visible,
            "split at {at}"
        );
    }
    let windows = text.replace('\n', "\r\n");
    app.stub.once(Script::stream(windows.as_bytes().chunks(1)));
    assert_eq!(caller.chat(chat("plain", STREAM)).await.text(), visible);
}

#[tokio::test]
async fn an_event_with_empty_data_is_ignored() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    app.stub.once(Script::stream([
        "data:\n\n",
        &delta("a"),
        "data: \n\n",
        DONE,
    ]));
    assert_eq!(
        caller.chat(chat("plain", STREAM)).await.text(),
        [delta("a"), DONE.to_owned()].concat()
    );
}

#[tokio::test]
async fn a_byte_order_mark_does_not_cost_the_first_event() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    app.stub.once(Script::stream([
        format!("\u{feff}{}", delta("a")),
        DONE.to_owned(),
    ]));
    assert_eq!(
        caller.chat(chat("plain", STREAM)).await.text(),
        [delta("a"), DONE.to_owned()].concat()
    );
}

#[tokio::test]
async fn a_stream_that_breaks_ends_with_an_error_event_and_without_done() {
    let app = TestApp::builder()
        .set("upstream.event_bytes_max", 2000)
        .start()
        .await;
    let caller = app.key("enterprise").await;
    let start = || Script::open_stream([delta("some"), delta("text")]);
    let cases = [
        ("ends early", start().end()),
        ("connection closed", start().close()),
        ("connection reset", start().reset()),
        ("half an event", start().chunk("data: {\"id\":").end()),
        (
            "garbage",
            start().chunk("data: <html>\n\n").chunk(DONE).end(),
        ),
        ("an array", start().chunk("data: []\n\n").chunk(DONE).end()),
        (
            "error event",
            start()
                .chunk("data: {\"error\":{\"message\":\"secret reasons\"}}\n\n")
                .chunk(DONE)
                .end(),
        ),
        (
            "named error event",
            start()
                .chunk("event: error\ndata: {\"error\":{\"message\":\"secret reasons\"}}\n\n")
                .chunk(DONE)
                .end(),
        ),
        (
            "event too large",
            start().chunk(delta(&"x".repeat(3000))).chunk(DONE).end(),
        ),
        ("line without end", start().chunk("x".repeat(3000)).stall()),
    ];
    let mut shown = String::new();
    for (count, (name, script)) in cases.into_iter().enumerate() {
        app.stub.once(script);
        let response = caller.chat(chat("plain", STREAM)).await;
        assert_eq!(response.status, 200);
        assert!(
            !response.is_broken,
            "{name}: the body itself ends in good order"
        );
        let events = response.events();
        assert_eq!(events.len(), 3, "{name}: {events:?}");
        shown.push_str(&format!("{name}: {}\n", events.last().unwrap()));
        let event = app.event(count + 1).await;
        assert_eq!(event["end"], "broken", "{name}");
        assert_eq!(
            (event["output"].as_u64(), event["counted_by"].as_str()),
            (Some(2), Some("estimate")),
            "{name}"
        );
        assert_ne!(event["code"], "", "{name}");
    }
    assert_text!(shown);
}

#[tokio::test]
async fn usage_that_came_before_a_break_is_what_is_metered() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    app.stub
        .once(Script::open_stream([delta("a"), usage(50, 60)]).reset());
    caller.chat(chat("plain", STREAM)).await;
    let event = app.event(1).await;
    assert_eq!(
        (
            event["input"].as_u64(),
            event["output"].as_u64(),
            event["end"].as_str()
        ),
        (Some(50), Some(60), Some("broken"))
    );
}

#[tokio::test]
async fn what_is_neither_a_stream_nor_a_response_is_a_bad_gateway_and_tried_elsewhere() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    app.stub
        .always(Script::json(r#"{"object":"list","data":[]}"#));
    let response = caller.chat(chat("plain", STREAM)).await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (502, "upstream_error")
    );
    app.second.once(Script::stream(hello()));
    let response = caller.chat(chat("pair", STREAM)).await;
    assert_eq!(
        (
            response.status,
            response.events().last().map(String::as_str)
        ),
        (200, Some("[DONE]"))
    );
}

#[tokio::test]
async fn a_stream_that_fails_before_its_first_event_is_tried_elsewhere() {
    let start = || Script::open_stream([""; 0]);
    let cases = [
        ("ends", start().end()),
        ("connection closed", start().close()),
        ("connection reset", start().reset()),
        ("only a comment", start().chunk(": PROCESSING\n\n").end()),
        ("half an event", start().chunk("data: {\"id\":").end()),
        ("garbage", start().chunk("data: <html>\n\n").end()),
        (
            "error event",
            start()
                .chunk("data: {\"error\":{\"message\":\"secret reasons\"}}\n\n")
                .chunk(DONE)
                .end(),
        ),
        ("event too large", start().chunk(delta(&"x".repeat(3000)))),
    ];
    for (name, script) in cases {
        // Each in a server of its own: a deployment that fails time and again is not asked any more.
        let app = TestApp::builder()
            .set("upstream.event_bytes_max", 2000)
            .start()
            .await;
        let caller = app.key("enterprise").await;
        app.stub.once(script.clone());
        app.second.once(Script::stream(hello()));
        let response = caller.chat(chat("pair", STREAM)).await;
        assert_eq!(
            (
                response.status,
                response.events().last().map(String::as_str)
            ),
            (200, Some("[DONE]")),
            "{name}"
        );
        let event = app.event(1).await;
        assert_eq!(
            (
                event["provider"].as_str(),
                event["attempts"].as_u64(),
                event["end"].as_str()
            ),
            (Some("second"), Some(2), Some("completed")),
            "{name}"
        );
        app.stub.once(script);
        let response = caller.chat(chat("plain", STREAM)).await;
        assert_eq!(response.status, 502, "{name}: there is no other deployment");
        let event = app.event(2).await;
        assert_eq!(
            (
                event["end"].as_str(),
                event["input"].as_u64(),
                event["output"].as_u64()
            ),
            (Some("failed"), Some(0), Some(0)),
            "{name}: nothing to pay for"
        );
    }
}

#[tokio::test]
async fn a_stream_that_is_nothing_but_its_end_is_passed_on() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    app.stub.once(Script::stream([DONE]));
    assert_eq!(caller.chat(chat("plain", STREAM)).await.text(), DONE);
    assert_eq!(app.event(1).await["end"], "completed");
}

#[tokio::test]
async fn a_gap_that_is_too_long_ends_the_stream_and_frees_the_upstream() {
    let app = TestApp::builder()
        .set("upstream.gap_timeout_ms", 100)
        .start()
        .await;
    let caller = app.key("free").await;
    app.stub.once(Script::open_stream([delta("a")]).stall());
    let response = caller.chat(chat("plain", STREAM)).await;
    assert_text!(response.text());
    app.stub.wait_until_left(1).await;
    assert_eq!(app.event(1).await["code"], "upstream_timeout");
}

fn short(app: crate::support::test_app::Builder) -> crate::support::test_app::Builder {
    app.set("upstream.connect_timeout_ms", 50)
        .set("upstream.first_byte_timeout_ms", 100)
        .set("upstream.gap_timeout_ms", 150)
        .set("upstream.total_timeout_ms", 200)
}

#[tokio::test]
async fn a_first_byte_that_does_not_come_is_a_timeout_streamed_or_not() {
    let streams = short(TestApp::builder()).set("upstream.total_timeout_ms", 5000);
    let mut shown = String::new();
    for (app, cases) in [
        (short(TestApp::builder()), vec![("", Script::nothing())]),
        (
            streams,
            vec![
                (STREAM, Script::nothing()),
                (STREAM, Script::open_stream([""; 0])),
            ],
        ),
    ] {
        let app = app.start().await;
        let caller = app.key("free").await;
        for (count, (more, script)) in cases.into_iter().enumerate() {
            app.stub.once(script.stall());
            let response = caller.chat(chat("plain", more)).await;
            assert_eq!(
                (response.status, response.code().as_str()),
                (502, "upstream_timeout")
            );
            app.stub.wait_until_left(count + 1).await;
        }
        app.stub.once(Script::nothing().stall());
        shown = caller.chat(chat("plain", STREAM)).await.shown();
    }
    assert_text!(shown);
}

#[tokio::test]
async fn a_plain_response_that_pauses_or_lasts_too_long_is_a_timeout() {
    let app = short(TestApp::builder()).start().await;
    let caller = app.key("free").await;
    let head =
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    app.stub.once(Script::raw(head).chunk("{").stall());
    let response = caller.chat(chat("plain", "")).await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (502, "upstream_timeout")
    );
    app.stub.once(
        Script::raw(head)
            .chunk("{")
            .trickle(" ", Duration::from_millis(10)),
    );
    let response = caller.chat(chat("plain", "")).await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (502, "upstream_timeout")
    );
}

//! Dialects of providers, as the client sees them.

use serde_json::json;

use crate::support::upstream_stub::{COMPLETION, DONE, delta, finish, usage};
use crate::support::{Script, TestApp, chat, logs};

const STREAM: &str = r#","stream":true"#;

/// An event of a stream.
fn event(data: &serde_json::Value) -> String {
    format!("data: {data}\n\n")
}

/// The error that a stream ended with.
fn last_error(events: &[String]) -> serde_json::Value {
    let last: serde_json::Value = serde_json::from_str(events.last().unwrap()).unwrap();
    last["error"].clone()
}

#[tokio::test]
async fn a_stream_whose_content_is_complete_ends_well_however_it_ends() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let start = || Script::open_stream([delta("some"), delta("text")]);
    let until_close = |rest: &str| {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
        Script::raw(format!("{head}{}{rest}", delta("sometext"))).close()
    };
    let unended = |text: String| text.trim_end().to_owned();
    for (name, script) in [
        ("no DONE", start().chunk(finish()).end()),
        (
            "no DONE, with usage",
            start().chunk(finish()).chunk(usage(9, 2)).end(),
        ),
        ("no empty line", start().chunk(unended(finish())).end()),
        (
            "one line feed",
            start().chunk(finish()).chunk("data: [DONE]\n").end(),
        ),
        ("none", start().chunk("data: [DONE]").end()),
        ("CR LF", start().chunk("data: [DONE]\r\n").end()),
        (
            "CR alone",
            start()
                .chunk(finish().replace('\n', "\r"))
                .chunk("data: [DONE]\r\r")
                .end(),
        ),
        (
            "unended usage",
            start().chunk(finish()).chunk(unended(usage(9, 2))).end(),
        ),
        ("no last chunk", start().chunk(finish()).close()),
        ("reset behind the finish", start().chunk(finish()).reset()),
        (
            "half an event behind the finish",
            start().chunk(finish()).chunk("data: {\"id\"").end(),
        ),
        ("until close, finished", until_close(&finish())),
        ("until close, DONE", until_close("data: [DONE]")),
        (
            "Perplexity",
            start()
                .chunk(event(
                    &json!({"object": "chat.completion.done", "choices": []}),
                ))
                .end(),
        ),
        (
            "Writer",
            Script::stream([event(&json!({"value": "A"})), event(&json!({"value": "!"}))]),
        ),
    ] {
        app.stub.once(script);
        let response = caller.chat(chat("plain", STREAM)).await;
        assert!(
            response.text().ends_with(DONE),
            "{name}: {}",
            response.text()
        );
        assert!(!response.text().contains("\"error\""), "{name}");
    }
    let events = app.event(15).await;
    assert_eq!(events["end"], "completed");
}

#[tokio::test]
async fn a_stream_whose_content_is_not_complete_is_broken() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let choice = |index: u64, reason: Option<&str>| {
        event(
            &json!({"choices": [{"index": index, "delta": {"content": "x"}, "finish_reason": reason}]}),
        )
    };
    let head = "HTTP/1.1 200 OK\r\n\r\n";
    for (name, script) in [
        ("no reason", Script::stream([delta("a")])),
        ("an empty reason", Script::stream([choice(0, Some(""))])),
        (
            "one of two choices",
            Script::stream([choice(0, Some("stop")), choice(1, None)]),
        ),
        (
            "no choices, and cut",
            Script::raw(format!("{head}{}", event(&json!({"value": "A"})))).close(),
        ),
        ("only usage", Script::stream([choice(0, None), usage(1, 1)])),
    ] {
        app.stub.once(script);
        let response = caller.chat(chat("plain", STREAM)).await;
        assert!(
            !response.text().contains("[DONE]"),
            "{name}: {}",
            response.text()
        );
        assert_eq!(
            last_error(&response.events())["code"],
            "upstream_error",
            "{name}"
        );
    }
}

#[tokio::test]
async fn events_are_known_by_their_bytes() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let body = [delta("Hello"), finish(), DONE.to_owned()].concat();
    for label in [
        "application/json",
        "text/plain; charset=utf-8",
        "application/octet-stream",
        "",
    ] {
        let label = if label.is_empty() {
            String::new()
        } else {
            format!("content-type: {label}\r\n")
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\n{label}content-length: {}\r\n\r\n",
            body.len()
        );
        app.stub.once(Script::raw(format!("{head}{body}")));
        let response = caller.chat(chat("plain", STREAM)).await;
        assert_eq!(response.text(), body, "{label}");
    }
    for body in ["<html>busy</html>", "{}"] {
        app.stub.once(Script::stream([body]));
        let response = caller.chat(chat("plain", STREAM)).await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (502, "upstream_error"),
            "{body}"
        );
        assert!(!response.text().contains("html"));
    }
    app.stub.once(Script::json(
        r#"{"error":{"message":"Rate limit reached","code":429}}"#,
    ));
    let response = caller.chat(chat("plain", STREAM)).await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (503, "upstream_rate_limited")
    );
}

#[tokio::test]
async fn an_event_may_be_large_and_hold_numbers_that_are_none() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let large = delta(&"x".repeat(5 << 20));
    let odd = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"logprobs\":{\"content\":[{\"logprob\":NaN},{\"logprob\":-Infinity}]},\"finish_reason\":\"stop\"}]}\n\n";
    app.stub.once(Script::stream([large.as_str(), odd, DONE]));
    let response = caller.chat(chat("plain", STREAM)).await;
    assert!(response.text() == [large.as_str(), odd, DONE].concat());
    let whole = COMPLETION.replace(
        "\"finish_reason\"",
        "\"logprobs\":{\"content\":[{\"logprob\":NaN}]},\"finish_reason\"",
    );
    app.stub.once(Script::json(&whole));
    let response = caller.chat(chat("plain", "")).await;
    assert_eq!((response.status, response.text()), (200, whole));
}

#[tokio::test]
async fn an_error_before_the_first_word_is_what_it_would_be_without_a_stream() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    for (error, status, code) in [
        (
            json!({"error": {"message": "Rate limit reached. Try again in 9s.", "code": 429}}),
            503,
            "upstream_rate_limited",
        ),
        (
            json!({"error": {"message": "m", "code": "context_length_exceeded"}}),
            400,
            "context_length_exceeded",
        ),
        (
            json!({"error": {"message": "prompt is too long: 9 > 8", "type": "invalid_request_error"}}),
            400,
            "context_length_exceeded",
        ),
        (
            json!({"error": {"message": "no such tool", "code": "tool_use_failed", "status_code": 400}}),
            400,
            "upstream_refused",
        ),
        (
            json!({"object": "error", "message": "CUDA out of memory", "code": 500}),
            502,
            "upstream_error",
        ),
        (
            json!({"base_resp": {"status_code": 1002, "status_msg": "too fast"}, "choices": null}),
            503,
            "upstream_rate_limited",
        ),
    ] {
        let plain = Script::json(&error.to_string());
        for (script, more) in [
            (Script::stream([event(&error)]), STREAM),
            (plain.clone(), STREAM),
            (plain, ""),
        ] {
            app.stub.once(script);
            let response = caller.chat(chat("plain", more)).await;
            assert_eq!(
                (response.status, response.code().as_str()),
                (status, code),
                "{error} {more}"
            );
        }
    }
    app.stub.once(Script::json(
        r#"{"error":{"message":"Rate limit reached. Try again in 9s.","code":429}}"#,
    ));
    assert_eq!(
        caller.chat(chat("plain", "")).await.header("retry-after"),
        Some("9")
    );
}

#[tokio::test]
async fn an_error_within_a_stream_says_what_kind_it_is_and_why() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let named =
        "event: error\ndata: {\"message\":\"boom\",\"type\":\"server_error\"}\n\n".to_owned();
    for (error, code, words) in [
        (
            event(&json!({"error": {"message": "maximum context length is 4096 tokens"}})),
            "context_length_exceeded",
            "4096",
        ),
        (
            event(&json!({"object": "error", "message": "CUDA out of memory", "code": 500})),
            "upstream_error",
            "CUDA out of memory",
        ),
        (named, "upstream_error", "boom"),
        (
            event(
                &json!({"choices": [{"index": 0, "delta": {}, "error": {"message": "gone", "code": 502}}]}),
            ),
            "upstream_error",
            "gone",
        ),
        (
            event(
                &json!({"choices": [], "error": {"message": "Provider returned error", "code": 502, "metadata": {"raw": "Malformed function call"}}}),
            ),
            "upstream_error",
            "Malformed function call",
        ),
        (
            "data: the engine has died\n\n".to_owned(),
            "upstream_error",
            "the engine has died",
        ),
    ] {
        app.stub.once(Script::stream([
            delta("Hel"),
            error.clone(),
            DONE.to_owned(),
        ]));
        let response = caller.chat(chat("plain", STREAM)).await;
        let last = last_error(&response.events());
        assert_eq!(last["code"], code, "{error}");
        assert!(
            last["message"].as_str().unwrap().contains(words),
            "{error}: {last}"
        );
        assert!(!response.text().contains("[DONE]"), "{error}");
    }
    for none in [
        json!(null),
        json!(""),
        json!(false),
        json!({}),
        json!(0),
        json!([]),
    ] {
        let chunk = event(
            &json!({"choices": [{"index": 0, "delta": {"content": "x"}, "finish_reason": "stop"}], "error": none}),
        );
        app.stub.once(Script::stream([chunk, DONE.to_owned()]));
        let response = caller.chat(chat("plain", STREAM)).await;
        assert!(response.text().ends_with(DONE), "{none}");
    }
}

#[tokio::test]
async fn usage_behind_an_error_is_what_is_metered() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let error = event(&json!({"error": {"message": "gone", "code": 502}}));
    app.stub.once(Script::stream([
        [delta("Hel"), error, usage(41, 243)].concat()
    ]));
    caller.chat(chat("plain", STREAM)).await;
    let event = app.event(1).await;
    assert_eq!(
        (event["input"].as_u64(), event["output"].as_u64()),
        (Some(41), Some(243))
    );
    assert_eq!(
        (event["end"].as_str(), event["counted_by"].as_str()),
        (Some("broken"), Some("upstream"))
    );
}

#[tokio::test]
async fn a_quota_of_the_operators_is_not_shown_as_the_callers() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let body = r#"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","code":"insufficient_quota"}}"#;
    for status in [429, 402, 200] {
        app.stub.once(Script::status(status, "", body));
        let response = caller.chat(chat("plain", "")).await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (502, "upstream_error"),
            "{status}"
        );
        assert!(!response.text().contains("quota"), "{}", response.text());
        app.second.once(Script::json(COMPLETION));
        app.stub.once(Script::status(status, "", body));
        assert_eq!(
            caller.chat(chat("pair", "")).await.status,
            200,
            "{status}: another deployment may have one"
        );
    }
    app.events().await;
    assert!(
        logs::text().contains("You exceeded your current quota"),
        "the operator reads why"
    );
}

#[tokio::test]
async fn the_wait_of_a_provider_is_the_clients_in_every_form() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let plain = r#"{"error":{"message":"slow down"}}"#;
    for (header, body, expected) in [
        ("retry-after: 7", plain, "7"),
        ("retry-after: 2.5", plain, "3"),
        ("retry-after-ms: 4500", plain, "5"),
        ("retry-after: 1\r\nretry-after-ms: 4500", plain, "5"),
        ("x-ratelimit-reset-requests: 6m0s", plain, "360"),
        (
            "x-any: 1",
            r#"[{"error":{"code":429,"details":[{"retryDelay":"7s"}]}}]"#,
            "7",
        ),
        (
            "x-any: 1",
            r#"{"error":{"message":"Please try again in 1.5s."}}"#,
            "2",
        ),
        ("retry-after: Sun, 06 Nov 1994 08:49:37 GMT", plain, "1"),
        ("x-any: 1", plain, "1"),
    ] {
        for status in [429, 503] {
            app.stub
                .once(Script::status(status, &format!("{header}\r\n"), body));
            let response = caller.chat(chat("plain", "")).await;
            assert_eq!(response.status, 503);
            assert_eq!(
                response.header("retry-after"),
                Some(expected),
                "{header} {body}"
            );
        }
    }
}

#[tokio::test]
async fn usage_is_metered_in_every_dialect_and_what_is_missing_is_estimated() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let chunk = |more: serde_json::Value| {
        let mut chunk = json!({"choices": [{"index": 0, "delta": {"content": "12345678"}, "finish_reason": "stop"}]});
        chunk
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        event(&chunk)
    };
    let in_choice = event(
        &json!({"choices": [{"index": 0, "delta": {"content": "12345678"}, "finish_reason": "stop",
        "usage": {"prompt_tokens": 5, "completion_tokens": 6}}]}),
    );
    let cases = [
        (
            chunk(json!({"x_groq": {"usage": {"prompt_tokens": 5, "completion_tokens": 6}}})),
            (5, 6, "upstream"),
        ),
        (in_choice, (5, 6, "upstream")),
        (
            chunk(json!({"usage": {"prompt_tokens": 5.0, "completion_tokens": 6.0}})),
            (5, 6, "upstream"),
        ),
        (
            chunk(
                json!({"usage": {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 11,
            "completion_tokens_details": {"reasoning_tokens": 4}}}),
            ),
            (5, 6, "upstream"),
        ),
        (
            chunk(json!({"usage": {"prompt_tokens": 5, "completion_tokens": null}})),
            (5, 2, "estimate"),
        ),
        (
            chunk(
                json!({"usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}}),
            ),
            (7, 2, "estimate"),
        ),
        (
            chunk(json!({"usage": {"total_tokens": 11}})),
            (9, 2, "estimate"),
        ),
    ];
    for (count, (data, expected)) in cases.into_iter().enumerate() {
        app.stub
            .once(Script::stream([data.clone(), DONE.to_owned()]));
        caller.chat(chat("plain", STREAM)).await;
        let event = app.event(count + 1).await;
        let metered = (
            event["input"].as_u64().unwrap(),
            event["output"].as_u64().unwrap(),
            event["counted_by"].as_str().unwrap(),
        );
        assert_eq!(metered, expected, "{data}");
    }
}

#[tokio::test]
async fn a_completion_of_no_tokens_scores_its_prompt() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let request = r#"{"model":"plain","prompt":"Yes","max_tokens":0,"echo":true,"logprobs":1}"#;
    app.stub.once(Script::json(r#"{"choices":[{"text":"Yes","logprobs":{"token_logprobs":[null]},"finish_reason":"length"}],"usage":{"prompt_tokens":1,"completion_tokens":0,"total_tokens":1}}"#));
    let response = caller.post("/v1/completions", request).await;
    assert_eq!(
        (response.status, app.stub.last().body.as_str()),
        (200, request)
    );
    let event = app.event(1).await;
    assert_eq!(
        (event["output"].as_u64(), event["counted_by"].as_str()),
        (Some(0), Some("upstream"))
    );
}

//! `POST /v1/chat/completions`, answered whole.

use crate::support::snapshot::assert_text;
use crate::support::test_app::CREDENTIAL;
use crate::support::upstream_stub::COMPLETION;
use crate::support::{Script, TestApp, chat};

#[tokio::test]
async fn request_and_response_pass_byte_for_byte_when_nothing_has_to_change() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let odd_response = format!(
        " {{\n\"unknown\" : [1e3, 1.0, \"\\u00e9\"],{}",
        &COMPLETION[1..]
    );
    app.stub.once(Script::json(&odd_response));
    let odd_request = "{ \"messages\":\n[{\"role\":\"user\",\"content\":\"\\u0041 é\"}],  \"model\" : \"plain\", \"never_heard_of\": {\"x\": 1.50} }\n";
    let response = caller.chat(odd_request).await;
    assert_eq!(response.status, 200);
    assert_eq!(response.text(), odd_response);
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert!(response.header("x-request-id").unwrap().starts_with("req_"));
    let sent = app.stub.last();
    assert_eq!(sent.body, odd_request);
    let head = sent.head.to_lowercase();
    assert!(head.starts_with("post /v1/chat/completions http/1.1\r\n"));
    assert!(head.contains(&format!("authorization: bearer {CREDENTIAL}\r\n")));
    assert!(head.contains("accept-encoding: identity\r\n"));
    assert!(!head.contains(&caller.secret.to_lowercase()));
    assert_text!(app.event(1).await);
}

#[tokio::test]
async fn a_model_with_another_name_upstream_is_renamed_both_ways_and_nothing_else_changes() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    for asked_for in ["vendor/public", "nick"] {
        app.stub.once(Script::json(
            r#"{"choices":[],"model" : "upstream-name-2026-01-01","x":"upstream-name"}"#,
        ));
        let request = format!(
            r#"{{"x":"{asked_for}","model" :"{asked_for}" ,"messages":[{{"role":"user","content":"{asked_for}"}}]}}"#
        );
        let response = caller.chat(request.clone()).await;
        assert_eq!(response.status, 200);
        assert_eq!(
            response.text(),
            format!(r#"{{"choices":[],"model" : "{asked_for}","x":"upstream-name"}}"#)
        );
        let expected = request.replace(
            &format!(r#""model" :"{asked_for}""#),
            r#""model" :"upstream-name""#,
        );
        assert_eq!(app.stub.last().body, expected);
    }
    let event = app.event(2).await;
    assert_eq!(event["model"], "vendor/public");
    assert_eq!(event["upstream_model"], "upstream-name");
}

#[tokio::test]
async fn a_response_without_usage_is_estimated_and_marked_so() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let text = "x".repeat(41);
    app.stub.once(Script::json(&format!(
        r#"{{"choices":[{{"message":{{"content":"{text}"}}}}],"model":"plain"}}"#
    )));
    assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    let event = app.event(1).await;
    assert_eq!(event["counted_by"], "estimate");
    assert_eq!(
        event["output"], 11,
        "41 bytes, rounded up to tokens of four"
    );
    assert_eq!(event["input"], 3 + 4, "11 bytes of text, and one message");
}

#[tokio::test]
async fn usage_that_cannot_be_true_is_not_believed() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    for (count, wrong) in ["-7", "9223372036854775808", "1e30", "\"5\"", "1.5"]
        .iter()
        .enumerate()
    {
        app.stub.once(Script::json(&format!(
            r#"{{"choices":[],"model":"plain","usage":{{"prompt_tokens":{wrong},"completion_tokens":1}}}}"#
        )));
        assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
        assert_eq!(
            app.event(count + 1).await["counted_by"],
            "estimate",
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn every_class_of_tokens_is_metered() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    app.stub.once(Script::json(
        r#"{"choices":[],"model":"plain","usage":{"prompt_tokens":100,"completion_tokens":20,"prompt_tokens_details":{"cached_tokens":64},"completion_tokens_details":{"reasoning_tokens":7}}}"#,
    ));
    assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    let event = app.event(1).await;
    assert_eq!(
        [
            &event["input"],
            &event["output"],
            &event["cached"],
            &event["reasoning"]
        ]
        .map(|v| v.as_u64()),
        [Some(100), Some(20), Some(64), Some(7)]
    );
}

#[tokio::test]
async fn a_response_that_is_no_json_object_is_a_bad_gateway() {
    let app = TestApp::builder()
        .set("upstream.attempts_max", 1)
        .start()
        .await;
    let caller = app.key("enterprise").await;
    for body in [
        "<html>",
        "",
        "[]",
        "null",
        "{\"choices\":[",
        "{} trailing",
        "\u{feff}{}",
    ] {
        app.stub.once(Script::json(body));
        let response = caller.chat(chat("plain", "")).await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (502, "upstream_error"),
            "{body:?}"
        );
    }
}

#[tokio::test]
async fn an_error_envelope_with_status_200_is_a_failure_of_the_upstream() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    app.stub.once(Script::json(
        r#"{"error":{"message":"overloaded","type":"server_error"}}"#,
    ));
    let response = caller.chat(chat("plain", "")).await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (503, "upstream_overloaded"),
        "{}",
        response.text()
    );
}

#[tokio::test]
async fn a_response_in_small_pieces_arrives_whole() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let head =
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    let mut script = Script::raw(head);
    for byte in COMPLETION.as_bytes() {
        script = script.chunk([*byte]);
    }
    app.stub.once(script.end());
    let response = caller.chat(chat("plain", "")).await;
    assert_eq!(
        (response.status, response.text()),
        (200, COMPLETION.to_owned())
    );
}

#[tokio::test]
async fn a_retryable_failure_goes_on_to_the_second_deployment() {
    for status in [401, 403, 404, 408, 429, 500, 502, 503, 529] {
        // Each in a server of its own: some of them keep the deployment from being asked again.
        let app = TestApp::new().await;
        let caller = app.key("enterprise").await;
        app.stub
            .once(Script::status(status, "", r#"{"error":{"message":"no"}}"#));
        let response = caller.chat(chat("pair", "")).await;
        assert_eq!(response.status, 200, "after {status}");
        let event = app.event(1).await;
        assert_eq!(
            (event["attempts"].as_u64(), event["provider"].as_str()),
            (Some(2), Some("second"))
        );
        assert_eq!(response.header("x-yunxin-attempts"), Some("2"));
        assert_eq!(response.header("x-yunxin-route-reason"), Some("fallback"));
        assert_eq!(app.second.requests().len(), 1);
    }
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    for script in [
        Script::nothing().close(),
        Script::nothing().reset(),
        Script::json("<html>"),
        Script::raw("garbage\r\n\r\n").close(),
    ] {
        app.stub.once(script);
        assert_eq!(caller.chat(chat("pair", "")).await.status, 200);
    }
}

#[tokio::test]
async fn a_fault_of_the_request_is_not_tried_again() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    for (count, status) in [400, 409, 413, 422].into_iter().enumerate() {
        app.stub
            .once(Script::status(status, "", r#"{"error":{"message":"no"}}"#));
        assert!((400..500).contains(&caller.chat(chat("pair", "")).await.status));
        assert_eq!(app.event(count + 1).await["attempts"], 1, "{status}");
    }
    assert!(app.second.requests().is_empty());
}

#[tokio::test]
async fn no_more_deployments_are_tried_than_attempts_max() {
    let app = TestApp::builder()
        .set("upstream.attempts_max", 1)
        .start()
        .await;
    let caller = app.key("free").await;
    app.stub.once(Script::status(500, "", "{}"));
    let response = caller.chat(chat("pair", "")).await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (502, "upstream_error")
    );
    assert!(app.second.requests().is_empty());
    let event = app.event(1).await;
    assert_eq!(
        (event["attempts"].as_u64(), event["end"].as_str()),
        (Some(1), Some("failed"))
    );
}

#[tokio::test]
async fn requests_are_spread_by_weight_and_a_weight_of_zero_is_for_fallback_only() {
    let catalog = crate::support::test_app::CATALOG.replace("weight = 0", "weight = 3");
    let app = TestApp::builder().catalog(&catalog).start().await;
    let caller = app.key("enterprise").await;
    for _ in 0..8 {
        assert_eq!(caller.chat(chat("pair", "")).await.status, 200);
    }
    assert_eq!(
        (app.stub.requests().len(), app.second.requests().len()),
        (2, 6)
    );

    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    for _ in 0..8 {
        assert_eq!(caller.chat(chat("pair", "")).await.status, 200);
    }
    assert_eq!(
        (app.stub.requests().len(), app.second.requests().len()),
        (8, 0)
    );
}

#[tokio::test]
async fn a_key_that_is_revoked_between_two_attempts_gets_no_second() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let gate = crate::support::Gate::new();
    app.stub
        .once(Script::nothing().wait(&gate).then_status(500));
    let (waiting, caller) = (caller.clone(), caller);
    let response = tokio::spawn(async move { waiting.chat(chat("pair", "")).await });
    app.stub.wait_for_requests(1).await;
    app.revoke(&caller).await;
    gate.open();
    let response = response.await.unwrap();
    assert_eq!(
        (response.status, response.code().as_str()),
        (403, "key_revoked")
    );
    assert!(app.second.requests().is_empty());
}

#[tokio::test]
async fn the_built_in_provider_is_one_like_any_other() {
    let sandbox = sandbox::Sandbox::bind("127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let address = sandbox.local_addr();
    let stop = tokio_util::sync::CancellationToken::new();
    let running = tokio::spawn(sandbox.run(stop.clone()));
    let app = TestApp::builder()
        .sandbox(address)
        .system_clock()
        .start()
        .await;
    let test = app.new_key("free").test().make().await;
    let response = test.chat(chat("sandbox-small", "")).await;
    assert_eq!(
        (response.status, response.json()["model"].as_str()),
        (200, Some("sandbox-small"))
    );
    let response = test.chat(chat("sandbox/small", r#","stream":true"#)).await;
    assert_eq!(response.events().last().map(String::as_str), Some("[DONE]"));
    assert!(
        response.events()[0].contains(r#""model":"sandbox/small""#),
        "{}",
        response.events()[0]
    );
    let event = app.event(2).await;
    assert_eq!(
        (event["provider"].as_str(), event["counted_by"].as_str()),
        (Some("sandbox"), Some("upstream"))
    );
    stop.cancel();
    let _ = running.await;
}

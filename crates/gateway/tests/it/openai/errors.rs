//! Every refusal in one envelope.

use crate::support::snapshot::assert_text;
use crate::support::test_app::CREDENTIAL;
use crate::support::{Script, TestApp, chat, logs};

#[tokio::test]
async fn what_the_upstream_says_is_told_apart_from_what_we_say() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let mut shown = String::new();
    for status in [
        301, 400, 401, 402, 403, 404, 405, 408, 409, 413, 415, 418, 422, 429, 500, 501, 502, 503,
        504, 520, 529,
    ] {
        let body = r#"{"error":{"message":"The reason.","type":"some_error","code":"some_code","param":"some_param"}}"#;
        app.stub
            .once(Script::status(status, "retry-after: 7\r\n", body));
        let response = caller.chat(chat("plain", "")).await;
        let retry_after = response.header("retry-after").unwrap_or("-");
        shown.push_str(&format!(
            "{status} -> {} retry-after {retry_after}\n",
            response.shown()
        ));
    }
    assert_text!(shown);
}

#[tokio::test]
async fn reasons_that_clients_act_on_keep_their_codes() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let mut shown = String::new();
    for code in [
        "context_length_exceeded",
        "content_filter",
        "content_policy_violation",
        "other",
    ] {
        let body = format!(
            r#"{{"error":{{"message":"The reason.","code":"{code}","param":"messages"}}}}"#
        );
        app.stub.once(Script::status(400, "", &body));
        shown.push_str(&format!(
            "{code} -> {}\n",
            caller.chat(chat("plain", "")).await.shown()
        ));
    }
    for body in [
        "",
        "<html>",
        r#"{"error":"plain text"}"#,
        r#"{"message":"elsewhere"}"#,
    ] {
        app.stub.once(Script::status(400, "", body));
        shown.push_str(&format!(
            "{body} -> {}\n",
            caller.chat(chat("plain", "")).await.shown()
        ));
    }
    assert_text!(shown);
}

/// An error of a provider that quotes the credential it was sent.
fn quoting() -> String {
    format!(
        r#"{{"error":{{"message":"Incorrect API key provided: {CREDENTIAL}","code":"{CREDENTIAL}","param":"{CREDENTIAL}"}}}}"#
    )
}

#[tokio::test]
async fn the_credential_is_in_no_response_and_no_log() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    for status in [401, 402, 403, 404, 429, 500, 503, 529] {
        let header = format!("x-secret: {CREDENTIAL}\r\n");
        app.stub.once(Script::status(status, &header, &quoting()));
        let response = caller.chat(chat("plain", "")).await;
        assert!(!format!("{response:?}").contains(CREDENTIAL), "{status}");
    }
    app.stub
        .once(Script::open_stream([format!("data: {}\n\n", quoting())]).end());
    let response = caller.chat(chat("plain", r#","stream":true"#)).await;
    assert!(!response.text().contains(CREDENTIAL));
    app.events().await;
    assert!(!logs::text().contains(CREDENTIAL));
}

#[tokio::test]
async fn a_refusal_that_quotes_the_credential_is_not_passed_on_as_it_is() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    for status in [400, 409, 413, 422] {
        app.stub.once(Script::status(status, "", &quoting()));
        let response = caller.chat(chat("plain", "")).await;
        assert!(
            !response.text().contains(CREDENTIAL),
            "{status}: {}",
            response.text()
        );
    }
}

#[tokio::test]
async fn a_request_that_cannot_be_right_says_what_is_wrong() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let deep = |depth: usize| {
        format!(
            r#"{{"model":"plain","messages":[{{"role":"user","content":"x"}}],"x":{}{}}}"#,
            "[".repeat(depth),
            "]".repeat(depth)
        )
    };
    let (deep_enough, too_deep) = (deep(63), deep(64));
    assert_eq!(caller.chat(deep_enough).await.status, 200);
    let cases = [
        "",
        "{",
        "[]",
        "null",
        "{\"model\":\"plain\"}",
        r#"{"messages":[{"role":"user"}]}"#,
        r#"{"model":"plain","messages":[]}"#,
        r#"{"model":"plain","messages":"x"}"#,
        r#"{"model":"plain","messages":[{}]}"#,
        r#"{"model":"plain","messages":[{"role":"user","content":7}]}"#,
        r#"{"model":7,"messages":[{"role":"user"}]}"#,
        r#"{"model":"","messages":[{"role":"user"}]}"#,
        r#"{"model":"plain","model":"premium","messages":[{"role":"user"}]}"#,
        r#"{"model":"plain","messages":[{"role":"user"}],"stream":"yes"}"#,
        r#"{"model":"plain","messages":[{"role":"user"}],"max_tokens":0}"#,
        r#"{"model":"plain","messages":[{"role":"user"}],"n":-1}"#,
        r#"{"model":"plain","messages":[{"role":"user"}],"stream_options":true}"#,
        r#"{"model":"plain","messages":[{"role":"user"}],"x":NaN}"#,
        r#"{"model":"plain","messages":[{"role":"user"}]} {}"#,
        &too_deep,
        r#"{"model":"nothing","messages":[{"role":"user"}]}"#,
    ];
    let mut shown = String::new();
    for body in cases {
        let response = caller.chat(body.to_owned()).await;
        assert!((400..=422).contains(&response.status), "{body}");
        assert!(response.header("x-request-id").is_some());
        shown.push_str(&format!(
            "{} -> {}\n",
            body.replace(&"[".repeat(64), "[...")
                .replace(&"]".repeat(64), "...]"),
            response.shown()
        ));
    }
    assert_text!(shown);
    assert_eq!(app.stub.requests().len(), 1);
}

#[tokio::test]
async fn unknown_paths_and_methods_response_in_the_same_envelope() {
    let app = TestApp::new().await;
    let (caller, nobody) = (app.key("free").await, app.anonymous());
    let response = caller.get("/v1/nothing").await;
    assert_eq!(response.status, 404);
    assert_text!(response.shown());
    let response = caller.get("/v1/chat/completions").await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (405, "method_not_allowed")
    );
    assert_eq!(response.header("allow"), Some("POST"));
    for path in ["/v1/nothing", "/v1/chat/completions"] {
        assert_eq!(nobody.get(path).await.status, 401, "{path}");
    }
    for path in ["/", "/v1", "/V1/models", "/v1//models", "/healthz/x"] {
        let response = nobody.get(path).await;
        assert!(matches!(response.status, 401 | 404), "{path}");
        assert!(response.json()["error"]["type"].is_string());
        assert!(response.header("x-request-id").is_some());
    }
}

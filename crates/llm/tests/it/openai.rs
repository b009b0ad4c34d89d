use bytes::Bytes;
use llm::language::UsageOption::{self, Removed, Set};
use llm::language::{Encode, PassthroughFace};
use llm::languages::OPENAI;
use llm::operation::CHAT;
use llm::provider::OutputLimit;
use llm::retry_after::RetryHeaders;
use llm::summary::RankDialect;
use llm::{Refusal, RequestSummary, UpstreamError, UsageReport};

fn scan(body: &[u8]) -> RequestSummary {
    OPENAI.client.unwrap().scan(&CHAT, body).unwrap()
}

fn passthrough() -> &'static dyn PassthroughFace {
    OPENAI.passthrough.unwrap()
}

fn encode(body: &str, upstream_model: &str, usage_option: UsageOption) -> Bytes {
    let body = Bytes::copy_from_slice(body.as_bytes());
    let request = Encode {
        body: &body,
        summary: &scan(&body),
        upstream_model,
        usage_option,
        output_limit: OutputLimit::AsSent,
        rank_dialect: RankDialect::TopN,
    };
    passthrough().encode(&request)
}

const PLAIN: &str =
    r#"{"model":"m","x_unknown":{"deep":[1, 2]},"messages":[{"role":"user","content":"hi"}]}"#;

#[test]
fn a_body_that_needs_no_change_is_the_same_bytes() {
    let body = Bytes::from_static(PLAIN.as_bytes());
    let request = Encode {
        body: &body,
        summary: &scan(&body),
        upstream_model: "m",
        usage_option: Set,
        output_limit: OutputLimit::AsSent,
        rank_dialect: RankDialect::TopN,
    };
    assert_eq!(passthrough().encode(&request).as_ptr(), body.as_ptr());
}

#[test]
fn the_bound_on_the_output_goes_by_the_name_that_the_provider_knows() {
    let messages = r#""messages":[{"role":"user","content":"max_completion_tokens: 9"}]"#;
    for (sent, expected) in [
        (
            r#"{"model":"m","max_completion_tokens" : 9,MESSAGES}"#,
            r#"{"model":"m","max_tokens" : 9,MESSAGES}"#,
        ),
        (
            r#"{"max\u005fcompletion_tokens":null,"model":"m",MESSAGES}"#,
            r#"{"max_tokens":null,"model":"m",MESSAGES}"#,
        ),
        (
            r#"{"model":"m","max_completion_tokens":9,"max_tokens":8,MESSAGES}"#,
            r#"{"model":"m","max_tokens":8,MESSAGES}"#,
        ),
        (
            r#"{"model":"m","max_tokens":8,MESSAGES}"#,
            r#"{"model":"m","max_tokens":8,MESSAGES}"#,
        ),
    ] {
        let body = Bytes::from(sent.replace("MESSAGES", messages));
        let request = Encode {
            body: &body,
            summary: &scan(&body),
            upstream_model: "m",
            usage_option: Set,
            output_limit: OutputLimit::MaxTokens,
            rank_dialect: RankDialect::TopN,
        };
        assert_eq!(
            passthrough().encode(&request),
            expected.replace("MESSAGES", messages)
        );
    }
}

#[test]
fn stream_options_are_taken_out_wherever_they_stand() {
    let rest =
        r#""model":"m","stream":true,"messages":[{"role":"user","content":"stream_options"}]"#;
    let expected: serde_json::Value = serde_json::from_str(&format!("{{{rest}}}")).unwrap();
    for option in [
        r#""stream_options":{"include_usage":true,"more":[1]}"#,
        r#""stream_options" : null"#,
        r#""stream\u005foptions":{"include_usage":true}"#,
    ] {
        for body in [
            format!("{{{option},{rest}}}"),
            format!("{{ {option} , {rest} }}"),
            format!("{{{rest},{option}}}"),
            format!("{{ {rest} , {option} }}"),
            rest.replace(r#","stream":"#, &format!(", {option} ,\"stream\":"))
                .replacen("\"model", "{\"model", 1)
                + "}",
        ] {
            let encoded = encode(&body, "m", Removed);
            let read: serde_json::Value = serde_json::from_slice(&encoded).unwrap();
            assert_eq!(read, expected, "{body}");
        }
    }
}

#[test]
fn only_the_model_and_the_wish_for_usage_are_edited() {
    let streamed = |options: &str| {
        format!(
            r#"{{"stream":true{options},"model":"m", "messages":[{{"role":"user"}}], "x": 1.50 }}"#
        )
    };
    let bodies = [
        encode(PLAIN, "vendor/model-2026\"x", Set),
        encode(&streamed(""), "m", Set),
        encode(&streamed(""), "m", Removed),
        encode(&streamed(r#","stream_options":null"#), "m", Set),
        encode(
            &streamed(r#","stream_options":{"include_usage":false,"include_obfuscation":false}"#),
            "up",
            Set,
        ),
        encode(
            &streamed(r#","stream_options":{"include_usage":true}"#),
            "m",
            Set,
        ),
    ];
    let text: Vec<String> = bodies
        .iter()
        .map(|body| String::from_utf8_lossy(body).into_owned())
        .collect();
    for body in &text {
        serde_json::from_str::<serde_json::Value>(body).unwrap();
    }
    insta::assert_snapshot!(text.join("\n"));
}

#[test]
fn a_response_gives_usage_and_the_place_of_the_model() {
    let body = br#"{"id":"x","model":"up-2026","choices":[{"message":{"role":"assistant","content":"12345",
        "tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}}],"usage":{"prompt_tokens":3,"completion_tokens":4}}"#;
    let response = passthrough().read_response(body).unwrap();
    assert_eq!(
        response.usage,
        Some(UsageReport {
            input_tokens: Some(3),
            output_tokens: Some(4),
            ..UsageReport::default()
        })
    );
    assert_eq!(&body[response.model_span.unwrap()], b"\"up-2026\"");
}

#[test]
fn a_response_without_usage_gives_the_length_of_its_text() {
    let body = br#"{"choices":[{"message":{"role":"assistant","content":"12345",
        "tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}}],"usage":null}"#;
    let response = passthrough().read_response(body).unwrap();
    assert_eq!((response.usage, response.text_bytes), (None, 7));
}

#[test]
fn a_response_that_is_not_json_is_a_protocol_error() {
    for body in ["<html>", "", "{\"a\":1", "[]", "{} trailing"] {
        assert!(
            matches!(
                passthrough().read_response(body.as_bytes()),
                Err(UpstreamError::Protocol { .. })
            ),
            "{body}"
        );
    }
}

#[test]
fn events_of_a_stream_are_read() {
    let read = |data: &str| passthrough().read_event(data.as_bytes()).unwrap();
    assert!(read("[DONE]").facts.is_done);
    let delta = read(
        r#"{"model":"m","choices":[{"index":0,"delta":{"content":"ab","reasoning_content":"c"},"finish_reason":null}],"usage":null}"#,
    );
    assert_eq!(
        (
            delta.facts.text_bytes,
            delta.is_usage_only,
            delta.usage_span
        ),
        (3, false, None)
    );
    let usage = read(r#"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#);
    assert!(usage.is_usage_only);
    assert_eq!(usage.facts.usage.unwrap().output_tokens, Some(2));
    assert!(read(r#"{"error":{"message":"x"}}"#).facts.error.is_some());
    assert!(passthrough().read_event(b"<html>").is_err());
}

fn classify(status: u16, body: &[u8]) -> UpstreamError {
    OPENAI.upstream.classify_error(&Refusal {
        status: Some(status),
        body,
        ..Refusal::default()
    })
}

#[test]
fn refusals_are_classified_and_credentials_are_never_shown() {
    let body = br#"{"error":{"message":"Incorrect API key provided: sk-secret","code":"invalid_api_key"}}"#;
    let lines: Vec<String> = [
        400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 529,
    ]
    .into_iter()
    .map(|status| {
        let mut retry = RetryHeaders::default();
        retry.note("retry-after", b"7");
        let error = OPENAI.upstream.classify_error(&Refusal {
            status: Some(status),
            retry: Some(&retry),
            body,
            ..Refusal::default()
        });
        format!(
            "{status} {} retryable={}",
            error.kind(),
            error.is_retryable()
        )
    })
    .collect();
    insta::assert_snapshot!(lines.join("\n"));
    let unauthorized = classify(401, body);
    assert!(!format!("{unauthorized:?} {unauthorized}").contains("sk-secret"));
}

#[test]
fn the_codes_of_the_contract_are_recognised() {
    let with_code =
        |code: &str| format!(r#"{{"error":{{"message":"m","code":"{code}","param":"messages"}}}}"#);
    let classify = |code: &str| classify(400, with_code(code).as_bytes());
    assert!(matches!(
        classify("context_length_exceeded"),
        UpstreamError::ContextTooLong { .. }
    ));
    assert!(matches!(
        classify("content_filter"),
        UpstreamError::ContentFiltered { .. }
    ));
    assert!(matches!(
        classify("other"),
        UpstreamError::InvalidRequest { status: 400, .. }
    ));
}

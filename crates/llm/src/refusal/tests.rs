//! One case per shape in which providers report failures, and per way to say what kind it is.

use std::time::Duration;

use proptest::prelude::*;

use super::{Refusal, classify, classify_unmarked};
use crate::error::{ErrorDetail, UpstreamError};
use crate::retry_after::RetryHeaders;

const WHY: &str = "temperature must be at most 2";

fn refused(status: u16, body: &str) -> UpstreamError {
    classify(&Refusal {
        status: Some(status),
        body: body.as_bytes(),
        ..Refusal::default()
    })
}

fn detail(mut error: UpstreamError) -> ErrorDetail {
    error.detail_mut().cloned().unwrap_or_default()
}

/// The kind of a failure and what it says.
fn shown(error: &UpstreamError) -> String {
    format!("{}: {error}", error.kind())
}

#[test]
fn the_reason_is_found_in_every_shape() {
    for body in [
        r#"{"error":{"message":"WHY","type":"invalid_request_error"}}"#,
        r#"{"error":"WHY"}"#,
        r#"{"object":"error","message":"WHY","type":"BadRequestError","param":null,"code":400}"#,
        r#"[{"error":{"code":400,"message":"WHY","status":"INVALID_ARGUMENT"}}]"#,
        r#"{"detail":"WHY"}"#,
        r#"{"detail":{"message":"WHY"}}"#,
        r#"{"detail":{"error":{"msg":"WHY"}}}"#,
        r#"{"detail":["WHY"]}"#,
        r#"{"message":"WHY"}"#,
        r#"{"Message":"WHY"}"#,
        r#"{"message":{"detail":"WHY"}}"#,
        r#"{"code":"Client specified an invalid argument","error":"WHY"}"#,
        r#"{"id":"1","message":"WHY","error_type":"validation"}"#,
        r#"{"error":{"code":400,"message":"Provider returned error","metadata":{"raw":"{\"error\":{\"message\":\"WHY\"}}"}}}"#,
        r#"{"error":{"message":"Upstream error","metadata":{"raw":"WHY"}}}"#,
        r#"{"error":{"message":"{\"error\":{\"message\":\"WHY\"}}"}}"#,
        r#"{"error":true,"message":"WHY"}"#,
        r#"{"error":"invalid_request","error_description":"WHY"}"#,
        r#"{"errors":[{"code":7003,"message":"WHY"}],"success":false}"#,
        r#"{"error_code":336003,"error_msg":"WHY"}"#,
        r#"{"type":"about:blank","title":"Bad Request","status":400,"detail":"WHY"}"#,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"WHY"},"request_id":"r"}"#,
        r#"{"base_resp":{"status_code":2013,"status_msg":"WHY"}}"#,
        r#""WHY""#,
        "WHY",
        "\u{feff}WHY\r\n",
        r#"{"error":{"message":"WHY","more":"#,
    ] {
        let error = refused(400, &body.replace("WHY", WHY));
        assert_eq!(error.kind(), "invalid_request", "{body}");
        assert!(detail(error).message.contains(WHY), "{body}");
    }
}

#[test]
fn problems_of_a_request_are_named_with_their_places() {
    for (body, message) in [
        (
            r#"{"detail":[{"loc":["body","temperature"],"msg":"WHY","type":"value_error"}]}"#,
            "temperature: WHY",
        ),
        (
            r#"{"object":"error","message":{"detail":[{"type":"x","loc":["body","temperature"],"msg":"WHY"}]},"type":"invalid_request_error"}"#,
            "temperature: WHY",
        ),
        (
            r#"{"error":{"code":"Invalid input","details":[{"loc":["body","temperature"],"msg":"WHY"}],"message":"invalid input error","status":422}}"#,
            "invalid input error: temperature: WHY",
        ),
        (
            r#"{"detail":[{"loc":["body","temperature"],"msg":"a"},{"loc":["body","n",0],"msg":"b"}]}"#,
            "temperature: a; n.0: b",
        ),
    ] {
        let detail = detail(refused(422, body));
        assert_eq!(detail.message, message, "{body}");
        assert_eq!(detail.param.as_deref(), Some("temperature"), "{body}");
    }
}

#[test]
fn what_says_nothing_is_not_made_to_say_something() {
    for body in [
        "",
        " \n",
        "null",
        "{}",
        "[]",
        "\"\"",
        r#"{"error":null}"#,
        r#"{"error":{}}"#,
        r#"{"error":{"message":""}}"#,
    ] {
        assert_eq!(detail(refused(400, body)).message, "", "{body}");
    }
    for page in [
        "<html><body>502</body></html>",
        "\n<!DOCTYPE html><title>x</title>",
        r#"{"error":{"message":"<html>x</html>"}}"#,
        r#"{"unknown":"<html>x</html>"}"#,
    ] {
        assert_eq!(detail(refused(502, page)).message, "", "{page}");
    }
    let coded = detail(refused(
        400,
        r#"{"error":{"code":"unsupported_value","message":null}}"#,
    ));
    assert_eq!(coded.message, "unsupported_value");
    let unknown = detail(refused(400, r#"{"wrong":"thing"}"#));
    assert_eq!(unknown.message, r#"{"wrong":"thing"}"#);
}

#[test]
fn an_overflow_is_known_by_its_code_and_by_its_words() {
    for body in [
        r#"{"error":{"message":"x","code":"context_length_exceeded"}}"#,
        r#"{"error":{"code":400,"message":"request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it","type":"exceed_context_size_error"}}"#,
        r#"{"error":{"message":"This model's maximum context length is 4096 tokens. However","type":"BadRequestError","code":400}}"#,
        r#"{"error":{"message":"prompt is too long: 205000 tokens > 200000 maximum"}}"#,
        r#"[{"error":{"message":"The input token count (1048600) exceeds the maximum number of tokens allowed (1048576)."}}]"#,
        r#"{"error":"This model's maximum prompt length is 131072 but the request contains 537812 tokens."}"#,
        r#"{"message":"Input is too long for requested model."}"#,
        r#"{"message":"Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length","code":"3051"}"#,
        r#"{"error":{"message":"Invalid request: Your request exceeded model token limit: 8192"}}"#,
        r#"{"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000","error_type":"validation"}"#,
        r#"{"error":{"message":"Your input exceeds the context window of this model."}}"#,
        r#"{"error":{"message":"input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000"}}"#,
        r#"{"error":{"message":"Request body too large for gpt-4o model. Max size: 8000 tokens.","code":"tokens_limit_reached"}}"#,
        r#"{"error":{"message":"prompt token count of 70118 exceeds the limit of 64000"}}"#,
        r#"{"error":{"message":"Range of input length should be [1, 30720]"}}"#,
        r#"{"error":{"message":"too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 5000"}}"#,
    ] {
        assert_eq!(refused(400, body).kind(), "context_too_long", "{body}");
    }
    let too_many = refused(
        400,
        r#"{"error":{"message":"max_tokens is too large: 100000. This model supports at most 16384 completion tokens"}}"#,
    );
    assert_eq!(too_many.kind(), "invalid_request");
}

#[test]
fn a_filter_is_known_by_its_code_and_by_its_words() {
    for (status, body) in [
        (400, r#"{"error":{"message":"x","code":"content_filter"}}"#),
        (
            400,
            r#"{"error":{"message":"x","code":"content_policy_violation"}}"#,
        ),
        (
            400,
            r#"{"error":{"message":"x","code":null,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}"#,
        ),
        (
            400,
            r#"{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy."}}"#,
        ),
        (
            400,
            r#"{"error":{"message":"Content Exists Risk","type":"invalid_request_error"}}"#,
        ),
        (
            400,
            r#"{"error":{"message":"Output blocked by content filtering policy"}}"#,
        ),
        (
            400,
            r#"{"code":"data_inspection_failed","message":"Input data may contain inappropriate content."}"#,
        ),
        (
            403,
            r#"{"error":{"code":403,"message":"Provider returned error","metadata":{"raw":"{\"code\":\"x y\",\"error\":\"Content violates usage guidelines. Team: 00000000-0000-0000-0000-000000000000, Model: m\"}"}}}"#,
        ),
        (
            403,
            r#"{"error":{"code":403,"message":"m requires moderation on OpenAI. Your input was flagged for \"x\""}}"#,
        ),
        (
            200,
            r#"{"base_resp":{"status_code":1026,"status_msg":"input new_sensitive"}}"#,
        ),
    ] {
        let error = refused(status, body);
        assert_eq!(error.kind(), "content_filtered", "{body}");
        assert!(
            !format!("{error}").contains("00000000"),
            "ids of accounts are not shown"
        );
    }
}

#[test]
fn a_quota_is_not_a_rate_and_a_credential_is_not_the_clients() {
    for (status, body, kind) in [
        (
            429,
            r#"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","code":"insufficient_quota"}}"#,
            "quota_exhausted",
        ),
        (
            429,
            r#"{"error":{"message":"You exceeded your current quota.\nPlease retry in 48.9s.","status":"RESOURCE_EXHAUSTED","code":429}}"#,
            "rate_limited",
        ),
        (
            402,
            r#"{"error":{"message":"Insufficient Balance"}}"#,
            "quota_exhausted",
        ),
        (
            400,
            r#"{"error":{"message":"Your credit balance is too low to access the Anthropic API."}}"#,
            "quota_exhausted",
        ),
        (
            400,
            r#"{"code":"invalid-argument","error":"Incorrect API key provided. You can obtain one."}"#,
            "unauthorized",
        ),
        (
            400,
            r#"{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}"#,
            "unauthorized",
        ),
        (401, r#"{"detail":"Invalid API Key"}"#, "unauthorized"),
        (
            413,
            r#"{"error":{"message":"Request too large for model on tokens per minute","code":"rate_limit_exceeded"}}"#,
            "rate_limited",
        ),
        (
            500,
            r#"{"error":{"message":"The model is overloaded"}}"#,
            "overloaded",
        ),
        (
            503,
            r#"{"message":"Model is getting throttled. Try your request again."}"#,
            "overloaded",
        ),
        (404, r#"{"error":"Specified model not found"}"#, "failed"),
    ] {
        assert_eq!(refused(status, body).kind(), kind, "{body}");
    }
}

#[test]
fn the_time_to_wait_is_found_wherever_it_is_said() {
    let wait = |body: &str, headers: &[(&str, &str)]| {
        let mut retry = RetryHeaders::default();
        for (name, value) in headers {
            retry.note(name, value.as_bytes());
        }
        let error = classify(&Refusal {
            status: Some(429),
            retry: Some(&retry),
            body: body.as_bytes(),
            now: Some(Duration::from_secs(1_745_711_990)),
            ..Refusal::default()
        });
        let UpstreamError::RateLimited { retry_after, .. } = error else {
            panic!("{error:?}");
        };
        retry_after.map(|wait| wait.as_millis())
    };
    for (body, headers, millis) in [
        (
            r#"{"error":{"details":[{"@type":"x/RetryInfo","retryDelay":"7s"}]}}"#,
            [].as_slice(),
            Some(7_000),
        ),
        (
            r#"{"error":{"message":"Please try again in 1.5s."}}"#,
            &[],
            Some(1_500),
        ),
        (
            r#"{"error":{"metadata":{"headers":{"X-RateLimit-Remaining":"0","X-RateLimit-Reset":"1745712000000"}}}}"#,
            &[],
            Some(10_000),
        ),
        (r#"{"retry_after":2.5}"#, &[], Some(2_500)),
        (r#"{"error":{"retry_after_ms":300}}"#, &[], Some(300)),
        ("{}", &[("retry-after", "7")], Some(7_000)),
        (
            "{}",
            &[("x-ratelimit-reset-requests", "6m0s")],
            Some(360_000),
        ),
        (
            r#"{"error":{"message":"Please try again in 9s."}}"#,
            &[("retry-after-ms", "4500")],
            Some(4_500),
        ),
        (
            r#"{"error":{"message":"Please try again in 9s."}}"#,
            &[("x-ratelimit-reset-requests", "6m0s")],
            Some(9_000),
        ),
        ("{}", &[], None),
    ] {
        assert_eq!(wait(body, headers), millis, "{body} {headers:?}");
    }
}

#[test]
fn a_failure_without_a_status_has_the_one_that_it_states() {
    for (body, expected) in [
        (
            r#"{"error":{"message":"m","code":429}}"#,
            "rate_limited: rate limited by the upstream: m",
        ),
        (
            r#"{"error":{"message":"tool call validation failed","type":"invalid_request_error","code":"tool_use_failed","status_code":400}}"#,
            "invalid_request: the upstream refused the request with status 400 [tool_use_failed]: tool call validation failed",
        ),
        (
            r#"{"error":{"message":"m","type":"invalid_request_error"}}"#,
            "invalid_request: the upstream refused the request with status 400 [invalid_request_error]: m",
        ),
        (
            r#"{"choices":[],"error":{"message":"Provider returned error","code":502,"metadata":{"raw":"Malformed function call"}}}"#,
            "failed: the upstream failed with status 502: Provider returned error: Malformed function call",
        ),
        (
            r#"{"object":"error","message":"CUDA out of memory","type":"InternalServerError","code":500}"#,
            "failed: the upstream failed with status 500 [InternalServerError]: CUDA out of memory",
        ),
        (
            r#"{"error":{"type":"overloaded_error","message":"Overloaded"}}"#,
            "overloaded: upstream overloaded [overloaded_error]: Overloaded",
        ),
        (
            r#"{"message":"boom","type":"server_error"}"#,
            "failed: the upstream failed with status 500 [server_error]: boom",
        ),
        (
            r#"{"base_resp":{"status_code":1002,"status_msg":"rate limit"}}"#,
            "rate_limited: rate limited by the upstream [1002]: rate limit",
        ),
        ("", "failed: the upstream failed with status 500"),
    ] {
        assert_eq!(
            shown(&classify_unmarked(body.as_bytes())),
            expected,
            "{body}"
        );
    }
}

#[test]
fn the_header_of_aws_names_the_kind() {
    let error = classify(&Refusal {
        status: Some(400),
        error_type: Some("ThrottlingException:http://internal.amazon.com/"),
        body: br#"{"message":"Too many requests, please wait before trying again."}"#,
        ..Refusal::default()
    });
    assert_eq!(error.kind(), "rate_limited");
}

#[test]
fn errors_within_errors_end_somewhere() {
    let deep = format!("{}\"x\"{}", r#"{"error":"#.repeat(60), "}".repeat(60));
    assert_eq!(refused(400, &deep).kind(), "invalid_request");
    let mut text = "x".to_owned();
    for _ in 0..12 {
        text = serde_json::json!({ "error": text }).to_string();
    }
    assert_eq!(refused(400, &text).kind(), "invalid_request");
}

proptest! {
    #[test]
    fn nothing_makes_the_reader_panic_and_words_stay_bounded(body in prop::collection::vec(any::<u8>(), 0..400), status in prop::option::of(300u16..600)) {
        let error = classify(&Refusal { status, body: &body, ..Refusal::default() });
        let message = detail(error).message;
        prop_assert!(message.chars().count() <= 2_001);
        prop_assert!(!message.chars().any(char::is_control));
    }
}

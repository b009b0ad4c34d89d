//! The error envelope: `{"type": "error", "error": {"type", "message"}, "request_id"}`.

use crate::json::{Object, Value};
use crate::language::ErrorFacts;

/// The kinds of this language, by those of the house.
const KINDS: [(&str, &str); 7] = [
    ("authentication_error", "authentication_error"),
    ("permission_error", "permission_error"),
    ("billing_error", "billing_error"),
    ("not_found_error", "not_found_error"),
    ("rate_limit_error", "rate_limit_error"),
    ("service_unavailable", "overloaded_error"),
    ("internal_error", "api_error"),
];

pub(super) fn body(error: &ErrorFacts<'_>) -> String {
    let mut inner = Object::of_type(kind(error)).with("message", error.message);
    // Beside the language's own members: programs that know them get what OpenAI's envelope has.
    if let Some(code) = error.code {
        inner.add("code", code);
    }
    if let Some(param) = error.param {
        inner.add("param", param);
    }
    let body = Object::of_type("error")
        .with("error", inner)
        .maybe("request_id", error.request_id);
    Value::from(body).to_json()
}

pub(super) fn event(error: &ErrorFacts<'_>) -> String {
    format!("event: error\ndata: {}\n\n", body(error))
}

fn kind(error: &ErrorFacts<'_>) -> &'static str {
    if error.code == Some("request_too_large") {
        return "request_too_large";
    }
    if error.code == Some("upstream_timeout") {
        return "timeout_error";
    }
    let known = KINDS.iter().find(|(house, _)| *house == error.kind);
    match known {
        Some((_, own)) => own,
        None if error.kind == "upstream_error" => "api_error",
        None => "invalid_request_error",
    }
}

#[cfg(test)]
mod tests {
    use super::{ErrorFacts, body};

    #[test]
    fn the_envelope_is_anthropics() {
        let facts = ErrorFacts {
            message: "Slow down.",
            kind: "rate_limit_error",
            param: None,
            code: Some("rate_limit_exceeded"),
            request_id: Some("req_1"),
            status: 429,
            retry_after_s: None,
        };
        assert_eq!(
            body(&facts),
            r#"{"type":"error","error":{"type":"rate_limit_error","message":"Slow down.","code":"rate_limit_exceeded"},"request_id":"req_1"}"#
        );
    }
}

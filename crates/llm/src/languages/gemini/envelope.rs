//! The error envelope of Google's interfaces: `{"error": {"code", "message", "status", "details"}}`.

use crate::json::{Object, Value};
use crate::language::ErrorFacts;

/// The names of statuses.
const STATUSES: [(u16, &str); 9] = [
    (401, "UNAUTHENTICATED"),
    (402, "FAILED_PRECONDITION"),
    (403, "PERMISSION_DENIED"),
    (404, "NOT_FOUND"),
    (409, "ABORTED"),
    (429, "RESOURCE_EXHAUSTED"),
    (501, "UNIMPLEMENTED"),
    (503, "UNAVAILABLE"),
    (504, "DEADLINE_EXCEEDED"),
];
/// The place that gives the reasons of failures.
const DOMAIN: &str = "yunxin";

pub(super) fn body(error: &ErrorFacts<'_>) -> String {
    let mut details = Vec::new();
    if let Some(code) = error.code {
        details.push(reason(error, code));
    }
    if let Some(seconds) = error.retry_after_s {
        let wait = Object::new().with("@type", "type.googleapis.com/google.rpc.RetryInfo");
        details.push(wait.with("retryDelay", format!("{seconds}s")));
    }
    if let Some(id) = error.request_id {
        let info = Object::new().with("@type", "type.googleapis.com/google.rpc.RequestInfo");
        details.push(info.with("requestId", id));
    }
    let inner = Object::new()
        .with("code", u64::from(error.status))
        .with("message", error.message)
        .with("status", status(error.status))
        .maybe("details", (!details.is_empty()).then_some(details));
    Value::from(Object::new().with("error", inner)).to_json()
}

/// The house's own code, and the parameter at fault.
fn reason(error: &ErrorFacts<'_>, code: &str) -> Object {
    let info = Object::new()
        .with("@type", "type.googleapis.com/google.rpc.ErrorInfo")
        .with("reason", code.to_ascii_uppercase())
        .with("domain", DOMAIN);
    let param = error.param.map(|param| Object::new().with("param", param));
    info.maybe("metadata", param)
}

fn status(code: u16) -> &'static str {
    let known = STATUSES.iter().find(|(own, _)| *own == code);
    match known {
        Some((_, name)) => name,
        None if code >= 500 => "INTERNAL",
        None => "INVALID_ARGUMENT",
    }
}

pub(super) fn event(error: &ErrorFacts<'_>) -> String {
    format!("data: {}\n\n", body(error))
}

#[cfg(test)]
mod tests {
    use super::{ErrorFacts, body};

    #[test]
    fn the_envelope_is_googles() {
        let facts = ErrorFacts {
            message: "Slow down.",
            kind: "rate_limit_error",
            param: None,
            code: Some("rate_limit_exceeded"),
            request_id: Some("req_1"),
            status: 429,
            retry_after_s: Some(7),
        };
        assert_eq!(
            body(&facts),
            r#"{"error":{"code":429,"message":"Slow down.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"RATE_LIMIT_EXCEEDED","domain":"yunxin"},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"7s"},{"@type":"type.googleapis.com/google.rpc.RequestInfo","requestId":"req_1"}]}}"#
        );
    }
}

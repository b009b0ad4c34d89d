//! Errors: OpenAI's envelope, and the event of a response that failed.

use crate::json::{Object, Value};
use crate::language::ErrorFacts;

pub(super) fn body(error: &ErrorFacts<'_>) -> String {
    let text_or_null = |text: Option<&str>| text.map_or(Value::Null, Value::from);
    let inner = Object::new()
        .with("message", error.message)
        .with("type", error.kind)
        .with("param", text_or_null(error.param))
        .with("code", text_or_null(error.code));
    Value::from(Object::new().with("error", inner)).to_json()
}

/// The event of a response of which nothing else is known.
pub(super) fn event(error: &ErrorFacts<'_>) -> String {
    let id = format!("resp_{}", error.request_id.unwrap_or_default());
    let response = Object::new()
        .with("id", id)
        .with("object", "response")
        .with("created_at", 0u64)
        .with("status", "failed")
        .with("error", reason(error))
        .with("incomplete_details", Value::Null)
        .with("model", "")
        .with("output", Vec::<Value>::new())
        .with("parallel_tool_calls", true)
        .with("tool_choice", "auto")
        .with("tools", Vec::<Value>::new())
        .with("usage", Value::Null);
    let data = Object::of_type("response.failed")
        .with("sequence_number", 0u64)
        .with("response", response);
    format!(
        "event: response.failed\ndata: {}\n\n",
        Value::from(data).to_json()
    )
}

/// The reason of a failure, by the codes that clients act on.
pub(super) fn reason(error: &ErrorFacts<'_>) -> Object {
    let code = match error.code.unwrap_or_default() {
        "upstream_rate_limited" | "rate_limit_exceeded" => "rate_limit_exceeded",
        "context_length_exceeded" => "context_length_exceeded",
        "content_filter" => "invalid_prompt",
        _ => "server_error",
    };
    Object::new()
        .with("code", code)
        .with("message", error.message)
}

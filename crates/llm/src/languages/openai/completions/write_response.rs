//! Writing a whole completion.

use bytes::Bytes;

use super::super::chat::{write_reason, write_response::usage};
use crate::chat::{FinishReason, Made, Part, Response};
use crate::json::{Object, Value};

/// Writes the response: its texts, since the interface has no place for anything else.
pub(super) fn write(response: &Response, made: &Made) -> Bytes {
    let texts: Vec<&str> = response.parts.iter().filter_map(Part::as_text).collect();
    let body = head(made)
        .with(
            "choices",
            vec![choice(&texts.concat(), Some(response.finish.reason))],
        )
        .maybe("usage", response.usage.as_ref().map(usage));
    Value::from(body).to_json().into()
}

/// The members before the choices.
pub(super) fn head(made: &Made) -> Object {
    Object::new()
        .with("id", made.id("cmpl-"))
        .with("object", "text_completion")
        .with("created", made.created_s)
        .with("model", made.model.as_str())
}

/// A choice with this text; its reason, where it ends.
pub(super) fn choice(text: &str, reason: Option<FinishReason>) -> Object {
    let reason = reason.map_or(Value::Null, |reason| write_reason(reason).into());
    Object::new()
        .with("text", text)
        .with("index", 0u64)
        .with("logprobs", Value::Null)
        .with("finish_reason", reason)
}

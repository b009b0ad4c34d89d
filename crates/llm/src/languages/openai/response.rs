//! Reading responses: usage, the length of what was generated, and where the model is named.

use super::emptiness;
use super::signs::Signs;
use crate::error::UpstreamError;
use crate::json::{Cursor, JsonError, Kind};
use crate::language::ResponseSpans;
use crate::refusal;
use crate::sse::{BodyKind, body_kind};
use crate::usage::UsageReport;

/// The members that hold generated text.
const GENERATED: [&[u8]; 6] = [
    b"content",
    b"reasoning_content",
    b"reasoning",
    b"text",
    b"arguments",
    b"refusal",
];
/// The members that repeat or describe it.
const NOT_GENERATED: [&[u8]; 5] = [
    b"reasoning_details",
    b"logprobs",
    b"raw_output",
    b"provider_metadata",
    b"annotations",
];

pub(super) fn read(body: &[u8]) -> Result<ResponseSpans, UpstreamError> {
    let mut response = ResponseSpans::default();
    let mut choices = 0..0;
    let mut signs = Signs::default();
    let mut cursor = Cursor::with_non_finite(body);
    let read = cursor.object(|inner, key| match &*key.bytes() {
        b"usage" => {
            inner.kind()?;
            let start = inner.at();
            UsageReport::read_into(inner, &mut response.usage)?;
            response.usage_span = Some(start..inner.at());
            Ok(())
        }
        b"model" if inner.kind()? == Kind::String => {
            let name = inner.string()?;
            response.model_span = Some(name.start()..name.end());
            Ok(())
        }
        b"choices" if inner.kind()? != Kind::Null => {
            signs.note_payload();
            let start = inner.at();
            inner.skip()?;
            choices = start..inner.at();
            Ok(())
        }
        key => signs.member(inner, key),
    });
    if read.and_then(|()| cursor.finish()).is_err() {
        return Err(refusal_or(body, "the response is not a JSON object"));
    }
    if signs.mean_failure() {
        return Err(refusal::classify_unmarked(body));
    }
    let choices = body.get(choices).filter(|text| !text.is_empty());
    if let Some(choices) = choices {
        if let Some(error) = failed_choice(choices) {
            return Err(error);
        }
        // Only for an estimate: where the upstream counted, nobody asks for the length.
        if response.usage.is_none_or(|usage| usage.lacks_output()) {
            let cursor = &mut Cursor::with_non_finite(choices);
            response.text_bytes = text_bytes(cursor).unwrap_or_default();
        }
        response.is_empty = response.counts_no_output() && emptiness::of_choices(choices);
    }
    Ok(response)
}

/// The refusal in a body that is no object: a list of errors, a sentence that says why, or nothing that can be read.
pub(super) fn refusal_or(body: &[u8], detail: &'static str) -> UpstreamError {
    match body_kind(body) {
        Some(BodyKind::Text) => {
            return refusal::classify_text(body).unwrap_or(UpstreamError::Protocol { detail });
        }
        Some(BodyKind::Events) | None => return UpstreamError::Protocol { detail },
        Some(BodyKind::Json) => {}
    }
    let is_list_of_errors = crate::json::Value::read(body)
        .is_some_and(|value| value.items().iter().any(|item| item.get("error").is_some()));
    if is_list_of_errors {
        return refusal::classify_unmarked(body);
    }
    UpstreamError::Protocol { detail }
}

/// A failure that stands in a choice, as `OpenRouter` has it.
fn failed_choice(choices: &[u8]) -> Option<UpstreamError> {
    let mut failure = None;
    let mut cursor = Cursor::with_non_finite(choices);
    if cursor.kind().ok()? != Kind::Array {
        return None;
    }
    let _ = cursor.array(|item| {
        if item.kind()? != Kind::Object {
            return item.skip();
        }
        item.object(|inner, key| {
            if *key.bytes() != *b"error" {
                return inner.skip();
            }
            inner.kind()?;
            let start = inner.at();
            if super::signs::is_truthy(inner)? {
                let error = choices.get(start..inner.at());
                let error = error.expect("a value ends behind its start");
                failure = Some(refusal::classify_unmarked(error));
            }
            Ok::<(), JsonError>(())
        })
    });
    failure
}

/// Sums the lengths of the strings that a model generated, wherever they stand in a choice.
pub(super) fn text_bytes(cursor: &mut Cursor<'_>) -> Result<u64, JsonError> {
    let mut total = 0;
    match cursor.kind()? {
        Kind::Array => cursor.array(|inner| {
            total += text_bytes(inner)?;
            Ok::<(), JsonError>(())
        })?,
        Kind::Object => cursor.object(|inner, key| {
            total += match (&*key.bytes(), inner.kind()?) {
                (key, Kind::String) if GENERATED.contains(&key) => {
                    inner.string()?.raw().len() as u64
                }
                (key, Kind::Object | Kind::Array) if !NOT_GENERATED.contains(&key) => {
                    text_bytes(inner)?
                }
                _ => {
                    inner.skip()?;
                    0
                }
            };
            Ok::<(), JsonError>(())
        })?,
        Kind::String | Kind::Number | Kind::Bool | Kind::Null => cursor.skip()?,
    }
    Ok(total)
}

//! The client's body is the upstream's body, but for the model's name and the wish for usage.

use bytes::Bytes;

use crate::json::{Cursor, JsonError, ValueSpan, quote, splice};
use crate::language::{Encode, UsageOption};
use crate::provider::OutputLimit;

const STREAM_OPTIONS: &str = r#""stream_options":{"include_usage":true}"#;

pub(super) fn encode(request: &Encode<'_>) -> Bytes {
    let mut edits: Vec<(ValueSpan, String)> = Vec::new();
    let summary = request.summary;
    if request.upstream_model != summary.model {
        edits.push((summary.spans.model.clone(), quote(request.upstream_model)));
    }
    match request.usage_option {
        UsageOption::Set if summary.is_streamed && !summary.includes_usage => {
            edits.push(ask_for_usage(request));
        }
        UsageOption::Removed => {
            let span = summary.spans.stream_options.clone();
            let field = span.and_then(|span| whole_field(request.body, span));
            edits.extend(field.map(|field| (field, String::new())));
        }
        UsageOption::Set => {}
    }
    if request.output_limit == OutputLimit::MaxTokens {
        edits.extend(limit_by_max_tokens(request));
    }
    if edits.is_empty() {
        return request.body.clone();
    }
    edits.sort_by_key(|(range, _)| range.start);
    splice(request.body, &edits)
}

fn ask_for_usage(request: &Encode<'_>) -> (ValueSpan, String) {
    let spans = &request.summary.spans;
    let Some(span) = spans.stream_options.clone() else {
        // The body has a model, so a field stands before the closing brace.
        return (spans.end..spans.end, format!(",{STREAM_OPTIONS}"));
    };
    let options = request.body.get(span.clone());
    let options = options.expect("spans lie in the body");
    (span, with_include_usage(options))
}

/// The bound on the output under its older name; where the client says both, the newer one is left out.
fn limit_by_max_tokens(request: &Encode<'_>) -> Option<(ValueSpan, String)> {
    let spans = &request.summary.spans;
    let value = spans.max_completion_tokens.clone()?;
    if spans.has_max_tokens {
        return Some((whole_field(request.body, value)?, String::new()));
    }
    Some((name_of(request.body, &value)?, quote("max_tokens")))
}

/// The span of the name of a field, quotes included.
pub(super) fn name_of(body: &[u8], value: &ValueSpan) -> Option<ValueSpan> {
    let before = body.get(..value.start)?;
    let colon = before.iter().rposition(|byte| *byte == b':')?;
    let mut quotes = before.get(..colon)?.iter().enumerate().rev();
    let mut next_quote = || quotes.find(|(_, byte)| **byte == b'"').map(|(at, _)| at);
    let end = next_quote()?;
    Some(next_quote()?..end + 1)
}

/// A field of the outermost object, with the comma before it, or the one behind it where it is the first.
fn whole_field(body: &[u8], value: ValueSpan) -> Option<ValueSpan> {
    let quote = name_of(body, &value)?.start;
    let before = body.get(..value.start)?;
    let is_space = |byte: &u8| byte.is_ascii_whitespace();
    let lead = before
        .get(..quote)?
        .iter()
        .rposition(|byte| !is_space(byte))?;
    if before.get(lead) == Some(&b',') {
        return Some(lead..value.end);
    }
    let behind = body.get(value.end..)?;
    let next = behind.iter().position(|byte| !is_space(byte))?;
    let has_comma = behind.get(next) == Some(&b',');
    Some(quote..value.end + if has_comma { next + 1 } else { 0 })
}

/// The client's `stream_options`, with `include_usage` set and its other fields kept.
fn with_include_usage(options: &[u8]) -> String {
    // `null` is the one other value that the reader of the head lets through.
    let others = other_fields(options).unwrap_or_default();
    format!(r#"{{"include_usage":true{others}}}"#)
}

/// The fields of `stream_options` beside `include_usage`, each behind a comma.
fn other_fields(options: &[u8]) -> Result<String, JsonError> {
    let mut fields = String::new();
    let mut cursor = Cursor::new(options);
    cursor.object(|inner, key| {
        inner.kind()?;
        let start = inner.at();
        inner.skip()?;
        if *key.bytes() != *b"include_usage" {
            let value = options.get(start..inner.at());
            let value = value.expect("a value ends behind its start");
            fields.push_str(",\"");
            fields.push_str(&String::from_utf8_lossy(key.raw()));
            fields.push_str("\":");
            fields.push_str(&String::from_utf8_lossy(value));
        }
        Ok::<(), JsonError>(())
    })?;
    Ok(fields)
}

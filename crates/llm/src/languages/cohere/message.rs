//! Reading a whole response, and the pieces of messages that streams have too.

use super::{NAME, usage};
use crate::chat::{Citation, Content, Finish, FinishReason, Part, Response, ToolCall};
use crate::error::UpstreamError;
use crate::json::{Fields, Value};
use crate::refusal;

/// Reads a whole response.
pub(super) fn read_response(body: &[u8]) -> Result<Response, UpstreamError> {
    let Some(value @ Value::Object(_)) = Value::read(body) else {
        return Err(UpstreamError::Protocol {
            detail: "the response is not a JSON object",
        });
    };
    let mut fields = Fields::of(value);
    // A failure has words in place of a message.
    let Some(message @ Value::Object(_)) = fields.take("message") else {
        return Err(refusal::classify_unmarked(body));
    };
    let reason = fields.text("finish_reason").unwrap_or_default();
    Ok(Response {
        id: fields.text("id"),
        model: None,
        parts: parts(Fields::of(message)),
        finish: finish(&reason),
        usage: fields.take("usage").as_ref().and_then(usage::read),
    })
}

/// Thoughts and texts, the plan of the calls among them, and the calls.
fn parts(mut message: Fields) -> Vec<Part> {
    let mut parts = Vec::new();
    if let Some(plan) = message.text("tool_plan").filter(|text| !text.is_empty()) {
        parts.push(Part::text(plan));
    }
    for item in message.list("content") {
        let (kind, text) = begin(&item);
        parts.extend((!text.is_empty()).then(|| part_of(kind, text)));
    }
    let citations: Vec<Citation> = message
        .list("citations")
        .into_iter()
        .map(citation)
        .collect();
    let said = parts
        .iter_mut()
        .rev()
        .find_map(|part| match &mut part.content {
            Content::Text { citations, .. } => Some(citations),
            _ => None,
        });
    if let Some(said) = said {
        *said = citations;
    }
    let calls = message.list("tool_calls").into_iter().map(whole_call);
    parts.extend(calls.map(|call| Part::new(Content::ToolCall(call))));
    parts
}

/// The kinds of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Thinking,
}

/// The kind of a content, and its text so far.
pub(super) fn begin(content: &Value) -> (Kind, String) {
    match content.text_of("thinking") {
        Some(text) => (Kind::Thinking, text.to_owned()),
        None => {
            let text = content.text_of("text").unwrap_or_default();
            (Kind::Text, text.to_owned())
        }
    }
}

/// The part of a content.
pub(super) fn part_of(kind: Kind, text: impl Into<String>) -> Part {
    match kind {
        Kind::Text => Part::text(text),
        Kind::Thinking => Part::reasoning(text),
    }
}

/// A call; one without arguments has an empty object.
fn whole_call(value: Value) -> ToolCall {
    let mut call = call(value);
    if call.arguments.trim().is_empty() {
        "{}".clone_into(&mut call.arguments);
    }
    call
}

/// A call, or its beginning.
pub(super) fn call(call: Value) -> ToolCall {
    let mut fields = Fields::of(call);
    let mut function = fields.fields("function");
    ToolCall {
        id: fields.text("id").unwrap_or_default(),
        name: function.text("name").unwrap_or_default(),
        arguments: function.text("arguments").unwrap_or_default(),
        is_custom: false,
    }
}

/// A source of some words: a document of the request, or the outcome of a tool.
pub(super) fn citation(value: Value) -> Citation {
    let sources = value.get("sources").map_or(&[][..], Value::items);
    let document = sources.iter().find_map(|source| source.get("document"));
    let of_document = |name| document.and_then(|document| document.text_of(name));
    let place = |name| value.get(name).and_then(Value::count);
    Citation {
        url: of_document("url").map(str::to_owned),
        title: of_document("title").map(str::to_owned),
        quote: of_document("snippet").map(str::to_owned),
        span: place("start").zip(place("end")),
        native: Some((NAME, value)),
    }
}

/// The end that a reason means.
pub(super) fn finish(reason: &str) -> Finish {
    Finish::of(match reason {
        "MAX_TOKENS" | "ERROR_LIMIT" => FinishReason::Length,
        "TOOL_CALL" => FinishReason::ToolCalls,
        "ERROR_TOXIC" => FinishReason::ContentFilter,
        "ERROR" | "TIMEOUT" => FinishReason::Error,
        _ => FinishReason::Stop,
    })
}

//! Writing a whole chat completion.

use bytes::Bytes;

use super::write_request::written_call;
use super::{reasoning, write_reason};
use crate::chat::{Citation, Content, Made, Part, Response};
use crate::cost;
use crate::json::{Object, Value};
use crate::meter::Meter;
use crate::usage::UsageReport;

/// Writes the response.
pub(in super::super) fn write(response: &Response, made: &Made) -> Bytes {
    let choice = Object::new()
        .with("index", 0u64)
        .with("message", message(&response.parts))
        .with("logprobs", Value::Null)
        .with("finish_reason", write_reason(response.finish.reason));
    let body = Object::new()
        .with("id", made.id("chatcmpl-"))
        .with("object", "chat.completion")
        .with("created", made.created_s)
        .with("model", made.model.as_str())
        .with("choices", vec![choice])
        .maybe("usage", response.usage.as_ref().map(usage));
    Value::from(body).to_json().into()
}

fn message(parts: &[Part]) -> Object {
    let mut message = Object::new().with("role", "assistant");
    let texts: Vec<&str> = parts.iter().filter_map(Part::as_text).collect();
    if texts.is_empty() {
        message.add("content", Value::Null);
    } else {
        message.add("content", texts.join(""));
    }
    let mut refusal = Value::Null;
    let mut thoughts = String::new();
    let mut calls = Vec::new();
    let mut cited = Vec::new();
    let mut images = Vec::new();
    for part in parts {
        match &part.content {
            Content::Refusal(text) => refusal = text.as_str().into(),
            Content::Reasoning { text, .. } => thoughts.push_str(text),
            Content::ToolCall(call) => calls.push(with_signature(written_call(call), part)),
            Content::Text { citations, .. } => cited.extend(citations.iter().map(annotation)),
            Content::Image(media) => images.extend(media.url("image/png").map(|url| {
                Object::of_type("image_url").with("image_url", Object::new().with("url", url))
            })),
            _ => {}
        }
    }
    message.add("refusal", refusal);
    if !thoughts.is_empty() {
        message.add("reasoning_content", thoughts);
    }
    let details = details(parts);
    if !details.is_empty() {
        message.add("reasoning_details", details);
    }
    if !cited.is_empty() {
        message.add("annotations", cited);
    }
    if !images.is_empty() {
        message.add("images", images);
    }
    if !calls.is_empty() {
        message.add("tool_calls", calls);
    }
    message
}

/// Thoughts with a proof, which the client may send back.
fn details(parts: &[Part]) -> Vec<Object> {
    let is_thought =
        |part: &&Part| matches!(part.content, Content::Reasoning { .. } | Content::Redacted);
    let signed = parts.iter().filter(|part| part.signature.is_some());
    let details = signed.filter(is_thought).zip(0..);
    details
        .filter_map(|(part, index)| reasoning::write(part, index))
        .collect()
}

/// A call with the proof that Gemini hangs on it.
pub(super) fn with_signature(call: Object, part: &Part) -> Object {
    let google = part
        .signature_of("gemini")
        .map(|data| Object::new().with("google", Object::new().with("thought_signature", data)));
    call.maybe("extra_content", google)
}

/// A citation of a page.
pub(super) fn annotation(citation: &Citation) -> Object {
    let (start, end) = citation.span.unwrap_or_default();
    let page = Object::new()
        .with("start_index", start)
        .with("end_index", end)
        .with("title", citation.title.as_deref().unwrap_or_default())
        .with("url", citation.url.as_deref().unwrap_or_default());
    Object::of_type("url_citation").with("url_citation", page)
}

/// The sums of this language: parts are in the wholes.
pub(in super::super) fn usage(report: &UsageReport) -> Object {
    let classes = report.classes();
    let (input, output) = (classes.input_tokens(), classes.output_tokens());
    let of_input = Object::new()
        .with("cached_tokens", classes[Meter::CacheRead])
        .with(
            "cache_write_tokens",
            classes[Meter::CacheWrite5m] + classes[Meter::CacheWrite1h],
        )
        .with("audio_tokens", classes[Meter::AudioInput]);
    let of_output = Object::new()
        .with("reasoning_tokens", classes[Meter::Reasoning])
        .with("audio_tokens", classes[Meter::AudioOutput]);
    Object::new()
        .with("prompt_tokens", input)
        .with("completion_tokens", output)
        .with("total_tokens", input.saturating_add(output))
        .with("prompt_tokens_details", of_input)
        .with("completion_tokens_details", of_output)
        .maybe("cost", report.cost_nanos.map(cost::value))
}

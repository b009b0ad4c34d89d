//! Writing a whole response.

use bytes::Bytes;

use super::parts::{call_part, media_part, opaque, text_part, with_proof};
use super::{grounding, usage, write_reason};
use crate::chat::{Citation, Content, Made, Part, Response};
use crate::json::{Object, Value};

/// Writes the response.
pub(in super::super) fn write(response: &Response, made: &Made) -> Bytes {
    let parts: Vec<Object> = response.parts.iter().filter_map(part).collect();
    let (text, citations) = cited(&response.parts);
    let candidate = candidate(parts)
        .with("finishReason", write_reason(&response.finish))
        .with("index", 0u64)
        .maybe("groundingMetadata", grounding::write(&citations, &text));
    let body = Object::new()
        .with("candidates", vec![candidate])
        .maybe("usageMetadata", response.usage.as_ref().map(usage::write));
    Value::from(with_names(body, made)).to_json().into()
}

/// A candidate with these parts.
pub(super) fn candidate(parts: Vec<Object>) -> Object {
    let content = Object::new().with("parts", parts).with("role", "model");
    Object::new().with("content", content)
}

/// The body with the names of response and model.
pub(super) fn with_names(body: Object, made: &Made) -> Object {
    body.with("modelVersion", made.model.as_str())
        .with("responseId", made.id(""))
}

/// The part that says a part; `None` for what the language has no part for.
pub(super) fn part(part: &Part) -> Option<Object> {
    let proof = part.signature.as_ref();
    let object = match &part.content {
        Content::Text { text, .. } | Content::Refusal(text) => text_part(text),
        Content::Reasoning { text, .. } => text_part(text).with("thought", true),
        Content::Redacted => text_part("").with("thought", true),
        Content::ToolCall(call) => call_part(call, Some(call.id.as_str())),
        Content::Image(media) => media_part(media, "image/png")?,
        Content::Audio(media) => media_part(media, "audio/wav")?,
        Content::Video(media) => media_part(media, "video/mp4")?,
        Content::File(media) => media_part(media, "application/pdf")?,
        Content::Opaque { language, value } if *language == super::super::NAME => {
            return opaque(value);
        }
        Content::Opaque { .. } | Content::ToolResult(_) => return None,
    };
    let is_redacted = matches!(part.content, Content::Redacted);
    Some(with_proof(object, proof, is_redacted))
}

/// All texts of a response, and the sources of them.
fn cited(parts: &[Part]) -> (String, Vec<Citation>) {
    let (mut all, mut sources) = (String::new(), Vec::new());
    for part in parts {
        if let Content::Text { text, citations } = &part.content {
            sources.extend(citations.iter().cloned());
            all.push_str(text);
        }
    }
    (all, sources)
}

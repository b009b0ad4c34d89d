//! Thoughts in `reasoning_details`: a text or a summary with the proof of its maker, in OpenRouter's form.

use crate::chat::{Content, Part, Signature};
use crate::json::{Object, Value};

/// The formats of proofs, and the languages whose they are.
const FORMATS: [(&str, &str); 3] = [
    ("anthropic-claude-v1", "anthropic"),
    ("google-gemini-v1", "gemini"),
    ("openai-responses-v1", "responses"),
];

/// One detail, as it was read.
pub(super) enum Detail {
    Text {
        text: String,
        is_summary: bool,
    },
    Signature(Signature),
    /// A thought of which nothing may be shown.
    Redacted(Signature),
}

/// Reads what a detail says.
pub(super) fn read(detail: &Value, found: &mut Vec<Detail>) {
    let origin = detail.text_of("format").unwrap_or("openai");
    let known = FORMATS.iter().find(|(format, _)| *format == origin);
    let origin = known.map_or(origin, |(_, language)| language);
    let text = |name| detail.text_of(name).filter(|text| !text.is_empty());
    if let Some(text) = text("text") {
        found.push(Detail::Text {
            text: text.to_owned(),
            is_summary: false,
        });
    }
    if let Some(text) = text("summary") {
        found.push(Detail::Text {
            text: text.to_owned(),
            is_summary: true,
        });
    }
    if let Some(signature) = text("signature") {
        found.push(Detail::Signature(Signature::new(origin, signature)));
    }
    if let Some(data) = text("data") {
        let signature = Signature::new(origin, data);
        found.push(if origin == "anthropic" {
            Detail::Redacted(signature)
        } else {
            Detail::Signature(signature)
        });
    }
}

/// The detail that says a part; `None` for a part that is no thought.
pub(super) fn write(part: &Part, index: u64) -> Option<Object> {
    let signature = part.signature.as_ref();
    let with_format = |object: Object| {
        let object = object.maybe("format", signature.map(format_of));
        object.with("index", index)
    };
    match &part.content {
        Content::Reasoning { text, id, .. } if text.is_empty() => {
            let data = signature.map(|signature| signature.data.as_str());
            let object = Object::of_type("reasoning.encrypted");
            let object = object.maybe("data", data).maybe("id", id.as_deref());
            Some(with_format(object))
        }
        Content::Reasoning {
            text,
            is_summary: true,
            id,
        } => {
            let object = Object::of_type("reasoning.summary").with("summary", text.as_str());
            let data = signature.map(|signature| signature.data.as_str());
            Some(with_format(
                object.maybe("data", data).maybe("id", id.as_deref()),
            ))
        }
        Content::Reasoning { text, id, .. } => {
            let object = Object::of_type("reasoning.text").with("text", text.as_str());
            let data = signature.map(|signature| signature.data.as_str());
            Some(with_format(
                object.maybe("signature", data).maybe("id", id.as_deref()),
            ))
        }
        Content::Redacted => {
            let data = signature.map(|signature| signature.data.as_str());
            let object = Object::of_type("reasoning.encrypted").maybe("data", data);
            Some(with_format(object))
        }
        _ => None,
    }
}

/// The parts that details say, each with its proof.
pub(super) fn parts(details: &[Value]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for detail in details {
        let mut found = Vec::new();
        read(detail, &mut found);
        let mut part = Part::reasoning("");
        for piece in found {
            match piece {
                Detail::Text { text, is_summary } => {
                    part.content = Content::Reasoning {
                        text,
                        is_summary,
                        id: detail.text_of("id").map(str::to_owned),
                    };
                }
                Detail::Signature(signature) => part.signature = Some(signature),
                Detail::Redacted(signature) => {
                    part = Part::new(Content::Redacted).with_signature(Some(signature));
                }
            }
        }
        parts.push(part);
    }
    parts
}

/// The format that stands for the language of a proof.
pub(super) fn format_of(signature: &Signature) -> &str {
    let known = FORMATS
        .iter()
        .find(|(_, language)| *language == signature.origin);
    known.map_or(signature.origin.as_str(), |(format, _)| format)
}

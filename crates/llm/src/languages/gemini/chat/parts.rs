//! Writing parts, of turns and of responses.

use super::super::NAME;
use super::{ids, proof};
use crate::chat::{Content, Losses, Media, MediaSource, Part, Signature, ToolCall, ToolResult};
use crate::error::TranslateError;
use crate::json::{Object, Value};

/// Types by the ends of addresses: the language asks for the type of what stands elsewhere.
const TYPES: [(&str, &str); 14] = [
    (".png", "image/png"),
    (".jpg", "image/jpeg"),
    (".jpeg", "image/jpeg"),
    (".webp", "image/webp"),
    (".gif", "image/gif"),
    (".heic", "image/heic"),
    (".pdf", "application/pdf"),
    (".txt", "text/plain"),
    (".mp3", "audio/mp3"),
    (".wav", "audio/wav"),
    (".ogg", "audio/ogg"),
    (".mp4", "video/mp4"),
    (".mov", "video/quicktime"),
    (".webm", "video/webm"),
];

/// Writes a part of a request: none for what only another language knows, and a result with what it has beside text.
///
/// # Errors
/// If the part has no place in the language.
pub(super) fn write(part: &Part, losses: &Losses) -> Result<Vec<Object>, TranslateError> {
    let own = part
        .signature
        .as_ref()
        .filter(|signature| signature.origin == NAME);
    let object = match &part.content {
        Content::Text { text, .. } if text.is_empty() && own.is_none() => return Ok(Vec::new()),
        Content::Text { text, .. } | Content::Refusal(text) => text_part(text),
        // A thought goes back with its maker's proof alone.
        Content::Reasoning { text, .. } if own.is_some() => {
            let is_shown = (!text.is_empty()).then_some(true);
            text_part(text).maybe("thought", is_shown)
        }
        Content::Reasoning { .. } | Content::Redacted => return Ok(Vec::new()),
        Content::Image(media) => media_part(media, "image/png").ok_or(losses.refusal("image"))?,
        Content::Audio(media) => {
            media_part(media, "audio/wav").ok_or(losses.refusal("input_audio"))?
        }
        Content::Video(media) => {
            media_part(media, "video/mp4").ok_or(losses.refusal("video_url"))?
        }
        Content::File(media) => {
            media_part(media, "application/pdf").ok_or(losses.refusal("file"))?
        }
        Content::ToolCall(call) => call_part(call, ids::own(&call.id)),
        Content::ToolResult(result) => return result_parts(result, losses),
        Content::Opaque { language, value } if *language == NAME => {
            return Ok(opaque(value).into_iter().collect());
        }
        Content::Opaque { .. } => return Ok(Vec::new()),
    };
    Ok(vec![with_proof(object, own, false)])
}

/// The part with a proof.
pub(super) fn with_proof(object: Object, proof: Option<&Signature>, is_redacted: bool) -> Object {
    let field = proof.map(|signature| proof::write(signature, is_redacted));
    object.maybe("thoughtSignature", field)
}

/// A text.
pub(super) fn text_part(text: &str) -> Object {
    Object::new().with("text", text)
}

/// A call, with its id where the reader is to know it.
pub(super) fn call_part(call: &ToolCall, id: Option<&str>) -> Object {
    let inner = Object::new()
        .maybe("id", id)
        .with("name", call.name.as_str())
        .with("args", call.arguments_object());
    Object::new().with("functionCall", inner)
}

/// A part that is written as it was read.
pub(super) fn opaque(value: &Value) -> Option<Object> {
    let Value::Object(members) = value else {
        return None;
    };
    let mut object = Object::new();
    for (name, value) in members {
        object.add(name, value.clone());
    }
    Some(object)
}

/// Media; `None` for a file that only another provider has.
pub(super) fn media_part(media: &Media, fallback_type: &str) -> Option<Object> {
    let media_type = media.media_type.as_deref();
    Some(match &media.source {
        MediaSource::Inline(data) => {
            let data = Object::new()
                .with("mimeType", media_type.unwrap_or(fallback_type))
                .with("data", data.as_str());
            Object::new().with("inlineData", data)
        }
        MediaSource::Url(uri) => {
            let path = uri.split(['?', '#']).next().unwrap_or_default();
            let path = path.to_ascii_lowercase();
            let by_end = TYPES.iter().find(|(end, _)| path.ends_with(end));
            let data = Object::new()
                .maybe("mimeType", media_type.or(by_end.map(|(_, own)| *own)))
                .with("fileUri", uri.as_str());
            Object::new().with("fileData", data)
        }
        MediaSource::Text(text) => text_part(text),
        MediaSource::Stored(_) => return None,
    })
}

/// The outcome of a call is an object; what it has beside text follows.
fn result_parts(result: &ToolResult, losses: &Losses) -> Result<Vec<Object>, TranslateError> {
    let text = result.text();
    let response = match Value::read(text.as_bytes()) {
        // An object that was broken off is a text.
        Some(value @ Value::Object(_)) if !result.is_error && text.trim_end().ends_with('}') => {
            value
        }
        _ => {
            let member = if result.is_error { "error" } else { "output" };
            Object::new().with(member, text).into()
        }
    };
    // The language asks for a name, also of a call that was not sent along.
    let name = result.name.as_deref().filter(|name| !name.is_empty());
    let inner = Object::new()
        .maybe("id", ids::own(&result.call_id))
        .with("name", name.unwrap_or(&result.call_id))
        .with("response", response);
    let mut objects = vec![Object::new().with("functionResponse", inner)];
    let others = result.parts.iter().filter(|part| part.as_text().is_none());
    for part in others {
        objects.extend(write(part, losses)?);
    }
    Ok(objects)
}

//! Reading parts, of turns and of responses.

use super::super::NAME;
use super::ids::Ids;
use super::proof;
use crate::chat::{Content, Media, MediaSource, Part, ToolCall, ToolResult};
use crate::json::{Fields, Value};

/// Members beside the content of a part, which say nothing that another language could say.
const BESIDE: [&str; 3] = ["videoMetadata", "partMetadata", "mediaResolution"];

/// Reads a part.
pub(super) fn read(part: Value, ids: &mut dyn Ids) -> Part {
    let mut fields = Fields::of(part.clone());
    let is_thought = fields.bool("thought").unwrap_or_default();
    let proof = fields
        .text("thoughtSignature")
        .filter(|field| !field.is_empty())
        .map(|field| proof::read(&field));
    let is_redacted = proof.as_ref().is_some_and(|proof| proof.is_redacted);
    for name in BESIDE {
        fields.take(name);
    }
    let content = if is_redacted {
        Content::Redacted
    } else {
        content(&mut fields, is_thought, ids).unwrap_or(Content::Opaque {
            language: NAME,
            value: part,
        })
    };
    Part::new(content).with_signature(proof.map(|proof| proof.signature))
}

fn content(fields: &mut Fields, is_thought: bool, ids: &mut dyn Ids) -> Option<Content> {
    let text = fields.text("text");
    if text.is_some() || fields.is_empty() {
        let text = text.unwrap_or_default();
        return Some(if is_thought {
            Part::reasoning(text).content
        } else {
            Part::text(text).content
        });
    }
    if let Some(call) = fields.take("functionCall") {
        return Some(Content::ToolCall(read_call(call, ids)));
    }
    if let Some(result) = fields.take("functionResponse") {
        return Some(Content::ToolResult(read_result(result, ids)));
    }
    if let Some(data) = fields.take("inlineData") {
        return read_media(data, "data", MediaSource::Inline);
    }
    let file = fields.take("fileData")?;
    read_media(file, "fileUri", MediaSource::Url)
}

fn read_call(call: Value, ids: &mut dyn Ids) -> ToolCall {
    let mut fields = Fields::of(call);
    let name = fields.text("name").unwrap_or_default();
    let arguments = fields.take("args").unwrap_or(Value::empty_object());
    ToolCall {
        id: ids.call(&name, fields.text("id")),
        name,
        arguments: arguments.to_json(),
        is_custom: false,
    }
}

fn read_result(result: Value, ids: &mut dyn Ids) -> ToolResult {
    let mut fields = Fields::of(result);
    let name = fields.text("name").unwrap_or_default();
    let response = fields.take("response").unwrap_or(Value::empty_object());
    let (text, is_error) = outcome(&response);
    let mut parts = vec![Part::text(text)];
    let media = fields.list("parts").into_iter();
    parts.extend(media.map(|part| read(part, ids)));
    ToolResult {
        call_id: ids.result(&name, fields.text("id")),
        name: Some(name),
        parts,
        is_error,
        is_custom: false,
    }
}

/// The text of an outcome: that of its one member, where clients put it, or else all of it.
fn outcome(response: &Value) -> (String, bool) {
    if let Value::Object(members) = response
        && let [(name, Value::Text(text))] = members.as_slice()
        && matches!(name.as_str(), "output" | "result" | "error")
    {
        return (text.clone(), name == "error");
    }
    (response.to_json(), false)
}

fn read_media(
    data: Value,
    member: &str,
    source: impl FnOnce(String) -> MediaSource,
) -> Option<Content> {
    let mut fields = Fields::of(data);
    let media_type = fields.text("mimeType");
    let name = fields.text("displayName");
    let mut media = Media::of(source(fields.text(member)?), media_type.clone());
    media.name = name;
    let is = |kind: &str| {
        media_type
            .as_deref()
            .is_some_and(|media_type| media_type.starts_with(kind))
    };
    Some(if is("audio/") {
        Content::Audio(media)
    } else if is("video/") {
        Content::Video(media)
    } else if is("image/") {
        Content::Image(media)
    } else {
        Content::File(media)
    })
}

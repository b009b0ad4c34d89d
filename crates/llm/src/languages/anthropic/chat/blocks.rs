//! Blocks of content.

use super::super::NAME;
use crate::chat::{
    CacheMark, Citation, Content, Losses, Media, MediaSource, Part, Signature, ToolCall,
    ToolResult, call_ids, proofs_in_place,
};
use crate::error::TranslateError;
use crate::json::{Fields, Object, Value};

/// The parts of a content: a text, or a list of blocks.
pub(super) fn read(content: Value) -> Vec<Part> {
    match content {
        Value::Text(text) => vec![Part::text(text)],
        Value::List(items) => {
            let parts = items.into_iter().map(block).collect();
            proofs_in_place(parts)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}

/// The part that a block is.
pub(super) fn block(item: Value) -> Part {
    let whole = item.clone();
    let mut fields = Fields::of(item);
    let cache = fields
        .take("cache_control")
        .map(|control| CacheMark::read(&control));
    let kind = fields.text("type").unwrap_or_default();
    let part = match kind.as_str() {
        "text" => Part::new(Content::Text {
            text: fields.text("text").unwrap_or_default(),
            citations: fields.list("citations").into_iter().map(citation).collect(),
        }),
        "thinking" => {
            let signature = fields.text("signature").filter(|text| !text.is_empty());
            let signature = signature.map(|text| Signature::read(&text, NAME));
            Part::reasoning(fields.text("thinking").unwrap_or_default()).with_signature(signature)
        }
        "redacted_thinking" => {
            let data = fields.text("data").unwrap_or_default();
            Part::new(Content::Redacted).with_signature(Some(Signature::read(&data, NAME)))
        }
        "tool_use" => Part::new(Content::ToolCall(ToolCall {
            id: call_ids::restored(fields.text("id").unwrap_or_default()),
            name: fields.text("name").unwrap_or_default(),
            arguments: arguments(fields.take("input")),
            is_custom: false,
        })),
        "tool_result" => Part::new(Content::ToolResult(ToolResult {
            call_id: call_ids::restored(fields.text("tool_use_id").unwrap_or_default()),
            name: None,
            parts: fields.take("content").map(read).unwrap_or_default(),
            is_error: fields.bool("is_error").unwrap_or_default(),
            is_custom: false,
        })),
        "image" => media(&mut fields)
            .map_or_else(|| opaque(whole), |media| Part::new(Content::Image(media))),
        "document" => media(&mut fields).map_or_else(
            || opaque(whole),
            |mut media| {
                media.name = fields.text("title");
                Part::new(Content::File(media))
            },
        ),
        _ => opaque(whole),
    };
    part.with_cache(cache)
}

fn opaque(value: Value) -> Part {
    Part::new(Content::Opaque {
        language: NAME,
        value,
    })
}

/// The text of the arguments. Blocks of a stream begin with an empty object, which is none yet.
pub(super) fn arguments(input: Option<Value>) -> String {
    match input {
        Some(Value::Object(members)) if members.is_empty() => String::new(),
        Some(input) => input.to_json(),
        None => String::new(),
    }
}

fn media(fields: &mut Fields) -> Option<Media> {
    let mut source = fields.fields("source");
    let media_type = source.text("media_type");
    Some(match source.text("type")?.as_str() {
        "base64" => Media::of(MediaSource::Inline(source.text("data")?), media_type),
        "url" => Media::of(MediaSource::Url(source.text("url")?), media_type),
        "text" => Media::of(MediaSource::Text(source.text("data")?), media_type),
        "file" => Media::of(MediaSource::Stored(source.text("file_id")?), None),
        _ => return None,
    })
}

/// A source, as it is read here and kept as it came.
pub(super) fn citation(value: Value) -> Citation {
    let text = |name| value.text_of(name).map(str::to_owned);
    Citation {
        url: text("url").or_else(|| text("source")),
        title: text("title").or_else(|| text("document_title")),
        quote: text("cited_text"),
        span: None,
        native: Some((NAME, value)),
    }
}

/// The block that a part of a request is; `None` for one that is left out.
///
/// # Errors
/// If the part has no place in the language.
pub(super) fn write(part: &Part, losses: &Losses) -> Result<Option<Object>, TranslateError> {
    let block = match &part.content {
        Content::Text { text, .. } if text.is_empty() => return Ok(None),
        Content::Text { text, .. } => Object::of_type("text").with("text", text.as_str()),
        Content::Refusal(text) => Object::of_type("text").with("text", text.as_str()),
        Content::Reasoning { text, .. } => match part.signature_of(NAME) {
            Some(signature) => Object::of_type("thinking")
                .with("thinking", text.as_str())
                .with("signature", signature),
            None => return Ok(None),
        },
        Content::Redacted => match part.signature_of(NAME) {
            Some(data) => Object::of_type("redacted_thinking").with("data", data),
            None => return Ok(None),
        },
        Content::ToolCall(call) => Object::of_type("tool_use")
            .with("id", call.id.as_str())
            .with("name", call.name.as_str())
            .with("input", call.arguments_object()),
        Content::ToolResult(result) => return result_block(result, part, losses).map(Some),
        Content::Image(media) => {
            let source = source(media).ok_or_else(|| losses.refusal("image"))?;
            Object::of_type("image").with("source", source)
        }
        Content::File(media) => {
            let source = source(media).ok_or_else(|| losses.refusal("file"))?;
            Object::of_type("document")
                .with("source", source)
                .maybe("title", media.name.as_deref())
        }
        Content::Audio(_) => return Err(losses.refusal("input_audio")),
        Content::Video(_) => return Err(losses.refusal("video_url")),
        Content::Opaque { .. } => return Ok(None),
    };
    Ok(Some(with_mark(block, part)))
}

fn result_block(
    result: &ToolResult,
    part: &Part,
    losses: &Losses,
) -> Result<Object, TranslateError> {
    let mut block = Object::of_type("tool_result").with("tool_use_id", result.call_id.as_str());
    if let [only] = result.parts.as_slice()
        && let Some(text) = only.as_text()
        && only.cache.is_none()
    {
        block.add("content", text);
    } else {
        let mut blocks = Vec::new();
        for part in &result.parts {
            blocks.extend(write(part, losses)?);
        }
        block.add("content", blocks);
    }
    if result.is_error {
        block.add("is_error", true);
    }
    Ok(with_mark(block, part))
}

/// The block with its cache mark.
pub(super) fn with_mark(block: Object, part: &Part) -> Object {
    block.maybe("cache_control", part.cache.map(mark))
}

/// A cache mark as the language writes it.
pub(super) fn mark(mark: CacheMark) -> Object {
    let control = Object::of_type("ephemeral");
    match mark {
        CacheMark::FiveMinutes => control,
        CacheMark::OneHour => control.with("ttl", "1h"),
    }
}

fn source(media: &Media) -> Option<Object> {
    Some(match &media.source {
        MediaSource::Inline(data) => {
            let media_type = media.media_type.as_deref()?;
            let is_taken = media_type.starts_with("image/") || media_type == "application/pdf";
            is_taken.then(|| {
                Object::of_type("base64")
                    .with("media_type", media_type)
                    .with("data", data.as_str())
            })?
        }
        MediaSource::Url(url) => Object::of_type("url").with("url", url.as_str()),
        MediaSource::Text(text) => Object::of_type("text")
            .with("media_type", "text/plain")
            .with("data", text.as_str()),
        MediaSource::Stored(_) => return None,
    })
}

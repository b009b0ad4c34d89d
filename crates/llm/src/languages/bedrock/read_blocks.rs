//! Reading blocks of content.

use super::NAME;
use crate::chat::{
    Citation, Content, Finish, FinishReason, Media, MediaSource, Part, Signature, ToolCall,
};
use crate::json::{Fields, Value};

/// The part that a whole block is.
pub(super) fn block(value: Value) -> Part {
    let whole = value.clone();
    let mut fields = Fields::of(value);
    if let Some(text) = fields.text("text") {
        return Part::text(text);
    }
    if let Some(call) = fields.take("toolUse") {
        return tool_use(call).unwrap_or_else(|| opaque(whole));
    }
    if let Some(thought) = fields.take("reasoningContent") {
        return reasoning(thought).unwrap_or_else(|| opaque(whole));
    }
    if let Some(cited) = fields.take("citationsContent") {
        return with_citations(cited);
    }
    if let Some(image) = fields.take("image") {
        return picture(&image).unwrap_or_else(|| opaque(whole));
    }
    opaque(whole)
}

/// A part that only this language knows, such as the run of a tool on the provider's side.
pub(super) fn opaque(value: Value) -> Part {
    Part::new(Content::Opaque {
        language: NAME,
        value,
    })
}

/// A call of a tool of the client's; `None` for one of the provider's own.
pub(super) fn tool_use(call: Value) -> Option<Part> {
    let mut fields = Fields::of(call);
    if fields.text("type").as_deref() == Some("server_tool_use") {
        return None;
    }
    Some(Part::new(Content::ToolCall(ToolCall {
        id: fields.text("toolUseId").unwrap_or_default(),
        name: fields.text("name").unwrap_or_default(),
        arguments: fields
            .take("input")
            .map(|input| input.to_json())
            .unwrap_or_default(),
        is_custom: false,
    })))
}

fn reasoning(thought: Value) -> Option<Part> {
    let mut fields = Fields::of(thought);
    if let Some(data) = fields.text("redactedContent") {
        return Some(redacted(&data));
    }
    let mut text = fields.fields("reasoningText");
    let signature = text.text("signature").filter(|text| !text.is_empty());
    let part = Part::reasoning(text.text("text")?);
    Some(part.with_signature(signature.map(|data| Signature::new(NAME, data))))
}

/// A thought that may not be shown.
pub(super) fn redacted(data: &str) -> Part {
    Part::new(Content::Redacted).with_signature(Some(Signature::new(NAME, data)))
}

fn with_citations(cited: Value) -> Part {
    let mut fields = Fields::of(cited);
    let texts = fields.list("content");
    let texts: Vec<&str> = texts
        .iter()
        .filter_map(|item| item.text_of("text"))
        .collect();
    Part::new(Content::Text {
        text: texts.concat(),
        citations: fields.list("citations").into_iter().map(citation).collect(),
    })
}

/// A source of what a text says: a document of the request, or a page.
pub(super) fn citation(value: Value) -> Citation {
    let location = value.get("location");
    let web = location.and_then(|location| location.get("web"));
    let quotes = value.get("sourceContent").map_or(&[][..], Value::items);
    let quotes: Vec<&str> = quotes
        .iter()
        .filter_map(|item| item.text_of("text"))
        .collect();
    Citation {
        url: web.and_then(|web| web.text_of("url")).map(str::to_owned),
        title: value.text_of("title").map(str::to_owned),
        quote: (!quotes.is_empty()).then(|| quotes.concat()),
        span: None,
        native: Some((NAME, value)),
    }
}

fn picture(image: &Value) -> Option<Part> {
    let data = image.get("source")?.text_of("bytes")?;
    let format = image.text_of("format").unwrap_or("png");
    let source = MediaSource::Inline(data.to_owned());
    let media = Media::of(source, Some(format!("image/{format}")));
    Some(Part::new(Content::Image(media)))
}

/// The end that a reason means.
pub(super) fn finish(reason: &str) -> Finish {
    Finish::of(match reason {
        "tool_use" => FinishReason::ToolCalls,
        "max_tokens" | "model_context_window_exceeded" => FinishReason::Length,
        "guardrail_intervened" | "content_filtered" => FinishReason::ContentFilter,
        "malformed_model_output" | "malformed_tool_use" => FinishReason::Error,
        _ => FinishReason::Stop,
    })
}

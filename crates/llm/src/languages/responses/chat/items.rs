//! Items of the input and the output.

use super::super::NAME;
use crate::chat::{
    Citation, Content, Media, MediaSource, Part, Role, Signature, ToolCall, ToolResult,
};
use crate::error::TranslateError;
use crate::json::{Fields, Object, Value};

/// Checks that an item is an object, and that the content of a message is a text or a list.
///
/// # Errors
/// If it is not: what cannot be read must not be left out in silence.
pub(super) fn check(item: &Value, place: usize) -> Result<(), TranslateError> {
    let invalid = |param: String, problem| Err(TranslateError::Invalid { param, problem });
    if !matches!(item, Value::Object(_)) {
        return invalid(format!("input[{place}]"), "expected an object");
    }
    let is_message = matches!(item.text_of("type"), None | Some("message"));
    let content = item.get("content").unwrap_or(&Value::Null);
    if is_message && !matches!(content, Value::Text(_) | Value::List(_)) {
        let param = format!("input[{place}].content");
        return invalid(param, "expected a text, or a list of parts");
    }
    Ok(())
}

/// The role and the parts of an item; `None` for an item that says nothing to a model.
pub(super) fn read(item: Value) -> Option<(Role, Vec<Part>)> {
    let whole = item.clone();
    let mut fields = Fields::of(item);
    let kind = fields.text("type");
    let kind = kind.as_deref().unwrap_or("message");
    let part = match kind {
        "message" => {
            let role = match fields.text("role").as_deref() {
                Some("assistant") => Role::Assistant,
                Some("system" | "developer") => Role::Instruction,
                _ => Role::User,
            };
            return Some((role, content(fields.take("content")?)));
        }
        "function_call" | "custom_tool_call" => {
            let is_custom = kind == "custom_tool_call";
            let text = fields.text(if is_custom { "input" } else { "arguments" });
            Part::new(Content::ToolCall(ToolCall {
                id: fields.text("call_id").unwrap_or_default(),
                name: fields.text("name").unwrap_or_default(),
                arguments: text.unwrap_or_default(),
                is_custom,
            }))
        }
        "function_call_output" | "custom_tool_call_output" => {
            let result = ToolResult {
                call_id: fields.text("call_id").unwrap_or_default(),
                name: None,
                parts: fields.take("output").map(content).unwrap_or_default(),
                is_error: false,
                is_custom: kind == "custom_tool_call_output",
            };
            let part = Part::new(Content::ToolResult(result));
            return Some((Role::User, vec![part]));
        }
        "reasoning" => reasoning(fields),
        _ => Part::new(Content::Opaque {
            language: NAME,
            value: whole,
        }),
    };
    Some((Role::Assistant, vec![part]))
}

/// A thought: its summary, or all of it where that is given.
fn reasoning(mut fields: Fields) -> Part {
    let texts = |items: Vec<Value>| -> Vec<String> {
        let texts = items.iter().filter_map(|item| item.text_of("text"));
        texts.map(str::to_owned).collect()
    };
    let (summary, full) = (texts(fields.list("summary")), texts(fields.list("content")));
    let is_summary = full.is_empty();
    let text = if is_summary {
        summary.join("\n\n")
    } else {
        full.concat()
    };
    let signature = fields.text("encrypted_content");
    let signature = signature.filter(|data| !data.is_empty());
    let signature = signature.map(|data| Signature::read(&data, NAME));
    let is_own = signature.as_ref().is_none_or(|proof| proof.origin == NAME);
    // Another language's thought, which was told as a summary here, goes back as what it was.
    let content = if !is_own && text.is_empty() && is_summary {
        redacted_or_empty(signature.as_ref())
    } else {
        Content::Reasoning {
            text,
            is_summary: is_summary && is_own,
            id: fields.text("id").filter(|_| is_own),
        }
    };
    Part::new(content).with_signature(signature)
}

fn redacted_or_empty(signature: Option<&Signature>) -> Content {
    if signature.is_some_and(|proof| proof.origin == "anthropic") {
        return Content::Redacted;
    }
    Content::Reasoning {
        text: String::new(),
        is_summary: false,
        id: None,
    }
}

/// The parts of a content: a text, or a list.
pub(super) fn content(content: Value) -> Vec<Part> {
    match content {
        Value::Text(text) => vec![Part::text(text)],
        Value::List(items) => items.into_iter().map(part_or_opaque).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}

fn part_or_opaque(item: Value) -> Part {
    part(item.clone()).unwrap_or_else(|| {
        Part::new(Content::Opaque {
            language: NAME,
            value: item,
        })
    })
}

fn part(item: Value) -> Option<Part> {
    let mut fields = Fields::of(item);
    let kind = fields.text("type").unwrap_or_default();
    let content = match kind.as_str() {
        "input_text" | "output_text" | "text" | "summary_text" => Content::Text {
            text: fields.text("text")?,
            citations: fields
                .list("annotations")
                .iter()
                .filter_map(citation)
                .collect(),
        },
        "refusal" => Content::Refusal(fields.text("refusal")?),
        "input_image" => {
            let detail = fields.text("detail");
            let mut media = match (fields.text("image_url"), fields.text("file_id")) {
                (Some(url), _) => Media::at(&url),
                (None, id) => Media::of(MediaSource::Stored(id?), None),
            };
            media.detail = detail;
            Content::Image(media)
        }
        "input_file" => Content::File(file(&mut fields)?),
        "input_audio" => {
            let mut audio = fields.fields("input_audio");
            let media_type = audio.text("format").map(|format| format!("audio/{format}"));
            Content::Audio(Media::of(
                MediaSource::Inline(audio.text("data")?),
                media_type,
            ))
        }
        _ => return None,
    };
    Some(Part::new(content))
}

fn file(fields: &mut Fields) -> Option<Media> {
    let data = fields.text("file_data");
    let (url, id) = (fields.text("file_url"), fields.text("file_id"));
    let mut media = match (data, url, id) {
        (Some(data), ..) if data.starts_with("data:") => Media::at(&data),
        (Some(data), ..) => Media::of(
            MediaSource::Inline(data),
            Some("application/pdf".to_owned()),
        ),
        (None, Some(url), _) => Media::of(MediaSource::Url(url), None),
        (None, None, Some(id)) => Media::of(MediaSource::Stored(id), None),
        (None, None, None) => return None,
    };
    media.name = fields.text("filename");
    Some(media)
}

/// A citation of a page; what cites files has no page.
pub(super) fn citation(annotation: &Value) -> Option<Citation> {
    if annotation.text_of("type") != Some("url_citation") {
        return None;
    }
    let place = |name| annotation.get(name).and_then(Value::count);
    Some(Citation {
        url: annotation.text_of("url").map(str::to_owned),
        title: annotation.text_of("title").map(str::to_owned),
        quote: None,
        span: place("start_index").zip(place("end_index")),
        native: Some((NAME, annotation.clone())),
    })
}

/// A citation as an annotation of this language.
pub(super) fn annotation(citation: &Citation) -> Value {
    if let Some((NAME, value)) = &citation.native {
        return value.clone();
    }
    let (start, end) = citation.span.unwrap_or_default();
    Object::of_type("url_citation")
        .with("start_index", start)
        .with("end_index", end)
        .with("title", citation.title.as_deref().unwrap_or_default())
        .with("url", citation.url.as_deref().unwrap_or_default())
        .into()
}

/// The proof of a part as the language has it: an item of a thought before what it belongs to.
pub(super) fn proof_item(part: &Part, id: &str) -> Option<Object> {
    let signature = part.signature.as_ref()?;
    let is_thought = matches!(part.content, Content::Reasoning { .. } | Content::Redacted);
    (!is_thought).then(|| reasoning_item(id, "", Some(&signature.write(NAME))))
}

/// An item of a thought.
pub(super) fn reasoning_item(id: &str, text: &str, encrypted: Option<&str>) -> Object {
    let summary: Vec<Object> = if text.is_empty() {
        Vec::new()
    } else {
        vec![summary_text(text)]
    };
    Object::of_type("reasoning")
        .with("id", id)
        .with("summary", summary)
        .maybe("encrypted_content", encrypted)
}

/// A part of a summary.
pub(super) fn summary_text(text: &str) -> Object {
    Object::of_type("summary_text").with("text", text)
}

/// A part of a message that says a text.
pub(super) fn output_text(text: &str, annotations: Vec<Value>) -> Object {
    Object::of_type("output_text")
        .with("text", text)
        .with("annotations", annotations)
        .with("logprobs", Vec::<Value>::new())
}

/// A message.
pub(super) fn message_item(id: &str, status: &str, content: Vec<Value>) -> Object {
    Object::of_type("message")
        .with("id", id)
        .with("status", status)
        .with("role", "assistant")
        .with("content", content)
}

/// A call; of a custom tool with its text, else with its arguments.
pub(super) fn call_item(id: &str, status: &str, call: &ToolCall) -> Object {
    let kind = if call.is_custom {
        "custom_tool_call"
    } else {
        "function_call"
    };
    let argument = if call.is_custom { "input" } else { "arguments" };
    Object::of_type(kind)
        .with("id", id)
        .with("status", status)
        .with("call_id", call.id.as_str())
        .with("name", call.name.as_str())
        .with(argument, call.arguments.as_str())
}

/// The text that a call of a custom tool says, where a provider was told of a function with one string.
pub(super) fn free_text(arguments: &str) -> String {
    let value = Value::read(arguments.as_bytes());
    let text = value.as_ref().and_then(|value| value.text_of("input"));
    text.unwrap_or(arguments).to_owned()
}

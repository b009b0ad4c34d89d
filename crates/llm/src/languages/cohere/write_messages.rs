//! Writing the messages of a request.

use crate::chat::{Content, Losses, MediaSource, Part, Request, Role, ToolCall, Turn};
use crate::error::TranslateError;
use crate::json::{Object, Value};

/// The messages, instructions first.
///
/// # Errors
/// If a part has no place in the language.
pub(super) fn write(request: &Request, losses: &Losses) -> Result<Vec<Object>, TranslateError> {
    let mut messages = Vec::new();
    if let Some(text) = request.instruction_text() {
        messages.push(message("system").with("content", text));
    }
    for turn in &request.turns {
        match turn.role {
            Role::Instruction => {
                let content = content(&turn.parts, losses)?;
                messages.push(message("system").with("content", content));
            }
            Role::User => user(turn, losses, &mut messages)?,
            Role::Assistant => messages.extend(assistant(turn)),
        }
    }
    Ok(messages)
}

fn message(role: &str) -> Object {
    Object::new().with("role", role)
}

/// Results come first, as messages of their own; what they have beside text follows with what the user says.
fn user(turn: &Turn, losses: &Losses, messages: &mut Vec<Object>) -> Result<(), TranslateError> {
    let mut rest = Vec::new();
    for part in &turn.parts {
        let Content::ToolResult(result) = &part.content else {
            rest.push(part.clone());
            continue;
        };
        let written = message("tool")
            .with("tool_call_id", result.call_id.as_str())
            .with("content", result.text());
        messages.push(written);
        let others = result.parts.iter().filter(|part| part.as_text().is_none());
        rest.extend(others.cloned());
    }
    if !rest.is_empty() {
        messages.push(message("user").with("content", content(&rest, losses)?));
    }
    Ok(())
}

/// The message of a turn. A text beside calls is their plan; a turn of thoughts alone is left out.
fn assistant(turn: &Turn) -> Option<Object> {
    let text = |part: &Part| match &part.content {
        Content::Text { text, .. } | Content::Refusal(text) => Some(text.clone()),
        _ => None,
    };
    let texts: Vec<String> = turn.parts.iter().filter_map(text).collect();
    let said = texts.concat();
    let calls: Vec<Object> = turn.parts.iter().filter_map(call).collect();
    if calls.is_empty() {
        return (!said.is_empty()).then(|| message("assistant").with("content", said));
    }
    let plan = (!said.is_empty()).then_some(said);
    let message = message("assistant").maybe("tool_plan", plan);
    Some(message.with("tool_calls", calls))
}

fn call(part: &Part) -> Option<Object> {
    let Content::ToolCall(call) = &part.content else {
        return None;
    };
    let function = Object::new()
        .with("name", call.name.as_str())
        .with("arguments", arguments(call));
    let object = Object::new().with("id", call.id.as_str());
    Some(object.with("type", "function").with("function", function))
}

/// The arguments as the text of an object.
fn arguments(call: &ToolCall) -> String {
    call.arguments_object().to_json()
}

fn content(parts: &[Part], losses: &Losses) -> Result<Value, TranslateError> {
    if let [part] = parts
        && let Some(text) = part.as_text()
    {
        return Ok(text.into());
    }
    let mut items: Vec<Object> = Vec::new();
    for part in parts {
        items.extend(item(part, losses)?);
    }
    Ok(items.into())
}

fn item(part: &Part, losses: &Losses) -> Result<Option<Object>, TranslateError> {
    let text = |text: &str| Some(Object::of_type("text").with("text", text));
    Ok(match &part.content {
        Content::Text { text: said, .. } | Content::Refusal(said) => text(said),
        Content::Image(media) => {
            let url = media
                .url("image/png")
                .ok_or_else(|| losses.refusal("image"))?;
            let image = Object::new()
                .with("url", url)
                .maybe("detail", media.detail.as_deref());
            Some(Object::of_type("image_url").with("image_url", image))
        }
        Content::File(media) => match &media.source {
            MediaSource::Text(words) => text(&match &media.name {
                Some(name) => format!("{name}\n\n{words}"),
                None => words.clone(),
            }),
            _ => return Err(losses.refusal("file")),
        },
        Content::Audio(_) => return Err(losses.refusal("input_audio")),
        Content::Video(_) => return Err(losses.refusal("video_url")),
        _ => None,
    })
}

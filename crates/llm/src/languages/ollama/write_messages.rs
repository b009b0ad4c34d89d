//! Writing the messages of a request.

use crate::chat::{Content, Losses, Media, MediaSource, Part, Request, Role, Turn};
use crate::error::TranslateError;
use crate::json::{Object, Value};

/// The messages, instructions first.
///
/// # Errors
/// If a part has no place in the language.
pub(super) fn write(request: &Request, losses: &Losses) -> Result<Vec<Object>, TranslateError> {
    let mut messages = Vec::new();
    if let Some(text) = request.instruction_text() {
        messages.push(message("system", text));
    }
    for turn in &request.turns {
        match turn.role {
            Role::Instruction => messages.push(said("system", &turn.parts, losses)?),
            Role::User => user(request, turn, losses, &mut messages)?,
            Role::Assistant => messages.push(assistant(turn)),
        }
    }
    Ok(messages)
}

fn message(role: &str, content: impl Into<Value>) -> Object {
    Object::new().with("role", role).with("content", content)
}

/// Results come first, as messages that name their tool; what they have beside text follows with what the user says.
fn user(
    request: &Request,
    turn: &Turn,
    losses: &Losses,
    messages: &mut Vec<Object>,
) -> Result<(), TranslateError> {
    let mut rest = Vec::new();
    for part in &turn.parts {
        let Content::ToolResult(result) = &part.content else {
            rest.push(part.clone());
            continue;
        };
        let name = result
            .name
            .as_deref()
            .or_else(|| called(request, &result.call_id));
        messages.push(message("tool", result.text()).maybe("tool_name", name));
        let others = result.parts.iter().filter(|part| part.as_text().is_none());
        rest.extend(others.cloned());
    }
    if !rest.is_empty() {
        messages.push(said("user", &rest, losses)?);
    }
    Ok(())
}

/// The name of the tool that the call of that id called.
fn called<'a>(request: &'a Request, id: &str) -> Option<&'a str> {
    let mut parts = request.turns.iter().flat_map(|turn| &turn.parts);
    parts.find_map(|part| match &part.content {
        Content::ToolCall(call) if call.id == id => Some(call.name.as_str()),
        _ => None,
    })
}

/// The message of a turn: its text, its thoughts, its calls. A thought with a proof belongs to its maker.
fn assistant(turn: &Turn) -> Object {
    let (mut text, mut thoughts) = (String::new(), String::new());
    let mut calls = Vec::new();
    for part in &turn.parts {
        match &part.content {
            Content::Text { text: more, .. } | Content::Refusal(more) => text.push_str(more),
            Content::Reasoning { text: more, .. } if part.signature.is_none() => {
                thoughts.push_str(more);
            }
            Content::ToolCall(call) => {
                let function = Object::new()
                    .with("name", call.name.as_str())
                    .with("arguments", call.arguments_object());
                calls.push(Object::of_type("function").with("function", function));
            }
            _ => {}
        }
    }
    let thoughts = (!thoughts.is_empty()).then_some(thoughts);
    let calls = (!calls.is_empty()).then_some(calls);
    message("assistant", text)
        .maybe("thinking", thoughts)
        .maybe("tool_calls", calls)
}

/// A message with its texts joined and its pictures beside them.
fn said(role: &str, parts: &[Part], losses: &Losses) -> Result<Object, TranslateError> {
    let mut texts: Vec<String> = Vec::new();
    let mut images: Vec<Value> = Vec::new();
    for part in parts {
        match &part.content {
            Content::Text { text, .. } | Content::Refusal(text) => texts.push(text.clone()),
            Content::Image(Media {
                source: MediaSource::Inline(data),
                ..
            }) => images.push(data.as_str().into()),
            Content::File(Media {
                source: MediaSource::Text(text),
                name,
                ..
            }) => {
                texts.extend(name.clone());
                texts.push(text.clone());
            }
            // The language takes bytes alone.
            Content::Image(_) => return Err(losses.refusal("image")),
            Content::File(_) => return Err(losses.refusal("file")),
            Content::Audio(_) => return Err(losses.refusal("input_audio")),
            Content::Video(_) => return Err(losses.refusal("video_url")),
            _ => {}
        }
    }
    let images = (!images.is_empty()).then_some(images);
    Ok(message(role, texts.join("\n\n")).maybe("images", images))
}

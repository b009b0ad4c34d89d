//! Writing a whole message.

use bytes::Bytes;

use super::super::NAME;
use super::{usage, write_reason};
use crate::chat::{Citation, Content, Made, Part, Response, call_ids};
use crate::json::{Object, Value};

/// Writes the response.
pub(in super::super) fn write(response: &Response, made: &Made) -> Bytes {
    let content: Vec<Object> = response.parts.iter().flat_map(blocks).collect();
    let is_call = |part: &Part| matches!(part.content, Content::ToolCall(_));
    let has_calls = response.parts.iter().any(is_call);
    let sequence = response.finish.stop_sequence.as_deref();
    let body = head(made, content)
        .with("stop_reason", write_reason(&response.finish, has_calls))
        .with("stop_sequence", sequence.map_or(Value::Null, Value::from))
        .with("usage", usage::write(response.usage.as_ref()));
    Value::from(body).to_json().into()
}

/// The members of a message that are known before it ends.
pub(super) fn head(made: &Made, content: Vec<Object>) -> Object {
    Object::new()
        .with("id", made.id("msg_"))
        .with("type", "message")
        .with("role", "assistant")
        .with("model", made.model.as_str())
        .with("content", content)
}

/// The blocks that say a part, the proof that another language hangs on it before it.
pub(super) fn blocks(part: &Part) -> Vec<Object> {
    let proof = proof_before(part);
    let mut blocks: Vec<Object> = proof.iter().map(|proof| thinking("", proof)).collect();
    blocks.extend(block(part));
    blocks
}

/// A proof of something that has no place for one here.
pub(super) fn proof_before(part: &Part) -> Option<String> {
    let signature = part.signature.as_ref()?;
    let has_place = matches!(part.content, Content::Reasoning { .. } | Content::Redacted);
    (!has_place).then(|| signature.write(NAME))
}

/// The block of a thought.
pub(super) fn thinking(text: &str, signature: &str) -> Object {
    Object::of_type("thinking")
        .with("thinking", text)
        .with("signature", signature)
}

/// The block that says a part; `None` for what the language has no block for.
pub(super) fn block(part: &Part) -> Option<Object> {
    let signature = part
        .signature
        .as_ref()
        .map(|signature| signature.write(NAME));
    Some(match &part.content {
        Content::Text { text, citations } => {
            let own: Vec<Value> = citations.iter().filter_map(native).collect();
            let block = Object::of_type("text").with("text", text.as_str());
            block.maybe("citations", (!own.is_empty()).then_some(own))
        }
        Content::Refusal(text) => Object::of_type("text").with("text", text.as_str()),
        Content::Reasoning { text, .. } => thinking(text, &signature.unwrap_or_default()),
        Content::Redacted => {
            Object::of_type("redacted_thinking").with("data", signature.unwrap_or_default())
        }
        Content::ToolCall(call) => Object::of_type("tool_use")
            .with("id", &*call_ids::written(&call.id))
            .with("name", call.name.as_str())
            .with("input", call.arguments_object()),
        Content::Opaque {
            language: NAME,
            value: Value::Object(members),
        } => {
            let mut block = Object::new();
            for (name, value) in members {
                block.add(name, value.clone());
            }
            block
        }
        _ => return None,
    })
}

/// A citation as the language has it; those of other languages have no place here.
pub(super) fn native(citation: &Citation) -> Option<Value> {
    match &citation.native {
        Some((NAME, value)) => Some(value.clone()),
        _ => None,
    }
}

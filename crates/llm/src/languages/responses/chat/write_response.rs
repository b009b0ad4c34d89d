//! Writing a whole response.

use bytes::Bytes;

use super::super::NAME;
use super::items::{
    annotation, call_item, free_text, message_item, output_text, proof_item, reasoning_item,
};
use super::object::{self, State};
use crate::chat::{Content, Made, Part, Request, Response, ToolCall, ToolKind};
use crate::json::{Object, Value};

/// Writes the response.
pub(in super::super) fn write(response: &Response, request: &Request, made: &Made) -> Bytes {
    let (status, incomplete) = object::status(&response.finish);
    let state = State {
        status,
        output: output(response, request, made),
        usage: response.usage.as_ref(),
        error: None,
        incomplete,
    };
    let object = object::write(made, &object::repeated(request), state);
    Value::from(object).to_json().into()
}

/// Items in their order; texts that follow each other are parts of one message.
fn output(response: &Response, request: &Request, made: &Made) -> Vec<Value> {
    let mut output: Vec<Value> = Vec::new();
    let mut texts: Vec<Value> = Vec::new();
    for part in &response.parts {
        if let Some(text) = text_part(part) {
            texts.push(text.into());
            continue;
        }
        close(&mut texts, &mut output, made);
        let id = made.part_id("rs_", output.len());
        output.extend(proof_item(part, &id).map(Value::from));
        output.extend(item(part, request, made, output.len()));
    }
    close(&mut texts, &mut output, made);
    output
}

fn close(texts: &mut Vec<Value>, output: &mut Vec<Value>, made: &Made) {
    if !texts.is_empty() {
        let id = made.part_id("msg_", output.len());
        let message = message_item(&id, "completed", std::mem::take(texts));
        output.push(message.into());
    }
}

fn text_part(part: &Part) -> Option<Object> {
    match &part.content {
        Content::Text { text, citations } => {
            let annotations = citations.iter().map(annotation).collect();
            Some(output_text(text, annotations))
        }
        Content::Refusal(text) => Some(Object::of_type("refusal").with("refusal", text.as_str())),
        _ => None,
    }
}

fn item(part: &Part, request: &Request, made: &Made, place: usize) -> Option<Value> {
    let proof = part
        .signature
        .as_ref()
        .map(|signature| signature.write(NAME));
    let id = |prefix| made.part_id(prefix, place);
    Some(match &part.content {
        Content::Reasoning { text, .. } => {
            reasoning_item(&id("rs_"), text, proof.as_deref()).into()
        }
        Content::Redacted => reasoning_item(&id("rs_"), "", proof.as_deref()).into(),
        Content::ToolCall(call) => {
            let call = as_client_knows(call, request);
            let prefix = if call.is_custom { "ctc_" } else { "fc_" };
            call_item(&id(prefix), "completed", &call).into()
        }
        Content::Opaque {
            language: NAME,
            value,
        } => value.clone(),
        _ => return None,
    })
}

/// A call of a tool that is a custom one for the client, and a function for the provider.
pub(super) fn as_client_knows(call: &ToolCall, request: &Request) -> ToolCall {
    let mut call = call.clone();
    let tool = request.tool(&call.name);
    let is_custom = tool.is_some_and(|tool| matches!(tool.kind, ToolKind::Custom { .. }));
    if is_custom && !call.is_custom {
        call.arguments = free_text(&call.arguments);
        call.is_custom = true;
    }
    call
}

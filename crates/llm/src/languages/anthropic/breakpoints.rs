//! Automatic cache breakpoints in the text of a client that passes.

use bytes::Bytes;
use memchr::memmem;

use crate::chat::TURNS_MARKED;
use crate::json::{Object, Value};

const MEMBER: &str = "cache_control";

/// The text with breakpoints at the end of tools, instructions and the last turns of the user; `None` where the client set
/// one, or the text is none of the language.
pub(super) fn with_breakpoints(body: &[u8]) -> Option<Bytes> {
    if memmem::find(body, MEMBER.as_bytes()).is_some() {
        return None;
    }
    let Value::Object(mut members) = Value::read(body)? else {
        return None;
    };
    for (name, value) in &mut members {
        match name.as_str() {
            "tools" => mark_last(value),
            "system" => mark_text(value),
            "messages" => mark_turns(value),
            _ => {}
        }
    }
    Some(Value::Object(members).to_json().into())
}

fn mark_turns(messages: &mut Value) {
    let Value::List(messages) = messages else {
        return;
    };
    let is_users = |message: &&mut Value| message.text_of("role") == Some("user");
    for message in messages
        .iter_mut()
        .rev()
        .filter(is_users)
        .take(TURNS_MARKED)
    {
        let Value::Object(members) = message else {
            continue;
        };
        let mut members = members.iter_mut();
        if let Some((_, content)) = members.find(|(name, _)| name == "content") {
            mark_text(content);
        }
    }
}

/// Marks a content: a text becomes a list of one block.
fn mark_text(content: &mut Value) {
    if let Some(text) = content.text() {
        if text.trim().is_empty() {
            return;
        }
        let block = Object::of_type("text").with("text", text);
        *content = Value::List(vec![block.into()]);
    }
    mark_last(content);
}

/// Marks the last block that may carry a mark: an empty text and a thought may not.
fn mark_last(list: &mut Value) {
    let Value::List(items) = list else {
        return;
    };
    let mut marked = items.iter_mut().rev().filter(|item| takes_mark(item));
    if let Some(Value::Object(members)) = marked.next() {
        members.push((MEMBER.to_owned(), Object::of_type("ephemeral").into()));
    }
}

fn takes_mark(item: &Value) -> bool {
    match item.text_of("type") {
        Some("text") => item
            .text_of("text")
            .is_some_and(|text| !text.trim().is_empty()),
        Some("thinking" | "redacted_thinking") => false,
        Some(_) | None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::with_breakpoints;

    #[test]
    fn the_ends_of_tools_instructions_and_the_last_turns_are_marked() {
        let body = r#"{"model":"c","top_p":0.50,"system":"Be brief.","tools":[{"name":"a"},{"name":"b"}],"messages":[{"role":"user","content":"1"},{"role":"assistant","content":"2"},{"role":"user","content":[{"type":"text","text":"3"},{"type":"text","text":""}]},{"role":"user","content":"4"}]}"#;
        let mark = r#""cache_control":{"type":"ephemeral"}"#;
        let expected = format!(
            r#"{{"model":"c","top_p":0.50,"system":[{{"type":"text","text":"Be brief.",{mark}}}],"tools":[{{"name":"a"}},{{"name":"b",{mark}}}],"messages":[{{"role":"user","content":"1"}},{{"role":"assistant","content":"2"}},{{"role":"user","content":[{{"type":"text","text":"3",{mark}}},{{"type":"text","text":""}}]}},{{"role":"user","content":[{{"type":"text","text":"4",{mark}}}]}}]}}"#
        );
        let marked = with_breakpoints(body.as_bytes()).unwrap();
        assert_eq!(std::str::from_utf8(&marked).unwrap(), expected);
        // The client's own stand alone.
        assert_eq!(with_breakpoints(&marked), None);
    }
}

//! Items of conversations, as lists in JSON.

use bytes::Bytes;

use crate::json::{Object, Value};

/// Items whose `id` a provider would look up among what it keeps, which is nothing.
const WITHOUT_ID: [&str; 5] = [
    "message",
    "reasoning",
    "function_call",
    "custom_tool_call",
    "web_search_call",
];

/// Lists put together to one.
pub(super) fn joined(lists: &[Bytes]) -> Vec<u8> {
    let inner = |list: &Bytes| {
        let text = list.trim_ascii().strip_prefix(b"[")?.strip_suffix(b"]")?;
        let text = text.trim_ascii();
        (!text.is_empty()).then(|| text.to_vec())
    };
    let parts: Vec<Vec<u8>> = lists.iter().filter_map(inner).collect();
    [b"[".as_slice(), &parts.join(&b','), b"]"].concat()
}

/// The output of a response as a list of input. A thought without its encrypted form is left out: nobody could read it.
pub(super) fn output_as_input(response: &[u8]) -> Bytes {
    let output = Value::read(response).and_then(|response| response.get("output").cloned());
    let items = output.map(Value::into_items).unwrap_or_default();
    let items: Vec<Value> = items.into_iter().filter_map(as_input).collect();
    Value::List(items).to_json().into()
}

fn as_input(mut item: Value) -> Option<Value> {
    let kind = item.text_of("type").unwrap_or_default().to_owned();
    if kind == "reasoning" && item.text_of("encrypted_content").is_none_or(str::is_empty) {
        return None;
    }
    if let Value::Object(members) = &mut item
        && WITHOUT_ID.contains(&kind.as_str())
    {
        members.retain(|(name, _)| name != "id" && name != "status");
    }
    Some(item)
}

/// A message of one text.
pub(super) fn message_of(role: &str, text: &str) -> Object {
    let kind = if role == "assistant" {
        "output_text"
    } else {
        "input_text"
    };
    let part = Object::of_type(kind).with("text", text);
    Object::of_type("message")
        .with("role", role)
        .with("content", vec![part])
}

//! The items that a response was made from, as a list of them shows each: with its type, its parts and an id.

use std::collections::HashSet;

use super::Turn;
use super::items::message_of;
use crate::json::{Object, Value};

/// The items that went into the last of these turns, the earliest first. `seeds` are the ids of their responses: an item
/// without an id gets one that is always the same.
pub fn list_items(turns: &[Turn], seeds: &[&str]) -> Vec<Value> {
    let mut listed = Listed::default();
    for (index, (turn, seed)) in turns.iter().zip(seeds).enumerate() {
        let seed = seed.trim_start_matches("resp_");
        listed.add(Value::read(&turn.input), seed);
        if index + 1 < turns.len() {
            let response = Value::read(&turn.response);
            listed.add(
                response.and_then(|response| response.get("output").cloned()),
                seed,
            );
        }
    }
    listed.items
}

#[derive(Default)]
struct Listed {
    items: Vec<Value>,
    seen: HashSet<String>,
}

impl Listed {
    fn add(&mut self, list: Option<Value>, seed: &str) {
        for item in list.map(Value::into_items).unwrap_or_default() {
            let given = item.text_of("id").map(str::to_owned);
            let given = given.filter(|id| !id.is_empty() && !self.seen.contains(id));
            let id = given.unwrap_or_else(|| made_id(&item, seed, self.items.len()));
            self.items.push(shown(item, &id));
            self.seen.insert(id);
        }
    }
}

fn made_id(item: &Value, seed: &str, place: usize) -> String {
    let prefix = match item.text_of("type") {
        None | Some("message") => "msg",
        Some("reasoning") => "rs",
        Some("function_call") => "fc",
        Some("custom_tool_call") => "ctc",
        Some(_) => "item",
    };
    format!("{prefix}_{seed}{place:04x}")
}

fn shown(item: Value, id: &str) -> Value {
    let Value::Object(members) = item else {
        return item;
    };
    let item = Value::Object(members.clone());
    let is_message = matches!(item.text_of("type"), None | Some("message"));
    let mut shown = Object::new().with("id", id);
    if is_message {
        shown.add("type", "message");
        shown.add("status", item.text_of("status").unwrap_or("completed"));
    }
    let role = item.text_of("role").unwrap_or("user").to_owned();
    for (name, value) in members {
        match (name.as_str(), value) {
            ("id", _) => {}
            ("type" | "status", _) if is_message => {}
            ("content", Value::Text(text)) if is_message => {
                let parts = Value::from(message_of(&role, &text));
                shown.add(
                    "content",
                    parts.get("content").cloned().unwrap_or(Value::Null),
                );
            }
            (_, value) => shown.add(&name, value),
        }
    }
    shown.into()
}

#[cfg(test)]
mod tests {
    use super::super::Turn;
    use super::list_items;

    #[test]
    fn items_are_shown_whole_each_with_an_id_of_its_own() {
        let turn = |input: &'static str| Turn {
            input: input.into(),
            response: r#"{"output":[{"type":"message","id":"m","role":"assistant","content":[]}]}"#
                .into(),
        };
        let turns = [
            turn(r#"[{"role":"user","content":"1"}]"#),
            turn(
                r#"[{"type":"message","id":"m","role":"user","content":[]},{"type":"function_call_output","call_id":"c","output":"x"}]"#,
            ),
        ];
        let items = list_items(&turns, &["resp_a", "resp_b"]);
        let shown: Vec<String> = items.iter().map(crate::json::Value::to_json).collect();
        assert_eq!(
            shown,
            [
                r#"{"id":"msg_a0000","type":"message","status":"completed","role":"user","content":[{"type":"input_text","text":"1"}]}"#,
                r#"{"id":"m","type":"message","status":"completed","role":"assistant","content":[]}"#,
                r#"{"id":"msg_b0002","type":"message","status":"completed","role":"user","content":[]}"#,
                r#"{"id":"item_b0003","type":"function_call_output","call_id":"c","output":"x"}"#,
            ]
        );
    }
}

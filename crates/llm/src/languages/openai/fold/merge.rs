//! Pieces of values put together, as the clients of streams do it.

use crate::json::Value;

pub(super) type Members = Vec<(String, Value)>;

/// Members whose texts come piece by piece. Those of all others are said anew.
const PIECEMEAL: [&str; 10] = [
    "content",
    "reasoning_content",
    "reasoning",
    "refusal",
    "arguments",
    "text",
    "thinking",
    "summary",
    "transcript",
    "data",
];

/// The member of that name, which is added if there is none.
pub(super) fn member<'a>(members: &'a mut Members, name: &str) -> &'a mut Value {
    if !members.iter().any(|(known, _)| known == name) {
        members.push((name.to_owned(), Value::Null));
    }
    let found = members.iter_mut().find(|(known, _)| known == name);
    let (_, value) = found.expect("a member that is there or was added");
    value
}

/// Says a member anew, unless the new value says nothing.
pub(super) fn say(members: &mut Members, name: &str, value: Value) {
    let place = member(members, name);
    let is_empty = matches!(&value, Value::Null) || value.text() == Some("");
    if !is_empty || *place == Value::Null {
        *place = value;
    }
}

/// Adds a piece of the member `name` to what is there of it.
pub(super) fn merge(whole: &mut Value, piece: Value, name: &str) {
    match (whole, piece) {
        (_, Value::Null) => {}
        (Value::Text(text), Value::Text(more)) => {
            if PIECEMEAL.contains(&name) {
                text.push_str(&more);
            } else if !more.is_empty() {
                *text = more;
            }
        }
        (Value::Object(members), Value::Object(pieces)) => {
            for (name, piece) in pieces {
                merge(member(members, &name), piece, &name);
            }
        }
        (Value::List(items), Value::List(pieces)) => {
            for piece in pieces {
                merge_item(items, piece);
            }
        }
        // Content may change between a text and a list of parts.
        (Value::List(items), Value::Text(text)) => {
            if !text.is_empty() {
                items.push(part(text));
            }
        }
        (whole @ Value::Text(_), Value::List(pieces)) => {
            let before = whole.text().filter(|text| !text.is_empty());
            let mut items: Vec<Value> = before
                .map(|text| part(text.to_owned()))
                .into_iter()
                .collect();
            items.extend(pieces);
            *whole = Value::List(items);
        }
        (whole, Value::List(pieces)) => {
            let mut items = Vec::new();
            for piece in pieces {
                merge_item(&mut items, piece);
            }
            *whole = Value::List(items);
        }
        (whole, piece) => *whole = piece,
    }
}

fn part(text: String) -> Value {
    Value::Object(vec![
        ("type".to_owned(), Value::Text("text".to_owned())),
        ("text".to_owned(), Value::Text(text)),
    ])
}

/// Adds a piece to the item of the same index, or the same id where there is no index. Some give every
/// tool call the index 0: another id is another call.
fn merge_item(items: &mut Vec<Value>, piece: Value) {
    let index = piece.get("index").filter(|index| **index != Value::Null);
    let id = piece
        .get("id")
        .and_then(Value::text)
        .filter(|id| !id.is_empty());
    let is_same = |item: &&mut Value| {
        let known = item
            .get("id")
            .and_then(Value::text)
            .filter(|id| !id.is_empty());
        match (index, known, id) {
            (_, Some(known), Some(id)) if known != id => false,
            (Some(index), _, _) => item.get("index") == Some(index),
            (None, known, id) => id.is_some() && known == id,
        }
    };
    // The newest of several is the one that goes on.
    match items.iter_mut().rev().find(is_same) {
        Some(item) => merge(item, piece, ""),
        None => items.push(piece),
    }
}

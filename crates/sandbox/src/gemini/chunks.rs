//! Chunks of a response, which have the shape of a whole one. A call comes whole, in the chunk behind its last word.

use serde_json::{Value, json};

use super::reason;
use crate::reply::{Call, Piece};

/// The chunks of one stream.
pub(crate) struct Chunks {
    model: String,
    id: String,
    usage: Option<Value>,
    /// The call whose words come.
    growing: Option<Call>,
}

impl Chunks {
    pub(crate) fn new(model: &str, id: &str, usage: Option<Value>) -> Self {
        Self {
            model: model.to_owned(),
            id: id.to_owned(),
            usage,
            growing: None,
        }
    }

    /// The chunk that says a piece; `None` for one that is said later.
    pub(crate) fn piece(&mut self, index: usize, piece: &Piece<'_>) -> Option<Value> {
        let mut parts: Vec<Value> = Vec::new();
        let mut finish = None;
        match piece {
            Piece::Role => return None,
            Piece::Reasoning(word) => parts.push(json!({ "text": word, "thought": true })),
            Piece::Content(word) => parts.push(json!({ "text": word })),
            Piece::CallStart(_, started) => {
                let ended = self.growing.replace(Call {
                    id: started.id.clone(),
                    name: started.name.clone(),
                    arguments: String::new(),
                });
                parts.extend(ended.as_ref().map(call));
            }
            Piece::CallArguments(_, word) => {
                if let Some(growing) = &mut self.growing {
                    growing.arguments.push_str(word);
                }
            }
            Piece::Finish(reason) => {
                parts.extend(self.growing.take().as_ref().map(call));
                finish = Some(*reason);
            }
        }
        if parts.is_empty() && finish.is_none() {
            return None;
        }
        let candidate = candidate(index, &parts, finish);
        Some(self.with(&[candidate], finish.is_some()))
    }

    /// A response with these candidates, and the count where it is the last.
    pub(crate) fn with(&self, candidates: &[Value], is_last: bool) -> Value {
        let mut chunk = json!({
            "candidates": candidates, "modelVersion": self.model, "responseId": self.id,
        });
        if let Some(usage) = self.usage.as_ref().filter(|_| is_last) {
            chunk["usageMetadata"] = usage.clone();
        }
        chunk
    }
}

/// A candidate with these parts.
pub(crate) fn candidate(index: usize, parts: &[Value], finish: Option<&str>) -> Value {
    let mut candidate = json!({ "content": { "parts": parts, "role": "model" }, "index": index });
    if let Some(finish) = finish {
        candidate["finishReason"] = reason(finish).into();
    }
    candidate
}

/// The part that is a call. What was cut off within its arguments has none.
pub(crate) fn call(call: &Call) -> Value {
    let arguments = serde_json::from_str(&call.arguments).unwrap_or_else(|_| json!({}));
    json!({ "functionCall": { "name": call.name, "args": arguments } })
}

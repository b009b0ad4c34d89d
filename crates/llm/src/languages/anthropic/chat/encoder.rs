//! Writing the events of a streamed message.

use super::super::{NAME, envelope};
use super::write_response::{block, head, native, proof_before, thinking};
use super::{usage, write_reason};
use crate::chat::{Content, Delta, Event, Finish, Made, Part, call_ids};
use crate::json::{Object, Value, quote};
use crate::language::{ErrorFacts, EventEncoder};
use crate::usage::UsageReport;

/// The state of one stream.
#[derive(Debug)]
pub(in super::super) struct MessageEncoder {
    made: Made,
    has_begun: bool,
    has_calls: bool,
    /// The number of the block that grows, or of the next one.
    index: u64,
    growing: Growing,
    /// A block was begun for the part; the language has none for every part.
    is_open: bool,
    usage: Option<UsageReport>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Growing {
    Text,
    Thinking,
    Arguments,
    /// Free text of a custom tool, which is one member of an object here.
    FreeText,
    Nothing,
}

impl MessageEncoder {
    pub(in super::super) fn new(made: Made) -> Self {
        Self {
            made,
            has_begun: false,
            has_calls: false,
            index: 0,
            growing: Growing::Nothing,
            is_open: false,
            usage: None,
        }
    }

    fn begin(&mut self, out: &mut Vec<u8>) {
        if std::mem::replace(&mut self.has_begun, true) {
            return;
        }
        let message = head(&self.made, Vec::new())
            .with("stop_reason", Value::Null)
            .with("stop_sequence", Value::Null)
            .with("usage", usage::write(self.usage.as_ref()));
        event("message_start", Object::new().with("message", message), out);
    }

    fn began(&mut self, part: &Part, out: &mut Vec<u8>) {
        self.begin(out);
        if let Some(proof) = proof_before(part) {
            self.start(thinking("", ""), out);
            self.delta("signature_delta", "signature", &proof, out);
            self.stop(out);
        }
        self.growing = match &part.content {
            Content::Text { .. } | Content::Refusal(_) => Growing::Text,
            Content::Reasoning { .. } => Growing::Thinking,
            Content::ToolCall(call) if call.is_custom => Growing::FreeText,
            Content::ToolCall(_) => Growing::Arguments,
            _ => Growing::Nothing,
        };
        match &part.content {
            Content::ToolCall(call) => {
                self.has_calls = true;
                let start = Object::of_type("tool_use")
                    .with("id", &*call_ids::written(&call.id))
                    .with("name", call.name.as_str())
                    .with("input", Object::new());
                self.start(start, out);
                let first = if call.is_custom { r#"{"input":""# } else { "" };
                self.delta("input_json_delta", "partial_json", first, out);
            }
            _ => {
                if let Some(block) = block(part) {
                    self.start(block, out);
                } else {
                    self.growing = Growing::Nothing;
                }
            }
        }
    }

    fn start(&mut self, block: Object, out: &mut Vec<u8>) {
        self.is_open = true;
        let start = Object::new()
            .with("index", self.index)
            .with("content_block", block);
        event("content_block_start", start, out);
    }

    fn stop(&mut self, out: &mut Vec<u8>) {
        if !std::mem::take(&mut self.is_open) {
            return;
        }
        let stop = Object::new().with("index", self.index);
        event("content_block_stop", stop, out);
        self.index += 1;
    }

    fn delta(&self, kind: &str, name: &str, text: &str, out: &mut Vec<u8>) {
        let parts = [
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":",
            &self.index.to_string(),
            ",\"delta\":{\"type\":\"",
            kind,
            "\",\"",
            name,
            "\":",
            &quote(text),
            "}}\n\n",
        ];
        for part in parts {
            out.extend_from_slice(part.as_bytes());
        }
    }

    fn grew(&mut self, delta: &Delta, out: &mut Vec<u8>) {
        match (delta, self.growing) {
            (Delta::Text(text), Growing::Text) => self.delta("text_delta", "text", text, out),
            (Delta::Text(text), Growing::Thinking) => {
                self.delta("thinking_delta", "thinking", text, out);
            }
            (Delta::Arguments(text), Growing::Arguments) => {
                self.delta("input_json_delta", "partial_json", text, out);
            }
            (Delta::Arguments(text), Growing::FreeText) => {
                let quoted = quote(text);
                let inner = quoted.get(1..quoted.len() - 1).unwrap_or_default();
                self.delta("input_json_delta", "partial_json", inner, out);
            }
            (Delta::Signature(signature), Growing::Thinking) => {
                let text = signature.write(NAME);
                self.delta("signature_delta", "signature", &text, out);
            }
            (Delta::Citation(citation), Growing::Text) => {
                if let Some(own) = native(citation) {
                    let delta = Object::of_type("citations_delta").with("citation", own);
                    let grown = Object::new().with("index", self.index).with("delta", delta);
                    event("content_block_delta", grown, out);
                }
            }
            _ => {}
        }
    }

    fn finish(&mut self, finish: &Finish, out: &mut Vec<u8>) {
        self.begin(out);
        let sequence = finish.stop_sequence.as_deref();
        let delta = Object::new()
            .with("stop_reason", write_reason(finish, self.has_calls))
            .with("stop_sequence", sequence.map_or(Value::Null, Value::from));
        let end = Object::new()
            .with("delta", delta)
            .with("usage", usage::write(self.usage.as_ref()));
        event("message_delta", end, out);
        event("message_stop", Object::new(), out);
    }
}

/// Adds an event whose data begin with its type.
fn event(name: &str, members: Object, out: &mut Vec<u8>) {
    let Value::Object(members) = Value::from(members) else {
        return;
    };
    let mut data = Object::of_type(name);
    for (name, value) in members {
        data.add(&name, value);
    }
    let data = Value::from(data).to_json();
    for part in ["event: ", name, "\ndata: ", &data, "\n\n"] {
        out.extend_from_slice(part.as_bytes());
    }
}

impl EventEncoder for MessageEncoder {
    fn write(&mut self, event: &Event, out: &mut Vec<u8>) {
        match event {
            Event::Started { .. } | Event::Failed(_) => {}
            Event::Began(part) => self.began(part, out),
            Event::Grew(delta) => self.grew(delta, out),
            Event::Ended => {
                if self.growing == Growing::FreeText {
                    self.delta("input_json_delta", "partial_json", "\"}", out);
                }
                self.growing = Growing::Nothing;
                self.stop(out);
            }
            Event::Usage(usage) => self.usage.get_or_insert_default().update(*usage),
            Event::Finished(finish) => self.finish(finish, out),
        }
    }

    fn fail(&mut self, error: &ErrorFacts<'_>, out: &mut Vec<u8>) {
        out.extend_from_slice(envelope::event(error).as_bytes());
    }
}

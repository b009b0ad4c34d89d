//! Reading a stream of chat.

use super::message::{self, Kind};
use super::usage;
use crate::chat::{Content, Delta, Event, Part};
use crate::error::UpstreamError;
use crate::json::{Fields, Value};
use crate::language::EventDecoder;
use crate::refusal;
use crate::sse;

/// The end marker of the stream.
const DONE: &[u8] = b"[DONE]";

/// The state of one stream.
#[derive(Debug, Default)]
pub(super) struct ChatDecoder {
    growing: Growing,
    is_finished: bool,
}

/// The part that grows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Growing {
    #[default]
    Nothing,
    Content(Kind),
    Call {
        has_arguments: bool,
    },
}

impl ChatDecoder {
    /// Lets a content grow, which begins where there is none of its kind.
    fn say(&mut self, kind: Kind, text: String, out: &mut Vec<Event>) {
        if text.is_empty() {
            return;
        }
        if self.growing != Growing::Content(kind) {
            self.stop(out);
            out.push(Event::Began(message::part_of(kind, "")));
            self.growing = Growing::Content(kind);
        }
        out.push(Event::Grew(Delta::Text(text)));
    }

    fn content(&mut self, mut message: Fields, out: &mut Vec<Event>) {
        if let Some(content) = message.take("content") {
            let (kind, text) = message::begin(&content);
            self.say(kind, text, out);
        }
    }

    /// In streams a message has one call, and no list of them.
    fn call(&mut self, mut message: Fields, out: &mut Vec<Event>) {
        self.stop(out);
        let mut call = message::call(message.take("tool_calls").unwrap_or(Value::Null));
        let arguments = std::mem::take(&mut call.arguments);
        out.push(Event::Began(Part::new(Content::ToolCall(call))));
        self.growing = Growing::Call {
            has_arguments: false,
        };
        self.arguments(arguments, out);
    }

    fn arguments(&mut self, text: String, out: &mut Vec<Event>) {
        if let Growing::Call { has_arguments } = &mut self.growing
            && !text.is_empty()
        {
            *has_arguments = true;
            out.push(Event::Grew(Delta::Arguments(text)));
        }
    }

    fn cite(&mut self, mut message: Fields, out: &mut Vec<Event>) {
        let Some(citation) = message.take("citations") else {
            return;
        };
        if self.growing == Growing::Content(Kind::Text) {
            let citation = message::citation(citation);
            out.push(Event::Grew(Delta::Citation(citation)));
        }
    }

    fn stop(&mut self, out: &mut Vec<Event>) {
        match std::mem::take(&mut self.growing) {
            Growing::Nothing => return,
            // A call without arguments has an empty object.
            Growing::Call {
                has_arguments: false,
            } => out.push(Event::Grew(Delta::Arguments("{}".to_owned()))),
            Growing::Call { .. } | Growing::Content(_) => {}
        }
        out.push(Event::Ended);
    }

    fn end(&mut self, mut delta: Fields, out: &mut Vec<Event>) {
        if std::mem::replace(&mut self.is_finished, true) {
            return;
        }
        self.stop(out);
        let usage = delta.take("usage");
        out.extend(usage.as_ref().and_then(usage::read).map(Event::Usage));
        if let Some(words) = delta.text("error").filter(|text| !text.is_empty()) {
            let failure = refusal::classify_unmarked(words.as_bytes());
            out.push(Event::Failed(failure));
            return;
        }
        let reason = delta.text("finish_reason").unwrap_or_default();
        out.push(Event::Finished(message::finish(&reason)));
    }
}

impl EventDecoder for ChatDecoder {
    fn read(&mut self, event: &sse::Event, out: &mut Vec<Event>) -> Result<(), UpstreamError> {
        if *event.data == *DONE {
            return Ok(());
        }
        let Some(value @ Value::Object(_)) = Value::read(&event.data) else {
            return Err(UpstreamError::Protocol {
                detail: "an event of the stream is not a JSON object",
            });
        };
        let mut fields = Fields::of(value);
        let Some(kind) = fields.text("type").filter(|_| !event.is_error()) else {
            out.push(Event::Failed(refusal::classify_unmarked(&event.data)));
            return Ok(());
        };
        let mut delta = fields.fields("delta");
        match kind.as_str() {
            "message-start" => out.push(Event::Started {
                id: fields.text("id"),
                model: None,
            }),
            "tool-plan-delta" => {
                let plan = delta.fields("message").text("tool_plan");
                self.say(Kind::Text, plan.unwrap_or_default(), out);
            }
            "content-start" | "content-delta" => self.content(delta.fields("message"), out),
            "content-end" | "tool-call-end" => self.stop(out),
            "tool-call-start" => self.call(delta.fields("message"), out),
            "tool-call-delta" => {
                let mut call = delta.fields("message").fields("tool_calls");
                let arguments = call.fields("function").text("arguments");
                self.arguments(arguments.unwrap_or_default(), out);
            }
            "citation-start" => self.cite(delta.fields("message"), out),
            "message-end" => self.end(delta, out),
            // Events to come.
            _ => {}
        }
        Ok(())
    }

    fn finish(&mut self, _body_is_whole: bool, _out: &mut Vec<Event>) {}
}

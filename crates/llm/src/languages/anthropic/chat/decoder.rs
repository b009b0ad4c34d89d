//! Reading messages, whole or in events, into the inner form.

use super::super::NAME;
use super::usage::Count;
use super::{blocks, read_reason};
use crate::chat::{Content, Delta, Event, Finish, Part, Response, Signature, ToolCall};
use crate::error::UpstreamError;
use crate::json::{Fields, Value};
use crate::language::{DISORDER, EventDecoder};
use crate::refusal;
use crate::sse;

/// Reads a whole response.
pub(in super::super) fn read_response(body: &[u8]) -> Result<Response, UpstreamError> {
    let Some(value @ Value::Object(_)) = Value::read(body) else {
        return Err(UpstreamError::Protocol {
            detail: "the response is not a JSON object",
        });
    };
    if value.get("error").is_some_and(|error| !error.is_falsy()) {
        return Err(refusal::classify_unmarked(body));
    }
    let mut fields = Fields::of(value);
    let Some(Value::List(content)) = fields.take("content") else {
        return Err(UpstreamError::Protocol {
            detail: "the response has no content",
        });
    };
    let mut count = Count::default();
    if let Some(usage) = fields.take("usage") {
        count.read_value(&usage);
    }
    let reason = fields.text("stop_reason").unwrap_or_default();
    Ok(Response {
        id: fields.text("id"),
        model: fields.text("model"),
        parts: content.into_iter().map(whole_block).collect(),
        finish: Finish {
            reason: read_reason(&reason),
            stop_sequence: fields.text("stop_sequence"),
        },
        usage: count.report(),
    })
}

/// A call without arguments has an empty object, as its text too.
fn whole_block(value: Value) -> Part {
    let mut part = blocks::block(value);
    if let Content::ToolCall(call) = &mut part.content
        && call.arguments.is_empty()
    {
        "{}".clone_into(&mut call.arguments);
    }
    part
}

/// The state of one stream.
#[derive(Debug, Default)]
pub(in super::super) struct MessageDecoder {
    count: Count,
    finish: Option<Finish>,
    is_started: bool,
    is_finished: bool,
    growing: Growing,
    /// The number of the block that grows, where the provider says it.
    index: Option<u64>,
}

/// The block that grows.
#[derive(Debug, Default)]
enum Growing {
    #[default]
    Nothing,
    Part,
    Call {
        has_arguments: bool,
    },
    /// A block that only this language knows, whose input comes in pieces.
    Opaque {
        value: Value,
        input: String,
    },
}

impl MessageDecoder {
    /// Checks that a block is not begun twice, and that what grows is the block that was begun.
    fn check(&mut self, kind: &str, index: Option<u64>) -> Result<(), UpstreamError> {
        let is_open = !matches!(self.growing, Growing::Nothing);
        let is_same = index.is_some() && index == self.index;
        let is_other = index.is_some() && self.index.is_some() && !is_same;
        let is_disorder = match kind {
            "message_start" => std::mem::replace(&mut self.is_started, true),
            "content_block_start" => is_open && is_same,
            "content_block_delta" => !is_open || is_other,
            "content_block_stop" => is_open && is_other,
            _ => false,
        };
        if kind == "content_block_start" {
            self.index = index;
        }
        if is_disorder { Err(DISORDER) } else { Ok(()) }
    }

    fn start(&mut self, block: Value, out: &mut Vec<Event>) {
        let part = blocks::block(block);
        match part.content {
            Content::Text { text, citations } => {
                out.push(Event::Began(Part::text("")));
                self.grow(Delta::Text(text), out);
                out.extend(
                    citations
                        .into_iter()
                        .map(|cited| Event::Grew(Delta::Citation(cited))),
                );
                self.growing = Growing::Part;
            }
            Content::Reasoning { text, .. } => {
                out.push(Event::Began(Part::reasoning("")));
                self.grow(Delta::Text(text), out);
                out.extend(
                    part.signature
                        .map(|proof| Event::Grew(Delta::Signature(proof))),
                );
                self.growing = Growing::Part;
            }
            Content::ToolCall(call) => {
                let arguments = call.arguments;
                let begin = ToolCall {
                    arguments: String::new(),
                    ..call
                };
                out.push(Event::Began(Part::new(Content::ToolCall(begin))));
                let has_arguments = !arguments.is_empty();
                self.grow(Delta::Arguments(arguments), out);
                self.growing = Growing::Call { has_arguments };
            }
            Content::Opaque { value, .. } => {
                self.growing = Growing::Opaque {
                    value,
                    input: String::new(),
                };
            }
            _ => {
                out.push(Event::Began(part));
                self.growing = Growing::Part;
            }
        }
    }

    fn grow(&self, delta: Delta, out: &mut Vec<Event>) {
        let is_said = match &delta {
            Delta::Text(text) | Delta::Arguments(text) => !text.is_empty(),
            Delta::Signature(_) | Delta::Citation(_) => true,
        };
        if is_said {
            out.push(Event::Grew(delta));
        }
    }

    fn delta(&mut self, delta: Value, out: &mut Vec<Event>) {
        let mut fields = Fields::of(delta);
        let kind = fields.text("type").unwrap_or_default();
        match kind.as_str() {
            "text_delta" => {
                let text = fields.text("text").unwrap_or_default();
                self.grow(Delta::Text(text), out);
            }
            "thinking_delta" => {
                let text = fields.text("thinking").unwrap_or_default();
                self.grow(Delta::Text(text), out);
            }
            "signature_delta" => {
                let signature = fields.text("signature").unwrap_or_default();
                self.grow(Delta::Signature(Signature::new(NAME, signature)), out);
            }
            "citations_delta" => {
                if let Some(citation) = fields.take("citation") {
                    self.grow(Delta::Citation(blocks::citation(citation)), out);
                }
            }
            "input_json_delta" => {
                let text = fields.text("partial_json").unwrap_or_default();
                match &mut self.growing {
                    Growing::Opaque { input, .. } => input.push_str(&text),
                    Growing::Call { has_arguments } => {
                        *has_arguments |= !text.is_empty();
                        self.grow(Delta::Arguments(text), out);
                    }
                    Growing::Nothing | Growing::Part => {}
                }
            }
            _ => {}
        }
    }

    fn stop(&mut self, out: &mut Vec<Event>) {
        match std::mem::take(&mut self.growing) {
            Growing::Nothing => return,
            Growing::Part => {}
            Growing::Call { has_arguments } => {
                if !has_arguments {
                    out.push(Event::Grew(Delta::Arguments("{}".to_owned())));
                }
            }
            Growing::Opaque { value, input } => {
                let value = with_input(value, &input);
                out.push(Event::Began(Part::new(Content::Opaque {
                    language: NAME,
                    value,
                })));
            }
        }
        out.push(Event::Ended);
    }

    fn end(&mut self, out: &mut Vec<Event>) {
        if std::mem::replace(&mut self.is_finished, true) {
            return;
        }
        self.stop(out);
        out.push(Event::Finished(self.finish.take().unwrap_or_default()));
    }

    fn usage(&mut self, usage: Option<Value>, out: &mut Vec<Event>) {
        if let Some(usage) = usage {
            self.count.read_value(&usage);
            out.extend(self.count.report().map(Event::Usage));
        }
    }
}

fn with_input(mut value: Value, input: &str) -> Value {
    if let (Value::Object(members), Some(input)) = (&mut value, Value::read(input.as_bytes())) {
        for (name, member) in members.iter_mut() {
            if name == "input" {
                *member = input.clone();
            }
        }
    }
    value
}

impl EventDecoder for MessageDecoder {
    fn read(&mut self, event: &sse::Event, out: &mut Vec<Event>) -> Result<(), UpstreamError> {
        let Some(value @ Value::Object(_)) = Value::read(&event.data) else {
            return Err(UpstreamError::Protocol {
                detail: "an event of the stream is not a JSON object",
            });
        };
        let kind = value.text_of("type").unwrap_or_default().to_owned();
        let mut fields = Fields::of(value);
        if !self.is_finished {
            self.check(&kind, fields.count("index"))?;
        }
        match kind.as_str() {
            "message_start" => {
                let mut message = fields.fields("message");
                out.push(Event::Started {
                    id: message.text("id"),
                    model: message.text("model"),
                });
                self.usage(message.take("usage"), out);
            }
            "content_block_start" => {
                self.stop(out);
                if let Some(block) = fields.take("content_block") {
                    self.start(block, out);
                }
            }
            "content_block_delta" => {
                if let Some(delta) = fields.take("delta") {
                    self.delta(delta, out);
                }
            }
            "content_block_stop" => self.stop(out),
            "message_delta" => {
                let mut delta = fields.fields("delta");
                if let Some(reason) = delta.text("stop_reason") {
                    self.finish = Some(Finish {
                        reason: read_reason(&reason),
                        stop_sequence: delta.text("stop_sequence"),
                    });
                }
                self.usage(fields.take("usage"), out);
            }
            "message_stop" => self.end(out),
            "error" => out.push(Event::Failed(refusal::classify_unmarked(&event.data))),
            // Pings, and events to come.
            _ => {}
        }
        Ok(())
    }

    fn finish(&mut self, _body_is_whole: bool, out: &mut Vec<Event>) {
        if self.finish.is_some() {
            self.end(out);
        }
    }
}

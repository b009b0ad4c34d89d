//! Reading a stream of converse. A text begins without being announced, and usage comes behind the reason of the end.

use super::{read_blocks, usage};
use crate::chat::{Content, Delta, Event, Finish, Part, Signature, ToolCall};
use crate::error::UpstreamError;
use crate::json::{Fields, Value};
use crate::language::{DISORDER, EventDecoder};
use crate::refusal;
use crate::sse;

/// The state of one stream.
#[derive(Debug, Default)]
pub(super) struct ConverseDecoder {
    growing: Growing,
    finish: Option<Finish>,
    is_finished: bool,
    /// The number of the last block.
    index: u64,
    is_started: bool,
}

/// The block that grows.
#[derive(Debug, Default, PartialEq, Eq)]
enum Growing {
    #[default]
    Nothing,
    Text,
    Reasoning,
    Call {
        has_arguments: bool,
    },
    /// A block that only this language knows.
    Opaque,
}

impl ConverseDecoder {
    /// Checks that no block is announced twice while it grows, and that none comes behind a later one.
    fn check(&mut self, name: &[u8], index: Option<u64>) -> Result<(), UpstreamError> {
        let is_open = self.growing != Growing::Nothing;
        let index = index.unwrap_or(self.index);
        let is_disorder = match name {
            b"messageStart" => std::mem::replace(&mut self.is_started, true),
            b"contentBlockStart" => index < self.index || (is_open && index == self.index),
            b"contentBlockDelta" | b"contentBlockStop" => index < self.index,
            _ => false,
        };
        self.index = index.max(self.index);
        if is_disorder { Err(DISORDER) } else { Ok(()) }
    }

    fn start(&mut self, start: Value, out: &mut Vec<Event>) {
        self.stop(out);
        let whole = start.clone();
        let call = Fields::of(start)
            .take("toolUse")
            .and_then(read_blocks::tool_use);
        match call {
            Some(part) => {
                out.push(Event::Began(without_arguments(part)));
                self.growing = Growing::Call {
                    has_arguments: false,
                };
            }
            None => {
                out.push(Event::Began(read_blocks::opaque(whole)));
                self.growing = Growing::Opaque;
            }
        }
    }

    /// Begins a part of this kind, unless one grows.
    fn open(&mut self, kind: Growing, part: Part, out: &mut Vec<Event>) {
        if self.growing != kind {
            self.stop(out);
            out.push(Event::Began(part));
            self.growing = kind;
        }
    }

    fn delta(&mut self, delta: Value, out: &mut Vec<Event>) {
        let mut fields = Fields::of(delta);
        if let Some(text) = fields.text("text").filter(|text| !text.is_empty()) {
            self.open(Growing::Text, Part::text(""), out);
            out.push(Event::Grew(Delta::Text(text)));
        }
        if let Some(citation) = fields.take("citation") {
            self.open(Growing::Text, Part::text(""), out);
            let citation = read_blocks::citation(citation);
            out.push(Event::Grew(Delta::Citation(citation)));
        }
        if let Some(thought) = fields.take("reasoningContent") {
            self.thought(thought, out);
        }
        let input = fields.fields("toolUse").text("input");
        if let (Some(input), Growing::Call { has_arguments }) = (input, &mut self.growing)
            && !input.is_empty()
        {
            *has_arguments = true;
            out.push(Event::Grew(Delta::Arguments(input)));
        }
    }

    fn thought(&mut self, thought: Value, out: &mut Vec<Event>) {
        let mut fields = Fields::of(thought);
        if let Some(data) = fields.text("redactedContent") {
            self.stop(out);
            out.push(Event::Began(read_blocks::redacted(&data)));
            out.push(Event::Ended);
        }
        if let Some(text) = fields.text("text").filter(|text| !text.is_empty()) {
            self.open(Growing::Reasoning, Part::reasoning(""), out);
            out.push(Event::Grew(Delta::Text(text)));
        }
        let signature = fields.text("signature").filter(|text| !text.is_empty());
        if let Some(data) = signature {
            self.open(Growing::Reasoning, Part::reasoning(""), out);
            let signature = Signature::new(super::NAME, data);
            out.push(Event::Grew(Delta::Signature(signature)));
        }
    }

    fn stop(&mut self, out: &mut Vec<Event>) {
        match std::mem::take(&mut self.growing) {
            Growing::Nothing => return,
            Growing::Call {
                has_arguments: false,
            } => out.push(Event::Grew(Delta::Arguments("{}".to_owned()))),
            Growing::Call { .. } | Growing::Text | Growing::Reasoning | Growing::Opaque => {}
        }
        out.push(Event::Ended);
    }

    fn end(&mut self, out: &mut Vec<Event>) {
        let Some(finish) = self.finish.take() else {
            return;
        };
        if !std::mem::replace(&mut self.is_finished, true) {
            self.stop(out);
            out.push(Event::Finished(finish));
        }
    }
}

fn without_arguments(mut part: Part) -> Part {
    if let Content::ToolCall(call) = &mut part.content {
        *call = ToolCall {
            arguments: String::new(),
            ..call.clone()
        };
    }
    part
}

impl EventDecoder for ConverseDecoder {
    fn read(&mut self, event: &sse::Event, out: &mut Vec<Event>) -> Result<(), UpstreamError> {
        if event.is_error() {
            out.push(Event::Failed(refusal::classify_unmarked(&event.data)));
            return Ok(());
        }
        let Some(value @ Value::Object(_)) = Value::read(&event.data) else {
            return Err(UpstreamError::Protocol {
                detail: "an event of the stream is not a JSON object",
            });
        };
        let mut fields = Fields::of(value);
        let name = event.name.as_deref().unwrap_or_default();
        self.check(name, fields.count("contentBlockIndex"))?;
        match name {
            b"messageStart" => out.push(Event::Started {
                id: None,
                model: None,
            }),
            b"contentBlockStart" => {
                if let Some(start) = fields.take("start") {
                    self.start(start, out);
                }
            }
            b"contentBlockDelta" => {
                if let Some(delta) = fields.take("delta") {
                    self.delta(delta, out);
                }
            }
            b"contentBlockStop" => self.stop(out),
            b"messageStop" => {
                let reason = fields.text("stopReason").unwrap_or_default();
                self.finish = Some(read_blocks::finish(&reason));
            }
            b"metadata" => {
                let usage = fields.take("usage");
                out.extend(usage.as_ref().and_then(usage::read).map(Event::Usage));
                self.end(out);
            }
            // Events to come.
            _ => {}
        }
        Ok(())
    }

    fn finish(&mut self, _body_is_whole: bool, out: &mut Vec<Event>) {
        self.end(out);
    }
}

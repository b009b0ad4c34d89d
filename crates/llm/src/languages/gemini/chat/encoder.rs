//! Writing the chunks of a streamed response. A call comes whole, and the last chunk has the reason and the count.

use super::parts::{text_part, with_proof};
use super::write_response::{candidate, part, with_names};
use super::{grounding, usage, write_reason};
use crate::chat::{Citation, Content, Delta, Event, Finish, Made, Part};
use crate::json::{Object, Value};
use crate::language::{ErrorFacts, EventEncoder};
use crate::usage::UsageReport;

/// The state of one stream.
#[derive(Debug)]
pub(in super::super) struct ChunkEncoder {
    made: Made,
    growing: Option<Part>,
    /// The text so far, which places of citations are counted in.
    text: String,
    citations: Vec<Citation>,
    usage: Option<UsageReport>,
}

impl ChunkEncoder {
    pub(in super::super) fn new(made: Made) -> Self {
        Self {
            made,
            growing: None,
            text: String::new(),
            citations: Vec::new(),
            usage: None,
        }
    }

    fn chunk(&self, candidate: Object, more: Option<Object>, out: &mut Vec<u8>) {
        let body = Object::new()
            .with("candidates", vec![candidate.with("index", 0u64)])
            .maybe("usageMetadata", more);
        let data = Value::from(with_names(body, &self.made)).to_json();
        for piece in ["data: ", &data, "\n\n"] {
            out.extend_from_slice(piece.as_bytes());
        }
    }

    fn say(&self, part: Object, out: &mut Vec<u8>) {
        self.chunk(candidate(vec![part]), None, out);
    }

    fn grew(&mut self, delta: &Delta, out: &mut Vec<u8>) {
        let Some(growing) = &mut self.growing else {
            return;
        };
        match (delta, &mut growing.content) {
            (Delta::Text(text), Content::Text { .. } | Content::Refusal(_)) => {
                self.text.push_str(text);
                self.say(text_part(text), out);
            }
            (Delta::Text(text), Content::Reasoning { .. }) => {
                self.say(text_part(text).with("thought", true), out);
            }
            (Delta::Arguments(text), Content::ToolCall(call)) => call.arguments.push_str(text),
            (Delta::Signature(signature), _) => growing.signature = Some(signature.clone()),
            (Delta::Citation(citation), _) => self.citations.push(citation.clone()),
            _ => {}
        }
    }

    /// The part is complete: what was not said as it grew is said now.
    fn ended(&mut self, out: &mut Vec<u8>) {
        let Some(ended) = self.growing.take() else {
            return;
        };
        let proof = ended.signature.as_ref();
        match &ended.content {
            Content::Text { .. } | Content::Refusal(_) => {
                if proof.is_some() {
                    self.say(with_proof(text_part(""), proof, false), out);
                }
            }
            Content::Reasoning { .. } => {
                if proof.is_some() {
                    let thought = text_part("").with("thought", true);
                    self.say(with_proof(thought, proof, false), out);
                }
            }
            _ => {
                if let Some(whole) = part(&ended) {
                    self.say(whole, out);
                }
            }
        }
    }

    fn finish(&mut self, finish: &Finish, out: &mut Vec<u8>) {
        let grounding = grounding::write(&self.citations, &self.text);
        let last = candidate(vec![text_part("")])
            .with("finishReason", write_reason(finish))
            .maybe("groundingMetadata", grounding);
        self.chunk(last, self.usage.as_ref().map(usage::write), out);
    }
}

impl EventEncoder for ChunkEncoder {
    fn write(&mut self, event: &Event, out: &mut Vec<u8>) {
        match event {
            Event::Started { .. } | Event::Failed(_) => {}
            Event::Began(part) => self.growing = Some(part.clone()),
            Event::Grew(delta) => self.grew(delta, out),
            Event::Ended => self.ended(out),
            Event::Usage(usage) => self.usage.get_or_insert_default().update(*usage),
            Event::Finished(finish) => self.finish(finish, out),
        }
    }

    fn fail(&mut self, error: &ErrorFacts<'_>, out: &mut Vec<u8>) {
        out.extend_from_slice(super::super::envelope::event(error).as_bytes());
    }
}

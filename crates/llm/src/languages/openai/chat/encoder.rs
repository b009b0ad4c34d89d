//! Writing the chunks of a streamed chat completion.

use super::super::envelope;
use super::write_response::{annotation, usage, with_signature};
use super::{reasoning, write_reason};
use crate::chat::{Content, Delta, Event, Made, Part, Signature, ToolCall};
use crate::json::{Object, Value, quote};
use crate::language::{ErrorFacts, EventEncoder};
use crate::usage::UsageReport;

/// The end of a stream.
const DONE: &[u8] = b"data: [DONE]\n\n";

/// The state of one stream.
#[derive(Debug)]
pub(in super::super) struct ChunkEncoder {
    /// The members of every chunk before its choices.
    head: String,
    includes_usage: bool,
    has_begun: bool,
    calls: u64,
    details: u64,
    citations: u64,
    usage: Option<UsageReport>,
    /// The part that grows.
    growing: Growing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Growing {
    Text,
    Reasoning,
    Refusal,
    Call { is_custom: bool },
    Nothing,
}

impl ChunkEncoder {
    pub(in super::super) fn new(includes_usage: bool, made: &Made) -> Self {
        Self {
            head: format!(
                r#"data: {{"id":{},"object":"chat.completion.chunk","created":{},"model":{},"choices":["#,
                quote(&made.id("chatcmpl-")),
                made.created_s,
                quote(&made.model),
            ),
            includes_usage,
            has_begun: false,
            calls: 0,
            details: 0,
            citations: 0,
            usage: None,
            growing: Growing::Nothing,
        }
    }

    fn delta(&self, delta: &str, out: &mut Vec<u8>) {
        self.choice(delta, "null", out);
    }

    fn choice(&self, delta: &str, reason: &str, out: &mut Vec<u8>) {
        let parts = [
            &self.head,
            r#"{"index":0,"delta":"#,
            delta,
            r#","logprobs":null,"finish_reason":"#,
            reason,
            "}]}\n\n",
        ];
        for part in parts {
            out.extend_from_slice(part.as_bytes());
        }
    }

    fn object(&self, delta: Object, out: &mut Vec<u8>) {
        self.delta(&Value::from(delta).to_json(), out);
    }

    /// The role stands in the first chunk.
    fn begin(&mut self, out: &mut Vec<u8>) {
        if !std::mem::replace(&mut self.has_begun, true) {
            self.delta(r#"{"role":"assistant","content":""}"#, out);
        }
    }

    fn began(&mut self, part: &Part, out: &mut Vec<u8>) {
        self.begin(out);
        self.growing = match &part.content {
            Content::Text { .. } => Growing::Text,
            Content::Reasoning { .. } => Growing::Reasoning,
            Content::Refusal(_) => Growing::Refusal,
            Content::ToolCall(call) => {
                self.call(call, part, out);
                Growing::Call {
                    is_custom: call.is_custom,
                }
            }
            _ => {
                self.whole(part, out);
                Growing::Nothing
            }
        };
    }

    fn call(&mut self, call: &ToolCall, part: &Part, out: &mut Vec<u8>) {
        let (kind, arguments) = if call.is_custom {
            ("custom", "input")
        } else {
            ("function", "arguments")
        };
        let inner = Object::new()
            .with("name", call.name.as_str())
            .with(arguments, call.arguments.as_str());
        let call = Object::new()
            .with("index", self.calls)
            .with("id", call.id.as_str())
            .with("type", kind)
            .with(kind, inner);
        self.calls += 1;
        let call = with_signature(call, part);
        self.object(Object::new().with("tool_calls", vec![call]), out);
    }

    /// A part that comes at once.
    fn whole(&mut self, part: &Part, out: &mut Vec<u8>) {
        if let Content::Image(media) = &part.content {
            let image = media.url("image/png").map(|url| {
                Object::of_type("image_url").with("image_url", Object::new().with("url", url))
            });
            if let Some(image) = image {
                self.object(Object::new().with("images", vec![image]), out);
            }
        }
        if let Some(detail) = reasoning::write(part, self.details) {
            self.details += 1;
            self.object(Object::new().with("reasoning_details", vec![detail]), out);
        }
    }

    fn grew(&mut self, delta: &Delta, out: &mut Vec<u8>) {
        match (delta, self.growing) {
            (Delta::Text(text), Growing::Text) => self.text("content", text, out),
            (Delta::Text(text), Growing::Reasoning) => self.text("reasoning_content", text, out),
            (Delta::Text(text), Growing::Refusal) => self.text("refusal", text, out),
            (Delta::Arguments(text), Growing::Call { is_custom }) => {
                self.arguments(text, is_custom, out);
            }
            (Delta::Signature(signature), Growing::Reasoning) => self.proof(signature, out),
            (Delta::Citation(citation), _) => {
                // OpenAI's SDKs put lists of a stream together by the places of their items.
                let cited = annotation(citation).with("index", self.citations);
                self.citations += 1;
                self.object(Object::new().with("annotations", vec![cited]), out);
            }
            _ => {}
        }
    }

    fn text(&self, name: &str, text: &str, out: &mut Vec<u8>) {
        if !text.is_empty() {
            self.delta(&format!(r#"{{"{name}":{}}}"#, quote(text)), out);
        }
    }

    fn arguments(&self, text: &str, is_custom: bool, out: &mut Vec<u8>) {
        let index = self.calls.saturating_sub(1);
        let (kind, name) = if is_custom {
            ("custom", "input")
        } else {
            ("function", "arguments")
        };
        let delta = format!(
            r#"{{"tool_calls":[{{"index":{index},"{kind}":{{"{name}":{}}}}}]}}"#,
            quote(text)
        );
        self.delta(&delta, out);
    }

    /// The proof of a thought whose text was sent already.
    fn proof(&mut self, signature: &Signature, out: &mut Vec<u8>) {
        let detail = Object::of_type("reasoning.text")
            .with("signature", signature.data.as_str())
            .with("format", reasoning::format_of(signature))
            .with("index", self.details);
        self.details += 1;
        self.object(Object::new().with("reasoning_details", vec![detail]), out);
    }

    fn finish(&mut self, reason: &str, out: &mut Vec<u8>) {
        self.begin(out);
        self.choice("{}", &quote(reason), out);
        if let Some(report) = self.usage.filter(|_| self.includes_usage) {
            let counted = Value::from(usage(&report)).to_json();
            for part in [&self.head, r#"],"usage":"#, &counted, "}\n\n"] {
                out.extend_from_slice(part.as_bytes());
            }
        }
        out.extend_from_slice(DONE);
    }
}

impl EventEncoder for ChunkEncoder {
    fn write(&mut self, event: &Event, out: &mut Vec<u8>) {
        match event {
            Event::Started { .. } | Event::Failed(_) => {}
            Event::Began(part) => self.began(part, out),
            Event::Grew(delta) => self.grew(delta, out),
            Event::Ended => self.growing = Growing::Nothing,
            Event::Usage(usage) => self.usage.get_or_insert_default().update(*usage),
            Event::Finished(finish) => {
                let reason = finish.reason.with_calls(self.calls > 0);
                self.finish(write_reason(reason), out);
            }
        }
    }

    fn fail(&mut self, error: &ErrorFacts<'_>, out: &mut Vec<u8>) {
        out.extend_from_slice(envelope::event(error).as_bytes());
    }
}

//! Writing the events of a streamed response. Each repeats what it is about, and the last has the whole response.

use super::super::{NAME, envelope};
use super::items::{
    annotation, call_item, free_text, message_item, output_text, proof_item, reasoning_item,
    summary_text,
};
use super::object::{self, State};
use crate::chat::{Content, Delta, Event, Finish, Made, Part, Request, ToolCall, ToolKind};
use crate::json::{Object, Value};
use crate::language::{ErrorFacts, EventEncoder};
use crate::usage::UsageReport;

/// The state of one stream.
#[derive(Debug)]
pub(in super::super) struct ResponseEncoder {
    made: Made,
    repeated: Vec<(String, Value)>,
    /// Names of the tools that take free text.
    custom_tools: Vec<String>,
    number: u64,
    has_begun: bool,
    output: Vec<Value>,
    /// The parts of the message that is open.
    message: Option<Vec<Value>>,
    growing: Growing,
    usage: Option<UsageReport>,
}

#[derive(Debug)]
enum Growing {
    Nothing,
    Text {
        text: String,
        annotations: Vec<Value>,
    },
    Refusal(String),
    Reasoning {
        text: String,
        proof: Option<String>,
    },
    Call {
        call: ToolCall,
        is_renamed: bool,
    },
}

impl ResponseEncoder {
    pub(in super::super) fn new(request: &Request, made: Made) -> Self {
        let is_custom = |tool: &&crate::chat::Tool| matches!(tool.kind, ToolKind::Custom { .. });
        let custom = request.tools.iter().filter(is_custom);
        Self {
            made,
            repeated: object::repeated(request),
            custom_tools: custom.map(|tool| tool.name.clone()).collect(),
            number: 0,
            has_begun: false,
            output: Vec::new(),
            message: None,
            growing: Growing::Nothing,
            usage: None,
        }
    }

    fn event(&mut self, name: &str, members: Object, out: &mut Vec<u8>) {
        write_event(name, self.number, members, out);
        self.number += 1;
    }

    fn response(&self, status: &str) -> State<'_> {
        State {
            status: if status == "failed" {
                "failed"
            } else {
                "in_progress"
            },
            output: self.output.clone(),
            usage: None,
            error: None,
            incomplete: None,
        }
    }

    fn begin(&mut self, out: &mut Vec<u8>) {
        if std::mem::replace(&mut self.has_begun, true) {
            return;
        }
        let response = object::write(&self.made, &self.repeated, self.response("in_progress"));
        let members = Object::new().with("response", response);
        self.event("response.created", members.clone(), out);
        self.event("response.in_progress", members, out);
    }

    fn place(&self) -> u64 {
        self.output.len() as u64
    }

    fn id(&self, prefix: &str) -> String {
        self.made.part_id(prefix, self.output.len())
    }

    fn item_event(&mut self, name: &str, item: Object, out: &mut Vec<u8>) {
        let members = Object::new()
            .with("output_index", self.place())
            .with("item", item);
        self.event(name, members, out);
    }

    /// An item that comes at once.
    fn whole_item(&mut self, item: Object, out: &mut Vec<u8>) {
        self.item_event("response.output_item.added", item.clone(), out);
        self.item_event("response.output_item.done", item.clone(), out);
        self.output.push(item.into());
    }

    fn began(&mut self, part: &Part, out: &mut Vec<u8>) {
        self.begin(out);
        let is_said = matches!(part.content, Content::Text { .. } | Content::Refusal(_));
        if is_said {
            self.began_text(part, out);
            return;
        }
        self.close_message(out);
        if let Some(proof) = proof_item(part, &self.id("rs_")) {
            self.whole_item(proof, out);
        }
        match &part.content {
            Content::Reasoning { .. } => {
                let item = reasoning_item(&self.id("rs_"), "", None);
                self.item_event("response.output_item.added", item, out);
                self.growing = Growing::Reasoning {
                    text: String::new(),
                    proof: None,
                };
            }
            Content::Redacted => {
                let proof = part
                    .signature
                    .as_ref()
                    .map(|signature| signature.write(NAME));
                let item = reasoning_item(&self.id("rs_"), "", proof.as_deref());
                self.whole_item(item, out);
            }
            Content::ToolCall(call) => self.began_call(call, out),
            Content::Opaque {
                language: NAME,
                value: Value::Object(members),
            } => {
                let mut item = Object::new();
                for (name, value) in members {
                    item.add(name, value.clone());
                }
                self.whole_item(item, out);
            }
            _ => {}
        }
    }

    fn began_text(&mut self, part: &Part, out: &mut Vec<u8>) {
        let id = self.id("msg_");
        if self.message.is_none() {
            let item = message_item(&id, "in_progress", Vec::new());
            self.item_event("response.output_item.added", item, out);
            self.message = Some(Vec::new());
        }
        let (empty, growing) = match &part.content {
            Content::Refusal(_) => (
                Object::of_type("refusal").with("refusal", ""),
                Growing::Refusal(String::new()),
            ),
            _ => (
                output_text("", Vec::new()),
                Growing::Text {
                    text: String::new(),
                    annotations: Vec::new(),
                },
            ),
        };
        self.growing = growing;
        let members = self.of_content(&id).with("part", empty);
        self.event("response.content_part.added", members, out);
    }

    fn began_call(&mut self, call: &ToolCall, out: &mut Vec<u8>) {
        let is_renamed = !call.is_custom && self.custom_tools.contains(&call.name);
        let mut begun = call.clone();
        begun.arguments.clear();
        begun.is_custom |= is_renamed;
        let id = self.call_id(&begun);
        let item = call_item(&id, "in_progress", &begun);
        self.item_event("response.output_item.added", item, out);
        self.growing = Growing::Call {
            call: begun,
            is_renamed,
        };
        if !call.arguments.is_empty() {
            self.grew(&Delta::Arguments(call.arguments.clone()), out);
        }
    }

    fn call_id(&self, call: &ToolCall) -> String {
        self.id(if call.is_custom { "ctc_" } else { "fc_" })
    }

    /// The members that name a part of the open message.
    fn of_content(&self, id: &str) -> Object {
        let place = self.message.as_ref().map_or(0, Vec::len) as u64;
        Object::new()
            .with("item_id", id)
            .with("output_index", self.place())
            .with("content_index", place)
    }

    fn of_item(&self, id: &str) -> Object {
        Object::new()
            .with("item_id", id)
            .with("output_index", self.place())
    }

    fn grew(&mut self, delta: &Delta, out: &mut Vec<u8>) {
        let mut growing = std::mem::replace(&mut self.growing, Growing::Nothing);
        match (delta, &mut growing) {
            (Delta::Text(more), Growing::Text { text, .. }) => {
                text.push_str(more);
                let members = self.of_content(&self.id("msg_"));
                let members = members
                    .with("delta", more.as_str())
                    .with("logprobs", Vec::<Value>::new());
                self.event("response.output_text.delta", members, out);
            }
            (Delta::Text(more), Growing::Refusal(text)) => {
                text.push_str(more);
                let members = self
                    .of_content(&self.id("msg_"))
                    .with("delta", more.as_str());
                self.event("response.refusal.delta", members, out);
            }
            (Delta::Text(more), Growing::Reasoning { text, .. }) => {
                self.grew_thought(more, text, out);
            }
            (Delta::Signature(signature), Growing::Reasoning { proof, .. }) => {
                *proof = Some(signature.write(NAME));
            }
            (Delta::Citation(citation), Growing::Text { annotations, .. }) => {
                let cited = annotation(citation);
                let members = self
                    .of_content(&self.id("msg_"))
                    .with("annotation_index", annotations.len() as u64)
                    .with("annotation", cited.clone());
                annotations.push(cited);
                self.event("response.output_text.annotation.added", members, out);
            }
            (Delta::Arguments(more), Growing::Call { call, is_renamed }) => {
                call.arguments.push_str(more);
                // Free text stands in JSON: it is known when that is whole.
                if !*is_renamed {
                    let id = self.call_id(call);
                    let members = self.of_item(&id).with("delta", more.as_str());
                    self.event(call_event(call, "delta"), members, out);
                }
            }
            _ => {}
        }
        self.growing = growing;
    }

    fn grew_thought(&mut self, more: &str, text: &mut String, out: &mut Vec<u8>) {
        let id = self.id("rs_");
        let of_summary = |encoder: &Self| encoder.of_item(&id).with("summary_index", 0u64);
        if text.is_empty() {
            let members = of_summary(self).with("part", summary_text(""));
            self.event("response.reasoning_summary_part.added", members, out);
        }
        text.push_str(more);
        let members = of_summary(self).with("delta", more);
        self.event("response.reasoning_summary_text.delta", members, out);
    }

    fn ended(&mut self, out: &mut Vec<u8>) {
        match std::mem::replace(&mut self.growing, Growing::Nothing) {
            Growing::Nothing => {}
            Growing::Text { text, annotations } => {
                let members = self.of_content(&self.id("msg_"));
                let members = members
                    .with("text", text.as_str())
                    .with("logprobs", Vec::<Value>::new());
                self.event("response.output_text.done", members, out);
                self.end_content(output_text(&text, annotations), out);
            }
            Growing::Refusal(text) => {
                let members = self
                    .of_content(&self.id("msg_"))
                    .with("refusal", text.as_str());
                self.event("response.refusal.done", members, out);
                self.end_content(Object::of_type("refusal").with("refusal", text), out);
            }
            Growing::Reasoning { text, proof } => self.end_thought(&text, proof.as_deref(), out),
            Growing::Call { call, is_renamed } => self.end_call(call, is_renamed, out),
        }
    }

    fn end_content(&mut self, part: Object, out: &mut Vec<u8>) {
        let members = self.of_content(&self.id("msg_")).with("part", part.clone());
        self.event("response.content_part.done", members, out);
        if let Some(message) = &mut self.message {
            message.push(part.into());
        }
    }

    fn end_thought(&mut self, text: &str, proof: Option<&str>, out: &mut Vec<u8>) {
        let id = self.id("rs_");
        if !text.is_empty() {
            let of_summary = self.of_item(&id).with("summary_index", 0u64);
            let members = of_summary.clone().with("text", text);
            self.event("response.reasoning_summary_text.done", members, out);
            let members = of_summary.with("part", summary_text(text));
            self.event("response.reasoning_summary_part.done", members, out);
        }
        self.end_item(reasoning_item(&id, text, proof), out);
    }

    fn end_call(&mut self, mut call: ToolCall, is_renamed: bool, out: &mut Vec<u8>) {
        let id = self.call_id(&call);
        if is_renamed {
            call.arguments = free_text(&call.arguments);
            let members = self.of_item(&id).with("delta", call.arguments.as_str());
            self.event(call_event(&call, "delta"), members, out);
        }
        let name = if call.is_custom { "input" } else { "arguments" };
        let members = self.of_item(&id).with(name, call.arguments.as_str());
        self.event(call_event(&call, "done"), members, out);
        self.end_item(call_item(&id, "completed", &call), out);
    }

    fn end_item(&mut self, item: Object, out: &mut Vec<u8>) {
        self.item_event("response.output_item.done", item.clone(), out);
        self.output.push(item.into());
    }

    fn close_message(&mut self, out: &mut Vec<u8>) {
        if let Some(content) = self.message.take() {
            let item = message_item(&self.id("msg_"), "completed", content);
            self.end_item(item, out);
        }
    }

    fn finish(&mut self, finish: &Finish, out: &mut Vec<u8>) {
        self.begin(out);
        self.close_message(out);
        let (status, incomplete) = object::status(finish);
        let state = State {
            status,
            output: std::mem::take(&mut self.output),
            usage: self.usage.as_ref(),
            error: None,
            incomplete,
        };
        let response = object::write(&self.made, &self.repeated, state);
        let name = match status {
            "incomplete" => "response.incomplete",
            _ => "response.completed",
        };
        self.event(name, Object::new().with("response", response), out);
    }
}

fn call_event(call: &ToolCall, end: &str) -> &'static str {
    match (call.is_custom, end) {
        (true, "delta") => "response.custom_tool_call_input.delta",
        (true, _) => "response.custom_tool_call_input.done",
        (false, "delta") => "response.function_call_arguments.delta",
        (false, _) => "response.function_call_arguments.done",
    }
}

fn write_event(name: &str, number: u64, members: Object, out: &mut Vec<u8>) {
    let mut data = Object::of_type(name).with("sequence_number", number);
    if let Value::Object(members) = Value::from(members) {
        for (name, value) in members {
            data.add(&name, value);
        }
    }
    let data = Value::from(data).to_json();
    for part in ["event: ", name, "\ndata: ", &data, "\n\n"] {
        out.extend_from_slice(part.as_bytes());
    }
}

/// The events of a response that came whole, as it is.
pub(in super::super) fn raw_events(response: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    let of_response = || Object::new().with("response", response.clone());
    write_event("response.created", 0, of_response(), &mut out);
    let mut number = 1;
    let items = response.get("output").map(Value::items).unwrap_or_default();
    for (place, item) in (0u64..).zip(items) {
        for name in ["response.output_item.added", "response.output_item.done"] {
            let members = Object::new()
                .with("output_index", place)
                .with("item", item.clone());
            write_event(name, number, members, &mut out);
            number += 1;
        }
    }
    let name = match response.text_of("status") {
        Some("incomplete") => "response.incomplete",
        _ => "response.completed",
    };
    write_event(name, number, of_response(), &mut out);
    out
}

impl EventEncoder for ResponseEncoder {
    fn write(&mut self, event: &Event, out: &mut Vec<u8>) {
        match event {
            Event::Started { .. } | Event::Failed(_) => {}
            Event::Began(part) => self.began(part, out),
            Event::Grew(delta) => self.grew(delta, out),
            Event::Ended => self.ended(out),
            Event::Usage(usage) => self.usage.get_or_insert_default().update(*usage),
            Event::Finished(finish) => self.finish(finish, out),
        }
    }

    fn fail(&mut self, error: &ErrorFacts<'_>, out: &mut Vec<u8>) {
        self.begin(out);
        let state = State {
            error: Some(envelope::reason(error)),
            ..self.response("failed")
        };
        let response = object::write(&self.made, &self.repeated, state);
        self.event(
            "response.failed",
            Object::new().with("response", response),
            out,
        );
    }
}

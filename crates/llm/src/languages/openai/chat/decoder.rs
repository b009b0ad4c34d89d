//! Reading chat completions, whole or in chunks, into the inner form. A message and a delta have the same members, so
//! that one reader serves both.

use super::super::{response, stream};
use super::reasoning::Detail;
use super::{parts, read_reason, reasoning};
use crate::chat::{
    Citation, Content, Delta, Event, Finish, FinishReason, Fold, Media, Part, PartKey, Response,
    Sequence, Signature, ToolCall,
};
use crate::error::UpstreamError;
use crate::json::{Cursor, Fields, Value};
use crate::language::EventDecoder;
use crate::refusal;
use crate::sse;
use crate::usage::UsageReport;

/// Reads a whole response.
pub(in super::super) fn read_response(body: &[u8]) -> Result<Response, UpstreamError> {
    // Failures in all their forms, and the count.
    response::read(body)?;
    let mut decoder = ChunkDecoder {
        is_whole: true,
        ..ChunkDecoder::default()
    };
    let mut events = Vec::new();
    decoder.chunk(Value::read(body).unwrap_or(Value::Null), &mut events);
    if decoder.reason.is_none() && !decoder.has_choice {
        return Err(UpstreamError::Protocol {
            detail: "the response has no choices",
        });
    }
    decoder.end(&mut events);
    let mut fold = Fold::default();
    events.into_iter().for_each(|event| fold.add(event));
    fold.finish()
}

/// The state of one stream.
#[derive(Debug, Default)]
pub(in super::super) struct ChunkDecoder {
    sequence: Sequence,
    calls: Vec<KnownCall>,
    reason: Option<FinishReason>,
    is_started: bool,
    is_finished: bool,
    has_choice: bool,
    /// A whole response is read.
    is_whole: bool,
}

/// A call of which something is known.
#[derive(Debug)]
struct KnownCall {
    index: Option<u64>,
    id: String,
    /// Arguments that came before the name did.
    early: String,
    has_begun: bool,
    is_custom: bool,
}

impl ChunkDecoder {
    /// Reads a chunk, or a whole response.
    fn chunk(&mut self, chunk: Value, out: &mut Vec<Event>) {
        let mut fields = Fields::of(chunk);
        let name = |text: Option<String>| text.filter(|text| !text.is_empty());
        let (id, model) = (name(fields.text("id")), name(fields.text("model")));
        if !self.is_started && (id.is_some() || model.is_some()) {
            self.is_started = true;
            out.push(Event::Started { id, model });
        }
        let usage = fields.take("usage");
        let groq = fields.fields("x_groq").take("usage");
        for choice in fields.list("choices") {
            self.choice(choice, out);
        }
        for usage in [groq, usage].into_iter().flatten() {
            out.extend(count(&usage).map(Event::Usage));
        }
    }

    fn choice(&mut self, choice: Value, out: &mut Vec<Event>) {
        let mut fields = Fields::of(choice);
        // One choice is all that another language can say.
        if fields.count("index").unwrap_or_default() > 0 {
            return;
        }
        self.has_choice = true;
        // Perplexity has both: beside a delta all of the message so far, and beside a whole message an empty delta.
        let (delta, message) = (fields.take("delta"), fields.take("message"));
        let said = if self.is_whole {
            message.or(delta)
        } else {
            delta.or(message)
        };
        let text = fields.text("text");
        if let Some(said) = said {
            self.delta(said, out);
        } else if let Some(text) = text {
            // Of older completions. Together has it beside a delta too, where it says the same again.
            self.text(PartKey::Text, Part::text(""), text, out);
        }
        // Moonshot's count.
        if let Some(usage) = fields.take("usage") {
            out.extend(count(&usage).map(Event::Usage));
        }
        let reason = fields
            .text("finish_reason")
            .as_deref()
            .and_then(read_reason);
        self.reason = reason.or(self.reason);
    }

    fn delta(&mut self, delta: Value, out: &mut Vec<Event>) {
        let mut fields = Fields::of(delta);
        self.thoughts(&mut fields, out);
        match fields.take("content") {
            Some(Value::Text(text)) => self.text(PartKey::Text, Part::text(""), text, out),
            Some(content @ Value::List(_)) => {
                for part in parts::read(content) {
                    self.part(part, out);
                }
            }
            _ => {}
        }
        if let Some(text) = fields.text("refusal") {
            let begin = Part::new(Content::Refusal(String::new()));
            self.text(PartKey::Refusal, begin, text, out);
        }
        for annotation in fields.list("annotations") {
            if let Some(citation) = citation(&annotation) {
                self.cite(citation, out);
            }
        }
        for image in fields.list("images") {
            let url = image.get("image_url").and_then(|url| url.text_of("url"));
            if let Some(url) = url {
                let part = Part::new(Content::Image(Media::at(url)));
                self.sequence.whole(&part, out);
            }
        }
        for call in fields.list("tool_calls") {
            self.call(call, out);
        }
        if let Some(call) = fields.take("function_call") {
            let call = Value::Object(vec![
                ("index".to_owned(), Value::from(0u64)),
                (
                    "id".to_owned(),
                    call.get("name").cloned().unwrap_or(Value::Null),
                ),
                ("function".to_owned(), call),
            ]);
            self.call(call, out);
        }
    }

    fn part(&mut self, part: Part, out: &mut Vec<Event>) {
        match part.content {
            Content::Text { text, .. } => self.text(PartKey::Text, Part::text(""), text, out),
            Content::Reasoning { text, .. } => {
                self.text(PartKey::Reasoning, Part::reasoning(""), text, out);
            }
            Content::Image(_) => self.sequence.whole(&part, out),
            Content::Opaque { value, .. } => {
                if let Some(citation) = reference(&value) {
                    self.cite(citation, out);
                }
            }
            _ => {}
        }
    }

    fn cite(&mut self, citation: Citation, out: &mut Vec<Event>) {
        self.sequence.open(PartKey::Text, Part::text(""), out);
        let cited = Delta::Citation(citation);
        self.sequence
            .grow(PartKey::Text, Part::text(""), cited, out);
    }

    fn text(&mut self, key: PartKey, begin: Part, text: String, out: &mut Vec<Event>) {
        if !text.is_empty() {
            self.sequence.grow(key, begin, Delta::Text(text), out);
        }
    }

    /// Thoughts come under two names and in details: the text once, and each proof.
    fn thoughts(&mut self, fields: &mut Fields, out: &mut Vec<Event>) {
        let plain = fields
            .text("reasoning_content")
            .or(fields.text("reasoning"));
        let plain = plain.filter(|text| !text.is_empty());
        let mut found = Vec::new();
        for detail in fields.list("reasoning_details") {
            reasoning::read(&detail, &mut found);
        }
        let has_plain = plain.is_some();
        if let Some(text) = plain {
            self.text(PartKey::Reasoning, Part::reasoning(""), text, out);
        }
        for detail in found {
            match detail {
                Detail::Text { .. } if has_plain => {}
                Detail::Text { text, is_summary } => {
                    let begin = Part::new(Content::Reasoning {
                        text: String::new(),
                        is_summary,
                        id: None,
                    });
                    self.text(PartKey::Reasoning, begin, text, out);
                }
                Detail::Signature(signature) => {
                    let proof = Delta::Signature(signature);
                    let begin = Part::reasoning("");
                    self.sequence.grow(PartKey::Reasoning, begin, proof, out);
                }
                Detail::Redacted(signature) => {
                    let part = Part::new(Content::Redacted).with_signature(Some(signature));
                    self.sequence.whole(&part, out);
                }
            }
        }
    }

    fn call(&mut self, call: Value, out: &mut Vec<Event>) {
        let google = call
            .get("extra_content")
            .and_then(|extra| extra.get("google"));
        let signature = google.and_then(|google| google.text_of("thought_signature"));
        let signature = signature.map(|data| Signature::new("gemini", data));
        let mut fields = Fields::of(call);
        let index = fields.count("index");
        let id = fields.text("id").unwrap_or_default();
        let mut custom = fields.fields("custom");
        let mut function = fields.fields("function");
        let is_custom = function.is_empty() && !custom.is_empty();
        let (name, arguments) = if is_custom {
            (custom.text("name"), custom.take("input"))
        } else {
            (function.text("name"), function.take("arguments"))
        };
        let arguments = arguments.map(|value| match value {
            Value::Text(text) => text,
            other => other.to_json(),
        });
        let number = self.number_of(index, &id, name.as_deref(), is_custom);
        self.grow_call(number, name, arguments.unwrap_or_default(), signature, out);
    }

    /// The number of the call that is meant: of one index several may come, with ids of their own; and ids may come
    /// once, empty, or again.
    fn number_of(
        &mut self,
        index: Option<u64>,
        id: &str,
        name: Option<&str>,
        is_custom: bool,
    ) -> usize {
        let is_named = name.is_some_and(|name| !name.is_empty());
        let is_meant = |call: &KnownCall| match index {
            Some(_) => {
                call.index == index && (id.is_empty() || call.id.is_empty() || call.id == id)
            }
            // Without either a name begins a call.
            None if id.is_empty() => !(is_named && call.has_begun),
            None => call.id == id,
        };
        if let Some(number) = self.calls.iter().rposition(is_meant) {
            return number;
        }
        self.calls.push(KnownCall {
            index,
            id: id.to_owned(),
            early: String::new(),
            has_begun: false,
            is_custom,
        });
        self.calls.len() - 1
    }

    fn grow_call(
        &mut self,
        number: usize,
        name: Option<String>,
        arguments: String,
        signature: Option<Signature>,
        out: &mut Vec<Event>,
    ) {
        let Some(call) = self.calls.get_mut(number) else {
            return;
        };
        let arguments = if call.has_begun {
            arguments
        } else {
            call.early.push_str(&arguments);
            let Some(name) = name.filter(|name| !name.is_empty()) else {
                return;
            };
            call.has_begun = true;
            let begin = Part::new(Content::ToolCall(ToolCall {
                id: if call.id.is_empty() {
                    format!("call_{number}")
                } else {
                    call.id.clone()
                },
                name,
                arguments: String::new(),
                is_custom: call.is_custom,
            }));
            let begin = begin.with_signature(signature);
            self.sequence.open(PartKey::Call(number), begin, out);
            std::mem::take(&mut call.early)
        };
        if !arguments.is_empty() {
            let delta = Delta::Arguments(arguments);
            let begin = Part::text("");
            self.sequence.grow(PartKey::Call(number), begin, delta, out);
        }
    }

    fn end(&mut self, out: &mut Vec<Event>) {
        if std::mem::replace(&mut self.is_finished, true) {
            return;
        }
        self.sequence.finish(out);
        let reason = self.reason.unwrap_or_default();
        let reason = reason.with_calls(self.sequence.has_calls());
        out.push(Event::Finished(Finish::of(reason)));
    }
}

impl EventDecoder for ChunkDecoder {
    fn read(&mut self, event: &sse::Event, out: &mut Vec<Event>) -> Result<(), UpstreamError> {
        if event.is_error() {
            out.push(Event::Failed(refusal::classify_unmarked(&event.data)));
            return Ok(());
        }
        let read = stream::read(&event.data)?;
        if let Some(error) = read.facts.error {
            out.extend(read.facts.usage.map(Event::Usage));
            out.push(Event::Failed(error));
            return Ok(());
        }
        if read.facts.is_done {
            self.end(out);
            return Ok(());
        }
        self.chunk(Value::read(&event.data).unwrap_or(Value::Null), out);
        if read.is_last {
            self.end(out);
        }
        Ok(())
    }

    fn finish(&mut self, _body_is_whole: bool, out: &mut Vec<Event>) {
        if self.reason.is_some() {
            self.end(out);
        }
    }
}

fn count(usage: &Value) -> Option<UsageReport> {
    let mut report = None;
    let text = usage.to_json();
    let read = UsageReport::read_into(&mut Cursor::with_non_finite(text.as_bytes()), &mut report);
    read.ok().and(report)
}

fn citation(annotation: &Value) -> Option<Citation> {
    let page = annotation.get("url_citation")?;
    let place = |name| page.get(name).and_then(Value::count);
    Some(Citation {
        url: page.text_of("url").map(str::to_owned),
        title: page.text_of("title").map(str::to_owned),
        quote: page.text_of("content").map(str::to_owned),
        span: place("start_index").zip(place("end_index")),
        native: None,
    })
}

/// The source in a part of Mistral's content: the page that a tool of Mistral's found. Numbers of documents alone say nothing
/// to a client.
fn reference(part: &Value) -> Option<Citation> {
    let is_reference = matches!(part.text_of("type"), Some("reference" | "tool_reference"));
    let (url, title) = (part.text_of("url"), part.text_of("title"));
    let is_named = url.or(title).is_some();
    (is_reference && is_named).then(|| Citation {
        url: url.map(str::to_owned),
        title: title.map(str::to_owned),
        quote: part.text_of("description").map(str::to_owned),
        span: None,
        native: None,
    })
}

#[cfg(test)]
mod tests {
    use super::read_response;
    use crate::chat::Content;

    #[test]
    fn the_message_of_a_whole_response_is_read_beside_an_empty_delta() {
        let body = br#"{"choices":[{"delta":{"content":"","role":"assistant"},"finish_reason":"stop","index":0,"message":{"content":"Yes.","role":"assistant"}}]}"#;
        let response = read_response(body).unwrap();
        assert_eq!(response.parts[0].as_text(), Some("Yes."));
    }

    #[test]
    fn a_text_beside_the_message_is_not_said_twice() {
        let body =
            br#"{"choices":[{"text":"Yes.","message":{"content":"Yes."},"finish_reason":"stop"}]}"#;
        let response = read_response(body).unwrap();
        assert_eq!(response.parts[0].as_text(), Some("Yes."));
        let older = br#"{"choices":[{"text":"Yes.","finish_reason":"stop"}]}"#;
        let response = read_response(older).unwrap();
        assert_eq!(response.parts[0].as_text(), Some("Yes."));
    }

    #[test]
    fn parts_of_mistrals_content_are_thoughts_texts_and_sources() {
        let body = br#"{"choices":[{"message":{"content":[
            {"type":"thinking","thinking":[{"type":"text","text":"hm"}]},
            {"type":"text","text":"Ruby 4"},
            {"type":"tool_reference","tool":"web_search","title":"News","url":"https://example.com/"},
            {"type":"reference","reference_ids":[1]},
            {"type":"text","text":" is out."}]},"finish_reason":"stop"}]}"#;
        let response = read_response(body).unwrap();
        assert_eq!(response.parts.len(), 2);
        let Content::Text { text, citations } = &response.parts[1].content else {
            panic!("{:?}", response.parts);
        };
        assert_eq!((text.as_str(), citations.len()), ("Ruby 4 is out.", 1));
        assert_eq!(citations[0].url.as_deref(), Some("https://example.com/"));
    }
}

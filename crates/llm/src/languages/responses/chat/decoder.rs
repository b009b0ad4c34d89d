//! Reading responses, whole or in events, into the inner form.

use super::items;
use crate::chat::{
    Content, Delta, Event, Finish, FinishReason, Part, Response, Signature, ToolCall,
};
use crate::error::UpstreamError;
use crate::json::{Cursor, Fields, Value};
use crate::language::{DISORDER, EventDecoder};
use crate::refusal;
use crate::sse;
use crate::usage::UsageReport;

/// Reads a whole response.
pub(in super::super) fn read_response(body: &[u8]) -> Result<Response, UpstreamError> {
    let Some(value @ Value::Object(_)) = Value::read(body) else {
        return Err(UpstreamError::Protocol {
            detail: "the response is not a JSON object",
        });
    };
    if value.get("error").is_some_and(|error| !error.is_falsy()) {
        return Err(failure(body));
    }
    let mut parts = Vec::new();
    let Some(output) = value.get("output") else {
        return Err(UpstreamError::Protocol {
            detail: "the response has no output",
        });
    };
    for item in output.items() {
        if let Some((_, read)) = items::read(item.clone()) {
            parts.extend(read);
        }
    }
    let is_call = |part: &Part| matches!(part.content, Content::ToolCall(_));
    let has_calls = parts.iter().any(is_call);
    Ok(Response {
        id: value.text_of("id").map(str::to_owned),
        model: value.text_of("model").map(str::to_owned),
        finish: finish(&value, has_calls),
        usage: value.get("usage").and_then(count),
        parts,
    })
}

fn finish(response: &Value, has_calls: bool) -> Finish {
    let details = response.get("incomplete_details");
    let reason = match details.and_then(|details| details.text_of("reason")) {
        Some("content_filter") => FinishReason::ContentFilter,
        Some(_) => FinishReason::Length,
        None => FinishReason::Stop.with_calls(has_calls),
    };
    Finish::of(reason)
}

fn count(usage: &Value) -> Option<UsageReport> {
    let mut report = None;
    let text = usage.to_json();
    let read = UsageReport::read_into(&mut Cursor::new(text.as_bytes()), &mut report);
    read.ok().and(report)
}

/// The failure that a response or an event reports, wherever in it the error stands.
pub(in super::super) fn failure(data: &[u8]) -> UpstreamError {
    let inner = Value::read(data).and_then(|value| {
        let response = value.get("response")?;
        let error = response.get("error").filter(|error| !error.is_falsy())?;
        Some(Value::Object(vec![("error".to_owned(), error.clone())]).to_json())
    });
    match inner {
        Some(inner) => refusal::classify_unmarked(inner.as_bytes()),
        None => refusal::classify_unmarked(data),
    }
}

/// The state of one stream.
#[derive(Debug, Default)]
pub(in super::super) struct ResponseDecoder {
    growing: Growing,
    has_calls: bool,
    is_finished: bool,
    /// The name of the thought that began last, and of the last one that was told.
    thought: Option<String>,
    told: Option<String>,
    /// The number of the last event, where the provider counts them.
    number: u64,
}

/// The part that grows.
#[derive(Debug, Default, PartialEq, Eq)]
enum Growing {
    #[default]
    Nothing,
    Text,
    Refusal,
    Reasoning {
        has_text: bool,
        /// The text is one of several of a summary.
        is_next: bool,
    },
    Call {
        has_arguments: bool,
    },
}

impl ResponseDecoder {
    /// Checks that no event comes twice, or behind one that it was before. Copies of the language count nothing, or begin
    /// with zero again and again.
    fn check(&mut self, number: Option<u64>) -> Result<(), UpstreamError> {
        let number = number.unwrap_or_default();
        if number == 0 || number > self.number {
            self.number = number.max(self.number);
            return Ok(());
        }
        Err(DISORDER)
    }

    fn end(&mut self, out: &mut Vec<Event>) {
        if std::mem::take(&mut self.growing) != Growing::Nothing {
            out.push(Event::Ended);
        }
    }

    fn begin(&mut self, part: Part, growing: Growing, out: &mut Vec<Event>) {
        self.end(out);
        out.push(Event::Began(part));
        self.growing = growing;
    }

    fn text(&mut self, text: String, out: &mut Vec<Event>) {
        if self.growing != Growing::Text {
            self.begin(Part::text(""), Growing::Text, out);
        }
        if !text.is_empty() {
            out.push(Event::Grew(Delta::Text(text)));
        }
    }

    fn refusal(&mut self, text: String, out: &mut Vec<Event>) {
        if self.growing != Growing::Refusal {
            let part = Part::new(Content::Refusal(String::new()));
            self.begin(part, Growing::Refusal, out);
        }
        if !text.is_empty() {
            out.push(Event::Grew(Delta::Text(text)));
        }
    }

    fn begin_thought(&mut self, id: Option<String>, is_summary: bool, out: &mut Vec<Event>) {
        self.thought.clone_from(&id);
        let part = Part::new(Content::Reasoning {
            text: String::new(),
            is_summary,
            id,
        });
        let growing = Growing::Reasoning {
            has_text: false,
            is_next: false,
        };
        self.begin(part, growing, out);
    }

    fn thought(&mut self, text: String, is_summary: bool, out: &mut Vec<Event>) {
        if !matches!(self.growing, Growing::Reasoning { .. }) {
            self.begin_thought(None, is_summary, out);
        }
        if let Growing::Reasoning { has_text, is_next } = &mut self.growing
            && !text.is_empty()
        {
            if std::mem::replace(is_next, false) {
                out.push(Event::Grew(Delta::Text("\n\n".to_owned())));
            }
            if !std::mem::replace(has_text, true) {
                self.told.clone_from(&self.thought);
            }
            out.push(Event::Grew(Delta::Text(text)));
        }
    }

    /// True if a thought that is done was told already, and something else grows by now: OpenRouter lets the text begin
    /// before the thought is done.
    fn is_told(&self, id: Option<&str>) -> bool {
        let is_growing = matches!(self.growing, Growing::Reasoning { .. });
        !is_growing && id.is_some() && id == self.told.as_deref()
    }

    fn item_added(&mut self, item: Value, out: &mut Vec<Event>) {
        let mut fields = Fields::of(item);
        match fields.text("type").as_deref() {
            Some("reasoning") => self.begin_thought(fields.text("id"), true, out),
            Some(kind @ ("function_call" | "custom_tool_call")) => {
                let call = ToolCall {
                    id: fields.text("call_id").unwrap_or_default(),
                    name: fields.text("name").unwrap_or_default(),
                    arguments: String::new(),
                    is_custom: kind == "custom_tool_call",
                };
                self.has_calls = true;
                let part = Part::new(Content::ToolCall(call));
                let growing = Growing::Call {
                    has_arguments: false,
                };
                self.begin(part, growing, out);
            }
            _ => {}
        }
    }

    /// An item is said again when it is done: what did not come before comes now.
    fn item_done(&mut self, item: Value, out: &mut Vec<Event>) {
        let kind = item.text_of("type").unwrap_or_default().to_owned();
        if kind == "reasoning" && self.is_told(item.text_of("id")) {
            return;
        }
        let read = items::read(item);
        let Some((_, parts)) = read else {
            return;
        };
        match kind.as_str() {
            "message" => {
                if !matches!(self.growing, Growing::Text | Growing::Refusal) {
                    return;
                }
            }
            "reasoning" => {
                if let Some(part) = parts.into_iter().next() {
                    self.thought_done(part, out);
                }
            }
            "function_call" | "custom_tool_call" => {
                if let Growing::Call {
                    has_arguments: false,
                } = self.growing
                    && let Some(Content::ToolCall(call)) = parts.into_iter().next().map(content)
                    && !call.arguments.is_empty()
                {
                    out.push(Event::Grew(Delta::Arguments(call.arguments)));
                }
            }
            _ => {
                for part in parts {
                    self.end(out);
                    out.push(Event::Began(part));
                    out.push(Event::Ended);
                }
                return;
            }
        }
        self.end(out);
    }

    fn thought_done(&mut self, part: Part, out: &mut Vec<Event>) {
        let signature: Option<Signature> = part.signature;
        if let Content::Reasoning {
            text, is_summary, ..
        } = part.content
        {
            let is_said = matches!(self.growing, Growing::Reasoning { has_text: true, .. });
            if !is_said {
                self.thought(text, is_summary, out);
            }
        }
        if matches!(self.growing, Growing::Reasoning { .. }) {
            out.extend(signature.map(|proof| Event::Grew(Delta::Signature(proof))));
        }
    }

    fn arguments(&mut self, text: String, out: &mut Vec<Event>) {
        if let Growing::Call { has_arguments } = &mut self.growing
            && !text.is_empty()
        {
            *has_arguments = true;
            out.push(Event::Grew(Delta::Arguments(text)));
        }
    }

    fn finished(&mut self, response: &Value, out: &mut Vec<Event>) {
        self.end(out);
        out.extend(response.get("usage").and_then(count).map(Event::Usage));
        if !std::mem::replace(&mut self.is_finished, true) {
            out.push(Event::Finished(finish(response, self.has_calls)));
        }
    }
}

fn content(part: Part) -> Content {
    part.content
}

impl EventDecoder for ResponseDecoder {
    fn read(&mut self, event: &sse::Event, out: &mut Vec<Event>) -> Result<(), UpstreamError> {
        if event.data.trim_ascii() == b"[DONE]" {
            return Ok(());
        }
        let Some(value @ Value::Object(_)) = Value::read(&event.data) else {
            return Err(UpstreamError::Protocol {
                detail: "an event of the stream is not a JSON object",
            });
        };
        let kind = value.text_of("type").unwrap_or_default().to_owned();
        let mut fields = Fields::of(value);
        if !self.is_finished {
            self.check(fields.count("sequence_number"))?;
        }
        let delta = |fields: &mut Fields| fields.text("delta").unwrap_or_default();
        match kind.as_str() {
            "response.created" => {
                let mut response = fields.fields("response");
                out.push(Event::Started {
                    id: response.text("id"),
                    model: response.text("model"),
                });
            }
            "response.output_item.added" => {
                if let Some(item) = fields.take("item") {
                    self.item_added(item, out);
                }
            }
            "response.output_item.done" => {
                if let Some(item) = fields.take("item") {
                    self.item_done(item, out);
                }
            }
            "response.content_part.added" => match fields.fields("part").text("type").as_deref() {
                Some("output_text") => {
                    self.begin(Part::text(""), Growing::Text, out);
                }
                Some("refusal") => self.refusal(String::new(), out),
                _ => {}
            },
            "response.output_text.delta" => {
                let text = delta(&mut fields);
                self.text(text, out);
            }
            "response.refusal.delta" => {
                let text = delta(&mut fields);
                self.refusal(text, out);
            }
            "response.output_text.annotation.added" => {
                let cited = fields.take("annotation");
                if let (Some(cited), Growing::Text) = (cited, &self.growing) {
                    let cited = items::citation(&cited).map(Delta::Citation);
                    out.extend(cited.map(Event::Grew));
                }
            }
            "response.reasoning_summary_part.added" => {
                if let Growing::Reasoning { has_text, is_next } = &mut self.growing {
                    *is_next = *has_text;
                }
            }
            "response.reasoning_summary_text.delta" => {
                let text = delta(&mut fields);
                self.thought(text, true, out);
            }
            "response.reasoning_text.delta" => {
                let text = delta(&mut fields);
                self.thought(text, false, out);
            }
            "response.function_call_arguments.delta" | "response.custom_tool_call_input.delta" => {
                let text = delta(&mut fields);
                self.arguments(text, out);
            }
            "response.completed" | "response.incomplete" => {
                let response = fields.take("response").unwrap_or(Value::Null);
                self.finished(&response, out);
            }
            "response.failed" | "error" => {
                out.push(Event::Failed(failure(&event.data)));
            }
            _ if event.is_error() => out.push(Event::Failed(failure(&event.data))),
            _ => {}
        }
        Ok(())
    }

    /// Only an event says the end.
    fn finish(&mut self, _body_is_whole: bool, _out: &mut Vec<Event>) {}
}

#[cfg(test)]
mod tests {
    use super::super::super::{NAME, RESPONSES};
    use super::read_response;
    use crate::chat::Response;

    fn told(events: &[&str]) -> Response {
        let stream: String = events
            .iter()
            .map(|data| format!("data: {data}\n\n"))
            .collect();
        RESPONSES.upstream.read_stream(&stream.into()).unwrap()
    }

    #[test]
    fn a_thought_that_is_done_after_the_text_began_is_told_once() {
        let response = told(&[
            r#"{"type":"response.output_item.added","item":{"type":"reasoning","id":"rs"}}"#,
            r#"{"type":"response.reasoning_text.delta","item_id":"rs","delta":"hm"}"#,
            r#"{"type":"response.output_text.delta","item_id":"msg","delta":"Y"}"#,
            r#"{"type":"response.output_item.done","item":{"type":"reasoning","id":"rs","summary":[],"content":[{"type":"reasoning_text","text":"hm"}]}}"#,
            r#"{"type":"response.output_text.delta","item_id":"msg","delta":"es"}"#,
            r#"{"type":"response.completed","response":{"output":[]}}"#,
        ]);
        assert_eq!(response.parts.len(), 2, "{:?}", response.parts);
        assert_eq!(response.parts[1].as_text(), Some("Yes"));
    }

    #[test]
    fn an_item_that_no_other_language_has_is_kept_as_it_is() {
        let body = br#"{"id":"r","output":[{"type":"web_search_call","id":"ws"}]}"#;
        let response = read_response(body).unwrap();
        assert!(matches!(
            &response.parts[0].content,
            crate::chat::Content::Opaque { language, .. } if *language == NAME
        ));
    }
}

//! Reading responses, whole or in lines: a whole one is a stream of one line.

use crate::chat::{Content, Delta, Event, Finish, FinishReason, Fold, Part, Response, ToolCall};
use crate::error::UpstreamError;
use crate::json::{Fields, Value};
use crate::language::EventDecoder;
use crate::refusal;
use crate::sse;
use crate::usage::UsageReport;

/// Reads a whole response.
pub(super) fn read_response(body: &[u8]) -> Result<Response, UpstreamError> {
    let mut decoder = ChatDecoder::default();
    let mut events = Vec::new();
    decoder.line(body, &mut events)?;
    let mut fold = Fold::default();
    events.into_iter().for_each(|event| fold.add(event));
    fold.finish()
}

/// The state of one stream.
#[derive(Debug, Default)]
pub(super) struct ChatDecoder {
    is_started: bool,
    growing: Growing,
    calls: u64,
    is_finished: bool,
}

/// The part that grows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Growing {
    #[default]
    Nothing,
    Text,
    Thinking,
}

impl ChatDecoder {
    fn line(&mut self, line: &[u8], out: &mut Vec<Event>) -> Result<(), UpstreamError> {
        let Some(value @ Value::Object(_)) = Value::read(line) else {
            return Err(UpstreamError::Protocol {
                detail: "a line of the stream is not a JSON object",
            });
        };
        if value.get("error").is_some_and(|error| !error.is_falsy()) {
            out.push(Event::Failed(refusal::classify_unmarked(line)));
            return Ok(());
        }
        let mut fields = Fields::of(value);
        if !std::mem::replace(&mut self.is_started, true) {
            out.push(Event::Started {
                id: None,
                model: fields.text("model"),
            });
        }
        self.message(fields.fields("message"), out);
        if fields.bool("done") == Some(true) {
            self.end(fields, out);
        }
        Ok(())
    }

    fn message(&mut self, mut message: Fields, out: &mut Vec<Event>) {
        let thought = message.text("thinking").unwrap_or_default();
        self.say(Growing::Thinking, thought, out);
        let text = message.text("content").unwrap_or_default();
        self.say(Growing::Text, text, out);
        for call in message.list("tool_calls") {
            self.call(call, out);
        }
    }

    fn say(&mut self, kind: Growing, text: String, out: &mut Vec<Event>) {
        if text.is_empty() {
            return;
        }
        if self.growing != kind {
            self.stop(out);
            let begin = if kind == Growing::Thinking {
                Part::reasoning("")
            } else {
                Part::text("")
            };
            out.push(Event::Began(begin));
            self.growing = kind;
        }
        out.push(Event::Grew(Delta::Text(text)));
    }

    /// A call comes whole, in older versions without an id.
    fn call(&mut self, call: Value, out: &mut Vec<Event>) {
        self.stop(out);
        let mut fields = Fields::of(call);
        let mut function = fields.fields("function");
        let id = fields.text("id").filter(|id| !id.is_empty());
        let arguments = match function.take("arguments") {
            Some(Value::Text(text)) => text,
            Some(object) => object.to_json(),
            None => "{}".to_owned(),
        };
        let begin = ToolCall {
            id: id.unwrap_or_else(|| format!("call_{}", self.calls)),
            name: function.text("name").unwrap_or_default(),
            arguments: String::new(),
            is_custom: false,
        };
        self.calls += 1;
        out.push(Event::Began(Part::new(Content::ToolCall(begin))));
        out.push(Event::Grew(Delta::Arguments(arguments)));
        out.push(Event::Ended);
    }

    fn stop(&mut self, out: &mut Vec<Event>) {
        if std::mem::take(&mut self.growing) != Growing::Nothing {
            out.push(Event::Ended);
        }
    }

    /// The reason is `stop` where tools are called, too.
    fn end(&mut self, mut last: Fields, out: &mut Vec<Event>) {
        if std::mem::replace(&mut self.is_finished, true) {
            return;
        }
        self.stop(out);
        let (input, output) = (last.count("prompt_eval_count"), last.count("eval_count"));
        if input.is_some() || output.is_some() {
            out.push(Event::Usage(UsageReport {
                input_tokens: input,
                output_tokens: output,
                ..UsageReport::default()
            }));
        }
        let reason = match last.text("done_reason").as_deref() {
            Some("length") => FinishReason::Length,
            _ => FinishReason::Stop,
        };
        let reason = reason.with_calls(self.calls > 0);
        out.push(Event::Finished(Finish::of(reason)));
    }
}

impl EventDecoder for ChatDecoder {
    fn read(&mut self, event: &sse::Event, out: &mut Vec<Event>) -> Result<(), UpstreamError> {
        self.line(&event.data, out)
    }

    fn finish(&mut self, _body_is_whole: bool, _out: &mut Vec<Event>) {}
}

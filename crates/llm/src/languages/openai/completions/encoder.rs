//! Writing the chunks of a streamed completion.

use super::super::chat::write_response::usage;
use super::super::envelope;
use super::write_response::{choice, head};
use crate::chat::{Content, Delta, Event, Made};
use crate::json::{Object, Value};
use crate::language::{ErrorFacts, EventEncoder};
use crate::usage::UsageReport;

/// The end of a stream.
const DONE: &[u8] = b"data: [DONE]\n\n";

/// The state of one stream.
#[derive(Debug)]
pub(super) struct CompletionEncoder {
    made: Made,
    includes_usage: bool,
    is_text: bool,
    usage: Option<UsageReport>,
}

impl CompletionEncoder {
    pub(super) fn new(includes_usage: bool, made: Made) -> Self {
        Self {
            made,
            includes_usage,
            is_text: false,
            usage: None,
        }
    }

    fn chunk(&self, choices: Vec<Object>, usage: Option<Object>, out: &mut Vec<u8>) {
        let chunk = head(&self.made)
            .with("choices", choices)
            .maybe("usage", usage);
        let chunk = Value::from(chunk).to_json();
        for part in ["data: ", &chunk, "\n\n"] {
            out.extend_from_slice(part.as_bytes());
        }
    }
}

impl EventEncoder for CompletionEncoder {
    fn write(&mut self, event: &Event, out: &mut Vec<u8>) {
        match event {
            Event::Began(part) => {
                self.is_text = matches!(part.content, Content::Text { .. });
                if let Some(text) = part.as_text().filter(|text| !text.is_empty()) {
                    self.chunk(vec![choice(text, None)], None, out);
                }
            }
            Event::Grew(Delta::Text(text)) if self.is_text => {
                self.chunk(vec![choice(text, None)], None, out);
            }
            Event::Usage(usage) => self.usage.get_or_insert_default().update(*usage),
            Event::Finished(finish) => {
                self.chunk(vec![choice("", Some(finish.reason))], None, out);
                if let Some(report) = self.usage.filter(|_| self.includes_usage) {
                    self.chunk(Vec::new(), Some(usage(&report)), out);
                }
                out.extend_from_slice(DONE);
            }
            Event::Started { .. } | Event::Ended | Event::Failed(_) | Event::Grew(_) => {}
        }
    }

    fn fail(&mut self, error: &ErrorFacts<'_>, out: &mut Vec<u8>) {
        out.extend_from_slice(envelope::event(error).as_bytes());
    }
}

//! The events of a stream on their way through: read, counted, and passed on with as little change as
//! possible.

use bytes::{Bytes, BytesMut};
use llm::protocol::StreamEvent;
use llm::sse::{Decoder, Event};
use llm::{Protocol, UpstreamError};

use crate::inference::relay::replace;
use crate::inference::settle::Settlement;

/// The end of a stream, in OpenAI's words.
pub(super) const DONE: &[u8] = b"data: [DONE]\n\n";

/// Cuts the upstream's bytes into events and decides what of them the client sees.
pub(in crate::inference) struct EventRelay {
    decoder: Decoder,
    protocol: &'static dyn Protocol,
    /// The client did not ask for usage.
    hides_usage: bool,
    /// The model's name for the client, as JSON, where the upstream's differs.
    model_name: Option<String>,
}

/// What came of some bytes.
pub(super) struct Progress {
    pub(super) output: Option<Bytes>,
    pub(super) is_done: bool,
}

impl EventRelay {
    pub(in crate::inference) fn new(
        protocol: &'static dyn Protocol,
        event_bytes_max: usize,
    ) -> Self {
        Self {
            decoder: Decoder::new(event_bytes_max),
            protocol,
            hides_usage: false,
            model_name: None,
        }
    }

    pub(in crate::inference) fn hiding_usage(mut self, hides: bool) -> Self {
        self.hides_usage = hides;
        self
    }

    pub(in crate::inference) fn naming_model(mut self, name: Option<String>) -> Self {
        self.model_name = name;
        self
    }

    /// Takes bytes in. On an error, what was good before it is returned with it.
    pub(super) fn take(
        &mut self,
        mut frame: Bytes,
        settlement: &mut Settlement,
    ) -> Result<Progress, (Option<Bytes>, UpstreamError)> {
        let mut output = Output::default();
        loop {
            let event = match self.decoder.next(&mut frame) {
                Ok(Some(event)) => event,
                Ok(None) => {
                    return Ok(Progress {
                        output: output.finish(),
                        is_done: false,
                    });
                }
                Err(_) => {
                    let error = UpstreamError::Protocol {
                        detail: "an event is larger than upstream.event_bytes_max",
                    };
                    return Err((output.finish(), error));
                }
            };
            let facts = match self.protocol.read_event(&event.data) {
                Ok(facts) if !facts.is_error => facts,
                Ok(_) => {
                    return Err((
                        output.finish(),
                        UpstreamError::Protocol {
                            detail: "the upstream reported an error within the stream",
                        },
                    ));
                }
                Err(error) => return Err((output.finish(), error)),
            };
            if facts.is_done {
                output.push(Bytes::from_static(DONE));
                return Ok(Progress {
                    output: output.finish(),
                    is_done: true,
                });
            }
            count(&facts, settlement);
            if !(self.hides_usage && facts.is_usage_only) {
                self.pass_on(event, &facts, &mut output);
            }
        }
    }

    fn pass_on(&self, event: Event, facts: &StreamEvent, output: &mut Output) {
        let hidden_usage = facts.usage_span.clone().filter(|_| self.hides_usage);
        let renamed = self.model_name.as_deref().zip(facts.model_span.clone());
        match (event.verbatim, hidden_usage, renamed) {
            (Some(verbatim), None, None) => output.push(verbatim),
            (None, None, None) => output.push_data(&event.data),
            (_, usage, renamed) => output.push_data(&edited(event.data, usage, renamed)),
        }
    }
}

fn count(facts: &StreamEvent, settlement: &mut Settlement) {
    if facts.text_bytes > 0 {
        settlement.note_first_token();
        settlement.add_text(facts.text_bytes);
    }
    settlement.set_usage(facts.usage);
}

type Span = std::ops::Range<usize>;

/// The event without its usage and with the model's public name. The later range is changed first, so
/// that the earlier one stays where it is.
fn edited(data: Bytes, usage: Option<Span>, renamed: Option<(&str, Span)>) -> Bytes {
    let mut edits: Vec<(Span, &[u8])> = Vec::with_capacity(2);
    edits.extend(usage.map(|span| (span, b"null".as_ref())));
    edits.extend(renamed.map(|(name, span)| (span, name.as_bytes())));
    edits.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    let mut data = data;
    for (span, with) in edits {
        data = replace(&data, span, with);
    }
    data
}

/// What is sent for one frame: a slice of it as it came, or several pieces joined.
#[derive(Default)]
struct Output {
    first: Option<Bytes>,
    joined: BytesMut,
}

impl Output {
    fn push(&mut self, bytes: Bytes) {
        if self.joined.is_empty() {
            let Some(first) = self.first.take() else {
                self.first = Some(bytes);
                return;
            };
            self.joined.extend_from_slice(&first);
        }
        self.joined.extend_from_slice(&bytes);
    }

    /// Writes an event anew. Line ends within JSON are white space; they must not end the event.
    fn push_data(&mut self, data: &[u8]) {
        let one_line: Vec<u8> = data
            .iter()
            .map(|&byte| {
                if byte == b'\n' || byte == b'\r' {
                    b' '
                } else {
                    byte
                }
            })
            .collect();
        self.push([b"data: ", one_line.as_slice(), b"\n\n"].concat().into());
    }

    fn finish(self) -> Option<Bytes> {
        if self.joined.is_empty() {
            self.first
        } else {
            Some(self.joined.freeze())
        }
    }
}

//! The events of a stream on their way through: read, counted, and passed on with as little change as
//! possible.

mod ending;
mod output;

use std::sync::Arc;

use bytes::Bytes;
use llm::UpstreamError;
use llm::json::{ValueSpan, splice};
use llm::language::spans::StreamEvent;
use llm::sse::{Decoder, Event};

use crate::inference::settle::Settlement;
use crate::upstream::ConfiguredProvider;
use ending::Ending;
use output::Output;

/// The end of a stream, in OpenAI's words.
pub(super) const DONE: &[u8] = b"data: [DONE]\n\n";

/// Cuts the upstream's bytes into events and decides what of them the client sees.
pub(in crate::inference) struct EventRelay {
    decoder: Decoder,
    provider: Arc<ConfiguredProvider>,
    ending: Ending,
    /// The client did not ask for usage.
    hides_usage: bool,
    /// The model's name for the client, as JSON, where the upstream's differs.
    model_name: Option<String>,
}

/// What came of some bytes.
#[derive(Default)]
pub(super) struct Progress {
    pub(super) output: Option<Bytes>,
    pub(super) is_done: bool,
}

/// What was good before a failure, and the failure.
type Broken = (Option<Bytes>, Box<UpstreamError>);

impl EventRelay {
    pub(in crate::inference) fn new(
        provider: &Arc<ConfiguredProvider>,
        event_bytes_max: usize,
    ) -> Self {
        Self {
            decoder: Decoder::new(event_bytes_max),
            provider: Arc::clone(provider),
            ending: Ending::default(),
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
    ) -> Result<Progress, Broken> {
        let mut output = Output::default();
        loop {
            let event = match self.decoder.next(&mut frame) {
                Ok(Some(event)) => event,
                Ok(None) => return Ok(output.into_progress(false)),
                Err(_) => {
                    let error = UpstreamError::Protocol {
                        detail: "an event is larger than upstream.event_bytes_max",
                    };
                    return Err((output.finish(), Box::new(error)));
                }
            };
            match self.take_event(event, settlement, &mut output) {
                Ok(true) => return Ok(output.into_progress(true)),
                Ok(false) => {}
                Err(error) => {
                    self.count_rest(frame, settlement);
                    return Err((output.finish(), Box::new(error)));
                }
            }
        }
    }

    /// Takes the end of the upstream's body. `is_whole` says that the body ended where it should: a stream
    /// whose content is complete may end anywhere, any other one is broken.
    pub(super) fn finish(
        &mut self,
        is_whole: bool,
        settlement: &mut Settlement,
    ) -> Result<Progress, Broken> {
        let mut output = Output::default();
        if let Some(event) = self.decoder.finish() {
            match self.take_event(event, settlement, &mut output) {
                Ok(true) => return Ok(output.into_progress(true)),
                // A part of an event, cut off behind the content's end.
                Err(UpstreamError::Protocol { .. }) if self.ending.is_complete(is_whole) => {}
                Ok(false) => {}
                Err(error) => return Err((output.finish(), Box::new(error))),
            }
        }
        if self.ending.is_complete(is_whole) {
            output.push(Bytes::from_static(DONE));
            return Ok(output.into_progress(true));
        }
        Ok(output.into_progress(false))
    }

    /// Takes a body that came in place of events: a whole answer is passed on as the stream that was asked for.
    ///
    /// # Errors
    /// If it is no answer: what it means.
    pub(super) fn take_whole(
        &mut self,
        body: &[u8],
        settlement: &mut Settlement,
    ) -> Result<Progress, UpstreamError> {
        let events = self.provider.protocol.unfold_answer(body);
        let events = events.map_err(|error| self.provider.without_credential(error))?;
        self.take(events, settlement).map_err(|(_, error)| *error)
    }

    /// Reads an event and passes it on. Returns whether it was the last.
    fn take_event(
        &mut self,
        event: Event,
        settlement: &mut Settlement,
        output: &mut Output,
    ) -> Result<bool, UpstreamError> {
        let protocol = self.provider.protocol;
        if event.is_error {
            let error = protocol.read_error_event(&event.data);
            return Err(self.provider.without_credential(error));
        }
        let read = protocol.read_event(&event.data);
        let mut facts = read.map_err(|error| self.provider.without_credential(error))?;
        if facts.is_done {
            output.push(Bytes::from_static(DONE));
            return Ok(true);
        }
        if let Some(error) = facts.error.take() {
            settlement.set_usage(facts.usage);
            return Err(self.provider.without_credential(error));
        }
        self.ending.note(&facts);
        count(&facts, settlement);
        if !(self.hides_usage && facts.is_usage_only) {
            self.pass_on(event, &facts, output);
        }
        Ok(false)
    }

    /// Counts what stands behind an error: some providers say there what was used until then.
    fn count_rest(&mut self, mut frame: Bytes, settlement: &mut Settlement) {
        while let Ok(Some(event)) = self.decoder.next(&mut frame) {
            if let Ok(facts) = self.provider.protocol.read_event(&event.data) {
                settlement.set_usage(facts.usage);
            }
        }
    }

    fn pass_on(&self, event: Event, facts: &StreamEvent, output: &mut Output) {
        let hidden_usage = facts.usage_span.clone().filter(|_| self.hides_usage);
        let renamed = self.model_name.as_deref().zip(facts.model_span.clone());
        match (event.verbatim, hidden_usage, renamed) {
            (Some(verbatim), None, None) => output.push(verbatim),
            (None, None, None) => output.push_data(&event.data),
            (_, usage, renamed) => output.push_data(&edited(&event.data, usage, renamed)),
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

/// The event without its usage and with the model's public name.
fn edited(data: &[u8], usage: Option<ValueSpan>, renamed: Option<(&str, ValueSpan)>) -> Bytes {
    let mut edits: Vec<(ValueSpan, &str)> = Vec::with_capacity(2);
    edits.extend(usage.map(|span| (span, "null")));
    edits.extend(renamed.map(|(name, span)| (span, name)));
    edits.sort_by_key(|(span, _)| span.start);
    splice(data, &edits)
}

//! The events of a stream on their way through: cut, passed on, and counted.

use std::sync::Arc;

use bytes::Bytes;
use llm::UpstreamError;
use llm::exchange::{StreamExchange, Whole};
use llm::framing::{Cutter, Framing};
use llm::language::{ErrorFacts, EventFacts};
use llm::passthrough::Output;
use llm::sse::Event;

use crate::inference::settle::{EMPTY, Settlement};
use crate::upstream::ConfiguredProvider;

/// Cuts the upstream's bytes into events and counts what they say.
pub(in crate::inference) struct EventRelay {
    cutter: Cutter,
    provider: Arc<ConfiguredProvider>,
    exchange: StreamExchange,
}

/// The result of some bytes.
#[derive(Default)]
pub(super) struct Progress {
    pub(super) output: Option<Bytes>,
    pub(super) is_done: bool,
}

impl Progress {
    fn new(output: Output, is_done: bool) -> Self {
        Self {
            output: output.finish(),
            is_done,
        }
    }
}

/// The bytes that were good before a failure, and the failure.
type Broken = (Option<Bytes>, Box<UpstreamError>);

impl EventRelay {
    pub(in crate::inference) fn new(
        provider: &Arc<ConfiguredProvider>,
        exchange: StreamExchange,
        event_bytes_max: usize,
    ) -> Self {
        Self {
            cutter: exchange.framing().cutter(event_bytes_max),
            provider: Arc::clone(provider),
            exchange,
        }
    }

    /// The way in which the upstream's stream is cut.
    pub(super) fn framing(&self) -> Framing {
        self.exchange.framing()
    }

    /// Takes bytes in. On an error, what was good before it is returned with it.
    pub(super) fn take(
        &mut self,
        mut frame: Bytes,
        settlement: &mut Settlement,
    ) -> Result<Progress, Broken> {
        let mut output = Output::default();
        loop {
            let event = match self.cutter.next(&mut frame) {
                Ok(Some(event)) => event,
                Ok(None) => return Ok(Progress::new(output, false)),
                Err(error) => return Err((output.finish(), Box::new(error.into()))),
            };
            match self.take_event(event, settlement, &mut output) {
                Ok(true) if is_refused(settlement) => {
                    return Err((None, Box::new(EMPTY)));
                }
                Ok(true) => return Ok(Progress::new(output, true)),
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
        if let Some(event) = self.cutter.finish() {
            match self.take_event(event, settlement, &mut output) {
                Ok(true) => return Ok(Progress::new(output, true)),
                // A part of an event, cut off behind the content's end.
                Err(UpstreamError::Protocol { .. }) if self.exchange.is_complete(is_whole) => {}
                Ok(false) => {}
                Err(error) => return Err((output.finish(), Box::new(error))),
            }
        }
        let is_complete = self.exchange.is_complete(is_whole);
        if is_complete && is_refused(settlement) {
            return Err((None, Box::new(EMPTY)));
        }
        let is_done = self.exchange.finish(is_whole, &mut output);
        Ok(Progress::new(output, is_done))
    }

    /// Takes a body that came in place of events: a whole response is passed on as the stream that was asked for.
    ///
    /// # Errors
    /// If it is no response: what it means.
    pub(super) fn take_whole(
        &mut self,
        body: &[u8],
        settlement: &mut Settlement,
    ) -> Result<Progress, UpstreamError> {
        let mut output = Output::default();
        let taken = self.exchange.take_whole(body, &mut output);
        match taken.map_err(|error| self.provider.without_credential(error))? {
            Whole::Events(events) => self.take(events, settlement).map_err(|(_, error)| *error),
            Whole::Passed(facts) => {
                count(&facts, settlement);
                if facts.is_done && is_refused(settlement) {
                    return Err(EMPTY);
                }
                Ok(Progress::new(output, facts.is_done))
            }
        }
    }

    /// The bytes that end a stream which failed.
    pub(super) fn fail(&mut self, error: &ErrorFacts<'_>) -> Vec<u8> {
        self.exchange.fail(error)
    }

    /// Reads an event and passes it on. Returns whether it was the last.
    fn take_event(
        &mut self,
        event: Event,
        settlement: &mut Settlement,
        output: &mut Output,
    ) -> Result<bool, UpstreamError> {
        let taken = self.exchange.take(event, output);
        let facts = taken.map_err(|error| self.provider.without_credential(error))?;
        count(&facts, settlement);
        match facts.error {
            Some(error) => Err(self.provider.without_credential(error)),
            None => Ok(facts.is_done),
        }
    }

    /// Counts what stands behind an error: some providers say there what was used until then.
    fn count_rest(&mut self, mut frame: Bytes, settlement: &mut Settlement) {
        while let Ok(Some(event)) = self.cutter.next(&mut frame) {
            if let Some(facts) = self.exchange.read(&event) {
                settlement.set_usage(facts.usage);
            }
        }
    }
}

/// True for an empty response, where another deployment may do better.
fn is_refused(settlement: &Settlement) -> bool {
    settlement.refuses_empty() && settlement.is_empty_response()
}

fn count(facts: &EventFacts, settlement: &mut Settlement) {
    // The text of a failure is no output.
    if facts.text_bytes > 0 && facts.error.is_none() {
        settlement.note_first_token();
        settlement.add_text(facts.text_bytes);
    }
    if facts.has_content && facts.error.is_none() {
        settlement.note_content();
    }
    settlement.set_usage(facts.usage);
}

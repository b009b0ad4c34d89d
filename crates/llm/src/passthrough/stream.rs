//! The events of a stream on their way through: read, and passed on with as little change as possible.

use bytes::Bytes;

use super::ending::Ending;
use super::output::Output;
use crate::error::UpstreamError;
use crate::json::{ValueSpan, splice};
use crate::language::{ClientFace, ErrorFacts, EventFacts, PassthroughFace, StreamEvent};
use crate::sse::Event;

/// Decides what the client sees of each event.
#[derive(Debug)]
pub struct StreamPassthrough {
    face: &'static dyn PassthroughFace,
    client: &'static dyn ClientFace,
    ending: Ending,
    /// The client did not ask for usage.
    hides_usage: bool,
    /// The model's name for the client, as JSON, where the upstream's differs.
    model_name: Option<String>,
}

impl StreamPassthrough {
    pub(super) fn new(
        (face, client): (&'static dyn PassthroughFace, &'static dyn ClientFace),
        hides_usage: bool,
        model_name: Option<String>,
    ) -> Self {
        Self {
            face,
            client,
            ending: Ending::default(),
            hides_usage,
            model_name,
        }
    }

    /// Reads an event and passes it on, unless it reports a failure.
    ///
    /// # Errors
    /// If it is not an event of the language, or is named `error`.
    pub fn take(&mut self, event: Event, output: &mut Output) -> Result<EventFacts, UpstreamError> {
        let language = self.face;
        if event.is_error() {
            return Err(language.read_error_event(&event.data));
        }
        let read = language.read_event(&event.data)?;
        if read.facts.is_done {
            self.end(output);
        } else if read.facts.error.is_none() {
            self.ending.note(&read);
            if !(self.hides_usage && read.is_usage_only) {
                self.pass_on(event, &read, output);
            }
        }
        Ok(read.facts)
    }

    /// Reads an event that is not passed on.
    pub fn read(&self, event: &Event) -> Option<EventFacts> {
        let read = self.face.read_event(&event.data);
        read.ok().map(|read| read.facts)
    }

    /// True if the content that was passed on is complete. `body_is_whole` says that the body ended where it
    /// should: a stream whose content is complete may end anywhere, any other one is broken.
    pub fn is_complete(&self, body_is_whole: bool) -> bool {
        self.ending.is_complete(body_is_whole)
    }

    /// Says to the client that the stream is complete.
    pub fn end(&self, output: &mut Output) {
        let end = self.client.end_of_stream();
        if !end.is_empty() {
            output.push(Bytes::from_static(end));
        }
    }

    /// The events of a whole response that came in place of a stream.
    ///
    /// # Errors
    /// If the body is no response, or reports a failure.
    pub fn unfold(&self, body: &[u8]) -> Result<Bytes, UpstreamError> {
        self.face.unfold_response(body)
    }

    /// The event that ends a stream which failed.
    pub fn fail(&self, error: &ErrorFacts<'_>) -> Vec<u8> {
        self.client.error_event(error)
    }

    fn pass_on(&self, event: Event, read: &StreamEvent, output: &mut Output) {
        let hidden_usage = read.usage_span.clone().filter(|_| self.hides_usage);
        let renamed = self.model_name.as_deref().zip(read.model_span.clone());
        if self.face.keeps_event_names()
            && let Some(name) = &event.name
        {
            output.push_name(name);
        }
        match (event.verbatim, hidden_usage, renamed) {
            (Some(verbatim), None, None) => output.push(verbatim),
            (None, None, None) => output.push_data(&event.data),
            (_, usage, renamed) => output.push_data(&edited(&event.data, usage, renamed)),
        }
    }
}

/// The event without its usage and with the model's public name.
fn edited(data: &[u8], usage: Option<ValueSpan>, renamed: Option<(&str, ValueSpan)>) -> Bytes {
    let mut edits: Vec<(ValueSpan, &str)> = Vec::with_capacity(2);
    edits.extend(usage.map(|span| (span, "null")));
    edits.extend(renamed.map(|(name, span)| (span, name)));
    edits.sort_by_key(|(span, _)| span.start);
    splice(data, &edits)
}

//! The events of a stream on their way through: read, and passed on with as little change as possible.

use std::sync::Arc;

use bytes::Bytes;

use super::ending::Ending;
use super::output::Output;
use crate::cost::{self, Charges};
use crate::error::UpstreamError;
use crate::json::{ValueSpan, splice};
use crate::language::{ClientFace, ErrorFacts, EventFacts, PassthroughFace, StreamEvent};
use crate::sse::Event;
use crate::usage::UsageReport;

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
    /// The cost of the response, where the client is told it.
    charges: Option<Arc<dyn Charges>>,
    /// The count so far, where the cost is told.
    usage: Option<Box<UsageReport>>,
}

impl StreamPassthrough {
    pub(super) fn new(
        (face, client): (&'static dyn PassthroughFace, &'static dyn ClientFace),
        hides_usage: bool,
        model_name: Option<String>,
        charges: Option<Arc<dyn Charges>>,
    ) -> Self {
        Self {
            face,
            client,
            ending: Ending::default(),
            hides_usage,
            model_name,
            charges,
            usage: None,
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

    fn pass_on(&mut self, event: Event, read: &StreamEvent, output: &mut Output) {
        let usage = self.usage_edit(&event, read);
        let renamed = read.model_span.clone().zip(self.model_name.as_deref());
        if self.face.keeps_event_names()
            && let Some(name) = &event.name
        {
            output.push_name(name);
        }
        match (event.verbatim, usage, renamed) {
            (Some(verbatim), None, None) => output.push(verbatim),
            (None, None, None) => output.push_data(&event.data),
            (_, usage, renamed) => {
                let mut edits: Vec<(ValueSpan, &str)> = Vec::with_capacity(2);
                edits.extend(usage.as_ref().map(|(span, with)| (span.clone(), &**with)));
                edits.extend(renamed);
                edits.sort_by_key(|(span, _)| span.start);
                output.push_data(&splice(&event.data, &edits));
            }
        }
    }

    /// The edit of an event's usage: taken out where the client did not ask for it, with its cost where that is told.
    fn usage_edit(&mut self, event: &Event, read: &StreamEvent) -> Option<(ValueSpan, String)> {
        if let (Some(_), Some(counted)) = (&self.charges, read.facts.usage) {
            self.usage.get_or_insert_default().update(counted);
        }
        let span = read.usage_span.clone()?;
        if self.hides_usage {
            return Some((span, "null".to_owned()));
        }
        let nanos = self.charges.as_ref()?.nanos(self.usage.as_ref()?)?;
        cost::edit(&event.data, &span, nanos)
    }
}

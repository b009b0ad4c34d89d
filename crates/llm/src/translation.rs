//! Client and provider speak different languages: what one says is read into the inner form and written for the other.

mod json_mode;

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;

use crate::chat::{
    Content, Delta, Event, FinishReason, Made, Part, Quirks, Request, Response, WriteOptions,
    Written, events,
};
use crate::cost::Charges;
use crate::error::{TranslateError, UpstreamError};
use crate::framing::Framing;
use crate::language::{
    ClientFace, ErrorFacts, EventDecoder, EventEncoder, EventFacts, UpstreamFace,
};
use crate::passthrough::{Output, WholeResponse};
use crate::sse;
use crate::usage::UsageReport;

/// One call to one deployment that speaks another language than the client.
#[derive(Debug, Clone)]
pub struct Translation<'a> {
    pub(crate) client: &'static dyn ClientFace,
    pub(crate) upstream: &'static dyn UpstreamFace,
    pub(crate) request: &'a Request,
    pub(crate) upstream_model: &'a str,
    pub(crate) output_tokens_max: Option<u64>,
    pub(crate) quirks: Quirks,
    pub(crate) made: &'a Made,
    /// The cost of the response, where the client is told it.
    pub(crate) charges: Option<&'a Arc<dyn Charges>>,
}

impl Translation<'_> {
    pub(crate) fn request(&self, asks_usage: bool) -> Result<Written, TranslateError> {
        let options = WriteOptions {
            upstream_model: self.upstream_model,
            output_tokens_max: self.output_tokens_max,
            asks_usage,
            quirks: self.quirks,
        };
        let mut written = self.upstream.write_request(&self.asked(), &options)?;
        for name in self.request.opaque_parts() {
            if !written.dropped.contains(&name) {
                written.dropped.push(name);
            }
        }
        Ok(written)
    }

    /// The request as the provider is asked.
    fn asked(&self) -> Cow<'_, Request> {
        let with_tool =
            (!self.upstream.has_json_mode()).then(|| json_mode::with_tool(self.request));
        match with_tool.flatten() {
            Some(request) => Cow::Owned(request),
            None => Cow::Borrowed(self.request),
        }
    }

    fn has_tool(&self) -> bool {
        matches!(self.asked(), Cow::Owned(_))
    }

    pub(crate) fn response(&self, body: &Bytes) -> Result<WholeResponse, UpstreamError> {
        // Some providers stream although a plain response was asked for.
        let mut response = if self.upstream.framing().is_stream(body) {
            self.upstream.read_stream(body)?
        } else {
            self.upstream.read_response(body)?
        };
        if self.has_tool() {
            json_mode::unwrap(&mut response);
        }
        if let (Some(charges), Some(usage)) = (self.charges, &mut response.usage) {
            usage.cost_nanos = charges.nanos(usage);
        }
        Ok(WholeResponse {
            body: self
                .client
                .write_response(&response, self.request, self.made),
            usage: response.usage,
            text_bytes: response.text_bytes(),
            is_empty: is_empty(&response),
        })
    }

    pub(crate) fn stream(&self) -> StreamTranslation {
        StreamTranslation {
            upstream: self.upstream,
            decoder: self.upstream.decoder(),
            encoder: self.client.encoder(self.request, self.made.clone()),
            events: Vec::new(),
            is_finished: false,
            unwrapping: self.has_tool().then(json_mode::Unwrapping::default),
            charges: self.charges.cloned(),
            usage: None,
        }
    }
}

/// The events of one stream on their way from one language to the other.
#[derive(Debug)]
pub struct StreamTranslation {
    upstream: &'static dyn UpstreamFace,
    decoder: Box<dyn EventDecoder>,
    encoder: Box<dyn EventEncoder>,
    /// Room for what an event says.
    events: Vec<Event>,
    is_finished: bool,
    unwrapping: Option<json_mode::Unwrapping>,
    charges: Option<Arc<dyn Charges>>,
    /// The count so far, where the cost is told.
    usage: Option<UsageReport>,
}

impl StreamTranslation {
    pub(crate) fn take(
        &mut self,
        event: &sse::Event,
        output: &mut Output,
    ) -> Result<EventFacts, UpstreamError> {
        let mut events = std::mem::take(&mut self.events);
        let read = self.decoder.read(event, &mut events);
        let facts = self.write(&mut events, output);
        self.events = events;
        read.map(|()| facts)
    }

    pub(crate) fn read(&mut self, event: &sse::Event) -> Option<EventFacts> {
        let mut events = Vec::new();
        self.decoder.read(event, &mut events).ok()?;
        let mut facts = EventFacts::default();
        events.iter().for_each(|event| note(event, &mut facts));
        Some(facts)
    }

    pub(crate) fn finish(&mut self, body_is_whole: bool, output: &mut Output) -> bool {
        if self.is_finished {
            return true;
        }
        let mut events = std::mem::take(&mut self.events);
        self.decoder.finish(body_is_whole, &mut events);
        self.write(&mut events, output);
        self.is_finished
    }

    pub(crate) fn framing(&self) -> Framing {
        self.upstream.framing()
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.is_finished
    }

    pub(crate) fn take_whole(
        &mut self,
        body: &[u8],
        output: &mut Output,
    ) -> Result<EventFacts, UpstreamError> {
        let response = self.upstream.read_response(body)?;
        Ok(self.write(&mut events(&response), output))
    }

    pub(crate) fn fail(&mut self, error: &ErrorFacts<'_>) -> Vec<u8> {
        let mut out = Vec::new();
        self.encoder.fail(error, &mut out);
        out
    }

    /// Writes events and leaves none.
    fn write(&mut self, events: &mut Vec<Event>, output: &mut Output) -> EventFacts {
        let mut facts = EventFacts::default();
        let mut out = Vec::new();
        for event in events.drain(..) {
            let mut event = match &mut self.unwrapping {
                Some(unwrapping) => unwrapping.event(event),
                None => event,
            };
            if let (Event::Usage(counted), Some(charges)) = (&mut event, &self.charges) {
                let usage = self.usage.get_or_insert_default();
                usage.update(*counted);
                counted.cost_nanos = charges.nanos(usage);
            }
            note(&event, &mut facts);
            self.encoder.write(&event, &mut out);
        }
        self.is_finished |= facts.is_done;
        if !out.is_empty() {
            output.push(out.into());
        }
        facts
    }
}

/// True for a response that has nothing in it, does not say why, and of which no output was counted.
fn is_empty(response: &Response) -> bool {
    let counted = response.usage.map(|usage| usage.classes().output_tokens());
    let is_blank =
        |part: &Part| matches!(&part.content, Content::Text { text, .. } if text.is_empty());
    response.parts.iter().all(is_blank)
        && !explains(response.finish.reason)
        && counted.unwrap_or_default() == 0
}

/// True for a reason to end that explains why there may be nothing.
fn explains(reason: FinishReason) -> bool {
    !matches!(reason, FinishReason::Stop)
}

fn note(event: &Event, facts: &mut EventFacts) {
    match event {
        Event::Began(part) => match &part.content {
            Content::ToolCall(call) => {
                facts.text_bytes += call.arguments.len() as u64;
                facts.has_content = true;
            }
            Content::Text { .. } | Content::Reasoning { .. } => {}
            _ => facts.has_content = true,
        },
        Event::Grew(Delta::Text(text) | Delta::Arguments(text)) => {
            facts.text_bytes += text.len() as u64;
        }
        Event::Usage(usage) => facts.usage.get_or_insert_default().update(*usage),
        Event::Finished(finish) => {
            facts.is_done = true;
            facts.has_content |= explains(finish.reason);
        }
        Event::Failed(error) => facts.error = Some(error.clone()),
        Event::Started { .. } | Event::Ended | Event::Grew(_) => {}
    }
}

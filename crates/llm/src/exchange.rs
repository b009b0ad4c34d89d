//! One call to one deployment, whatever the two languages: a request in, a request out; a response in, a response with
//! its usage out; an event in, bytes with their facts out.

use std::sync::Arc;

use bytes::Bytes;

use crate::chat::{Made, Quirks, Request, Written};
use crate::cost::Charges;
use crate::error::{TranslateError, UpstreamError};
use crate::framing::Framing;
use crate::language::{ClientFace, ErrorFacts, EventFacts, Language, UsageOption};
use crate::operation::Operation;
use crate::passthrough::{Output, Passthrough, StreamPassthrough, WholeResponse};
use crate::provider::OutputLimit;
use crate::sse::Event;
use crate::summary::{RankDialect, RequestSummary};
use crate::translation::{StreamTranslation, Translation};

/// The facts of a call.
#[derive(Debug, Clone, Copy)]
pub struct CallFacts<'a> {
    /// The operation that the client asks for.
    pub operation: &'static Operation,
    /// The language of the client.
    pub client: &'static Language,
    /// The face of that language which the client speaks to.
    pub face: &'static dyn ClientFace,
    /// The language of the provider.
    pub upstream: &'static Language,
    /// The summary of the client's request.
    pub summary: &'a RequestSummary,
    /// The request in the inner form; it is read where the languages differ.
    pub request: Option<&'a Request>,
    /// The name by which the upstream knows the model.
    pub upstream_model: &'a str,
    /// The most output tokens of the model, where that is known.
    pub output_tokens_max: Option<u64>,
    pub quirks: Quirks,
    /// The name by which the upstream knows the bound on the output, where bytes pass.
    pub output_limit: OutputLimit,
    /// The way in which the upstream writes rankings.
    pub rank_dialect: RankDialect,
    /// The facts that the response says of itself.
    pub made: &'a Made,
    /// The cost of the response, where the client is told it.
    pub charges: Option<&'a Arc<dyn Charges>>,
}

/// The way of a call: bytes pass, or they are translated.
#[derive(Debug, Clone)]
pub enum Exchange<'a> {
    Passthrough(Passthrough<'a>),
    Translation(Translation<'a>),
}

/// The relay of a stream's events.
#[derive(Debug)]
pub enum StreamExchange {
    Passthrough(StreamPassthrough),
    Translation(Box<StreamTranslation>),
}

impl<'a> Exchange<'a> {
    /// The way of a call; `None` if there is none between the two languages.
    pub fn of(facts: &CallFacts<'a>) -> Option<Self> {
        let client = facts.face;
        let is_passed =
            std::ptr::eq(facts.client, facts.upstream) || !facts.operation.input.is_conversation();
        if is_passed {
            let face = facts.client.passthrough?;
            return Some(Self::Passthrough(Passthrough {
                face: face.for_operation(facts.operation).unwrap_or(face),
                client,
                summary: facts.summary,
                upstream_model: facts.upstream_model,
                output_limit: facts.output_limit,
                rank_dialect: facts.rank_dialect,
                charges: facts.charges,
            }));
        }
        Some(Self::Translation(Translation {
            client,
            upstream: facts.upstream.upstream,
            request: facts.request?,
            upstream_model: facts.upstream_model,
            output_tokens_max: facts.output_tokens_max,
            quirks: facts.quirks,
            made: facts.made,
            charges: facts.charges,
        }))
    }

    /// The body for the upstream, with the names of the parameters that were left out.
    ///
    /// # Errors
    /// If the request has a parameter that the provider's language cannot say.
    pub fn request(&self, body: &Bytes, option: UsageOption) -> Result<Written, TranslateError> {
        match self {
            Self::Passthrough(passthrough) => Ok(Written {
                body: passthrough.request(body, option),
                dropped: Vec::new(),
            }),
            Self::Translation(translation) => translation.request(option == UsageOption::Set),
        }
    }

    /// The response for the client, of a body that has the status of a success.
    ///
    /// # Errors
    /// If the body is no response, or reports a failure.
    pub fn response(&self, body: Bytes) -> Result<WholeResponse, UpstreamError> {
        match self {
            Self::Passthrough(passthrough) => passthrough.response(body),
            Self::Translation(translation) => translation.response(&body),
        }
    }

    /// The relay of a streamed response's events.
    pub fn stream(&self) -> StreamExchange {
        match self {
            Self::Passthrough(passthrough) => StreamExchange::Passthrough(passthrough.stream()),
            Self::Translation(translation) => {
                StreamExchange::Translation(Box::new(translation.stream()))
            }
        }
    }
}

impl StreamExchange {
    /// Reads an event and passes on what it says, unless it reports a failure.
    ///
    /// # Errors
    /// If it is not an event of the language, or is named `error`.
    pub fn take(&mut self, event: Event, output: &mut Output) -> Result<EventFacts, UpstreamError> {
        match self {
            Self::Passthrough(stream) => stream.take(event, output),
            Self::Translation(stream) => stream.take(&event, output),
        }
    }

    /// The way in which the upstream's stream is cut into events.
    pub fn framing(&self) -> Framing {
        match self {
            Self::Passthrough(_) => Framing::ServerSentEvents,
            Self::Translation(stream) => stream.framing(),
        }
    }

    /// Reads an event that is not passed on.
    pub fn read(&mut self, event: &Event) -> Option<EventFacts> {
        match self {
            Self::Passthrough(stream) => stream.read(event),
            Self::Translation(stream) => stream.read(event),
        }
    }

    /// Ends the stream if its content is complete. `body_is_whole` says that the body ended where it should: a stream
    /// whose content is complete may end anywhere, any other one is broken.
    pub fn finish(&mut self, body_is_whole: bool, output: &mut Output) -> bool {
        match self {
            Self::Passthrough(stream) => {
                let is_complete = stream.is_complete(body_is_whole);
                if is_complete {
                    stream.end(output);
                }
                is_complete
            }
            Self::Translation(stream) => stream.finish(body_is_whole, output),
        }
    }

    /// True if the content that was passed on is complete, though the end may not have been said.
    pub fn is_complete(&self, body_is_whole: bool) -> bool {
        match self {
            Self::Passthrough(stream) => stream.is_complete(body_is_whole),
            Self::Translation(stream) => stream.is_complete(),
        }
    }

    /// Passes on a whole response that came in place of a stream: as events of the upstream's language, or, where they
    /// are translated, as the output itself.
    ///
    /// # Errors
    /// If the body is no response, or reports a failure.
    pub fn take_whole(&mut self, body: &[u8], output: &mut Output) -> Result<Whole, UpstreamError> {
        match self {
            Self::Passthrough(stream) => stream.unfold(body).map(Whole::Events),
            Self::Translation(stream) => stream
                .take_whole(body, output)
                .map(|facts| Whole::Passed(Box::new(facts))),
        }
    }

    /// The bytes that end a stream which failed.
    pub fn fail(&mut self, error: &ErrorFacts<'_>) -> Vec<u8> {
        match self {
            Self::Passthrough(stream) => stream.fail(error),
            Self::Translation(stream) => stream.fail(error),
        }
    }
}

/// A whole response in place of a stream.
#[derive(Debug)]
pub enum Whole {
    /// Events that are still to be taken.
    Events(Bytes),
    /// The facts of a response that was passed on.
    Passed(Box<EventFacts>),
}

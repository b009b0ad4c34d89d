//! The upstream face of a language: where a provider takes a request, and what its refusals mean.

use std::borrow::Cow;
use std::fmt::Debug;

use bytes::Bytes;

use super::codec::EventDecoder;
use crate::chat::{Breakpoints, Fold, Request, Response, WriteOptions, Written};
use crate::error::{TranslateError, UpstreamError};
use crate::framing::Framing;
use crate::operation::Operation;
use crate::refusal::Refusal;

/// The upstream's face of a language.
pub trait UpstreamFace: Send + Sync + Debug {
    /// The target of a request for an operation; `None` if the language has no such operation.
    fn target(&self, operation: &Operation, model: &str, is_streamed: bool) -> Option<Target>;

    /// The path of the provider's list of models.
    fn models(&self) -> Target;

    /// Classifies a refusal.
    fn classify_error(&self, refusal: &Refusal<'_>) -> UpstreamError;

    /// True if the reason of a refusal speaks of the option that asks for usage in a stream.
    fn refuses_usage_option(&self, reason: &[u8]) -> bool;

    /// True if the language can ask for JSON without a schema.
    fn has_json_mode(&self) -> bool {
        true
    }

    /// The automatic cache breakpoints that a model takes.
    fn breakpoints(&self, _model: &str) -> Breakpoints {
        Breakpoints::None
    }

    /// Writes a request for a conversation that came in another language.
    ///
    /// # Errors
    /// If it has a parameter that the language cannot say, and without which the response would mean something else.
    fn write_request(
        &self,
        request: &Request,
        options: &WriteOptions<'_>,
    ) -> Result<Written, TranslateError>;

    /// Reads a whole response that has the status of a success.
    ///
    /// # Errors
    /// If the body is no response, or reports a failure.
    fn read_response(&self, body: &[u8]) -> Result<Response, UpstreamError>;

    /// The way in which a stream is cut into events.
    fn framing(&self) -> Framing {
        Framing::ServerSentEvents
    }

    /// The path at the end of a base URL where the provider speaks OpenAI's language, beside which this language has its
    /// own paths; empty for a language that has a base URL of its own.
    fn compatible_path(&self) -> &'static str {
        ""
    }

    /// The decoder of a streamed response.
    fn decoder(&self) -> Box<dyn EventDecoder>;

    /// Reads the response that the events of a whole stream make.
    ///
    /// # Errors
    /// If the stream is none of the language, breaks off or reports a failure.
    fn read_stream(&self, body: &Bytes) -> Result<Response, UpstreamError> {
        let mut decoder = self.decoder();
        let mut cutter = self.framing().cutter(body.len());
        let mut frame = body.clone();
        let mut events = Vec::new();
        while let Ok(Some(event)) = cutter.next(&mut frame) {
            decoder.read(&event, &mut events)?;
        }
        if let Some(event) = cutter.finish() {
            decoder.read(&event, &mut events)?;
        }
        decoder.finish(true, &mut events);
        let mut fold = Fold::default();
        events.into_iter().for_each(|event| fold.add(event));
        fold.finish()
    }
}

/// The target of a request: its path, and its headers besides the credential.
#[derive(Debug, PartialEq, Eq)]
pub struct Target {
    /// Path below the base URL of the provider, and a query where the language has one.
    pub path_and_query: Cow<'static, str>,
    /// Headers of every request, in lower case.
    pub headers: &'static [(&'static str, &'static str)],
}

impl Target {
    /// A path without a query, which needs no headers.
    pub const fn of_path(path: &'static str) -> Self {
        Self {
            path_and_query: Cow::Borrowed(path),
            headers: &[],
        }
    }
}

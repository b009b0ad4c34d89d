//! The client face of a language: what a client sends, and what surrounds every response to it.

use std::fmt::Debug;

use bytes::Bytes;

use super::codec::EventEncoder;
use super::error_facts::ErrorFacts;
use crate::chat::{Made, Request, Response, Written};
use crate::error::TranslateError;
use crate::operation::Operation;
use crate::summary::RequestSummary;

/// The client's face of a language.
pub trait ClientFace: Send + Sync + Debug {
    /// Reads what admission needs of a request, and checks that the whole body is sound.
    ///
    /// # Errors
    /// If the body is no request of this operation.
    fn scan(&self, operation: &Operation, body: &[u8]) -> Result<RequestSummary, TranslateError>;

    /// Headers of a request that reach a provider of the same language, in lower case.
    fn forwarded_headers(&self) -> &'static [&'static str];

    /// Content type of a whole response.
    fn content_type(&self) -> &'static str;

    /// Content type of a streamed response.
    fn stream_content_type(&self) -> &'static str;

    /// The heartbeat of a stream: clients ignore it, middleboxes see traffic.
    fn heartbeat(&self) -> &'static [u8];

    /// The last event of a stream that is complete.
    fn end_of_stream(&self) -> &'static [u8];

    /// The body of a response that refuses or fails: the error envelope.
    fn error_body(&self, error: &ErrorFacts<'_>) -> Vec<u8>;

    /// The event that ends a stream which failed after its head was sent.
    fn error_event(&self, error: &ErrorFacts<'_>) -> Vec<u8>;

    /// Reads a request for a conversation into the inner form.
    ///
    /// # Errors
    /// If a part of it has a form that cannot be understood.
    fn read_request(&self, body: &[u8]) -> Result<Request, TranslateError>;

    /// Writes a whole response to a request.
    fn write_response(&self, response: &Response, request: &Request, made: &Made) -> Bytes;

    /// The encoder of a streamed response to a request.
    fn encoder(&self, request: &Request, made: Made) -> Box<dyn EventEncoder>;

    /// The face of those who send a prompt where others send a conversation; none where the language has no prompts.
    fn for_prompts(&self) -> Option<&'static dyn ClientFace> {
        None
    }

    /// The body of a sister language, as a body of this one; `None` if it is none of a sister's.
    ///
    /// # Errors
    /// If it is one, and a part of it cannot be said in this language.
    fn adopt(
        &self,
        _operation: &Operation,
        _body: &[u8],
    ) -> Option<Result<Written, TranslateError>> {
        None
    }
}

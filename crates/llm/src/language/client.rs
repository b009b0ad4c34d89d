//! The client face of a language: what a client sends, and what surrounds every response to it.

use std::fmt::Debug;

use bytes::Bytes;

use super::codec::EventEncoder;
use super::error_facts::ErrorFacts;
use crate::chat::{Made, Request, Response};
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
}

//! The older text interface over models that know conversations alone: a prompt is what the user says.

mod encoder;
mod read_request;
mod write_response;

use bytes::Bytes;

use super::{CLIENT as CHAT, envelope, scan};
use crate::chat::{Made, Request, Response};
use crate::error::TranslateError;
use crate::language::{ClientFace, ErrorFacts, EventEncoder};
use crate::operation::Operation;
use crate::summary::RequestSummary;

/// The face of those who send a prompt.
pub(super) const CLIENT: &dyn ClientFace = &Completions;

#[derive(Debug)]
struct Completions;

impl ClientFace for Completions {
    fn scan(&self, operation: &Operation, body: &[u8]) -> Result<RequestSummary, TranslateError> {
        scan::scan(operation, body)
    }

    fn forwarded_headers(&self) -> &'static [&'static str] {
        CHAT.forwarded_headers()
    }

    fn content_type(&self) -> &'static str {
        CHAT.content_type()
    }

    fn stream_content_type(&self) -> &'static str {
        CHAT.stream_content_type()
    }

    fn heartbeat(&self) -> &'static [u8] {
        CHAT.heartbeat()
    }

    fn end_of_stream(&self) -> &'static [u8] {
        CHAT.end_of_stream()
    }

    fn error_body(&self, error: &ErrorFacts<'_>) -> Vec<u8> {
        envelope::body(error).into_bytes()
    }

    fn error_event(&self, error: &ErrorFacts<'_>) -> Vec<u8> {
        envelope::event(error).into_bytes()
    }

    fn read_request(&self, body: &[u8]) -> Result<Request, TranslateError> {
        read_request::read(body)
    }

    fn write_response(&self, response: &Response, _request: &Request, made: &Made) -> Bytes {
        write_response::write(response, made)
    }

    fn encoder(&self, request: &Request, made: Made) -> Box<dyn EventEncoder> {
        Box::new(encoder::CompletionEncoder::new(
            request.includes_usage,
            made,
        ))
    }
}

//! `OpenAI`'s language of responses.

mod chat;
mod envelope;
pub mod kept;
mod passing;
mod scan;

use bytes::Bytes;

use crate::chat::{Made, Request, Response, WriteOptions, Written};
use crate::error::{TranslateError, UpstreamError};
use crate::language::{
    ClientFace, Encode, ErrorFacts, EventDecoder, EventEncoder, Language, Ordered, PassthroughFace,
    ResponseSpans, StreamEvent, Target, UpstreamFace,
};
use crate::media::{ByBytes, MediaKind};
use crate::operation::{Input, Operation};
use crate::refusal::{self, Refusal};
use crate::summary::RequestSummary;

/// The language of `OpenAI`'s responses.
pub static RESPONSES: Language = Language {
    name: NAME,
    client: Some(&Responses),
    upstream: &Responses,
    passthrough: Some(&Responses),
    by_bytes: ByBytes::of(&[MediaKind::Audio]),
};

/// The name of the language.
const NAME: &str = "responses";

#[derive(Debug)]
struct Responses;

impl ClientFace for Responses {
    fn scan(&self, operation: &Operation, body: &[u8]) -> Result<RequestSummary, TranslateError> {
        scan::scan(operation, body)
    }

    fn forwarded_headers(&self) -> &'static [&'static str] {
        &[]
    }

    fn content_type(&self) -> &'static str {
        "application/json"
    }

    fn stream_content_type(&self) -> &'static str {
        "text/event-stream; charset=utf-8"
    }

    fn heartbeat(&self) -> &'static [u8] {
        b": keep-alive\n\n"
    }

    /// The event that says the end has the whole response in it: nothing follows.
    fn end_of_stream(&self) -> &'static [u8] {
        b""
    }

    fn error_body(&self, error: &ErrorFacts<'_>) -> Vec<u8> {
        envelope::body(error).into_bytes()
    }

    fn error_event(&self, error: &ErrorFacts<'_>) -> Vec<u8> {
        envelope::event(error).into_bytes()
    }

    fn read_request(&self, body: &[u8]) -> Result<Request, TranslateError> {
        chat::read_request::read(body)
    }

    fn write_response(&self, response: &Response, request: &Request, made: &Made) -> Bytes {
        chat::write_response::write(response, request, made)
    }

    fn encoder(&self, request: &Request, made: Made) -> Box<dyn EventEncoder> {
        Box::new(chat::encoder::ResponseEncoder::new(request, made))
    }
}

impl UpstreamFace for Responses {
    fn target(&self, operation: &Operation, _model: &str, _is_streamed: bool) -> Option<Target> {
        (operation.input == Input::Messages).then(|| Target::of_path("/responses"))
    }

    fn models(&self) -> Target {
        Target::of_path("/models")
    }

    fn classify_error(&self, refusal: &Refusal<'_>) -> UpstreamError {
        refusal::classify(refusal)
    }

    fn refuses_usage_option(&self, _reason: &[u8]) -> bool {
        false
    }

    fn write_request(
        &self,
        request: &Request,
        options: &WriteOptions<'_>,
    ) -> Result<Written, TranslateError> {
        chat::write_request::write(request, options)
    }

    fn read_response(&self, body: &[u8]) -> Result<Response, UpstreamError> {
        chat::decoder::read_response(body)
    }

    fn decoder(&self) -> Box<dyn EventDecoder> {
        Ordered::boxed(chat::decoder::ResponseDecoder::default())
    }
}

impl PassthroughFace for Responses {
    fn encode(&self, request: &Encode<'_>) -> Bytes {
        passing::encode(request)
    }

    fn read_response(&self, body: &[u8]) -> Result<ResponseSpans, UpstreamError> {
        passing::read_response(body)
    }

    fn fold_stream(&self, body: &Bytes, _model: &str) -> Option<Result<Bytes, UpstreamError>> {
        passing::fold_stream(body)
    }

    fn unfold_response(&self, body: &[u8]) -> Result<Bytes, UpstreamError> {
        passing::unfold_response(body)
    }

    fn read_event(&self, data: &[u8]) -> Result<StreamEvent, UpstreamError> {
        passing::read_event(data)
    }

    fn read_error_event(&self, data: &[u8]) -> UpstreamError {
        refusal::classify_unmarked(data)
    }

    fn keeps_event_names(&self) -> bool {
        true
    }
}

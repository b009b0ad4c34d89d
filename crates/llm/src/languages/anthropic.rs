//! Anthropic's language: messages.

mod breakpoints;
mod chat;
mod envelope;
mod passing;
mod scan;

use bytes::Bytes;

use crate::chat::{Breakpoints, Made, Request, Response, WriteOptions, Written};
use crate::error::{TranslateError, UpstreamError};
use crate::language::{
    ClientFace, Encode, ErrorFacts, EventDecoder, EventEncoder, Language, Ordered, PassthroughFace,
    ResponseSpans, StreamEvent, Target, UpstreamFace,
};
use crate::media::ByBytes;
use crate::operation::{Input, Operation};
use crate::refusal::{self, Refusal};
use crate::summary::RequestSummary;

/// The language of Anthropic's messages.
pub static ANTHROPIC: Language = Language {
    name: NAME,
    client: Some(&Anthropic),
    upstream: &Anthropic,
    passthrough: Some(&Anthropic),
    by_bytes: ByBytes::NONE,
};

pub(super) use chat::thinking;

/// The name of the language.
const NAME: &str = "anthropic";
/// The version of the language that is spoken to providers, where the client names none.
const VERSION: &[(&str, &str)] = &[("anthropic-version", "2023-06-01")];

#[derive(Debug)]
struct Anthropic;

impl ClientFace for Anthropic {
    fn scan(&self, operation: &Operation, body: &[u8]) -> Result<RequestSummary, TranslateError> {
        scan::scan(operation, body)
    }

    /// Names of betas are not checked: half of a pair of header and member is refused by the provider.
    fn forwarded_headers(&self) -> &'static [&'static str] {
        &["anthropic-beta"]
    }

    fn content_type(&self) -> &'static str {
        "application/json"
    }

    fn stream_content_type(&self) -> &'static str {
        "text/event-stream; charset=utf-8"
    }

    fn heartbeat(&self) -> &'static [u8] {
        b"event: ping\ndata: {\"type\": \"ping\"}\n\n"
    }

    fn end_of_stream(&self) -> &'static [u8] {
        b"event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"
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

    fn write_response(&self, response: &Response, _request: &Request, made: &Made) -> Bytes {
        chat::write_response::write(response, made)
    }

    fn encoder(&self, _request: &Request, made: Made) -> Box<dyn EventEncoder> {
        Box::new(chat::encoder::MessageEncoder::new(made))
    }
}

impl UpstreamFace for Anthropic {
    fn target(&self, operation: &Operation, _model: &str, _is_streamed: bool) -> Option<Target> {
        (operation.input == Input::Messages).then(|| Target {
            headers: VERSION,
            ..Target::of_path("/messages")
        })
    }

    fn models(&self) -> Target {
        Target {
            headers: VERSION,
            ..Target::of_path("/models")
        }
    }

    fn classify_error(&self, refusal: &Refusal<'_>) -> UpstreamError {
        refusal::classify(refusal)
    }

    fn refuses_usage_option(&self, _reason: &[u8]) -> bool {
        false
    }

    fn has_json_mode(&self) -> bool {
        false
    }

    fn breakpoints(&self, _model: &str) -> Breakpoints {
        Breakpoints::PromptAndTools
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
        Ordered::boxed(chat::decoder::MessageDecoder::default())
    }
}

impl PassthroughFace for Anthropic {
    fn encode(&self, request: &Encode<'_>) -> Bytes {
        passing::encode(request)
    }

    fn read_response(&self, body: &[u8]) -> Result<ResponseSpans, UpstreamError> {
        passing::read_response(body)
    }

    fn fold_stream(&self, body: &Bytes, model: &str) -> Option<Result<Bytes, UpstreamError>> {
        passing::fold_stream(body, model)
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

    fn with_breakpoints(&self, body: &[u8]) -> Option<Bytes> {
        breakpoints::with_breakpoints(body)
    }

    fn keeps_event_names(&self) -> bool {
        true
    }
}

//! OpenAI's language: what our clients speak, and what most providers speak.

mod adopted;
mod beside_chat;
mod chat;
mod completions;
mod emptiness;
mod envelope;
mod fold;
mod request;
mod response;
mod scan;
mod signs;
mod stream;
mod unfold;

use bytes::Bytes;
use memchr::memmem;

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

/// The language of OpenAI's chat completions and their relatives.
pub static OPENAI: Language = Language {
    name: NAME,
    client: Some(&OpenAi),
    upstream: &OpenAi,
    passthrough: Some(&OpenAi),
    by_bytes: ByBytes::of(&[MediaKind::Audio, MediaKind::File]),
};

/// The client's face.
pub(super) const CLIENT: &dyn ClientFace = &OpenAi;

/// The name of the language.
const NAME: &str = "openai";

#[derive(Debug)]
struct OpenAi;

impl ClientFace for OpenAi {
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
        "text/event-stream"
    }

    fn heartbeat(&self) -> &'static [u8] {
        b": keep-alive\n\n"
    }

    fn end_of_stream(&self) -> &'static [u8] {
        b"data: [DONE]\n\n"
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

    fn encoder(&self, request: &Request, made: Made) -> Box<dyn EventEncoder> {
        Box::new(chat::encoder::ChunkEncoder::new(
            request.includes_usage,
            &made,
        ))
    }

    fn for_prompts(&self) -> Option<&'static dyn ClientFace> {
        Some(completions::CLIENT)
    }

    fn adopt(&self, operation: &Operation, body: &[u8]) -> Option<Result<Written, TranslateError>> {
        let is_conversation = operation.input == Input::Messages;
        is_conversation.then(|| adopted::adopt(body)).flatten()
    }
}

impl UpstreamFace for OpenAi {
    fn target(&self, operation: &Operation, _model: &str, _is_streamed: bool) -> Option<Target> {
        Some(Target::of_path(operation.path))
    }

    fn models(&self) -> Target {
        Target::of_path("/models")
    }

    fn classify_error(&self, refusal: &Refusal<'_>) -> UpstreamError {
        refusal::classify(refusal)
    }

    fn refuses_usage_option(&self, reason: &[u8]) -> bool {
        memmem::find(reason, b"stream_options").is_some()
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
        Ordered::boxed(chat::decoder::ChunkDecoder::default())
    }
}

impl PassthroughFace for OpenAi {
    fn for_operation(&self, operation: &Operation) -> Option<&'static dyn PassthroughFace> {
        beside_chat::face_of(operation)
    }

    fn encode(&self, request: &Encode<'_>) -> Bytes {
        request::encode(request)
    }

    fn read_response(&self, body: &[u8]) -> Result<ResponseSpans, UpstreamError> {
        response::read(body)
    }

    fn fold_stream(&self, body: &Bytes, model: &str) -> Option<Result<Bytes, UpstreamError>> {
        fold::fold(body, model)
    }

    fn unfold_response(&self, body: &[u8]) -> Result<Bytes, UpstreamError> {
        unfold::unfold(body)
    }

    fn read_event(&self, data: &[u8]) -> Result<StreamEvent, UpstreamError> {
        stream::read(data)
    }

    fn read_error_event(&self, data: &[u8]) -> UpstreamError {
        refusal::classify_unmarked(data)
    }
}

//! Gemini's language, generateContent: the language that Google's models speak by themselves, at Gemini and at Vertex AI.
//!
//! The model and the wish for a stream stand in the path, not in the body.

mod chat;
mod embeddings;
mod envelope;
mod passing;
mod path;
mod scan;

use bytes::Bytes;

use crate::chat::{Made, Request, Response, WriteOptions, Written};
use crate::error::{TranslateError, UpstreamError};
use crate::language::{
    ClientFace, Encode, ErrorFacts, EventDecoder, EventEncoder, Language, Ordered, PassthroughFace,
    ResponseSpans, StreamEvent, Target, UpstreamFace,
};
use crate::media::ByBytes;
use crate::operation::{Input, Operation, ResponseBody};
use crate::refusal::{self, Refusal};
use crate::summary::RequestSummary;

pub use embeddings::{embeddings_as_gemini, embeddings_as_openai};
pub use path::{GeminiMethod, is_gemini_path};

/// URLs that the provider reads itself: its own files, and films of its video site.
const OWN_FILES: [&str; 4] = [
    "https://generativelanguage.googleapis.com/",
    "https://www.youtube.com/",
    "https://youtube.com/",
    "https://youtu.be/",
];

/// The language of generateContent.
pub static GEMINI: Language = Language {
    name: NAME,
    client: Some(&Gemini),
    upstream: &Gemini,
    passthrough: Some(&Gemini),
    by_bytes: ByBytes::ALL.but_at(&OWN_FILES),
};

/// The name of the language, by which its signatures are known.
const NAME: &str = "gemini";
/// Prefixes by which other interfaces of Google's name a model.
const MODEL_PREFIXES: [&str; 3] = ["publishers/google/models/", "models/", "google/"];

#[derive(Debug)]
struct Gemini;

impl ClientFace for Gemini {
    fn scan(&self, operation: &Operation, body: &[u8]) -> Result<RequestSummary, TranslateError> {
        scan::scan(operation, body)
    }

    fn forwarded_headers(&self) -> &'static [&'static str] {
        &[]
    }

    fn content_type(&self) -> &'static str {
        "application/json; charset=UTF-8"
    }

    fn stream_content_type(&self) -> &'static str {
        "text/event-stream"
    }

    /// An empty line: some of Google's clients take nothing but `data:` where an event begins.
    fn heartbeat(&self) -> &'static [u8] {
        b"\n"
    }

    /// Nothing: the end of the body is the end.
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

    fn write_response(&self, response: &Response, _request: &Request, made: &Made) -> Bytes {
        chat::write_response::write(response, made)
    }

    fn encoder(&self, _request: &Request, made: Made) -> Box<dyn EventEncoder> {
        Box::new(chat::encoder::ChunkEncoder::new(made))
    }
}

impl UpstreamFace for Gemini {
    fn target(&self, operation: &Operation, model: &str, is_streamed: bool) -> Option<Target> {
        if operation.input != Input::Messages || operation.response != ResponseBody::JsonOrEvents {
            return None;
        }
        let prefix = MODEL_PREFIXES.iter();
        let model = prefix.fold(model, |name, prefix| {
            name.strip_prefix(prefix).unwrap_or(name)
        });
        let method = if is_streamed {
            "streamGenerateContent?alt=sse"
        } else {
            "generateContent"
        };
        Some(Target {
            path_and_query: format!("/models/{model}:{method}").into(),
            headers: &[],
        })
    }

    fn models(&self) -> Target {
        Target::of_path("/models?pageSize=1000")
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
        Ordered::boxed(chat::decoder::ChunkDecoder::default())
    }
}

impl PassthroughFace for Gemini {
    /// The very bytes: the name of the model stands in the path.
    fn encode(&self, request: &Encode<'_>) -> Bytes {
        request.body.clone()
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
}

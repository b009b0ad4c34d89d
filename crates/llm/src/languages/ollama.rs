//! Ollama's own language: chat. Only providers speak it; it says more than the OpenAI-compatible one beside it, such as
//! the settings of sampling of local models.

mod decoder;
mod write_messages;
mod write_request;

use crate::chat::{Request, Response, WriteOptions, Written};
use crate::error::{TranslateError, UpstreamError};
use crate::framing::Framing;
use crate::language::{EventDecoder, Language, Ordered, Target, UpstreamFace};
use crate::media::{ByBytes, MediaKind};
use crate::operation::{Input, Operation};
use crate::refusal::{self, Refusal};

/// The language of Ollama's chat.
pub static OLLAMA: Language = Language {
    name: "ollama",
    client: None,
    upstream: &Ollama,
    passthrough: None,
    by_bytes: ByBytes::of(&[MediaKind::Image, MediaKind::File]),
};

/// The path of the interface beside it that speaks OpenAI's language.
const COMPATIBLE: &str = "/v1";

#[derive(Debug)]
struct Ollama;

impl UpstreamFace for Ollama {
    fn target(&self, operation: &Operation, _model: &str, _is_streamed: bool) -> Option<Target> {
        (operation.input == Input::Messages).then(|| Target::of_path("/api/chat"))
    }

    fn models(&self) -> Target {
        Target::of_path("/v1/models")
    }

    fn compatible_path(&self) -> &'static str {
        COMPATIBLE
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
        write_request::write(request, options)
    }

    fn read_response(&self, body: &[u8]) -> Result<Response, UpstreamError> {
        decoder::read_response(body)
    }

    fn framing(&self) -> Framing {
        Framing::JsonLines
    }

    fn decoder(&self) -> Box<dyn EventDecoder> {
        Ordered::boxed(decoder::ChatDecoder::default())
    }
}

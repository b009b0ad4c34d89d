//! Cohere's language: chat v2. Only providers speak it.

mod decoder;
mod message;
mod usage;
mod write_messages;
mod write_request;

use crate::chat::{Request, Response, WriteOptions, Written};
use crate::error::{TranslateError, UpstreamError};
use crate::language::{EventDecoder, Language, Ordered, Target, UpstreamFace};
use crate::media::ByBytes;
use crate::operation::{Input, Operation};
use crate::refusal::{self, Refusal};

/// The language of Cohere's chat v2.
pub static COHERE: Language = Language {
    name: NAME,
    client: None,
    upstream: &Cohere,
    passthrough: None,
    by_bytes: ByBytes::NONE,
};

/// The name of the language.
const NAME: &str = "cohere";
/// The path of the interface beside it that speaks OpenAI's language.
const COMPATIBLE: &str = "/compatibility/v1";

#[derive(Debug)]
struct Cohere;

impl UpstreamFace for Cohere {
    fn target(&self, operation: &Operation, _model: &str, _is_streamed: bool) -> Option<Target> {
        match operation.input {
            Input::Messages => Some(Target::of_path("/v2/chat")),
            Input::Documents => Some(Target::of_path("/v2/rerank")),
            Input::Prompt
            | Input::Texts
            | Input::Judged
            | Input::Drawn
            | Input::Redrawn { .. }
            | Input::Spoken
            | Input::Heard
            | Input::Unread => None,
        }
    }

    fn models(&self) -> Target {
        Target::of_path("/compatibility/v1/models")
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
        message::read_response(body)
    }

    fn decoder(&self) -> Box<dyn EventDecoder> {
        Ordered::boxed(decoder::ChatDecoder::default())
    }
}

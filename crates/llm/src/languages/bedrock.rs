//! Bedrock's language: converse. Only providers speak it.

mod blocks;
mod decoder;
mod read_blocks;
mod read_response;
mod usage;
mod wish;
mod write_request;

use std::fmt::Write as _;

use crate::chat::{Breakpoints, Request, Response, WriteOptions, Written};
use crate::error::{TranslateError, UpstreamError};
use crate::framing::Framing;
use crate::language::{EventDecoder, Language, Ordered, Target, UpstreamFace};
use crate::media::{ByBytes, MediaKind};
use crate::operation::{Input, Operation};
use crate::refusal::{self, Refusal};

/// The language of Bedrock's converse.
pub static BEDROCK: Language = Language {
    name: NAME,
    client: None,
    upstream: &Bedrock,
    passthrough: None,
    by_bytes: ByBytes::of(&[MediaKind::Image, MediaKind::Video, MediaKind::File]),
};

/// The name of the language.
const NAME: &str = "bedrock";

#[derive(Debug)]
struct Bedrock;

impl UpstreamFace for Bedrock {
    fn target(&self, operation: &Operation, model: &str, is_streamed: bool) -> Option<Target> {
        let method = if is_streamed {
            "converse-stream"
        } else {
            "converse"
        };
        (operation.input == Input::Messages).then(|| Target {
            path_and_query: format!("/model/{}/{method}", segment(model)).into(),
            headers: &[],
        })
    }

    /// That of its OpenAI-compatible interface: converse has none at this address.
    fn models(&self) -> Target {
        Target::of_path("/openai/v1/models")
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

    fn breakpoints(&self, model: &str) -> Breakpoints {
        match wish::Maker::of(model) {
            wish::Maker::Anthropic => Breakpoints::PromptAndTools,
            // Its tools cannot be marked.
            wish::Maker::Amazon => Breakpoints::Prompt,
            wish::Maker::OpenAi | wish::Maker::Other => Breakpoints::None,
        }
    }

    fn write_request(
        &self,
        request: &Request,
        options: &WriteOptions<'_>,
    ) -> Result<Written, TranslateError> {
        write_request::write(request, options)
    }

    fn read_response(&self, body: &[u8]) -> Result<Response, UpstreamError> {
        read_response::read(body)
    }

    fn framing(&self) -> Framing {
        Framing::AwsEventStream
    }

    fn decoder(&self) -> Box<dyn EventDecoder> {
        Ordered::boxed(decoder::ConverseDecoder::default())
    }
}

/// The name of a model as one segment of a path: those of inference profiles have colons and slashes.
fn segment(model: &str) -> String {
    let mut out = String::with_capacity(model.len());
    for byte in model.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::BEDROCK;
    use crate::operation::{CHAT, EMBEDDINGS};

    #[test]
    fn the_model_is_a_segment_of_the_path() {
        let path = |model, is_streamed| {
            let target = BEDROCK.upstream.target(&CHAT, model, is_streamed).unwrap();
            target.path_and_query.into_owned()
        };
        assert_eq!(
            path("us.amazon.nova-lite-v1:0", false),
            "/model/us.amazon.nova-lite-v1%3A0/converse"
        );
        assert_eq!(
            path("arn:aws:bedrock:eu-1:1:inference-profile/x", true),
            "/model/arn%3Aaws%3Abedrock%3Aeu-1%3A1%3Ainference-profile%2Fx/converse-stream"
        );
        assert!(BEDROCK.upstream.target(&EMBEDDINGS, "m", false).is_none());
    }
}

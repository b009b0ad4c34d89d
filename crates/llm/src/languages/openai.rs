//! OpenAI's protocol: what most providers speak, and what our clients speak, so almost nothing changes.

pub mod envelope;
mod fold;
mod request;
mod response;
pub(crate) mod scan;
mod signs;
mod stream;
mod unfold;

use bytes::Bytes;

use crate::error::{TranslateError, UpstreamError};
use crate::language::spans::{Answer, Encode, Protocol, StreamEvent};
use crate::refusal::{self, Refusal};
use crate::operation::Endpoint;

/// The one instance.
pub(crate) static PROTOCOL: OpenAi = OpenAi;

/// OpenAI's chat completions, completions and embeddings.
#[derive(Debug)]
pub(crate) struct OpenAi;

impl Protocol for OpenAi {
    fn path(&self, endpoint: Endpoint) -> &'static str {
        match endpoint {
            Endpoint::ChatCompletions => "/chat/completions",
            Endpoint::Completions => "/completions",
            Endpoint::Embeddings => "/embeddings",
        }
    }

    fn encode(&self, request: &Encode<'_>) -> Result<Bytes, TranslateError> {
        Ok(request::encode(request))
    }

    fn read_answer(&self, body: &[u8]) -> Result<Answer, UpstreamError> {
        response::read(body)
    }

    fn fold_stream(&self, body: &Bytes, model: &str) -> Option<Result<Bytes, UpstreamError>> {
        fold::fold(body, model)
    }

    fn unfold_answer(&self, body: &[u8]) -> Result<Bytes, UpstreamError> {
        unfold::unfold(body)
    }

    fn read_event(&self, data: &[u8]) -> Result<StreamEvent, UpstreamError> {
        stream::read(data)
    }

    fn read_error_event(&self, data: &[u8]) -> UpstreamError {
        refusal::classify_unmarked(data)
    }

    fn classify_error(&self, refusal: &Refusal<'_>) -> UpstreamError {
        refusal::classify(refusal)
    }
}

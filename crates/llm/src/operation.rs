//! What clients can have done.

use crate::TranslateError;
use crate::languages::openai::scan::{chat_completions, completions, embeddings};
use crate::summary::RequestHead;

/// An inference endpoint, as clients see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Endpoint {
    ChatCompletions,
    Completions,
    Embeddings,
}

impl Endpoint {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::ChatCompletions, Self::Completions, Self::Embeddings];

    /// The resource that rate-limit headers and key restrictions name.
    pub fn resource(self) -> &'static str {
        match self {
            Self::ChatCompletions => "chat",
            Self::Completions => "completions",
            Self::Embeddings => "embeddings",
        }
    }

    /// The `model_type` that a model must have to be called here.
    pub fn model_type(self) -> &'static str {
        match self {
            Self::ChatCompletions | Self::Completions => "chat",
            Self::Embeddings => "embedding",
        }
    }

    /// Reads what the gateway needs of a body, and holds that the whole body is JSON.
    pub fn read(self, body: &[u8]) -> Result<RequestHead, TranslateError> {
        match self {
            Self::ChatCompletions => chat_completions::read(body),
            Self::Completions => completions::read(body),
            Self::Embeddings => embeddings::read(body),
        }
    }
}

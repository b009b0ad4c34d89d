//! Token counts as OpenAI reports them, and the two ways in which they can be made wrong.

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::directives::{Directives, Fault};

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    pub(crate) prompt_tokens: u64,
    pub(crate) completion_tokens: u64,
    pub(crate) reasoning_tokens: u64,
}

#[derive(Serialize)]
struct Full {
    prompt_tokens: u64,
    completion_tokens: u64,
    total_tokens: u64,
    prompt_tokens_details: PromptDetails,
    completion_tokens_details: CompletionDetails,
}

#[derive(Serialize)]
struct PromptDetails {
    cached_tokens: u64,
    audio_tokens: u64,
}

#[derive(Serialize)]
struct CompletionDetails {
    reasoning_tokens: u64,
    audio_tokens: u64,
    accepted_prediction_tokens: u64,
    rejected_prediction_tokens: u64,
}

#[derive(Serialize)]
struct InputOnly {
    prompt_tokens: u64,
    total_tokens: u64,
}

/// Negative, and more than a signed 64-bit integer can hold.
const WRONG: &str = r#"{"prompt_tokens":-7,"completion_tokens":18446744073709551615,"total_tokens":9223372036854775808,"prompt_tokens_details":{"cached_tokens":-1},"completion_tokens_details":{"reasoning_tokens":18446744073709551615}}"#;

impl Usage {
    /// The JSON object for a response with output; `None` if the request asks for none.
    pub(crate) fn encode(self, directives: &Directives) -> Option<Box<RawValue>> {
        let full = Full {
            prompt_tokens: self.prompt_tokens,
            completion_tokens: self.completion_tokens,
            total_tokens: self.prompt_tokens + self.completion_tokens,
            prompt_tokens_details: PromptDetails {
                cached_tokens: directives.cached.min(self.prompt_tokens),
                audio_tokens: 0,
            },
            completion_tokens_details: CompletionDetails {
                reasoning_tokens: self.reasoning_tokens,
                audio_tokens: 0,
                accepted_prediction_tokens: 0,
                rejected_prediction_tokens: 0,
            },
        };
        raw(&full, directives)
    }

    /// Encodes the usage of embeddings, which have no output.
    pub(crate) fn encode_input(self, directives: &Directives) -> Option<Box<RawValue>> {
        let input = InputOnly {
            prompt_tokens: self.prompt_tokens,
            total_tokens: self.prompt_tokens,
        };
        raw(&input, directives)
    }
}

fn raw(usage: &impl Serialize, directives: &Directives) -> Option<Box<RawValue>> {
    match directives.fault {
        Some(Fault::NoUsage) => None,
        Some(Fault::WrongUsage) => RawValue::from_string(WRONG.to_owned()).ok(),
        _ => to_raw_value(usage).ok(),
    }
}

//! Chat completions to and from the inner form.

pub(super) mod decoder;
pub(super) mod encoder;
mod parts;
pub(super) mod read_request;
mod reasoning;
pub(super) mod write_request;
pub(super) mod write_response;

use crate::chat::FinishReason;

/// The reason that a provider gives, in the words of all dialects; `None` if it gives none.
fn read_reason(word: &str) -> Option<FinishReason> {
    Some(match word {
        "" => return None,
        "length" | "max_tokens" | "max_output_tokens" | "model_length" => FinishReason::Length,
        "tool_calls" | "function_call" | "tool_use" => FinishReason::ToolCalls,
        "content_filter" | "safety" | "SAFETY" => FinishReason::ContentFilter,
        "refusal" => FinishReason::Refusal,
        "error" => FinishReason::Error,
        _ => FinishReason::Stop,
    })
}

pub(super) fn write_reason(reason: FinishReason) -> &'static str {
    match reason {
        FinishReason::Stop | FinishReason::Pause | FinishReason::Error => "stop",
        FinishReason::Length => "length",
        FinishReason::ToolCalls => "tool_calls",
        FinishReason::ContentFilter | FinishReason::Refusal => "content_filter",
    }
}

//! Messages to and from the inner form.

mod blocks;
pub(super) mod decoder;
pub(super) mod encoder;
pub(super) mod read_request;
pub(super) mod usage;
mod wish;
pub(super) mod write_request;
pub(super) mod write_response;

pub(in crate::languages) use wish::write as thinking;

use crate::chat::{Finish, FinishReason};

fn read_reason(word: &str) -> FinishReason {
    match word {
        "max_tokens" | "model_context_window_exceeded" => FinishReason::Length,
        "tool_use" => FinishReason::ToolCalls,
        "refusal" => FinishReason::Refusal,
        "pause_turn" => FinishReason::Pause,
        _ => FinishReason::Stop,
    }
}

fn write_reason(finish: &Finish, has_calls: bool) -> &'static str {
    match finish.reason.with_calls(has_calls) {
        FinishReason::Stop if finish.stop_sequence.is_some() => "stop_sequence",
        FinishReason::Stop | FinishReason::Error => "end_turn",
        FinishReason::Length => "max_tokens",
        FinishReason::ToolCalls => "tool_use",
        FinishReason::ContentFilter | FinishReason::Refusal => "refusal",
        FinishReason::Pause => "pause_turn",
    }
}

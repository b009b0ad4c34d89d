//! Contents to and from the inner form.

pub(super) mod decoder;
pub(super) mod encoder;
mod grounding;
mod ids;
mod parts;
mod proof;
mod read_parts;
pub(super) mod read_request;
mod read_tools;
mod schema;
pub(super) mod spelling;
pub(super) mod usage;
mod wish;
pub(super) mod write_request;
pub(super) mod write_response;
mod write_tools;

use crate::chat::{Finish, FinishReason};

/// The reason of a candidate's end; `None` where the word says that there is none yet.
fn read_reason(word: &str) -> Option<FinishReason> {
    Some(match word {
        "" | "FINISH_REASON_UNSPECIFIED" => return None,
        "MAX_TOKENS" => FinishReason::Length,
        "SAFETY"
        | "RECITATION"
        | "BLOCKLIST"
        | "PROHIBITED_CONTENT"
        | "SPII"
        | "LANGUAGE"
        | "IMAGE_SAFETY"
        | "IMAGE_PROHIBITED_CONTENT"
        | "IMAGE_RECITATION"
        | "MODEL_ARMOR" => FinishReason::ContentFilter,
        "OTHER"
        | "IMAGE_OTHER"
        | "NO_IMAGE"
        | "MALFORMED_FUNCTION_CALL"
        | "MALFORMED_RESPONSE"
        | "UNEXPECTED_TOOL_CALL"
        | "TOO_MANY_TOOL_CALLS"
        | "MISSING_THOUGHT_SIGNATURE" => FinishReason::Error,
        _ => FinishReason::Stop,
    })
}

/// Calls have no reason of their own here.
fn write_reason(finish: &Finish) -> &'static str {
    match finish.reason {
        FinishReason::Stop | FinishReason::ToolCalls | FinishReason::Pause => "STOP",
        FinishReason::Length => "MAX_TOKENS",
        FinishReason::ContentFilter | FinishReason::Refusal => "SAFETY",
        FinishReason::Error => "OTHER",
    }
}

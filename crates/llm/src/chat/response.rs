//! A response in the inner form.

use super::part::{Content, Part};
use crate::usage::UsageReport;

/// A whole response.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Response {
    /// The provider's name for it.
    pub id: Option<String>,
    /// The model that the provider says it used.
    pub model: Option<String>,
    pub parts: Vec<Part>,
    pub finish: Finish,
    pub usage: Option<UsageReport>,
}

/// The end of a response.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Finish {
    pub reason: FinishReason,
    /// The stop sequence that ended it, where that is known.
    pub stop_sequence: Option<String>,
}

/// The reason why a response ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FinishReason {
    /// The model was done, or met a stop sequence.
    #[default]
    Stop,
    /// The bound on tokens.
    Length,
    /// The client's tools are to be called.
    ToolCalls,
    ContentFilter,
    /// The model declined.
    Refusal,
    /// The provider's own tools take time: the client may ask it to go on.
    Pause,
    /// The provider failed, and says so as the reason.
    Error,
}

impl FinishReason {
    /// The reason of a response with these parts: calls are the reason of an ordinary end.
    #[must_use]
    pub fn with_calls(self, has_calls: bool) -> Self {
        match self {
            Self::Stop if has_calls => Self::ToolCalls,
            reason => reason,
        }
    }
}

impl Finish {
    /// An end for this reason.
    pub fn of(reason: FinishReason) -> Self {
        Self {
            reason,
            stop_sequence: None,
        }
    }
}

impl Response {
    /// The bytes of what was generated, for an estimate where the provider does not count.
    pub fn text_bytes(&self) -> u64 {
        let bytes = |part: &Part| match &part.content {
            Content::Text { text, .. } | Content::Reasoning { text, .. } => text.len(),
            Content::Refusal(text) => text.len(),
            Content::ToolCall(call) => call.arguments.len(),
            _ => 0,
        };
        self.parts.iter().map(|part| bytes(part) as u64).sum()
    }
}

/// The facts that a response says of itself, beside those that a provider said. Ids are made from a seed that is unique to the request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Made {
    /// Letters and digits.
    pub seed: String,
    /// The time, in seconds since 1970.
    pub created_s: u64,
    /// The name by which the client knows the model.
    pub model: String,
}

impl Made {
    /// An id with this prefix.
    pub fn id(&self, prefix: &str) -> String {
        format!("{prefix}{}", self.seed)
    }

    /// The id of a part.
    pub fn part_id(&self, prefix: &str, place: usize) -> String {
        format!("{prefix}{}_{place}", self.seed)
    }
}

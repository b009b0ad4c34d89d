//! Quirks: what a provider does differently from the language that it speaks. Each is data with its evidence, so that
//! a test can look whether the evidence shows it.

/// A difference from the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quirk {
    pub is: Trait,
    /// A recording below `tests/replay/corpus`, without its ending, or the address of the provider's own words.
    pub shown_by: &'static str,
}

/// The kinds of differences that were seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trait {
    /// The output is bounded by `max_tokens` alone: `max_completion_tokens` is refused or passed over.
    MaxTokensOnly,
    /// Models that reason refuse `max_tokens`; all of them take `max_completion_tokens`.
    NewerOutputLimit,
    /// The thinking goes back as text with the turns that it led to.
    ThoughtsBack,
    /// The thinking goes back in `reasoning_details`, with its proofs.
    DetailsBack,
    /// The usage of a stream comes with a choice, not in an event of its own.
    UsageWithChoice,
    /// The usage of a stream is in a member of the provider's own, `x_groq`.
    UsageInOwnMember,
    /// Every event of a stream repeats the usage.
    UsageInEveryEvent,
    /// The usage of a stream comes unasked.
    UsageUnasked,
    /// The output tokens do not include the reasoning.
    OutputWithoutReasoning,
    /// A stream ends without `[DONE]`.
    NoDone,
    /// The role is repeated in the deltas of a stream.
    RoleRepeated,
    /// Ids of tool calls have dots and colons: `functions.add:0`.
    PunctuatedIds,
    /// An id of a tool call may be empty.
    EmptyIds,
    /// Ids of tool calls have to be nine letters and digits.
    NineCharacterIds,
    /// A tool call comes whole, in one delta.
    WholeToolCalls,
    /// The thinking is in `reasoning`.
    ReasoningMember,
    /// The thinking is in `reasoning_content`.
    ReasoningContentMember,
    /// The content may be a list of parts, thinking among them.
    ContentParts,
    /// Comments stand between the events of a stream.
    Comments,
    /// Lines of a stream end in CR LF.
    CarriageReturns,
    /// Failures come with the status of a success.
    FailureAsSuccess,
    /// A stream may break in an event with an error, after the status of a success.
    ErrorInStream,
    /// `error` is a text, no object.
    ErrorText,
    /// Errors have no `error` around them.
    FlatError,
    /// Finish reasons may be missing or empty.
    NoFinishReason,
    /// Rankings are bounded by `top_k`, and are in `data`.
    RankedByTopK,
}

impl Trait {
    /// A sentence for the documentation.
    pub fn words(self) -> &'static str {
        match self {
            Self::MaxTokensOnly => {
                "knows `max_tokens` alone; `max_completion_tokens` is sent by that name"
            }
            Self::NewerOutputLimit => {
                "translated requests bound the output by `max_completion_tokens`"
            }
            Self::ThoughtsBack => "thinking goes back as text with the turns that it led to",
            Self::DetailsBack => "thinking goes back in `reasoning_details`, with its proofs",
            Self::UsageWithChoice => "usage of a stream comes with the last choice",
            Self::UsageInOwnMember => "usage of a stream is in `x_groq`",
            Self::UsageInEveryEvent => "usage is repeated in every event",
            Self::UsageUnasked => "usage of a stream comes unasked",
            Self::OutputWithoutReasoning => "output tokens leave the reasoning out; it is added",
            Self::NoDone => "streams end without `[DONE]`; it is added",
            Self::RoleRepeated => "the role is repeated in every delta",
            Self::PunctuatedIds => "ids of tool calls have dots and colons",
            Self::EmptyIds => "ids may be empty",
            Self::NineCharacterIds => "ids of tool calls are nine letters and digits",
            Self::WholeToolCalls => "a tool call comes whole",
            Self::ReasoningMember => "thinking is in `reasoning`",
            Self::ReasoningContentMember => "thinking is in `reasoning_content`",
            Self::ContentParts => "content may be parts, thinking among them",
            Self::Comments => "comments stand between events",
            Self::CarriageReturns => "lines end in CR LF",
            Self::FailureAsSuccess => "failures come with HTTP 200, and are told as failures",
            Self::ErrorInStream => "a stream may break with an error event",
            Self::ErrorText => "`error` is a text",
            Self::FlatError => "errors are flat",
            Self::RankedByTopK => {
                "rankings are bounded by `top_k` and come in `data`; both are renamed"
            }
            Self::NoFinishReason => "finish reasons may be missing",
        }
    }
}

/// The member by which the output is bounded at a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputLimit {
    /// As the client sent it.
    AsSent,
    /// `max_tokens`.
    MaxTokens,
}

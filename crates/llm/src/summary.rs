//! The few facts of a request body that the gateway acts on, with their places in the text.

use crate::json::ValueSpan;

/// What the gateway reads of a request; everything else of the body passes unread.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestHead {
    /// The model that the client asks for.
    pub model: String,
    /// Where the model's name stands, quotes included.
    pub model_span: ValueSpan,
    /// Whether the client wants server-sent events.
    pub is_streamed: bool,
    /// Where the value of `stream_options` stands, if the client sent it.
    pub stream_options_span: Option<ValueSpan>,
    /// Whether the client asked for the usage event of a stream.
    pub includes_usage: bool,
    /// Offset of the brace that closes the body.
    pub end: usize,
    /// Input tokens, estimated from the length of the text.
    pub input_tokens_estimate: u64,
    /// The client's bound on the output tokens of one choice.
    pub output_tokens_max: Option<u64>,
    /// How many choices the client asks for, or has generated to choose among, for all prompts together.
    pub choices: u64,
    /// Whether the endpoint produces output tokens at all.
    pub has_output: bool,
}

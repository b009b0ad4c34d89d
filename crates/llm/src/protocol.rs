//! A protocol: a wire language that providers speak.

use std::time::Duration;

use bytes::Bytes;

use crate::error::{TranslateError, UpstreamError};
use crate::usage::Usage;
use crate::wire::{Endpoint, RequestHead, ValueSpan};

/// Turns requests into what an upstream reads, and reads what it answers.
///
/// Implementations are stateless; the state of a stream belongs to whoever relays it.
pub trait Protocol: Send + Sync + std::fmt::Debug {
    /// The upstream path, below the provider's base URL.
    fn path(&self, endpoint: Endpoint) -> &'static str;

    /// The body for the upstream: the client's bytes with as few edits as possible. Returns the very
    /// same `Bytes` when nothing has to change.
    ///
    /// # Errors
    /// When the request cannot be expressed in this protocol.
    fn encode(&self, request: &Encode<'_>) -> Result<Bytes, TranslateError>;

    /// Reads a whole successful answer.
    ///
    /// # Errors
    /// [`UpstreamError::Protocol`] when the body is not an answer of this protocol.
    fn read_answer(&self, body: &[u8]) -> Result<Answer, UpstreamError>;

    /// Reads the data of one server-sent event.
    ///
    /// # Errors
    /// [`UpstreamError::Protocol`] when it is not an event of this protocol.
    fn read_event(&self, data: &[u8]) -> Result<StreamEvent, UpstreamError>;

    /// Says what a refusal of the upstream's means.
    fn classify_error(
        &self,
        status: u16,
        retry_after: Option<Duration>,
        body: &[u8],
    ) -> UpstreamError;
}

/// A request to be encoded.
#[derive(Debug)]
pub struct Encode<'a> {
    /// The client's body.
    pub body: &'a Bytes,
    /// What was read of it.
    pub head: &'a RequestHead,
    /// The name by which the upstream knows the model.
    pub upstream_model: &'a str,
    /// How to ask for the usage event of a stream.
    pub usage_option: UsageOption,
}

/// What becomes of `stream_options.include_usage`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsageOption {
    /// It is set.
    Set,
    /// `stream_options` is taken out, even where the client sent it: the upstream refuses it.
    Removed,
}

/// What a whole answer says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The upstream's count, if it gave one that can be true.
    pub usage: Option<Usage>,
    /// Bytes of generated text, for an estimate where the upstream did not count.
    pub text_bytes: u64,
    /// Where the model's name stands, quotes included.
    pub model_span: Option<ValueSpan>,
}

/// What one event of a stream says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct StreamEvent {
    /// The upstream says that the stream is complete.
    pub is_done: bool,
    /// The upstream reports that it failed.
    pub is_error: bool,
    /// The event carries usage and no choice.
    pub is_usage_only: bool,
    /// The upstream's count.
    pub usage: Option<Usage>,
    /// Where the usage object stands, if it is not `null`.
    pub usage_span: Option<ValueSpan>,
    /// Bytes of generated text in this event.
    pub text_bytes: u64,
    /// Where the model's name stands, quotes included.
    pub model_span: Option<ValueSpan>,
}

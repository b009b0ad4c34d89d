//! Passing bytes on unchanged: where a body has to be read, and where it has to be edited.

use std::fmt::Debug;

use bytes::Bytes;

use crate::error::UpstreamError;
use crate::json::ValueSpan;
use crate::operation::Operation;
use crate::provider::OutputLimit;
use crate::summary::{RankDialect, RequestSummary};
use crate::usage::UsageReport;

/// The spans of a language's own bytes, for a client and a provider that both speak it.
///
/// Implementations are stateless; `passthrough` has the state of a stream.
pub trait PassthroughFace: Send + Sync + Debug {
    /// The face of an operation whose bodies are none of a conversation; `None` where this one reads them too.
    fn for_operation(&self, _operation: &Operation) -> Option<&'static dyn PassthroughFace> {
        None
    }

    /// The body for the upstream: the client's bytes with as few edits as possible. Returns the very
    /// same `Bytes` when nothing has to change.
    fn encode(&self, request: &Encode<'_>) -> Bytes;

    /// Reads a whole response that has the status of a success.
    ///
    /// # Errors
    /// If the body is not a response of this language ([`UpstreamError::Protocol`]), or reports a failure.
    fn read_response(&self, body: &[u8]) -> Result<ResponseSpans, UpstreamError>;

    /// Folds the events of a complete stream into the whole response that was asked for; `None` if the body does
    /// not begin as events do. `model` stands where the stream names none.
    ///
    /// # Errors
    /// If an event reports a failure or is none, or the stream is not complete.
    fn fold_stream(&self, body: &Bytes, model: &str) -> Option<Result<Bytes, UpstreamError>>;

    /// The events, usage and end included, of a stream that says the same as a whole response.
    ///
    /// # Errors
    /// If the body is no response with choices, or reports a failure.
    fn unfold_response(&self, body: &[u8]) -> Result<Bytes, UpstreamError>;

    /// Reads the data of one server-sent event.
    ///
    /// # Errors
    /// If the data is not an event of this language. A failure that an event reports is [`EventFacts::error`].
    fn read_event(&self, data: &[u8]) -> Result<StreamEvent, UpstreamError>;

    /// The failure that an event named `error` reports.
    fn read_error_event(&self, data: &[u8]) -> UpstreamError;

    /// The body with automatic cache breakpoints; `None` where the language has none, or the client set one.
    fn with_breakpoints(&self, _body: &[u8]) -> Option<Bytes> {
        None
    }

    /// True if clients look at the names of events.
    fn keeps_event_names(&self) -> bool {
        false
    }
}

/// A request to be encoded.
#[derive(Debug)]
pub struct Encode<'a> {
    /// The client's body.
    pub body: &'a Bytes,
    /// The summary of the body.
    pub summary: &'a RequestSummary,
    /// The name by which the upstream knows the model.
    pub upstream_model: &'a str,
    /// The way to ask for the usage event of a stream.
    pub usage_option: UsageOption,
    /// The name by which the upstream knows the bound on the output.
    pub output_limit: OutputLimit,
    /// The way in which the upstream writes rankings.
    pub rank_dialect: RankDialect,
}

/// The treatment of `stream_options.include_usage`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsageOption {
    /// Sets it.
    Set,
    /// `stream_options` is taken out, even where the client sent it: the upstream refuses it.
    Removed,
}

/// The facts of a whole response, and their spans.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ResponseSpans {
    /// The upstream's count, if it gave one.
    pub usage: Option<UsageReport>,
    /// Bytes of generated text, for an estimate where the upstream did not count.
    pub text_bytes: u64,
    /// The span of the model's name, quotes included.
    pub model_span: Option<ValueSpan>,
    /// The response has a place for output and nothing in it, and no output was counted.
    pub is_empty: bool,
    /// The span of the usage object.
    pub usage_span: Option<ValueSpan>,
    /// The span of the name of the list of results, quotes included, and whose name it is.
    pub list_name: Option<(ValueSpan, RankDialect)>,
}

impl ResponseSpans {
    /// True if the upstream counted no output, or nothing at all.
    pub(crate) fn counts_no_output(&self) -> bool {
        let counted = self.usage.map(|usage| usage.classes().output_tokens());
        counted.unwrap_or_default() == 0
    }
}

/// The facts of one event of a stream, and their spans.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct StreamEvent {
    pub facts: EventFacts,
    /// The event carries usage and no choice.
    pub is_usage_only: bool,
    /// The event has a place for choices, though it may be empty.
    pub has_choices: bool,
    /// The choices that it is about.
    pub choices: ChoiceSet,
    /// The choices that it ends.
    pub finished: ChoiceSet,
    /// The event ends the stream without an end marker.
    pub is_last: bool,
    /// The span of the usage object, if it is not `null`.
    pub usage_span: Option<ValueSpan>,
    /// The span of the model's name, quotes included.
    pub model_span: Option<ValueSpan>,
}

/// The facts of a stream's event for metering.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct EventFacts {
    /// The upstream says that the stream is complete.
    pub is_done: bool,
    /// The failure that the upstream reports.
    pub error: Option<UpstreamError>,
    /// The upstream's count.
    pub usage: Option<UsageReport>,
    /// Bytes of generated text in this event.
    pub text_bytes: u64,
    /// The event has something of the response besides text, or says why there is none.
    pub has_content: bool,
}

/// A set of choices, by their index. Those from 127 on share a place: no client asks for so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChoiceSet(u128);

impl ChoiceSet {
    /// Adds a choice.
    pub fn insert(&mut self, index: u64) {
        self.0 |= 1 << index.min(u64::from(u128::BITS - 1));
    }

    /// Adds all choices of another set.
    pub fn extend(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Returns whether the set is empty.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns whether every choice of the other set is in this one.
    pub fn contains_all(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }
}

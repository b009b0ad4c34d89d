//! The upstream face of a language: where a provider takes a request, and what its refusals mean.

use std::borrow::Cow;
use std::fmt::Debug;

use crate::error::UpstreamError;
use crate::operation::Operation;
use crate::refusal::Refusal;

/// What we speak to a provider.
pub trait UpstreamFace: Send + Sync + Debug {
    /// Where a request for an operation goes; `None` if the language has no such operation.
    fn target(&self, operation: &Operation, model: &str, is_streamed: bool) -> Option<Target>;

    /// Where the list of the provider's models is.
    fn models(&self) -> Target;

    /// Classifies a refusal.
    fn classify_error(&self, refusal: &Refusal<'_>) -> UpstreamError;

    /// True if the reason of a refusal speaks of the option that asks for usage in a stream.
    fn refuses_usage_option(&self, reason: &[u8]) -> bool;
}

/// Where a request goes, and what its head says besides its credential.
#[derive(Debug, PartialEq, Eq)]
pub struct Target {
    /// Path below the base URL of the provider, and a query where the language has one.
    pub path_and_query: Cow<'static, str>,
    /// Headers of every request, in lower case.
    pub headers: &'static [(&'static str, &'static str)],
}

impl Target {
    /// A path without a query, which needs no headers.
    pub const fn of_path(path: &'static str) -> Self {
        Self {
            path_and_query: Cow::Borrowed(path),
            headers: &[],
        }
    }
}

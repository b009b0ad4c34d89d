//! Refusals of providers, in the many shapes that providers use, and what they mean.
//!
//! One reader serves all: a response with the status of a failure, an error under the status of a success, and
//! an event of a stream. `docs/decisions/0020` says what is passed on to clients and what is not.

mod known;
mod meaning;
mod minimax;
mod problem;
mod stated;
mod wait;
mod words;

use std::time::Duration;

use crate::error::{ErrorDetail, UpstreamError};
use crate::retry_after::RetryHeaders;

use stated::Stated;

pub(crate) use wait::{duration, from_seconds};

/// A failure as it came.
#[derive(Debug, Default, Clone, Copy)]
pub struct Refusal<'a> {
    /// The status, where it is that of a failure.
    pub status: Option<u16>,
    /// The headers about the time to wait.
    pub retry: Option<&'a RetryHeaders>,
    /// The kind of the failure, where a header names it (`x-amzn-errortype`).
    pub error_type: Option<&'a str>,
    /// The body, or the data of an event; a part of it is better than none.
    pub body: &'a [u8],
    /// The time since the Unix epoch, for times that are absolute.
    pub now: Option<Duration>,
}

impl Refusal<'_> {
    /// The words of the body, fit to be shown, whatever they mean.
    pub fn words(&self) -> ErrorDetail {
        let stated = Stated::read(self.body);
        ErrorDetail {
            message: stated.message,
            code: stated.code,
            param: stated.param,
        }
    }
}

/// The failure that an upstream reports.
pub(crate) fn classify(refusal: &Refusal<'_>) -> UpstreamError {
    let mut stated = Stated::read(refusal.body);
    if let Some(kind) = refusal.error_type {
        stated.note_error_type(kind);
    }
    meaning::of(refusal, stated)
}

/// The failure that a response or event reports under the status of a success.
pub(crate) fn classify_unmarked(body: &[u8]) -> UpstreamError {
    classify(&Refusal {
        body,
        ..Refusal::default()
    })
}

/// The failure that stands in place of JSON: a sentence. `None` for the page of a proxy and for nothing at all.
pub(crate) fn classify_text(body: &[u8]) -> Option<UpstreamError> {
    let stated = Stated::read(body);
    (!stated.message.is_empty()).then(|| meaning::of(&Refusal::default(), stated))
}

#[cfg(test)]
mod tests;

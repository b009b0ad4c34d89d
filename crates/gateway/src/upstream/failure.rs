//! Failures of calls below HTTP.

use std::io;

use llm::UpstreamError;

/// The wait for the beginning of a response ran out.
pub fn no_first_byte() -> UpstreamError {
    UpstreamError::Timeout {
        phase: "the first byte of its response",
    }
}

/// The wait ran out while the request was not sent: the provider cannot be at work on it.
pub(super) fn not_taken() -> UpstreamError {
    UpstreamError::Timeout {
        phase: llm::error::TAKING_THE_REQUEST,
    }
}

/// The connection failed within a response.
pub fn broken(error: &io::Error) -> UpstreamError {
    UpstreamError::Connect {
        detail: error.to_string(),
    }
}

/// An error with all its causes. Those of connections name addresses and system errors, never headers.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text
}

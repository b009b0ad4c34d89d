//! What is said of a call that failed below HTTP.

use llm::UpstreamError;

/// The wait for the beginning of an answer ran out.
pub fn no_first_byte() -> UpstreamError {
    UpstreamError::Timeout {
        phase: "the first byte of its answer",
    }
}

/// The connection failed within an answer.
pub fn broken(error: &hyper::Error) -> UpstreamError {
    UpstreamError::Connect {
        detail: chain(error),
    }
}

pub(super) fn body_error(error: &(dyn std::error::Error + Send + Sync + 'static)) -> UpstreamError {
    if error.is::<http_body_util::LengthLimitError>() {
        return UpstreamError::Protocol {
            detail: "the answer is larger than upstream.answer_bytes_max",
        };
    }
    UpstreamError::Connect {
        detail: chain(error),
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

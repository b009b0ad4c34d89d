//! What is said of a call that failed below HTTP.

use llm::UpstreamError;

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

//! What an OpenAI-style refusal means.

use std::time::Duration;

use crate::error::{ErrorDetail, TAKING_THE_REQUEST, UpstreamError};
use crate::json::{Cursor, JsonError, Kind};

/// Longest message of an upstream that is shown to a client, in characters.
const MESSAGE_CHARS_MAX: usize = 2_000;

pub(super) fn classify(status: u16, retry_after: Option<Duration>, body: &[u8]) -> UpstreamError {
    match status {
        // The body of these may name our credential: it is not looked into.
        401..=403 => return UpstreamError::Unauthorized,
        429 => return UpstreamError::RateLimited { retry_after },
        503 | 529 => return UpstreamError::Overloaded { retry_after },
        408 => {
            return UpstreamError::Timeout {
                phase: TAKING_THE_REQUEST,
            };
        }
        504 => {
            return UpstreamError::Timeout {
                phase: "the upstream's own upstream",
            };
        }
        // Our deployment names a model that the provider does not have: the operator's fault, not the client's.
        404 | 405 => return UpstreamError::Failed { status },
        400..=499 => {}
        _ => return UpstreamError::Failed { status },
    }
    let detail = detail(body);
    match detail.code.as_deref() {
        Some("context_length_exceeded") => UpstreamError::ContextTooLong { detail },
        Some("content_filter" | "content_policy_violation") => {
            UpstreamError::ContentFiltered { detail }
        }
        _ => UpstreamError::InvalidRequest { status, detail },
    }
}

fn detail(body: &[u8]) -> ErrorDetail {
    let mut detail = ErrorDetail::default();
    let read: Result<(), JsonError> = Cursor::new(body).object(|outer, key| {
        if *key.bytes() != *b"error" || outer.kind()? != Kind::Object {
            return outer.skip();
        }
        outer.object(|inner, key| match (&*key.bytes(), inner.kind()?) {
            (b"message", Kind::String) => {
                detail.message = inner
                    .string()?
                    .decode()
                    .chars()
                    .take(MESSAGE_CHARS_MAX)
                    .collect();
                Ok(())
            }
            (b"code", Kind::String) => {
                detail.code = Some(inner.string()?.decode().into_owned());
                Ok(())
            }
            (b"param", Kind::String) => {
                detail.param = Some(inner.string()?.decode().into_owned());
                Ok(())
            }
            _ => inner.skip(),
        })
    });
    // Half a message is better than none, and the client needs one either way.
    if read.is_err() || detail.message.is_empty() {
        detail.message = "The provider refused the request without saying why.".to_owned();
    }
    detail
}

//! The response to a request that was shed.

use http::HeaderName;

use crate::error::ApiError;
use crate::routing::{Shed, ShedReason};

type Headers = [(HeaderName, &'static str); 1];

const fn headers(reason: ShedReason) -> Headers {
    [(
        HeaderName::from_static("x-yunxin-shed-reason"),
        reason.as_str(),
    )]
}

static QUEUE_FULL: Headers = headers(ShedReason::QueueFull);
static WAIT_EXCEEDED: Headers = headers(ShedReason::WaitExceeded);
static DEADLINE_EXCEEDED: Headers = headers(ShedReason::DeadlineExceeded);
static DISPLACED: Headers = headers(ShedReason::Displaced);
static NO_IDLE_CAPACITY: Headers = headers(ShedReason::NoIdleCapacity);

/// The error for a request for `model` that was shed.
pub(super) fn error_of(model: &str, shed: Shed) -> ApiError {
    let headers = match shed.reason {
        ShedReason::QueueFull => &QUEUE_FULL,
        ShedReason::WaitExceeded => &WAIT_EXCEEDED,
        ShedReason::DeadlineExceeded => &DEADLINE_EXCEEDED,
        ShedReason::Displaced => &DISPLACED,
        ShedReason::NoIdleCapacity => &NO_IDLE_CAPACITY,
    };
    ApiError::model_overloaded(model, shed.retry_after_s, headers)
}

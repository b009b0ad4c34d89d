//! Requests that were shed: there is no seat for them at a provider. Nothing was counted or charged.

use std::time::Duration;

use http::{HeaderName, StatusCode};

use super::ApiError;
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

impl ApiError {
    /// The model has more requests than its deployments take.
    pub fn overloaded(model: &str, shed: Shed) -> Self {
        let message = match shed.reason {
            ShedReason::NoIdleCapacity => format!(
                "The model '{model}' has no idle capacity for service_tier 'flex'. Please try again in {} s, or leave service_tier out.",
                shed.retry_after_s
            ),
            ShedReason::QueueFull
            | ShedReason::WaitExceeded
            | ShedReason::DeadlineExceeded
            | ShedReason::Displaced => format!(
                "The model '{model}' has more requests than it can take at the moment. Nothing was counted or charged. Please try again in {} s.",
                shed.retry_after_s
            ),
        };
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "service_unavailable",
            "model_overloaded",
            message,
        )
        .with_headers(match shed.reason {
            ShedReason::QueueFull => &QUEUE_FULL,
            ShedReason::WaitExceeded => &WAIT_EXCEEDED,
            ShedReason::DeadlineExceeded => &DEADLINE_EXCEEDED,
            ShedReason::Displaced => &DISPLACED,
            ShedReason::NoIdleCapacity => &NO_IDLE_CAPACITY,
        })
        .with_retry_after(Some(Duration::from_secs(shed.retry_after_s)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_in_its_header() {
        for reason in ShedReason::ALL {
            let shed = Shed {
                reason,
                retry_after_s: 3,
            };
            let error = ApiError::overloaded("m", shed);
            assert_eq!(error.headers[0].1, reason.as_str());
        }
    }
}

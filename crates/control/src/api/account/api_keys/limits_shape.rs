//! The limits that a key has of its own, in JSON.

use serde::{Deserialize, Serialize};
use store::key_limits::KeyLimits;
use utoipa::ToSchema;

/// The limits that a key has of its own, below those of its account; `null` is the account's.
#[derive(Debug, Default, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyLimitsSpec {
    #[schema(minimum = 1, maximum = 1_000_000_000_000u64)]
    requests_per_minute: Option<u64>,
    #[schema(minimum = 1, maximum = 1_000_000_000_000u64)]
    tokens_per_minute: Option<u64>,
    #[schema(minimum = 1, maximum = 1_000_000_000_000u64)]
    requests_per_day: Option<u64>,
    /// Requests that run at the same time.
    #[schema(minimum = 1, maximum = 1_000_000_000_000u64)]
    concurrent_requests: Option<u64>,
}

impl From<KeyLimitsSpec> for KeyLimits {
    fn from(spec: KeyLimitsSpec) -> Self {
        Self {
            requests_per_minute: spec.requests_per_minute,
            tokens_per_minute: spec.tokens_per_minute,
            requests_per_day: spec.requests_per_day,
            concurrent_requests: spec.concurrent_requests,
        }
    }
}

impl From<KeyLimits> for KeyLimitsSpec {
    fn from(limits: KeyLimits) -> Self {
        Self {
            requests_per_minute: limits.requests_per_minute,
            tokens_per_minute: limits.tokens_per_minute,
            requests_per_day: limits.requests_per_day,
            concurrent_requests: limits.concurrent_requests,
        }
    }
}

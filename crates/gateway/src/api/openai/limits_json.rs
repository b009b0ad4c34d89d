//! Rate limit status, for programs that would rather read JSON than headers.

use serde::Serialize;

use crate::auth::ApiKeyCaller;
use crate::state::Gateway;

/// The limits of the calling key. `null` is unlimited.
#[derive(Debug, Serialize)]
pub(super) struct RateLimitsResponse {
    requests_per_minute: Option<u64>,
    tokens_per_minute: Option<u64>,
    requests_per_day: Option<u64>,
    concurrent_requests: Option<u64>,
    requests_used_this_minute: u64,
    tokens_remaining_this_minute: Option<u64>,
    requests_running: u64,
}

pub(super) fn limits(app: &Gateway, caller: &ApiKeyCaller) -> RateLimitsResponse {
    let report = caller
        .key
        .counters()
        .peek(caller.limits(), app.shared.limiter.now());
    let limits = caller.limits().of_key();
    RateLimitsResponse {
        requests_per_minute: limits.requests_per_minute,
        tokens_per_minute: limits.tokens_per_minute,
        requests_per_day: limits.requests_per_day,
        concurrent_requests: limits.concurrent_requests,
        requests_used_this_minute: report.key_minute.used,
        tokens_remaining_this_minute: report.tokens.map(|tokens| tokens.remaining),
        requests_running: caller.key.counters().key.running(),
    }
}

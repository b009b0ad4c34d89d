//! A request that asks no model, and counts against the limits on requests all the same.

use std::sync::Arc;

use super::admit;
use super::until_ended;
use crate::auth::{ApiKeyCaller, RateLimitStatus};
use crate::error::ApiError;
use crate::keys::CachedKey;
use crate::limits::{ConcurrencyPermit, Grant};
use crate::state::{Gateway, GatewayState};

/// A request that was counted, for as long as it runs.
#[derive(Debug)]
pub struct CountedRequest {
    key: Arc<CachedKey>,
    grant: Option<Grant>,
    _permit: ConcurrencyPermit,
}

/// Counts a request without tokens.
///
/// # Errors
/// If a limit of the key or its account is used up.
pub async fn count_request(
    app: &Gateway,
    caller: &ApiKeyCaller,
) -> Result<CountedRequest, ApiError> {
    let now = app.shared.limiter.now();
    let (decision, report) = admit::decide_request(app, caller, (0, now)).await?;
    caller.context.set_rate_limit_status(RateLimitStatus {
        report,
        priority: caller.priority(),
    });
    match decision {
        Ok((grant, permit)) => Ok(CountedRequest {
            key: Arc::clone(&caller.key),
            grant: Some(grant),
            _permit: permit,
        }),
        Err(refusal) => Err(admit::refused(app, caller, &refusal)),
    }
}

/// Does `work` for as long as the key may be used and the server runs.
///
/// # Errors
/// If the work fails, or the key ends before it is done.
pub async fn while_key_lives<T>(
    app: &GatewayState,
    caller: &mut ApiKeyCaller,
    work: impl Future<Output = Result<T, ApiError>>,
) -> Result<T, ApiError> {
    let in_use = app.keys.in_use.register(&caller.key);
    caller.recheck(app).await?;
    until_ended(&in_use, work).await
}

impl Drop for CountedRequest {
    fn drop(&mut self) {
        if let Some(grant) = self.grant.take() {
            self.key.counters().settle(grant, 0);
        }
    }
}

//! 402: the account has nothing to pay with.

use std::time::Duration;

use http::StatusCode;
use llm::cost::dollars;

use super::ApiError;

/// The wait for requests that run and may leave enough of what is held for them.
const HELD_WAIT: Duration = Duration::from_secs(5);

impl ApiError {
    /// The most that a request may cost is more than its account has; `may_be_freed` if requests that run may change that.
    pub fn insufficient_credits(needed_nanos: u64, balance_nanos: u64, may_be_freed: bool) -> Self {
        let (needed, balance) = (dollars(needed_nanos), dollars(balance_nanos));
        let advice = if may_be_freed {
            "Requests that run hold a part of it: try again when they have ended, lower max_tokens, or add credits in the Dashboard under Billing."
        } else {
            "Add credits in the Dashboard under Billing, or lower max_tokens."
        };
        let message = format!(
            "Insufficient credits: the request may cost up to ${needed}, and the account has ${balance}. {advice} Nothing was charged."
        );
        Self::new(
            StatusCode::PAYMENT_REQUIRED,
            "billing_error",
            "insufficient_credits",
            message,
        )
        .with_retry_after(may_be_freed.then_some(HELD_WAIT))
    }
}

//! Holding credits for a request of an account that pays in advance.

use llm::{Operation, RequestSummary};
use store::tiers::CreditsMode;

use super::quote::quote_of;
use super::settle::Settlement;
use crate::auth::ApiKeyCaller;
use crate::catalog::Model;
use crate::credits::HoldError;
use crate::error::ApiError;
use crate::state::Gateway;

/// Reserves the most that the request may cost, if its account pays in advance and it may cost something.
///
/// # Errors
/// If the account has too little, or that cannot be known.
pub(super) async fn hold(
    app: &Gateway,
    caller: &ApiKeyCaller,
    operation: &Operation,
    asked: (&Model, &RequestSummary),
    settlement: &mut Settlement,
) -> Result<(), ApiError> {
    let mode = caller.tier.credits.unwrap_or(app.config.credits.mode);
    if mode == CreditsMode::Off {
        return Ok(());
    }
    let needed = quote_of(app, caller, operation, asked);
    if needed <= settlement.credits_held() {
        return Ok(());
    }
    // Boxed, so that requests of accounts that pay later do not carry the wait.
    let held = Box::pin(app.credits.hold(caller.key.account_id(), needed)).await;
    // A hold for an earlier model ends: this one is for the whole request.
    settlement.hold_credits(held.map_err(|error| refused(error, needed))?);
    Ok(())
}

fn refused(error: HoldError, needed: u64) -> ApiError {
    match error {
        HoldError::Insufficient {
            balance_nanos,
            may_be_freed,
        } => ApiError::insufficient_credits(needed, balance_nanos, may_be_freed),
        error @ HoldError::Unavailable(_) => ApiError::unavailable(error),
        HoldError::Closed => ApiError::busy(),
    }
}

//! Checks of the limits that a key has of its own.

use store::accounts::Account;
use store::key_limits::KeyLimits;
use store::tiers;

use super::{CommandError, Commands, LIMIT_MAX};

impl Commands<'_> {
    /// Limits of a key that can be kept: at least 1, and never above those of the account. What the key had `before` may stay:
    /// a limit that the account's fell below does not count while it is the higher one.
    ///
    /// # Errors
    /// [`CommandError::Invalid`] if they cannot.
    pub(super) async fn checked_key_limits(
        &self,
        account: &Account,
        limits: KeyLimits,
        before: KeyLimits,
    ) -> Result<KeyLimits, CommandError> {
        if limits == before {
            return Ok(limits);
        }
        let tier = tiers::get_tier(self.db, &account.tier_id).await?;
        let most = account.limits.over(&tier);
        let tier = &tier.display_name;
        for (field, own, had, most) in [
            (
                "limits.requests_per_minute",
                limits.requests_per_minute,
                before.requests_per_minute,
                most.requests_per_minute,
            ),
            (
                "limits.tokens_per_minute",
                limits.tokens_per_minute,
                before.tokens_per_minute,
                most.tokens_per_minute,
            ),
            (
                "limits.requests_per_day",
                limits.requests_per_day,
                before.requests_per_day,
                most.requests_per_day,
            ),
            (
                "limits.concurrent_requests",
                limits.concurrent_requests,
                before.concurrent_requests,
                most.concurrent_requests,
            ),
        ] {
            if own != had {
                check(field, own, most, tier)?;
            }
        }
        Ok(limits)
    }
}

fn check(
    field: &'static str,
    own: Option<u64>,
    most: Option<u64>,
    tier: &str,
) -> Result<(), CommandError> {
    let Some(own) = own else { return Ok(()) };
    if own == 0 {
        let message = "A limit is at least 1. Revoke the key if it is not to be used any more.";
        return Err(CommandError::invalid(field, message));
    }
    if own > LIMIT_MAX {
        let message =
            format!("A limit is at most {LIMIT_MAX}. Leave it out for that of the account.");
        return Err(CommandError::invalid(field, message));
    }
    let Some(most) = most else { return Ok(()) };
    if own > most {
        let message = format!(
            "A key's own limit is at most that of its account, which is {most} ({tier}). Choose a lower one, or leave it out."
        );
        return Err(CommandError::invalid(field, message));
    }
    Ok(())
}

//! The status of limits and deployments, for people who look at them: nothing is counted by looking.

use gateway::catalog::limits_of;
use gateway::limits::{Counted, Limiter, Limits};
use store::AccountId;
use store::api_keys::{ApiKey, QuarantineState};
use store::tiers::Tier;

/// The health of a deployment.
pub(crate) use gateway::upstream::HealthState as DeploymentState;
/// The outcome of a probe of a provider.
pub(crate) use gateway::upstream::ProbeOutcome;

/// One limit right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LimitState {
    /// `requests_per_minute`, `tokens_per_minute` or `requests_per_day`.
    pub resource: &'static str,
    /// `None` is unlimited.
    pub limit: Option<u64>,
    pub used: u64,
    pub resets_at_ms: i64,
}

/// The limits of one tier, and what was counted.
#[derive(Debug)]
pub(crate) struct LimitStatus<'a> {
    limiter: &'a Limiter,
    limits: Limits,
}

impl<'a> LimitStatus<'a> {
    pub(crate) fn new(limiter: &'a Limiter, tier: &Tier) -> Self {
        Self {
            limiter,
            limits: limits_of(tier),
        }
    }

    /// The limits of a key, its own below those of its account, and perhaps throttled.
    pub(crate) fn of_key(&self, key: &ApiKey) -> [LimitState; 3] {
        let limits = self.limits.with_own(key.own_limits);
        let limits = limits.throttled(is_throttled(key)).of_key();
        states(limits, 1, self.limiter.counted_of_key(&key.id))
    }

    /// The ceilings of the account.
    pub(crate) fn of_account(&self, id: &AccountId) -> [LimitState; 3] {
        let counted = self.limiter.counted_of_account(id);
        states(self.limits, self.limits.account_multiplier, counted)
    }
}

fn is_throttled(key: &ApiKey) -> bool {
    let quarantine = key.quarantine.as_ref();
    quarantine.is_some_and(|quarantine| quarantine.state == QuarantineState::Throttled)
}

fn states(limits: Limits, factor: u64, counted: Counted) -> [LimitState; 3] {
    let state = |resource, limit: Option<u64>, used, ends_at_s: i64| LimitState {
        resource,
        limit: limit.map(|limit| limit.saturating_mul(factor)),
        used,
        resets_at_ms: ends_at_s * 1_000,
    };
    let (minute, day) = (counted.minute_ends_at_s, counted.day_ends_at_s);
    [
        state(
            "requests_per_minute",
            limits.requests_per_minute,
            counted.requests_this_minute,
            minute,
        ),
        state(
            "tokens_per_minute",
            limits.tokens_per_minute,
            counted.tokens_this_minute,
            minute,
        ),
        state(
            "requests_per_day",
            limits.requests_per_day,
            counted.requests_today,
            day,
        ),
    ]
}

//! Tiers in JSON.

use serde::{Deserialize, Serialize};
use store::tiers::{CreditsMode, Tier};
use utoipa::ToSchema;

use crate::api::budget_shape::BudgetSpec;

/// The rights and limits of a tier's accounts; `null` is unlimited.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TierResponse {
    id: String,
    display_name: String,
    rank: i64,
    /// 1 (low) to 4 (critical).
    priority: u8,
    requests_per_minute: Option<u64>,
    tokens_per_minute: Option<u64>,
    requests_per_day: Option<u64>,
    /// Requests of one key that run at the same time.
    concurrent_requests: Option<u64>,
    /// The account's ceiling, as a multiple of the limits of one key.
    account_multiplier: u64,
    keys_max: Option<u64>,
    /// Percent of a model's price that is charged.
    price_factor_percent: u64,
    /// The way in which its accounts pay; `null` is as the configuration says.
    credits: Option<CreditsModeName>,
    /// The most that each of its accounts may spend.
    budgets: Vec<BudgetSpec>,
    /// The number of accounts that have it; for operators.
    #[serde(skip_serializing_if = "Option::is_none")]
    accounts: Option<u64>,
}

/// The way in which accounts pay: `off` charges usage and asks for nothing in advance, `required` admits a request only
/// within the credits of its account.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CreditsModeName {
    Off,
    Required,
}

impl From<CreditsMode> for CreditsModeName {
    fn from(mode: CreditsMode) -> Self {
        match mode {
            CreditsMode::Off => Self::Off,
            CreditsMode::Required => Self::Required,
        }
    }
}

impl From<CreditsModeName> for CreditsMode {
    fn from(mode: CreditsModeName) -> Self {
        match mode {
            CreditsModeName::Off => Self::Off,
            CreditsModeName::Required => Self::Required,
        }
    }
}

impl TierResponse {
    pub(in crate::api) fn of(tier: &Tier, accounts: Option<u64>) -> Self {
        Self {
            id: tier.id.clone(),
            display_name: tier.display_name.clone(),
            rank: tier.rank,
            priority: tier.priority,
            requests_per_minute: tier.requests_per_minute,
            tokens_per_minute: tier.tokens_per_minute,
            requests_per_day: tier.requests_per_day,
            concurrent_requests: tier.concurrent_requests,
            account_multiplier: tier.account_multiplier,
            keys_max: tier.keys_max,
            price_factor_percent: tier.price_factor_percent,
            credits: tier.credits.map(Into::into),
            budgets: BudgetSpec::list(&tier.budgets),
            accounts,
        }
    }
}

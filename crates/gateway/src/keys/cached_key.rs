//! A key as the request path sees it.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use store::accounts::AccountStatus;
use store::api_keys::{ApiKey, AuthRecord, Environment, QuarantineState};
use store::budgets::Budget;
use store::key_events::KeyEventKind;
use store::limit_override::LimitOverride;
use store::secret::KeyDigest;
use store::tiers::Tier;
use store::{AccountId, ApiKeyId};

use crate::budgets::{BudgetSource, Lines};
use crate::limits::{KeyCounters, Limits};

/// One secret of a key, what the key may do, and its counters.
#[derive(Debug)]
pub struct CachedKey {
    digest: KeyDigest,
    record: ApiKey,
    account_status: AccountStatus,
    tier_id: Arc<str>,
    /// The account's limits in place of those of its tier, if it has some.
    limits: Option<Box<LimitOverride>>,
    /// The budgets that the account gave itself, and those of an operator in place of its tier's.
    account_budgets: Vec<Budget>,
    operator_budgets: Option<Vec<Budget>>,
    secret_ends_at_ms: Option<i64>,
    networks: Option<Vec<IpNet>>,
    counters: KeyCounters,
}

/// The state of a key at some moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    Active,
    Revoked,
    Expired,
    /// The key is good, but this secret of it was replaced and its grace is over.
    Replaced,
    /// The account may not be used.
    Suspended,
    /// Something odd was noticed, and the owner of the key wants it refused then.
    Frozen(KeyEventKind),
}

impl CachedKey {
    pub(super) fn new(digest: KeyDigest, record: AuthRecord, counters: KeyCounters) -> Self {
        // A range that cannot be read allows nobody: a restriction must not vanish by a typing error.
        let networks = record.key.restrictions.networks.as_deref();
        let networks =
            networks.map(|list| list.iter().filter_map(|text| parse_network(text)).collect());
        Self {
            digest,
            account_status: record.account_status,
            tier_id: record.tier_id.into(),
            limits: (!record.limits.is_empty()).then(|| Box::new(record.limits)),
            account_budgets: record.account_budgets,
            operator_budgets: record.operator_budgets,
            secret_ends_at_ms: record.secret_ends_at_ms,
            networks,
            counters,
            record: record.key,
        }
    }

    /// True if responses to the key say what they cost.
    pub fn shows_cost(&self) -> bool {
        self.record.shows_cost
    }

    /// True if its prompts get cache breakpoints.
    pub fn caches_prompts(&self) -> bool {
        self.record.caches_prompts
    }

    /// The state of the key at `now_ms`.
    pub fn state(&self, now_ms: i64) -> KeyState {
        let is_over = |end: Option<i64>| end.is_some_and(|end_ms| end_ms <= now_ms);
        if self.record.revoked_at_ms.is_some() {
            KeyState::Revoked
        } else if is_over(self.record.expires_at_ms) {
            KeyState::Expired
        } else if is_over(self.secret_ends_at_ms) {
            KeyState::Replaced
        } else if self.account_status == AccountStatus::Suspended {
            KeyState::Suspended
        } else if let Some(quarantine) = &self.record.quarantine
            && quarantine.state == QuarantineState::Frozen
        {
            KeyState::Frozen(quarantine.kind)
        } else {
            KeyState::Active
        }
    }

    /// The time at which this secret stops working by itself, if it does.
    pub fn ends_at_ms(&self) -> Option<i64> {
        let ends = [self.record.expires_at_ms, self.secret_ends_at_ms];
        ends.into_iter().flatten().min()
    }

    /// Returns whether it is throttled, to a tenth of its limits, after an anomaly.
    pub fn is_throttled(&self) -> bool {
        let quarantine = self.record.quarantine.as_ref();
        quarantine.is_some_and(|quarantine| quarantine.state == QuarantineState::Throttled)
    }

    pub fn id(&self) -> &ApiKeyId {
        &self.record.id
    }

    pub fn account_id(&self) -> &AccountId {
        &self.record.account_id
    }

    pub fn tier_id(&self) -> &str {
        &self.tier_id
    }

    /// The tier of the key, with the account's own limits in it.
    pub fn tier_with_limits(&self, tier: &Arc<Tier>) -> Arc<Tier> {
        match &self.limits {
            None => Arc::clone(tier),
            Some(limits) => Arc::new(limits.over(tier)),
        }
    }

    /// The limits of the key, where those of its tier are `of_tier`.
    pub fn limits(&self, of_tier: Limits) -> Limits {
        let with_own = of_tier.with_own(self.record.own_limits);
        with_own.throttled(self.is_throttled())
    }

    /// The budgets that count what the key spends, where its account has this tier.
    pub fn budgets<'a>(&'a self, tier: &'a Tier) -> Lines<'a> {
        Lines {
            of_key: &self.record.budgets,
            of_account: &self.account_budgets,
            from_above: match &self.operator_budgets {
                Some(budgets) => (BudgetSource::Operator, budgets),
                None => (BudgetSource::Tier, &tier.budgets),
            },
        }
    }

    /// The key as it is stored.
    pub fn record(&self) -> &ApiKey {
        &self.record
    }

    /// By which this key was found, and can be found again.
    pub fn digest(&self) -> KeyDigest {
        self.digest
    }

    pub fn counters(&self) -> &KeyCounters {
        &self.counters
    }

    pub fn is_test(&self) -> bool {
        self.record.environment == Environment::Test
    }

    pub fn allows_network(&self, address: IpAddr) -> bool {
        self.networks
            .as_ref()
            .is_none_or(|networks| networks.iter().any(|network| network.contains(&address)))
    }

    pub fn allows_endpoint(&self, resource: &str) -> bool {
        allows(self.record.restrictions.endpoints.as_deref(), resource)
    }

    pub fn allows_model(&self, id: &str, asked_for: &str) -> bool {
        let models = self.record.restrictions.models.as_deref();
        allows(models, id) || (id != asked_for && allows(models, asked_for))
    }
}

fn allows(list: Option<&[String]>, item: &str) -> bool {
    list.is_none_or(|items| items.iter().any(|allowed| allowed == item))
}

fn parse_network(text: &str) -> Option<IpNet> {
    text.parse::<IpAddr>()
        .map(Into::into)
        .ok()
        .or_else(|| text.parse().ok())
}

//! The plan of an import: everything that was read from another program, in our words, before anything is written.

use std::collections::BTreeMap;

use llm::Meter;
use serde_json::{Value, json};
use store::api_keys::Restrictions;
use store::budgets::Budget;
use store::key_limits::KeyLimits;
use store::secret::ImportedSecret;

/// Everything that is taken over.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) accounts: Vec<PlannedAccount>,
    pub(super) keys: Vec<PlannedKey>,
    pub(super) providers: Vec<PlannedProvider>,
    pub(super) models: BTreeMap<String, PlannedModel>,
    /// Things that cannot be represented here, each with its reason.
    pub(super) losses: Vec<Loss>,
    /// Things that need no place here: ended keys, deleted users.
    pub(super) left_out: Vec<Loss>,
}

#[derive(Debug)]
pub(super) struct PlannedAccount {
    /// The id there.
    pub(super) id: String,
    pub(super) email: String,
    pub(super) name: String,
    /// The name of the group there, by which a tier is found.
    pub(super) group: String,
    pub(super) is_suspended: bool,
    pub(super) budgets: Vec<Budget>,
    /// In place of those of the tier.
    pub(super) limits: KeyLimits,
    pub(super) balance_nanos: i64,
}

#[derive(Debug)]
pub(super) struct PlannedKey {
    pub(super) id: String,
    /// The id of the account there.
    pub(super) account: String,
    pub(super) name: String,
    pub(super) secret: ImportedSecret,
    pub(super) hint: String,
    pub(super) restrictions: Restrictions,
    pub(super) expires_at_ms: Option<i64>,
    pub(super) budgets: Vec<Budget>,
    pub(super) limits: KeyLimits,
}

/// A provider with the models that it serves.
#[derive(Debug)]
pub(super) struct PlannedProvider {
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) base_url: Option<String>,
    pub(super) secrets: Vec<String>,
    /// The name for clients, and the provider's own.
    pub(super) models: Vec<(String, String)>,
    pub(super) weight: u64,
    /// 0 is tried first.
    pub(super) group: u32,
    pub(super) is_paused: bool,
}

/// The prices of a model, in dollars, by meter.
#[derive(Debug, Default)]
pub(super) struct PlannedModel {
    pub(super) prices: BTreeMap<Meter, String>,
    pub(super) is_per_request: bool,
}

/// Something that is not taken over.
#[derive(Debug)]
pub(super) struct Loss {
    pub(super) what: String,
    pub(super) reason: String,
}

impl Plan {
    /// Notes what cannot be represented.
    pub(super) fn lose(&mut self, what: impl Into<String>, reason: impl Into<String>) {
        self.losses.push(Loss {
            what: what.into(),
            reason: reason.into(),
        });
    }

    /// Notes what needs no place here.
    pub(super) fn leave_out(&mut self, what: impl Into<String>, reason: impl Into<String>) {
        self.left_out.push(Loss {
            what: what.into(),
            reason: reason.into(),
        });
    }

    /// The sum of all balances, in nano-dollars.
    pub(super) fn balance_nanos(&self) -> i64 {
        self.accounts
            .iter()
            .map(|account| account.balance_nanos)
            .sum()
    }
}

impl Loss {
    pub(super) fn to_json(&self) -> Value {
        json!({ "what": self.what, "reason": self.reason })
    }
}

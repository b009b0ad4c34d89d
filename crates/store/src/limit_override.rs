//! Limits that an account has in place of those of its tier.

use serde::{Deserialize, Deserializer, Serialize};

use crate::db::Row;
use crate::error::StoreError;
use crate::tiers::Tier;

/// The limits of one account. A limit that is left out is that of its tier; `Some(None)` is unlimited.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitOverride {
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub requests_per_minute: Option<Option<u64>>,
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub tokens_per_minute: Option<Option<u64>>,
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub requests_per_day: Option<Option<u64>>,
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub concurrent_requests: Option<Option<u64>>,
}

/// A member that is there, `null` too.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<u64>>, D::Error> {
    Option::<u64>::deserialize(deserializer).map(Some)
}

impl LimitOverride {
    /// True without any limit of its own.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The tier with these limits in place of its own.
    #[must_use]
    pub fn over(&self, tier: &Tier) -> Tier {
        Tier {
            requests_per_minute: self.requests_per_minute.unwrap_or(tier.requests_per_minute),
            tokens_per_minute: self.tokens_per_minute.unwrap_or(tier.tokens_per_minute),
            requests_per_day: self.requests_per_day.unwrap_or(tier.requests_per_day),
            concurrent_requests: self.concurrent_requests.unwrap_or(tier.concurrent_requests),
            ..tier.clone()
        }
    }

    /// The text in the database; none for no limits.
    pub(crate) fn encode(&self) -> Option<String> {
        (!self.is_empty()).then(|| serde_json::to_string(self).unwrap_or_default())
    }

    /// Limits that cannot be read are an error, not the tier's: they may have been lower.
    pub(crate) fn from_row(row: &Row, column: &'static str) -> Result<Self, StoreError> {
        let Some(text) = row.opt_text(column)? else {
            return Ok(Self::default());
        };
        serde_json::from_str(&text).map_err(|error| StoreError::Corrupt {
            table: "accounts",
            detail: format!("limits: {error}"),
        })
    }
}
